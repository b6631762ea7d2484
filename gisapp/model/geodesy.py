"""Distances, lines and areas on the WGS 84 ellipsoid, and shapes across 180 degrees.

Axis order is lon, lat in degrees everywhere; lengths are kilometres.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from gisapp.model.features import Floats

WGS84: Final = Geod(ellps="WGS84")
KM_PER_NAUTICAL_MILE: Final = 1.852
MEAN_RADIUS_KM: Final = 6371.0087714


def distance_km(start: npt.ArrayLike, end: npt.ArrayLike) -> Floats:
    """Return geodesic distances (Karney 2013) between positions.

    Parameters
    ----------
    start, end
        Longitude and latitude in degrees, shape (n, 2) or (2,); NaN gives NaN.

    Returns
    -------
    numpy.ndarray
        Kilometres, shape (n,).
    """
    a, b = np.broadcast_arrays(
        np.atleast_2d(np.asarray(start, float)), np.atleast_2d(np.asarray(end, float))
    )
    lon1, lat1, lon2, lat2 = (np.ascontiguousarray(v) for v in (*a.T, *b.T))
    meters = WGS84.inv(lon1, lat1, lon2, lat2)[2]
    known = np.isfinite(a).all(axis=1) & np.isfinite(b).all(axis=1)
    return np.where(known, np.asarray(meters, float) / 1000.0, np.nan)


def path_length_km(path: npt.ArrayLike) -> float:
    """Return the geodesic length of a path of positions, shape (n, 2), in kilometres."""
    lonlat = np.asarray(path, float)
    return float(np.sum(distance_km(lonlat[:-1], lonlat[1:]))) if len(lonlat) > 1 else 0.0


def unit_vectors(lonlat: npt.ArrayLike) -> Floats:
    """Return positions in degrees, shape (n, 2), as unit vectors of the sphere, shape (n, 3)."""
    lon, lat = np.radians(np.asarray(lonlat, float)).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def ecef_km(lonlat: npt.ArrayLike) -> Floats:
    """Return positions on the ellipsoid, degrees (n, 2), as geocentric x, y, z in km (n, 3)."""
    unit = unit_vectors(lonlat)
    normal = WGS84.a / 1000.0 / np.sqrt(1.0 - WGS84.es * unit[:, 2] ** 2)
    return unit * np.column_stack([normal, normal, normal * (1.0 - WGS84.es)])


def geodesic_path(start: npt.ArrayLike, end: npt.ArrayLike, step_km: float = 100.0) -> Floats:
    """Return points along the geodesic, at most `step_km` apart, both ends included.

    Longitudes are unrolled: the path never jumps at 180 degrees and may leave [-180, 180].

    Returns
    -------
    numpy.ndarray
        Longitude and latitude in degrees, shape (n, 2).
    """
    (lon1, lat1), (lon2, lat2) = np.asarray(start, float), np.asarray(end, float)
    km = float(distance_km(start, end)[0])
    count = max(int(np.ceil(km / step_km)) - 1, 0)
    between = WGS84.npts(lon1, lat1, lon2, lat2, count) if count else []
    path = np.array([(lon1, lat1), *between, (lon2, lat2)], dtype=float)
    return unroll(path)


def unroll(path: npt.ArrayLike) -> Floats:
    """Return a path whose longitudes never jump by more than 180 degrees; shape kept."""
    lonlat = np.array(path, dtype=float)
    steps = np.diff(lonlat[:, 0])
    lonlat[1:, 0] -= np.cumsum(np.round(steps / 360.0)) * 360.0
    return lonlat


def split_at_antimeridian(path: npt.ArrayLike, center_lon: float = 0.0) -> list[Floats]:
    """Cut a path where it crosses the far side of a map centred at `center_lon`.

    Returns
    -------
    list of numpy.ndarray
        Pieces of shape (n, 2), longitudes within center_lon - 180 and center_lon + 180.
    """
    lonlat = unroll(path)
    left = center_lon - 180.0
    sheet = np.floor((lonlat[:, 0] - left) / 360.0)
    pieces: list[Floats] = []
    current = [lonlat[0] - [sheet[0] * 360.0, 0.0]]
    for i in range(1, len(lonlat)):
        if sheet[i] != sheet[i - 1]:
            step = 1 if sheet[i] > sheet[i - 1] else -1
            seam = left + 360.0 * max(sheet[i], sheet[i - 1])
            (x0, y0), (x1, y1) = lonlat[i - 1], lonlat[i]
            t = (seam - x0) / (x1 - x0)
            lat = y0 + t * (y1 - y0)
            here = left + 360.0 if step > 0 else left
            current.append(np.array([here, lat]))
            pieces.append(np.array(current))
            current = [np.array([left if step > 0 else left + 360.0, lat])]
        current.append(lonlat[i] - [sheet[i] * 360.0, 0.0])
    pieces.append(np.array(current))
    return [piece for piece in pieces if len(piece) > 1 and np.ptp(piece, axis=0).any()]
