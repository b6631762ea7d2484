"""Undo and redo for everything: a list of states and a place in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gisapp.workspace.state import ProjectState

LIMIT = 1000
#: Memory of layers that were removed or changed and only the history still holds, bytes: 1 GB.
MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class Step:
    """A state and the title of the command that led to it."""

    title: str
    state: ProjectState


@dataclass(frozen=True)
class History:
    """Steps and the index of the present one; frozen, like all it holds."""

    steps: tuple[Step, ...]
    index: int = 0

    @classmethod
    def start(cls, state: ProjectState, title: str = "Open") -> History:
        """Return a history of one step."""
        return cls((Step(title, state),))

    @property
    def state(self) -> ProjectState:
        """The present state."""
        return self.steps[self.index].state

    @property
    def can_undo(self) -> bool:
        """True where something came before."""
        return self.index > 0

    @property
    def can_redo(self) -> bool:
        """True where something was undone."""
        return self.index < len(self.steps) - 1

    def push(self, title: str, state: ProjectState) -> History:
        """Add a step after the present one; what was undone is gone. No change is no step."""
        if state == self.state:
            return self
        steps = (*self.steps[: self.index + 1], Step(title, state))[-LIMIT:]
        if not _held(self.state).keys() <= _held(state).keys():
            steps = steps[_oldest(steps) :]
        return History(steps, len(steps) - 1)

    def amend(self, state: ProjectState) -> History:
        """Replace the present state in place: for what is no step (pan, zoom, window state)."""
        steps = list(self.steps)
        steps[self.index] = replace(steps[self.index], state=state)
        return History(tuple(steps), self.index)

    def go(self, index: int) -> History:
        """Move to a step by its number; raises IndexError outside."""
        if not 0 <= index < len(self.steps):
            raise IndexError(index)
        # The view is where the user looks now, not where he looked then.
        here = replace(self.steps[index], state=self.steps[index].state.with_(view=self.state.view))
        steps = list(self.steps)
        steps[index] = here
        return History(tuple(steps), index)


def _held(state: ProjectState) -> dict[int, int]:
    """Return the bytes of what features are made of; an edit shares all but what it touched."""
    found: dict[int, int] = {}
    for entry in state.layers:
        found |= entry.layer.features.memory
    return found


def _oldest(steps: tuple[Step, ...]) -> int:
    """Return the first step to keep, so that layers which only the past has stay in bounds."""
    counted = _held(steps[-1].state)
    spare = 0
    for number in range(len(steps) - 2, -1, -1):
        more = {k: size for k, size in _held(steps[number].state).items() if k not in counted}
        spare += sum(more.values())
        if spare > MOST_BYTES:
            return min(number + 1, len(steps) - 2)  # the last step can always be undone
        counted |= more
    return 0
