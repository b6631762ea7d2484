"""SpatiaLite and plain SQLite files, as the programs that write them leave them."""

import sqlite3
import subprocess

import numpy as np
import pytest
import shapely

from gisapp.data.reader import read_layers
from gisapp.data.sources import contents
from gisapp.model.feedback import GisappError

SETUP = """
CREATE TABLE mines (id INTEGER PRIMARY KEY, name TEXT);
SELECT AddGeometryColumn('mines', 'geom', 4326, 'POINT', 'XY');
SELECT CreateSpatialIndex('mines', 'geom');
INSERT INTO mines (id, name, geom) VALUES (7, 'a', MakePoint(10, 50, 4326)),
  (9, 'b', MakePoint(11, 51, 4326)), (11, 'c', NULL);
CREATE TABLE areas (code TEXT);
SELECT AddGeometryColumn('areas', 'shape', 32632, 'POLYGON', 'XYZ');
INSERT INTO areas VALUES ('x', GeomFromText(
  'POLYGONZ((500000 5500000 1, 501000 5500000 1, 501000 5501000 1, 500000 5500000 1))', 32632));
CREATE TABLE lines (id INTEGER);
SELECT AddGeometryColumn('lines', 'geom', 4326, 'LINESTRING');
INSERT INTO lines VALUES (1, CompressGeometry(
  GeomFromText('LINESTRING(0 0, 1 1, 2 3, 4 5)', 4326)));
CREATE VIEW first AS SELECT rowid AS rowid, id, name, geom FROM mines WHERE id = 7;
INSERT INTO views_geometry_columns
  (view_name, view_geometry, view_rowid, f_table_name, f_geometry_column, read_only)
  VALUES ('first', 'geom', 'rowid', 'mines', 'geom', 1);
"""


@pytest.fixture(scope="module")
def spatialite(tmp_path_factory):
    path = tmp_path_factory.mktemp("spatialite") / "mines.sqlite"
    subprocess.run(
        ["spatialite", "-silent", path], input=SETUP, text=True, check=True, capture_output=True
    )
    return path


def test_tables_and_views_are_read_and_the_key_stays_a_column(spatialite):
    layers = {layer.name: layer for layer in read_layers(spatialite)}
    assert set(layers) == {"mines", "areas", "lines", "first"}  # none of its own tables
    mines = layers["mines"].features
    assert mines.columns["id"].tolist() == [7, 9, 11]
    assert mines.columns["name"].tolist() == ["a", "b", "c"]
    assert mines.lonlat[:2].tolist() == [[10, 50], [11, 51]]
    assert np.isnan(mines.lonlat[2]).all()
    assert layers["first"].features.columns["id"].tolist() == [7]
    (line,) = layers["lines"].features.geometry
    assert shapely.get_coordinates(line).tolist() == [[0, 0], [1, 1], [2, 3], [4, 5]]


def test_the_crs_and_heights_of_spatialite_are_told(spatialite):
    (areas,) = (layer for layer in read_layers(spatialite) if layer.name == "areas")
    assert areas.source.crs == "EPSG:32632"
    west, south, _, _ = areas.features.bounds
    assert west == pytest.approx(9.0, abs=1e-6)  # the zone's middle
    assert south == pytest.approx(49.65, abs=0.05)
    assert "heights_dropped" in {p.code for p in areas.problems}


def test_the_list_is_the_same_as_what_is_read(spatialite):
    listed = {each.layer: each.count for each in contents(spatialite)}
    assert listed == {"mines": 3, "areas": 1, "lines": 1, "first": 1}


@pytest.mark.parametrize("columns", [("lon", "lat"), ("wkt",)])
def test_plain_sqlite_with_positions_in_columns(tmp_path, columns):
    path = tmp_path / "plain.db"
    values = (10.5, 50.25) if len(columns) == 2 else ("POINT (10.5 50.25)",)
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE sites (id INTEGER PRIMARY KEY, {', '.join(columns)})")
        marks = ", ".join("?" for _ in values)
        connection.executemany(
            f"INSERT INTO sites ({', '.join(columns)}) VALUES ({marks})", [values] * 2
        )
    connection.close()
    (layer,) = read_layers(path)
    assert layer.features.lonlat.tolist() == [[10.5, 50.25]] * 2
    assert layer.features.columns["id"].tolist() == [1, 2]


def test_what_is_no_database_is_refused(tmp_path):
    path = tmp_path / "torn.sqlite"
    path.write_bytes(b"SQLite format 3\0" + b"\1" * 2000)
    with pytest.raises(GisappError) as caught:
        read_layers(path)
    assert "torn.sqlite" in caught.value.message
