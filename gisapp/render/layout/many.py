"""Small multiples: a grid of maps of one size with their titles, and one legend for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import ceil, sqrt
from typing import Final

from gisapp.render.fonts import LINE_HEIGHT, balanced, reads_leftward, shorten, wrap
from gisapp.render.layout.legend_rows import legend_shape
from gisapp.render.layout.page import STRIP, Layout, MapCell, caption_at, caption_height
from gisapp.render.layout.panels import ChartPanel, LegendPanel, Panel, Placed
from gisapp.render.layout.solve import GAP, stacked, stretched
from gisapp.render.layout.text import LEAST_SIZE, PageFrame, TextBlock
from gisapp.render.legend import LegendEntry
from gisapp.render.picture import BarChart
from gisapp.render.scene import Box

_GAP_X: Final = 20.0
_GAP_Y: Final = 12.0
#: Room under a map for its bar with the bar's words, at scale 1.
BAR: Final = 19.0
_TITLE: Final = (13.0, 11.0, 9.5)
_LINE: Final = 0.8  # of the title's size
_MOST_LINES: Final = 2
#: Words a shade smaller are better than words that are cut.
_SMALLER_WORDS: Final = (1.0, 0.92, 0.85)
#: Widths of a map at scale 1 for which the sizes of titles are made.
_WIDTHS: Final = (300.0, 190.0)
_NARROWEST_MAP: Final = 70.0
_COLUMN_SHARES: Final = (0.14, 0.17, 0.2, 0.24, 0.28)
_SHRINKS: Final = (1.0, 0.9, 0.8, 0.7, 0.6)
_EMPTY: Final = 0.3
#: What a last row without maps costs, and a smaller legend.
_RAGGED: Final = 0.1
_SMALLER: Final = 0.25
#: Symbols on a small map against those of a page: of a map so wide at scale 1, and the least.
_FULL_WIDTH: Final = 620.0
_LEAST_SYMBOLS: Final = 0.55


@dataclass(frozen=True)
class CellText:
    """The words of one map; `bar` is whether a bar stands under it."""

    title: str
    line: str = ""
    bar: bool = False


@dataclass(frozen=True)
class WantedMany:
    """What is to stand on a page of several maps; see `page.Wanted`."""

    cells: tuple[CellText, ...]
    aspect: float
    flexible: bool = False
    entries: tuple[LegendEntry, ...] = ()
    chart: BarChart | None = None
    caption: str = ""
    strip: bool = True


@dataclass(frozen=True)
class _Grid:
    """Maps in columns; the width that the legend takes at the side, whether it is under them."""

    columns: int
    wide: float
    legend: str
    shrink: float


@dataclass(frozen=True)
class _Trial:
    frame: PageFrame
    wanted: WantedMany
    grid: _Grid


@dataclass(frozen=True)
class _Found:
    layout: Layout
    score: float


def place_many(frame: PageFrame, wanted: WantedMany) -> Layout:
    """Return the grid that makes the maps largest and leaves the least empty.

    The legend stands beside the grid, under it, or in places of it that no map needs. What does
    not fit is said in `Layout.notices`.
    """
    for shrink in _SHRINKS:
        found = [
            each for grid in _grids(frame, wanted, shrink) for each in _try(frame, wanted, grid)
        ]
        if found:
            return max(found, key=lambda each: each.score).layout
    bare = replace(wanted, entries=(), chart=None)
    found = [each for grid in _grids(frame, bare, 1.0) for each in _try(frame, bare, grid, least=0)]
    best = max(found, key=lambda each: each.score).layout
    lost = ["The legend did not fit the page." if wanted.entries else ""]
    lost += ["The chart did not fit the page: choose a larger one." if wanted.chart else ""]
    notices = (*best.more_notices, *(each for each in lost if each))
    return replace(best, more_notices=notices)


def symbol_scale(wide: float, scale: float) -> float:
    """Return how large symbols are on a map of a width, as the page's type has a scale."""
    return scale * min(max(sqrt(wide / (_FULL_WIDTH * scale)), _LEAST_SYMBOLS), 1.0)


def _grids(frame: PageFrame, wanted: WantedMany, shrink: float) -> Iterator[_Grid]:
    count = len(wanted.cells)
    panels = bool(wanted.entries or wanted.chart)
    for columns in range(1, min(count, 6) + 1):
        if not panels:
            yield _Grid(columns, 0.0, "", shrink)
            continue
        yield _Grid(columns, 0.0, "under", shrink)
        if columns * ceil(count / columns) > count and wanted.chart is None:
            yield _Grid(columns, 0.0, "free", shrink)
        for share in _COLUMN_SHARES:
            yield _Grid(columns, share * frame.body.w, "side", shrink)


def _panels(frame: PageFrame, wanted: WantedMany, shrink: float) -> list[Panel]:
    scale, fonts = frame.scale, frame.fonts
    panels: list[Panel] = []
    if wanted.chart is not None:
        panels.append(ChartPanel(wanted.chart, scale, fonts))
    if wanted.entries:
        shape = legend_shape(wanted.entries, scale * shrink, scale, fonts)
        panels.append(LegendPanel(shape))
    return panels


def _try(
    frame: PageFrame, wanted: WantedMany, grid: _Grid, least: float = _NARROWEST_MAP
) -> Iterator[_Found]:
    body, scale = frame.body, frame.scale
    panels = _panels(frame, wanted, grid.shrink)
    side = GAP * scale if grid.legend == "side" else 0.0
    zone = Box(body.x, body.y, body.w - grid.wide - side, body.h)
    strip = STRIP * scale if wanted.strip else 0.0
    said = caption_height(frame, wanted.caption)(zone.w)
    low = strip + said
    if grid.legend == "under":
        heights = [panel.heights(body.w)[0] for panel in panels]
        low += sum(heights) + GAP * 0.6 * scale * len(heights)
    cells = _cells(frame, wanted, replace(zone, h=zone.h - low), grid.columns)
    if not cells or cells[0].map_box.w < least * scale:
        return
    held = Box(zone.x, zone.y, zone.w, max(_bottom(cell) for cell in cells) - zone.y)
    placed: tuple[Placed, ...] | None = ()
    if grid.legend == "side":
        column = Box(body.right - grid.wide, body.y, grid.wide, body.h)
        fits = all(panel.narrowest <= grid.wide for panel in panels)
        placed = stacked(panels, column, GAP * 0.75 * scale) if fits else None
    elif grid.legend == "free":
        placed = _in_free(panels[0], cells, grid.columns, held, scale)
    right = max(cell.map_box.right for cell in cells)
    strip_box = Box(zone.x, held.bottom, right - zone.x, strip)
    if grid.legend == "under":
        spare = zone.bottom - low - held.bottom
        top = strip_box.bottom + said + GAP * 0.6 * scale + min(spare, GAP * scale) / 2.0
        placed = stacked(panels, Box(body.x, top, body.w, body.bottom - top), GAP * 0.6 * scale)
    if placed is None:
        return
    yield _found(_Trial(frame, wanted, grid), cells, strip_box, placed)


def _found(trial: _Trial, cells: Sequence[MapCell], strip: Box, placed: Sequence[Placed]) -> _Found:
    frame, wanted, grid = trial.frame, trial.wanted, trial.grid
    body, first = frame.body, cells[0].map_box
    notices: list[str] = []
    cut = sum(block.cut for cell in cells for block in (cell.title, cell.line) if block)
    if cut:
        notices.append("Titles of the maps were shortened to fit.")
    caption = caption_at(frame, wanted.caption, Box(strip.x, strip.bottom, strip.w, 0.0), notices)
    right = max(cell.map_box.right for cell in cells)
    bottom = max(cell.map_box.bottom for cell in cells)
    chart = next((each.chart for each in placed if each.chart is not None), None)
    legend = next((each.legend for each in placed if each.legend), ())
    layout = Layout(
        frame,
        Box(first.x, first.y, right - first.x, bottom - first.y),
        strip if wanted.strip else None,
        caption,
        legend,
        chart,
        cells=tuple(cells),
        map_scale=symbol_scale(first.w, frame.scale),
        more_notices=tuple(notices),
    )
    whole = body.w * body.h
    maps = len(cells) * first.w * first.h
    used = sum(cell.map_box.w * (_bottom(cell) - _top(cell)) for cell in cells)
    used += strip.w * strip.h + sum(each.content.w * each.content.h for each in placed)
    ragged = (-len(cells) % grid.columns) / grid.columns
    score = maps / whole - _EMPTY * max(1.0 - used / whole, 0.0)
    score -= _RAGGED * ragged * (0.6 if grid.legend == "free" else 1.0)
    return _Found(layout, score - _SMALLER * (1.0 - grid.shrink))


def _top(cell: MapCell) -> float:
    return cell.map_box.y if cell.title is None else cell.title.box.y


def _bottom(cell: MapCell) -> float:
    return cell.map_box.bottom if cell.bar is None else cell.bar.bottom


def _in_free(
    panel: Panel, cells: Sequence[MapCell], columns: int, held: Box, scale: float
) -> tuple[Placed, ...] | None:
    """Return the legend in the places of the last row that no map needs."""
    last = cells[-1]
    free = -len(cells) % columns
    if not free:
        return None
    x = cells[columns - free].map_box.x
    top = _top(last)
    room = Box(x, top, held.right - x, held.bottom - top)
    if panel.narrowest > room.w or panel.heights(room.w)[0] > room.h + 0.01 * scale:
        return None
    return (panel.place(room),)


def _cells(frame: PageFrame, wanted: WantedMany, zone: Box, columns: int) -> list[MapCell]:
    """Return the maps of a grid with their words, all maps of one size."""
    scale = frame.scale
    rows = ceil(len(wanted.cells) / columns)
    gap_x, gap_y = _GAP_X * scale, _GAP_Y * scale
    wide = (zone.w - gap_x * (columns - 1)) / columns
    bar = BAR * scale if any(cell.bar for cell in wanted.cells) else 0.0
    aspect = wanted.aspect
    for _ in range(8):  # narrower maps have higher titles
        size = _title_size(wide, scale)
        heads = [_head(frame, cell, wide, size) for cell in wanted.cells]
        head = max((_head_height(each, scale) for each in heads), default=0.0)
        high = (zone.h - gap_y * (rows - 1)) / rows - head - bar
        if high < 12.0 * scale:
            return []
        if wanted.flexible:
            aspect = stretched(wanted.aspect, wide / high)
        fitting = min(wide, high * aspect)
        if fitting > wide - 0.5:
            break
        wide = fitting
    wide = min(wide, high * aspect)
    tall = wide / aspect
    spare = zone.h - rows * (head + tall + bar) - gap_y * (rows - 1)
    if rows > 1:
        gap_y += min(max(spare, 0.0) / (rows - 1), 1.5 * gap_y)
    if columns > 1:
        gap_x = min((zone.w - wide * columns) / (columns - 1), 4.0 * gap_x)
    left = zone.x
    made = []
    for number, (row, column) in enumerate(product(range(rows), range(columns))):
        if number < len(heads):
            x = left + column * (wide + gap_x)
            y = zone.y + row * (head + tall + bar + gap_y)
            made.append(_cell(heads[number], Box(x, y + head, wide, tall), bar, y, scale))
    return made


def _title_size(wide: float, scale: float) -> float:
    large, middle, small = _TITLE
    if wide >= _WIDTHS[0] * scale:
        points = large
    else:
        points = middle if wide >= _WIDTHS[1] * scale else small
    return max(points * scale, LEAST_SIZE)


def _head(
    frame: PageFrame, cell: CellText, wide: float, size: float
) -> tuple[TextBlock | None, TextBlock | None]:
    """Return the title and the line of a map, from the origin."""
    return (
        _block(frame, ("title", cell.title), wide, size, "text"),
        _block(frame, ("subtitle", cell.line), wide, max(size * _LINE, LEAST_SIZE), "muted"),
    )


def _block(
    frame: PageFrame, words: tuple[str, str], wide: float, size: float, token: str
) -> TextBlock | None:
    purpose, text = words
    if not text.strip():
        return None
    bold, fonts = purpose == "title", frame.fonts
    for points in (max(size * part, LEAST_SIZE) for part in _SMALLER_WORDS):
        lines = balanced(text, wide, points, bold=bold, fonts=fonts)
        if len(lines) <= _MOST_LINES:
            size = points
            break
    else:
        lines = wrap(text, wide, size, bold=bold, fonts=fonts)
    cut = len(lines) > _MOST_LINES
    if cut:
        last = shorten(f"{lines[_MOST_LINES - 1]} …………", wide, size, bold=bold, fonts=fonts)
        lines = (*lines[: _MOST_LINES - 1], f"{last.rstrip('… ')}…")
    box = Box(0.0, 0.0, wide, len(lines) * size * LINE_HEIGHT)
    align = "right" if reads_leftward(text) else "left"
    return TextBlock(f"map {purpose}", box, lines, size, token, bold, align, cut)


def _head_height(head: Sequence[TextBlock | None], scale: float) -> float:
    high = sum(block.box.h for block in head if block is not None)
    return high + 3.0 * scale if high else 0.0


def _cell(
    head: tuple[TextBlock | None, TextBlock | None], box: Box, bar: float, top: float, scale: float
) -> MapCell:
    title, line = head
    y = top
    placed: list[TextBlock | None] = []
    for block in (title, line):
        if block is None:
            placed.append(None)
            continue
        placed.append(replace(block, box=replace(block.box, x=box.x, y=y)))
        y += block.box.h
    under = Box(box.x, box.bottom + 2.0 * scale, box.w, bar - 2.0 * scale) if bar else None
    return MapCell(box, placed[0], placed[1], under)
