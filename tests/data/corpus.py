"""Good and broken files, built at run time: every case with what must come of it."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely

from gisapp.model.reading import ReadOptions

Build = Callable[[Path], Path]
LONLAT = np.array([[-70.0, -23.5], [115.86, -31.95], [25.47, -10.98], [109.97, 41.77]])
NAMES = ["Salar de Atacama", "Kwinana", "Kolwezi", "白云鄂博"]
ENGLISH = ["Salar de Atacama", "Kwinana", "Kolwezi", "Bayan Obo"]
MINERALS = ["lithium", "lithium", "cobalt", "rare_earths"]
COUNTRIES = ["CHL", "AUS", "COD", "CHN"]
CAPACITY = [180.5, 48.0, 77.25, 240.0]
YEARS = [1984, 2021, 1939, 1957]


def write(
    path: Path,
    shapes: Any,
    columns: dict[str, Any] | None = None,
    *,
    kind: str = "Point",
    crs: str | None = "EPSG:4326",
    encoding: str | None = None,
    layer: str | None = None,
    append: bool = False,
    **options: str,
) -> Path:
    """Write a file with GDAL alone, not with the code under test."""
    path.parent.mkdir(parents=True, exist_ok=True)
    given = {} if columns is None else columns
    given = {k: pa.array(v, pa.string()) if not len(v) else v for k, v in given.items()}
    table = pa.table({**given, "geometry": pa.array(shapely.to_wkb(np.asarray(shapes)))})
    pyogrio.raw.write_arrow(
        table, path, geometry_name="geometry", geometry_type=kind, crs=crs or "EPSG:4326",
        encoding=encoding, layer=layer, append=append, **options,
    )  # fmt: skip
    if crs is None:
        path.with_suffix(".prj").unlink(missing_ok=True)
    return path


def sites(
    folder: Path,
    name: str = "sites.shp",
    *,
    lonlat: Any = LONLAT,
    names: list[str] | None = None,
    encoding: str | None = "UTF-8",
    **options: Any,
) -> Path:
    """Write four facilities, in any format of GDAL's."""
    count = len(lonlat)
    columns = {
        "name": (names or NAMES)[:count],
        "mineral": MINERALS[:count],
        "country": COUNTRIES[:count],
        "capacity": CAPACITY[:count],
        "year": YEARS[:count],
    }
    if not name.lower().endswith(".shp"):
        encoding = None
    return write(folder / name, shapely.points(lonlat), columns, encoding=encoding, **options)


def without(*endings: str) -> Build:
    def build(folder: Path) -> Path:
        shp = sites(folder)
        for ending in endings:
            shp.with_suffix(ending).unlink()
        return shp

    return build


def encoded(names: list[str], codec: str, cpg: str | None) -> Build:
    """Write names in a codec, with this .cpg or none, and no language byte."""

    def build(folder: Path) -> Path:
        blank = [f"{chr(65 + i) * len(name.encode(codec))}" for i, name in enumerate(names)]
        shp = sites(folder, names=blank, lonlat=LONLAT[: len(names)])
        dbf = shp.with_suffix(".dbf")
        data = dbf.read_bytes()
        for stand_in, name in zip(blank, names, strict=True):
            assert data.count(stand_in.encode()) >= 1
            data = data.replace(stand_in.encode(), name.encode(codec))
        dbf.write_bytes(data[:29] + b"\0" + data[30:])
        shp.with_suffix(".cpg").unlink()
        if cpg is not None:
            shp.with_suffix(".cpg").write_text(cpg)
        return shp

    return build


def at(lonlat: Any, **options: Any) -> Build:
    return lambda folder: sites(folder, lonlat=np.asarray(lonlat, float), **options)


def field_names(codec: str) -> Build:
    """Name a column with an umlaut in this codec."""

    def build(folder: Path) -> Path:
        shp = sites(folder, lonlat=LONLAT[:3])
        dbf = shp.with_suffix(".dbf")
        dbf.write_bytes(dbf.read_bytes().replace(b"mineral", "mineräl".encode(codec)))
        shp.with_suffix(".cpg").unlink()
        return shp

    return build


def patched(value: float) -> Build:
    """Two points, the first longitude of which becomes a value that GDAL would not write."""

    def build(folder: Path) -> Path:
        shp = sites(folder, lonlat=np.array([[12.375, 1.0], [2.0, 3.0]]))
        data = shp.read_bytes()
        shp.write_bytes(data.replace(struct.pack("<d", 12.375), struct.pack("<d", value)))
        return shp

    return build


def more_rows(folder: Path) -> Path:
    """A table of four rows beside three shapes."""
    shp = sites(folder)
    fewer = sites(folder / "fewer", lonlat=LONLAT[:3])
    for ending in (".shp", ".shx"):
        shp.with_suffix(ending).write_bytes(fewer.with_suffix(ending).read_bytes())
    return shp


def shaped(shapes: list[Any], kind: str, name: str = "shapes.shp") -> Build:
    def build(folder: Path) -> Path:
        return write(folder / name, shapes, {"name": [f"n{i}" for i in range(len(shapes))]},
                     kind=kind)  # fmt: skip

    return build


def text(name: str, content: str | bytes) -> Build:
    def build(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return build


def changed(ending: str, change: Callable[[bytes], bytes]) -> Build:
    """Write four facilities and change the bytes of one part."""

    def build(folder: Path) -> Path:
        shp = sites(folder)
        part = shp.with_suffix(ending)
        part.write_bytes(change(part.read_bytes()))
        return shp

    return build


def zipped(*builds: Build, into: str = "") -> Build:
    def build(folder: Path) -> Path:
        inside = folder / "inside"
        inside.mkdir()
        for one in builds:
            one(inside)
        path = folder / "sites.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file in sorted(inside.iterdir()):
                archive.write(file, into + file.name)
        return path

    return build


def upper_case(folder: Path) -> Path:
    shp = sites(folder)
    for file in list(folder.iterdir()):
        file.rename(folder / file.name.upper())
    return folder / shp.name.upper()


def mixed_case(folder: Path) -> Path:
    shp = sites(folder)
    return shp.rename(folder / "Sites.shp")


def part_of(ending: str) -> Build:
    return lambda folder: sites(folder).with_suffix(ending)


def lonely_dbf(folder: Path) -> Path:
    shp = sites(folder)
    shp.unlink()
    return shp.with_suffix(".dbf")


def deleted_row(data: bytes) -> bytes:
    """Mark the second row of a dBASE table as deleted."""
    header, record = struct.unpack("<2H", data[8:12])
    row = header + record
    return data[:row] + b"*" + data[row + 1 :]


def two_layers(folder: Path) -> Path:
    path = sites(folder, "two.gpkg", layer="mines")
    square = shapely.box(10, 10, 12, 12)
    return write(path, [square], {"admin": ["Nowhere"]}, kind="Polygon", layer="countries",
                 append=True)  # fmt: skip


def with_table(folder: Path) -> Path:
    """A GeoPackage with a layer and a table that has no place."""
    path = sites(folder, "tables.gpkg", layer="mines")
    pyogrio.raw.write_arrow(pa.table({"note": ["a", "b"]}), path, layer="notes", append=True)
    return path


def parquet(folder: Path) -> Path:
    import geopandas

    frame = geopandas.GeoDataFrame(
        {"name": NAMES, "mineral": MINERALS}, geometry=shapely.points(LONLAT), crs="EPSG:4326"
    )
    frame.to_crs("EPSG:3857").to_parquet(folder / "sites.parquet")
    return folder / "sites.parquet"


def geoarrow(folder: Path) -> Path:
    """GeoParquet whose geometry is no WKB, with a second geometry beside it."""
    import geopandas

    frame = geopandas.GeoDataFrame(
        {"name": NAMES, "other": geopandas.points_from_xy(*LONLAT.T)},
        geometry=shapely.points(LONLAT),
        crs="EPSG:4326",
    )
    frame.to_parquet(folder / "sites.parquet", geometry_encoding="geoarrow")
    return folder / "sites.parquet"


def sheet(name: str) -> Build:
    def build(folder: Path) -> Path:
        table = pa.table({"name": NAMES, "lon": LONLAT[:, 0], "lat": LONLAT[:, 1]})
        pyogrio.raw.write_arrow(table, folder / name)
        return folder / name

    return build


def renamed(build: Build, name: str) -> Build:
    """Give a file another name, mostly with the ending of another format."""

    def rename(folder: Path) -> Path:
        return build(folder).rename(folder / name)

    return rename


def zipped_gdb(folder: Path) -> Path:
    path = sites(folder / "in", "sites.gdb", driver="OpenFileGDB",
                 TARGET_ARCGIS_VERSION="ARCGIS_PRO_3_2_OR_LATER")  # fmt: skip
    with zipfile.ZipFile(folder / "sites.gdb.zip", "w") as archive:
        for file in sorted(path.rglob("*")):
            archive.write(file, file.relative_to(path.parent))
    return folder / "sites.gdb.zip"


def kmz(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", KML)
    return folder / "a.kmz"


def slip(folder: Path) -> Path:
    path = folder / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../escaped.shp", b"x")
    return path


def bomb(folder: Path) -> Path:
    path = folder / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("zeros.csv", "w", force_zip64=True) as sink,
    ):
        for _ in range(80):
            sink.write(bytes(1024**2))
    return path


def csv_rows(delimiter: str, comma: bool = False, header: str = "name lon lat capacity") -> str:
    lines = [delimiter.join(header.split())]
    for name, (lon, lat), capacity in zip(NAMES, LONLAT, CAPACITY, strict=True):
        numbers = [f"{v}".replace(".", ",") if comma else f"{v}" for v in (lon, lat, capacity)]
        lines.append(delimiter.join([name, *numbers]))
    return "\n".join(lines) + "\n"


def geojson(features: list[Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


POINT = {"type": "Point", "coordinates": [7.0, 51.0]}
KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">
<Document><Folder><name>Mines</name><Placemark><name>Kwinana</name>
<Point><coordinates>115.86,-31.95,0</coordinates></Point></Placemark></Folder></Document></kml>"""
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="x"
 xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="51" lon="7"><name>a</name></wpt></gpx>"""
LINES = "".join(
    json.dumps({"type": "Feature", "geometry": POINT, "properties": {"name": n, "v": 2**53 + 1}})
    + "\n"
    for n in "xy"
)
TOPOJSON = json.dumps({"type": "Topology", "arcs": [[[0, 0], [1, 0], [1, 1], [0, 0]]], "objects": {
    "sites": {"type": "GeometryCollection", "geometries": [
        {"type": "Point", "coordinates": [7, 51], "properties": {"name": "x"}}]},
    "areas": {"type": "GeometryCollection", "geometries": [
        {"type": "Polygon", "arcs": [[0]], "properties": {"n": 1}}]}}})  # fmt: skip
ESRI = json.dumps({"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 102100},
                   "fields": [{"name": "name", "type": "esriFieldTypeString"}], "features": [
    {"attributes": {"name": "x"}, "geometry": {"x": 779236, "y": 6621293}},
    {"attributes": {"name": "y"}, "geometry": {"x": 0, "y": 1}}]})  # fmt: skip
TRACK = GPX.replace("</gpx>", "<trk><trkseg><trkpt lat='1' lon='2'/><trkpt lat='2' lon='3'/>"
                    "</trkseg></trk></gpx>")  # fmt: skip
PAGE = "<!DOCTYPE html><html><body>Log in</body></html>"
VRT = "<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/etc/passwd</SrcDataSource>\
</OGRVRTLayer></OGRVRTDataSource>"


@dataclass(frozen=True)
class Case:
    """A file and what must come of it: so many features and these problems, or an error."""

    name: str
    build: Build
    features: tuple[int, ...] = (4,)
    problems: frozenset[str] = frozenset()
    error: str = ""
    names: list[str] = field(default_factory=list)
    options: ReadOptions = ReadOptions()


def case(
    name: str,
    build: Build,
    *problems: str,
    features: int | tuple[int, ...] = 4,
    **rest: Any,
) -> Case:
    counts = (features,) if isinstance(features, int) else features
    return Case(name, build, counts, frozenset(problems), **rest)


def refused(name: str, build: Build, error: str, **rest: Any) -> Case:
    return Case(name, build, error=error, **rest)


METRES = [[500_000.0, 5_700_000.0], [510_000.0, 5_710_000.0]]
BOWTIE = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
SQUARE = shapely.box(10, 10, 12, 12)
LATIN = ["São Paulo de Olivença", "Mina Peñasquito", "Älvsbyn", "Société Générale"]
RUSSIAN = ["Норильск", "Ловозеро", "Северодвинск", "Красноярск"]
CHINESE = ["白云鄂博铁矿", "赣州稀土", "攀枝花钒钛", "宜春锂矿"]

SHAPEFILES = [
    case("plain", sites, names=NAMES),
    case("upper case", upper_case, names=NAMES),
    case("mixed case", mixed_case, names=NAMES),
    case("a folder", lambda f: sites(f).parent, names=NAMES),
    case("the dbf chosen", part_of(".dbf"), names=NAMES),
    refused("only a dbf", lonely_dbf, "shp_missing"),
    case("no shx", without(".shx"), "shx_rebuilt", names=NAMES),
    case("no dbf", without(".dbf"), "no_attributes"),
    case("no prj", without(".prj"), "crs_guessed", names=NAMES),
    case("no cpg", without(".cpg"), names=NAMES),
    case("only shp", without(".cpg", ".prj", ".dbf", ".shx"), "shx_rebuilt", "no_attributes",
         "crs_guessed"),
    case("utf-8, no cpg", encoded(CHINESE, "utf-8", None), "encoding_guessed", names=CHINESE),
    case("cp1252, no cpg", encoded(LATIN, "cp1252", None), "encoding_guessed", names=LATIN),
    case("cp1251, no cpg", encoded(RUSSIAN, "cp1251", None), "encoding_guessed", names=RUSSIAN),
    case("gb18030, no cpg", encoded(CHINESE, "gb18030", None), "encoding_guessed", names=CHINESE),
    case("cp1252 cpg", encoded(LATIN, "cp1252", "1252"), names=LATIN),
    case("utf-8, cpg says latin", encoded(CHINESE, "utf-8", "ISO-8859-1"), "encoding_wrong",
         names=CHINESE),
    case("cp1252, cpg says utf-8", encoded(LATIN, "cp1252", "UTF-8"), "encoding_wrong",
         names=LATIN),
    case("nonsense cpg", encoded(LATIN, "utf-8", "klingon"), "encoding_wrong", names=LATIN),
    case("field names in cp1252", field_names("cp1252"), "encoding_guessed", features=3,
         names=NAMES[:3]),
    case("nulls in cpg", encoded(LATIN, "utf-8", "UTF\0-8"), "encoding_wrong", names=LATIN),
    case("encoding by hand", encoded(RUSSIAN, "cp866", "UTF-8"), names=RUSSIAN,
         options=ReadOptions(encoding="cp866")),
    refused("unknown encoding by hand", sites, "unknown_encoding",
            options=ReadOptions(encoding="klingon")),
    case("truncated", changed(".shp", lambda b: b[:-10]), "truncated", features=3),
    refused("truncated to nothing", changed(".shp", lambda b: b[:104]), "truncated"),
    refused("header cut", changed(".shp", lambda b: b[:60]), "truncated"),
    refused("empty shp", changed(".shp", lambda _: b""), "empty_file"),
    refused("text called shp", changed(".shp", lambda _: b"hello, world " * 50), "not_a_shapefile"),
    refused("noise called shp",
            changed(".shp", lambda _: np.random.default_rng(0).bytes(4000)), "not_a_shapefile"),
    case("damaged shx", changed(".shx", lambda b: b[:110]), "shx_rebuilt", names=NAMES),
    case("shx of another", changed(".shx", lambda b: b[:100] + b[108:] + b"\0\0\7\7\0\0\0\x0a"),
         "shx_rebuilt", names=NAMES),
    case("empty dbf", changed(".dbf", lambda _: b""), "no_attributes"),
    case("noise as dbf", changed(".dbf", lambda b: b"\xff" * len(b)), "no_attributes"),
    case("dbf cut", changed(".dbf", lambda b: b[: len(b) - 300]), "table_short"),
    case("dbf longer than shp", more_rows, "table_long", features=3),
    case("noise as prj", changed(".prj", lambda _: b"\xfe\xff nonsense"), "crs_guessed",
         "prj_unreadable"),
    case("prj cut", changed(".prj", lambda b: b[:-10]), "crs_guessed", "prj_unreadable"),
    case("deleted row", changed(".dbf", deleted_row), features=3,
         names=[NAMES[0], NAMES[2], NAMES[3]]),
    case("no features", shaped([], "Polygon"), "no_features", features=0),
    case("no points", shaped([], "Point"), "no_features", features=0),
    case("null geometries", shaped([SQUARE, None], "Polygon"), "no_geometry", features=2),
    case("null points", shaped([shapely.Point(1, 1), None], "Point"), "no_geometry", features=2),
    case("bow tie", shaped([BOWTIE, SQUARE], "Polygon"), "rings_mended", features=2),
    case("nan", patched(np.nan), "no_geometry", features=2),
    case("infinite", patched(np.inf), "non_finite", features=2),
    case("heights", shaped([shapely.Point(1, 2, 3)], "Point Z"), "heights_kept", features=1),
    case("heights of lines", shaped([shapely.LineString([(1, 2, 3), (2, 3, 4)])], "LineString Z"),
         "heights_dropped", features=1),
    case("zero zero", at([[0, 0], [2, 3]]), "zero_zero", features=2),
    case("out of range", at([[200, 95], [2, 3]]), "out_of_range", features=2),
    case("0 to 360", at([[289.5, -23], [2, 3]]), "longitude_wrapped", features=2),
    case("swapped", at([[-31.95, 115.86], [41.77, 109.97]]), "axes_swapped", features=2),
    case("swapped, put right", at([[-31.95, 115.86], [41.77, 109.97]]), features=2,
         options=ReadOptions(swap_axes=True)),
    refused("metres, no prj", at(METRES, crs=None), "no_crs"),
    refused("metres called degrees", at(METRES), "wrong_crs"),
    case("metres, crs by hand", at(METRES, crs=None), features=2,
         options=ReadOptions(crs="EPSG:32632")),
    case("utm", at(METRES, crs="EPSG:32632"), features=2),
    case("beyond a projection", at([[500_000.0, 5_700_000.0], [1e9, 1e12]], crs="EPSG:32632"),
         "outside_projection", features=2),
    refused("unknown crs by hand", sites, "unknown_crs", options=ReadOptions(crs="EPSG:999999")),
    refused("unknown layer", sites, "unknown_layer", options=ReadOptions(layers=("other",))),
]  # fmt: skip

ARCHIVES = [
    case("zipped", zipped(sites), names=NAMES),
    case("zipped in a folder", zipped(sites, into="data/deep/"), names=NAMES),
    case("several zipped", zipped(sites, shaped([SQUARE], "Polygon")), features=(1, 4)),
    case("zipped beside a broken one", zipped(sites, text("broken.shp", "not")),
         "not_a_shapefile", names=NAMES),
    case("zipped csv", zipped(text("a.csv", csv_rows(","))), names=NAMES),
    refused("nothing in it", zipped(text("read.me", "hello")), "nothing_inside"),
    refused("not a zip", text("a.zip", "PK nonsense"), "zip_broken"),
    refused("zip slip", slip, "zip_unsafe"),
    refused("zip bomb", bomb, "zip_too_large"),
]  # fmt: skip

FORMATS = [
    case("geopackage", lambda f: sites(f, "s.gpkg"), names=NAMES),
    case("geopackage of two", two_layers, features=(4, 1)),
    case("one layer of two", two_layers, features=1, options=ReadOptions(layers=("countries",))),
    case("geopackage with a table", with_table, "no_coordinates", names=NAMES),
    case("geojson", lambda f: sites(f, "s.geojson"), names=NAMES),
    case("flatgeobuf", lambda f: sites(f, "s.fgb", SPATIAL_INDEX="NO"), names=NAMES),
    case("geoparquet in metres", parquet, names=NAMES),
    case("geoparquet in geoarrow", geoarrow, "geometries_left_out", names=NAMES),
    case("excel", sheet("a.xlsx"), "crs_guessed", names=NAMES),
    case("open document", sheet("a.ods"), "crs_guessed", names=NAMES),
    case("mapinfo", lambda f: sites(f, "a.tab", driver="MapInfo File", names=ENGLISH),
         names=ENGLISH),
    case("gml", lambda f: sites(f, "a.gml"), names=NAMES),
    case("geodatabase", lambda f: sites(f, "a.gdb", driver="OpenFileGDB",
                                        TARGET_ARCGIS_VERSION="ARCGIS_PRO_3_2_OR_LATER"),
         names=NAMES),
    case("geodatabase, zipped", zipped_gdb, names=NAMES),
    case("mapinfo's exchange format", lambda f: sites(f, "a.mif", driver="MapInfo File",
                                                      names=ENGLISH), names=ENGLISH),
    case("sqlite", lambda f: sites(f, "a.sqlite", driver="SQLite", SPATIALITE="NO"), names=NAMES),
    case("dxf", lambda f: write(f / "a.dxf", shapely.points(LONLAT)), "crs_guessed"),
    case("topojson", text("a.topojson", TOPOJSON), features=(1, 1)),
    case("topojson called json", text("a.json", TOPOJSON), features=(1, 1)),
    case("esri json", text("a.json", ESRI), features=2, names=["x", "y"]),
    *(case(f"geojson lines called {e}", text(f"a.{e}", LINES), features=2, names=["x", "y"])
      for e in ("geojsonl", "ndjson", "geojsons", "json", "geojson")),
    case("geojson lines with record marks", text("a.geojsons", "\x1e" + LINES.replace(
        "\n{", "\n\x1e{")), features=2),
    case("geojson lines called txt", text("a.txt", LINES), "wrong_ending", features=2),
    case("geojson called txt", text("a.txt", geojson([
        {"type": "Feature", "geometry": POINT, "properties": {}}])), "wrong_ending", features=1),
    case("geopackage called json", renamed(lambda f: sites(f, "s.gpkg"), "s.json"),
         "wrong_ending", names=NAMES),
    case("csv called json", text("a.json", csv_rows(",")), "wrong_ending", names=NAMES),
    case("csv called dat", text("a.dat", csv_rows(";", comma=True)), "wrong_ending", names=NAMES),
    case("tabs called xls", text("a.xls", csv_rows("\t")), "wrong_ending", names=NAMES),
    case("xlsx called xls", renamed(sheet("a.xlsx"), "a.xls"), "wrong_ending", names=NAMES),
    case("xlsx called csv", renamed(sheet("a.xlsx"), "a.csv"), "wrong_ending", names=NAMES),
    case("zip called dat", renamed(zipped(sites), "a.dat"), "wrong_ending", names=NAMES),
    case("json records", text("a.json", json.dumps([
        {"name": "x", "where": {"lat": 51.5, "lon": 7}, "n": 2**53 + 1, "tags": [1]},
        {"name": "y", "where": {"lat": 52, "lon": 8.5}, "n": None}])), "crs_guessed",
        features=2, names=["x", "y"]),
    refused("json records without a place", text("a.json", '[{"a": 1}]'), "no_coordinates"),
    refused("json records cut", text("a.json", '[{"lat": 1, "lon": 2}, {"la'), "unreadable"),
    case("workbook in a zip", zipped(sheet("a.xlsx")), names=NAMES),
    refused("a web page called csv", text("a.csv", PAGE), "web_page"),
    refused("a web page called geojson", text("a.geojson", PAGE), "web_page"),
    case("kmz", kmz, features=1),
    case("a track", text("a.gpx", TRACK), features=(1, 1)),
    case("heights, and none", shaped([shapely.Point(1, 2, 3), shapely.Point(1, 2)], "Point Z",
                                     "a.gpkg"), "heights_kept", features=2),
    case("kml", text("a.kml", KML), features=1),
    case("gpx", text("a.gpx", GPX), features=1),
    case("geojson, no geometry", text("a.geojson", geojson([
        {"type": "Feature", "geometry": None, "properties": {"a": 1}},
        {"type": "Feature", "geometry": POINT, "properties": {"a": 2}}])),
        "no_geometry", features=2),
    case("geojson, mixed", text("a.geojson", geojson([
        {"type": "Feature", "geometry": POINT, "properties": {"a": {"b": [1]}}},
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(SQUARE)),
         "properties": {"a": None}}])), features=2),
    case("geojson in latin", text("a.geojson", geojson(
        [{"type": "Feature", "geometry": POINT, "properties": {"name": "@"}}])
        .encode().replace(b"@", "Peñasquito".encode("cp1252"))), "encoding_wrong", features=1,
        names=["Peñasquito"]),
    case("geojson of nothing", text("a.geojson", geojson([])), "no_features", features=0),
    refused("broken geojson", text("a.geojson", '{"type": "FeatureCollection", "feat'),
            "unreadable"),
    refused("json of something", text("a.json", '{"hello": 1}'), "unreadable"),
    refused("text called gpkg", text("a.gpkg", "hello" * 100), "unreadable"),
    refused("text called parquet", text("a.parquet", "hello" * 100), "unreadable"),
    refused("text called fgb", text("a.fgb", "hello" * 100), "unreadable"),
    refused("empty gpkg", text("a.gpkg", ""), "empty_file"),
    refused("pointer called gml", text("a.gml", VRT), "not_data"),
    refused("unknown ending", text("a.docx", "x"), "unknown_format"),
    refused("no such file", lambda f: f / "missing.shp", "not_found"),
]  # fmt: skip

TABLES = [
    case("csv", text("a.csv", csv_rows(",")), "crs_guessed", names=NAMES),
    case("semicolons and decimal commas", text("a.csv", csv_rows(";", comma=True)), names=NAMES),
    case("tsv", text("a.tsv", csv_rows("\t", header="name Longitude Latitude capacity")),
         names=NAMES),
    case("utf-16", text("a.csv", csv_rows("\t").encode("utf-16")), names=NAMES),
    case("utf-8 with mark", text("a.csv", "\ufeff" + csv_rows(",")), names=NAMES),
    case("gb18030", text("a.csv", "".join(["name,lon,lat\n", *(f"{n},1,2\n" for n in CHINESE)])
         .encode("gb18030")), "encoding_guessed", names=CHINESE),
    case("other names", text("a.csv", csv_rows(",", header="name decimalLongitude decimalLatitude c")),
         names=NAMES),
    case("wkt", text("a.csv", 'name,wkt\na,"POLYGON ((0 0, 1 0, 1 1, 0 0))"\nb,\n'),
         "no_geometry", features=2),
    case("degrees and minutes", text("a.csv", "name,lon,lat\na,\"70°30'00\"\"W\",23°30'S\n"),
         features=1),
    case("ragged rows", text("a.csv", "name,lon,lat\na,1,2\nb,3\nc,4,5\n"), "rows_ragged",
         "no_geometry", features=3),
    case("rows too long", text("a.csv", "name,lon,lat\na,1,2\nb,x,3,4\nc,4,5,,\n"),
         "rows_dropped", "rows_ragged", features=2),
    case("missing positions", text("a.csv", "name,lon,lat\na,1,2\nb,,\nc,x,y\n"), "no_geometry",
         features=3),
    case("header only", text("a.csv", "name,lon,lat\n"), "no_features", features=0),
    case("titles and notes", text("a.csv", "A title\n" + csv_rows(",") + "Source: none\n"),
         "title_lines", "notes_left_out", names=NAMES),
    case("no header line", text("a.csv", "".join(csv_rows(",").splitlines(keepends=True)[1:])),
         "no_header", features=4, options=ReadOptions(lon="column 2", lat="column 3")),
    case("blank rows", text("a.csv", csv_rows(",").replace("\n", "\n,,,\n\n")), names=NAMES),
    case("utm zones", text("a.csv", "name,E,N,Zone\nx,5e5,5.7e6,33N\ny,5e5,7.4e6,19S\n"),
         "utm_zones", features=2),
    case("wkt in metres", text("a.csv", 'name,g\nx,"SRID=32633;POINT(500000 5700000)"\n'),
         features=1),
    case("units", text("a.csv", "name,lon,lat,c\na,1,2,3 kt LCE\nb,2,3,4 kt LCE\n"),
         "units_read", features=2),
    case("withheld", text("a.csv", "name,lon,lat,c\na,1,2,3\nb,2,3,W\n"), "values_unknown",
         features=2),
    refused("countries only", text("a.csv", "name,Country\na,Chile\n"), "no_coordinates"),
    refused("metres", text("a.csv", "name,easting,northing\na,500000,5700000\n"), "no_crs"),
    case("metres with crs", text("a.csv", "name,easting,northing\na,500000,5700000\n"),
         features=1, options=ReadOptions(crs="EPSG:32632")),
    refused("no coordinates", text("a.csv", "name,value\na,1\n"), "no_coordinates"),
    refused("empty csv", text("a.csv", ""), "empty_file"),
    refused("blank csv", text("a.csv", "\n\n"), "empty_file"),
    refused("prose", text("a.txt", "Only a sentence of words"), "not_a_table"),
    refused("binary called csv", text("a.csv", bytes(range(256)) * 20), "not_a_table"),
]  # fmt: skip

CASES = [*SHAPEFILES, *ARCHIVES, *FORMATS, *TABLES]
