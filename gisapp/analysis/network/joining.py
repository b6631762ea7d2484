"""The land side of journeys: from sites to ports, for the measure that is the least."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Land:
    """Ways by land between n places and m others; all arrays (n, m).

    Parameters
    ----------
    cost
        What is the least, without loading; infinite where no way leads.
    road_km, rail_km, assumed_km
        Lengths; the assumed ones are part of the others.
    borders, transfers
        How many borders, and how many changes between road and rail.
    """

    cost: Floats
    road_km: Floats
    rail_km: Floats
    borders: Floats
    transfers: Floats
    assumed_km: Floats

    def map(self, change: Callable[[Floats], Floats]) -> Land:
        """Return the same with every array changed."""
        return Land(*(change(getattr(self, field.name)) for field in fields(self)))

    def beside(self, other: Land) -> Land:
        """Return the same with more places to go to."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Land(*(np.hstack(pair) for pair in pairs))

    @classmethod
    def none(cls, n: int, m: int) -> Land:
        """Return no way at all."""
        return cls(np.full((n, m), np.inf), *(np.zeros((n, m)) for _ in range(5)))


@dataclass(frozen=True, eq=False)
class Joined:
    """The best ports between n places and m others: their numbers, (n, m), -1 for none."""

    cost: Floats
    load: Ints
    discharge: Ints


def join(start: Floats, sea: Floats, end: Floats) -> Joined:
    """Return the least of start to port, port to port, port to end.

    Parameters
    ----------
    start, sea, end
        Costs (n, p), (p, q) and (m, q), infinite where no way leads.
    """
    n, m = len(start), len(end)
    best = np.full((n, sea.shape[1]), np.inf)
    load = np.full((n, sea.shape[1]), -1, dtype=np.int64)
    for p in np.flatnonzero(np.isfinite(start).any(axis=0)):
        rows = np.flatnonzero(np.isfinite(start[:, p]))
        cost = start[rows, p][:, None] + sea[p]
        nearer = cost < best[rows]
        best[rows] = np.where(nearer, cost, best[rows])
        load[rows] = np.where(nearer, p, load[rows])
    total = np.full((n, m), np.inf)
    first, last = (np.full((n, m), -1, dtype=np.int64) for _ in range(2))
    for q in np.flatnonzero(np.isfinite(end).any(axis=0)):
        columns = np.flatnonzero(np.isfinite(end[:, q]))
        cost = best[:, q][:, None] + end[columns, q]
        nearer = cost < total[:, columns]
        total[:, columns] = np.where(nearer, cost, total[:, columns])
        last[:, columns] = np.where(nearer, q, last[:, columns])
        first[:, columns] = np.where(nearer, load[:, q][:, None], first[:, columns])
    return Joined(total, first, last)
