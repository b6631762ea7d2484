"""Alliance-jurisdiction coverage: how much of each step lies inside, and who holds the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from gisapp.analysis.concentration import above_screen, bands, effective_number, scaled, top
from gisapp.analysis.coverage_case import AllianceSet, CoverageCase, CoverageQuery
from gisapp.analysis.crossing import CROSSED, Crossing
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.selection import NOWHERE, check_mineral
from gisapp.analysis.supply import OTHERS, Supply
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis

__all__ = [
    "BREAKDOWN_COLUMNS",
    "COLUMNS",
    "AllianceSet",
    "CoverageQuery",
    "breakdown",
    "coverage",
]

#: The columns of a coverage table: the command line's contract, the note, then what came later.
COLUMNS: Final = (
    "mineral",
    "stage",
    "alliance",
    "by",
    "weight",
    "share_low",
    "share_high",
    "inside",
    "world",
    "unit",
    "year",
    "mapped_share_of_world",
    "hhi_low",
    "hhi_high",
    "top1_country",
    "top1_share",
    "top3_share",
    "over_65_percent",
    "sources",
    "note",
    "top2_share",
    "effective_suppliers_low",
    "effective_suppliers_high",
    "without_largest_low",
    "without_largest_high",
    "without_largest_of",
    "hhi_bands",
    "foreign_low",
    "foreign_high",
    "abroad_low",
    "abroad_high",
    "like_mapped_low",
    "like_mapped_high",
    "hhi_fraction_low",
    "hhi_fraction_high",
)
BREAKDOWN_COLUMNS: Final = ("country", "name", "low", "high", "amount", "inside")


def coverage(
    query: CoverageQuery,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> pd.DataFrame:
    """Return one row per mineral, stage and alliance, columns `COLUMNS`.

    Shares are fractions of `world` in `unit`, low with unknowns counted outside and high with
    them inside; `inside` is the amount surely inside. HHI is on the scale 0 to 10,000, as
    `hhi_fraction` on that of 0 to 1. `year` is
    an int and `over_65_percent` a bool, or None: where the bounds leave it open, or nothing is
    known; numbers are then NaN and the note says why. The world of a capacity or a count is what
    is mapped, and `mapped_share_of_world` sets it beside the published output.

    The shares of the largest suppliers are what they have at least. Effective suppliers are 1 /
    HHI. What is left without the largest supplier is over
    `without_largest_of`: no demand by country ships, so that it is over the same world and not,
    as the IEA's N-1, over the demand outside the largest. Foreign is the share of the world that
    is inside and controlled from outside, abroad what is outside and controlled from inside. By
    these two bases the largest suppliers are the countries on the other side. `like_mapped` is
    the share if all output of a country were held as its mapped sites are: an assumption that
    stands beside the bounds, for national output by control, equity or listing.

    Raises
    ------
    GisappError
        `unknown_mineral`; `bad_query` without alliance, mineral or stage.
    Cancelled
        If the feedback was cancelled.
    """
    _check(query)
    rows: list[dict[str, Any]] = []
    combinations = [(m, s) for m in query.minerals for s in query.stages]
    for i, (mineral, stage) in enumerate(combinations):
        if feedback is not None:
            feedback.check(i / len(combinations), "Coverage")
        code = check_mineral(mineral)
        case = CoverageCase(query, code, stage, layers, facts, jurisdictions, feedback)
        found, crossing = case.supply(), case.crossing()
        rows += [_row(case, alliance, found, crossing) for alliance in query.alliances]
    # whole numbers and truth values stay what they are beside a None
    exact = {"year": object, "over_65_percent": object}
    return pd.DataFrame(
        {c: pd.Series([row[c] for row in rows], dtype=exact.get(c)) for c in COLUMNS}
    )


def breakdown(
    query: CoverageQuery,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> pd.DataFrame:
    """Return the countries behind the first mineral, stage and alliance, largest first.

    Columns `BREAKDOWN_COLUMNS`: code and name, bounds of the share (fractions), the amount and
    whether it is inside. The rows `OTH` (other countries) and "" (unknown) come last, with low 0;
    what is listed nowhere has the code none. Empty where nothing is known.
    """
    _check(query)
    code, stage = check_mineral(query.minerals[0]), query.stages[0]
    case = CoverageCase(query, code, stage, layers, facts, jurisdictions, feedback)
    inside = query.alliances[0][2]
    if query.by in CROSSED:
        rows = _crossed_rows(case.crossing(), query.by, inside, facts)
    else:
        rows = _supplier_rows(case.supply(), inside, facts)
    return pd.DataFrame(rows, columns=list(BREAKDOWN_COLUMNS))


BreakdownRow = tuple[str, str, float, float, float, bool]


def _supplier_rows(found: Supply | str, inside: frozenset[str], facts: Facts) -> list[BreakdownRow]:
    rows: list[BreakdownRow] = []
    if isinstance(found, str):
        return rows
    world = found.world
    codes = dict.fromkeys(found.shares)
    codes |= dict.fromkeys(
        sorted(c for lot in (*found.shared, *found.room) for c in lot.among if c)
    )
    for country in codes:
        share = found.share_of(country)
        amount = found.known.get(country, 0.0)
        name = facts.countries.get(country, country)
        rows.append((country, name, share.low, share.high, amount, country in inside))
    nowhere = found.known.get(NOWHERE, 0.0)
    if nowhere > 0:
        rows.append((NOWHERE, "Not listed", nowhere / world, nowhere / world, nowhere, False))
    for key, name, amount in (
        (OTHERS, "Other countries", found.others),
        ("", "Unknown", found.loose),
    ):
        if amount > 0:
            rows.append((key, name, 0.0, amount / world, amount, False))
    return rows


def _crossed_rows(
    crossing: Crossing | None, by: Basis, inside: frozenset[str], facts: Facts
) -> list[BreakdownRow]:
    if crossing is None:
        return []
    return [
        (
            country,
            facts.countries.get(country, country) if country else "Unknown",
            other.share.low,
            other.share.high,
            other.amount,
            False,
        )
        for country, other in crossing.other_side(by, inside).items()
        if other.share.high > 0
    ]


def _check(query: CoverageQuery) -> None:
    for given, what in (
        (query.alliances, "an alliance"),
        (query.minerals, "a mineral"),
        (query.stages, "a stage"),
    ):
        if not given:
            raise GisappError("bad_query", f"Coverage needs {what}.", "Name at least one.")
    for _, title, jurisdictions in query.alliances:
        if not jurisdictions:
            raise GisappError(
                "bad_query",
                f"{title} has no members at this date.",
                "Choose another alliance or date.",
            )


def _row(
    case: CoverageCase, alliance: AllianceSet, found: Supply | str, crossing: Crossing | None
) -> dict[str, Any]:
    query = case.query
    row: dict[str, Any] = dict.fromkeys(COLUMNS, float("nan")) | {
        "mineral": case.mineral,
        "stage": case.stage.value,
        "alliance": alliance[0],
        "by": query.by.value,
        "weight": query.weight.value,
        "unit": "",
        "year": None,
        "top1_country": "",
        "over_65_percent": None,
        "sources": "",
        "without_largest_of": "",
        "hhi_bands": "",
    }
    if isinstance(found, str):
        return row | {"note": found}
    inside = alliance[2]
    row |= {
        "world": found.world,
        "unit": found.unit,
        "year": found.year,
        "mapped_share_of_world": found.mapped,
        "sources": "; ".join(found.sources),
        "note": " ".join(dict.fromkeys(found.notes)),
    }
    if crossing is not None:
        foreign, abroad = (crossing.share(by, inside) for by in (Basis.FOREIGN, Basis.ABROAD))
        row |= {
            "foreign_low": foreign.low,
            "foreign_high": foreign.high,
            "abroad_low": abroad.low,
            "abroad_high": abroad.high,
        }
    like = case.like_mapped(inside)
    if like is not None:
        row |= {"like_mapped_low": like.low, "like_mapped_high": like.high}
    if query.by in CROSSED:
        return row | _crossed_row(query.by, inside, crossing)
    return row | _located_row(found, inside, case.facts)


def _located_row(found: Supply, inside: frozenset[str], facts: Facts) -> dict[str, Any]:
    share, shares, index = found.share(inside), found.least, found.hhi()
    largest, leader = found.largest(), next(iter(shares), "")
    return _leaders(shares) | {
        "share_low": share.low,
        "share_high": share.high,
        "inside": found.inside(inside).low,
        "hhi_low": scaled(index).low,
        "hhi_high": scaled(index).high,
        "hhi_fraction_low": index.low,
        "hhi_fraction_high": index.high,
        "over_65_percent": above_screen(largest),
        "effective_suppliers_low": effective_number(index.high),
        "effective_suppliers_high": effective_number(index.low) if leader else float("nan"),
        "without_largest_low": 1.0 - largest.high,
        "without_largest_high": 1.0 - largest.low,
        "without_largest_of": "the same world, not demand",
        "hhi_bands": "; ".join(band.text for band in bands(scaled(index), facts.thresholds)),
    }


def _crossed_row(by: Basis, inside: frozenset[str], crossing: Crossing | None) -> dict[str, Any]:
    if crossing is None:
        return {
            "share_low": float("nan"),
            "note": "Sites cannot be set against national output in another unit: ask by capacity.",
        }
    share, world = crossing.share(by, inside), crossing.supply.world
    sides = crossing.other_side(by, inside).items()
    other = {c: o.share.low for c, o in sides if c and o.share.low > 0}
    return _leaders(other) | {
        "share_low": share.low,
        "share_high": share.high,
        "inside": share.low * world,
    }


def _leaders(shares: Mapping[str, float]) -> dict[str, Any]:
    leader = next(iter(shares), "")
    tops = [top(shares.values(), n) if shares else float("nan") for n in (1, 2, 3)]
    return {
        "top1_country": leader,
        "top1_share": tops[0],
        "top2_share": tops[1],
        "top3_share": tops[2],
    }
