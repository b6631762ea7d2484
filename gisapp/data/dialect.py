"""How a table of texts is laid out: its delimiter, where its header stands, notes around it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gisapp.data.arrow import unique_names
from gisapp.model.feedback import Problem, Severity

_DELIMITERS: Final = ("\t", ";", ",", "|")
_HEAD: Final = 400_000
_LINES: Final = 60
_LINE: Final = 100_000  # longer lines hold geometries and say nothing of the dialect
_DEEPEST: Final = 30  # rows that may stand above a header
_NUMBER: Final = re.compile(r"^[+\-\u2212]?[\d.,'\u00a0\u202f ]*\d[\d.,]*\s?%?$")
_YEAR: Final = re.compile(r"^(1[5-9]|20|21)\d\d$")

Row = Sequence[str]


@dataclass(frozen=True)
class Header:
    """Where the header of a table stands, and what it says.

    Parameters
    ----------
    names
        One unique name a column.
    first
        Number of the first row of data, from 0.
    above
        Texts of the rows above the header: titles and notes.
    missing
        True where the first row is data already and the names are made up.
    renamed
        Names that are not what the file says, since it says none, or one twice.
    """

    names: tuple[str, ...]
    first: int
    above: tuple[str, ...] = ()
    missing: bool = False
    renamed: tuple[str, ...] = ()

    def problems(self) -> list[Problem]:
        """Tell what of the header was passed over or made up."""
        told = []
        if self.above:
            said = " / ".join(self.above)[:120]
            told.append(
                Problem(
                    "title_lines",
                    Severity.INFO,
                    f"{_rows(len(self.above))} above the header hold a title or notes and "
                    f'were passed over: "{said}".',
                    count=len(self.above),
                )
            )
        if self.missing:
            told.append(
                Problem(
                    "no_header",
                    Severity.WARNING,
                    'The table has no header; its columns are called "column 1", "column 2" '
                    "and so on.",
                    "Add a header line to the file if names matter.",
                )
            )
            return told
        if self.renamed:
            listed = ", ".join(f'"{name}"' for name in self.renamed[:5])
            more = ", ..." if len(self.renamed) > 5 else ""
            told.append(
                Problem(
                    "columns_renamed",
                    Severity.INFO,
                    f"{len(self.renamed):,} columns had no name, or one that another has too, "
                    f"and are now called {listed}{more}.",
                    count=len(self.renamed),
                )
            )
        return told


def delimiter_of(text: str) -> str | None:
    """Return the delimiter that splits the first lines most evenly; None if none does."""
    lines = first_lines(text)
    best, score = None, (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        usual, count = (
            Counter(w for w in widths if w > 1).most_common(1)[0]
            if any(w > 1 for w in widths)
            else (0, 0)
        )
        if usual and (count / len(widths), usual) > score:
            best, score = delimiter, (count / len(widths), usual)
    return best


def first_lines(text: str) -> list[str]:
    """Return the first lines of a text that are not blank, but no very long ones."""
    lines = [li for li in text[:_HEAD].splitlines()[: 4 * _LINES] if li.strip()]
    if len(lines) > 1 and len(text) > _HEAD:
        del lines[-1]  # cut
    return [li for li in lines if len(li) < _LINE][:_LINES] or lines[:1]


def find_header(rows: Sequence[Row]) -> Header | None:
    """Find the header among the first rows of a table; None where no two columns are.

    It is the first row that fills most of the columns with words. Rows of titles above fill one
    or two; a row of group names above ("Production" over "2022" and "2023") is joined to it.
    """
    filled = [sum(bool(c.strip()) for c in row) for row in rows]
    several = [f for f in filled if f > 1]
    if not several:
        return None
    usual = Counter(several).most_common(1)[0][0]
    width = Counter(len(row) for row, f in zip(rows, filled, strict=True) if f > 1)
    columns = max(width, key=lambda w: (width[w], w))
    at = next(
        (i for i, f in enumerate(filled[:_DEEPEST]) if f >= max(2, 0.6 * usual)),
        filled.index(max(filled)),
    )
    groups: Row | None = None
    if _is_group_row(rows, at, columns):
        groups, at = rows[at], at + 1
    elif at and filled[at - 1] > 1 and _is_group_row(rows, at - 1, columns):
        groups = rows[at - 1]
    titles = range(at - 1 if groups is not None else at)
    above = tuple(" ".join(c.strip() for c in rows[i] if c.strip()) for i in titles)
    above = tuple(text for text in above if text)
    if not _is_words(rows[at]) and _like_data(rows, at):
        return Header(tuple(f"column {i + 1}" for i in range(columns)), at, above, missing=True)
    cells = [c.strip() for c in rows[at]] + [""] * (columns - len(rows[at]))
    if groups is not None:
        cells = _joined(groups, cells)
    said = [_one_line(c) for c in cells]
    names = unique_names(said)
    renamed = tuple(n for n, old in zip(names, said, strict=True) if n != old)
    return Header(tuple(names), at + 1, above, renamed=renamed)


def _is_group_row(rows: Sequence[Row], at: int, columns: int) -> bool:
    """Tell whether this row names groups of columns, whose names stand in the next one."""
    if at + 2 >= len(rows) or len(rows[at]) < columns or _is_words(rows[at + 2]):
        return False
    row, below = rows[at], rows[at + 1]
    gaps = [i for i in range(columns) if not (row[i : i + 1] or [""])[0].strip()]
    named = [i for i in gaps if (below[i : i + 1] or [""])[0].strip()]
    return bool(gaps) and gaps == named and _is_words(row) and _is_words(below)


def _joined(groups: Row, cells: list[str]) -> list[str]:
    """Put the name of a merged cell before each name below it."""
    result, group = [], ""
    for i, cell in enumerate(cells):
        own = groups[i].strip() if i < len(groups) else ""
        group = own or group
        result.append(f"{group} {cell}".strip() if group and cell else cell or own)
    return result


def _is_words(row: Row) -> bool:
    """Tell whether a row holds names: no number but years."""
    cells = [c.strip() for c in row if c.strip()]
    return bool(cells) and not any(_NUMBER.match(c) and not _YEAR.match(c) for c in cells)


def _like_data(rows: Sequence[Row], at: int) -> bool:
    """Tell whether the row has numbers where the rows below have numbers too."""
    below = [row for row in rows[at + 1 :] if any(c.strip() for c in row)]
    for i, cell in enumerate(rows[at]):
        if _NUMBER.match(cell.strip()) and not _YEAR.match(cell.strip()):
            others = [row[i].strip() for row in below if i < len(row) and row[i].strip()]
            numbers = sum(bool(_NUMBER.match(other)) for other in others)
            if not others or numbers >= 0.8 * len(others):
                return True
    return False


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def note_rows(first_cells: Sequence[str | None], filled: Sequence[int], columns: int) -> int:
    """Return how many rows at a table's end are notes: only their first cells hold a text.

    Parameters
    ----------
    first_cells
        First cell of each of the last rows.
    filled
        How many cells of them hold something.
    columns
        Of the table; one of a single or two columns has no such rows.
    """
    if columns < 3:
        return 0
    count = 0
    for cell, number in zip(reversed(first_cells), reversed(filled), strict=True):
        if number == 0 or (number == 1 and cell and not _NUMBER.match(cell)):
            count += 1
        else:
            break
    return count
