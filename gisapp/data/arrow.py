"""Arrow tables to columns and geometries, without a Python object a row where that can be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gisapp.data.nesting import without_deep
from gisapp.model.features import Column, Floats
from gisapp.model.feedback import Feedback

_POINTS: Final = {
    5 + 8 * axes: np.dtype([("order", "u1"), ("type", "<u4"), ("xy", "<f8", axes)])
    for axes in (2, 3, 4)
}
#: WKB types of a point, plain, with Z, M, ZM, and in the older form with Z.
_POINT_TYPES: Final = (1, 1001, 2001, 3001, 0x80000001)
_SLICE: Final = 4_000
_FIRST: Final = 2_000  # rows
_TYPES: Final = {"O": "text", "i": "integer", "f": "number", "b": "boolean"}
_EXACT: Final = 2**53  # above it float64 skips whole numbers


def points_of(wkb: pa.Array) -> Floats | None:
    """Return the coordinates of WKB points, shape (n, 2), NaN for null; None if others are there.

    Points in WKB are records of equal length (byte order, type, x, y, perhaps z and m), so a
    batch is read as one array. Empty points are NaN in WKB.
    """
    read = _records(wkb)
    if read is None:
        return None
    records, present = read
    if len(records) == len(wkb):
        return np.ascontiguousarray(records["xy"][:, :2])
    points = np.full((len(wkb), 2), np.nan)
    points[present] = records["xy"][:, :2]
    return points


def heights_of(wkb: pa.Array) -> Floats | None:
    """Return the z of WKB points, shape (n,), NaN where there is none; None if nothing has one."""
    read = _records(wkb)
    if read is None or not has_heights(wkb)[0]:
        return None
    records, present = read
    heights = np.full(len(wkb), np.nan)
    heights[present] = records["xy"][:, 2]
    return heights


def has_heights(wkb: pa.Array) -> tuple[bool, bool]:
    """Tell whether any geometry of a batch of WKB has z, and whether any has m."""
    codes = _codes(wkb)
    older = codes >> 28  # flags of the form before ISO's thousands
    newer = (codes & 0x0FFFFFFF) // 1000
    has_z = (older & 8).any() or np.isin(newer, (1, 3)).any()
    return bool(has_z), bool((older & 4).any() or np.isin(newer, (2, 3)).any())


def only_points(wkb: pa.Array) -> bool:
    """Tell whether every geometry of a batch of WKB is a point, with z or without."""
    codes = _codes(wkb)
    return len(codes) > 0 and bool(((codes & 0x0FFFFFFF) % 1000 == 1).all())


def _codes(wkb: pa.Array) -> npt.NDArray[np.uint32]:
    """Return the type codes of a batch of WKB in the usual byte order."""
    layout = _layout(wkb)
    if layout is None:
        return np.empty(0, dtype=np.uint32)
    offsets, data = layout
    starts = offsets[:-1][np.diff(offsets) >= 5]
    bytes_of = np.frombuffer(data, dtype=np.uint8)
    starts = starts[bytes_of[starts] == 1]
    return np.ascontiguousarray(bytes_of[starts[:, None] + np.arange(1, 5)]).view("<u4").ravel()


def _layout(wkb: pa.Array) -> tuple[npt.NDArray[Any], Any] | None:
    """Return where each blob of a batch begins and ends, shape (n + 1,), and all their bytes."""
    wide = pa.types.is_large_binary(wkb.type)
    if not wide and not pa.types.is_binary(wkb.type):
        return None
    _, offsets_buffer, data = wkb.buffers()
    if data is None:
        return None
    offsets = np.frombuffer(offsets_buffer, dtype=np.int64 if wide else np.int32)
    return offsets[wkb.offset : wkb.offset + len(wkb) + 1], data


def _records(wkb: pa.Array) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]] | None:
    """Return points as records, shape (k,), and which of the n rows have one; None if no points."""
    if not pa.types.is_large_binary(wkb.type) and not pa.types.is_binary(wkb.type):
        return None
    layout = _layout(wkb)
    nothing = np.empty(0, dtype=_POINTS[21]), np.zeros(len(wkb), dtype=bool)
    if layout is None:
        return nothing
    offsets, data = layout
    lengths = np.diff(offsets)
    size = int(lengths.max(initial=0))
    present = lengths == size
    if size == 0:
        return nothing
    if size not in _POINTS or not (present | (lengths == 0)).all():
        return None
    records = np.frombuffer(
        data, dtype=_POINTS[size], count=int(present.sum()), offset=int(offsets[0])
    )
    if not ((records["order"] == 1) & np.isin(records["type"], _POINT_TYPES)).all():
        return None
    return records, present


def shapes_of(wkb: pa.Array) -> tuple[npt.NDArray[np.object_], int]:
    """Return shapely geometries, shape (n,), and how many could not be read (None there)."""
    blobs = without_deep(wkb.to_numpy(zero_copy_only=False))
    shapes = np.empty(len(blobs), dtype=object)
    for start in range(0, len(blobs), _SLICE):  # between which other threads get their turn
        part = slice(start, start + _SLICE)
        shapes[part] = shapely.force_2d(shapely.from_wkb(blobs[part], on_invalid="ignore"))
    unread = int(shapely.is_missing(shapes).sum()) - int(wkb.null_count)
    return shapes, unread


def columns_of(
    table: pa.Table,
    *,
    text: Callable[[str], str] | None = None,
    feedback: Feedback | None = None,
) -> dict[str, Column]:
    """Return a table's columns as `Features` wants them, repeated texts shared.

    `text` is applied once to every different text, which is how an encoding is mended.
    """
    columns = {}
    for i, name in enumerate(unique_names(table.column_names)):
        if feedback:
            feedback.check()
        columns[name] = _column(table.column(i), text)
    return columns


def plain(table: pa.Table) -> pa.Table:
    """Return a table without extension types (JSON text is text)."""
    for i, field in enumerate(table.schema):
        if isinstance(field.type, pa.BaseExtensionType):
            chunks = [chunk.storage for chunk in table.column(i).chunks]
            storage = pa.chunked_array(chunks, type=field.type.storage_type)
            table = table.set_column(i, field.name, storage)
    return table


def bytewise(table: pa.Table) -> pa.Table:
    """Return a table whose texts hold every byte of what was no UTF-8 as one character."""
    changed = table
    for i, column in enumerate(table.columns):
        if _is_text(column.type):
            coded = column.cast(pa.binary()).dictionary_encode().unify_dictionaries()
            chunks = [
                pa.array(
                    [b.decode("latin-1") for b in chunk.dictionary.to_pylist()], pa.string()
                ).take(chunk.indices)
                for chunk in coded.chunks
            ]
            mended = pa.chunked_array(chunks, type=pa.string())
            changed = changed.set_column(i, table.column_names[i], mended)
    return changed


def foreign_texts(table: pa.Table) -> list[str]:
    """Return the different texts of a table that are not plain ASCII."""
    texts: list[str] = []
    for column in table.columns:
        if _is_text(column.type):
            foreign = column.filter(pc.invert(pc.string_is_ascii(column)))
            texts.extend(pc.unique(foreign).to_pylist())
    return texts


def country_codes(table: pa.Table) -> list[str]:
    """Return what may be ISO 3166 alpha-3 codes in a table's first rows, repeated as they are."""
    codes: list[str] = []
    for column in table.slice(0, _FIRST).columns:
        if _is_text(column.type):
            codes.extend(column.filter(pc.match_substring_regex(column, "^[A-Z]{3}$")).to_pylist())
    return codes


def array_of(values: Column) -> Any:
    """Return a column of `Features` as an Arrow array; NaN and NaT are null."""
    if values.dtype == object:
        return pa.array(values, type=pa.string())
    return pa.array(values, from_pandas=True)


def unique_names(names: Iterable[str]) -> list[str]:
    """Return the names, a repeated one with a number behind it, an empty one called "column"."""
    seen: set[str] = set()
    result = []
    for name in names:
        base = name.strip() or "column"
        candidate, number = base, 1
        while candidate in seen:
            number += 1
            candidate = f"{base}_{number}"
        seen.add(candidate)
        result.append(candidate)
    return result


def type_name(values: Column) -> str:
    """Return text, integer, number, boolean, date or datetime."""
    if values.dtype.kind == "M":
        return "date" if values.dtype == "datetime64[D]" else "datetime"
    return _TYPES.get(values.dtype.kind, "text")


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _column(values: pa.ChunkedArray, text: Callable[[str], str] | None) -> Column:
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _column(values.cast(kind.value_type), text)
    if _is_text(kind):
        return _shared(values, text)
    if pa.types.is_boolean(kind):
        if values.null_count:
            return _shared(pc.if_else(values, "true", "false"), None)
        return np.asarray(values.to_numpy())
    if pa.types.is_integer(kind):
        if values.null_count and len(values) > values.null_count:
            span = pc.min_max(values).as_py()
            if max(abs(span["min"]), abs(span["max"])) > _EXACT:
                return _shared(values.cast(pa.string()), None)  # text loses no digit
        if values.null_count:
            return np.asarray(values.cast(pa.float64(), safe=False).to_numpy())
        return np.asarray(values.to_numpy()).astype(np.int64)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return np.asarray(values.cast(pa.float64()).to_numpy())
    if pa.types.is_date(kind):
        return np.asarray(values.cast(pa.date32()).to_numpy()).astype("datetime64[D]")
    if pa.types.is_timestamp(kind):
        return np.asarray(values.cast(pa.timestamp("ms"), safe=False).to_numpy())
    return np.array([_written(v) for v in values.to_pylist()], dtype=object)


def _shared(values: pa.ChunkedArray, text: Callable[[str], str] | None) -> Column:
    """Turn a text column into objects, each different text held once."""
    coded = values.dictionary_encode().combine_chunks()
    if isinstance(coded, pa.ChunkedArray):  # no chunks at all
        coded = pa.concat_arrays(coded.chunks) if coded.num_chunks else None
    if coded is None:
        return np.empty(0, dtype=object)
    words: list[str | None] = coded.dictionary.to_pylist()
    if text is not None:
        words = [None if w is None else text(w) for w in words]
    lookup = np.array([*words, None], dtype=object)
    index = np.asarray(coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False))
    shared: Column = lookup[index]
    return shared


def _written(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
