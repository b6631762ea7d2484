"""An export without a window: a state made with the same commands, written by the same writers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.workspace.builtin_commands import register_all
from gisapp.workspace.commands import Registry
from gisapp.workspace.example import new_state
from gisapp.workspace.formats import DATA_SUFFIXES, MAP_SUFFIXES
from gisapp.workspace.own_facts import own_alliances
from gisapp.workspace.params import listed
from gisapp.workspace.project_commands import framed
from gisapp.workspace.project_file import open_project
from gisapp.workspace.state import ProjectState
from gisapp.workspace.writing import export_data_file, export_map_file

#: The command and its parameter for every word of a question.
_COMMANDS: Final = {
    "mineral": ("question.mineral", "mineral"),
    "stage": ("question.stage", "stage"),
    "alliance": ("question.alliance", "alliance"),
    "as_of": ("question.date", "as_of"),
    "by": ("question.by", "by"),
    "weight": ("question.weight", "weight"),
    "to": ("question.to", "role"),
    "nearest": ("question.nearest", "count"),
    "least": ("question.measure", "measure"),
    "metric": ("question.metric", "metric"),
    "avoid": ("question.avoid", "places"),
    "view": ("question.view", "view"),
}


def asked_state(state: ProjectState, facts: Facts, asked: Mapping[str, Any]) -> ProjectState:
    """Return a state with words of its question changed through the commands.

    Raises
    ------
    GisappError
        As the commands refuse.
    """
    registry = Registry()
    register_all(registry, facts)
    for word, value in asked.items():
        command, parameter = _COMMANDS[word]
        outcome = registry[command].run(state, **{parameter: value})
        if isinstance(outcome, ProjectState):
            state = outcome
    return state


def export(
    path: Path,
    *,
    project: Path | None = None,
    asked: Mapping[str, Any],
    frame: Mapping[str, Any],
    title: str | None = None,
    alliance_file: Path | None = None,
    feedback: Feedback,
) -> dict[str, Any]:
    """Write a map or its data and return what was done.

    Parameters
    ----------
    project
        A saved project; None takes the shipped layers.
    asked
        Words of the question by name; a view follows from them where none is named.
    frame
        Attributes of `FrameSpec` by name.
    alliance_file
        Alliances of one's own, beside the project's.
    """
    suffix = path.suffix.lower()
    if suffix not in (*MAP_SUFFIXES, *DATA_SUFFIXES):
        raise GisappError(
            "unknown_format",
            f'Nothing can be exported as "{path.suffix or path.name}".',
            f"Choose of {listed((*MAP_SUFFIXES, *DATA_SUFFIXES))}.",
        )
    facts = load_facts()
    notes: tuple[str, ...] = ()
    if project is None:
        state = new_state(default_layers())
    else:
        opened = open_project(project, feedback=feedback)
        state, notes = opened.state, tuple(report.message for report in opened.reports)
    if "view" not in asked and "mineral" in asked and project is None:
        asked = {**asked, "view": "coverage" if "alliance" in asked else "facilities"}
    if alliance_file is not None:
        read = own_alliances(facts, alliance_file)
        ids = {alliance.id for alliance in read}
        kept = tuple(a for a in state.alliances if a.id not in ids)
        state = state.with_(alliances=(*kept, *read))
    state = asked_state(state, facts, asked)
    if title is not None:
        state = state.with_(title=title)
    spec = framed(state.frame, **frame)
    if suffix in MAP_SUFFIXES:
        said = export_map_file(state, facts, spec, path, feedback=feedback)
    else:
        said = export_data_file(state, facts, path, feedback=feedback)
    return {"path": str(path), "notes": [*notes, *said]}
