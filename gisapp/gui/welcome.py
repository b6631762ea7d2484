"""The card of the first view: three sentences, three things to try, gone for good once closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import qtawesome
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gisapp.gui.looks import GRID, IconButton, Kind, Text, colors_of


@dataclass(frozen=True)
class Try:
    """One thing to try: what the button says, why one would press it, and what it does."""

    icon: str
    title: str
    text: str
    call: Callable[[], None]


class WelcomeCard(QFrame):
    """Says what the window is; `closed` comes when the user puts it away."""

    closed = Signal()

    def __init__(self, parent: QWidget, tries: tuple[Try, ...]) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName("Welcome")
        self.setFixedWidth(456)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        head = QHBoxLayout()
        head.addWidget(Text(Kind.HEADLINE, "Where the critical minerals are", self), 1)
        self.close_button = IconButton("mdi6.close", "Close the welcome card for good", self)
        self.close_button.clicked.connect(self.leave)
        head.addWidget(self.close_button)
        column.addLayout(head)
        column.addWidget(
            Text(
                Kind.BODY,
                "This map holds the world's deposits, refineries, magnet plants and trade routes. "
                "The line of words on top is your question, and everything below answers it. "
                "Every number knows its source, and every step can be undone.",
                self,
            )
        )
        self._icons: list[tuple[str, QLabel]] = []
        self.buttons: list[QPushButton] = []
        for each in tries:
            column.addLayout(self._line(each))
        self._paint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_icons"):
            self._paint()

    def _line(self, each: Try) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        sign = QLabel(self)
        sign.setFixedSize(24, 24)
        self._icons.append((each.icon, sign))
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(Text(Kind.NOTE, each.text, self), 1)
        button = QPushButton(each.title, self)
        button.setToolTip(each.text)
        button.setAccessibleName(each.title)
        call = each.call
        button.clicked.connect(lambda _on=False: call())
        button.setFixedWidth(104)
        self.buttons.append(button)
        row.addWidget(button)
        return row

    def _paint(self) -> None:
        for name, sign in self._icons:
            icon = qtawesome.icon(name, color=colors_of(self).accent)
            sign.setPixmap(icon.pixmap(QSize(22, 22), self.devicePixelRatioF()))

    def leave(self) -> None:
        """Go for good."""
        self.hide()
        self.closed.emit()
