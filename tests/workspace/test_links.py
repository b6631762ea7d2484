"""Layers that a project links to: followed to their files, wherever those were moved."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest

from gisapp.data.digest import digest_of
from gisapp.data.writer import write_layers
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import SOURCE_MISSING, Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.project_file import open_project, save_project, table_names


def write(path: Path, count: int = 4) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    places = np.column_stack([np.arange(count) + 10.0, np.arange(count) + 40.0])
    columns = {"name": np.array([f"site {i}" for i in range(count)], dtype=object)}
    write_layers(path, [Layer("x", path.stem, Role.DEPOSIT, Features.from_points(places, columns))])
    return path


@pytest.fixture
def house(desk, tmp_path):
    """A project with two linked layers in a folder of data beside it."""
    home = tmp_path / "house"
    files = [write(home / "data" / "mines.gpkg"), write(home / "data" / "works.shp", 7)]
    for file in files:
        desk.run("layer.open", paths=[file])
    for entry in desk.state.layers:
        if entry.layer.source.path in map(str, files):
            desk.run("layer.link", layer_id=entry.id)
    save_project(desk.state, home / "project.gpkg")
    return home


def linked(state) -> dict[str, Layer]:
    return {e.layer.name: e.layer for e in state.layers if e.layer.source.linked}


def test_a_link_holds_no_copy_and_shows_what_the_file_holds_now(house, desk):
    assert set(linked(desk.state)) == {"mines", "works"}
    opened = open_project(house / "project.gpkg")
    assert {n: len(x.features) for n, x in linked(opened.state).items()} == {"mines": 4, "works": 7}
    assert pyogrio.list_layers(house / "project.gpkg")[:, 0].tolist() == ["gisapp_project"]
    write(house / "data" / "mines.gpkg", 5)
    mines = linked(open_project(house / "project.gpkg").state)["mines"]
    assert len(mines.features) == 5
    assert "source_changed" in [p.code for p in mines.problems]


def test_a_moved_folder_is_followed(house, tmp_path):
    shutil.move(house, tmp_path / "elsewhere")
    opened = open_project(tmp_path / "elsewhere" / "project.gpkg")
    for layer in linked(opened.state).values():
        assert len(layer.features) > 0
        assert layer.source.path.startswith(str(tmp_path / "elsewhere"))
        assert "source_moved" in [p.code for p in layer.problems]


def test_a_file_with_another_name_is_known_by_its_content(house):
    (house / "data" / "mines.gpkg").rename(house / "data" / "bergwerke.gpkg")
    for part in (house / "data").glob("works.*"):
        (house / "deep" / "er").mkdir(parents=True, exist_ok=True)
        part.rename(house / "deep" / "er" / f"plants{part.suffix}")
    layers = linked(open_project(house / "project.gpkg").state)
    assert Path(layers["mines"].source.path).name == "bergwerke.gpkg"
    assert Path(layers["works"].source.path).name == "plants.shp"
    assert len(layers["works"].features) == 7


def test_what_is_gone_stays_listed_and_is_found_by_hand(house, desk, tmp_path):
    away = tmp_path / "other disk"
    shutil.move(house / "data", away)
    path = house / "project.gpkg"
    desk.run("project.open", path=path)
    missing = linked(desk.state)
    assert [p.code for p in missing["mines"].problems] == [SOURCE_MISSING]
    assert all(layer.is_missing for layer in missing.values())
    assert any("is not there any more" in r.message for r in desk.reports)
    desk.run("project.save", path=path)  # nothing is lost by it
    ids = {e.layer.name: e.id for e in desk.state.layers}
    desk.run("layer.relink", layer_id=ids["mines"], path=away / "mines.gpkg")
    found = linked(desk.state)
    assert {n: len(x.features) for n, x in found.items()} == {"mines": 4, "works": 7}
    assert not any(layer.is_missing for layer in found.values())
    assert any("1 more in its folder" in r.message for r in desk.reports)
    desk.session.undo()
    assert linked(desk.state)["mines"].is_missing


def test_a_link_that_cannot_be_is_refused(house, desk):
    desk.run("layer.link", layer_id="deposits")
    assert "has no file" in desk.reports[-1].message
    own = Layer("own", "Own", Role.DEPOSIT, Features.from_points(np.zeros((1, 2))))
    desk.session.open(add_layers(desk.state, [own]))
    desk.reports.clear()
    desk.run("layer.link", layer_id="own")
    assert "has no file" in desk.reports[-1].message


def test_a_digest_tells_content_and_not_name(tmp_path):
    one, same = write(tmp_path / "a" / "x.shp"), write(tmp_path / "b" / "y.shp")
    other = write(tmp_path / "c" / "x.shp", 5)
    assert digest_of(one) == digest_of(same) != digest_of(other)
    assert digest_of(tmp_path / "none.shp") == ""
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(200 * 1024**2)
    before = digest_of(large)
    with large.open("r+b") as file:
        file.seek(-10, 2)
        file.write(b"x")
    assert digest_of(large) != before


@pytest.mark.parametrize("name", ["mines", "works"])
def test_a_copy_is_taken_back_into_the_project(house, desk, name):
    ids = {e.layer.name: e.id for e in desk.state.layers}
    desk.run("layer.link", layer_id=ids[name])
    save_project(desk.state, house / "project.gpkg")
    assert ids[name] in table_names(desk.state)
    shutil.rmtree(house / "data")
    state = open_project(house / "project.gpkg").state
    assert len(state.entry(ids[name]).layer.features) in (4, 7)


def test_reading_again_keeps_what_the_user_said(house, desk):
    entry = next(e for e in desk.state.layers if e.layer.name == "mines")
    named = entry.layer.with_(
        name="Our mines", source=replace(entry.layer.source, reading=entry.layer.source.reading)
    )
    state = desk.state.with_entry(entry.id, layer=named)
    save_project(state, house / "project.gpkg")
    back = open_project(house / "project.gpkg").state.entry(entry.id).layer
    assert (back.name, back.role, back.mapping) == ("Our mines", named.role, named.mapping)
    with pytest.raises(GisappError) as refused:
        open_project(house / "nothing.gpkg")
    assert refused.value.code == "no_such_file"
