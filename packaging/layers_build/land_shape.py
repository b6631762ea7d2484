"""Fewer nodes without other lengths: junctions gathered, short dead ends cut, chains joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from gisapp.model.features import Floats
from layers_build.land_source import Flags, Index, Net, firsts, tidy

#: Nodes of one junction or city quarter stand in one cell of this many degrees.
CELL_DEGREES: Final = 0.01
#: Dead ends shorter than this add nothing that an access leg does not.
SHORTEST_END_KM: Final = 2.0


def matrix(net: Net) -> csr_matrix:
    """Return the lengths as a symmetric matrix; a length of zero becomes a metre."""
    n = len(net.lonlat)
    km = np.maximum(net.km, 0.001)
    rows, columns = np.concatenate([net.start, net.end]), np.concatenate([net.end, net.start])
    return coo_matrix((np.concatenate([km, km]), (rows, columns)), shape=(n, n)).tocsr()


def gather(net: Net, cell_degrees: float = CELL_DEGREES) -> Net:
    """Put nodes that hang together within a cell into one, at the one nearest their middle.

    An edge between two groups is as long as the way from the one's node to the other's, so a
    way through groups is never shorter than it was.
    """
    cell = np.floor(net.lonlat / cell_degrees).astype(np.int64)
    inner = (cell[net.start] == cell[net.end]).all(axis=1)
    n = len(net.lonlat)
    within = Net(net.lonlat, net.start[inner], net.end[inner], net.km[inner], net.assumed[inner])
    inside = matrix(within)
    count, group = connected_components(inside, directed=False)
    size = np.bincount(group, minlength=count)
    middle = np.column_stack(
        [np.bincount(group, net.lonlat[:, axis], count) / size for axis in (0, 1)]
    )
    off = np.square(net.lonlat - middle[group]).sum(axis=1)
    order = np.lexsort((np.arange(n), off, group))
    heads = order[np.searchsorted(group[order], np.arange(count))]
    to_head = dijkstra(inside, indices=heads, min_only=True)
    km = net.km + to_head[net.start] + to_head[net.end]
    outer = ~inner
    return tidy(
        net.lonlat[heads],
        group[net.start[outer]].astype(np.int64),
        group[net.end[outer]].astype(np.int64),
        km[outer],
        net.assumed[outer],
    )


def keep(net: Net, nodes: Flags, edges: Flags) -> Net:
    """Return the network of some edges and nodes, numbered anew; edges between kept nodes only."""
    number = np.cumsum(nodes) - 1
    kept = edges & nodes[net.start] & nodes[net.end]
    return Net(
        net.lonlat[nodes],
        number[net.start[kept]],
        number[net.end[kept]],
        net.km[kept],
        net.assumed[kept],
    )


def cut_dead_ends(net: Net, shortest_km: float = SHORTEST_END_KM) -> Net:
    """Take off dead ends shorter than a length, again and again, and nodes without an edge."""
    while True:
        degree = degrees(net)
        end = degree == 1
        # an edge between two dead ends is a road of its own: it stays
        short = (end[net.start] != end[net.end]) & (net.km < shortest_km) & ~net.assumed
        gone = np.zeros(len(net.lonlat), dtype=np.bool_)
        gone[net.start[short & end[net.start]]] = True
        gone[net.end[short & end[net.end]]] = True
        gone |= degree == 0
        if not gone.any():
            return net
        net = keep(net, ~gone, ~short)


def without_fragments(net: Net, shortest_km: float) -> Net:
    """Leave out networks that hang on nothing and are shorter than a length."""
    count, group = connected_components(matrix(net), directed=False)
    length = np.bincount(group[net.start], net.km, count)
    return keep(net, (length >= shortest_km)[group], np.ones(len(net.km), dtype=np.bool_))


def degrees(net: Net) -> Index:
    """Return how many edges each node has, shape (n,)."""
    ends = np.concatenate([net.start, net.end])
    return np.bincount(ends, minlength=len(net.lonlat)).astype(np.int64)


@dataclass(frozen=True)
class Shaped:
    """A network whose edges keep the nodes that they ran through.

    Parameters
    ----------
    net
        The network.
    node
        Of the nodes the row in the network before, shape (n,).
    bends
        Longitude and latitude of what each edge runs through, edge after edge, from its start to
        its end, shape (k, 2).
    bend_count
        How many bends each edge has, shape (m,).
    """

    net: Net
    node: Index
    bends: Floats
    bend_count: Index


def join_chains(net: Net, keep_node: npt.NDArray[np.bool_]) -> Shaped:
    """Join edges through nodes that are no junction; `keep_node`, shape (n,), stay anyway."""
    stays = keep_node | (degrees(net) != 2)
    graph = _edge_ids(net)
    indptr, indices, data = graph.indptr, graph.indices, graph.data - 1
    number = np.cumsum(stays) - 1
    edges: list[tuple[int, int, float, bool, list[int]]] = []
    for origin in np.flatnonzero(stays):
        for slot in range(indptr[origin], indptr[origin + 1]):
            here, edge = int(indices[slot]), int(data[slot])
            km, assumed, passed = float(net.km[edge]), bool(net.assumed[edge]), list[int]()
            while not stays[here]:
                passed.append(here)
                left = indptr[here]
                slot_on = left if data[left] != edge else left + 1
                here, edge = int(indices[slot_on]), int(data[slot_on])
                km += float(net.km[edge])
                assumed |= bool(net.assumed[edge])
            if origin < here:
                edges.append((int(number[origin]), int(number[here]), km, assumed, passed))
    start, end, lengths, guessed, bends = (
        np.array([edge[0] for edge in edges], dtype=np.int64),
        np.array([edge[1] for edge in edges], dtype=np.int64),
        np.array([edge[2] for edge in edges]),
        np.array([edge[3] for edge in edges], dtype=np.bool_),
        [edge[4] for edge in edges],
    )
    order = np.lexsort((lengths, end, start))
    chosen = order[firsts(start[order], end[order])]
    joined = Net(net.lonlat[stays], start[chosen], end[chosen], lengths[chosen], guessed[chosen])
    kept = [bends[i] for i in chosen]
    flat = np.array([node for passed in kept for node in passed], dtype=np.int64)
    count = np.array([len(passed) for passed in kept], dtype=np.int64)
    return Shaped(joined, np.flatnonzero(stays), net.lonlat[flat], count)


def _edge_ids(net: Net) -> csr_matrix:
    """Return the numbers of the edges plus one as a symmetric matrix."""
    n, ids = len(net.lonlat), np.arange(1, len(net.start) + 1)
    rows, columns = np.concatenate([net.start, net.end]), np.concatenate([net.end, net.start])
    return coo_matrix((np.concatenate([ids, ids]), (rows, columns)), shape=(n, n)).tocsr()
