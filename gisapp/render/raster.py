"""Drawing of one tile: paths, lines, hatches, symbols and names, with skia, to PNG bytes."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
import skia

from gisapp.model.features import Floats
from gisapp.render.mercator import NORTH_CAP, SOUTH_CAP, to_world
from gisapp.render.symbology import AreaSymbol, LineSymbol, Symbol, outline_of

TILE: Final = 256
_EDGE: Final = 1e-9
_OPEN_HATCH: Final = 2**4
_TOP, _BOTTOM = to_world([[0.0, NORTH_CAP], [0.0, SOUTH_CAP]])[:, 1].tolist()


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


@dataclass(frozen=True, eq=False)
class Outline:
    """A geometry ready to be drawn.

    `fill` and `edge` are skia paths relative to `origin` (x, y in worlds, kept in double
    precision) and multiplied by `unit`, so that single precision suffices at every zoom.
    """

    fill: skia.Path | None
    edge: skia.Path
    origin: tuple[float, float]
    unit: float


def _points(xy: Floats) -> list[skia.Point]:
    return [skia.Point(x, y) for x, y in xy.tolist()]


def outline(geometry: shapely.Geometry, unit: float) -> Outline | None:
    """Return a geometry of the unit square as paths; None for nothing to draw.

    Edges that run along the world's left or right side or its cap are no coast and no border:
    they are filled to and not drawn.
    """
    if geometry is None or geometry.is_empty:
        return None
    west, south, _, _ = geometry.bounds
    origin = np.array([west, south])
    fill: skia.Path | None = None
    edge = skia.Path()
    for part in shapely.get_parts(geometry):
        kind = shapely.get_type_id(part)
        if kind in (3, 6):
            fill = fill or skia.Path()
            fill.setFillType(skia.PathFillType.kEvenOdd)
            for ring in shapely.get_rings(part):
                xy = shapely.get_coordinates(ring)
                points = _points((xy - origin) * unit)
                fill.addPoly(points, True)
                seam = _on_seam(xy)
                if not seam.any():
                    edge.addPoly(points, True)
                else:
                    _add_broken(edge, points, seam)
        elif kind in (1, 2, 5):
            edge.addPoly(_points((shapely.get_coordinates(part) - origin) * unit), False)
    return Outline(fill, edge, (west, south), unit)


def outlines(shapes: npt.NDArray[np.object_], unit: float) -> list[Outline | None]:
    """Return `outline` of many geometries, shape (n,): a tenth of the time for plain polygons."""
    boxes = shapely.bounds(shapes)
    west, north, east, south = boxes.T
    plain = (shapely.get_type_id(shapes) == 3) & (west > _EDGE) & (east < 1 - _EDGE)
    plain &= (north > _TOP + _EDGE) & (south < _BOTTOM - _EDGE)
    numbers = np.flatnonzero(plain)
    rings, owner = shapely.get_rings(shapes[numbers], return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy = (xy - boxes[numbers[owner[ring]], :2]) * unit
    ends = np.searchsorted(ring, np.arange(len(rings) + 1)).tolist()
    paths: dict[int, skia.Path] = {}
    for i, number in enumerate(numbers[owner].tolist()):
        path = paths.get(number)
        if path is None:
            path = paths[number] = skia.Path()
            path.setFillType(skia.PathFillType.kEvenOdd)
        path.addPoly(_points(xy[ends[i] : ends[i + 1]]), True)
    corners = boxes[:, :2].tolist()
    return [
        Outline(paths[i], paths[i], (corners[i][0], corners[i][1]), unit)
        if i in paths
        else outline(shape, unit)
        for i, shape in enumerate(shapes)
    ]


def _on_seam(xy: Floats) -> npt.NDArray[np.bool_]:
    """Return which segments of a ring lie on the world's edge, shape (n - 1,)."""
    left, right = xy[:, 0] <= _EDGE, xy[:, 0] >= 1 - _EDGE
    top, bottom = xy[:, 1] <= _TOP + _EDGE, xy[:, 1] >= _BOTTOM - _EDGE
    found: npt.NDArray[np.bool_] = (
        (left[:-1] & left[1:])
        | (right[:-1] & right[1:])
        | (bottom[:-1] & bottom[1:])
        | (top[:-1] & top[1:])
    )
    return found


def _add_broken(path: skia.Path, points: list[skia.Point], seam: npt.NDArray[np.bool_]) -> None:
    start = 0
    for stop in [*np.flatnonzero(seam).tolist(), len(points) - 1]:
        if stop > start:
            path.addPoly(points[start : stop + 1], False)
        start = stop + 1


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

    def _placed(self, path: skia.Path, shape: Outline) -> skia.Path:
        side = TILE * self.scale
        factor = self._zoom * side
        dx = (shape.origin[0] * self._zoom - self._corner[0]) * side
        dy = (shape.origin[1] * self._zoom - self._corner[1]) * side
        matrix = skia.Matrix.Translate(dx, dy)
        matrix.preScale(factor / shape.unit, factor / shape.unit)
        moved = skia.Path()
        path.transform(matrix, moved)
        return moved

    def fill(self, shape: Outline, color: str, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        if shape.fill is not None:
            paint = skia.Paint(AntiAlias=True, Color=_color(color, alpha))
            self._canvas.drawPath(self._placed(shape.fill, shape), paint)

    def hatch(self, shape: Outline, color: str, alpha: float, direction: str) -> None:
        """Fill a polygon with diagonal lines ("/" or its mirror), continuous across tiles."""
        if shape.fill is None:
            return
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
        paint = skia.Paint(AntiAlias=True, Shader=shader)
        self._canvas.drawPath(self._placed(shape.fill, shape), paint)

    def stroke(self, shape: Outline, line: LineSymbol) -> None:
        """Draw a polygon's edge or a line."""
        paint = skia.Paint(
            AntiAlias=True,
            Color=_color(line.color, line.opacity),
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=line.width * self.scale,
            StrokeJoin=skia.Paint.kRound_Join,
        )
        if line.dash:
            dash = [length * self.scale for length in line.dash]
            paint.setPathEffect(skia.DashPathEffect.Make(dash * (1 + len(dash) % 2), 0.0))
        self._canvas.drawPath(self._placed(shape.edge, shape), paint)

    def area(self, shape: Outline, look: AreaSymbol) -> None:
        """Draw a polygon with its fill or hatch and its outline."""
        if look.fill and look.hatch:
            self.hatch(shape, look.fill, min(1.0, look.alpha * 2), look.hatch)
        elif look.fill:
            self.fill(shape, look.fill, look.alpha)
        if look.width:
            self.stroke(shape, LineSymbol(look.outline, look.width, look.dash))

    def symbols(self, places: Floats, symbol: Symbol) -> None:
        """Draw one symbol at many places, device pixels, shape (n, 2)."""
        sprite = _sprite(symbol, self.scale)
        half = sprite.width() / 2
        for x, y in places.tolist():
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
    side = 2 * round((symbol.size * 0.9 + symbol.halo_width + 3) * scale)
    surface = skia.Surface(side, side)
    canvas = surface.getCanvas()
    canvas.translate(side / 2, side / 2)
    canvas.scale(scale, scale)
    path = skia.Path()
    corners = np.array(outline_of(symbol.shape)) * symbol.size
    pieces = (corners[:2], corners[2:]) if symbol.shape == "cross" else (corners,)
    for piece in pieces:
        path.addPoly(_points(piece), symbol.shape != "cross")

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
