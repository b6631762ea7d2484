"""DuckDB files: tables of every shape, and files that want more than to be read."""

import subprocess
import sys
import threading
import time

import duckdb
import numpy as np
import pytest
import shapely

from gisapp.data import duckdb_file
from gisapp.data.reader import read_layers
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.reading import ReadOptions


def make(path, *statements):
    with duckdb.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def read(path, *layers, **options):
    return read_layers(path, options=ReadOptions(layers=layers, **options))


def refusal(call):
    with pytest.raises(GisappError) as caught:
        call()
    return caught.value


def test_geometries_and_types_arrive(tmp_path):
    path = make(
        tmp_path / "mines.duckdb",
        """CREATE TABLE mines AS SELECT 7::INTEGER AS i, 9007199254740993::BIGINT AS big,
        1.25::DECIMAL(9, 2) AS d, 5::HUGEINT AS h, true AS b, 'Ünï' AS t, DATE '2020-02-29' AS day,
        TIMESTAMP '2020-02-29 12:30' AS ts, TIMESTAMPTZ '2020-02-29 12:30+02' AS tz,
        'infinity'::DATE AS never, [1, 2] AS l, {'a': 1} AS s, 'x'::ENUM('x', 'y') AS e,
        'POINT (10 50)'::GEOMETRY('OGC:CRS84') AS geom""",
        "CREATE SCHEMA other",
        """CREATE TABLE other.areas AS SELECT 1 AS id,
        'POLYGON ((0 0, 1 0, 1 1, 0 0))'::GEOMETRY AS shape, NULL::INTEGER AS gap""",
        "CREATE VIEW near AS SELECT i, geom FROM mines",
    )
    listed = {each.layer: each for each in duckdb_file.contents(path)}
    assert set(listed) == {"mines", "near", "other.areas"}
    assert (listed["mines"].count, listed["near"].count) == (1, None)
    layers = {layer.source.layer: layer for layer in read_layers(path)}
    mines = layers["mines"]
    values = {name: column[0] for name, column in mines.features.columns.items()}
    assert (values["i"], values["big"]) == (7, 9007199254740993)
    assert (values["d"], values["h"], values["b"], values["t"]) == (1.25, 5.0, True, "Ünï")
    assert values["day"] == np.datetime64("2020-02-29")
    assert values["ts"] == np.datetime64("2020-02-29T12:30")
    assert values["tz"] == np.datetime64("2020-02-29T10:30")
    assert np.isnat(values["never"])
    assert (values["l"], values["e"]) == ("[1, 2]", "x")
    assert mines.features.lonlat.tolist() == [[10, 50]]
    assert (mines.source.crs, mines.source.crs_guessed) == ("EPSG:4326", False)
    (area,) = layers["other.areas"].features.geometry
    assert area.equals(shapely.from_wkt("POLYGON ((0 0, 1 0, 1 1, 0 0))"))
    assert np.isnan(layers["other.areas"].features.columns["gap"]).all()
    assert layers["near"].features.lonlat.tolist() == [[10, 50]]


@pytest.mark.parametrize(
    "columns",
    [
        "10.5 AS lon, 50.25 AS lat",
        "'POINT (10.5 50.25)' AS wkt",
        "unhex('010100000000000000000025400000000000204940') AS wkb",
    ],
)
def test_positions_of_plain_columns_are_found(tmp_path, columns):
    path = make(
        tmp_path / "plain.db", f"CREATE TABLE sites AS SELECT i AS id, {columns} FROM range(3) t(i)"
    )
    (layer,) = read_layers(path)
    assert layer.features.lonlat.tolist() == [[10.5, 50.25]] * 3
    assert layer.features.columns["id"].tolist() == [0, 1, 2]


def test_a_part_and_a_limit(tmp_path):
    path = make(
        tmp_path / "p.duckdb",
        "CREATE TABLE sites AS SELECT i AS id, ('POINT (' || i || ' 0)')::GEOMETRY AS geom "
        "FROM range(100) t(i)",
    )
    (part,) = read(path, bounds=(9.5, -1, 20, 1))
    assert part.features.columns["id"].tolist() == list(range(10, 21))
    (few,) = read(path, limit=5)
    assert len(few.features) == 5


@pytest.fixture
def hostile(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("lon,lat,word\n1,2,hidden\n", encoding="utf-8")
    return make(
        tmp_path / "hostile.duckdb",
        "CREATE TABLE good AS SELECT 1 AS id, 'POINT (1 2)'::GEOMETRY AS geom",
        f"CREATE VIEW by_csv AS SELECT * FROM read_csv('{secret}')",
        f"CREATE VIEW by_text AS SELECT 1 AS lon, 2 AS lat, content FROM read_text('{secret}')",
        f"CREATE VIEW by_glob AS SELECT 1 AS lon, 2 AS lat, file FROM glob('{tmp_path}/*')",
        f"CREATE VIEW by_query AS SELECT * FROM query('FROM read_csv(''{secret}'')')",
        "CREATE VIEW endless AS SELECT i AS lon, i AS lat FROM range(100000000000) t(i)",
        "CREATE VIEW slow AS SELECT count(*) AS lon, 1 AS lat FROM range(300000) a, range(300000) b "
        "WHERE a.range * b.range % 7 = 3",
    )


def test_views_reach_nothing_outside_their_file(hostile):
    for view in ("by_csv", "by_text", "by_glob", "by_query"):
        error = refusal(lambda name=view: read(hostile, name))
        assert error.code == "not_allowed"
        assert view in error.message
    (good,) = read(hostile, "good", "by_csv")
    assert len(good.features) == 1
    assert [p.code for p in good.problems if p.severity == "error"] == ["not_allowed"]


def test_this_programs_variables_are_not_tables(tmp_path):
    path = make(tmp_path / "v.duckdb", "CREATE TABLE t AS SELECT 1 AS lon, 2 AS lat")
    secrets = duckdb.sql("SELECT 3 AS lon, 4 AS lat").to_arrow_table()
    assert secrets.num_rows == 1
    with (
        duckdb_file._open(path) as connection,
        pytest.raises(duckdb.CatalogException, match="secrets"),
    ):
        connection.execute("SELECT * FROM secrets")
    with duckdb_file._open(path) as connection:
        for change in ("SET enable_external_access = true", "INSERT INTO t VALUES (1, 2)"):
            with pytest.raises(duckdb.Error):
                connection.execute(change)


def test_a_view_without_end_is_refused(hostile, monkeypatch):
    monkeypatch.setattr(duckdb_file, "_MOST_ROWS", 200_000)
    assert refusal(lambda: read(hostile, "endless")).code == "too_large"
    monkeypatch.setattr(duckdb_file, "_SECONDS", 0.3)
    assert refusal(lambda: read(hostile, "slow")).code == "too_slow"


def test_reading_is_cancelled_at_once(hostile):
    feedback = Feedback()
    timer = threading.Timer(0.2, feedback.cancel)
    timer.start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        read_layers(hostile, options=ReadOptions(layers=("slow",)), feedback=feedback)
    assert time.monotonic() - begun < 3
    timer.join()


def test_refusals_say_why(tmp_path):
    garbage = tmp_path / "garbage.duckdb"
    garbage.write_bytes(b"\0" * 8 + b"DUCK" + b"garbage" * 5000)
    assert refusal(lambda: read(garbage)).code in {"unreadable", "newer_file"}
    used = make(tmp_path / "used.duckdb", "CREATE TABLE t AS SELECT 1 AS lon, 2 AS lat")
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()",
            used,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "open\n"
        assert refusal(lambda: read(used)).code == "in_use"
        holder.communicate("\n")
    assert len(read(used)) == 1
