"""Result tables as files and as JSON: one way to write a number, whoever asks."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path
from typing import Any

import pandas as pd

from gisapp.model.feedback import GisappError


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
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with aside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.columns)
            for row in records(table):
                writer.writerow("" if value is None else value for value in row.values())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise GisappError(
            "not_written",
            f"{path} could not be written: {error.strerror or error}.",
            "Choose another folder.",
        ) from error
