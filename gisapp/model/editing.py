"""Edits of features: each returns new ones that share every column and shape it leaves alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Column, Features
from gisapp.model.feedback import GisappError

_YES: Final = frozenset({"yes", "true", "y", "t", "1", "on"})
_NO: Final = frozenset({"no", "false", "n", "f", "0", "off"})
_SPACES: Final = ("\u202f", "\u00a0", "\u2009", " ", "'", "\u2019")
#: Whole numbers beyond this cannot all be told apart once a column has a gap.
_EXACT: Final = 2**53


class ColumnType(StrEnum):
    """What a column holds, by the word that people choose."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    DATE = "date"
    TRUTH = "yes or no"


_DTYPES: Final[dict[ColumnType, str]] = {
    ColumnType.TEXT: "O",
    ColumnType.NUMBER: "float64",
    ColumnType.WHOLE: "int64",
    ColumnType.DATE: "datetime64[D]",
    ColumnType.TRUTH: "bool",
}
_EXAMPLES: Final[dict[ColumnType, str]] = {
    ColumnType.NUMBER: "Type a number such as 12.5.",
    ColumnType.WHOLE: "Type a whole number such as 12.",
    ColumnType.DATE: "Type a date such as 2024-05-31.",
    ColumnType.TRUTH: "Type yes or no.",
}


def type_of(column: Column) -> ColumnType:
    """Return what a column holds."""
    kinds = {"f": ColumnType.NUMBER, "i": ColumnType.WHOLE, "u": ColumnType.WHOLE}
    kinds |= {"M": ColumnType.DATE, "b": ColumnType.TRUTH}
    return kinds.get(column.dtype.kind, ColumnType.TEXT)


def value_of(text: str, kind: ColumnType) -> Any:
    """Return what was typed as a value of a type; nothing typed is None, a missing value.

    Raises
    ------
    GisappError
        `bad_value` where it is none.
    """
    plain = text.strip()
    if kind is ColumnType.TEXT:
        return text or None
    if not plain:
        return None
    value: Any = None
    if kind is ColumnType.TRUTH:
        word = plain.casefold()
        value = True if word in _YES else False if word in _NO else None
    elif kind is ColumnType.DATE:
        value = _date(plain)
    else:
        value = _number(plain)
        if kind is ColumnType.WHOLE and value is not None:
            value = _whole(plain, value)
    if value is None:
        raise GisappError("bad_value", f'"{plain}" is no {kind.value}.', _EXAMPLES[kind])
    return value


def empty_column(kind: ColumnType, count: int) -> Column:
    """Return a column without values, shape (n,): whole numbers are 0, truths are no."""
    if kind is ColumnType.TEXT:
        return np.full(count, None, dtype=object)
    if kind is ColumnType.NUMBER:
        return np.full(count, np.nan)
    if kind is ColumnType.DATE:
        return np.full(count, np.datetime64("NaT"), dtype=_DTYPES[kind])
    return np.zeros(count, dtype=_DTYPES[kind])


def as_type(values: Column, kind: ColumnType) -> Column:
    """Return a calculated column as one of a type.

    Raises
    ------
    GisappError
        `bad_type` where a value cannot be one of it: text as a number, a gap in whole numbers.
    """
    have = type_of(values)
    if have is kind:
        return values
    if kind is ColumnType.WHOLE and have is ColumnType.NUMBER:
        if np.isfinite(values).all() and (np.abs(values) <= _EXACT).all():
            return np.rint(values).astype(np.int64)
        raise GisappError(
            "bad_type",
            "Whole numbers cannot be missing, and the result has gaps.",
            'Choose "number", or fill the gaps with coalesce(\u2026, 0).',
        )
    if kind is ColumnType.NUMBER and have in {ColumnType.WHOLE, ColumnType.TRUTH}:
        return values.astype(np.float64)
    raise GisappError(
        "bad_type",
        f"The result is a {have.value}, and the column holds a {kind.value}.",
        "Choose a new column, or convert with number(\u2026), text(\u2026) or date(\u2026).",
    )


def with_values(features: Features, column: str, rows: npt.ArrayLike, values: Any) -> Features:
    """Return features with cells changed.

    Parameters
    ----------
    rows
        Row numbers, shape (n,).
    values
        One for all of them, or shape (n,); None is missing. A whole number or truth cannot be:
        the column becomes one of numbers, a truth becomes no.
    """
    old = features.columns[column]
    index = np.asarray(rows, dtype=np.int64)
    changed = _with_room(old, values)
    if values is None:
        values = _gap(changed)
    changed[index] = values
    return features.with_table({**features.columns, column: changed})


def with_column(features: Features, name: str, values: Column) -> Features:
    """Return features with a column more, the last; raises `GisappError` for a bad name."""
    checked_name(name, features)
    return features.with_table({**features.columns, name: values})


def renamed_column(features: Features, old: str, new: str) -> Features:
    """Return features with a column under another name, in the same place."""
    if new != old:
        checked_name(new, features)
    return features.with_table({new if k == old else k: v for k, v in features.columns.items()})


def without_column(features: Features, name: str) -> Features:
    """Return features without a column."""
    return features.with_table({k: v for k, v in features.columns.items() if k != name})


def without_rows(features: Features, rows: npt.ArrayLike) -> Features:
    """Return features without these rows; those behind them move up."""
    kept = np.ones(len(features), dtype=bool)
    kept[np.asarray(rows, dtype=np.int64)] = False
    return features.take(np.flatnonzero(kept))


def rows_after_removal(
    rows: npt.NDArray[np.int64], removed: npt.ArrayLike
) -> npt.NDArray[np.int64]:
    """Return the numbers that rows have once others are removed; the removed are left out."""
    gone = np.unique(np.asarray(removed, dtype=np.int64))
    left = rows[~np.isin(rows, gone)]
    return left - np.searchsorted(gone, left)


def takes_points(features: Features) -> bool:
    """Return whether a point may stand among features."""
    return features.is_points or features.geometry_type in {"None", "Mixed", "Point"}


def with_point(features: Features, lon: float, lat: float, values: Mapping[str, Any]) -> Features:
    """Return features with a point more, the last row.

    Parameters
    ----------
    lon, lat
        Degrees.
    values
        By column; of those not named the value is missing, a truth is no.

    Raises
    ------
    GisappError
        `not_points` where the layer holds no points, `bad_coordinate` for a place off the Earth.
    """
    _check_place(lon, lat)
    if not takes_points(features):
        raise GisappError(
            "not_points",
            "This layer holds no points, so that none can be added.",
            "Add it to a layer of points.",
        )
    columns = {}
    for name, old in features.columns.items():
        value = values.get(name)
        longer = np.concatenate([old, old[:1] if len(old) else empty_column(type_of(old), 1)])
        longer = _with_room(longer, value)
        longer[-1] = _gap(longer) if value is None else value
        columns[name] = longer
    if features.is_points:
        return Features.from_points(np.vstack([features.lonlat, [[lon, lat]]]), columns)
    return Features.from_shapes([*features.geometry, shapely.Point(lon, lat)], columns)


def with_point_moved(features: Features, row: int, lon: float, lat: float) -> Features:
    """Return features with one point elsewhere, degrees; raises as `with_point` does."""
    _check_place(lon, lat)
    if features.is_points:
        points = features.lonlat.copy()
        points[row] = lon, lat
        return Features.from_points(points, features.columns)
    shape = features.geometry[row]
    if shape is not None and shape.geom_type != "Point":
        raise GisappError(
            "not_points", "This feature is no point and cannot be moved.", "Choose a point."
        )
    shapes = features.geometry.copy()
    shapes[row] = shapely.Point(lon, lat)
    return Features.from_shapes(shapes, features.columns)


def checked_name(name: str, features: Features) -> None:
    """Refuse a name that no column can have; raises `GisappError` `bad_name`."""
    if not name.strip():
        raise GisappError("bad_name", "A column needs a name.", "Type at least one letter.")
    if any(name.casefold() == known.casefold() for known in features.columns):
        raise GisappError(
            "bad_name", f'The layer has a column "{name}" already.', "Choose another name."
        )


def _with_room(column: Column, value: Any) -> Column:
    """Return a copy that can hold a value: whole numbers with a gap become numbers."""
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    if column.dtype.kind in "iu" and (missing or np.asarray(value).dtype.kind == "f"):
        return column.astype(np.float64)
    return column.copy()


def _gap(column: Column) -> Any:
    kind = column.dtype.kind
    if kind == "O":
        return None
    return np.datetime64("NaT") if kind == "M" else np.nan if kind == "f" else False


def _check_place(lon: float, lat: float) -> None:
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
        raise GisappError(
            "bad_coordinate",
            f"There is no place at longitude {lon:g}, latitude {lat:g}.",
            "Longitude runs from -180 to 180, latitude from -90 to 90.",
        )


def _date(text: str) -> np.datetime64 | None:
    try:
        return np.datetime64(text, "D") if text[:4].isdecimal() and "-" in text else None
    except ValueError:
        return None


def _number(text: str) -> float | None:
    """Return a number as people type it; a comma is the decimal one unless it parts thousands."""
    plain = text.replace("\u2212", "-")
    for space in _SPACES:
        plain = plain.replace(space, "")
    if "," in plain:
        head, _, tail = plain.rpartition(",")
        if "." in head or ("." not in tail and len(tail) != 3 and "," not in head):
            plain = f"{head.replace('.', '').replace(',', '')}.{tail}"
        elif "." in tail or "," in head:
            plain = plain.replace(",", "")
        else:
            raise GisappError(
                "bad_value",
                f'"{text}" may be {head}.{tail} or {head}{tail}.',
                "Type it with a point, or without the comma.",
            )
    if "_" in plain:
        return None
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(text: str, value: float) -> int | None:
    if value != int(value):
        return None
    plain = text.lstrip("+-")
    whole = int(text) if plain.isdecimal() else int(value)  # exact beyond what a float holds
    return whole if abs(whole) < 2**63 else None
