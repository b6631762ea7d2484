"""A list to choose of that drops from a word: filter as you type, arrows, Enter, Escape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.looks import GRID

_FILTER_FROM: Final = 9
_KEYS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True)
class Choice:
    """A line to choose: what it says, what it stands for, what is searched besides."""

    title: str
    value: Any
    note: str = ""
    icon: QIcon | None = None


class Chooser(QFrame):
    """A popup with choices; `chosen` carries the value of one."""

    chosen = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        name: str,
        *,
        searched: Callable[[str], Sequence[Choice]] | None = None,
        width: int = 260,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAccessibleName(name)
        self._choices: Sequence[Choice] = ()
        self._searched = searched
        self._width = width
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(name)
        self.line.setAccessibleName(name)
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName(name)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setIconSize(QSize(16, 16))
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(self.line)
        column.addWidget(self.list)

    def open_under(self, anchor: QWidget, choices: Sequence[Choice], current: Any) -> None:
        """Show the choices below a widget, the current one marked."""
        self.open_at(anchor.mapToGlobal(QPoint(0, anchor.height() + 2)), choices, current)

    def open_at(self, spot: QPoint, choices: Sequence[Choice], current: Any = None) -> None:
        """Show the choices at a place of the screen, moved so that all of it is on it."""
        self._choices = choices
        self.line.setVisible(len(choices) >= _FILTER_FROM or self._searched is not None)
        self.line.clear()
        self._fill("")
        for row, choice in enumerate(choices):
            if choice.value == current:
                self.list.setCurrentRow(row)
        lines = min(max(len(choices), 1), 14)
        height = lines * max(self.list.sizeHintForRow(0), 26) + 4
        self.list.setFixedHeight(height)
        self.setFixedWidth(self._width)
        self.adjustSize()
        parent = self.parentWidget()
        limits = parent.screen().availableGeometry() if parent is not None else QRect()
        x = max(min(spot.x(), limits.right() - self.width()), limits.left())
        y = max(min(spot.y(), limits.bottom() - self.height()), limits.top())
        self.move(x, y)
        self.show()
        (self.line if self.line.isVisible() else self.list).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list with the arrows while the text has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _KEYS:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                item = self.list.currentItem()
                if item is not None:
                    self._take(item)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        words = text.casefold().split()
        extra = self._searched(text) if self._searched is not None else ()
        self.list.clear()
        for choice in (*self._choices, *extra):
            said = f"{choice.title} {choice.note}".casefold()
            if choice in extra or all(word in said for word in words):
                item = QListWidgetItem(choice.title)
                if choice.note:
                    item.setToolTip(choice.note)
                if choice.icon is not None:
                    item.setIcon(choice.icon)
                item.setData(Qt.ItemDataRole.UserRole, choice.value)
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem) -> None:
        value = item.data(Qt.ItemDataRole.UserRole)
        self.hide()
        self.chosen.emit(value)
