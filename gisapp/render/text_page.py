"""Pages of words, a table, a chart: agenda, comparison, appendix. Nothing is cut, it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gisapp.render.arranging import outer_frame
from gisapp.render.chart import bars_box, best_height, chart_items, shown_bars
from gisapp.render.deck_pages import TextPage
from gisapp.render.fonts import font_files
from gisapp.render.furniture import background, logo_items, text_items
from gisapp.render.layout import PageFrame, PageText
from gisapp.render.page_words import long_date, source_line
from gisapp.render.paragraphs import Written, chunks, word_items, written
from gisapp.render.picture import BarChart
from gisapp.render.scene import Box, Item, Scene, cleaned, ink, plain
from gisapp.render.symbology import palette
from gisapp.render.table import SIZES, table_items, table_plan

#: Sizes of paragraphs at scale 1 with the columns that they stand in, as they are tried.
_TRIES: Final = ((14.0, 1), (12.5, 1), (14.0, 2), (12.5, 2), (11.0, 2), (10.0, 2), (9.0, 2))
_ONE_COLUMN: Final = ((14.0, 1), (12.5, 1), (11.0, 1), (10.0, 1), (9.0, 1))
#: The size of words and tables that go on on the next page.
_GOES_ON: Final = 10.0
_GAP: Final = 28.0
#: Parts of the width that a table and paragraphs take beside something else.
_TABLE_SHARES: Final = (0.4, 0.48, 0.56, 0.62)
_WORDS_SHARE: Final = 0.42
_CHART_SCALES: Final = (1.0, 0.9, 0.8, 0.7)
_NARROWEST_CHART: Final = 250.0
_WIDEST_CHART: Final = 760.0
#: Pages are filled as if they had a number: with none there is more room.
_ANY_NUMBER: Final = 99


class _Body:
    """What stands where on a page: each part has its box, or is not there."""

    def __init__(self, page: TextPage, number: int | None = _ANY_NUMBER) -> None:
        self.page = page
        self.frame = _frame(page, number)
        self.scale = self.frame.scale
        self.fonts = font_files(page.frame.look)
        self.room = _room(self.frame)
        self.words: Written | None = None
        self.words_at: tuple[float, float] = (0.0, 0.0)
        self.chart: tuple[Box, float] | None = None
        self.table: tuple[Box, float] | None = None
        self.fits = self._stacked() if self.room.h > self.room.w else self._beside()

    def _stacked(self) -> bool:
        """Place words, chart and table one below the other."""
        page, room, scale = self.page, self.room, self.scale
        y, gap = room.y, _GAP * 0.6 * scale
        several = sum(map(bool, (page.paragraphs, page.chart, page.table))) > 1
        if page.paragraphs:
            share = 0.45 if several else 1.0
            if not self._write(Box(room.x, y, room.w, room.h * share), _ONE_COLUMN):
                return False
            y += (self.words.height if self.words else 0.0) + gap
        if page.chart is not None:
            left = room.bottom - y
            high = min(
                best_height(page.chart, room.w, scale, fonts=self.fonts),
                left * (0.5 if page.table else 1),
            )
            if not self._draw(Box(room.x, y, room.w, high)):
                return False
            y += high + gap
        return page.table is None or self._tabulate(Box(room.x, y, room.w, room.bottom - y))

    def _beside(self) -> bool:
        """Place words or a chart at the left, a chart or a table at their right."""
        page, room, scale = self.page, self.room, self.scale
        if page.chart is not None and page.table is not None and page.paragraphs:
            return False
        gap = _GAP * scale
        if page.paragraphs and (page.chart or page.table):
            wide = room.w * _WORDS_SHARE
            if not self._write(Box(room.x, room.y, wide, room.h), _ONE_COLUMN):
                return False
            left = room.x + wide + gap
            room = Box(left, room.y, room.right - left, room.h)
        elif page.paragraphs:
            return self._write(room, _TRIES)
        if page.chart is not None and page.table is not None:
            # rather smaller than on several lines
            tries = [(size, wraps) for wraps in (False, True) for size in SIZES]
            return any(self._side_by_side(room, size, wraps=wraps) for size, wraps in tries)
        if page.chart is not None:
            wide = min(room.w, _WIDEST_CHART * scale)
            high = min(room.h, best_height(page.chart, room.w, scale, fonts=self.fonts))
            return self._draw(Box(room.x, room.y, wide, high))
        return page.table is None or self._tabulate(room)

    def _side_by_side(self, room: Box, size: float, *, wraps: bool) -> bool:
        table, chart = self.page.table, self.page.chart
        if table is None or chart is None:
            return False
        for share in _TABLE_SHARES:
            plan = table_plan(table, room.w * share, size * self.scale, self.fonts)
            left = room.right - plan.width
            wide = left - _GAP * self.scale - room.x
            narrow = wide < _NARROWEST_CHART * self.scale
            if plan.height > room.h or narrow or plan.wraps > wraps:
                continue
            high = min(room.h, best_height(chart, wide, self.scale, fonts=self.fonts))
            if self._draw(Box(room.x, room.y, wide, high)):
                self.table = Box(left, room.y, plan.width, plan.height), size * self.scale
                return True
        return False

    def _write(self, box: Box, tries: tuple[tuple[float, int], ...]) -> bool:
        if self.page.text_size is not None:
            tries = ((self.page.text_size, tries[-1][1]),)
        for size, columns in tries:
            found = written(self.page.paragraphs, box, columns, size * self.scale, self.fonts)
            if found is not None:
                self.words, self.words_at = found, (box.x, box.y)
                return True
        return False

    def _draw(self, box: Box) -> bool:
        """Place the chart where all of its bars show."""
        chart = self.page.chart
        for smaller in _CHART_SCALES:
            scale = smaller * self.scale
            if chart is not None and _bars_in(chart, box, scale) == len(chart.bars):
                self.chart = box, scale
                return True
        return False

    def _tabulate(self, box: Box) -> bool:
        table = self.page.table
        for size in SIZES:
            if table is not None:
                plan = table_plan(table, box.w, size * self.scale, self.fonts)
                if plan.height <= box.h + 0.01:
                    self.table = Box(box.x, box.y, plan.width, plan.height), size * self.scale
                    return True
        return False


def _bars_in(chart: BarChart, box: Box, scale: float) -> int:
    return len(shown_bars(chart, bars_box(chart, box, scale).h, scale))


def text_pages(page: TextPage) -> tuple[TextPage, ...]:
    """Return the pages that all of a page fits on: itself, or several that go on.

    Charts come first, then the rows of a table, then paragraphs.
    """
    if _Body(page).fits:
        return (page,)
    several = ([*_chart_parts(page)], [*_table_parts(page)], [*_word_parts(page)])
    return tuple(part for parts in several for part in _numbered(parts))


def _numbered(parts: list[TextPage]) -> Iterator[TextPage]:
    for number, part in enumerate(parts, 1):
        several = f" ({number} of {len(parts)})" if part.title and len(parts) > 1 else ""
        yield replace(part, title=f"{part.title}{several}")


def _chart_parts(page: TextPage) -> Iterator[TextPage]:
    chart = page.chart
    if chart is None:
        return
    alone = replace(page, paragraphs=(), table=None)
    body = _Body(alone)
    if body.fits:
        yield alone
        return
    most = max(_bars_in(chart, body.room, _CHART_SCALES[-1] * body.scale), 1)
    for first in range(0, len(chart.bars), most):
        some = replace(chart, bars=chart.bars[first : first + most])
        yield replace(alone, chart=some)


def _table_parts(page: TextPage) -> Iterator[TextPage]:
    table = page.table
    if table is None:
        return
    alone = replace(page, paragraphs=(), chart=None)
    if table.title and page.chart is not None:  # a page of its own has a title of its own
        title, table = table.title, replace(table, title="")
        alone = replace(alone, title=title, table=table)
    body = _Body(alone)
    if body.fits:
        yield alone
        return
    # as large as it may be without one page more
    plans = [table_plan(table, body.room.w, size * body.scale, body.fonts) for size in SIZES]
    parts = [plan.parts(body.room.h) for plan in plans if plan.size >= _GOES_ON * body.scale]
    first = 0
    for number in min(parts, key=len):
        rows = table.rows[first : first + number]
        yield replace(alone, table=replace(table, rows=rows))
        first += number


def _word_parts(page: TextPage) -> Iterator[TextPage]:
    if not page.paragraphs:
        return
    alone = replace(page, table=None, chart=None)
    body = _Body(alone)
    if body.fits:
        yield alone
        return
    columns = 1 if body.room.h > body.room.w else 2
    size = page.text_size or _GOES_ON
    for some in chunks(page.paragraphs, body.room, columns, size * body.scale, body.fonts):
        yield replace(alone, paragraphs=some, text_size=size)


def text_scene(page: TextPage, *, number: int | None = None) -> Scene:
    """Return the scene of a page whose parts fit on it, see `text_pages`.

    Parameters
    ----------
    number
        Of the page in its deck; None for a page that stands alone.
    """
    body = _Body(page, number)
    theme, frame = page.frame.look, body.frame
    items: list[Item] = [background(frame.page, theme), *text_items(frame, theme)]
    items += logo_items(frame, theme)
    if body.words is not None:
        items += word_items(body.words, body.words_at, theme)
    if page.chart is not None and body.chart is not None:
        items += chart_items(page.chart, body.chart[0], theme, body.chart[1])
    if page.table is not None and body.table is not None:
        items += table_items(page.table, body.table[0], theme, body.table[1])
    return Scene(
        width=frame.page.w,
        height=frame.page.h,
        theme=theme,
        paper=ink(palette(theme), "paper"),
        items=tuple(cleaned(item) for item in items),
        title=plain(page.title),
        alt=plain(" ".join(part for part in (f"{page.title}.", page.subtitle) if part)),
        map_box=Box(body.room.x, body.room.y, 0.0, 0.0),
        chart=page.chart,
        chart_box=None if body.chart is None else body.chart[0],
        table=page.table,
        table_box=None if body.table is None else body.table[0],
        subtitle=plain(page.subtitle),
        notes=plain(page.notes),
        as_of=page.as_of,
        lineage=page.lineage,
        spec=page.frame,
        notices=frame.notices,
    )


def _frame(page: TextPage, number: int | None) -> PageFrame:
    text = PageText(
        title=page.title,
        subtitle=page.subtitle,
        sources=source_line(page.sources),
        fine_print=(f"As of {long_date(page.as_of)}",),
    )
    return outer_frame(text, page.frame, number)


def _room(frame: PageFrame) -> Box:
    """Return what title and footer leave of a page, a little away from both."""
    body, gap = frame.body, 4.0 * frame.scale
    return Box(body.x, body.y + gap, body.w, body.h - 2.0 * gap)
