"""The worked example without a window: both analyses, and one export of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.feedback import Feedback
from gisapp.model.writing import not_written
from gisapp.workspace.answering import answer_of
from gisapp.workspace.data_writing import export_data_file
from gisapp.workspace.example import example_state
from gisapp.workspace.exporting import asked_state
from gisapp.workspace.project_file import save_project
from gisapp.workspace.tables import write_table
from gisapp.workspace.writing import export_map_file

#: View and ending of every map that is written.
_MAPS: Final = (
    ("coverage", ".pptx"),
    ("coverage", ".pdf"),
    ("coverage", ".png"),
    ("distance", ".png"),
    ("distance", ".svg"),
    ("distance", ".html"),
)


def demo(folder: Path, *, feedback: Feedback) -> dict[str, Any]:
    """Write the worked example into a folder, made if need be; return sentences and files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(folder, error) from error
    facts = load_facts()
    state = example_state(default_layers())
    files: list[Path] = []
    sentences: list[str] = []
    answers = {}
    states = {view: asked_state(state, facts, {"view": view}) for view in ("coverage", "distance")}
    for view, one in states.items():
        answer = answers[view] = answer_of(one, facts, feedback)
        sentences.append(answer.text)
        table = answer.coverage if view == "coverage" else None
        if answer.distance is not None and view == "distance":
            table = answer.distance.rows
        if table is not None:
            files.append(folder / f"{view}.csv")
            write_table(table, files[-1])
    for number, (view, suffix) in enumerate(_MAPS):
        feedback.check(number / len(_MAPS), f"Writing {view}{suffix}")
        path = folder / f"{view}{suffix}"
        one = states[view]
        export_map_file(one, facts, one.frame, path, answer=answers[view], feedback=feedback)
        files.append(path)
    data, project = folder / "layers.gpkg", folder / "project.gpkg"
    export_data_file(state, facts, data, feedback=feedback)
    save_project(state, project, feedback=feedback)
    return {"sentences": sentences, "files": [str(path) for path in (*files, data, project)]}
