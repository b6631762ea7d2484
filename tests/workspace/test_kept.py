"""Results as layers: kept, marked out of date, made anew, saved and exported."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from gisapp.data.reader import read_layers
from gisapp.model.vocabulary import Role
from gisapp.render.legend import legend_entries
from gisapp.render.looks import area_looks
from gisapp.workspace.kept import inputs_of, stale_layers, why_stale
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.project_file import open_project, save_project


@pytest.fixture
def asking(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    desk.run("question.mineral", mineral="lithium")
    desk.run("question.alliance", alliance="quad")
    return desk


def kept(desk, view):
    desk.run("question.view", view=view)
    before = {entry.id for entry in desk.state.layers}
    state = desk.run("result.keep")
    (entry,) = [entry for entry in state.layers if entry.id not in before]
    return entry.layer


def test_the_distances_become_lines_with_their_figures(asking):
    layer = kept(asking, "distance")
    near = asking.session.answer.distance
    assert len(layer.features) == len(near.rows)
    assert layer.role is Role.REFERENCE
    np.testing.assert_allclose(
        layer.features.columns["distance_km"], near.rows["distance_km"].to_numpy(dtype=float)
    )
    assert layer.features.columns["deposit_id"].tolist() == near.rows["deposit_id"].tolist()
    without = (near.rows["status"] != "ok").to_numpy()
    assert [shape is None for shape in layer.features.geometry] == without.tolist()
    west, _, east, _ = layer.features.bounds
    assert west >= -180.0
    assert east <= 180.0
    assert "lithium" in layer.name
    assert layer.source.date == asking.state.question.as_of.isoformat()


def test_the_shares_become_countries_in_classes(asking):
    layer = kept(asking, "coverage")
    columns = layer.features.columns
    shares = dict(zip(columns["country"], columns["low"], strict=True))
    table = asking.session.answer.breakdown.set_index("country")["low"]
    assert all(share == pytest.approx(table[code]) for code, share in shares.items())
    china = columns["country"].tolist().index("CHN")
    assert columns["band"][china] == columns["band"].max()
    assert "Polygon" in layer.features.geometry_type


def test_a_surface_is_a_layer_in_bands_with_a_legend(asking):
    state = asking.run("surface.make")
    layer = state.entry("surface").layer
    assert "Geodesic km to the nearest refinery for lithium" in layer.name
    assert "22 Nov 2026" in layer.name
    picture = picture_of(state, asking.session.facts, None)
    (drawn,) = [d for d in picture.layers if d.layer.id == "surface"]
    looks = area_looks(drawn, state.frame.theme)
    assert len({symbol.fill for symbol in looks.symbols}) == len(looks.symbols)
    entries = [e for e in legend_entries(picture, state.frame.theme) if "surface" in e.key]
    assert entries[0].is_heading
    assert entries[0].label == layer.name
    assert [e.label for e in entries[1:]] == layer.features.columns["label"].tolist()
    assert [e.area for e in entries[1:]] == [looks.symbols[i] for i in looks.index]


def test_facilities_have_nothing_to_keep(asking):
    before = asking.run("question.view", view="facilities").layers
    assert asking.run("result.keep").layers == before
    assert "nothing" in asking.reports[-1].message or "no lines" in asking.reports[-1].message


@pytest.mark.parametrize(
    ("command", "params", "words"),
    [
        ("question.date", {"as_of": "2030-01-01"}, "the question asks for 1 Jan 2030"),
        ("scenario.site", {"site": "bayan-obo", "runs": False}, "another scenario"),
        ("layer.show", {"layer_id": "refineries"}, "Refineries was hidden or removed"),
        ("layer.remove", {"layer_id": "deposits"}, "Deposits was hidden or removed"),
        ("layer.role", {"layer_id": "refineries", "role": "deposit"}, "Refineries has changed"),
        ("filter.set", {"statuses": ["planned"]}, "filter"),
    ],
)
def test_a_result_is_out_of_date_when_an_input_changes(asking, command, params, words):
    layer = kept(asking, "distance")
    assert stale_layers(asking.state) == {}
    state = asking.run(command, **params)
    assert words in stale_layers(state)[layer.id]
    asking.run("result.rerun", layer_id=layer.id)
    assert stale_layers(asking.state) == {}
    asking.run("edit.undo")
    assert words in stale_layers(asking.state)[layer.id]
    asking.run("edit.undo")
    assert stale_layers(asking.state) == {}


def test_looks_and_other_questions_leave_a_result_as_it_is(asking):
    kept(asking, "distance")
    asking.run("question.mineral", mineral="copper")
    asking.run("layer.style", layer_id="refineries", size=9.0)
    asking.run("layer.rename", layer_id="refineries", name="Works")
    asking.run("layer.move", layer_id="refineries", index=0)
    asking.run("title.set", title="x")
    assert stale_layers(asking.state) == {}
    assert why_stale(asking.state.entry("refineries").layer, inputs_of(asking.state)) == ""


def test_made_anew_it_keeps_its_own_question(asking):
    layer = kept(asking, "distance")
    asking.run("question.mineral", mineral="copper")
    asking.run("question.date", as_of="2030-01-01")
    asking.run("layer.style", layer_id=layer.id, color="#123456")
    state = asking.run("result.rerun", layer_id=layer.id)
    fresh = state.entry(layer.id).layer
    assert "lithium" in fresh.name
    assert "1 Jan 2030" in fresh.name
    assert fresh.style.color == "#123456"
    assert state.question.mineral == "copper"
    asking.run("layer.rename", layer_id=layer.id, name="Mine")
    assert asking.run("result.rerun", layer_id=layer.id).entry(layer.id).layer.name == "Mine"


def test_a_file_cannot_be_made_anew(asking):
    before = asking.state
    assert asking.run("result.rerun", layer_id="refineries") == before
    assert "cannot be made anew" in asking.reports[-1].message


def test_it_is_saved_and_exported_like_everything_else(asking, tmp_path):
    asking.run("surface.make")
    layer = kept(asking, "distance")
    asking.run("question.date", as_of="2031-01-01")
    save_project(asking.state, tmp_path / "p.gpkg")
    again = open_project(tmp_path / "p.gpkg").state
    assert again.entry(layer.id).layer.derivation == layer.derivation
    assert again.entry("surface").layer.style.ramp == "band"
    assert stale_layers(again) == stale_layers(asking.state) != {}
    asking.run("data.export", path=tmp_path / "all.gpkg")
    names = [one.name for one in read_layers(tmp_path / "all.gpkg")]
    assert any("nearest_refinery" in name.replace(" ", "_") for name in names)
    asking.run("data.export", path=tmp_path / "d.csv", layer_id=layer.id)
    with (tmp_path / "d.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(layer.features)
    assert "distance_km" in rows[0]
    asking.run("map.export", path=tmp_path / "m.png")
    assert (tmp_path / "m.png").stat().st_size > 50_000
