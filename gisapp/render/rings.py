"""Shapes as flat arrays of rings, thinned to what a zoom can show, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.render.mercator import NORTH_CAP, SOUTH_CAP, to_world

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Verbs = npt.NDArray[np.uint8]
Vertices = npt.NDArray[np.float32]

#: What a path does at a vertex: it begins anew, or comes from the one before.
MOVE: Final = 0
LINE: Final = 1

#: Of the vertices in a square of so many pixels one is kept.
_SQUARE: Final = 0.4
#: So many pixels off a straight line is no bend.
_STRAIGHT: Final = 0.06
#: What is too small to be drawn as a shape still takes so many square pixels.
LEAST_INK: Final = 0.5
#: Vertices that are fetched in one go: some milliseconds.
_AT_ONCE: Final = 50_000
_EDGE_PX: Final = 1e-3
_TOP, _BOTTOM = to_world([[0.0, NORTH_CAP], [0.0, SOUTH_CAP]])[:, 1].tolist()


@dataclass(frozen=True, eq=False)
class Rings:
    """Rings of polygons and paths of lines, in the order of what they belong to.

    Parameters
    ----------
    owner
        Number of the shape that each belongs to, ascending, shape (r,).
    areal, hole
        True for a polygon's ring; for one that is a hole in it, shape (r,).
    first
        Number of the first vertex of each; the count of all vertices ends it, shape (r + 1,).
    xy
        Vertices, shape (v, 2); a ring ends with the vertex that it begins with.
    """

    owner: Ints
    areal: Mask
    hole: Mask
    first: Ints
    xy: Floats | Vertices

    def take(self, rings: Ints) -> Rings:
        """Return these rings, by number."""
        sizes = np.diff(self.first)[rings]
        return Rings(
            self.owner[rings],
            self.areal[rings],
            self.hole[rings],
            np.concatenate([[0], np.cumsum(sizes)]),
            self.xy[spans(self.first[rings], sizes)],
        )

    def with_xy(self, xy: Floats | Vertices) -> Rings:
        """Return the same rings with other vertices."""
        return Rings(self.owner, self.areal, self.hole, self.first, xy)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, bytes."""
        return self.xy.nbytes + 18 * len(self.owner)


def as_vertices(xy: Floats | Vertices) -> Vertices:
    """Return vertices in single precision, in one piece."""
    return np.ascontiguousarray(xy, dtype=np.float32)


def spans(first: Ints, sizes: Ints) -> Ints:
    """Return the numbers from each `first` on, as many as its size, one after another."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(first - ends + sizes, sizes)


def rings_of(shapes: Shapes, owner: Ints) -> Rings:
    """Return the rings and paths of shapely geometries; points among them are left out.

    Parameters
    ----------
    shapes
        Shape (n,).
    owner
        What each is to be called, ascending, shape (n,).
    """
    parts, of_shape = shapely.get_parts(shapes, return_index=True)
    nested = shapely.get_type_id(parts) >= 4
    while nested.any():
        parts, of_part = shapely.get_parts(parts, return_index=True)
        of_shape = of_shape[of_part]
        nested = shapely.get_type_id(parts) >= 4
    kinds = shapely.get_type_id(parts)
    polygons, lines = np.flatnonzero(kinds == 3), np.flatnonzero((kinds == 1) | (kinds == 2))
    rings, of_polygon = shapely.get_rings(parts[polygons], return_index=True)
    hole = np.zeros(len(rings), dtype=bool)
    hole[1:] = of_polygon[1:] == of_polygon[:-1]
    of_ring = of_shape[polygons[of_polygon]]
    areal = np.ones(len(rings), dtype=bool)
    if len(lines):
        rings = np.concatenate([rings, parts[lines]])
        of_ring = np.concatenate([of_ring, of_shape[lines]])
        hole = np.concatenate([hole, np.zeros(len(lines), dtype=bool)])
        areal = np.concatenate([areal, np.zeros(len(lines), dtype=bool)])
        order = np.argsort(of_ring, kind="stable")
        rings, of_ring, hole, areal = rings[order], of_ring[order], hole[order], areal[order]
    first = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(rings))])
    return Rings(owner[of_ring], areal, hole, first, _coordinates(rings, first))


def _coordinates(shapes: Shapes, first: Ints) -> Floats:
    """Return `shapely.get_coordinates`, so that other threads get their turn in between."""
    if first[-1] <= _AT_ONCE:
        return np.asarray(shapely.get_coordinates(shapes))
    xy = np.empty((int(first[-1]), 2))
    start = 0
    while start < len(shapes):
        stop = max(int(np.searchsorted(first, first[start] + _AT_ONCE, "right")) - 1, start + 1)
        xy[first[start] : first[stop]] = shapely.get_coordinates(shapes[start:stop])
        start = stop
    return xy


def joined(pieces: list[Rings]) -> Rings:
    """Return several as one, in the order of their owners."""
    pieces = [piece for piece in pieces if len(piece.owner)] or pieces[:1]
    if len(pieces) == 1:
        return pieces[0]
    owner = np.concatenate([p.owner for p in pieces])
    sizes = np.concatenate([np.diff(p.first) for p in pieces])
    whole = Rings(
        owner,
        np.concatenate([p.areal for p in pieces]),
        np.concatenate([p.hole for p in pieces]),
        np.concatenate([[0], np.cumsum(sizes)]),
        np.concatenate([p.xy for p in pieces]),
    )
    if (owner[1:] >= owner[:-1]).all():
        return whole
    return whole.take(np.argsort(owner, kind="stable"))


def thinned(rings: Rings) -> Rings:
    """Return rings, in pixels, without the vertices that cannot be told apart.

    Of consecutive vertices in one small square the first is kept, and every second
    one on a straight line goes, twice; the ends stay. Neighbours lose the same vertices of a
    border that they share, but for the direction that they run in.

    Returns
    -------
    Rings
        As many as there were; one that is nothing but a dot keeps its two ends.
    """
    xy = rings.xy
    if not len(xy):
        return rings
    starts, stops = rings.first[:-1], rings.first[1:] - 1
    ends = np.zeros(len(xy), dtype=bool)
    ends[starts] = ends[stops] = True
    keep = ends.copy()
    for axis in (0, 1):
        squares = np.floor(xy[:, axis] * (1.0 / _SQUARE))
        keep[1:] |= squares[1:] != squares[:-1]
    kept = np.flatnonzero(keep)
    for _ in range(2):
        x, y = xy[kept, 0], xy[kept, 1]
        dx, dy = x[1:-1] - x[:-2], y[1:-1] - y[:-2]
        far_x, far_y = x[2:] - x[:-2], y[2:] - y[:-2]
        far = far_x * far_x + far_y * far_y
        along = dx * far_x + dy * far_y
        off = dx * far_y - dy * far_x
        drop = np.zeros(len(kept), dtype=bool)
        drop[1:-1] = (off * off <= _STRAIGHT**2 * far) & (along >= 0) & (along <= far)  # no spike
        drop[::2] = False
        drop &= ~ends[kept]
        kept = kept[~drop]
    counts = np.searchsorted(kept, rings.first)
    return Rings(rings.owner, rings.areal, rings.hole, counts, xy[kept])


@dataclass(frozen=True, eq=False)
class Cut:
    """Shapes of one tile as arrays, in the order of their rows; lengths are pixels of its zoom.

    Parameters
    ----------
    rows, areal, extent
        Row, whether it is a polygon, and the longer side of its box, shape (m,).
    first
        Number of the first vertex of each shape; the count of all ends it, shape (m + 1,).
    xy
        Vertices relative to the tile's north-western corner, shape (v, 2).
    verbs, edges
        Where a path that fills, and one that draws the edge, begin anew, shape (v,).
    last
        Numbers of the vertices at which an edge closes, shape (k,).
    dust_rows, dust_areal, dust_xy, dust_ink
        What is too small for a shape: row, whether it is a polygon, middle, and its area
        (polygon, square pixels) or length (line, pixels), shape (d,) and (d, 2).
    """

    rows: Ints
    areal: Mask
    extent: Vertices
    first: Ints
    xy: Vertices
    verbs: Verbs
    edges: Verbs
    last: Ints
    dust_rows: Ints
    dust_areal: Mask
    dust_xy: Vertices
    dust_ink: Vertices

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, bytes."""
        return 10 * len(self.xy) + 21 * len(self.rows) + 21 * len(self.dust_rows) + 500


@dataclass(frozen=True, eq=False)
class Dust:
    """What is smaller than a pixel or two: row, polygon or not, middle, area or length."""

    rows: Ints
    areal: Mask
    xy: Floats
    ink: Floats


def cut_of(rings: Rings, dust: Dust, corner: tuple[float, float], unit: float) -> Cut:
    """Make rings ready to be drawn.

    Edges that run along the world's left or right side or its cap are no coast and no border:
    they are filled to and not drawn.

    Parameters
    ----------
    rings
        In worlds, by row.
    corner
        North-western corner of the tile in worlds.
    unit
        Pixels on a world.
    """
    thin = thinned(rings.with_xy(as_vertices((rings.xy - corner) * unit)))
    ink = dust.ink * np.where(dust.areal, unit * unit, unit)
    dust = Dust(dust.rows, dust.areal, (dust.xy - corner) * unit, ink)
    sizes = np.diff(thin.first)
    whole = np.where(thin.areal, sizes > 3, sizes > 1)
    if not whole.all():
        dust = _with_dots(dust, thin.take(np.flatnonzero(~whole & ~thin.hole)))
        thin = thin.take(np.flatnonzero(whole))
    thin = _turned(thin)
    starts = thin.first[:-1]
    shape = np.ones(len(thin.owner), dtype=bool)
    shape[1:] = thin.owner[1:] != thin.owner[:-1]
    heads = np.flatnonzero(shape)
    verbs = np.full(len(thin.xy), LINE, dtype=np.uint8)
    verbs[starts] = MOVE
    edges = verbs.copy()
    closing = thin.areal.copy()
    seam = _on_seam(thin.xy, corner, unit)
    if seam.any():
        seam &= verbs == LINE
        edges[seam] = MOVE
        ring = np.repeat(np.arange(len(thin.owner)), np.diff(thin.first))
        closing[np.unique(ring[seam])] = False
    extent = np.zeros(len(heads), dtype=np.float32)
    if len(heads):
        box = _boxes(thin)
        low = np.minimum.reduceat(box[:, :2], heads)
        high = np.maximum.reduceat(box[:, 2:], heads)
        extent = (high - low).max(axis=1)
    return Cut(
        rows=thin.owner[heads],
        areal=thin.areal[heads],
        extent=extent,
        first=np.concatenate([starts[heads], [len(thin.xy)]]),
        xy=as_vertices(thin.xy),
        verbs=verbs,
        edges=edges,
        last=(thin.first[1:] - 1)[closing],
        dust_rows=dust.rows,
        dust_areal=dust.areal,
        dust_xy=as_vertices(dust.xy),
        dust_ink=as_vertices(dust.ink),
    )


def _with_dots(dust: Dust, dots: Rings) -> Dust:
    """Return dust with rings that are nothing but dots, in pixels."""
    box = _boxes(dots)
    wide, high = (box[:, 2:] - box[:, :2]).T
    ink = np.where(dots.areal, wide * high / 2, np.maximum(wide, high))
    return Dust(
        np.concatenate([dust.rows, dots.owner]),
        np.concatenate([dust.areal, dots.areal]),
        np.concatenate([dust.xy, (box[:, :2] + box[:, 2:]) / 2]),
        np.concatenate([dust.ink, ink]),
    )


def _turned(rings: Rings) -> Rings:
    """Return rings that all run one way, and holes the other, so that paths may share a fill."""
    if not len(rings.owner):
        return rings
    xy, starts = rings.xy, rings.first[:-1]
    x, y = xy[:, 0] - xy[np.repeat(starts, np.diff(rings.first)), 0], xy[:, 1]
    wedge = np.zeros(len(xy))
    wedge[1:] = x[:-1] * (y[1:] - y[:-1]) - (x[1:] - x[:-1]) * y[:-1]
    wedge[starts] = 0.0  # what leads from one ring to the next is of neither
    wrong = rings.areal & ((np.add.reduceat(wedge, starts) < 0) != rings.hole)
    if not wrong.any():
        return rings
    sizes = np.diff(rings.first)
    at = np.arange(len(xy))
    turn = np.repeat(wrong, sizes)
    both = np.repeat(starts + rings.first[1:] - 1, sizes)
    at[turn] = both[turn] - at[turn]
    return rings.with_xy(xy[at])


def _boxes(rings: Rings) -> Floats:
    """Return the box of each ring, shape (r, 4)."""
    starts = rings.first[:-1]
    if not len(starts):
        return np.empty((0, 4))
    low = np.minimum.reduceat(rings.xy, starts)
    return np.column_stack([low, np.maximum.reduceat(rings.xy, starts)])


def _on_seam(xy: Floats | Vertices, corner: tuple[float, float], unit: float) -> Mask:
    """Return which vertices end a segment on the world's edge, shape (v,)."""
    found = np.zeros(len(xy), dtype=bool)
    west, east = (np.float32((x - corner[0]) * unit) for x in (0.0, 1.0))
    north, south = (np.float32((y - corner[1]) * unit) for y in (_TOP, _BOTTOM))
    x, y = xy[:, 0], xy[:, 1]
    for on in (
        np.abs(x - west) <= _EDGE_PX,
        np.abs(x - east) <= _EDGE_PX,
        y <= north + _EDGE_PX,
        y >= south - _EDGE_PX,
    ):
        if on.any():
            found[1:] |= on[1:] & on[:-1]
    return found
