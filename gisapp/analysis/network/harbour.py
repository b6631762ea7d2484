"""From any place to the graph of the seas: what a ship sees from it, and the ways around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from gisapp.analysis.network.clearance import KM_PER_DEGREE, Bools, Ints
from gisapp.analysis.network.coast import Coast
from gisapp.analysis.network.passages import Gates
from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError
from gisapp.model.geodesy import MEAN_RADIUS_KM, distance_km, unit_vectors

Arrays = Mapping[str, npt.NDArray[Any]]
Bits = npt.NDArray[np.uint64]
#: Coordinates in the file are whole numbers of this many degrees.
DEGREES: Final = 1e-6
#: Lengths are whole numbers of this many kilometres (a metre): their sums are exact, so that a way
#: there is as long as the way back to the last bit.
UNIT_KM: Final = 2.0**-10
#: A place farther than this from the sea is no port.
INLAND_KM: Final = 100.0
#: A place on land is put this far off the nearest shore, or if that is land too one of the others.
_OFF_SHORE_KM: Final = (0.3, 0.05, 1.0, 3.0)
#: A place that sees nothing is put on one of these circles around it.
_AROUND_KM: Final = (2.0, 5.0, 10.0, 20.0, 40.0)
#: The nodes nearest to a place are looked at, so many and this far off.
_MOST: Final = 150
_LAST_KM: Final = 60.0
#: And of open waters so many, this far off.
_FEW: Final = 24
_WIDE_KM: Final = 200.0
#: Beyond, those of a level at which a line grazes the land, up to this far.
_FAR_KM: Final = (19_000.0, 250.0, 100.0, 0.0, 0.0)
#: Of the nodes of open water first reached from a place so many look farther.
LOOKOUTS: Final = 2
#: Corners stand for curved shores: by so much a bearing may miss a tangent, as a sine.
SLACK: Final = 0.03


def whole(km: Floats) -> Floats:
    """Return lengths rounded to `UNIT_KM`."""
    rounded: Floats = np.round(km / UNIT_KM) * UNIT_KM
    return rounded


@dataclass(frozen=True, eq=False)
class Capes:
    """Nodes of one level as seen from far off.

    With unit vectors the sine of the angle between the direction of a corner's side and that to
    somewhere is one product: what depends on the corner alone is worked out once.

    Parameters
    ----------
    rows
        Numbers of the nodes, shape (n,).
    cosine
        Of the angle up to which they matter.
    vectors, before, after
        Unit vectors of the nodes, and normals of the planes through the corner and the corners
        before and after, zero for a node that stands for none; shape (n, 3).
    reach
        How far ways may pass off the corner, in radians, shape (n,).
    """

    rows: Ints
    cosine: float
    vectors: Floats
    before: Floats
    after: Floats
    reach: Floats

    @classmethod
    def of(cls, rows: Ints, km: float, lonlat: Floats, corner: Floats, reach: Floats) -> Capes:
        """Return the nodes of `rows`, up to so many km; the others for all nodes."""
        lon, lat = np.radians(lonlat[rows]).T
        east = np.column_stack([-np.sin(lon), np.cos(lon), np.zeros(len(rows))])
        north = np.column_stack(
            [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
        )
        c = corner[rows]
        return cls(
            rows,
            float(np.cos(min(km / MEAN_RADIUS_KM, np.pi))),
            unit_vectors(lonlat[rows]),
            c[:, :1] * north - c[:, 1:2] * east,
            c[:, 2:3] * north - c[:, 3:] * east,
            reach[rows],
        )

    def grazed(self, vector: Floats) -> Ints:
        """Return the nodes at which a line from a unit vector (3,) grazes the land."""
        dot = self.vectors @ vector
        some = np.flatnonzero(dot > self.cosine)
        dot = dot[some]
        sine = np.sqrt(np.maximum(1.0 - dot * dot, 1e-18))
        chord = np.sqrt(np.maximum(2.0 - 2.0 * dot, 1e-12))
        slack = (SLACK + self.reach[some] / chord) * sine
        before, after = self.before[some] @ vector, self.after[some] @ vector
        left, right = (before > -slack) & (after > -slack), (before < slack) & (after < slack)
        grazed: Ints = self.rows[some[left | right]]
        return grazed


@dataclass(frozen=True, eq=False)
class Links:
    """What is seen from a place.

    Parameters
    ----------
    asked, lonlat
        The place asked for and the place afloat, degrees, shape (2,).
    offset_km
        From one to the other.
    nodes, km, bits
        Numbers of the nodes in sight, the way to them and the passages on it, shape (k,).
    """

    asked: Floats
    lonlat: Floats
    offset_km: float
    nodes: Ints
    km: Floats
    bits: Bits


class Nodes:
    """The nodes of the network and what can be seen from elsewhere.

    Parameters
    ----------
    arrays
        What `packaging/layers_build/seagraph.py` wrote.
    """

    def __init__(self, arrays: Arrays, coast: Coast, gates: Gates) -> None:
        self.coast = coast
        self.gates = gates
        self.lonlat: Floats = arrays["node"] * DEGREES
        self.vectors = unit_vectors(self.lonlat)
        self.tree = cKDTree(self.vectors)
        level = arrays["level"].astype(np.int64)
        offing, detail, berth = arrays["levels"].T
        #: Kilometres that ways keep off land at each node.
        self.berth: Floats = berth[level]
        #: True for the nodes of open waters.
        self.wide = level < 2
        self._wide = [
            (rows, cKDTree(self.vectors[rows]))
            for rows in (np.flatnonzero(level == 0), np.flatnonzero(level == 1))
        ]
        corner, reach = arrays["corner"] / 127.0, (1.3 * (offing + detail) / MEAN_RADIUS_KM)[level]
        self._far = [
            Capes.of(np.flatnonzero(level == number), km, self.lonlat, corner, reach)
            for number, km in enumerate(_FAR_KM)
            if km
        ]

    def links(self, place: tuple[float, float]) -> Links:
        """Return what is seen from a place, degrees.

        Raises
        ------
        GisappError
            `not_at_sea` for a place far from the sea.
        """
        asked = np.array(place)
        lonlat = self._afloat(asked)
        seen = self._in_sight(lonlat)
        if not len(seen):
            # a lagoon, a dock, a river that 1:10m cuts off
            lonlat, seen = self._outside(asked)
        offset = float(distance_km(asked, lonlat)[0])
        if offset > INLAND_KM:
            raise _not_at_sea(asked, offset)
        here = np.repeat(lonlat[None], len(seen), axis=0)
        return Links(
            asked,
            lonlat,
            float(whole(np.array([offset]))[0]),
            seen,
            whole(distance_km(here, self.lonlat[seen])),
            self.gates.bits(here, self.lonlat[seen]),
        )

    def outlook(self, rows: Ints, km: Floats, known_km: Floats) -> tuple[Ints, Ints, Floats, Bits]:
        """Return what nodes see far off that is nearer by them.

        The network holds what ways between its own nodes need; a port beside may need others.

        Parameters
        ----------
        rows, km
            Numbers of the nodes and the way to them, shape (k,).
        known_km
            The way known to each node of the network, shape (n,).

        Returns
        -------
        tuple
            Numbers from and to, length and passages of each line, shape (m,).
        """
        grazed = [self._grazed(self.vectors[row]) for row in rows]
        at = np.repeat(np.arange(len(rows)), [len(some) for some in grazed])
        ends = np.concatenate([np.empty(0, dtype=np.int64), *grazed])
        tails = rows[at]
        chord = np.sqrt(((self.vectors[tails] - self.vectors[ends]) ** 2).sum(axis=1))
        about = 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0)) * MEAN_RADIUS_KM
        # a sphere's lengths are right to 0.6 %
        nearer = km[at] + 0.994 * about < known_km[ends]
        tails, ends = tails[nearer], ends[nearer]
        here, there = self.lonlat[tails], self.lonlat[ends]
        clear = self.coast.clear(here, there, self.berth[ends])
        here, there, tails, ends = here[clear], there[clear], tails[clear], ends[clear]
        # no length is 0, or ways could go in circles
        length = np.maximum(whole(distance_km(here, there)), UNIT_KM)
        return tails, ends, length, self.gates.bits(here, there)

    def _in_sight(self, lonlat: Floats) -> Ints:
        """Return the nodes that matter to a place afloat and are seen from it."""
        vector = unit_vectors(lonlat[None])[0]
        near = self._near(vector, self.tree, _MOST, _LAST_KM)
        beside = np.concatenate(
            [near, *(rows[self._near(vector, tree, _FEW, _WIDE_KM)] for rows, tree in self._wide)]
        )
        rows = np.union1d(beside, self._grazed(vector))
        # close to land beside the port, with a berth off it farther out
        berth = np.where(np.isin(rows, beside), 0.0, self.berth[rows])
        here = np.repeat(lonlat[None], len(rows), axis=0)
        return rows[self.coast.clear(here, self.lonlat[rows], berth)]

    def _outside(self, asked: Floats) -> tuple[Floats, Ints]:
        """Return the nearest place found on circles around that sees nodes, and these."""
        for km in _AROUND_KM:
            ring = asked + km * _circle(asked[1])
            for place in ring[~self.coast.on_land(ring)]:
                seen = self._in_sight(place)
                if len(seen):
                    return place, seen
        first = int(self.tree.query(unit_vectors(asked[None])[0])[1])
        return self.lonlat[first], np.array([first], dtype=np.int64)

    @staticmethod
    def _near(vector: Floats, tree: cKDTree, most: int, km: float) -> Ints:
        """Return the nodes of a tree nearest to a unit vector."""
        chord, near = tree.query(vector, k=most, distance_upper_bound=_chord(km))
        found: Ints = np.asarray(near, dtype=np.int64)[np.isfinite(chord)]
        return found

    def _grazed(self, vector: Floats) -> Ints:
        """Return the nodes at which a line from a unit vector grazes the land."""
        return np.concatenate([capes.grazed(vector) for capes in self._far])

    def _afloat(self, place: Floats) -> Floats:
        """Return the position itself at sea, or one off the nearest shore."""
        if not self.coast.on_land(place[None])[0]:
            return place
        shore = self.coast.nearest_shore(place)
        km = float(distance_km(place, shore)[0])
        if km > INLAND_KM:
            raise _not_at_sea(place, km)
        for off in _OFF_SHORE_KM:
            ring = shore + off * _circle(shore[1])
            wet = np.flatnonzero(~self.coast.on_land(ring))
            if len(wet):
                # straight off the shore: the position farthest from the place on land
                best: Floats = ring[wet[np.argmax(distance_km(ring[wet], place))]]
                return best
        return shore


@dataclass(frozen=True, eq=False)
class Port:
    """A place and the nodes around it, with some passages closed.

    Parameters
    ----------
    links
        What is seen from it.
    nodes, km, before, bits
        Numbers of the nodes within reach and of those one edge on, ascending; the way to each, the
        node before it (-1: the port itself), the passages on the way; shape (k,).
    doors
        Which of them are the nodes of open water first reached, at most `LOOKOUTS`.
    """

    links: Links
    nodes: Ints
    km: Floats
    before: Ints
    bits: Bits
    doors: Ints

    def way(self, node: int) -> list[int]:
        """Return the nodes from one to the port."""
        chain = []
        while node >= 0:
            chain.append(node)
            node = int(self.before[np.searchsorted(self.nodes, node)])
        return chain


class Graph:
    """What is open of the network: all of it, and its core.

    Parameters
    ----------
    nodes
        The nodes.
    edges
        Pairs of node numbers, shape (e, 2); the length and the passages of each, shape (e,).
    core
        True for the nodes between places that are far from each other, shape (n,).
    reach_km
        How far around a place the others matter.
    """

    def __init__(
        self, nodes: Nodes, edges: tuple[Ints, Floats, Bits], core: Bools, reach_km: float
    ) -> None:
        pairs, km, bits = edges
        self._nodes = nodes
        self._reach_km = reach_km
        count = len(core)
        tail, head = np.concatenate([pairs, pairs[:, ::-1]]).T
        order = np.argsort(tail, kind="stable")
        self._head = head[order]
        self._km = np.concatenate([km, km])[order]
        self._bits = np.concatenate([bits, bits])[order]
        self._first = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=count))])
        #: Number in the core of each node, -1 outside; and the nodes of the core.
        self.number = np.where(core, np.cumsum(core) - 1, -1)
        self.members = np.flatnonzero(core)
        inside = core[pairs].all(axis=1)
        self.core = _symmetric(self.number[pairs[inside]], km[inside], len(self.members))
        crossing = np.flatnonzero(inside & (bits > 0))
        through = self.number[pairs[crossing]]
        self._tails, self._heads = np.concatenate([through, through[:, ::-1]]).T
        self._crossed = np.concatenate([bits[crossing], bits[crossing]])

    def port(self, links: Links, barred: np.uint64) -> Port:
        """Search around a place."""
        open_ = (links.bits & barred) == 0
        seen = links.nodes[open_], links.km[open_], links.bits[open_]
        vector = unit_vectors(links.lonlat[None])[0]
        reach = self._reach_km
        while True:
            ball = np.array(
                self._nodes.tree.query_ball_point(vector, _chord(reach)), dtype=np.int64
            )
            port = self._around(links, seen, np.sort(ball), reach, barred)
            if (self.number[port.nodes] >= 0).any() or reach > 6000.0:
                return port
            reach *= 3.0

    def _around(
        self,
        links: Links,
        open_: tuple[Ints, Floats, Bits],
        ball: Ints,
        reach: float,
        barred: np.uint64,
    ) -> Port:
        """Search the nodes of a ball around a place from its links that are open."""
        seen, seen_km, seen_bits = open_
        local = np.full(len(self.number), -1)
        local[ball] = np.arange(len(ball))
        size = self._first[ball + 1] - self._first[ball]
        edge = np.repeat(self._first[ball] - np.cumsum(size) + size, size) + np.arange(size.sum())
        tail = np.repeat(np.arange(len(ball)), size)
        head = self._head[edge]
        inside = local[head] >= 0
        here = local[seen] >= 0
        count = len(ball)
        rows = np.concatenate([tail[inside], np.full(here.sum(), count)])
        columns = np.concatenate([local[head[inside]], local[seen[here]]])
        data = np.concatenate([self._km[edge[inside]], seen_km[here]])
        matrix = csr_matrix((data, (rows, columns)), shape=(count + 1, count + 1))
        km = dijkstra(matrix, indices=np.array([count]), limit=reach)[0, :-1]
        # each node by the best last step, those one edge beyond the reach included
        near = np.isfinite(km[tail])
        ends = np.concatenate([head[near], seen])
        length = np.concatenate([km[tail[near]] + self._km[edge[near]], seen_km])
        before = np.concatenate([ball[tail[near]], np.full(len(seen), -1)])
        bits = np.concatenate([self._bits[edge[near]], seen_bits])
        # what the first nodes of open water see far off
        first = np.flatnonzero(np.isfinite(km) & self._nodes.wide[ball])
        first = first[np.argsort(km[first], kind="stable")[:LOOKOUTS]]
        known = np.full(len(self.number), np.inf)
        np.minimum.at(known, ends, length)
        by, to, far_km, far_bits = self._nodes.outlook(ball[first], km[first], known)
        free = (far_bits & barred) == 0
        by, to = by[free], to[free]
        ends = np.concatenate([ends, to])
        length = np.concatenate([length, km[local[by]] + far_km[free]])
        before = np.concatenate([before, by])
        bits = np.concatenate([bits, far_bits[free]])
        order = np.lexsort((before, length, ends))
        order = order[np.concatenate([[True], np.diff(ends[order]) > 0])[: len(order)]]
        nodes, length, before, bits = ends[order], length[order], before[order], bits[order]
        place = np.where(before < 0, np.arange(len(nodes)), np.searchsorted(nodes, before))
        doors = np.searchsorted(nodes, np.sort(ball[first]))
        return Port(links, nodes, length, before, _gathered(bits[None], place[None])[0], doors)

    def from_ports(self, ports: list[Port]) -> tuple[Floats, Ints]:
        """Return km from ports to the nodes of the core, and the one before each (-1: the port).

        Both of shape (ports, core).
        """
        number = [self.number[port.nodes] for port in ports]
        inside = [row >= 0 for row in number]
        size = len(self.members)
        heads = np.concatenate([row[ok] for row, ok in zip(number, inside, strict=True)])
        km = np.concatenate([port.km[ok] for port, ok in zip(ports, inside, strict=True)])
        counts = [int(ok.sum()) for ok in inside]
        matrix = csr_matrix(
            (
                np.concatenate([self.core.data, km]),
                np.concatenate([self.core.indices, heads.astype(np.int32)]),
                np.concatenate([self.core.indptr, len(self.core.data) + np.cumsum(counts)]),
            ),
            shape=(size + len(ports), size + len(ports)),
        )
        sources = size + np.arange(len(ports))
        found, steps = dijkstra(matrix, indices=sources, return_predecessors=True)
        before: Ints = steps[:, :size].astype(np.int64)
        before[before >= size] = -1
        before[before < 0] = -1
        return found[:, :size], before

    def step_bits(self, ports: list[Port], before: Ints) -> Bits:
        """Return the passages between nodes of the core and those before, shape (ports, core).

        Where a port is before a node, those from the port.
        """
        bits = np.zeros(before.shape, dtype=np.uint64)
        row, k = np.nonzero(before[:, self._heads] == self._tails)
        bits[row, self._heads[k]] = self._crossed[k]
        for row_, port in enumerate(ports):
            number = self.number[port.nodes]
            inside = np.flatnonzero(number >= 0)
            first = inside[before[row_, number[inside]] < 0]
            bits[row_, number[first]] = port.bits[first]
        return bits


def _gathered(bits: Bits, before: Ints) -> Bits:
    """Return bits joined along chains, `before` of a first link being itself; shape (r, n)."""
    while True:
        further = np.take_along_axis(before, before, axis=1)
        bits = bits | np.take_along_axis(bits, before, axis=1)
        if np.array_equal(further, before):
            return bits
        before = further


def _symmetric(edges: Ints, km: Floats, count: int) -> csr_matrix:
    i, j = edges.T
    rows, columns = np.concatenate([i, j]), np.concatenate([j, i])
    return csr_matrix((np.concatenate([km, km]), (rows, columns)), shape=(count, count))


def _circle(latitude: float) -> Floats:
    """Return steps of one kilometre in all directions, degrees, shape (16, 2)."""
    turn = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    squeeze = max(float(np.cos(np.radians(latitude))), 0.05)
    return np.column_stack([np.sin(turn) / squeeze, np.cos(turn)]) / KM_PER_DEGREE


def _chord(km: float) -> float:
    return 2.0 * float(np.sin(min(km / MEAN_RADIUS_KM, np.pi) / 2.0))


def _not_at_sea(place: Floats, km: float) -> GisappError:
    return GisappError(
        "not_at_sea",
        f"{place[1]:.4g}, {place[0]:.4g} (latitude, longitude) lies {km:.0f} km from the next "
        f"navigable water; a port lies within {INLAND_KM:.0f} km of it.",
        "Give the port, or check that longitude and latitude are not swapped.",
    )
