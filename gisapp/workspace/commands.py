"""The one registry of commands: menus, toolbar, palette, shortcuts and tests come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from gisapp.model.feedback import Feedback, Signal
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState


@dataclass(frozen=True)
class Travel:
    """Outcome: go through the history, `steps` from here or to the step `index`."""

    steps: int = 0
    index: int | None = None


@dataclass(frozen=True)
class Opened:
    """Outcome: this state replaces project and history; `path` is its file, if it has one.

    `dirty` holds where the file does not have all of it: a project brought back after a crash.
    """

    state: ProjectState
    path: Path | None = None
    reports: tuple[Report, ...] = ()
    dirty: bool = False


@dataclass(frozen=True)
class Saved:
    """Outcome: this state stands in a file now."""

    state: ProjectState
    path: Path
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True)
class Told:
    """Outcome: something to say, with the next state or without one."""

    reports: tuple[Report, ...]
    state: ProjectState | None = None


@dataclass(frozen=True)
class Job:
    """Work that may take more than 0.1 s: `work` runs in a worker, `then` makes the new state.

    Parameters
    ----------
    purpose
        One job runs per purpose; a newer one cancels the older and its result is dropped.
    title
        What the progress line says ("Reading mines.shp").
    work
        Computes a result from immutable data; calls `feedback.check` in its loops.
    then
        Makes the next state, or another outcome, from the state at that moment and the result.
    preview
        What `work` emits on it, from its thread, changes the picture until the job ends: the
        geometry of a large file shows while its attributes are still read.
    """

    purpose: str
    title: str
    work: Callable[[Feedback], Any]
    then: Callable[[ProjectState, Any], Outcome]
    preview: Signal[Callable[[ProjectState], ProjectState]] | None = None


#: What a command may come to. All but `Job` is plain data that `Session` acts on.
Outcome: TypeAlias = ProjectState | Job | Travel | Opened | Saved | Told


#: Work on so many rows takes less than some 20 ms.
_AT_ONCE: Final = 20_000


def soon(rows: int, state: ProjectState, job: Job) -> Outcome:
    """Do work on so many rows at once if it is quick, else as the job that it is."""
    return job.then(state, job.work(Feedback())) if rows <= _AT_ONCE else job


def always(_state: ProjectState) -> bool:
    """Return True: for commands that need nothing."""
    return True


@dataclass(frozen=True)
class Command:
    """A named, frozen piece of data that maps a state to the next one, or to another outcome.

    Parameters
    ----------
    id
        Stable and untranslated, "noun.verb" ("layer.remove").
    run
        Called with the state and keyword parameters; returns an `Outcome`. It raises
        `GisappError` for what it refuses.
    params
        Names of the keyword parameters that `run` needs. A command with parameters is offered
        in menus only where the window can supply them (a dialog, the current layer).
    undoable
        False for what changes no project (pan, zoom): the current state is replaced in place.
    """

    id: str
    title: str
    run: Callable[..., Outcome]
    tip: str = ""
    shortcut: str = ""
    icon: str = ""
    menu: str = ""
    params: tuple[str, ...] = ()
    enabled: Callable[[ProjectState], bool] = always
    undoable: bool = True

    @property
    def name(self) -> str:
        """The title as a step of the history: what follows is done by then."""
        return self.title.removesuffix("\u2026")


class Registry:
    """Commands by id; a duplicate raises, registering returns its own undo."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def add(self, command: Command) -> Callable[[], None]:
        """Register a command; the returned function takes it back."""
        if command.id in self._commands:
            raise ValueError(f"command {command.id} is registered already")
        self._commands[command.id] = command

        def remove() -> None:
            self._commands.pop(command.id, None)

        return remove

    def __getitem__(self, command_id: str) -> Command:
        return self._commands[command_id]

    def __contains__(self, command_id: str) -> bool:
        return command_id in self._commands

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def __len__(self) -> int:
        return len(self._commands)
