"""Lines and polygons across 180 degrees, cut there, and polygons around a pole closed over it.

A step of more than 180 degrees of longitude is taken the other way round, as RFC 7946 (3.1.9)
has it; what then lies beyond 180 degrees is brought back from the other side.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.model.geodesy import split_at_antimeridian, unroll

Shapes = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]

_HALF: Final = 180.0
_TURN: Final = 360.0
_EPS: Final = 1e-6
#: A box wider than this stands for the narrow one on the other side.
_BOX: Final = 300.0
_AREAL: Final = (3, 6)


def crossing(shapes: Shapes) -> Mask:
    """Return which lines and polygons leave -180 to 180 degrees or step across the seam."""
    west, _, east, _ = shapely.bounds(shapes).T
    wide = (east - west > _HALF) | (west < -_HALF - _EPS) | (east > _HALF + _EPS)
    wide &= shapely.get_dimensions(shapes) > 0
    found = np.zeros(len(shapes), dtype=bool)
    for row in np.flatnonzero(wide):
        found[row] = any(_steps_across(path) for path in _paths(shapes[row]))
    return np.asarray(found | (wide & ((west < -_HALF - _EPS) | (east > _HALF + _EPS))))


def cut(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a line or polygon cut at 180 degrees, all of it within -180 to 180.

    Coordinates are degrees. Polygons whose rings run around a pole hold that pole.
    """
    parts = shapely.get_parts(shape)
    lines = [piece for part in parts if part.geom_type == "LineString" for piece in _cut_line(part)]
    areas = [piece for part in parts if part.geom_type == "Polygon" for piece in _cut_polygon(part)]
    others = [part for part in parts if part.geom_type == "Point"]
    if areas and not lines and not others:
        return shapely.union_all(areas) if len(areas) > 1 else areas[0]
    if lines and not areas and not others:
        return shapely.MultiLineString(lines) if len(lines) > 1 else lines[0]
    return shapely.GeometryCollection([*areas, *lines, *others])


def _paths(shape: shapely.Geometry) -> list[Floats]:
    parts = shapely.get_parts(shape)
    areal = np.isin(shapely.get_type_id(parts), _AREAL)
    rings = [*shapely.get_rings(parts[areal]), *parts[~areal]]
    return [shapely.get_coordinates(ring) for ring in rings]


def _steps_across(path: Floats) -> bool:
    lon = path[:, 0]
    start, end = lon[:-1], lon[1:]
    # from one edge of the world to the other is a box's own side, or the pole's
    edges = (np.abs(np.abs(start) - _HALF) < _EPS) & (np.abs(np.abs(end) - _HALF) < _EPS)
    across = (np.abs(end - start) > _HALF + _EPS) & ~edges
    return bool(across.any()) and not _is_plain_box(path)


def _is_plain_box(path: Floats) -> bool:
    """Tell whether a path is a rectangle that is wide, but not nearly as wide as the world."""
    if len(path) != 5 or not (path[0] == path[-1]).all():
        return False
    upright = (np.diff(path, axis=0) == 0).any(axis=1).all()
    return bool(upright and np.ptp(path[:, 0]) <= _BOX)


def _cut_line(line: shapely.LineString) -> list[shapely.LineString]:
    pieces = split_at_antimeridian(shapely.get_coordinates(line))
    return [shapely.LineString(piece) for piece in pieces]


def _cut_polygon(polygon: shapely.Polygon) -> list[shapely.Geometry]:
    """Return the pieces of a polygon, unrolled to one piece and cut by the sheets it lies on."""
    whole = _unrolled(shapely.get_coordinates(polygon.exterior))
    west, _, east, _ = shapely.bounds(whole)
    for ring in polygon.interiors:
        hole = _unrolled(shapely.get_coordinates(ring))
        middle = np.mean(shapely.bounds(hole)[[0, 2]])
        near = np.round((np.mean([west, east]) - middle) / _TURN)
        for turn in (near - 1, near, near + 1):  # around a pole, holes are met from both ends
            whole = shapely.difference(whole, _east(hole, turn * _TURN))
    if whole.is_empty:
        return []
    pieces = []
    first, last = np.floor((np.array([west, east]) + _HALF) / _TURN).astype(int)
    for sheet in range(first, last + 1):
        left = sheet * _TURN - _HALF
        piece = shapely.intersection(whole, shapely.box(left, -90, left + _TURN, 90))
        areas = [p for p in shapely.get_parts(piece) if p.geom_type == "Polygon" and p.area > 0]
        pieces += [_east(area, -sheet * _TURN) for area in areas]
    return pieces


def _unrolled(ring: Floats) -> shapely.Geometry:
    """Return the valid area of a ring with longitudes that never jump; a pole is closed over."""
    path = unroll(ring)
    turned = path[-1, 0] - path[0, 0]
    if abs(turned) > _HALF:
        pole = np.copysign(90.0, path[:, 1].mean())
        # the pole's side runs from where the ring ends back to where it begins
        path = np.vstack([path, [path[-1, 0], pole], [path[0, 0], pole], path[:1]])
    return shapely.make_valid(shapely.Polygon(path), method="structure", keep_collapsed=False)


def _east(shape: shapely.Geometry, degrees: float) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: xy + np.array([degrees, 0.0])) if degrees else shape
