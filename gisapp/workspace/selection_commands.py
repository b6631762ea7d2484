"""Commands on rows: which of a layer are shown and counted, and which are selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np

from gisapp.model.expression.evaluate import check_condition, holding, kinds_of
from gisapp.model.expression.values import Mask
from gisapp.model.features import Features
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.rows import RowSet
from gisapp.workspace.commands import Command, Job, Outcome, soon
from gisapp.workspace.enabled import has_layers, has_selection
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.goto import hits_in_box
from gisapp.workspace.params import listed
from gisapp.workspace.state import ProjectState, Selection


def layer_features(state: ProjectState, layer_id: str) -> Features:
    """Return the features of a layer; raises `GisappError` if the project has none such."""
    return state.entry(layer_id).layer.features


def check_same(state: ProjectState, layer_id: str, features: Features) -> None:
    """Refuse a result on features that were changed since; raises `changed_meanwhile`."""
    if state.entry(layer_id).layer.features is not features:
        raise GisappError(
            "changed_meanwhile", "The layer was changed while this was worked out.", "Do it again."
        )


def _where(state: ProjectState, *, layer_id: str, where: str) -> ProjectState:
    """Set the condition of a layer, "" shows all its rows."""
    where = where.strip()
    entry = state.entry(layer_id)
    if where:
        check_condition(where, kinds_of(entry.layer.features))
    return state if entry.where == where else state.with_entry(layer_id, where=where)


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
        if found.rows:
            check_same(now, found.layer, layer_features(state, found.layer))
        return now.with_(selection=found)

    rows = sum(len(entry.layer.features) for entry in asked)
    return soon(rows, state, Job("select", "Selecting", find, then))


def _select_none(state: ProjectState) -> ProjectState:
    return state.with_(selection=Selection())


def _select_where(
    state: ProjectState, *, layer_id: str, expression: str, how: str = "replace"
) -> Outcome:
    """Select the shown rows for which a condition holds: replace, add, remove or within."""
    if how not in _HOW:
        raise GisappError("unknown_how", f'Nothing is selected by "{how}".', f"Use {listed(_HOW)}.")
    check_condition(expression, kinds_of(layer_features(state, layer_id)))
    return _selecting(
        state,
        layer_id,
        lambda shown, before, feedback: _HOW[how](
            shown, holding(expression, layer_features(state, layer_id), feedback=feedback), before
        ),
    )


_HOW: Final[dict[str, Callable[[Mask, Mask, Mask], Mask]]] = {
    "replace": lambda shown, found, _before: found & shown,
    "add": lambda shown, found, before: before | (found & shown),
    "remove": lambda _shown, found, before: before & ~found,
    "within": lambda _shown, found, before: before & found,
}


def _select_all(state: ProjectState, *, layer_id: str) -> Outcome:
    return _selecting(state, layer_id, lambda shown, _before, _feedback: shown)


def _select_inverted(state: ProjectState, *, layer_id: str) -> Outcome:
    return _selecting(state, layer_id, lambda shown, before, _feedback: shown & ~before)


def _selecting(
    state: ProjectState, layer_id: str, choose: Callable[[Mask, Mask, Feedback], Mask]
) -> Outcome:
    """Select by what is shown and what was selected before, masks of shape (n,) each."""
    entry = state.entry(layer_id)
    features = entry.layer.features

    def work(feedback: Feedback) -> Selection:
        rows = rows_shown(entry.layer, state.filter, state.question.mineral, entry.where)
        shown = np.full(len(features), rows is None)
        before = np.zeros(len(shown), dtype=bool)
        if rows is not None:
            shown[rows] = True
        if state.selection.layer == layer_id:
            before[state.selection.rows.array] = True
        chosen = RowSet(np.flatnonzero(choose(shown, before, feedback)))
        return Selection(layer_id, chosen) if chosen else Selection()

    def then(now: ProjectState, found: Selection) -> ProjectState:
        check_same(now, layer_id, features)
        return now.with_(selection=found)

    return soon(len(features), state, Job("select", "Selecting", work, then))


def selection_commands() -> tuple[Command, ...]:
    """Return the commands on which rows are shown and which are selected."""
    return (
        Command(
            "layer.where", "Filter by expression\u2026", _where,
            "Show and count only the rows of the layer for which a condition holds",
            "", "mdi6.filter-outline", "Layer", ("layer_id", "where"), has_layers,
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
            "select.where", "Select by expression\u2026", _select_where,
            "Select the rows for which a condition holds", "Ctrl+Shift+X",
            "mdi6.text-box-search-outline", "Edit", ("layer_id", "expression"), has_layers,
        ),
        Command(
            "select.all", "Select all rows", _select_all, "Select all rows of the table", "",
            "mdi6.select-all", "Edit", ("layer_id",), has_layers,
        ),
        Command(
            "select.invert", "Invert selection", _select_inverted,
            "Select the rows that are not selected, and no others", "Ctrl+Shift+I",
            "mdi6.select-inverse", "Edit", ("layer_id",), has_layers,
        ),
        Command(
            "select.clear",
            "Clear selection",
            _select_none,
            "Select nothing",
            "Ctrl+Shift+A",
            "mdi6.select-off",
            "Edit",
            enabled=has_selection,
        ),
    )  # fmt: skip
