"""The weakest link: how much the whole chain of an alliance can carry, and where it stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np

from gisapp.analysis.chain_flow import Carried, Node, most_carried
from gisapp.analysis.chain_sites import (
    MINING,
    RARE_EARTHS,
    REFINING,
    SEPARATION,
    AddedSite,
    Site,
    Sites,
    Step,
    end_tonnes,
    factors,
    read_sites,
    unit_factor,
)
from gisapp.analysis.chain_ways import Way, shortest_ways
from gisapp.analysis.concentration import Bounds
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.quantity import measure_of
from gisapp.analysis.supply import OTHERS, Supply, national
from gisapp.model.facts import Facts, Kind
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.model.vocabulary import Basis, Stage, Status
from gisapp.model.yields import Yield, Yields

_MAGNET_ELEMENTS: Final = "t magnet rare earth elements"
_WORLD_MAGNETS: Final = "world_magnets"
_UNKNOWN_SITE: Final = "unknown_site"
#: Of these a higher value means that less product comes of the same.
_NEEDS: Final = frozenset({"w_ndpr"})
#: Steps that hold less than this of the smallest cut are not named.
_IN_THE_CUT: Final = 1e-3
_NATIONAL: Final = {
    MINING: Stage.MINING,
    SEPARATION: Stage.REFINING,
    REFINING: Stage.REFINING,
}


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


@dataclass(frozen=True, eq=False)
class _Valued:
    """Sites with bounds in tonnes of the end product, shape (n,), and who is inside."""

    sites: Sites
    low: Floats
    high: Floats
    sure: Floats
    maybe: Floats

    def nodes(self, amounts: Floats) -> list[Node]:
        return [
            Node(site.step, float(amount), site.takes, site.makes)
            for site, amount in zip(self.sites.sites, amounts, strict=True)
        ]

    def solve(self, amounts: Floats, lent: frozenset[int] = frozenset()) -> Carried:
        return most_carried(self.nodes(amounts), len(self.sites.steps), lent=lent)

    def per_step(self, amounts: Floats) -> Floats:
        steps = np.array([site.step for site in self.sites.sites], dtype=np.int64)
        total = np.bincount(steps, weights=amounts, minlength=len(self.sites.steps))
        return total.astype(np.float64)


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
    sites, notes = _with_national_output(sites, query, facts)
    feedback.check(0.3, "The weakest link")
    valued = _valued(sites, query, query.yields)
    low, high = valued.solve(valued.low * valued.sure), valued.solve(valued.high * valued.maybe)
    everyone = Bounds(valued.solve(valued.low).total, valued.solve(valued.high).total)
    feedback.check(0.5, "Yields")
    sensitivity = _sensitivity(sites, query, low, feedback)
    feedback.check(0.9, "Ways")
    ways, left_out = shortest_ways(sites.sites, valued.low * valued.sure, low.total)
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
        over_yields=_over_yields(sites, query),
        rungs=_rungs(valued, query, low),
        sensitivity=sensitivity,
        yardstick=yardstick,
        yardstick_source=source,
        sites=sites.sites,
        rows=_rows(valued, low, ways),
        ways=ways,
        notes=(*_notes(sites, valued, query), *notes, *left_out, *sites.notes),
        sources=tuple(dict.fromkeys(s for s in (*_cited(sites), source) if s)),
    )


def _with_national_output(
    sites: Sites, query: ChainQuery, facts: Facts
) -> tuple[Sites, tuple[str, ...]]:
    """Return the sites with what the national tables know and no mapped site accounts for.

    The rest of a country's output stands as one site of it, and of unknown owner. Its operating
    sites without a figure are within that rest and count nothing by themselves.
    """
    if not query.national or Status.OPERATING not in query.statuses:
        return sites, ()
    found, notes = list(sites.sites), []
    table = factors(sites.mineral, query.yields)
    for i, step in enumerate(sites.steps):
        supply = _national_table(sites, step, query, facts)
        if supply is None:
            continue
        form = "magnet rare earths" if step.id == SEPARATION else "REO"
        pool = Site(
            "", "", i, "", "", None, Status.OPERATING.value, 1.0,
            form if sites.is_magnets else "",
            *_everything(found, i), share="ndpr_share" if sites.is_magnets else "",
            year=supply.year, source="; ".join(supply.sources),
        )  # fmt: skip
        one = end_tonnes(pool, sites, query.yields, table)
        made: dict[str, float] = {}
        for k, site in enumerate(found):
            if site.step != i or site.status not in ("", Status.OPERATING.value):
                continue
            of = site.country if site.country in supply.known else OTHERS
            if site.known:
                # in the table's own unit: ores differ in what they hold
                same = site.form == pool.form and step.id != SEPARATION
                tonnes = site.amount if same else end_tonnes(site, sites, query.yields, table) / one
                made[of] = made.get(of, 0.0) + tonnes
            elif site.country:
                found[k] = replace(site, pooled=True)
        for country, output in (*supply.known.items(), (OTHERS, supply.others)):
            rest = output - made.get(country, 0.0)
            if rest > 0:
                found.append(_rest(pool, country, rest, query.by, facts))
        notes.append(
            f"National output of {step.title} that no mapped site accounts for counts with the "
            f"country ({supply.year}); sites without a figure are within it."
        )
    return replace(sites, sites=tuple(found)), tuple(notes)


def _national_table(sites: Sites, step: Step, query: ChainQuery, facts: Facts) -> Supply | None:
    stage = _NATIONAL.get(step.id)
    if stage is None:
        return None
    last_year = None if query.as_of is None else query.as_of.year
    table = national(
        facts.production, sites.mineral, stage, last_year=last_year, kind=Kind.PRODUCTION
    )
    if table is None:
        return None
    if step.id == SEPARATION:
        return table if table.unit == _MAGNET_ELEMENTS else None
    measure = measure_of(sites.mineral, stage)
    same = measure is not None and measure.comparable and measure.unit == step.unit
    return table if same else None


def _everything(sites: Sequence[Site], step: int) -> tuple[frozenset[str], frozenset[str]]:
    """Return all classes that sites of a step take and make, and their neighbours make and take."""
    takes = {c for s in sites if s.step == step for c in s.takes}
    takes |= {c for s in sites if s.step == step - 1 for c in s.makes}
    makes = {c for s in sites if s.step == step for c in s.makes}
    makes |= {c for s in sites if s.step == step + 1 for c in s.takes}
    return frozenset(takes), frozenset(makes)


def _rest(pool: Site, country: str, amount: float, by: Basis, facts: Facts) -> Site:
    others = country == OTHERS
    name = "countries not named" if others else facts.countries.get(country, country)
    return replace(
        pool,
        id=f"rest:{pool.step}:{country}",
        name=f"Other output of {name}",
        country="" if others else country,
        home=country if by is Basis.LOCATION and not others else "",
        amount=amount,
        product="national output less mapped sites",
    )


def _valued(sites: Sites, query: ChainQuery, yields: Yields) -> _Valued:
    table = factors(sites.mineral, yields)
    own = np.array([end_tonnes(site, sites, yields, table) for site in sites.sites])
    known = np.isfinite(own)
    high = np.where(known, own, 0.0)
    for i, site in enumerate(sites.sites):
        if not known[i] and not site.pooled:
            high[i] = _typical(sites.sites, own, site, yields[_UNKNOWN_SITE])
    sure, maybe = np.ones(len(own)), np.ones(len(own))
    if query.inside is not None:
        homes = [site.home for site in sites.sites]
        sure = np.array([home in query.inside for home in homes], dtype=float)
        maybe = np.array([home in query.inside or home == "" for home in homes], dtype=float)
    return _Valued(sites, np.where(known, own, 0.0), high, sure, maybe)


def _typical(sites: Sequence[Site], own: Floats, unknown: Site, rank: float) -> float:
    """Return the known site at a rank of those that take and make the same, else of the step."""
    mapped = [
        i for i, s in enumerate(sites) if s.step == unknown.step and s.row >= 0 and own[i] > 0
    ]
    alike = [
        i for i in mapped if (sites[i].takes, sites[i].makes) == (unknown.takes, unknown.makes)
    ]
    values = own[alike or mapped]
    return float(np.quantile(values, rank)) if len(values) else 0.0


def _binding(carried: Carried, steps: Sequence[Step]) -> tuple[str, ...]:
    order = np.argsort(-carried.cut, kind="stable")
    least = _IN_THE_CUT * max(float(carried.cut.max(initial=0.0)), 1e-12)
    return tuple(steps[i].id for i in order.tolist() if carried.cut[i] > least)


def _steps(valued: _Valued, query: ChainQuery, low: Carried) -> tuple[StepResult, ...]:
    sites, table = valued.sites, factors(valued.sites.mineral, query.yields)
    sure, maybe = (
        valued.per_step(valued.low * valued.sure),
        valued.per_step(valued.high * valued.maybe),
    )
    world, world_high = valued.per_step(valued.low), valued.per_step(valued.high)
    through = valued.per_step(low.through)
    mapped = np.array([site.row >= 0 for site in sites.sites], dtype=float) * valued.maybe
    silent = np.array([not site.known for site in sites.sites], dtype=float)
    open_ = np.array([not site.known and not site.pooled for site in sites.sites], dtype=float)
    found = []
    for i, step in enumerate(sites.steps):
        capacity = Bounds(float(sure[i]), float(maybe[i]))
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
                sites=int(valued.per_step(mapped)[i]),
                unknown=int(valued.per_step(mapped * silent)[i]),
                open=int(valued.per_step(mapped * open_)[i]),
                world=Bounds(float(world[i]), float(world_high[i])),
            )
        )
    return tuple(found)


def _own_tonnes(valued: _Valued, step: int, amount: Bounds, capacity: Bounds) -> Bounds:
    own = sum(
        site.amount
        for site, sure in zip(valued.sites.sites, valued.sure, strict=True)
        if site.step == step and sure and site.known
    )
    per = own / capacity.low if capacity.low > 0 else amount.high / max(capacity.high, 1e-12)
    return Bounds(own, capacity.high * per)


def _rungs(valued: _Valued, query: ChainQuery, low: Carried) -> tuple[Rung, ...]:
    """Lift the step that limits, then the next, until others would have to carry all of it."""
    steps = valued.sites.steps
    table = factors(valued.sites.mineral, query.yields)
    amounts = valued.low * valued.sure
    rungs: list[Rung] = []
    lent: frozenset[int] = frozenset()
    now = low
    while len(lent) < len(steps) - 1:
        at = now.binding
        if at in lent or steps[at].id == MINING:  # ore that is not there no plant can replace
            break
        lent |= {at}
        now = valued.solve(amounts, lent)
        per = unit_factor(steps[at], valued.sites, query.yields, table)
        rungs.append(Rung(steps[at], float(now.lent[at]) / per, now.total, steps[now.binding]))
    return tuple(rungs)


def _sensitivity(
    sites: Sites, query: ChainQuery, low: Carried, feedback: Feedback
) -> tuple[Sensitivity, ...]:
    found = []
    for row in _used_yields(sites, query):
        feedback.check(text="Yields")
        ends = [_with_yields(sites, query, {row.id: value}) for value in (row.low, row.high)]
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


def _over_yields(sites: Sites, query: ChainQuery) -> Bounds:
    rows = _used_yields(sites, query)
    # more of everything gives more, but for what a tonne of product needs
    worse = {row.id: row.high if row.id in _NEEDS else row.low for row in rows}
    better = {row.id: row.low if row.id in _NEEDS else row.high for row in rows}
    return Bounds(*(_with_yields(sites, query, ends).total for ends in (worse, better)))


def _with_yields(sites: Sites, query: ChainQuery, ends: dict[str, float]) -> Carried:
    valued = _valued(sites, query, query.yields.with_(ends))
    return valued.solve(valued.low * valued.sure)


def _used_yields(sites: Sites, query: ChainQuery) -> list[Yield]:
    """Return the yields with a range that the chain's figures rest on."""
    used = {site.share for site in sites.sites if site.share}
    return [
        row
        for row in query.yields.rows
        if row.low < row.high
        and row.id not in (_WORLD_MAGNETS, _UNKNOWN_SITE)
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
    supply = _national_table(sites, sites.steps[-1], query, facts)
    if supply is None or supply.world <= 0:
        return float("nan"), ""
    return supply.world, "; ".join(supply.sources)


def _rows(valued: _Valued, low: Carried, ways: Sequence[Way]) -> tuple[SiteRow, ...]:
    used = low.through.copy()
    if ways:  # of sites that could serve alike the ways choose the near ones
        used = np.zeros(len(used))
        for way in ways:
            if valued.sites.sites[way.start].step == 0:
                used[way.start] += way.tonnes
            used[way.end] += way.tonnes
    rows = [
        SiteRow(
            site,
            float(valued.low[i] * valued.sure[i]),
            float(valued.high[i]),
            float(used[i]),
            True if valued.sure[i] else None,
        )
        for i, site in enumerate(valued.sites.sites)
        if valued.maybe[i]
    ]
    return tuple(sorted(rows, key=lambda r: (r.site.step, -r.low, -r.high, r.site.name)))


def _cited(sites: Sites) -> tuple[str, ...]:
    """Return the sources of national output; those of sites stand in their rows."""
    return tuple(dict.fromkeys(s.source for s in sites.sites if s.id.startswith("rest:")))


def _notes(sites: Sites, valued: _Valued, query: ChainQuery) -> tuple[str, ...]:
    unit = (
        "Every step is counted in the finished magnets that it suffices for, by neodymium and "
        "praseodymium; dysprosium and terbium may bind earlier."
        if sites.is_magnets
        else "Every step is counted in tonnes of the refined mineral that it suffices for."
    )
    kinds = "Mines count by output, plants by capacity."
    notes = [f"{unit} {kinds}"]
    typical: dict[str, list[float]] = {}
    for i, site in enumerate(sites.sites):
        if not site.known and not site.pooled and valued.maybe[i]:
            step = sites.steps[site.step]
            typical.setdefault(step.plants, []).append(float(valued.high[i]))
    if typical:
        each = "; ".join(
            f"{len(values)} {plants}, {whole(float(np.mean(values)))} t each"
            for plants, values in typical.items()
        )
        notes.append(
            "Sites without a figure carry nothing in the low figure and, in the high one, as much "
            f"as the known site at rank {query.yields[_UNKNOWN_SITE]:g} of their step ({each})."
        )
    changed = query.yields.changed
    if changed:
        told = ", ".join(f"{query.yields.row(k).name} {v:g}" for k, v in changed)
        notes.append(f"Yields of one's own: {told}.")
    return tuple(notes)
