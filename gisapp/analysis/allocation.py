"""Which ore goes to which plant, at least cost and within capacities: an exact linear programme.

With supply s_i, capacity K_j, product per tonne of feed r_j and cost c_ij per tonne (Hitchcock's
transportation problem with a place to stay, cf. Shields 1986, A network flow model of mineral
supply):

    min  sum_ij c_ij x_ij + M sum_i u_i
    s.t. sum_j x_ij + u_i = s_i,   sum_i r_j x_ij <= K_j,   x, u >= 0

M stands for "place as much as can be placed first". A tonne that is left is placed by a path that
moves others, k arcs in and k - 1 out with k <= N = min(n, m), at no more than N max(c): any M above
that is dominant, and M = 2 (N + 1) max(c) also lets its multiples be told from costs.

Only a few arcs of each place carry flow. The programme starts with the cheapest ones and goes on
with those that are cheapest by its dual prices, until none that is left out would pay: then the
prices are feasible for all arcs, which proves the optimum of the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, identity

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError

Ints = npt.NDArray[np.int64]

#: Cheapest arcs of each source and plant that the programme starts with.
_FIRST: Final = 8
#: Arcs of each that the next programme has, by the prices of the one before.
_KEPT: Final = 6
#: Costs are divided by the largest: what is nearer to 0 than this is 0.
_SMALL: Final = 1e-9
_TOLERANCE: Final = 1e-8


@dataclass(frozen=True, eq=False)
class Allocation:
    """What goes where, n sources to m plants.

    Parameters
    ----------
    source, plant
        Row and column of each flow, shape (k,), sorted by row.
    tonnes
        Of feed, a year, shape (k,), all positive.
    unplaced
        Tonnes of each source that no plant takes, shape (n,).
    used
        Product made at each plant, tonnes, shape (m,).
    total_cost
        Sum of cost times tonnes.
    value_of_capacity
        What one more tonne a year of product at each plant saves, in units of cost, shape (m,).
        Negative where it places a tonne that had no place: then that is what its way costs.
    placed_by_capacity
        Tonnes of feed that find a place by one more tonne of product at each plant, shape (m,).
    cost_of_supply
        What one more tonne at each source costs, shape (n,); inf where it would find no place or
        drive out another.
    """

    source: Ints
    plant: Ints
    tonnes: Floats
    unplaced: Floats
    used: Floats
    total_cost: float
    value_of_capacity: Floats
    placed_by_capacity: Floats
    cost_of_supply: Floats

    @property
    def placed(self) -> float:
        """Tonnes of feed that go to a plant."""
        return float(self.tonnes.sum())


def allocate(
    supply: Floats,
    capacity: Floats,
    cost: Floats,
    *,
    product_per_feed: Floats | float = 1.0,
    feedback: Feedback | None = None,
) -> Allocation:
    """Place as many tonnes as there is room for, and those at the least cost.

    Parameters
    ----------
    supply
        Tonnes of feed at each source, shape (n,).
    capacity
        Tonnes of product that each plant can make, shape (m,); inf for no limit.
    cost
        Of one tonne of feed from i to j, shape (n, m), at least 0; inf where it may not go.
    product_per_feed
        Tonnes of product from one tonne of feed, shape (m,) or one for all, above 0.

    Returns
    -------
    The optimum. The values of one more tonne are exact right-hand derivatives (of the tonnes
    placed first, then of the cost), also where the dual prices are not unique.

    Raises
    ------
    GisappError
        `bad_allocation` for shapes that do not fit and for numbers that are none, `not_solved`
        if the solver gives up.
    Cancelled
        If the feedback was cancelled.
    """
    ratio = np.broadcast_to(np.asarray(product_per_feed, dtype=np.float64), capacity.shape)
    _check(supply, capacity, cost, ratio)
    room = capacity / ratio  # in feed, it is a plain transportation problem
    scale = float(cost[np.isfinite(cost)].max(initial=0.0)) or 1.0
    scaled = cost / scale
    stay = 2.0 * (min(cost.shape) + 1)
    flow = _solve(supply, room, scaled, stay, feedback)
    source, plant = np.nonzero(flow)
    tonnes = flow[source, plant]
    into = flow.sum(axis=0)
    unplaced = _cleaned(supply - flow.sum(axis=1), supply)
    carries = _Carries(flow > 0, unplaced > 0, room - into > _SMALL * np.maximum(into, 1.0))
    saved = _one_more_capacity(scaled, stay, carries, feedback)
    asked = _one_more_supply(scaled, stay, carries, feedback)
    places = saved > stay / 2.0
    return Allocation(
        source=source,
        plant=plant,
        tonnes=tonnes,
        unplaced=unplaced,
        used=into * ratio,
        total_cost=float((tonnes * cost[source, plant]).sum()),
        value_of_capacity=np.where(places, saved - stay, saved) * scale / ratio,
        placed_by_capacity=places / ratio,
        cost_of_supply=np.where(asked > stay / 2.0, np.inf, asked * scale),
    )


def _check(supply: Floats, capacity: Floats, cost: Floats, ratio: Floats) -> None:
    if supply.ndim != 1 or capacity.ndim != 1 or cost.shape != (len(supply), len(capacity)):
        raise GisappError(
            "bad_allocation",
            f"{len(supply)} sources and {len(capacity)} plants do not fit costs of the shape "
            f"{cost.shape}.",
        )
    for name, values, right in (
        ("supply", supply, np.isfinite(supply) & (supply >= 0)),
        ("capacity", capacity, capacity >= 0),
        ("cost", cost, cost >= 0),
        ("product per tonne of feed", ratio, np.isfinite(ratio) & (ratio > 0)),
    ):
        if not right.all():
            wrong = values[~right]
            raise GisappError(
                "bad_allocation",
                f"{len(wrong)} of the {values.size} values of {name} are none that can be used, "
                f"the first is {wrong[0]}.",
                "Leave out what is not known.",
            )


def _cleaned(values: Floats, of: Floats) -> Floats:
    """Return values with what is nothing but rounding set to 0."""
    kept: Floats = np.where(values > _TOLERANCE * np.maximum(of, 1.0), values, 0.0)
    return kept


# The programme


def _solve(
    supply: Floats, room: Floats, cost: Floats, stay: float, feedback: Feedback | None
) -> Floats:
    """Return the flow, shape (n, m), by taking in arcs until none would pay."""
    n, m = cost.shape
    flow = np.zeros((n, m))
    if not np.isfinite(cost).any() or not supply.any():
        return flow
    taken, least = _cheapest(cost, _FIRST), np.inf
    while True:
        if feedback is not None:
            feedback.check(text="Allocating")
        rows, columns = np.nonzero(taken)
        values, of_supply, of_room = _programme(supply, room, cost, taken, stay)
        reduced = cost - of_supply[:, None] - of_room[None, :]
        paying = reduced < -_TOLERANCE
        paying[taken] = False
        if not paying.any():
            break
        total = float(cost[taken] @ values + stay * (supply.sum() - values.sum()))
        if total < least * (1.0 - _SMALL):  # better than ever: what is dear now may be dropped
            least = total
            taken = _cheapest(reduced, _KEPT)
            taken[rows[values > 0], columns[values > 0]] = True
        else:
            taken = taken | (paying & _cheapest_of_rows(np.where(paying, reduced, np.inf), _KEPT))
    flow[rows, columns] = values
    return _cleaned(flow, np.minimum(supply[:, None], room[None, :]))


def _programme(
    supply: Floats, room: Floats, cost: Floats, taken: npt.NDArray[np.bool_], stay: float
) -> tuple[Floats, Floats, Floats]:
    """Solve it on some arcs: flows, dual prices of supply and of room (at most 0)."""
    rows, columns = np.nonzero(taken)
    n, m, k = len(supply), len(room), len(rows)
    ones, arcs = np.ones(k), np.arange(k)
    limited = np.flatnonzero(np.isfinite(room))
    out: Any = hstack([csr_array((ones, (rows, arcs)), shape=(n, k)), identity(n)], format="csr")
    into: Any = csr_array((ones, (columns, arcs)), shape=(m, k + n))[limited]
    found = linprog(
        np.concatenate([cost[taken], np.full(n, stay)]),
        A_ub=into,
        b_ub=room[limited],
        A_eq=out,
        b_eq=supply,
        method="highs-ds",
    )
    if found.x is None:
        raise GisappError("not_solved", f"The allocation was not solved: {found.message}")
    prices = np.zeros(m)
    prices[limited] = found.ineqlin.marginals
    return found.x[:k], found.eqlin.marginals, prices


def _cheapest(cost: Floats, count: int) -> npt.NDArray[np.bool_]:
    """Return the cheapest arcs of each source and of each plant."""
    return _cheapest_of_rows(cost, count) | _cheapest_of_rows(cost.T, count).T


def _cheapest_of_rows(cost: Floats, count: int) -> npt.NDArray[np.bool_]:
    usable = np.isfinite(cost)
    if cost.shape[1] <= count:
        return np.asarray(usable)
    limit = np.partition(cost, count - 1, axis=1)[:, count - 1 : count]
    return np.asarray(usable & (cost <= limit))


# What one more tonne changes: best paths in what the flow leaves open


@dataclass(frozen=True, eq=False)
class _Carries:
    """Which arcs carry flow, which sources have tonnes left, which plants have room."""

    arc: npt.NDArray[np.bool_]
    left: npt.NDArray[np.bool_]
    free: npt.NDArray[np.bool_]


def _one_more_capacity(
    cost: Floats, stay: float, carries: _Carries, feedback: Feedback | None
) -> Floats:
    """Return what one more tonne of room at each plant saves, shape (m,).

    g_j = max(0, max_i h_i - c_ij), where h_i is what taking a tonne of i from where it is saves:
    M if it has none, else its way and what the room that it leaves is worth. Rounds of that
    recursion reach the fixed point, since at an optimum no cycle saves.
    """
    rows, columns = np.nonzero(carries.arc)

    def better(saved: Floats) -> Floats:
        freed = np.where(carries.left, stay, -np.inf)
        np.maximum.at(freed, rows, cost[rows, columns] + saved[columns])
        gain: Floats = (freed[:, None] - cost).max(axis=0, initial=0.0)
        return np.maximum(saved, gain)

    return _settled(better, np.zeros(cost.shape[1]), cost.shape, feedback)


def _one_more_supply(
    cost: Floats, stay: float, carries: _Carries, feedback: Feedback | None
) -> Floats:
    """Return what placing one more tonne of each source costs, shape (n,); at most M."""
    rows, columns = np.nonzero(carries.arc)

    def better(asked: Floats) -> Floats:
        pushed = np.where(carries.free, 0.0, np.inf)
        np.minimum.at(pushed, columns, asked[rows] - cost[rows, columns])
        least: Floats = (cost + pushed[None, :]).min(axis=1, initial=stay)
        return np.minimum(asked, least)

    return _settled(better, np.full(cost.shape[0], stay), cost.shape, feedback)


def _settled(
    better: Callable[[Floats], Floats],
    values: Floats,
    shape: tuple[int, ...],
    feedback: Feedback | None,
) -> Floats:
    """Return the fixed point; a path visits a place once, so that this ends."""
    for _ in range(min(shape) + 1):
        if feedback is not None:
            feedback.check(text="Value of capacity")
        after = better(values)
        if np.allclose(after, values, rtol=0.0, atol=_SMALL):
            break
        values = after
    return values
