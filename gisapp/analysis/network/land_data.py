"""The land network's arrays, what its edges cost under some options, and their shapes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network.land_access import Vertices
from gisapp.analysis.network.land_mask import LandMask
from gisapp.analysis.network.land_tree import Graph, Index, Ints
from gisapp.analysis.network.land_way import LandMode
from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError

Flags = npt.NDArray[np.bool_]
#: Coordinates in the file are whole numbers of this many degrees.
DEGREES: Final = 1e-3
#: What an edge is: the modes by their number, and a place to change between them.
ROAD, RAIL, TRANSFER = range(3)
MODES: Final = (LandMode.ROAD, LandMode.RAIL)
#: Columns of what adds up along a way.
ROAD_KM, RAIL_KM, BORDERS, ASSUMED_KM = range(4)
COLUMNS: Final = 4


@dataclass(frozen=True)
class LandOptions:
    """What a way by land costs and what it avoids.

    Parameters
    ----------
    road, rail
        Cost of a kilometre.
    modes
        What may be used.
    avoid
        ISO alpha-3 codes of countries that a way must not touch.
    border, transfer
        Cost of crossing a border and of changing between road and rail.

    Raises
    ------
    GisappError
        `bad_weight` where a cost is no number or too small, `no_mode` without a mode.
    """

    road: float
    rail: float
    modes: frozenset[LandMode]
    avoid: frozenset[str]
    border: float
    transfer: float

    def __post_init__(self) -> None:
        if not (0.0 < self.road < np.inf and 0.0 < self.rail < np.inf):
            raise GisappError(
                "bad_weight",
                f"A kilometre cannot cost {self.road} by road and {self.rail} by rail.",
                "Give costs above zero.",
            )
        if not (0.0 <= self.border < np.inf and 0.0 <= self.transfer < np.inf):
            raise GisappError(
                "bad_weight",
                f"A border cannot cost {self.border}, nor a change of mode {self.transfer}.",
                "Give costs of zero or more.",
            )
        if not self.modes:
            raise GisappError(
                "no_mode", "No way leads by land without road and rail.", "Allow one of them."
            )

    def cost(self, values: Floats, transfers: npt.ArrayLike = 0.0) -> Floats:
        """Return what sums cost, shape (n, 4) to (n,), with so many changes of mode."""
        return np.asarray(
            values[:, ROAD_KM] * self.road
            + values[:, RAIL_KM] * self.rail
            + values[:, BORDERS] * self.border
            + np.asarray(transfers, dtype=np.float64) * self.transfer
        )


class LandData:
    """Nodes and edges of the land network, as `packaging/build_land.py` writes them.

    Attributes
    ----------
    lonlat
        Nodes in degrees, shape (n, 2).
    country
        Of every node the place of its country in `codes`, shape (n,).
    start, end, km, kind, assumed
        Edges, shape (m,); `kind` is `ROAD`, `RAIL` or `TRANSFER`.
    crosses
        Edges whose ends lie in two countries, shape (m,).
    values
        What each edge adds to the sums, shape (m, 4).
    mask
        Where there is land, and whose.
    """

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]], digest: str) -> None:
        self.digest = digest
        self.lonlat: Floats = arrays["lonlat"] * DEGREES
        self.codes = tuple(str(code) for code in arrays["codes"])
        self.country: Index = arrays["country"].astype(np.int64)
        self.start: Ints = arrays["start"]
        self.end: Ints = arrays["end"]
        self.km: Floats = arrays["km"].astype(np.float64)
        self.kind: npt.NDArray[np.uint8] = arrays["kind"]
        self.assumed: Flags = arrays["assumed"]
        self.crosses: Flags = self.country[self.start] != self.country[self.end]
        self._bends: Floats = arrays["bends"] * DEGREES
        self._first_bend = np.append(0, np.cumsum(arrays["bend_count"], dtype=np.int64))
        self.mask = LandMask(arrays["land"], arrays["countries"])
        self.graph = lru_cache(maxsize=4)(self._graph)

    @classmethod
    def load(cls, path: Path) -> LandData:
        """Read the file; raises `GisappError` `unreadable` if it is missing or damaged."""
        try:
            content = path.read_bytes()
            with np.load(io.BytesIO(content)) as file:
                arrays = {name: file[name] for name in file.files}
            return cls(arrays, hashlib.blake2b(content, digest_size=16).hexdigest())
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise GisappError(
                "unreadable",
                f"The network of roads and railways, {path.name}, cannot be read: {error}.",
                "Install again, or run packaging/build_land.py in a checkout.",
            ) from error

    @cached_property
    def values(self) -> Floats:
        """What each edge adds to the sums, shape (m, 4)."""
        rail = self.kind == RAIL
        return np.column_stack(
            [
                np.where(rail, 0.0, self.km),
                np.where(rail, self.km, 0.0),
                self.crosses.astype(np.float64),
                np.where(self.assumed, self.km, 0.0),
            ]
        )

    def _usable(self, options: LandOptions) -> Flags:
        """Return which edges may be used, shape (m,)."""
        allowed = np.array([mode in options.modes for mode in MODES])
        allowed = np.append(allowed, allowed.all())
        avoided = self.avoided(options)[self.country]
        return np.asarray(allowed[self.kind] & ~avoided[self.start] & ~avoided[self.end])

    def avoided(self, options: LandOptions) -> Flags:
        """Return which of the codes are avoided."""
        return np.array([code in options.avoid for code in self.codes])

    def _graph(self, options: LandOptions) -> Graph:
        cost = options.cost(self.values, self.kind == TRANSFER)
        cost[~self._usable(options)] = np.inf
        return Graph(len(self.lonlat), self.start, self.end, cost)

    @cached_property
    def vertices(self) -> tuple[Vertices, Vertices]:
        """Shapes of the roads and of the rails."""
        return self._vertices(ROAD), self._vertices(RAIL)

    def _vertices(self, kind: int) -> Vertices:
        edges = np.flatnonzero(self.kind == kind)
        count = (self._first_bend[1:] - self._first_bend[:-1])[edges]
        first = np.append(0, np.cumsum(count + 2))
        lonlat = np.empty((first[-1], 2))
        lonlat[first[:-1]] = self.lonlat[self.start[edges]]
        lonlat[first[1:] - 1] = self.lonlat[self.end[edges]]
        own = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        lonlat[np.repeat(first[:-1] + 1, count) + own] = self._bends[
            np.repeat(self._first_bend[edges], count) + own
        ]
        return Vertices(edges, lonlat, first)

    def shape(self, edge: int) -> Floats:
        """Return the course of an edge from its start to its end, degrees, shape (n, 2)."""
        bends = self._bends[self._first_bend[edge] : self._first_bend[edge + 1]]
        ends = self.lonlat[[self.start[edge], self.end[edge]]]
        return np.concatenate([ends[:1], bends, ends[1:]])

    def mode(self, edge: int) -> LandMode:
        """Return what an edge is travelled by; goods change between modes by road."""
        return LandMode.RAIL if self.kind[edge] == RAIL else LandMode.ROAD

    def code(self, node: int) -> str:
        """Return the code of the country of a node."""
        return self.codes[int(self.country[node])]
