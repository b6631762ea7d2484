"""Flows side by side gathered into corridors: each leg once, with all that goes along it.

Positions are page points, x right, y down. After the ways are cut to a net of shared vertices each
flow, the largest first, goes the cheapest way over that net where it stays close to its own; a
leg that others go along already is cheaper (after Wallinger et al. 2022, "Edge-Path Bundling").
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import shapely

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback

#: What a step costs along which others go, of what it costs alone.
_SHARED: Final = 0.7
#: How far from its own way a flow may be led, in reaches: another strait would be a false way.
_ASTRAY: Final = 1.6
_JOINED: Final = 1.5
_SMOOTHED: Final = 6
_SAME_SPOT: Final = 0.5  # points
#: How often places along a way are taken closer to each other around a cape.
_CLOSER: Final = 3
#: Cosine of the angle up to which two ways run side by side: what crosses does not join.
_ALONG: Final = 0.7
_Edge: TypeAlias = tuple[int, int]
#: Whether a place is the end of a way, and whether that is where the map ends.
_Ends: TypeAlias = tuple[bool, bool]


@dataclass(frozen=True, eq=False)
class Stream:
    """A visible piece of a flow.

    Parameters
    ----------
    path
        Page points from start to end, shape (n, 2).
    flow
        The number of the flow that it is a piece of.
    loose
        Whether the first and the last point lie where the map ends: those are no sites, and join.
    """

    path: Floats
    tonnes: float
    flow: int
    loose: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, eq=False)
class Leg:
    """A piece of way along which the same flows go: `ahead` along its path, `back` against it."""

    path: Floats
    ahead: tuple[int, ...]
    back: tuple[int, ...]


class Shore:
    """Land in page points, told from water: a way at sea is not led over a cape.

    Parameters
    ----------
    land
        A shapely area, a little smaller than it is drawn, so that ways may keep close to it; None
        where all is open.
    """

    def __init__(self, land: Any = None) -> None:
        self._land = None if land is None or land.is_empty else land
        if self._land is not None:
            shapely.prepare(self._land)

    def holds(self, at: Floats) -> Any:
        """Return whether each place, shape (n, 2), is on land."""
        if self._land is None:
            return np.zeros(len(at), dtype=bool)
        return shapely.intersects_xy(self._land, at[:, 0], at[:, 1])

    def crossed(self, starts: Floats, ends: Floats) -> Any:
        """Return whether each straight line from a start to an end, shapes (n, 2), meets land."""
        if self._land is None or not len(starts):
            return np.zeros(len(starts), dtype=bool)
        return shapely.intersects(self._land, shapely.linestrings(np.stack([starts, ends], axis=1)))


def bundled(
    streams: Sequence[Stream],
    reach: float,
    *,
    shore: Shore | None = None,
    feedback: Feedback | None = None,
) -> list[Leg]:
    """Return the legs of all streams.

    Parameters
    ----------
    reach
        Points: ways so close to each other run together.
    shore
        What ways at sea keep off; they cross it only where a stream itself does.
    """
    net = _Net(reach, shore or Shore())
    order = sorted(range(len(streams)), key=lambda i: (-streams[i].tonnes, i))
    own = {i: net.taken_in(streams[i]) for i in order}
    net.join()
    used: dict[_Edge, dict[int, None]] = defaultdict(dict)
    weight: dict[_Edge, float] = defaultdict(float)
    for i in order:
        if feedback is not None:
            feedback.check()
        stream = streams[i]
        for edge in pairwise(net.way(own[i], used)):
            used[edge][stream.flow] = None
            weight[edge] += stream.tonnes
    places = net.smoothed(weight)
    return _legs(used, places, net.fixed, net.shore)


class _Net:
    """Vertices at least a reach apart, and the steps between them."""

    def __init__(self, reach: float, shore: Shore) -> None:
        self.reach = reach
        self.shore = shore
        self._ashore: list[bool] = []
        self.places: list[tuple[float, float]] = []
        self.fixed: set[int] = set()
        self.steps: dict[int, dict[int, float]] = defaultdict(dict)
        self._edge_ends: set[int] = set()
        self._ways: list[tuple[float, float]] = []
        self._led: dict[int, list[int]] = {}
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        return int(x // self.reach), int(y // self.reach)

    def _near(self, x: float, y: float, within: float) -> Iterable[tuple[float, int]]:
        """Yield distance and number of the vertices around a place."""
        span = int(within // self.reach) + 1
        column, row = self._cell(x, y)
        for i in range(column - span, column + span + 1):
            for j in range(row - span, row + span + 1):
                for vertex in self._cells.get((i, j), ()):
                    a, b = self.places[vertex]
                    away = math.hypot(a - x, b - y)
                    if away <= within:
                        yield away, vertex

    def _runs_along(self, vertex: int, way: tuple[float, float]) -> bool:
        """Return whether the way through a vertex has this direction, or the opposite one."""
        dx, dy = self._ways[vertex]
        return abs(dx * way[0] + dy * way[1]) >= _ALONG

    def _is_barred(self, place: tuple[float, float], ashore: bool, vertex: int) -> bool:
        """Return whether a place and a vertex are not on the same side of a coast."""
        if ashore or self._ashore[vertex]:
            return ashore != self._ashore[vertex]
        ends = np.array([place, self.places[vertex]])
        return bool(self.shore.crossed(ends[:1], ends[1:])[0])

    def _vertex(
        self, x: float, y: float, way: tuple[float, float], ends: _Ends, ashore: bool
    ) -> int:
        end, loose = ends
        within = self.reach if loose or not end else _SAME_SPOT
        like = (
            (away, v)
            for away, v in self._near(x, y, within)
            if (v in self.fixed) == end
            and (v in self._edge_ends) == loose
            and (end or self._runs_along(v, way))
        )
        for _, found in sorted(like):
            if end or not self._is_barred((x, y), ashore, found):
                return found
        number = len(self.places)
        self.places.append((x, y))
        self._ashore.append(ashore)
        self._ways.append(way)
        self._cells[self._cell(x, y)].append(number)
        if end:
            self.fixed.add(number)
        if loose:
            self._edge_ends.add(number)
        return number

    def taken_in(self, stream: Stream) -> list[int]:
        """Return the vertices of a stream, made where there are none near."""
        line = shapely.LineString(stream.path)
        count = max(int(np.ceil(line.length / (0.8 * self.reach))), 2)
        at = self._sampled(line, np.linspace(0.0, line.length, count + 1))
        ways = np.gradient(at, axis=0)
        ways /= np.maximum(np.hypot(*ways.T), 1e-9)[:, None]
        ashore = self.shore.holds(at).tolist()
        vertices: list[int] = []
        for number, ((x, y), (dx, dy)) in enumerate(zip(at.tolist(), ways.tolist(), strict=True)):
            first, last = number == 0, number == len(at) - 1
            loose = (first and stream.loose[0]) or (last and stream.loose[1])
            vertex = self._vertex(x, y, (dx, dy), (first or last, loose), ashore[number])
            if not vertices or vertices[-1] != vertex:
                vertices.append(vertex)
        for a, b in pairwise(vertices):
            self._step(a, b)
        return vertices

    def _sampled(self, line: Any, along: Floats) -> Floats:
        """Return places along a line, shape (n, 2); closer where it goes around a cape."""
        for _ in range(_CLOSER):
            at = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
            ashore = self.shore.holds(at)
            cut = self.shore.crossed(at[:-1], at[1:]) & ~ashore[:-1] & ~ashore[1:]
            if not cut.any():
                break
            along = np.sort(np.concatenate([along, ((along[:-1] + along[1:]) / 2.0)[cut]]))
        places: Floats = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
        return places

    def _step(self, a: int, b: int) -> None:
        (x0, y0), (x1, y1) = self.places[a], self.places[b]
        self.steps[a][b] = self.steps[b][a] = math.hypot(x1 - x0, y1 - y0)

    def join(self) -> None:
        """Let ways that run side by side change over to each other."""
        for vertex, (x, y) in enumerate(self.places):
            if vertex in self.fixed:
                continue
            for _, other in self._near(x, y, _JOINED * self.reach):
                beside = other > vertex and other not in self.fixed
                if (
                    beside
                    and self._runs_along(other, self._ways[vertex])
                    and not self._is_barred((x, y), self._ashore[vertex], other)
                ):
                    self._step(vertex, other)

    def _beside(self, vertex: int) -> list[int]:
        """Return the vertices to which a flow through this one may be led."""
        if vertex not in self._led:
            near = self._near(*self.places[vertex], _ASTRAY * self.reach)
            self._led[vertex] = [other for _, other in near]
        return self._led[vertex]

    def way(self, own: Sequence[int], used: dict[_Edge, dict[int, None]]) -> list[int]:
        """Return the cheapest way from the first to the last vertex, close to these."""
        around = set().union(*(self._beside(vertex) for vertex in own))
        start, end = own[0], own[-1]
        if start == end:
            return [start]
        cost = {start: 0.0}
        came: dict[int, int] = {}
        heap = [(0.0, start)]
        while heap:
            so_far, vertex = heapq.heappop(heap)
            if vertex == end:
                break
            if so_far > cost[vertex]:
                continue
            for other, length in self.steps[vertex].items():
                if other not in around or (other in self.fixed and other != end):
                    continue
                step = length * (_SHARED if used.get((vertex, other)) else 1.0)
                total = so_far + step
                if total < cost.get(other, math.inf) - 1e-9:
                    cost[other] = total
                    came[other] = vertex
                    heapq.heappush(heap, (total, other))
        if end not in came:
            return list(own)
        way = [end]
        while way[-1] != start:
            way.append(came[way[-1]])
        return way[::-1]

    def smoothed(self, weight: dict[_Edge, float]) -> Floats:
        """Return the places of the vertices, shape (n, 2), drawn towards their neighbours."""
        at = np.array(self.places).reshape(-1, 2)
        if not weight:
            return at
        edges = np.array(list(weight))
        heavy = np.array(list(weight.values()))
        free = np.ones(len(at), dtype=bool)
        free[list(self.fixed)] = False
        total = np.zeros(len(at))
        for column in (0, 1):
            np.add.at(total, edges[:, column], heavy)
        free &= total > 0.0
        at_sea = ~np.array(self._ashore)[edges].any(axis=1)
        sea = edges[at_sea & ~self.shore.crossed(at[edges[:, 0]], at[edges[:, 1]])]
        for _ in range(_SMOOTHED):
            before = at.copy()
            pull = np.zeros_like(at)
            np.add.at(pull, edges[:, 0], at[edges[:, 1]] * heavy[:, None])
            np.add.at(pull, edges[:, 1], at[edges[:, 0]] * heavy[:, None])
            at[free] = 0.5 * at[free] + 0.5 * pull[free] / total[free, None]
            # what would go over land stays, and so does then what it hangs together with
            while (over := self.shore.crossed(at[sea[:, 0]], at[sea[:, 1]])).any():
                back = np.unique(sea[over])
                at[back] = before[back]
        return at


def _legs(
    used: dict[_Edge, dict[int, None]], places: Floats, fixed: set[int], shore: Shore
) -> list[Leg]:
    flows: dict[_Edge, frozenset[int]] = {}
    around: dict[int, list[int]] = defaultdict(list)
    for a, b in used:
        key = (min(a, b), max(a, b))
        if key not in flows:
            flows[key] = frozenset((*used.get((a, b), ()), *used.get((b, a), ())))
            around[a].append(b)
            around[b].append(a)

    def of(a: int, b: int) -> frozenset[int]:
        return flows[min(a, b), max(a, b)]

    def is_joint(vertex: int) -> bool:
        near = around[vertex]
        return vertex in fixed or len(near) != 2 or of(vertex, near[0]) != of(vertex, near[1])

    legs: list[Leg] = []
    done: set[_Edge] = set()
    # rings without a joint come last, cut where they are met first
    for start in (*filter(is_joint, around), *around):
        for onward in around[start]:
            if (min(start, onward), max(start, onward)) in done:
                continue
            chain = [start, onward]
            done.add((min(start, onward), max(start, onward)))
            while not is_joint(chain[-1]) and chain[-1] != start:
                a, b = around[chain[-1]]
                chain.append(b if a == chain[-2] else a)
                done.add((min(chain[-2:]), max(chain[-2:])))
            ahead = tuple(used.get((chain[0], chain[1]), ()))
            back = tuple(used.get((chain[1], chain[0]), ()))
            legs.append(Leg(_rounded(places[chain], shore), ahead, back))
    return legs


def _rounded(path: Floats, shore: Shore) -> Floats:
    """Return a path with its corners cut twice (Chaikin 1974), but around land; both ends stay."""
    for _ in range(2):
        if len(path) < 3:
            break
        early = 0.75 * path[:-1] + 0.25 * path[1:]
        late = 0.25 * path[:-1] + 0.75 * path[1:]
        turns = path[1:-1]
        kept = shore.crossed(late[:-1], early[1:]) & ~(
            shore.crossed(late[:-1], turns) | shore.crossed(turns, early[1:])
        )
        # each corner becomes two places with, where it is kept, itself between them
        around = np.stack([late[:-1], turns, early[1:]], axis=1).reshape(-1, 2)
        shown = np.column_stack([np.ones_like(kept), kept, np.ones_like(kept)]).ravel()
        path = np.concatenate([path[:1], around[shown], path[-1:]])
    return path
