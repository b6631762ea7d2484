"""Panels at the sides of the window: a heading that folds what is under it away."""

from __future__ import annotations

import qtawesome
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.looks import GRID, IconButton, colors_of

HEADING: int = 4 * GRID + 4
_MOST = 16_777_215  # Qt's own "no limit"


class Heading(QWidget):
    """The title of a panel; a click folds and unfolds it. `extras` holds its buttons."""

    clicked = Signal()

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("heading")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEADING)
        self.chevron = QToolButton(self)
        self.chevron.setAutoRaise(True)
        self.chevron.setToolTip(f"Fold or unfold: {title}")
        self.chevron.setAccessibleName(f"Fold or unfold: {title}")
        self.chevron.setIconSize(QSize(16, 16))
        self.chevron.clicked.connect(self.clicked)
        self.extras = QHBoxLayout()
        self.extras.setSpacing(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID // 2, 0, GRID // 2, 0)
        row.setSpacing(2)
        row.addWidget(self.chevron)
        self._label = QLabel(title, self)
        row.addWidget(self._label)
        row.addStretch(1)
        row.addLayout(self.extras)
        self._folded = False
        self.show_folded(folded=False)

    def show_folded(self, *, folded: bool) -> None:
        """Turn the chevron."""
        self._folded = folded
        name = "mdi6.chevron-right" if folded else "mdi6.chevron-down"
        self.chevron.setIcon(qtawesome.icon(name, color=colors_of(self).muted))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.show_folded(folded=self._folded)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Fold on a click; dragging stays the dock's."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self.clicked.emit()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here."""
        event.accept()


class PanelDock(QDockWidget):
    """A dock with a heading; folded it is its heading alone."""

    folded = Signal(bool)

    def __init__(self, name: str, title: str, content: QWidget, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.setObjectName(name)
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable
            | QDockWidget.DockWidgetFeature.DockWidgetMovable
        )
        self.heading = Heading(title, self)
        self.heading.clicked.connect(self.toggle)
        self.setTitleBarWidget(self.heading)
        holder = QWidget(self)
        holder.setObjectName("dock")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(content)
        self.setWidget(holder)
        self.is_folded: bool = False

    def add_button(self, icon: str, tip: str) -> IconButton:
        """Add a button at the right of the heading."""
        button = IconButton(icon, tip, self.heading)
        button.setIconSize(QSize(18, 18))
        self.heading.extras.addWidget(button)
        return button

    def toggle(self) -> None:
        """Fold or unfold."""
        self.set_folded(folded=not self.is_folded)

    def set_folded(self, *, folded: bool) -> None:
        """Show the heading alone, or the panel."""
        self.is_folded = folded
        self.widget().setVisible(not folded)
        self.setMaximumHeight(HEADING if folded else _MOST)
        self.heading.show_folded(folded=folded)
        self.folded.emit(folded)


class BottomDock(QDockWidget):
    """Tabs along the bottom; a click on the open one folds them to their titles."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__("Tables and records", window)
        self.setObjectName("bottom")
        self.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.setTitleBarWidget(QWidget(self))
        holder = QWidget(self)
        holder.setObjectName("foot")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = QTabBar(holder)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Attribute table, log and history")
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.tabBarClicked.connect(self._clicked)
        self.tabs.currentChanged.connect(self._changed)
        self.chevron = IconButton("mdi6.chevron-up", "Fold or unfold tables and records", holder)
        self.chevron.clicked.connect(lambda: self.set_folded(folded=not self.is_folded))
        head = QHBoxLayout()
        head.setContentsMargins(GRID, 0, GRID // 2, 0)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(self.chevron)
        self.pages = QStackedWidget(holder)
        self.pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        self.setWidget(holder)
        self._window = window
        self.is_folded: bool = False

    def add(self, title: str, page: QWidget) -> None:
        """Add a tab."""
        self.pages.addWidget(page)
        self.tabs.addTab(title)
        self.tabs.ensurePolished()
        self.tabs.setMinimumSize(self.tabs.sizeHint())

    def open_tab(self, index: int) -> None:
        """Show a tab, unfolded."""
        self.tabs.setCurrentIndex(index)
        self.set_folded(folded=False)

    def set_folded(self, *, folded: bool) -> None:
        """Show the titles alone, or the open tab."""
        self.is_folded = folded
        self.pages.setVisible(not folded)
        height = max(self.tabs.sizeHint().height(), self.chevron.sizeHint().height()) + 2
        self.setMaximumHeight(height if folded else _MOST)
        self.setMinimumHeight(height if folded else 160)
        if not folded:
            self._window.resizeDocks([self], [240], Qt.Orientation.Vertical)

    def _clicked(self, index: int) -> None:
        if index == self.tabs.currentIndex():
            self.set_folded(folded=not self.is_folded)
        elif index >= 0 and self.is_folded:
            self.set_folded(folded=False)

    def _changed(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
