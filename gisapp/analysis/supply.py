"""Who supplies how much of a mineral at a stage: amounts by jurisdiction, and national tables.

Every way of counting ends in one `Supply`: amounts by jurisdiction, and what cannot be assigned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from gisapp.analysis.concentration import Bounds, hhi, hhi_between
from gisapp.analysis.ownership import ANYWHERE
from gisapp.analysis.selection import NOWHERE
from gisapp.model.facts import CountryQuantity, Facts, Kind
from gisapp.model.vocabulary import Stage

#: The code of a source's own "other countries".
OTHERS: Final = "OTH"
#: The year of national tables, and of figures where most are of it.
PREFERRED_YEAR: Final = 2024


@dataclass(frozen=True)
class Lot:
    """An amount that belongs to one or several of these jurisdictions; `ANYWHERE` may be any."""

    among: frozenset[str]
    amount: float


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
    shared
        What belongs to some of a few jurisdictions, in unknown parts: counted in `world`.
    room
        What may come on top: at most so much is made at sites without a figure. Not in `world`.
    """

    known: Mapping[str, float]
    others: float
    unknown: float
    unit: str
    year: int | None
    mapped: float
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    shared: tuple[Lot, ...] = ()
    room: tuple[Lot, ...] = ()

    @property
    def world(self) -> float:
        """The denominator: everything counted, assigned or not."""
        return sum(self.known.values()) + self.others + self.loose

    @property
    def loose(self) -> float:
        """What is counted and not assigned to one jurisdiction; the others apart."""
        return self.unknown + sum(lot.amount for lot in self.shared)

    def inside(self, jurisdictions: frozenset[str]) -> Bounds:
        """Return the amount inside a set of jurisdictions, unknowns counted out and in."""
        low = sum(v for code, v in self.known.items() if code in jurisdictions)
        low += sum(lot.amount for lot in self.shared if lot.among <= jurisdictions)
        out = sum(v for code, v in self.known.items() if code not in jurisdictions)
        out += sum(lot.amount for lot in self.shared if _outside(lot, jurisdictions))
        return Bounds(low, max(self.world - out, low))

    def share(self, jurisdictions: frozenset[str]) -> Bounds:
        """Return the share inside a set of jurisdictions, 0 to 1.

        The others of the source and the unknown may be inside; so may what sites without a
        figure make: see `share_bounds`.
        """
        inside, world = self.inside(jurisdictions), self.world
        return share_bounds(
            inside.low,
            world - inside.high,
            inside.high - inside.low,
            sum(r.amount for r in self.room if not _outside(r, jurisdictions)),
            sum(r.amount for r in self.room if not r.among <= jurisdictions),
        )

    def share_of(self, jurisdiction: str) -> Bounds:
        """Return the share of one jurisdiction that the source names; others are not its."""
        found = replace(self, others=0.0, known={**self.known, OTHERS: self.others})
        return found.share(frozenset({jurisdiction}))

    @property
    def shares(self) -> dict[str, float]:
        """Shares of the world by jurisdiction, largest first; what is listed nowhere left out."""
        world = self.world
        named = {c: v / world for c, v in self.known.items() if c != NOWHERE and v > 0}
        return dict(sorted(named.items(), key=lambda item: (-item[1], item[0])))

    @property
    def least(self) -> dict[str, float]:
        """What each named jurisdiction has at least, 0 to 1, largest first."""
        if not self.room:
            return self.shares
        found = {code: self.share_of(code).low for code in self.shares}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def _between(self) -> dict[str, Bounds]:
        """Return the bounds of every supplier's share; the others are one, as "" is."""
        names = {c for c in self.known if c != NOWHERE}
        names |= {c for lot in (*self.shared, *self.room) for c in lot.among}
        found = {name: self.share_of(name) for name in sorted(names - {ANYWHERE})}
        if self.unknown > 0 or self.others > 0 or any(ANYWHERE in r.among for r in self.room):
            free = self.loose + sum(r.amount for r in self.room)
            world = self.world + sum(r.amount for r in self.room)
            found[ANYWHERE] = Bounds(0.0, min((self.others + free) / world, 1.0))
        return found

    def hhi(self) -> Bounds:
        """Return bounds of the HHI, 0 to 1.

        The others may be one more country; the unknown may all belong to the largest. With
        sites that have no figure the bounds are those of `hhi_between`.
        """
        if self.shared or self.room:
            between = self._between()
            least = [b.low for b in between.values()]
            most = [b.high for b in between.values()]
            nowhere = self.known.get(NOWHERE, 0.0)
            spread = (self.others + self.unknown + nowhere) / self.world
            return hhi_between(least, most, spread)
        shares = list(self.shares.values())
        others, unknown = self.others / self.world, self.unknown / self.world
        low = hhi(shares).low
        most = [*shares, others] if others > 0 else shares or [0.0]
        at = most.index(max(most))
        return Bounds(low, hhi(s + unknown if i == at else s for i, s in enumerate(most)).low)

    def largest(self) -> Bounds:
        """Return the share of the largest supplier, whoever it is."""
        if self.shared or self.room:
            between = list(self._between().values())
            low = max((b.low for b in between), default=0.0)
            return Bounds(low, max((b.high for b in between), default=0.0))
        top = max(self.shares.values(), default=0.0)
        unknown = self.unknown / self.world
        return Bounds(top, max(top, self.others / self.world) + unknown)


def share_bounds(
    inside: float, outside: float, loose: float, room_in: float, room_out: float
) -> Bounds:
    """Return the bounds of a share, 0 to 1: I / (W + R_out) and (I + L + R_in) / (W + R_in).

    I is surely inside, L either way, W = I + L + what is surely outside, and R_in and R_out are
    what may come on top inside and outside at most. 0 to 1 where there is nothing.
    """
    world = inside + outside + loose
    if world <= 0.0:
        return Bounds(0.0, 1.0)
    high = (inside + loose + room_in) / (world + room_in)
    return Bounds(inside / (world + room_out), min(high, 1.0))


def _outside(lot: Lot, jurisdictions: frozenset[str]) -> bool:
    return ANYWHERE not in lot.among and not lot.among & jurisdictions


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
        Asks for one kind alone.
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
    year = PREFERRED_YEAR if PREFERRED_YEAR in known_by_then else (known_by_then or years[:1])[-1]
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


def reserves(facts: Facts, mineral: str) -> Supply | None:
    """Return the latest national reserves, the sum of the rows as the world; None without any."""
    found = national(facts.production, mineral, Stage.MINING, kind=Kind.RESERVE)
    if found is None:
        return None
    notes = []
    for total in facts.world_totals:
        if (total.mineral, total.kind, total.year) == (mineral, Kind.RESERVE, found.year):
            bound = " or more" if "lower bound" in total.note else ""
            notes.append(
                f"Shares are of the sum of the rows, {found.world:,.0f} {found.unit}; "
                f"the printed world total is {total.published:,.0f}{bound}."
            )
    return replace(found, notes=(*found.notes, *notes))


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
