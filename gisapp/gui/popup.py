"""A list to choose of that drops from a word: filter as you type, arrows, Enter, Escape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.looks import GRID, Kind, colors_of, font_of

_FILTER_FROM: Final = 9
CHOICE: Final = Qt.ItemDataRole.UserRole + 1
_MOST_HEIGHT: Final = 420
Index = QModelIndex | QPersistentModelIndex
_KEYS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True)
class Choice:
    """A line to choose: what it says, what it stands for, what is searched besides.

    `detail` stands below the title and `aside` at the right of it, both muted; a `faint` choice
    steps back. `note` is told by the tooltip, `found_by` is searched and not shown.
    """

    title: str
    value: Any
    note: str = ""
    icon: QIcon | None = None
    detail: str = ""
    aside: str = ""
    faint: bool = False
    found_by: str = ""

    @property
    def searched(self) -> str:
        """All words that find the choice."""
        words = (self.title, self.detail, self.aside, self.note, self.found_by)
        return " ".join(words).casefold()


class TwoLines(QStyledItemDelegate):
    """Paints a title, bold where a detail stands below it, and what stands beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of one line, or of two."""
        hint = super().sizeHint(option, index)
        choice = index.data(CHOICE)
        if choice is None or not choice.detail:
            return hint
        small = QFontMetrics(font_of(Kind.NOTE, option.font)).height()
        return QSize(hint.width(), option.fontMetrics.height() + small + GRID)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a choice."""
        choice = index.data(CHOICE)
        if choice is None or not (choice.detail or choice.aside):
            super().paint(painter, option, index)
            return
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        view = option.widget
        view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, view)
        colors = colors_of(view)
        painter.save()
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        room = option.rect.adjusted(GRID, GRID // 2, -GRID, -GRID // 2)
        note = font_of(Kind.NOTE, option.font)
        upper = QRect(room)
        if choice.detail:
            upper.setHeight(option.fontMetrics.height())
        painter.setPen(QColor(colors.muted))
        painter.setFont(note)
        aside = QFontMetrics(note).horizontalAdvance(choice.aside)
        painter.drawText(upper, right | middle, choice.aside)
        if choice.detail:
            lower = room.adjusted(0, upper.height(), 0, 0)
            text = QFontMetrics(note).elidedText(
                choice.detail, Qt.TextElideMode.ElideRight, lower.width()
            )
            painter.drawText(lower, left | middle, text)
        title = font_of(Kind.HEADING, option.font)
        painter.setFont(title)
        painter.setPen(QColor(colors.muted if choice.faint else colors.text))
        width = upper.width() - aside - GRID
        text = QFontMetrics(title).elidedText(choice.title, Qt.TextElideMode.ElideRight, width)
        painter.drawText(upper, left | middle, text)
        painter.restore()


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
        self.list.setItemDelegate(TwoLines(self.list))
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
        parent = self.parentWidget()
        limits = parent.screen().availableGeometry() if parent is not None else QRect()
        height = sum(max(self.list.sizeHintForRow(row), 26) for row in range(len(choices)))
        most = max(min(_MOST_HEIGHT, limits.bottom() - spot.y() - 8 * GRID), 20 * GRID)
        self.list.setFixedHeight(min(max(height, 26) + 4, most))
        letters = self.fontMetrics().averageCharWidth()
        self.setFixedWidth(max(self._width, letters * self._width // 8))
        self.adjustSize()
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
                if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
                    self._take(item)
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        words = text.casefold().split()
        extra = self._searched(text) if self._searched is not None else ()
        self.list.clear()
        for choice in (*self._choices, *extra):
            said = choice.searched
            if choice in extra or all(word in said for word in words):
                item = QListWidgetItem(choice.title)
                if choice.note:
                    item.setToolTip(choice.note)
                if choice.icon is not None:
                    item.setIcon(choice.icon)
                item.setData(Qt.ItemDataRole.UserRole, choice.value)
                item.setData(CHOICE, choice)
                spoken = ", ".join(t for t in (choice.title, choice.detail, choice.aside) if t)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
                self.list.addItem(item)
        if not self.list.count():
            nothing = QListWidgetItem("Nothing is called that", self.list)
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.setCurrentRow(0)

    def _take(self, item: QListWidgetItem) -> None:
        if not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        value = item.data(Qt.ItemDataRole.UserRole)
        self.hide()
        self.chosen.emit(value)
