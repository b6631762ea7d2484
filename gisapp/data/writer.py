"""Layers to files, whole or not at all; what a format cannot hold is told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import geopandas
import pyarrow as pa
import pyogrio
import shapely

from gisapp.data import fit, formats, gdal
from gisapp.data.arrow import array_of
from gisapp.data.gpx_writer import write_gpx
from gisapp.data.losses import Losses
from gisapp.data.outward import WGS84, moved_to
from gisapp.data.table_writer import write_csv, write_xlsx
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Cancelled, Feedback, GisappError, Problem
from gisapp.model.layer import Layer
from gisapp.model.writing import not_written

_BATCH: Final = 50_000
_GEOMETRY: Final = "geometry"
_OPTIONS: Final[dict[str, dict[str, str]]] = {
    "FlatGeobuf": {"SPATIAL_INDEX": "NO"},  # the index would change the order of the rows
    "GeoJSONSeq": {"COORDINATE_PRECISION": "15"},
    "MapInfo File": {"ENCODING": "UTF-8"},
    "SQLite": {"FORMAT": "SPATIALITE", "LAUNDER": "NO"},
}
#: Formats of degrees, by the names that people call them.
DEGREES: Final = {
    "GeoJSON": "GeoJSON (RFC 7946)",
    "GeoJSONSeq": "GeoJSON (RFC 7946)",
    "LIBKML": "KML",
    "GPX": "GPX",
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
    their own, "name_layer.ext", and so do the points, lines and areas of a shapefile. Everything
    is written aside and moved into place at the end: on failure or cancelling, what stood there
    before still does.

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
        unknown_format, nothing_to_write, not_points, too_many_rows, not_written, crs_not_held, and
        those of the CRS.
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
        if driver in DEGREES:
            raise GisappError(
                "crs_not_held",
                f"{DEGREES[driver]} holds longitude and latitude of WGS 84 alone.",
                "Choose WGS 84, or write a GeoPackage.",
            )
        layers = [moved_to(layer, crs, losses, feedback=feedback) for layer in layers]
    try:
        with tempfile.TemporaryDirectory(prefix=".gisapp-", dir=target.parent) as folder:
            aside = Path(folder)
            for name, layer, told in _files(target, layers, driver, losses):
                _write(aside / name, layer, driver, told, crs=crs, feedback=feedback)
            _move(aside, target)
    except OSError as error:
        raise not_written(target, error) from error
    return losses.problems


def _files(
    target: Path, layers: Sequence[Layer], driver: str, losses: Losses
) -> Iterator[tuple[str, Layer, Losses]]:
    """Return the files to write: name, layer, and where its losses are told."""
    names = losses.unique("layer", [layer.name for layer in layers])
    named = [layer.with_(name=name) for layer, name in zip(layers, names, strict=True)]
    if driver == "GPKG":
        yield from ((target.name, layer, losses) for layer in named)
        return
    if len(named) > 1:
        losses.several_files(target.suffix, len(named))
    for layer in named:
        stem = target.stem
        if len(named) > 1:
            stem += "_" + "".join(c if c.isalnum() or c in "-_ " else "_" for c in layer.name)
        if driver != "ESRI Shapefile":
            yield stem + target.suffix.lower(), layer, losses
            continue
        fitted = fit.fit(driver, layer.features.columns, losses)  # once for all its files
        columns = {name: values for name, values in fitted.values() if values is not None}
        whole = layer.with_(features=_with(layer.features, columns))
        for kind, part in fit.by_family(whole, losses):
            ending = f"_{kind}" if kind else ""
            yield f"{stem}{ending}{target.suffix.lower()}", part, Losses()


def _with(features: Features, columns: dict[str, Column]) -> Features:
    """Return the same geometries with other columns."""
    if features.is_points:
        return Features.from_points(features.lonlat, columns)
    return Features.from_shapes(features.geometry, columns)


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
    kind = fit.geometry_kind(driver, layer)
    fitted = fit.fit(driver, features.columns, losses)
    if driver in fit.POSITIONED:
        features = fit.with_position(features, driver, losses)
        fitted = fit.fit(driver, features.columns, Losses())
    columns = {name: values for name, values in fitted.values() if values is not None}
    degrees = crs == WGS84
    if driver == "CSV":
        write_csv(path, features, columns, losses, degrees=degrees, feedback=feedback)
    elif driver == "XLSX":
        write_xlsx(path, features, columns, losses, name=layer.name, degrees=degrees,
                   feedback=feedback)  # fmt: skip
    elif driver == "GPX":
        write_gpx(path, features, columns, feedback=feedback)
    elif driver == "GeoParquet":
        days = {n: v.astype(object) for n, v in columns.items() if v.dtype == "datetime64[D]"}
        frame = geopandas.GeoDataFrame(columns | days, geometry=features.geometry, crs=crs)
        if feedback:
            feedback.check(0.5, f"Writing {path.name}")
        frame.to_parquet(path)
    else:
        _write_gdal(path, layer.name, _table(features, columns, driver), driver, losses, kind=kind,
                    crs=crs, feedback=feedback)  # fmt: skip


def _write_gdal(
    path: Path,
    name: str,
    table: pa.Table,
    driver: str,
    losses: Losses,
    *,
    kind: str,
    crs: str,
    feedback: Feedback | None,
) -> None:
    options = dict(_OPTIONS.get(driver, {}))
    if driver == "GPKG":
        taken = {column.lower() for column in table.column_names}
        options["FID"] = next(n for n in ("fid", "gisapp_fid", "gisapp_fid_") if n not in taken)
        options["GEOMETRY_NAME"] = next(
            n for n in ("geom", "gisapp_geom", "gisapp_geom_") if n not in taken
        )
    if path.suffix == ".tab" and crs == WGS84:
        options["BOUNDS"] = "-181,-91,181,91"  # beyond them coordinates are cut
    is_shape = driver == "ESRI Shapefile"
    with gdal.quiet(path, "not_written", "could not be written") as said:
        try:
            pyogrio.raw.write_arrow(
                pa.RecordBatchReader.from_batches(table.schema, _batches(table, path, feedback)),
                path,
                layer=path.stem if is_shape else name,
                driver=driver,
                geometry_name=table.column_names[-1],
                geometry_type=kind,
                crs=crs,
                append=path.exists(),
                encoding="UTF-8" if is_shape else None,
                layer_options=options,
                dataset_options={"FORMAT": "MIF"} if path.suffix == ".mif" else {},
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


def _table(features: Features, columns: dict[str, Column], driver: str) -> pa.Table:
    """Return columns and WKB as an Arrow table, the geometry last under a free name."""
    name = _GEOMETRY
    while name in columns:
        name += "_"
    arrays = {key: array_of(values) for key, values in columns.items()}
    if driver == "LIBKML":  # whose larger whole numbers are texts
        whole = [key for key, array in arrays.items() if array.type == pa.int64()]
        arrays |= {key: arrays[key].cast(pa.int32()) for key in whole}
    arrays[name] = pa.array(shapely.to_wkb(features.geometry), type=pa.binary())
    return pa.table(arrays)


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
