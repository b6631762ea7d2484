"""What went wrong or is to be decided, in a bar in place with its next step as a button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import qtawesome
from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gisapp.gui.looks import GRID, IconButton, colors_of
from gisapp.model.feedback import Severity

_ICONS: Final = {
    Severity.ERROR: "mdi6.alert-circle-outline",
    Severity.WARNING: "mdi6.alert-outline",
    Severity.INFO: "mdi6.information-outline",
}
_WEIGHT: Final = {Severity.INFO: 0, Severity.WARNING: 0, Severity.ERROR: 1}
_STAYS_MS: Final = 8000


@dataclass(frozen=True)
class Notice:
    """One message: `key` is replaced by the next of the same key; buttons are titles and calls.

    Notices of severity info without buttons leave by themselves.
    """

    severity: Severity
    message: str
    hint: str = ""
    buttons: tuple[tuple[str, Callable[[], None]], ...] = ()
    key: str = ""
    closable: bool = True


class NoticeBar(QFrame):
    """Shows the newest notice; older ones that were not closed wait behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAccessibleName("Notice")
        self._notices: list[Notice] = []
        self._buttons: list[QPushButton] = []
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._more = QLabel(self)
        self._more.setObjectName("muted")
        self._row = QHBoxLayout()
        self._row.setSpacing(GRID // 2)
        self._close: QToolButton = IconButton("mdi6.close", "Close this notice", self)
        self._close.setIconSize(QSize(16, 16))
        self._close.clicked.connect(self.drop)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._more)
        row.addLayout(self._row)
        row.addWidget(self._close)
        self._timer = QTimer(self, interval=_STAYS_MS, singleShot=True)
        self._timer.timeout.connect(self.drop)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """The notice on show."""
        return self._notices[-1] if self._notices else None

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """The buttons of the notice on show."""
        return tuple(self._buttons)

    def show_notice(self, notice: Notice) -> None:
        """Show a notice in front of the others that are no more serious."""
        self._notices = [
            n for n in self._notices if n != notice and not (notice.key and n.key == notice.key)
        ]
        self._notices = [n for n in self._notices if n.severity is not Severity.INFO or n.buttons]
        self._notices.append(notice)
        # What failed is not hidden behind what went well; else the latest answers the last act.
        self._notices.sort(key=lambda n: _WEIGHT[n.severity])
        self._paint()

    def drop(self) -> None:
        """Put the notice on show away."""
        if self._notices:
            self._notices.pop()
        self._paint()

    def drop_key(self, key: str) -> None:
        """Put a notice away that is not true any more."""
        self._notices = [n for n in self._notices if n.key != key]
        self._paint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._notices:
            self._paint_icon(self._notices[-1])

    def _paint(self) -> None:
        self._timer.stop()
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        notice = self.notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        self.setProperty("severity", notice.severity.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._paint_icon(notice)
        self._text.setText(f"{notice.message} {notice.hint}".strip())
        waiting = len(self._notices) - 1
        self._more.setText(f"{waiting} more" if waiting else "")
        for number, (title, call) in enumerate(notice.buttons):
            button = QPushButton(title, self)
            button.setAccessibleName(title)
            button.setToolTip(title)
            if number == 0:
                button.setObjectName("primary")
            button.clicked.connect(lambda _on=False, n=notice, c=call: self._press(n, c))
            self._row.addWidget(button)
            self._buttons.append(button)
        self._close.setVisible(notice.closable)
        if notice.severity is Severity.INFO and not notice.buttons:
            self._timer.start()

    def _paint_icon(self, notice: Notice) -> None:
        colors = colors_of(self)
        color = {
            Severity.ERROR: colors.limit,
            Severity.WARNING: colors.leader,
            Severity.INFO: colors.accent,
        }[notice.severity]
        icon = qtawesome.icon(_ICONS[notice.severity], color=color)
        self._icon.setPixmap(icon.pixmap(QSize(20, 20), self.devicePixelRatioF()))

    def _press(self, notice: Notice, call: Callable[[], None]) -> None:
        self._notices = [n for n in self._notices if n is not notice]
        self._paint()
        call()
