"""What is not saved yet survives a crash: each run keeps its state in a folder of its own.

The folder holds `state.json`, written anew right after a change, and one file for every column
and every set of geometries that does not ship. They never change, so each is written once: of an
edit the column that it touched, however many rows the layer has. A lock that the
system releases when a process ends, however it ends, tells the folder of a crash from that of a
running application.
"""

from __future__ import annotations

import json
import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.workspace.commands import Opened
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from gisapp.data.column_folder import ColumnFolder
    from gisapp.data.store import Stored

log = logging.getLogger("gisapp")

_STATE: Final = "state.json"
_LOCK: Final = "lock"
#: Seconds from a change to its copy on the disk.
DELAY: Final = 0.1


class Timer(Protocol):
    """A call that was put off."""

    def cancel(self) -> None:
        """Do not make the call, if it was not made yet."""


#: Calls a function after some seconds, in any thread.
Later = Callable[[float, Callable[[], None]], Timer]


def later(seconds: float, call: Callable[[], None]) -> Timer:
    """Call a function in a thread of its own after some seconds."""
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
    return timer


@dataclass(frozen=True)
class Lost:
    """A project that a crash left behind: its folder, its file if it had one, and when."""

    folder: Path
    path: Path | None
    when: datetime


class Autosave:
    """Keeps a copy of what a session has not saved.

    Parameters
    ----------
    root
        Folder of all recovery folders; made if need be.
    later
        Puts a call off; a test gives its own clock.
    """

    def __init__(self, session: Session, root: Path, later: Later = later) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=root))
        self._lock_file = (self.folder / _LOCK).open("wb")
        _lock(self._lock_file.fileno())
        self._session = session
        self._later = later
        self._timer: Timer | None = None
        self._waiting = False  # for the timer
        self._guard = threading.Lock()  # of what both threads change
        self._writing = threading.Lock()
        self._pending: tuple[ProjectState | None, Path | None] | None = None
        self._columns: ColumnFolder | None = None
        self._disconnect = session.changed.connect(self._changed)

    def write(self) -> None:
        """Write the latest state now; safe from any thread, and a failure is logged."""
        with self._writing:
            with self._guard:
                pending, self._pending, self._waiting = self._pending, None, False
            if pending is None:
                return
            try:
                self._write(*pending)
            except (OSError, GisappError) as error:
                log.warning("The recovery copy could not be written: %s", error)

    def close(self) -> None:
        """End the watch and remove the folder: the user left of his own accord."""
        self._disconnect()
        if self._timer is not None:
            self._timer.cancel()
        with self._writing:
            with self._guard:
                self._pending = None
            self._lock_file.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _changed(self, state: ProjectState) -> None:
        with self._guard:
            self._pending = (state if self._session.dirty else None, self._session.path)
            waiting, self._waiting = self._waiting, True
        if not waiting:  # counted from the first change: a busy user is saved too
            self._timer = self._later(DELAY, self.write)

    def _write(self, state: ProjectState | None, path: Path | None) -> None:
        if state is None:  # all is saved: there is nothing to lose
            (self.folder / _STATE).unlink(missing_ok=True)
            if self._columns is not None:
                self._columns.keep(())
            return
        from gisapp.data.column_folder import ColumnFolder
        from gisapp.workspace.project_file import flush
        from gisapp.workspace.project_json import dump

        columns = self._columns = self._columns or ColumnFolder(self.folder)
        written: list[Stored] = []

        def stored(layer: Layer) -> Stored:
            written.append(columns.store(layer.features))
            return written[-1]

        document = {"path": None if path is None else str(path), "state": dump(state, stored)}
        aside = self.folder / f"{_STATE}.new"
        aside.write_text(json.dumps(document), encoding="utf-8")
        flush(aside)
        aside.replace(self.folder / _STATE)
        columns.keep(written)


def lost_projects(root: Path) -> tuple[Lost, ...]:
    """Return what crashes left behind, the latest first; folders without a state are removed."""
    found: list[Lost] = []
    for folder in root.glob("run-*") if root.is_dir() else ():
        if _is_in_use(folder / _LOCK):
            continue
        state = folder / _STATE
        if not state.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            path = json.loads(state.read_text(encoding="utf-8"))["path"]
        except (OSError, ValueError, KeyError, TypeError):
            path = None  # what is wrong with it is told by `recover`
        when = datetime.fromtimestamp(state.stat().st_mtime, UTC)
        found.append(Lost(folder, None if path is None else Path(path), when))
    return tuple(sorted(found, key=lambda lost: lost.when, reverse=True))


def recover(folder: Path) -> Opened:
    """Return a project that a crash left behind; the folder stays until `discard`.

    Raises
    ------
    GisappError
        `damaged_project` where it cannot be read.
    """
    from gisapp.data.column_folder import load_columns
    from gisapp.workspace.links import linked_layer
    from gisapp.workspace.project_json import parse

    def features(stored: Stored) -> Features:
        return load_columns(folder, stored)

    try:
        document = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        text, path = document["state"], document["path"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GisappError(
            "damaged_project",
            "The project of the last session cannot be recovered.",
            f"Its remains are in {folder}.",
        ) from error
    file = None if path is None else Path(path)
    state, reports = parse(
        text,
        "the recovered project",
        features,
        lambda layer, relative: linked_layer(layer, relative, file),
    )
    return Opened(state, file, reports, dirty=True)


def discard(folder: Path) -> None:
    """Remove what a crash left behind."""
    shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(lock: Path) -> bool:
    try:
        with lock.open("r+b") as file:
            _lock(file.fileno())
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _lock(handle: int) -> None:
    """Lock a file until its process ends; raises OSError where another one holds it."""
    if sys.platform == "win32":
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
