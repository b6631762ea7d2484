"""Which sites of two layers are the same: near each other, and of the same mineral."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import distance_km, ecef_km

Index = npt.NDArray[np.int64]
Sets = npt.NDArray[np.object_]

#: Sites of two layers that are no farther apart may be one.
SAME_SITE_KM: Final = 2.0
#: So many neighbours of a site are looked at: memory stays bounded where sites crowd.
_NEIGHBOURS: Final = 16
_SLICE: Final = 20_000


@dataclass(frozen=True, eq=False)
class Matching:
    """Rows of two layers that are the same site, each row at most once.

    Parameters
    ----------
    first, second
        Row numbers of the pairs, shape (k,), in the order of `first`.
    km
        Geodesic distance of each pair, shape (k,).
    only_first, only_second
        The rows without a partner.
    """

    first: Index
    second: Index
    km: Floats
    only_first: Index
    only_second: Index


def match(
    first: Floats,
    second: Floats,
    first_minerals: Sets | None = None,
    second_minerals: Sets | None = None,
    *,
    most_km: float = SAME_SITE_KM,
    feedback: Feedback | None = None,
) -> Matching:
    """Pair the positions of two layers, the nearest pair first.

    A row pairs with one whose minerals share a code, or where either names none. Distances are
    geodesic (Karney 2013); the chord through the ellipsoid, which is never longer, proposes.

    Parameters
    ----------
    first, second
        Degrees, shapes (n, 2) and (m, 2); NaN pairs with nothing.
    first_minerals, second_minerals
        A frozenset of codes a row, shapes (n,) and (m,); None asks for no mineral.
    """
    rows_a = np.flatnonzero(np.isfinite(first).all(axis=1))
    rows_b = np.flatnonzero(np.isfinite(second).all(axis=1))
    pairs_a, pairs_b, lengths = _near(first[rows_a], second[rows_b], most_km, feedback)
    a, b = rows_a[pairs_a], rows_b[pairs_b]
    if first_minerals is not None and second_minerals is not None:
        same = np.array(
            [
                not (x and y) or not x.isdisjoint(y)
                for x, y in zip(first_minerals[a], second_minerals[b], strict=True)
            ],
            dtype=bool,
        )
        a, b, lengths = a[same], b[same], lengths[same]
    order = np.lexsort((b, a, np.round(lengths, 6)))
    free_a, free_b = np.ones(len(first), dtype=bool), np.ones(len(second), dtype=bool)
    taken = []
    for i in order.tolist():
        if free_a[a[i]] and free_b[b[i]]:
            free_a[a[i]] = free_b[b[i]] = False
            taken.append(i)
    chosen = np.array(sorted(taken, key=lambda i: int(a[i])), dtype=np.int64)
    return Matching(
        a[chosen], b[chosen], lengths[chosen], np.flatnonzero(free_a), np.flatnonzero(free_b)
    )


def _near(
    first: Floats, second: Floats, most_km: float, feedback: Feedback | None
) -> tuple[Index, Index, Floats]:
    """Return the pairs of row numbers that are near each other, and their distances."""
    empty = np.empty(0, dtype=np.int64)
    if not len(first) or not len(second):
        return empty, empty, np.empty(0)
    tree = cKDTree(ecef_km(second))
    found_a, found_b, found_km = [], [], []
    k = min(_NEIGHBOURS, len(second))
    for start in range(0, len(first), _SLICE):
        if feedback is not None:
            feedback.check(start / len(first), "Comparing sites")
        part = first[start : start + _SLICE]
        chord, index = tree.query(ecef_km(part), k=k, distance_upper_bound=most_km)
        row, column = np.nonzero(np.isfinite(np.asarray(chord).reshape(len(part), k)))
        other = np.asarray(index).reshape(len(part), k)[row, column]
        km = distance_km(part[row], second[other])
        near = km <= most_km
        found_a.append(row[near] + start)
        found_b.append(other[near])
        found_km.append(km[near])
    return np.concatenate(found_a), np.concatenate(found_b), np.concatenate(found_km)
