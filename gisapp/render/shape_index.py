"""Where lines and polygons are: an index to find them by, and what of them a tile shows."""

from __future__ import annotations

import threading
from typing import Final
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Features, Floats
from gisapp.model.feedback import Feedback
from gisapp.render.mercator import to_world
from gisapp.render.rings import (
    Cut,
    Dust,
    Ints,
    Rings,
    Shapes,
    Vertices,
    as_vertices,
    cut_of,
    joined,
    rings_of,
    spans,
    thinned,
)
from gisapp.render.tile_cache import Cache

TILE: Final = 256
#: Shapes reach over the sides of a tile by so many pixels: their edges are drawn whole.
_MARGIN_PX: Final = 12.0
#: A shape whose box has no longer side than so many pixels is dust.
_DUST_PX: Final = 2.0
#: Shapes of more vertices are cut to the tile, from what the tile two zooms above holds of them.
_GREAT: Final = 2_000
#: Shapes of more pixels are cut too: single precision ends somewhere.
_WIDE_PX: Final = 4_096.0
#: Layers of fewer vertices need no coarse copy.
_MANY: Final = 500_000
#: The vertices a pixel that `thinned` leaves of a detailed line, about.
_PER_PIXEL: Final = 1.2
#: Up to this zoom single precision is a hundredth of a pixel, anywhere in the world.
_SINGLE: Final = 9
_SLICE: Final = 1_000
_CUT_BYTES: Final = 24 << 20
_CLIP_BYTES: Final = 32 << 20

Box = tuple[float, float, float, float]


class ShapeIndex:
    """Lines and polygons by place: which are near, and what a tile shows of them.

    Looks and filters are not known here: one index serves all that draws and asks a layer. It
    keeps no copy of the vertices but, of a layer with very many, a coarse one for far zooms.

    Parameters
    ----------
    shapes
        Shapely geometries in EPSG:4326, lon/lat, shape (n,); longitudes may leave [-180, 180].
        None and empty ones are nowhere; points among them are found and not drawn.
    """

    def __init__(self, shapes: Shapes, *, feedback: Feedback | None = None) -> None:
        feedback = feedback or Feedback()
        feedback.check(0.0, "Indexing shapes")
        self.shapes = shapes
        self.bounds: Floats = shapely.bounds(shapes)
        feedback.check(0.3)
        self._counts = shapely.get_num_coordinates(shapes)
        self._areal = np.isin(shapely.get_type_id(shapes), (3, 6))
        known = np.isfinite(self.bounds[:, 0])
        self._tree = shapely.STRtree(shapes)
        feedback.check(0.7)
        corners = [to_world(self.bounds[:, at]) for at in ([0, 3], [2, 1])]
        self._world: Floats = np.hstack(corners)  # west, north, east, south
        size = self._world[:, 2:] - self._world[:, :2]
        self._side = np.nan_to_num(size.max(axis=1))
        middle = np.clip(np.nan_to_num(self.bounds[:, 1] + self.bounds[:, 3]) / 2, -84, 84)
        stretch = 1.0 / (360.0 * np.cos(np.radians(middle)))
        area, length = shapely.area(shapes), shapely.length(shapes)
        self._ink = np.where(self._areal, area * stretch / 360.0, length * stretch)
        self._length = float(np.nansum(length * stretch))
        self._beyond = bool(known.any()) and bool(
            self.bounds[known, 0].min() < -180 - 1e-9 or self.bounds[known, 2].max() > 180 + 1e-9
        )
        self._great = np.flatnonzero(known & (self._counts > _GREAT))
        self._coarse: tuple[Rings, Ints] | None = None
        self._coarse_zoom = self._zoom_of_coarse()
        self._making = threading.Lock()
        self._cuts: Cache[Cut] = Cache(_CUT_BYTES, lambda cut: cut.nbytes)
        self._clips: Cache[tuple[Ints, Shapes]] = Cache(_CLIP_BYTES, _bytes_of)
        feedback.check(1.0)

    def __len__(self) -> int:
        return len(self.shapes)

    # --- who is where --------------------------------------------------------------------------

    def near(self, box: Box) -> Ints:
        """Return the rows whose own boxes meet a box (west, south, east, north), ascending."""
        hits: Ints = np.sort(self._tree.query(shapely.box(*box)))
        return hits

    def at(
        self, lon: float, lat: float, reach: float, shown: npt.NDArray[np.bool_] | None = None
    ) -> int | None:
        """Return the last row whose shape is within `reach` worlds of a place; None for none.

        Only rows where `shown`, shape (n,), is true are looked at.
        """
        x, y = to_world([[lon, lat]])[0]
        for shift in (0.0, -360.0, 360.0):
            west, east = lon + shift - 360.0 * reach, lon + shift + 360.0 * reach
            away = 360.0 * reach * max(np.cos(np.radians(lat)), 0.05)
            box = (west, lat - away, east, lat + away)
            rows = self.near(box)
            if shown is not None:
                rows = rows[shown[rows]]
            place = shapely.points(x + shift / 360.0, y)
            for row in rows[::-1].tolist():
                shape = self.shapes[row]
                if shapely.get_type_id(shape) not in (0, 4):
                    shape = shapely.clip_by_rect(shape, *box)
                if shapely.distance(shapely.transform(shape, to_world), place) <= reach:
                    return int(row)
        return None

    # --- what a tile shows ---------------------------------------------------------------------

    def prepare(self, *, feedback: Feedback | None = None) -> None:
        """Make the coarse copy, where far zooms need one: they are quick from then on."""
        with self._making:
            if self._coarse is not None or self._coarse_zoom < 0:
                return
            feedback = feedback or Feedback()
            unit = TILE * 2.0**self._coarse_zoom
            single = self._coarse_zoom <= _SINGLE
            small = self._counts <= _GREAT
            pieces = []
            for start in range(0, len(self.shapes), _SLICE):
                feedback.check(start / len(self.shapes), "Preparing far zooms")
                rows = np.arange(start, min(start + _SLICE, len(self.shapes)))
                rows = rows[small[rows]]
                rings = _projected(rings_of(self.shapes[rows], rows))
                thin = thinned(rings.with_xy(rings.xy * unit))
                xy = thin.xy / unit
                pieces.append(thin.with_xy(as_vertices(xy) if single else xy))
            rings = joined(pieces)
            self._coarse = rings, np.searchsorted(rings.owner, np.arange(len(self.shapes) + 1))

    def cut(self, z: int, x: int, y: int) -> Cut:
        """Return what a tile may show; x wraps around the world."""
        x %= 2**z
        return self._cuts.get((z, x, y), lambda: self._cut(z, x, y))

    def _zoom_of_coarse(self) -> int:
        """Return the nearest zoom at which a quarter of the vertices suffices, -1 for none."""
        total = int(self._counts.sum())
        if total < _MANY or not self._length:
            return -1
        return int(np.log2(max(total / 4 / _PER_PIXEL / self._length / TILE, 0.5)))

    def _cut(self, z: int, x: int, y: int) -> Cut:
        unit = TILE * 2.0**z
        pieces: list[Rings] = []
        dust: list[Dust] = []
        for shift, box in self._boxes(z, x, y):
            hits = self.near(box)
            tiny = self._side[hits] * unit < _DUST_PX
            grains = hits[tiny]
            middle = (self._world[grains, :2] + self._world[grains, 2:]) / 2
            dust.append(
                Dust(
                    grains, self._areal[grains], middle + np.array([shift, 0.0]), self._ink[grains]
                )
            )
            hits = hits[~tiny]
            found = self._rings((z, x, y), hits, box)
            pieces += [rings.with_xy(_moved(rings.xy, shift)) for rings in found]
        rings = joined(pieces) if pieces else rings_of(self.shapes[:0], np.zeros(0, np.int64))
        grains = Dust(
            np.concatenate([d.rows for d in dust]),
            np.concatenate([d.areal for d in dust]),
            np.concatenate([d.xy for d in dust]),
            np.concatenate([d.ink for d in dust]),
        )
        return cut_of(rings, grains, (x * 2.0**-z, y * 2.0**-z), unit)

    def _boxes(self, z: int, x: int, y: int) -> list[tuple[float, Box]]:
        """Return the tile's box with its margin in degrees, once for each copy of the world.

        With the worlds by which what is in it is to be moved to stand in the tile.
        """
        size, margin = 2.0**-z, _MARGIN_PX / (TILE * 2.0**z)
        west, east = x * size - margin, (x + 1) * size + margin
        north, south = _latitude([y * size - margin, (y + 1) * size + margin])
        shifts = (0.0,) if west >= 0.0 and east <= 1.0 and not self._beyond else (-1.0, 0.0, 1.0)
        return [
            (s, ((west - s - 0.5) * 360.0, south, (east - s - 0.5) * 360.0, north)) for s in shifts
        ]

    def _rings(self, tile: tuple[int, int, int], hits: Ints, box: Box) -> list[Rings]:
        """Return the rings of these rows in worlds, of the great ones what is in the tile."""
        great = self._counts[hits] > _GREAT
        small = hits[~great]
        found = []
        if great.any():
            rows, shapes = self._clipped(tile, box, hits[great])
            found.append(_projected(rings_of(shapes, rows)))
        coarse = self._coarse
        if coarse is not None and tile[0] <= self._coarse_zoom:
            rings, first = coarse
            found.append(rings.take(spans(first[small], np.diff(first)[small])))
            return found
        wide = self._side[small] * (TILE * 2.0 ** tile[0]) > _WIDE_PX
        shapes = self.shapes[small]
        if wide.any():
            shapes[wide] = shapely.clip_by_rect(shapes[wide], *box)
        found.append(_projected(rings_of(shapes, small)))
        return found

    def _clipped(self, tile: tuple[int, int, int], box: Box, rows: Ints) -> tuple[Ints, Shapes]:
        """Return what of the great shapes is in a box, cut from what a wider one holds."""
        if tile[0] < 2:
            return rows, self.shapes[rows]
        return self._clips.get((tile, box[0]), lambda: self._clip(tile, box, rows))

    def _clip(self, tile: tuple[int, int, int], box: Box, rows: Ints) -> tuple[Ints, Shapes]:
        shapes = self.shapes[rows]
        z = tile[0]
        wider_tile = z - 2, tile[1] >> 2, tile[2] >> 2
        above = self._boxes(*wider_tile)
        around = above[0][1]
        if z >= 4 and len(above) == 1 and around[0] <= box[0] and around[2] >= box[2]:
            hits = self.near(around)
            hits = hits[self._counts[hits] > _GREAT]
            held, wider = self._clipped(wider_tile, around, hits)
            at = np.searchsorted(held, rows)
            there = at < len(held)
            there[there] = held[at[there]] == rows[there]
            rows, shapes = rows[there], wider[at[there]]
        cut = shapely.clip_by_rect(shapes, *box)
        left = ~shapely.is_empty(cut)
        return rows[left], cut[left]


_indexes: WeakValueDictionary[tuple[int, int], ShapeIndex] = WeakValueDictionary()
_indexing: Final = threading.Lock()


def shape_index(features: Features) -> ShapeIndex:
    """Return the index of a layer's geometries, the same for all layers that share them.

    It lives as long as somebody keeps it. The first call takes some 0.1 s for 100,000 polygons.
    """
    with _indexing:
        key = features.geometry_id
        index = _indexes.get(key)
        if index is None:
            index = _indexes[key] = ShapeIndex(features.geometry)
        return index


def _moved(xy: Floats | Vertices, worlds: float) -> Floats | Vertices:
    return xy + np.array([worlds, 0.0]) if worlds else xy


def _projected(rings: Rings) -> Rings:
    return rings.with_xy(to_world(rings.xy))


def _latitude(y: list[float]) -> list[float]:
    """Return degrees of y in worlds; beyond the square the pole."""
    return [
        float(np.degrees(np.arctan(np.sinh((0.5 - v) * 2 * np.pi))))
        if 0.0 < v < 1.0
        else (90.0 if v <= 0.0 else -90.0)
        for v in y
    ]


def _bytes_of(clip: tuple[Ints, Shapes]) -> int:
    return int(shapely.get_num_coordinates(clip[1]).sum()) * 16 + 200 * len(clip[0])
