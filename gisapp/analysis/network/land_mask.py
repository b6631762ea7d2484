"""Land, water and countries in cells of a coarse grid: enough to see what a way leads over."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats

#: Cells of land of this many degrees, row after row from the south-west corner of the world.
CELL_DEGREES: Final = 0.05
COLUMNS: Final = 7200
ROWS: Final = 3600
#: Countries stand in cells so many times as wide and high.
COUNTRY_CELLS: Final = 2
#: A way is looked at so often.
_STEP_KM: Final = 2.0

Flags = npt.NDArray[np.bool_]


class LandMask:
    """Land and countries of the world.

    Parameters
    ----------
    bits
        One bit a cell, eight in a byte, set where any land is, shape (ROWS * COLUMNS / 8,).
    countries
        Of every cell of the coarser grid the place of its country in the network's codes plus
        one, 0 at sea and where no road is, shape (ROWS / 2 * COLUMNS / 2,).
    """

    def __init__(self, bits: npt.NDArray[np.uint8], countries: npt.NDArray[np.uint8]) -> None:
        self._bits = bits
        self._countries = countries

    def is_land(self, lonlat: Floats) -> Flags:
        """Return whether the cells of positions, degrees (n, 2), hold land."""
        column, row = _cell(lonlat)
        cell = row * COLUMNS + column
        return np.asarray((self._bits[cell >> 3] >> (7 - (cell & 7)).astype(np.uint8)) & 1 == 1)

    def country(self, lonlat: Floats) -> npt.NDArray[np.int64]:
        """Return the places in the codes of the countries at positions, -1 for none."""
        column, row = _cell(lonlat)
        cell = row // COUNTRY_CELLS * (COLUMNS // COUNTRY_CELLS) + column // COUNTRY_CELLS
        return np.asarray(self._countries[cell], dtype=np.int64) - 1

    def wet_km(self, start: Floats, end: Floats, km: Floats) -> Floats:
        """Return how much of straight ways, degrees (n, 2), lies over cells of water.

        Parameters
        ----------
        km
            Lengths of the ways, shape (n,).
        """
        way, each, places = _sampled(start, end, km)
        return np.bincount(way, ~self.is_land(places) * each, minlength=len(km)).astype(float)

    def inside_km(self, start: Floats, end: Floats, km: Floats, countries: Flags) -> Floats:
        """Return how much of straight ways lies in some countries.

        Parameters
        ----------
        countries
            Which of the codes are meant.
        """
        way, each, places = _sampled(start, end, km)
        inside = np.append(countries, False)[self.country(places)]
        return np.bincount(way, inside * each, minlength=len(km)).astype(float)


def _cell(lonlat: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the columns and rows of positions."""
    column = np.floor((lonlat[:, 0] + 180.0) / CELL_DEGREES).astype(np.int64) % COLUMNS
    row = np.floor((lonlat[:, 1] + 90.0) / CELL_DEGREES).astype(np.int64)
    return column, np.clip(row, 0, ROWS - 1)


def sampled(
    start: Floats, end: Floats, km: Floats, steps: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Return places along straight ways: the middles of so many equal steps of each.

    Parameters
    ----------
    start, end
        Degrees, shape (n, 2).
    km, steps
        Length of each way and the number of its steps, shape (n,).

    Returns
    -------
    tuple
        The way of each place and the kilometres that it stands for, shape (k,); the places,
        degrees, shape (k, 2).
    """
    way = np.repeat(np.arange(len(km)), steps)
    own = np.arange(len(way)) - np.repeat(np.cumsum(steps) - steps, steps)
    t = (own + 0.5) / steps[way]
    span = end - start
    span[:, 0] -= np.round(span[:, 0] / 360.0) * 360.0
    return way, (km / steps)[way], start[way] + span[way] * t[:, None]


def _sampled(
    start: Floats, end: Floats, km: Floats
) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Return places so near each other that no cell of the mask is missed."""
    return sampled(start, end, km, np.maximum(np.ceil(km / _STEP_KM), 1.0).astype(np.int64))
