"""Whole files of every format that is read, a few features each, to be damaged."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from tests.data import corpus

COUNT = 12
_RANDOM = np.random.default_rng(4)
LONLAT = np.column_stack([_RANDOM.uniform(-80, 100, COUNT), _RANDOM.uniform(-40, 60, COUNT)]).round(
    4
)
POINTS = shapely.points(LONLAT)
DISKS = shapely.buffer(POINTS, 2.0)
LINES = [
    shapely.LineString([p, q, q + np.array([1, 2])])
    for p, q in zip(LONLAT, np.roll(LONLAT, 1, axis=0), strict=True)
]
COLUMNS = {
    "name": [f"Miné {i}" for i in range(COUNT)],
    "mineral": ["lithium", "cobalt", "nickel"] * 4,
    "capacity": [1.5 * i for i in range(COUNT)],
    "year": list(range(1990, 1990 + COUNT)),
}


@dataclass(frozen=True)
class Seed:
    """A whole file: how it is built in a folder; the file returned is the one to be opened."""

    name: str
    build: Callable[[Path], Path]


def _vector(name: str, shapes: object = POINTS, kind: str = "Point", **options: str) -> Seed:
    def build(folder: Path) -> Path:
        encoding = "UTF-8" if name.endswith(".shp") else None
        return corpus.write(folder / name, shapes, COLUMNS, kind=kind, encoding=encoding, **options)

    return Seed(f"{name} {kind}".lower(), build)


def _text(name: str, content: Callable[[], str | bytes]) -> Seed:
    return Seed(name, corpus.text(name, content()))


def _rows(separator: str, comma: bool = False) -> str:
    lines = [separator.join(["name", "lon", "lat", "capacity", "year"])]
    for i, (lon, lat) in enumerate(LONLAT):
        cells = [COLUMNS["name"][i], lon, lat, COLUMNS["capacity"][i], COLUMNS["year"][i]]
        lines.append(separator.join(f"{c}".replace(".", ",") if comma else f"{c}" for c in cells))
    return "\n".join(lines) + "\n"


def _wkt() -> str:
    return "name,wkt\n" + "".join(f'n{i},"{disk.wkt}"\n' for i, disk in enumerate(DISKS))


def _topojson() -> str:
    points = [
        {"type": "Point", "coordinates": list(xy), "properties": {"name": f"n{i}"}}
        for i, xy in enumerate(LONLAT)
    ]
    return json.dumps(
        {
            "type": "Topology",
            "objects": {"sites": {"type": "GeometryCollection", "geometries": points}},
            "arcs": [],
        }
    )


def _esri() -> str:
    features = [
        {"attributes": {"OBJECTID": i, "name": f"n{i}"}, "geometry": {"x": x, "y": y}}
        for i, (x, y) in enumerate(LONLAT)
    ]
    return json.dumps({"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4326}, "fields": [
        {"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "name", "type": "esriFieldTypeString", "length": 20}], "features": features})  # fmt: skip


def _lines() -> str:
    return "".join(json.dumps({"type": "Feature", "properties": {"name": f"n{i}"}, "geometry": json.loads(shapely.to_geojson(p))}) + "\n"
                   for i, p in enumerate(POINTS))  # fmt: skip


def _kml() -> str:
    marks = "".join(f"<Placemark><name>n{i}</name><Point><coordinates>{x},{y},0</coordinates></Point></Placemark>"
                    for i, (x, y) in enumerate(LONLAT))  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'


def _gpx() -> str:
    marks = "".join(
        f'<wpt lat="{y}" lon="{x}"><name>n{i}</name></wpt>' for i, (x, y) in enumerate(LONLAT)
    )
    return f'<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">{marks}</gpx>'


def _zipped(seed: Seed, name: str) -> Seed:
    def build(folder: Path) -> Path:
        inside = folder.parent / f"{folder.name}-inside"
        inside.mkdir()
        seed.build(inside)
        path = folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(inside.iterdir()):
                archive.write(file, file.name)
        return path

    return Seed(f"{name} of {seed.name}", build)


def _parquet(folder: Path) -> Path:
    import geopandas

    path = folder / "sites.parquet"
    geopandas.GeoDataFrame(COLUMNS, geometry=DISKS, crs="EPSG:4326").to_parquet(path)
    return path


def _sheet(name: str) -> Seed:
    def build(folder: Path) -> Path:
        table = pa.table({**COLUMNS, "lon": LONLAT[:, 0], "lat": LONLAT[:, 1]})
        pyogrio.raw.write_arrow(table, folder / name)
        return folder / name

    return Seed(name, build)


def _journalled(folder: Path) -> Path:
    """A GeoPackage after some of its rows were deleted: pages with holes."""
    path = corpus.write(folder / "holes.gpkg", np.concatenate([POINTS, POINTS]),
                        {k: [*v, *v] for k, v in COLUMNS.items()})  # fmt: skip
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA journal_mode = DELETE")
        for table in [
            n for (n,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]:
            base.execute(f'DROP TRIGGER "{table}"')
        base.execute(f"DELETE FROM holes WHERE fid > {COUNT}")
        base.execute(f"UPDATE gpkg_ogr_contents SET feature_count = {COUNT}")
    base.close()
    return path


SEEDS = [
    _vector("points.shp"),
    _vector("lines.shp", LINES, "LineString"),
    _vector("disks.shp", DISKS, "Polygon"),
    _vector("high.shp", shapely.force_3d(DISKS, 5.0), "Polygon Z"),
    _vector("sites.gpkg"),
    _vector("disks.gpkg", DISKS, "Polygon"),
    Seed("gpkg with holes", _journalled),
    _vector("sites.fgb"),
    _vector("disks.fgb", DISKS, "Polygon"),
    _vector("sites.geojson"),
    _vector("disks.geojson", DISKS, "Polygon"),
    _vector("sites.gml"),
    _vector("disks.gml", DISKS, "Polygon"),
    _vector("sites.tab", driver="MapInfo File"),
    _vector("sites.mif", driver="MapInfo File"),
    _vector("sites.sqlite", driver="SQLite", SPATIALITE="YES", INIT_WITH_EPSG="NO"),
    _vector("sites.gdb", driver="OpenFileGDB", TARGET_ARCGIS_VERSION="ARCGIS_PRO_3_2_OR_LATER"),
    Seed("sites.dxf", lambda folder: corpus.write(folder / "sites.dxf", LINES, {}, kind="LineString")),
    Seed("sites.parquet", _parquet),
    _sheet("sites.xlsx"),
    _sheet("sites.ods"),
    _text("sites.csv", lambda: _rows(",")),
    _text("comma.csv", lambda: _rows(";", comma=True).encode("cp1252")),
    _text("sites.tsv", lambda: _rows("\t").encode("utf-16")),
    _text("disks.csv", _wkt),
    _text("sites.topojson", _topojson),
    _text("esri.json", _esri),
    _text("sites.geojsonl", _lines),
    _text("sites.kml", _kml),
    _text("sites.gpx", _gpx),
    _zipped(_vector("points.shp"), "points.zip"),
    _zipped(_text("doc.kml", _kml), "sites.kmz"),
]  # fmt: skip
