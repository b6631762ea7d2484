"""Commands that write what is on show to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError, Severity
from gisapp.workspace.commands import Command, Job, Outcome, Told
from gisapp.workspace.formats import DATA_SUFFIXES, LAYER_SUFFIXES, MAP_SUFFIXES
from gisapp.workspace.params import choice, listed
from gisapp.workspace.project_commands import framed
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState

Written = tuple[Path, tuple[str, ...]]


def _target(path: str | Path, suffixes: tuple[str, ...], what: str) -> Path:
    file = Path(path)
    if file.suffix.lower() not in suffixes:
        raise GisappError(
            "unknown_format",
            f'{what} cannot be written as "{file.suffix or file.name}".',
            f"Choose of {listed(suffixes)}.",
        )
    return file


def _written(_now: ProjectState, written: Written) -> Outcome:
    file, said = written
    return Told((Report(Severity.INFO, f"Wrote {file}.", " ".join(said)),))


def export_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the export commands; answers and names come of the facts."""

    def export_map(
        state: ProjectState,
        *,
        path: str | Path,
        **frame: Any,
    ) -> Outcome:
        """Write the map as it is framed; `frame` are fields of FrameSpec for this file alone."""
        file = _target(path, MAP_SUFFIXES, "A map")
        spec = framed(state.frame, **frame)

        def work(feedback: Feedback) -> Written:
            from gisapp.workspace.writing import export_map_file

            said = export_map_file(state, facts, spec, file, feedback=feedback)
            return file, said

        return Job(f"export {file}", f"Exporting {file.name}", work, _written)

    def export_data(
        state: ProjectState,
        *,
        path: str | Path,
        layer_id: str | None = None,
        rows: str = "shown",
        crs: str = "EPSG:4326",
    ) -> Outcome:
        """Write what is shown, or one layer of it; formats of one table take the result's."""
        file = _target(path, DATA_SUFFIXES if layer_id is None else LAYER_SUFFIXES, "Data")
        if layer_id is not None:
            state.entry(layer_id)

        def work(feedback: Feedback) -> Written:
            from gisapp.workspace.data_writing import export_data_file
            from gisapp.workspace.saving import Rows

            said = export_data_file(
                state,
                facts,
                file,
                layer_id=layer_id,
                rows=choice(Rows, rows, "rows"),
                crs=crs,
                feedback=feedback,
            )
            return file, said

        return Job(f"export {file}", f"Exporting {file.name}", work, _written)

    return (
        Command(
            "map.export",
            "Export map…",
            export_map,
            "Slide, PDF, picture or offline page of what is on show",
            "Ctrl+E",
            "mdi6.export-variant",
            "File",
            ("path",),
        ),
        Command(
            "data.export",
            "Export data…",
            export_data,
            "Layers and results as GeoPackage, CSV, GeoJSON, shapefile or GeoParquet",
            "Ctrl+Shift+E",
            "mdi6.table-arrow-right",
            "File",
            ("path",),
        ),
    )
