"""GeoParquet, which GDAL's wheels come without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gisapp.data.arrow import columns_of
from gisapp.data.pieces import Pieces, with_heights
from gisapp.data.positions import place
from gisapp.data.raw import Raw
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.reading import DEFAULTS, ReadOptions


def read_parquet(
    path: Path, options: ReadOptions = DEFAULTS, *, feedback: Feedback | None = None
) -> Raw:
    """Read a GeoParquet file, or a plain Parquet table with columns of coordinates.

    Raises
    ------
    GisappError
        unreadable, no_coordinates.
    """
    try:
        table = _read(path, options.limit)
        meta: dict[str, Any] = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
        if feedback:
            feedback.check(0.5, f"Reading {path.name}")
        primary = meta.get("primary_column")
        if primary is None:
            raw = Raw(name=path.stem, driver="Parquet", columns=columns_of(table))
            place(raw, path.name, options)
            return raw
        about = meta["columns"][primary]
        others = table.drop_columns(list(meta["columns"]))
        raw = Raw(name=path.stem, driver="GeoParquet", columns=columns_of(others))
        # no "crs" means OGC:CRS84, null means unknown
        raw.crs = json.dumps(about["crs"]) if about.get("crs") else None
        if "crs" not in about:
            raw.crs = "OGC:CRS84"
        if about["encoding"] == "WKB":
            pieces = Pieces()
            pieces.add(_joined(table.column(primary)))
            pieces.put_into(raw, points=True, heights=False)
            raw.columns = with_heights(raw, raw.columns)
        else:
            frame = geopandas.read_parquet(path, columns=[primary])
            shapes = np.asarray(frame.geometry.values, dtype=object)
            raw.shapes = shapely.force_2d(shapes[: len(table)])
        if len(meta["columns"]) > 1:
            raw.problems.append(
                Problem(
                    "geometries_left_out",
                    Severity.WARNING,
                    f'The file has several geometries a feature; "{primary}" was read.',
                    "",
                    len(meta["columns"]) - 1,
                )
            )
    except (pa.ArrowException, KeyError, ValueError, OSError) as error:
        raise GisappError(
            "unreadable",
            f"{path.name} could not be read as GeoParquet.",
            str(error).splitlines()[0][:200],
        ) from error
    return raw


def _read(path: Path, limit: int | None) -> pa.Table:
    """Read a file, or its first rows for a preview."""
    if limit is None:
        return pq.read_table(path)
    with pq.ParquetFile(path) as file:
        rows = next(file.iter_batches(batch_size=limit), None)
        return pa.Table.from_batches([] if rows is None else [rows], schema=file.schema_arrow)


def _joined(column: pa.ChunkedArray) -> pa.Array:
    joined = column.combine_chunks()
    return pa.concat_arrays(joined.chunks) if isinstance(joined, pa.ChunkedArray) else joined
