"""Which country a position is in, on polygons, with the coast resolved on the ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from gisapp.analysis.nearest import ecef_km
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import WGS84, distance_km
from gisapp.model.layer import Layer

Texts = npt.NDArray[np.object_]
Index = npt.NDArray[np.int64]

#: Edges are cut to pieces of at most this length before they are indexed.
_PIECE_KM: Final = 5.0
_PARTS_A_CHECK: Final = 200
_POINTS_A_CHECK: Final = 50_000


class JurisdictionIndex:
    """Polygons of jurisdictions, prepared once, asked many times; safe to ask from threads.

    Parameters
    ----------
    layer
        Polygons in EPSG:4326 with a column `iso` of ISO alpha-3 codes.

    Raises
    ------
    GisappError
        `no_iso_column` if the layer has none.
    """

    def __init__(self, layer: Layer) -> None:
        codes = layer.features.columns.get("iso")
        if codes is None:
            raise GisappError(
                "no_iso_column",
                f'The layer "{layer.name}" has no column iso with country codes.',
                "Map the column that holds ISO alpha-3 codes.",
            )
        shapes = layer.features.geometry
        known = shapely.get_dimensions(shapes) == 2
        self._codes = np.array([*(str(code) for code in codes[known]), ""], dtype=object)
        self._parts, self._owner = shapely.get_parts(shapes[known], return_index=True)
        self._bounds = shapely.bounds(self._parts)
        shapely.prepare(self._parts)
        self._coast: _Coast | None = None

    def country_of(
        self,
        lonlat: Floats,
        *,
        coast_km: float = 5.0,
        feedback: Feedback | None = None,
    ) -> Texts:
        """Return the ISO alpha-3 code at each position.

        A position off every polygon gets the nearest country within `coast_km` on the ellipsoid
        (a works on a pier); open sea and a missing position give "".

        Parameters
        ----------
        lonlat
            Degrees, shape (n, 2); longitudes beyond 180 are taken round.

        Returns
        -------
        numpy.ndarray
            Codes, shape (n,).
        """
        found = np.full(len(lonlat), -1, dtype=np.int64)
        placed = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
        points = lonlat[placed].astype(np.float64)
        beyond = np.abs(points[:, 0]) > 180.0
        points[beyond, 0] = (points[beyond, 0] + 180.0) % 360.0 - 180.0
        inside = self._inside(points, feedback)
        found[placed] = inside
        at_sea = np.flatnonzero(inside < 0)
        if len(at_sea) and len(self._parts) and coast_km > 0:
            if self._coast is None:
                self._coast = _Coast(self._parts, self._owner)
            found[placed[at_sea]] = self._coast.nearest(points[at_sea], coast_km, feedback)
        return np.asarray(self._codes[found])  # -1 is the "" at the end

    def _inside(self, points: Floats, feedback: Feedback | None) -> Index:
        """Return the jurisdiction's number or -1: each polygon asks for the points in its box."""
        order = np.argsort(points[:, 0], kind="stable")
        x, y = points[order].T
        first = np.searchsorted(x, self._bounds[:, 0], side="left")
        last = np.searchsorted(x, self._bounds[:, 2], side="right")
        sorted_found = np.full(len(points), -1, dtype=np.int64)
        for i in np.flatnonzero(last > first):
            if feedback is not None and i % _PARTS_A_CHECK == 0:
                feedback.check(0.7 * i / len(self._parts), "Countries of positions")
            south, north = self._bounds[i, 1], self._bounds[i, 3]
            lat = y[first[i] : last[i]]
            rows = first[i] + np.flatnonzero((lat >= south) & (lat <= north))
            if len(rows):
                hit = rows[shapely.intersects_xy(self._parts[i], x[rows], y[rows])]
                # on a common border the first jurisdiction of the layer has it
                hit = hit[sorted_found[hit] < 0]
                sorted_found[hit] = self._owner[i]
        found = np.empty_like(sorted_found)
        found[order] = sorted_found
        return found


class _Coast:
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
