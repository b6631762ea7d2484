"""What a format cannot hold: columns made to fit, and the sentence that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gisapp.model.features import Column
from gisapp.model.feedback import Problem, Severity

_NAMED: Final = 12
_DANGEROUS: Final = re.compile(r"^[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"^[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?$")


class Losses:
    """Gathers the problems of one writing."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def unique(
        self,
        what: str,
        names: Sequence[str],
        limit: int | None = None,
        *,
        given: Sequence[str] | None = None,
    ) -> list[str]:
        """Return names that differ even in lower case and fit `limit` bytes of UTF-8.

        `given` are the names as they were before anything else was changed in them.
        """
        taken: set[str] = set()
        result = []
        for name in names:
            candidate, number = _cut(name or what, limit), 1
            while candidate.lower() in taken:
                number += 1
                tail = f"_{number}"
                candidate = _cut(name, None if limit is None else limit - len(tail)) + tail
            taken.add(candidate.lower())
            result.append(candidate)
        before = names if given is None else given
        renamed = [(a, b) for a, b in zip(before, result, strict=True) if a != b]
        if renamed:
            listed = ", ".join(f'"{a}" is now "{b}"' for a, b in renamed[:_NAMED])
            listed += ", ..." if len(renamed) > _NAMED else ""
            self._tell("renamed", f"Some {what} names do not fit: {listed}.", len(renamed))
        return result

    def several_files(self, suffix: str, count: int) -> None:
        """Tell that each layer went into a file of its own."""
        self._tell(
            "several_files",
            f"A {suffix} file holds one layer; {count} files were written, one a layer.",
            count,
            "Write a GeoPackage to keep them in one file.",
        )

    def cut(self, column: str, count: int, limit: int) -> None:
        """Tell that texts were too long."""
        self._tell(
            "text_cut",
            f'{count:,} texts of "{column}" were cut to {limit:,} bytes.',
            count,
            "Write a GeoPackage to keep them whole.",
        )

    def as_text(self, column: str, what: str) -> None:
        """Tell that a kind of value became text."""
        self._tell("written_as_text", f'"{column}" holds {what} and was written as text.', 1)

    def as_times(self, column: str) -> None:
        """Tell that dates became times."""
        self._tell(
            "written_as_time", f'The dates of "{column}" were written as times at midnight.', 1
        )

    def as_real(self, column: str) -> None:
        """Tell that whole numbers became numbers of some 16 digits."""
        self._tell(
            "written_as_number",
            f'The large whole numbers of "{column}" were written as numbers of 16 digits.',
            1,
        )

    def columns_lost(self, columns: Sequence[str], driver: str) -> None:
        """Tell that a format has no room for columns."""
        listed = ", ".join(f'"{name}"' for name in columns[:_NAMED])
        more = ", ..." if len(columns) > _NAMED else ""
        self._tell(
            "columns_lost",
            f"{len(columns):,} columns have no room in the format {driver} and were left out: "
            f"{listed}{more}.",
            len(columns),
            "Write a GeoPackage to keep them.",
        )

    def unplaced(self, count: int, driver: str) -> None:
        """Tell that features without a position were left out."""
        self._tell(
            "unplaced_lost",
            f"{count:,} features without a position have no place in the format {driver} and were "
            "left out.",
            count,
            "Write a GeoPackage to keep them.",
        )

    def typeless(self, column: str) -> None:
        """Tell that texts will be read as numbers."""
        self._tell(
            "typeless",
            f'The texts of "{column}" are numbers and will be read so: the format has no types.',
            1,
            "Write a GeoPackage to keep them texts.",
        )

    def blanks(self, column: str, count: int, what: str, now: str) -> None:
        """Tell that a format does not part a missing text from an empty one."""
        self._tell(
            "blank_texts", f'{count:,} {what} texts of "{column}" will be {now} ones.', count
        )

    def one_line(self, column: str, count: int) -> None:
        """Tell that line breaks became spaces."""
        self._tell(
            "lines_joined",
            f'The line breaks in {count:,} texts of "{column}" were written as spaces.',
            count,
        )

    def split(self, count: int) -> None:
        """Tell that parts became features."""
        self._tell(
            "parts_split",
            f"{count:,} features of several parts will be a feature for each part.",
            count,
            "Write a GeoPackage to keep them whole.",
        )

    def by_kind(self, kinds: Sequence[str]) -> None:
        """Tell that points, lines and areas went into files of their own."""
        self._tell(
            "split_by_kind",
            f"The format holds one kind of geometry; {', '.join(kinds)} go into a file each.",
            len(kinds),
            "Write a GeoPackage to keep them in one layer.",
        )

    def multiplied(self, count: int) -> None:
        """Tell that single points became groups of one."""
        self._tell(
            "points_grouped",
            f"{count:,} single points were written as groups of one, as the others are groups.",
            count,
        )

    def no_crs(self) -> None:
        """Tell that a format does not say its CRS."""
        self._tell(
            "crs_unsaid",
            "The format does not say its coordinate reference system.",
            1,
            "Tell whoever gets the file.",
        )

    def rounded(self) -> None:
        """Tell how finely MapInfo's table holds coordinates."""
        self._tell(
            "rounded", "A .tab file holds coordinates to about 2 cm; a .mif holds all of them.", 1
        )

    def replaced(self, column: str) -> None:
        """Tell that a column gave way to the geometry's."""
        self._tell(
            "column_replaced",
            f'The column "{column}" differs from the geometry, which was written in its place.',
            1,
        )

    def neutralised(self, count: int) -> None:
        """Tell that cells which a spreadsheet would run got an apostrophe."""
        self._tell(
            "formula_neutralised",
            f"{count:,} texts that a spreadsheet would run as a formula were written with an "
            "apostrophe in front.",
            count,
        )

    def out_of_reach(self, layer: str, crs: str, count: int) -> None:
        """Tell that features lie where a CRS has no coordinates."""
        self._tell(
            "out_of_reach",
            f'{count:,} features of "{layer}" lie where {crs} does not reach and lost their '
            "position.",
            count,
            "Write the file in WGS 84, or in a CRS of a larger area.",
        )

    def said(self, texts: Sequence[str]) -> None:
        """Tell what the writing library warned of."""
        for text in dict.fromkeys(texts):
            self._tell("writer_warning", f"The writer says: {text.strip()[:200]}", 1)

    def _tell(self, code: str, message: str, count: int, hint: str = "") -> None:
        self.problems.append(Problem(code, Severity.WARNING, message, hint, count))


def safe_cells(values: Column, losses: Losses) -> Column:
    """Return texts that no spreadsheet takes for a formula; plain numbers pass."""
    rows = [i for i, v in enumerate(values) if v and _DANGEROUS.match(v) and not _NUMBER.match(v)]
    if not rows:
        return values
    values = values.copy()
    for row in rows:
        values[row] = "'" + values[row]
    losses.neutralised(len(rows))
    return values


def _cut(text: str, limit: int | None) -> str:
    return text if limit is None else text.encode()[:limit].decode("utf-8", "ignore")
