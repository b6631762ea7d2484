"""Features to a GeoPackage and back without a loss: what a project file embeds.

Unlike the reader and the writer for users' files nothing is guessed, mended or renamed here,
beyond what the format forbids. Any program that reads GeoPackage reads these layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio
import shapely

from gisapp.data import gdal
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Feedback, GisappError

_RESERVED: Final = {"fid", "geom"}


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
    """

    table: str
    is_points: bool
    columns: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()


def store(path: Path, table: str, features: Features, feedback: Feedback | None = None) -> Stored:
    """Add features to a GeoPackage as a layer of this name, making the file if there is none.

    Raises
    ------
    GisappError
        `not_written` where the disk refuses.
    """
    if feedback is not None:
        feedback.check()
    kind = features.geometry_type
    _write(
        path,
        table,
        features.columns,
        geometry=np.asarray(shapely.to_wkb(features.geometry), dtype=object),
        geometry_type="Unknown" if kind in {"None", "Mixed"} else kind,
        crs="EPSG:4326",
    )
    return Stored(
        table,
        features.is_points,
        tuple(features.columns),
        tuple(str(column.dtype) for column in features.columns.values()),
    )


def store_row(path: Path, table: str, row: Mapping[str, str]) -> None:
    """Add a table of one row of texts to a GeoPackage; raises as `store` does."""
    columns = {name: np.array([text], dtype=object) for name, text in row.items()}
    _write(path, table, columns, geometry=None)


def load(path: Path, stored: Stored, feedback: Feedback | None = None) -> Features:
    """Return features that `store` wrote; raises `GisappError` `unreadable` for a damaged file."""
    if feedback is not None:
        feedback.check(text=f"Reading {stored.table}")
    with gdal.quiet(path):
        _, _, blobs, values = pyogrio.raw.read(path, layer=stored.table)
    columns = {
        name: _typed(column, dtype)
        for name, column, dtype in zip(stored.columns, values, stored.dtypes, strict=True)
    }
    shapes = shapely.from_wkb(blobs)
    if not stored.is_points:
        return Features.from_shapes(shapes, columns)
    return Features.from_points(
        np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)]), columns
    )


def _write(path: Path, table: str, columns: Mapping[str, Column], **options: Any) -> None:
    values = [_plain(column) for column in columns.values()]
    masks = [np.isnat(v) if v.dtype.kind == "M" else None for v in values]
    try:
        with gdal.quiet(path):
            pyogrio.raw.write(
                path,
                field_data=values,
                fields=np.array(_field_names(columns), dtype=object),
                field_mask=masks if any(m is not None for m in masks) else None,
                layer=table,
                driver="GPKG",
                append=path.exists(),
                **options,
            )
    except GisappError as error:
        raise GisappError(
            "not_written", f"{path.name} could not be written.", error.hint
        ) from error


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


def _plain(column: Column) -> Column:
    if column.dtype.kind == "M":
        return column if column.dtype == "datetime64[D]" else column.astype("datetime64[ms]")
    if column.dtype.kind == "O":
        return np.array([None if v is None else str(v) for v in column], dtype=object)
    return column


def _typed(column: Column, dtype: str) -> Column:
    return column if column.dtype == dtype else column.astype(dtype)
