"""Ways by road and rail, world-wide: one leg with its course, or a matrix of costs.

The network (`packaging/build_land.py`) is made from OpenStreetMap's main roads and railways. What
it does not hold is told as assumed: links that close its gaps, places to change between road and
rail, and the way from a site to the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network.land_data import (
    ASSUMED_KM,
    BORDERS,
    RAIL_KM,
    ROAD_KM,
    LandData,
    LandOptions,
)
from gisapp.analysis.network.land_sites import Shortcuts, Sites, shortcuts, sites_on
from gisapp.analysis.network.land_tree import Graph, Tree
from gisapp.analysis.network.land_way import LandLeg, LandMode, LandRoute, Piece, legs_of
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import distance_km, ecef_km

__all__ = ["LandCosts", "LandLeg", "LandMode", "LandNetwork", "LandRoute"]

_ANY = frozenset(LandMode)
#: Most ways are less crooked than this.
_CROOKED = 1.5
#: Every way there is costs less.
_MOST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, eq=False)
class LandCosts:
    """What ways by land cost and how they are made up, shapes (n, m).

    Parameters
    ----------
    cost
        Infinite where there is no way.
    road_km, rail_km
        Kilometres by mode; infinite where there is no way.
    borders
        Borders crossed; -1 where there is no way.
    assumed_km
        Kilometres that are not in the source; infinite where there is no way.
    """

    cost: Floats
    road_km: Floats
    rail_km: Floats
    borders: npt.NDArray[np.int16]
    assumed_km: Floats

    @property
    def km(self) -> Floats:
        """Kilometres of each way, shape (n, m)."""
        return self.road_km + self.rail_km

    def turned(self) -> LandCosts:
        """Return the ways back, shapes (m, n)."""
        return LandCosts(
            np.ascontiguousarray(self.cost.T),
            np.ascontiguousarray(self.road_km.T),
            np.ascontiguousarray(self.rail_km.T),
            np.ascontiguousarray(self.borders.T),
            np.ascontiguousarray(self.assumed_km.T),
        )


class LandNetwork:
    """Roads and railways of the world; safe to ask from threads."""

    def __init__(self, data: LandData) -> None:
        self.data = data

    @classmethod
    def load(cls, path: Path) -> LandNetwork:
        """Read the network; raises `GisappError` `unreadable` if it is missing or damaged."""
        return cls(LandData.load(path))

    def route(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        weights: Mapping[LandMode, float] | None = None,
        modes: frozenset[LandMode] = _ANY,
        avoid_countries: frozenset[str] = frozenset(),
        border_cost: float = 0.0,
        transfer_cost: float = 0.0,
    ) -> LandRoute | None:
        """Return the least-cost way between two positions, or None where none leads by land.

        Parameters
        ----------
        start, end
            Longitude and latitude, degrees.
        weights
            Cost of a kilometre by mode; 1 for what is not given.
        modes
            What may be used.
        avoid_countries
            ISO alpha-3 codes of countries that the way must not touch, its ends included.
        border_cost, transfer_cost
            Cost of crossing a border and of changing between road and rail.

        Raises
        ------
        GisappError
            `bad_weight`, `no_mode`.
        """
        options = _options(weights, modes, avoid_countries, border_cost, transfer_cost)
        ends = np.array([start, end], dtype=np.float64)
        one, other = (sites_on(self.data, ends[i : i + 1], options) for i in range(2))
        direct = shortcuts(self.data, one, other, options)
        least = float(direct.cost[0, 0])
        if len(one.node) and len(other.node):
            graph = self.data.graph(options)
            # what is not found near the straight way is looked for in the whole world
            straight = float(distance_km(start, end)[0]) * max(options.road, options.rail)
            near = _CROOKED * straight + 2.0 * (options.border + options.transfer)
            for limit in (min(float(one.cost.min()) + near, least), least):
                tree = graph.tree(one.node, one.cost, limit)
                total = tree.cost[other.node] + other.cost
                chosen = int(np.argmin(total))
                # a node that the search has not reached may lie on a way beyond its limit only
                if total[chosen] < least and total[chosen] <= limit:
                    return self._way(graph, tree, one, other, chosen)
        return self._direct(one, other, direct) if np.isfinite(least) else None

    def costs(
        self,
        starts: Floats,
        ends: Floats,
        *,
        weights: Mapping[LandMode, float] | None = None,
        modes: frozenset[LandMode] = _ANY,
        avoid_countries: frozenset[str] = frozenset(),
        border_cost: float = 0.0,
        transfer_cost: float = 0.0,
        limit: float = np.inf,
        feedback: Feedback | None = None,
    ) -> LandCosts:
        """Return what the ways from every start to every end cost; see `route`.

        Parameters
        ----------
        starts, ends
            Degrees, shapes (n, 2) and (m, 2); NaN has no way.
        limit
            A way that costs more is none.
        """
        options = _options(weights, modes, avoid_countries, border_cost, transfer_cost)
        starts, ends = np.asarray(starts, np.float64), np.asarray(ends, np.float64)
        # the way there is the way back: search from the side with fewer places
        if len(ends) < len(starts):
            return self._matrix(ends, starts, options, limit, feedback).turned()
        return self._matrix(starts, ends, options, limit, feedback)

    def _matrix(
        self,
        starts: Floats,
        ends: Floats,
        options: LandOptions,
        limit: float,
        feedback: Feedback | None,
    ) -> LandCosts:
        one, other = sites_on(self.data, starts, options), sites_on(self.data, ends, options)
        graph = self.data.graph(options)
        direct = shortcuts(self.data, one, other, options)
        cost, values = direct.cost, direct.values
        firsts = np.flatnonzero(np.diff(other.site, prepend=-1))
        for i in range(len(starts)):
            if feedback is not None:
                feedback.check(i / len(starts), "Ways by land")
            mine = np.flatnonzero(one.site == i)
            if not len(mine) or not len(firsts):
                continue
            tree = graph.tree(one.node[mine], one.cost[mine], limit)
            total = tree.cost[other.node] + other.cost
            best = np.lexsort((total, other.site))[firsts]
            best = best[total[best] < cost[i, other.site[best]]]
            if not len(best):
                continue
            site = other.site[best]
            sums, entry = tree.sums(other.node[best], self.data.values)
            mine = mine[np.lexsort((one.cost[mine], one.node[mine]))]
            own = mine[np.searchsorted(one.node[mine], entry)]
            cost[i, site] = total[best]
            values[i, site] = sums + other.values[best] + one.values[own]
        none = ~(cost <= min(limit, _MOST))
        cost[none] = np.inf
        values[none] = np.inf
        return LandCosts(
            cost,
            values[:, :, ROAD_KM].copy(),
            values[:, :, RAIL_KM].copy(),
            np.where(none, -1.0, values[:, :, BORDERS]).astype(np.int16),
            values[:, :, ASSUMED_KM].copy(),
        )

    def _way(self, graph: Graph, tree: Tree, one: Sites, other: Sites, chosen: int) -> LandRoute:
        """Return the way along a tree to one entry of the other site."""
        nodes = tree.path(int(other.node[chosen]))
        mine = np.flatnonzero(one.node == nodes[0])
        first = int(mine[np.argmin(one.cost[mine])])
        pieces = self._joining(one, first)
        edges = graph.edges(nodes[:-1], nodes[1:])
        for edge, (a, b) in zip(edges.tolist(), pairwise(nodes.tolist()), strict=True):
            pieces.append(self._edge(edge, a, b))
        pieces += [piece.turned() for piece in reversed(self._joining(other, chosen))]
        return LandRoute(legs_of(pieces), float(tree.cost[nodes[-1]] + other.cost[chosen]))

    def _direct(self, one: Sites, other: Sites, direct: Shortcuts) -> LandRoute:
        """Return the way that uses no node."""
        i, j = direct.rows[0, 0].tolist()
        cost = float(direct.cost[0, 0])
        if i < 0:
            km = float(direct.values[0, 0, ROAD_KM])
            path = np.concatenate([one.lonlat, other.lonlat])
            found = self.data.mask.country(one.lonlat)
            countries = tuple(self.data.codes[place] for place in found.tolist() if place >= 0)
            return LandRoute(legs_of([Piece(LandMode.ROAD, km, path, countries, km)]), cost)
        shares = float(one.access.share[i]), float(other.access.share[j])
        along = self._part(int(one.access.edge[i]), *shares)
        start, end = self._off(one, i, along.countries[0]), self._off(other, j, along.countries[1])
        return LandRoute(legs_of([start, along, end.turned()]), cost)

    def _edge(self, edge: int, start: int, end: int) -> Piece:
        data, km = self.data, float(self.data.km[edge])
        shape = data.shape(edge)
        path = shape if data.start[edge] == start else shape[::-1]
        assumed = km if data.assumed[edge] else 0.0
        return Piece(data.mode(edge), km, path, (data.code(start), data.code(end)), assumed)

    def _joining(self, sites: Sites, entry: int) -> list[Piece]:
        """Return the way from a site to one of its entries: to the edge, and along it."""
        row = int(sites.row[entry])
        edge = int(sites.access.edge[row])
        at_end = float(self.data.end[edge] == sites.node[entry])
        along = self._part(edge, float(sites.access.share[row]), at_end)
        return [self._off(sites, row, along.countries[0]), along]

    def _off(self, sites: Sites, row: int, country: str) -> Piece:
        """Return the assumed way from a site to an edge that it joins."""
        km = float(sites.access.km[row])
        path = np.array([sites.lonlat[sites.access.site[row]], sites.access.lonlat[row]])
        mode = LandMode.RAIL if sites.siding[row] else LandMode.ROAD
        return Piece(mode, km, path, (country, country), km)

    def _part(self, edge: int, start: float, end: float) -> Piece:
        """Return a part of an edge, from one share of its length to another."""
        data = self.data
        shape = data.shape(edge)
        steps = np.linalg.norm(np.diff(ecef_km(shape), axis=0), axis=1)
        along = np.append(0.0, np.cumsum(steps)) / max(float(steps.sum()), 1e-9)
        low, high = min(start, end), max(start, end)
        shares = np.concatenate([[low], along[(along > low) & (along < high)], [high]])
        path = np.column_stack([np.interp(shares, along, axis) for axis in shape.T])
        ends = (int(data.start[edge]), int(data.end[edge]))
        countries = (data.code(ends[start >= 0.5]), data.code(ends[end >= 0.5]))
        km = abs(start - end) * float(data.km[edge])
        assumed = km if data.assumed[edge] else 0.0
        return Piece(data.mode(edge), km, path if start <= end else path[::-1], countries, assumed)


def _options(
    weights: Mapping[LandMode, float] | None,
    modes: frozenset[LandMode],
    avoid: frozenset[str],
    border: float,
    transfer: float,
) -> LandOptions:
    given = {LandMode.ROAD: 1.0, LandMode.RAIL: 1.0, **(weights or {})}
    return LandOptions(
        float(given[LandMode.ROAD]),
        float(given[LandMode.RAIL]),
        frozenset(modes),
        frozenset(avoid),
        float(border),
        float(transfer),
    )
