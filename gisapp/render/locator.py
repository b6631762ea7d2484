"""Where features lie, on a small piece of the basemap that shows enough to tell where that is."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log2
from typing import Final

import numpy as np

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.render.basemap import BasemapTiles, OverlayTiles, World
from gisapp.render.mercator import to_world
from gisapp.render.picture import Theme
from gisapp.render.raster import TILE

#: The features take so much of the view at most: the rest is for finding one's way.
_SHARE: Final = 0.4
#: The closest zoom: the simplified borders are drawn up to here.
_CLOSEST: Final = 3
_MOST_DOTS: Final = 2_000
#: What is shown where nothing has a position, in worlds.
_INHABITED: Final = (np.array([0.0, 0.22]), np.array([1.0, 0.66]))


@dataclass(frozen=True)
class Located:
    """A piece of basemap with dots, in CSS pixels from the top left.

    Parameters
    ----------
    tiles
        Left, top and PNG of each tile, in the order they are drawn.
    side
        How wide and high a tile is drawn.
    dots
        x, y of the features, shape (n, 2).
    """

    tiles: tuple[tuple[float, float, bytes], ...]
    side: float
    dots: Floats


def locate(
    lonlat: Floats,
    width: int,
    height: int,
    *,
    theme: Theme,
    world: World,
    feedback: Feedback | None = None,
) -> Located:
    """Return a view of so many pixels that holds all features, with much around few of them.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2); NaN is left out, and of many only some are drawn.
    """
    known = lonlat[np.isfinite(lonlat).all(axis=1)]
    dots = to_world(known[:: max(len(known) // _MOST_DOTS, 1)])
    low, high = (dots.min(axis=0), dots.max(axis=0)) if len(dots) else _INHABITED
    span = np.maximum(high - low, 1e-9)
    pixels = float(min(_SHARE * width / span[0], _SHARE * height / span[1]))
    whole = min(width, 0.9 * height / span[1])  # all that is wider than that
    pixels = float(np.clip(pixels, whole, TILE * 2.0**_CLOSEST))
    center = (low + high) / 2
    if pixels <= width:
        center[0] = 0.5  # the whole world, in its usual place
    left, top = center[0] * pixels - width / 2, center[1] * pixels - height / 2
    top = float(np.clip(top, 0.0, max(pixels - height, 0.0)))
    z = min(max(ceil(log2(pixels / TILE) - 1e-9), 0), _CLOSEST)
    side = pixels / 2**z
    makers = (BasemapTiles(world, theme), OverlayTiles(world, theme))
    tiles = []
    for x in range(floor(left / side), ceil((left + width) / side)):
        for y in range(max(floor(top / side), 0), min(ceil((top + height) / side), 2**z)):
            if feedback is not None:
                feedback.check()
            place = (x * side - left, y * side - top)
            tiles += [(*place, maker.tile(z, x % 2**z, y, 2)) for maker in makers]
    return Located(tuple(tiles), side, dots * pixels - np.array([left, top]))
