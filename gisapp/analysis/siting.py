"""Where the next plants should go: capacitated siting over candidate places.

Given what is (an allocation of ore to plants), k plants of a capacity Q are put on k of the
candidates so that first most tonnes find a place and then the ways cost least. One plant is found
exactly: what a candidate can save is at most

    max sum_i (p_i - c_i) x_i,  sum_i r x_i <= Q,  0 <= x_i <= s_i

with the dual prices p of the ore, so that candidates are tried in the order of that bound until
none that is left can beat the best. Several are found by adding one by one and exchanging, and
then by the mixed-integer programme itself (HiGHS) within a time limit; its bound tells how far
from the optimum the answer can be at most.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from gisapp.analysis.allocation import Allocation, allocate
from gisapp.analysis.feedstock import FlowQuery
from gisapp.analysis.flows import FlowResult, Ways
from gisapp.analysis.network.journey import JourneyMatrix, Measure
from gisapp.analysis.network.ports import Ports
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError

#: Most plants that can be asked for at once.
MOST: Final = 5
#: What stands where a plant could go: a port, a plant of the same stage, what feeds it.
KINDS: Final = ("port", "plant", "source")
#: Gaps below this are rounding.
_EXACT: Final = 1e-6


@dataclass(frozen=True)
class Candidate:
    """A place where a plant could stand; `kind` is one of `KINDS`."""

    id: str
    name: str
    country: str
    lon: float
    lat: float
    kind: str


@dataclass(frozen=True)
class Score:
    """How good an allocation is: tonnes placed, then cost (in the measure asked for)."""

    placed: float
    cost: float

    def better(self, other: Score) -> bool:
        """Say whether it is better, by more than rounding."""
        slack = _EXACT * max(self.placed, other.placed, 1.0)
        if abs(self.placed - other.placed) > slack:
            return self.placed > other.placed
        return self.cost < other.cost - _EXACT * max(abs(other.cost), 1.0)


@dataclass(frozen=True)
class Outcome:
    """Sums over an allocation: tonnes of content, cargo times km and USD a year, mean way in km."""

    placed: float
    unplaced: float
    cargo_km: float
    usd: float
    km: float


@dataclass(frozen=True, eq=False)
class Sited:
    """The answer.

    Parameters
    ----------
    chosen
        Rows of the candidates that are taken, in the order of what they take in.
    rows
        One line per chosen place: id, name, country, kind, lon, lat, tonnes, product, used_share.
    tried
        The best single places: id, name, country, kind, placed (tonnes more than now), saved
        (of the measure asked for, a year).
    before, after
        Sums without the new plants and with them.
    supply
        Tonnes of ore that look for a place.
    gap
        How much better than this the best answer can be at most, as a share of what is gained;
        0 is proven optimal.
    """

    query: FlowQuery
    capacity: float
    unit: str
    product_unit: str
    candidates: tuple[Candidate, ...]
    chosen: tuple[int, ...]
    rows: pd.DataFrame
    tried: pd.DataFrame
    before: Outcome
    after: Outcome
    supply: float
    gap: float
    seconds: float


def candidates(
    ports: Ports | None, result: FlowResult, kinds: Collection[str] = KINDS
) -> tuple[Candidate, ...]:
    """Return main ports and existing sites within the restriction, each place once.

    Parameters
    ----------
    kinds
        Of `KINDS`; sites without a figure are places too.
    """
    within, of = result.query.within, result.network.of
    found: dict[str, Candidate] = {}
    for sites, kind in (
        (of.works, "plant"),
        (of.unknown_works, "plant"),
        (of.sites, "source"),
        (of.unknown_sites, "source"),
    ):
        for code, name, country, (lon, lat) in zip(
            sites.id, sites.name, sites.country, sites.lonlat, strict=True
        ):
            if kind in kinds and np.isfinite(lon) and (within is None or country in within):
                found[code] = Candidate(code, name, country, float(lon), float(lat), kind)
    if ports is not None and "port" in kinds:
        for number in ports.main.tolist():
            port = ports.all[number]
            if within is None or port.country in within:
                code = port.locode or port.name
                found[code] = Candidate(code, port.name, port.country, port.lon, port.lat, "port")
    return tuple(found.values())


def usual_capacity(result: FlowResult) -> float:
    """Return the median capacity of the plants that have one, tonnes of product a year."""
    sizes = result.network.of.capacity
    return float(np.median(sizes[sizes > 0])) if (sizes > 0).any() else 0.0


def site(
    result: FlowResult,
    places: Sequence[Candidate],
    router: Ways,
    *,
    count: int = 1,
    capacity: float | None = None,
    seconds: float = 20.0,
    feedback: Feedback | None = None,
) -> Sited:
    """Find where `count` new plants serve best.

    Parameters
    ----------
    result
        What is: its ore, plants, restriction and measure.
    places
        Where plants may go.
    capacity
        Of each new plant, tonnes of product a year; the median of the existing ones by default.
    seconds
        For the proof; the answer so far and its gap are given when they are over.

    Raises
    ------
    GisappError
        `bad_query` where nothing can be put anywhere.
    Cancelled
        If the feedback was cancelled.
    """
    start = perf_counter()
    size = usual_capacity(result) if capacity is None else float(capacity)
    if not 1 <= count <= MOST:
        raise GisappError(
            "bad_query", f"{count} plants cannot be sited at once.", f"Ask for 1 to {MOST}."
        )
    if not (np.isfinite(size) and size > 0):
        raise GisappError(
            "bad_query", "A new plant needs a capacity above nought.", "Name one in tonnes a year."
        )
    if len(places) < count:
        raise GisappError(
            "bad_query",
            f"There are {len(places)} places for {count} plants.",
            "Ask for fewer plants or for a larger alliance.",
        )
    ways = router.matrix(
        result.network.sites.lonlat,
        np.array([(p.lon, p.lat) for p in places], dtype=float).reshape(-1, 2),
        least=result.query.least,
        travel=result.query.travel,
        avoid=result.query.avoid,
        feedback=feedback,
    )
    problem = _Problem.of(result, tuple(places), ways, size)
    now = problem.solved((), feedback)
    ranking, first = _one_more(problem, (), feedback)
    chosen = _exchanged(problem, first, count, feedback)
    gap = 0.0
    if count > 1:
        left = seconds - (perf_counter() - start)
        chosen, gap = _proven(problem, chosen, count, max(left, 1.0), feedback)
    return _told(problem, now, ranking, _Choice(chosen, gap, perf_counter() - start))


@dataclass(frozen=True, eq=False)
class _Problem:
    """n sources, m existing plants, c candidates; costs of content, inf where it cannot go."""

    result: FlowResult
    places: tuple[Candidate, ...]
    ways: JourneyMatrix
    supply: Floats
    capacity: Floats
    cost: Floats
    new_cost: Floats
    size: float

    @classmethod
    def of(
        cls, result: FlowResult, places: tuple[Candidate, ...], ways: JourneyMatrix, size: float
    ) -> _Problem:
        of, cost = result.network.of, result.network.cost(result.query.least)
        supply = of.supply
        if result.bound is not None:
            cost = np.where(result.plants_inside[None, :], cost, np.inf)
            supply = np.where(result.ore, supply, 0.0)
        new_cost = ways.of(result.query.least) * of.cargo
        return cls(result, places, ways, supply, of.capacity, cost, new_cost, size)

    @property
    def ratio(self) -> float:
        """Product per tonne of content."""
        return self.result.network.of.ratio

    @property
    def dear(self) -> float:
        """What a tonne without a place counts: more than any rearrangement costs."""
        both = np.hstack([self.cost, self.new_cost])
        largest = float(both[np.isfinite(both)].max(initial=0.0)) or 1.0
        longest_path: int = min(both.shape) + 1
        return 2.0 * longest_path * largest

    @property
    def unit(self) -> float:
        """Tonnes that the mixed-integer programme counts in, so that its numbers are near one."""
        most: float = self.supply.max(initial=0.0)
        return most / 100.0 or 1.0

    def solved(self, chosen: Sequence[int], feedback: Feedback | None) -> Allocation:
        """Return the allocation with plants at these candidates, behind the existing ones."""
        picked = list(chosen)
        return allocate(
            self.supply,
            np.concatenate([self.capacity, np.full(len(picked), self.size)]),
            np.hstack([self.cost, self.new_cost[:, picked]]),
            product_per_feed=self.ratio,
            feedback=feedback,
        )

    def score(self, chosen: Sequence[int], feedback: Feedback | None) -> Score:
        found = self.solved(chosen, feedback)
        return Score(found.placed, found.total_cost)

    def bounds(self, chosen: Sequence[int], found: Allocation) -> Floats:
        """Return the most that each candidate can save beside the chosen ones, shape (c,)."""
        cost = np.hstack([self.cost, self.new_cost[:, list(chosen)]])
        worth = (found.value_of_capacity + found.placed_by_capacity * self.dear) * self.ratio
        price = np.minimum((cost + worth[None, :]).min(axis=1, initial=np.inf), self.dear)
        gain = np.maximum(price[:, None] - self.new_cost, 0.0)
        order = np.argsort(-gain, axis=0, kind="stable")
        sorted_gain = np.take_along_axis(gain, order, axis=0)
        amount = self.supply[order]
        room = self.size / self.ratio
        before = np.cumsum(amount, axis=0) - amount
        used = np.clip(room - before, 0.0, amount)
        most: Floats = (used * sorted_gain).sum(axis=0)
        return most


def _one_more(
    problem: _Problem, chosen: tuple[int, ...], feedback: Feedback | None
) -> tuple[list[tuple[int, Score]], tuple[int, ...]]:
    """Return what was tried as the next plant, best first, and the chosen with the best."""
    found = problem.solved(chosen, feedback)
    base = Score(found.placed, found.total_cost)
    most = problem.bounds(chosen, found)
    most[list(chosen)] = -1.0
    tried: list[tuple[int, Score]] = []
    best, best_saving = base, 0.0
    for number, at in enumerate(np.argsort(-most, kind="stable").tolist()):
        if at in chosen or (tried and most[at] <= best_saving * (1.0 + 1e-12)):
            break
        if feedback is not None:
            feedback.check(number / len(most), "Trying places")
        score = problem.score((*chosen, at), feedback)
        tried.append((at, score))
        if len(tried) == 1 or score.better(best):
            best = score
            best_saving = (score.placed - base.placed) * problem.dear + base.cost - score.cost
    tried.sort(key=lambda item: (-round(item[1].placed, 3), item[1].cost))
    return tried, (*chosen, tried[0][0])


def _exchanged(
    problem: _Problem, first: tuple[int, ...], count: int, feedback: Feedback | None
) -> tuple[int, ...]:
    """Add plants one by one, then move each as long as that is better."""
    chosen = first
    while len(chosen) < count:
        _, chosen = _one_more(problem, chosen, feedback)
    moved = count > 1
    while moved:
        moved = False
        score = problem.score(chosen, feedback)
        for at in chosen:
            rest = tuple(c for c in chosen if c != at)
            _, other = _one_more(problem, rest, feedback)
            if problem.score(other, feedback).better(score):
                chosen, moved = other, True
                break
    return chosen


def _proven(
    problem: _Problem,
    chosen: tuple[int, ...],
    count: int,
    seconds: float,
    feedback: Feedback | None,
) -> tuple[tuple[int, ...], float]:
    """Solve the whole within a time; returns the better answer and its gap."""
    if feedback is not None:
        feedback.check(0.9, "Proving the best places")
    base = problem.score((), feedback)
    found = _programme(problem, count, seconds)
    total, dear = float(problem.supply.sum()), problem.dear

    def whole(score: Score) -> float:
        return dear * (total - score.placed) + score.cost

    score = problem.score(chosen, feedback)
    if found.x is not None:
        opened = found.x[-problem.new_cost.shape[1] :]
        other = tuple(np.sort(np.argsort(-opened, kind="stable")[:count]).tolist())
        if problem.score(other, feedback).better(score):
            chosen, score = other, problem.score(other, feedback)
    least = problem.unit * dear * float(found.mip_dual_bound or 0.0)
    gained = whole(base) - whole(score)
    possible = max(whole(score) - least, 0.0)
    if possible <= _EXACT * max(whole(score), 1.0) or possible <= _EXACT * gained:
        return chosen, 0.0
    return chosen, possible / (gained + possible)


def _programme(problem: _Problem, count: int, seconds: float) -> Any:
    """Set up and solve the mixed-integer programme: flows, what is left, which places are open.

    Costs are counted in units of `dear`, tonnes in `unit`.
    """
    cost = np.hstack([problem.cost, problem.new_cost]) / problem.dear
    supply = problem.supply / problem.unit
    n, m, c = len(supply), problem.cost.shape[1], problem.new_cost.shape[1]
    room = np.append(problem.capacity, np.full(c, problem.size)) / problem.ratio / problem.unit
    rows, columns = np.nonzero(np.isfinite(cost) & (supply > 0)[:, None])
    k = len(rows)
    width, arcs, sources, places = k + n + c, np.arange(k), np.arange(n), np.arange(c)
    opens = k + n + places
    new = np.flatnonzero(columns >= m)  # no flow into a place that is not open

    def matrix(height: int, *parts: tuple[Any, Any, Any]) -> Any:
        values, down, across = (np.concatenate(piece) for piece in zip(*parts, strict=True))
        return csr_array((values, (down, across)), shape=(height, width))

    out = matrix(n, (np.ones(k), rows, arcs), (np.ones(n), sources, k + sources))
    into = matrix(m + c, (np.ones(k), columns, arcs), (-room[m:], m + places, opens))
    tie = matrix(
        len(new),
        (np.ones(len(new)), np.arange(len(new)), new),
        (
            -np.minimum(supply[rows[new]], room[columns[new]]),
            np.arange(len(new)),
            opens[columns[new] - m],
        ),
    )
    opened = matrix(1, (np.ones(c), np.zeros(c, dtype=int), opens))
    nothing = np.full(m + c + len(new), -np.inf)
    return milp(
        np.concatenate([cost[rows, columns], np.ones(n), np.zeros(c)]),
        integrality=np.append(np.zeros(k + n), np.ones(c)),
        bounds=Bounds(0.0, np.append(np.full(k + n, np.inf), np.ones(c))),
        constraints=LinearConstraint(
            vstack([out, into, tie, opened], format="csc"),
            np.concatenate([supply, nothing, [count]]),
            np.concatenate([supply, room[:m], np.zeros(c + len(new)), [count]]),
        ),
        options={"time_limit": seconds, "mip_rel_gap": 1e-9},
    )


@dataclass(frozen=True)
class _Choice:
    """Which candidates are taken, how far from the best at most, and after how long."""

    places: tuple[int, ...]
    gap: float
    seconds: float


def _told(
    problem: _Problem, now: Allocation, ranking: list[tuple[int, Score]], choice: _Choice
) -> Sited:
    then = problem.solved(choice.places, None)
    made = then.used[problem.cost.shape[1] :]
    order = np.argsort(-made, kind="stable").tolist()
    base, of = Score(now.placed, now.total_cost), problem.result.network.of
    return Sited(
        query=problem.result.query,
        capacity=problem.size,
        unit=of.unit,
        product_unit=of.product_unit,
        candidates=problem.places,
        chosen=tuple(choice.places[i] for i in order),
        rows=pd.DataFrame(
            [
                {
                    **vars(problem.places[choice.places[i]]),
                    "tonnes": float(made[i] / of.ratio),
                    "product": float(made[i]),
                    "used_share": float(made[i] / problem.size),
                }
                for i in order
            ]
        ),
        tried=pd.DataFrame(
            [
                {
                    **vars(problem.places[at]),
                    "placed": score.placed - base.placed,
                    "saved": base.cost - score.cost,
                }
                for at, score in ranking
            ]
        ),
        before=_sums(problem, now, ()),
        after=_sums(problem, then, choice.places),
        supply=float(problem.supply.sum()),
        gap=choice.gap,
        seconds=choice.seconds,
    )


def _sums(problem: _Problem, found: Allocation, chosen: tuple[int, ...]) -> Outcome:
    def weighed(of: Measure) -> float:
        both = np.hstack([problem.result.network.ways.of(of), problem.ways.of(of)[:, list(chosen)]])
        return float((both[found.source, found.plant] * found.tonnes).sum())

    cargo, placed = problem.result.network.of.cargo, found.placed
    return Outcome(
        placed=placed,
        unplaced=float(found.unplaced.sum()),
        cargo_km=weighed(Measure.KM) * cargo,
        usd=weighed(Measure.USD) * cargo,
        km=weighed(Measure.KM) / placed if placed else float("nan"),
    )
