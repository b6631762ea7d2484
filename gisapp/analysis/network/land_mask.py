"""Where there is land: cells of a coarse grid, enough to see that a way would lead over the sea."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats

#: Cells of this many degrees, row after row from the south-west corner of the world.
CELL_DEGREES: Final = 0.05
COLUMNS: Final = 7200
ROWS: Final = 3600
#: A way is looked at so often.
_STEP_KM: Final = 2.0


class LandMask:
    """Land and water of the world.

    Parameters
    ----------
    bits
        One bit a cell, eight in a byte, set where any land is, shape (ROWS * COLUMNS / 8,).
    """

    def __init__(self, bits: npt.NDArray[np.uint8]) -> None:
        self._bits = bits

    def is_land(self, lonlat: Floats) -> npt.NDArray[np.bool_]:
        """Return whether the cells of positions, degrees (n, 2), hold land."""
        column = np.floor((lonlat[:, 0] + 180.0) / CELL_DEGREES).astype(np.int64) % COLUMNS
        row = np.floor((lonlat[:, 1] + 90.0) / CELL_DEGREES).astype(np.int64)
        cell = np.clip(row, 0, ROWS - 1) * COLUMNS + column
        return np.asarray((self._bits[cell >> 3] >> (7 - (cell & 7)).astype(np.uint8)) & 1 == 1)

    def wet_km(self, start: Floats, end: Floats, km: Floats) -> Floats:
        """Return how much of straight ways, degrees (n, 2), lies over cells of water.

        Parameters
        ----------
        km
            Lengths of the ways, shape (n,).
        """
        steps = np.maximum(np.ceil(km / _STEP_KM), 1.0).astype(np.int64)
        way = np.repeat(np.arange(len(km)), steps)
        own = np.arange(len(way)) - np.repeat(np.cumsum(steps) - steps, steps)
        t = (own + 0.5) / steps[way]
        span = end - start
        span[:, 0] -= np.round(span[:, 0] / 360.0) * 360.0
        wet = ~self.is_land(start[way] + span[way] * t[:, None])
        return np.asarray(np.bincount(way, wet * (km / steps)[way], minlength=len(km)), float)
