"""Distance to processing: from each deposit, how far the plants are that can take its ore."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gisapp.analysis.distance_rows import Answered, Ways
from gisapp.analysis.distance_summary import notes_of, summary_of
from gisapp.analysis.distance_terms import (
    COLUMNS,
    MOST_WAYS,
    NO_PLANT,
    OK,
    DistanceQuery,
    DistanceResult,
    Router,
    Summary,
)
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.plants import Pairing, PlantFilter, pair
from gisapp.analysis.ranking import by_geodesic, by_values
from gisapp.analysis.selection import check_mineral
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.model.vocabulary import METRICS, Role

__all__ = [
    "COLUMNS",
    "NO_PLANT",
    "OK",
    "DistanceQuery",
    "DistanceResult",
    "Router",
    "Summary",
    "distance",
]


def distance(
    query: DistanceQuery,
    deposits: Sequence[Layer],
    plants: Sequence[Layer],
    facts: Facts | None = None,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    router: Router | None = None,
    feedback: Feedback | None = None,
) -> DistanceResult:
    """Find the nearest right plants of every deposit, with and without the restriction.

    A plant is right if its minerals include the one asked for (or a child of it) and it takes
    what the deposit ships, see `process_fit`. The penalty of rank r is the r-th least within the
    restriction minus the r-th without, in the measure that plants are ranked by; in the other
    measures it is the difference between the same two ways.

    Parameters
    ----------
    router
        Finds the ways; needed for the metric route alone.

    Raises
    ------
    GisappError
        `not_available` for the metric route without a router, `unknown_mineral`,
        `bad_coordinates`, `too_many` ways, `bad_query` for anything else that cannot be asked.
    Cancelled
        If the feedback was cancelled.
    """
    _check(query, router)
    pairing = pair(
        _filter(query), deposits, plants, facts, jurisdictions=jurisdictions, feedback=feedback
    )
    if feedback is not None:
        feedback.check(0.1, "Nearest plants")
    allowed = pairing.free & pairing.inside if query.bars_plants else pairing.free
    if router is not None and query.routed:
        free, bound = _along_routes(query, pairing, allowed, router, feedback)
    else:
        free = bound = _straight(query, pairing, pairing.free, feedback)
        if query.bars_plants:
            bound = _straight(query, pairing, allowed, feedback)
    answer = Answered(query, pairing, allowed, bound, free, facts)
    rows, who, plant, other = answer.table()
    where = np.vstack([pairing.works.lonlat, [[np.nan, np.nan]]])
    sites = pairing.sites
    return DistanceResult(
        query,
        rows,
        deposit_lonlat=sites.lonlat[who],
        plant_lonlat=where[plant],
        other_lonlat=where[other],
        deposit_rows=tuple(zip(sites.layer_id[who].tolist(), sites.row[who].tolist(), strict=True)),
        summary=summary_of(query, rows, pairing, int(allowed.any(axis=0).sum())),
        notes=notes_of(query, pairing),
        sources=tuple(dict.fromkeys((*sites.layer_sources, *pairing.works.layer_sources))),
    )


def _check(query: DistanceQuery, router: Router | None) -> None:
    if query.metric not in METRICS:
        raise GisappError(
            "bad_query", f'No metric is called "{query.metric}".', "Known: geodesic, route."
        )
    if query.routed and router is None:
        raise GisappError(
            "not_available",
            "Distances along routes need the network of ways, which is not there.",
            "Ask for the metric geodesic.",
        )
    if query.to not in (Role.REFINERY, Role.MAGNET_PLANT):
        raise GisappError(
            "bad_query",
            f"Ore does not go to a {query.to.label.lower()}.",
            "Ask for refinery or magnet_plant.",
        )
    if not 1 <= query.nearest <= 100:
        raise GisappError(
            "bad_query", f"{query.nearest} nearest plants cannot be asked for.", "Ask for 1 to 100."
        )
    if query.within is not None and not query.within:
        raise GisappError(
            "bad_query",
            f"{query.within_title or 'The alliance'} has no members at this date.",
            "Choose another alliance or date.",
        )
    if query.min_capacity is not None and not query.min_capacity >= 0:
        raise GisappError("bad_query", f"A capacity of {query.min_capacity:g} t/yr is none.")
    check_mineral(query.mineral)


def _filter(query: DistanceQuery) -> PlantFilter:
    return PlantFilter(
        query.mineral,
        query.to,
        within=query.within,
        within_title=query.within_title,
        bases=query.bases,
        statuses=query.statuses,
        deposit_statuses=query.deposit_statuses,
        as_of=query.as_of,
        starts_by=query.starts_by,
        min_capacity=query.min_capacity,
        unknown_capacity=query.unknown_capacity,
    )


def _straight(
    query: DistanceQuery,
    pairing: Pairing,
    allowed: npt.NDArray[np.bool_],
    feedback: Feedback | None,
) -> Ways:
    ranking = by_geodesic(
        pairing.sites.lonlat,
        pairing.works.lonlat,
        pairing.group,
        allowed,
        order=pairing.works.id,
        k=query.nearest,
        feedback=feedback,
    )
    return Ways(ranking, None)


def _along_routes(
    query: DistanceQuery,
    pairing: Pairing,
    allowed: npt.NDArray[np.bool_],
    router: Router,
    feedback: Feedback | None,
) -> tuple[Ways, Ways]:
    """Return the ways without and with the restriction."""
    starts, ends = pairing.sites.lonlat, pairing.works.lonlat
    if len(starts) * len(ends) > MOST_WAYS:
        raise GisappError(
            "too_many",
            f"{whole(len(starts))} deposits and {whole(len(ends))} plants have more than "
            f"{whole(MOST_WAYS)} ways between them.",
            "Ask for the metric geodesic, or for fewer of them.",
        )
    if not len(starts) or not len(ends):
        none = Ways(
            by_values(np.zeros((len(starts), len(ends))), allowed[pairing.group], pairing.works.id),
            None,
        )
        return none, none
    open_ = query.avoid.unrestricted
    free = router.matrix(starts, ends, least=query.measure, avoid=open_, feedback=feedback)
    bound = free
    if query.bars_ways:
        bound = router.matrix(
            starts, ends, least=query.measure, avoid=query.avoid, feedback=feedback
        )
    names = pairing.works.id
    return (
        Ways(by_values(free.of(query.measure), pairing.free[pairing.group], names), free),
        Ways(by_values(bound.of(query.measure), allowed[pairing.group], names), bound),
    )
