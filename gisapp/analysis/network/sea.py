"""Distances by sea: shortest ways around land, through passages that can be closed.

A shortest way around obstacles bends at their corners only (Lozano-Perez and Wesley 1979), so
capes joined by the great circles between them that meet no land hold every shortest way. Such a
graph is built once (`packaging/layers_build/seagraph.py`) and read here. Most of its nodes matter
only to the ports beside them: ways are searched in the *core*, the nodes between places far apart,
and a port reaches the core by what it sees and by a short search in the whole graph.

What others use: `SeaNetwork.load`, `.route`, `.matrix`, `.passages`, `.closed_for`.
"""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network.clearance import Bools, Circles, Clearance, Ints
from gisapp.analysis.network.coast import Coast, dense
from gisapp.analysis.network.harbour import (
    DEGREES,
    LOOKOUTS,
    Arrays,
    Bits,
    Graph,
    Links,
    Nodes,
    Port,
    whole,
)
from gisapp.analysis.network.journey import SHIPS, ship_class
from gisapp.analysis.network.passages import Gates, Passage
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import KM_PER_NAUTICAL_MILE, MEAN_RADIUS_KM, distance_km, unroll

Closed = frozenset[str]
#: Classes of ships with passages of their own that they do not use.
SHIP_CLASSES: Final = tuple(SHIPS)
#: Routes are drawn with a vertex at least so often.
_DRAWN_KM: Final = 50.0
#: A straight way between two places keeps off land by this, less where they are near each other.
_BERTH_KM: Final = 8.0
_ROWS: Final = 64
#: Ports so near each other may face each other across open water: their ways are put straight
#: where that saves enough.
_FACING_KM: Final = 1500.0
_WORTH: Final = 0.998


@dataclass(frozen=True, eq=False)
class SeaRoute:
    """The shortest way by sea between two places.

    Parameters
    ----------
    path
        Longitude and latitude in degrees, longitudes unrolled, shape (n, 2), from port to port;
        its legs are great circles.
    km
        Length of the path on the ellipsoid.
    passages
        Passage id, name and kilometres from the start, in the order they are passed.
    offsets_km
        Length of the straight first and last leg, which may lie on land: from a place on land to
        the water off the nearest shore, 0 for a place at sea. They are part of path and km.
    """

    path: Floats
    km: float
    passages: tuple[tuple[str, str, float], ...]
    offsets_km: tuple[float, float]

    @property
    def nm(self) -> float:
        """Length in nautical miles."""
        return self.km / KM_PER_NAUTICAL_MILE


@dataclass(frozen=True, eq=False)
class SeaMatrix:
    """Ways by sea between many places.

    Parameters
    ----------
    km
        Shape (n, m); infinite where there is no way.
    passages
        Bit i is set where the way leads through passage i of the network; shape (n, m).
    """

    km: Floats
    passages: Bits


class SeaNetwork:
    """The seas of the world as a graph.

    Parameters
    ----------
    arrays
        What `packaging/layers_build/seagraph.py` wrote: see `load`.
    digest
        Of the file, for caches.
    """

    def __init__(self, arrays: Arrays, digest: str = "") -> None:
        self.digest = digest
        fine = np.cumsum(arrays["clear_fine"], axis=1, dtype=np.uint8)
        cells = math.isqrt(fine.shape[1])
        ends = np.cumsum(arrays["shore_rings"].astype(np.int64))[:-1]
        self.coast = Coast(
            np.split(arrays["shore"] * DEGREES, ends),
            Clearance(arrays["clear_block"], arrays["clear_far"], fine.reshape(-1, cells, cells)),
        )
        self.passages = _passages(arrays)
        self._bit = {p.id: np.uint64(1 << i) for i, p in enumerate(self.passages)}
        self._gates = Gates(self.passages)
        self._nodes = Nodes(arrays, self.coast, self._gates)
        count = arrays["edge_count"].astype(np.int64)
        self._edges = np.column_stack(
            [np.repeat(np.arange(len(count)), count), arrays["edge_to"].astype(np.int64)]
        )
        self._edge_km = whole(arrays["edge_km"].astype(np.float64))
        self._edge_bits = np.zeros(len(self._edges), dtype=np.uint64)
        self._edge_bits[arrays["crossing"]] = arrays["crossing_passages"]
        self._core: Bools = arrays["core"].astype(bool)
        self._reach_km = float(arrays["reach_km"])
        self._usual = frozenset(p.id for p in self.passages if p.usually_closed)
        self._graph = lru_cache(maxsize=8)(self._open_graph)
        self._links = lru_cache(maxsize=8192)(self._nodes.links)
        self._port = lru_cache(maxsize=8192)(self._new_port)
        self._from = lru_cache(maxsize=256)(self._new_tree)

    @classmethod
    def load(cls, path: Path) -> SeaNetwork:
        """Read a network; raises `GisappError` (`unreadable`) if the file is damaged."""
        try:
            content = path.read_bytes()
            with np.load(io.BytesIO(content)) as file:
                return cls(dict(file), hashlib.sha256(content).hexdigest())
        except (OSError, ValueError, KeyError) as error:
            raise GisappError(
                "unreadable",
                f"The sea network {path} cannot be read: {error}.",
                "Install again, or run packaging/build_sea.py in a checkout.",
            ) from error

    def closed_for(self, ship: str) -> Closed:
        """Return the passages that a class of `SHIP_CLASSES` cannot or does not use.

        Those that are closed to all (ice, shallow water) are among them. Raises `GisappError`
        (`unknown_ship_class`).
        """
        wanted = ship_class(ship)
        return self._usual | {p.id for p in self.passages if wanted in p.closed_to}

    def reaches(self, place: npt.ArrayLike) -> bool:
        """Say whether a place, degrees (2,), lies at the sea; raises `position` as `route`."""
        try:
            self._links(_checked(np.asarray(place, dtype=np.float64)))
        except GisappError as error:
            if error.code != "not_at_sea":
                raise
            return False
        return True

    def shore(self, place: npt.ArrayLike) -> tuple[float, Floats]:
        """Return how far the water off the nearest shore is, and where, degrees (2,).

        A place at sea is there itself. Raises `position` and `not_at_sea` as `route`.
        """
        links = self._links(_checked(np.asarray(place, dtype=np.float64)))
        return links.offset_km, links.lonlat

    def route(
        self,
        start: npt.ArrayLike,
        end: npt.ArrayLike,
        *,
        closed: Closed = frozenset(),
        opened: Closed = frozenset(),
    ) -> SeaRoute:
        """Return the shortest way by sea.

        Parameters
        ----------
        start, end
            Longitude and latitude in degrees; a place on land stands for the sea nearest to it.
        closed
            Ids of passages that no way may lead through, besides those usually closed.
        opened
            Ids of passages that are open whatever is closed.

        Raises
        ------
        GisappError
            `position` for what is no longitude and latitude, `not_at_sea` for a place far from
            the sea, `unknown_passage`, `no_way` where the closures or the land leave none.
        """
        barred = self._barred(closed, opened)
        ends = tuple(_checked(place) for place in (start, end))
        a, b = (self._port(place, barred) for place in sorted(ends))
        stops, km = self._stops(a, b, barred)
        km += a.links.offset_km + b.links.offset_km
        if a.links.offset_km:
            stops = np.vstack([a.links.asked, stops])
        if b.links.offset_km:
            stops = np.vstack([stops, b.links.asked])
        if ends[0] > ends[1]:
            a, b, stops = b, a, stops[::-1]
        path, _ = dense(stops[:-1], stops[1:], _DRAWN_KM)
        moved = np.concatenate([[True], np.abs(np.diff(path, axis=0)).max(axis=1) > 0])
        return SeaRoute(
            unroll(path[moved]),
            km,
            self._passed(stops),
            (a.links.offset_km, b.links.offset_km),
        )

    def matrix(
        self,
        starts: npt.ArrayLike,
        ends: npt.ArrayLike,
        *,
        closed: Closed = frozenset(),
        opened: Closed = frozenset(),
        feedback: Feedback | None = None,
    ) -> SeaMatrix:
        """Return the kilometres by sea from every start to every end, and the passages.

        Parameters
        ----------
        starts, ends
            Longitude and latitude in degrees, shapes (n, 2) and (m, 2).
        closed, opened
            As for `route`.

        Raises
        ------
        GisappError
            As `route`, save `no_way`.
        Cancelled
            If the feedback was cancelled.
        """
        barred = self._barred(closed, opened)
        wanted = [
            [_checked(row) for row in np.atleast_2d(np.asarray(places, dtype=np.float64))]
            for places in (starts, ends)
        ]
        return self._matrix(wanted[0], wanted[1], barred, feedback or Feedback())

    # -- one way -------------------------------------------------------------------------------

    def _stops(self, a: Port, b: Port, barred: np.uint64) -> tuple[Floats, float]:
        """Return the corners of the shortest way between two ports, and its length."""
        graph = self._graph(barred)
        places = np.array([a.links.lonlat, b.links.lonlat])
        # around a corner or two: what both have about them
        common, at_a, at_b = np.intersect1d(
            a.nodes, b.nodes, assume_unique=True, return_indices=True
        )
        short = a.km[at_a] + b.km[at_b]
        # across the core
        number = graph.number[b.nodes]
        inside = np.flatnonzero(number >= 0)
        from_a, before = self._from(a, barred)
        long = from_a[number[inside]] + b.km[inside]
        best = min(short.min(initial=np.inf), long.min(initial=np.inf))
        pair = np.zeros((1, 2), dtype=np.int64)
        faced, doors, _ = self._faced([a], [b], pair, np.array([best]), barred)
        best = min(best, float(faced[0]))
        straight = self._straight(places[:1], places[1:], np.array([best]), barred)[0]
        if straight <= best and np.isfinite(straight):
            return places, float(straight)
        if not np.isfinite(best):
            raise GisappError(
                "no_way",
                "There is no way by sea between these places: they lie on different waters, or "
                "the closed passages cut one off.",
                "Open a passage, or go by land.",
            )
        if faced[0] <= best:
            ways = [*reversed(a.way(int(doors[0, 0]))), *b.way(int(doors[0, 1]))]
            return np.vstack([places[:1], self._nodes.lonlat[ways], places[1:]]), best
        if short.min(initial=np.inf) <= best:
            middle = [int(common[short.argmin()])]
        else:
            way = [int(number[inside[long.argmin()]])]
            while before[way[-1]] >= 0:
                way.append(int(before[way[-1]]))
            middle = [int(graph.members[k]) for k in reversed(way)]
        nodes = [*reversed(a.way(middle[0])), *middle[1:], *b.way(middle[-1])[1:]]
        return np.vstack([places[:1], self._nodes.lonlat[nodes], places[1:]]), float(best)

    def _straight(self, start: Floats, end: Floats, found: Floats, barred: np.uint64) -> Floats:
        """Return the length of the great circles that are open and shorter, else infinity."""
        about = Circles(start, end).angle * MEAN_RADIUS_KM
        # a sphere's lengths are right to 0.6 %
        rows = np.flatnonzero(about * 0.994 <= found)
        result = np.full(len(start), np.inf)
        if not len(rows):
            return result
        berth = np.where(np.isfinite(found[rows]), _BERTH_KM, 0.0)
        rows = rows[self.coast.clear(start[rows], end[rows], berth)]
        if len(rows) and barred:
            rows = rows[(self._gates.bits(start[rows], end[rows]) & barred) == 0]
        if len(rows):
            result[rows] = whole(distance_km(start[rows], end[rows]))
        return result

    def _faced(
        self,
        starts: list[Port],
        ends: list[Port],
        pair: Ints,
        found: Floats,
        barred: np.uint64,
    ) -> tuple[Floats, Ints, Bits]:
        """Return ways that cross open water straight from before one port to before another.

        Neither end of such a line grazes the land, so the network does not hold it.

        Parameters
        ----------
        pair
            Numbers of a start and an end, shape (k, 2).
        found
            Kilometres of the way known between them, shape (k,).

        Returns
        -------
        tuple
            Kilometres, infinite where none is shorter, shape (k,); the nodes before either port,
            shape (k, 2); the passages, shape (k,).
        """
        km, doors = np.full(len(pair), np.inf), np.full((len(pair), 2), -1)
        bits = np.zeros(len(pair), dtype=np.uint64)
        places = [np.array([port.links.lonlat for port in side]) for side in (starts, ends)]
        angle = Circles(places[0][pair[:, 0]], places[1][pair[:, 1]]).angle
        # the wider the water, the less is lost by way of a cape
        rows = np.flatnonzero(angle * MEAN_RADIUS_KM < _FACING_KM)
        rows = rows[angle[rows] * MEAN_RADIUS_KM < _WORTH * found[rows]]
        if not len(rows):
            return km, doors, bits
        (a, a_km, a_bits), (b, b_km, b_bits) = (_doors(side) for side in (starts, ends))
        i, j = (np.repeat(x, LOOKOUTS * LOOKOUTS) for x in pair[rows].T)
        one, other = (x.ravel() for x in np.indices((LOOKOUTS, LOOKOUTS)))
        one, other = np.tile(one, len(rows)), np.tile(other, len(rows))
        row = np.repeat(rows, LOOKOUTS * LOOKOUTS)
        known = a_km[i, one] + b_km[j, other]
        vectors = self._nodes.vectors
        chord = np.sqrt(((vectors[a[i, one]] - vectors[b[j, other]]) ** 2).sum(axis=1))
        about = known + 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0)) * MEAN_RADIUS_KM
        kept = np.flatnonzero((about < _WORTH * found[row]) & np.isfinite(known))
        row, i, j, one, other, known = (x[kept] for x in (row, i, j, one, other, known))
        here, there = a[i, one], b[j, other]
        # the same line from either end, so that there and back are the same; each once
        count = len(self._nodes.lonlat)
        code = np.minimum(here, there) * count + np.maximum(here, there)
        line, number = np.unique(code, return_inverse=True)
        first, last = np.divmod(line, count)
        lonlat, berth = self._nodes.lonlat, self._nodes.berth
        length = np.full(len(line), np.inf)
        passed = self._gates.bits(lonlat[first], lonlat[last])
        free = self.coast.clear(
            lonlat[first], lonlat[last], np.maximum(berth[first], berth[last])
        ) & ((passed & barred) == 0)
        length[free] = whole(distance_km(lonlat[first[free]], lonlat[last[free]]))
        total = known + length[number]
        for k in np.lexsort((here, there, -total)):
            if total[k] < found[row[k]]:
                km[row[k]], doors[row[k]] = total[k], (here[k], there[k])
                bits[row[k]] = a_bits[i[k], one[k]] | b_bits[j[k], other[k]] | passed[number[k]]
        return km, doors, bits

    def _passed(self, stops: Floats) -> tuple[tuple[str, str, float], ...]:
        start = np.concatenate([[0.0], np.cumsum(distance_km(stops[:-1], stops[1:]))])
        found = self._gates.crossings(stops[:-1], stops[1:])
        km = start[found.line] + found.share * np.diff(start)[found.line]
        passed: dict[int, float] = {}
        for k in np.argsort(km, kind="stable"):
            passed.setdefault(int(found.passage[k]), round(float(km[k]), 3))
        return tuple(
            (self.passages[i].id, self.passages[i].name, at_km) for i, at_km in passed.items()
        )

    def _new_port(self, place: tuple[float, float], barred: np.uint64) -> Port:
        usual = self._barred(frozenset(), frozenset())
        if barred != usual and not usual & ~barred:
            # what leads through no passage that is closed besides is as it was
            port: Port = self._port(place, usual)
            if not (port.bits & barred).any():
                return port
        return self._graph(barred).port(self._links(place), barred)

    def _new_tree(self, port: Port, barred: np.uint64) -> tuple[Floats, Ints]:
        km, before = self._graph(barred).from_ports([port])
        return km[0], before[0]

    # -- many ways -----------------------------------------------------------------------------

    def _matrix(
        self,
        starts: list[tuple[float, float]],
        ends: list[tuple[float, float]],
        barred: np.uint64,
        feedback: Feedback,
    ) -> SeaMatrix:
        if len(starts) > len(ends):
            turned = self._matrix(ends, starts, barred, feedback)
            return SeaMatrix(turned.km.T, turned.passages.T)
        total = len(starts) * 1.5 + len(ends)
        ports: list[Port] = []
        for place in (*starts, *ends):
            feedback.check(len(ports) / total, "Ports to the sea lanes")
            ports.append(self._port(place, barred))
        origins, destinations = ports[: len(starts)], ports[len(starts) :]
        km = np.full((len(starts), len(ends)), np.inf)
        bits = np.zeros(km.shape, dtype=np.uint64)
        for first in range(0, len(starts), _ROWS):
            feedback.check((len(ports) + first / 2) / total, "Ways by sea")
            rows = slice(first, first + _ROWS)
            km[rows], bits[rows] = self._block(origins[rows], destinations, barred)
        return SeaMatrix(km, bits)

    def _block(
        self, origins: list[Port], destinations: list[Port], barred: np.uint64
    ) -> tuple[Floats, Bits]:
        graph = self._graph(barred)
        from_core, before = graph.from_ports(origins)
        own, about = _outside(origins, graph.number)
        # a node's ways from all origins lie side by side
        from_core, about_from = np.ascontiguousarray(from_core.T), np.ascontiguousarray(about.T)
        km = np.full((len(origins), len(destinations)), np.inf)
        by = np.full(km.shape, -1)
        every = np.arange(len(origins))
        for column, port in enumerate(destinations):
            number = graph.number[port.nodes]
            inside = np.flatnonzero(number >= 0)
            outside = np.flatnonzero(number < 0)
            place = np.searchsorted(own, port.nodes[outside])
            common = own[np.minimum(place, len(own) - 1)] == port.nodes[outside]
            for lengths, rows, some in (
                (from_core, number[inside], inside),
                (about_from, place[common], outside[common]),
            ):
                if not len(some):
                    continue
                ways = lengths[rows] + port.km[some, None]
                best = ways.argmin(axis=0)
                found = ways[best, every]
                shorter = found < km[:, column]
                km[shorter, column] = found[shorter]
                by[shorter, column] = some[best[shorter]]
        bits = self._bits_by(origins, destinations, by, before, barred)
        pair = np.argwhere(np.ones(km.shape, dtype=bool))
        faced, _, passed = self._faced(origins, destinations, pair, km.ravel(), barred)
        nearer = np.flatnonzero(faced < km.ravel())
        km.ravel()[nearer], bits.ravel()[nearer] = faced[nearer], passed[nearer]
        self._straightened(origins, destinations, km, bits, barred)
        km += np.array([port.links.offset_km for port in origins])[:, None]
        km += np.array([port.links.offset_km for port in destinations])
        for row, port in enumerate(origins):
            for column, other in enumerate(destinations):
                if other is port:
                    km[row, column], bits[row, column] = 0.0, 0
        return km, bits

    def _bits_by(
        self,
        origins: list[Port],
        destinations: list[Port],
        by: Ints,
        before: Ints,
        barred: np.uint64,
    ) -> Bits:
        """Return the passages on ways by one of the nodes of each destination (-1: none)."""
        graph = self._graph(barred)
        bits = np.zeros(by.shape, dtype=np.uint64)
        node = np.full(by.shape, -1)
        for column, port in enumerate(destinations):
            there = by[:, column] >= 0
            bits[there, column] = port.bits[by[there, column]]
            node[there, column] = port.nodes[by[there, column]]
        number = np.where(node >= 0, graph.number[node], -1)
        step = graph.step_bits(origins, before)
        rows, columns = np.nonzero(number >= 0)
        at = number[rows, columns]
        while len(rows):
            bits[rows, columns] |= step[rows, at]
            at = before[rows, at]
            on = at >= 0
            rows, columns, at = rows[on], columns[on], at[on]
        for row, port in enumerate(origins):
            near = (node[row] >= 0) & (number[row] < 0)
            bits[row, near] |= port.bits[np.searchsorted(port.nodes, node[row, near])]
        return bits

    def _straightened(
        self,
        origins: list[Port],
        destinations: list[Port],
        km: Floats,
        bits: Bits,
        barred: np.uint64,
    ) -> None:
        """Put in the great circles where they are open."""
        starts = np.array([port.links.lonlat for port in origins])
        ends = np.array([port.links.lonlat for port in destinations])
        asked = [np.array([p.links.asked for p in side]) for side in (origins, destinations)]
        row, column = (grid.ravel() for grid in np.indices(km.shape))
        # the same line from either end, so that there and back are the same
        turned = _after(asked[0][row], asked[1][column])[:, None]
        first = np.where(turned, ends[column], starts[row])
        last = np.where(turned, starts[row], ends[column])
        straight = self._straight(first, last, km.ravel(), barred)
        better = np.flatnonzero(straight <= km.ravel())
        better = better[np.isfinite(straight[better])]
        km[row[better], column[better]] = straight[better]
        bits[row[better], column[better]] = self._gates.bits(first[better], last[better])

    # -- closures ------------------------------------------------------------------------------

    def _barred(self, closed: Closed, opened: Closed) -> np.uint64:
        unknown = sorted((closed | opened) - set(self._bit))
        if unknown:
            raise GisappError(
                "unknown_passage",
                f'No passage is called "{unknown[0]}".',
                f"Known are {', '.join(sorted(self._bit))}.",
            )
        return np.uint64(sum(int(self._bit[p]) for p in (self._usual | closed) - opened))

    def _open_graph(self, barred: np.uint64) -> Graph:
        open_ = (self._edge_bits & barred) == 0
        return Graph(
            self._nodes,
            (self._edges[open_], self._edge_km[open_], self._edge_bits[open_]),
            self._core,
            self._reach_km,
        )


def _doors(ports: list[Port]) -> tuple[Ints, Floats, Bits]:
    """Return the nodes of open water before ports, the way and the passages, (n, LOOKOUTS).

    Where a port has fewer, the way to the others is infinite.
    """
    shape = len(ports), LOOKOUTS
    nodes, km = np.zeros(shape, dtype=np.int64), np.full(shape, np.inf)
    bits = np.zeros(shape, dtype=np.uint64)
    for row, port in enumerate(ports):
        some = slice(len(port.doors))
        nodes[row, some], km[row, some] = port.nodes[port.doors], port.km[port.doors]
        bits[row, some] = port.bits[port.doors]
    return nodes, km, bits


def _outside(origins: list[Port], number: Ints) -> tuple[Ints, Floats]:
    """Return the nodes outside the core that origins have about them, ascending, and the ways.

    The ways are of shape (origins, nodes), infinite where there is none.
    """
    outside = [number[port.nodes] < 0 for port in origins]
    # a node that is none of them stands at the end, so that there always is one
    nodes = [port.nodes[out] for port, out in zip(origins, outside, strict=True)]
    own = np.unique(np.concatenate([*nodes, [len(number)]]))
    km = np.full((len(origins), len(own)), np.inf)
    for row, (port, out) in enumerate(zip(origins, outside, strict=True)):
        km[row, np.searchsorted(own, nodes[row])] = port.km[out]
    return own, km


def _after(a: Floats, b: Floats) -> Bools:
    """Say where a position sorts after another, longitude first."""
    return np.asarray(
        (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1])), dtype=bool
    )


def _checked(place: npt.ArrayLike) -> tuple[float, float]:
    lonlat = np.asarray(place, dtype=np.float64).reshape(-1)
    if lonlat.shape != (2,) or not np.isfinite(lonlat).all():
        raise GisappError("position", "A position needs a longitude and a latitude in degrees.")
    lon, lat = float(lonlat[0]), float(lonlat[1])
    if not -90.0 <= lat <= 90.0 or not -360.0 <= lon <= 360.0:
        raise GisappError(
            "position",
            f"Longitude {lon:g} and latitude {lat:g} are no position on the Earth.",
            "Longitude comes first; check that they are not swapped.",
        )
    return (lon + 180.0) % 360.0 - 180.0, lat


def _passages(arrays: Arrays) -> tuple[Passage, ...]:
    parts: dict[int, list[Floats]] = {}
    lines = np.split(arrays["gate"], np.cumsum(arrays["gate_points"])[:-1])
    for owner, line in zip(arrays["gate_passage"], lines, strict=True):
        parts.setdefault(int(owner), []).append(line)
    names = ("passage_id", "passage_name", "passage_closed", "passage_closed_to")
    rows = zip(*(arrays[name].tolist() for name in names), strict=True)
    return tuple(
        Passage(id_, name, why, frozenset(classes.split()), tuple(parts[i]))
        for i, (id_, name, why, classes) in enumerate(rows)
    )


__all__ = ["SHIP_CLASSES", "Links", "Passage", "SeaMatrix", "SeaNetwork", "SeaRoute"]
