"""Results as bar charts: the finding as title, what matters in colour, the rest in grey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from gisapp.analysis import sentences
from gisapp.analysis.concentration import SCREEN
from gisapp.analysis.distance import DistanceResult
from gisapp.analysis.supply import OTHERS
from gisapp.model import numbers
from gisapp.model.vocabulary import Stage
from gisapp.render.picture import Bar, BarChart
from gisapp.workspace.titles import country_title

VERBS: Final = {Stage.MINING: "mines", Stage.REFINING: "refines", Stage.MAGNETS: "makes"}
_MOST_COUNTRIES: Final = 8


def coverage_chart(
    shares: pd.DataFrame | None,
    row: Mapping[str, Any],
    title: str,
    countries: Mapping[str, str],
) -> BarChart | None:
    """Return who holds how much: the largest countries, the rest in one bar, then the unknown.

    Parameters
    ----------
    shares
        A result of `coverage.breakdown`.
    row
        The row of `coverage.coverage` for the same question.
    title
        The alliance's; "" without one.
    countries
        English names by ISO alpha-3 code.
    """
    if shares is None or not len(shares):
        return None
    named = shares[~shares["country"].isin([OTHERS, ""])]
    outside = named[~named["inside"]]
    leader = outside.iloc[0]["country"] if len(outside) else None
    bars = [
        Bar(
            country_title(r["country"], countries),
            100.0 * r["low"],
            100.0 * r["low"],
            "alliance" if r["inside"] else "leader" if r["country"] == leader else "other",
        )
        for r in named.head(_MOST_COUNTRIES).to_dict("records")
    ]
    rest = named.iloc[_MOST_COUNTRIES:]
    for inside, words in ((True, "Other members"), (False, "Others outside")):
        part = rest[rest["inside"] == inside]
        if len(part):
            total = 100.0 * float(part["low"].sum())
            label = words if title else "Other named countries"
            bars.append(
                Bar(f"{label} ({len(part)})", total, total, "alliance" if inside else "other")
            )
    for key, words in ((OTHERS, "Not named by the source"), ("", "Unknown")):
        part = shares[shares["country"] == key]
        if len(part):
            total = 100.0 * float(part["high"].sum())
            bars.append(Bar(words, total, total, "unknown"))
    return BarChart(
        title=_finding(row, title, countries),
        subtitle=sentences.coverage_subtitle(row),
        unit="%",
        bars=tuple(bars),
        limit=100.0 * SCREEN,
        limit_label=f"{100 * SCREEN:.0f}\N{NO-BREAK SPACE}%",
        note="65 % is a screen of world output, not the EU's rule on its own consumption.",
    )


def distance_chart(near: DistanceResult) -> BarChart | None:
    """Return how many of the deposits lie how far from their plant, in classes of equal width."""
    counts, edges = near.summary.histogram_counts, near.summary.histogram_edges_km
    total = int(counts.sum())
    if not total:
        return None
    kind = "alliance" if near.query.within is not None else "other"
    shares = (100.0 * counts / total).tolist()
    bars = tuple(
        Bar(f"{numbers.whole(low)}\N{EN DASH}{numbers.whole(high)} km", share, share, kind)
        for share, low, high in zip(shares, edges[:-1], edges[1:], strict=True)
    )
    first = numbers.percent(counts[0] / total, counts[0] / total, 0)
    return BarChart(
        title=f"{first[0].upper()}{first[1:]} of the deposits have such a plant within "
        f"{numbers.kilometres(edges[1])}",
        subtitle=f"Share of the {numbers.whole(total)} deposits by distance to the nearest "
        "plant that counts, %",
        unit="%",
        bars=bars,
    )


def _finding(row: Mapping[str, Any], title: str, countries: Mapping[str, str]) -> str:
    leader = str(row["top1_country"])
    share = numbers.percent(row["top1_share"], row["top1_share"], 0)
    verb = VERBS[Stage(row["stage"])]
    largest = f"{country_title(leader, countries)} {verb} {share}" if leader else ""
    if not title:
        return largest
    inside = numbers.percent(row["share_low"], row["share_high"], 0)
    if not largest:
        return f"{sentences.the(title)} has {inside}"
    return f"{largest}; {sentences.inner(title)} has {inside}"
