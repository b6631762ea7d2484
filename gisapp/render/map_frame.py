"""The map's place on the page: geometries from the plane to points, cut to the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisapp.model.features import Floats
from gisapp.render.page_sizes import POINTS_PER_PIXEL
from gisapp.render.picture import FrameSpec
from gisapp.render.projection import Box as Extent
from gisapp.render.projection import Projection
from gisapp.render.scene import Box, Part

FINE_AREA: Final = 0.06  # points²: smaller islands are not seen on any page
_WORLD_METERS: Final = 40_075_016.7  # around the equator
_TILE: Final = 256.0  # pixels of the world at zoom 0
_ROOMY_WORLD: Final = 840.0  # points: a world map this wide has room for the largest symbols
FINE_LINE: Final = 0.12  # points: what a path may be off after simplifying


@dataclass(frozen=True, eq=False)
class MapFrame:
    """The map's box on the page with its projection: metres to points.

    Parameters
    ----------
    scale
        Size of type and symbols against those of a 16:9 slide.
    top_weight, top_tonnes
        What the largest symbol and the widest flow stand for, where several maps share a legend;
        None takes what this one shows.
    legend_of
        The map whose legend an inset is read by: what has a size by tonnes is as large as there.
    """

    projection: Projection
    box: Box
    extent: Extent
    scale: float
    spec: FrameSpec
    top_weight: float | None = None
    top_tonnes: float | None = None
    legend_of: MapFrame | None = None

    @property
    def points_per_meter(self) -> float:
        """Page points by metre of the plane."""
        return self.box.w / (self.extent[2] - self.extent[0])

    @property
    def zoom(self) -> float:
        """The zoom of the live map at which the middle of the world is as large as here."""
        pixels = self.points_per_meter / (POINTS_PER_PIXEL * self.scale) * _WORLD_METERS
        return float(np.log2(pixels / _TILE))

    def to_page(self, xy: Floats) -> Floats:
        """Return plane coordinates, shape (n, 2), as page points."""
        k = self.points_per_meter
        out = np.empty_like(xy)
        out[:, 0] = self.box.x + (xy[:, 0] - self.extent[0]) * k
        out[:, 1] = self.box.y + (self.extent[3] - xy[:, 1]) * k
        return out

    @property
    def is_region(self) -> bool:
        """True where the map is a rectangle and not the whole globe."""
        return self.spec.bounds is not None

    @property
    def weighted_scale(self) -> float:
        """How large symbols by weight are against the screen's: on a small world they crowd."""
        if self.legend_of is not None:
            return self.legend_of.weighted_scale * self.legend_of.scale / self.scale
        if self.is_region:
            return 1.0
        return min(max(self.box.w / (_ROOMY_WORLD * self.scale), 0.65), 1.0)

    def clip(self, geometry: Any) -> Any:
        """Return what of a geometry in page points lies inside the map."""
        if not self.is_region:
            return geometry
        box = self.box
        return shapely.intersection(geometry, shapely.box(box.x, box.y, box.right, box.bottom))

    def shows(self, xy: Floats) -> Any:
        """Return which page positions, shape (n, 2), lie inside the map."""
        box = self.box
        inside = (xy[:, 0] >= box.x) & (xy[:, 0] <= box.right)
        inside &= (xy[:, 1] >= box.y) & (xy[:, 1] <= box.bottom)
        return inside & np.isfinite(xy).all(axis=1)


def page_parts(geometry: Any, smallest: float = 0.0) -> tuple[Part, ...]:
    """Return the polygons of a geometry as rings, without those of less area in points²."""
    found: list[Part] = []
    for polygon in shapely.get_parts(geometry):
        if polygon.geom_type == "MultiPolygon":
            found += page_parts(polygon, smallest)
        elif polygon.geom_type == "Polygon" and polygon.area > smallest:
            rings = (polygon.exterior, *polygon.interiors)
            found += [tuple(shapely.get_coordinates(ring)[:-1] for ring in rings)]
    return tuple(found)


def page_areas(where: MapFrame, geometries: Any) -> Any:
    """Return areas of the plane on the page, cut to the map."""
    moved = shapely.transform(geometries, where.to_page)
    try:
        return where.clip(moved)
    except shapely.GEOSException:  # what was valid in metres may touch itself in points
        return where.clip(shapely.make_valid(moved))


def ring_lines(parts: Sequence[Part]) -> tuple[Floats, ...]:
    """Return every ring of these polygons as a closed path."""
    return tuple(np.concatenate([ring, ring[:1]]) for part in parts for ring in part)


def page_paths(where: MapFrame, lonlat: Floats) -> list[Floats]:
    """Return the visible pieces of a path of lon, lat on the page, simplified and cut."""
    pieces: list[Floats] = []
    for path in where.projection.path(lonlat):
        line = shapely.simplify(shapely.LineString(where.to_page(path)), FINE_LINE)
        pieces += [
            shapely.get_coordinates(part)
            for part in shapely.get_parts(where.clip(line))
            if part.geom_type == "LineString" and part.length > 0.0
        ]
    return pieces


def filled_extent(extent: Extent, box: Box) -> Extent:
    """Widen the extent on both sides until it has the shape of the box."""
    xmin, ymin, xmax, ymax = extent
    wide, high = xmax - xmin, ymax - ymin
    more_x = max(high * box.w / box.h - wide, 0.0) / 2.0
    more_y = max(wide * box.h / box.w - high, 0.0) / 2.0
    return xmin - more_x, ymin - more_y, xmax + more_x, ymax + more_y
