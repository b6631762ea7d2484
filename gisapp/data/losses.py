"""What a format cannot hold: columns made to fit, and the sentence that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from gisapp.model.features import Column
from gisapp.model.feedback import Problem, Severity

_NAME_BYTES: Final = 10
_TEXT_BYTES: Final = 254
_DANGEROUS: Final = re.compile(r"^[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"^[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?$")


class Losses:
    """Gathers the problems of one writing."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def unique(self, what: str, names: Sequence[str], limit: int | None = None) -> list[str]:
        """Return names that differ even in lower case and fit `limit` bytes of UTF-8."""
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
        renamed = [(a, b) for a, b in zip(names, result, strict=True) if a != b]
        if renamed:
            listed = ", ".join(f'"{a}" is now "{b}"' for a, b in renamed)
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

    def cut(self, column: str, count: int) -> None:
        """Tell that texts were too long."""
        self._tell(
            "text_cut",
            f'{count:,} texts of "{column}" were cut to {_TEXT_BYTES} bytes.',
            count,
            "Write a GeoPackage to keep them whole.",
        )

    def as_text(self, column: str, what: str) -> None:
        """Tell that a kind of value became text."""
        self._tell("written_as_text", f'"{column}" holds {what} and was written as text.', 1)

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


def sqlite_columns(columns: dict[str, Column], losses: Losses) -> dict[str, Column]:
    """Return columns whose names differ even in lower case, as SQLite wants them."""
    names = losses.unique("column", list(columns))
    return dict(zip(names, columns.values(), strict=True))


def shapefile_columns(columns: dict[str, Column], losses: Losses) -> dict[str, Column]:
    """Return columns that a dBASE table can hold."""
    names = losses.unique("column", list(columns), _NAME_BYTES)
    fitted: dict[str, Column] = {}
    for name, (title, given) in zip(names, columns.items(), strict=True):
        values = given
        if values.dtype.kind == "M" and values.dtype != "datetime64[D]":
            losses.as_text(title, "times of day")
            missing = np.isnat(values)
            values = values.astype(str).astype(object)
            values[missing] = None
        if values.dtype == object:
            long = [i for i, v in enumerate(values) if v and len(v.encode()) > _TEXT_BYTES]
            if long:
                values = values.copy()
                for i in long:
                    values[i] = _cut(values[i], _TEXT_BYTES)
                losses.cut(title, len(long))
        fitted[name] = values
    return fitted


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
