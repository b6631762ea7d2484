"""Features in WGS 84 moved to the coordinate reference system that a file shall be in."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyproj
import shapely
from pyproj.enums import TransformDirection

from gisapp.data import crs_text
from gisapp.data.crs_operation import operation
from gisapp.data.losses import Losses
from gisapp.model.features import Features, Floats
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer

WGS84: Final = "EPSG:4326"
_SAMPLE: Final = 1_000
_SLICE: Final = 20_000


def moved_to(layer: Layer, crs: str, losses: Losses, *, feedback: Feedback | None = None) -> Layer:
    """Return a layer for writing, with coordinates of another CRS, axis order x, y.

    The way is the one that a file of that CRS would be read by, backwards: it comes back to where
    it was. What lies where the CRS does not reach loses its position, and that is told.

    Raises
    ------
    GisappError
        As `crs_text.parse` and `crs_operation.operation` do.
    """
    target = crs_text.parse(crs)
    features = layer.features
    places = features.lonlat
    sample = places[np.isfinite(places).all(axis=1)]
    sample = sample[:: max(len(sample) // _SAMPLE, 1)]
    rough = pyproj.Transformer.from_crs(WGS84, target, always_xy=True)
    xy = np.column_stack(rough.transform(sample[:, 0], sample[:, 1]))
    mover = operation(target, xy[np.isfinite(xy).all(axis=1)]).transformer

    def move(lonlat: Floats) -> Floats:
        moved = np.empty_like(lonlat)
        for start in range(0, len(lonlat), _SLICE):
            part = slice(start, start + _SLICE)
            x, y = mover.transform(
                lonlat[part, 0], lonlat[part, 1], direction=TransformDirection.INVERSE
            )
            moved[part, 0], moved[part, 1] = x, y
            if feedback is not None:
                feedback.check(start / len(lonlat), f"Moving to {crs_text.label(target)}")
        moved[~np.isfinite(moved).all(axis=1)] = np.nan
        return moved

    had = np.isfinite(places).all(axis=1)
    if features.is_points:
        points = move(places)
        lost = int((had & ~np.isfinite(points).all(axis=1)).sum())
        changed = Features.from_points(points, features.columns)
    else:
        shapes = shapely.transform(features.geometry, move)
        broken = had & ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
        shapes = np.where(broken, None, shapes)
        lost = int(broken.sum())
        changed = Features.from_shapes(shapes, features.columns)
    if lost:
        losses.out_of_reach(layer.name, crs_text.label(target), lost)
    return layer.with_(features=changed)
