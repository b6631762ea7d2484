"""Countries as fine as the scale of a map asks for, on the plane, and the coast around them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.data.shipped import load_layer
from gisapp.model.features import Features, Floats
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.drawn import field_of
from gisapp.render.map_frame import MapFrame
from gisapp.render.tile_cache import Cache

#: Degrees by which a coarse coast may be off, and the smallest island on it, square degrees.
_COARSE: Final = 0.4
_ISLAND: Final = 1.0
#: Points of the page by degree of latitude: below the first coarse, above the second 1:10 m.
_COARSE_BELOW: Final = 1.0
_FINE_ABOVE: Final = 12.0
#: Points² of the page that a lake takes at least, and what its shore may be off, points.
_LAKE: Final = 10.0
_SHORE: Final = 0.15
_CUT: Final = 180.0 - 1e-9  # degrees: where the data are cut
_METERS_PER_DEGREE: Final = 111_195.0


def countries_for(points_per_meter: float) -> Layer:
    """Return the shipped jurisdictions for a map of so many page points by metre."""
    points = points_per_meter * _METERS_PER_DEGREE
    if points < _COARSE_BELOW:
        return coarse_countries()
    return load_layer("jurisdictions" if points > _FINE_ABOVE else "jurisdictions_simple")


@cache
def coarse_countries() -> Layer:
    """Return the jurisdictions for maps as small as a thumb, about 1:110 m.

    Simplified as one coverage, so that neighbours share their borders and nothing gapes; small
    islands go, but no country goes altogether.
    """
    layer = load_layer("jurisdictions_simple")
    shapes = shapely.coverage_simplify(layer.features.geometry, _COARSE)
    kept = np.array([_without_islands(shape) for shape in shapes], dtype=object)
    return replace(layer, features=Features.from_shapes(kept, layer.features.columns))


@cache
def coarse_land() -> npt.NDArray[np.object_]:
    """Return all land of `coarse_countries`, a polygon for each land, shape (n,)."""
    joined = shapely.union_all(coarse_countries().features.geometry)
    return _whole_at_180(shapely.get_parts(joined))


def _without_islands(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    if len(parts) < 2:
        return shape
    areas = shapely.area(parts)
    keep = (areas >= _ISLAND) | (areas == areas.max())
    return shapely.MultiPolygon(parts[keep].tolist())


@dataclass(frozen=True, eq=False)
class Countries:
    """Countries around a frame on the plane of its projection.

    Parameters
    ----------
    planes
        Areas in metres of the plane, shape (n,); empty for what the map does not show.
    coast
        All of them as one area, without their borders.
    layer
        What they were made of.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    planes: npt.NDArray[np.object_]
    coast: Any
    layer: Layer


#: The pages of a deck and the maps of a page are of few projections.
_made: Final[Cache[Countries]] = Cache(8)
_lakes: Final[Cache[npt.NDArray[np.object_]]] = Cache(8)


def countries_on(where: MapFrame, layer: Layer, feedback: Feedback | None = None) -> Countries:
    """Return the countries of a layer on the plane of a map, kept for the next map like it."""
    seen = _seen(where)
    # what is kept holds its layer: no other can have got its id
    key = (*_key(where), id(layer), seen)
    return _made.get(key, lambda: _countries(where, layer, seen, feedback))


def lakes_on(where: MapFrame, feedback: Feedback | None = None) -> npt.NDArray[np.object_]:
    """Return the lakes that are large enough to be seen, on the plane of a map, shape (n,)."""
    seen = _seen(where)
    # of maps of nearly one scale the lakes are the same
    level = int(np.ceil(2.0 * np.log2(where.points_per_meter * _METERS_PER_DEGREE)))
    points = 2.0 ** (level / 2.0)

    def make() -> npt.NDArray[np.object_]:
        _, shapes = _near(load_layer("lakes"), seen)
        large = shapes[shapely.area(shapes) * points**2 > _LAKE]
        simple = shapely.simplify(large, _SHORE / points)
        return where.projection.areas(simple, feedback=feedback)

    return _lakes.get((*_key(where), level, seen), make)


def _key(where: MapFrame) -> tuple[str, str, float]:
    projection = where.projection
    return projection.kind.name, projection.crs.srs, projection.center_lat


def _seen(where: MapFrame) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of what a frame shows; None where that is most of all."""
    if not where.is_region:
        return None
    seen = where.projection.seen_from(where.extent)
    if seen is not None or not where.projection.is_disc:
        return seen
    xmin, ymin, xmax, ymax = where.extent
    x, y = np.meshgrid(np.linspace(xmin, xmax, 33), np.linspace(ymin, ymax, 33))
    lat = where.projection.lonlat(np.column_stack([x.ravel(), y.ravel()]))[:, 1]
    if not np.isfinite(lat).all():
        return None
    # around a pole: all longitudes, from the lowest latitude on
    if where.projection.center_lat > 0.0:
        return -180.0, float(lat.min()) - 1.0, 180.0, 90.0
    return -180.0, -90.0, 180.0, float(lat.max()) + 1.0


def _countries(
    where: MapFrame,
    layer: Layer,
    seen: tuple[float, float, float, float] | None,
    feedback: Feedback | None,
) -> Countries:
    rows, shapes = _near(layer, seen)
    feedback = feedback or Feedback()
    planes = where.projection.areas(shapes, feedback=feedback.part(0.0, 0.5))
    codes = tuple(field_of(layer, "iso", rows))
    # joined before it is projected, where neighbours share their borders to the last digit
    lands = _whole_at_180(shapely.get_parts(_joined(shapes)))
    parts = shapely.get_parts(where.projection.areas(lands, feedback=feedback.part(0.5, 1.0)))
    whole = shapely.MultiPolygon(parts[~shapely.is_empty(parts)].tolist())
    return Countries(codes, tuple(field_of(layer, "name", rows)), planes, whole, layer)


def _whole_at_180(lands: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return pieces of land joined where the data cut them at 180 degrees, and that is no coast.

    What is joined reaches beyond 180 degrees east.
    """
    west, _, east, _ = shapely.bounds(lands).T
    at_west, at_east = west <= -_CUT, east >= _CUT
    left, right = at_west & ~at_east, at_east & ~at_west  # a land all around stays as it is
    if not (left.any() and right.any()):
        return lands

    def onward(at: Floats) -> Floats:
        lon = np.where(at[:, 0] <= -_CUT, -180.0, at[:, 0])
        return np.column_stack([lon + 360.0, at[:, 1]])

    joined = shapely.union_all([*lands[right], *shapely.transform(lands[left], onward)])
    return np.array([*lands[~(left | right)], *shapely.get_parts(joined)], dtype=object)


def _joined(shapes: npt.NDArray[np.object_]) -> Any:
    try:
        joined = shapely.coverage_union_all(shapes)  # fast, where neighbours share their borders
    except shapely.GEOSException:
        return shapely.union_all(shapes)
    return joined if shapely.is_valid(joined) else shapely.union_all(shapes)


def _near(
    layer: Layer, seen: tuple[float, float, float, float] | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Return rows and shapes around a frame: the fine layer is large, a frame is not."""
    shapes = layer.features.geometry
    every = np.arange(len(shapes))
    if seen is None:
        return every, shapes
    west, south, east, north = seen
    window = shapely.union_all(
        [shapely.box(west + turn, south, east + turn, north) for turn in (-360.0, 0.0, 360.0)]
    )
    window = shapely.intersection(window, shapely.box(-180.0, -90.0, 180.0, 90.0))
    shapely.prepare(window)
    rows = every[shapely.intersects(window, shapely.box(*shapely.bounds(shapes).T))]
    return rows, shapely.intersection(shapes[rows], window)
