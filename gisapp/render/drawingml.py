"""Scene items as DrawingML: the XML that office suites edit as native shapes.

Written as text and parsed once per group: thousands of shapes are made in a second. Children
stand in the order of the schema (ECMA-376-1, 19.3 and 20.1): PowerPoint repairs what does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np

from gisapp.model.features import Floats
from gisapp.render.fonts import LINE_HEIGHT, width_of
from gisapp.render.scene import (
    Area,
    Block,
    Image,
    Ink,
    Item,
    Line,
    Mark,
    Words,
    arrow_head,
)
from gisapp.render.shapes import ICONS, rings_of
from gisapp.render.slide_base import (
    DECORATIVE,
    EMU_PER_POINT,
    NAMESPACES,
    Placement,
    Ties,
    alt_of,
    attribute,
    frame_xml,
    on_one_line,
    said_of,
)
from gisapp.render.slide_color import Colors, line_xml
from gisapp.render.slide_text import flowing, is_slide_number, text_xml
from gisapp.render.symbology import ring_size

_SVG: Final = (
    '<a:extLst><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}"><asvg:svgBlip '
    'xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" r:embed="{}"/>'
    "</a:ext></a:extLst>"
)
_PRESETS: Final = {
    "circle": "ellipse",
    "square": "rect",
    "hexagon": "hexagon",
    "triangle": "triangle",
    "diamond": "diamond",
}
#: EMU that corners of freeforms are rounded to: a hundredth of a point.
_GRID: Final = 127
_MOVE: Final = '<a:moveTo><a:pt x="%d" y="%d"/></a:moveTo>'
_DRAW: Final = '<a:lnTo><a:pt x="%d" y="%d"/></a:lnTo>'
_NO_LINE: Final = "<a:ln><a:noFill/></a:ln>"
_KINDS: Final = {"p:cNvSpPr": "p:nvSpPr", "p:cNvGrpSpPr": "p:nvGrpSpPr", "p:cNvPicPr": "p:nvPicPr"}


@dataclass(frozen=True)
class _Shape:
    xml: str
    box: tuple[int, int, int, int]  # left, top, right, bottom in EMU


class Writer:
    """Makes shapes whose ids and names are unique on their slide.

    Parameters
    ----------
    first_id
        The id of the first shape; those already on the slide have lower ones.
    taken
        The names of those.
    """

    def __init__(
        self,
        placement: Placement,
        colors: Colors,
        ties: Ties,
        *,
        first_id: int,
        taken: Iterable[str] = (),
    ) -> None:
        self._at = placement
        self._colors = colors
        self._ties = ties
        self._ids: Iterator[int] = count(first_id)
        self._names: Counter[str] = Counter(taken)

    def group(self, name: str, items: Iterable[Item]) -> str:
        """Return the XML of a group with these items; "" if there is nothing in it.

        A single item stands by itself.
        """
        listed = list(items)
        own = self._unique(name) if len(listed) > 1 else ""  # before those of what is in it
        shapes = [shape for item in listed if (shape := self._shape(item)) is not None]
        if not shapes:
            return ""
        alt = said_of(name, listed)
        single = shapes[0] if len(shapes) == 1 else self._bundle(shapes, name, alt, own)
        return re.sub(r"^<(p:\w+)>", rf"<\1 {NAMESPACES}>", single.xml, count=1)

    def head(
        self,
        name: str,
        alt: str,
        *,
        kind: str = "p:cNvSpPr",
        own: str = "/>",
        link: int | None = None,
        place: str = "",
        unique: str = "",
    ) -> str:
        """Return the XML of the non-visual properties of a shape; no `alt`: it is decoration.

        Parameters
        ----------
        own
            The rest of the element `kind`: attributes, content, end.
        link
            The number of a page that a click leads to.
        place
            The `p:ph` element of the placeholder that the shape fills.
        unique
            The name that `name` became, where it was asked for before.
        """
        shape_id = next(self._ids)
        name = unique or self._unique(name)
        click = self._click(link)
        inside = click + ("" if alt else DECORATIVE)
        close = f">{inside}</p:cNvPr>" if inside else "/>"
        filled = f"<p:nvPr>{place}</p:nvPr>" if place else "<p:nvPr/>"
        wrapper = _KINDS[kind]
        return (
            f'<{wrapper}><p:cNvPr id="{shape_id}" name={attribute(name, 250)} '
            f"descr={attribute(alt)}{close}<{kind}{own}{filled}</{wrapper}>"
        )

    def _unique(self, name: str) -> str:
        name = on_one_line(name)
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name} ({self._names[name]})"

    def _click(self, link: int | None) -> str:
        tie = self._ties.page(link) if link else ""
        if not tie:
            return ""
        return (
            f'<a:hlinkClick r:id="{tie}" action="ppaction://hlinksldjump" tooltip="Page {link}"/>'
        )

    def _shape(self, item: Item) -> _Shape | None:
        if isinstance(item, Area):
            return self._area(item)
        if isinstance(item, Line):
            return self._line(item)
        if isinstance(item, Mark):
            return self._mark(item)
        if isinstance(item, Words):
            return self._words(item) if item.text.strip() else None
        if isinstance(item, Block):
            return self._block(item)
        return self._image(item)

    def _area(self, item: Area) -> _Shape | None:
        rings = [ring for part in item.parts for ring in part if len(ring) > 2]
        if not rings:
            return None
        fill = self._colors.fill(
            item.fill, hatch=item.hatch, lines=item.hatch_ink, ground=item.ground
        )
        line = self._stroke(item.stroke, item.width, item.dash)
        return self._freeform(item.name, alt_of(item), rings, fill + line, closed=True)

    def _line(self, item: Line) -> _Shape | None:
        paths = [path for path in item.parts if len(path) > 1]
        if not paths:
            return None
        look = "<a:noFill/>" + self._stroke(item.ink, item.width, item.dash)
        if item.arrow is None:
            return self._freeform(item.name, alt_of(item), paths, look, closed=False)
        shape = self._freeform(f"{item.name} (line)", "", paths, look, closed=False)
        look = self._colors.fill(item.ink) + _NO_LINE
        tip = [arrow_head(item.arrow)]
        head = self._freeform(f"{item.name} (arrow)", "", tip, look, closed=True)
        return self._bundle([shape, head], item.name, alt_of(item))

    def _block(self, item: Block) -> _Shape:
        box = item.box
        edges = self._edges(box.x, box.y, box.right, box.bottom)
        look = self._colors.fill(item.fill, hatch=item.hatch, lines=item.hatch_ink)
        look += self._stroke(item.stroke, item.width, ())
        return self._preset(item.name, alt_of(item), "rect", edges, look)

    def _mark(self, item: Mark) -> _Shape:
        symbol = item.symbol
        ringed = symbol.ring != "none"
        lined = bool(symbol.stroke_width) and not symbol.hollow and symbol.shape != "cross"
        haloed = bool(symbol.halo_width) and (symbol.shape in ICONS or lined)
        several = ringed or haloed
        name, alt = (f"{item.name} (symbol)", "") if several else (item.name, alt_of(item))
        shapes = [self._body(item, name, alt)]
        if haloed:
            shapes.insert(0, self._halo(item))
        if ringed:
            around = ring_size(symbol) / 2.0
            dash = (0.8, 1.2) if symbol.ring == "dotted" else ()
            ring = Ink(symbol.ring_color, symbol.opacity)
            look = "<a:noFill/>" + self._stroke(ring, symbol.halo_width * 0.9, dash)
            edges = self._edges(item.x - around, item.y - around, item.x + around, item.y + around)
            shapes.insert(0, self._preset(f"{item.name} (ring)", "", "ellipse", edges, look))
        return self._bundle(shapes, item.name, alt_of(item)) if several else shapes[0]

    def _body(self, item: Mark, name: str, alt: str) -> _Shape:
        symbol = item.symbol
        alpha = symbol.opacity
        outline = self._stroke(Ink(symbol.stroke, alpha), symbol.stroke_width, ())
        if symbol.shape == "cross":
            return self._freeform(name, alt, _rings(item), "<a:noFill/>" + outline, closed=False)
        inside = Ink(symbol.halo, alpha, "halo") if symbol.hollow else Ink(symbol.fill, alpha)
        look = self._colors.fill(inside)
        if symbol.shape in ICONS:
            return self._freeform(name, alt, _rings(item), look + outline, closed=True)
        half = symbol.size / 2.0
        if not symbol.stroke_width:  # the halo is the outline, outside of the symbol's own size
            outline = self._stroke(Ink(symbol.halo, alpha, "halo"), symbol.halo_width, ())
            half += symbol.halo_width / 2.0
        return self._preset(
            name, alt, _PRESETS[symbol.shape], self._corners(item, half), look + outline
        )

    def _halo(self, item: Mark) -> _Shape:
        """Return a symbol's halo as a shape behind one that has an outline of its own."""
        symbol, name = item.symbol, f"{item.name} (halo)"
        ink = Ink(symbol.halo, symbol.opacity, "halo")
        look = self._colors.fill(ink)
        if symbol.shape in ICONS:
            # a line stands half inside of a shape, and would eat the fine parts of a picture
            look += self._stroke(ink, symbol.stroke_width + 2.0 * symbol.halo_width, ())
            return self._freeform(name, "", _rings(item), look, closed=True)
        half = (symbol.size + symbol.stroke_width) / 2.0 + symbol.halo_width
        preset = _PRESETS[symbol.shape]
        return self._preset(name, "", preset, self._corners(item, half), look + _NO_LINE)

    def _corners(self, item: Mark, half: float) -> tuple[int, int, int, int]:
        """Return the edges of a symbol that is as large as a circle of so many points' radius."""
        corners = np.array(rings_of(item.symbol.shape)[0]) * half * 2.0
        left, top = corners.min(axis=0) + np.array([item.x, item.y])
        right, bottom = corners.max(axis=0) + np.array([item.x, item.y])
        return self._edges(left, top, right, bottom)

    def _words(self, item: Words) -> _Shape:
        high = len(item.lines) * item.size * LINE_HEIGHT
        if item.width:
            left, wide = flowing(item, self._at.wide)
        else:
            wide = max(width_of(line, item.size, bold=item.bold) for line in item.lines)
            left = item.x - {"left": 0.0, "center": wide / 2.0, "right": wide}[item.align]
        edges = self._edges(left, item.y, left + wide, item.y + high)
        place = self._ties.number if is_slide_number(item) else ""
        own = "/>" if place else ' txBox="1"/>'
        said = item.alt or item.text
        head = self.head(item.name, said, own=own, link=item.link, place=place)
        backing, body = text_xml(item, self._at, self._colors)
        xml = (
            f"<p:sp>{head}<p:spPr>{frame_xml(edges)}"
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{backing}</p:spPr>{body}</p:sp>'
        )
        return _Shape(xml, edges)

    def _image(self, item: Image) -> _Shape:
        box = item.box
        edges = self._edges(box.x, box.y, box.right, box.bottom)
        head = self.head(
            item.name,
            item.alt or item.name,
            kind="p:cNvPicPr",
            own='><a:picLocks noChangeAspect="1"/></p:cNvPicPr>',
        )
        shown = self._ties.data(item.fallback if item.is_svg and item.fallback else item.data)
        vector = _SVG.format(self._ties.data(item.data)) if item.is_svg else ""
        xml = (
            f'<p:pic>{head}<p:blipFill><a:blip r:embed="{shown}">{vector}</a:blip>'
            f"<a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr>{frame_xml(edges)}"
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
        )
        return _Shape(xml, edges)

    def _preset(
        self, name: str, alt: str, preset: str, edges: tuple[int, int, int, int], look: str
    ) -> _Shape:
        xml = (
            f"<p:sp>{self.head(name, alt)}<p:spPr>{frame_xml(edges)}"
            f'<a:prstGeom prst="{preset}"><a:avLst/></a:prstGeom>{look}</p:spPr></p:sp>'
        )
        return _Shape(xml, edges)

    def _freeform(
        self, name: str, alt: str, paths: Sequence[Floats], look: str, *, closed: bool
    ) -> _Shape:
        every = np.concatenate(paths)
        (x0, y0), (x1, y1) = every.min(axis=0), every.max(axis=0)
        edges = self._edges(float(x0), float(y0), float(x1), float(y1))
        left, top, right, bottom = edges
        origin = np.array([left, top]) - np.array([self._at.dx, self._at.dy]) * EMU_PER_POINT
        steps: list[str] = []
        for path in paths:
            xy = np.rint((path * (self._at.factor * EMU_PER_POINT) - origin) / _GRID)
            flat = xy.astype(int).ravel().tolist()
            steps.append(_MOVE % (flat[0], flat[1]))
            steps.append(_DRAW * (len(path) - 1) % tuple(flat[2:]))
            if closed:
                steps.append("<a:close/>")
        fill = "" if closed else ' fill="none"'
        wide, high = (max(round(side / _GRID), 1) for side in (right - left, bottom - top))
        geometry = (
            "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
            '<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>'
            f'<a:path w="{wide}" h="{high}"{fill}>{"".join(steps)}</a:path>'
            "</a:pathLst></a:custGeom>"
        )
        xml = (
            f"<p:sp>{self.head(name, alt)}<p:spPr>{frame_xml(edges)}{geometry}{look}</p:spPr>"
            "</p:sp>"
        )
        return _Shape(xml, edges)

    def _bundle(self, shapes: Sequence[_Shape], name: str, alt: str, unique: str = "") -> _Shape:
        boxes = np.array([shape.box for shape in shapes])
        left, top = (int(v) for v in boxes[:, :2].min(axis=0))
        right, bottom = (int(v) for v in boxes[:, 2:].max(axis=0))
        size = f'cx="{right - left}" cy="{bottom - top}"'
        head = self.head(name, alt, kind="p:cNvGrpSpPr", unique=unique)
        xml = (
            f"<p:grpSp>{head}<p:grpSpPr><a:xfrm>"
            f'<a:off x="{left}" y="{top}"/><a:ext {size}/>'
            f'<a:chOff x="{left}" y="{top}"/><a:chExt {size}/></a:xfrm></p:grpSpPr>'
            f"{''.join(shape.xml for shape in shapes)}</p:grpSp>"
        )
        return _Shape(xml, (left, top, right, bottom))

    def _edges(self, x0: float, y0: float, x1: float, y1: float) -> tuple[int, int, int, int]:
        left, top = self._at.x(x0), self._at.y(y0)
        return left, top, max(self._at.x(x1), left + 1), max(self._at.y(y1), top + 1)

    def _stroke(self, ink: Ink | None, width: float, dash: Sequence[float]) -> str:
        if ink is None or not ink.color or width <= 0.0:
            return _NO_LINE
        lengths = [length / width for length in dash]
        return line_xml(self._colors.fill(ink), self._at.length(width), lengths)


def _rings(item: Mark) -> list[Floats]:
    """Return the rings of a symbol on the page, or the strokes of a cross."""
    return [
        np.array(ring) * item.symbol.size + (item.x, item.y) for ring in rings_of(item.symbol.shape)
    ]
