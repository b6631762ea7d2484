"""The view of distances: the query of a state, its words, and the lines on the map."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from gisapp.analysis import sentences
from gisapp.analysis.distance import DistanceQuery, DistanceResult
from gisapp.analysis.network.journey import Measure
from gisapp.analysis.network.router import SOURCES, Router
from gisapp.model import numbers
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import geodesic_path
from gisapp.model.vocabulary import Basis, Role
from gisapp.render.picture import Connection
from gisapp.workspace.answer import Answer
from gisapp.workspace.charting import distance_chart
from gisapp.workspace.distance_commands import bases
from gisapp.workspace.state import ProjectState
from gisapp.workspace.titles import alliance_title
from gisapp.workspace.way_paths import way_path

#: More lines than these are a hatching and no map; the rest is in the table.
MOST_CONNECTIONS: Final = 1000
#: So many lines follow their way, the others are geodesics: a way takes tens of milliseconds.
MOST_WAYS: Final = 60
_HOW: Final = {
    Measure.KM: "Shortest way",
    Measure.DAYS: "Fastest way",
    Measure.USD: "Cheapest way",
    Measure.CO2: "Way of least emissions",
}
_DRAWN: Final = (
    "plant_id",
    "unrestricted_plant_id",
    "distance_km",
    "unrestricted_km",
    "deposit_name",
    "plant_name",
    "unrestricted_plant_name",
)


def distance_query(state: ProjectState, facts: Facts) -> DistanceQuery:
    """Return the distance that a state asks for."""
    question = state.question
    query = DistanceQuery(
        question.mineral or "",
        question.to,
        by=question.by,
        as_of=question.as_of,
        starts_by=None if question.starts_by is None else date(question.starts_by, 12, 31),
        min_capacity=question.min_capacity,
        unknown_capacity=question.unknown_capacity,
        nearest=question.nearest,
        metric=question.metric,
        measure=question.measure,
        avoid=question.avoidance,
    )
    if question.alliance is not None:
        query = replace(
            query,
            within=facts.alliances.jurisdictions(question.alliance, question.as_of),
            within_title=alliance_title(facts, question.alliance),
            inside=bases(question),
        )
    if state.filter.statuses:
        query = replace(
            query,
            statuses=state.filter.statuses,
            deposit_statuses=state.filter.statuses,
        )
    return query


def distance_answer(
    near: DistanceResult,
    answer: Answer,
    router: Router | None,
    feedback: Feedback,
) -> Answer:
    """Return an answer with the words, the chart and the lines of a distance."""
    query = near.query
    statuses = ", ".join(sorted(query.statuses)) or "any"
    plant = "refinery" if query.to is Role.REFINERY else "magnet plant"
    how = "Geodesic distance"
    if query.routed:
        how = f"{_HOW[query.measure]} by road, rail and sea"
    subtitle = f"{how} from deposit to nearest {plant} ({statuses}), {query.ranked_by.unit}"
    lines, notes = connections(near, router, feedback)
    sources = SOURCES if query.routed else ()
    return replace(
        answer,
        headline=sentences.distance_headline(near),
        text=sentences.distance_text(near),
        subtitle=subtitle,
        chart=distance_chart(near),
        connections=lines,
        notes=(*near.notes, *notes),
        sources=sources,
    )


def connections(
    near: DistanceResult, router: Router | None, feedback: Feedback
) -> tuple[tuple[Connection, ...], tuple[str, ...]]:
    """Return the lines to the plants that count and, dashed, to nearer ones that do not.

    Along routes the lines that matter most follow their way: those of the largest penalty, then
    the longest. What else there is to say of them comes as sentences.
    """
    query = near.query
    shown, notes = _shown(near)
    column = {name: near.rows[name].tolist() for name in _DRAWN}
    wanted: list[tuple[int, bool]] = []
    for i in shown:
        plant, other = column["plant_id"][i], column["unrestricted_plant_id"][i]
        if query.restricted and other and other != plant:
            wanted.append((i, False))
        if plant:
            wanted.append((i, True))
    along = set(_most_important(near, wanted)) if router is not None else set()
    lines = []
    for i, inside in wanted:
        feedback.check()
        start, end = near.deposit_lonlat[i], (near.plant_lonlat if inside else near.other_lonlat)[i]
        path = geodesic_path(start, end)
        if router is not None and (i, inside) in along:
            avoid = query.avoid if inside else query.avoid.unrestricted
            (x0, y0), (x1, y1) = start.tolist(), end.tolist()
            path, _ = way_path(router, (x0, y0), (x1, y1), query.measure, avoid)
        lines.append(
            Connection(
                path,
                column["distance_km" if inside else "unrestricted_km"][i],
                inside=inside,
                start_name=column["deposit_name"][i],
                end_name=column["plant_name" if inside else "unrestricted_plant_name"][i],
                restricted=query.restricted,
                kind=_kind(query, inside=inside),
            )
        )
    if query.routed and len(along) < len(wanted):
        notes.append(
            f"The map draws {numbers.whole(len(along))} ways as they lead, those of the largest "
            "penalty and length, and the others as straight lines; the kilometres are those of "
            "the ways."
        )
    # what counts lies on top
    return tuple(sorted(lines, key=lambda line: line.inside)), tuple(notes)


def _kind(query: DistanceQuery, *, inside: bool) -> str:
    """Return what the legend calls a line; "" where it stands inside or outside the alliance."""
    if not query.restricted:
        return "Nearest plant"
    if query.bases == {Basis.LOCATION} and not query.bars_ways:
        return ""
    return "Nearest plant that counts" if inside else "Nearest plant if all count"


def _shown(near: DistanceResult) -> tuple[list[int], list[str]]:
    """Return the rows whose lines are drawn: one of each spot, and not too many."""
    seen: set[tuple[str, float, float]] = set()
    found = []
    ends = np.where(np.isnan(near.plant_lonlat), 999.0, near.plant_lonlat)
    for i, deposit in enumerate(near.rows["deposit_id"]):
        key = (str(deposit), float(ends[i, 0]), float(ends[i, 1]))
        if key not in seen:
            seen.add(key)
            found.append(i)
    most = MOST_CONNECTIONS // (2 if near.query.restricted else 1)
    if len(found) <= most:
        return found, []
    drawn = found[:: -(-len(found) // most)]
    note = (
        f"The map shows the lines of {numbers.whole(len(drawn))} of "
        f"{numbers.whole(len(near.rows))} rows, evenly picked; the table has all."
    )
    return drawn, [note]


def _most_important(near: DistanceResult, wanted: list[tuple[int, bool]]) -> list[tuple[int, bool]]:
    unit = near.query.ranked_by
    penalty = np.nan_to_num(near.rows[f"penalty_{unit.value}"].to_numpy(dtype=np.float64))
    km = np.nan_to_num(near.rows["distance_km"].to_numpy(dtype=np.float64))
    order = sorted(wanted, key=lambda each: (not each[1], -penalty[each[0]], -km[each[0]]))
    return order[:MOST_WAYS]
