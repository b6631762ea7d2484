"""The one layout engine: where everything stands on a page, in points, y down.

Frame preview, static map and slide obey it, so what is framed is what comes out. Nothing is
clipped, nothing overlaps, and what had to be shortened is said in `Layout.notices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from gisapp.model.feedback import GisappError
from gisapp.render.fonts import LINE_HEIGHT, shorten, width_of, wrap
from gisapp.render.scene import Box
from gisapp.render.symbology import LARGEST_WEIGHTED, LegendEntry

MARGIN: Final = 36.0
PAGE_SIZES: Final[dict[str, tuple[float, float]]] = {
    "16:9": (960.0, 540.0),
    "4:3": (720.0, 540.0),
    "square": (720.0, 720.0),
    "A4": (841.89, 595.28),
    "A4 portrait": (595.28, 841.89),
    "A3": (1190.55, 841.89),
    "A3 portrait": (841.89, 1190.55),
    "letter": (792.0, 612.0),
    "letter portrait": (612.0, 792.0),
}
#: Symbols are defined in CSS pixels of 1/96 inch.
POINTS_PER_PIXEL: Final = 0.75
STRIP: Final = 24.0
_GAP: Final = 12.0


@dataclass(frozen=True)
class PageText:
    """The texts of a page. `sources` and `fine_print` are sentences of the footer."""

    title: str
    subtitle: str = ""
    caption: str = ""
    sources: tuple[str, ...] = ()
    fine_print: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextBlock:
    """Wrapped lines in their box; purpose is title, subtitle, caption or sources."""

    purpose: str
    box: Box
    lines: tuple[str, ...]
    size: float
    bold: bool
    token: str


@dataclass(frozen=True)
class LegendRow:
    """A legend entry with its place; the swatch fills `swatch`, the text starts at its right."""

    entry: LegendEntry
    box: Box
    swatch: Box
    lines: tuple[str, ...]
    size: float


@dataclass(frozen=True)
class Layout:
    """Where things stand. `strip` under the map holds the scale bar and the projection's name."""

    page: Box
    scale: float
    texts: tuple[TextBlock, ...]
    map_box: Box
    strip: Box
    legend: tuple[LegendRow, ...]
    chart: Box | None
    rule_y: float
    notices: tuple[str, ...] = ()

    @property
    def inner(self) -> Box:
        """The page without its margins."""
        return Box(MARGIN, MARGIN, self.page.w - 2 * MARGIN, self.page.h - 2 * MARGIN)


@dataclass(frozen=True)
class _Arrangement:
    map_box: Box
    strip: Box
    legend: tuple[LegendRow, ...]
    chart: Box | None
    overflow: float

    @property
    def merit(self) -> tuple[bool, float]:
        return self.overflow <= 0.01, self.map_box.w * self.map_box.h


def page_size(name: str) -> tuple[float, float]:
    """Return width and height of a page in points; an unknown name raises `GisappError`."""
    if name not in PAGE_SIZES:
        raise GisappError(
            "unknown_size", f'There is no page size "{name}".', f"Known: {', '.join(PAGE_SIZES)}."
        )
    return PAGE_SIZES[name]


def place(
    text: PageText,
    entries: Sequence[LegendEntry],
    *,
    size: str,
    aspect: float,
    flexible: bool = False,
    bars: int = 0,
) -> Layout:
    """Return the layout that gives the map the most room.

    Parameters
    ----------
    aspect
        Width by height of the map; a `flexible` map (a region) takes any shape of 0.6 to 2.6.
    bars
        Number of bars of the chart beside the map; 0 for no chart.
    """
    width, height = page_size(size)
    scale = min(max(min(width / 960.0, height / 540.0), 0.66), 1.4)
    inner = Box(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN)
    notices: list[str] = []
    head, top = _head(text, inner, scale, notices)
    foot, rule_y = _foot(text, inner, scale, notices)
    body = Box(inner.x, top, inner.w, rule_y - 8.0 * scale - top)
    best = _best(body, entries, aspect, flexible, bars, scale, notices)
    return Layout(
        page=Box(0.0, 0.0, width, height),
        scale=scale,
        texts=(*head, *foot),
        map_box=best.map_box,
        strip=best.strip,
        legend=best.legend,
        chart=best.chart,
        rule_y=rule_y,
        notices=tuple(notices),
    )


def _block(
    purpose: str, text: str, at: tuple[float, float], width: float, size: float, token: str
) -> TextBlock:
    bold = purpose == "title"
    lines = wrap(text, width, size, bold=bold)
    box = Box(*at, width, len(lines) * size * LINE_HEIGHT)
    return TextBlock(purpose, box, lines, size, bold, token)


def _cut(block: TextBlock, most: int, notices: list[str], what: str) -> TextBlock:
    if len(block.lines) <= most:
        return block
    notices.append(f"The {what} was shortened to fit the page.")
    # "…" marks the cut even where the last kept line would have fitted by itself
    last = shorten(f"{block.lines[most - 1]} …………", block.box.w, block.size, bold=block.bold)
    lines = (*block.lines[: most - 1], f"{last.rstrip('… ')}…")
    box = Box(block.box.x, block.box.y, block.box.w, most * block.size * LINE_HEIGHT)
    return TextBlock(block.purpose, box, lines, block.size, block.bold, block.token)


def _fitted(
    purpose: str,
    text: str,
    at: tuple[float, float],
    width: float,
    sizes: Sequence[tuple[float, int]],
    token: str,
    notices: list[str],
) -> TextBlock:
    """Take the first size whose line count fits; cut at the last one."""
    for size, most in sizes:
        block = _block(purpose, text, at, width, size, token)
        if len(block.lines) <= most:
            return block
    return _cut(block, sizes[-1][1], notices, purpose)


def _head(
    text: PageText, inner: Box, scale: float, notices: list[str]
) -> tuple[list[TextBlock], float]:
    blocks = []
    y = inner.y
    if text.title:
        sizes = [(28 * scale, 1), (24 * scale, 2), (20 * scale, 2), (16 * scale, 3)]
        title = _fitted("title", text.title, (inner.x, y), inner.w, sizes, "text", notices)
        blocks.append(title)
        y = title.box.bottom + 2.0 * scale
    if text.subtitle:
        sizes = [(14 * scale, 2), (12 * scale, 2), (10 * scale, 3)]
        sub = _fitted("subtitle", text.subtitle, (inner.x, y), inner.w, sizes, "muted", notices)
        blocks.append(sub)
        y = sub.box.bottom
    return blocks, y + _GAP * scale


def _foot(
    text: PageText, inner: Box, scale: float, notices: list[str]
) -> tuple[list[TextBlock], float]:
    running = "  ·  ".join(part for part in (*text.sources, *text.fine_print) if part)
    small = max(8.0 * scale, 6.5)
    blocks = []
    y = inner.bottom
    if running:
        sizes = [(small, 4), (max(small * 0.85, 6.0), 7)]
        foot = _fitted("sources", running, (inner.x, 0.0), inner.w, sizes, "muted", notices)
        y -= foot.box.h
        blocks.append(_moved(foot, y))
        y -= 6.0 * scale
    rule_y = y
    if text.caption:
        sizes = [(11 * scale, 2), (9 * scale, 3)]
        caption = _fitted("caption", text.caption, (inner.x, 0.0), inner.w, sizes, "text", notices)
        y -= caption.box.h + 5.0 * scale
        blocks.append(_moved(caption, y))
        return blocks, y
    return blocks, rule_y


def _moved(block: TextBlock, y: float) -> TextBlock:
    box = Box(block.box.x, y, block.box.w, block.box.h)
    return TextBlock(block.purpose, box, block.lines, block.size, block.bold, block.token)


def _best(
    body: Box,
    entries: Sequence[LegendEntry],
    aspect: float,
    flexible: bool,
    bars: int,
    scale: float,
    notices: list[str],
) -> _Arrangement:
    for shrink in (1.0, 0.9, 0.8, 0.7):
        tried = [
            arrange(body, entries, aspect, flexible, bars, scale, scale * shrink)
            for arrange in (_side, _below)
        ]
        best = max(tried, key=lambda each: each.merit)
        if best.overflow <= 0.01:
            return best
    kept = list(entries)
    while kept:
        kept.pop()
        more = LegendEntry("more", f"and {len(entries) - len(kept)} more", "status")
        best = _below(body, [*kept, more], aspect, flexible, bars, scale, scale * 0.7)
        if best.overflow <= 0.01:
            break
    notices.append(f"{len(entries) - len(kept)} legend entries did not fit the page.")
    return best


def _map_in(room: Box, aspect: float, flexible: bool, scale: float) -> tuple[Box, Box]:
    """Return the map and the strip under it, as large as the room allows."""
    strip = STRIP * scale
    high = max(room.h - strip, 1.0)
    if flexible:
        aspect = min(max(room.w / high, 0.6), 2.6)
    wide = min(room.w, high * aspect)
    box = Box(room.x, room.y, wide, wide / aspect)
    return box, Box(room.x, box.bottom, wide, strip)


def _side(
    body: Box,
    entries: Sequence[LegendEntry],
    aspect: float,
    flexible: bool,
    bars: int,
    scale: float,
    text_scale: float,
) -> _Arrangement:
    """Legend, under the chart if there is one, in a column at the right of the map."""
    gap = 2 * _GAP * scale
    if bars:
        wide = body.w * 0.36
    else:
        natural = max((_natural_width(e, text_scale) for e in entries), default=0.0)
        wide = min(natural, body.w * 0.24)
    room = Box(body.x, body.y, body.w - (wide + gap if wide else 0.0), body.h)
    map_box, strip = _map_in(room, aspect, flexible, scale)
    # the column stands beside the map, not at the far edge of the page
    left = body.right - wide if bars else map_box.right + gap
    high = _column_height(entries, wide, text_scale)
    chart = None
    top = body.y
    if bars:
        needed = chart_height(bars, scale)
        tall = min(body.h - (high + gap if entries else 0.0), needed)
        chart = Box(left, body.y, wide, tall)
        top = chart.bottom + gap
        over = max(top + high - body.bottom, 0.6 * needed - tall)
    else:
        over = high - body.h
    rows = _column(entries, left, top, wide, text_scale)
    over = max(over, room.w * 0.0, 0.4 * body.h - map_box.h if not bars else 0.0)
    return _Arrangement(map_box, strip, rows, chart, over)


def _below(
    body: Box,
    entries: Sequence[LegendEntry],
    aspect: float,
    flexible: bool,
    bars: int,
    scale: float,
    text_scale: float,
) -> _Arrangement:
    """Legend in columns under the map; the chart at its right, on a tall page underneath."""
    gap = 2 * _GAP * scale
    tall_page = body.h > body.w
    wide = body.w * 0.36 if bars and not tall_page else 0.0
    low = min(chart_height(bars, scale), body.h * 0.4) if bars and tall_page else 0.0
    room = Box(
        body.x, body.y, body.w - (wide + gap if wide else 0), body.h - (low + gap if low else 0)
    )
    rows, high = _grid(entries, room.x, 0.0, room.w, text_scale)
    map_room = Box(room.x, room.y, room.w, room.h - high - (_GAP * scale if high else 0.0))
    map_box, strip = _map_in(map_room, aspect, flexible, scale)
    top = strip.bottom + (_GAP * scale if high else 0.0)
    rows, _ = _grid(entries, room.x, top, room.w, text_scale)
    chart = None
    if wide:
        tall = min(body.h, chart_height(bars, scale))
        chart = Box(body.right - wide, body.y, wide, tall)
    elif low:
        chart = Box(body.x, top + high + gap, body.w, low)
    over = max(0.3 * body.h - map_box.h, 0.0)
    if wide or not low:
        over = max(over, top + high - body.bottom)
    else:
        over = max(over, top + high + gap + low - body.bottom)
    return _Arrangement(map_box, strip, rows, chart, over)


def chart_height(bars: int, scale: float) -> float:
    """Return the height in points at which a chart with so many bars looks well."""
    return (86.0 + bars * 22.0) * scale


def _text_size(text_scale: float) -> float:
    return max(10.0 * text_scale, 6.0)


def _swatch_width(text_scale: float) -> float:
    return 22.0 * max(text_scale, 0.6)


def row_text(entry: LegendEntry) -> str:
    """Return the text of a legend row, with its count where there is one."""
    if entry.count is None:
        return entry.label
    return f"{entry.label} ({entry.count:,})".replace(",", "\u202f")


def _natural_width(entry: LegendEntry, text_scale: float) -> float:
    extra = LARGEST_WEIGHTED * POINTS_PER_PIXEL + 34.0 if entry.sizes else 0.0
    text = width_of(row_text(entry), _text_size(text_scale)) + 1.0
    return _swatch_width(text_scale) + max(text, extra)


def _row_height(entry: LegendEntry, lines: int, text_scale: float) -> float:
    size = _text_size(text_scale)
    if entry.sizes:
        return (
            lines * size * LINE_HEIGHT
            + 4.0
            + max(LARGEST_WEIGHTED * POINTS_PER_PIXEL, len(entry.sizes) * size * 0.95)
        )
    return max(lines * size * LINE_HEIGHT, 11.0 * text_scale) + 3.0 * text_scale


def _row_lines(entry: LegendEntry, width: float, text_scale: float) -> tuple[str, ...]:
    swatch = 0.0 if entry.sizes else _swatch_width(text_scale)
    return wrap(row_text(entry), width - swatch, _text_size(text_scale)) or ("",)


def _placed(entry: LegendEntry, x: float, y: float, width: float, text_scale: float) -> LegendRow:
    lines = _row_lines(entry, width, text_scale)
    size = _text_size(text_scale)
    high = _row_height(entry, len(lines), text_scale)
    line = size * LINE_HEIGHT
    if entry.sizes:
        swatch = Box(x, y + len(lines) * line + 2.0, width, high - len(lines) * line - 4.0)
    else:
        swatch = Box(x, y, _swatch_width(text_scale), line)
    return LegendRow(entry, Box(x, y, width, high), swatch, lines, size)


def _group_gap(before: LegendEntry | None, entry: LegendEntry, text_scale: float) -> float:
    return 7.0 * text_scale if before is not None and before.group != entry.group else 0.0


def _column(
    entries: Sequence[LegendEntry], x: float, y: float, width: float, text_scale: float
) -> tuple[LegendRow, ...]:
    rows: list[LegendRow] = []
    before = None
    for entry in entries:
        y += _group_gap(before, entry, text_scale)
        rows.append(_placed(entry, x, y, width, text_scale))
        y = rows[-1].box.bottom
        before = entry
    return tuple(rows)


def _column_height(entries: Sequence[LegendEntry], width: float, text_scale: float) -> float:
    rows = _column(entries, 0.0, 0.0, max(width, 1.0), text_scale)
    return rows[-1].box.bottom if rows else 0.0


def _grid(
    entries: Sequence[LegendEntry], x: float, y: float, width: float, text_scale: float
) -> tuple[tuple[LegendRow, ...], float]:
    """Fill equal columns from top to bottom; return the rows and the height they need."""
    if not entries:
        return (), 0.0
    natural = max(_natural_width(e, text_scale) for e in entries) + 14.0 * text_scale
    columns = max(min(int(width / min(natural, width)), len(entries)), 1)
    wide = min(natural, width / columns)
    cell = wide - 14.0 * text_scale
    heights = [_row_height(e, len(_row_lines(e, cell, text_scale)), text_scale) for e in entries]
    tall = max(sum(heights) / columns, *heights)
    while True:
        rows: list[LegendRow] = []
        column, down = 0, 0.0
        for entry, high in zip(entries, heights, strict=True):
            if down and down + high > tall + 0.01:
                column, down = column + 1, 0.0
            rows.append(_placed(entry, x + column * wide, y + down, cell, text_scale))
            down += high
        if column < columns:
            return tuple(rows), max(row.box.bottom for row in rows) - y
        tall *= 1.06


def check(layout: Layout) -> tuple[str, ...]:
    """Return a sentence for each pair that overlaps and each thing that leaves the margins."""
    boxes: list[tuple[str, Box]] = [
        *((block.purpose, block.box) for block in layout.texts),
        ("map", layout.map_box),
        ("strip", layout.strip),
        *((f"legend row {row.entry.key}", row.box) for row in layout.legend),
    ]
    if layout.chart is not None:
        boxes.append(("chart", layout.chart))
    faults = [
        f"{name} leaves the margins." for name, box in boxes if not layout.inner.contains(box)
    ]
    faults += [
        f"{name} overlaps {other}."
        for (name, box), (other, second) in combinations(boxes, 2)
        if box.overlaps(second)
    ]
    faults += [
        f"{block.purpose} has a line wider than its box."
        for block in layout.texts
        for line in block.lines
        if width_of(line, block.size, bold=block.bold) > block.box.w + 0.5
    ]
    return tuple(faults)
