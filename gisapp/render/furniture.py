"""What stands around the map: titles, footer, logo and legend, as scene items."""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.model.numbers import whole
from gisapp.render.layout import Layout, LegendRow, PageFrame, TextBlock
from gisapp.render.logo import logo_pictures
from gisapp.render.page_sizes import POINTS_PER_PIXEL
from gisapp.render.picture import Brand, Theme
from gisapp.render.scene import Area, Block, Box, Image, Item, Line, Mark, Words, ink, ink_of
from gisapp.render.symbology import Symbol, palette

LEGEND: Final = "Legend"
PURPOSE_GROUP: Final = {
    "title": "Title",
    "subtitle": "Title",
    "caption": "Footer",
    "sources": "Footer",
    "number": "Footer",
}


def text_items(frame: PageFrame, theme: Theme) -> list[Item]:
    """Return title, subtitle, caption, page number and the footer with its rule."""
    colors = palette(theme)
    inner = frame.inner
    rule = np.array([(inner.x, frame.rule_y), (inner.right, frame.rule_y)])
    return [
        *(block_words(block, theme) for block in frame.texts),
        Line("Footer rule", "Footer", (rule,), ink(colors, "rule"), 0.6),
    ]


def block_words(block: TextBlock, theme: Theme, name: str = "", group: str = "") -> Words:
    """Return a block as words, by default named and grouped after its purpose."""
    box = block.box
    return Words(
        name or block.purpose.capitalize(),
        group or PURPOSE_GROUP[block.purpose],
        box.right if block.align == "right" else box.x,
        box.y,
        block.lines,
        block.size,
        ink(palette(theme), block.token),
        bold=block.bold,
        align=block.align,
        purpose=block.purpose,
        width=box.w,
    )


def logo_items(frame: PageFrame, theme: Theme) -> list[Item]:
    """Return the logo of a brand in its place, if it has one."""
    if frame.logo is None or not isinstance(theme, Brand):
        return []
    data, fallback = logo_pictures(theme.logo)
    name = f"Logo of {theme.name}" if theme.name else "Logo"
    return [Image("Logo", "Title", frame.logo, data, fallback, alt=name)]


def legend_items(layout: Layout, theme: Theme, weighted_scale: float = 1.0) -> list[Item]:
    """Return the legend: a swatch and a text for each row.

    Parameters
    ----------
    weighted_scale
        How large the map's symbols by weight are against those of the legend entries.
    """
    items: list[Item] = []
    for row in layout.legend:
        items += _row_items(row, layout, theme, weighted_scale)
    return items


def _row_items(row: LegendRow, layout: Layout, theme: Theme, weighted_scale: float) -> list[Item]:
    colors = palette(theme)
    entry, swatch = row.entry, row.swatch
    left = row.box.x if entry.sizes or entry.is_heading else swatch.right
    text = Words(
        f"Legend: {entry.label}",
        LEGEND,
        left,
        row.box.y,
        row.lines,
        row.size,
        ink(colors, "text"),
        purpose="legend",
    )
    name = f"Legend swatch: {entry.label}"
    middle_x, middle_y = swatch.x + swatch.w * 0.36, swatch.y + swatch.h * 0.52
    half = swatch.w * 0.36
    items: list[Item] = []
    if entry.sizes:
        items = _nested(row, layout, theme, weighted_scale)
    elif entry.symbol is not None:
        scale = POINTS_PER_PIXEL * layout.scale * 1.15
        items = [Mark(name, LEGEND, middle_x, middle_y, scaled(entry.symbol, scale))]
    elif entry.line is not None:
        path = np.array([(middle_x - half, middle_y), (middle_x + half, middle_y)])
        ahead = half if entry.line.arrow == "end" else 2.0
        tip = (middle_x + ahead, middle_y, 0.0, 4.2) if entry.line.arrow else None
        drawn = ink_of(colors, entry.line.color, entry.line.opacity)
        wide = max(entry.line.width, 1.2)
        if entry.key.startswith("width:"):  # read against the map: exactly as wide as there
            wide = entry.line.width * POINTS_PER_PIXEL * layout.map_scale
        items = [Line(name, LEGEND, (path,), drawn, wide, entry.line.dash, tip)]
    elif entry.ramp:
        wide = 2.0 * half / len(entry.ramp)
        top = middle_y - half * 0.55
        items = [
            Block(
                f"{name} {i + 1}",
                LEGEND,
                Box(middle_x - half + i * wide, top, wide, half * 1.1),
                ink_of(colors, color),
            )
            for i, color in enumerate(entry.ramp)
        ]
    elif entry.area is not None:
        area = entry.area
        box = Box(middle_x - half, middle_y - half * 0.62, half * 2, half * 1.24)
        ring = np.array(
            [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
        )
        items = [
            Area(
                name,
                LEGEND,
                ((ring,),),
                ink_of(colors, area.fill, min(area.alpha * 1.6, 1.0))
                if area.fill and area.alpha
                else None,
                ink_of(colors, area.outline) if area.outline and area.width else None,
                area.width,
                area.dash,
                area.hatch,
                ink_of(colors, area.outline or area.fill, 0.6),
                colors.paper,
            )
        ]
    return [*items, text]


def scaled(symbol: Symbol, factor: float) -> Symbol:
    """Return a symbol with all lengths multiplied."""
    return Symbol(
        symbol.shape,
        symbol.fill,
        symbol.stroke,
        symbol.stroke_width * factor,
        symbol.size * factor,
        symbol.halo,
        symbol.halo_width * factor,
        symbol.ring,
        symbol.ring_color,
        symbol.hollow,
        symbol.opacity,
    )


def _nested(row: LegendRow, layout: Layout, theme: Theme, weighted_scale: float) -> list[Item]:
    """Circles that share their lowest point, each with its value at the height of its top."""
    colors = palette(theme)
    factor = POINTS_PER_PIXEL * layout.map_scale * weighted_scale
    largest = row.entry.sizes[0][1] * factor
    bottom = row.swatch.bottom - 1.0
    middle = row.swatch.x + largest / 2 + 1.0
    size = row.size * 0.9
    items: list[Item] = []
    lowest = row.box.bottom - len(row.entry.sizes) * size * 1.05 - size * 0.2
    text_y = min(bottom - largest - size * 0.5, lowest)
    for value, diameter in row.entry.sizes:
        own = diameter * factor
        symbol = Symbol("circle", "", colors.muted, 0.7, own, colors.halo, 0.0, hollow=True)
        name = whole(value)
        items.append(Mark(f"Legend circle: {name}", LEGEND, middle, bottom - own / 2, symbol))
        circle_top = bottom - own
        y = max(text_y, min(circle_top - size * 0.6, lowest))
        right = middle + largest / 2 + 10.0
        leader = np.array([(middle, circle_top), (right - 2.0, y + size * 0.6)])
        items.append(Line(f"Legend leader: {name}", LEGEND, (leader,), ink(colors, "muted"), 0.4))
        items.append(
            Words(
                f"Legend size: {name}",
                LEGEND,
                right,
                y,
                (name,),
                size,
                ink(colors, "text"),
                purpose="legend",
            )
        )
        text_y = y + size * 1.05
    return items


def background(page: Box, theme: Theme) -> Block:
    """Return the page's own colour."""
    return Block("Background", "Background", page, ink(palette(theme), "paper"))
