"""Layers as tables for spreadsheets: CSV and XLSX, in which no text runs as a formula."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import shapely
import xlsxwriter  # type: ignore[import-untyped]

from gisapp.data.arrow import array_of
from gisapp.data.losses import Losses, safe_cells
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Feedback, GisappError

_BATCH: Final = 50_000
_ROWS: Final = 1_048_575  # of a sheet below its header
_CELL: Final = 32_767  # characters
_FORBIDDEN: Final = str.maketrans(dict.fromkeys(r"[]:*?/\\", "_"))


def write_csv(
    path: Path, features: Features, columns: dict[str, Column], losses: Losses, *,
    degrees: bool, feedback: Feedback | None = None,
) -> None:  # fmt: skip
    """Write a CSV in UTF-8 with the position first: two columns for points, else WKT."""
    table = _with_place(features, columns, losses, degrees=degrees)
    names = safe_cells(np.array(list(table), dtype=object), losses)
    silent = Losses()  # told already
    arrays = [
        array_of(safe_cells(values, silent) if values.dtype == object else values)
        for values in table.values()
    ]
    whole = pa.table(arrays, names=[str(name) for name in names])
    with pa_csv.CSVWriter(path, whole.schema) as sink:
        done = 0
        for batch in whole.to_batches(max_chunksize=_BATCH):
            if feedback:
                feedback.check(done / max(len(whole), 1), f"Writing {path.name}")
            done += batch.num_rows
            sink.write(batch)


def write_xlsx(
    path: Path, features: Features, columns: dict[str, Column], losses: Losses, *,
    name: str, degrees: bool, feedback: Feedback | None = None,
) -> None:  # fmt: skip
    """Write a workbook of one sheet; texts are texts, whatever they begin with.

    Raises
    ------
    GisappError
        too_many_rows.
    """
    if len(features) > _ROWS:
        raise GisappError(
            "too_many_rows",
            f"{len(features):,} rows are more than a sheet of Excel holds ({_ROWS:,}).",
            "Write CSV or a GeoPackage.",
        )
    table = _with_place(features, columns, losses, degrees=degrees)
    for title, values in table.items():
        if values.dtype == object:
            table[title] = _short(title, values, losses)
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    try:
        sheet = book.add_worksheet(name.translate(_FORBIDDEN)[:31].strip("'") or "layer")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for column, title in enumerate(table):
            sheet.write_string(0, column, title)
        cells = [_cells(column) for column in table.values()]
        for row in range(len(features)):
            if feedback and row % 2_000 == 0:
                feedback.check(row / len(features), f"Writing {path.name}")
            for column, listed in enumerate(cells):
                value = listed[row]
                if value is None:
                    continue
                if isinstance(value, str):
                    sheet.write_string(row + 1, column, value)
                elif isinstance(value, bool):
                    sheet.write_boolean(row + 1, column, value)
                elif isinstance(value, dt.datetime):
                    sheet.write_datetime(row + 1, column, value, moment)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(row + 1, column, value)
                else:
                    sheet.write_number(row + 1, column, value)
    finally:
        book.close()


def _cells(values: Column) -> list[Any]:
    """Return values as a workbook takes them; None where one is missing."""
    if values.dtype.kind == "f":
        return [float(v) if np.isfinite(v) else None for v in values]
    listed: list[Any] = values.tolist()
    if values.dtype.kind == "M":
        early = np.datetime64("1900-03-01")  # before it Excel counts a day that never was
        return [
            v if v is None or known >= early else v.isoformat()
            for v, known in zip(listed, values, strict=True)
        ]
    return listed


def _short(title: str, values: Column, losses: Losses) -> Column:
    long = [i for i, v in enumerate(values) if v and len(v) > _CELL]
    if not long:
        return values
    cut = values.copy()
    for i in long:
        cut[i] = None if title == "wkt" else cut[i][:_CELL]
    losses.cut(title, len(long), _CELL)
    return cut


def _with_place(
    features: Features, columns: dict[str, Column], losses: Losses, *, degrees: bool
) -> dict[str, Column]:
    """Return the columns after those of the position, which replace their namesakes."""
    columns = dict(columns)
    place: dict[str, Column]
    if features.is_points or features.geometry_type in {"Point", "None"}:
        lonlat = features.lonlat
        x, y = ("lon", "lat") if degrees else ("x", "y")
        place = {x: lonlat[:, 0], y: lonlat[:, 1]}
    else:
        place = {"wkt": shapely.to_wkt(features.geometry, rounding_precision=-1)}
    for name, values in place.items():
        if name in columns and not _same(columns[name], values):
            losses.replaced(name)
        columns.pop(name, None)
    return {**place, **columns}


def _same(old: Column, new: Column) -> bool:
    if old.dtype.kind not in "if" or new.dtype.kind != "f":
        return False
    return bool(np.allclose(old.astype(float), new, atol=1e-9, equal_nan=True))
