"""Commands on the yields of the chain; each is a step of the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from gisapp.model.facts import Facts
from gisapp.workspace.commands import Command
from gisapp.workspace.params import number
from gisapp.workspace.state import ProjectState

_MENU: Final = "Question"


def _set(facts: Facts) -> Callable[..., ProjectState]:
    def run(state: ProjectState, *, yield_id: str, value: float | None) -> ProjectState:
        """Take a value of one's own for a yield; None takes the table's again."""
        row = facts.yields.row(yield_id)
        wanted = row.default if value is None else number(value, row.name, 0.0, 1e9)
        own = facts.yields.with_((k, v) for k, v in state.yields if k in facts.yields)
        return state.with_(yields=own.with_({yield_id: wanted}).changed)

    return run


def _deposit(state: ProjectState, *, deposit: str) -> ProjectState:
    """Follow the ore of one deposit, by its id; "" follows that of the largest mine."""
    return state.with_(question=replace(state.question, deposit=str(deposit)))


def _reset(state: ProjectState) -> ProjectState:
    return state.with_(yields=())


def _has_own(state: ProjectState) -> bool:
    return bool(state.yields)


def chain_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands of the chain; the yields are those of the facts."""
    return (
        Command(
            "yields.set",
            "Yield",
            _set(facts),
            "Take another value for a yield of the chain",
            "",
            "mdi6.percent-outline",
            _MENU,
            ("yield_id", "value"),
        ),
        Command(
            "question.deposit",
            "Follow ore",
            _deposit,
            "Follow the ore of one deposit through the chain",
            "",
            "mdi6.map-marker-path",
            _MENU,
            ("deposit",),
        ),
        Command(
            "yields.reset",
            "Reset yields",
            _reset,
            "Take the yields of the table again",
            "",
            "mdi6.restore",
            _MENU,
            enabled=_has_own,
        ),
    )
