"""From a site to the roads and railways: where it joins them, and how far that is.

A site joins an edge at the point of it that is nearest, not at the next junction. The way there
is not known: it is taken as the geodesic times a circuity and told as assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from gisapp.model.features import Floats
from gisapp.model.geodesy import distance_km, ecef_km

Index = npt.NDArray[np.int64]

#: Way over geodesic where the network is dense, and where it is sparse (Kim et al. 2015 and
#: others, in the project's notes on methods, 4.4); dense is what has a road this near.
DENSE_CIRCUITY: Final = 1.25
SPARSE_CIRCUITY: Final = 1.45
DENSE_KM: Final = 10.0
#: Points along the edges at most so far apart, to find the nearest edges by.
_APART_KM: Final = 10.0
#: So many points are looked at, more where none of their edges is usable; edges so near in
#: comparison with the nearest are kept, and so many of them.
_LOOKED_AT: Final = (12, 200, 3000)
_NEARLY: Final = 1.5
_NEARLY_KM: Final = 2.0
_EDGES: Final = 3


@dataclass(frozen=True)
class Access:
    """Where sites join the edges of one mode; a site may stand in several rows, or in none.

    Parameters
    ----------
    site
        Row of the site, shape (k,).
    edge
        The edge joined, shape (k,).
    share
        Where along the edge, from its start (0) to its end (1), shape (k,).
    km
        Assumed kilometres between the site and that point, shape (k,).
    lonlat
        That point, degrees, shape (k, 2).
    """

    site: Index
    edge: Index
    share: Floats
    km: Floats
    lonlat: Floats

    @classmethod
    def joined(cls, parts: Sequence[Access]) -> Access:
        """Return the rows of several, those of the first one first."""
        return cls(
            np.concatenate([part.site for part in parts]),
            np.concatenate([part.edge for part in parts]),
            np.concatenate([part.share for part in parts]),
            np.concatenate([part.km for part in parts]),
            np.concatenate([part.lonlat for part in parts]),
        )

    def only(self, rows: npt.NDArray[np.bool_]) -> Access:
        """Return some of the rows, chosen by a mask of shape (k,)."""
        return Access(
            self.site[rows], self.edge[rows], self.share[rows], self.km[rows], self.lonlat[rows]
        )


class Vertices:
    """The shapes of the edges of one mode, as vertices in a tree.

    Parameters
    ----------
    edges
        The edges' numbers in the network, shape (m,).
    lonlat
        Vertices of the edges, edge after edge, both ends included, degrees, shape (k, 2).
    first
        Where each edge begins, and the number of vertices, shape (m + 1,).
    """

    def __init__(self, edges: Index, lonlat: Floats, first: Index) -> None:
        self._edges = edges
        self.lonlat = lonlat
        self.first = first
        edge = np.repeat(np.arange(len(first) - 1), np.diff(first))
        inner = edge[1:] == edge[:-1]
        self.place = ecef_km(lonlat)
        chord = np.linalg.norm(np.diff(self.place, axis=0), axis=1)
        #: from each vertex to the next of its edge, 0 behind the last one
        self.step = np.append(np.where(inner, chord, 0.0), 0.0)
        self._along = np.append(0.0, np.cumsum(self.step[:-1]))
        # an edge is found by points in its middle, or in the middles of its thirds, and so on
        begin = self._along[first[:-1]]
        length = self._along[first[1:] - 1] - begin
        count = np.maximum(np.ceil(length / _APART_KM), 1).astype(np.int64)
        self._edge = np.repeat(np.arange(len(count)), count)
        own = np.arange(len(self._edge)) - np.repeat(np.cumsum(count) - count, count)
        at = begin[self._edge] + (own + 0.5) * (length / count)[self._edge]
        points = np.column_stack([np.interp(at, self._along, axis) for axis in self.place.T])
        self._tree = cKDTree(points, balanced_tree=False, compact_nodes=False)

    def access(self, sites: Floats, usable: npt.NDArray[np.bool_], within_km: float) -> Access:
        """Return where sites join the usable edges that are near.

        Parameters
        ----------
        sites
            Degrees, shape (n, 2); NaN joins nothing.
        usable
            Edges of the network that may be joined, shape (all edges,).
        within_km
            No farther than this on the ellipsoid.
        """
        placed = np.flatnonzero(np.isfinite(sites).all(axis=1))
        here = ecef_km(sites[placed])
        row, edge = self._near(here, usable[self._edges])
        share, foot = self._feet(here[row], edge)
        km = distance_km(sites[placed][row], foot)
        order = np.lexsort((edge, km, row))
        # edges that are joined at the junction between them lead to the same
        again = (np.diff(row[order], prepend=-1) == 0) & (np.diff(km[order], prepend=-1.0) < 1e-6)
        order = order[~again]
        begin = np.searchsorted(row[order], row[order])
        rank = np.arange(len(order)) - begin
        near = np.minimum(_NEARLY * km[order][begin] + _NEARLY_KM, within_km)
        chosen = order[(km[order] <= near) & (rank < _EDGES)]
        off = km[chosen] * circuity(km[chosen])
        edges = self._edges[edge[chosen]]
        return Access(placed[row[chosen]], edges, share[chosen], off, foot[chosen])

    def _near(self, here: Floats, usable: npt.NDArray[np.bool_]) -> tuple[Index, Index]:
        """Return places and own edges near them; where none is usable it looks farther."""
        rows: list[Index] = [np.empty(0, np.int64)]
        edges: list[Index] = [np.empty(0, np.int64)]
        left: Index = np.arange(len(here) if usable.any() else 0)
        for width in _LOOKED_AT:
            if not len(left):
                break
            k = np.arange(1, min(width, len(self._edge)) + 1)
            found = self._edge[np.asarray(self._tree.query(here[left], k=k)[1])]
            every = np.column_stack([np.repeat(left, len(k)), found.ravel()])
            pairs = np.unique(every[usable[every[:, 1]]], axis=0)
            rows.append(pairs[:, 0])
            edges.append(pairs[:, 1])
            left = np.setdiff1d(left, pairs[:, 0])
        return np.concatenate(rows), np.concatenate(edges)

    def _feet(self, here: Floats, edge: Index) -> tuple[Floats, Floats]:
        """Return the share of the edge and the position of its point nearest to each place."""
        count = self.first[edge + 1] - self.first[edge] - 1
        pair = np.repeat(np.arange(len(edge)), count)
        vertex = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
        vertex += self.first[edge][pair]
        a, span = self.place[vertex], self.place[vertex + 1] - self.place[vertex]
        to = here[pair] - a
        square = np.maximum((span * span).sum(axis=1), 1e-12)
        t = np.clip((to * span).sum(axis=1) / square, 0.0, 1.0)
        off = np.linalg.norm(to - span * t[:, None], axis=1)
        best = np.lexsort((vertex, off, pair))[np.cumsum(count) - count]
        along = self._along
        at, begin, end = vertex[best], self.first[edge], self.first[edge + 1] - 1
        length = np.maximum(along[end] - along[begin], 1e-9)
        share = (along[at] + self.step[at] * t[best] - along[begin]) / length
        delta = self.lonlat[at + 1] - self.lonlat[at]
        delta[:, 0] -= np.round(delta[:, 0] / 360.0) * 360.0
        return np.clip(share, 0.0, 1.0), self.lonlat[at] + delta * t[best][:, None]


def circuity(km: Floats) -> Floats:
    """Return the circuity of a way to the network that is so far, shape kept."""
    return np.where(km <= DENSE_KM, DENSE_CIRCUITY, SPARSE_CIRCUITY)
