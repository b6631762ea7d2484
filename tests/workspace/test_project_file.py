import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from gisapp.data.shipped import default_layers, load_layer
from gisapp.data.store import store, store_row
from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback, GisappError, Problem, Severity
from gisapp.model.layer import Layer, Source
from gisapp.model.mapping import ColumnMapping
from gisapp.model.style import Style
from gisapp.model.vocabulary import Role, Stage, Status
from gisapp.render.picture import FrameSpec, ThemeName
from gisapp.workspace import project_json
from gisapp.workspace.codec import to_json
from gisapp.workspace.example import new_state
from gisapp.workspace.formats import PROJECT_TABLE, is_project
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.project_file import open_project, save_project, table_names
from gisapp.workspace.state import Filter, MapView, ProjectState, Question, Selection

COLUMNS = {
    "Name": np.array(["a", None, "ü 矿"], dtype=object),
    "name": np.array([1, 2, 2**53 + 1]),
    "fid": np.array([1.5, np.nan, 0.1 + 0.2]),
    "truth": np.array([True, False, True]),
    "day": np.array(["2020-01-01", "NaT", "2021-02-03"], dtype="datetime64[D]"),
    "moment": np.array(["2020-01-01T01:02:03.123", "NaT", "2021-02-03"], dtype="datetime64[ms]"),
    "e mpty": np.array(["", "x", None], dtype=object),
}
NOTHING = np.full((3, 2), np.nan)
BOX = shapely.box(0, 0, 1, 1)
FEATURES = {
    "points": Features.from_points(np.array([[1, 2], [np.nan, np.nan], [179.9, -0.1]]), COLUMNS),
    "no position": Features.from_points(NOTHING, COLUMNS),
    "bare points": Features.from_points(np.array([[0.1, 0.2]])),
    "empty points": Features.from_points(np.empty((0, 2))),
    "empty shapes": Features.from_shapes([]),
    "mixed": Features.from_shapes([shapely.Point(1, 2), None, BOX], COLUMNS),
    "areas": Features.from_shapes([BOX, shapely.Polygon(), None], COLUMNS),
    "heights": Features.from_shapes([shapely.LineString([(0, 0, 5), (1, 1, 6)])]),
    "table": Features.from_shapes([None, None, None], COLUMNS),
    "gpkg_contents": Features.from_points(NOTHING, COLUMNS),
}


def assert_same_features(a: Features, b: Features) -> None:
    assert a.is_points == b.is_points
    assert list(a.columns) == list(b.columns)
    for name, values in a.columns.items():
        assert b.columns[name].dtype == values.dtype, name
        np.testing.assert_array_equal(b.columns[name], values, err_msg=name)
    if a.is_points:
        np.testing.assert_array_equal(a.lonlat, b.lonlat)
    for one, other in zip(a.geometry, b.geometry, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            assert one.wkb == other.wkb


def full_state() -> ProjectState:
    layers = [
        Layer(
            f"own-{i}",
            name,
            Role.REFERENCE,
            features,
            Source(title="T", path="/x/y.shp", crs="EPSG:32633", crs_guessed=True),
            ColumnMapping((("name", "Name"),), (("mineral", "tin"),)),
            Style(color="#112233", size=3.5),
            (Problem("p", Severity.WARNING, "m", "h", 3),),
        )
        for i, (name, features) in enumerate(FEATURES.items())
    ]
    state = add_layers(new_state(default_layers()), layers)
    state = state.with_entry("deposits", visible=False, opacity=0.25)
    state = state.with_entry("own-0", opacity=0.5)
    return state.with_(
        question=Question("tin", Stage.MINING, "eu", date(2020, 2, 29), nearest=4, view="distance"),
        filter=Filter(frozenset({Status.PLANNED}), countries=frozenset({"AUS", "CHN"}), text="x"),
        selection=Selection("own-0", frozenset({0, 2})),
        view=MapView(1.5, -2.25, 7.5),
        frame=FrameSpec("A4", "robinson", (170.0, -10.0, 190.0, 10.0), 180.0, ThemeName.PRINT, 300),
        title="Ti\nt le",
        subtitle="s",
        extra=(("a", 1), ("b", ("c", 2.5, None))),
    )


def test_a_project_comes_back_as_it_was(tmp_path):
    state, path = full_state(), tmp_path / "pro ject 矿.gpkg"
    save_project(state, path)
    opened = open_project(path)
    assert opened.reports == ()
    assert opened.path == path
    assert opened.state.with_(layers=()) == state.with_(layers=())
    for a, b in zip(state.layers, opened.state.layers, strict=True):
        assert (a.visible, a.opacity) == (b.visible, b.opacity)
        for name in ("id", "name", "role", "source", "mapping", "style", "problems"):
            assert getattr(a.layer, name) == getattr(b.layer, name), name
        assert_same_features(a.layer.features, b.layer.features)
    assert opened.state.entry("deposits").layer.features is load_layer("deposits").features


def test_any_other_program_reads_the_layers(tmp_path):
    state, path = full_state(), tmp_path / "p.gpkg"
    save_project(state, path)
    names = pyogrio.list_layers(path)[:, 0].tolist()
    assert sorted(names) == sorted(
        [*(n for i, n in table_names(state).items() if i.startswith("own")), "gisapp_project"]
    )
    frame = geopandas.read_file(path, layer="points")
    assert frame.crs == "EPSG:4326"
    assert frame["Name"].tolist()[2] == "ü 矿"
    assert frame.geometry.iloc[2].equals(shapely.Point(179.9, -0.1))


def test_a_project_without_own_layers_embeds_none(tmp_path):
    path = tmp_path / "p.gpkg"
    save_project(new_state(default_layers()), path)
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["gisapp_project"]
    assert open_project(path).state.layers[0].id == "magnet_plants"


def test_a_mixture_of_single_and_multiple_areas_comes_back_as_areas(tmp_path):
    shapes = [BOX, shapely.MultiPolygon([BOX, shapely.box(2, 2, 3, 3)])]
    layer = Layer("a", "a", Role.REFERENCE, Features.from_shapes(shapes))
    save_project(add_layers(ProjectState(), [layer]), tmp_path / "p.gpkg")
    back = open_project(tmp_path / "p.gpkg").state.layers[0].layer.features.geometry
    assert [a.equals(b) for a, b in zip(shapes, back, strict=True)] == [True, True]


def test_saving_again_replaces_and_leaves_nothing_aside(tmp_path):
    path = tmp_path / "p.gpkg"
    save_project(ProjectState().with_(title="one"), path)
    save_project(ProjectState().with_(title="two"), path)
    assert open_project(path).state.title == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["p.gpkg"]


def test_a_cancelled_save_leaves_the_old_file(tmp_path):
    path, feedback = tmp_path / "p.gpkg", Feedback()
    save_project(ProjectState().with_(title="one"), path)
    feedback.cancel()
    with pytest.raises(Cancelled):
        save_project(full_state(), path, feedback=feedback)
    assert open_project(path).state.title == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["p.gpkg"]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(GisappError) as caught:
        save_project(ProjectState(), tmp_path / "no" / "p.gpkg")
    assert caught.value.code == "not_written"


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.project_file import save_project
from gisapp.workspace.state import ProjectState

path = Path(sys.argv[1])
save_project(ProjectState(title="old"), path)
points = Features.from_points(np.zeros((20_000, 2)), {"n": np.arange(20_000)})
for room in map(int, sys.argv[2:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        save_project(add_layers(ProjectState(), [Layer("a", "a", Role.DEPOSIT, points)]), path)
    except GisappError as error:
        print(error.code, error.message)
"""


def test_a_disk_without_room_costs_nothing(tmp_path):
    pytest.importorskip("resource", reason="Windows bounds no file sizes")
    path = tmp_path / "p.gpkg"
    rooms = ("0", "50000", "300000")
    said = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), *rooms],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    assert len(said) == len(rooms)
    for line in said:
        assert line.startswith(f"not_written The project could not be saved as {path}: ")
    assert open_project(path).state.title == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["p.gpkg"]


def change(path, function):
    with closing(sqlite3.connect(path)) as database, database:
        text = database.execute("SELECT state FROM gisapp_project").fetchone()[0]
        database.execute("UPDATE gisapp_project SET state = ?", (function(text),))


def edited(**changes):
    return lambda text: json.dumps(json.loads(text) | changes)


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (edited(version=99, application="9.9"), "newer_project"),
        (edited(format="other"), "damaged_project"),
        (edited(state={"title": 5}), "damaged_project"),
        (edited(layers=[{"id": "x"}]), "damaged_project"),
        (lambda text: text[:50], "damaged_project"),
        (lambda _text: "[1]", "damaged_project"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path, function, code):
    path = tmp_path / "p.gpkg"
    save_project(ProjectState(), path)
    change(path, function)
    before = path.read_bytes()
    with pytest.raises(GisappError) as caught:
        open_project(path)
    assert caught.value.code == code
    assert path.read_bytes() == before


def test_unknown_attributes_are_left_out_and_missing_ones_take_the_default(tmp_path):
    path = tmp_path / "p.gpkg"
    save_project(ProjectState().with_(title="t"), path)
    change(path, edited(state={"title": "kept", "of_tomorrow": 1}))
    assert open_project(path).state == ProjectState().with_(title="kept")


def test_an_older_version_is_brought_up(tmp_path, monkeypatch):
    monkeypatch.setattr(project_json, "VERSION", 2)
    monkeypatch.setattr(
        project_json,
        "MIGRATIONS",
        {1: lambda d: d | {"state": d["state"] | {"title": d["state"]["name"]}}},
    )
    path = tmp_path / "p.gpkg"
    save_project(ProjectState(), path)
    change(path, edited(version=1, state={"name": "old"}))
    assert open_project(path).state.title == "old"


def test_a_project_of_the_first_version_opens(tmp_path):
    """As the application wrote it on 22 November 2026, before scenarios, links and styles."""
    path = tmp_path / "old.gpkg"
    places = Features.from_points(
        np.array([[10.0, 50.0], [11.0, 51.0]]), {"Name": COLUMNS["name"][:2]}
    )
    text = (Path(__file__).parent / "project_version_1.json").read_text(encoding="utf-8")
    document = json.loads(text)
    stored = store(path, document["layers"][0]["stored"]["table"], places)
    document["layers"][0]["stored"] = to_json(stored)
    store_row(path, PROJECT_TABLE, {"format": "gisapp-project", "state": json.dumps(document)})
    state = open_project(path).state
    assert (state.title, state.question.mineral, state.question.alliance) == ("Old", "tin", "eu")
    assert [e.id for e in state.layers] == [
        "own", "magnet_plants", "refineries", "deposits", "trade_routes",
    ]  # fmt: skip
    own = state.entry("own").layer
    assert (own.style.color, own.style.size) == ("#112233", 12.0)
    assert own.mapping.constants == (("mineral", "tin"),)
    assert_same_features(own.features, places)


def test_newer_shipped_data_is_told(tmp_path):
    path = tmp_path / "p.gpkg"
    save_project(new_state(default_layers()), path)
    change(
        path,
        lambda text: text.replace(
            project_json.shipped_reference(load_layer("deposits")).sha256, "0" * 64
        ),
    )
    reports = open_project(path).reports
    assert [r.severity for r in reports] == [Severity.INFO]
    assert "Deposits" in reports[0].message


def test_a_shipped_layer_that_is_gone_costs_no_other(tmp_path):
    path = tmp_path / "p.gpkg"
    save_project(new_state(default_layers()), path)

    def lose(text):
        document = json.loads(text)
        document["layers"][2]["shipped"]["id"] = "gone"
        return json.dumps(document)

    change(path, lose)
    opened = open_project(path)
    assert [e.id for e in opened.state.layers][2:] == ["deposits", "trade_routes"]
    gone = opened.state.entry("deposits").layer
    assert len(gone.features) == 0  # listed still, and told why it is empty
    assert [p.code for p in gone.problems if p.severity is Severity.ERROR] == ["features_lost"]
    assert "Deposits" in opened.reports[0].message


def test_other_files_are_no_projects(tmp_path):
    text, plain = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    text.write_text("no", encoding="utf-8")
    geopandas.GeoDataFrame({"a": [1]}, geometry=[BOX], crs=4326).to_file(plain)
    for path in (text, plain, tmp_path / "missing.gpkg", tmp_path):
        assert not is_project(path)
    with pytest.raises(GisappError, match="not a gisapp project"):
        open_project(plain)
    with pytest.raises(GisappError, match="no file"):
        open_project(tmp_path / "missing.gpkg")


def test_tables_have_names_that_people_know(tmp_path):
    state = add_layers(
        ProjectState(),
        [
            Layer(i, name, Role.REFERENCE, FEATURES["bare points"])
            for i, name in enumerate(["Mines", "mines", "sqlite_x", "  ", "Ölfeld/1"])
        ],
    )
    named = {e.layer.name: table_names(state)[e.id] for e in state.layers}
    assert set(named.values()) == {"mines", "mines_2", "layer_sqlite_x", "layer", "ölfeld_1"}


def test_the_window_opens_and_saves_through_commands(desk, tmp_path):
    path = tmp_path / "p.gpkg"
    desk.run("question.mineral", mineral="tin")
    desk.run("project.save", path=path)
    desk.run("project.new")
    assert desk.session.path is None
    desk.run("layer.open", paths=[path])  # the one Open of the toolbar knows a project
    assert desk.state.question.mineral == "tin"
    assert desk.session.path == path
    assert not desk.session.dirty
    desk.run("project.open", path=tmp_path / "none.gpkg")
    assert desk.reports[-1].severity is Severity.ERROR
    assert desk.state.question.mineral == "tin"


def test_an_edited_shipped_layer_is_embedded(tmp_path):
    layer = load_layer("deposits")
    part = layer.with_(features=layer.features.take([0, 1]))
    state = add_layers(ProjectState(), [part])
    save_project(state, tmp_path / "p.gpkg")
    back = open_project(tmp_path / "p.gpkg").state.layers[0].layer
    assert_same_features(part.features, back.features)
    assert replace(part.source) == back.source
