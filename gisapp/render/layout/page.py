"""The layout of a page with one map: everything of it in its place, in points, y down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gisapp.render.fonts import FontFiles
from gisapp.render.layout.legend_rows import LegendRow, legend_shape
from gisapp.render.layout.panels import (
    SMALL_STRIP,
    ChartPanel,
    LegendPanel,
    Panel,
    SmallMapsPanel,
    TablePanel,
)
from gisapp.render.layout.solve import Arrangement, Task, best_of, map_alone
from gisapp.render.layout.text import PageFrame, TextBlock, caption_block
from gisapp.render.legend import LegendEntry
from gisapp.render.picture import BarChart, PageTable
from gisapp.render.scene import Box

STRIP: Final = 22.0
_OVER_CAPTION: Final = 5.0
#: A little smaller a legend may be for a larger map; much smaller only where nothing else fits.
_SHRINKS: Final = ((1.0, 0.92), (0.85,), (0.77,), (0.7,), (0.6,))
_SMALLER: Final = 0.25
#: Below this all that can be low is.
_TIGHT: Final = 0.8


@dataclass(frozen=True)
class Wanted:
    """What is to stand beside the map.

    Parameters
    ----------
    aspect
        Width by height of the map; a `flexible` map (a region) takes others, see `solve.stretched`.
    small_maps
        Width by height of the locator, if there is one (`located`), then of the insets.
    strip
        Whether there is a scale bar, an arrow to the north or the projection's name to be shown.
    """

    aspect: float
    flexible: bool = False
    entries: tuple[LegendEntry, ...] = ()
    chart: BarChart | None = None
    table: PageTable | None = None
    small_maps: tuple[float, ...] = ()
    located: bool = False
    caption: str = ""
    strip: bool = True
    small_strip: bool = False


@dataclass(frozen=True)
class MapCell:
    """One of several maps: its title, a line under the title, the map, a bar under that."""

    map_box: Box
    title: TextBlock | None = None
    line: TextBlock | None = None
    bar: Box | None = None


@dataclass(frozen=True)
class Layout:
    """Where things stand. `strip` under the map holds the scale bar and the projection's name,
    `caption` is under that.

    `small_maps` are the boxes of locator and insets; under each is room for a scale bar of
    `small_strip` points. `table` is what is shown of a table. Of several maps `map_box` is what
    holds them all.
    """

    frame: PageFrame
    map_box: Box
    strip: Box | None
    caption: TextBlock | None = None
    legend: tuple[LegendRow, ...] = ()
    chart: Box | None = None
    table: PageTable | None = None
    table_box: Box | None = None
    table_size: float = 0.0
    small_maps: tuple[Box, ...] = ()
    small_strip: float = 0.0
    cells: tuple[MapCell, ...] = ()
    map_scale: float = 1.0
    more_notices: tuple[str, ...] = ()

    @property
    def page(self) -> Box:
        """The whole page."""
        return self.frame.page

    @property
    def scale(self) -> float:
        """How large type is against that of a 16:9 slide."""
        return self.frame.scale

    @property
    def inner(self) -> Box:
        """The page without its margins."""
        return self.frame.inner

    @property
    def texts(self) -> tuple[TextBlock, ...]:
        """Title, subtitle, caption, sources and page number."""
        own = () if self.caption is None else (self.caption,)
        return (*self.frame.texts, *own)

    @property
    def rule_y(self) -> float:
        """Where the rule above the sources runs."""
        return self.frame.rule_y

    @property
    def logo(self) -> Box | None:
        """Where the logo stands."""
        return self.frame.logo

    @property
    def fonts(self) -> FontFiles:
        """What the text was measured in."""
        return self.frame.fonts

    @property
    def notices(self) -> tuple[str, ...]:
        """What had to be shortened or left out, in sentences."""
        return (*self.frame.notices, *self.more_notices)


def place(frame: PageFrame, wanted: Wanted) -> Layout:
    """Return the layout that gives the map the most room and leaves the least empty.

    What does not fit any page is shortened or left out in this order, each with a notice: entries
    of the legend, rows of the table, small maps, the table, the chart.
    """
    notices: list[str] = []
    kept = wanted
    for left_out in ("", "small maps", "table", "chart"):
        kept = _without(kept, left_out)
        if left_out and kept == wanted:
            continue
        found, entries = _with_legend(frame, kept)
        if found is None:
            continue
        lost = len(wanted.entries) - entries
        if lost:
            entry = "entry" if lost == 1 else "entries"
            notices.append(f"{lost} legend {entry} did not fit the page.")
        return _layout(frame, kept, found, (*_lost(wanted, kept), *notices))
    bare = replace(kept, entries=())
    arranged = map_alone(_task(frame, bare, 1.0))
    if wanted.entries:
        notices.append("The legend did not fit the page.")
    return _layout(frame, bare, arranged, (*_lost(wanted, bare), *notices))


def _without(wanted: Wanted, name: str) -> Wanted:
    if name == "small maps":
        return replace(wanted, small_maps=())
    if name == "table":
        return replace(wanted, table=None)
    return replace(wanted, chart=None) if name == "chart" else wanted


def _lost(wanted: Wanted, kept: Wanted) -> list[str]:
    pairs = (
        ("The locator and the inset maps", wanted.small_maps, kept.small_maps),
        ("The table", wanted.table, kept.table),
        ("The chart", wanted.chart, kept.chart),
    )
    return [
        f"{what} did not fit the page: choose a larger one."
        for what, had, has in pairs
        if had and not has
    ]


def _with_legend(frame: PageFrame, wanted: Wanted) -> tuple[Arrangement | None, int]:
    """Return the best arrangement and how many legend entries it holds."""
    for shrinks in _SHRINKS:
        found = [
            replace(each, score=each.score - _SMALLER * (1.0 - shrink))
            for shrink in shrinks
            if (each := best_of(_task(frame, wanted, shrink))) is not None
        ]
        if found:
            return max(found, key=lambda each: each.score), len(wanted.entries)
    low, high, best = 0, len(wanted.entries), None
    while high - low > 1:
        middle = (low + high) // 2
        lost = len(wanted.entries) - middle
        more = LegendEntry("more", f"and {lost} more", "status")
        shorter = replace(wanted, entries=(*wanted.entries[:middle], more))
        tried = best_of(_task(frame, shorter, _SHRINKS[-1][0]))
        if tried is None:
            high = middle
        else:
            low, best = middle, tried
    return best, low


def _task(frame: PageFrame, wanted: Wanted, shrink: float) -> Task:
    scale, fonts = frame.scale, frame.fonts
    panels: list[Panel] = []
    if wanted.chart is not None:
        panels.append(ChartPanel(wanted.chart, scale, fonts, tight=shrink < _TIGHT))
    if wanted.table is not None and wanted.table.columns:
        panels.append(TablePanel(wanted.table, scale * shrink, fonts, tight=shrink < _TIGHT))
    if wanted.entries:
        shape = legend_shape(wanted.entries, scale * shrink, scale, fonts)
        panels.append(LegendPanel(shape))
    if wanted.small_maps:
        panels.append(SmallMapsPanel(wanted.small_maps, wanted.located, scale, wanted.small_strip))
    strip = STRIP * scale if wanted.strip else 0.0
    caption = caption_height(frame, wanted.caption)
    return Task(frame.body, wanted.aspect, wanted.flexible, tuple(panels), scale, strip, caption)


def caption_height(frame: PageFrame, text: str) -> Callable[[float], float]:
    """Return what gives the height of a caption for a width, with the gap above it."""
    known: dict[float, float] = {}

    def height(wide: float) -> float:
        if not text.strip():
            return 0.0
        key = round(wide, 1)
        if key not in known:
            known[key] = caption_block(text, frame, key).box.h + _OVER_CAPTION * frame.scale
        return known[key]

    return height


def caption_at(frame: PageFrame, text: str, room: Box, notices: list[str]) -> TextBlock | None:
    """Return a caption at the top of its room, a little below; None for none."""
    if not text.strip():
        return None
    block = caption_block(text, frame, room.w, notices)
    x = room.right - block.box.w if block.align == "right" else room.x
    return replace(block, box=replace(block.box, x=x, y=room.y + _OVER_CAPTION * frame.scale))


def _layout(frame: PageFrame, wanted: Wanted, found: Arrangement, notices: Sequence[str]) -> Layout:
    more = list(notices)
    caption = caption_at(frame, wanted.caption, found.caption, more)
    layout = Layout(
        frame,
        found.map_box,
        found.strip if wanted.strip else None,
        caption,
        small_strip=SMALL_STRIP * frame.scale if wanted.small_strip else 0.0,
        map_scale=frame.scale,
    )
    for each in found.placed:
        if each.block is not None:
            layout = replace(layout, legend=each.legend)
        elif each.chart is not None:
            layout = replace(layout, chart=each.chart)
        elif each.table is not None:
            size, box = each.table_size, each.table_box
            layout = replace(layout, table=each.table, table_box=box, table_size=size)
        else:
            layout = replace(layout, small_maps=each.inset_maps)
    if wanted.table is not None and layout.table is not None and wanted.table != layout.table:
        shown, rows = len(layout.table.rows), len(wanted.table.rows)
        more.append(f"The table shows {shown} of its {rows} rows.")
    return replace(layout, more_notices=tuple(more))
