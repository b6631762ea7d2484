"""Results as bar charts: the finding as title, what matters in colour, the rest in grey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from gisapp.analysis import sentences
from gisapp.analysis.concentration import SCREEN
from gisapp.analysis.distance_terms import DistanceResult
from gisapp.analysis.selection import NOWHERE
from gisapp.analysis.supply import OTHERS
from gisapp.model import numbers
from gisapp.model.vocabulary import Basis, Stage, Weight
from gisapp.render.picture import Bar, BarChart
from gisapp.workspace.titles import country_title

VERBS: Final = {Stage.MINING: "mines", Stage.REFINING: "refines", Stage.MAGNETS: "makes"}
_BY_VERBS: Final = {Basis.CONTROL: "controls", Basis.EQUITY: "owns", Basis.LISTING: "lists"}
_MOST_COUNTRIES: Final = 8
#: What nobody can be told to hold, by the basis of the question.
_UNKNOWN: Final = {
    Basis.CONTROL.value: "Owner unknown",
    Basis.EQUITY.value: "Shares unknown",
    Basis.LISTING.value: "Listing unknown",
    Basis.FOREIGN.value: "Owner unknown",
    Basis.ABROAD.value: "Place unknown",
}


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
    crossed = Basis(row["by"]) in {Basis.FOREIGN, Basis.ABROAD}
    named = shares[~shares["country"].isin([OTHERS, ""])]
    outside = named[~named["inside"]]
    leader = outside.iloc[0]["country"] if len(outside) else None
    # what anybody may have is a bar of its own: the lighter end is what this country alone may
    anybody = float(shares.loc[shares["country"] == "", "high"].sum())
    bars = [
        Bar(
            r["name"] if r["country"] == NOWHERE else country_title(r["country"], countries),
            100.0 * r["low"],
            100.0 * max(r["high"] - anybody, r["low"]),
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
    unknown = _UNKNOWN.get(str(row["by"]), "Unknown")
    for key, words in ((OTHERS, "Not named by the source"), ("", unknown)):
        part = shares[shares["country"] == key]
        if len(part):
            total = 100.0 * float(part["high"].sum())
            bars.append(Bar(words, total, total, "unknown"))
    return BarChart(
        title=_finding(row, title, countries),
        subtitle=sentences.coverage_subtitle(row),
        unit="%",
        bars=tuple(bars),
        limit=None if crossed else 100.0 * SCREEN,
        limit_label="" if crossed else f"{100 * SCREEN:.0f}\N{NO-BREAK SPACE}%",
        note="" if crossed else _screen_note(str(row["weight"])),
    )


def supplier_verb(row: Mapping[str, Any]) -> str:
    """Return what a country does with its share: mines, refines, controls, holds."""
    if row["weight"] == Weight.RESERVES.value:
        return "holds"
    return _BY_VERBS.get(Basis(row["by"])) or VERBS[Stage(row["stage"])]


def _screen_note(weight: str) -> str:
    of = {
        Weight.PRODUCTION.value: "world output",
        Weight.RESERVES.value: "published reserves",
    }.get(weight, "what is mapped, not of the world")
    return f"65 % is a screen of {of}; the EU's rule is about its own consumption."


def distance_chart(near: DistanceResult) -> BarChart | None:
    """Return how many of the deposits lie how far from their plant, in classes of equal width."""
    counts, edges = near.summary.histogram_counts, near.summary.histogram_edges_km
    total = int(counts.sum())
    if not total:
        return None
    kind, unit = ("alliance" if near.query.restricted else "other"), near.query.ranked_by
    shares = (100.0 * counts / total).tolist()
    bars = tuple(
        Bar(f"{numbers.whole(low)}\N{EN DASH}{numbers.whole(high)} {unit.unit}", share, share, kind)
        for share, low, high in zip(shares, edges[:-1], edges[1:], strict=True)
    )
    first = numbers.percent(counts[0] / total, counts[0] / total, 0)
    return BarChart(
        title=f"{first[0].upper()}{first[1:]} of the deposits have such a plant within "
        f"{sentences.measured(float(edges[1]), unit)}",
        subtitle=f"Share of the {numbers.whole(total)} deposits by the way to the nearest "
        "plant that counts, %",
        unit="%",
        bars=bars,
    )


def _finding(row: Mapping[str, Any], title: str, countries: Mapping[str, str]) -> str:
    leader = str(row["top1_country"])
    if Basis(row["by"]) in {Basis.FOREIGN, Basis.ABROAD}:
        return _crossed_finding(row, title, countries)
    share = numbers.percent(row["top1_share"], row["top1_share"], 0)
    verb = supplier_verb(row)
    least = "at least " if sentences.suppliers_open(row) else ""
    largest = f"{country_title(leader, countries)} {verb} {least}{share}" if leader else ""
    if not title:
        return largest
    inside = numbers.percent(row["share_low"], row["share_high"], 0)
    if not largest:
        return f"{sentences.the(title)} has {inside}"
    return f"{largest}; {sentences.inner(title)} has {inside}"


def _crossed_finding(row: Mapping[str, Any], title: str, countries: Mapping[str, str]) -> str:
    inside = numbers.percent(row["share_low"], row["share_high"], 0)
    share = inside[0].upper() + inside[1:]
    leader = str(row["top1_country"])
    least = "at least " if sentences.suppliers_open(row) else ""
    top1 = least + numbers.percent(row["top1_share"], row["top1_share"], 0)
    name = country_title(leader, countries)
    if Basis(row["by"]) is Basis.FOREIGN:
        most = f", most by {name} ({top1})" if leader else ""
        return f"{share} lies inside {sentences.inner(title)} and is foreign-controlled{most}"
    most = f", most in {name} ({top1})" if leader else ""
    return f"{share} lies outside and is controlled from {sentences.inner(title)}{most}"
