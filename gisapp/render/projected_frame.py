"""Bounds on a projection's plane, and which projections can show them."""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError
from gisapp.render.projection import (
    CONE,
    PROJECTIONS,
    Box,
    Projection,
    ProjectionKind,
    projection_for,
)

_ENOUGH: Final = 0.9  # of a frame is to be seen: a globe may leave corners empty
_ACROSS: Final = 15.0  # degrees of latitude to both sides of the equator: too far for a cone


def frame_of(projection: Projection, bounds: Box | None) -> Box:
    """Return xmin, ymin, xmax, ymax in metres of the map that shows these bounds, or all.

    Raises
    ------
    GisappError
        `frame_unseen` where the projection shows no good part of them, naming those that can.
    """
    if bounds is None:
        xmin, ymin, xmax, ymax = projection.outline.bounds
        return xmin, ymin, xmax, ymax
    xy = _seen_of(projection, bounds)
    if xy is None:
        able = [kind.title for kind in PROJECTIONS.values() if _can_show(kind, bounds)]
        raise GisappError(
            "frame_unseen",
            f"{projection.kind.title} cannot show this frame: {_limit(projection, bounds)}.",
            f"These can: {', '.join(able)}." if able else "Choose a smaller frame.",
        )
    (xmin, ymin), (xmax, ymax) = xy.min(axis=0), xy.max(axis=0)
    return float(xmin), float(ymin), float(xmax), float(ymax)


def _seen_of(projection: Projection, bounds: Box) -> Floats | None:
    """Return what is seen of a grid over bounds on the plane; None where that is too little."""
    west, south, east, north = bounds
    if east < west:
        east += 360.0
    if projection.kind.proj == "lcc" and south < -_ACROSS and north > _ACROSS:
        return None
    lon, lat = np.meshgrid(np.linspace(west, east, 49), np.linspace(south, north, 49))
    at = np.column_stack([lon.ravel(), lat.ravel()])
    if east - west >= 360.0 - 1e-6:
        at[:, 0] = np.clip(
            at[:, 0], projection.center_lon - 179.999, projection.center_lon + 179.999
        )
    xy = projection.points(at)
    if projection.kind.proj == "lcc":  # a cone has no place for what is behind its cut
        away = np.abs((at[:, 0] - projection.center_lon + 180.0) % 360.0 - 180.0)
        xy[away > CONE] = np.nan
    xy = xy[np.isfinite(xy).all(axis=1)]
    return xy if len(xy) >= _ENOUGH * len(at) else None


def _can_show(kind: ProjectionKind, bounds: Box) -> bool:
    return _seen_of(projection_for(kind.name, bounds=bounds), bounds) is not None


def _limit(projection: Projection, bounds: Box) -> str:
    """Return why a projection does not show bounds, as a part of a sentence."""
    if projection.kind.proj == "lcc":
        if bounds[1] < -_ACROSS and bounds[3] > _ACROSS:
            return "a cone serves one side of the equator"
        return f"it reaches {CONE:.0f} degrees to each side of its middle and no pole"
    if projection.is_disc:
        horizon = f"{projection.kind.horizon:.0f} degrees"
        middle = "the pole" if projection.kind.name.endswith("_polar") else "its middle"
        return f"it ends {horizon} from {middle}"
    south, north = abs(projection.kind.south), projection.kind.north
    return f"it ends at {south:.0f}° south and {north:.0f}° north"
