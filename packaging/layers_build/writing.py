"""Layers to GeoPackage, tables to CSV, networks to arrays, and the manifest that lists them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyogrio
import pyogrio.raw
import shapely

from layers_build.sources import Rows

#: Written into the files in place of the clock, so that the same sources give the same bytes.
FIXED_DATE: Final = "2025-01-01T00:00:00Z"
_FIXED_TIME: Final = (2025, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Entry:
    """One file of `layers/`, as the manifest has it; role None is a table."""

    id: str
    file: str
    layer: str
    role: str | None
    title: str
    source: str
    licence: str
    date: str
    rows: int
    sha256: str = ""


def write_geopackage(
    folder: Path,
    entry: Entry,
    shapes: npt.NDArray[np.object_],
    columns: Mapping[str, npt.NDArray[Any]],
    geometry_type: str,
) -> Entry:
    """Write one layer; returns the entry with rows and checksum."""
    path = folder / entry.file
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        list(columns.values()) or [np.arange(1, len(shapes) + 1)],
        list(columns) or ["number"],
        layer=entry.layer,
        driver="GPKG",
        geometry_type=geometry_type,
        crs="EPSG:4326",
        promote_to_multi=geometry_type.startswith("Multi"),
        layer_options={
            "GEOMETRY_NAME": "geometry",
            "IDENTIFIER": entry.title,
            # of a few hundred features an index is larger than its use
            "SPATIAL_INDEX": "YES" if len(shapes) > 1500 or entry.id == "jurisdictions" else "NO",
        },
    )
    return sealed(folder, entry, len(shapes))


def write_table(folder: Path, entry: Entry, rows: Rows) -> Entry:
    """Write one table; returns the entry with rows and checksum."""
    with (folder / entry.file).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return sealed(folder, entry, len(rows))


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[Any]], *, level: int = 9) -> None:
    """Write arrays as numpy's archive does, but with the same bytes at any time.

    Parameters
    ----------
    level
        How hard to pack, up to 9.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array, order="C"), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content.getvalue())


def write_manifest(folder: Path, entries: list[Entry]) -> None:
    """Write manifest.json: the entries in the order of the layers panel, tables last."""
    text = json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> list[Entry]:
    """Return the entries of manifest.json, none if there is no such file."""
    path = folder / "manifest.json"
    if not path.exists():
        return []
    return [Entry(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def replace_in_manifest(folder: Path, entries: list[Entry]) -> None:
    """Put entries into the manifest in place of their like, or at the end."""
    listed = {entry.id: entry for entry in read_manifest(folder)}
    listed.update({entry.id: entry for entry in entries})
    write_manifest(folder, list(listed.values()))


def sealed(folder: Path, entry: Entry, rows: int) -> Entry:
    """Return the entry with the rows and the checksum of its file."""
    digest = hashlib.sha256((folder / entry.file).read_bytes()).hexdigest()
    return Entry(**{**asdict(entry), "rows": rows, "sha256": digest})
