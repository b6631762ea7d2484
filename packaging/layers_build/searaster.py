"""The raster of distances to land that `gisapp.analysis.network.clearance` reads."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import cKDTree

from gisapp.analysis.network.clearance import KM_PER_COUNT, KM_PER_DEGREE, LAND
from gisapp.model.features import Floats
from gisapp.model.geodesy import MEAN_RADIUS_KM, unit_vectors

#: Shores get points so close that the distance to them is the distance to the shore.
_SPACING_KM: Final = 1.0
#: Cells to a degree of the picture that says what is land.
_PICTURE: Final = 20
_HALF_BLOCK_KM: Final = 79.0


def clearance(rings: list[Floats], cells: int) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of `Clearance`.

    Parameters
    ----------
    rings
        Rings of land in degrees, each of shape (n, 2).
    cells
        Fine cells to a degree.
    """
    shore = cKDTree(unit_vectors(_points(rings)))

    def distance(lon: Floats, lat: Floats) -> Floats:
        chord, _ = shore.query(unit_vectors(np.column_stack([lon, lat])), workers=-1)
        km: Floats = 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0)) * MEAN_RADIUS_KM
        return km

    inside = _inside(rings)
    row, column = (grid.ravel() for grid in np.mgrid[0:180, 0:360])
    centre = distance(column - 179.5, row - 89.5)
    land = inside[row * _PICTURE + _PICTURE // 2, column * _PICTURE + _PICTURE // 2]
    far = np.where(land, -1.0, centre * 0.99 - _HALF_BLOCK_KM)
    rows = np.flatnonzero(centre < _HALF_BLOCK_KM + 0.8 * LAND * KM_PER_COUNT)
    offset = (np.arange(cells) + 0.5) / cells
    lat = (row[rows] - 90.0)[:, None, None] + offset[:, None]
    lon = (column[rows] - 180.0)[:, None, None] + offset
    lat, lon = np.broadcast_arrays(lat, lon)
    km = distance(lon.ravel(), lat.ravel())
    i = np.minimum(((lat.ravel() + 90.0) * _PICTURE).astype(np.int64), 180 * _PICTURE - 1)
    j = ((lon.ravel() + 180.0) * _PICTURE).astype(np.int64)
    within = inside[i, j]
    half = 0.5 * KM_PER_DEGREE / cells * np.hypot(1.0, np.cos(np.radians(lat.ravel())))
    # the picture is right but for a cell or two along the shore
    deep = within & (km > half + 1.0) & _deep(inside)[i, j]
    count = np.where(within, 0, np.minimum(km / KM_PER_COUNT, LAND - 1)).astype(np.uint8)
    count[deep] = LAND
    block = np.full(180 * 360, -1, dtype=np.int32)
    block[rows] = np.arange(len(rows))
    return {
        "block": block.reshape(180, 360),
        "far": far.reshape(180, 360).astype(np.float32),
        "fine": count.reshape(-1, cells, cells),
    }


def _deep(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return the cells of a picture that are land with all around them."""
    eroded: npt.NDArray[np.bool_] = ndimage.binary_erosion(
        inside, np.ones((3, 3), dtype=bool), border_value=1
    )
    return eroded


def _points(rings: list[Floats]) -> Floats:
    """Return points along rings at most so many km apart."""
    found = []
    for ring in rings:
        step = np.abs(np.diff(ring, axis=0))
        step[:, 0] *= np.cos(np.radians(np.minimum(np.abs(ring[:-1, 1]), np.abs(ring[1:, 1]))))
        count = np.maximum(np.ceil(step.max(axis=1) * KM_PER_DEGREE / _SPACING_KM), 1).astype(int)
        index = np.repeat(np.arange(len(count)), count)
        share = (np.arange(len(index)) - np.repeat(np.cumsum(count) - count, count)) / count[index]
        found.append(ring[index] + share[:, None] * (ring[index + 1] - ring[index]))
    return np.concatenate(found)


def _signed_area(ring: Floats) -> float:
    """Return the area of a ring on the map, negative where it goes round clockwise."""
    x, y = ring.T
    return float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) / 2.0)


def _inside(rings: list[Floats]) -> npt.NDArray[np.bool_]:
    """Return a picture of the world, True on land; row 0 is 90 south."""
    image = Image.new("1", (360 * _PICTURE, 180 * _PICTURE))
    draw = ImageDraw.Draw(image)
    # the largest first: land, the waters in it, the islands in these
    areas = [_signed_area(ring) for ring in rings]
    for k in np.argsort(-np.abs(areas), kind="stable"):
        pixels = np.add(rings[k], (180.0, 90.0)) * _PICTURE
        draw.polygon([tuple(p) for p in pixels], fill=int(areas[k] > 0.0))
    return np.array(image)
