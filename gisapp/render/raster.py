"""Drawing of one tile: paths, lines, hatches, symbols and names, with skia, to PNG bytes."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import skia

from gisapp.model.features import Floats
from gisapp.render.rings import LEAST_INK, LINE, MOVE, Cut, Mask, Verbs, Vertices, as_vertices
from gisapp.render.shapes import reach_of, rings_of
from gisapp.render.symbology import AreaSymbol, LineSymbol, Symbol

TILE: Final = 256
_CLOSE: Final = 5
_OPEN_HATCH: Final = 2**4
#: Polygons of fewer pixels are filled so many at a time.
_SMALL_PX: Final = 8.0
_TOGETHER: Final = 8
#: Up to so many pixels of a polygon its edge is drawn at a part of its width.
_FINER: Final = (
    *((2.0, 0.12), (2.6, 0.2), (3.4, 0.28), (4.5, 0.38), (6.0, 0.5), (8.0, 0.7)),
    (np.inf, 1.0),
)


def encode_png(rgba: npt.NDArray[np.uint8]) -> bytes:
    """Return an image, shape (height, width, 4), as PNG.

    Tiles never leave the machine: zlib's fastest level is six times faster than skia's encoder,
    for the same size on maps, and it leaves the other threads running.
    """
    height, width, _ = rgba.shape
    rows = np.empty((height, width * 4 + 1), np.uint8)
    rows[:, 0] = 0
    rows[:, 1:] = rgba.reshape(height, -1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(rows.data, 1)),
            chunk(b"IEND", b""),
        )
    )


def is_blank(png: bytes) -> bool:
    """Return whether a tile of ours is wholly transparent."""
    start = png.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", png[start - 8 : start - 4])
    return not any(zlib.decompress(png[start : start + length]))


def _points(xy: Floats) -> list[skia.Point]:
    return [skia.Point(x, y) for x, y in xy.tolist()]


@cache
def _head() -> bytes | None:
    """Return how this skia begins a path; None where that is not as we know it.

    A path's form in memory is skia's own and may change with a version: it is learnt from a path
    that skia wrote, and used where what we write is the same to the last byte.
    """
    corners = np.array([[1, 2], [8, 3], [5, 7], [20, 21], [28, 23], [25, 27]], np.float32)
    verbs = np.array([MOVE, LINE, LINE] * 2, np.uint8)
    drawn = _drawn(corners, verbs)
    written = bytes(drawn.serialize())
    return (
        written[:4] if _bytes(written[:4], corners.tobytes(), verbs.tobytes()) == written else None
    )


def _bytes(head: bytes, points: bytes, verbs: bytes) -> bytes:
    counts = struct.pack("<iii", len(points) // 8, 0, len(verbs))
    return b"".join((head, counts, points, verbs, b"\0" * (-len(verbs) % 4)))


def _drawn(xy: Vertices, verbs: Verbs) -> skia.Path:
    path = skia.Path()
    points = iter(xy.tolist())
    for verb in verbs.tolist():
        if verb == MOVE:
            path.moveTo(*next(points))
        elif verb == LINE:
            path.lineTo(*next(points))
        else:
            path.close()
    return path


def _path_of(xy: Vertices, verbs: Verbs) -> skia.Path:
    """Return a path; what runs one way is filled, and not the holes that run the other.

    Parameters
    ----------
    xy
        Vertices, shape (n, 2).
    verbs
        `MOVE` or `LINE` for each vertex, shape (n,), or with closing verbs between as `_closed`
        returns them. A part that is not closed is filled as if it were.
    """
    head = _head()
    if head is None or not len(xy):
        return _drawn(xy, verbs)
    path = skia.Path()
    path.readFromMemory(_bytes(head, xy.tobytes(), verbs.tobytes()))
    return path


def _paths_of(xy: Vertices, verbs: Verbs, ends: Sequence[int]) -> Iterator[skia.Path]:
    """Return a path for each run of vertices, from one of `ends` to the next.

    Parameters
    ----------
    xy, verbs
        As for `_path_of`, shape (n, 2) and (n,).
    ends
        Shape (m + 1,), ascending.
    """
    head = _head()
    runs = itertools.pairwise(ends)
    if head is None:
        yield from (_drawn(xy[a:b], verbs[a:b]) for a, b in runs)
        return
    points, kinds = xy.tobytes(), verbs.tobytes()
    for a, b in runs:
        path = skia.Path()
        path.readFromMemory(_bytes(head, points[8 * a : 8 * b], kinds[a:b]))
        yield path


def _closed(verbs: Verbs, last: npt.NDArray[np.int64]) -> Verbs:
    """Return the verbs with a closing one after each of the vertices numbered in `last`."""
    return np.insert(verbs, last + 1, _CLOSE)


def _tinted(color: str, alpha: Floats) -> skia.Image:
    """Return an image of one colour, its opacity (0 to 1) of shape (height, width)."""
    number = int(color.removeprefix("#"), 16)
    rgba = np.empty((*alpha.shape, 4), np.uint8)
    rgba[...] = (number >> 16, number >> 8 & 255, number & 255, 0)
    rgba[..., 3] = np.rint(alpha * 255)
    return skia.Image.fromarray(
        rgba, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kUnpremul_AlphaType
    )


def _color(color: str, alpha: float = 1.0) -> int:
    return (round(255 * alpha) << 24) | int(color.removeprefix("#"), 16)


@cache
def _typeface() -> skia.Typeface:
    style = skia.FontStyle()
    for family in ("Inter", "Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans"):
        face = skia.FontMgr().matchFamilyStyle(family, style)
        if face is not None and face.getFamilyName() == family:
            return face
    return skia.Typeface("", style)


def text_width(text: str, size: float) -> float:
    """Return the advance of a text in pixels at a font size in pixels."""
    return float(skia.Font(_typeface(), size).measureText(text))


class Sheet:
    """A tile being drawn. Lengths are CSS pixels; `scale` device pixels stand on each."""

    def __init__(self, z: int, x: int, y: int, scale: float, color: str | None = None) -> None:
        self._zoom = float(2**z)
        self._corner = (x, y)
        self.scale = scale
        side = round(TILE * scale)
        self._surface = skia.Surface(side, side)
        self._canvas = self._surface.getCanvas()
        self._canvas.clear(_color(color) if color else 0)

    def device(self, world: Floats) -> Floats:
        """Return device pixels of this tile for positions in the unit square, shape (n, 2)."""
        moved: Floats = (world * self._zoom - np.array(self._corner)) * (TILE * self.scale)
        return moved

    def fill(self, cut: Cut, color: str, alpha: float = 1.0, only: Mask | None = None) -> None:
        """Fill polygons; of those of a tile, the ones where `only`, shape (m,), is true."""
        self._fill(cut, skia.Paint(AntiAlias=True, Color=_color(color, alpha)), only)

    def hatch(
        self, cut: Cut, color: str, alpha: float, direction: str, only: Mask | None = None
    ) -> None:
        """Fill polygons with diagonal lines ("/" or its mirror), continuous across tiles."""
        # close at world scale, where countries are small; open where they fill the screen
        period = round((8 if self._zoom < _OPEN_HATCH else 16) * self.scale)
        cell = skia.Surface(period, period)
        pen = skia.Paint(AntiAlias=True, Color=_color(color, alpha), StrokeWidth=1.2 * self.scale)
        first, last = (period, 0) if direction == "/" else (0, period)
        for shift in (-period, 0, period):  # neighbours' ends reach into the corners
            cell.getCanvas().drawLine(shift, first, shift + period, last, pen)
        shader = cell.makeImageSnapshot().makeShader(
            skia.TileMode.kRepeat, skia.TileMode.kRepeat, skia.SamplingOptions()
        )
        self._fill(cut, skia.Paint(AntiAlias=True, Shader=shader), only)

    def _fill(self, cut: Cut, paint: skia.Paint, only: Mask | None) -> None:
        """Fill each polygon by itself, but some small ones at a time: that takes half as long."""
        wanted = cut.areal if only is None else cut.areal & only
        if not wanted.any():
            return
        xy, verbs, first = cut.xy, cut.verbs, cut.first
        if not wanted.all():
            inside = np.repeat(wanted, np.diff(first))
            xy, verbs = xy[inside], verbs[inside]
            first = np.concatenate([[0], np.cumsum(np.diff(first)[wanted])])
        if self.scale != 1:
            xy = as_vertices(xy * self.scale)
        large = cut.extent[wanted] > _SMALL_PX
        begins = large | (np.arange(len(large)) % _TOGETHER == 0)
        begins[1:] |= large[:-1]
        ends = [*first[:-1][begins].tolist(), len(xy)]
        for path in _paths_of(xy, verbs, ends):
            self._canvas.drawPath(path, paint)

    def stroke(self, cut: Cut, line: LineSymbol, only: Mask | None = None) -> None:
        """Draw polygons' edges and lines; edges of polygons a few pixels wide are finer."""
        chosen = np.ones(len(cut.rows), dtype=bool) if only is None else only
        size = np.where(cut.areal, cut.extent, np.float32(1e9))
        below = 0.0
        for upto, part in _FINER:
            self._stroke(cut, line, chosen & (size >= below) & (size < upto), line.width * part)
            below = upto

    def _stroke(self, cut: Cut, line: LineSymbol, only: Mask, width: float) -> None:
        if not only.any():
            return
        xy, verbs, last = cut.xy, cut.edges, cut.last
        if not only.all():
            inside = np.repeat(only, np.diff(cut.first))
            last = (np.cumsum(inside) - 1)[last[inside[last]]]
            xy, verbs = xy[inside], verbs[inside]
        if self.scale != 1:
            xy = as_vertices(xy * self.scale)
        paint = skia.Paint(
            AntiAlias=True,
            Color=_color(line.color, line.opacity),
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=width * self.scale,
            StrokeJoin=skia.Paint.kRound_Join,
        )
        if line.dash:
            dash = [length * self.scale for length in line.dash]
            paint.setPathEffect(skia.DashPathEffect.Make(dash * (1 + len(dash) % 2), 0.0))
        self._canvas.drawPath(_path_of(xy, _closed(verbs, last)), paint)

    def area(self, cut: Cut, look: AreaSymbol, only: Mask | None = None) -> None:
        """Draw polygons with their fill or hatch and their outline; lines with the outline."""
        if look.fill and look.hatch:
            self.hatch(cut, look.fill, min(1.0, look.alpha * 2), look.hatch, only)
        elif look.fill:
            self.fill(cut, look.fill, look.alpha, only)
        if look.width:
            self.stroke(cut, LineSymbol(look.outline, look.width, look.dash), only)

    def dust(self, cut: Cut, color: str, opacity: float, width: float, only: Mask) -> None:
        """Draw what is smaller than a shape: as much colour on a pixel as there is on it of them.

        Parameters
        ----------
        width
            Of lines, CSS pixels.
        only
            Which of the tile's grains, shape (d,).
        """
        if not only.any():
            return
        side = round(TILE * self.scale)
        areal, ink = cut.dust_areal[only], cut.dust_ink[only]
        least = np.maximum(np.where(areal, ink, ink * width), LEAST_INK) * self.scale**2
        # a border of one pixel around
        xy: Floats = cut.dust_xy[only].astype(np.float64) * self.scale + 0.5
        low = np.floor(xy).astype(np.int64)
        part = xy - low
        wide = side + 2
        cover = np.zeros(wide * wide)
        for dx in (0, 1):
            for dy in (0, 1):
                x, y = low[:, 0] + dx, low[:, 1] + dy
                inside = (x >= 0) & (x < wide) & (y >= 0) & (y < wide)
                share = np.abs(1 - dx - part[:, 0]) * np.abs(1 - dy - part[:, 1]) * least
                at = y[inside] * wide + x[inside]
                cover += np.bincount(at, share[inside], minlength=wide * wide)
        alpha = np.minimum(cover, 1.0).reshape(wide, wide)[1:-1, 1:-1] * opacity
        self._canvas.drawImage(_tinted(color, alpha), 0, 0)

    def symbols(
        self, places: Floats, symbols: Sequence[Symbol], codes: npt.NDArray[np.integer[Any]]
    ) -> None:
        """Draw symbols at places, device pixels, shape (n, 2); `codes` is the number of each."""
        sprites = [(each, each.width() / 2) for each in (_sprite(s, self.scale) for s in symbols)]
        for (x, y), code in zip(places.tolist(), codes.tolist(), strict=True):
            sprite, half = sprites[code]
            self._canvas.drawImage(sprite, x - half, y - half)

    def text(self, words: str, at: tuple[float, float], size: float, color: str, halo: str) -> None:
        """Write a name centred at a device pixel, with a halo, `size` in CSS pixels."""
        x, y = at
        font = skia.Font(_typeface(), size * self.scale)
        font.setSubpixel(True)
        left = x - font.measureText(words) / 2
        base = y + size * self.scale * 0.36
        behind = skia.Paint(
            AntiAlias=True,
            Color=_color(halo, 0.85),
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=2.6 * self.scale,
            StrokeJoin=skia.Paint.kRound_Join,
        )
        self._canvas.drawString(words, left, base, font, behind)
        ink = skia.Paint(AntiAlias=True, Color=_color(color))
        self._canvas.drawString(words, left, base, font, ink)

    def rgba(self) -> npt.NDArray[np.uint8]:
        """Return the pixels, shape (side, side, 4), alpha not premultiplied."""
        image = self._surface.makeImageSnapshot()
        pixels: npt.NDArray[np.uint8] = image.toarray(colorType=skia.kRGBA_8888_ColorType)
        return pixels

    def png(self) -> bytes:
        """Return the tile."""
        return encode_png(self.rgba())


@cache
def _sprite(symbol: Symbol, scale: float) -> skia.Image:
    reach = max(reach_of(symbol.shape), 0.9)
    side = 2 * round((symbol.size * reach + symbol.halo_width + 3) * scale)
    surface = skia.Surface(side, side)
    canvas = surface.getCanvas()
    canvas.translate(side / 2, side / 2)
    canvas.scale(scale, scale)
    path = skia.Path()
    path.setFillType(skia.PathFillType.kEvenOdd)
    for ring in rings_of(symbol.shape):
        path.addPoly(
            [skia.Point(x * symbol.size, y * symbol.size) for x, y in ring], symbol.shape != "cross"
        )

    def pen(color: str, width: float) -> skia.Paint:
        return skia.Paint(
            AntiAlias=True,
            Color=_color(color, symbol.opacity),
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=width,
        )

    if symbol.halo_width:
        canvas.drawPath(path, pen(symbol.halo, symbol.stroke_width + 2 * symbol.halo_width))
    inside = symbol.fill or (symbol.halo if symbol.hollow else "")
    if inside:
        paint = skia.Paint(AntiAlias=True, Color=_color(inside, symbol.opacity))
        canvas.drawPath(path, paint)
    if symbol.stroke_width:
        canvas.drawPath(path, pen(symbol.stroke, symbol.stroke_width))
    return surface.makeImageSnapshot()
