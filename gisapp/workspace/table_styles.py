"""Styles in a GeoPackage, in the table that QGIS looks for: it opens layers as they look here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.style import Style
from gisapp.render.qml import write_qml
from gisapp.render.qml_reading import read_qml
from gisapp.render.sld import write_sld

#: As QGIS 3 makes it.
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)"""
_NAME: Final = "gisapp"


def read_layer_style(path: Path, table: str) -> Style | None:
    """Return the default style of a table of a GeoPackage, as QGIS keeps it; None for none."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            found = base.execute(
                "SELECT styleQML FROM layer_styles WHERE lower(f_table_name) = lower(?)"
                " ORDER BY useAsDefault DESC, id DESC LIMIT 1",
                (table,),
            ).fetchone()
        return read_qml(str(found[0]).encode())[0] if found and found[0] else None
    except (sqlite3.Error, GisappError):  # a file without styles, or with one that is none
        return None


def write_layer_styles(path: Path, layers: Iterable[Layer]) -> None:
    """Put the styles of layers beside their tables, which were written in this order.

    Parameters
    ----------
    path
        A GeoPackage that holds the layers, each as one table.
    """
    with closing(sqlite3.connect(path)) as base, base:
        tables = base.execute(
            "SELECT c.table_name, g.column_name FROM gpkg_contents AS c"
            " JOIN gpkg_geometry_columns AS g USING (table_name) ORDER BY c.rowid"
        ).fetchall()
        found = [*layers]
        if len(tables) != len(found):
            return  # not the layers alone: whose style is whose would be a guess
        base.execute(_TABLE)
        base.execute(
            "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier, description)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles', 'Styles for QGIS')"
        )
        base.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
            " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner)"
            " VALUES ('', '', ?, ?, ?, ?, ?, 1, ?, '')",
            [
                (table, column, _NAME, write_qml(layer)[0], write_sld(layer)[0], layer.name)
                for (table, column), layer in zip(tables, found, strict=True)
            ],
        )
