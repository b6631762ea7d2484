"""Lines of sight at sea: which geodesics meet no land."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.model.geodesy import WGS84, unit_vectors

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

#: Vertices of a line that is tested are this far apart: between them a geodesic and a straight
#: line of the map differ by less than a hundred metres up to 70 degrees of latitude.
STEP_KM: Final = 40.0
#: Lines are tested in stretches of so many steps, so that their boxes stay small.
_STEPS: Final = 8
#: A ring is kept in pieces of so many vertices, so that the boxes in the index stay small.
_PIECE: Final = 24
#: Cells to a degree of the coarse raster of land.
CELLS: Final = 10
#: Pairs that are looked at together, to bound memory.
_CHUNK: Final = 100_000


class Coast:
    """Land as an index of short stretches of shore, with a coarse raster in front.

    Parameters
    ----------
    rings
        Rings of land, longitude and latitude in degrees within [-180, 180], each of shape (n, 2).
    deep
        True for cells of 0.1 degrees that lie in land with all their neighbours, so that a line
        through one surely meets land; shape (1800, 3600), from 90 south and 180 west.
    """

    def __init__(self, rings: Sequence[Floats], deep: Bools) -> None:
        self.deep = deep
        counts = np.array([len(ring) for ring in rings])
        coordinates = np.concatenate(rings)
        self._polygons = shapely.polygons(
            shapely.linearrings(coordinates, indices=np.repeat(np.arange(len(rings)), counts))
        )
        self._polygon_tree = shapely.STRtree(self._polygons)
        self._pieces = _wrapped(_pieces(coordinates, counts))
        self._tree = shapely.STRtree(self._pieces)

    def on_land(self, lonlat: Floats) -> Bools:
        """Say which positions, degrees (n, 2), lie on land or on its shore."""
        points = shapely.points(_on_sheet(lonlat))
        row, polygon = self._polygon_tree.query(points)
        shapely.prepare(self._polygons[np.unique(polygon)])
        hit = shapely.intersects(self._polygons[polygon], points[row])
        land = np.zeros(len(lonlat), dtype=bool)
        land[row[hit]] = True
        return land

    def nearest_shore(self, lonlat: Floats) -> Floats:
        """Return the point of the shore nearest to a position (2,), measured on the map there."""
        squeeze = np.array([max(np.cos(np.radians(lonlat[1])), 0.05), 1.0])
        point = shapely.points(_on_sheet(lonlat[None])[0])
        reach = 0.25
        while not len(near := self._tree.query(point.buffer(reach / squeeze[0]))):
            reach *= 2.0
        # a box around the position that surely holds the nearest piece of the squeezed map
        here = shapely.points(shapely.get_coordinates(point)[0] * squeeze)
        scaled = shapely.transform(self._pieces[near], lambda x: x * squeeze)
        lines = shapely.shortest_line(here, scaled)
        best = lines[np.argmin(shapely.length(lines))]
        found: Floats = shapely.get_coordinates(best)[1] / squeeze
        return found

    def clear(self, start: Floats, end: Floats) -> Bools:
        """Say which geodesics between positions at sea meet no land.

        Parameters
        ----------
        start, end
            Longitude and latitude in degrees, shape (n, 2).
        """
        result = np.zeros(len(start), dtype=bool)
        for first in range(0, len(start), _CHUNK):
            rows = np.arange(first, min(first + _CHUNK, len(start)))
            for samples in (8, 32, 128):
                rows = rows[~self._deep_between(start[rows], end[rows], samples)]
            result[rows] = self._meets_no_shore(start[rows], end[rows])
        return result

    def _deep_between(self, start: Floats, end: Floats, samples: int) -> Bools:
        """Say which great circles have one of some samples deep in land."""
        a, b = unit_vectors(start), unit_vectors(end)
        angle = np.arccos(np.clip((a * b).sum(axis=1), -1.0, 1.0))[:, None]
        share = (np.arange(samples) + 0.5) / samples
        with np.errstate(invalid="ignore", divide="ignore"):
            wa, wb = np.sin((1.0 - share) * angle), np.sin(share * angle)
        x = wa[..., None] * a[:, None] + wb[..., None] * b[:, None]
        lon = np.degrees(np.arctan2(x[..., 1], x[..., 0]))
        lat = np.degrees(np.arctan2(x[..., 2], np.hypot(x[..., 0], x[..., 1])))
        return np.asarray(self._cells(lon, lat).any(axis=1), dtype=bool)

    def _cells(self, lon: Floats, lat: Floats) -> Bools:
        row = np.clip(((lat + 90.0) * CELLS).astype(np.int64), 0, 180 * CELLS - 1)
        column = ((lon + 180.0) * CELLS).astype(np.int64) % (360 * CELLS)
        found: Bools = self.deep[row, column]
        return found

    def _meets_no_shore(self, start: Floats, end: Floats) -> Bools:
        clear = np.ones(len(start), dtype=bool)
        if not len(start):
            return clear
        lines, owner = stretches(start, end)
        row, _ = self._tree.query(lines, predicate="intersects")
        clear[owner[row]] = False
        return clear


def stretches(start: Floats, end: Floats) -> tuple[Shapes, Ints]:
    """Return geodesics as short lines on the map, and the row that each belongs to.

    Parameters
    ----------
    start, end
        Longitude and latitude in degrees, shape (n, 2).

    Returns
    -------
    tuple
        Lines in degrees whose middle lies within [-180, 180], shape (m,), and rows, shape (m,).
    """
    points, row = dense(start, end)
    # a line takes _STEPS steps and begins where the one before it ended
    count = np.bincount(row, minlength=len(start))
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    first = np.flatnonzero((place % _STEPS == 0) & (place < np.repeat(count, count) - 1))
    size = np.minimum(_STEPS + 1, count[row[first]] - place[first])
    number = np.repeat(np.arange(len(first)), size)
    index = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + first[number]
    lonlat = points[index]
    head = np.repeat(lonlat[np.cumsum(size) - size, 0], size)
    lonlat[:, 0] -= np.round((lonlat[:, 0] - head) / 360.0) * 360.0
    return shapely.linestrings(lonlat, indices=number), row[first]


def dense(start: Floats, end: Floats, step_km: float = STEP_KM) -> tuple[Floats, Ints]:
    """Return points along geodesics, both ends included, and the row of each.

    Returns
    -------
    tuple
        Longitude and latitude in degrees, shape (m, 2), and rows, shape (m,).
    """
    azimuth, _, metres = WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    metres = np.asarray(metres, dtype=np.float64)
    count = np.maximum(np.ceil(metres / (1000.0 * step_km)).astype(np.int64), 1) + 1
    row = np.repeat(np.arange(len(start)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    along = metres[row] * place / (count[row] - 1)
    lon, lat, _ = WGS84.fwd(start[row, 0], start[row, 1], np.asarray(azimuth)[row], along)
    points = np.column_stack([lon, lat])
    last = np.cumsum(count) - 1
    points[last] = end
    return points, row


def _pieces(coordinates: Floats, counts: Ints) -> Shapes:
    """Cut rings, one after the other, into lines of a few vertices."""
    place = np.arange(len(coordinates)) - np.repeat(np.cumsum(counts) - counts, counts)
    left = np.repeat(counts, counts) - place
    first = np.flatnonzero((place % _PIECE == 0) & (left > 1))
    size = np.minimum(_PIECE + 1, left[first])
    number = np.repeat(np.arange(len(first)), size)
    index = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + first[number]
    return np.asarray(shapely.linestrings(coordinates[index], indices=number))


def _wrapped(pieces: Shapes) -> Shapes:
    """Add a copy of what lies near 180 degrees on the other side of the map."""
    bounds = shapely.bounds(pieces)
    east = shapely.transform(pieces[bounds[:, 2] > 170.0], lambda x: np.subtract(x, (360.0, 0.0)))
    west = shapely.transform(pieces[bounds[:, 0] < -170.0], lambda x: np.add(x, (360.0, 0.0)))
    return np.concatenate([pieces, east, west])


def _on_sheet(lonlat: Floats) -> Floats:
    return np.column_stack([(lonlat[:, 0] + 180.0) % 360.0 - 180.0, lonlat[:, 1]])
