"""The map that is on show to a file, through the renderers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.writing import check_target
from gisapp.render.export import export_picture
from gisapp.render.picture import FrameSpec
from gisapp.workspace.answer import Answer
from gisapp.workspace.answer_table import answer_table
from gisapp.workspace.answering import answer_of
from gisapp.workspace.lineage import lineage_of
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.state import ProjectState


def export_map_file(
    state: ProjectState,
    facts: Facts,
    frame: FrameSpec,
    path: Path,
    *,
    answer: Answer | None = None,
    feedback: Feedback,
) -> tuple[str, ...]:
    """Write the map of a state and its answer; return what had to be shortened, in sentences.

    Parameters
    ----------
    answer
        The state's, if it is known; else it is worked out.

    Raises
    ------
    GisappError
        As the renderers do: an unknown format, a folder that cannot be written.
    """
    check_target(path)
    if answer is None:
        answer = answer_of(state, facts, feedback)
    feedback.check(0.5, f"Drawing {path.name}")
    picture = picture_of(state.with_(frame=frame), facts, answer)
    picture = replace(picture, lineage=lineage_of(state, frame))
    if path.suffix.lower() == ".html" and picture.table is None:
        picture = replace(picture, table=answer_table(answer, state.question, facts))
    return export_picture(picture, frame, path, feedback=feedback).notices
