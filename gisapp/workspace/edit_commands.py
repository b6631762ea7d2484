"""Commands on the table of a layer: cells, columns, rows, points.

Every edit makes new features that share what it leaves alone, so that undo is a step back. A layer
that ships becomes one of the project's own by the first edit, and says so wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gisapp.data.shipped import entry_of
from gisapp.model import editing
from gisapp.model.editing import ColumnType
from gisapp.model.expression.evaluate import calculated
from gisapp.model.expression.syntax import names_in
from gisapp.model.facts import Facts
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.layer import EDITED, Layer
from gisapp.model.mapping import FIELDS, ColumnMapping
from gisapp.model.numbers import whole
from gisapp.model.rows import Rows, RowSet
from gisapp.workspace.column_names import expression_with, style_with
from gisapp.workspace.commands import Command, Job, Outcome, Told, soon
from gisapp.workspace.enabled import (
    has_edited,
    has_layers,
    has_one_point,
    has_points,
    has_selection,
)
from gisapp.workspace.params import choice, listed
from gisapp.workspace.report import Report
from gisapp.workspace.selection_commands import check_same, layer_features
from gisapp.workspace.state import ProjectState, Selection
from gisapp.workspace.titles import day_title

if TYPE_CHECKING:
    from gisapp.workspace.write_back import WriteBack


def _set_cells(
    state: ProjectState,
    *,
    layer_id: str,
    column: str,
    rows: Iterable[int],
    value: str,
    published: Collection[str] = (),
) -> Outcome:
    """Put a value, as it was typed, into cells of a column.

    Parameters
    ----------
    published
        Ids of sites with published figures, which the answers take before a layer's capacity.
    """
    features = layer_features(state, layer_id)
    _check_column(features, column)
    index = _rows_of(features, rows)
    typed = editing.value_of(value, editing.type_of(features.columns[column]))
    if not len(index) or _are(features.columns[column], index, typed):
        return state
    changed = editing.with_values(features, column, index, typed)
    outcome = _edited(state, layer_id, changed, len(index))
    layer = state.entry(layer_id).layer
    ids = layer.values("id")
    if not published or ids is None or column != layer.column_of("capacity"):
        return outcome
    known = sum(1 for row in index.tolist() if ids[row] in published)
    return _told_besides(outcome, known) if known and layer.role.is_facility else outcome


def _told_besides(outcome: Outcome, known: int) -> Outcome:
    """Say that an edited capacity is not what the answers take."""
    what = "1 of these sites has" if known == 1 else f"{whole(known)} of these sites have"
    said = Report(
        Severity.WARNING,
        f"{what} published figures, which the answers take before this column.",
        "Give the row another id, and its own capacity counts.",
    )
    if isinstance(outcome, Told):
        return Told((*outcome.reports, said), outcome.state)
    return Told((said,), outcome) if isinstance(outcome, ProjectState) else outcome


def _add_column(
    state: ProjectState, *, layer_id: str, name: str, kind: ColumnType | str = ColumnType.TEXT
) -> Outcome:
    features = layer_features(state, layer_id)
    empty = editing.empty_column(choice(ColumnType, kind, "type"), len(features))
    return _edited(state, layer_id, editing.with_column(features, name.strip(), empty), 1)


def _calculate(
    state: ProjectState,
    *,
    layer_id: str,
    name: str,
    expression: str,
    rows: Iterable[int] | None = None,
    kind: ColumnType | str | None = None,
) -> Outcome:
    """Fill a column by an expression, making it if the layer has none of the name.

    Parameters
    ----------
    rows
        Rows that are filled, None for all.
    kind
        Type of a new column, None for that of the result.
    """
    features, name = layer_features(state, layer_id), name.strip()
    index = None if rows is None else _rows_of(features, rows)
    old = features.columns.get(name)
    if old is None:
        editing.checked_name(name, features)
    wanted = None if kind is None else choice(ColumnType, kind, "type")
    if old is not None:
        wanted = editing.type_of(old)

    def work(feedback: Feedback) -> Features:
        _, values = calculated(expression, features, index, feedback=feedback)
        if wanted is not None:
            values = editing.as_type(values, wanted)
        if index is None:
            return features.with_table({**features.columns, name: values})
        base = features
        if old is None:
            empty = editing.empty_column(editing.type_of(values), len(features))
            base = editing.with_column(features, name, empty)
        return editing.with_values(base, name, index, values)

    count = len(features) if index is None else len(index)

    def then(now: ProjectState, changed: Features) -> Outcome:
        check_same(now, layer_id, features)
        return _edited(now, layer_id, changed, count)

    return soon(count, state, Job("edit", f"Calculating {name}", work, then))


def _rename_column(state: ProjectState, *, layer_id: str, name: str, new: str) -> Outcome:
    entry = state.entry(layer_id)
    layer, new = entry.layer, " ".join(new.split())
    _check_column(layer.features, name)
    if new == name:
        return state
    changed = editing.renamed_column(layer.features, name, new)
    mapped = {field: new if col == name else col for field, col in layer.mapping.columns}
    if name in FIELDS:
        mapped.setdefault(name, new)  # what was found by its own name is still found
    mapping = replace(layer.mapping, columns=tuple(sorted(mapped.items())))
    where = expression_with(entry.where, name, new)
    look = style_with(layer.style, name, new)
    state = state.with_entry(layer_id, where=where)
    return _edited(state, layer_id, changed, 1, mapping=mapping, style=look)


def _remove_column(state: ProjectState, *, layer_id: str, name: str) -> Outcome:
    entry = state.entry(layer_id)
    layer = entry.layer
    _check_column(layer.features, name)
    if entry.where and name in names_in(entry.where):
        raise GisappError(
            "column_in_use",
            f'The column "{name}" is part of the condition that filters {layer.name}.',
            "Clear the condition first.",
        )
    kept = tuple((field, col) for field, col in layer.mapping.columns if col != name)
    mapping: ColumnMapping = replace(layer.mapping, columns=kept)
    changed = editing.without_column(layer.features, name)
    return _edited(state, layer_id, changed, 1, mapping=mapping)


# rows and points


def _delete_rows(
    state: ProjectState, *, layer_id: str, rows: Iterable[int] | None = None
) -> Outcome:
    """Delete rows of a layer, without `rows` those that are selected."""
    features = layer_features(state, layer_id)
    if rows is None:
        rows = state.selection.rows.array if state.selection.layer == layer_id else ()
    index = _rows_of(features, rows)
    if not len(index):
        raise GisappError("no_rows", "No rows are selected.", "Select the rows to delete.")

    def work(_feedback: Feedback) -> Features:
        return editing.without_rows(features, index)

    def then(now: ProjectState, changed: Features) -> Outcome:
        check_same(now, layer_id, features)
        if now.selection.layer == layer_id:
            left = RowSet(editing.rows_after_removal(now.selection.rows.array, index))
            now = now.with_(selection=Selection(layer_id, left) if left else Selection())
        return _edited(now, layer_id, changed, len(index))

    return soon(len(features), state, Job("edit", "Deleting rows", work, then))


def _add_point(
    state: ProjectState,
    *,
    layer_id: str,
    lon: float,
    lat: float,
    values: Mapping[str, str] | None = None,
) -> Outcome:
    """Add a point with values as they were typed, by column; it is selected."""
    features = layer_features(state, layer_id)
    typed: dict[str, Any] = {}
    for name, text in (values or {}).items():
        _check_column(features, name)
        typed[name] = editing.value_of(text, editing.type_of(features.columns[name]))

    def work(_feedback: Feedback) -> Features:
        return editing.with_point(features, float(lon), float(lat), typed)

    def then(now: ProjectState, changed: Features) -> Outcome:
        check_same(now, layer_id, features)
        selection = Selection(layer_id, RowSet([len(features)]))
        return _edited(now.with_(selection=selection), layer_id, changed, 1)

    return soon(len(features), state, Job("edit", "Adding the point", work, then))


def _move_point(state: ProjectState, *, layer_id: str, row: int, lon: float, lat: float) -> Outcome:
    features = layer_features(state, layer_id)
    _rows_of(features, [row])
    changed = editing.with_point_moved(features, row, float(lon), float(lat))
    return _edited(state, layer_id, changed, 1)


def _write_back(state: ProjectState, *, layer_id: str, confirmed: bool = False) -> Outcome:
    """Write a layer to the file that it was read from; asks in place before, with what is lost."""
    layer = state.entry(layer_id).layer

    def look(feedback: Feedback) -> WriteBack:
        from gisapp.workspace.write_back import plan

        return plan(layer, feedback)

    def ask(_now: ProjectState, found: WriteBack) -> Outcome:
        lost = " ".join(found.losses) or "Nothing is lost."
        question = Report(
            Severity.WARNING,
            f"{found.path} will be replaced by {layer.name} as it is here.",
            lost,
            "layer.write_back",
            (("layer_id", layer_id), ("confirmed", True)),
            "Replace the file",
        )
        return Told((question,))

    def write(feedback: Feedback) -> tuple[WriteBack, str]:
        from gisapp.workspace.write_back import write_back

        return write_back(layer, feedback)

    def written(now: ProjectState, result: tuple[WriteBack, str]) -> Outcome:
        done, digest = result
        present = now.entry(layer_id).layer
        source = replace(present.source, digest=digest)
        told = Report(Severity.INFO, f"{done.path.name} holds {layer.name} as it is here.")
        return Told((told,), now.with_entry(layer_id, layer=present.with_(source=source)))

    if confirmed:
        return Job("write_back", f"Writing {layer.name}", write, written)
    return Job("write_back", "Looking at the file", look, ask)


# what they share


def _edited(
    state: ProjectState, layer_id: str, features: Features, count: int, **changes: Any
) -> Outcome:
    """Return the state with a layer edited, marked as such, and what is to be said once."""
    layer = state.entry(layer_id).layer
    ships = not layer.is_edited and entry_of(layer) is not None
    source = replace(layer.source, linked=False)
    marked = layer.with_(features=features, source=source, problems=_marked(layer, count))
    after = state.with_entry(layer_id, layer=marked.with_(**changes))
    if not ships:
        return after
    told = Report(
        Severity.INFO,
        f"{layer.name} is the project's own now and differs from the shipped data.",
        "Undo, or add the shipped layer again, to have it back.",
    )
    return Told((told,), after)


def _marked(layer: Layer, count: int) -> tuple[Problem, ...]:
    before = sum(problem.count for problem in layer.problems if problem.code == EDITED)
    total = before + count
    what = "1 edit" if total == 1 else f"{whole(total)} edits"
    mark = Problem(
        EDITED,
        Severity.INFO,
        f"{what} by the user, the last on {day_title(date.today())}.",  # noqa: DTZ011 - the user's day
        "The history lists them; the file that the layer came from is as it was.",
        count=total,
    )
    return (*(p for p in layer.problems if p.code != EDITED), mark)


def _rows_of(features: Features, rows: Iterable[int]) -> Rows:
    index = RowSet(rows).array
    if len(index) and not 0 <= index[0] <= index[-1] < len(features):
        last = len(features) - 1
        raise GisappError("unknown_row", f"The layer has the rows 0 to {last} only.")
    return index


def _check_column(features: Features, name: str) -> None:
    if name not in features.columns:
        raise GisappError(
            "unknown_column",
            f'The layer has no column "{name}".',
            f"It has {listed(features.columns)}.",
        )


def _are(column: Column, rows: Rows, value: Any) -> bool:
    """Return whether cells hold a value already: the same again is no step of the history."""
    here = column[rows]
    if value is None:
        kind = here.dtype.kind
        gaps = here == None if kind == "O" else np.isnat(here) if kind == "M" else here != here  # noqa: E711, PLR0124
        return bool(np.all(gaps)) and kind in "OMf"
    return bool(np.all(here == value))


def edit_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands on cells, columns, rows and points."""
    set_cells = partial(_set_cells, published=facts.quantities.keys())
    return (
        Command(
            "cell.set", "Edit cells", set_cells, "Put a value into cells of a column", "",
            "mdi6.pencil-outline", "Layer", ("layer_id", "column", "rows", "value"), has_layers,
        ),
        Command(
            "column.add", "Add column\u2026", _add_column, "Add an empty column to the table", "",
            "mdi6.table-column-plus-after", "Layer", ("layer_id", "name"), has_layers,
        ),
        Command(
            "column.calculate", "Calculate column\u2026", _calculate,
            "Fill a new or an existing column by an expression", "Ctrl+Shift+K",
            "mdi6.calculator-variant-outline", "Layer", ("layer_id", "name", "expression"),
            has_layers,
        ),
        Command(
            "column.rename", "Rename column", _rename_column,
            "Give a column another name; what is read from it follows", "",
            "mdi6.rename-outline", "Layer", ("layer_id", "name", "new"), has_layers,
        ),
        Command(
            "column.remove", "Remove column", _remove_column, "Take a column off the table", "",
            "mdi6.table-column-remove", "Layer", ("layer_id", "name"), has_layers,
        ),
        Command(
            "row.delete", "Delete selected rows", _delete_rows,
            "Delete the selected features from the layer", "", "mdi6.table-row-remove", "Edit",
            ("layer_id",), has_selection,
        ),
        Command(
            "point.add", "Add point\u2026", _add_point,
            "Add a feature to a layer of points by a click on the map", "",
            "mdi6.map-marker-plus-outline", "Layer", ("layer_id", "lon", "lat"), has_points,
        ),
        Command(
            "point.move", "Move point\u2026", _move_point,
            "Drag a point on the map, or type where it stands", "", "mdi6.map-marker-right-outline",
            "Layer", ("layer_id", "row", "lon", "lat"), has_one_point,
        ),
        Command(
            "layer.write_back", "Write edits to the file\u2026", _write_back,
            "Replace the file that the layer was read from by the layer as it is here", "",
            "mdi6.content-save-edit-outline", "Layer", ("layer_id",), has_edited, undoable=False,
        ),
    )  # fmt: skip
