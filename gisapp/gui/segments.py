"""One of a few, side by side: a row of buttons of which one is pressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget


class Segments(QWidget):
    """A row of words of which one holds; `chosen` carries the value of one that was pressed.

    Parameters
    ----------
    name
        What is chosen, for screen readers.
    offered
        Word, value and tooltip of each.
    """

    chosen = Signal(object)

    def __init__(
        self, name: str, offered: Sequence[tuple[str, Any, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._values = [value for _, value, _ in offered]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for i, (word, _, tip) in enumerate(offered):
            button = QPushButton(word, self)
            button.setObjectName("segment")
            place = "first" if i == 0 else "last" if i == len(offered) - 1 else "middle"
            button.setProperty("place", place)
            button.setCheckable(True)
            button.setAutoDefault(False)  # Enter is the dialog's own button's
            button.setToolTip(tip)
            button.setAccessibleName(f"{name}: {tip}")
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(1)  # the panel decides how wide it is
            self._group.addButton(button, i)
            row.addWidget(button, len(word) + 3)
        self._group.idClicked.connect(lambda i: self.chosen.emit(self._values[i]))

    def choose(self, value: Any) -> None:
        """Press the button of a value, without a signal."""
        with QSignalBlocker(self._group):
            self._group.button(self._values.index(value)).setChecked(True)
