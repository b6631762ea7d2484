"""Corners of the coast: where a shortest way by sea can bend.

Land is widened by the distance that ships keep off it, narrow waters are closed, and what is left
is simplified; the convex corners of that outline are the nodes. Finer outlines give the corners
inside the waters that a coarser one closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisapp.analysis.network.clearance import KM_PER_DEGREE, Bools
from gisapp.model.features import Floats
from layers_build.geography import Shapes

#: The world is worked through in bands of so many degrees of latitude, each in a map of its own
#: whose longitudes are squeezed, with a margin that overlaps the bands beside it.
_BAND: Final = 5
_MARGIN: Final = 1.0


@dataclass(frozen=True)
class Corners:
    """Nodes and, from each, the directions (east, north) to the corners before and after it.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2).
    before, after
        Unit vectors, land lies to the left of the way on, shape (n, 2); NaN where a node is none
        of a coast.
    """

    lonlat: Floats
    before: Floats
    after: Floats

    def __len__(self) -> int:
        return len(self.lonlat)

    def take(self, rows: Any) -> Corners:
        """Return some of them."""
        return Corners(self.lonlat[rows], self.before[rows], self.after[rows])

    @classmethod
    def joined(cls, parts: Iterable[Corners]) -> Corners:
        """Return several as one, in order."""
        rows = list(parts)
        return cls(
            np.concatenate([part.lonlat for part in rows]),
            np.concatenate([part.before for part in rows]),
            np.concatenate([part.after for part in rows]),
        )

    @classmethod
    def without_coast(cls, lonlat: Floats) -> Corners:
        """Return nodes that stand for no corner: every way may bend there."""
        nothing = np.full((len(lonlat), 2), np.nan)
        return cls(lonlat, nothing, nothing)


@dataclass(frozen=True)
class Band:
    """Widened land of a band of latitudes, in a map squeezed by `squeeze`."""

    south: float
    squeeze: float
    shape: Any


def widened(land: Shapes, km: float, detail_km: float) -> list[Band]:
    """Return land widened by so many km, simplified before to a detail."""
    tree = shapely.STRtree(land)
    bands = []
    for south in range(-80, 85, _BAND):
        squeeze = float(np.cos(np.radians(min(south + _BAND / 2, 84.0))))
        box = shapely.box(-190, south - _MARGIN, 190, south + _BAND + _MARGIN)
        near = np.sort(tree.query(box))
        parts = shapely.transform(
            shapely.intersection(land[near], box), lambda x, s=squeeze: x * [s, 1.0]
        )
        parts = shapely.simplify(parts, detail_km / KM_PER_DEGREE, preserve_topology=False)
        parts = parts[~shapely.is_empty(parts)]
        wide = shapely.union_all(shapely.buffer(parts, km / KM_PER_DEGREE, quad_segs=2))
        bands.append(Band(float(south), squeeze, wide))
    return bands


def shrunk(bands: list[Band], km: float) -> list[Band]:
    """Return the bands with their land narrowed by so many km."""
    return [
        Band(b.south, b.squeeze, shapely.buffer(b.shape, -km / KM_PER_DEGREE, quad_segs=2))
        for b in bands
    ]


def corners(bands: list[Band], detail_km: float, south: float, north: float) -> Corners:
    """Return the convex corners between two latitudes of outlines simplified to a detail."""
    places: list[Floats] = []
    before: list[Floats] = []
    after: list[Floats] = []
    for band in bands:
        for ring in _rings(shapely.simplify(band.shape, detail_km / KM_PER_DEGREE)):
            back, on = np.roll(ring, 1, axis=0) - ring, np.roll(ring, -1, axis=0) - ring
            convex = back[:, 1] * on[:, 0] - back[:, 0] * on[:, 1] > 0
            convex &= (ring[:, 1] >= band.south) & (ring[:, 1] < band.south + _BAND)
            convex &= np.abs(ring[:, 0]) <= 180.0 * band.squeeze
            convex &= (ring[:, 1] > south) & (ring[:, 1] < north)
            stretch = np.cos(np.radians(ring[convex, 1:])) / band.squeeze
            places.append(ring[convex] / [band.squeeze, 1.0])
            for found, to in ((before, back), (after, on)):
                way = np.column_stack([to[convex, :1] * stretch, to[convex, 1:]])
                found.append(way / np.hypot(way[:, :1], way[:, 1:]))
    return Corners(np.concatenate(places), np.concatenate(before), np.concatenate(after))


def along(bands: list[Band], spacing_km: float, south: float, north: float) -> Floats:
    """Return points between two latitudes along outlines, degrees, shape (n, 2)."""
    found = []
    for band in bands:
        step = spacing_km / KM_PER_DEGREE
        for ring in _rings(band.shape):
            line = shapely.linestrings(np.vstack([ring, ring[:1]]))
            count = max(int(shapely.length(line) / step), 1)
            at = (np.arange(count) + 0.5) / count
            points = shapely.get_coordinates(
                shapely.line_interpolate_point(line, at, normalized=True)
            )
            points = points[(points[:, 1] >= band.south) & (points[:, 1] < band.south + _BAND)]
            points = points[np.abs(points[:, 0]) <= 180.0 * band.squeeze]
            found.append(points / [band.squeeze, 1.0])
    joined = np.concatenate(found)
    between: Floats = joined[(joined[:, 1] > south) & (joined[:, 1] < north)]
    return between


def _rings(shape: Any) -> Iterator[Floats]:
    """Yield the rings of polygons, open, land to the left."""
    for polygon in shapely.get_parts(shapely.orient_polygons(shape)):
        for ring in (polygon.exterior, *polygon.interiors):
            coordinates = shapely.get_coordinates(ring)[:-1]
            if len(coordinates) >= 3:
                yield coordinates


def covered(bands: list[Band], lonlat: Floats) -> Bools:
    """Say which positions lie on the land of the bands."""
    result = np.zeros(len(lonlat), dtype=bool)
    for band in bands:
        rows = np.flatnonzero((lonlat[:, 1] >= band.south) & (lonlat[:, 1] < band.south + _BAND))
        parts = shapely.get_parts(band.shape)
        shapely.prepare(parts)
        points = shapely.points(lonlat[rows] * [band.squeeze, 1.0])
        point, part = shapely.STRtree(parts).query(points)
        hit = shapely.intersects(parts[part], points[point])
        result[rows[point[hit]]] = True
    return result
