"""Commands by a condition: which rows of a layer are shown and counted, and which are selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from gisapp.model.expression.evaluate import check_condition, holding, kinds_of
from gisapp.model.expression.values import Mask
from gisapp.model.features import Features
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.rows import RowSet
from gisapp.workspace.commands import Command, Job, Outcome
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.params import listed
from gisapp.workspace.state import ProjectState, Selection

#: Work on so many rows takes less than some 20 ms.
_AT_ONCE: Final = 20_000


def layer_features(state: ProjectState, layer_id: str) -> Features:
    """Return the features of a layer; raises `GisappError` if the project has none such."""
    return state.entry(layer_id).layer.features


def soon(rows: int, state: ProjectState, job: Job) -> Outcome:
    """Do work on so many rows at once if it is quick, else as the job that it is."""
    return job.then(state, job.work(Feedback())) if rows <= _AT_ONCE else job


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


def _select_where(
    state: ProjectState, *, layer_id: str, expression: str, how: str = "replace"
) -> Outcome:
    """Select the shown rows for which a condition holds: replace, add, remove or within."""
    if how not in _HOW:
        raise GisappError("unknown_how", f'Nothing is selected by "{how}".', f"Use {listed(_HOW)}.")
    features = layer_features(state, layer_id)
    check_condition(expression, kinds_of(features))

    def work(feedback: Feedback) -> Mask:
        return holding(expression, features, feedback=feedback)

    def then(now: ProjectState, found: Mask) -> ProjectState:
        check_same(now, layer_id, features)
        return _selected(now, layer_id, lambda shown, before: _HOW[how](shown, found, before))

    return soon(len(features), state, Job("select", "Selecting", work, then))


_HOW: Final[dict[str, Callable[[Mask, Mask, Mask], Mask]]] = {
    "replace": lambda shown, found, _before: found & shown,
    "add": lambda shown, found, before: before | (found & shown),
    "remove": lambda _shown, found, before: before & ~found,
    "within": lambda _shown, found, before: before & found,
}


def _select_all(state: ProjectState, *, layer_id: str) -> ProjectState:
    return _selected(state, layer_id, lambda shown, _before: shown)


def _select_inverted(state: ProjectState, *, layer_id: str) -> ProjectState:
    return _selected(state, layer_id, lambda shown, before: shown & ~before)


def _selected(
    state: ProjectState, layer_id: str, choose: Callable[[Mask, Mask], Mask]
) -> ProjectState:
    """Select by what is shown and what was selected before, masks of shape (n,) each."""
    entry = state.entry(layer_id)
    rows = rows_shown(entry.layer, state.filter, state.question.mineral, entry.where)
    shown = np.full(len(entry.layer.features), rows is None)
    before = np.zeros(len(shown), dtype=bool)
    if rows is not None:
        shown[rows] = True
    if state.selection.layer == layer_id:
        before[state.selection.rows.array] = True
    chosen = RowSet(np.flatnonzero(choose(shown, before)))
    return state.with_(selection=Selection(layer_id, chosen) if chosen else Selection())


def _has_layers(state: ProjectState) -> bool:
    return bool(state.layers)


def condition_commands() -> tuple[Command, ...]:
    """Return the commands on conditions and on the selection by them."""
    return (
        Command(
            "layer.where", "Filter rows\u2026", _where,
            "Show and count only the rows of the layer for which a condition holds",
            "", "mdi6.filter-outline", "Layer", ("layer_id", "where"), _has_layers,
        ),
        Command(
            "select.where", "Select by expression\u2026", _select_where,
            "Select the rows for which a condition holds", "Ctrl+Shift+X",
            "mdi6.text-box-search-outline", "Edit", ("layer_id", "expression"), _has_layers,
        ),
        Command(
            "select.all", "Select all rows", _select_all, "Select all rows of the table", "",
            "mdi6.select-all", "Edit", ("layer_id",), _has_layers,
        ),
        Command(
            "select.invert", "Invert selection", _select_inverted,
            "Select the rows that are not selected, and no others", "Ctrl+Shift+I",
            "mdi6.select-inverse", "Edit", ("layer_id",), _has_layers,
        ),
    )  # fmt: skip
