"""A line for an expression: completes columns, functions and values, and says what is wrong."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gisapp.gui.looks import GRID, Kind, colors_of, font_of
from gisapp.gui.popup import Index
from gisapp.model.expression.evaluate import check_condition, kind_of_expression, kinds_of
from gisapp.model.expression.syntax import ExpressionError
from gisapp.model.features import Features
from gisapp.workspace.expression_help import Offer, Offers, offers_at

_OFFER: Final = Qt.ItemDataRole.UserRole
_LINES: Final = 9
_WIDTH: Final = 400
_PAUSE_MS: Final = 250


class ExpressionLine(QLineEdit):
    """A line whose text is an expression on a layer's columns.

    Signals
    -------
    checked(error)
        A while after the last key: the `ExpressionError`, or None where the text is good or empty.
    """

    checked = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, condition: bool = True) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        self.error: ExpressionError | None = None
        self._features: Features | None = None
        self._condition = condition
        self._offered = Offers(0, "")
        self.list = _List(self)
        self.list.itemClicked.connect(self._take)
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.check)
        self.textEdited.connect(lambda _text: self._offer())
        self.textChanged.connect(lambda _text: self._changed())

    def set_features(self, features: Features | None) -> None:
        """Take the columns of these features."""
        self._features = features
        self.check()

    def check(self) -> bool:
        """Return whether the text is good, and tell so."""
        self._pause.stop()
        self.error = None
        if self.text().strip() and self._features is not None:
            kinds = kinds_of(self._features)
            try:
                if self._condition:
                    check_condition(self.text(), kinds)
                else:
                    kind_of_expression(self.text(), kinds)
            except ExpressionError as error:
                self.error = error
        self.update()
        self.checked.emit(self.error)
        return self.error is None

    def put(self, text: str) -> None:
        """Write a word where the cursor is, parted from what stands before."""
        before = self.text()[: self.cursorPosition()]
        self.insert(text if not before or before[-1] in " (" else f" {text}")
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with the arrows, Tab or Enter while offers are shown; Ctrl+Space asks for them."""
        key = event.key()
        if key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._offer()
            return
        if self.list.isVisible():
            if key in {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
                self.list.keyPressEvent(event)
                return
            item = self.list.currentItem()
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab} and item is not None:
                self._take(item)
                return
            if key == Qt.Key.Key_Escape:
                self.list.hide()
                return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Tab for the offers while they are shown."""
        pressed = event.type() == QEvent.Type.KeyPress and self.list.isVisible()
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab:
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Put the offers away."""
        self.list.hide()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a line under what is wrong."""
        super().paintEvent(event)
        if self.error is None or not self.text():
            return
        metrics = self.fontMetrics()
        text, error = self.text(), self.error
        here = self.cursorRect().center().x()
        start = here - metrics.horizontalAdvance(text[: self.cursorPosition()])
        left = start + metrics.horizontalAdvance(text[: error.at])
        width = max(metrics.horizontalAdvance(text[error.at : error.end]), GRID)
        painter = QPainter(self)
        painter.setPen(QPen(QColor(colors_of(self).limit), 2))
        y = self.rect().center().y() + metrics.height() // 2 + 1
        limits = self.rect().adjusted(GRID, 0, -3 * GRID, 0)
        painter.drawLine(
            max(left, limits.left()), y, min(max(left, limits.left()) + width, limits.right()), y
        )

    def _changed(self) -> None:
        self.error = None
        self._pause.start()
        if not self.text():
            self.list.hide()

    def _offer(self) -> None:
        if self._features is None:
            return
        self._offered = offers_at(self.text(), self.cursorPosition(), self._features)
        only = self._offered.offers
        if not only or (len(only) == 1 and only[0].text == self._offered.typed):
            self.list.hide()
            return
        self.list.show_offers(only)

    def _take(self, item: QListWidgetItem) -> None:
        offer = item.data(_OFFER)
        end = self.cursorPosition()
        text = self.text()
        after = text[end:]
        if offer.text.startswith("'") and after.startswith("'"):
            after = after[1:]
        self.list.hide()
        self.setText(text[: self._offered.start] + offer.text + after)
        self.setCursorPosition(self._offered.start + len(offer.text))
        self.setFocus()


class _List(QListWidget):
    """The offers below a line: they never take the focus from it."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line.window())
        self._line = line
        self.setObjectName("offered")
        self.setAccessibleName("What may stand here")
        self.setWindowFlags(Qt.WindowType.ToolTip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(line)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_Aside(self))
        self.hide()
        line.destroyed.connect(self.deleteLater)

    def show_offers(self, offers: tuple[Offer, ...]) -> None:
        """Show these, the first one marked."""
        self.clear()
        for offer in offers:
            item = QListWidgetItem(offer.text)
            item.setData(_OFFER, offer)
            self.addItem(item)
        self.setCurrentRow(0)
        lines = min(len(offers), _LINES)
        self.setFixedSize(_WIDTH, lines * self.sizeHintForRow(0) + 2 * GRID)
        screen = self._line.screen().availableGeometry()
        corner = self._line.mapToGlobal(QPoint(self._line.cursorRect().left(), self._line.height()))
        if corner.y() + self.height() > screen.bottom():
            corner = self._line.mapToGlobal(QPoint(self._line.cursorRect().left(), -self.height()))
        self.move(max(min(corner.x(), screen.right() - _WIDTH), screen.left()), corner.y())
        self.show()


class _Aside(QStyledItemDelegate):
    """Paints an offer with what it means at its right."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a line."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), option.fontMetrics.height() + GRID)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the offer."""
        super().paint(painter, option, index)
        offer = index.data(_OFFER)
        if not offer.says:
            return
        note = font_of(Kind.NOTE, option.font)
        taken = option.fontMetrics.horizontalAdvance(offer.text) + 3 * GRID
        room = QRect(option.rect).adjusted(taken, 0, -GRID, 0)
        painter.save()
        painter.setFont(note)
        painter.setPen(QColor(colors_of(self._line()).muted))
        text = QFontMetrics(note).elidedText(offer.says, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _line(self) -> QWidget:
        parent = self.parent()
        return parent if isinstance(parent, QWidget) else QWidget()
