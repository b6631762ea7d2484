"""The window before anything heavy is loaded: it paints at once, and is filled afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent
from PySide6.QtQuickWidgets import QQuickWidget
from PySide6.QtWidgets import QLabel, QMainWindow, QToolBar

from gisapp.gui.memory import Memory, packed, unpacked


class Shell(QMainWindow):
    """An empty main window: remembers its place, takes dropped files, asks before it closes.

    `painted` comes once, when the first picture is on screen; `dropped` carries local paths.
    """

    painted = Signal()
    dropped = Signal(list)

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory
        self._painted = False
        self._may_close: Callable[[], bool] = lambda: True
        self.setWindowTitle("gisapp")
        self.setObjectName("shell")
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 480)  # 1366 by 768 with letters of 150 %
        # The web view draws through Qt Quick. A window that meets its first such child when it is
        # on screen already is taken down and made anew, which flickers: this one is there before.
        self._forerunner = QQuickWidget(self)
        self._forerunner.resize(1, 1)
        self._forerunner.hide()
        self.loading = QLabel("Loading the map", self)
        self.loading.setObjectName("skeleton")
        self.loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setCentralWidget(self.loading)
        self._bar: QToolBar | None = QToolBar(self)
        self._bar.setMovable(False)
        self._bar.setFixedHeight(44)
        self.addToolBar(self._bar)
        self._place()

    def ask_before_close(self, may_close: Callable[[], bool]) -> None:
        """Set the question that is asked when the user closes the window."""
        self._may_close = may_close

    def drop_skeleton(self) -> None:
        """Take away what stood in for the tool bar."""
        if self._bar is not None:
            self.removeToolBar(self._bar)
            self._bar.deleteLater()
            self._bar = None

    def _place(self) -> None:
        geometry = self.memory.settings.geometry
        if geometry and self.restoreGeometry(unpacked(geometry)):
            return
        screen = QGuiApplication.primaryScreen().availableSize()
        self.resize(screen.boundedTo(QSize(1680, 1020)))
        if screen.width() <= 1400:
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and tell the first time."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close if nothing is lost by it."""
        if self._may_close():
            self.memory.keep(geometry=packed(self.saveGeometry()))
            event.accept()
        else:
            event.ignore()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open files."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)
