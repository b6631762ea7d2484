"""One figure per facility and mineral: which of its published quantities counts, and as how much.

The rule (layers README): capacity before production for plants, production before capacity for
mines; of that kind the year 2024, else 2023, else the latest. What is planned, gross, wet, ore,
throughput or a total of several sites is no figure of a site. Figures are brought to the unit of
the country table by stoichiometry alone, so that they can be set beside the world total.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisapp.analysis.measures import Measure, measure_of
from gisapp.analysis.selection import Facilities, Texts
from gisapp.model.facts import Kind, Quantity
from gisapp.model.features import Floats
from gisapp.model.vocabulary import Stage, family

PREFERRED_YEARS: Final = (2024, 2023)

#: What a site is meant to make one day, or what is not its alone, or not a year's output.
_NOT_A_FIGURE: Final = re.compile(
    r"planned|\bplan\b|target|expansion|full (plan|stage|scale)|(second|third) phase|by end"
    r"|throughput|treated|\bfed\b|\bwet\b|run-of-mine|expected|cancelled|not confirmed"
    r"|(company|group) total|\(company|\(group\)|whole (company|chinalco|region)|\bcompany,"
    r"|rio tinto total|company and|implats group|before closure|quarter|annualised|nine months"
)
_TOTAL_OF_A_COUNTRY: Final = re.compile(r"country total(?!, (only|nearly all))")
_GROSS: Final = re.compile(r"\bgross\b")
_IN_BRACKETS: Final = re.compile(r"\s*[(,].*$")


@dataclass(frozen=True)
class Figure:
    """The quantity chosen for a facility, in tonnes a year of `unit`."""

    value: float
    unit: str
    product: str
    kind: Kind
    year: int
    source: str


def figure(
    quantities: Iterable[Quantity],
    mineral: str,
    stage: Stage,
    last_year: int | None = None,
    *,
    measure: Measure | None = None,
) -> Figure | None:
    """Choose a facility's figure by the rule above; None if it has none.

    Parameters
    ----------
    quantities
        All published quantities of one facility.
    last_year
        Later years are not known yet.
    measure
        Counts other products than the stage's own measure does.
    """
    measure = measure_of(mineral, stage) if measure is None else measure
    if measure is None:
        return None
    codes = family(mineral)
    kinds = (Kind.PRODUCTION, Kind.CAPACITY)
    usable = [
        q
        for q in quantities
        if q.mineral in codes
        and q.kind in kinds
        and q.unit == "t/yr"
        and (last_year is None or q.year <= last_year)
        and _is_of_the_site(q.product.lower(), measure)
    ]
    for kind in kinds if stage is Stage.MINING else kinds[::-1]:
        of_kind = [q for q in usable if q.kind is kind]
        for year in _years(of_kind):
            chosen = _sum([q for q in of_kind if q.year == year], measure)
            if chosen is not None:
                return chosen
    return None


def figures(
    sites: Facilities,
    mineral: str,
    stage: Stage,
    quantities: Mapping[str, tuple[Quantity, ...]],
    last_year: int | None = None,
) -> tuple[Floats, Texts]:
    """Return tonnes a year, shape (n,), NaN unknown, and the `Figure` or None of each.

    A layer's own capacity column is taken where no quantity is published and the site has no
    other mineral that the figure could be of.
    """
    codes = family(mineral)
    alone = np.array([wanted <= codes for wanted in sites.minerals], dtype=bool)
    values = np.where(alone, sites.capacity, np.nan)
    chosen = np.full(len(sites), None, dtype=object)
    for i, site in enumerate(sites.id):
        if site in quantities:
            found = figure(quantities[site], mineral, stage, last_year)
            chosen[i] = found
            values[i] = np.nan if found is None else found.value
    values[values < 0] = np.nan
    return values, chosen


def _is_of_the_site(product: str, measure: Measure) -> bool:
    if _NOT_A_FIGURE.search(product) or _TOTAL_OF_A_COUNTRY.search(product):
        return False
    return measure.gross or not _GROSS.search(product)


def _years(quantities: list[Quantity]) -> list[int]:
    years = sorted({q.year for q in quantities}, reverse=True)
    return sorted(years, key=lambda y: PREFERRED_YEARS.index(y) if y in PREFERRED_YEARS else 9)


def _sum(quantities: list[Quantity], measure: Measure) -> Figure | None:
    """Add what the first tier with any match says; one product is counted once."""
    for tier in measure.tiers:
        found: dict[str, tuple[float, Quantity]] = {}
        for q in quantities:
            base = _IN_BRACKETS.sub("", q.product.lower())
            factor = next((f for pattern, f in tier if re.fullmatch(pattern, base)), None)
            if factor is not None:
                tonnes = q.value * factor
                # the same product twice in a year: the smaller figure is what surely stands
                if base not in found or tonnes < found[base][0]:
                    found[base] = (tonnes, q)
        if found:
            used = [q for _, q in found.values()]
            return Figure(
                value=float(sum(tonnes for tonnes, _ in found.values())),
                unit=measure.unit,
                product=" + ".join(q.product for q in used),
                kind=used[0].kind,
                year=used[0].year,
                source="; ".join(dict.fromkeys(q.source for q in used)),
            )
    return None
