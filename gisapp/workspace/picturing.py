"""The state and its answer as a `Picture`: the same for window, command line and export."""

from __future__ import annotations

from gisapp.model.facts import Facts
from gisapp.render.picture import DrawnLayer, Picture, Shading
from gisapp.workspace.answer import Answer
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.state import LayerEntry, ProjectState


def picture_of(state: ProjectState, facts: Facts, answer: Answer | None) -> Picture:
    """Return what the map shows of a state; `answer` None while it is being worked out."""
    shown = [entry for entry in reversed(state.layers) if entry.visible]
    question = state.question
    shading: tuple[Shading, ...] = ()
    if question.alliance is not None:
        alliance = facts.alliances.get(question.alliance)
        inside = facts.alliances.jurisdictions(alliance.id, question.as_of)
        shading = (Shading(alliance.short_name, inside, alliance.is_proposal),)
    return Picture(
        title=state.title or (answer.headline if answer is not None else ""),
        subtitle=state.subtitle,
        layers=tuple(_drawn(entry, state) for entry in shown),
        as_of=question.as_of,
        sources=tuple(dict.fromkeys(e.layer.source.title for e in shown if e.layer.source.title)),
        shading=shading,
        notes="\n".join(answer.notes) if answer is not None else "",
    )


def _drawn(entry: LayerEntry, state: ProjectState) -> DrawnLayer:
    rows = rows_shown(entry.layer, state.filter, state.question.mineral)
    return DrawnLayer(entry.layer, entry.opacity, None if rows is None else tuple(rows.tolist()))
