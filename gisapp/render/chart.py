"""A horizontal bar chart as plain shapes, for drawers that know no charts of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisapp.model.numbers import whole
from gisapp.render.fonts import (
    LINE_HEIGHT,
    OURS,
    FontFiles,
    balanced,
    font_files,
    shorten,
    width_of,
    wrap,
)
from gisapp.render.picture import Bar, BarChart, Theme
from gisapp.render.scene import Block, Box, Ink, Item, Line, Words, ink
from gisapp.render.symbology import bar_color, palette

GROUP: Final = "Chart"
#: How far a bar's uncertain end fades.
UNSURE_ALPHA: Final = 0.4
_SHORTEST_ROW: Final = 11.0
TALLEST_ROW: Final = 30.0
#: How much of the chart's width the names of the bars may take.
NAMES_SHARE: Final = 0.5
#: Lines of a name, and how large it is against the other names, in the order of trying.
_NAME_TRIES: Final = ((1, 1.0), (1, 0.93), (2, 1.0), (2, 0.9), (3, 0.8), (1, 0.7))
_LEAST_PART: Final = 0.7


def value_text(bar: Bar, unit: str) -> str:
    """Return a bar's value as people read it: "14.7 %", or "14.7 to 14.9 %" where bounds differ."""
    low, high = _number(bar.low), _number(bar.high)
    both = low if low == high else f"{low}\u2009\u2013\u2009{high}"
    return f"{both}\u00a0{unit}" if unit == "%" else both


def _number(value: float) -> str:
    if value >= 100.0:
        return whole(value)
    return f"{value:.1f}" if value >= 0.05 or value == 0.0 else "< 0.1"


def stands_out(chart: BarChart, bar: Bar) -> bool:
    """Return whether a bar's value is set bold: the alliance's, among others."""
    return bar.kind == "alliance" and any(other.kind != "alliance" for other in chart.bars)


def axis_end(chart: BarChart) -> float:
    """Return the value at the right end of the axis: 100 for shares, else the longest bar."""
    longest = max((bar.high for bar in chart.bars), default=0.0)
    if chart.unit == "%":
        return 100.0 if max(longest, chart.limit or 0.0) > 40.0 else max(longest * 1.05, 1.0)
    return max(longest, chart.limit or 0.0, 1e-9)


def shown_bars(chart: BarChart, height: float, scale: float) -> tuple[Bar, ...]:
    """Return as many bars, longest first as given, as fit this height in points."""
    return chart.bars[: max(int(height / (_SHORTEST_ROW * scale)), 1)]


def head_height(chart: BarChart, width: float, scale: float, *, fonts: FontFiles = OURS) -> float:
    """Return the height in points of title and subtitle above the bars."""
    title = balanced(chart.title, width, 13.0 * scale, bold=True, fonts=fonts)
    subtitle = balanced(chart.subtitle, width, 9.5 * scale, fonts=fonts)
    return (13.0 * len(title) + 9.5 * len(subtitle)) * LINE_HEIGHT * scale + 8.0 * scale


def head_items(chart: BarChart, box: Box, theme: Theme, scale: float) -> list[Words]:
    """Return the finding and what is shown, above the bars."""
    colors, fonts = palette(theme), font_files(theme)
    size = 13.0 * scale
    title = balanced(chart.title, box.w, size, bold=True, fonts=fonts)
    # an editable title wraps by itself: as wide as its longest line it wraps at the same words
    widths = (width_of(line, size, bold=True, fonts=fonts) for line in title)
    wide = max(widths, default=0.0) + 1.0
    subtitle = balanced(chart.subtitle, box.w, 9.5 * scale, fonts=fonts)
    dark, muted = ink(colors, "text"), ink(colors, "muted")
    top = box.y + 13.0 * scale * LINE_HEIGHT * len(title) + 1.0 * scale
    words = [
        Words(
            "Chart title",
            GROUP,
            box.x,
            box.y,
            title,
            13.0 * scale,
            dark,
            bold=True,
            purpose="chart",
            width=min(wide, box.w) if len(title) > 1 else box.w,
        ),
        Words(
            "Chart subtitle",
            GROUP,
            box.x,
            top,
            subtitle,
            9.5 * scale,
            muted,
            purpose="chart",
            width=box.w,
        ),
    ]
    return [each for each in words if each.lines]


def note_items(chart: BarChart, at: Box, theme: Theme, scale: float, left_out: int) -> list[Words]:
    """Return the note at the top of a box; it says how many bars did not fit."""
    more = f"{left_out} smaller ones are not shown." if left_out else ""
    size = 8.0 * scale
    note = " ".join(part for part in (chart.note, more) if part)
    lines = balanced(note, at.w, size, fonts=font_files(theme))
    if not lines:
        return []
    muted = ink(palette(theme), "muted")
    return [Words("Chart note", GROUP, at.x, at.y, lines, size, muted, purpose="chart", width=at.w)]


def _over(chart: BarChart, width: float, scale: float, fonts: FontFiles) -> float:
    """Return the height above the bars: title, subtitle, the name of the limit."""
    limit = 12.0 * scale if chart.limit is not None else 0.0
    return head_height(chart, width, scale, fonts=fonts) + limit


def _under(note: str, width: float, scale: float, fonts: FontFiles) -> float:
    """Return the height of a note under the bars."""
    lines = len(wrap(note, width, 8.0 * scale, fonts=fonts))
    return lines * 8.0 * scale * LINE_HEIGHT + 9.0 * scale if lines else 0.0


def least_height(chart: BarChart, width: float, scale: float, *, fonts: FontFiles = OURS) -> float:
    """Return the height in points in which every bar of a chart can be read."""
    around = _over(chart, width, scale, fonts) + _under(chart.note, width, scale, fonts)
    return around + len(chart.bars) * (_SHORTEST_ROW + 1.0) * scale


def best_height(chart: BarChart, width: float, scale: float, *, fonts: FontFiles = OURS) -> float:
    """Return the height in points at which a chart looks well; more is no better."""
    around = _over(chart, width, scale, fonts) + _under(chart.note, width, scale, fonts)
    return around + len(chart.bars) * TALLEST_ROW * scale


def bars_box(chart: BarChart, box: Box, scale: float, *, fonts: FontFiles = OURS) -> Box:
    """Return the room of the bars themselves, between head and note."""
    top = box.y + _over(chart, box.w, scale, fonts)
    high = box.bottom - top
    for more in ("", " 99 smaller ones are not shown."):
        under = _under(f"{chart.note}{more}", box.w, scale, fonts)
        high = max(box.bottom - under - top, 10.0)
        if len(shown_bars(chart, high, scale)) == len(chart.bars):
            break
    return Box(box.x, top, box.w, high)


@dataclass(frozen=True)
class _Name:
    """The name of a bar as it stands beside it; its widest line is `width` points."""

    lines: tuple[str, ...]
    size: float
    width: float


def _name(label: str, most: float, row: float, size: float, fonts: FontFiles) -> _Name:
    """Return a name within a width and the height of its row: wrapped or smaller, hardly ever cut.

    A shade smaller is better than a second line, that is better than much smaller.
    """
    for lines, part in _NAME_TRIES:
        own = min(part * size, row / (lines * LINE_HEIGHT))
        if own < _LEAST_PART * size:
            continue
        found = balanced(label, most, own, fonts=fonts)
        widths = [width_of(line, own, fonts=fonts) for line in found]
        if found and len(found) <= lines and not _broken(label, found):
            return _Name(found, own, max(widths))
    short = shorten(label, most, _LEAST_PART * size, fonts=fonts)
    wide = width_of(short, _LEAST_PART * size, fonts=fonts)
    return _Name((short,), _LEAST_PART * size, wide)


def _broken(label: str, lines: Sequence[str]) -> bool:
    """Return whether a line ends within a word of a script that has words."""
    return any(
        len(word) > 1 and word not in label.split() for line in lines for word in line.split()
    )


def chart_items(chart: BarChart, box: Box, theme: Theme, scale: float) -> list[Item]:
    """Return the chart as blocks, lines and words within the box."""
    colors, fonts = palette(theme), font_files(theme)
    room = bars_box(chart, box, scale, fonts=fonts)
    bars = shown_bars(chart, room.h, scale)
    row = min(room.h / max(len(bars), 1), TALLEST_ROW * scale)
    size = min(10.0 * scale, row * 0.72)
    dark = ink(colors, "text")
    written = [_name(b.label, room.w * NAMES_SHARE, row, size, fonts) for b in bars]
    names = max((name.width for name in written), default=0.0)
    values = max(
        (
            width_of(value_text(b, chart.unit), size, bold=stands_out(chart, b), fonts=fonts)
            for b in bars
        ),
        default=0.0,
    )
    left = room.x + names + 6.0 * scale
    per_unit = max(room.right - left - values - 5.0 * scale, 10.0) / axis_end(chart)
    items: list[Item] = [*head_items(chart, box, theme, scale)]
    figures: list[Words] = []  # over the line of the limit
    for i, bar in enumerate(bars):
        y = room.y + i * row
        high = row * 0.66
        top = y + (row - high) / 2
        text_y = y + (row - size * LINE_HEIGHT) / 2
        name = written[i]
        value = value_text(bar, chart.unit)
        items.append(
            Words(
                f"{bar.label} label",
                GROUP,
                left - 6.0 * scale,
                y + (row - len(name.lines) * name.size * LINE_HEIGHT) / 2,
                name.lines,
                name.size,
                dark,
                align="right",
                purpose="chart",
                bold=False,
            )
        )
        items += _bar_blocks(bar, Box(left, top, 0.0, high), per_unit, theme, value)
        figures.append(
            Words(
                f"{bar.label} value",
                GROUP,
                left + bar.high * per_unit + 4.0 * scale,
                text_y,
                (value,),
                size,
                dark,
                halo=ink(colors, "paper"),
                purpose="chart",
                bold=stands_out(chart, bar),
            )
        )
    bottom = room.y + row * len(bars)
    items.append(
        Line(
            "Axis",
            GROUP,
            (np.array([(left, room.y), (left, bottom)]),),
            ink(colors, "rule"),
            0.75,
        )
    )
    if chart.limit is not None:
        x = left + chart.limit * per_unit
        red = ink(colors, "limit")
        label = chart.limit_label or f"{chart.limit:g}\u00a0{chart.unit}"
        items.append(Line("Limit", GROUP, (np.array([(x, room.y), (x, bottom)]),), red, 0.8))
        small = 8.5 * scale
        wide = width_of(label, small, fonts=fonts)
        start = min(max(x - wide / 2, room.x), room.right - wide)
        items.append(
            Words(
                "Limit label",
                GROUP,
                start,
                room.y - small * LINE_HEIGHT,
                (label,),
                small,
                red,
                purpose="chart",
            )
        )
    under = Box(box.x, bottom + 8.0 * scale, box.w, box.bottom - bottom)
    return [*items, *figures, *note_items(chart, under, theme, scale, len(chart.bars) - len(bars))]


def _bar_blocks(bar: Bar, row: Box, per_unit: float, theme: Theme, value: str) -> list[Item]:
    color = bar_color(theme, bar.kind)
    token = bar.kind if bar.kind in ("alliance", "leader", "unknown") else "grey"
    alt = f"{bar.label}: {value}"
    hatch = "/" if bar.kind == "unknown" else ""
    line = ink(palette(theme), "muted") if hatch else None
    sure = Box(row.x, row.y, bar.low * per_unit, row.h)
    items: list[Item] = [
        Block(bar.label, GROUP, sure, Ink(color, token=token), hatch=hatch, hatch_ink=line, alt=alt)
    ]
    if bar.high > bar.low:
        rest = Box(sure.right, row.y, (bar.high - bar.low) * per_unit, row.h)
        items.append(
            Block(
                f"{bar.label}, upper bound",
                GROUP,
                rest,
                Ink(color, UNSURE_ALPHA, token),
                hatch=hatch,
                hatch_ink=line,
                alt=alt,
            )
        )
    return items
