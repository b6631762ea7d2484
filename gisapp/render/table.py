"""A table of a page as plain words and rules, for drawers that know no tables of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

import numpy as np

from gisapp.render.fonts import (
    LINE_HEIGHT,
    OURS,
    FontFiles,
    balanced,
    font_files,
    width_of,
    wrap,
)
from gisapp.render.picture import PageTable, Theme
from gisapp.render.scene import Box, Ink, Item, Line, Words, ink
from gisapp.render.symbology import palette

GROUP: Final = "Table"
#: Sizes of a table's text at scale 1, the one that is taken where all fits first.
SIZES: Final = (12.0, 11.0, 10.0, 9.0, 8.0)
_PAD: Final = 0.32  # of the text's size, above and below a row
_GAP: Final = 1.3  # of the text's size, between columns
_NARROWEST: Final = 5.0  # of the text's size: a column of words is no narrower
_WIDEST_GAP: Final = 3.2


@dataclass(frozen=True)
class TablePlan:
    """How a table stands in a width: text size, columns, and how high every row is, in points.

    `lefts` are the left edges of the columns from the table's own, `heads` the lines of the
    headings, `cells` those of the rows.
    """

    size: float
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    heads: tuple[tuple[str, ...], ...]
    cells: tuple[tuple[tuple[str, ...], ...], ...]
    title: tuple[str, ...]
    note: tuple[str, ...]

    @property
    def width(self) -> float:
        """The width that the columns take."""
        return self.lefts[-1] + self.widths[-1]

    @property
    def titled(self) -> float:
        """The height of the title."""
        high = len(self.title) * self.size * 1.2 * LINE_HEIGHT + self.size * 0.5
        return high if self.title else 0.0

    @property
    def wraps(self) -> bool:
        """Whether a row stands on several lines."""
        return any(len(lines) > 1 for row in self.cells for lines in row)

    @property
    def top(self) -> float:
        """The height of title and headings."""
        return self.titled + _row_height(self.heads, self.size)

    @property
    def heights(self) -> tuple[float, ...]:
        """The heights of the rows."""
        return tuple(_row_height(row, self.size) for row in self.cells)

    @property
    def bottom(self) -> float:
        """The height of the note under the rows."""
        small = self.size * 0.8
        return len(self.note) * small * LINE_HEIGHT + small * 0.6 if self.note else 0.0

    @property
    def height(self) -> float:
        """The height of all."""
        return self.top + sum(self.heights) + self.bottom

    def parts(self, height: float) -> tuple[int, ...]:
        """Return how many rows stand in each of as few tables of a height as hold all."""
        room = height - self.top - self.bottom
        pages = -(-sum(self.heights) // max(room, 1.0))
        while True:  # rows differ in height: a part more where an even share does not fit
            most = -(-len(self.cells) // int(pages))
            starts = range(0, len(self.cells), most)
            if most == 1 or all(sum(self.heights[i : i + most]) <= room + 0.01 for i in starts):
                return tuple(len(self.cells[i : i + most]) for i in starts)
            pages += 1


def _row_height(cells: Sequence[tuple[str, ...]], size: float) -> float:
    return (max(len(lines) for lines in cells) * LINE_HEIGHT + 2 * _PAD) * size


@lru_cache(maxsize=64)
def table_plan(table: PageTable, width: float, size: float, fonts: FontFiles = OURS) -> TablePlan:
    """Return how a table stands in a width at a text size, both in points."""
    gap = _GAP * size
    natural = [
        max(
            *(width_of(row[i], size, fonts=fonts) for row in table.rows),
            *(
                width_of(line, size, bold=True, fonts=fonts)
                for line in _headings(table.columns[i], size, fonts)
            ),
            size,
        )
        + 1.0
        for i in range(len(table.columns))
    ]
    widths = _shared(natural, width - gap * (len(natural) - 1), table, size)
    spare = width - sum(widths)
    if len(widths) > 1:
        gap = min(spare / (len(widths) - 1), _WIDEST_GAP * size)
    lefts = [0.0, *accumulate(w + gap for w in widths)][: len(widths)]
    full = lefts[-1] + widths[-1]
    return TablePlan(
        size,
        tuple(lefts),
        tuple(widths),
        tuple(
            _wrapped(c, w, size, fonts, bold=True)
            for c, w in zip(table.columns, widths, strict=True)
        ),
        tuple(
            tuple(_wrapped(cell, w, size, fonts) for cell, w in zip(row, widths, strict=True))
            for row in table.rows
        ),
        balanced(table.title, full, size * 1.2, bold=True, fonts=fonts) if table.title else (),
        wrap(table.note, full, size * 0.8, fonts=fonts) if table.note else (),
    )


def _headings(text: str, size: float, fonts: FontFiles) -> tuple[str, ...]:
    """Return a heading on at most two lines: it is not to make a column of figures wide."""
    whole = width_of(text, size, bold=True, fonts=fonts)
    words = max(width_of(word, size, bold=True, fonts=fonts) for word in text.split(" "))
    narrow = max(whole * 0.6, words + 0.5)
    return wrap(text, narrow, size, bold=True, fonts=fonts) or (text,)


def _wrapped(
    text: str, width: float, size: float, fonts: FontFiles, *, bold: bool = False
) -> tuple[str, ...]:
    return wrap(text, width, size, bold=bold, fonts=fonts) or ("",)


def _shared(natural: list[float], room: float, table: PageTable, size: float) -> list[float]:
    """Return widths of columns that fit a room: columns of words give way, the widest first."""
    widths = list(natural)
    flexible = [i for i in range(len(widths)) if not is_numeric(table, i)] or list(
        range(len(widths))
    )
    while sum(widths) > room + 0.01:
        over = sum(widths) - room
        i = max(flexible, key=lambda each: widths[each])
        others = [widths[j] for j in flexible if j != i]
        floor = max([_NARROWEST * size, *(w for w in others if w < widths[i])])
        if widths[i] <= _NARROWEST * size + 0.01:
            factor = room / sum(widths)
            return [w * factor for w in widths]
        widths[i] = max(widths[i] - over, min(floor, widths[i] - 1.0), _NARROWEST * size)
    return widths


def is_numeric(table: PageTable, column: int) -> bool:
    """Return whether a column stands at the right."""
    return bool(table.numeric) and table.numeric[column]


def table_items(table: PageTable, box: Box, theme: Theme, size: float) -> list[Item]:
    """Return the table as words and rules, from the top left of a box in its width.

    Parameters
    ----------
    size
        Of the text, in points.
    """
    plan = table_plan(table, box.w, size, font_files(theme))
    colors = palette(theme)
    dark, muted, faint = (ink(colors, token) for token in ("text", "muted", "rule"))
    items: list[Item] = []
    y = box.y
    if plan.title:
        large = size * 1.2
        items.append(
            Words("Table title", GROUP, box.x, y, plan.title, large, dark, bold=True,
                  purpose="table", width=box.w)
        )  # fmt: skip
        y += len(plan.title) * large * LINE_HEIGHT + size * 0.5

    def cells(name: str, row: Sequence[tuple[str, ...]], bottom: float, *, bold: bool) -> None:
        """Add a row whose last lines stand above `bottom`, headings, or first ones under it."""
        for i, lines in enumerate(row):
            right = is_numeric(table, i)
            top = bottom - (_PAD + len(lines) * LINE_HEIGHT) * size if bold else bottom
            left = box.x + plan.lefts[i] + (plan.widths[i] if right else 0.0)
            if any(lines):
                items.append(
                    Words(f"{name}, {table.columns[i]}", GROUP, left, top, lines, size, dark,
                          bold=bold, align="right" if right else "left", purpose="table")
                )  # fmt: skip

    def rule(name: str, color: Ink, thick: float) -> None:
        line = np.array([(box.x, y), (box.x + plan.width, y)])
        items.append(Line(name, GROUP, (line,), color, thick))

    y += _row_height(plan.heads, size)
    cells("Heading", plan.heads, y, bold=True)
    rule("Heading rule", muted, 0.9)
    for number, (row, high) in enumerate(zip(plan.cells, plan.heights, strict=True), 1):
        cells(f"Row {number}", row, y + _PAD * size, bold=False)
        y += high
        rule(f"Row rule {number}", faint, 0.4)
    if plan.note:
        small = size * 0.8
        items.append(
            Words("Table note", GROUP, box.x, y + small * 0.6, plan.note, small, muted,
                  purpose="table", width=plan.width)
        )  # fmt: skip
    return items
