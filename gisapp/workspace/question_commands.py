"""Commands on the question, the filter, the selection and where the map looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final

import numpy as np

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.rows import RowSet
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
from gisapp.workspace.commands import Command, Job, Outcome
from gisapp.workspace.goto import find_place, fit, hits_in_box
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.params import choice, listed, number
from gisapp.workspace.state import Filter, MapView, ProjectState, Selection

_PLANTS: Final = {Stage.REFINING: Role.REFINERY, Stage.MAGNETS: Role.MAGNET_PLANT}
#: Rows from which on looking for those in a box is a job.
_AT_ONCE: Final = 50_000
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


def _select(state: ProjectState, *, layer_id: str, rows: Iterable[int]) -> ProjectState:
    chosen = RowSet(rows)
    count = len(state.entry(layer_id).layer.features)
    if chosen and not 0 <= chosen.array[0] <= chosen.array[-1] < count:
        raise GisappError("unknown_row", f"The layer has the rows 0 to {count - 1} only.")
    return state.with_(selection=Selection(layer_id, chosen) if chosen else Selection())


def _select_box(
    state: ProjectState,
    *,
    west: float,
    south: float,
    east: float,
    north: float,
    layer_id: str | None = None,
    add: bool = False,
) -> Outcome:
    """Select what stands in a box, degrees; of one layer, or of that which has most in it.

    Sites go before what they stand on. With `add` what is selected stays, and its layer is asked.
    """
    before = state.selection if add and state.selection.rows else Selection()
    if before.rows and layer_id is None:
        layer_id = before.layer
    if layer_id is not None:
        state.entry(layer_id)
    asked = [e for e in state.layers if e.id == layer_id or (layer_id is None and e.visible)]

    def find(feedback: Feedback) -> Selection:
        best, most = Selection(), (False, 0)
        for entry in asked:
            feedback.check(text=f"Selecting in {entry.layer.name}")
            rows = hits_in_box(entry, state, (west, south, east, north))
            rank = (entry.layer.role.is_facility, len(rows))
            if rows and rank > most:
                best, most = Selection(entry.id, RowSet(rows)), rank
        if before.rows:
            union = np.union1d(before.rows.array, best.rows.array)
            return Selection(before.layer, RowSet(union))
        return best

    def then(now: ProjectState, found: Selection) -> ProjectState:
        present = any(entry.id == found.layer for entry in now.layers)
        return now.with_(selection=found if present else Selection())

    if sum(len(entry.layer.features) for entry in asked) > _AT_ONCE:
        return Job("select", "Selecting", find, then)
    return then(state, find(Feedback()))


def _select_none(state: ProjectState) -> ProjectState:
    return state.with_(selection=Selection())


def _is_selected(state: ProjectState) -> bool:
    return bool(state.selection.rows)


def _set_view(state: ProjectState, *, lon: float, lat: float, zoom: float) -> ProjectState:
    view = MapView(
        (number(lon, "longitude", -1080, 1080) + 180.0) % 360.0 - 180.0,
        number(lat, "latitude", -90, 90),
        number(zoom, "zoom", 0, 22),
    )
    return state.with_(view=view)


def _fit(
    state: ProjectState,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    layer_id: str | None = None,
) -> ProjectState:
    """Look at a box (west, south, east, north in degrees), at a layer, or at all that is shown."""
    if bounds is None:
        entries = [state.entry(layer_id)] if layer_id else [e for e in state.layers if e.visible]
        boxes = [b for e in entries if (b := e.layer.features.bounds) is not None]
        if not boxes:
            raise GisappError("no_extent", "There is nothing to zoom to.", "Show a layer first.")
        bounds = (
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        )
    return state.with_(view=fit(bounds))


def _goto(facts: Facts) -> Callable[..., ProjectState]:
    def run(state: ProjectState, *, text: str) -> ProjectState:
        """Look at a coordinate (latitude first unless lettered), a facility or a country."""
        return state.with_(view=find_place(text, state, facts.countries))

    return run


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
            "By",
            _by,
            "Belonging by location, by control or by listing",
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
        Command(
            "select.set",
            "Select",
            _select,
            "Select rows of a layer",
            "",
            "mdi6.cursor-default-outline",
            "Edit",
            ("layer_id", "rows"),
        ),
        Command(
            "select.box",
            "Select by box",
            _select_box,
            "Select what stands in a rectangle",
            "",
            "mdi6.select-drag",
            "Edit",
            ("west", "south", "east", "north"),
        ),
        Command(
            "select.clear",
            "Clear selection",
            _select_none,
            "Select nothing",
            "Ctrl+Shift+A",
            "mdi6.select-off",
            "Edit",
            enabled=_is_selected,
        ),
        Command(
            "view.set",
            "Look at",
            _set_view,
            "Move the map",
            "",
            "mdi6.crosshairs",
            "View",
            ("lon", "lat", "zoom"),
            undoable=False,
        ),
        Command(
            "view.fit",
            "Zoom to",
            _fit,
            "Zoom to a box or a layer",
            "",
            "mdi6.fit-to-page-outline",
            "View",
            ("bounds",),
            undoable=False,
        ),
        Command(
            "view.all",
            "Zoom to all",
            _fit,
            "Zoom to all layers that are shown",
            "Ctrl+0",
            "mdi6.earth",
            "View",
            undoable=False,
        ),
        Command(
            "view.goto",
            "Go to…",
            _goto(facts),
            "Go to a coordinate, a facility or a country",
            "Ctrl+G",
            "mdi6.map-marker-outline",
            "View",
            ("text",),
            undoable=False,
        ),
    )
