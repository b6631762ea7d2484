"""Which layers a file holds, without reading them: what the user picks from."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from gisapp.data import dialect, formats, gdal, locate, shapefile, sheets
from gisapp.data.listed import Listed
from gisapp.data.records import is_records
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.reading import ReadOptions

_HEAD: Final = 1_000_000
_FEW_ROWS: Final = 100


@dataclass(frozen=True)
class LayerInfo:
    """One layer of a file.

    Parameters
    ----------
    name
        What `ReadOptions.layers` names it by.
    features
        How many it has; None where only reading would tell.
    geometry_type
        As in `Features.geometry_type`, "" where only reading would tell.
    fields
        Names of its columns, as far as they can be told.
    title
        Where it is: the file within an archive or a folder.
    """

    name: str
    features: int | None = None
    geometry_type: str = ""
    fields: tuple[str, ...] = ()
    title: str = ""


def layer_list(path: str | Path, *, feedback: Feedback | None = None) -> tuple[LayerInfo, ...]:
    """List the layers of a file, folder or archive.

    Raises
    ------
    GisappError
        Those of `locate.find`; unreadable where no layer of anything can be told.
    """
    chosen = Path(path).expanduser()
    listed: list[LayerInfo] = []
    refused: list[GisappError] = []
    with tempfile.TemporaryDirectory(prefix="gisapp-", ignore_cleanup_errors=True) as folder:
        for found in locate.find(chosen, Path(folder), feedback=feedback):
            if feedback:
                feedback.check()
            try:
                listed.extend(_of(found))
            except GisappError as error:
                refused.append(error)
    if not listed and refused:
        raise refused[0]
    return tuple(listed)


def _of(found: locate.Found) -> list[LayerInfo]:
    path, ending = found.path, formats.extension(found.path)
    if ending in formats.TEXT_TABLES:
        return [LayerInfo(path.stem, None, "", _headings(path), found.title)]
    if ending in formats.PARQUET:
        return [_parquet(path, found.title)]
    if ending in formats.SHEETS:
        return [_sheet(path, name, found.title) for name in sheets.sheet_names(path)]
    if formats.is_duckdb(path):
        from gisapp.data import duckdb_file

        return [_table(each, found.title) for each in duckdb_file.contents(path)]
    if ending == ".json" and is_records(path):
        return [LayerInfo(path.stem, title=found.title)]
    if ending == ".shp":
        return [_shapefile(path, found.title)]
    return [_vector(path, name, found.title) for name in gdal.layer_names(path)]


def _vector(path: Path, name: str, title: str) -> LayerInfo:
    with gdal.quiet(path):
        info = pyogrio.read_info(path, layer=name)
    count = int(info["features"])
    fields = tuple(str(field) for field in info["fields"])
    kind = _kind(info["geometry_type"])
    return LayerInfo(name, count if count >= 0 else None, kind, fields, title)


def _table(listed: Listed, title: str) -> LayerInfo:
    return LayerInfo(listed.layer, listed.count, listed.geometry_type, listed.columns, title)


def _sheet(path: Path, name: str, title: str) -> LayerInfo:
    """Return what a sheet holds by its first rows: notes and yearly figures have no place."""
    try:
        raw = sheets.read_sheet(path, name, ReadOptions(limit=_FEW_ROWS))
    except GisappError:
        raw = None
    if raw is None:
        return LayerInfo(name, None, "None", (), title)
    kind = "Point" if raw.points is not None else ""
    return LayerInfo(name, None, kind, tuple(raw.columns), title)


def _shapefile(path: Path, title: str) -> LayerInfo:
    try:
        with gdal.quiet(path):
            info = pyogrio.read_info(path, encoding="ISO-8859-1")
    except GisappError:  # the reader repairs what GDAL refuses
        return LayerInfo(path.stem, None, "", (), title)
    kind = _kind(info["geometry_type"])
    fields = tuple(str(field) for field in info["fields"])
    has_table = shapefile.part(path, ".dbf") is not None
    return LayerInfo(path.stem, int(info["features"]), kind, fields if has_table else (), title)


def _kind(said: str | None) -> str:
    if said is None:
        return "None"
    return "Mixed" if said in {"Unknown", "GeometryCollection"} else said.split()[0]


def _headings(path: Path) -> tuple[str, ...]:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    wide = head[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace")
    delimiter = dialect.delimiter_of(text)
    if delimiter is None:
        return ()
    header = dialect.find_header(list(csv.reader(dialect.first_lines(text), delimiter=delimiter)))
    return header.names if header else ()


def _parquet(path: Path, title: str) -> LayerInfo:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise GisappError(
            "unreadable", f"{path.name} could not be read as GeoParquet.", str(error)[:200]
        ) from error
    names = tuple(name for name in file.schema_arrow.names if name not in {"geometry", "bbox"})
    return LayerInfo(path.stem, file.metadata.num_rows, "", names, title)
