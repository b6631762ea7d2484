"""What every shape of a slide is written with: places, names, texts for who does not see it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from gisapp.render.scene import Area, Block, Image, Item, Line, Mark, Words, plain

EMU_PER_POINT: Final = 12_700
#: Points that a text box keeps free at left and right; half of them above and below.
INSET: Final = 7.2
NAMESPACES: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
#: Marks an object as nothing that a person who does not see it would miss.
DECORATIVE: Final = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext>'
    "</a:extLst>"
)
#: Names of what only guides the eye.
_DECORATION: Final = re.compile(
    r"^(Background|Water|Coastline|Map edge|Graticule|Axis|Legend leader|Legend circle)\b"
    r"|\b(rule|leader\)?)( \d+)?$"
)
#: What a number of shapes of a group is called, one and several.
_CALLED: Final = {
    Area: ("area", "areas"),
    Line: ("line", "lines"),
    Mark: ("symbol", "symbols"),
    Words: ("text", "texts"),
    Block: ("block", "blocks"),
    Image: ("picture", "pictures"),
}


@dataclass(frozen=True)
class Placement:
    """Page points to slide EMU: a factor and an offset in points; `type` is a factor on type.

    `wide` is the width of the page in points.
    """

    factor: float = 1.0
    dx: float = 0.0
    dy: float = 0.0
    type: float = 1.0
    wide: float = 0.0

    def size(self, points: float) -> float:
        """Return the size of type in points."""
        return points * self.factor * self.type

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
class Ties:
    """What shapes of a slide are tied to: each call returns the id of a relationship.

    Parameters
    ----------
    page
        To the slide of a page's number, from 1; "" if there is none.
    data
        To a PNG or SVG.
    number
        The `p:ph` element of the layout's slide number, "" where it has none.
    """

    page: Callable[[int], str]
    data: Callable[[bytes], str]
    number: str = ""


def frame_xml(edges: tuple[int, int, int, int]) -> str:
    """Return where a shape stands from its left, top, right and bottom in EMU."""
    left, top, right, bottom = edges
    return (
        f'<a:xfrm><a:off x="{left}" y="{top}"/>'
        f'<a:ext cx="{right - left}" cy="{bottom - top}"/></a:xfrm>'
    )


def alt_of(item: Item) -> str:
    """Return what is said of an item to who does not see it, "" for mere decoration."""
    return item.alt or ("" if _DECORATION.search(item.name) else item.name)


def said_of(name: str, items: Sequence[Item]) -> str:
    """Return what is said of a group: its name and what it holds."""
    counts = Counter(type(item) for item in items)
    parts = [f"{n} {_CALLED[kind][n > 1]}" for kind, n in counts.items()]
    return f"{name}: {', '.join(parts)}"


def attribute(text: str, most: int = 2000) -> str:
    """Return a text as the quoted value of an attribute, on one line."""
    return quoteattr(on_one_line(plain(text)[:most]))


def on_one_line(text: str) -> str:
    """Return a text with a space for every run of spaces, tabs and line ends."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()
