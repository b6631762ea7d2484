"""Supplies made of sites: their number, their figures, or national output moved to their owners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

import numpy as np

from gisapp.analysis.measures import measure_of
from gisapp.analysis.ownership import ANYWHERE, Holding, equity
from gisapp.analysis.quantity import figures
from gisapp.analysis.selection import Facilities
from gisapp.analysis.supply import PREFERRED_YEAR, Lot, Supply, national
from gisapp.model.facts import Facts, Kind
from gisapp.model.vocabulary import Basis, Stage

#: For every site, to whom it belongs and how much of it.
Holdings: TypeAlias = Sequence[tuple[Holding, ...]]

_NOT_TRACED: Final = (
    "Sites are measured in another unit than national output, so that no output can be traced to "
    "an owner: ask by capacity."
)
_TRACED: Final = (
    "National output is moved to the owners of the mapped sites, plants taken to run at capacity "
    "or, where that exceeds the national output, at one common rate; what no mapped site accounts "
    "for is unknown."
)


def counted(sites: Facilities, facts: Facts, by: Basis, year: int | None) -> Supply:
    """Count sites by jurisdiction; those of unknown jurisdiction are unknown."""
    return _of_sites(sites, np.ones(len(sites)), holdings_of(sites, facts, by), "sites", year)


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
    output that is. It may exceed 1, since plants can make more than they do. Mines without a
    figure are bounded by what the national output leaves for them; nothing published bounds
    plants without one, and a note says so.
    """
    measure = measure_of(mineral, stage)
    values, chosen = figures(sites, mineral, stage, facts.quantities, last_year)
    has = np.isfinite(values) & (values > 0)
    if not has.any():
        return None
    years = [f.year for f in chosen if f is not None]
    year = max(set(years), key=lambda y: (years.count(y), y)) if years else PREFERRED_YEAR
    unit = measure.unit if measure is not None else "t"
    supply = _of_sites(
        sites.take(has), values[has], holdings_of(sites.take(has), facts, by), unit, year
    )
    table = national(facts.production, mineral, stage, last_year=last_year, kind=Kind.PRODUCTION)
    share = float("nan")
    notes = [f"{int(has.sum())} of {len(sites)} operating sites have a figure."]
    lost = sites.take(~has)
    if table is not None and measure is not None and measure.comparable:
        share = supply.world / table.world
        if share > 1:
            notes.append("Capacity exceeds a year's world output.")
        if len(lost) and stage is Stage.MINING:
            room, note = _room(
                table, _by_country(sites.take(has), values[has]), lost, holdings_of(lost, facts, by)
            )
            supply = replace(supply, room=room)
            notes.append(note)
    else:
        notes.append("No world total in this unit: the share is of the mapped sites alone.")
    if len(lost) and not supply.room:
        notes.append("Nothing published bounds the sites without a figure: they are left out.")
    if measure is not None and measure.note:
        notes.append(measure.note)
    return replace(supply, mapped=share, notes=(*supply.notes, *notes))


def _by_country(sites: Facilities, tonnes: np.ndarray) -> dict[str, float]:
    return {code: float(tonnes[sites.country == code].sum()) for code in set(sites.country)}


def _room(
    table: Supply, made: Mapping[str, float], lost: Facilities, holdings: Holdings
) -> tuple[tuple[Lot, ...], str]:
    """Return what mines without a figure can make at most: what their country's output leaves.

    Parameters
    ----------
    made
        What the sites with a figure make, by country.
    lost, holdings
        Those without, and to whom they belong.
    """
    room = []
    placed = lost.country != ""
    for country in sorted(set(lost.country[placed])):
        left = max(table.known.get(country, table.others) - made.get(country, 0.0), 0.0)
        here = np.flatnonzero(lost.country == country).tolist()
        among = {home for i in here for h in holdings[i] for home in h.homes}
        if any(sum(h.share for h in holdings[i]) < 0.999 for i in here):
            among.add(ANYWHERE)
        if left > 0:
            room.append(Lot(frozenset(among), left))
    note = "Mines without a figure make between nothing and what their country's output leaves."
    if not placed.all():
        note += " Those without a country are left out."
    return tuple(room), note


def reallocated(
    table: Supply,
    sites: Facilities,
    facts: Facts,
    mineral: str,
    stage: Stage,
    *,
    by: Basis,
    extend: bool = False,
) -> Supply:
    """Move national output to who controls, holds or lists the sites that make it.

    In country c with output P_c and mapped sites of figures q_f, M_c their sum, a site stands for
    x_f = q_f min(1, P_c / M_c): a plant's capacity is taken as its output, and never is more
    moved than the country makes. Jurisdiction k gets sum_f e_fk x_f over the sites that it holds
    (by control or listing all of a site, e = 1; by equity its share e); what is of unknown
    holder, the rest P_c - sum_f x_f and the source's other countries stay unknown. So

        low(A) = sum_c sum_{f: k_f in A} e_fk x_f,  high(A) = low(A) + unknown.

    Where sites are counted in another unit than the output nothing can be moved, and everything
    is unknown.

    Parameters
    ----------
    extend
        Takes all output of a country with mapped sites as held as they are (x_f = q_f P_c / M_c):
        an assumption, no bound.
    """
    moved = traced(table, sites, facts, mineral, stage, extend=extend)
    if moved is None:
        return replace(
            table,
            known={},
            others=0.0,
            unknown=table.world,
            mapped=0.0,
            notes=(*table.notes, _NOT_TRACED),
        )
    known, shared = _assigned(moved, holdings_of(sites, facts, by))
    assigned = sum(known.values()) + sum(lot.amount for lot in shared)
    return replace(
        table,
        known=known,
        others=0.0,
        unknown=max(table.world - assigned, 0.0),
        shared=shared,
        mapped=float(moved.sum()) / table.world if table.world else float("nan"),
        notes=(*table.notes, _TRACED),
        sources=tuple(dict.fromkeys((*table.sources, *sites.layer_sources))),
    )


def traced(
    table: Supply,
    sites: Facilities,
    facts: Facts,
    mineral: str,
    stage: Stage,
    *,
    extend: bool = False,
) -> np.ndarray | None:
    """Return how much of the national output each site stands for (see `reallocated`), shape (n,).

    None where sites are counted in another unit than the output.
    """
    measure = measure_of(mineral, stage)
    if measure is None or not measure.comparable or table.unit == "percent":
        return None
    values, _ = figures(sites, mineral, stage, facts.quantities, table.year)
    values = np.where(np.isfinite(values), values, 0.0)
    moved = np.zeros(len(sites))
    for country, output in table.known.items():
        here = (sites.country == country) & (values > 0)
        total = float(values[here].sum())
        if total > 0:
            rate = output / total
            moved[here] = values[here] * (rate if extend else min(1.0, rate))
    return moved


def holdings_of(sites: Facilities, facts: Facts, by: Basis) -> Holdings:
    """Return which countries each site belongs to, and how much of it."""
    if by is Basis.EQUITY:
        return equity(sites, facts)
    return [(Holding(frozenset({home}), 1.0),) if home else () for home in sites.home(by)]


def _assigned(
    amounts: Iterable[float], holdings: Holdings
) -> tuple[dict[str, float], tuple[Lot, ...]]:
    """Return what is one jurisdiction's, and what is among a few."""
    known: dict[str, float] = {}
    among: dict[frozenset[str], float] = {}
    for amount, held in zip(amounts, holdings, strict=True):
        for part in held if amount > 0 else ():
            tonnes = float(amount) * part.share
            if ANYWHERE in part.homes:
                continue
            if len(part.homes) == 1:
                home = next(iter(part.homes))
                known[home] = known.get(home, 0.0) + tonnes
            else:
                among[part.homes] = among.get(part.homes, 0.0) + tonnes
    return known, tuple(Lot(homes, amount) for homes, amount in among.items())


def _of_sites(
    sites: Facilities,
    values: Sequence[float] | np.ndarray,
    holdings: Holdings,
    unit: str,
    year: int | None,
) -> Supply:
    known, shared = _assigned(values, holdings)
    assigned = sum(known.values()) + sum(lot.amount for lot in shared)
    unknown = float(np.sum(values)) - assigned
    return Supply(
        known,
        0.0,
        unknown if unknown > 1e-9 * assigned else 0.0,
        unit=unit,
        year=year,
        mapped=float("nan"),
        notes=sites.notes,
        sources=sites.layer_sources,
        shared=shared,
    )
