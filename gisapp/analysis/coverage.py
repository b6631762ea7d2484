"""Alliance-jurisdiction coverage: how much of each step lies inside, and who holds the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from gisapp.analysis.concentration import Bounds, above_screen, bands, effective_number, scaled, top
from gisapp.analysis.crossing import CROSSED, Crossing, crossed
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.quantity import figures
from gisapp.analysis.selection import NOWHERE, Facilities, check_mineral, select
from gisapp.analysis.supply import (
    OTHERS,
    Supply,
    capacity,
    counted,
    national,
    reallocated,
    reserves,
    traced,
    world_notes,
)
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import (
    PARENT,
    ROLE_OF_STAGE,
    Basis,
    Stage,
    Status,
    Weight,
    family,
)

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

#: Minerals that are won beside others: their output is counted where they are refined.
BY_PRODUCTS: Final = frozenset(
    {"gallium", "germanium", "magnesium", "indium", "tellurium", "bismuth"}
)
_EQUITY: Final = (
    "Equity counts to the home of each company that the owner column names (table of companies, "
    "partly from memory), not of its shareholders; what it does not tell is unknown."
)
AllianceSet = tuple[str, str, frozenset[str]]


@dataclass(frozen=True)
class CoverageQuery:
    """What is asked.

    Parameters
    ----------
    alliances
        Id, title and the jurisdictions of each at the date.
    minerals, stages
        One row comes of every combination with every alliance.
    by
        By the site's jurisdiction, the controlling owner's, the exchange's, or by the share of
        every owner; or what is inside and foreign-controlled, or outside and controlled from
        inside.
    weight
        Production: national output. Capacity: the sites' figures. Count: the number of sites.
        Reserves: national reserves, of mining alone and by location.
    as_of
        Sites that start later and figures of later years do not count.
    statuses
        Of the sites; operating alone by default.
    figures_to
        The last year whose figures of sites count, where it is not that of `as_of`.
    """

    alliances: tuple[AllianceSet, ...]
    minerals: tuple[str, ...]
    stages: tuple[Stage, ...] = tuple(Stage)
    by: Basis = Basis.LOCATION
    weight: Weight = Weight.PRODUCTION
    as_of: date | None = None
    statuses: frozenset[Status] = frozenset({Status.OPERATING})
    figures_to: int | None = None


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

    Effective suppliers are 1 / HHI. What is left without the largest supplier is over
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
        case = _Case(query, code, stage, layers, facts, jurisdictions, feedback)
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
    case = _Case(query, code, stage, layers, facts, jurisdictions, feedback)
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
    world = crossing.supply.world
    return [
        (
            country,
            facts.countries.get(country, country) if country else "Unknown",
            amount.low / world,
            amount.high / world,
            amount.low if country else amount.high,
            False,
        )
        for country, amount in crossing.other_side(by, inside).items()
        if amount.high > 0
    ]


def supply(
    query: CoverageQuery,
    mineral: str,
    stage: Stage,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Supply | str:
    """Return who supplies a mineral at a stage, or a sentence on why that is not known.

    By the two crossed bases this is the supply by location.
    """
    return _Case(query, mineral, stage, layers, facts, jurisdictions, feedback).supply()


@dataclass
class _Case:
    """One mineral and stage of a query; the sites are selected once, and only where needed."""

    query: CoverageQuery
    mineral: str
    stage: Stage
    layers: Sequence[Layer]
    facts: Facts
    jurisdictions: JurisdictionIndex | None
    feedback: Feedback | None

    @cached_property
    def sites(self) -> Facilities:
        return select(
            self.layers,
            ROLE_OF_STAGE[self.stage],
            mineral=self.mineral,
            statuses=self.query.statuses,
            as_of=self.query.as_of,
            facts=self.facts,
            jurisdictions=self.jurisdictions,
            feedback=self.feedback,
        )

    @cached_property
    def last_year(self) -> int | None:
        return None if self.query.as_of is None else self.query.as_of.year

    @property
    def figures_to(self) -> int | None:
        return self.last_year if self.query.figures_to is None else self.query.figures_to

    @cached_property
    def by_location(self) -> Supply | str:
        return self._supply(Basis.LOCATION)

    def supply(self) -> Supply | str:
        by = self.query.by
        if by in {Basis.LOCATION, *CROSSED}:
            return self.by_location
        found = self._supply(by)
        if by is not Basis.EQUITY or isinstance(found, str):
            return found
        return replace(found, notes=(*found.notes, _EQUITY))

    def _supply(self, by: Basis) -> Supply | str:
        mineral, stage, facts, weight = self.mineral, self.stage, self.facts, self.query.weight
        if weight is Weight.RESERVES:
            return self._reserves(by)
        if weight is Weight.PRODUCTION:
            table = national(facts.production, mineral, stage, last_year=self.last_year)
            if table is None:
                return _why_no_table(mineral, stage)
            table = replace(table, notes=(*table.notes, *world_notes(facts, mineral, stage, table)))
            if by is Basis.LOCATION:
                return table
            return self._reallocated(table, by)
        if not len(self.sites):
            return "No operating site of this mineral and stage is in the layers."
        if weight is Weight.COUNT:
            return counted(self.sites, facts, by, self.last_year)
        found = capacity(self.sites, facts, mineral, stage, by=by, last_year=self.figures_to)
        sites = len(self.sites)
        return found or f"None of the {sites} sites in the layers has a figure in a fit unit."

    def _reallocated(self, table: Supply, by: Basis, *, extend: bool = False) -> Supply:
        return reallocated(
            table, self.sites, self.facts, self.mineral, self.stage, by=by, extend=extend
        )

    def like_mapped(self, inside: frozenset[str]) -> Bounds | None:
        """Return the share if what is not mapped were held as what is; None where not traced."""
        by, table = self.query.by, self.by_location
        traceable = by in {Basis.CONTROL, Basis.EQUITY, Basis.LISTING}
        if not traceable or self.query.weight is not Weight.PRODUCTION or isinstance(table, str):
            return None
        found = self._reallocated(table, by, extend=True)
        return found.share(inside) if found.known else None

    def _reserves(self, by: Basis) -> Supply | str:
        if self.stage is not Stage.MINING:
            return "Reserves are in the ground: ask for mining."
        if by is not Basis.LOCATION:
            return "Reserves are published by country and not by owner: ask by location."
        found = reserves(self.facts, self.mineral)
        return found or "No reserves are published by country."

    def crossing(self) -> Crossing | None:
        """Return places against owners; None where that cannot be told."""
        supply, weight = self.by_location, self.query.weight
        if isinstance(supply, str) or weight is Weight.RESERVES:
            return None
        tonnes: np.ndarray | None = np.ones(len(self.sites))
        if weight is Weight.CAPACITY:
            tonnes, _ = figures(
                self.sites, self.mineral, self.stage, self.facts.quantities, self.figures_to
            )
        elif weight is Weight.PRODUCTION:
            tonnes = traced(supply, self.sites, self.facts, self.mineral, self.stage)
        return None if tonnes is None else crossed(supply, self.sites, tonnes)


def _why_no_table(mineral: str, stage: Stage) -> str:
    if stage is Stage.MAGNETS and mineral not in family("rare_earths"):
        return "Magnets are counted for rare earths alone."
    if mineral in BY_PRODUCTS and stage is Stage.MINING:
        return "No mine output is published: won beside other metals, it is counted when refined."
    if mineral in PARENT and mineral not in {"platinum", "palladium"}:
        parent = PARENT[mineral].replace("_", " ")
        return f"National output is published for {parent} together."
    return "No national output is published for this stage: ask by capacity or count."


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
    case: _Case, alliance: AllianceSet, found: Supply | str, crossing: Crossing | None
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
    share, shares, index = found.share(inside), found.shares, found.hhi()
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
    other = {c: b.low / world for c, b in crossing.other_side(by, inside).items() if c and b.low}
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
