"""Spreadsheets: each sheet a layer, read by what its cells are and not by what they look like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyogrio
import python_calamine as calamine

from gisapp.data import dialect, gdal
from gisapp.data.positions import place
from gisapp.data.raw import Raw
from gisapp.data.table import from_texts, notes_told
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.reading import DEFAULTS, ReadOptions

_HEAD: Final = 60
_LAST: Final = 40
_EXACT: Final = 2**53
_DRIVERS: Final = {".ods": "ODS"}

Cells = list[list[Any]]


def sheet_names(path: Path) -> list[str]:
    """Return the names of a workbook's sheets that hold something.

    Raises
    ------
    GisappError
        unreadable, locked.
    """
    if _is_odd(path):
        return gdal.layer_names(path)
    with _opened(path) as book:
        about = book.sheets_metadata
        return [s.name for s in about if s.typ == calamine.SheetTypeEnum.WorkSheet]


def read_sheet(
    path: Path, name: str, options: ReadOptions = DEFAULTS, *, feedback: Feedback | None = None
) -> Raw | None:
    """Read one sheet; None where it is empty.

    Titles above the header and notes below the rows are passed over and told, merged headings
    are joined with those below them, and formulas give the values they had when last saved.

    Raises
    ------
    GisappError
        unreadable, not_a_table, no_coordinates.
    """
    most = None if options.limit is None else options.limit + _HEAD
    rows = [row for row in _rows(path, name, most) if any(_filled(c) for c in row)]
    if not rows:
        return None
    if feedback:
        feedback.check(0.5, f"Reading {path.name}")
    texts = [[_text(c) or "" for c in row] for row in rows[:_HEAD]]
    header = dialect.find_header(texts)
    if header is None:
        raise GisappError(
            "not_a_table",
            f'The sheet "{name}" of {path.name} is not a table of columns with a header.',
            "Put the table in a sheet of its own.",
        )
    body = rows[header.first :]
    last = body[-_LAST:]
    notes = dialect.note_rows(
        [_text(row[0]) if row else None for row in last],
        [sum(map(_filled, row)) for row in last],
        len(header.names),
    )
    notes = 0 if notes == len(body) else notes
    said = [_text(row[0]) or "" for row in body[len(body) - notes :]]
    body = body[: len(body) - notes][: options.limit]
    columns = {
        column: column_of([row[i] if i < len(row) else None for row in body])
        for i, column in enumerate(header.names)
    }
    empty = [n for n, v in columns.items() if n.startswith("column") and v.null_count == len(v)]
    for column in empty:  # beyond the table's edge, or between blocks
        if not header.missing and len(columns) > 1:
            del columns[column]
    raw = from_texts(
        name,
        _DRIVERS.get(path.suffix.lower(), "Excel"),
        columns,
        options=options,
        feedback=feedback,
    )
    raw.problems[:0] = [*header.problems(), *notes_told(said)]
    place(raw, f"{path.name}/{name}", options)
    return raw


def _rows(path: Path, name: str, most: int | None) -> Cells:
    if not _is_odd(path):
        with _opened(path) as book:
            rows: Cells = book.get_sheet_by_name(name).to_python(nrows=most)
        return rows
    with gdal.quiet(path):
        _, table = pyogrio.raw.read_arrow(path, layer=name, HEADERS="DISABLE", FIELD_TYPES="STRING")
    return [list(row.values()) for row in table.slice(0, most).to_pylist()]


def _is_odd(path: Path) -> bool:
    """Tell whether an OpenDocument file is laid out so that only GDAL reads it."""
    if path.suffix.lower() != ".ods":
        return False
    try:
        calamine.CalamineWorkbook.from_path(path).close()
    except calamine.PasswordError:
        return False
    except calamine.CalamineError:
        return True
    return False


@contextmanager
def _opened(path: Path) -> Iterator[calamine.CalamineWorkbook]:
    """Open a workbook; whatever is wrong with it is a `GisappError`."""
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            yield book
    except calamine.PasswordError as error:
        raise GisappError(
            "locked", f"{path.name} is locked with a password.", "Save it without one."
        ) from error
    except (calamine.CalamineError, OSError) as error:
        raise GisappError(
            "unreadable",
            f"{path.name} could not be read as a spreadsheet.",
            str(error).splitlines()[0][:200],
        ) from error


def column_of(values: Sequence[Any]) -> pa.ChunkedArray:
    """Return a column with the type of its cells, or as texts where they are of several kinds."""
    cells = [value if _filled(value) else None for value in values]
    kinds = {type(value) for value in cells if value is not None}
    array: Any
    if kinds and kinds <= {int, float}:
        whole = all(
            v is None or isinstance(v, int) or (v.is_integer() and abs(v) < _EXACT) for v in cells
        )
        array = pa.array(
            [None if v is None else int(v) if whole else float(v) for v in cells],
            pa.int64() if whole else pa.float64(),
        )
    elif kinds == {dt.date}:
        array = pa.array(cells, pa.date32())
    elif kinds and kinds <= {dt.date, dt.datetime}:
        array = pa.array([None if v is None else np.datetime64(v, "ms") for v in cells])
    elif kinds == {bool} and None not in cells:
        array = pa.array(cells, pa.bool_())
    else:
        array = pa.array([_text(v) for v in cells], pa.string())
    return pa.chunked_array([array])


def _filled(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _text(value: Any) -> str | None:
    """Return a cell as a table of texts would have it."""
    if not _filled(value):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)
