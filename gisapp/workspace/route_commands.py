"""Commands on a journey: from where, to where, the least of what, by which modes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gisapp.analysis.network.journey import Measure, Travel
from gisapp.workspace.commands import Command
from gisapp.workspace.params import choice
from gisapp.workspace.state import ProjectState

_MENU: Final = "Question"


def _find(
    state: ProjectState,
    *,
    start: str | None = None,
    end: str | None = None,
    least: Measure | str | None = None,
    travel: Travel | str | None = None,
) -> ProjectState:
    """Ask for the journey between two places; what is None stays as it was."""
    asked = state.question
    return state.with_(
        question=replace(
            asked,
            view="routes",
            start=asked.start if start is None else start.strip(),
            end=asked.end if end is None else end.strip(),
            least=asked.least if least is None else choice(Measure, least, "measure"),
            travel=asked.travel if travel is None else choice(Travel, travel, "mode"),
        )
    )


def _turn(state: ProjectState) -> ProjectState:
    question = state.question
    return state.with_(question=replace(question, start=question.end, end=question.start))


def _clear(state: ProjectState) -> ProjectState:
    return state.with_(question=replace(state.question, start="", end=""))


def _has_end(state: ProjectState) -> bool:
    return bool(state.question.start or state.question.end)


def route_commands() -> tuple[Command, ...]:
    """Return the commands of the routes page."""
    return (
        Command(
            "route.find",
            "Find route",
            _find,
            "The way that goods travel between two places",
            icon="mdi6.routes",
            menu=_MENU,
            params=("start", "end"),
        ),
        Command(
            "route.turn",
            "Turn route round",
            _turn,
            "From the end to the start",
            icon="mdi6.swap-vertical",
            menu=_MENU,
            enabled=_has_end,
        ),
        Command(
            "route.clear",
            "Clear route",
            _clear,
            "Show the trade routes again",
            icon="mdi6.close",
            menu=_MENU,
            enabled=_has_end,
        ),
    )
