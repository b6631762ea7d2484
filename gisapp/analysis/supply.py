"""Who supplies how much of a mineral at a stage: national tables, capacities or numbers of sites.

Every way of counting ends in one `Supply`: amounts by jurisdiction, and what cannot be assigned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gisapp.analysis.concentration import Bounds, hhi
from gisapp.analysis.quantity import figures, measure_of
from gisapp.analysis.selection import NOWHERE, Facilities
from gisapp.model.facts import CountryQuantity, Facts, Kind
from gisapp.model.vocabulary import Basis, Stage

#: The code of a source's own "other countries".
OTHERS: Final = "OTH"
_PREFERRED_YEAR: Final = 2024
_NOT_TRACED: Final = (
    "Sites are measured in another unit than national output, so that no output can be traced to "
    "an owner: ask by capacity."
)
_TRACED: Final = (
    "National output is moved to the owners of the mapped sites, plants taken to run at capacity "
    "or, where that exceeds the national output, at one common rate; what no mapped site accounts "
    "for is unknown."
)


@dataclass(frozen=True)
class Supply:
    """Amounts by jurisdiction.

    Parameters
    ----------
    known
        ISO alpha-3 code (or `NOWHERE`) to amount in `unit`.
    others
        What the source gives for countries that it does not name: none of the named ones.
    unknown
        What may belong to anybody.
    mapped
        How much of the world this rests on, 0 to 1; NaN where the units cannot be compared.
    notes, sources
        In sentences.
    """

    known: Mapping[str, float]
    others: float
    unknown: float
    unit: str
    year: int | None
    mapped: float
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def world(self) -> float:
        """The denominator: everything counted, assigned or not."""
        return sum(self.known.values()) + self.others + self.unknown

    def inside(self, jurisdictions: frozenset[str]) -> Bounds:
        """Return the amount inside a set of jurisdictions, unknowns counted out and in."""
        low = sum(v for code, v in self.known.items() if code in jurisdictions)
        return Bounds(low, low + self.others + self.unknown)

    @property
    def shares(self) -> dict[str, float]:
        """Shares of the world by jurisdiction, largest first; what is listed nowhere left out."""
        world = self.world
        named = {c: v / world for c, v in self.known.items() if c != NOWHERE and v > 0}
        return dict(sorted(named.items(), key=lambda item: (-item[1], item[0])))

    def hhi(self) -> Bounds:
        """Return bounds of the HHI, 0 to 1.

        The others may be one more country; the unknown may all belong to the largest.
        """
        shares = list(self.shares.values())
        others, unknown = self.others / self.world, self.unknown / self.world
        low = hhi(shares).low
        most = [*shares, others] if others > 0 else shares or [0.0]
        at = most.index(max(most))
        return Bounds(low, hhi(s + unknown if i == at else s for i, s in enumerate(most)).low)

    def largest(self) -> Bounds:
        """Return the share of the largest supplier, whoever it is."""
        top = max(self.shares.values(), default=0.0)
        unknown = self.unknown / self.world
        return Bounds(top, max(top, self.others / self.world) + unknown)


def national(
    rows: Iterable[CountryQuantity],
    mineral: str,
    stage: Stage,
    *,
    last_year: int | None = None,
    kind: Kind | None = None,
) -> Supply | None:
    """Read the national table: production, else shares in percent, never both.

    The year is 2024, or the latest up to `last_year`; the denominator is the sum of the rows, so
    that shares add up to one. Shares in percent that sum to less than 100 leave a remainder.

    Parameters
    ----------
    kind
        Asks for `Kind.PRODUCTION` or `Kind.SHARE_PERCENT` alone.
    """
    kinds = (Kind.PRODUCTION, Kind.SHARE_PERCENT) if kind is None else (kind,)
    usable = [r for r in rows if r.mineral == mineral and r.stage is stage and r.kind in kinds]
    for wanted in kinds:
        of_kind = [r for r in usable if r.kind is wanted]
        if of_kind:
            return _table(of_kind, wanted, last_year)
    return None


def _table(rows: list[CountryQuantity], kind: Kind, last_year: int | None) -> Supply:
    years = sorted({r.year for r in rows})
    known_by_then = [y for y in years if last_year is None or y <= last_year]
    year = _PREFERRED_YEAR if _PREFERRED_YEAR in known_by_then else (known_by_then or years[:1])[-1]
    notes = []
    if last_year is not None and year > last_year:
        notes.append(f"Figures of {year}, the earliest there are, stand for {last_year}.")
    chosen = [r for r in rows if r.year == year]
    known: dict[str, float] = {}
    for r in chosen:
        if r.country != OTHERS:
            known[r.country] = known.get(r.country, 0.0) + r.value
    others = sum(r.value for r in chosen if r.country == OTHERS)
    if kind is Kind.SHARE_PERCENT:
        others += max(100.0 - others - sum(known.values()), 0.0)
    world = sum(known.values()) + others
    return Supply(
        known,
        others,
        0.0,
        unit=chosen[0].unit,
        year=year,
        mapped=1.0 - others / world if world else float("nan"),
        notes=tuple(notes),
        sources=tuple(dict.fromkeys(r.source for r in chosen)),
    )


def world_notes(facts: Facts, mineral: str, stage: Stage, supply: Supply) -> tuple[str, ...]:
    """Return what the published world total says beside the sum of the rows."""
    notes = []
    for total in facts.world_totals:
        same = (total.mineral, total.stage, total.year, total.unit)
        if same != (mineral, stage, supply.year, supply.unit) or total.kind is Kind.RESERVE:
            continue
        if supply.unit != "percent" and abs(total.published - supply.world) > 0.5:
            notes.append(
                f"Shares are of the sum of the rows, {supply.world:,.0f} {supply.unit}; "
                f"the printed world total is {total.published:,.0f}."
            )
        if total.note:
            notes.append(f"{total.note.rstrip('.')}.")
    return tuple(notes)


def counted(sites: Facilities, by: Basis, year: int | None) -> Supply:
    """Count sites by jurisdiction; those of unknown jurisdiction are unknown."""
    return _of_sites(sites, np.ones(len(sites)), by, "sites", year)


def capacity(
    sites: Facilities,
    facts: Facts,
    mineral: str,
    stage: Stage,
    *,
    by: Basis,
    last_year: int | None = None,
) -> Supply | None:
    """Add up the chosen figure of every site; None where no site has one.

    The world of this supply is the mapped sites: `mapped` says how much of the published world
    output that is. It may exceed 1, since plants can make more than they do.
    """
    measure = measure_of(mineral, stage)
    values, chosen = figures(sites, mineral, stage, facts.quantities, last_year)
    has = np.isfinite(values) & (values > 0)
    if not has.any():
        return None
    years = [f.year for f in chosen if f is not None]
    year = max(set(years), key=lambda y: (years.count(y), y)) if years else _PREFERRED_YEAR
    unit = measure.unit if measure is not None else "t"
    supply = _of_sites(sites.take(has), values[has], by, unit, year)
    table = national(facts.production, mineral, stage, last_year=last_year, kind=Kind.PRODUCTION)
    share = float("nan")
    notes = [f"{int(has.sum())} of {len(sites)} operating sites have a figure."]
    if table is not None and measure is not None and measure.comparable:
        share = supply.world / table.world
        if share > 1:
            notes.append("Capacity exceeds a year's world output.")
    else:
        notes.append("No world total in this unit: the share is of the mapped sites alone.")
    if measure is not None and measure.note:
        notes.append(measure.note)
    return replace(supply, mapped=share, notes=(*supply.notes, *notes))


def reallocated(
    table: Supply, sites: Facilities, facts: Facts, mineral: str, stage: Stage, *, by: Basis
) -> Supply:
    """Move national output to who controls (or lists) the sites that make it.

    In country c with output P_c and mapped sites of figures q_f, M_c their sum, a site stands for
    x_f = q_f min(1, P_c / M_c): a plant's capacity is taken as its output, and never is more
    moved than the country makes. Jurisdiction k gets sum_f x_f over its own sites; sites of
    unknown owner, the rest P_c - sum_f x_f and the source's other countries stay unknown. So

        low(A) = sum_c sum_{f: k_f in A} x_f,  high(A) = low(A) + unknown.

    Where sites are counted in another unit than the output nothing can be moved, and everything
    is unknown.
    """
    measure = measure_of(mineral, stage)
    if measure is None or not measure.comparable or table.unit == "percent":
        return replace(
            table,
            known={},
            others=0.0,
            unknown=table.world,
            mapped=0.0,
            notes=(
                *table.notes,
                _NOT_TRACED,
            ),
        )
    values, _ = figures(sites, mineral, stage, facts.quantities, table.year)
    values = np.where(np.isfinite(values), values, 0.0)
    homes = sites.home(by)
    known: dict[str, float] = {}
    traced = 0.0
    for country, output in table.known.items():
        here = (sites.country == country) & (values > 0)
        total = float(values[here].sum())
        rate = min(1.0, output / total) if total > 0 else 0.0
        traced += total * rate
        for home, tonnes in zip(homes[here], values[here], strict=True):
            if home:
                known[home] = known.get(home, 0.0) + float(tonnes) * rate
    assigned = sum(known.values())
    return replace(
        table,
        known=known,
        others=0.0,
        unknown=max(table.world - assigned, 0.0),
        mapped=traced / table.world if table.world else float("nan"),
        notes=(
            *table.notes,
            _TRACED,
        ),
        sources=tuple(dict.fromkeys((*table.sources, *sites.layer_sources))),
    )


def _of_sites(
    sites: Facilities, values: Sequence[float] | np.ndarray, by: Basis, unit: str, year: int | None
) -> Supply:
    known: dict[str, float] = {}
    unknown = 0.0
    for home, value in zip(sites.home(by), values, strict=True):
        if home:
            known[home] = known.get(home, 0.0) + float(value)
        else:
            unknown += float(value)
    return Supply(
        known,
        0.0,
        unknown,
        unit=unit,
        year=year,
        mapped=float("nan"),
        notes=sites.notes,
        sources=sites.layer_sources,
    )
