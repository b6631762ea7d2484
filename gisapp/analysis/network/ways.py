"""Answers of the networks that ship: ways between the shipped places, to be read and not added to.

A table is kept under the digest of all that it was made of, networks and costs among it. Where
they are others now it is not found, and ways are searched for as between any places.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Arrays = dict[str, npt.NDArray[Any]]

#: Name of the shipped file in the folder of layers.
FILE: Final = "ways.npz"
#: A figure of so many different values is kept as their numbers.
_FEW: Final = 2**16


class Base:
    """Symmetric figures between places, and from them to fixed ones.

    The figures of a place stand in a row: those to the f fixed places, then those to the places
    before it and to itself; row after row.

    Parameters
    ----------
    places
        Degrees, shape (n, 2).
    fixed
        How many places are fixed, f.
    given
        Which figures there are, shape (n f + n (n + 1) / 2,).
    values
        The k figures where they are given, and before them those of no way: shape (k, g + 1).
    """

    def __init__(self, places: Floats, fixed: int, given: Bools, values: npt.NDArray[Any]) -> None:
        self.fixed, self.values = fixed, values
        self._row = {place: row for row, place in enumerate(_named(places))}
        self._at = np.where(given, np.cumsum(given, dtype=np.int32), np.int32(0))

    def rows(self, places: Floats) -> Ints:
        """Return the rows of places, degrees (n, 2), -1 for what is none of them."""
        return np.array([self._row.get(place, -1) for place in _named(places)], dtype=np.int64)

    def led(self, rows: Ints) -> Bools:
        """Say of places whether a way leads from each to itself: if none does, none leads on."""
        return np.asarray(self._at[self._first(rows) + self.fixed + rows] > 0)

    def to_fixed(self, rows: Ints) -> npt.NDArray[Any]:
        """Return the figures to the fixed places, shape (k, n, f)."""
        at = self._first(rows)[:, None] + np.arange(self.fixed)
        return np.asarray(self.values[:, self._at[at]])

    def between(self, rows: Ints, others: Ints) -> npt.NDArray[Any]:
        """Return the figures between places, shape (k, n, m)."""
        later = np.maximum(rows[:, None], others)
        at = self._first(later) + self.fixed + np.minimum(rows[:, None], others)
        return np.asarray(self.values[:, self._at[at]])

    def _first(self, rows: Ints) -> Ints:
        first: Ints = rows * self.fixed + rows * (rows + 1) // 2
        return first


class Shipped:
    """The tables in a file.

    Parameters
    ----------
    path
        What `packaging/build_ways.py` wrote; where it is missing or damaged, no table ships.
    kinds
        Of which networks, as the tables' names begin.
    """

    def __init__(self, path: Path, kinds: tuple[str, ...] = ("sea", "land")) -> None:
        self._path, self._kinds = path, kinds
        self.base = lru_cache(maxsize=8)(self._base)

    def names(self) -> tuple[str, ...]:
        """Return what tables there are."""
        try:
            with self._path.open("rb") as content, np.load(content) as file:
                return tuple(sorted({name.split("/")[0] for name in file.files}))
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            return ()

    def arrays(self, name: str) -> Arrays:
        """Return what `packed` made of a table, nothing where it does not ship."""
        if name.split("-", maxsplit=1)[0] not in self._kinds:
            return {}
        try:
            with self._path.open("rb") as content, np.load(content) as file:
                some = [key for key in file.files if key.startswith(f"{name}/")]
                return {key.removeprefix(f"{name}/"): file[key] for key in some}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return {}

    def _base(self, name: str) -> Base | None:
        arrays = self.arrays(name)
        return unpacked(arrays) if arrays else None


def packed(
    places: Floats, fixed: int, figures: npt.NDArray[Any], bits: Mapping[int, int]
) -> Arrays:
    """Return a table as few bytes.

    Parameters
    ----------
    places, fixed
        See `Base`.
    figures
        In the rows of `Base`, shape (k, n f + n (n + 1) / 2); the first is infinite for no way.
    bits
        Which figures are cut to so many bits of their fraction, at most 23: so they never grow.
    """
    given = np.isfinite(figures[0])
    none = np.zeros(len(figures), dtype=figures.dtype)
    none[0] = np.inf
    arrays: Arrays = {
        "places": places,
        "fixed": np.array(fixed),
        "given": np.packbits(given),
        "none": none,
    }
    for number, row in enumerate(figures[:, given]):
        cut = row
        if number in bits:
            mask = np.uint32(2**32 - 2 ** (23 - bits[number]))
            short = row.astype("<f4")
            short = np.where(short > row, np.nextafter(short, np.float32(0.0)), short)
            cut = (short.view("<u4") & mask).view("<f4").astype(row.dtype)
        few, codes = np.unique(cut, return_inverse=True)
        if len(few) <= _FEW or number not in bits:
            arrays[f"few{number}"] = few
            codes = codes.astype(np.min_scalar_type(max(len(few) - 1, 0)))
            arrays[f"bytes{number}"] = _planes(codes)
        else:
            arrays[f"bytes{number}"] = _planes(cut.astype("<f4"))
    return arrays


def unpacked(arrays: Mapping[str, npt.NDArray[Any]]) -> Base:
    """Return a table from what `packed` made of it."""
    places, fixed, none = arrays["places"], int(arrays["fixed"]), arrays["none"]
    count = len(places) * fixed + len(places) * (len(places) + 1) // 2
    given = np.unpackbits(arrays["given"], count=count).astype(np.bool_)
    values = np.empty((len(none), int(given.sum()) + 1), dtype=none.dtype)
    values[:, 0] = none
    for number in range(len(none)):
        planes = np.ascontiguousarray(arrays[f"bytes{number}"].T)
        if f"few{number}" in arrays:
            codes = planes.view(f"<u{planes.shape[1]}")[:, 0]
            values[number, 1:] = arrays[f"few{number}"][codes]
        else:
            values[number, 1:] = planes.view("<f4")[:, 0]
    return Base(places, fixed, given, values)


def _named(places: Floats) -> list[tuple[float, float]]:
    """Return what places are found by: degrees to a hand's breadth."""
    return [(lon, lat) for lon, lat in np.round(places, 6).tolist()]


def _planes(numbers: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return the first bytes of all numbers, then the second: they shrink better so."""
    width = numbers.dtype.itemsize
    little = numbers.astype(numbers.dtype.newbyteorder("<"))
    return np.ascontiguousarray(little.view(np.uint8).reshape(-1, width).T)
