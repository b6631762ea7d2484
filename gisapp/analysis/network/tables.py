"""Answers of a network between places, kept and added to as further places are asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.kept_arrays import read_arrays, write_arrays
from gisapp.analysis.network.ways import Base
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback

Ints = npt.NDArray[np.int64]
#: What a network says between places: figures (k, n, m) of n places and m others.
Ask = Callable[[Floats, Floats, Feedback], npt.NDArray[Any]]

#: Places that are asked together, to bound memory.
_TOGETHER: Final = 64
#: So many new places are worth writing the file again.
_WORTH: Final = 8


class Table:
    """Symmetric figures between places; each pair is asked for once.

    Rows grow: the row of a place holds its figures to all that were known before it. A place that
    comes later asks for its own row only, which holds the pair from the other side.

    Parameters
    ----------
    ask
        The network; its figures must be the same in both directions.
    fixed
        Places that are only ever asked about from others, degrees, shape (f, 2).
    file
        Where the table is kept; None keeps it in memory only.
    base
        What ships of the figures; the network is asked for the others.
    """

    def __init__(
        self, ask: Ask, fixed: Floats, file: Path | None, base: Base | None = None
    ) -> None:
        self._ask = ask
        self._fixed = fixed
        self._base = base
        self._number: dict[tuple[float, ...], int] = {}
        self._rows: list[npt.NDArray[Any]] = []
        self._file = file
        self._unwritten = 0
        self._lock = threading.Lock()
        if file is not None:
            self._read(file)

    @property
    def content(self) -> tuple[Floats, npt.NDArray[Any]]:
        """The places, degrees (n, 2), and the figures in rows as `Base` has them."""
        return np.array(list(self._number)).reshape(-1, 2), np.concatenate(self._rows, axis=1)

    def to_fixed(self, places: Floats, feedback: Feedback) -> npt.NDArray[Any]:
        """Return the figures from places, degrees (n, 2), to the fixed ones: shape (k, n, f)."""
        number = self._numbers(places, feedback)
        if not len(number):
            empty: npt.NDArray[Any] = self._ask(places, self._fixed, feedback)
            return empty
        return np.stack([self._rows[k][:, : len(self._fixed)] for k in number], axis=1)

    def between(self, starts: Floats, ends: Floats, feedback: Feedback) -> npt.NDArray[Any]:
        """Return the figures between places, degrees (n, 2) and (m, 2): shape (k, n, m)."""
        both = self._numbers(np.concatenate([starts, ends]), feedback)
        start, end = both[: len(starts)], both[len(starts) :]
        if not len(start) or not len(end):
            empty: npt.NDArray[Any] = self._ask(starts, ends, feedback)
            return empty
        sample, first = self._rows[-1], len(self._fixed)
        found = np.empty((len(sample), len(start), len(end)), dtype=sample.dtype)
        for k, number in enumerate(start):
            known = np.flatnonzero(end <= number)
            if len(known):
                found[:, k, known] = self._rows[number][:, first + end[known]]
        for k, number in enumerate(end):
            known = np.flatnonzero(start < number)
            if len(known):
                found[:, known, k] = self._rows[number][:, first + start[known]]
        return found

    def _numbers(self, places: Floats, feedback: Feedback) -> Ints:
        asked = [tuple(place) for place in places.tolist()]
        with self._lock:
            self._add([x for x in dict.fromkeys(asked) if x not in self._number], feedback)
        return np.array([self._number[place] for place in asked], dtype=np.int64)

    def _add(self, places: list[tuple[float, ...]], feedback: Feedback) -> None:
        if self._base is not None and places:
            # those that ship first: then the others ask for the ways between
            shipped = self._base.rows(np.array(places)) >= 0
            places = [places[k] for k in np.argsort(~shipped, kind="stable")]
        for first in range(0, len(places), _TOGETHER):
            feedback.check(first / len(places), "Ways between places")
            new = places[first : first + _TOGETHER]
            known = np.array([*self._number, *new], dtype=np.float64).reshape(-1, 2)
            figures, asked = self._figures(known, len(new), feedback)
            # all or nothing: a cancelled question leaves the table as it was
            for k, place in enumerate(new):
                size = len(self._fixed) + len(self._number) + 1
                self._number[place] = len(self._rows)
                self._rows.append(figures[:, k, :size].copy())
            self._unwritten += asked
        if self._file is not None and self._unwritten >= _WORTH:
            self._write(self._file)

    def _figures(
        self, known: Floats, count: int, feedback: Feedback
    ) -> tuple[npt.NDArray[Any], int]:
        """Return the figures of the last places to all, and of how many the network was asked."""
        everywhere, new = np.concatenate([self._fixed, known]), known[-count:]
        row = np.full(len(known), -1) if self._base is None else self._base.rows(known)
        mine, there = row[-count:], np.flatnonzero(row >= 0)
        if self._base is None or (mine < 0).all():
            return self._ask(new, everywhere, feedback), count
        base, f = self._base, len(self._fixed)
        own, rows = mine < 0, np.flatnonzero(mine >= 0)
        # the others of these ask from their own side
        others = np.flatnonzero(row[:-count] < 0)
        shape = (len(base.values), count, len(everywhere))
        figures = np.empty(shape, dtype=base.values.dtype)
        figures[:, rows, :f] = base.to_fixed(mine[rows])
        figures[:, rows[:, None], f + there] = base.between(mine[rows], row[there])
        if len(others):
            figures[:, rows[:, None], f + others] = self._ask(new[rows], known[others], feedback)
        if own.any():
            figures[:, own] = self._ask(new[own], everywhere, feedback)
        return figures, int(own.sum())

    def _read(self, file: Path) -> None:
        """Take what the file holds; a damaged one is no answer and is written anew."""
        kept = read_arrays(file, "places", "figures")
        if kept is None:
            return
        places, figures = kept
        first = 0
        for number, place in enumerate(places.tolist()):
            size = len(self._fixed) + number + 1
            row = figures[:, first : first + size]
            if row.shape[1] != size:
                return
            first += size
            self._number[tuple(place)] = number
            self._rows.append(row)

    def _write(self, file: Path) -> None:
        places, figures = self.content
        if write_arrays(file, places=places, figures=figures):
            self._unwritten = 0
