"""Map tiles of any amount of features: points in Morton order, shapes by an index of them.

A tile is addressed as on the web: zoom z, column x from 180 W (any integer, it wraps around the
world), row y from the north. Every source may be asked from several threads at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.rows import Rows
from gisapp.render.mercator import to_world
from gisapp.render.raster import TILE, Sheet, encode_png
from gisapp.render.rings import Cut, Mask
from gisapp.render.shape_index import ShapeIndex
from gisapp.render.symbology import AreaSymbol, LineSymbol, Symbol
from gisapp.render.tile_cache import Cache

MAX_ZOOM = 16
_BITS = 24
_EXACT_POINTS = 2500
_FULL_INK = 12.0
_MARGIN_PX = 32.0
_MOST_LOOKS = 256

#: How strongly polygons show that are no larger than a pixel, where they cover it.
_DUST_OPACITY: Final = 0.6


class TileSource(Protocol):
    """Whatever can be shown as tiles."""

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels, `scale` device pixels on each."""

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return the row of the feature at a place, within `reach` pixels; None for none."""


class PointTiles:
    """Tiles of points with few symbols; a million points cost no more per tile than a thousand.

    Points are projected once and sorted along the Morton curve, so that the points of any tile
    are one slice. At zooms where no tile holds more than 2,500, symbols are drawn; at the others
    a density: covered pixels, the denser the more opaque.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2); NaN is not drawn.
    symbols
        The looks that occur, 256 at most.
    rows
        Row number that `pick` returns for each, shape (n,); None counts from 0.
    codes
        Number in `symbols` of each point, shape (n,); None gives all the first.
    """

    def __init__(
        self,
        lonlat: Floats,
        symbols: Sequence[Symbol],
        rows: npt.NDArray[np.int64] | None = None,
        codes: npt.NDArray[np.integer[Any]] | None = None,
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
        cells = _morton(world)
        order = np.argsort(cells, kind="stable")
        feedback.check(0.9)
        self._codes = cells[order]
        self._world = world[order]
        self._rows = numbers[order]
        self._given, self._order = len(lonlat), np.flatnonzero(known)[order]
        self._symbols = tuple(symbols)[:_MOST_LOOKS]
        looks = np.zeros(len(lonlat), np.uint8) if codes is None else codes
        self._looks = np.minimum(looks, _MOST_LOOKS - 1).astype(np.uint8)[known][order]
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
    ) -> tuple[Floats, Floats, npt.NDArray[np.uint8]]:
        """Return device pixels of a tile's points and of those in a margin around it.

        And how many points stand in each of these pixels, where they are `thinned`, else ones;
        and the number of each one's look.
        """
        z, x, y = tile
        side = TILE * scale
        margin = _MARGIN_PX * scale
        places, counts, looks = [np.empty((0, 2))], [np.empty(0)], [np.empty(0, np.uint8)]
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                part = self._slice(self._codes, z, x + dx, y + dy)
                if part.start == part.stop:
                    continue
                which: slice | npt.NDArray[np.int32] = part
                if thinned is None:
                    count = np.ones(part.stop - part.start)
                else:  # a tile is whole pixels, so that its points begin and end with one
                    begin, end = np.searchsorted(thinned, [part.start, part.stop])
                    which = thinned[begin:end]
                    count = np.diff(thinned[begin : end + 1]).astype(float)
                offset = np.array([(x + dx) % 2**z - dx, y], dtype=float) * side
                pixels, look = self._world[which] * (2.0**z * side) - offset, self._looks[which]
                if dx or dy:
                    near = ((pixels > -margin) & (pixels < side + margin)).all(axis=1)
                    pixels, count, look = pixels[near], count[near], look[near]
                places.append(pixels)
                counts.append(count)
                looks.append(look)
        return np.concatenate(places), np.concatenate(counts), np.concatenate(looks)

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels."""
        if self._crowded(z):
            pixels, counts, looks = self._around((z, x, y), scale, self._thinned(z, scale))
            return encode_png(self._density(pixels, counts, looks, scale))
        pixels, _, looks = self._around((z, x, y), scale)
        sheet = Sheet(z, x, y, scale)
        # the large ones below, so that the small ones stay in sight
        sizes = np.array([-symbol.size for symbol in self._symbols])[looks]
        order = np.lexsort((pixels[:, 1], sizes))
        sheet.symbols(pixels[order], self._symbols, looks[order])
        return sheet.png()

    def draw_one(self, sheet: Sheet, at: Floats, number: int) -> None:
        """Draw the symbol of a point, by its number among those given, shape of `at` (1, 2)."""
        where = int(self._place_of[number])
        sheet.symbols(at, self._symbols, self._looks[where : where + 1])

    @cached_property
    def _place_of(self) -> npt.NDArray[np.int64]:
        """Where each of the points given stands in the order of cells; -1 without a position."""
        places = np.full(self._given, -1, np.int64)
        places[self._order] = np.arange(len(self._order))
        return places

    def _density(
        self, pixels: Floats, counts: Floats, looks: npt.NDArray[np.uint8], scale: int
    ) -> npt.NDArray[np.uint8]:
        """Return the tile with every pixel that a dot covers in its symbol's colour.

        Where several do, the strongest gives the colour: strength and look are one number.
        """
        side = TILE * scale
        size = float(np.median([symbol.size for symbol in self._symbols]))
        reach = max(1, round(size * scale * 0.22))
        wide = side + 2 * reach
        cells = np.floor(pixels).astype(np.int64) + reach
        inside = ((cells >= 0) & (cells < wide)).all(axis=1)
        cells, counts, looks = cells[inside], counts[inside], looks[inside]
        strength = 0.5 + 0.5 * np.minimum(np.log1p(counts) / np.log1p(_FULL_INK), 1.0)
        ink = np.zeros(wide * wide, np.uint16)
        marks = ((255 * strength).astype(np.uint16) << 8) + looks
        np.maximum.at(ink, cells[:, 1] * wide + cells[:, 0], marks)
        image = ink.reshape(wide, wide)
        spread = np.zeros((side, side), np.uint16)
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                cover = min(max(reach + 0.5 - float(np.hypot(dx, dy)), 0.0), 1.0)
                if cover <= 0.0:
                    continue
                part = image[reach + dy : reach + dy + side, reach + dx : reach + dx + side]
                if cover < 1.0:
                    faint = ((part >> 8) * np.float32(cover)).astype(np.uint16) << 8
                    part = faint + (part & 255)
                np.maximum(spread, part, out=spread)
        inks = [bytes.fromhex((each.fill or each.stroke)[1:]) for each in self._symbols]
        rgba = np.empty((side, side, 4), np.uint8)
        rgba[..., :3] = np.array([list(ink) for ink in inks], np.uint8)[spread & 255]
        rgba[..., 3] = ((spread >> 8) * np.float32(self._symbols[0].opacity)).astype(np.uint8)
        return rgba

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return the row of the nearest point within `reach` pixels; None for none."""
        x, y = to_world([[lon, lat]])[0]
        x %= 1.0
        # the nine tiles around a place are just as wide as to hold all that is in reach
        z = int(np.clip(np.floor(zoom + np.log2(TILE / max(reach, 1.0))), 0, _BITS - 1))
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


class ShapeTiles:
    """Tiles of lines and polygons, each with the look of its row.

    Parameters
    ----------
    index
        Of the layer's geometries; points among them are not drawn.
    looks
        Area symbols for polygons, or line symbols, which draw polygons' edges too.
    rows
        Row numbers that are drawn, shape (m,); None draws all.
    codes
        Number in `looks` of each of these rows, shape (m,); None gives all the first.
    """

    def __init__(
        self,
        index: ShapeIndex,
        looks: Sequence[AreaSymbol | LineSymbol],
        rows: Rows | None = None,
        codes: npt.NDArray[np.integer[Any]] | None = None,
    ) -> None:
        self._index = index
        self._looks = tuple(looks)
        # the look of every row of the layer, -1 for none
        self._codes = np.full(len(index), -1, np.int32)
        self._codes[slice(None) if rows is None else rows] = 0 if codes is None else codes

    def prepare(self, *, feedback: Feedback | None = None) -> None:
        """Make what far zooms are quicker with."""
        self._index.prepare(feedback=feedback)

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels."""
        sheet = Sheet(z, x % 2**z, y, scale)
        cut = self._index.cut(z, x, y)
        codes, grains = self._codes[cut.rows], self._codes[cut.dust_rows]
        for code in np.unique(grains[grains >= 0]).tolist():
            self._dust(sheet, cut, self._looks[code], grains == code)
        used = [(self._looks[k], codes == k) for k in np.unique(codes[codes >= 0]).tolist()]
        for look, only in used:
            if isinstance(look, AreaSymbol):
                sheet.area(cut, replace(look, width=0.0), only)
        for look, only in used:  # over all fills, so that no neighbour covers half of an edge
            if isinstance(look, AreaSymbol):
                sheet.area(cut, replace(look, fill=""), only)
            else:
                sheet.stroke(cut, look, only)
        return sheet.png()

    @staticmethod
    def _dust(sheet: Sheet, cut: Cut, look: AreaSymbol | LineSymbol, only: Mask) -> None:
        if isinstance(look, LineSymbol):
            sheet.dust(cut, look.color, look.opacity, look.width, only)
        elif look.width:
            opacity = max(_DUST_OPACITY, look.alpha if look.fill else 0.0)
            sheet.dust(cut, look.outline, opacity, look.width, only)
        elif look.fill:
            sheet.dust(cut, look.fill, look.alpha, 1.0, only)

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return the row of the uppermost shape within `reach` pixels; None for none."""
        return self._index.at(lon, lat, reach / (TILE * 2.0**zoom), self._codes >= 0)
