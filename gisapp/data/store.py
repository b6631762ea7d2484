"""Features to a GeoPackage and back without a loss: what a project file embeds.

Unlike the reader and the writer for users' files nothing is guessed, mended or renamed here,
beyond what the format forbids. Any program that reads GeoPackage reads these layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from gisapp.data import gdal
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Feedback

_GEOMETRY: Final = "geom"
_RESERVED: Final = {"fid", _GEOMETRY}
_BATCH: Final = 10_000


@dataclass(frozen=True)
class Stored:
    """What a GeoPackage layer cannot say of its features, to be kept beside it.

    Parameters
    ----------
    table
        Name of the layer in the file.
    is_points
        True where the features are held as coordinates.
    columns
        Names as the features have them, in order: a GeoPackage tells "Name" from "name" not.
    dtypes
        NumPy's names of the columns' types, in the same order.
    files
        Of features that stand in a `ColumnFolder`: the names of their columns' files.
    """

    table: str
    is_points: bool
    columns: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def store(path: Path, table: str, features: Features, feedback: Feedback | None = None) -> Stored:
    """Add features to a GeoPackage as a layer of this name, making the file if there is none.

    Raises
    ------
    GisappError
        `not_written` where the disk refuses.
    """
    if feedback is not None:
        feedback.check()
    kind = _declared(features)
    batches = _batches(features, table, feedback)
    with _writing(path):
        try:
            pyogrio.raw.write_arrow(
                pa.RecordBatchReader.from_batches(_batch(features, slice(0)).schema, batches),
                path,
                layer=table,
                driver="GPKG",
                geometry_name=_GEOMETRY,
                geometry_type=kind,
                crs="EPSG:4326",
                append=path.exists(),
                layer_options={"SPATIAL_INDEX": "NO"},  # nine tenths of the time
            )
        except Exception:
            if feedback is not None:
                feedback.check()  # GDAL hides what stopped its stream
            raise
    return Stored(
        table,
        features.is_points,
        tuple(features.columns),
        tuple(str(column.dtype) for column in features.columns.values()),
    )


def store_row(path: Path, table: str, row: Mapping[str, str]) -> None:
    """Add a table of one row of texts to a GeoPackage; raises as `store` does."""
    with _writing(path):
        pyogrio.raw.write(
            path,
            geometry=None,
            field_data=[np.array([text], dtype=object) for text in row.values()],
            fields=np.array(list(row), dtype=object),
            layer=table,
            driver="GPKG",
            append=path.exists(),
        )


def load(path: Path, stored: Stored, feedback: Feedback | None = None) -> Features:
    """Return features that `store` wrote; raises `GisappError` `unreadable` for a damaged file."""
    if feedback is not None:
        feedback.check(text=f"Reading {stored.table}")
    with gdal.quiet(path):
        _, _, blobs, values = pyogrio.raw.read(path, layer=stored.table)
    columns = {
        name: typed(column, dtype)
        for name, column, dtype in zip(stored.columns, values, stored.dtypes, strict=True)
    }
    shapes = shapely.from_wkb(blobs)
    if not stored.is_points:
        return Features.from_shapes(shapes, columns)
    return Features.from_points(
        np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)]), columns
    )


def _declared(features: Features) -> str:
    """Return the type that holds every geometry as it is: single and multi parts differ."""
    if features.is_points:
        return "Point"
    ids = np.unique(shapely.get_type_id(features.geometry))
    ids = ids[ids >= 0]
    return features.geometry_type if len(ids) == 1 else "Unknown"


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    with gdal.quiet(path, "not_written", "could not be written"):
        yield


def _batches(features: Features, table: str, feedback: Feedback | None) -> Iterator[pa.RecordBatch]:
    """Yield batches so small that other threads get their turn between them."""
    for start in range(0, len(features), _BATCH):
        if feedback is not None:
            feedback.check(start / len(features), f"Saving {table}")
        yield _batch(features, slice(start, start + _BATCH))


def _batch(features: Features, rows: slice) -> pa.RecordBatch:
    columns = [arrow_of(column[rows]) for column in features.columns.values()]
    shapes = features.shapes_at(np.arange(len(features))[rows])
    wkb = pa.array(shapely.to_wkb(shapes), type=pa.binary())
    names = [*_field_names(features.columns), _GEOMETRY]
    return pa.record_batch([*columns, wkb], names=names)


def _field_names(columns: Iterable[str]) -> list[str]:
    """Return column names that differ in more than case and are not the format's own."""
    taken = set(_RESERVED)
    names: list[str] = []
    for column in columns:
        name, number = column or "column", 1
        while name.casefold() in taken:
            number += 1
            name = f"{column}_{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def arrow_of(column: Column) -> pa.Array:
    """Return a column as an Arrow array; what is missing is null."""
    if column.dtype.kind == "M" and column.dtype != "datetime64[D]":
        return pa.array(column.astype("datetime64[ms]"))
    if column.dtype.kind == "O":
        texts = [None if value is None else str(value) for value in column]
        return pa.array(texts, type=pa.string())
    return pa.array(column, from_pandas=column.dtype.kind == "f")


def typed(column: Column, dtype: str) -> Column:
    """Return a column of a type, itself where it is one."""
    return column if column.dtype == dtype else column.astype(dtype)
