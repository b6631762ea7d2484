"""Least-cost trees over the land network, and what adds up along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from gisapp.model.features import Floats

Index = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
#: Ways of no cost are no edges to the search: a metre's worth stands for them.
_LEAST_COST: Final = 1e-6


class Graph:
    """The edges that may be used, with their costs, ready to be searched.

    Parameters
    ----------
    nodes
        Number of nodes.
    start, end
        Nodes of every edge, shape (m,).
    cost
        Cost of every edge, infinite where it may not be used, shape (m,).

    Attributes
    ----------
    usable
        Which edges may be used, shape (m,).
    """

    def __init__(self, nodes: int, start: Ints, end: Ints, cost: Floats) -> None:
        self.nodes = nodes
        self.usable = np.isfinite(cost)
        usable = np.flatnonzero(self.usable)
        rows = np.concatenate([start[usable], end[usable]]).astype(np.int64)
        columns = np.concatenate([end[usable], start[usable]])
        key = rows * nodes + columns
        order = np.argsort(key)
        self._key = key[order]
        self._columns = columns[order].astype(np.int32)
        self._edge = np.concatenate([usable, usable])[order]
        self._cost = np.maximum(cost[self._edge], _LEAST_COST)
        counts = np.bincount(rows, minlength=nodes)
        self._first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)

    def edges(self, start: Index, end: Index) -> Index:
        """Return the edges between pairs of neighbours, shape (n,)."""
        return np.asarray(self._edge[np.searchsorted(self._key, start * self.nodes + end)])

    def tree(self, entries: Index, offsets: Floats, limit: float) -> Tree:
        """Return the least-cost tree from a place that joins the network at some nodes.

        Parameters
        ----------
        entries, offsets
            Nodes, and the costs to reach them, shape (k,).
        limit
            Nodes that cost more are not reached.
        """
        order = np.lexsort((offsets, entries))
        entries, offsets = entries[order], offsets[order]
        first = np.ones(len(entries), dtype=np.bool_)
        first[1:] = entries[1:] != entries[:-1]
        columns = np.concatenate([self._columns, entries[first].astype(np.int32)])
        costs = np.concatenate([self._cost, np.maximum(offsets[first], _LEAST_COST)])
        indptr = np.append(self._first, np.int32(len(columns)))
        n = self.nodes + 1
        matrix = csr_matrix((costs, columns, indptr), shape=(n, n))
        cost, before = dijkstra(
            matrix, indices=np.array([self.nodes]), return_predecessors=True, limit=limit
        )
        return Tree(self, cost[0, :-1], before[0, :-1])


@dataclass(frozen=True, eq=False)
class Tree:
    """What every node costs from one place, and the node before it.

    Parameters
    ----------
    cost
        Infinite where not reached, shape (n,).
    before
        The number of nodes where the way enters the network, negative where there is no way,
        shape (n,).
    """

    graph: Graph
    cost: Floats
    before: Ints

    def path(self, node: int) -> Index:
        """Return the nodes of the way to a reached node, from where it enters the network."""
        nodes = [node]
        while (node := int(self.before[node])) < self.graph.nodes:
            nodes.append(node)
        return np.array(nodes[::-1], dtype=np.int64)

    def sums(self, nodes: Index, values: Floats) -> tuple[Floats, Index]:
        """Add up values of edges along the ways to some reached nodes.

        Parameters
        ----------
        nodes
            Reached nodes, shape (k,).
        values
            Of every edge of the network, shape (m, v).

        Returns
        -------
        tuple
            Sums, shape (k, v), and the nodes where the ways enter the network, shape (k,).
        """
        passed = self._passed(nodes)
        n = len(passed)
        before = self.before[passed].astype(np.int64)
        inner = before < self.graph.nodes
        total = np.zeros((n + 1, values.shape[1]))
        total[:n][inner] = values[self.graph.edges(before[inner], passed[inner])]
        # every node points to the one before it, the first one to the end, which adds nothing;
        # doubling the stride adds up a way of n edges in log2(n) steps
        up = np.full(n + 1, n)
        up[:n][inner] = np.searchsorted(passed, before[inner])
        entry = np.arange(n + 1)
        while (up < n).any():
            total += total[up]
            entry = np.where(up < n, entry[up], entry)
            up = up[up]
        rows = np.searchsorted(passed, nodes)
        return total[rows], passed[entry[rows]]

    def _passed(self, nodes: Index) -> Index:
        """Return all nodes on the ways to some, in ascending order."""
        seen = np.zeros(self.graph.nodes + 1, dtype=np.bool_)
        seen[self.graph.nodes] = True
        now = np.unique(nodes).astype(np.int32)
        while len(now):
            seen[now] = True
            now = self.before[now]
            now = now[~seen[now]]
        seen[self.graph.nodes] = False
        return np.flatnonzero(seen)
