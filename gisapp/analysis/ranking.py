"""The k nearest plants of every deposit with their ties, by geodesic or by a matrix of ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.nearest import Index, nearest
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback

#: Values that agree to this are a tie: a metre, or as little of the other measures.
TIE: Final = 1e-3
#: Values that agree to this are told apart by name alone.
_SAME_DECIMALS: Final = 6
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Plants of every deposit, nearest first; shapes (n, K).

    Parameters
    ----------
    index
        Numbers of the plants, -1 where there is none.
    value
        What they are ranked by, NaN where there is none.
    rank
        1, 1, 3, ...: how many are nearer by more than a tie, plus one; 0 where there is none.
    """

    index: Index
    value: Floats
    rank: Index

    @property
    def elsewhere(self) -> Index:
        """The column of the first plant that is no tie of the nearest; -1 without one, (n,)."""
        if not self.rank.shape[1]:
            return np.full(len(self.rank), -1, dtype=np.int64)
        other = self.rank > 1
        return np.where(other.any(axis=1), other.argmax(axis=1), -1)


def by_geodesic(
    sites: Floats,
    works: Floats,
    group: Index,
    allowed: Mask,
    *,
    order: npt.NDArray[np.object_],
    k: int,
    feedback: Feedback | None = None,
) -> Ranking:
    """Rank by geodesic kilometres.

    Parameters
    ----------
    sites, works
        Degrees, shapes (n, 2) and (m, 2).
    group, allowed
        The group of each site, shape (n,), and the works that count for it, shape (groups, m).
    order
        What decides between works at the same distance, shape (m,).
    k
        How many; what ties with the last of them, and one more, comes too.
    """
    parts: list[tuple[Index, Index, Floats]] = []
    for number in range(len(allowed)):
        rows = np.flatnonzero(group == number)
        columns = np.flatnonzero(allowed[number])
        if not len(rows) or not len(columns):
            continue
        back = np.append(columns, -1)
        width = min(k + 1, len(columns))
        while len(rows):
            found = nearest(
                sites[rows], works[columns], k=width, order=order[columns], feedback=feedback
            )
            last = found.km[:, -1] > found.km[:, min(k, width) - 1] + TIE
            done = last | (width == len(columns))
            parts.append((rows[done], back[found.index[done]], found.km[done]))
            rows, width = rows[~done], min(2 * width, len(columns))
    wide = max((index.shape[1] for _, index, _ in parts), default=0)
    index = np.full((len(sites), wide), -1, dtype=np.int64)
    km = np.full((len(sites), wide), np.nan)
    for rows, found_index, found_km in parts:
        index[rows, : found_index.shape[1]] = found_index
        km[rows, : found_km.shape[1]] = found_km
    return _ranked(index, km)


def by_values(values: Floats, allowed: Mask, order: npt.NDArray[np.object_]) -> Ranking:
    """Rank by a matrix.

    Parameters
    ----------
    values
        Shape (n, m); inf or NaN where no way leads.
    allowed
        Which pairs count, shape (n, m).
    order
        What decides between equal values, shape (m,).
    """
    usable = np.where(allowed & np.isfinite(values), values, np.inf)
    names = np.argsort(np.argsort(order.astype(str), kind="stable"), kind="stable")
    keys = np.broadcast_to(names, usable.shape)
    index = np.lexsort((keys, np.round(usable, _SAME_DECIMALS)), axis=1)
    value = np.take_along_axis(usable, index, axis=1)
    none = ~np.isfinite(value)
    return _ranked(np.where(none, -1, index), np.where(none, np.nan, value))


def _ranked(index: Index, value: Floats) -> Ranking:
    """Rank the columns: a tie is measured from the first of its rank."""
    rank = np.zeros(index.shape, dtype=np.int64)
    start = np.full(len(index), -np.inf)
    current = np.zeros(len(index), dtype=np.int64)
    for column in range(index.shape[1]):
        beyond = value[:, column] > start + TIE
        start = np.where(beyond, value[:, column], start)
        current = np.where(beyond, column + 1, current)
        rank[:, column] = np.where(index[:, column] >= 0, current, 0)
    return Ranking(index, value, rank)
