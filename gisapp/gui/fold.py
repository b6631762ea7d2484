"""A part of a page that is folded away until it is wanted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gisapp.gui.looks import GRID, Kind, LinkButton, Rule


class Fold(QWidget):
    """A title that opens and closes what stands below it. `opened` says that it now is open."""

    opened = Signal()

    def __init__(self, title: str, *, open_: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.button = LinkButton(title, Kind.HEADING)
        self.button.setCheckable(True)
        self.button.setChecked(open_)
        self.button.toggled.connect(self._unfold)
        self.inner = QWidget()
        self.content = QVBoxLayout(self.inner)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(Rule())
        column.addWidget(self.button)
        column.addWidget(self.inner)
        self._dress()

    @property
    def is_open(self) -> bool:
        """Whether the content shows."""
        return self.button.isChecked()

    def _unfold(self, on: bool) -> None:
        self._dress()
        if on:
            self.opened.emit()

    def _dress(self) -> None:
        on = self.is_open
        self.inner.setVisible(on)
        arrow = "\u25b4" if on else "\u25be"
        self.button.setText(f"{self.title} {arrow}")
        self.button.setToolTip(f"Hide: {self.title.lower()}" if on else f"Show {self.title}")
        self.button.setAccessibleName(self.button.toolTip())
