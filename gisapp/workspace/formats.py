"""What is written and what is a project of ours, known without loading readers or writers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

MAP_SUFFIXES: Final = (".pptx", ".pdf", ".png", ".svg", ".html")
#: What holds several pages, in itself or as a series of files.
DECK_SUFFIXES: Final = (".pptx", ".pdf", ".png", ".svg", ".gif")
DATA_SUFFIXES: Final = (".gpkg", ".csv", ".geojson", ".shp", ".parquet")
#: What a layer is saved as beside these.
LAYER_SUFFIXES: Final = (
    *DATA_SUFFIXES,
    *(".fgb", ".kml", ".gpx", ".xlsx", ".geojsonl", ".tab", ".dxf", ".sqlite"),
)
#: The table of a GeoPackage that makes it a project.
PROJECT_TABLE: Final = "gisapp_project"
_MAGIC: Final = b"SQLite format 3\x00"


def is_project(path: Path) -> bool:
    """Return whether a file is a project of ours; any other file, or none, is not."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return False
        with closing(connect(path)) as database:
            found = database.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (PROJECT_TABLE,)
            ).fetchone()
    except (OSError, sqlite3.Error):
        return False
    return found is not None


def connect(path: Path) -> sqlite3.Connection:
    """Open an SQLite file for reading; it is not made where there is none."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
