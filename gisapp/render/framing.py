"""What a page's map shows of the world: the frame that lies over the live map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import shapely

from gisapp.model.features import Floats
from gisapp.render.map_frame import MapFrame, filled_extent
from gisapp.render.mercator import to_lonlat, to_world
from gisapp.render.picture import FrameSpec
from gisapp.render.projected_frame import frame_of
from gisapp.render.projection import Box as Bounds
from gisapp.render.projection import Projection, projection_for

#: Pieces that the edges of the map are cut into: they are bent on another map.
_PIECES: Final = 96
_INWARD: Final = 1.0 - 1e-6  # some metres: on the very edge of a map not all can tell where it is
_ROUNDS: Final = 4
_SLIT: Final = 1.0  # metres: how wide the cut from a pole to the edge of a disc is
_SHORT: Final = 100.0  # metres that it keeps from the pole, where all longitudes meet


def frame_outline(where: MapFrame) -> tuple[Floats, ...]:
    """Return the edge of what a page's map shows.

    Returns
    -------
    tuple of array
        Rings of lon, lat in degrees, each of shape (n, 2), not closed; more than one where the
        map shows pieces. Longitudes never jump: they lie within 180 degrees of the map's central
        meridian and so may leave [-180, 180]. Around a pole a ring runs along the edge of the
        world, so that it encloses the same in every cylindrical projection.
    """
    projection = where.projection
    shown: Any = projection.outline
    if where.is_region:
        shown = shapely.intersection(shapely.box(*where.extent), shown)
    for slit in _slits(projection):
        shown = shapely.difference(shown, slit)
    rings = []
    for part in shapely.get_parts(shown):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        dense = shapely.segmentize(part.exterior, _piece(part))
        rings.append(projection.lonlat(shapely.get_coordinates(dense)[:-1] * _INWARD))
    return tuple(rings)


def reframed(where: MapFrame, bounds: Bounds) -> MapFrame:
    """Return the map of the same page with other bounds, without laying the page out again.

    Good for a frame that is being dragged: what the legend counts may change the map's box a
    little, which is seen when it is let go. Raises `GisappError` where the projection shows
    nothing of the bounds.
    """
    spec: FrameSpec = replace(where.spec, bounds=bounds)
    projection = projection_for(spec.projection, bounds=bounds, center_lon=spec.center_lon)
    extent = filled_extent(frame_of(projection, bounds), where.box)
    return MapFrame(projection, where.box, extent, where.scale, spec)


def around(where: MapFrame) -> Bounds:
    """Return west, south, east, north of what a page's map shows, degrees."""
    ends = np.concatenate(frame_outline(where))
    (west, south), (east, north) = ends.min(axis=0), ends.max(axis=0)
    return float(west), float(south), float(east), float(north)


def fitted(where: MapFrame, seen: Bounds, share: float = 0.84) -> Bounds:
    """Return the bounds with which a page's map fills a share of what a web map shows.

    Parameters
    ----------
    seen
        West, south, east, north of the web map, degrees; the frame stands in its middle.
    """
    inner = _worlds(seen)
    middle = (inner[:2] + inner[2:]) / 2.0
    bounds = where.spec.bounds or seen
    for _ in range(_ROUNDS):  # a frame of another size is bent otherwise
        where = reframed(where, bounds)
        outer, asked = _worlds(around(where)), _worlds(bounds)
        factor = share * float(np.min((inner[2:] - inner[:2]) / (outer[2:] - outer[:2])))
        half = factor * (asked[2:] - asked[:2]) / 2.0
        (west, north), (east, south) = to_lonlat(np.array([middle - half, middle + half]))
        bounds = float(west), float(south), float(min(east, west + 360.0)), float(north)
    west, south, east, north = bounds
    turn = 360.0 * np.floor((west + 180.0) / 360.0)
    return float(west - turn), south, float(east - turn), north


def _worlds(bounds: Bounds) -> Floats:
    """Return left, top, right, bottom of bounds on a web map, worlds."""
    west, south, east, north = bounds
    return to_world(np.array([(west, north), (east, south)])).ravel()


def _piece(part: Any) -> float:
    """Return the longest straight piece of an edge, metres."""
    west, south, east, north = part.bounds
    return float(max(east - west, north - south) / _PIECES)


def _slits(projection: Projection) -> list[Any]:
    """Return cuts from the poles that a disc shows to its edge, along the farthest meridian.

    With them a ring around a pole does not close over 360 degrees.
    """
    if not projection.is_disc:
        return []
    poles = projection.points([(projection.center_lon, 90.0), (projection.center_lon, -90.0)])
    far = 3.0 * max(abs(edge) for edge in projection.outline.bounds)
    ends = (
        (pole + way * _SHORT, way * far) for pole, way in zip(poles[:, 1], (1, -1), strict=True)
    )
    half = _SLIT / 2.0
    return [
        shapely.box(-half, min(pole, end), half, max(pole, end))
        for pole, end in ends
        if np.isfinite(pole)
    ]
