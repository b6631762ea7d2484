"""Layers to files, whole or not at all; what a format cannot hold is told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyogrio
import shapely

from gisapp.data import formats, gdal
from gisapp.data.losses import Losses, safe_cells, shapefile_columns, sqlite_columns
from gisapp.data.outward import WGS84, moved_to
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Cancelled, Feedback, GisappError, Problem
from gisapp.model.layer import Layer

_BATCH: Final = 50_000
_GEOMETRY: Final = "geometry"
_FAMILIES: Final = {"Point": "Point", "LineString": "LineString", "Polygon": "Polygon"}
_OPTIONS: Final[dict[str, dict[str, str]]] = {
    "FlatGeobuf": {"SPATIAL_INDEX": "NO"},  # the index would change the order of the rows
    "ESRI Shapefile": {"ENCODING": "UTF-8"},
}


def write_layers(
    path: str | Path,
    layers: Sequence[Layer],
    *,
    crs: str = WGS84,
    feedback: Feedback | None = None,
) -> list[Problem]:
    """Write layers to a file whose extension names the format.

    A GeoPackage holds all layers; any other format holds one, so that several become files of
    their own, "name_layer.ext". Everything is written aside and moved into place at the end: on
    failure or cancelling, what stood there before still does.

    Parameters
    ----------
    crs
        What the file's coordinates are in: "EPSG:n", WKT or PROJ text.

    Returns
    -------
    list of Problem
        What the format could not hold: renamed columns, cut texts, files of their own.

    Raises
    ------
    GisappError
        unknown_format, nothing_to_write, mixed_geometry, not_written, crs_not_held, and those of
        the CRS.
    Cancelled
        If the user asked to stop.
    """
    target = Path(path).expanduser()
    driver = formats.WRITABLE.get(formats.extension(target))
    if driver is None:
        raise GisappError(
            "unknown_format",
            f'{target.name} has an ending that is not written ("{target.suffix}").',
            "Known: " + ", ".join(formats.WRITABLE) + ".",
        )
    if not layers:
        raise GisappError("nothing_to_write", "There is no layer to write.", "")
    losses = Losses()
    if crs != WGS84:
        if driver == "GeoJSON":
            raise GisappError(
                "crs_not_held",
                "GeoJSON holds longitude and latitude of WGS 84 alone (RFC 7946).",
                "Choose WGS 84, or write a GeoPackage.",
            )
        layers = [moved_to(layer, crs, losses, feedback=feedback) for layer in layers]
    try:
        with tempfile.TemporaryDirectory(prefix=".gisapp-", dir=target.parent) as folder:
            aside = Path(folder)
            for name, layer in _files(target, layers, driver, losses):
                _write(aside / name, layer, driver, losses, crs=crs, feedback=feedback)
            _move(aside, target)
    except OSError as error:
        raise GisappError(
            "not_written",
            f"{target.name} could not be written ({error.strerror or error}).",
            "Choose another folder, or close the program that holds the file.",
        ) from error
    return losses.problems


def _files(
    target: Path, layers: Sequence[Layer], driver: str, losses: Losses
) -> Iterator[tuple[str, Layer]]:
    names = losses.unique("layer", [layer.name for layer in layers])
    named = [layer.with_(name=name) for layer, name in zip(layers, names, strict=True)]
    if driver == "GPKG":
        yield from ((target.name, layer) for layer in named)
        return
    if len(named) > 1:
        losses.several_files(target.suffix, len(named))
    for layer in named:
        stem = target.stem
        if len(named) > 1:
            stem += "_" + "".join(c if c.isalnum() or c in "-_ " else "_" for c in layer.name)
        yield stem + target.suffix.lower(), layer


def _write(
    path: Path,
    layer: Layer,
    driver: str,
    losses: Losses,
    *,
    crs: str,
    feedback: Feedback | None,
) -> None:
    features = layer.features
    if driver == "CSV":
        _write_csv(path, features, crs, losses, feedback)
        return
    if driver == "GeoParquet":
        frame = geopandas.GeoDataFrame(dict(features.columns), geometry=features.geometry, crs=crs)
        if feedback:
            feedback.check(0.5, f"Writing {path.name}")
        frame.to_parquet(path)
        return
    columns = dict(features.columns)
    options = dict(_OPTIONS.get(driver, {}))
    kind = features.geometry_type
    if driver == "ESRI Shapefile":
        columns = shapefile_columns(columns, losses)
        kind = _shapefile_kind(layer)
    elif driver == "GPKG":
        columns = sqlite_columns(columns, losses)
        taken = {name.lower() for name in columns}
        options["FID"] = next(n for n in ("fid", "gisapp_fid", "gisapp_fid_") if n not in taken)
        options["GEOMETRY_NAME"] = next(
            n for n in ("geom", "gisapp_geom", "gisapp_geom_") if n not in taken
        )
    elif kind in {"Mixed", "None"} or _has_both(features):
        kind = "Unknown"
    if driver == "GPKG" and (kind in {"Mixed", "None"} or _has_both(features)):
        kind = "Unknown"
    table = _table(features, columns)
    name = table.column_names[-1]
    with gdal.quiet(path, "not_written", "could not be written") as said:
        try:
            pyogrio.raw.write_arrow(
                pa.RecordBatchReader.from_batches(table.schema, _batches(table, path, feedback)),
                path,
                layer=layer.name if driver != "ESRI Shapefile" else path.stem,
                driver=driver,
                geometry_name=name,
                geometry_type=kind,
                crs=crs,
                append=path.exists(),
                encoding="UTF-8" if driver == "ESRI Shapefile" else None,
                layer_options={k: v for k, v in options.items() if k != "ENCODING"},
            )
        except Exception:
            if feedback and feedback.cancelled:  # GDAL hides what stopped its stream
                raise Cancelled from None
            raise
    losses.said(said)


def _batches(table: pa.Table, path: Path, feedback: Feedback | None) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in table.to_batches(max_chunksize=_BATCH):
        if feedback:
            feedback.check(done / max(len(table), 1), f"Writing {path.name}")
        done += batch.num_rows
        yield batch


def _table(features: Features, columns: dict[str, Column]) -> pa.Table:
    """Return columns and WKB as an Arrow table, the geometry last under a free name."""
    name = _GEOMETRY
    while name in columns:
        name += "_"
    arrays = {key: _array(values) for key, values in columns.items()}
    arrays[name] = pa.array(shapely.to_wkb(features.geometry), type=pa.binary())
    return pa.table(arrays)


def _array(values: Column) -> Any:
    if values.dtype == object:
        return pa.array(values, type=pa.string())
    return pa.array(values, from_pandas=True)


def _has_both(features: Features) -> bool:
    """Tell whether single and multiple geometries stand side by side."""
    if features.is_points:
        return False
    return (
        len(
            np.unique(
                shapely.get_type_id(features.geometry[shapely.is_geometry(features.geometry)])
            )
        )
        > 1
    )


def _shapefile_kind(layer: Layer) -> str:
    kind = layer.features.geometry_type
    if kind == "Mixed" or (kind == "MultiPoint" and _has_both(layer.features)):
        raise GisappError(
            "mixed_geometry",
            f'"{layer.name}" mixes kinds of geometry, which a shapefile cannot hold.',
            "Write a GeoPackage instead.",
        )
    if kind == "None":
        return "Point"
    return _FAMILIES.get(kind.removeprefix("Multi"), kind) if kind != "MultiPoint" else kind


def _write_csv(
    path: Path, features: Features, crs: str, losses: Losses, feedback: Feedback | None
) -> None:
    columns = dict(features.columns)
    place: dict[str, Column]
    if features.is_points or features.geometry_type in {"Point", "None"}:
        lonlat = features.lonlat
        x, y = ("lon", "lat") if crs == WGS84 else ("x", "y")
        place = {x: lonlat[:, 0], y: lonlat[:, 1]}
    else:
        place = {"wkt": shapely.to_wkt(features.geometry, rounding_precision=-1)}
    for name, values in place.items():
        if name in columns and not _same(columns[name], values):
            losses.replaced(name)
        columns.pop(name, None)
    columns = {**place, **columns}
    names = safe_cells(np.array(list(columns), dtype=object), losses)
    arrays = [
        _array(safe_cells(values, losses) if values.dtype == object else values)
        for values in columns.values()
    ]
    table = pa.table(arrays, names=[str(name) for name in names])
    with pa_csv.CSVWriter(path, table.schema) as sink:
        for batch in _batches(table, path, feedback):
            sink.write(batch)


def _same(old: Column, new: Column) -> bool:
    if old.dtype.kind not in "if" or new.dtype.kind != "f":
        return False
    return bool(np.allclose(old.astype(float), new, atol=1e-9, equal_nan=True))


def _move(aside: Path, target: Path) -> None:
    """Move what was written into place, the main file last; parts of an old one go."""
    written = sorted(aside.iterdir(), key=lambda p: p.suffix.lower() in formats.WRITABLE)
    names = {file.name for file in written}
    for file in written:
        for ending in formats.SHAPEFILE_PARTS if file.suffix == ".shp" else ():
            stale = target.parent / (file.stem + ending)
            if stale.name not in names:
                stale.unlink(missing_ok=True)
        file.replace(target.parent / file.name)
