"""File name endings of what can be written, known without loading the writers."""

from __future__ import annotations

from typing import Final

MAP_SUFFIXES: Final = (".pptx", ".pdf", ".png", ".svg", ".html")
DATA_SUFFIXES: Final = (".gpkg", ".csv", ".geojson", ".shp", ".parquet")
