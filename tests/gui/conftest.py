"""What the tests of windows and panels share: a real session whose results come to Qt's loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from gisapp.gui.collector import collect_here
from gisapp.gui.main_window import MainWindow
from gisapp.gui.map_start import map_area
from gisapp.gui.memory import Memory
from gisapp.gui.scheme import register_scheme
from gisapp.gui.shell import Shell
from gisapp.gui.theme import Theme
from gisapp.workspace.session import Session
from gisapp.workspace.startup import new_session

LONG = 30_000  # milliseconds; nothing takes so long

register_scheme()  # the web engine wants it before the application is made


class Bridge(QObject):
    """Brings calls from job threads to the main thread."""

    called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.called.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)


def answered(qtbot, session: Session) -> None:
    """Wait until the question is answered and the widgets of the answer before are gone.

    Between the two a search by title finds a button that no user sees any more.
    """
    qtbot.waitUntil(lambda: session.answer is not None, timeout=2 * LONG)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def collected_here(qapp) -> None:
    """Collect garbage on the main thread alone, as the window does."""
    collect_here()


@pytest.fixture
def make_session(qapp) -> Iterator[Callable[..., Session]]:
    """Open sessions of the shipped data; all are closed at the end."""
    bridge, opened = Bridge(), []

    def make(**options) -> Session:
        session = new_session(bridge.called.emit, **options)
        opened.append(session)
        return session

    yield make
    for session in opened:
        session.close()


@pytest.fixture
def session(make_session) -> Session:
    """Return a session of the worked example."""
    return make_session()


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Keep settings and recovery copies inside the test."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def make_window(qapp, qtbot, home, make_session):
    """Open windows on sessions of the shipped data; all are closed at the end."""
    opened: list[MainWindow] = []

    def make(**options) -> MainWindow:
        memory = Memory()
        theme = Theme(qapp, memory)
        shell = Shell(memory)
        shell.setWindowState(Qt.WindowState.WindowNoState)
        shell.resize(1366, 768)
        session = make_session(**options)
        area = map_area()
        shell.setCentralWidget(area)
        window = MainWindow(shell, session, theme, area)
        opened.append(window)
        with qtbot.waitSignal(area.view.shown, timeout=LONG):
            shell.show()
            session.preview()
        return window

    yield make
    for window in opened:
        if window.shell.isVisible():
            window._closing = True
            with qtbot.waitSignal(window.closed, timeout=LONG):
                window.shell.close()
        window.shell.deleteLater()
        window.theme.deleteLater()
    QApplication.sendPostedEvents(None, 0)
    qapp.processEvents()


@pytest.fixture
def window(make_window) -> MainWindow:
    return make_window()
