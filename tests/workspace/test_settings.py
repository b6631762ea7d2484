import json
import sys

import pytest

from gisapp.workspace import settings as module
from gisapp.workspace.settings import Settings, load_settings, save_settings, settings_path


def test_settings_come_back():
    settings = Settings("dark", ("/a.gpkg",), "AAEC", "", welcome_closed=True)
    save_settings(settings)
    assert load_settings() == (settings, ())
    assert [p.name for p in settings_path().parent.iterdir()] == ["settings.json"]


@pytest.mark.skipif(sys.platform != "linux", reason="the folder is the platform's")
def test_they_stand_where_the_platform_wants_them(own_folders):
    assert settings_path() == own_folders / "xdg_config_home" / "gisapp" / "settings.json"


def test_the_first_run_has_the_defaults():
    assert load_settings() == (Settings(), ())


def write(text):
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text(text, encoding="utf-8")


@pytest.mark.parametrize("text", ["", "{", "[]", "5"])
def test_a_broken_file_gives_the_defaults_and_a_notice(text):
    write(text)
    settings, reports = load_settings()
    assert settings == Settings()
    assert len(reports) == 1
    assert "settings.json" in reports[0].message


def test_a_bad_value_becomes_its_default_and_the_others_stay():
    write(json.dumps({"version": 1, "theme": 5, "recent": ["/a"], "welcome_closed": "yes", "x": 1}))
    settings, reports = load_settings()
    assert settings == Settings(recent=("/a",))
    assert [r.message.split('"')[1] for r in reports] == ["theme", "welcome_closed"]


def test_a_theme_that_is_none():
    write(json.dumps({"theme": "pink"}))
    settings, reports = load_settings()
    assert settings.theme == "system"
    assert "pink" in reports[0].message


def test_an_older_file_is_brought_up(monkeypatch):
    monkeypatch.setattr(module, "VERSION", 2)
    monkeypatch.setattr(module, "MIGRATIONS", {1: lambda d: d | {"theme": d["look"]}})
    write(json.dumps({"version": 1, "look": "dark"}))
    assert load_settings() == (Settings("dark"), ())


def test_recent_files_are_few_and_each_is_there_once():
    settings = Settings()
    for i in range(20):
        settings = settings.with_recent(f"/{i}")
    settings = settings.with_recent("/15")
    assert settings.recent[:3] == ("/15", "/19", "/18")
    assert len(settings.recent) == 10
