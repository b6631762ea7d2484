"""PostGIS tables as a real database: what is listed, read, bounded, refused and cancelled."""

import threading
import time

import numpy as np
import pytest
import shapely

from gisapp.data import postgis as reader
from gisapp.data.address import parse
from gisapp.data.inspection import inspect
from gisapp.data.reader import read_layers
from gisapp.data.sources import contents
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.reading import ReadOptions

SETUP = r"""
CREATE SCHEMA survey;
CREATE TABLE sites AS
  SELECT i AS id, 'site ' || i % 10 AS name, i * 1.5 AS tonnes,
         ST_SetSRID(ST_MakePoint((i * 7919 % 3600) / 10.0 - 180, (i * 104729 % 1600) / 10.0 - 80), 4326)
         ::geometry(Point, 4326) AS geom
  FROM generate_series(1, 12000) i;
CREATE INDEX ON sites USING gist (geom);
CREATE TABLE survey.areas AS
  SELECT id, ST_Transform(ST_Expand(geom, 0.2)::geometry, 3857)::geometry(Polygon, 3857)
         AS shape FROM sites WHERE id % 30 = 0 AND abs(ST_Y(geom)) < 70 AND abs(ST_X(geom)) < 170;
CREATE INDEX ON survey.areas USING gist (shape);
CREATE TABLE globe AS SELECT id, geom::geography(Point, 4326) AS pos FROM sites;
CREATE INDEX ON globe USING gist (pos);
CREATE VIEW near AS SELECT id, name, geom FROM sites WHERE id <= 5;
CREATE MATERIALIZED VIEW kept AS SELECT * FROM near;
CREATE TABLE kinds (
  b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric(12, 3), t text, v varchar(9),
  c char(3), d date, ts timestamp, tz timestamptz, u uuid, j jsonb, a int[], e varchar[],
  iv interval, by bytea, ip inet, "naïve; ""col'" text, geom geometry(PointZ, 4326));
INSERT INTO kinds VALUES (true, 1, 2, 9007199254740993, 0.5, 0.1, 12.345, 'Ünï', 'v', 'c',
  '2020-02-29', '2020-02-29 12:30', '2020-02-29 12:30+02', '00000000-0000-0000-0000-000000000001',
  '{"a": 1}', '{1,2}', '{x}', '1 day', '\xdead', '10.0.0.1', 'odd', ST_SetSRID(ST_MakePoint(1, 2, 3), 4326));
CREATE TABLE gaps (i int, d date, ts timestamptz, t text, geom geometry(Point, 4326));
INSERT INTO gaps VALUES (1, 'infinity', '-infinity', 'x', ST_SetSRID(ST_MakePoint(1, 2), 4326)),
  (NULL, NULL, NULL, NULL, NULL);
CREATE TABLE loose (id int, geom geometry);
INSERT INTO loose VALUES (1, ST_SetSRID(ST_MakePoint(10, 50), 4326)),
  (2, ST_Transform(ST_SetSRID(ST_MakePoint(11, 51), 4326), 32632));
CREATE TABLE curves (id int, geom geometry(Geometry, 4326));
INSERT INTO curves VALUES (1, ST_GeomFromEWKT('SRID=4326;CIRCULARSTRING(0 0, 1 1, 2 0)'));
CREATE TABLE nowhere (id int, geom geometry(Polygon, 4326));
CREATE TABLE two (id int, a geometry(Point, 4326), b geometry(Point, 4326));
INSERT INTO two VALUES (1, ST_SetSRID(ST_MakePoint(1, 1), 4326), ST_SetSRID(ST_MakePoint(2, 2), 4326));
CREATE TABLE "mi;nes"" x'" (id int, geom geometry(Point, 4326));
INSERT INTO "mi;nes"" x'" VALUES (7, ST_SetSRID(ST_MakePoint(3, 4), 4326));
CREATE TABLE written (id int);
CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql VOLATILE AS
  $$ BEGIN INSERT INTO written VALUES (1); RETURN 1; END $$;
CREATE VIEW writing AS SELECT writes() AS id, geom FROM near;
CREATE VIEW sleeping AS SELECT id, pg_sleep(30)::text AS nap, geom FROM near;
CREATE VIEW stalling AS SELECT id, CASE WHEN id > 11990 THEN pg_sleep(30)::text ELSE '' END AS nap,
  repeat('x', 5000) AS much, geom FROM sites;
CREATE TABLE private (id int, geom geometry(Point, 4326));
CREATE ROLE outsider LOGIN;
CREATE ROLE locked LOGIN PASSWORD 's3cret/@word';
GRANT SELECT ON sites, near TO outsider, locked;
ANALYZE;
"""


@pytest.fixture(scope="module")
def place(postgis):
    postgis.sql(SETUP)
    return postgis


@pytest.fixture
def read(place):
    def one(layer, user="gis", **options):
        (raw,) = reader.read(parse(place.url(user=user)), ReadOptions(layers=(layer,), **options))
        return raw

    return one


def refusal(call):
    with pytest.raises(GisappError) as caught:
        call()
    return caught.value


def test_tables_and_views_are_listed_with_type_crs_and_count(place):
    listed = {each.layer: each for each in contents(place.url())}
    sites = listed["public.sites"]
    assert (sites.title, sites.geometry_type, sites.crs) == ("sites", "Point", "EPSG:4326")
    assert sites.estimated
    assert sites.count == pytest.approx(12000, rel=0.05)
    areas = listed["survey.areas"]
    exact = int(place.sql("SELECT count(*) FROM survey.areas"))
    assert (areas.count, areas.estimated) == (exact, False)
    assert (areas.geometry_type, areas.crs) == ("Polygon", "EPSG:3857")
    assert listed["public.globe"].crs == "EPSG:4326"
    assert (listed["public.kept"].count, listed["public.kept"].estimated) == (5, False)
    assert listed["public.near"].estimated
    assert 1 <= listed["public.near"].count <= 20
    assert (listed["public.loose"].geometry_type, listed["public.loose"].crs) == ("Mixed", "")
    assert {"public.two(a)", "public.two(b)"} <= set(listed)
    assert not any(each.refused for each in listed.values())


def test_every_column_type_arrives(read):
    raw = read("public.kinds")
    values = {name: column[0] for name, column in raw.columns.items()}
    assert list(values) == [
        *("b", "i2", "i4", "i8", "f4", "f8", "n", "t", "v", "c", "d", "ts", "tz", "u", "j", "a"),
        *("e", "iv", "by", "ip", "naïve; \"col'"),
    ]
    assert (values["b"], values["i2"], values["i4"]) == (True, 1, 2)
    assert values["i8"] == 9007199254740993  # beyond what a float holds
    assert (values["f4"], values["f8"], values["n"]) == (0.5, 0.1, 12.345)
    assert (values["t"], values["v"], values["c"].strip()) == ("Ünï", "v", "c")
    assert values["d"] == np.datetime64("2020-02-29")
    assert raw.columns["d"].dtype == "datetime64[D]"
    assert values["ts"] == np.datetime64("2020-02-29T12:30")
    assert values["tz"] == np.datetime64("2020-02-29T10:30")  # UTC
    assert values["j"] == '{"a": 1}'
    assert (values["a"], values["e"], values["iv"]) == ("{1,2}", "{x}", "1 day")
    assert (values["by"], values["ip"]) == ("\\xdead", "10.0.0.1/32")
    assert raw.points.tolist() == [[1, 2]]
    assert [p.code for p in raw.problems] == ["heights_kept"]


def test_what_is_missing_is_missing(read):
    raw = read("public.gaps")
    assert np.isnan(raw.columns["i"]).tolist() == [False, True]
    assert np.isnat(raw.columns["d"]).all()  # infinity is no date
    assert np.isnat(raw.columns["ts"]).all()
    assert raw.columns["t"].tolist() == ["x", None]
    assert np.isnan(raw.points).all(axis=1).tolist() == [False, True]
    empty = read("public.nowhere")
    assert len(empty.points if empty.points is not None else empty.shapes) == 0


def test_names_are_never_statements(read):
    raw = read("public.mi;nes\" x'")
    assert (raw.name, raw.columns["id"].tolist()) == ("mi;nes\" x'", [7])
    error = refusal(lambda: read('sites"; DROP TABLE sites; --'))
    assert error.code == "unknown_layer"
    assert len(read("public.sites").points) == 12000


@pytest.mark.parametrize(
    "bounds", [(0, 0, 20, 20), (170, -10, -160, 30), (-180, -90, 180, 90), (5.05, 5.05, 5.06, 5.06)]
)
def test_a_box_gives_what_lies_there(place, read, bounds):
    every = read("public.sites").points
    west, south, east, north = bounds
    inside = (every[:, 1] >= south) & (every[:, 1] <= north)
    between = (every[:, 0] >= west) & (every[:, 0] <= east)
    over = (every[:, 0] >= west) | (every[:, 0] <= east)
    expected = every[inside & (between if west <= east else over)]
    for layer in ("public.sites", "public.globe"):
        (found,) = read_layers(place.url(), options=ReadOptions(layers=(layer,), bounds=bounds))
        got = found.features.lonlat
        assert sorted(map(tuple, got.tolist())) == sorted(map(tuple, expected.tolist()))


def test_a_box_in_another_crs_gives_the_same_as_reading_all(place):
    bounds = (-30.0, 40.0, 30.0, 65.0)
    options = ReadOptions(layers=("survey.areas",))
    (every,) = read_layers(place.url(), options=options)
    (part,) = read_layers(place.url(), options=ReadOptions(layers=options.layers, bounds=bounds))
    boxes = shapely.bounds(every.features.geometry)
    meets = (boxes[:, 2] >= -30) & (boxes[:, 0] <= 30) & (boxes[:, 3] >= 40) & (boxes[:, 1] <= 65)
    expected = every.features.columns["id"][meets]
    assert 0 < len(expected) < len(every.features)
    assert sorted(part.features.columns["id"].tolist()) == sorted(expected.tolist())
    assert part.source.crs == "EPSG:3857"


def test_the_database_is_asked_by_its_index(place):
    with reader._open(parse(place.url()), None) as database:
        tables = {table.layer: table for table in reader._tables(database)}
        for layer, srid in (("public.sites", 4326), ("survey.areas", 3857), ("public.globe", 4326)):
            where = reader._within(database, tables[layer], srid, (0.0, 0.0, 3.0, 3.0))
            plan = place.sql(f"EXPLAIN SELECT id FROM {layer}{where}")
            assert "Index" in plan, plan


def test_a_limit_is_kept(read):
    assert len(read("public.sites", limit=7).points) == 7


def test_several_crs_in_one_column_are_told_and_moved(place, read):
    raw = read("public.loose")
    assert raw.points == pytest.approx(np.array([[10, 50], [11, 51]]), abs=1e-7)
    assert [p.code for p in raw.problems] == ["mixed_crs"]


def test_arcs_become_lines(read):
    (line,) = read("public.curves").shapes
    assert line.geom_type == "LineString"
    assert line.length == pytest.approx(np.pi, rel=1e-3)


def test_two_geometries_are_two_layers(read):
    assert read("public.two(a)").points.tolist() == [[1, 1]]
    assert read("public.two(b)").points.tolist() == [[2, 2]]
    assert refusal(lambda: read("two")).code == "unknown_layer"


def test_a_database_is_not_read_whole(place):
    error = refusal(lambda: read_layers(place.url()))
    assert error.code == "choose_layer"
    assert "public.curves" in error.message


def test_layers_say_where_they_are_from_without_the_password(place):
    url = place.url(user="locked").replace("locked@", "locked:s3cret%2F%40word@")
    (layer,) = read_layers(url, options=ReadOptions(layers=("near",)))
    assert len(layer.features) == 5
    assert layer.source.path == place.url(user="locked")
    assert (layer.source.layer, layer.source.driver) == ("public.near", "PostGIS")
    assert "s3cret" not in repr(layer)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("127.0.0.1", "127.0.0.1:1@"), "bad_address"),
        (("/geo", "/nix"), "unknown_database"),
        (("/geo", "/postgres"), "no_postgis"),
        (("gis@", "nobody:pw@"), "wrong_password"),
        (("gis@", "locked:wr0ng@"), "wrong_password"),
        (("gis@", "locked@"), "wrong_password"),
        (("/geo", "/geo?options=-csearch_path=x"), "bad_address"),
        (("/geo", "/geo?service=nix"), "unknown_service"),
    ],
)
def test_refusals_are_one_sentence_without_the_password(place, change, code):
    url = place.url().replace(*change)
    error = refusal(lambda: contents(url))
    assert error.code == code
    assert not {"wr0ng", "pw@"} & set(str(error).split())
    assert "wr0ng" not in repr(error.args) + error.message + error.hint
    assert error.message.count(". ") == 0


def test_no_server_is_told_at_once(place):
    begun = time.monotonic()
    error = refusal(lambda: contents("postgresql://gis@127.0.0.1:1/geo"))
    assert error.code == "no_server"
    assert time.monotonic() - begun < 5


def test_what_may_not_be_read_is_listed_and_refused(place):
    url = place.url(user="outsider")
    listed = {each.layer: each for each in contents(url)}
    assert not listed["public.sites"].refused
    assert listed["public.private"].refused
    error = refusal(lambda: read_layers(url, options=ReadOptions(layers=("public.private",))))
    assert error.code == "not_allowed"
    document = inspect(url)
    codes = {e["name"]: [p["code"] for p in e["problems"]] for e in document["layers"]}
    assert codes["public.private"] == ["not_allowed"]


def test_a_table_that_goes_away_is_told(place, read):
    place.sql("CREATE TABLE gone AS SELECT * FROM near; CREATE VIEW onit AS SELECT * FROM gone")
    assert len(read("public.onit").points) == 5
    place.sql("DROP TABLE gone CASCADE")
    assert refusal(lambda: read("public.onit")).code == "unknown_layer"


def test_nothing_is_written_even_by_a_view(place, read):
    error = refusal(lambda: read("public.writing"))
    assert "read-only" in str(error)
    assert place.sql("SELECT count(*) FROM written") == "0"


@pytest.mark.parametrize("layer", ["public.sleeping", "public.stalling"])
def test_reading_is_cancelled_at_once(place, layer):
    feedback = Feedback()
    timer = threading.Timer(0.6, feedback.cancel)
    timer.start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(reader.read(parse(place.url()), ReadOptions(layers=(layer,)), feedback=feedback))
    assert time.monotonic() - begun < 2
    timer.join()


def test_a_statement_has_its_time(place, read, monkeypatch):
    monkeypatch.setattr(reader, "_READ_S", 1)
    assert refusal(lambda: read("public.sleeping")).code == "too_slow"


def test_passwords_come_from_the_users_own_files(place, tmp_path, monkeypatch):
    kept = tmp_path / "pgpass"
    kept.write_text(f"127.0.0.1:{place.port}:geo:locked:s3cret/@word\n", encoding="ascii")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    assert contents(place.url(user="locked"))
    services = tmp_path / "services"
    services.write_text(
        f"[mines]\nhost=127.0.0.1\nport={place.port}\ndbname=geo\nuser=locked\n", encoding="ascii"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    assert contents("postgresql:///?service=mines")


def test_progress_is_told(place):
    told = []
    feedback = Feedback(lambda fraction, text: told.append((fraction, text)))
    list(reader.read(parse(place.url()), ReadOptions(layers=("sites",)), feedback=feedback))
    assert told[-1][0] > 0.5
    assert told[-1][1] == "Reading sites"
