"""What the tests of windows and panels share: a real session whose results come to Qt's loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Qt, Signal

from gisapp.gui.collector import collect_here
from gisapp.gui.scheme import register_scheme
from gisapp.workspace.session import Session
from gisapp.workspace.startup import new_session

register_scheme()  # the web engine wants it before the application is made


class Bridge(QObject):
    """Brings calls from job threads to the main thread."""

    called = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.called.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)


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
