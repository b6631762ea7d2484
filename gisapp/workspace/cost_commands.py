"""Commands on the costs of transport; each is a step of the history."""

from __future__ import annotations

from typing import Final

from gisapp.workspace.commands import Command
from gisapp.workspace.costs import cost_table
from gisapp.workspace.state import ProjectState

_MENU: Final = "Question"


def _set(state: ProjectState, *, cost_id: str, value: float | None) -> ProjectState:
    """Take a value of one's own for a row of the table; None takes the table's again."""
    table = cost_table(state.costs)
    wanted = table.table.get(cost_id, 0.0) if value is None else float(value)
    return state.with_(costs=table.with_({cost_id: wanted}).own)


def _reset(state: ProjectState) -> ProjectState:
    return state.with_(costs=())


def _has_own(state: ProjectState) -> bool:
    return bool(state.costs)


def cost_commands() -> tuple[Command, ...]:
    """Return the commands of the costs of transport."""
    return (
        Command(
            "costs.set",
            "Cost of transport",
            _set,
            "Take another value for a row of the table of transport costs",
            "",
            "mdi6.currency-usd",
            _MENU,
            ("cost_id", "value"),
        ),
        Command(
            "costs.reset",
            "Reset costs of transport",
            _reset,
            "Take the costs of the table again",
            "",
            "mdi6.restore",
            _MENU,
            enabled=_has_own,
        ),
    )
