"""Which file formats are read and written, by extension."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: Extension (lower case) to what people call the format. Read through GDAL unless said otherwise.
READABLE: Final[dict[str, str]] = {
    ".shp": "Shapefile",
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".geojsonl": "GeoJSON lines",
    ".topojson": "TopoJSON",
    ".kml": "KML",
    ".kmz": "KMZ",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
    ".fgb": "FlatGeobuf",
    ".csv": "CSV",
    ".tsv": "TSV",
    ".txt": "Text table",
    ".gml": "GML",
    ".gpx": "GPX",
    ".tab": "MapInfo",
    ".mif": "MapInfo",
    ".dxf": "DXF",
    ".gdb": "File geodatabase",
    ".sqlite": "SpatiaLite",
    ".duckdb": "DuckDB",
    ".db": "Database",
    ".xlsx": "Excel table",
    ".xls": "Excel table",
    ".xlsm": "Excel table",
    ".xlsb": "Excel table",
    ".ods": "OpenDocument table",
    ".ndjson": "GeoJSON lines",
    ".geojsons": "GeoJSON lines",
    ".geojsonseq": "GeoJSON lines",
    ".zip": "Zip archive",
}
#: Read by our own table reader, since GDAL's knows neither decimal commas nor encodings.
TEXT_TABLES: Final = frozenset({".csv", ".tsv", ".txt"})
#: Read through calamine: GDAL's reader knows neither titles above a table nor .xls.
SHEETS: Final = frozenset({".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"})
#: DuckDB where its mark says so, else SQLite and read through GDAL.
DATABASES: Final = frozenset({".duckdb", ".db", ".sqlite"})
#: Read through pyarrow, since GDAL's wheels come without it.
PARQUET: Final = frozenset({".parquet", ".geoparquet"})
#: Files that belong to a shapefile; choosing one of them means the shapefile.
SHAPEFILE_PARTS: Final = frozenset({".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix"})
#: Extension (lower case) to GDAL driver or "GeoParquet".
WRITABLE: Final[dict[str, str]] = {
    ".gpkg": "GPKG",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".shp": "ESRI Shapefile",
    ".csv": "CSV",
    ".geojsonl": "GeoJSONSeq",
    ".ndjson": "GeoJSONSeq",
    ".geojsons": "GeoJSONSeq",
    ".kml": "LIBKML",
    ".gpx": "GPX",
    ".xlsx": "XLSX",
    ".sqlite": "SQLite",
    ".tab": "MapInfo File",
    ".mif": "MapInfo File",
    ".dxf": "DXF",
}


def is_duckdb(path: Path) -> bool:
    """Tell a DuckDB file by its mark."""
    if extension(path) not in DATABASES:
        return False
    with path.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def extension(path: Path) -> str:
    """Return the extension in lower case, with its dot."""
    return path.suffix.lower()
