"""The view of the chain: how much an alliance carries from mine to product, where it stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gisapp.analysis.chain import ChainQuery, ChainResult, weakest_link
from gisapp.analysis.chain_journey import DepositChain, chain_of
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.journey import Avoidance, JourneyMatrix, Measure
from gisapp.analysis.network.router import Router
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import geodesic_path
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis
from gisapp.render.picture import Connection
from gisapp.workspace.answer import Answer
from gisapp.workspace.chain_words import chain_chart, chain_headline, chain_text
from gisapp.workspace.routing import router
from gisapp.workspace.state import Filter, ProjectState
from gisapp.workspace.titles import alliance_title
from gisapp.workspace.way_paths import SAME_PLACE_KM, Place, way_path

#: So many lines follow routes, which take a fraction of a second each.
_MOST_ROUTES: Final = 12
_BASES: Final = {
    Basis.FOREIGN: (Basis.LOCATION, "The chain counts sites by location."),
    Basis.ABROAD: (Basis.CONTROL, "The chain counts sites by controlling owner."),
}


def chain_basis(by: Basis) -> tuple[Basis, tuple[str, ...]]:
    """Return the basis that a chain is counted by, and what is to be said about it."""
    basis, note = _BASES.get(by, (by, ""))
    return basis, (note,) if note else ()


def chain_query(state: ProjectState, facts: Facts) -> ChainQuery:
    """Return the chain that a state asks for; without an alliance that of the world."""
    question = state.question
    query = ChainQuery(
        question.mineral or "",
        by=chain_basis(question.by)[0],
        as_of=question.as_of,
        yields=facts.yields,
        # national output cannot be filtered
        national=replace(state.filter, statuses=frozenset()) == Filter(),
    )
    if question.alliance is not None:
        query = replace(
            query,
            inside=facts.alliances.jurisdictions(question.alliance, question.as_of),
            title=alliance_title(facts, question.alliance),
        )
    return replace(query, statuses=state.filter.statuses) if state.filter.statuses else query


def chain_answer(
    state: ProjectState,
    facts: Facts,
    layers: Sequence[Layer],
    answer: Answer,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Answer:
    """Fill an answer with the chain, or with why there is none.

    Parameters
    ----------
    layers
        As the filter leaves them.
    """
    if state.question.mineral is None:
        return replace(
            answer,
            headline="Choose a mineral to follow its chain",
            text="From mines through separation and metal making to magnets, or to the refinery.",
        )
    query = chain_query(state, facts)
    try:
        found = weakest_link(query, layers, facts, jurisdictions=jurisdictions, feedback=feedback)
    except GisappError as error:
        return replace(answer, headline=error.message.rstrip("."), text=error.hint)
    return replace(
        answer,
        headline=chain_headline(found, query.title),
        text=chain_text(found, query.title),
        subtitle=f"The mapped chain {query.by.label.lower()}, {found.unit} a year; lines: the way "
        "of the least tonne-km",
        chart=chain_chart(found),
        connections=chain_connections(found, routed(state), feedback),
        notes=(*chain_basis(state.question.by)[1], *found.notes),
        sources=found.sources,
        chain=found,
        journey=_journey(
            state, found, layers, facts, jurisdictions=jurisdictions, feedback=feedback
        ),
    )


@dataclass(frozen=True)
class Routed:
    """A router that keeps away from what a question keeps away from."""

    router: Router
    avoid: Avoidance

    def matrix(
        self, starts: Floats, ends: Floats, *, feedback: Feedback | None = None
    ) -> JourneyMatrix:
        """Return the shortest journeys from places to others."""
        return self.router.matrix(starts, ends, avoid=self.avoid, feedback=feedback)

    def way(self, start: Place, end: Place) -> tuple[Floats, float]:
        """Return path and km of the shortest way; the geodesic where none leads."""
        return way_path(self.router, start, end, Measure.KM, self.avoid)


def routed(state: ProjectState) -> Routed | None:
    """Return the router of a state that asks for routes, None for geodesics."""
    if state.question.metric != "route":
        return None
    return Routed(router(state.costs), state.question.avoidance)


def _journey(
    state: ProjectState,
    found: ChainResult,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    jurisdictions: JurisdictionIndex | None,
    feedback: Feedback | None,
) -> DepositChain | None:
    """Return the journey of the asked ore, else that of the largest mine; None without a place."""
    placed = [s for s in found.sites if s.step == 0 and s.lonlat is not None]
    asked = next((s.id for s in placed if s.id == state.question.deposit), None)
    if asked is None:
        mines = (r for r in found.rows if r.site.step == 0 and r.site.lonlat is not None)
        largest = max(mines, key=lambda r: r.low, default=None)
        if largest is None:
            return None
        asked = largest.site.id
    return chain_of(
        asked,
        found.query,
        layers,
        facts,
        ways=routed(state),
        jurisdictions=jurisdictions,
        feedback=feedback,
    )


def chain_connections(
    found: ChainResult, ways: Routed | None = None, feedback: Feedback | None = None
) -> tuple[Connection, ...]:
    """Return the lines between the sites that the flow joins, the fullest last and so on top.

    Parameters
    ----------
    ways
        Lets the fullest lines follow the routes of goods; else all are geodesics.
    """
    lines = []
    flows = sorted(found.ways, key=lambda w: w.tonnes)
    for number, way in enumerate(flows):
        if feedback is not None:
            feedback.check(text="Ways of the chain")
        start, end = found.sites[way.start], found.sites[way.end]
        if start.lonlat is None or end.lonlat is None or way.km < SAME_PLACE_KM:
            continue
        path, km = geodesic_path(start.lonlat, end.lonlat), way.km
        if ways is not None and number >= len(flows) - _MOST_ROUTES:
            path, km = ways.way(start.lonlat, end.lonlat)
        lines.append(
            Connection(
                path,
                km,
                inside=True,
                start_name=start.name,
                end_name=end.name,
                tonnes=way.tonnes,
                kind="Way through the chain",
            )
        )
    return tuple(lines)
