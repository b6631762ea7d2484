"""Layers of databases and services in a project: added by a command, and no secret with them."""

import logging

import pytest

from gisapp.model.feedback import Severity
from gisapp.model.reading import ReadOptions
from gisapp.workspace.project_file import open_project
from gisapp.workspace.reading import reread
from gisapp.workspace.record import said_of
from gisapp.workspace.settings import Settings, load_settings, save_settings
from gisapp.workspace.source_commands import map_box, needs_online, offered

TABLES = """
DROP TABLE IF EXISTS prospects;
CREATE TABLE prospects (id int, name text, mineral text, geom geometry(Point, 4326));
INSERT INTO prospects VALUES (1, 'North', 'lithium', ST_SetSRID(ST_MakePoint(10, 50), 4326)),
  (2, 'South', 'cobalt', ST_SetSRID(ST_MakePoint(20, -10), 4326));
DO $$ BEGIN CREATE ROLE keeper LOGIN PASSWORD 'pa55word'; EXCEPTION WHEN duplicate_object THEN END $$;
GRANT SELECT ON prospects TO keeper;
"""


@pytest.fixture
def place(postgis):
    postgis.sql(TABLES)
    return postgis


def added(desk):
    return [e.layer for e in desk.state.layers if e.layer.source.driver == "PostGIS"]


def test_a_layer_is_added_saved_and_read_again_without_its_password(place, desk, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    url = place.url(user="keeper:pa55word")
    desk.run("layer.add_source", address=url, layers=("public.prospects",))
    (layer,) = added(desk)
    assert layer.source.path == place.url(user="keeper")
    assert layer.source.layer == "public.prospects"
    assert layer.features.columns["name"].tolist() == ["North", "South"]
    path = tmp_path / "project.gpkg"
    desk.run("project.save", path=path)
    assert b"pa55word" not in path.read_bytes()
    assert "pa55word" not in caplog.text
    assert not any("pa55word" in repr(report) for report in desk.reports)
    (kept,) = (
        e.layer for e in open_project(path).state.layers if e.layer.source.driver == "PostGIS"
    )
    assert len(kept.features) == 2  # embedded: it opens where no server is
    assert kept.source.path == place.url(user="keeper")
    place.sql("INSERT INTO prospects SELECT 3, 'New', 'lithium', geom FROM prospects LIMIT 1")
    fresh = reread(layer.with_(source=layer.source), ReadOptions())
    assert len(fresh.features) == 3
    assert fresh.source.path == layer.source.path


def test_only_what_the_map_shows_and_undo(place, desk):
    desk.run("layer.add_source", address=place.url(), layers=("prospects",), bounds=(5, 45, 15, 55))
    (layer,) = added(desk)
    assert layer.features.columns["name"].tolist() == ["North"]
    assert layer.source.reading.bounds == (5, 45, 15, 55)
    desk.run("edit.undo")
    assert added(desk) == []


def test_a_refusal_is_told_and_changes_nothing(desk):
    before = desk.state
    for address in ("https://example.org/wfs", "postgresql://me:hush@127.0.0.1:1/d", "gopher://x"):
        desk.session.run("layer.add_source", address=address, layers=("a",))
        desk.session.jobs.wait()
    assert desk.state is before
    assert [r.severity for r in desk.reports] == [Severity.ERROR] * 3
    assert "switched off" in desk.reports[0].message
    assert not any("hush" in repr(report) for report in desk.reports)


def test_tables_are_offered(place):
    assert "public.prospects" in {each.layer for each in offered(f" {place.url()} ")}


def test_what_a_map_shows_as_bounds():
    assert map_box((-12.0, 30.0, 40.0, 60.0)) == (-12, 30, 40, 60)
    assert map_box((170.0, -95.0, 200.0, 95.0)) == (170, -90, -160, 90)
    assert map_box((-200.0, 0.0, 200.0, 10.0)) is None
    assert map_box(None) is None


def test_only_services_of_the_web_need_the_switch():
    assert needs_online("https://h/wfs")
    assert not needs_online("postgresql://h/d")
    assert not needs_online("/home/me/x.duckdb")
    assert not needs_online("gopher://h")


def test_addresses_are_remembered_the_latest_first(tmp_path):
    settings = Settings().with_source("https://a").with_source("https://b").with_source("https://a")
    assert settings.sources == ("https://a", "https://b")
    save_settings(settings, tmp_path / "settings.json")
    assert load_settings(tmp_path / "settings.json")[0].sources == settings.sources
    assert not Settings().online


def test_the_record_says_which_part_was_read():
    said = said_of(ReadOptions(bounds=(-12.5, 30, 40, 60)))
    assert said == "only from west, south, east, north -12.5, 30, 40, 60"
