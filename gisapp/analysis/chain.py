"""The weakest link: how much the whole chain of an alliance can carry, and where it stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np

from gisapp.analysis.chain_flow import Carried
from gisapp.analysis.chain_nation import REST, national_table, with_national_output
from gisapp.analysis.chain_sites import (
    MINING,
    RARE_EARTHS,
    AddedSite,
    Site,
    Sites,
    Step,
    factors,
    read_sites,
    unit_factor,
)
from gisapp.analysis.chain_value import UNKNOWN_SITE, Prepared, Valued
from gisapp.analysis.chain_ways import Way, shortest_ways
from gisapp.analysis.concentration import Bounds
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.model.vocabulary import Basis, Status
from gisapp.model.yields import Yield, Yields

_WORLD_MAGNETS: Final = "world_magnets"
#: Of these a higher value means that less product comes of the same.
_NEEDS: Final = frozenset({"w_ndpr"})
#: Steps that hold less than this of the smallest cut are not named.
_IN_THE_CUT: Final = 1e-3


@dataclass(frozen=True)
class ChainQuery:
    """What is asked.

    Parameters
    ----------
    inside, title
        The alliance's jurisdictions and what people call it; None is the whole world.
    by
        Whether a site is inside by its place, its controlling owner or its listing.
    as_of
        Sites that start later and figures of later years do not count.
    yields
        With which the steps are brought to one unit.
    added
        Sites that do not exist.
    national
        Counts the national output that no mapped site accounts for, as sites of the country.
    """

    mineral: str
    inside: frozenset[str] | None = None
    title: str = ""
    by: Basis = Basis.LOCATION
    as_of: date | None = None
    statuses: frozenset[Status] = frozenset({Status.OPERATING})
    yields: Yields = field(default_factory=Yields)
    added: tuple[AddedSite, ...] = ()
    national: bool = True


@dataclass(frozen=True)
class StepResult:
    """One step of the chain, of the alliance and of the world.

    Parameters
    ----------
    capacity, world
        Tonnes of the end product a year: what has no figure or no known home counted as nothing
        and as in the note.
    amount
        The same in tonnes of the step's unit.
    through
        What of the low capacity the chain uses, in tonnes of the end product.
    cut
        The share of the limit that stands at this step, 0 to 1.
    sites, unknown, open
        How many sites there are, how many of them have no figure, and of these how many no
        national output holds: what they make is open.
    """

    step: Step
    capacity: Bounds
    amount: Bounds
    through: float
    cut: float
    sites: int
    unknown: int
    open: int
    world: Bounds

    @property
    def used(self) -> float:
        """How much of the low capacity the chain uses, 0 to 1; NaN without any."""
        return self.through / self.capacity.low if self.capacity.low > 0 else float("nan")


@dataclass(frozen=True)
class Rung:
    """What the chain carries when others help at the steps that limit it.

    Parameters
    ----------
    step
        The step that is lifted.
    more
        Tonnes a year in its unit that others have to carry.
    carried
        What the chain carries then, tonnes of the end product.
    binding
        The step that limits it then.
    """

    step: Step
    more: float
    carried: float
    binding: Step


@dataclass(frozen=True)
class Sensitivity:
    """What the low figure is at the ends of a yield's range.

    `flips` is True where another step binds at one of them.
    """

    id: str
    name: str
    carried: Bounds
    binding: tuple[str, str]
    flips: bool

    def moves_to(self, step: str) -> str:
        """Return the step that limits the chain at an end of the range, where it is another."""
        return next((b for b in self.binding if b != step), step)


@dataclass(frozen=True)
class SiteRow:
    """A site of the alliance, or of the world where none is asked, for a table.

    `low` and `high` are tonnes of the end product; `through` what the chain uses of the low one.
    `inside` is None where its home is unknown.
    """

    site: Site
    low: float
    high: float
    through: float
    inside: bool | None


@dataclass(frozen=True, eq=False)
class ChainResult:
    """The answer.

    Parameters
    ----------
    product, unit
        The end product ("magnets") and the unit of all its tonnes ("t magnets").
    carried, world
        Tonnes of the end product a year, of the alliance and of all sites.
    binding, binding_high
        Ids of the steps that limit the low and the high figure, the chief one first.
    over_yields
        The low figure with every yield at the worse and at the better end of its range.
    yardstick, yardstick_source
        The published world output of the end product in tonnes; NaN and "" where there is none.
    sites
        All sites, inside or not; the ways number them.
    rows
        The sites that are, or may be, inside.
    ways
        How the low figure gets through with the least tonne-kilometres.
    """

    query: ChainQuery
    product: str
    unit: str
    steps: tuple[StepResult, ...]
    carried: Bounds
    world: Bounds
    binding: tuple[str, ...]
    binding_high: tuple[str, ...]
    over_yields: Bounds
    rungs: tuple[Rung, ...]
    sensitivity: tuple[Sensitivity, ...]
    yardstick: float
    yardstick_source: str
    sites: tuple[Site, ...]
    rows: tuple[SiteRow, ...]
    ways: tuple[Way, ...]
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    def step(self, step_id: str) -> StepResult:
        """Return a step by its id."""
        return next(s for s in self.steps if s.step.id == step_id)

    @property
    def share(self) -> Bounds:
        """What is carried as a share of the yardstick, 0 to 1; NaN without one."""
        return Bounds(self.carried.low / self.yardstick, self.carried.high / self.yardstick)


def weakest_link(
    query: ChainQuery,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> ChainResult:
    """Follow a mineral from mines to the end product and find the step that limits it.

    The alliance's chain is the largest flow from its mines through its plants (see `chain_flow`),
    every capacity in tonnes of the end product. In the low figure sites without a figure and
    sites of unknown home carry nothing; in the high one the former count as the known site of
    their step at the rank `unknown_site` (the median), the latter as inside.

    Raises
    ------
    GisappError
        `unknown_mineral`; `no_chain` where steps cannot be counted in one unit; `bad_query` for
        an alliance without members.
    Cancelled
        If the feedback was cancelled.
    """
    if query.inside is not None and not query.inside:
        raise GisappError(
            "bad_query",
            f"{query.title or 'The alliance'} has no members at this date.",
            "Choose another alliance or date.",
        )
    feedback = feedback or Feedback()
    sites = read_sites(
        query.mineral,
        layers,
        facts,
        query.yields,
        by=query.by,
        statuses=query.statuses,
        as_of=query.as_of,
        added=query.added,
        jurisdictions=jurisdictions,
        feedback=feedback,
    )
    notes: tuple[str, ...] = ()
    if query.national and Status.OPERATING in query.statuses:
        sites, notes = with_national_output(
            sites, facts, query.yields, by=query.by, inside=query.inside, as_of=query.as_of
        )
    feedback.check(0.3, "The weakest link")
    prepared = Prepared(sites, query.inside)
    valued = prepared.at(query.yields)
    low, high = valued.solve(valued.sure), valued.solve(valued.possible)
    everyone = Bounds(valued.solve(valued.low).total, valued.solve(valued.high).total)
    feedback.check(0.5, "Yields")
    sensitivity = _sensitivity(prepared, query, low, feedback)
    feedback.check(0.9, "Ways")
    ways, left_out = shortest_ways(sites.sites, valued.sure, low.total)
    yardstick, source = _yardstick(sites, query, facts)
    return ChainResult(
        query,
        product=sites.product,
        unit=sites.steps[-1].unit,
        steps=_steps(valued, query, low),
        carried=Bounds(low.total, high.total),
        world=everyone,
        binding=_binding(low, sites.steps),
        binding_high=_binding(high, sites.steps),
        over_yields=_over_yields(prepared, query),
        rungs=_rungs(valued, query, low),
        sensitivity=sensitivity,
        yardstick=yardstick,
        yardstick_source=source,
        sites=sites.sites,
        rows=_rows(valued, low, ways),
        ways=ways,
        notes=(*_notes(valued, query), *notes, *left_out, *sites.notes),
        sources=tuple(dict.fromkeys(s for s in (*_cited(sites), source) if s)),
    )


def _binding(carried: Carried, steps: Sequence[Step]) -> tuple[str, ...]:
    order = np.argsort(-carried.cut, kind="stable")
    least = _IN_THE_CUT * max(float(carried.cut.max(initial=0.0)), 1e-12)
    return tuple(steps[i].id for i in order.tolist() if carried.cut[i] > least)


def _steps(valued: Valued, query: ChainQuery, low: Carried) -> tuple[StepResult, ...]:
    at, sites = valued.prepared, valued.prepared.sites
    table = factors(sites.mineral, query.yields)
    sure, possible = at.per_step(valued.sure), at.per_step(valued.possible)
    world, world_high = at.per_step(valued.low), at.per_step(valued.high)
    through = at.per_step(low.through)
    counted = at.mapped & (at.maybe > 0)
    number, silent, open_ = (at.per_step(counted & mask) for mask in (counted, at.silent, at.open))
    found = []
    for i, step in enumerate(sites.steps):
        capacity = Bounds(float(sure[i]), float(possible[i]))
        per = unit_factor(step, sites, query.yields, table)
        amount = Bounds(capacity.low / per, capacity.high / per)
        if step.id == MINING:  # ores differ in what they hold: their own tonnes
            amount = _own_tonnes(valued, i, amount, capacity)
        found.append(
            StepResult(
                step,
                capacity,
                amount,
                through=float(through[i]),
                cut=float(low.cut[i] / max(low.cut.sum(), 1e-12)),
                sites=int(number[i]),
                unknown=int(silent[i]),
                open=int(open_[i]),
                world=Bounds(float(world[i]), float(world_high[i])),
            )
        )
    return tuple(found)


def _own_tonnes(valued: Valued, step: int, amount: Bounds, capacity: Bounds) -> Bounds:
    at = valued.prepared
    here = (at.step == step) & ~at.silent
    own = float((at.amount * at.sure)[here].sum())
    per = own / capacity.low if capacity.low > 0 else amount.high / max(capacity.high, 1e-12)
    return Bounds(own, capacity.high * per)


def _rungs(valued: Valued, query: ChainQuery, low: Carried) -> tuple[Rung, ...]:
    """Lift the step that limits, then the next, until others would have to carry all of it."""
    sites = valued.prepared.sites
    steps, table = sites.steps, factors(sites.mineral, query.yields)
    rungs: list[Rung] = []
    lent: frozenset[int] = frozenset()
    now = low
    while len(lent) < len(steps) - 1:
        at = now.binding
        if at in lent or steps[at].id == MINING:  # ore that is not there no plant can replace
            break
        lent |= {at}
        now = valued.solve(valued.sure, lent)
        per = unit_factor(steps[at], sites, query.yields, table)
        rungs.append(Rung(steps[at], float(now.lent[at]) / per, now.total, steps[now.binding]))
    return tuple(rungs)


def _sensitivity(
    prepared: Prepared, query: ChainQuery, low: Carried, feedback: Feedback
) -> tuple[Sensitivity, ...]:
    found, sites = [], prepared.sites
    for row in _used_yields(sites, query):
        feedback.check(text="Yields")
        ends = [_with_yields(prepared, query, {row.id: value}) for value in (row.low, row.high)]
        binding = tuple(sites.steps[end.binding].id for end in ends)
        totals = sorted(end.total for end in ends)
        found.append(
            Sensitivity(
                row.id,
                row.name,
                Bounds(totals[0], totals[1]),
                (binding[0], binding[1]),
                flips=any(b != sites.steps[low.binding].id for b in binding),
            )
        )
    return tuple(found)


def _over_yields(prepared: Prepared, query: ChainQuery) -> Bounds:
    rows = _used_yields(prepared.sites, query)
    # more of everything gives more, but for what a tonne of product needs
    worse = {row.id: row.high if row.id in _NEEDS else row.low for row in rows}
    better = {row.id: row.low if row.id in _NEEDS else row.high for row in rows}
    return Bounds(*(_with_yields(prepared, query, ends).total for ends in (worse, better)))


def _with_yields(prepared: Prepared, query: ChainQuery, ends: dict[str, float]) -> Carried:
    valued = prepared.at(query.yields.with_(ends))
    return valued.solve(valued.sure)


def _used_yields(sites: Sites, query: ChainQuery) -> list[Yield]:
    """Return the yields with a range that the chain's figures rest on."""
    used = {site.share for site in sites.sites if site.share}
    return [
        row
        for row in query.yields.rows
        if row.low < row.high
        and row.id not in (_WORLD_MAGNETS, UNKNOWN_SITE)
        and (
            row.id == f"y_refine:{sites.mineral}"
            or (sites.is_magnets and ":" not in row.id)
            or row.id in used
        )
    ]


def _yardstick(sites: Sites, query: ChainQuery, facts: Facts) -> tuple[float, str]:
    if sites.mineral == RARE_EARTHS:
        if _WORLD_MAGNETS not in query.yields:
            return float("nan"), ""
        row = query.yields.row(_WORLD_MAGNETS)
        return query.yields[_WORLD_MAGNETS], f"{row.name}: {row.source}"
    supply = national_table(sites, sites.steps[-1], facts, query.as_of)
    if supply is None or supply.world <= 0:
        return float("nan"), ""
    return supply.world, "; ".join(supply.sources)


def _rows(valued: Valued, low: Carried, ways: Sequence[Way]) -> tuple[SiteRow, ...]:
    at = valued.prepared
    used, sure, possible = low.through.copy(), valued.sure, valued.possible
    if ways:  # of sites that could serve alike the ways choose the near ones
        used = np.zeros(len(used))
        for way in ways:
            if at.step[way.start] == 0:
                used[way.start] += way.tonnes
            used[way.end] += way.tonnes
    rows = [
        SiteRow(
            at.sites.sites[i],
            float(sure[i]),
            float(possible[i]),
            float(used[i]),
            True if at.sure[i] > 0 else None,
        )
        for i in np.flatnonzero(at.maybe).tolist()
    ]
    return tuple(sorted(rows, key=lambda r: (r.site.step, -r.low, -r.high, r.site.name)))


def _cited(sites: Sites) -> tuple[str, ...]:
    """Return the sources of national output; those of sites stand in their rows."""
    return tuple(dict.fromkeys(s.source for s in sites.sites if s.id.startswith(REST)))


def _notes(valued: Valued, query: ChainQuery) -> tuple[str, ...]:
    at, sites = valued.prepared, valued.prepared.sites
    unit = (
        "Every step is counted in the finished magnets that it suffices for, by neodymium and "
        "praseodymium; dysprosium and terbium may bind earlier."
        if sites.is_magnets
        else "Every step is counted in tonnes of the refined mineral that it suffices for."
    )
    kinds = "Mines count by output, plants by capacity."
    notes = [f"{unit} {kinds}"]
    open_ = at.open & (at.maybe > 0)
    typical = [
        f"{len(values)} {step.plants}, {whole(float(values.mean()))} t each"
        for i, step in enumerate(sites.steps)
        if len(values := valued.high[open_ & (at.step == i)])
    ]
    if typical:
        notes.append(
            "Sites without a figure carry nothing in the low figure and, in the high one, as much "
            f"as the known site at rank {query.yields[UNKNOWN_SITE]:g} of their step "
            f"({'; '.join(typical)})."
        )
    changed = query.yields.changed
    if changed:
        told = ", ".join(f"{query.yields.row(k).name} {v:g}" for k, v in changed)
        notes.append(f"Yields of one's own: {told}.")
    return tuple(notes)
