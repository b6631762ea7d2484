"""Layers read again, and files read as those of their shape were: through the commands."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.data.writer import write_layers
from gisapp.model.feedback import Severity
from gisapp.model.mapping import ColumnMapping
from gisapp.model.reading import ReadOptions
from gisapp.model.vocabulary import Role
from gisapp.workspace.record import record_of, record_text
from gisapp.workspace.remember import (
    AS_LAST_TIME,
    habits_path,
    keep_habits,
    recall,
    recall_layers,
    remember_layers,
)
from tests.services import serve, wfs

LATIN = "name;commod;cap_kt;lon;lat\nÑuñoa;lithium;5;-70;-23\nSalar São João;lithium;7;-69;-22\n"


@pytest.fixture
def latin(tmp_path):
    """Return a table in the Western code page."""
    path = tmp_path / "latin.csv"
    path.write_bytes(LATIN.encode("cp1252"))
    return path


def opened(desk, path, **options):
    known = {e.id for e in desk.state.layers}
    desk.run("layer.open", paths=[path], **options)
    return next(e.layer for e in desk.state.layers if e.id not in known)


def test_a_layer_is_read_again_in_place_and_comes_back_with_undo(desk, latin):
    layer = opened(desk, latin)
    desk.run("layer.rename", layer_id=layer.id, name="Salares")
    desk.run("layer.style", layer_id=layer.id, color="#123456")
    desk.run("layer.role", layer_id=layer.id, role="refinery")
    desk.run("select.set", layer_id=layer.id, rows=[1])
    before = desk.state
    wrong = ReadOptions(encoding="windows-1251")
    desk.run("layer.reread", layer_id=layer.id, reading=wrong)
    now = desk.state.entry(layer.id).layer
    assert now.features.columns["name"][0] == "Ñuñoa".encode("cp1252").decode("cp1251")
    assert (now.id, now.name, now.role, now.style.color) == (
        layer.id, "Salares", Role.REFINERY, "#123456",
    )  # fmt: skip
    assert now.source.reading.encoding == "windows-1251"
    assert not desk.state.selection.rows
    assert [e.id for e in desk.state.layers] == [e.id for e in before.layers]
    desk.session.undo()
    desk.session.jobs.wait()
    assert desk.state == before


def test_edits_are_asked_about_before_a_layer_is_read_again(desk, latin):
    layer = opened(desk, latin)
    desk.run("cell.set", layer_id=layer.id, column="cap_kt", rows=[0], value="6")
    before, wanted = desk.state, ReadOptions(encoding="windows-1252")
    desk.run("layer.reread", layer_id=layer.id, reading=wanted)
    assert desk.state is before
    question = desk.reports[-1]
    assert "replaces your edits" in question.message
    desk.run(question.command, **dict(question.params))
    assert desk.state.entry(layer.id).layer.features.columns["cap_kt"].tolist() == [5, 7]
    assert not desk.state.entry(layer.id).layer.is_edited
    desk.session.undo()
    assert desk.state == before


def test_a_service_is_asked_again_with_the_switch_on_alone(desk):
    with serve() as service:
        service.answers["/wfs"] = wfs
        desk.run("layer.add_source", address=service.url("/wfs"), online=True)
        layer = desk.state.layers[0].layer
        asked = len(service.asked)
        options = layer.source.reading
        desk.run("layer.reread", layer_id=layer.id, reading=options)
        assert len(service.asked) == asked
        assert "online" in desk.reports[-1].message
        desk.run("layer.reread", layer_id=layer.id, reading=options, online=True)
        assert len(service.asked) > asked
        assert desk.state.entry(layer.id).layer is not layer


def test_a_mapping_stays_for_the_columns_that_are_still_there(desk, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("größe;stoff;lon;lat\n5;Li;1;2\n6;Li;2;3\n".encode("cp1252"))
    layer = opened(desk, path)
    desk.run(
        "layer.mapping",
        layer_id=layer.id,
        columns={"capacity": "größe", "mineral": "stoff"},
        units={"capacity": "kt LCE"},
    )
    desk.run("layer.reread", layer_id=layer.id, reading=ReadOptions(encoding="cp1251"))
    now = desk.state.entry(layer.id).layer
    assert dict(now.mapping.columns)["mineral"] == "stoff"
    assert "größe" not in now.features.columns
    assert "capacity" not in dict(now.mapping.columns)


def test_what_came_from_no_file_is_not_read_again(desk, points):
    from gisapp.workspace.layer_commands import add_layers

    desk.session.open(add_layers(desk.state, [points(name=["a", "b"])]))
    desk.run("layer.reread", layer_id="mine", reading=ReadOptions())
    assert "was not read from a file" in desk.reports[-1].message


def test_a_refused_file_tells_what_would_open_it(desk, tmp_path):
    path = tmp_path / "metres.csv"
    rows = "\n".join(f"M{i},lithium,{330000 + 900 * i},{7390000 + 700 * i}" for i in range(9))
    path.write_text(f"name,mineral,x,y\n{rows}\n", encoding="utf-8")
    desk.run("layer.open", paths=[path])
    report = desk.reports[-1]
    assert report.severity is Severity.ERROR
    assert report.refused is not None
    finding = next(f for f in report.refused.error.findings if f.option == "crs")
    assert finding.choices
    layer = opened(desk, path, reading=report.refused.options.choosing("crs", "EPSG:32719"))
    assert layer.source.crs == "EPSG:32719"
    west, south, east, north = layer.features.bounds
    assert -71 < west < east < -70
    assert -24 < south < north < -23


def test_a_file_of_a_known_shape_is_read_as_last_time_and_told(desk, latin, tmp_path):
    stop = keep_habits(desk.session)
    layer = opened(desk, latin)
    assert recall(layer.features) is None
    desk.run("layer.role", layer_id=layer.id, role="refinery")
    desk.run(
        "layer.mapping",
        layer_id=layer.id,
        mapping=ColumnMapping(
            (("capacity", "cap_kt"), ("mineral", "commod"), ("name", "name")),
            units=(("capacity", "kt LCE"),),
        ),
    )
    other = tmp_path / "next.csv"
    other.write_bytes(LATIN.replace("5;-70", "9;-71").encode("cp1252"))
    again = opened(desk, other)
    assert again.role is Role.REFINERY
    assert dict(again.mapping.units) == {"capacity": "kt LCE"}
    (told,) = [p for p in again.problems if p.code == AS_LAST_TIME]
    assert told.message == (
        "Read as last time: refinery, capacity from cap_kt in kt LCE, mineral from commod, "
        "name from name."
    )
    desk.run("layer.forget", layer_id=again.id)
    assert "Forgotten" in desk.reports[-1].message
    third = opened(desk, other)
    assert third.role is not Role.REFINERY
    stop()


def test_choices_of_the_reading_are_remembered_under_both_shapes(desk, tmp_path):
    stop = keep_habits(desk.session)
    rows = ["стад;минерал;lon;lat", "шахта;литий;30;50", "рудник;литий;31;51"]
    text = "\n".join(rows)
    for name in ("one", "two"):
        (tmp_path / f"{name}.csv").write_bytes(text.encode("koi8-r"))
    layer = opened(desk, tmp_path / "one.csv")
    desk.run("layer.reread", layer_id=layer.id, reading=ReadOptions(encoding="KOI8-R"))
    again = opened(desk, tmp_path / "two.csv")
    assert again.features.columns["стад"].tolist() == ["шахта", "рудник"]
    stop()


def test_a_broken_memory_is_no_memory(desk, latin):
    habits_path().parent.mkdir(parents=True, exist_ok=True)
    habits_path().write_text("{nonsense", encoding="utf-8")
    assert opened(desk, latin).name == "latin"
    remember_layers(("a", "b"), ("b",))
    assert recall_layers(("b", "a")) == ("b",)
    assert recall_layers(("a", "c")) is None


def test_the_record_says_where_a_layer_came_from_and_what_was_done(desk, latin):
    layer = opened(desk, latin, reading=ReadOptions(encoding="cp1252"))
    record = dict(record_of(layer))
    assert record["File"] == str(latin)
    assert record["Encoding"] == "windows-1252"
    assert record["You said"] == "encoding cp1252"
    assert record["Read on"] == layer.source.read_on
    assert "capacity from cap_kt in kt" in record["Columns"]
    text = record_text(layer)
    assert all(problem.message in text for problem in layer.problems)


def test_a_part_of_a_layer_is_saved_in_another_crs(desk, tmp_path):
    ids = np.flatnonzero(
        desk.state.entry("deposits").layer.features.columns["country"] == "AUS"
    ).tolist()
    desk.run("select.set", layer_id="deposits", rows=ids[:7])
    path = tmp_path / "out.gpkg"
    desk.run("data.export", path=path, layer_id="deposits", rows="selected", crs="EPSG:7855")
    assert desk.reports[-1].message == f"Wrote {path}."
    back = opened(desk, path)
    assert (len(back.features), back.source.crs) == (7, "EPSG:7855")
    whole = desk.state.entry("deposits").layer.features
    np.testing.assert_allclose(back.features.lonlat, whole.lonlat[ids[:7]], atol=1e-9)
    desk.run("data.export", path=tmp_path / "o.geojson", layer_id="deposits", crs="EPSG:7855")
    assert "WGS 84 alone" in desk.reports[-1].message
    assert not (tmp_path / "o.geojson").exists()


def test_what_a_crs_does_not_reach_is_told(desk, tmp_path):
    layer = desk.state.entry("deposits").layer
    problems = write_layers(tmp_path / "polar.gpkg", [layer], crs="ESRI:54009")
    assert not [p for p in problems if p.code == "out_of_reach"]
    problems = write_layers(
        tmp_path / "ortho.gpkg", [layer], crs="+proj=ortho +lat_0=90 +datum=WGS84"
    )
    (lost,) = [p for p in problems if p.code == "out_of_reach"]
    assert 0 < lost.count < len(layer.features)
