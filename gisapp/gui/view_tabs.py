"""Tabs that wrap into as many rows as they need: all names stay readable in a narrow panel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QLayout,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.chips import FlowLayout
from gisapp.gui.looks import GRID, Rule


class ViewTabs(QWidget):
    """Pages behind tabs, as `QTabWidget`, whose tabs stand in rows.

    What all pages share, `head`, stands below the tabs: however high it is, they keep their place.
    `currentChanged` carries the number of the page that is now on show.
    """

    currentChanged = Signal(int)

    def __init__(self, head: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = QStackedWidget()
        self._tabs = QButtonGroup(self)
        self._tabs.idClicked.connect(self.setCurrentIndex)
        row = QWidget()
        row.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._row = FlowLayout(row)
        self._row.setContentsMargins(GRID, 0, GRID, 0)
        self._row.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(row)
        column.addWidget(Rule())
        column.addLayout(head)
        column.addWidget(self._pages, 1)

    def addTab(self, page: QWidget, title: str, tip: str) -> int:
        """Add a page at the end; returns its number."""
        number = self._pages.addWidget(page)
        tab = _Tab(title, tip)
        self._tabs.addButton(tab, number)
        self._row.addWidget(tab)
        tab.setChecked(number == self.currentIndex())
        return number

    def count(self) -> int:
        """Return the number of pages."""
        return self._pages.count()

    def currentIndex(self) -> int:
        """Return the number of the page on show, -1 without any."""
        return self._pages.currentIndex()

    def tabText(self, index: int) -> str:
        """Return a tab's title."""
        return self._tabs.button(index).text()

    def setCurrentIndex(self, index: int) -> None:
        """Show a page."""
        changed = index != self.currentIndex()
        self._tabs.button(index).setChecked(True)
        self._pages.setCurrentIndex(index)
        if changed:
            self.currentChanged.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the tab beside with the arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step or not self.count():
            super().keyPressEvent(event)
            return
        self.setCurrentIndex((self.currentIndex() + step) % self.count())
        self._tabs.button(self.currentIndex()).setFocus(Qt.FocusReason.TabFocusReason)


class _Tab(QToolButton):
    """A title that is underlined while its page is on show."""

    def __init__(self, title: str, tip: str) -> None:
        super().__init__()
        self.setObjectName("tab")
        self.setText(title)
        self.setToolTip(tip)
        self.setAccessibleName(f"{title}: {tip}")
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the arrows to the row of tabs."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)
