"""Land, water and countries of the world in cells, for `gisapp.analysis.network.land_mask`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image, ImageDraw

from gisapp.analysis.network.land_mask import CELL_DEGREES, COLUMNS, COUNTRY_CELLS, ROWS

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


def countries(
    shapes: npt.NDArray[np.object_], codes: npt.NDArray[np.object_], known: npt.NDArray[np.str_]
) -> npt.NDArray[np.uint8]:
    """Return the cells of the countries that are `known`, sorted codes; `codes` are the shapes'."""
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    place = np.array([list(known).index(code) if code in known else -1 for code in codes])
    image = Image.new("L", (COLUMNS // COUNTRY_CELLS, ROWS // COUNTRY_CELLS), 0)
    draw = ImageDraw.Draw(image)
    # the largest first: what lies within another country is painted over its hole
    for i in np.argsort(-shapely.area(parts), kind="stable"):
        outer, *inner = _rings(parts[i])
        draw.polygon(_cells(outer, COUNTRY_CELLS), fill=int(place[of_part[i]]) + 1)
        for ring in inner:
            draw.polygon(_cells(ring, COUNTRY_CELLS), fill=0)
    return np.asarray(image, dtype=np.uint8).reshape(-1)


def _paint(draw: Any, polygons: npt.NDArray[np.object_], inside: int, hole: int) -> None:
    for polygon in shapely.get_parts(polygons):
        outer, *inner = _rings(polygon)
        draw.polygon(_cells(outer), fill=inside)
        for ring in inner:
            draw.polygon(_cells(ring), fill=hole)


def _rings(polygon: Any) -> list[Any]:
    return [polygon.exterior, *polygon.interiors]


def _cells(ring: Any, size: int = 1) -> list[tuple[int, int]]:
    """Return a ring's cells, of so many of land's; row 0 is the southernmost."""
    lon, lat = shapely.get_coordinates(ring).T / (CELL_DEGREES * size)
    x = np.clip(np.floor(lon + COLUMNS / size / 2), 0, COLUMNS // size - 1).astype(int)
    y = np.clip(np.floor(lat + ROWS / size / 2), 0, ROWS // size - 1).astype(int)
    return list(zip(x.tolist(), y.tolist(), strict=True))
