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
from gisapp.render.layout.sizes import POINTS_PER_PIXEL
from gisapp.render.layout.text import LEAST_SIZE
from gisapp.render.legend import LegendEntry
from gisapp.render.scene import Box
from gisapp.render.symbology import LARGEST_WEIGHTED

_SIZE: Final = 10.0
_COLUMN_GAP: Final = 18.0
_GROUP_GAP: Final = 6.0
_NARROWEST_COLUMN: Final = 86.0
#: What a wrapped text costs against the height of a line, and a group that is torn apart.
_WRAPPED: Final = 0.5
_TORN: Final = 0.6
_MOST_COLUMNS: Final = 8


@dataclass(frozen=True)
class LegendRow:
    """A legend entry with its place; the swatch fills `swatch`, the text starts at its right."""

    entry: LegendEntry
    box: Box
    swatch: Box
    lines: tuple[str, ...]
    size: float


@dataclass(frozen=True)
class LegendBlock:
    """Rows from the origin, how much room they take, and how ill they read (0 is well)."""

    rows: tuple[LegendRow, ...] = ()
    width: float = 0.0
    height: float = 0.0
    cost: float = 0.0

    def at(self, x: float, y: float) -> tuple[LegendRow, ...]:
        """Return the rows from another origin."""
        return tuple(
            replace(
                row,
                box=replace(row.box, x=row.box.x + x, y=row.box.y + y),
                swatch=replace(row.swatch, x=row.swatch.x + x, y=row.swatch.y + y),
            )
            for row in self.rows
        )


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

    @property
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
    def _whole(self) -> dict[int, LegendBlock]:
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
            lines: tuple[str, ...] = (row_text(entry),)
            wide = self.natural[number]
        else:
            room = max(width - self._indent(entry), self.size)
            lines = wrap(row_text(entry), room, self.size, fonts=self.fonts) or ("",)
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
        if not self.entries:
            return LegendBlock()
        best: LegendBlock | None = None
        most = min(len(self.entries), _MOST_COLUMNS)
        for columns in range(1, most + 1):
            cell = (width - (columns - 1) * self.gap) / columns
            if columns > 1 and cell < _NARROWEST_COLUMN * self.text_scale * 0.7:
                break
            # columns as wide as their texts where all fit, else of equal width
            found = self._unwrapped(columns)
            if found.width > width + 0.01:
                found = self._columns(columns, cell)
            if found.width <= width + 0.01 and (
                best is None or self._worth(found) < self._worth(best) - 0.01
            ):
                best = found
        return best or self._columns(1, width)

    def _unwrapped(self, columns: int) -> LegendBlock:
        if columns not in self._whole:
            self._whole[columns] = self._columns(columns, max(self.natural))
        return self._whole[columns]

    def _worth(self, block: LegendBlock) -> float:
        return block.height + block.cost * self.size * LINE_HEIGHT

    def _columns(self, columns: int, room: float) -> LegendBlock:
        """Fill columns from top to bottom to the least height that holds all rows."""
        rows = [self._measure(i, room) for i in range(len(self.entries))]
        starts = {self._split(rows, columns, whole_groups) for whole_groups in (True, False)}
        return min((self._built(rows, each) for each in sorted(starts)), key=self._worth)

    def _split(
        self, rows: Sequence[_Measured], columns: int, whole_groups: bool
    ) -> tuple[int, ...]:
        """Return the numbers of the rows that begin a column."""
        units = self._units(rows, whole_groups)
        high = sum(before + height for _, before, height in units)
        low = max(high / columns, *(height for _, _, height in units))
        starts: tuple[int, ...] = (0,)
        if columns == 1:
            return starts
        while high - low > 0.5:
            middle = (low + high) / 2.0
            tried = _breaks(units, middle)
            if len(tried) <= columns:
                high, starts = middle, tried
            else:
                low = middle
        return starts

    def _units(
        self, rows: Sequence[_Measured], whole_groups: bool
    ) -> list[tuple[int, float, float]]:
        """Return what stays together: its first row, the gap before it, and its height."""
        gap = _GROUP_GAP * self.text_scale
        units: list[tuple[int, float, float]] = []
        for i, row in enumerate(rows):
            new_group = self._new_group(i)
            heading = i > 0 and self.entries[i - 1].is_heading
            if units and (heading or (whole_groups and not new_group)):
                start, before, height = units[-1]
                units[-1] = start, before, height + row.height
            else:
                units.append((i, gap if new_group else 0.0, row.height))
        return units

    def _new_group(self, number: int) -> bool:
        return number > 0 and self.entries[number].group != self.entries[number - 1].group

    def _built(self, rows: Sequence[_Measured], starts: Sequence[int]) -> LegendBlock:
        placed: list[LegendRow] = []
        x, tallest, cost = 0.0, 0.0, 0.0
        gap = _GROUP_GAP * self.text_scale
        for start, end in pairwise([*starts, len(rows)]):
            wide = max(row.width for row in rows[start:end])
            y = 0.0
            for i in range(start, end):
                y += gap if i > start and self._new_group(i) else 0.0
                placed.append(self._row(i, rows[i], x, y, wide))
                y = placed[-1].box.bottom
                cost += _WRAPPED * (len(rows[i].lines) - 1)
            if start and not self._new_group(start):
                cost += _TORN
            tallest = max(tallest, y)
            x += wide + self.gap
        return LegendBlock(tuple(placed), x - self.gap, tallest, cost)

    def _row(self, number: int, row: _Measured, x: float, y: float, wide: float) -> LegendRow:
        entry, line = self.entries[number], self.size * LINE_HEIGHT
        if entry.sizes:
            texts = len(row.lines) * line
            swatch = Box(x, y + texts + 2.0, wide, row.height - texts - 4.0)
        else:
            swatch = Box(x, y, self.swatch_width, line)
        return LegendRow(entry, Box(x, y, wide, row.height), swatch, row.lines, self.size)


def _breaks(units: Sequence[tuple[int, float, float]], tall: float) -> tuple[int, ...]:
    """Return the rows that begin a column where none is higher than `tall`."""
    starts: list[int] = []
    down = inf
    for start, before, height in units:
        down += before + height
        if down > tall + 0.01:
            starts.append(start)
            down = height
    return tuple(starts)


@lru_cache(maxsize=64)
def legend_shape(
    entries: tuple[LegendEntry, ...], text_scale: float, scale: float, fonts: FontFiles
) -> LegendShape:
    """Return the shape of a legend, which remembers what it was asked."""
    return LegendShape(entries, text_scale, scale, fonts)
