"""The front door of the window: paints at once, loads the rest behind it, then hands over."""

from __future__ import annotations

import ctypes
import gc
import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QLocale, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from gisapp.gui.collector import collect_here
from gisapp.gui.memory import Memory
from gisapp.gui.scheme import register_scheme
from gisapp.gui.shell import Shell
from gisapp.gui.theme import Theme

if TYPE_CHECKING:
    from gisapp.gui.main_window import MainWindow
    from gisapp.workspace.session import Session

log = logging.getLogger("gisapp")

#: How long a worker computes before the window gets its turn. Qt gives the turn away at every
#: call, so Python's own 5 ms would add up to a standstill while something large is worked on.
_SWITCH_S: Final = 0.0005
_LATE_MS: Final = 60_000
#: glibc's number of the setting (malloc.h).
_MMAP_THRESHOLD: Final = -3
_PATIENCE_MS: Final = 5_000


class Relay(QObject):
    """Brings calls from any thread to the window's thread, in their order."""

    _called = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._called.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def deliver(self, call: Callable[[], None]) -> None:
        """Call a function in the window's thread, soon."""
        self._called.emit(call)

    def _call(self, call: Callable[[], None]) -> None:
        call()


def process_age() -> float:
    """Return the seconds since this process began, as exactly as the system tells (10 ms)."""
    try:
        ticks = int(
            Path("/proc/self/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[19]
        )
        per_second = 100.0
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / per_second
    except (OSError, AttributeError, ValueError, IndexError):
        return time.process_time()


@dataclass
class Phases:
    """Milliseconds from the start of the process to each phase, in order."""

    began: float = field(default_factory=lambda: time.perf_counter() - process_age())
    marks: dict[str, float] = field(default_factory=dict)

    def mark(self, name: str) -> None:
        """Note that a phase is reached."""
        self.marks.setdefault(name, (time.perf_counter() - self.began) * 1000.0)

    def __str__(self) -> str:
        width = max(map(len, self.marks), default=0)
        return "\n".join(f"{name:<{width}} {value:7.0f} ms" for name, value in self.marks.items())


class Start(QObject):
    """From the empty shell to the working window, one step after the other.

    Modules are imported and data is read in a thread; widgets are made in the window's thread,
    a few at a time, so that it never stands still for long.
    """

    ready = Signal(object)
    failed = Signal(object)
    interactive = Signal()

    def __init__(self, shell: Shell, theme: Theme, phases: Phases) -> None:
        super().__init__(shell)
        self._shell, self._theme, self._phases = shell, theme, phases
        self._relay = Relay(self)
        self.session: Session | None = None
        self.window: MainWindow | None = None
        self._answering = False
        shell.painted.connect(self._begin)

    def report_error(self, error: Exception) -> None:
        """Tell of a fault that nobody caught; the window goes on."""
        if self.session is not None:
            self.session.report_error(error)

    def _begin(self) -> None:
        self._phases.mark("window painted")
        threading.Thread(target=self._load, name="start", daemon=True).start()

    def _load(self) -> None:
        try:
            map_area = import_module("gisapp.gui.map_start")
            self._step(lambda: self._put_map(map_area))
            startup = import_module("gisapp.workspace.startup")
            session = startup.new_session(self._relay.deliver)
            self._relay.deliver(lambda: self._phases.mark("data read"))
            window = import_module("gisapp.gui.main_window")
            self._step(lambda: self._put_panels(window, session))
        except Exception as error:
            fault = error
            self._relay.deliver(lambda: self.failed.emit(fault))

    def _step(self, step: Callable[[], None]) -> None:
        """Do a step in the window's thread; a fault in it ends the start."""

        def attempt() -> None:
            try:
                step()
            except Exception as error:
                log.exception("the window could not be put together")
                self.failed.emit(error)

        self._relay.deliver(attempt)

    def _put_map(self, module: ModuleType) -> None:
        self._area = module.map_area()
        self._shell.setCentralWidget(self._area)
        self._area.view.ready.connect(lambda: self._phases.mark("map page ready"))
        self._area.view.shown.connect(self._shown)
        # The world alone, so that the basemap is drawn while panels and data come.
        self._area.view.show_picture(module.bare_world(), self._theme.name)
        self._phases.mark("map begun")

    def _put_panels(self, module: ModuleType, session: Session) -> None:
        self.session = session
        self.window = module.MainWindow(self._shell, session, self._theme, self._area)
        self._phases.mark("panels made")
        session.preview()
        self.ready.emit(self.window)
        # The analyses are slow to load: they begin when the map stands, or hangs.
        QTimer.singleShot(_PATIENCE_MS, self, self._answer)

    def _shown(self, number: int) -> None:
        if number == 1:
            self._phases.mark("basemap shown")
        elif not self._answering:
            self._phases.mark("map interactive")
            self._answer()
            self.interactive.emit()

    def _answer(self) -> None:
        if not self._answering and self.session is not None:
            self._answering = True
            leave = self.session.answered.connect(lambda answer: self._settle(leave, answer))
            self.session.refresh()

    @staticmethod
    def _settle(leave: Callable[[], None], answer: object) -> None:
        """Spare the collector what is loaded with the first answer: it stays."""
        if answer is not None:
            leave()
            gc.freeze()


def give_back_memory() -> None:
    """Let large arrays go back to the system when they are let go of, where glibc is.

    Its own threshold grows with the first of them to be freed, up to 32 MB: from then on arrays
    stand between smaller things, and a heap that worked on a million rows never shrinks again.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, 1 << 20)


def prepare(argv: Sequence[str]) -> QApplication:
    """Make the application object; there is one of it in a process."""
    register_scheme()
    sys.setswitchinterval(_SWITCH_S)
    give_back_memory()
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(list(argv))
    app.setApplicationName("gisapp")
    app.setApplicationDisplayName("gisapp")
    app.setDesktopFileName("gisapp")
    QLocale.setDefault(QLocale(QLocale.Language.English))
    return app


def run(files: Sequence[str | Path] = (), startup_report: bool = False) -> int:
    """Open the window and return the exit code when it is closed.

    Parameters
    ----------
    files
        Layers or one project to open, and addresses of databases and services.
    startup_report
        Print milliseconds from the start of the process to each phase, and leave.
    """
    phases = Phases()
    phases.mark("first line")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    app = prepare(sys.argv[:1])
    collect_here()
    memory = Memory()
    theme = Theme(app, memory)
    shell = Shell(memory)
    start = Start(shell, theme, phases)

    def unexpected(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.error("unexpected fault", exc_info=(kind, error, trace))
        if isinstance(error, Exception):
            start.report_error(error)

    sys.excepthook = unexpected
    start.failed.connect(lambda error: _give_up(app, error))
    if files:
        start.ready.connect(lambda window: window.open_named(files))
    if startup_report:
        start.interactive.connect(lambda: _tell(app, phases))
        QTimer.singleShot(_LATE_MS, app, lambda: app.exit(2))
    shell.show()
    return app.exec()


def _tell(app: QApplication, phases: Phases) -> None:
    print(phases)  # noqa: T201 - the report is what was asked for
    app.quit()


def _give_up(app: QApplication, error: Exception) -> None:
    print(f"gisapp cannot start: {error}", file=sys.stderr)  # noqa: T201 - there is no window yet
    app.exit(2)
