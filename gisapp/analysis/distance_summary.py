"""Figures and notes of a distance to processing."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.analysis.distance_terms import OK, DistanceQuery, Named, Summary
from gisapp.analysis.network.journey import Measure
from gisapp.analysis.plants import Pairing, count
from gisapp.analysis.selection import check_mineral
from gisapp.model.features import Floats
from gisapp.model.vocabulary import MINERALS, Status


def summary_of(
    query: DistanceQuery, rows: pd.DataFrame, pairing: Pairing, plants_within: int
) -> Summary:
    """Return the figures over the nearest plant of each deposit."""
    first = rows[rows["status"] == OK].drop_duplicates("deposit_id")
    unit = query.ranked_by
    km = _numbers(first, "distance_km")
    penalty_km = _numbers(first, "penalty_km")
    free_km = _numbers(first, "unrestricted_km")
    value = km if unit is Measure.KM else _numbers(first, unit.value)
    penalty = penalty_km if unit is Measure.KM else _numbers(first, f"penalty_{unit.value}")
    counts, edges = _histogram(value)
    worst = int(np.argmax(penalty)) if len(penalty) and np.nanmax(penalty) > 0 else None
    return Summary(
        deposits=len(pairing.sites),
        without_plant=len(pairing.sites) - len(km),
        plants=len(pairing.works),
        plants_within=plants_within,
        median_km=_middle(km),
        p90_km=_ninety(km),
        mean_penalty_km=_mean(penalty_km),
        median_penalty_km=_middle(penalty_km),
        unrestricted_median_km=_middle(free_km),
        nearest=_named(first, int(value.argmin()), value) if len(km) else None,
        farthest=_named(first, int(value.argmax()), value) if len(km) else None,
        histogram_counts=counts,
        histogram_edges_km=edges,
        needs_none=int(pairing.needs_none.sum()),
        fragile=int((first["fragile"] != "").sum()),
        median=_middle(value),
        p90=_ninety(value),
        mean_penalty=_mean(penalty),
        median_penalty=_middle(penalty),
        unrestricted_median=_middle(value - penalty),
        worst_penalty=None if worst is None else _named(first, worst, penalty),
    )


def _numbers(rows: pd.DataFrame, name: str) -> Floats:
    return rows[name].to_numpy(dtype=np.float64)


def _middle(values: Floats) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _ninety(values: Floats) -> float:
    return float(np.percentile(values, 90)) if len(values) else float("nan")


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _histogram(values: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    if not len(values):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    width = _bin_width(float(values.max()))
    edges = np.arange(0.0, (np.floor(values.max() / width) + 1.5) * width, width)
    counts, edges = np.histogram(values, bins=edges)
    return counts.astype(np.int64), edges.astype(np.float64)


def _bin_width(longest: float) -> float:
    """Return a round width that gives five to twelve bins."""
    for width in (1, 2, 5, 10, 20, 50, 100, 200, 250, 500, 1000):
        if longest / width <= 12:
            return float(width)
    return 2000.0


def _named(rows: pd.DataFrame, at: int, values: Floats) -> Named:
    row = rows.iloc[at]
    return Named(
        deposit=str(row["deposit_name"]),
        deposit_id=str(row["deposit_id"]),
        plant=str(row["plant_name"]),
        plant_id=str(row["plant_id"]),
        km=float(row["distance_km"]),
        value=float(values[at]),
    )


def notes_of(query: DistanceQuery, pairing: Pairing) -> tuple[str, ...]:
    """Return what was assumed, in sentences."""
    sites, works = pairing.sites, pairing.works
    statuses = ", ".join(s.value for s in Status if s in query.statuses)
    of_deposits = ", ".join(s.value for s in Status if s in query.deposit_statuses)
    title = MINERALS[check_mineral(query.mineral)].lower()
    lines = [
        *_metric_notes(query),
        f"Plants: {query.to.label.lower()} for {title}, {statuses}; deposits: {of_deposits}.",
        *pairing.notes,
        *sites.notes,
        *works.notes,
    ]
    coarse = int(np.isin(sites.precision.astype(str), ["locality", "region"]).sum())
    if coarse:
        lines.append(f"Placed at a locality or region, 15 km or worse: {count(coarse, 'deposit')}.")
    unsure = int(sites.unconfirmed.sum() + works.unconfirmed.sum())
    if unsure:
        lines.append(f"On unconfirmed sources: {count(unsure, 'site')}.")
    return tuple(dict.fromkeys(lines))


_LEAST: Final = {
    Measure.KM: "kilometres",
    Measure.DAYS: "days",
    Measure.USD: "cost (USD/t)",
    Measure.CO2: "emissions (kg CO\u2082/t)",
}


def _metric_notes(query: DistanceQuery) -> list[str]:
    if query.routed:
        line = (
            f"The nearest plant has the least {_LEAST[query.measure]} along roads, "
            "railways and sea lanes. Costs, times and emissions come from the table of transport "
            "coefficients, each with its source; the ways over land from OpenStreetMap "
            "(contributors, ODbL)."
        )
        return [line]
    lines = ["Distances are geodesics on the WGS 84 ellipsoid, not the way that goods travel."]
    if query.avoid.passages or query.avoid.countries:
        lines.append(
            "A geodesic passes no passage and no country: what is to be avoided counts along "
            "routes alone."
        )
    return lines
