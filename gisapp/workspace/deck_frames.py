"""Where the map of a deposit's slide looks: at the deposit and its way to the plants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from gisapp.model.features import Floats
from gisapp.render.picture import FrameSpec, Picture

Bounds = tuple[float, float, float, float]

#: Part of the way's extent that is left around it, and the least extent shown, in degrees.
_MARGIN: Final = 0.18
_LEAST: Final = 7.0
#: A wider extent is a map of the world, in the frame's own projection.
_WIDEST: Final = 200.0
_REGION: Final = "lambert_azimuthal"
#: As wide as this a region shows well around its middle.
_REGIONAL: Final = 100.0
_NORTHMOST: Final = 84.0
_SOUTHMOST: Final = -60.0


def deposit_frames(
    frame: FrameSpec, pictures: Sequence[Picture], *, same_scale: bool
) -> tuple[FrameSpec, ...]:
    """Return the frame of each deposit's map: the deposit with its ways, and room around them.

    Parameters
    ----------
    same_scale
        Shows as many degrees on every map, those that the longest way needs.
    """
    boxes = [_around(picture) for picture in pictures]
    if same_scale:
        known = [box for box in boxes if box is not None]
        wide = max((east - west for west, _, east, _ in known), default=_LEAST)
        high = max((north - south for _, south, _, north in known), default=_LEAST)
        boxes = [None if box is None else _grown(box, wide, high) for box in boxes]
    return tuple(_framed(frame, box) for box in boxes)


def _around(picture: Picture) -> Bounds | None:
    """Return the extent of the ways and of the deposit at their start; None without a place."""
    paths = [each.path for each in picture.connections]
    if not paths:
        points = [d.layer.features.lonlat for d in picture.layers if d.layer.role == "deposit"]
        paths = [p for p in points if len(p) == 1 and np.isfinite(p).all()]
    if not paths:
        return None
    first = paths[0][0, 0]
    at = np.vstack([_beside(path, first) for path in paths])
    (west, south), (east, north) = at.min(axis=0), at.max(axis=0)
    wide, high = (east - west) * (1 + 2 * _MARGIN), (north - south) * (1 + 2 * _MARGIN)
    return _grown((west, south, east, north), max(wide, _LEAST * 1.6), max(high, _LEAST))


def _beside(path: Floats, lon: float) -> Floats:
    """Return a path moved by full turns so that it starts where the others do."""
    turns = np.round((path[0, 0] - lon) / 360.0)
    moved: Floats = path - np.array([360.0 * turns, 0.0])
    return moved


def _grown(box: Bounds, wide: float, high: float) -> Bounds:
    lon, lat = (box[0] + box[2]) / 2.0, (box[1] + box[3]) / 2.0
    low, top = max(lat - high / 2.0, _SOUTHMOST), min(lat + high / 2.0, _NORTHMOST)
    return lon - wide / 2.0, low, lon + wide / 2.0, top


def _framed(frame: FrameSpec, box: Bounds | None) -> FrameSpec:
    if box is None or box[2] - box[0] > _WIDEST:
        return replace(frame, bounds=None)
    turn = 360.0 * np.floor((box[0] + 180.0) / 360.0)
    west, south, east, north = (
        round(float(v), 3) for v in (box[0] - turn, box[1], box[2] - turn, box[3])
    )
    name = _REGION if east - west < _REGIONAL else frame.projection
    return replace(frame, bounds=(west, south, east, north), center_lon=None, projection=name)
