"""An export without a window: a state made with the same commands, written by the same writers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.render.picture import FrameSpec
from gisapp.render.scene import plain
from gisapp.workspace.builtin_commands import register_all
from gisapp.workspace.commands import Registry
from gisapp.workspace.deck_commands import planned
from gisapp.workspace.deck_plan import DeckPlan
from gisapp.workspace.example import new_state
from gisapp.workspace.formats import DATA_SUFFIXES, DECK_SUFFIXES, MAP_SUFFIXES
from gisapp.workspace.own_facts import own_alliances
from gisapp.workspace.params import listed
from gisapp.workspace.project_commands import framed
from gisapp.workspace.state import ProjectState

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
    multiples: str | None = None,
    only: Sequence[str] = (),
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
        Attributes of `FrameSpec` by name; `brand` is a file.
    alliance_file
        Alliances of one's own, beside the project's.
    multiples
        What small maps are made per, of which `only` names some; None makes one map.
    """
    suffix = path.suffix.lower()
    kinds = DECK_SUFFIXES if multiples else (*MAP_SUFFIXES, *DATA_SUFFIXES)
    _check_format(path, kinds)
    facts = load_facts()
    shown = "coverage" if "alliance" in asked or multiples else "facilities"
    view = shown if "mineral" in asked or multiples else ""
    state, notes = _started(project, asked, alliance_file, view, feedback=feedback)
    if title is not None:
        state = state.with_(title=plain(title))
    spec = frame_with(state.frame, frame)
    if multiples:
        from gisapp.workspace.deck_writing import export_multiples_file

        plan = planned(DeckPlan(comparison=False, appendix=False), per=multiples, keys=only)
        said = export_multiples_file(state.with_(frame=spec), facts, plan, path, feedback=feedback)
    elif suffix in MAP_SUFFIXES:
        from gisapp.workspace.writing import export_map_file

        said = export_map_file(state, facts, spec, path, feedback=feedback)
    else:
        from gisapp.workspace.data_writing import export_data_file

        said = export_data_file(state, facts, path, feedback=feedback)
    return {"path": str(path), "notes": [*notes, *said]}


def export_deck(
    path: Path,
    *,
    project: Path | None = None,
    asked: Mapping[str, Any],
    frame: Mapping[str, Any],
    plan: Mapping[str, Any],
    alliance_file: Path | None = None,
    feedback: Feedback,
) -> dict[str, Any]:
    """Write a deck and return what was done: files, pages by number, key and title, notes.

    Parameters
    ----------
    plan
        Attributes of `DeckPlan` by name; what is not named is the project's. See `export` for the
        others.
    """
    from gisapp.workspace.deck_writing import export_deck_file

    _check_format(path, DECK_SUFFIXES)
    facts = load_facts()
    state, notes = _started(project, asked, alliance_file, "coverage", feedback=feedback)
    state = state.with_(frame=frame_with(state.frame, frame))
    chosen = planned(state.deck, **plan)
    written = export_deck_file(state, facts, chosen, path, feedback=feedback)
    return {
        "files": [str(file) for file in written.files],
        "pages": [asdict(page) for page in written.pages],
        "notes": [*notes, *written.notices],
    }


def frame_with(frame: FrameSpec, changes: Mapping[str, Any]) -> FrameSpec:
    """Return a frame with parts changed as `framed` does; `brand` may be the path of a file."""
    given = dict(changes)
    if isinstance(given.get("brand"), Path):
        from gisapp.render.brand import read_brand

        given["brand"] = read_brand(given["brand"])
    return framed(frame, **given)


def _check_format(path: Path, suffixes: Sequence[str]) -> None:
    if path.suffix.lower() not in suffixes:
        raise GisappError(
            "unknown_format",
            f'Nothing can be exported as "{path.suffix or path.name}".',
            f"Choose of {listed(suffixes)}.",
        )


def _started(
    project: Path | None,
    asked: Mapping[str, Any],
    alliance_file: Path | None,
    view: str,
    *,
    feedback: Feedback,
) -> tuple[ProjectState, tuple[str, ...]]:
    """Return the state that is exported, and what opening its project had to say.

    Parameters
    ----------
    view
        Of a question that names none, without a project; "" leaves it.
    """
    facts = load_facts()
    notes: tuple[str, ...] = ()
    if project is None:
        state = new_state(default_layers())
    else:
        from gisapp.workspace.project_file import open_project

        opened = open_project(project, feedback=feedback)
        state, notes = opened.state, tuple(report.message for report in opened.reports)
    if "view" not in asked and view and project is None:
        asked = {**asked, "view": view}
    if alliance_file is not None:
        read = own_alliances(facts, alliance_file)
        ids = {alliance.id for alliance in read}
        kept = tuple(a for a in state.alliances if a.id not in ids)
        state = state.with_(alliances=(*kept, *read))
    return asked_state(state, facts, asked), notes
