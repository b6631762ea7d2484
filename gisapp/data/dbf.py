"""dBASE tables of shapefiles: what their bytes hold, and a copy where GDAL would misread them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.feedback import Feedback, Problem, Severity

Bytes = npt.NDArray[np.uint8]
_HEADER: Final = 32
_FIELD: Final = 32
_BATCH: Final = 100_000  # rows
_PLAIN: Final = b"0123456789+-. \0"
_LOGICAL: Final = list(b"TtFfYyNn?")
_DAYS: Final = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class Table:
    """A dBASE table by its header: places in bytes, and whole rows by the file's length."""

    path: Path
    stated: int
    whole: int
    header: int
    record: int

    @property
    def rows(self) -> int:
        """How many rows a reader goes by the header gets."""
        return min(self.stated, self.whole)


@dataclass(frozen=True)
class _Field:
    name: str
    kind: str
    start: int
    width: int


def opened(path: Path) -> Table | None:
    """Return a table; None if it cannot be one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEADER)
    if len(head) < _HEADER:
        return None
    stated, header, record = struct.unpack("<I2H", head[4:12])
    if head[0] & 0x07 not in {3, 4, 5} or not _HEADER < header <= size or not record:
        return None
    return Table(path, stated, (size - header) // record, header, record)


def mended(
    table: Table, aside: Path, count: int, feedback: Feedback | None = None
) -> tuple[Path, list[Problem]]:
    """Return a table that GDAL reads right for so many shapes, a copy if need be, and what to tell.

    Rows that a shape has and the header forgets are counted in, missing ones are added blank (GDAL
    drops the features else), and cells that are no number or date are blanked (GDAL makes 0 and
    1 January 1970 of them).
    """
    told: list[Problem] = []
    rows = table.whole if table.whole == count else table.rows
    if rows != table.rows:
        told.append(_forgotten(table.rows, rows))
    fields = _fields(table)
    wrong, commas, deleted = _wrong_cells(table, fields, rows, feedback)
    if deleted:
        told.append(_deleted(deleted))
    logical = {field.name for field in fields if field.kind == "L"}
    told += [_misread(name, len(at)) for name, at in wrong.items() if name not in logical]
    if commas:
        told.append(_decimal_commas(sorted(commas)))
    if memos := [f.name for f in fields if f.kind == "M"]:
        told.append(_memos(memos))
    if rows < count:
        told.append(_short(rows, count))
    elif rows > count:
        told.append(_long(rows, count))
    if rows == table.rows >= count and not wrong and not commas:
        return table.path, told
    data = bytearray(table.path.read_bytes()[: table.header + rows * table.record])
    data[4:8] = struct.pack("<I", max(rows, count))
    cells = np.frombuffer(data, np.uint8, rows * table.record, table.header)
    cells = cells.reshape(rows, table.record)
    for field in fields:
        part = cells[:, field.start : field.start + field.width]
        if field.name in commas:
            part[part == ord(",")] = ord(".")
        if field.name in wrong:
            part[wrong[field.name]] = ord("?" if field.kind == "L" else " ")
    aside.write_bytes(bytes(data) + b" " * (table.record * max(count - rows, 0)) + b"\x1a")
    return aside, told


def _fields(table: Table) -> list[_Field]:
    with table.path.open("rb") as file:
        data = file.read(table.header)
    fields, start = [], 1
    for at in range(_HEADER, len(data) - _FIELD + 1, _FIELD):
        if data[at] == 0x0D:
            break
        name = data[at : at + 11].split(b"\0")[0].decode("ascii", "replace")
        fields.append(_Field(name, chr(data[at + 11]), start, data[at + 16]))
        start += data[at + 16]
    return [field for field in fields if field.start + field.width <= table.record and field.width]


def _wrong_cells(
    table: Table, fields: list[_Field], rows: int, feedback: Feedback | None
) -> tuple[dict[str, npt.NDArray[np.intp]], set[str], int]:
    """Return bad rows by column, columns with decimal commas, and how many rows are deleted."""
    found: dict[str, list[npt.NDArray[np.intp]]] = {}
    commas: set[str] = set()
    deleted = 0
    looked = [field for field in fields if field.kind in "NFDL"]
    with table.path.open("rb") as file:
        file.seek(table.header)
        for first in range(0, rows, _BATCH):
            data = file.read(min(_BATCH, rows - first) * table.record)
            cells = np.frombuffer(data, np.uint8)[: len(data) // table.record * table.record]
            cells = cells.reshape(-1, table.record)
            deleted += int((cells[:, 0] == ord("*")).sum())
            for field in looked:
                part = cells[:, field.start : field.start + field.width]
                if field.kind == "D":
                    bad = _no_dates(part)
                elif field.kind == "L":  # GDAL makes false of a blank
                    bad = np.flatnonzero(~np.isin(part[:, 0], _LOGICAL))
                else:
                    bad, with_comma = _no_numbers(part)
                    if with_comma:
                        commas.add(field.name)
                if len(bad):
                    found.setdefault(field.name, []).append(bad + first)
            if feedback:
                feedback.check(first / rows, f"Checking {table.path.name}")
    return {name: np.concatenate(parts) for name, parts in found.items()}, commas, deleted


def _no_numbers(cells: Bytes) -> tuple[npt.NDArray[np.intp], bool]:
    """Return the rows that hold no number, and whether some hold one with a decimal comma."""
    bad: list[np.intp] = []
    commas = False
    if not cells.tobytes().translate(None, _PLAIN):
        return np.array(bad, dtype=np.intp), commas
    for row in np.flatnonzero(~np.isin(cells, list(_PLAIN)).all(axis=1)):
        text = cells[row].tobytes().strip(b" \0").decode("latin-1")
        if not text or set(text) == {"*"}:  # a number that was too wide: known to mean none
            continue
        if text.count(",") == 1 and "." not in text:
            text, commas = text.replace(",", "."), True
        try:
            float(text)
        except ValueError:
            bad.append(row)
            continue
        if not text.strip("+-")[:1].isdigit() and not text.strip("+-").startswith("."):
            bad.append(row)  # "nan" and "inf", of which GDAL makes 0
    return np.array(bad, dtype=np.intp), commas


def _no_dates(cells: Bytes) -> npt.NDArray[np.intp]:
    """Return the rows that hold no date of the calendar and are not blank or zero."""
    if cells.shape[1] != 8:
        return np.empty(0, dtype=np.intp)
    digits = cells.astype(np.int64) - ord("0")
    blank = np.isin(cells, list(b" \0")).all(axis=1)
    numeric = ((digits >= 0) & (digits <= 9)).all(axis=1)
    month = digits[:, 4] * 10 + digits[:, 5]
    day = digits[:, 6] * 10 + digits[:, 7]
    real = numeric & (month >= 1) & (month <= 12) & (day >= 1)
    real &= day <= _DAYS[np.clip(month, 0, 12)]
    zero = (cells == ord("0")).all(axis=1)
    return np.flatnonzero(~blank & ~real & ~zero)


def _forgotten(stated: int, rows: int) -> Problem:
    return Problem(
        "table_header",
        Severity.INFO,
        f"The header of the attribute table speaks of {stated:,} rows, but there are {rows:,}; "
        "all were read.",
    )


def _deleted(count: int) -> Problem:
    return Problem(
        "rows_deleted",
        Severity.INFO,
        f"{count:,} rows are marked as deleted in the attribute table and were left out.",
        count=count,
    )


def _misread(name: str, count: int) -> Problem:
    return Problem(
        "values_unread",
        Severity.WARNING,
        f'{count:,} cells of the column "{name}" hold no number or date and were left empty.',
        "Check them at the source.",
        count,
    )


def _decimal_commas(names: list[str]) -> Problem:
    return Problem(
        "decimal_commas",
        Severity.INFO,
        f"Numbers with decimal commas were read as such ({', '.join(names)}).",
    )


def _memos(names: list[str]) -> Problem:
    return Problem(
        "memos_left_out",
        Severity.WARNING,
        f"Long texts (memo fields) are not read; {', '.join(names)} holds their numbers only.",
        "Save the layer as GeoPackage in the program that made it.",
    )


def _short(rows: int, count: int) -> Problem:
    return Problem(
        "table_short",
        Severity.WARNING,
        f"The attribute table holds {rows:,} rows for {count:,} features; "
        "the last ones have no attributes.",
        "Fetch the file again.",
        count - rows,
    )


def _long(rows: int, count: int) -> Problem:
    return Problem(
        "table_long",
        Severity.WARNING,
        f"The attribute table holds {rows:,} rows for {count:,} features; "
        "rows without a feature were left out.",
        "Check that .shp and .dbf belong together.",
        rows - count,
    )
