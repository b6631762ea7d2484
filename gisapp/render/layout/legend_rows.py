"""Rows of a legend in columns: as few columns and as little wrapping as the room allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from math import inf
from typing import Final

from gisapp.model.numbers import NO_BREAK, whole
from gisapp.render.fonts import LINE_HEIGHT, OURS, FontFiles, width_of, wrap
from gisapp.render.layout.text import LEAST_SIZE
from gisapp.render.legend import LegendEntry
from gisapp.render.page_sizes import POINTS_PER_PIXEL
from gisapp.render.scene import Box
from gisapp.render.symbology import LARGEST_WEIGHTED

_SIZE: Final = 10.0
_COLUMN_GAP: Final = 18.0
_GROUP_GAP: Final = 6.0
_NARROWEST_COLUMN: Final = 86.0
#: What a wrapped text costs against the height of a line, and a group that is torn apart.
_WRAPPED: Final = 0.8
_TORN: Final = 0.6
#: More where its first part stands below another group.
_MIXED: Final = 1.0
_MOST_COLUMNS: Final = 8
#: Points between the widths that texts are wrapped to.
_STEP: Final = 9.0


@dataclass(frozen=True)
class LegendRow:
    """A legend entry with its place; the swatch fills `swatch`, the text starts at its right."""

    entry: LegendEntry
    box: Box
    swatch: Box
    lines: tuple[str, ...]
    size: float


@dataclass(frozen=True, eq=False)
class LegendBlock:
    """How rows fill a width: how much room they take, and how ill they read (0 is well).

    `starts` are the numbers of the rows that begin a column, `room` the width that a text has.
    """

    shape: LegendShape
    room: float
    starts: tuple[int, ...]
    width: float
    height: float
    cost: float

    def at(self, x: float, y: float) -> tuple[LegendRow, ...]:
        """Return the rows from an origin."""
        return self.shape.rows(self, x, y)


def row_text(entry: LegendEntry) -> str:
    """Return the text of a legend row, with its count where there is one."""
    if entry.count is None:
        return entry.label
    return f"{entry.label}{NO_BREAK}({whole(entry.count)})"


@dataclass(frozen=True)
class _Measured:
    """An entry wrapped to a width: its lines, how wide and how high it is."""

    lines: tuple[str, ...]
    width: float
    height: float


@dataclass(frozen=True)
class LegendShape:
    """The entries of a legend at a size of type; asked how they fill a width.

    `scale` is that of the map's symbols, which circles of size have too.
    """

    entries: tuple[LegendEntry, ...]
    text_scale: float
    scale: float = 1.0
    fonts: FontFiles = OURS

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts of the rows."""
        return tuple(row_text(entry) for entry in self.entries)

    @cached_property
    def size(self) -> float:
        """Size of the text in points."""
        return max(_SIZE * self.text_scale, LEAST_SIZE)

    @property
    def swatch_width(self) -> float:
        """Width of a swatch with its distance from the text."""
        return 22.0 * max(self.text_scale, 0.6)

    @property
    def gap(self) -> float:
        """Distance between columns."""
        return _COLUMN_GAP * self.text_scale

    @cached_property
    def natural(self) -> tuple[float, ...]:
        """The widths of the rows on one line each."""
        return tuple(self._natural(entry) for entry in self.entries)

    @cached_property
    def _blocks(self) -> dict[float, LegendBlock]:
        return {}

    @cached_property
    def _filled(self) -> dict[tuple[int, float], LegendBlock]:
        return {}

    @cached_property
    def _measures(self) -> dict[float, tuple[_Measured, ...]]:
        return {}

    def _text_width(self, text: str) -> float:
        return width_of(text, self.size, fonts=self.fonts)

    def _indent(self, entry: LegendEntry) -> float:
        return 0.0 if entry.sizes or entry.is_heading else self.swatch_width

    def _natural(self, entry: LegendEntry) -> float:
        return self._indent(entry) + max(self._text_width(row_text(entry)), self._nested(entry)) + 1

    def _nested(self, entry: LegendEntry) -> float:
        """Return the width of nested circles with their figures."""
        if not entry.sizes:
            return 0.0
        figures = max(self._text_width(whole(value)) for value, _ in entry.sizes)
        return self._circles(entry) + 11.0 + figures

    def _circles(self, entry: LegendEntry) -> float:
        return max(LARGEST_WEIGHTED, entry.sizes[0][1]) * POINTS_PER_PIXEL * self.scale

    def _measure(self, number: int, width: float) -> _Measured:
        entry = self.entries[number]
        if self.natural[number] <= width:
            lines: tuple[str, ...] = (self.texts[number],)
            wide = self.natural[number]
        else:
            room = max(width - self._indent(entry), self.size)
            lines = wrap(self.texts[number], room, self.size, fonts=self.fonts) or ("",)
            wide = width
        line = self.size * LINE_HEIGHT
        if entry.sizes:
            figures = len(entry.sizes) * self.size * 0.95
            high = len(lines) * line + 4.0 + max(self._circles(entry), figures)
        else:
            high = max(len(lines) * line, 11.0 * self.text_scale) + 3.0 * self.text_scale
        return _Measured(lines, wide, high)

    def block(self, width: float) -> LegendBlock:
        """Return the rows in as many columns as read best within a width."""
        key = round(width, 1)
        if key not in self._blocks:
            self._blocks[key] = self._best(width)
        return self._blocks[key]

    def _best(self, width: float) -> LegendBlock:
        best = self._columns(1, max(self.natural))
        if best.width > width + 0.01:
            best = self._columns(1, width)
        line = self.size * LINE_HEIGHT
        all_rows = sum(row.height for row in self._measured(max(self.natural)))
        for columns in range(2, min(len(self.entries), _MOST_COLUMNS) + 1):
            cell = (width - (columns - 1) * self.gap) / columns
            if cell < _NARROWEST_COLUMN * self.text_scale * 0.7:
                break
            # columns as wide as their texts where all fit, else of equal width
            found = self._columns(columns, max(self.natural))
            if found.width > width + 0.01:
                if all_rows / columns + _WRAPPED * line > self._worth(best):
                    continue
                found = self._columns(columns, cell // _STEP * _STEP)
            if found.width <= width + 0.01 and self._worth(found) < self._worth(best) - 0.01:
                best = found
        return best

    def _worth(self, block: LegendBlock) -> float:
        return block.height + block.cost * self.size * LINE_HEIGHT

    def _measured(self, room: float) -> tuple[_Measured, ...]:
        if room not in self._measures:
            rows = tuple(self._measure(i, room) for i in range(len(self.entries)))
            self._measures[room] = rows
        return self._measures[room]

    def _columns(self, columns: int, room: float) -> LegendBlock:
        """Fill columns from top to bottom to the least height that holds all rows."""
        key = columns, room
        if key not in self._filled:
            rows = self._measured(room)
            starts = {
                self._split(rows, columns, units, whole=whole)
                for units, whole in ((self._groups, False), (self._ties, False), (self._ties, True))
            }
            built = (self._built(room, rows, each) for each in sorted(starts))
            self._filled[key] = min(built, key=self._worth)
        return self._filled[key]

    def _split(
        self,
        rows: Sequence[_Measured],
        columns: int,
        units: Sequence[tuple[int, int]],
        *,
        whole: bool,
    ) -> tuple[int, ...]:
        """Return the numbers of the rows that begin a column; units stay together.

        A group that the rest of a column does not hold goes to the next one as a `whole`.
        """
        if columns == 1:
            return (0,)
        gap = _GROUP_GAP * self.text_scale
        group_ends = dict(self._ties) | dict(self._groups)
        tall = [
            _Unit(
                start,
                gap if self._begins[start] else 0.0,
                sum(row.height for row in rows[start:end]),
                sum(row.height for row in rows[start : group_ends[start] if whole else end]),
            )
            for start, end in units
        ]
        high = sum(unit.gap + unit.height for unit in tall)
        low = max(high / columns, *(unit.height for unit in tall), 0.0)
        starts: tuple[int, ...] = (0,)
        while high - low > 0.5:
            middle = (low + high) / 2.0
            tried = _breaks(tall, middle)
            if len(tried) <= columns:
                high, starts = middle, tried
            else:
                low = middle
        return starts

    @cached_property
    def _begins(self) -> tuple[bool, ...]:
        """Whether each row begins another group."""
        groups = [entry.group for entry in self.entries]
        return (False, *(one != other for one, other in pairwise(groups)))

    @cached_property
    def _ties(self) -> tuple[tuple[int, int], ...]:
        """Rows that stay together, from and to: a heading and what follows it."""
        heads = [entry.is_heading for entry in self.entries]
        starts = [i for i in range(len(heads)) if i == 0 or not heads[i - 1]]
        return tuple(pairwise([*starts, len(heads)]))

    @cached_property
    def _groups(self) -> tuple[tuple[int, int], ...]:
        """Rows of one group, from and to."""
        starts = [0, *(start for start, _ in self._ties if self._begins[start])]
        return tuple(pairwise([*starts, len(self.entries)]))

    def _built(
        self, room: float, rows: Sequence[_Measured], starts: tuple[int, ...]
    ) -> LegendBlock:
        gap = _GROUP_GAP * self.text_scale
        wide, tallest = 0.0, 0.0
        cost = _WRAPPED * sum(len(row.lines) - 1 for row in rows)
        for start, end in pairwise([*starts, len(rows)]):
            wide += max(row.width for row in rows[start:end]) + self.gap
            high = sum(row.height for row in rows[start:end])
            tallest = max(tallest, high + gap * sum(self._begins[start + 1 : end]))
            if start and not self._begins[start]:
                cost += _TORN
                before = starts[starts.index(start) - 1]
                cost += _MIXED * any(self._begins[before + 1 : start])
        return LegendBlock(self, room, starts, wide - self.gap, tallest, cost)

    def rows(self, block: LegendBlock, x: float, y: float) -> tuple[LegendRow, ...]:
        """Return the rows of a block from an origin."""
        rows = self._measured(block.room)
        gap, top = _GROUP_GAP * self.text_scale, y
        placed: list[LegendRow] = []
        for start, end in pairwise([*block.starts, len(rows)]):
            wide = max(row.width for row in rows[start:end])
            y = top
            for i in range(start, end):
                y += gap if i > start and self._begins[i] else 0.0
                placed.append(self._row(i, rows[i], Box(x, y, wide, rows[i].height)))
                y = placed[-1].box.bottom
            x += wide + self.gap
        return tuple(placed)

    def _row(self, number: int, row: _Measured, box: Box) -> LegendRow:
        entry, line = self.entries[number], self.size * LINE_HEIGHT
        swatch = replace(box, w=self.swatch_width, h=line)
        if entry.sizes:
            texts = len(row.lines) * line
            swatch = Box(box.x, box.y + texts + 2.0, box.w, box.h - texts - 4.0)
        return LegendRow(entry, box, swatch, row.lines, self.size)


@dataclass(frozen=True)
class _Unit:
    """Rows that stay together: their first, the gap before it, their height.

    `needs` is the height that a column must have left for them.
    """

    start: int
    gap: float
    height: float
    needs: float


def _breaks(units: Sequence[_Unit], tall: float) -> tuple[int, ...]:
    """Return the rows that begin a column where none is higher than `tall`."""
    starts: list[int] = []
    down = inf
    for unit in units:
        if down + unit.gap + unit.needs > tall + 0.01:
            starts.append(unit.start)
            down = unit.height
        else:
            down += unit.gap + unit.height
    return tuple(starts)


@lru_cache(maxsize=64)
def legend_shape(
    entries: tuple[LegendEntry, ...], text_scale: float, scale: float, fonts: FontFiles
) -> LegendShape:
    """Return the shape of a legend, which remembers what it was asked."""
    return LegendShape(entries, text_scale, scale, fonts)
