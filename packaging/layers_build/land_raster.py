"""Land and water of the world as one bit a cell, for `gisapp.analysis.network.land_mask`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageDraw

from gisapp.analysis.network.land_mask import CELL_DEGREES, COLUMNS, ROWS

#: Lakes larger than this, in square degrees, are water that no road is guessed across.
SMALLEST_LAKE: Final = 0.3


def rasterise(
    land: npt.NDArray[np.object_], lakes: npt.NDArray[np.object_]
) -> npt.NDArray[np.uint8]:
    """Return the bits: every cell that a polygon of land touches, lakes' inner cells left out."""
    image = Image.new("L", (COLUMNS, ROWS), 0)
    draw = ImageDraw.Draw(image)
    _paint(draw, land, 1, 0)
    parts = shapely.get_parts(lakes)
    large = parts[shapely.area(parts) > SMALLEST_LAKE]
    _paint(draw, large, 0, 1)
    shores = [ring for polygon in (*shapely.get_parts(land), *large) for ring in _rings(polygon)]
    for ring in shores:
        draw.line(_cells(ring), fill=1)
    return np.packbits(np.asarray(image, dtype=np.uint8))


def _paint(draw: Any, polygons: npt.NDArray[np.object_], inside: int, hole: int) -> None:
    for polygon in shapely.get_parts(polygons):
        outer, *inner = _rings(polygon)
        draw.polygon(_cells(outer), fill=inside)
        for ring in inner:
            draw.polygon(_cells(ring), fill=hole)


def _rings(polygon: Any) -> list[Any]:
    return [polygon.exterior, *polygon.interiors]


def _cells(ring: Any) -> list[tuple[int, int]]:
    """Return a ring's cells; row 0 is the southernmost."""
    lon, lat = shapely.get_coordinates(ring).T
    x = np.clip(np.floor((lon + 180.0) / CELL_DEGREES), 0, COLUMNS - 1).astype(int)
    y = np.clip(np.floor((lat + 90.0) / CELL_DEGREES), 0, ROWS - 1).astype(int)
    return list(zip(x.tolist(), y.tolist(), strict=True))
