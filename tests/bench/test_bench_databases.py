"""A PostGIS table of a million points: read whole, read in a box, and its countries."""

import pytest

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.data.reader import read_layers
from gisapp.data.shipped import load_layer
from gisapp.data.sources import contents
from gisapp.model.reading import ReadOptions

TABLE = """
DROP TABLE IF EXISTS million;
CREATE TABLE million AS SELECT i AS id, 'site ' || i % 1000 AS name, i * 0.5 AS tonnes,
  i % 7 = 0 AS open, DATE '2020-01-01' + i % 1000 AS day,
  ST_SetSRID(ST_MakePoint(random() * 360 - 180, random() * 160 - 80), 4326)
  ::geometry(Point, 4326) AS geom FROM generate_series(1, 1000000) i;
CREATE INDEX ON million USING gist (geom);
ANALYZE million;
"""
LAYER = ReadOptions(layers=("public.million",))


@pytest.fixture(scope="module")
def million(postgis):
    postgis.sql(TABLE)
    return postgis.url()


def test_list_tables(benchmark, million):
    assert benchmark(contents, million)


def test_read_a_million_points(benchmark, million):
    (layer,) = benchmark.pedantic(read_layers, (million,), {"options": LAYER}, rounds=3)
    assert len(layer.features) == 1_000_000


def test_read_a_box_of_a_million_points(benchmark, million):
    options = ReadOptions(layers=LAYER.layers, bounds=(0.0, 40.0, 20.0, 60.0))
    (layer,) = benchmark(read_layers, million, options=options)
    assert 6_000 < len(layer.features) < 8_000


def test_countries_of_a_million_points(benchmark, million):
    """Ours, on the points that were read: the database takes seventeen times as long."""
    (layer,) = read_layers(million, options=LAYER)
    index = JurisdictionIndex(load_layer("jurisdictions"))
    codes = benchmark.pedantic(index.country_of, (layer.features.lonlat,), rounds=3)
    assert (codes != "").mean() == pytest.approx(0.25, abs=0.15)
