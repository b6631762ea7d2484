"""Scene items as DrawingML: the XML that office suites edit as native shapes.

Written as text and parsed once per group: thousands of shapes are made in a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from gisapp.model.features import Floats
from gisapp.render.fonts import LINE_HEIGHT, width_of
from gisapp.render.scene import (
    Area,
    Block,
    Ink,
    Item,
    Line,
    Mark,
    Words,
    arrow_head,
    blended,
    plain,
)
from gisapp.render.shapes import ICONS, rings_of
from gisapp.render.symbology import Symbol, ring_size

EMU_PER_POINT: Final = 12_700
NAMESPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
#: Theme colours of the presentation by our names; what is not here is written as it is.
SCHEME: Final = {
    "paper": "bg1",
    "panel": "bg1",
    "halo": "bg1",
    "text": "tx1",
    "water": "bg2",
    "muted": "tx2",
    "deposit": "accent1",
    "refinery": "accent2",
    "inside": "accent2",
    "magnet_plant": "accent3",
    "alliance": "accent4",
    "leader": "accent5",
    "outside": "accent5",
    "route": "accent6",
}
_PRESETS: Final = {
    "circle": "ellipse",
    "square": "rect",
    "hexagon": "hexagon",
    "triangle": "triangle",
    "diamond": "diamond",
}


@dataclass(frozen=True)
class Placement:
    """Page points to slide EMU: a factor and an offset in points."""

    factor: float = 1.0
    dx: float = 0.0
    dy: float = 0.0

    def length(self, points: float) -> int:
        """Return a length in EMU."""
        return round(points * self.factor * EMU_PER_POINT)

    def x(self, points: float) -> int:
        """Return a horizontal position in EMU."""
        return round((points * self.factor + self.dx) * EMU_PER_POINT)

    def y(self, points: float) -> int:
        """Return a vertical position in EMU."""
        return round((points * self.factor + self.dy) * EMU_PER_POINT)


@dataclass(frozen=True)
class _Shape:
    xml: str
    box: tuple[int, int, int, int]  # left, top, right, bottom in EMU


class Writer:
    """Makes shapes with ids that are unique on their slide.

    Parameters
    ----------
    first_id
        The id of the first shape; those already on the slide have lower ones.
    """

    def __init__(self, placement: Placement, first_id: int) -> None:
        self._at = placement
        self._ids: Iterator[int] = count(first_id)

    def group(self, name: str, items: Iterable[Item], alt: str = "") -> str:
        """Return the XML of a group with these items; "" if there is nothing in it."""
        return _grouped([shape for item in items for shape in self._shapes(item)], self, name, alt)

    def head(self, name: str, alt: str, *, kind: str = "p:cNvSpPr", inner: str = "") -> str:
        """Return the XML of the non-visual properties of a shape."""
        shape_id = next(self._ids)
        wrapper = {"p:cNvSpPr": "p:nvSpPr", "p:cNvGrpSpPr": "p:nvGrpSpPr"}[kind]
        return (
            f'<{wrapper}><p:cNvPr id="{shape_id}" name={_attribute(name)} '
            f"descr={_attribute(alt or name)}/><{kind}{inner}/><p:nvPr/></{wrapper}>"
        )

    def _shapes(self, item: Item) -> list[_Shape]:
        if isinstance(item, Area):
            return [self._area(item)]
        if isinstance(item, Line):
            return self._line(item)
        if isinstance(item, Mark):
            return self._mark(item)
        if isinstance(item, Words):
            return [self._words(item)]
        if isinstance(item, Block):
            return [self._block(item)]
        return []

    def _area(self, item: Area) -> _Shape:
        rings = [ring for part in item.parts for ring in part]
        fill = _fill(item.fill, item.hatch, item.hatch_ink, item.ground)
        line = self._stroke(item.stroke, item.width, item.dash)
        return self._freeform(item.name, item.alt, rings, fill + line, closed=True)

    def _line(self, item: Line) -> list[_Shape]:
        look = "<a:noFill/>" + self._stroke(item.ink, item.width, item.dash)
        shape = self._freeform(item.name, item.alt, item.parts, look, closed=False)
        if item.arrow is None:
            return [shape]
        head = self._freeform(
            f"{item.name} (arrow)",
            "",
            [arrow_head(item.arrow)],
            _fill(item.ink) + _NO_LINE,
            closed=True,
        )
        return [_bundle([shape, head], self, item.name, item.alt)]

    def _block(self, item: Block) -> _Shape:
        box = item.box
        edges = self._edges(box.x, box.y, box.right, box.bottom)
        look = _fill(item.fill, item.hatch, item.hatch_ink)
        look += self._stroke(item.stroke, item.width, ())
        return self._preset(item.name, item.alt, "rect", edges, look)

    def _mark(self, item: Mark) -> list[_Shape]:
        symbol = item.symbol
        alpha = symbol.opacity
        half = symbol.size / 2.0
        if symbol.shape == "cross":
            look = "<a:noFill/>" + self._stroke(Ink(symbol.stroke, alpha), symbol.stroke_width, ())
            body = self._freeform(item.name, item.alt, _rings(item), look, closed=False)
        elif symbol.shape in ICONS:
            body = self._icon(item)
        else:
            inside = Ink(symbol.halo if symbol.hollow else symbol.fill, alpha, _token(symbol))
            if symbol.stroke_width:
                line = self._stroke(Ink(symbol.stroke, alpha), symbol.stroke_width, ())
            else:  # the halo is the outline, outside of the symbol's own size
                line = self._stroke(Ink(symbol.halo, alpha, "halo"), symbol.halo_width, ())
                half += symbol.halo_width / 2.0 if symbol.halo_width else 0.0
            body = self._shape_of(item, symbol, half, _fill(inside) + line)
        if symbol.ring == "none":
            return [body]
        around = ring_size(symbol) / 2.0
        dash = (0.8, 1.2) if symbol.ring == "dotted" else ()
        look = "<a:noFill/>"
        look += self._stroke(Ink(symbol.ring_color, alpha), symbol.halo_width * 0.9, dash)
        edges = self._edges(item.x - around, item.y - around, item.x + around, item.y + around)
        ring = self._preset(f"{item.name} (ring)", "", "ellipse", edges, look)
        return [_bundle([ring, body], self, item.name, item.alt)]

    def _icon(self, item: Mark) -> _Shape:
        symbol, rings = item.symbol, _rings(item)
        alpha = symbol.opacity
        inside = Ink(symbol.halo if symbol.hollow else symbol.fill, alpha, _token(symbol))
        line = _NO_LINE
        if symbol.stroke_width:
            line = self._stroke(Ink(symbol.stroke, alpha), symbol.stroke_width, ())
        body = self._freeform(item.name, item.alt, rings, _fill(inside) + line, closed=True)
        if not symbol.halo_width:
            return body
        # a line stands half inside of a shape, and would eat the fine parts of a picture
        halo = Ink(symbol.halo, alpha, "halo")
        look = _fill(halo) + self._stroke(halo, symbol.stroke_width + 2.0 * symbol.halo_width, ())
        behind = self._freeform(f"{item.name} (halo)", "", rings, look, closed=True)
        return _bundle([behind, body], self, item.name, item.alt)

    def _shape_of(self, item: Mark, symbol: Symbol, half: float, look: str) -> _Shape:
        corners = np.array(rings_of(symbol.shape)[0]) * half * 2.0
        center = np.array([item.x, item.y])
        left, top = corners.min(axis=0) + center
        right, bottom = corners.max(axis=0) + center
        edges = self._edges(left, top, right, bottom)
        return self._preset(item.name, item.alt, _PRESETS[symbol.shape], edges, look)

    def _words(self, item: Words) -> _Shape:
        size = item.size * self._at.factor
        wide = item.width or max(width_of(line, item.size, bold=item.bold) for line in item.lines)
        high = len(item.lines) * item.size * LINE_HEIGHT
        left = item.x - {"left": 0.0, "center": wide / 2.0, "right": wide}[item.align]
        edges = self._edges(left, item.y, left + wide, item.y + high)
        align = {"left": "l", "center": "ctr", "right": "r"}[item.align]
        glow, backing = "", "<a:noFill/>"
        if item.halo is not None:
            # the glow is the halo; where a program knows none, a faint ground keeps it readable
            backing = f"<a:solidFill>{_color(item.halo, 0.35)}</a:solidFill>"
            glow = (
                f'<a:effectLst><a:glow rad="{round(1.6 * EMU_PER_POINT)}">{_color(item.halo, 0.85)}'
                "</a:glow></a:effectLst>"
            )
        run = (
            f'<a:rPr lang="en-GB" sz="{round(size * 100)}" b="{int(item.bold)}" dirty="0">'
            f"{_fill(item.ink)}{glow}</a:rPr>"
        )
        # a wrapped text is one paragraph that flows; other lines keep their breaks
        lines = [item.text] if item.width else list(item.lines)
        spacing = f'<a:lnSpc><a:spcPts val="{round(size * LINE_HEIGHT * 100)}"/></a:lnSpc>'
        paragraphs = "".join(
            f'<a:p><a:pPr algn="{align}">{spacing}</a:pPr>'
            f"<a:r>{run}<a:t>{_text(line)}</a:t></a:r></a:p>"
            for line in lines
        )
        wrap = "square" if item.width else "none"
        head = self.head(item.name, item.alt or item.text, inner=' txBox="1"')
        xml = (
            f"<p:sp>{head}<p:spPr>{_frame(edges)}"
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{backing}</p:spPr>'
            f'<p:txBody><a:bodyPr wrap="{wrap}" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t">'
            f"<a:noAutofit/></a:bodyPr><a:lstStyle/>{paragraphs}</p:txBody></p:sp>"
        )
        return _Shape(xml, edges)

    def _preset(
        self, name: str, alt: str, preset: str, edges: tuple[int, int, int, int], look: str
    ) -> _Shape:
        xml = (
            f"<p:sp>{self.head(name, alt)}<p:spPr>{_frame(edges)}"
            f'<a:prstGeom prst="{preset}"><a:avLst/></a:prstGeom>{look}</p:spPr>{_NO_TEXT}</p:sp>'
        )
        return _Shape(xml, edges)

    def _freeform(
        self, name: str, alt: str, paths: Sequence[Floats], look: str, *, closed: bool
    ) -> _Shape:
        every = np.concatenate(paths)
        (x0, y0), (x1, y1) = every.min(axis=0), every.max(axis=0)
        edges = self._edges(float(x0), float(y0), float(x1), float(y1))
        left, top, right, bottom = edges
        steps: list[str] = []
        for path in paths:
            xs = np.rint((path[:, 0] * self._at.factor + self._at.dx) * EMU_PER_POINT) - left
            ys = np.rint((path[:, 1] * self._at.factor + self._at.dy) * EMU_PER_POINT) - top
            points = [
                f'<a:pt x="{x}" y="{y}"/>'
                for x, y in zip(xs.astype(int).tolist(), ys.astype(int).tolist(), strict=True)
            ]
            steps.append(f"<a:moveTo>{points[0]}</a:moveTo>")
            steps += [f"<a:lnTo>{point}</a:lnTo>" for point in points[1:]]
            if closed:
                steps.append("<a:close/>")
        fill = "" if closed else ' fill="none"'
        geometry = (
            "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
            '<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
            f'<a:path w="{right - left}" h="{bottom - top}"{fill}>{"".join(steps)}</a:path>'
            "</a:pathLst></a:custGeom>"
        )
        xml = (
            f"<p:sp>{self.head(name, alt)}<p:spPr>{_frame(edges)}{geometry}{look}</p:spPr>"
            f"{_NO_TEXT}</p:sp>"
        )
        return _Shape(xml, edges)

    def _edges(self, x0: float, y0: float, x1: float, y1: float) -> tuple[int, int, int, int]:
        left, top = self._at.x(x0), self._at.y(y0)
        return left, top, max(self._at.x(x1), left + 1), max(self._at.y(y1), top + 1)

    def _stroke(self, ink: Ink | None, width: float, dash: Sequence[float]) -> str:
        if ink is None or not ink.color or width <= 0.0:
            return _NO_LINE
        pattern = ""
        if dash:  # on and off lengths in thousandths of a percent of the line's width
            on, off = (round(max(length / width, 0.5) * 100_000) for length in dash[:2])
            pattern = f'<a:custDash><a:ds d="{on}" sp="{off}"/></a:custDash>'
        cap = "flat" if dash else "rnd"
        return (
            f'<a:ln w="{self._at.length(width)}" cap="{cap}">{_fill(ink)}{pattern}<a:round/></a:ln>'
        )


_NO_LINE: Final = "<a:ln><a:noFill/></a:ln>"
_NO_TEXT: Final = ""


def _token(symbol: Symbol) -> str:
    return "halo" if symbol.hollow else ""


def _text(text: str) -> str:
    return escape(plain(text))


def _attribute(text: str) -> str:
    return quoteattr(plain(text)[:2000])


def _color(ink: Ink, alpha: float | None = None) -> str:
    opacity = ink.alpha if alpha is None else alpha
    see_through = f'<a:alpha val="{round(opacity * 100_000)}"/>' if opacity < 1.0 else ""
    if ink.token in SCHEME:
        return f'<a:schemeClr val="{SCHEME[ink.token]}">{see_through}</a:schemeClr>'
    return f'<a:srgbClr val="{ink.color.lstrip("#")}">{see_through}</a:srgbClr>'


def _fill(ink: Ink | None, hatch: str = "", hatch_ink: Ink | None = None, ground: str = "") -> str:
    if hatch and hatch_ink is not None:
        if ink is not None and ground:  # office suites draw patterns opaque: mix beforehand
            ink = Ink(blended(ink.color, ink.alpha, ground))
            hatch_ink = Ink(blended(hatch_ink.color, hatch_ink.alpha, ground))
        pattern = "wdUpDiag" if hatch == "/" else "wdDnDiag"
        back = _color(ink) if ink is not None else _color(hatch_ink, 0.0)
        return (
            f'<a:pattFill prst="{pattern}"><a:fgClr>{_color(hatch_ink)}</a:fgClr>'
            f"<a:bgClr>{back}</a:bgClr></a:pattFill>"
        )
    if ink is None or not ink.color:
        return "<a:noFill/>"
    return f"<a:solidFill>{_color(ink)}</a:solidFill>"


def _frame(edges: tuple[int, int, int, int]) -> str:
    left, top, right, bottom = edges
    return (
        f'<a:xfrm><a:off x="{left}" y="{top}"/>'
        f'<a:ext cx="{right - left}" cy="{bottom - top}"/></a:xfrm>'
    )


def _around(shapes: Sequence[_Shape]) -> tuple[int, int, int, int]:
    boxes = np.array([shape.box for shape in shapes])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    return int(left), int(top), int(right), int(bottom)


def _rings(item: Mark) -> list[Floats]:
    """Return the rings of a symbol on the page, or the strokes of a cross."""
    return [
        np.array(ring) * item.symbol.size + (item.x, item.y) for ring in rings_of(item.symbol.shape)
    ]


def _bundle(shapes: Sequence[_Shape], writer: Writer, name: str, alt: str) -> _Shape:
    left, top, right, bottom = box = _around(shapes)
    size = f'cx="{right - left}" cy="{bottom - top}"'
    xml = (
        f"<p:grpSp>{writer.head(name, alt, kind='p:cNvGrpSpPr')}<p:grpSpPr><a:xfrm>"
        f'<a:off x="{left}" y="{top}"/><a:ext {size}/>'
        f'<a:chOff x="{left}" y="{top}"/><a:chExt {size}/></a:xfrm></p:grpSpPr>'
        f"{''.join(shape.xml for shape in shapes)}</p:grpSp>"
    )
    return _Shape(xml, box)


def _grouped(shapes: Sequence[_Shape], writer: Writer, name: str, alt: str) -> str:
    if not shapes:
        return ""
    xml = _bundle(shapes, writer, name, alt).xml
    return xml.replace("<p:grpSp>", f"<p:grpSp {NAMESPACES}>", 1)
