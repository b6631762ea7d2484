"""How far every place at sea is from land, as a raster, and lines of sight through it.

A stretch of a line is free if no land lies as near to its middle as its ends are; else its halves
are looked at. Across an ocean that takes some ten rounds, in numpy for a million lines at once.
What runs close to a shore is left to the exact test of `coast.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.model.geodesy import MEAN_RADIUS_KM, unit_vectors

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: A step of the fine raster's numbers, and its number for cells that surely are land.
KM_PER_COUNT: Final = 0.25
LAND: Final = 255
KM_PER_DEGREE: Final = 111.2
#: A line near a shore is looked at in stretches of this length.
SHORT_KM: Final = 5.0
#: A leg keeps off land by at most this share of the way from its nearer end.
BERTH_SLOPE: Final = 0.03
#: Share of a raster's distance that may be lost to the Earth not being a sphere.
_FLAT: Final = 0.006
_CHUNK: Final = 400_000


@dataclass(frozen=True, eq=False)
class Stretches:
    """Parts of lines that run too close to a shore to be proven free by the raster.

    Parameters
    ----------
    start, end
        Longitude and latitude in degrees, shape (k, 2).
    line
        The line that each belongs to, shape (k,).
    """

    start: Floats
    end: Floats
    line: Ints


class Clearance:
    """Distance to land in kilometres.

    Parameters
    ----------
    block
        Per degree of latitude (from 90 south) and longitude (from 180 west) the number of its
        block of fine cells, or -1; shape (180, 360).
    far
        Where there is none: kilometres that surely are free around any place in it, or -1 where
        all is land; shape (180, 360).
    fine
        Distance of the centre of each cell from land in steps of `KM_PER_COUNT`, `LAND` where the
        cell lies wholly in land; shape (b, c, c), south to north and west to east.
    """

    def __init__(
        self,
        block: npt.NDArray[np.int32],
        far: npt.NDArray[np.float32],
        fine: npt.NDArray[np.uint8],
    ) -> None:
        self._block = block.astype(np.int64).ravel()
        self._far = far.astype(np.float64).ravel()
        self._cells = fine.shape[1]
        self._fine = fine.ravel()

    def at(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return distances to land.

        Parameters
        ----------
        lon, lat
            Degrees, any sheet of longitudes, shape (n,).

        Returns
        -------
        tuple
            Kilometres from land, -1 on land for sure; kilometres that surely are free, at most 0
            near a shore. Both of shape (n,).
        """
        x = (lon + 180.0) % 360.0
        y = np.clip(lat + 90.0, 0.0, 179.999999)
        column, row = x.astype(np.int64) % 360, y.astype(np.int64)
        cell = row * 360 + column
        block = self._block[cell]
        km = self._far[cell]
        sure = km.copy()
        near = np.flatnonzero(block >= 0)
        if len(near):
            n = self._cells
            i = np.minimum(((y[near] - row[near]) * n).astype(np.int64), n - 1)
            j = np.clip(((x[near] - column[near]) * n).astype(np.int64), 0, n - 1)
            count = self._fine[(block[near] * n + i) * n + j]
            centre = count * KM_PER_COUNT
            half = 0.5 * KM_PER_DEGREE / n * np.hypot(1.0, np.cos(np.radians(lat[near])))
            land = count == LAND
            km[near] = np.where(land, -1.0, centre)
            sure[near] = np.where(land, -1.0, centre * (1.0 - _FLAT) - half - KM_PER_COUNT)
        return km, sure

    def trace(
        self,
        start: Floats,
        end: Floats,
        berth_km: Floats | float = 0.0,
        slope: float = BERTH_SLOPE,
    ) -> tuple[Bools, Stretches]:
        """Follow great circles and say which surely meet land or pass it too close.

        Parameters
        ----------
        start, end
            Longitude and latitude in degrees, shape (n, 2).
        berth_km
            The distance to be kept off land; shape (n,).
        slope
            Near its ends a line keeps at least this share of the way from the nearer end.

        Returns
        -------
        tuple
            True where no land was met for sure, shape (n,); and what of these lines is not proven.
        """
        alive = np.ones(len(start), dtype=bool)
        parts = []
        berth = np.broadcast_to(np.asarray(berth_km, dtype=np.float64), len(start))
        for first in range(0, len(start), _CHUNK):
            rows = slice(first, min(first + _CHUNK, len(start)))
            alive[rows], near = self._traced(start[rows], end[rows], berth[rows], slope)
            parts.append(Stretches(near.start, near.end, near.line + first))
        if not parts:
            nothing = np.empty((0, 2))
            return alive, Stretches(nothing, nothing, np.empty(0, dtype=np.int64))
        return alive, Stretches(
            np.concatenate([part.start for part in parts]),
            np.concatenate([part.end for part in parts]),
            np.concatenate([part.line for part in parts]),
        )

    def _traced(
        self, start: Floats, end: Floats, berth: Floats, slope: float
    ) -> tuple[Bools, Stretches]:
        circles = Circles(start, end)
        length = circles.angle * MEAN_RADIUS_KM
        alive = np.ones(len(start), dtype=bool)
        line = np.arange(len(start))
        low, high = np.zeros(len(start)), np.ones(len(start))
        found: list[tuple[Ints, Floats, Floats]] = []
        while len(line):
            middle, half = (low + high) / 2.0, (high - low) * length[line] / 2.0
            km, sure = self.at(*circles.at(line, middle))
            off, most = (
                np.minimum(berth[line], slope * length[line] * np.minimum(a, b))
                for a, b in ((middle, 1.0 - middle), (high, 1.0 - low))
            )
            alive[line[(km < off) | (km < 0.0)]] = False
            short = 2.0 * half <= SHORT_KM
            open_ = alive[line] & (sure < half + most)
            close = open_ & short & (sure < half)
            if close.any():
                found.append((line[close], low[close], high[close]))
            # what is neither proven nor short is looked at in halves
            on = open_ & ~short
            line = np.concatenate([line[on], line[on]])
            low, high, middle = low[on], high[on], middle[on]
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        if not found:
            nothing = np.empty((0, 2))
            return alive, Stretches(nothing, nothing, np.empty(0, dtype=np.int64))
        line = np.concatenate([rows for rows, _, _ in found])
        low, high = (np.concatenate([part[k] for part in found]) for k in (1, 2))
        still = alive[line]
        line, low, high = line[still], low[still], high[still]
        return alive, Stretches(
            np.column_stack(circles.at(line, low)), np.column_stack(circles.at(line, high)), line
        )


class Circles:
    """Great circles between positions, as if latitudes were a sphere's.

    Parameters
    ----------
    start, end
        Longitude and latitude in degrees, shape (n, 2).
    """

    def __init__(self, start: Floats, end: Floats) -> None:
        self._a, self._b = unit_vectors(start), unit_vectors(end)
        chord = np.sqrt(((self._a - self._b) ** 2).sum(axis=1))
        self.angle = 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0))
        self._sine = np.maximum(np.sin(self.angle), 1e-15)

    def at(self, rows: Ints, share: Floats) -> tuple[Floats, Floats]:
        """Return longitudes and latitudes at a share, 0 to 1, of the way along some of them."""
        angle = self.angle[rows]
        sine = self._sine[rows]
        a = np.where(angle < 1e-9, 1.0 - share, np.sin((1.0 - share) * angle) / sine)
        b = np.where(angle < 1e-9, share, np.sin(share * angle) / sine)
        x = a[:, None] * self._a[rows] + b[:, None] * self._b[rows]
        return np.degrees(np.arctan2(x[:, 1], x[:, 0])), np.degrees(
            np.arctan2(x[:, 2], np.hypot(x[:, 0], x[:, 1]))
        )
