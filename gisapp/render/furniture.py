"""What stands around the map: titles, footer, legend and scale bar, as scene items."""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.model.numbers import whole
from gisapp.render.fonts import LINE_HEIGHT, shorten, width_of
from gisapp.render.layout import POINTS_PER_PIXEL, Layout, LegendRow
from gisapp.render.picture import Theme
from gisapp.render.projection import Projection
from gisapp.render.scene import Area, Block, Box, Item, Line, Mark, Words, ink, ink_of
from gisapp.render.symbology import Symbol, palette

LEGEND: Final = "Legend"
PURPOSE_GROUP: Final = {
    "title": "Title",
    "subtitle": "Title",
    "caption": "Footer",
    "sources": "Footer",
}


def text_items(layout: Layout, theme: Theme) -> list[Item]:
    """Return title, subtitle, caption and the footer with its rule."""
    colors = palette(theme)
    items: list[Item] = [
        Words(
            block.purpose.capitalize(),
            PURPOSE_GROUP[block.purpose],
            block.box.x,
            block.box.y,
            block.lines,
            block.size,
            ink(colors, block.token),
            bold=block.bold,
            purpose=block.purpose,
            width=block.box.w,
        )
        for block in layout.texts
    ]
    inner = layout.inner
    rule = np.array([(inner.x, layout.rule_y), (inner.right, layout.rule_y)])
    return [*items, Line("Footer rule", "Footer", (rule,), ink(colors, "rule"), 0.6)]


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
            wide = entry.line.width * POINTS_PER_PIXEL * layout.scale
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
    factor = POINTS_PER_PIXEL * layout.scale * weighted_scale
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


def scale_items(
    layout: Layout,
    projection: Projection,
    points_per_meter: float,
    at: tuple[float, float],
    theme: Theme,
) -> list[Item]:
    """Return the scale bar, true at the position given, and the name of the projection.

    Parameters
    ----------
    points_per_meter
        Page points by metre of the projected plane.
    at
        Longitude and latitude in degrees.
    """
    colors = palette(theme)
    strip, scale = layout.strip, layout.scale
    lon, lat = at
    size = 8.0 * scale
    points_per_km = points_per_meter / projection.km_per_meter(lat, lon)
    km = nice_below(0.2 * strip.w / points_per_km)
    wide = km * points_per_km
    middle = strip.y + strip.h * 0.62
    tick = 2.4 * scale
    bar = np.array(
        [
            (strip.x, middle - tick),
            (strip.x, middle),
            (strip.x + wide, middle),
            (strip.x + wide, middle - tick),
        ]
    )
    side = "N" if lat >= 0 else "S"
    length = whole(km) if km >= 1 else f"{km:g}"
    label = f"{length}\u00a0km at {abs(lat):.0f}°\u00a0{side}"
    muted = ink(colors, "muted")
    label_width = width_of(label, size)
    left = strip.x + wide + 6.0 * scale
    y = middle - size * LINE_HEIGHT * 0.6
    room = strip.right - left - label_width - 12.0 * scale
    name = shorten(f"{projection.kind.title} projection", max(room, 0.0), size)
    return [
        Line("Scale bar", "Scale bar", (bar,), muted, 0.9, alt=label),
        Words("Scale", "Scale bar", left, y, (label,), size, muted, purpose="scale"),
        *(
            [
                Words(
                    "Projection",
                    "Scale bar",
                    strip.right,
                    y,
                    (name,),
                    size,
                    muted,
                    align="right",
                    purpose="scale",
                )
            ]
            if len(name) > 3
            else []
        ),
    ]


def nice_below(value: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is at most the value."""
    magnitude = 10.0 ** np.floor(np.log10(value))
    return float(max(step for step in (1, 2, 5) if step * magnitude <= value) * magnitude)


def background(layout: Layout, theme: Theme) -> Block:
    """Return the page's own colour."""
    return Block("Background", "Background", layout.page, ink(palette(theme), "paper"))
