"""A scene painted with skia: the one hand that draws pixels and PDF pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import skia

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.render.fonts import ASCENT, LINE_HEIGHT
from gisapp.render.scene import (
    Area,
    Block,
    Box,
    Image,
    Ink,
    Item,
    Line,
    Mark,
    Scene,
    Words,
    arrow_head,
)
from gisapp.render.shapes import rings_of
from gisapp.render.symbology import Symbol, ring_size
from gisapp.render.typeset import Typesetter, typesetter

#: Lines of a hatch: from one to the next along the page, and their width, in points.
HATCH_STEP: Final = 4.0
HATCH_WIDTH: Final = 0.5
HALO_WIDTH: Final = 2.4
HALO_ALPHA: Final = 0.85
#: Steps of a point that corners of shapes stand at: a document writes whole numbers short.
GRID: Final = 100.0
#: From the top of a line of text of size 1 to its baseline.
BASELINE: Final = ASCENT + 0.2
#: A line around a position of region precision, on and off in widths of that line.
DOTTED: Final = (0.8, 1.2)


def scene_image(
    scene: Scene,
    scale: float,
    items: Iterable[Item] | None = None,
    *,
    feedback: Feedback | None = None,
) -> npt.NDArray[np.uint8]:
    """Return a page as pixels.

    Parameters
    ----------
    scale
        Pixels per point: dpi / 72.
    items
        What of the scene is drawn; None draws all of it on its paper, otherwise the ground is
        transparent.

    Returns
    -------
    numpy.ndarray
        Red, green, blue and opacity, not multiplied with it, shape (height, width, 4).
    """
    width, height = max(1, round(scene.width * scale)), max(1, round(scene.height * scale))
    rgba = np.zeros((height, width, 4), np.uint8)
    kind = skia.ColorType.kRGBA_8888_ColorType
    info = skia.ImageInfo.Make(width, height, kind, skia.AlphaType.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, rgba, rgba.strides[0])
    canvas = surface.getCanvas()
    canvas.scale(width / scene.width, height / scene.height)
    if items is None:
        canvas.clear(argb(scene.paper))
    paint_items(canvas, scene, scene.items if items is None else items, feedback=feedback)
    if items is not None:
        plain = skia.ImageInfo.Make(width, height, kind, skia.AlphaType.kUnpremul_AlphaType)
        surface.makeImageSnapshot().readPixels(plain, rgba, rgba.strides[0], 0, 0)
    return rgba


def paint_items(
    canvas: Any,
    scene: Scene,
    items: Iterable[Item],
    *,
    outlines: bool = False,
    feedback: Feedback | None = None,
) -> None:
    """Paint shapes on a canvas whose unit is the point.

    Parameters
    ----------
    outlines
        The halo of a text is drawn as an outline, not as text: a document that can be searched
        would hold the text twice.
    """
    feedback = feedback or Feedback()
    setter = typesetter(scene.theme)
    for number, item in enumerate(items):
        if number % 32 == 0:
            feedback.check(number / len(scene.items), "Drawing the page")
        _paint(canvas, item, setter, outlines)


def _paint(canvas: Any, item: Item, setter: Typesetter, outlines: bool) -> None:
    if isinstance(item, Area | Block | Line):
        canvas.save()
        canvas.scale(1.0 / GRID, 1.0 / GRID)
        if isinstance(item, Line):
            _line(canvas, item)
        else:
            _shape(canvas, item)
        canvas.restore()
    elif isinstance(item, Mark):
        _mark(canvas, item)
    elif isinstance(item, Words):
        _words(canvas, item, setter, outlines)
    else:
        _image(canvas, item)


def argb(ink: Ink) -> int:
    """Return a colour as skia counts it."""
    return _color(ink.color, ink.alpha)


def _color(color: str, alpha: float = 1.0) -> int:
    return (round(255 * alpha) << 24) | int(color.removeprefix("#"), 16)


def _scaled(box: Box, factor: float) -> Box:
    return Box(box.x * factor, box.y * factor, box.w * factor, box.h * factor)


def _rect(box: Box) -> Any:
    return skia.Rect.MakeXYWH(box.x, box.y, box.w, box.h)


def _poly(path: Any, xy: Sequence[Sequence[float]], *, closed: bool) -> None:
    path.addPoly([skia.Point(x, y) for x, y in xy], closed)


def _on_grid(xy: Floats) -> list[list[float]]:
    placed: list[list[float]] = np.rint(np.asarray(xy) * GRID).tolist()
    return placed


def _rings(rings: Iterable[Floats]) -> Any:
    path = skia.Path()
    for ring in rings:
        _poly(path, _on_grid(ring), closed=True)
    path.setFillType(skia.PathFillType.kEvenOdd)
    return path


def _fill(color: int) -> Any:
    return skia.Paint(AntiAlias=True, Color=color)


def _pen(color: int, width: float, dash: Sequence[float] = (), *, sharp: bool = False) -> Any:
    join = skia.Paint.kMiter_Join if sharp else skia.Paint.kRound_Join
    cap = skia.Paint.kButt_Cap if dash or sharp else skia.Paint.kRound_Cap
    pen = skia.Paint(
        AntiAlias=True,
        Color=color,
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeJoin=join,
        StrokeCap=cap,
    )
    if dash:
        # skia takes pairs of on and off: an odd number of lengths runs twice
        pen.setPathEffect(skia.DashPathEffect.Make([*dash] * (1 + len(dash) % 2), 0.0))
    return pen


def _shape(canvas: Any, item: Area | Block) -> None:
    if isinstance(item, Block):
        path = skia.Path()
        path.addRect(_rect(_scaled(item.box, GRID)))
    else:
        path = _rings(ring for part in item.parts for ring in part)
    if item.fill is not None:
        canvas.drawPath(path, _fill(argb(item.fill)))
    if item.hatch:
        _hatch(canvas, path, item.hatch, item.hatch_ink or item.stroke or item.fill)
    if item.stroke is not None and item.width > 0.0:
        sharp = isinstance(item, Block)
        dash = item.dash if isinstance(item, Area) else ()
        canvas.drawPath(path, _grid_pen(item.stroke, item.width, dash, sharp=sharp))


def hatch_lines(box: Box, hatch: str) -> list[tuple[float, float, float, float]]:
    """Return the lines of a hatch over a box, x and y of both ends.

    They run at 45 degrees and stand at the same places of the page whatever they fill, so that
    neighbours of one hatch look like one.
    """
    up = hatch == "/"
    # a line is where x + y (or x - y) is a multiple of the step
    low, high = (
        (box.x + box.y, box.right + box.bottom)
        if up
        else (
            box.x - box.bottom,
            box.right - box.y,
        )
    )
    first, last = int(np.ceil(low / HATCH_STEP)), int(np.floor(high / HATCH_STEP))
    sums = (number * HATCH_STEP for number in range(first, last + 1))
    if up:
        return [(s - box.bottom, box.bottom, s - box.y, box.y) for s in sums]
    return [(s + box.y, box.y, s + box.bottom, box.bottom) for s in sums]


def _grid_pen(ink: Ink, width: float, dash: Sequence[float] = (), *, sharp: bool = False) -> Any:
    return _pen(argb(ink), width * GRID, [length * GRID for length in dash], sharp=sharp)


def _hatch(canvas: Any, path: Any, hatch: str, ink: Ink | None) -> None:
    if ink is None:
        return
    bounds = path.getBounds()
    box = Box(bounds.left(), bounds.top(), bounds.width(), bounds.height())
    lines = skia.Path()
    for line in hatch_lines(_scaled(box, 1.0 / GRID), hatch):
        x0, y0, x1, y1 = (value * GRID for value in line)
        lines.moveTo(x0, y0)
        lines.lineTo(x1, y1)
    canvas.save()
    canvas.clipPath(path, skia.ClipOp.kIntersect, True)
    canvas.drawPath(lines, _grid_pen(ink, HATCH_WIDTH, sharp=True))
    canvas.restore()


def _line(canvas: Any, item: Line) -> None:
    path = skia.Path()
    for part in item.parts:
        _poly(path, _on_grid(part), closed=False)
    canvas.drawPath(path, _grid_pen(item.ink, item.width, item.dash))
    if item.arrow is not None:
        canvas.drawPath(_rings([arrow_head(item.arrow)]), _fill(argb(item.ink)))


def _symbol_path(symbol: Symbol, x: float, y: float) -> Any:
    path = skia.Path()
    if symbol.shape == "circle":
        path.addCircle(x, y, symbol.size / 2.0)
        return path
    for ring in rings_of(symbol.shape):
        placed = [(x + u * symbol.size, y + v * symbol.size) for u, v in ring]
        _poly(path, placed, closed=symbol.shape != "cross")
    path.setFillType(skia.PathFillType.kEvenOdd)
    return path


def _mark(canvas: Any, item: Mark) -> None:
    symbol, x, y, alpha = item.symbol, item.x, item.y, item.symbol.opacity
    if symbol.ring != "none":
        radius = ring_size(symbol) / 2.0
        width = symbol.halo_width * 0.9
        dash = [each * width for each in DOTTED] if symbol.ring == "dotted" else ()
        canvas.drawCircle(x, y, radius, _pen(_color(symbol.halo, alpha), symbol.halo_width * 2.4))
        canvas.drawCircle(x, y, radius, _pen(_color(symbol.ring_color, alpha), width, dash))
    path, solid = _symbol_path(symbol, x, y), symbol.shape != "cross"
    if symbol.halo_width:
        around = _pen(_color(symbol.halo, alpha), symbol.stroke_width + 2.0 * symbol.halo_width)
        if solid:
            around.setStyle(skia.Paint.kStrokeAndFill_Style)
        canvas.drawPath(path, around)
    inner = symbol.halo if symbol.hollow else symbol.fill
    if solid and inner:
        canvas.drawPath(path, _fill(_color(inner, alpha)))
    if symbol.stroke_width:
        stroke = _color(symbol.stroke, alpha)
        canvas.drawPath(path, _pen(stroke, symbol.stroke_width, sharp=True))


def _words(canvas: Any, item: Words, setter: Typesetter, outlines: bool) -> None:
    for number, line in enumerate(item.lines):
        baseline = item.y + item.size * (BASELINE + number * LINE_HEIGHT)
        if item.halo is not None:
            pen = _pen(_color(item.halo.color, HALO_ALPHA), HALO_WIDTH)
            if outlines:
                text = setter.line(line, item.size, bold=item.bold)
                canvas.save()
                canvas.translate(text.left(item.x, item.align), baseline)
                canvas.drawPath(text.outline(), pen)
                canvas.restore()
            else:
                around = setter.line(line, item.size, bold=item.bold, paint=pen)
                around.draw(canvas, item.x, baseline, item.align)
        ink = _fill(argb(item.ink))
        text = setter.line(line, item.size, bold=item.bold, paint=ink)
        text.draw(canvas, item.x, baseline, item.align)


def _image(canvas: Any, item: Image) -> None:
    box = item.box
    if item.is_svg:
        drawing = skia.SVGDOM.MakeFromStream(skia.MemoryStream(item.data))
        if drawing is not None:
            size = drawing.containerSize()
            if size.isEmpty():  # it names no size of its own: it fills what it is put in
                size = skia.Size(box.w, box.h)
                drawing.setContainerSize(size)
            canvas.save()
            canvas.translate(box.x, box.y)
            canvas.scale(box.w / size.width(), box.h / size.height())
            drawing.render(canvas)
            canvas.restore()
            return
    image = skia.Image.MakeFromEncoded(skia.Data(item.fallback if item.is_svg else item.data))
    if image is None:
        raise GisappError(
            "unreadable_image",
            f"The picture {item.name} cannot be drawn: it is neither a PNG nor an SVG.",
            "Choose another picture for the logo, or none.",
        )
    fine = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
    canvas.drawImageRect(image, _rect(box), fine, skia.Paint(AntiAlias=True))
