"""Values of an expression for many rows: an array, and which of them are known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Column

Mask = npt.NDArray[np.bool_]


class Kind(Enum):
    """What a value is, by the word that people read."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "yes or no"
    DATE = "date"
    NOTHING = "nothing"


#: What an array holds where a value of the kind is missing.
BLANK: Final[dict[Kind, Any]] = {
    Kind.NUMBER: 0.0,
    Kind.TEXT: "",
    Kind.TRUTH: False,
    Kind.DATE: np.datetime64("1970-01-01", "us"),
    Kind.NOTHING: 0.0,
}
DTYPES: Final[dict[Kind, Any]] = {
    Kind.NUMBER: np.float64,
    Kind.TEXT: object,
    Kind.TRUTH: np.bool_,
    Kind.DATE: "datetime64[us]",
    Kind.NOTHING: np.float64,
}


@dataclass(frozen=True, eq=False)
class Values:
    """Values of some rows, shape (n,); what they hold where not `known` means nothing."""

    values: Column
    known: Mask

    def __len__(self) -> int:
        return len(self.known)


def kind_of(column: Column) -> Kind:
    """Return the kind of a column's values."""
    return {"b": Kind.TRUTH, "M": Kind.DATE, "O": Kind.TEXT, "U": Kind.TEXT}.get(
        column.dtype.kind, Kind.NUMBER
    )


def of_column(column: Column) -> Values:
    """Return the values of a column."""
    kind = column.dtype.kind
    if kind == "O":
        items = column.tolist()
        if set(map(type, items)) <= {str, type(None)}:  # as it nearly always is
            known: Mask = np.asarray(column != None)  # noqa: E711 - elementwise
            texts = column if known.all() else np.where(known, column, "")
            return Values(texts, known)
        known = np.array([_is_known(v) for v in items], dtype=np.bool_)
        return Values(objects([str(v) if _is_known(v) else "" for v in items]), known)
    if kind == "M":
        return Values(column.astype("datetime64[us]"), ~np.isnat(column))
    if kind == "f":
        return Values(column.astype(np.float64, copy=False), np.isfinite(column))
    if kind == "u":
        return Values(column.astype(np.float64), np.ones(len(column), dtype=bool))
    values = column.astype(np.int64, copy=False) if kind == "i" else column
    return Values(values, np.ones(len(column), dtype=bool))


def _is_known(value: Any) -> bool:
    return value is not None and value == value  # noqa: PLR0124 - NaN alone differs from itself


def to_column(kind: Kind, given: Values) -> Column:
    """Return values as a column of features; an unknown truth is no."""
    if kind is Kind.TEXT:
        column = given.values.copy()
        column[~given.known] = None
        return column
    if kind is Kind.DATE:
        days = given.values.astype("datetime64[us]")
        days[~given.known] = np.datetime64("NaT")
        whole = days.astype("datetime64[D]")
        same = np.array_equal(whole[given.known].astype("datetime64[us]"), days[given.known])
        return whole if same else days.astype("datetime64[ms]")
    if kind is Kind.TRUTH:
        return np.asarray(given.values & given.known)
    numbers = given.values.astype(np.float64)
    numbers[~given.known] = np.nan
    return numbers


def constant(kind: Kind, value: Any, count: int) -> Values:
    """Return the same value for every row; None is missing."""
    known = np.full(count, value is not None)
    held = BLANK[kind] if value is None else value
    if isinstance(held, int) and not isinstance(held, bool) and kind is Kind.NUMBER:
        return Values(np.full(count, held, dtype=np.int64), known)
    return Values(np.full(count, held, dtype=DTYPES[kind]), known)


def objects(items: list[Any]) -> Column:
    """Return a list as an array of objects, shape (n,)."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def numbers(values: npt.ArrayLike, known: Mask) -> Values:
    """Return numbers; what is not finite (a division by nothing) is missing."""
    array = np.asarray(values, dtype=np.float64)
    return Values(array, known & np.isfinite(array))
