"""Paragraphs in columns of a page, as words that may lead to other pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gisapp.render.deck_pages import Paragraph
from gisapp.render.fonts import LINE_HEIGHT, FontFiles, width_of, wrap
from gisapp.render.picture import Theme
from gisapp.render.scene import Box, Item, Line, Words, ink
from gisapp.render.symbology import palette

GROUP: Final = "Text"
_COLUMN_GAP: Final = 2.6  # of the size
#: Times the size: a longer line reads badly, and a page's number stands far from its words.
_LONGEST_LINE: Final = 50.0
#: Size and room above by level, of the paragraphs' own size.
_SIZES: Final = (1.0, 1.0, 0.86)
_ABOVE: Final = (1.0, 0.55, 0.12)
_HEADING: Final = 0


@dataclass(frozen=True)
class Row:
    """A paragraph as it stands: its lines, their size, the room above and their width."""

    paragraph: Paragraph
    lines: tuple[str, ...]
    size: float
    above: float
    width: float

    @property
    def high(self) -> float:
        """The height of its lines."""
        return len(self.lines) * self.size * LINE_HEIGHT


@dataclass(frozen=True)
class Written:
    """Paragraphs in columns of one width."""

    columns: tuple[tuple[Row, ...], ...]
    width: float
    gap: float

    @property
    def height(self) -> float:
        """The height of the longest column."""
        return max(map(_height, self.columns))


def _height(rows: Sequence[Row]) -> float:
    return sum(row.high + (row.above if i else 0.0) for i, row in enumerate(rows))


def written(
    paragraphs: Sequence[Paragraph], box: Box, columns: int, size: float, fonts: FontFiles
) -> Written | None:
    """Return paragraphs in columns of about one height, or None where they do not fit a box."""
    rows, width, gap = _rows(paragraphs, box, columns, size, fonts)
    found = _flowed(rows, box.h)
    if len(found) > columns or any(_height(column) > box.h + 0.01 for column in found):
        return None
    low, high = 0.0, box.h
    while columns > 1 and high - low > 1.0:
        middle = (low + high) / 2.0
        tried = _flowed(rows, middle)
        if len(tried) > columns or any(_height(column) > middle for column in tried):
            low = middle
        else:
            high, found = middle, tried
    return Written(tuple(map(tuple, found)), width, gap)


def chunks(
    paragraphs: Sequence[Paragraph], box: Box, columns: int, size: float, fonts: FontFiles
) -> Iterator[tuple[Paragraph, ...]]:
    """Yield the paragraphs of each page; one that is longer than a column goes on in the next."""
    rows, _, _ = _rows(paragraphs, box, columns, size, fonts)
    found = _flowed(_cut(rows, box.h), box.h)
    for first in range(0, len(found), columns):
        yield tuple(
            replace(row.paragraph, text=" ".join(row.lines))
            for column in found[first : first + columns]
            for row in column
        )


def _rows(
    paragraphs: Sequence[Paragraph], box: Box, columns: int, size: float, fonts: FontFiles
) -> tuple[list[Row], float, float]:
    gap = _COLUMN_GAP * size
    width = min((box.w - gap * (columns - 1)) / columns, _LONGEST_LINE * size)
    number = max(
        (width_of(str(p.page), size, fonts=fonts) for p in paragraphs if p.page), default=0.0
    )
    return [_row(p, width, size, number, fonts) for p in paragraphs], width, gap


def _row(each: Paragraph, width: float, size: float, number: float, fonts: FontFiles) -> Row:
    level = min(each.level, len(_SIZES) - 1)
    own = size * _SIZES[level]
    room = width - (number + size if each.page is not None else 0.0)
    lines = wrap(each.text, room, own, bold=level == _HEADING, fonts=fonts) or ("",)
    return Row(each, lines, own, size * _ABOVE[level], room)


def _flowed(rows: Sequence[Row], height: float) -> list[list[Row]]:
    """Return the rows in columns of a height; a heading goes with what follows it."""
    columns: list[list[Row]] = [[]]
    for i, row in enumerate(rows):
        follows = row.paragraph.level == _HEADING or _next_is_under(rows, i)
        need = row.above + row.high
        if follows and i + 1 < len(rows):
            need += rows[i + 1].above + rows[i + 1].high
        if columns[-1] and _height(columns[-1]) + need > height + 0.01:
            columns.append([])
        columns[-1].append(row)
    return columns


def _next_is_under(rows: Sequence[Row], i: int) -> bool:
    """Return whether what follows an entry is said of it."""
    return i + 1 < len(rows) and rows[i].paragraph.level == 1 < rows[i + 1].paragraph.level


def _cut(rows: Sequence[Row], height: float) -> list[Row]:
    """Return the rows, those of more lines than a column has room for in parts."""
    found: list[Row] = []
    for i, row in enumerate(rows):
        headed = i > 0 and rows[i - 1].paragraph.level == _HEADING
        room = height - (rows[i - 1].high + row.above if headed else 0.0)
        most = max(int(room / (row.size * LINE_HEIGHT)), 1)
        found += [
            replace(row, lines=row.lines[first : first + most])
            for first in range(0, len(row.lines), most)
        ]
    return found


def word_items(found: Written, at: tuple[float, float], theme: Theme) -> list[Item]:
    """Return paragraphs as words, with rules between entries that lead to pages.

    Parameters
    ----------
    at
        The top left corner on the page.
    """
    colors = palette(theme)
    dark, muted, rule = (ink(colors, token) for token in ("text", "muted", "rule"))
    items: list[Item] = []
    for number, rows in enumerate(found.columns):
        x, y = at[0] + number * (found.width + found.gap), at[1]
        for i, row in enumerate(rows):
            each, link = row.paragraph, row.paragraph.page
            entry = link is not None and each.level == 1
            if i:
                if entry:
                    line = np.array([(x, y + row.above / 2), (x + found.width, y + row.above / 2)])
                    items.append(Line("Entry rule", GROUP, (line,), rule, 0.5))
                y += row.above
            items.append(
                Words(each.text[:60], GROUP, x, y, row.lines, row.size,
                      muted if each.level > 1 else dark, bold=each.level == _HEADING,
                      purpose="text", width=row.width, link=link)
            )  # fmt: skip
            if entry:
                items.append(
                    Words(f"Page of {each.text[:40]}", GROUP, x + found.width, y, (str(link),),
                          row.size, muted, align="right", purpose="text", link=link)
                )  # fmt: skip
            y += row.high
    return items
