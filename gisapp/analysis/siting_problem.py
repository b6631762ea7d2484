"""A siting problem: what is, where plants may go, how good a choice is, and the exact programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from gisapp.analysis.allocation import Allocation, allocate
from gisapp.analysis.flows import FlowResult
from gisapp.analysis.network.journey import JourneyMatrix
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback

#: Gaps below this are rounding.
EXACT: Final = 1e-6


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
        slack = EXACT * max(self.placed, other.placed, 1.0)
        if abs(self.placed - other.placed) > slack:
            return self.placed > other.placed
        return self.cost < other.cost - EXACT * max(abs(other.cost), 1.0)


@dataclass(frozen=True, eq=False)
class Problem:
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
    ) -> Problem:
        """Return the problem beside a result: its ore and plants, as far as they take part."""
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
        """Return how good plants at these candidates are."""
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


def programme(problem: Problem, count: int, seconds: float) -> Any:
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
