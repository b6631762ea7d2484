"""Result tables as files and as JSON: one way to write a number, whoever asks."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from gisapp.model.feedback import GisappError
from gisapp.model.writing import write_text


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain values for JSON: what is missing is None."""
    return [
        {str(key): plain(value) for key, value in row.items()} for row in table.to_dict("records")
    ]


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: NumPy's numbers as Python's, NaN and NaT as None."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is pd.NaT or value is pd.NA:
        return None
    return value


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV in UTF-8, whole or not at all; what is missing is an empty cell.

    Raises
    ------
    GisappError
        `not_written` where the disk refuses.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(table.columns)
    for row in records(table):
        writer.writerow("" if value is None else value for value in row.values())
    write_text(text.getvalue(), path)


def write_result(table: pd.DataFrame, document: dict[str, Any], path: Path) -> None:
    """Write a result by the ending of the file: .csv the table, .json the whole document.

    Raises
    ------
    GisappError
        `unknown_format` for any other ending, `not_written` where the disk refuses.
    """
    match path.suffix.lower():
        case ".csv":
            write_table(table, path)
        case ".json":
            write_text(json.dumps(document, ensure_ascii=False, indent=1), path)
        case other:
            raise GisappError(
                "unknown_format",
                f'A table cannot be written as "{other or path.name}".',
                "Choose .csv or .json.",
            )
