"""Alliance-jurisdiction coverage: how much of each step lies inside, and who holds the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from gisapp.analysis.concentration import above_screen, scaled, top
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.selection import NOWHERE, check_mineral, select
from gisapp.analysis.supply import (
    OTHERS,
    Supply,
    capacity,
    counted,
    national,
    reallocated,
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

#: The columns of a coverage table: the command line's contract, then the note.
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
)
BREAKDOWN_COLUMNS: Final = ("country", "name", "low", "high", "amount", "inside")

#: Minerals that are won beside others: their output is counted where they are refined.
BY_PRODUCTS: Final = frozenset(
    {"gallium", "germanium", "magnesium", "indium", "tellurium", "bismuth"}
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
        By the site's jurisdiction, the controlling owner's or the exchange's.
    weight
        Production: national output. Capacity: the sites' figures. Count: the number of sites.
    as_of
        Sites that start later and figures of later years do not count.
    statuses
        Of the sites; operating alone by default.
    """

    alliances: tuple[AllianceSet, ...]
    minerals: tuple[str, ...]
    stages: tuple[Stage, ...] = tuple(Stage)
    by: Basis = Basis.LOCATION
    weight: Weight = Weight.PRODUCTION
    as_of: date | None = None
    statuses: frozenset[Status] = frozenset({Status.OPERATING})


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
    them inside; `inside` is the amount surely inside. HHI is on the scale 0 to 10,000. `year` is
    an int and `over_65_percent` a bool, or None: where the bounds leave it open, or nothing is
    known; numbers are then NaN and the note says why. The world of a capacity or a count is what
    is mapped, and `mapped_share_of_world` sets it beside the published output.

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
        found = supply(
            query, code, stage, layers, facts, jurisdictions=jurisdictions, feedback=feedback
        )
        rows += [_row(query, code, stage, alliance, found) for alliance in query.alliances]
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
    found = supply(
        query, code, stage, layers, facts, jurisdictions=jurisdictions, feedback=feedback
    )
    inside = query.alliances[0][2]
    rows: list[tuple[str, str, float, float, float, bool]] = []
    if not isinstance(found, str):
        world = found.world
        open_ = found.unknown / world
        for country, share in found.shares.items():
            name = facts.countries.get(country, country)
            amount = found.known[country]
            rows.append((country, name, share, share + open_, amount, country in inside))
        nowhere = found.known.get(NOWHERE, 0.0)
        if nowhere > 0:
            rows.append((NOWHERE, "Not listed", nowhere / world, nowhere / world, nowhere, False))
        for key, name, amount in (
            (OTHERS, "Other countries", found.others),
            ("", "Unknown", found.unknown),
        ):
            if amount > 0:
                rows.append((key, name, 0.0, amount / world, amount, False))
    return pd.DataFrame(rows, columns=list(BREAKDOWN_COLUMNS))


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
    """Return who supplies a mineral at a stage, or a sentence on why that is not known."""
    last_year = None if query.as_of is None else query.as_of.year
    table = None
    if query.weight is Weight.PRODUCTION:
        table = national(facts.production, mineral, stage, last_year=last_year)
        if table is None:
            return _why_no_table(mineral, stage)
        table = replace(table, notes=(*table.notes, *world_notes(facts, mineral, stage, table)))
        if query.by is Basis.LOCATION:
            return table
    sites = select(
        layers,
        ROLE_OF_STAGE[stage],
        mineral=mineral,
        statuses=query.statuses,
        as_of=query.as_of,
        facts=facts,
        jurisdictions=jurisdictions,
        feedback=feedback,
    )
    if table is not None:
        return reallocated(table, sites, facts, mineral, stage, by=query.by)
    if not len(sites):
        return "No operating site of this mineral and stage is in the layers."
    if query.weight is Weight.COUNT:
        return counted(sites, query.by, last_year)
    found = capacity(sites, facts, mineral, stage, by=query.by, last_year=last_year)
    return found or f"None of the {len(sites)} sites in the layers has a figure in a fit unit."


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
    query: CoverageQuery,
    mineral: str,
    stage: Stage,
    alliance: AllianceSet,
    found: Supply | str,
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS, float("nan")) | {
        "mineral": mineral,
        "stage": stage.value,
        "alliance": alliance[0],
        "by": query.by.value,
        "weight": query.weight.value,
        "unit": "",
        "year": None,
        "top1_country": "",
        "over_65_percent": None,
        "sources": "",
    }
    if isinstance(found, str):
        return row | {"note": found}
    inside, world, shares = found.inside(alliance[2]), found.world, found.shares
    index = scaled(found.hhi())
    leader = next(iter(shares), "")
    return row | {
        "share_low": inside.low / world,
        "share_high": min(inside.high / world, 1.0),
        "inside": inside.low,
        "world": world,
        "unit": found.unit,
        "year": found.year,
        "mapped_share_of_world": found.mapped,
        "hhi_low": index.low,
        "hhi_high": index.high,
        "top1_country": leader,
        "top1_share": shares.get(leader, float("nan")),
        "top3_share": top(shares.values(), 3) if shares else float("nan"),
        "over_65_percent": above_screen(found.largest()),
        "sources": "; ".join(found.sources),
        "note": " ".join(dict.fromkeys(found.notes)),
    }
