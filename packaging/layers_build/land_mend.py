"""Gaps of the source closed: loose networks tied to their neighbours, near ends joined.

A link that the source does not hold is marked as assumed; it never crosses open water, and a
closed border never. Neighbours are those of the Delaunay triangulation on the sphere, in which
the nearest nodes of two separate networks always are neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import ConvexHull

from gisapp.analysis.network.land_mask import sampled
from gisapp.model.features import Floats
from gisapp.model.geodesy import distance_km, unit_vectors
from layers_build.land_shape import degrees, matrix
from layers_build.land_source import Flags, Index, Net, firsts, tidy

Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Reach:
    """How far a link may be guessed, in km, and what it must spare.

    Parameters
    ----------
    loose, loose_abroad
        To tie a network that hangs on nothing else: within a country, across a border.
    gap, gap_abroad
        To close a gap of one network.
    detour
        A gap is closed where the way round is more than this many times as long.
    circuity
        Length of an assumed link over its geodesic.
    """

    loose: float
    loose_abroad: float
    gap: float
    gap_abroad: float
    detour: float
    circuity: float


@dataclass(frozen=True)
class Ground:
    """What lies between two nodes.

    Parameters
    ----------
    country
        Code of the country of every node, "" at sea, shape (n,).
    country_of
        Codes at positions of shape (k, 2), "" on water.
    closed
        Pairs of countries with a closed border.
    """

    country: Texts
    country_of: Callable[[Floats], Texts]
    closed: frozenset[tuple[str, str]]


def neighbours(lonlat: Floats) -> tuple[Index, Index, Floats]:
    """Return the pairs of the Delaunay triangulation on the sphere and their distances in km."""
    triangles = ConvexHull(unit_vectors(lonlat), qhull_options="Qt Q12").simplices
    pairs = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])
    )
    pairs = np.unique(pairs, axis=0).astype(np.int64)
    start, end = pairs[:, 0], pairs[:, 1]
    return start, end, distance_km(lonlat[start], lonlat[end])


def mend(net: Net, ground: Ground, reach: Reach) -> Net:
    """Return the network with its assumed links."""
    start, end, km = neighbours(net.lonlat)
    within = km <= max(reach.loose, reach.gap)
    start, end, km = start[within], end[within], km[within]
    home = ground.country[start] == ground.country[end]
    group = connected_components(matrix(net), directed=False)[1].astype(np.int64)
    loose = group[start] != group[end]
    limit = np.where(home, reach.loose, reach.loose_abroad)
    rows = np.flatnonzero(loose & (km <= limit))
    rows = rows[_passable(net, ground, start[rows], end[rows], km[rows])]
    tied = rows[_spanning(group[start[rows]], group[end[rows]], km[rows])]
    net = with_links(net, start[tied], end[tied], km[tied] * reach.circuity)
    # a gap is where a road stops: one of the two is a dead end
    ends = degrees(net) == 1
    start, end = np.where(ends[start], start, end), np.where(ends[start], end, start)
    near = km <= np.where(home, reach.gap, reach.gap_abroad)
    rows = np.flatnonzero(~loose & ends[start] & near)
    rows = rows[_passable(net, ground, start[rows], end[rows], km[rows])]
    rows = rows[_far_round(net, start[rows], end[rows], km[rows] * reach.circuity * reach.detour)]
    rows = rows[np.lexsort((km[rows], start[rows]))]
    rows = rows[np.unique(start[rows], return_index=True)[1]]
    return with_links(net, start[rows], end[rows], km[rows] * reach.circuity)


def _spanning(start: Index, end: Index, km: Floats) -> Index:
    """Return the rows of the shortest links that tie all groups which can be tied."""
    order = np.lexsort((np.arange(len(km)), km, np.maximum(start, end), np.minimum(start, end)))
    order = order[firsts(np.minimum(start, end)[order], np.maximum(start, end)[order])]
    low, high = np.minimum(start, end)[order], np.maximum(start, end)[order]
    n = int(max(start.max(), end.max())) + 1 if len(start) else 0
    # the rank of the length orders as the length does, and leads back to the row
    rank = np.empty(len(order))
    rank[np.argsort(km[order], kind="stable")] = np.arange(1, len(order) + 1)
    tree = minimum_spanning_tree(coo_matrix((rank, (low, high)), shape=(n, n)).tocsr())
    by_rank = order[np.argsort(rank)]
    return np.sort(by_rank[np.asarray(tree.data, dtype=np.int64) - 1])


def _passable(net: Net, ground: Ground, start: Index, end: Index, km: Floats) -> Flags:
    """Return which links stay on land, save for a kilometre or two, and cross no closed border."""
    steps = np.maximum(np.ceil(km), 2).astype(np.int64)
    row, each, places = sampled(net.lonlat[start], net.lonlat[end], km, steps)
    wet = np.bincount(row, (ground.country_of(places) == "") * each, len(km))
    fits: Flags = wet <= np.minimum(2.0, np.maximum(0.25 * km, 0.5))
    for pair in ground.closed:
        for one, other in (pair, pair[::-1]):
            fits &= ~((ground.country[start] == one) & (ground.country[end] == other))
    return fits


def _far_round(net: Net, start: Index, end: Index, limit: Floats) -> Flags:
    """Return which pairs have no way shorter than their limit."""
    far = np.ones(len(start), dtype=np.bool_)
    graph = matrix(net)
    order = np.argsort(limit, kind="stable")
    for piece in np.array_split(order, max(len(order) // 32, 1)):
        if len(piece):
            origins, where = np.unique(start[piece], return_inverse=True)
            way = dijkstra(graph, indices=origins, limit=float(limit[piece].max()))
            far[piece] = way[where, end[piece]] > limit[piece]
    return far


def with_links(net: Net, start: Index, end: Index, km: Floats) -> Net:
    """Return the network with assumed edges added."""
    return tidy(
        net.lonlat,
        np.concatenate([net.start, start]),
        np.concatenate([net.end, end]),
        np.concatenate([net.km, km]),
        np.concatenate([net.assumed, np.ones(len(start), dtype=np.bool_)]),
    )
