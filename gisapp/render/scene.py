"""What a page holds, as plain shapes: points of 1/72 inch, x right, y down from the top left.

Everything is named, stands in a group and carries a text for people who do not see it, so that
a drawer can make an editable object of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias

import numpy as np

from gisapp.model.features import Floats
from gisapp.render.picture import BarChart, FrameSpec, PageTable, Theme
from gisapp.render.symbology import Palette, Symbol

#: What no XML may hold: control characters, lone surrogates, non-characters.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: What pictures and documents call the text that holds their lineage, as JSON.
LINEAGE_KEY: Final = "Lineage"
#: Exterior ring and holes, each of shape (n, 2), not closed.
Part: TypeAlias = tuple[Floats, ...]


@dataclass(frozen=True)
class Ink:
    """A colour "#RRGGBB", how opaque it is, and its name in the theme ("" for none)."""

    color: str
    alpha: float = 1.0
    token: str = ""


def ink(colors: Palette, token: str, alpha: float = 1.0) -> Ink:
    """Return a colour of the theme by its name."""
    return Ink(getattr(colors, token), alpha, token)


def ink_of(colors: Palette, color: str, alpha: float = 1.0) -> Ink:
    """Return a colour with its name in the theme, if it has one."""
    return Ink(color, alpha, colors.token_of(color))


def plain(text: str) -> str:
    """Return a text without the characters that no XML may hold."""
    return _ILLEGAL.sub("", text)


def blended(color: str, alpha: float, ground: str) -> str:
    """Return the colour that a see-through one makes over a ground, all "#RRGGBB"."""
    top, under = (bytes.fromhex(text.lstrip("#")) for text in (color, ground))
    mixed = (round(a * alpha + b * (1.0 - alpha)) for a, b in zip(top, under, strict=True))
    return "#" + bytes(mixed).hex().upper()


@dataclass(frozen=True)
class Box:
    """A rectangle on the page: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The y of the bottom edge."""
        return self.y + self.h

    def overlaps(self, other: Box, slack: float = 0.01) -> bool:
        """Return whether the two share more than an edge."""
        return (
            self.x < other.right - slack
            and other.x < self.right - slack
            and self.y < other.bottom - slack
            and other.y < self.bottom - slack
        )

    def contains(self, other: Box, slack: float = 0.01) -> bool:
        """Return whether the other lies within."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )


@dataclass(frozen=True, eq=False)
class Area:
    """Polygons with holes; hatch is "", a slash or a backslash, drawn in `hatch_ink`.

    `ground` is the colour that a hatched area lies on, for formats whose patterns are opaque.
    """

    name: str
    group: str
    parts: tuple[Part, ...]
    fill: Ink | None = None
    stroke: Ink | None = None
    width: float = 0.0
    dash: tuple[float, ...] = ()
    hatch: str = ""
    hatch_ink: Ink | None = None
    ground: str = ""
    alt: str = ""


@dataclass(frozen=True, eq=False)
class Line:
    """Open paths. `arrow` is x, y of its tip, its direction in radians (y down) and length."""

    name: str
    group: str
    parts: tuple[Floats, ...]
    ink: Ink
    width: float
    dash: tuple[float, ...] = ()
    arrow: tuple[float, float, float, float] | None = None
    alt: str = ""


@dataclass(frozen=True)
class Mark:
    """A point symbol with its centre."""

    name: str
    group: str
    x: float
    y: float
    symbol: Symbol
    alt: str = ""


@dataclass(frozen=True)
class Words:
    """Lines of text; `y` is the top of the first line, `x` the left, centre or right by `align`.

    `anchor` is the place that a label belongs to, from which a `Nudge` is counted.
    `purpose` is title, subtitle, label, legend, scale, caption, sources, chart, table, text or
    number; `width` the width in points that the lines were wrapped to, 0 for a line that is never
    wrapped; `link` the number of the page that they lead to, from 1.
    """

    name: str
    group: str
    x: float
    y: float
    lines: tuple[str, ...]
    size: float
    ink: Ink
    bold: bool = False
    align: str = "left"
    halo: Ink | None = None
    purpose: str = "label"
    width: float = 0.0
    alt: str = ""
    link: int | None = None
    anchor: tuple[float, float] | None = None

    @property
    def text(self) -> str:
        """The lines as one running text."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Block:
    """A rectangle, hatched where `hatch` says so."""

    name: str
    group: str
    box: Box
    fill: Ink | None = None
    stroke: Ink | None = None
    width: float = 0.0
    hatch: str = ""
    hatch_ink: Ink | None = None
    alt: str = ""


@dataclass(frozen=True, eq=False)
class Image:
    """A picture that fills its box: `data` is a PNG or an SVG.

    An SVG comes with a PNG of the same (`fallback`) for programs that read no SVG.
    """

    name: str
    group: str
    box: Box
    data: bytes
    fallback: bytes = b""
    alt: str = ""

    @property
    def is_svg(self) -> bool:
        """Whether the data is an SVG."""
        return not self.data.startswith(b"\x89PNG")


Item: TypeAlias = Area | Line | Mark | Words | Block | Image


@dataclass(frozen=True)
class Fitted:
    """How a page stands on a slide of a template.

    Parameters
    ----------
    layout
        Number of the template's layout, from 0.
    x, y
        Where the page's top left lies on the slide, in points.
    places
        What the layout's placeholders take instead of the page: index, purpose and words, "" for
        a chart or table.
    """

    layout: int
    x: float = 0.0
    y: float = 0.0
    places: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Scene:
    """A page ready to be drawn, back to front.

    `chart` stands beside its own drawing (the items of group "Chart"): a drawer that knows charts
    places a real one in `chart_box` and leaves those items out; `table` likewise with the group
    "Table". `notes` is for who speaks: what is shown, method, sources. `lineage` is written into
    every file, name and value.
    """

    width: float
    height: float
    theme: Theme
    paper: Ink
    items: tuple[Item, ...]
    title: str
    alt: str
    map_box: Box
    chart: BarChart | None = None
    chart_box: Box | None = None
    table: PageTable | None = None
    table_box: Box | None = None
    subtitle: str = ""
    notes: str = ""
    as_of: date | None = None
    lineage: tuple[tuple[str, str], ...] = ()
    spec: FrameSpec = FrameSpec()
    fitted: Fitted | None = None
    notices: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in the order in which they first occur."""
        return tuple(dict.fromkeys(item.group for item in self.items))


def arrow_head(arrow: tuple[float, float, float, float]) -> Floats:
    """Return the corners of an arrow head from its tip, direction and length, shape (3, 2)."""
    x, y, angle, length = arrow
    back = np.array([np.cos(angle), np.sin(angle)]) * length
    side = np.array([-back[1], back[0]]) * 0.42
    tip = np.array([x, y])
    return np.array([tip, tip - back + side, tip - back - side])


def cleaned(item: Item) -> Item:
    """Return an item whose texts can be written into any file."""
    if isinstance(item, Words) and _ILLEGAL.search(item.text):
        item = replace(item, lines=tuple(plain(line) for line in item.lines))
    if _ILLEGAL.search(f"{item.name}{item.group}{item.alt}"):
        item = replace(item, name=plain(item.name), group=plain(item.group), alt=plain(item.alt))
    return item
