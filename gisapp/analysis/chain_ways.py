"""How a flow gets through a chain with the least tonne-kilometres: from site to site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from gisapp.analysis.chain_sites import Site
from gisapp.model.features import Floats
from gisapp.model.geodesy import distance_km

Index = npt.NDArray[np.int64]

#: More pairs of sites than these are not worth a second of waiting.
_MOST_PAIRS: Final = 40_000
#: A way that carries less than this share of the flow is rounding.
_LEAST: Final = 1e-6


@dataclass(frozen=True)
class Way:
    """Goods from a site to another.

    Parameters
    ----------
    start, end
        Numbers of the sites.
    tonnes
        A year, of the end product.
    km
        On the ellipsoid; NaN where a site has no position.
    """

    start: int
    end: int
    tonnes: float
    km: float


def shortest_ways(
    sites: Sequence[Site], capacity: Floats, total: float
) -> tuple[tuple[Way, ...], tuple[str, ...]]:
    """Return the ways by which a chain carries a total with the least tonne-kilometres.

    Parameters
    ----------
    capacity
        Of each site, tonnes of the end product, shape (n,).
    total
        What is carried; at most what can be.

    Returns
    -------
    tuple
        The ways, and why there are none, in sentences.
    """
    rows = [i for i in range(len(sites)) if capacity[i] > 0]
    last = max((sites[i].step for i in rows), default=0)
    by_step = [[i for i in rows if sites[i].step == step] for step in range(last + 1)]
    pairs = [
        (i, j)
        for here, there in pairwise(by_step)
        for i in here
        for j in there
        if sites[i].makes & sites[j].takes
    ]
    if total <= 0 or not pairs:
        return (), ()
    if len(pairs) > _MOST_PAIRS:
        return (), ("Ways between the sites are left out: there are too many pairs of them.",)
    start, end = np.array(pairs, dtype=np.int64).T
    km = _between(sites, start, end)
    # what has no place is as far from everything as things are on the whole
    cost = np.where(np.isfinite(km), km, np.nanmean(km) if np.isfinite(km).any() else 1.0)
    flow = total * _cheapest((start, end), cost, capacity / total, by_step)
    most = float(flow.max(initial=0.0))
    return tuple(
        Way(int(i), int(j), float(x), float(d))
        for i, j, x, d in zip(start, end, flow, km, strict=True)
        if x > _LEAST * most
    ), ()


def _between(sites: Sequence[Site], start: Index, end: Index) -> Floats:
    places = np.array([s.lonlat or (np.nan, np.nan) for s in sites], dtype=np.float64)
    km = np.full(len(start), np.nan)
    both = np.isfinite(places[start, 0]) & np.isfinite(places[end, 0])
    if both.any():
        km[both] = distance_km(places[start[both]], places[end[both]])
    return km


def _cheapest(
    pairs: tuple[Index, Index],
    cost: Floats,
    capacity: Floats,
    by_step: Sequence[Sequence[int]],
) -> Floats:
    """Carry one unit with the least sum of km; what enters a site leaves it, capacities hold."""
    start, end = pairs
    n, arcs = len(capacity), np.arange(len(start))
    out = coo_array((np.ones(len(arcs)), (start, arcs)), shape=(n, len(arcs))).tocsr()
    into = coo_array((np.ones(len(arcs)), (end, arcs)), shape=(n, len(arcs))).tocsr()
    middle = [i for rows in by_step[1:-1] for i in rows]
    first = by_step[0]
    limited = _stack(out[first], into)
    limits = np.concatenate([capacity[first], capacity])
    ends: Any = into[by_step[-1]].sum(axis=0)
    balance: Any = _stack(out[middle] - into[middle], coo_array(ends.reshape(1, -1)))
    # a hair below: what can be carried is known within the tolerance of the solver alone
    wanted = np.append(np.zeros(len(middle)), 1.0 - 1e-6)
    found = linprog(cost, A_ub=limited, b_ub=limits, A_eq=balance, b_eq=wanted, method="highs")
    if found.status != 0:
        raise RuntimeError(f"the ways could not be found: {found.message}")
    flow: Floats = np.asarray(found.x, dtype=np.float64) / wanted[-1]
    return flow


def _stack(above: Any, below: Any) -> Any:
    return vstack([above, below]).tocsr()
