"""Distance to processing: from each deposit, how far the plants are that can take its ore."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.nearest import Nearest, nearest
from gisapp.analysis.selection import Facilities, check_mineral, select
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import MINERALS, Basis, Role, Status, family

#: Plants that can take ore today.
PLANT_STATUSES: Final = frozenset({Status.OPERATING})
#: Deposits that have, or may come to have, ore to send.
DEPOSIT_STATUSES: Final = frozenset(Status) - {Status.CLOSED}
#: Works that take scrap or intermediates and no ore.
NOT_FOR_ORE: Final = frozenset({"recycling", "recycled_magnet", "precursor_cathode"})
#: Rare-earth metal and alloy works take separated oxides; other minerals' smelt concentrates.
_NOT_FOR_ORE_OF_RARE_EARTHS: Final = frozenset({"metal_alloy"})

#: The columns of `DistanceResult.rows`; the first ten are the command line's contract.
COLUMNS: Final = (
    "deposit_id",
    "plant_id",
    "rank",
    "distance_km",
    "deposit_country",
    "plant_country",
    "unrestricted_plant_id",
    "unrestricted_km",
    "penalty_km",
    "status",
    "deposit_name",
    "plant_name",
    "unrestricted_plant_name",
)
OK: Final = "ok"
NO_PLANT: Final = "no_plant"


@dataclass(frozen=True)
class DistanceQuery:
    """What is asked.

    Parameters
    ----------
    mineral
        Code; its children count.
    to
        Role of the plants: refinery or magnet plant.
    within
        Jurisdictions of the plants that count; None counts all.
    within_title
        What people call the jurisdictions ("Minerals Security Partnership").
    by
        Whether a plant is within by its site, its controlling owner or its listing.
    statuses
        Of the plants; operating alone by default.
    deposit_statuses
        Of the deposits; all but closed by default.
    nearest
        How many plants to each deposit, 1 to 100.
    metric
        "geodesic"; "route" is not there yet.
    """

    mineral: str
    to: Role = Role.REFINERY
    within: frozenset[str] | None = None
    within_title: str = ""
    by: Basis = Basis.LOCATION
    statuses: frozenset[Status] = PLANT_STATUSES
    deposit_statuses: frozenset[Status] = DEPOSIT_STATUSES
    as_of: date | None = None
    nearest: int = 1
    metric: str = "geodesic"


@dataclass(frozen=True)
class Named:
    """One deposit with its answer, for a sentence."""

    deposit: str
    deposit_id: str
    plant: str
    plant_id: str
    km: float


@dataclass(frozen=True)
class Summary:
    """Figures over the first-ranked plants; kilometres, NaN where no deposit has a plant."""

    deposits: int
    without_plant: int
    plants: int
    plants_within: int
    median_km: float
    p90_km: float
    mean_penalty_km: float
    median_penalty_km: float
    unrestricted_median_km: float
    nearest: Named | None
    farthest: Named | None
    histogram_counts: npt.NDArray[np.int64]
    histogram_edges_km: Floats


@dataclass(frozen=True, eq=False)
class DistanceResult:
    """The answer.

    Parameters
    ----------
    rows
        `COLUMNS`, one row per deposit and rank, in the order of the deposits. A deposit for which
        no plant counts has one row with status no_plant, "" and NaN.
    deposit_lonlat, plant_lonlat
        Degrees, shape (rows, 2), for lines on a map; the plant's is NaN where there is none.
    deposit_rows
        Layer id and row number of each row's deposit, so that a map can select it.
    notes, sources
        Assumptions and sources in sentences.
    """

    query: DistanceQuery
    rows: pd.DataFrame
    deposit_lonlat: Floats
    plant_lonlat: Floats
    deposit_rows: tuple[tuple[str, int], ...]
    summary: Summary
    notes: tuple[str, ...]
    sources: tuple[str, ...]


def distance(
    query: DistanceQuery,
    deposits: Sequence[Layer],
    plants: Sequence[Layer],
    facts: Facts | None = None,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> DistanceResult:
    """Find the nearest right plants of every deposit, with and without the restriction.

    A plant is right if its minerals include the one asked for (or a child of it) and it takes
    ore: works that recycle scrap or make precursors do not, nor do metal and alloy works for rare
    earths. The penalty of rank r is the r-th distance within the restriction minus the r-th
    without.

    Raises
    ------
    GisappError
        `not_available` for the metric route, `unknown_mineral`, `bad_query` for anything else
        that cannot be asked.
    Cancelled
        If the feedback was cancelled.
    """
    mineral = _checked(query)
    sites = select(
        deposits,
        Role.DEPOSIT,
        mineral=mineral,
        statuses=query.deposit_statuses,
        as_of=query.as_of,
        facts=facts,
        jurisdictions=jurisdictions,
        feedback=feedback,
    )
    works = select(
        plants,
        query.to,
        mineral=mineral,
        statuses=query.statuses,
        as_of=query.as_of,
        facts=facts,
        jurisdictions=jurisdictions,
        feedback=feedback,
    )
    works, notes = _taking_ore(works, mineral, query.to)
    notes += [*_unplaced(sites, "deposit"), *_unplaced(works, "plant")]
    sites, works = sites.take(sites.placed), works.take(works.placed)
    home = works.home(query.by)
    inside = np.ones(len(works), dtype=bool)
    if query.within is not None:
        inside = np.isin(home.astype(str), sorted(query.within))
        unknown = int((home == "").sum())
        if unknown:
            notes.append(
                f"Counted as outside, {_OF[query.by]} unknown: {_count(unknown, 'plant')}."
            )
    if feedback is not None:
        feedback.check(0.1, "Nearest plants")
    k = query.nearest
    free = nearest(sites.lonlat, works.lonlat, k=k, order=works.id, feedback=feedback)
    bound = free
    if query.within is not None:
        allowed = np.flatnonzero(inside)
        bound = nearest(
            sites.lonlat,
            works.lonlat[allowed],
            k=k,
            order=works.id[allowed],
            feedback=feedback,
        )
        back = np.append(allowed, -1)  # the row -1 stays -1
        bound = Nearest(back[bound.index], bound.km)
    return _result(query, sites, works, bound, free, plants_within=int(inside.sum()), notes=notes)


_OF: Final = {
    Basis.LOCATION: "country",
    Basis.CONTROL: "controlling owner",
    Basis.LISTING: "listing",
}


def _checked(query: DistanceQuery) -> str:
    if query.metric == "route":
        raise GisappError(
            "not_available",
            "Distances along routes are not available yet.",
            "Ask for the metric geodesic.",
        )
    if query.metric != "geodesic":
        raise GisappError(
            "bad_query", f'No metric is called "{query.metric}".', "Known: geodesic, route."
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
    return check_mineral(query.mineral)


def _taking_ore(works: Facilities, mineral: str, to: Role) -> tuple[Facilities, list[str]]:
    not_taking = set(NOT_FOR_ORE)
    if mineral in family("rare_earths"):
        not_taking |= _NOT_FOR_ORE_OF_RARE_EARTHS
    ore = ~np.isin(works.process.astype(str), sorted(not_taking))
    left_out = int((~ore).sum())
    notes = []
    if left_out:
        what = "recycled magnets" if to is Role.MAGNET_PLANT else "scrap or intermediates"
        notes.append(f"Left out, as they take {what} and no ore: {_count(left_out, 'plant')}.")
    return works.take(ore), notes


def _unplaced(sites: Facilities, word: str) -> list[str]:
    lost = sites.name[~sites.placed]
    if not len(lost):
        return []
    named = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    return [f"Left out without a position: {_count(len(lost), word)} ({named})."]


def _count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _result(
    query: DistanceQuery,
    sites: Facilities,
    works: Facilities,
    bound: Nearest,
    free: Nearest,
    *,
    plants_within: int,
    notes: list[str],
) -> DistanceResult:
    n, k = bound.index.shape
    shown = bound.index >= 0
    if k:
        shown[:, 0] = True  # a deposit without a plant is a row too
    who, rank = np.nonzero(shown)
    plant, other = bound.index[who, rank], free.index[who, rank]
    km, free_km = bound.km[who, rank], free.km[who, rank]
    ids, names, countries = (np.append(a, "") for a in (works.id, works.name, works.country))
    rows = pd.DataFrame(
        {
            "deposit_id": sites.id[who],
            "plant_id": ids[plant],
            "rank": rank + 1,
            "distance_km": km,
            "deposit_country": sites.country[who],
            "plant_country": countries[plant],
            "unrestricted_plant_id": ids[other],
            "unrestricted_km": free_km,
            "penalty_km": km - free_km,
            "status": np.where(plant >= 0, OK, NO_PLANT).astype(object),
            "deposit_name": sites.name[who],
            "plant_name": names[plant],
            "unrestricted_plant_name": names[other],
        },
        columns=list(COLUMNS),
    )
    where = np.vstack([works.lonlat, [[np.nan, np.nan]]])
    return DistanceResult(
        query,
        rows,
        deposit_lonlat=sites.lonlat[who],
        plant_lonlat=where[plant],
        deposit_rows=tuple(zip(sites.layer_id[who].tolist(), sites.row[who].tolist(), strict=True)),
        summary=_summary(rows, n, len(works), plants_within),
        notes=_notes(query, sites, works, notes),
        sources=tuple(dict.fromkeys((*sites.layer_sources, *works.layer_sources))),
    )


def _summary(rows: pd.DataFrame, deposits: int, plants: int, plants_within: int) -> Summary:
    first = rows[(rows["rank"] == 1) & (rows["status"] == OK)]
    km = first["distance_km"].to_numpy(dtype=np.float64)
    if not len(km):
        nan = float("nan")
        return Summary(
            deposits, deposits, plants, plants_within, nan, nan, nan, nan, nan, None, None,
            np.zeros(0, dtype=np.int64), np.zeros(0),
        )  # fmt: skip
    width = _bin_width(float(km.max()))
    edges = np.arange(0.0, (np.floor(km.max() / width) + 1.5) * width, width)
    counts, edges = np.histogram(km, bins=edges)
    penalty = first["penalty_km"].to_numpy(dtype=np.float64)
    return Summary(
        deposits=deposits,
        without_plant=deposits - len(km),
        plants=plants,
        plants_within=plants_within,
        median_km=float(np.median(km)),
        p90_km=float(np.percentile(km, 90)),
        mean_penalty_km=float(penalty.mean()),
        median_penalty_km=float(np.median(penalty)),
        unrestricted_median_km=float(np.median(first["unrestricted_km"])),
        nearest=_named(first, int(km.argmin())),
        farthest=_named(first, int(km.argmax())),
        histogram_counts=counts.astype(np.int64),
        histogram_edges_km=edges.astype(np.float64),
    )


def _bin_width(longest: float) -> float:
    """Return a round width that gives five to twelve bins."""
    for width in (1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000):
        if longest / width <= 12:
            return float(width)
    return 2000.0


def _named(rows: pd.DataFrame, at: int) -> Named:
    row = rows.iloc[at]
    return Named(
        deposit=str(row["deposit_name"]),
        deposit_id=str(row["deposit_id"]),
        plant=str(row["plant_name"]),
        plant_id=str(row["plant_id"]),
        km=float(row["distance_km"]),
    )


def _notes(
    query: DistanceQuery, sites: Facilities, works: Facilities, notes: list[str]
) -> tuple[str, ...]:
    statuses = ", ".join(s.value for s in Status if s in query.statuses)
    of_deposits = ", ".join(s.value for s in Status if s in query.deposit_statuses)
    title = MINERALS[check_mineral(query.mineral)].lower()
    lines = [
        "Distances are geodesics on the WGS 84 ellipsoid, not the way that goods travel.",
        f"Plants: {query.to.label.lower()} for {title}, {statuses}; deposits: {of_deposits}.",
        *notes,
        *sites.notes,
        *works.notes,
    ]
    coarse = int(np.isin(sites.precision.astype(str), ["locality", "region"]).sum())
    if coarse:
        lines.append(
            f"Placed at a locality or region, 15 km or worse: {_count(coarse, 'deposit')}."
        )
    unsure = int(sites.unconfirmed.sum() + works.unconfirmed.sum())
    if unsure:
        lines.append(f"On unconfirmed sources: {_count(unsure, 'site')}.")
    return tuple(dict.fromkeys(lines))
