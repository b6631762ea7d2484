"""The one layout engine: where everything stands on a page, in points, y down.

Frame preview, static map and slide obey it, so what is framed is what comes out. Nothing is
clipped, nothing overlaps, and what had to be shortened is said in `Layout.notices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import sqrt
from typing import Final

from gisapp.model.feedback import GisappError
from gisapp.model.numbers import NO_BREAK, whole
from gisapp.render.fonts import LINE_HEIGHT, balanced, shorten, width_of, wrap
from gisapp.render.legend import LegendEntry
from gisapp.render.scene import Box
from gisapp.render.symbology import LARGEST_WEIGHTED

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
_COLUMN_GAP: Final = 14.0
_NARROWEST_COLUMN: Final = 115.0
#: Parts of the body's width that a chart may take, and the least width it is read at.
_CHART_SHARES: Final = (0.36, 0.33, 0.30, 0.27)
_UNDER_SHARE: Final = 0.42  # of the width for the legend, where it stands beside the chart
_NARROWEST_CHART: Final = 225.0


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
    def fits(self) -> bool:
        return self.overflow <= 0.01


@dataclass(frozen=True)
class _Task:
    """What has to be arranged in the body of a page, and how large its text is."""

    body: Box
    entries: tuple[LegendEntry, ...]
    aspect: float
    flexible: bool
    bars: int
    scale: float
    text_scale: float
    chart_share: float = _CHART_SHARES[0]


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
    # type grows with the page's area, but a narrow page keeps short lines
    scale = min(max(min(sqrt(width * height / (960.0 * 540.0)), width / 640.0), 0.66), 1.4)
    inner = Box(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN)
    notices: list[str] = []
    room = _Room(inner, scale, notices)
    head, top = _head(text, room)
    foot, rule_y = _foot(text, room)
    body = Box(inner.x, top, inner.w, rule_y - 8.0 * scale - top)
    best = _best(_Task(body, tuple(entries), aspect, flexible, bars, scale, scale), notices)
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


_TOKEN: Final = {"title": "text", "subtitle": "muted", "caption": "text", "sources": "muted"}


def _block(purpose: str, text: str, y: float, inner: Box, size: float) -> TextBlock:
    bold = purpose == "title"
    lines = (balanced if bold else wrap)(text, inner.w, size, bold=bold)
    # an editable title wraps by itself: as wide as its longest line it wraps at the same words
    several = bold and len(lines) > 1
    wide = max(width_of(line, size, bold=bold) for line in lines) + 1.0 if several else inner.w
    box = Box(inner.x, y, min(wide, inner.w), len(lines) * size * LINE_HEIGHT)
    return TextBlock(purpose, box, lines, size, bold, _TOKEN[purpose])


def _cut(block: TextBlock, most: int, notices: list[str]) -> TextBlock:
    notices.append(f"The {block.purpose} text was shortened to fit the page.")
    # "…" marks the cut even where the last kept line would have fitted by itself
    last = shorten(f"{block.lines[most - 1]} …………", block.box.w, block.size, bold=block.bold)
    lines = (*block.lines[: most - 1], f"{last.rstrip('… ')}…")
    box = Box(block.box.x, block.box.y, block.box.w, most * block.size * LINE_HEIGHT)
    return TextBlock(block.purpose, box, lines, block.size, block.bold, block.token)


@dataclass(frozen=True)
class _Room:
    """Where text goes: the page without margins, its scale, and what had to be shortened."""

    inner: Box
    scale: float
    notices: list[str]

    def fit(
        self, purpose: str, text: str, y: float, sizes: Sequence[tuple[float, int]]
    ) -> TextBlock:
        """Take the first size (points at scale 1, most lines) that fits, else cut at the last."""
        for size, most in sizes:
            block = _block(purpose, text, y, self.inner, max(size * self.scale, 6.0))
            if len(block.lines) <= most:
                return block
        return _cut(block, sizes[-1][1], self.notices)


def _head(text: PageText, room: _Room) -> tuple[list[TextBlock], float]:
    blocks = []
    y = room.inner.y
    if text.title:
        title = room.fit("title", text.title, y, [(28, 1), (25, 1), (24, 2), (20, 2), (16, 3)])
        blocks.append(title)
        y = title.box.bottom + 2.0 * room.scale
    if text.subtitle:
        subtitle = room.fit("subtitle", text.subtitle, y, [(14, 1), (12.5, 1), (12, 2), (10, 3)])
        blocks.append(subtitle)
        y = subtitle.box.bottom
    return blocks, y + _GAP * room.scale


def _foot(text: PageText, room: _Room) -> tuple[list[TextBlock], float]:
    running = "  ·  ".join(part for part in (*text.sources, *text.fine_print) if part)
    blocks = []
    y = room.inner.bottom
    if running:
        foot = room.fit("sources", running, 0.0, [(8, 4), (7, 7)])
        y -= foot.box.h
        blocks.append(_moved(foot, y))
        y -= 6.0 * room.scale
    if text.caption:
        caption = room.fit("caption", text.caption, 0.0, [(11, 2), (9, 3)])
        y -= caption.box.h + 5.0 * room.scale
        blocks.append(_moved(caption, y))
    return blocks, y


def _moved(block: TextBlock, y: float) -> TextBlock:
    box = Box(block.box.x, y, block.box.w, block.box.h)
    return TextBlock(block.purpose, box, block.lines, block.size, block.bold, block.token)


def _best(task: _Task, notices: list[str]) -> _Arrangement:
    # a little smaller a legend may be for a larger map; much smaller only where nothing else fits
    for shrinks in ((1.0, 0.9), (0.8,), (0.7,)):
        found = [
            (each.map_box.w * each.map_box.h * shrink, each)
            for shrink in shrinks
            for share in _chart_shares(task)
            for arrange in (_below, _side, _under)
            if (each := arrange(_resized(task, shrink, share))).fits
        ]
        if found:
            return max(found, key=lambda pair: pair[0])[1]
    kept = task.entries
    while kept:
        kept = kept[:-1]
        more = LegendEntry("more", f"and {len(task.entries) - len(kept)} more", "status")
        best = _below(replace(_resized(task, 0.7, _CHART_SHARES[0]), entries=(*kept, more)))
        if best.fits:
            break
    notices.append(f"{len(task.entries) - len(kept)} legend entries did not fit the page.")
    return best


def _resized(task: _Task, shrink: float, share: float) -> _Task:
    return replace(task, text_scale=task.scale * shrink, chart_share=share)


def _chart_shares(task: _Task) -> tuple[float, ...]:
    """Return the widths to try, the widest first: it is kept where less gives no larger map."""
    first, *rest = _CHART_SHARES
    least = _NARROWEST_CHART * task.scale / task.body.w
    return (first, *(share for share in rest if task.bars and share >= least))


def _map_in(room: Box, task: _Task) -> tuple[Box, Box]:
    """Return the map and the strip under it, as large as the room allows."""
    strip = STRIP * task.scale
    high = max(room.h - strip, 1.0)
    aspect = task.aspect
    if task.flexible:
        aspect = min(max(room.w / high, 0.6), 2.6)
    wide = min(room.w, high * aspect)
    box = Box(room.x, room.y, wide, wide / aspect)
    return box, Box(room.x, box.bottom, wide, strip)


def _side(task: _Task) -> _Arrangement:
    """Legend, under the chart if there is one, in a column at the right of the map."""
    body, entries, bars = task.body, task.entries, task.bars
    scale, text_scale = task.scale, task.text_scale
    gap = 2 * _GAP * scale
    if bars:
        wide = body.w * task.chart_share
    else:
        natural = max((_natural_width(e, text_scale) for e in entries), default=0.0)
        wide = min(natural, body.w * 0.24)
    room = Box(body.x, body.y, body.w - (wide + gap if wide else 0.0), body.h)
    map_box, strip = _map_in(room, task)
    if not bars:
        # the column stands beside the map, not at the far edge of the page
        rows = _column(entries, map_box.right + gap, body.y, wide, text_scale)
        high = _column_height(entries, wide, text_scale)
        over = max(high - body.h, 0.3 * body.h - map_box.h if wide else 0.0)
        return _Arrangement(map_box, strip, rows, None, over)
    left = body.right - wide
    gap = 1.4 * _GAP * scale
    _, high = _grid(entries, left, 0.0, wide, text_scale)
    left_over = body.h - (high + gap if entries else 0.0)
    chart = Box(left, body.y, wide, min(max(left_over, 1.0), chart_height(bars, scale)))
    rows, _ = _grid(entries, left, chart.bottom + gap, wide, text_scale)
    return _Arrangement(map_box, strip, rows, chart, _least_chart(bars, scale) - chart.h)


def _under(task: _Task) -> _Arrangement:
    """Chart and legend side by side under a map of the whole width: for pages with height."""
    body, entries, scale = task.body, task.entries, task.scale
    if not task.bars:
        return _below(task)
    gap = 1.4 * _GAP * scale
    wide = body.w - (body.w * _UNDER_SHARE + gap if entries else 0.0)
    left = body.x + wide + gap
    _, high = _grid(entries, left, 0.0, body.right - left, task.text_scale)
    least = max(_least_chart(task.bars, scale), high)
    map_box, strip = _map_in(Box(body.x, body.y, body.w, body.h - least - gap), task)
    top = strip.bottom + gap
    rows, _ = _grid(entries, left, top, body.right - left, task.text_scale)
    tall = min(max(body.bottom - top, least), chart_height(task.bars, scale))
    chart = Box(body.x, top, wide, tall)
    over = max(top + least - body.bottom, 0.3 * body.h - map_box.h)
    return _Arrangement(map_box, strip, rows, chart, over)


def _below(task: _Task) -> _Arrangement:
    """Legend in columns under the map; the chart at its right, on a tall page underneath."""
    body, entries, bars = task.body, task.entries, task.bars
    scale, text_scale = task.scale, task.text_scale
    gap = 2 * _GAP * scale
    tall_page = body.h > body.w
    wide = body.w * task.chart_share if bars and not tall_page else 0.0
    low = min(chart_height(bars, scale), body.h * 0.4) if bars and tall_page else 0.0
    room = Box(
        body.x, body.y, body.w - (wide + gap if wide else 0), body.h - (low + gap if low else 0)
    )
    rows, high = _grid(entries, room.x, 0.0, room.w, text_scale)
    map_room = Box(room.x, room.y, room.w, room.h - high - (_GAP * scale if high else 0.0))
    map_box, strip = _map_in(map_room, task)
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
    return (96.0 + bars * 30.0) * scale


def _least_chart(bars: int, scale: float) -> float:
    return (96.0 + bars * 12.5) * scale


def _text_size(text_scale: float) -> float:
    return max(10.0 * text_scale, 6.0)


def _swatch_width(text_scale: float) -> float:
    return 22.0 * max(text_scale, 0.6)


def row_text(entry: LegendEntry) -> str:
    """Return the text of a legend row, with its count where there is one."""
    if entry.count is None:
        return entry.label
    return f"{entry.label}{NO_BREAK}({whole(entry.count)})"


def _natural_width(entry: LegendEntry, text_scale: float) -> float:
    extra = _circles(entry) + 34.0 if entry.sizes else 0.0
    text = width_of(row_text(entry), _text_size(text_scale)) + 1.0
    return _swatch_width(text_scale) + max(text, extra)


def _circles(entry: LegendEntry) -> float:
    """Return the width that nested circles need."""
    return max(LARGEST_WEIGHTED, entry.sizes[0][1]) * POINTS_PER_PIXEL


def _row_height(entry: LegendEntry, lines: int, text_scale: float) -> float:
    size = _text_size(text_scale)
    if entry.sizes:
        return (
            lines * size * LINE_HEIGHT + 4.0 + max(_circles(entry), len(entry.sizes) * size * 0.95)
        )
    return max(lines * size * LINE_HEIGHT, 11.0 * text_scale) + 3.0 * text_scale


def _row_lines(entry: LegendEntry, width: float, text_scale: float) -> tuple[str, ...]:
    swatch = 0.0 if entry.sizes or entry.is_heading else _swatch_width(text_scale)
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
    """Fill columns from top to bottom; return the rows and the height they need.

    As many columns are made as give the least height, long texts wrapped, none too narrow.
    """
    if not entries:
        return (), 0.0
    natural = max(_natural_width(e, text_scale) for e in entries)
    best: tuple[tuple[LegendRow, ...], float] = (), float("inf")
    for columns in range(1, len(entries) + 1):
        wide = min(natural + _COLUMN_GAP * text_scale, width / columns)
        if columns > 1 and wide < _NARROWEST_COLUMN * text_scale:
            break
        rows = _columns(entries, (x, y), wide, columns, text_scale)
        high = max(row.box.bottom for row in rows) - y
        if high < best[1] - 0.01:
            best = rows, high
    return best


def _columns(
    entries: Sequence[LegendEntry],
    at: tuple[float, float],
    wide: float,
    columns: int,
    text_scale: float,
) -> tuple[LegendRow, ...]:
    cell = wide - _COLUMN_GAP * text_scale
    heights = [_row_height(e, len(_row_lines(e, cell, text_scale)), text_scale) for e in entries]
    # a heading takes the row below it along to the next column
    needed = [
        high + (heights[i + 1] if entries[i].is_heading and i + 1 < len(heights) else 0.0)
        for i, high in enumerate(heights)
    ]
    tall = max(sum(heights) / columns, *needed)
    while True:
        rows: list[LegendRow] = []
        column, down = 0, 0.0
        for entry, high, room in zip(entries, heights, needed, strict=True):
            if down and down + room > tall + 0.01:
                column, down = column + 1, 0.0
            rows.append(_placed(entry, at[0] + column * wide, at[1] + down, cell, text_scale))
            down += high
        if column < columns:
            return tuple(rows)
        tall *= 1.03


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
