"""Vector files read through GDAL, as Arrow batches, quietly."""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyogrio

from gisapp.data.arrow import plain
from gisapp.data.pieces import Pieces
from gisapp.data.raw import Raw
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity

pyogrio.set_gdal_config_options(
    {
        # no network: a proxy where nobody listens, should a file's address slip through `guard`
        "GDAL_HTTP_PROXY": "127.0.0.1:9",
        "GDAL_HTTPS_PROXY": "127.0.0.1:9",
        "GML_DOWNLOAD_SCHEMA": "NO",
        "GML_SKIP_RESOLVE_ELEMS": "ALL",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "0",  # one huge polygon is still a polygon
        "OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES",  # its own stream garbles null geometries
    }
)
#: Held while warning filters are changed: they belong to the process.
FILTERS: Final = threading.Lock()
#: GDAL's drivers for files that only point elsewhere; a data file is never one of them.
_POINTERS: Final = (b"<OGRVRTDataSource", b"<OGRWFSDataSource", b"<GDALG", b'"gdal_streamed_alg"')
#: Rows between two looks at whether the user called it off: polygons of 200 vertices take 0.1 s.
_BATCH: Final = 8_192
_MADE_KEYS: Final = frozenset(
    {"", "fid", "ogc_fid", "ogr_fid", "rowid", "pk_uid", "gid", "gisapp_fid", "gisapp_fid_"}
)
#: Layers that SpatiaLite keeps for itself.
_OF_SPATIALITE: Final = frozenset({"ISO_metadata"})


#: Bytes without which a disk is full: SQLite loses what the system says of it.
_NO_ROOM: Final = 500_000


@contextmanager
def quiet(
    path: Path,
    code: str = "unreadable",
    failed: str = "could not be read as the format its name says",
) -> Iterator[list[str]]:
    """Gather GDAL's warnings instead of printing them; its failures become a `GisappError`."""
    said: list[str] = []
    with FILTERS, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield said
        except (
            pyogrio.errors.DataSourceError,
            pyogrio.errors.DataLayerError,
            pa.ArrowInvalid,
            pyogrio.errors.FeatureError,
            pyogrio.errors.GeometryError,
            OSError,
            UnicodeDecodeError,
            RuntimeError,
            UnboundLocalError,  # pyogrio's own slip over a CRS that PROJ refuses
        ) as error:
            text = str(error)
            hint = f"GDAL: {text.splitlines()[0][:200]}"
            if code == "not_written" and _is_full(path.parent):
                hint = "The disk is full: free some space, or choose another."
            raise GisappError(code, f"{path.name} {failed}.", hint) from error
        finally:
            # the filters are the process's: what other threads leave open is not the file's fault
            said.extend(str(w.message) for w in caught if w.category is not ResourceWarning)


def _is_full(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free < _NO_ROOM


def layer_names(path: Path) -> list[str]:
    """Return the names of a file's layers; raises `GisappError` if GDAL cannot open it."""
    with path.open("rb") if path.is_file() else _nothing() as file:
        head = file.read(4096) if file else b""
    if any(word in head for word in _POINTERS):
        raise GisappError(
            "not_data", f"{path.name} only points to data elsewhere.", "Open the data itself."
        )
    with quiet(path):
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    return [name for name in names if name not in _OF_SPATIALITE]


def _keeps_key(info: dict[str, Any]) -> bool:
    """Tell a database's own primary key, which GDAL keeps apart, from one that GDAL made."""
    return (
        info["driver"] in {"SQLite", "GPKG"} and str(info["fid_column"]).lower() not in _MADE_KEYS
    )


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def head(path: Path, *, encoding: str | None = None) -> Raw:
    """Return a file's first layer without geometry and columns: name, driver and CRS."""
    with quiet(path):
        return _head(pyogrio.read_info(path, encoding=encoding))


def _head(info: dict[str, Any]) -> Raw:
    return Raw(
        name=str(info["layer_name"]), driver=str(info["driver"]), columns={}, crs=info["crs"]
    )


def read(
    path: Path,
    layer: str | None,
    *,
    encoding: str | None = None,
    geometry: bool = True,
    attributes: bool = True,
    limit: int | None = None,
    feedback: Feedback | None = None,
) -> tuple[Raw, pa.Table]:
    """Read a layer; the attributes come as an Arrow table besides, to be decoded by the caller.

    `limit` is the most features that are read, None all of them. `encoding` "ISO-8859-1" gives
    every byte of a shapefile's texts as one character.
    """
    pieces = Pieces()
    batches = []
    suffix = path.suffix.lower()
    with quiet(path) as said:
        info = pyogrio.read_info(path, layer=layer, encoding=encoding)
        count = max(int(info["features"]), 1)
        chosen: dict[str, Any] = {} if attributes else {"columns": []}
        if attributes and _keeps_key(info):
            chosen["return_fids"] = True
        with pyogrio.raw.open_arrow(
            path,
            layer=layer,
            encoding=encoding,
            read_geometry=geometry,
            batch_size=min(_BATCH, limit or _BATCH),
            use_pyarrow=True,
            **chosen,
        ) as (meta, reader):
            name = meta["geometry_name"] or "wkb_geometry"
            done = 0
            for whole in reader:
                batch = whole if limit is None else whole[: limit - done]
                done += batch.num_rows
                if name in batch.schema.names:
                    pieces.add(batch.column(name))
                    batches.append(batch.drop_columns([name]))
                else:
                    batches.append(batch)
                if feedback:
                    feedback.check(min(done / count, 1.0), f"Reading {path.name}")
                if done == limit:
                    break
            schema = reader.schema
            if name in schema.names:
                schema = schema.remove(schema.get_field_index(name))
    table = plain(pa.Table.from_batches(batches, schema=schema))
    raw = _head(info)
    promised = min(int(info["features"]), limit or int(info["features"]))
    if done < promised and suffix != ".shp":  # there it is rows marked as deleted
        raw.problems.append(
            Problem(
                "truncated",
                Severity.WARNING,
                f"{path.name} promises {promised:,} features, but only {done:,} could be read.",
                "Fetch the file again.",
                promised - done,
            )
        )
    has_geometry = geometry and info["geometry_type"] is not None
    if has_geometry:
        declared = str(info["geometry_type"])
        heights = bool({"Z", "M", "ZM"} & set(declared.split()))
        pieces.put_into(raw, points="Point" in declared, heights=heights)
    raw.problems.extend(_told(said))
    return raw, table


def _told(said: list[str]) -> Iterator[Problem]:
    for text in dict.fromkeys(said):
        yield Problem("reader_warning", Severity.INFO, f"The reader says: {text.strip()[:200]}")
