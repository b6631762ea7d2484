"""Whose coast is nearest to a position off all land, on the ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import WGS84, distance_km, ecef_km

Index = npt.NDArray[np.int64]

#: Edges are cut to pieces of at most this length before they are indexed.
_PIECE_KM: Final = 5.0
_POINTS_A_CHECK: Final = 50_000


class Shore:
    """All edges of all polygons, cut to short pieces, in a tree of their ends."""

    def __init__(self, parts: npt.NDArray[np.object_], owner: Index) -> None:
        rings, of_part = shapely.get_rings(parts, return_index=True)
        vertices, ring = shapely.get_coordinates(rings, return_index=True)
        start, end = vertices[:-1], vertices[1:]
        same = ring[:-1] == ring[1:]
        start, end, ring = start[same], end[same], ring[:-1][same]
        # chords are short enough to stand for lengths
        length = np.linalg.norm(ecef_km(end) - ecef_km(start), axis=1)
        count = np.maximum(np.ceil(length / _PIECE_KM), 1).astype(np.int64)
        edge = np.repeat(np.arange(len(count)), count)
        step = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        span = (end - start)[edge] / count[edge][:, None]
        self._start = start[edge] + span * step[:, None]
        self._span = span
        self._owner = owner[of_part[ring[edge]]]
        self._tree = cKDTree(ecef_km(self._start + span / 2.0), balanced_tree=False)

    def nearest(self, points: Floats, within_km: float, feedback: Feedback | None) -> Index:
        """Return the owner of the nearest edge within a distance, or -1, shape (n,)."""
        # an edge within reach has its middle at most half a piece farther
        reach = within_km + _PIECE_KM / 2.0 + 0.01
        found = np.full(len(points), -1, dtype=np.int64)
        for begin in range(0, len(points), _POINTS_A_CHECK):
            if feedback is not None:
                feedback.check(0.7 + 0.3 * begin / len(points), "Countries of positions")
            some = points[begin : begin + _POINTS_A_CHECK]
            place = ecef_km(some)
            close = self._tree.query(place, distance_upper_bound=reach, workers=-1)[0]
            rows = np.flatnonzero(np.isfinite(close))
            if len(rows):
                lists = self._tree.query_ball_point(place[rows], reach, workers=-1)
                found[begin + rows] = self._of(some[rows], list(lists), within_km)
        return found

    def _of(self, points: Floats, lists: Sequence[Any], within_km: float) -> Index:
        counts = np.array([len(edges) for edges in lists])
        edge = np.concatenate([np.asarray(edges, dtype=np.int64) for edges in lists])
        row = np.repeat(np.arange(len(points)), counts)
        # over a few kilometres the ellipsoid is flat with one degree this long either way
        east, north = _km_per_degree(points[row, 1])
        scale = np.column_stack([east, north])
        to_start = self._start[edge] - points[row]
        to_start[:, 0] -= np.round(to_start[:, 0] / 360.0) * 360.0
        a, d = to_start * scale, self._span[edge] * scale
        square = np.maximum((d * d).sum(axis=1), 1e-18)
        t = np.clip(-(a * d).sum(axis=1) / square, 0.0, 1.0)
        flat = np.linalg.norm(a + d * t[:, None], axis=1)
        best = np.lexsort((flat, row))[np.cumsum(counts) - counts]
        foot = self._start[edge[best]] + self._span[edge[best]] * t[best][:, None]
        near = distance_km(points, foot) <= within_km
        return np.where(near, self._owner[edge[best]], -1)


def _km_per_degree(lat: Floats) -> tuple[Floats, Floats]:
    """Return the lengths of a degree of longitude and of latitude at latitudes in degrees."""
    sin, cos = np.sin(np.radians(lat)), np.cos(np.radians(lat))
    root = np.sqrt(1.0 - WGS84.es * sin * sin)
    per_radian = np.pi / 180.0 * WGS84.a / 1000.0
    return per_radian * cos / root, per_radian * (1.0 - WGS84.es) / root**3
