"""Distances by sea: shortest ways around land, through passages that can be closed.

A shortest way around obstacles bends at their corners only (Lozano-Perez and Wesley 1979), so
capes joined by the geodesics between them that meet no land hold every shortest way. Such a graph
is built once (`packaging/layers_build/seagraph.py`) and read here. Most of its nodes matter only
to the ports beside them: ways are searched in the *core*, the nodes between other places, and a
port reaches the core by what it sees and by a short search in the full graph.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from gisapp.analysis.coast import Bools, Coast, Ints, Shapes, dense, stretches
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import (
    KM_PER_NAUTICAL_MILE,
    MEAN_RADIUS_KM,
    distance_km,
    unit_vectors,
    unroll,
)

Arrays = Mapping[str, npt.NDArray[Any]]
Closed = frozenset[str]
#: Coordinates in the file are whole numbers of this many degrees.
DEGREES: Final = 1e-6
#: A place farther than this from the sea is not a port.
INLAND_KM: Final = 100.0
#: A port looks for nodes around it within this distance.
_NEAR_KM: Final = 25.0
#: Where it finds no node of the core within the reach it looks as far as this.
_LAST_KM: Final = 5000.0
#: A line of sight to a cape is looked for where it would save more than this.
_GAIN_KM: Final = 0.5
#: A position on land is put this far off the nearest shore.
_OFF_SHORE_KM: Final = 0.3
#: A bearing may be so far from a tangent, as a sine: corners stand for curved shores.
_SLACK: Final = 0.04
#: Of the nodes around a port so many at most.
_MOST: Final = 200
#: A port looks around the next corner too, from points on circles around it.
_OFFINGS_KM: Final = (0.5, 1.5, 4.0, 9.0)
_BEARINGS: Final = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
#: From the outer ones it looks along the coast for capes, as far as this.
_LOOK_OUT_KM: Final = 8.0
_ALONG_KM: Final = 300.0
#: From each it looks at so many nodes at most.
_FEW: Final = 60
KM_PER_DEGREE: Final = 111.2
#: Routes are drawn with a vertex at least so often.
_DRAWN_KM: Final = 100.0
#: A way longer than this many times the geodesic cannot be shortened to it by a line of sight.
_STRAIGHT: Final = 1.1
_STRAIGHT_KM: Final = 30.0
_ROWS: Final = 64


@dataclass(frozen=True)
class Passage:
    """A passage that can be closed.

    `usually_closed` says why no way leads through it unless asked for (ice, shallow, small), and
    is empty for the others. `gate` is the line that cuts it, from shore to shore, in degrees.
    """

    id: str
    name: str
    usually_closed: str
    gate: shapely.Geometry


@dataclass(frozen=True, eq=False)
class SeaRoute:
    """The shortest way by sea between two places.

    Parameters
    ----------
    path
        Longitude and latitude in degrees, longitudes unrolled, shape (n, 2), from port to port;
        its legs are geodesics.
    km
        Length of the path on the ellipsoid.
    passages
        Pairs of passage id and kilometres from the start, in the order they are passed.
    offsets_km
        Length of the straight first and last leg, which may lie on land: from a place on land to
        the water off the nearest shore, 0 for a place at sea. They are part of path and km.
    """

    path: Floats
    km: float
    passages: tuple[tuple[str, float], ...]
    offsets_km: tuple[float, float]

    @property
    def nm(self) -> float:
        """Length in nautical miles."""
        return self.km / KM_PER_NAUTICAL_MILE


@dataclass(frozen=True, eq=False)
class _Port:
    """A place asked for, its place afloat, and the nodes that it reaches.

    Of each node its number, the km to it and the node before it (-1: the port itself).

    `inner` are the places in `nodes` of those within the reach that the core is defined by; the
    others are one edge on. `via` is the row in `offings` of the point through which the port sees
    a node, -1 where it sees it straight.
    """

    asked: Floats
    lonlat: Floats
    offset_km: float
    nodes: Ints
    km: Floats
    before: Ints
    inner: Ints
    via: Ints
    offings: Floats

    def way(self, node: int) -> tuple[list[int], Floats]:
        """Return the nodes from one to the port, and what lies between them and the port."""
        chain = []
        while node >= 0:
            place = int(np.searchsorted(self.nodes, node))
            chain.append(node)
            node = int(self.before[place])
        via = self.via[place]
        return chain, self.offings[via : via + 1] if via >= 0 else self.offings[:0]


class _Graph:
    """What is open of the network: all of it, and its core."""

    def __init__(self, edges: Ints, km: Floats, number: Ints) -> None:
        self.count = len(number)
        self._number = number
        self.full = _symmetric(edges, km, self.count)
        inside = (number[edges] >= 0).all(axis=1)
        self.core = _symmetric(number[edges[inside]], km[inside], int(number.max()) + 1)

    def around(self, seen: Ints, seen_km: Floats, limit: float) -> tuple[Ints, Floats, Ints]:
        """Return km from a place that sees some nodes, and the node before each.

        Parameters
        ----------
        seen, seen_km
            Node numbers and kilometres, shape (k,).
        limit
            Kilometres within which all nodes are found; of those farther, the ones that are one
            edge on.

        Returns
        -------
        tuple
            The nodes within the limit; km, infinite where a node is not reached; the node before
            each, -1 where none lies before. The last two of shape (n,).
        """
        near = seen_km <= limit
        matrix = _with_source(self.full, seen[near], seen_km[near])
        km, before = _tree(matrix, limit)
        before[(before == self.count) | (before < 0)] = -1
        inner = np.flatnonzero(np.isfinite(km))
        first, size = self.full.indptr[inner], np.diff(self.full.indptr)[inner]
        edge = np.repeat(first - np.cumsum(size) + size, size) + np.arange(size.sum())
        tail = np.repeat(inner, size)
        ends = np.concatenate([self.full.indices[edge].astype(np.int64), seen[~near]])
        length = np.concatenate([km[tail] + self.full.data[edge], seen_km[~near]])
        tail = np.concatenate([tail, np.full((~near).sum(), -1)])
        order = np.lexsort((length, ends))
        order = order[np.concatenate([[True], np.diff(ends[order]) > 0])[: len(order)]]
        ends, tail, length = ends[order], tail[order], length[order]
        nearer = length < km[ends]
        km[ends[nearer]], before[ends[nearer]] = length[nearer], tail[nearer]
        return inner, km, before

    def from_port(self, port: _Port) -> tuple[Floats, Ints]:
        """Return km from a port to every node of the core, and the node of the core before it."""
        number = self._number[port.nodes]
        inside = number >= 0
        matrix = _with_source(self.core, number[inside], port.km[inside])
        km, before = _tree(matrix)
        before[before == len(km)] = -1
        return km, before


class SeaNetwork:
    """The seas of the world as a graph.

    Parameters
    ----------
    arrays
        What `packaging/layers_build/seagraph.py` wrote: see `load`.
    """

    def __init__(self, arrays: Arrays) -> None:
        self.coast = Coast(
            np.split(
                _degrees(arrays["shore"]), np.cumsum(arrays["shore_rings"].astype(np.int64))[:-1]
            ),
            np.unpackbits(arrays["deep"]).reshape(1800, 3600).astype(bool),
        )
        self.passages = _passages(arrays)
        self._bit = {passage.id: 1 << i for i, passage in enumerate(self.passages)}
        self._gates = np.array([passage.gate for passage in self.passages], dtype=object)
        self._gate_tree = shapely.STRtree(self._gates)
        self.lonlat = _degrees(arrays["node"])
        self._vectors = unit_vectors(self.lonlat)
        self._corner = arrays["corner"].astype(np.float64) / 127.0
        self._core = np.flatnonzero(arrays["core"])
        self._cape = arrays["cape"].astype(bool)
        self._capes = np.flatnonzero(self._cape)
        self._number = np.full(len(self.lonlat), -1)
        self._number[self._core] = np.arange(len(self._core))
        self._tree = cKDTree(self._vectors)
        self._edges = arrays["edge"].astype(np.int64)
        self._edge_km = arrays["edge_km"].astype(np.float64)
        self._reach_km = float(arrays["reach_km"])
        self._edge_bits = arrays["edge_passages"].astype(np.uint64)
        self._usual = frozenset(p.id for p in self.passages if p.usually_closed)
        self._graph = lru_cache(maxsize=8)(self._open_graph)
        self._port = lru_cache(maxsize=4096)(self._new_port)
        self._from = lru_cache(maxsize=256)(_Graph.from_port)

    @classmethod
    def load(cls, path: Path) -> SeaNetwork:
        """Read a network; raises `GisappError` (`unreadable`) if the file is damaged."""
        try:
            with np.load(path) as file:
                return cls(dict(file))
        except (OSError, ValueError, KeyError) as error:
            raise GisappError(
                "unreadable",
                f"The sea network {path} cannot be read: {error}.",
                "Install again, or run packaging/build_layers.py in a checkout.",
            ) from error

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
            Ids of passages that no way may lead through.
        opened
            Ids of usually closed passages that are open.

        Raises
        ------
        GisappError
            `position` for what is no longitude and latitude, `inland` for a place far from the
            sea, `unknown_passage`, `no_way` where the closures leave none.
        """
        barred = self._barred(closed, opened)
        ends = tuple(_checked(place) for place in (start, end))
        a, b = (self._port(place, barred) for place in sorted(ends))
        stops = self._stops(a, b, barred)
        if a.offset_km:
            stops = np.vstack([a.asked, stops])
        if b.offset_km:
            stops = np.vstack([stops, b.asked])
        if ends[0] > ends[1]:
            a, b, stops = b, a, stops[::-1]
        legs = distance_km(stops[:-1], stops[1:])
        path, _ = dense(stops[:-1], stops[1:], _DRAWN_KM)
        moved = np.concatenate([[True], np.abs(np.diff(path, axis=0)).max(axis=1) > 0])
        return SeaRoute(
            unroll(path[moved]),
            math.fsum(legs),
            self._passed(stops, legs),
            (a.offset_km, b.offset_km),
        )

    def matrix(
        self,
        origins: npt.ArrayLike,
        destinations: npt.ArrayLike,
        *,
        closed: Closed = frozenset(),
        opened: Closed = frozenset(),
        feedback: Feedback | None = None,
    ) -> Floats:
        """Return the kilometres by sea from every origin to every destination.

        Parameters
        ----------
        origins, destinations
            Longitude and latitude in degrees, shapes (n, 2) and (m, 2).

        Returns
        -------
        numpy.ndarray
            Shape (n, m); infinite where the closures leave no way.

        Raises
        ------
        GisappError
            As `route`, save `no_way`.
        Cancelled
            If the feedback was cancelled.
        """
        barred = self._barred(closed, opened)
        sides: list[list[_Port]] = []
        wanted = [
            [_checked(row) for row in np.asarray(places, float)]
            for places in (origins, destinations)
        ]
        total = sum(map(len, wanted)) + len(wanted[0]) / 2
        for side in wanted:
            ports: list[_Port] = []
            for place in side:
                if feedback is not None:
                    feedback.check(
                        (len(ports) + sum(map(len, sides))) / total, "Ports to the sea lanes"
                    )
                ports.append(self._port(place, barred))
            sides.append(ports)
        result = np.full((len(sides[0]), len(sides[1])), np.inf)
        for first in range(0, len(sides[0]), _ROWS):
            if feedback is not None:
                feedback.check((sum(map(len, sides)) + first / 2) / total, "Ways by sea")
            result[first : first + _ROWS] = self._block(
                sides[0][first : first + _ROWS], sides[1], barred
            )
        return result

    # -- one way -------------------------------------------------------------------------------

    def _stops(self, a: _Port, b: _Port, barred: Closed) -> Floats:
        """Return the corners of the shortest way between two ports, both included."""
        graph = self._graph(barred)
        # around a corner or two: what one reaches and the other has about it
        about = b.nodes[b.inner]
        _, at_a, at_b = np.intersect1d(a.nodes, about, assume_unique=True, return_indices=True)
        short = a.km[at_a] + b.km[b.inner[at_b]]
        # across the core
        number = self._number[b.nodes]
        inside = np.flatnonzero(number >= 0)
        from_a, before = self._from(graph, a)
        long = from_a[number[inside]] + b.km[inside]
        best = min(short.min(initial=np.inf), long.min(initial=np.inf))
        ends = np.array([a.lonlat, b.lonlat])
        if self._sees(ends[:1], ends[1:], barred)[0]:
            return ends
        if not np.isfinite(best):
            raise GisappError(
                "no_way",
                "There is no way by sea between these places with these passages closed.",
                "Open a passage.",
            )
        if len(short) and short.min() <= best:
            middle = [int(a.nodes[at_a[short.argmin()]])]
        else:
            way = [int(number[inside[long.argmin()]])]
            while before[way[-1]] >= 0:
                way.append(int(before[way[-1]]))
            middle = [int(self._core[k]) for k in reversed(way)]
        head, leaving = a.way(middle[0])
        tail, arriving = b.way(middle[-1])
        nodes = [*reversed(head), *middle[1:], *tail[1:]]
        return self._pulled(
            np.vstack([a.lonlat, leaving, self.lonlat[nodes], arriving, b.lonlat]), barred
        )

    def _pulled(self, stops: Floats, barred: Closed) -> Floats:
        """Leave out corners next to a port that it need not go round."""
        for _ in range(2):
            while len(stops) > 3:
                skipped = stops[2 : min(len(stops), 8)]
                seen = self._sees(np.repeat(stops[:1], len(skipped), axis=0), skipped, barred)
                if not seen.any():
                    break
                stops = np.delete(stops, slice(1, 2 + int(np.flatnonzero(seen)[-1])), axis=0)
            stops = stops[::-1]
        return stops

    def _sees(self, start: Floats, end: Floats, barred: Closed) -> Bools:
        """Say which geodesics meet neither land nor the gate of a barred passage."""
        clear = self.coast.clear(start, end)
        rows = np.flatnonzero(clear)
        if len(rows) and barred:
            clear[rows] = ~self._crosses(start[rows], end[rows], barred)
        return clear

    def _crosses(self, start: Floats, end: Floats, barred: Closed) -> Bools:
        lines, owner = stretches(start, end)
        row, gate = self._gate_tree.query(lines, predicate="intersects")
        bad = np.array([passage.id in barred for passage in self.passages])
        crossing = np.zeros(len(start), dtype=bool)
        crossing[owner[row[bad[gate]]]] = True
        return crossing

    def _passed(self, stops: Floats, legs: Floats) -> tuple[tuple[str, float], ...]:
        lines, owner = stretches(stops[:-1], stops[1:])
        row, gate = self._gate_tree.query(lines, predicate="intersects")
        if not len(row):
            return ()
        start = np.concatenate([[0.0], np.cumsum(legs)])[owner[row]]
        meets = shapely.intersection(lines[row], self._gates[gate])
        at = shapely.get_coordinates(shapely.point_on_surface(meets))
        km = start + distance_km(stops[owner[row]], at)
        order = np.argsort(km, kind="stable")
        found: dict[str, float] = {}
        for k in order:
            found.setdefault(self.passages[gate[k]].id, round(float(km[k]), 3))
        return tuple(found.items())

    # -- ports ---------------------------------------------------------------------------------

    def _new_port(self, place: tuple[float, float], barred: Closed) -> _Port:
        asked = np.array(place)
        lonlat = self._afloat(asked)
        seen, seen_km, via, offings = self._seen(lonlat, barred)
        if not len(seen):
            # a lagoon, a dock, a river that 1:10m cuts off: the nearest node stands for it
            lonlat = self.lonlat[self._near(asked, INLAND_KM)[:1]].reshape(-1)
            if not len(lonlat):
                raise _inland(asked)
            seen, seen_km, via, offings = self._seen(lonlat, barred)
        graph = self._graph(barred)
        limit = self._reach_km
        while True:
            inner, km, before = graph.around(seen, seen_km, limit)
            if limit > _LAST_KM or (self._number[np.isfinite(km)] >= 0).any():
                break
            limit *= 3.0
        # what the nodes around see, the port may see too, and need not go round them
        capes = np.flatnonzero(self._cape & np.isfinite(km))
        capes = capes[self._tangent(capes, unit_vectors(lonlat[None])[0])]
        capes = capes[distance_km(lonlat, self.lonlat[capes]) < km[capes] - _GAIN_KM]
        capes = self._in_sight(lonlat, capes, barred)
        km[capes], before[capes] = distance_km(lonlat, self.lonlat[capes]), -1
        nodes = np.flatnonzero(np.isfinite(km))
        by_node = np.full(graph.count, -1)
        by_node[seen] = via
        by_node[capes] = -1
        return _Port(
            asked,
            lonlat,
            float(distance_km(asked, lonlat)[0]),
            nodes,
            km[nodes],
            before[nodes],
            np.searchsorted(nodes, inner),
            by_node[nodes],
            offings,
        )

    def _afloat(self, place: Floats) -> Floats:
        """Return the position itself at sea, or one off the nearest shore."""
        if not self.coast.on_land(place[None])[0]:
            return place
        shore = self.coast.nearest_shore(place)
        if distance_km(place, shore)[0] > INLAND_KM:
            raise _inland(place)
        turn = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
        squeeze = max(float(np.cos(np.radians(shore[1]))), 0.05)
        for km in (_OFF_SHORE_KM, 0.05, 1.0, 3.0):
            ring = shore + km / KM_PER_DEGREE * np.column_stack(
                [np.sin(turn) / squeeze, np.cos(turn)]
            )
            wet = np.flatnonzero(~self.coast.on_land(ring))
            if len(wet):
                # straight off the shore: the position farthest from the place on land
                return cast("Floats", ring[wet[np.argmax(distance_km(ring[wet], place))]])
        return shore

    def _seen(self, lonlat: Floats, barred: Closed) -> tuple[Ints, Floats, Ints, Floats]:
        """Return the nodes near a position in sight of it.

        Returns
        -------
        tuple
            Node numbers, kilometres and rows of the points through which they are seen (-1:
            straight), shape (k,); those points in degrees, shape (m, 2).
        """
        near = self._in_sight(lonlat, self._near(lonlat, _NEAR_KM), barred)
        vector = unit_vectors(lonlat[None])[0]
        capes = self._capes[self._tangent(self._capes, vector)]
        nodes = np.union1d(near, self._in_sight(lonlat, capes, barred))
        seen = nodes, distance_km(lonlat, self.lonlat[nodes]), np.full(len(nodes), -1)
        offings = self._offings(lonlat, barred)
        if len(offings):
            seen = self._seen_from(lonlat, offings, seen, barred)
        return *seen, offings

    def _near(self, lonlat: Floats, reach_km: float) -> Ints:
        """Return the nodes within so many km, the nearest first, no more than can matter."""
        vector = unit_vectors(lonlat[None])[0]
        found = self._tree.query_ball_point(vector, reach_km / MEAN_RADIUS_KM)
        nodes = np.array(found, dtype=np.int64)
        return nodes[np.argsort(distance_km(lonlat, self.lonlat[nodes]))[:_MOST]]

    def _in_sight(self, lonlat: Floats, nodes: Ints, barred: Closed) -> Ints:
        place = np.repeat(lonlat[None], len(nodes), axis=0)
        return nodes[self._sees(place, self.lonlat[nodes], barred)]

    def _offings(self, lonlat: Floats, barred: Closed) -> Floats:
        """Return points around a position that it sees, for a look around the next corner.

        Of each circle few and far apart, and of wide circles fewer, where narrow ones are seen
        all around: a harbour on a straight shore looks along it from some way off.
        """
        squeeze = max(float(np.cos(np.radians(lonlat[1]))), 0.05)
        circle = np.column_stack([np.sin(_BEARINGS) / squeeze, np.cos(_BEARINGS)]) / KM_PER_DEGREE
        points = np.concatenate([lonlat + km * circle for km in _OFFINGS_KM])
        points = np.clip(points, (-np.inf, -89.9), (np.inf, 89.9))
        seen: Floats = points[
            self._sees(np.repeat(lonlat[None], len(points), axis=0), points, barred)
        ]
        return seen

    def _seen_from(
        self, lonlat: Floats, offings: Floats, seen: tuple[Ints, Floats, Ints], barred: Closed
    ) -> tuple[Ints, Floats, Ints]:
        """Add the nodes seen from points around a position where they are nearer that way."""
        vectors = unit_vectors(offings)
        near = self._near(lonlat, _NEAR_KM + max(_OFFINGS_KM))[:_FEW]
        row = [np.repeat(np.arange(len(offings)), len(near))]
        node = [np.tile(near, len(offings))]
        far = np.flatnonzero(distance_km(lonlat, offings) > _LOOK_OUT_KM)
        for k in far:
            capes = self._capes[
                self._vectors[self._capes] @ vectors[k] > np.cos(_ALONG_KM / MEAN_RADIUS_KM)
            ]
            capes = capes[self._tangent(capes, vectors[k])]
            row.append(np.full(len(capes), k))
            node.append(capes)
        rows, nodes = np.concatenate(row), np.concatenate(node)
        clear = self._sees(offings[rows], self.lonlat[nodes], barred)
        rows, nodes = rows[clear], nodes[clear]
        km = distance_km(lonlat, offings[rows]) + distance_km(offings[rows], self.lonlat[nodes])
        nodes = np.concatenate([seen[0], nodes])
        km, via = np.concatenate([seen[1], km]), np.concatenate([seen[2], rows])
        order = np.lexsort((km, nodes))
        order = order[np.concatenate([[True], np.diff(nodes[order]) > 0])[: len(order)]]
        return nodes[order], km[order], via[order]

    def _tangent(self, nodes: Ints, vector: Floats) -> Bools:
        """Say at which nodes a taut line from a position may turn: it grazes the land there."""
        lon, lat = np.radians(self.lonlat[nodes]).T
        east = vector[1] * np.cos(lon) - vector[0] * np.sin(lon)
        north = vector[2] * np.cos(lat) - np.sin(lat) * (
            vector[0] * np.cos(lon) + vector[1] * np.sin(lon)
        )
        length = np.hypot(east, north) + 1e-12
        corner = self._corner[nodes]
        before = (corner[:, 0] * north - corner[:, 1] * east) / length
        after = (corner[:, 2] * north - corner[:, 3] * east) / length
        left, right = (before > -_SLACK) & (after > -_SLACK), (before < _SLACK) & (after < _SLACK)
        return np.asarray(left | right, dtype=bool)

    # -- many ways -----------------------------------------------------------------------------

    def _block(self, origins: list[_Port], destinations: list[_Port], barred: Closed) -> Floats:
        graph = self._graph(barred)
        from_core = np.vstack([self._from(graph, port)[0] for port in origins])
        about = np.full((len(origins), graph.count), np.inf)
        for row, port in enumerate(origins):
            about[row, port.nodes] = port.km
        result = np.empty((len(origins), len(destinations)))
        for column, port in enumerate(destinations):
            number = self._number[port.nodes]
            inside = number >= 0
            across = from_core[:, number[inside]] + port.km[inside]
            around = about[:, port.nodes[port.inner]] + port.km[port.inner]
            result[:, column] = np.minimum(
                across.min(axis=1, initial=np.inf), around.min(axis=1, initial=np.inf)
            )
        places = np.array([port.lonlat for port in destinations])
        geodesic = np.vstack([distance_km(port.lonlat, places) for port in origins])
        rows, columns = np.nonzero(result < geodesic * _STRAIGHT + _STRAIGHT_KM)
        if len(rows):
            start = np.array([port.lonlat for port in origins])[rows]
            end = places[columns]
            seen = self._sees(start, end, barred)
            result[rows[seen], columns[seen]] = geodesic[rows[seen], columns[seen]]
        result += np.array([port.offset_km for port in origins])[:, None]
        result += np.array([port.offset_km for port in destinations])
        same = {id(port): row for row, port in enumerate(origins)}
        for column, port in enumerate(destinations):
            if id(port) in same:
                result[same[id(port)], column] = 0.0
        return result

    # -- closures ------------------------------------------------------------------------------

    def _barred(self, closed: Closed, opened: Closed) -> Closed:
        unknown = sorted((closed | opened) - set(self._bit))
        if unknown:
            raise GisappError(
                "unknown_passage",
                f'No passage is called "{unknown[0]}".',
                f"Known are {', '.join(sorted(self._bit))}.",
            )
        return (self._usual - opened) | closed

    def _open_graph(self, barred: Closed) -> _Graph:
        mask = np.uint64(sum(self._bit[passage] for passage in barred))
        passable = (self._edge_bits & mask) == 0
        edges, km = self._edges[passable], self._edge_km[passable]
        return _Graph(edges, km, self._number)


def _with_source(matrix: csr_matrix, nodes: Ints, km: Floats) -> csr_matrix:
    """Return a graph with one more node, the last, and edges from it."""
    count = matrix.shape[0]
    data = np.concatenate([matrix.data, km])
    indices = np.concatenate([matrix.indices, nodes.astype(matrix.indices.dtype)])
    indptr = np.append(matrix.indptr, len(data)).astype(matrix.indptr.dtype)
    return csr_matrix((data, indices, indptr), shape=(count + 1, count + 1))


def _tree(matrix: Any, limit: float = np.inf) -> tuple[Floats, Ints]:
    """Return km from the last node of a graph to the others, and the node before each."""
    found = dijkstra(matrix, indices=matrix.shape[0] - 1, return_predecessors=True, limit=limit)
    km, before = found
    return km[:-1], before[:-1].astype(np.int64)


def _symmetric(edges: Ints, km: Floats, count: int) -> csr_matrix:
    i, j = edges.T
    rows, columns = np.concatenate([i, j]), np.concatenate([j, i])
    return csr_matrix((np.concatenate([km, km]), (rows, columns)), shape=(count, count))


def _inland(place: Floats) -> GisappError:
    return GisappError(
        "inland",
        f"{place[1]:.4g}, {place[0]:.4g} (latitude, longitude) lies more than {INLAND_KM:.0f} km "
        "from the sea.",
        "Give the port, or check that longitude and latitude are not swapped.",
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


def _degrees(steps: npt.NDArray[Any]) -> Floats:
    return np.asarray(steps, dtype=np.float64) * DEGREES


def _passages(arrays: Arrays) -> tuple[Passage, ...]:
    parts: dict[int, list[shapely.Geometry]] = {}
    lines = np.split(_degrees(arrays["gate"]), np.cumsum(arrays["gate_points"])[:-1])
    for owner, line in zip(arrays["gate_passage"], lines, strict=True):
        parts.setdefault(int(owner), []).append(shapely.linestrings(line))
    rows = zip(arrays["passage_id"], arrays["passage_name"], arrays["passage_closed"], strict=True)
    return tuple(
        Passage(str(id_), str(name), str(why), shapely.multilinestrings(parts[i]))
        for i, (id_, name, why) in enumerate(rows)
    )


__all__ = ["Passage", "SeaNetwork", "SeaRoute", "Shapes"]
