"""Frozen values to JSON and back, led by their annotations; pure and strict.

A project's state is made of frozen dataclasses, enums, dates, tuples and sets. What is missing in
the JSON takes the attribute's default, what is unknown is left out: so an additive change of the
state needs no migration.
"""

from __future__ import annotations

import base64
import binascii
import types
import zlib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from gisapp.model.rows import RowSet

T = TypeVar("T")

#: More row numbers than these are written as bits: a list of a million numbers takes seconds.
_MOST_ROWS: Final = 1000


def to_json(value: Any) -> Any:
    """Return a value as dictionaries, lists and scalars; sets come sorted, so equal gives equal."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, RowSet):
        return _rows_to_json(value)
    if isinstance(value, frozenset | set):
        return sorted(to_json(v) for v in value)
    if isinstance(value, list | tuple):
        return [to_json(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def from_json(kind: type[T], data: Any) -> T:
    """Return a value of a type from what `to_json` gave.

    Raises
    ------
    ValueError
        Where the data does not fit the type; the text names the attribute.
    """
    result: T = _read(kind, data, getattr(kind, "__name__", str(kind)))
    return result


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, data: Any, where: str) -> Any:
    origin = get_origin(kind)
    if kind is Any:
        return tuple(_read(Any, v, where) for v in data) if isinstance(data, list) else data
    if origin in (Union, types.UnionType):
        return _read_optional(kind, data, where)
    if origin in (tuple, frozenset):
        return _read_many(kind, data, where)
    if isinstance(kind, type):
        if is_dataclass(kind):
            return _read_dataclass(kind, data, where)
        if issubclass(kind, Enum):
            return kind(data)
        if kind is RowSet:
            return _rows_from_json(data, where)
        if kind is date:
            return date.fromisoformat(data)
        if kind is float and isinstance(data, int) and not isinstance(data, bool):
            return float(data)
        if isinstance(data, kind) and (kind is bool or not isinstance(data, bool)):
            return data
    raise ValueError(f"{where} cannot be {data!r}")


def _read_optional(kind: Any, data: Any, where: str) -> Any:
    options = [arg for arg in get_args(kind) if arg is not type(None)]
    if data is None and len(options) < len(get_args(kind)):
        return None
    return _read(options[0], data, where)


def _read_many(kind: Any, data: Any, where: str) -> Any:
    if not isinstance(data, list):
        raise ValueError(f"{where} is no list")  # noqa: TRY004 - one kind of error for bad data
    args = get_args(kind)
    if get_origin(kind) is frozenset:
        return frozenset(_read(args[0], v, where) for v in data)
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_read(args[0], v, f"{where}[{i}]") for i, v in enumerate(data))
    if len(args) != len(data):
        raise ValueError(f"{where} needs {len(args)} values")
    return tuple(
        _read(a, v, f"{where}[{i}]") for i, (a, v) in enumerate(zip(args, data, strict=True))
    )


def _read_dataclass(kind: type, data: Any, where: str) -> Any:
    if not isinstance(data, dict):
        raise ValueError(f"{where} is no object")  # noqa: TRY004 - one kind of error for bad data
    given: dict[str, Any] = {}
    for f in fields(kind):
        if f.name in data:
            given[f.name] = _read(_hints(kind)[f.name], data[f.name], f"{where}.{f.name}")
        elif f.default is MISSING and f.default_factory is MISSING:
            raise ValueError(f"{where} lacks {f.name}")
    return kind(**given)


def _rows_to_json(rows: RowSet) -> list[int] | str:
    """Return few rows as a list, many as the base64 of deflated bits, the first one row 0."""
    if len(rows) <= _MOST_ROWS:
        return list(rows)
    bits = np.zeros(int(rows.array[-1]) + 1, dtype=bool)
    bits[rows.array] = True
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes(), 1)).decode("ascii")


def _rows_from_json(data: Any, where: str) -> RowSet:
    if isinstance(data, list):
        return RowSet(_read(int, row, where) for row in data)
    try:
        packed = zlib.decompress(base64.b64decode(data, validate=True))
    except (TypeError, binascii.Error, zlib.error) as error:
        raise ValueError(f"{where} holds no rows") from error
    return RowSet(np.flatnonzero(np.unpackbits(np.frombuffer(packed, dtype=np.uint8))))
