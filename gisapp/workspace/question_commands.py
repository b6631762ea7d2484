"""Commands on the question and the filter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final

from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError
from gisapp.model.vocabulary import (
    MINERALS,
    VIEWS,
    Basis,
    Role,
    Stage,
    Status,
    Weight,
    mineral_code,
)
from gisapp.workspace.commands import Command
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.params import choice, listed, number
from gisapp.workspace.state import Filter, ProjectState

_PLANTS: Final = {Stage.REFINING: Role.REFINERY, Stage.MAGNETS: Role.MAGNET_PLANT}
_FILTERS: Final = tuple(f.name for f in fields(Filter))


def _ask(state: ProjectState, **changes: Any) -> ProjectState:
    return state.with_(question=replace(state.question, **changes))


def _mineral(state: ProjectState, *, mineral: str | None) -> ProjectState:
    """Ask about one mineral (code, name or symbol), or about all of them with None."""
    if not mineral:
        return _ask(state, mineral=None)
    code = mineral_code(mineral)
    if code is None:
        raise GisappError(
            "unknown_mineral", f'No mineral is called "{mineral}".', f"Known: {listed(MINERALS)}."
        )
    return _ask(state, mineral=code)


def _stage(state: ProjectState, *, stage: Stage | str) -> ProjectState:
    """Ask about a stage; the distance is then asked to the plants of that stage."""
    wanted = choice(Stage, stage, "stage")
    return _ask(state, stage=wanted, to=_PLANTS.get(wanted, state.question.to))


def _date(state: ProjectState, *, as_of: date | str) -> ProjectState:
    try:
        day = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
    except ValueError:
        raise GisappError(
            "bad_date", f'"{as_of}" is not a date.', "Write it as 2026-11-22."
        ) from None
    return _ask(state, as_of=day)


def _by(state: ProjectState, *, by: Basis | str) -> ProjectState:
    """Ask by location, control or listing; the distance's plants are then inside by the same."""
    wanted = choice(Basis, by, "basis")
    plant = wanted.of_a_site is Basis.LOCATION
    owner = wanted.of_a_site is Basis.CONTROL
    return _ask(state, by=wanted, plant_inside=plant, owner_inside=owner)


def _weight(state: ProjectState, *, weight: Weight | str) -> ProjectState:
    return _ask(state, weight=choice(Weight, weight, "weight"))


def _to(state: ProjectState, *, role: Role | str) -> ProjectState:
    wanted = choice(Role, role, "role")
    if wanted not in _PLANTS.values():
        raise GisappError(
            "not_a_plant",
            f"A distance to processing cannot end at a {wanted.label.lower()}.",
            f"Choose of {listed(_PLANTS.values())}.",
        )
    return _ask(state, to=wanted)


def _nearest(state: ProjectState, *, count: int) -> ProjectState:
    return _ask(state, nearest=int(number(count, "number of plants", 1, 100)))


def _view(state: ProjectState, *, view: str) -> ProjectState:
    if view not in VIEWS:
        raise GisappError(
            "unknown_view", f'There is no view "{view}".', f"Choose of {listed(VIEWS)}."
        )
    return _ask(state, view=view)


def _alliance(facts: Facts) -> Callable[..., ProjectState]:
    def run(state: ProjectState, *, alliance: str | None) -> ProjectState:
        """Ask about an alliance by its id, or about none."""
        book = project_facts(state, facts).alliances
        return _ask(state, alliance=book.get(alliance).id if alliance else None)

    return run


def _set_filter(state: ProjectState, **changes: Any) -> ProjectState:
    """Change parts of the filter; what is not named stays."""
    clean: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in _FILTERS:
            raise GisappError(
                "unknown_filter", f'There is no filter "{name}".', f"Filters: {listed(_FILTERS)}."
            )
        if name == "statuses":
            clean[name] = frozenset(choice(Status, v, "status") for v in value or ())
        elif name == "stages":
            clean[name] = frozenset(choice(Stage, v, "stage") for v in value or ())
        elif name in {"countries", "owner_countries"}:
            clean[name] = frozenset(str(v).upper() for v in value or ())
        elif name == "text":
            clean[name] = str(value or "")
        else:
            clean[name] = None if value is None else int(value)
    return state.with_(filter=replace(state.filter, **clean))


def _clear_filter(state: ProjectState) -> ProjectState:
    return state.with_(filter=Filter())


def _is_filtered(state: ProjectState) -> bool:
    return state.filter != Filter()


def question_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands of the question bar; alliances are those of the facts."""
    ask = "Question"
    return (
        Command(
            "question.mineral",
            "Mineral",
            _mineral,
            "Ask about one mineral or about all",
            "Ctrl+M",
            "mdi6.diamond-stone",
            ask,
            ("mineral",),
        ),
        Command(
            "question.stage",
            "Stage",
            _stage,
            "Mining, refining or magnets",
            "",
            "mdi6.factory",
            ask,
            ("stage",),
        ),
        Command(
            "question.alliance",
            "Alliance",
            _alliance(facts),
            "Whose jurisdictions count as inside",
            "",
            "mdi6.handshake-outline",
            ask,
            ("alliance",),
        ),
        Command(
            "question.date",
            "Date",
            _date,
            "The day whose membership counts",
            "",
            "mdi6.calendar",
            ask,
            ("as_of",),
        ),
        Command(
            "question.by",
            "By location, control or listing",
            _by,
            "Whether a site belongs by where it stands, who controls it or where it is listed",
            "",
            "mdi6.scale-balance",
            ask,
            ("by",),
        ),
        Command(
            "question.weight",
            "Weight",
            _weight,
            "Share of sites, of capacity or of national production",
            "",
            "mdi6.weight",
            ask,
            ("weight",),
        ),
        Command(
            "question.to",
            "Distance to",
            _to,
            "Distance to refineries or to magnet plants",
            "",
            "mdi6.ray-start-arrow",
            ask,
            ("role",),
        ),
        Command(
            "question.nearest",
            "Number of nearest plants",
            _nearest,
            "How many plants are found for a deposit",
            "",
            "mdi6.numeric",
            ask,
            ("count",),
        ),
        Command(
            "question.view",
            "View",
            _view,
            "Facilities, coverage, distance or routes",
            "",
            "mdi6.map-search-outline",
            ask,
            ("view",),
        ),
        Command(
            "filter.set",
            "Filter",
            _set_filter,
            "Show and count only some facilities",
            "Ctrl+F",
            "mdi6.filter-outline",
            "Edit",
            _FILTERS,
        ),
        Command(
            "filter.clear",
            "Clear filter",
            _clear_filter,
            "Show and count everything again",
            "Ctrl+Shift+F",
            "mdi6.filter-off-outline",
            "Edit",
            enabled=_is_filtered,
        ),
    )
