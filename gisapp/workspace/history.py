"""Undo and redo for everything: a list of states and a place in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gisapp.workspace.state import ProjectState

LIMIT = 1000


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
