"""The data that is on show to a file, through the writers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gisapp.data.outward import WGS84
from gisapp.data.writer import write_layers
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.writing import check_target
from gisapp.workspace.answering import answer_of
from gisapp.workspace.chain_report import step_rows
from gisapp.workspace.flow_tables import flow_rows
from gisapp.workspace.saving import Rows, rows_of
from gisapp.workspace.state import ProjectState
from gisapp.workspace.table_styles import write_layer_styles
from gisapp.workspace.tables import write_table

_SEVERAL: Final = ".gpkg"


def export_data_file(
    state: ProjectState,
    facts: Facts,
    path: Path,
    *,
    layer_id: str | None = None,
    rows: Rows = Rows.SHOWN,
    crs: str = WGS84,
    feedback: Feedback,
) -> tuple[str, ...]:
    """Write data as it is shown, after filter and mineral; return what the format lost.

    A GeoPackage takes all visible layers. A format of one table takes the layer that is named, or
    the result of the question's view as CSV.

    Parameters
    ----------
    rows
        Which rows of the layer that is named.
    crs
        What the file's coordinates are in.
    """
    check_target(path)
    if layer_id is None and path.suffix.lower() != _SEVERAL:
        return _write_result(state, facts, path, feedback)
    ids = [e.id for e in state.layers if e.visible] if layer_id is None else [layer_id]
    layers = [rows_of(state, i, rows) for i in ids]
    filled = [layer for layer in layers if len(layer.features)]
    problems = write_layers(path, filled, crs=crs, feedback=feedback)
    if path.suffix.lower() == _SEVERAL:
        write_layer_styles(path, filled)
    return tuple(problem.message for problem in problems)


def _write_result(
    state: ProjectState, facts: Facts, path: Path, feedback: Feedback
) -> tuple[str, ...]:
    answer = answer_of(state, facts, feedback)
    near = answer.distance.rows if answer.distance is not None else None
    table = near if state.question.view == "distance" else answer.coverage
    if answer.chain is not None:
        table = step_rows(answer.chain)
    if answer.flows is not None:
        table = flow_rows(answer.flows)
    if answer.exposure is not None:
        table = answer.exposure.rows
    if table is None:
        table = answer.breakdown
    if table is None:
        raise GisappError(
            "nothing_to_write",
            "There is no result to write.",
            "Choose a mineral and an alliance, or name a layer.",
        )
    if path.suffix.lower() != ".csv":
        raise GisappError(
            "unknown_format",
            f"A table of results cannot be written as {path.suffix}.",
            "Choose .csv, or .gpkg for the layers.",
        )
    write_table(table, path)
    return ()
