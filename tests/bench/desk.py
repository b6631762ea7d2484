"""The window with the means to wait for it, and to measure how long it stood still."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from gisapp.gui.main_window import MainWindow


def held_mb() -> float:
    """Return the memory of this process that it shares with no other, MB."""
    return _figure("smaps_rollup", "Pss:")


def peak_mb() -> float:
    """Return the most memory that this process held since `forget_peak`, MB."""
    return _figure("status", "VmHWM:")


def forget_peak() -> None:
    """Begin anew with the most memory that this process holds."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _figure(name: str, key: str) -> float:
    for line in Path("/proc/self", name).read_text(encoding="ascii").splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    raise OSError("no figure")


class Heartbeat:
    """The longest time between two rounds of the window's loop, in all and of its own thread.

    What other programs do on the machine, and other threads of this one, is in the first only.
    """

    def __init__(self) -> None:
        self.worst = self.worst_own = 0.0
        self._last = self._last_own = 0.0
        self._timer = QTimer(interval=2)
        self._timer.timeout.connect(self._tick)
        self.restart()
        self._timer.start()

    def restart(self) -> None:
        """Forget what was measured."""
        self.worst = self.worst_own = 0.0
        self._last, self._last_own = time.perf_counter(), time.thread_time()

    def _tick(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        self.worst = max(self.worst, now - self._last)
        self.worst_own = max(self.worst_own, own - self._last_own)
        self._last, self._last_own = now, own


class Desk:
    """The window with the means to wait for it."""

    def __init__(self, window: MainWindow) -> None:
        self.window, self.session = window, window.session
        self.view = window.area.view
        self.shown: list[int] = []
        self.view.shown.connect(self.shown.append)
        self.heart = Heartbeat()

    def until(self, done: Callable[[], bool]) -> None:
        """Let the window work until something holds; a minute at most."""
        loop = QEventLoop()
        look = QTimer(interval=2)
        look.timeout.connect(lambda: done() and loop.quit())
        look.start()
        QTimer.singleShot(60_000, loop, loop.quit)
        loop.exec()
        look.stop()
        assert done()

    def settle(self) -> None:
        """Wait for all jobs, then for the picture that they led to."""
        self.until(lambda: not self.session.jobs.running and self.shown[-1:] == [self.view._number])

    def pictured(self, act: Callable[[], object]) -> None:
        """Do something and wait until it is on the canvas."""
        count = len(self.shown)
        act()
        self.until(lambda: len(self.shown) > count)

    def drawn(self) -> None:
        """Wait until no tile is asked for any more."""
        self.until(lambda: not self.view._handler._jobs)
