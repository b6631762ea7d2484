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
from typing import Final

import numpy as np
import pandas as pd

from gisapp.analysis.allocation import Allocation
from gisapp.analysis.feedstock import FlowQuery
from gisapp.analysis.flows import FlowResult, Ways
from gisapp.analysis.network.journey import Measure
from gisapp.analysis.network.ports import Ports
from gisapp.analysis.siting_problem import EXACT, Candidate, Problem, Score, programme
from gisapp.model.feedback import Feedback, GisappError

#: Most plants that can be asked for at once.
MOST: Final = 5
#: What stands where a plant could go: a port, a plant of the same stage, what feeds it.
KINDS: Final = ("port", "plant", "source")


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
    problem = Problem.of(result, tuple(places), ways, size)
    now = problem.solved((), feedback)
    ranking, first = _one_more(problem, (), feedback)
    chosen = _exchanged(problem, first, count, feedback)
    gap = 0.0
    if count > 1:
        left = seconds - (perf_counter() - start)
        chosen, gap = _proven(problem, chosen, count, max(left, 1.0), feedback)
    return _told(problem, now, ranking, _Choice(chosen, gap, perf_counter() - start))


def _one_more(
    problem: Problem, chosen: tuple[int, ...], feedback: Feedback | None
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
    problem: Problem, first: tuple[int, ...], count: int, feedback: Feedback | None
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
    problem: Problem,
    chosen: tuple[int, ...],
    count: int,
    seconds: float,
    feedback: Feedback | None,
) -> tuple[tuple[int, ...], float]:
    """Solve the whole within a time; returns the better answer and its gap."""
    if feedback is not None:
        feedback.check(0.9, "Proving the best places")
    base = problem.score((), feedback)
    found = programme(problem, count, seconds)
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
    if possible <= EXACT * max(whole(score), 1.0) or possible <= EXACT * gained:
        return chosen, 0.0
    return chosen, possible / (gained + possible)


@dataclass(frozen=True)
class _Choice:
    """Which candidates are taken, how far from the best at most, and after how long."""

    places: tuple[int, ...]
    gap: float
    seconds: float


def _told(
    problem: Problem, now: Allocation, ranking: list[tuple[int, Score]], choice: _Choice
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


def _sums(problem: Problem, found: Allocation, chosen: tuple[int, ...]) -> Outcome:
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
