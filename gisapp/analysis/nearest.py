"""Exact k nearest positions on the WGS 84 ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import WGS84, distance_km, ecef_km

_A_KM: Final = WGS84.a / 1000.0
#: Smallest radius of curvature of the ellipsoid: of the meridian at the equator.
_SMALLEST_RADIUS_KM: Final = _A_KM * (1.0 - WGS84.es)
#: The largest difference between two distances from the centre of the ellipsoid.
_FLATNESS_KM: Final = (WGS84.a - WGS84.b) / 1000.0
_B_KM: Final = WGS84.b / 1000.0
_CHUNK: Final = 50_000
_PAIRS: Final = 1_000_000
#: Distances that agree to a millimetre are a tie.
_TIE_DECIMALS: Final = 6
Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Nearest:
    """The k nearest targets of every query, nearest first.

    Parameters
    ----------
    index
        Row numbers of the targets, shape (n, k); -1 where there is none.
    km
        Geodesic distances, shape (n, k); NaN where there is none.
    """

    index: Index
    km: Floats


def nearest(
    queries: Floats,
    targets: Floats,
    *,
    k: int = 1,
    order: npt.NDArray[np.object_] | None = None,
    feedback: Feedback | None = None,
) -> Nearest:
    """Find the k nearest targets of every query, exactly.

    A k-d tree over chords through the ellipsoid proposes, geodesics (Karney 2013) decide; see
    `candidate_chord` for why no target is left out that could be nearer.

    Parameters
    ----------
    queries, targets
        Longitude and latitude in degrees, shapes (n, 2) and (m, 2); NaN is never near.
    k
        How many, at least 1.
    order
        What decides between targets at the same distance to a millimetre, shape (m,), lowest
        first; None takes the row number.

    Raises
    ------
    Cancelled
        If the feedback was cancelled.
    """
    n = len(queries)
    index = np.full((n, k), -1, dtype=np.int64)
    km = np.full((n, k), np.nan)
    placed = np.flatnonzero(np.isfinite(queries).all(axis=1))
    usable = np.flatnonzero(np.isfinite(targets).all(axis=1))
    if not len(placed) or not len(usable):
        return Nearest(index, km)
    keys = usable if order is None else np.asarray(order)[usable].astype(str)
    by_name = usable[np.argsort(keys, kind="stable")]
    spots = _Spots(targets, by_name, min(k, len(usable)))
    for start in range(0, len(placed), spots.chunk):
        if feedback is not None:
            feedback.check(start / len(placed), "Nearest plants")
        rows = placed[start : start + spots.chunk]
        found, lengths = spots.run(queries[rows], feedback)
        index[rows[:, None], np.arange(spots.k)] = found
        km[rows[:, None], np.arange(spots.k)] = lengths
    return Nearest(index, km)


class _Spots:
    """Targets gathered by spot, so that many on one spot are searched once.

    `by_name` holds the rows of the targets to use, in the order that decides ties.
    """

    def __init__(self, targets: Floats, by_name: Index, k: int) -> None:
        self.k = k
        spots, first, spot = np.unique(
            targets[by_name], axis=0, return_index=True, return_inverse=True
        )
        spot = spot.reshape(-1)
        # a spot ranks as the first of its targets
        self._search = _Search(spots, first.astype(np.int64), min(k, len(spots)))
        order = np.argsort(spot, kind="stable")
        place = np.arange(len(spot)) - np.searchsorted(spot[order], spot[order])
        width = min(int(place.max()) + 1, k)
        kept = order[place < width]
        #: ranks of the targets on a spot, -1 where there are fewer than `width`
        self._members = np.full((len(spots), width), -1, dtype=np.int64)
        self._members[spot[kept], place[place < width]] = kept
        self._by_name = by_name
        self.chunk = max(_CHUNK // (width * self._search.k), 500)

    def run(self, queries: Floats, feedback: Feedback | None) -> tuple[Index, Floats]:
        """Return target rows and kilometres, both of shape (n, k)."""
        found, km = self._search.run(queries, feedback)
        if self._members.shape[1] == 1:
            return self._by_name[self._members[found, 0]], km
        rank = self._members[found].reshape(len(queries), -1)
        km = np.repeat(km, self._members.shape[1], axis=1)
        km[rank < 0] = np.inf
        best = np.lexsort((rank, np.round(km, _TIE_DECIMALS)), axis=1)[:, : self.k]
        return (
            self._by_name[np.take_along_axis(rank, best, axis=1)],
            np.take_along_axis(km, best, axis=1),
        )


class _Search:
    """A tree over the targets, asked for one chunk of queries after the other."""

    def __init__(self, targets: Floats, rank: Index, k: int) -> None:
        self.k = k
        self.targets = targets
        self.rank = rank
        self.tree = cKDTree(ecef_km(targets))

    def run(self, queries: Floats, feedback: Feedback | None) -> tuple[Index, Floats]:
        """Return target numbers and kilometres, both of shape (n, k)."""
        k, m = self.k, len(self.targets)
        width = min(k + 1, m)
        points = ecef_km(queries)
        chords, found = map(
            np.asarray, self.tree.query(points, k=np.arange(1, width + 1), workers=-1)
        )
        if k == 1 and width == 1:
            return found, distance_km(queries, self.targets[found[:, 0]])[:, None]
        limit = candidate_chord(chords[:, k - 1])
        open_ = chords[:, -1] <= limit if width > k else np.zeros(len(queries), dtype=bool)
        index = found[:, :k].copy()
        near = np.repeat(queries, k, axis=0)
        km = distance_km(near, self.targets[index.ravel()]).reshape(-1, k)
        if k > 1:
            index, km = self._ranked(index, km)
        rows = np.flatnonzero(open_)
        if len(rows):
            index[rows], km[rows] = self._all_candidates(
                queries[rows], points[rows], limit[rows], feedback
            )
        return index, km

    def _ranked(self, index: Index, km: Floats) -> tuple[Index, Floats]:
        order = np.lexsort((self.rank[index], np.round(km, _TIE_DECIMALS)), axis=1)
        return np.take_along_axis(index, order, axis=1), np.take_along_axis(km, order, axis=1)

    def _all_candidates(
        self, queries: Floats, points: Floats, limit: Floats, feedback: Feedback | None
    ) -> tuple[Index, Floats]:
        """Rank every target within the limit of each query; every query has at least k.

        Works in pieces: many targets on one spot, or at the antipodes, make many pairs.
        """
        counts = self.tree.query_ball_point(points, limit, workers=-1, return_length=True)
        index = np.empty((len(queries), self.k), dtype=np.int64)
        km = np.empty((len(queries), self.k))
        piece = np.cumsum(counts) // _PAIRS
        for rows in np.split(np.arange(len(queries)), np.flatnonzero(np.diff(piece)) + 1):
            if feedback is not None:
                feedback.check()
            index[rows], km[rows] = self._rank_pairs(queries[rows], points[rows], limit[rows])
        return index, km

    def _rank_pairs(self, queries: Floats, points: Floats, limit: Floats) -> tuple[Index, Floats]:
        lists = self.tree.query_ball_point(points, limit, workers=-1)
        counts = np.array([len(found) for found in lists])
        flat = np.concatenate([np.asarray(found, dtype=np.int64) for found in lists])
        owner = np.repeat(np.arange(len(queries)), counts)
        km = distance_km(queries[owner], self.targets[flat])
        order = np.lexsort((self.rank[flat], np.round(km, _TIE_DECIMALS), owner))
        first = np.concatenate([[0], np.cumsum(counts)[:-1]])
        chosen = order[first[:, None] + np.arange(self.k)]
        return flat[chosen], km[chosen]


def candidate_chord(chord: Floats) -> Floats:
    """Return the largest chord that can belong to a geodesic no longer than that of `chord`.

    A geodesic's curvature in space never exceeds 1/R with R = b^2/a, so by Schur's theorem its
    length is s <= 2 R asin(c / 2R). Any other path is at least as long as its chord, and, as it
    runs outside the sphere of radius b, at least b times the angle at the centre. The smaller of
    the two bounds holds; near the antipodes everything is a candidate.

    Parameters
    ----------
    chord
        Kilometres, shape (n,).
    """
    r = _SMALLEST_RADIUS_KM
    longest = 2.0 * r * np.arcsin(np.minimum(chord / (2.0 * r), 1.0))
    half_angle = np.minimum(longest / (2.0 * _B_KM), np.pi / 2.0)
    by_angle = np.hypot(2.0 * _A_KM * np.sin(half_angle), _FLATNESS_KM)
    limit = np.where(chord > 1.96 * r, np.inf, np.minimum(longest, by_angle))
    return np.asarray(limit * (1.0 + 1e-9) + 2e-6, dtype=np.float64)
