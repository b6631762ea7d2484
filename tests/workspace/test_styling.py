"""Styles by a column, copied, kept for files alike, written and read: as commands with undo."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.style import Categories, Category, Sized, Style
from gisapp.model.vocabulary import Role
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.project_file import open_project, save_project
from gisapp.workspace.remember import recall
from gisapp.workspace.styling import advice, categories_of, style_from, style_text
from gisapp.workspace.table_styles import read_layer_style


@pytest.fixture
def table() -> Layer:
    count = 60
    columns = {
        "status": np.array(["operating", "planned", None] * 20, dtype=object),
        "mineral": np.array(["lithium", "nickel;cobalt", "xyz"] * 20, dtype=object),
        "capacity": np.array([np.nan, *range(1, count)], dtype=np.float64),
        "capacity_unit": np.array(["t/yr"] * count, dtype=object),
        "depth": np.linspace(-5.0, 300.0, count),
        "rank": np.array([1, 2, 3] * 20),
        "id": np.array([f"site {i}" for i in range(count)], dtype=object),
        "nothing": np.array([None] * count, dtype=object),
    }
    lonlat = np.column_stack([np.linspace(0, 50, count), np.linspace(0, 40, count)])
    return Layer("t", "Table", Role.REFERENCE, Features.from_points(lonlat, columns))


@pytest.fixture
def desk_with(desk, table, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    desk.session.open(add_layers(desk.state, [table]))
    desk.session.jobs.wait()
    return desk


def style(desk) -> Style:
    return desk.state.entry("t").layer.style


def test_what_suits_a_column(table):
    kinds = {name: advice(table, name).kind for name in table.features.columns}
    assert kinds == {
        "status": "categories",
        "mineral": "categories",
        "capacity": "sized",
        "capacity_unit": "categories",
        "depth": "graduated",
        "rank": "categories",
        "id": "",
        "nothing": "",
    }
    assert "60" in advice(table, "id").reason


def test_categories_are_the_most_frequent_values_in_our_words(table):
    found = categories_of(table, "mineral")
    titles = {item.value: item.label for item in found.items}
    assert titles["lithium"] == "Lithium"
    assert titles["nickel;cobalt"] == "Nickel, Cobalt"
    assert titles["xyz"] == ""
    assert categories_of(table, "status").items[1].label == "Planned"
    assert len(categories_of(table, "id").items) == 10
    with pytest.raises(GisappError, match="is empty"):
        categories_of(table, "nothing")


def test_styling_by_a_column_is_one_step(desk_with):
    steps = len(desk_with.session.history.steps)
    desk_with.run("style.by_column", layer_id="t", field="status")
    assert len(style(desk_with).categories.items) == 2
    desk_with.run("style.by_column", layer_id="t", field="depth")
    assert style(desk_with).categories is None
    assert style(desk_with).graduated.classes == 5
    desk_with.run("style.by_column", layer_id="t", field="capacity")
    assert style(desk_with).sized == Sized("capacity", unit="t/yr")
    assert len(desk_with.session.history.steps) == steps + 3
    for _ in range(3):
        desk_with.session.undo()
    assert style(desk_with) == Style()


def test_classes_by_a_scheme(desk_with):
    desk_with.run("style.classify", layer_id="t", field="capacity", scheme="equal_interval",
                  count=4, ramp="sea")  # fmt: skip
    graduated = style(desk_with).graduated
    assert graduated.breaks == pytest.approx([1.0, 15.5, 30.0, 44.5, 59.0])
    assert (graduated.scheme, graduated.ramp) == ("equal_interval", "sea")
    desk_with.run("style.categorise", layer_id="t", field="rank")
    assert style(desk_with).graduated is None


@pytest.mark.parametrize(
    ("command", "params", "words"),
    [
        ("style.classify", {"field": "status"}, "no numbers"),
        ("style.classify", {"field": "gone"}, 'no column "gone"'),
        ("style.by_column", {"field": "id"}, "cannot be shown"),
        ("style.paste", {"text": "hello"}, "holds no style"),
        ("style.paste", {"text": '{"gisapp-style": 1, "style": {"size": "x"}}'}, "holds no style"),
        ("style.load", {"path": "style.txt"}, "no format of a style"),
        ("style.load", {"path": "gone.qml"}, "cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(desk_with, command, params, words):
    before = desk_with.state
    desk_with.run(command, layer_id="t", **params)
    assert desk_with.state is before
    assert words in desk_with.reports[-1].message


def test_a_style_is_copied_and_says_what_is_lacking(desk_with):
    wanted = Style(color="#123456", categories=Categories("gone", (Category("a"),)))
    assert style_from(style_text(wanted)) == wanted
    desk_with.run("style.paste", layer_id="t", text=style_text(wanted))
    assert style(desk_with) == wanted
    assert "no column gone" in desk_with.reports[-1].message
    desk_with.run("style.reset", layer_id="t")
    assert style(desk_with) == Style()


@pytest.mark.parametrize("ending", [".qml", ".sld"])
def test_a_style_goes_to_a_file_and_back(desk_with, tmp_path, ending):
    desk_with.run("style.classify", layer_id="t", field="depth", ramp="amber")
    made, path = style(desk_with), tmp_path / f"style{ending}"
    desk_with.run("style.save", layer_id="t", path=path)
    assert "is in style" in desk_with.reports[-1].message
    desk_with.run("style.reset", layer_id="t")
    desk_with.run("style.load", layer_id="t", path=path)
    assert style(desk_with).graduated.breaks == pytest.approx(made.graduated.breaks)
    assert style(desk_with).graduated.ramp == "amber"
    desk_with.run("style.save", layer_id="t", path=tmp_path / "no" / f"such{ending}")
    assert "cannot be written" in desk_with.reports[-1].message


def test_a_style_is_kept_for_files_alike(desk_with, tmp_path):
    path = tmp_path / "mines.csv"
    path.write_text("lon,lat,grade\n1,2,0.5\n3,4,0.7\n5,6,1.9\n", encoding="utf-8")
    desk_with.run("layer.open", paths=[path])
    first = desk_with.state.layers[0].layer
    desk_with.run("style.classify", layer_id=first.id, field="grade", count=2)
    made = desk_with.state.entry(first.id).layer.style
    desk_with.run("style.keep", layer_id=first.id)
    other = tmp_path / "others.csv"
    other.write_text("lon,lat,grade\n7,8,0.1\n9,10,3.5\n", encoding="utf-8")
    desk_with.run("layer.open", paths=[other])
    (again,) = [e.layer for e in desk_with.state.layers if e.layer.name == "others"]
    assert again.style == made
    desk_with.run("style.drop", layer_id=again.id)
    assert recall(again.features).style == Style()


def test_styles_go_with_a_geopackage_and_come_back(desk_with, tmp_path):
    for entry in desk_with.state.layers:
        desk_with.run("layer.show", layer_id=entry.id, visible=entry.id == "t")
    desk_with.run("style.categorise", layer_id="t", field="status")
    desk_with.run("layer.style", layer_id="t", min_zoom=3.0, shape="pick", size=9.0)
    path = tmp_path / "out.gpkg"
    desk_with.run("data.export", path=path)
    assert path.exists()
    with closing(sqlite3.connect(path)) as base:
        rows = base.execute("SELECT f_table_name, useAsDefault FROM layer_styles").fetchall()
    assert rows == [("Table", 1)]
    desk_with.run("layer.open", paths=[path])
    (again,) = [e.layer for e in desk_with.state.layers if e.id != "t" and e.visible]
    looks = [(item.value, item.title) for item in again.style.categories.items]
    assert looks == [(i.value, i.title) for i in style(desk_with).categories.items]
    assert (again.style.min_zoom, again.style.categories.items[0].shape) == (3.0, "pick")
    assert read_layer_style(tmp_path / "gone.gpkg", "Table") is None


def test_a_style_is_in_the_project(desk_with, tmp_path):
    desk_with.run("style.by_column", layer_id="t", field="status")
    desk_with.run("layer.style", layer_id="t", min_zoom=3.0, sized=Sized("capacity"))
    path = tmp_path / "p.gpkg"
    save_project(desk_with.state, path)
    opened = open_project(path).state.entry("t").layer.style
    assert opened == style(desk_with)
    assert json.loads(style_text(opened))["style"]["min_zoom"] == 3.0
