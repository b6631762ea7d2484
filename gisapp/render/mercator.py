"""Web Mercator as the unit square that tiles divide: x east from 180 W, y south from 85.05 N."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats

#: Where Web Mercator's square ends, degrees.
MAX_LATITUDE: Final = 85.0511287798066
#: The map is capped here: beyond is ice, ocean and distortion.
NORTH_CAP: Final = 84.0
SOUTH_CAP: Final = -85.0


def to_world(lonlat: npt.ArrayLike) -> Floats:
    """Project positions to the unit square.

    Parameters
    ----------
    lonlat
        Longitude and latitude in degrees, shape (n, 2); longitudes beyond 180 give x beyond
        0 to 1, latitudes are held within Web Mercator's square; NaN stays NaN.

    Returns
    -------
    numpy.ndarray
        x, y in worlds, shape (n, 2): spherical Mercator (EPSG:3857) divided by 2 pi R.
    """
    degrees = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    lat = np.radians(np.clip(degrees[:, 1], -MAX_LATITUDE, MAX_LATITUDE))
    x = degrees[:, 0] / 360.0 + 0.5
    y = 0.5 - np.arctanh(np.sin(lat)) / (2.0 * np.pi)
    return np.column_stack([x, y])


def to_lonlat(world: npt.ArrayLike) -> Floats:
    """Return degrees, shape (n, 2), of positions in the unit square: undoes `to_world`."""
    xy = np.asarray(world, dtype=np.float64).reshape(-1, 2)
    lat = np.degrees(np.arcsin(np.tanh((0.5 - xy[:, 1]) * 2.0 * np.pi)))
    return np.column_stack([(xy[:, 0] - 0.5) * 360.0, lat])
