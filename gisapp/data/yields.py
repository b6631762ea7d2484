"""Tables of yields: the shipped one, and a user's own values over it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from gisapp.model.feedback import GisappError
from gisapp.model.yields import Yield, Yields


def yield_rows(rows: Iterable[Mapping[str, str]]) -> tuple[Yield, ...]:
    """Return the rows of a table with the columns of `layers/yields.csv`."""
    return tuple(
        Yield(
            id=r["id"],
            name=r["name"],
            low=float(r["low"]),
            default=float(r["default"]),
            high=float(r["high"]),
            unit=r["unit"],
            assumption=r["assumption"] == "yes",
            source=r["source"],
            notes=r["notes"],
        )
        for r in rows
    )


def read_yields(path: Path, table: Yields) -> Yields:
    """Return a table with the values of a user's file over it.

    Parameters
    ----------
    path
        UTF-8 CSV with the columns `id` and `value`, or `default` where a changed copy of the
        shipped table is given. Empty values leave what is.

    Raises
    ------
    GisappError
        `unreadable` where there is no such table; `bad_yield`, `unknown_yield` for its rows.
    """
    hint = "It needs the columns id and value, separated by commas."
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows, names = list(reader), reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GisappError(
            "unreadable", f"The yields of {path.name} cannot be read: {error}.", hint
        ) from error
    column = next((name for name in ("value", "default") if name in names), None)
    if "id" not in names or column is None:
        raise GisappError("unreadable", f"{path.name} is no table of yields.", hint)
    values: dict[str, float] = {}
    for row in rows:
        text = (row[column] or "").strip()
        if not text:
            continue
        try:
            values[(row["id"] or "").strip()] = _finite(text)
        except ValueError as error:
            raise GisappError(
                "bad_yield", f'"{text}" for {row["id"]} is no number.', "Write it as 0.95."
            ) from error
    return table.with_(values)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
