"""Map tiles of any amount of features: points in Morton order, shapes cut into cells as needed.

A tile is addressed as on the web: zoom z, column x from 180 W (any integer, it wraps around the
world), row y from the north. Every source may be asked from several threads at once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Features, Floats
from gisapp.model.feedback import Feedback
from gisapp.render.mercator import shapes_to_world, to_world
from gisapp.render.raster import TILE, Outline, Sheet, encode_png, outlines
from gisapp.render.symbology import AreaSymbol, LineSymbol, Symbol

MAX_ZOOM = 16
_BITS = 24
_EXACT_POINTS = 2500
_FULL_INK = 12.0
_MARGIN_PX = 32.0

T = TypeVar("T")


class Cache(Generic[T]):
    """The most recently used results, up to a number; safe between threads.

    Two threads that want the same result at once may both compute it: both get the same.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the result of a key, made now if it is not there."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
        value = make()
        with self._lock:
            self._items[key] = value
            while len(self._items) > self._size:
                self._items.popitem(last=False)
        return value

    def keep(self, wanted: Callable[[Hashable], bool]) -> None:
        """Forget the results whose keys are not wanted."""
        with self._lock:
            for key in [key for key in self._items if not wanted(key)]:
                del self._items[key]

    def __len__(self) -> int:
        return len(self._items)


class TileSource(Protocol):
    """Whatever can be shown as tiles."""

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels, `scale` device pixels on each."""

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return the row of the feature at a place, within `reach` pixels; None for none."""


class PointTiles:
    """Tiles of points with one symbol; a million points cost no more per tile than a thousand.

    Points are projected once and sorted along the Morton curve, so that the points of any tile
    are one slice. At zooms where no tile holds more than 2,500, symbols are drawn; at the others
    a density: covered pixels, the denser the more opaque.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2); NaN is not drawn.
    rows
        Row number that `pick` returns for each, shape (n,); None counts from 0.
    """

    def __init__(
        self,
        lonlat: Floats,
        symbol: Symbol,
        rows: npt.NDArray[np.int64] | None = None,
        *,
        feedback: Feedback | None = None,
    ) -> None:
        feedback = feedback or Feedback()
        feedback.check(0.0, "Sorting points")
        world = to_world(lonlat)
        numbers = np.arange(len(world), dtype=np.int64) if rows is None else rows
        known = np.isfinite(world).all(axis=1)
        world, numbers = world[known], numbers[known]
        world[:, 0] %= 1.0
        feedback.check(0.4)
        codes = _morton(world)
        order = np.argsort(codes, kind="stable")
        feedback.check(0.9)
        self._codes = codes[order]
        self._world = world[order]
        self._rows = numbers[order]
        self._symbol = symbol
        self._is_crowded: Cache[bool] = Cache(_BITS)
        self._levels: Cache[npt.NDArray[np.int32]] = Cache(6)
        feedback.check(1.0)

    def __len__(self) -> int:
        return len(self._rows)

    @staticmethod
    def _slice(codes: npt.NDArray[np.int64], z: int, x: int, y: int) -> slice:
        if not 0 <= y < 2**z:
            return slice(0, 0)
        code = int(_interleave(np.array([x % 2**z]), np.array([y]))[0])
        shift = 2 * (_BITS - z)
        first, last = np.searchsorted(codes, [code << shift, (code + 1) << shift])
        return slice(int(first), int(last))

    def _crowded(self, z: int) -> bool:
        """Return whether any tile of a zoom holds more points than are drawn one by one."""

        def count() -> bool:
            if len(self._codes) <= _EXACT_POINTS:
                return False
            tiles = self._codes >> (2 * (_BITS - z))
            # in sorted order a full tile repeats its number at that distance
            return bool((tiles[:-_EXACT_POINTS] == tiles[_EXACT_POINTS:]).any())

        return self._is_crowded.get(z, count)

    def _thinned(self, z: int, scale: int) -> npt.NDArray[np.int32]:
        """Return the numbers of the first point in each device pixel of a zoom, ascending.

        One more number than there are such points: the count of all points ends it.
        """
        bits = min(z + 7 + scale, _BITS)

        def thin() -> npt.NDArray[np.int32]:
            pixels = self._codes >> (2 * (_BITS - bits))
            first = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
            return np.concatenate([[0], first, [len(pixels)]]).astype(np.int32)

        return self._levels.get(bits, thin)

    def _around(
        self,
        tile: tuple[int, int, int],
        scale: int,
        thinned: npt.NDArray[np.int32] | None = None,
    ) -> tuple[Floats, Floats]:
        """Return device pixels of a tile's points and of those in a margin around it.

        And how many points stand in each of these pixels, where they are `thinned`, else ones.
        """
        z, x, y = tile
        side = TILE * scale
        margin = _MARGIN_PX * scale
        places, counts = [np.empty((0, 2))], [np.empty(0)]
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                part = self._slice(self._codes, z, x + dx, y + dy)
                if part.start == part.stop:
                    continue
                if thinned is None:
                    here, count = self._world[part], np.ones(part.stop - part.start)
                else:  # a tile is whole pixels, so that its points begin and end with one
                    begin, end = np.searchsorted(thinned, [part.start, part.stop])
                    here = self._world[thinned[begin:end]]
                    count = np.diff(thinned[begin : end + 1]).astype(float)
                offset = np.array([(x + dx) % 2**z - dx, y], dtype=float) * side
                pixels = here * (2.0**z * side) - offset
                if dx or dy:
                    near = ((pixels > -margin) & (pixels < side + margin)).all(axis=1)
                    pixels, count = pixels[near], count[near]
                places.append(pixels)
                counts.append(count)
        return np.concatenate(places), np.concatenate(counts)

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels."""
        if self._crowded(z):
            pixels, counts = self._around((z, x, y), scale, self._thinned(z, scale))
            return encode_png(self._density(pixels, counts, scale))
        pixels, _ = self._around((z, x, y), scale)
        sheet = Sheet(z, x, y, scale)
        sheet.symbols(pixels[np.argsort(pixels[:, 1], kind="stable")], self._symbol)
        return sheet.png()

    def _density(self, pixels: Floats, counts: Floats, scale: int) -> npt.NDArray[np.uint8]:
        """Return the tile with every pixel that a dot covers in the symbol's colour."""
        side = TILE * scale
        reach = max(1, round(self._symbol.size * scale * 0.22))
        wide = side + 2 * reach
        cells = np.floor(pixels).astype(np.int64) + reach
        inside = ((cells >= 0) & (cells < wide)).all(axis=1)
        cells, counts = cells[inside], counts[inside]
        strength = 0.5 + 0.5 * np.minimum(np.log1p(counts) / np.log1p(_FULL_INK), 1.0)
        ink = np.zeros(wide * wide, np.uint8)
        np.maximum.at(ink, cells[:, 1] * wide + cells[:, 0], (255 * strength).astype(np.uint8))
        image = ink.reshape(wide, wide)
        spread = np.zeros((side, side), np.uint8)
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                cover = min(max(reach + 0.5 - float(np.hypot(dx, dy)), 0.0), 1.0)
                if cover <= 0.0:
                    continue
                part = image[reach + dy : reach + dy + side, reach + dx : reach + dx + side]
                if cover < 1.0:
                    part = (part * np.float32(cover)).astype(np.uint8)
                np.maximum(spread, part, out=spread)
        color = int((self._symbol.fill or self._symbol.stroke).removeprefix("#"), 16)
        rgba = np.empty((side, side, 4), np.uint8)
        rgba[..., 0], rgba[..., 1], rgba[..., 2] = color >> 16, color >> 8 & 255, color & 255
        rgba[..., 3] = (spread * np.float32(self._symbol.opacity)).astype(np.uint8)
        return rgba

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return the row of the nearest point within `reach` pixels; None for none."""
        x, y = to_world([[lon, lat]])[0]
        x %= 1.0
        z = int(np.clip(np.ceil(zoom), 0, _BITS - 4))
        tile_x, tile_y = int(x * 2**z), int(y * 2**z)
        best: tuple[float, int] | None = None
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                part = self._slice(self._codes, z, tile_x + dx, tile_y + dy)
                if part.start == part.stop:
                    continue
                away = self._world[part] - (x, y)
                away[:, 0] -= np.round(away[:, 0])
                squared = (away**2).sum(axis=1)
                nearest = int(np.argmin(squared))
                candidate = (float(squared[nearest]), int(self._rows[part][nearest]))
                best = min(best, candidate) if best else candidate
        if best is None or np.sqrt(best[0]) * TILE * 2.0**zoom > reach:
            return None
        return best[1]


def _interleave(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return Morton codes of cell numbers below 2^24: the bits of x and y in turns."""

    def spread(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        v = values & 0xFFFFFF
        for shift, mask in (
            (16, 0x0000FFFF0000FFFF),
            (8, 0x00FF00FF00FF00FF),
            (4, 0x0F0F0F0F0F0F0F0F),
            (2, 0x3333333333333333),
            (1, 0x5555555555555555),
        ):
            v = (v | (v << shift)) & mask
        return v

    return spread(x) | (spread(y) << 1)


def _morton(world: Floats) -> npt.NDArray[np.int64]:
    cells = np.clip((world * 2.0**_BITS).astype(np.int64), 0, 2**_BITS - 1)
    return _interleave(cells[:, 0], cells[:, 1])


class Pyramid:
    """Shapes at every zoom: cut into cells and simplified when a cell is first asked for.

    Cells of every second zoom are kept; each is cut from the cell two zooms above, so that a
    deep tile of a continent costs what stands in it and no more.

    Parameters
    ----------
    shapes
        Shapely geometries in EPSG:4326, lon/lat, shape (n,); longitudes may leave [-180, 180].
        None and empty ones are skipped.
    valid
        True where all are known to be valid: the check takes longer than the projection.
    """

    def __init__(
        self,
        shapes: npt.NDArray[np.object_],
        *,
        valid: bool = False,
        feedback: Feedback | None = None,
    ) -> None:
        feedback = feedback or Feedback()
        feedback.check(0.0, "Projecting shapes")
        world = shapes_to_world(shapes)
        feedback.check(0.5)
        if not valid:
            broken = ~shapely.is_valid(world) & ~shapely.is_missing(world)
            world[broken] = shapely.make_valid(world[broken])
        feedback.check(0.8)
        rows = np.flatnonzero(~(shapely.is_missing(world) | shapely.is_empty(world)))
        self._whole = (rows, world[rows])
        self._tree = shapely.STRtree(world[rows])
        self._raw: Cache[tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]] = Cache(64)
        self._drawn: Cache[tuple[tuple[int, Outline], ...]] = Cache(160)
        self._lock = threading.RLock()
        feedback.check(1.0)

    def cell(self, z: int, x: int, y: int) -> tuple[tuple[int, Outline], ...]:
        """Return (row, outline) of what a tile may show, in the order of the rows."""
        top = z - z % 2
        key = (top, (x % 2**z) >> (z - top), y >> (z - top))
        with self._lock:
            return self._drawn.get(key, lambda: self._outlines(*key))

    def _outlines(self, z: int, x: int, y: int) -> tuple[tuple[int, Outline], ...]:
        rows, shapes = self._cut(z, x, y)
        pixel = 1.0 / (TILE * 2.0 ** (z + 1))
        boxes = shapely.bounds(shapes)
        extent = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
        seen = (extent > 0.3 * pixel) | (shapely.get_type_id(shapes) == 0)
        rows, shapes = rows[seen], shapes[seen]
        simple = shapely.simplify(shapes, 0.3 * pixel, preserve_topology=False)
        drawn = zip(rows.tolist(), outlines(simple, TILE * 2.0**z), strict=True)
        return tuple((row, shape) for row, shape in drawn if shape is not None)

    def _cut(self, z: int, x: int, y: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
        if z == 0 and not self._beyond():
            return self._whole
        return self._raw.get((z, x, y), lambda: self._clip(z, x, y))

    def _beyond(self) -> bool:
        bounds = shapely.total_bounds(self._whole[1])
        return bool(bounds[0] < -1e-9 or bounds[2] > 1 + 1e-9)

    def _clip(
        self, z: int, x: int, y: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
        margin = 2 * _MARGIN_PX / (TILE * 2.0**z)
        size = 2.0**-z
        box = (
            x * size - margin,
            y * size - margin,
            (x + 1) * size + margin,
            (y + 1) * size + margin,
        )
        inside_world = box[0] >= 0.0 and box[2] <= 1.0 and not self._beyond()
        if z >= 4 and inside_world:
            rows, shapes = self._cut(z - 2, x >> 2, y >> 2)
            boxes = shapely.bounds(shapes)
            near = (
                (boxes[:, 0] < box[2])
                & (boxes[:, 2] > box[0])
                & (boxes[:, 1] < box[3])
                & (boxes[:, 3] > box[1])
            )
            return _trim(rows[near], shapes[near], box)
        # at the world's edge a neighbour's copy stands one world away
        all_rows, all_shapes = self._whole
        parts = []
        for shift in (-1.0, 0.0, 1.0):
            moved = (box[0] - shift, box[1], box[2] - shift, box[3])
            hits = np.sort(self._tree.query(shapely.box(*moved)))
            rows, shapes = _trim(all_rows[hits], all_shapes[hits], moved)
            if shift and len(shapes):
                shapes = shapely.transform(shapes, lambda xy, by=shift: xy + np.array([by, 0.0]))
            parts.append((rows, shapes))
        rows = np.concatenate([part[0] for part in parts])
        shapes = np.concatenate([part[1] for part in parts])
        order = np.argsort(rows, kind="stable")
        return rows[order], shapes[order]

    def at(self, lon: float, lat: float, reach: float) -> int | None:
        """Return the last row whose shape is within `reach` worlds of a place; None for none."""
        x, y = to_world([[lon, lat]])[0]
        places = shapely.points([(x % 1.0 + shift, y) for shift in (-1.0, 0.0, 1.0)])
        hits = self._tree.query(places, predicate="dwithin", distance=reach)[1]
        return int(self._whole[0][hits.max()]) if len(hits) else None


def _trim(
    rows: npt.NDArray[np.int64],
    shapes: npt.NDArray[np.object_],
    box: tuple[float, float, float, float],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Cut the large ones to a box; the small ones are not worth it."""
    big = shapely.get_num_coordinates(shapes) > 64
    kept = shapes.copy()
    kept[big] = shapely.clip_by_rect(shapes[big], *box)
    left = ~shapely.is_empty(kept)
    return rows[left], kept[left]


class ShapeTiles:
    """Tiles of lines and polygons of any size with one look.

    Parameters
    ----------
    features
        Geometries in EPSG:4326; points among them are not drawn.
    look
        An area symbol for polygons, or a line symbol, which draws polygons' edges too.
    rows
        Row numbers that are drawn, shape (m,); None draws all.
    """

    def __init__(
        self,
        features: Features,
        look: AreaSymbol | LineSymbol,
        rows: npt.NDArray[np.int64] | None = None,
        *,
        feedback: Feedback | None = None,
    ) -> None:
        shapes = features.geometry
        self._rows = np.arange(len(shapes)) if rows is None else rows
        self._pyramid = Pyramid(shapes[self._rows].copy(), feedback=feedback)
        self._look = look

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels."""
        sheet = Sheet(z, x % 2**z, y, scale)
        for _, shape in self._pyramid.cell(z, x, y):
            if isinstance(self._look, AreaSymbol) and shape.fill is not None:
                sheet.area(shape, self._look)
            elif isinstance(self._look, AreaSymbol):
                sheet.stroke(shape, LineSymbol(self._look.outline, self._look.width))
            else:
                sheet.stroke(shape, self._look)
        return sheet.png()

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return the row of the uppermost shape within `reach` pixels; None for none."""
        found = self._pyramid.at(lon, lat, reach / (TILE * 2.0**zoom))
        return None if found is None else int(self._rows[found])
