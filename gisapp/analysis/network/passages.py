"""Passages of the sea that can be closed: gates from shore to shore, and what crosses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.analysis.network.clearance import Ints
from gisapp.model.features import Floats
from gisapp.model.geodesy import unit_vectors

#: Lines that are looked at together, to bound memory.
_ROWS = 20_000


@dataclass(frozen=True, eq=False)
class Passage:
    """A passage that can be closed.

    Parameters
    ----------
    id, name
        Stable name for scripts and the name to show.
    usually_closed
        Why no way leads through it unless asked for (ice, shallow, small); empty for the others.
    closed_to
        Classes of ships that cannot or do not use it.
    gate
        The lines that cut it, from shore to shore, each of shape (k, 2) in degrees.
    """

    id: str
    name: str
    usually_closed: str
    closed_to: frozenset[str]
    gate: tuple[Floats, ...]

    @property
    def lonlat(self) -> tuple[float, float]:
        """The middle of the gate, degrees."""
        line = max(self.gate, key=lambda points: float(np.ptp(points, axis=0).sum()))
        middle = shapely.line_interpolate_point(shapely.linestrings(line), 0.5, normalized=True)
        return float(middle.x), float(middle.y)

    @property
    def geometry(self) -> shapely.Geometry:
        """The gate as lines in degrees."""
        return shapely.multilinestrings([shapely.linestrings(line) for line in self.gate])


@dataclass(frozen=True, eq=False)
class Crossings:
    """Where lines cross gates: row of the line, number of the passage, share of the way (0 to 1).

    All of shape (k,).
    """

    line: Ints
    passage: Ints
    share: Floats


@dataclass(frozen=True)
class Named:
    """A passage without its gate, see `Passage`."""

    id: str
    name: str
    usually_closed: str
    closed_to: frozenset[str]


def named(network: Path) -> tuple[Named, ...]:
    """Return the passages of the file of a sea network, without reading its ways."""
    with np.load(network, allow_pickle=False) as arrays:
        columns = ("passage_id", "passage_name", "passage_closed", "passage_closed_to")
        rows = zip(*(arrays[name].tolist() for name in columns), strict=True)
        return tuple(
            Named(number, name, usually, frozenset(ships.split()))
            for number, name, usually, ships in rows
        )


class Gates:
    """The gates of passages as arcs of great circles."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        lines = [(i, line) for i, passage in enumerate(passages) for line in passage.gate]
        self._passage = np.repeat([i for i, _ in lines], [len(line) - 1 for _, line in lines])
        self._c = unit_vectors(np.concatenate([line[:-1] for _, line in lines]))
        self._d = unit_vectors(np.concatenate([line[1:] for _, line in lines]))
        self._normal = np.cross(self._c, self._d)

    def crossings(self, start: Floats, end: Floats) -> Crossings:
        """Return where great circles between positions, degrees (n, 2), cross the gates."""
        lines, gates, shares = [], [], []
        for first in range(0, len(start), _ROWS):
            a, b = (unit_vectors(x[first : first + _ROWS]) for x in (start, end))
            row, gate = np.nonzero((a @ self._normal.T > 0.0) != (b @ self._normal.T > 0.0))
            normal = np.cross(a[row], b[row])
            c, d = self._c[gate], self._d[gate]
            kept = (_dot(normal, c) > 0.0) != (_dot(normal, d) > 0.0)
            row, gate, normal, c, d = row[kept], gate[kept], normal[kept], c[kept], d[kept]
            x = np.cross(normal, self._normal[gate])
            # of the two points where the great circles meet, the one on the gate
            x *= np.where(_dot(x, c + d) > 0.0, 1.0, -1.0)[:, None]
            kept = _dot(x, a[row] + b[row]) > 0.0
            row, gate, x = row[kept], gate[kept], x[kept]
            whole = np.maximum(_angle(a[row], b[row]), 1e-15)
            lines.append(row + first)
            gates.append(self._passage[gate])
            shares.append(_angle(a[row], x) / whole)
        if not lines:
            return Crossings(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        return Crossings(np.concatenate(lines), np.concatenate(gates), np.concatenate(shares))

    def bits(self, start: Floats, end: Floats) -> npt.NDArray[np.uint64]:
        """Return, per line, the passages whose gates it crosses: bit i is passage i."""
        bits = np.zeros(len(start), dtype=np.uint64)
        found = self.crossings(start, end)
        one = np.left_shift(np.uint64(1), found.passage.astype(np.uint64))
        np.bitwise_or.at(bits, found.line, one)
        return bits


def _dot(a: Floats, b: Floats) -> Floats:
    product: Floats = np.einsum("ij,ij->i", a, b)
    return product


def _angle(a: Floats, b: Floats) -> Floats:
    angle: Floats = np.arctan2(np.linalg.norm(np.cross(a, b), axis=1), _dot(a, b))
    return angle
