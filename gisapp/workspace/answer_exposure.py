"""The view of the exposure: which passages the ore depends on, and what their closing costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import is_

import numpy as np

from gisapp.analysis.exposure import ExposureResult, closed_together, exposure, traffic_of
from gisapp.analysis.feedstock import FlowQuery
from gisapp.analysis.flows import FlowResult, flows
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.router import SOURCES
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.render.picture import Connection
from gisapp.workspace.answer import Answer
from gisapp.workspace.answer_flows import ASK, Guide, basis_notes, flow_lines, flow_query
from gisapp.workspace.flow_words import (
    exposure_chart,
    exposure_headline,
    exposure_text,
    stuff,
)
from gisapp.workspace.passages import passage_titles
from gisapp.workspace.state import ProjectState

_CLOSING = "When a passage closes goods still go to the same plant; only the way there changes."


def exposure_answer(
    state: ProjectState,
    facts: Facts,
    layers: Sequence[Layer],
    answer: Answer,
    router: Guide,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Answer:
    """Fill an answer with the exposure, or with why there is none.

    Ore goes where the allocation sends it with all passages open; those that the question closes
    are closed together.

    Parameters
    ----------
    layers
        As the filter leaves them.
    """
    question = state.question
    if question.mineral is None:
        return replace(answer, headline=ASK, text="Or click one in the question bar.")
    try:
        base = _base(state, facts, layers, router, jurisdictions=jurisdictions, feedback=feedback)
        exposed = closed_together(base.exposed, question.closed, router, feedback=feedback)
    except GisappError as error:
        return replace(answer, headline=error.message.rstrip("."), text=error.hint)
    found = base.found
    what = stuff(found)
    return replace(
        answer,
        headline=exposure_headline(exposed, what),
        text=exposure_text(exposed, found),
        subtitle="Share of the cargo that goes through each passage, and what closing it costs",
        chart=exposure_chart(exposed),
        connections=exposed_lines(found, exposed, base.lines),
        notes=(_CLOSING, *basis_notes(state), *found.notes),
        sources=(*found.sources, *SOURCES),
        flows=found,
        exposure=exposed,
    )


@dataclass(frozen=True, eq=False)
class _Base:
    """What does not change when a passage is ticked, and what it was made of."""

    query: FlowQuery
    facts: Facts
    layers: tuple[Layer, ...]
    router: Guide
    found: FlowResult
    exposed: ExposureResult
    lines: tuple[Connection, ...]


#: The last one: passages are closed one after the other, and each tick wants its answer at once.
_last: list[_Base] = []


def _base(
    state: ProjectState,
    facts: Facts,
    layers: Sequence[Layer],
    router: Guide,
    *,
    jurisdictions: JurisdictionIndex | None,
    feedback: Feedback | None,
) -> _Base:
    question = state.question
    open_ = replace(question.avoidance, passages=frozenset())
    query = replace(flow_query(state, facts), avoid=open_)
    for kept in tuple(_last):
        same = len(kept.layers) == len(layers) and all(map(is_, kept.layers, layers))
        if same and kept.query == query and kept.facts is facts and kept.router is router:
            return kept
    found = flows(query, layers, facts, router, jurisdictions=jurisdictions, feedback=feedback)
    exposed = exposure(
        traffic_of(found),
        router,
        least=query.least,
        avoid=open_,
        names=passage_titles(),
        feedback=feedback,
    )
    lines, _ = flow_lines(found, router, feedback)
    base = _Base(query, facts, tuple(layers), router, found, exposed, lines)
    _last[:] = [base]
    return base


def exposed_lines(
    found: FlowResult, exposed: ExposureResult, lines: tuple[Connection, ...]
) -> tuple[Connection, ...]:
    """Return the flows as lines; those through the closed, or the first, passage stand out."""
    told = exposed.together or (exposed.passages[0] if exposed.passages else None)
    if told is None:
        return lines
    ways = found.network.ways
    through = np.logical_or.reduce([ways.uses(code) for code in told.passages])
    names = " or ".join(exposed.names.get(code, code) for code in told.passages)
    rows = {
        (str(row["source_name"]), str(row["plant_name"])): bool(
            through[row["source_row"], row["plant_row"]]
        )
        for row in found.rows.to_dict("records")
    }
    marked = [
        replace(line, inside=False, kind=f"Through {names}")
        if rows[line.start_name, line.end_name]
        else replace(line, inside=True, kind="Another way")
        for line in lines
    ]
    return tuple(sorted(marked, key=lambda line: not line.inside))
