"""The window for benchmarks, on the shipped data with no mineral asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gisapp.gui.app import Relay, give_back_memory
from gisapp.gui.collector import collect_here
from gisapp.gui.main_window import MainWindow
from gisapp.gui.map_start import map_area
from gisapp.gui.memory import Memory
from gisapp.gui.scheme import register_scheme
from gisapp.gui.shell import Shell
from gisapp.gui.theme import Theme
from gisapp.workspace.startup import new_session
from tests.bench.desk import Desk

register_scheme()  # the web engine wants it before the application is made


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    collect_here()
    give_back_memory()
    memory = Memory()
    shell = Shell(memory)
    shell.resize(1366, 768)
    relay = Relay(shell)
    session = new_session(relay.deliver)
    area = map_area()
    shell.setCentralWidget(area)
    window = MainWindow(shell, session, Theme(qapp, memory), area)
    desk = Desk(window)
    desk.pictured(lambda: (shell.show(), session.preview()))
    session.run("question.mineral", mineral=None)
    desk.settle()
    yield desk
    window._closing = True
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    shell.close()
    desk.until(lambda: bool(closed))
    session.close()
    shell.deleteLater()
