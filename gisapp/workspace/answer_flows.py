"""The view of the flows: ore given to plants, with the alliance and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

from gisapp.analysis.feedstock import FlowQuery
from gisapp.analysis.flows import FlowResult, Ways, flows
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.journey import Avoidance, Measure
from gisapp.analysis.network.router import SOURCES
from gisapp.analysis.sentences import inner
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis, Role, Stage
from gisapp.render.picture import Connection
from gisapp.workspace.answer import Answer
from gisapp.workspace.flow_words import (
    flows_chart,
    flows_headline,
    flows_subtitle,
    flows_text,
)
from gisapp.workspace.state import ProjectState
from gisapp.workspace.titles import alliance_title
from gisapp.workspace.way_paths import SAME_PLACE_KM, Leading, way_path

#: More lines than these are a hatching and no map; the table has all.
MOST_LINES: Final = 80
ASK: Final = "Choose a mineral to see where its ore can go"


class Guide(Ways, Leading, Protocol):
    """Gives the figures of all ways and leads along one: `network.router.Router`."""


def flow_query(state: ProjectState, facts: Facts) -> FlowQuery:
    """Return the flows that a state asks for; without an alliance those of the world."""
    question = state.question
    by_owner = question.owner_inside or question.by is Basis.CONTROL
    query = FlowQuery(
        question.mineral or "",
        Role.MAGNET_PLANT if question.stage is Stage.MAGNETS else Role.REFINERY,
        plant_inside=question.plant_inside or not by_owner,
        owner_inside=by_owner,
        as_of=question.as_of,
        # straight lines know no measure: goods then go where it is cheap
        least=question.measure if question.metric == "route" else Measure.USD,
        avoid=Avoidance(question.closed, question.opened, question.avoided),
    )
    if question.alliance is not None:
        query = replace(
            query,
            within=facts.alliances.jurisdictions(question.alliance, question.as_of),
            within_title=alliance_title(facts, question.alliance),
        )
    return replace(query, statuses=state.filter.statuses) if state.filter.statuses else query


def flows_answer(
    state: ProjectState,
    facts: Facts,
    layers: Sequence[Layer],
    answer: Answer,
    router: Guide,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Answer:
    """Fill an answer with the flows, or with why there are none.

    Parameters
    ----------
    layers
        As the filter leaves them.
    """
    if state.question.mineral is None:
        return replace(answer, headline=ASK, text="Or click one in the question bar.")
    query = flow_query(state, facts)
    try:
        found = flows(query, layers, facts, router, jurisdictions=jurisdictions, feedback=feedback)
    except GisappError as error:
        return replace(answer, headline=error.message.rstrip("."), text=error.hint)
    lines, left_out = flow_lines(found, router, feedback)
    notes = basis_notes(state) + found.notes
    if left_out:
        notes += (f"The map shows the {len(lines)} largest flows; the table has all.",)
    return replace(
        answer,
        headline=flows_headline(found),
        text=flows_text(found),
        subtitle=flows_subtitle(found),
        chart=flows_chart(found, facts.countries),
        connections=lines,
        notes=notes,
        sources=(*found.sources, *SOURCES),
        flows=found,
    )


def basis_notes(state: ProjectState) -> tuple[str, ...]:
    """Return what is to be said of the way in which plants belong to the alliance."""
    if state.question.alliance is None or state.question.by in (Basis.LOCATION, Basis.CONTROL):
        return ()
    return (f"Flows count plants by location, not {state.question.by.label.lower()}.",)


def flow_lines(
    found: FlowResult, router: Guide, feedback: Feedback | None = None
) -> tuple[tuple[Connection, ...], int]:
    """Return the largest flows as lines along their ways, and how many are left out.

    The largest lie on top.
    """
    rows = found.rows
    apart = rows[rows["km"] >= SAME_PLACE_KM]
    drawn = apart.head(MOST_LINES)
    of, title = found.network.of, found.query.within_title
    kind = f"Ore to a plant inside {inner(title)}" if found.bound is not None else "Ore to a plant"
    lines = []
    for row in drawn.iloc[::-1].to_dict("records"):
        if feedback is not None:
            feedback.check()
        start, end = of.sites.lonlat[row["source_row"]], of.works.lonlat[row["plant_row"]]
        (x0, y0), (x1, y1) = start.tolist(), end.tolist()
        path, _ = way_path(router, (x0, y0), (x1, y1), found.query.least, found.query.avoid)
        lines.append(
            Connection(
                path,
                float(row["km"]),
                inside=True,
                start_name=str(row["source_name"]),
                end_name=str(row["plant_name"]),
                restricted=found.bound is not None,
                tonnes=float(row["tonnes"]),
                kind=kind,
            )
        )
    return tuple(lines), len(apart) - len(drawn)
