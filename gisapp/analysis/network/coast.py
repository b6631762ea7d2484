"""Lines of sight at sea: which great circles meet no 1:10m land and keep a berth off it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.analysis.network.clearance import BERTH_SLOPE, Bools, Circles, Clearance, Ints
from gisapp.model.features import Floats
from gisapp.model.geodesy import MEAN_RADIUS_KM

Shapes = npt.NDArray[np.object_]

#: A ring is kept in pieces of so many vertices, so that the boxes in the index stay small.
_PIECE: Final = 16
#: Lines against gates are cut into straight lines of the map of this length.
_STRAIGHT_KM: Final = 40.0


class Coast:
    """Land as an index of short stretches of shore, with the raster of clearance in front.

    Parameters
    ----------
    rings
        Rings of land, longitude and latitude in degrees within [-180, 180], each of shape (n, 2);
        those that go round clockwise are waters within land.
    clearance
        How far each place is from these.
    """

    def __init__(self, rings: Sequence[Floats], clearance: Clearance) -> None:
        self._rings = rings
        self.clearance = clearance

    @cached_property
    def _areas(self) -> tuple[shapely.STRtree, Shapes, Ints]:
        """The rings as polygons, in a tree, and 1 for land or -1 for water in it."""
        counts = np.array([len(ring) for ring in self._rings])
        lines = shapely.linearrings(
            np.concatenate(self._rings), indices=np.repeat(np.arange(len(counts)), counts)
        )
        polygons = shapely.polygons(lines)
        return shapely.STRtree(polygons), polygons, np.where(shapely.is_ccw(lines), 1, -1)

    @cached_property
    def _shore(self) -> tuple[shapely.STRtree, Shapes]:
        counts = np.array([len(ring) for ring in self._rings])
        pieces = _wrapped(_pieces(np.concatenate(self._rings), counts))
        return shapely.STRtree(pieces), pieces

    def on_land(self, lonlat: Floats) -> Bools:
        """Say which positions, degrees (n, 2), lie on land or on its shore."""
        sheet = _on_sheet(lonlat)
        km, sure = self.clearance.at(sheet[:, 0], sheet[:, 1])
        land: Bools = km < 0.0
        rows = np.flatnonzero(~land & (sure <= 0.0))
        if len(rows):
            tree, polygons, sign = self._areas
            points = shapely.points(sheet[rows])
            row, polygon = tree.query(points)
            shapely.prepare(polygons[np.unique(polygon)])
            hit = shapely.intersects(polygons[polygon], points[row])
            land[rows] = np.bincount(row[hit], sign[polygon[hit]], minlength=len(rows)) > 0
        return land

    def nearest_shore(self, lonlat: Floats) -> Floats:
        """Return the point of the shore nearest to a position (2,), measured on the map there."""
        tree, pieces = self._shore
        squeeze = np.array([max(np.cos(np.radians(lonlat[1])), 0.05), 1.0])
        point = shapely.points(_on_sheet(lonlat[None])[0])
        reach = 0.25
        while not len(near := tree.query(point.buffer(reach / squeeze[0]))):
            reach *= 2.0
        # a box around the position that surely holds the nearest piece of the squeezed map
        here = shapely.points(shapely.get_coordinates(point)[0] * squeeze)
        scaled = shapely.transform(pieces[near], lambda x: x * squeeze)
        lines = shapely.shortest_line(here, scaled)
        best = lines[np.argmin(shapely.length(lines))]
        found: Floats = shapely.get_coordinates(best)[1] / squeeze
        return found

    def clear(
        self,
        start: Floats,
        end: Floats,
        berth_km: Floats | float = 0.0,
        slope: float = BERTH_SLOPE,
    ) -> Bools:
        """Say which great circles between positions at sea meet no land.

        Parameters
        ----------
        start, end
            Longitude and latitude in degrees, shape (n, 2).
        berth_km, slope
            As `Clearance.trace`.
        """
        clear, near = self.clearance.trace(start, end, berth_km, slope)
        if len(near.line):
            tree, _ = self._shore
            row, _ = tree.query(_lines(near.start, near.end), predicate="intersects")
            clear[near.line[row]] = False
        return clear


def stretches(start: Floats, end: Floats) -> tuple[Shapes, Ints]:
    """Return great circles as short straight lines on the map, and the row each belongs to.

    Parameters
    ----------
    start, end
        Longitude and latitude in degrees, shape (n, 2).

    Returns
    -------
    tuple
        Lines in degrees that begin within [-180, 180], shape (m,), and rows, shape (m,).
    """
    points, row = dense(start, end, _STRAIGHT_KM)
    first = np.flatnonzero(row[:-1] == row[1:])
    return _lines(points[first], points[first + 1]), row[first]


def dense(start: Floats, end: Floats, step_km: float) -> tuple[Floats, Ints]:
    """Return points along great circles, both ends included, and the row of each.

    Returns
    -------
    tuple
        Longitude and latitude in degrees, shape (m, 2), and rows, shape (m,).
    """
    circles = Circles(start, end)
    count = np.maximum(np.ceil(circles.angle * MEAN_RADIUS_KM / step_km).astype(np.int64), 1) + 1
    row = np.repeat(np.arange(len(start)), count)
    last = np.cumsum(count) - 1
    place = np.arange(len(row)) - np.repeat(last + 1 - count, count)
    points = np.column_stack(circles.at(row, place / (count[row] - 1)))
    points[last + 1 - count], points[last] = start, end
    return points, row


def _lines(start: Floats, end: Floats) -> Shapes:
    """Return straight lines on the map, the end on the sheet of longitudes of the start."""
    head, tail = _on_sheet(start), end.copy()
    tail[:, 0] -= np.round((tail[:, 0] - head[:, 0]) / 360.0) * 360.0
    return np.asarray(shapely.linestrings(np.stack([head, tail], axis=1)))


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
