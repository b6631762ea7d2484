"""Small maps beside or within the main one: insets, and the locator that tells where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.render.framing import frame_outline
from gisapp.render.map_areas import land_items
from gisapp.render.map_frame import MapFrame, filled_extent, page_paths
from gisapp.render.picture import FrameSpec
from gisapp.render.projected_frame import frame_of
from gisapp.render.projection import WORLD_CENTER, projection_for
from gisapp.render.scene import Area, Box, Item, Line, ink
from gisapp.render.symbology import palette

LOCATOR: Final = "Locator"
#: Degrees: what is smaller is found on a globe, what is larger on a map of the world.
_ON_A_GLOBE: Final = 100.0
#: Width by height of the world in Equal Earth, without its cut-off poles.
_WORLD_ASPECT: Final = 2.2
#: A rectangle smaller than this on the locator is drawn as a spot of this size, points.
_SMALLEST_FRAME: Final = 5.0
#: Degrees that north may turn over a map before an arrow would be wrong in places.
_NORTH_TURNS: Final = 25.0
_STRAIGHT_UP: Final = 2.0


def map_frame(spec: FrameSpec, box: Box, scale: float) -> MapFrame:
    """Return the map of a frame in a box of the page; the box is filled where it is a region.

    Parameters
    ----------
    scale
        Size of type and symbols against those of a 16:9 slide.

    Raises
    ------
    GisappError
        Where the projection cannot show the frame.
    """
    projection = projection_for(spec.projection, bounds=spec.bounds, center_lon=spec.center_lon)
    extent = filled_extent(frame_of(projection, spec.bounds), box)
    return MapFrame(projection, box, extent, scale, spec)


def inset_frame(
    main: MapFrame, bounds: tuple[float, float, float, float], box: Box, scale: float | None = None
) -> MapFrame:
    """Return the map of an inset: as the main map, of other bounds in a box of its own.

    Draw it with `map_items`; `scale` None takes three quarters of the main map's. Its symbols and
    flows are as large by tonnes as the main map's, for they share a legend.
    """
    spec = replace(main.spec, bounds=bounds, center_lon=None, max_labels=None, nudges=())
    inset = map_frame(spec, box, scale if scale is not None else 0.75 * main.scale)
    return replace(inset, legend_of=main)


def is_regional(where: MapFrame) -> bool:
    """Return whether a map shows so little of the world that a locator helps."""
    shown = where.spec.bounds
    return shown is not None and ((shown[2] - shown[0]) % 360.0 or 360.0) <= 150.0


def locator_aspect(main: MapFrame) -> float:
    """Return width by height of the locator of a map: a globe, or the world for a wide frame."""
    return 1.0 if _is_small(main) else _WORLD_ASPECT


def _is_small(main: MapFrame) -> bool:
    if main.projection.is_disc or not main.is_region:
        return False
    widths = [float(np.ptp(ring[:, 0])) for ring in frame_outline(main)]
    return max(widths, default=360.0) <= _ON_A_GLOBE


def locator_items(main: MapFrame, box: Box, *, feedback: Feedback | None = None) -> list[Item]:
    """Return a small map that shows where the main one is: a globe, or the world for a wide frame.

    Parameters
    ----------
    box
        Where it stands on the page; a globe fills a square in the middle of it.
    """
    lon, lat = _middle(main)
    small = _is_small(main)
    spec = FrameSpec(
        projection="orthographic" if small else "equal_earth",
        center_lon=lon if small or abs(lon - WORLD_CENTER) > 90.0 else None,
        theme=main.spec.theme,
        brand=main.spec.brand,
    )
    lat = float(np.clip(lat, -60.0, 60.0))
    middle = (lon, lat, lon, lat) if small else None
    projection = projection_for(spec.projection, bounds=middle, center_lon=spec.center_lon)
    extent = filled_extent(frame_of(projection, None), box)
    where = MapFrame(projection, box, extent, main.scale * 0.5, spec)
    items = land_items(where, LOCATOR, feedback=feedback)
    return [*items, *_outline(where, frame_outline(main), "Frame of the main map")]


def extent_items(main: MapFrame, inset: MapFrame, name: str) -> list[Item]:
    """Return the outline of an inset on the main map, named like the inset."""
    return _outline(main, frame_outline(inset), name)


def _outline(where: MapFrame, rings: Sequence[Floats], name: str) -> list[Item]:
    color = ink(palette(where.spec.look), "limit")
    pieces: list[Floats] = []
    for ring in rings:
        pieces += page_paths(where, np.concatenate([ring, ring[:1]]))
    if not pieces:
        return []
    west, south, east, north = shapely.total_bounds([shapely.LineString(p) for p in pieces])
    if max(east - west, north - south) < _SMALLEST_FRAME:
        (x, y), half = ((west + east) / 2.0, (south + north) / 2.0), _SMALLEST_FRAME / 2.0
        spot = np.array(
            [(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)]
        )
        return [Area(name, LOCATOR, ((spot,),), None, color, 1.0, alt=name)]
    return [Line(name, LOCATOR, tuple(pieces), color, 1.0, alt=name)]


def _middle(where: MapFrame) -> tuple[float, float]:
    """Return lon, lat of the middle of a map."""
    xmin, ymin, xmax, ymax = where.extent
    lon, lat = where.projection.lonlat([((xmin + xmax) / 2.0, (ymin + ymax) / 2.0)])[0].tolist()
    if not np.isfinite([lon, lat]).all():
        return where.projection.center_lon, where.projection.center_lat
    return float((lon + 180.0) % 360.0 - 180.0), float(lat)


def north_at(where: MapFrame) -> tuple[float, float]:
    """Return which way north is in the middle of a map, and by how much that differs within it.

    Returns
    -------
    tuple of float
        Degrees clockwise from straight up; the largest difference from that anywhere on the map.
    """
    xmin, ymin, xmax, ymax = where.extent
    x, y = np.meshgrid(np.linspace(xmin, xmax, 9), np.linspace(ymin, ymax, 9))
    at = where.projection.lonlat(np.column_stack([x.ravel(), y.ravel()]) * (1.0 - 1e-9))
    at = at[np.isfinite(at).all(axis=1) & (np.abs(at[:, 1]) < 89.0)]
    middle = _middle(where)
    turns = _north(where, np.concatenate([[middle], at]))
    apart = np.abs((turns[1:] - turns[0] + 180.0) % 360.0 - 180.0)
    return float(turns[0]), float(np.nanmax(apart, initial=0.0))


def north_serves(where: MapFrame) -> bool:
    """Return whether an arrow to the north tells something: not up, and the same all over."""
    if not where.is_region:
        return False
    turn, apart = north_at(where)
    return abs(turn) > _STRAIGHT_UP and apart < _NORTH_TURNS


def _north(where: MapFrame, at: Floats) -> Floats:
    """Return which way north is, degrees clockwise from up, shape (n,), of lon, lat (n, 2)."""
    step = np.where(at[:, 1] > 88.5, -0.1, 0.1)
    onward = np.column_stack([at[:, 0], at[:, 1] + step])
    way = where.projection.points(onward) - where.projection.points(at)
    way *= np.sign(step)[:, None]
    return np.asarray(np.degrees(np.arctan2(way[:, 0], way[:, 1])))
