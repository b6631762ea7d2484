"""Countries as fine as the scale of a map asks for, borders of neighbours kept together."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np
import shapely

from gisapp.data.shipped import load_layer
from gisapp.model.features import Features
from gisapp.model.layer import Layer

#: Degrees by which a coarse coast may be off, and the smallest island on it, square degrees.
_COARSE: Final = 0.4
_ISLAND: Final = 1.0
#: Points of the page by degree of latitude: below the first coarse, above the second 1:10 m.
_COARSE_BELOW: Final = 1.0
_FINE_ABOVE: Final = 12.0
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
def coarse_land() -> Any:
    """Return all land of `coarse_countries` as one shape."""
    return shapely.union_all(coarse_countries().features.geometry)


def _without_islands(shape: Any) -> Any:
    parts = shapely.get_parts(shape)
    if len(parts) < 2:
        return shape
    areas = shapely.area(parts)
    keep = (areas >= _ISLAND) | (areas == areas.max())
    return shapely.MultiPolygon(parts[keep].tolist())
