import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest

from gisapp.model.features import Features
from gisapp.model.feedback import GisappError, Severity
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.vocabulary import Basis, Role, Stage, Status, Weight
from gisapp.workspace.commands import Command, Registry
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.state import Filter, ProjectState, Selection


def test_every_command_says_what_it_is(desk):
    for command in desk.session.registry:
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", command.id)
        assert command.title
        assert command.tip
        assert command.menu
        assert command.icon.startswith("mdi6.")
        assert command.title[0].isupper()
        assert not command.tip.endswith("."), command.id
    shortcuts = [c.shortcut for c in desk.session.registry if c.shortcut]
    assert len(shortcuts) == len(set(shortcuts))
    titles = [command.name for command in desk.session.registry]
    assert len(titles) == len(set(titles))


def test_commands_are_offered_where_they_would_do_something(desk):
    session = desk.session
    assert session.can("layer.reread")
    assert session.can("point.add")
    never = ("layer.relink", "point.move", "layer.write_back", "row.delete", "scenario.selected")
    assert not any(map(session.can, never))
    desk.run("select.set", layer_id="deposits", rows=[1])
    assert all(map(session.can, ("point.move", "row.delete", "scenario.selected")))
    desk.run("select.set", layer_id="trade_routes", rows=[1])
    assert not session.can("point.move")
    assert not session.can("scenario.selected")
    for entry in desk.state.layers:
        desk.run("layer.remove", layer_id=entry.id)
    offered = {c.id for c in session.registry if session.can(c.id)}
    assert not offered & {"layer.reread", "layer.forget", "layer.link", "point.add", "column.add"}
    assert not offered & {"layer.where", "select.where", "select.all", "layer.compare"}


def test_every_icon_exists(desk):
    spec = importlib.util.find_spec("qtawesome")  # its font alone: importing it needs Qt
    fonts = Path(spec.submodule_search_locations[0]) / "fonts"
    (charmap,) = fonts.glob("materialdesignicons6*charmap*.json")
    names = json.loads(charmap.read_text(encoding="utf-8"))
    assert [
        c.icon for c in desk.session.registry if c.icon.removeprefix("mdi6.") not in names
    ] == []


def test_a_command_is_registered_once_and_taken_back():
    registry = Registry()
    command = Command("a.b", "A", lambda state: state)
    remove = registry.add(command)
    with pytest.raises(ValueError, match=r"a\.b"):
        registry.add(command)
    remove()
    assert "a.b" not in registry


def test_layers_are_removed_renamed_moved_and_shown(desk):
    ids = [e.id for e in desk.state.layers]
    assert ids == ["magnet_plants", "refineries", "deposits", "trade_routes"]
    desk.run("layer.move", layer_id="deposits", index=0)
    assert [e.id for e in desk.state.layers][:2] == ["deposits", "magnet_plants"]
    desk.run("layer.move", layer_id="deposits", index=99)
    assert desk.state.layers[-1].id == "deposits"
    desk.run("layer.rename", layer_id="deposits", name="  Ore   bodies ")
    assert desk.state.entry("deposits").layer.name == "Ore bodies"
    desk.run("layer.show", layer_id="deposits", visible=False)
    assert not desk.state.entry("deposits").visible
    desk.run("layer.show", layer_id="deposits")
    assert desk.state.entry("deposits").visible
    desk.run("layer.opacity", layer_id="deposits", opacity=0.5)
    assert desk.state.entry("deposits").opacity == 0.5
    desk.run("select.set", layer_id="deposits", rows=[1, 2])
    desk.run("layer.remove", layer_id="deposits")
    assert len(desk.state.layers) == 3
    assert desk.state.selection == Selection()
    assert desk.reports == []


def test_the_look_of_a_layer_changes_and_the_same_look_is_no_step(desk):
    desk.run("layer.style", layer_id="deposits", color="#112233", size=12.0)
    style = desk.state.entry("deposits").layer.style
    assert (style.color, style.size, style.shape) == ("#112233", 12.0, None)
    steps = len(desk.session.history.steps)
    desk.run("layer.style", layer_id="deposits", color="#112233")
    assert len(desk.session.history.steps) == steps


@pytest.mark.parametrize(
    ("command", "params", "code"),
    [
        ("layer.remove", {"layer_id": "nix"}, "unknown_layer"),
        ("layer.rename", {"layer_id": "deposits", "name": " "}, "empty_name"),
        ("layer.opacity", {"layer_id": "deposits", "opacity": 2}, "out_of_range"),
        ("layer.style", {"layer_id": "deposits", "glow": 1}, "unknown_style"),
        ("layer.role", {"layer_id": "deposits", "role": "factory"}, "unknown_role"),
        ("layer.mapping", {"layer_id": "deposits", "columns": {"name": "nix"}}, "unknown_column"),
        ("layer.mapping", {"layer_id": "deposits", "constants": {"nix": "x"}}, "unknown_field"),
        ("question.mineral", {"mineral": "unobtainium"}, "unknown_mineral"),
        ("question.alliance", {"alliance": "nix"}, "unknown_alliance"),
        ("question.stage", {"stage": "smelting"}, "unknown_stage"),
        ("question.date", {"as_of": "yesterday"}, "bad_date"),
        ("question.to", {"role": "deposit"}, "not_a_plant"),
        ("question.nearest", {"count": 0}, "out_of_range"),
        ("question.view", {"view": "nix"}, "unknown_view"),
        ("filter.set", {"colour": "red"}, "unknown_filter"),
        ("filter.set", {"statuses": ["asleep"]}, "unknown_status"),
        ("select.set", {"layer_id": "deposits", "rows": [10**6]}, "unknown_row"),
        ("view.set", {"lon": 0, "lat": 91, "zoom": 2}, "out_of_range"),
        ("view.goto", {"text": "Nowhereland"}, "unknown_place"),
        ("frame.set", {"dpi": 3}, "out_of_range"),
        ("frame.set", {"size": "A9"}, "unknown_size"),
        ("frame.set", {"bounds": (0, 10, 5, 10)}, "bad_bounds"),
        ("frame.set", {"bounds": (0, 10, 1e-9, 20)}, "bad_bounds"),
        ("frame.set", {"bounds": "here"}, "bad_bounds"),
        ("frame.set", {"insets": [(float("nan"), 0, 5, 10)]}, "bad_bounds"),
        ("frame.set", {"max_labels": 501}, "out_of_range"),
        ("frame.set", {"theme": "pink"}, "unknown_theme"),
        ("map.export", {"path": "map.docx"}, "unknown_format"),
        ("data.export", {"path": "data.pptx"}, "unknown_format"),
        ("layer.open", {"paths": []}, "no_file"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_changes(desk, command, params, code):
    before = desk.state
    with pytest.raises(GisappError) as caught:
        desk.session.registry[command].run(before, **params)
    assert caught.value.code == code
    desk.run(command, **params)
    assert desk.state is before
    assert [r.severity for r in desk.reports] == [Severity.ERROR]


def test_a_question_is_asked_word_by_word(desk):
    desk.run("question.mineral", mineral="Nd")
    desk.run("question.stage", stage="magnets")
    desk.run("question.alliance", alliance="eu")
    desk.run("question.date", as_of="2020-01-31")
    desk.run("question.by", by="control")
    desk.run("question.weight", weight=Weight.COUNT)
    desk.run("question.nearest", count=3)
    desk.run("question.view", view="distance")
    q = desk.state.question
    assert (q.mineral, q.stage, q.alliance) == ("light_rare_earths", Stage.MAGNETS, "eu")
    assert (q.as_of.isoformat(), q.by, q.weight) == ("2020-01-31", Basis.CONTROL, Weight.COUNT)
    assert (q.nearest, q.to, q.view) == (3, Role.MAGNET_PLANT, "distance")
    desk.run("question.mineral", mineral=None)
    desk.run("question.alliance", alliance="")
    assert (desk.state.question.mineral, desk.state.question.alliance) == (None, None)
    assert desk.reports == []


def test_a_filter_is_set_in_parts_and_cleared(desk):
    desk.run("filter.set", statuses=["operating"], countries={"aus"})
    desk.run("filter.set", first_year=2000, text="lynas")
    f = desk.state.filter
    assert f.statuses == frozenset({Status.OPERATING})
    assert (f.countries, f.first_year, f.text) == (frozenset({"AUS"}), 2000, "lynas")
    assert desk.session.can("filter.clear")
    desk.run("filter.clear")
    assert desk.state.filter == Filter()
    assert not desk.session.can("filter.clear")


def test_a_box_selects_in_the_layer_that_has_most_in_it(desk):
    desk.run("select.box", west=112, south=-45, east=155, north=-10)
    assert desk.state.selection.layer == "deposits"
    desk.run("select.box", west=5, south=47, east=15, north=55)
    assert desk.state.selection.layer == "refineries"  # Germany works up what others mine
    desk.run("select.box", west=112, south=-45, east=155, north=-10, layer_id="deposits")
    chosen = desk.state.selection
    layer = desk.state.entry("deposits").layer
    lon, lat = layer.features.lonlat.T
    inside = (lon >= 112) & (lon <= 155) & (lat >= -45) & (lat <= -10)
    assert chosen.rows == frozenset(np.flatnonzero(inside).tolist())
    desk.run("question.mineral", mineral="lithium")
    desk.run("select.box", west=112, south=-45, east=155, north=-10, layer_id="deposits")
    assert desk.state.selection.rows < chosen.rows
    desk.run("select.clear")
    assert desk.state.selection == Selection()


def test_a_box_adds_to_what_is_selected(desk):
    desk.run("select.box", west=112, south=-45, east=155, north=-10)
    australia = set(desk.state.selection.rows)
    desk.run("select.box", west=-80, south=-55, east=-35, north=10)
    america = set(desk.state.selection.rows)
    desk.run("select.box", west=112, south=-45, east=155, north=-10, add=True)
    assert desk.state.selection.rows == america | australia
    desk.run("select.box", west=-150, south=-20, east=-149, north=-19, add=True)
    assert desk.state.selection.rows == america | australia


def test_a_box_across_180_degrees_selects_on_both_sides(desk):
    lonlat = np.array([[179.0, 0.0], [-179.0, 0.0], [0.0, 0.0], [np.nan, np.nan]])
    layer = Layer("sea", "Sea", Role.REFERENCE, Features.from_points(lonlat))
    desk.session.open(ProjectState().with_(layers=add_layers(ProjectState(), [layer]).layers))
    desk.run("select.box", west=178, south=-1, east=182, north=1)
    assert desk.state.selection.rows == {0, 1}
    desk.run("select.box", west=178, south=-1, east=-178, north=1)
    assert desk.state.selection.rows == {0, 1}


def test_the_view_moves_without_a_step(desk):
    steps = len(desk.session.history.steps)
    desk.run("view.set", lon=370, lat=10, zoom=4)
    assert (desk.state.view.lon, desk.state.view.lat, desk.state.view.zoom) == (10, 10, 4)
    desk.run("view.all")
    desk.run("view.fit", layer_id="deposits")
    assert len(desk.session.history.steps) == steps
    assert not desk.session.dirty


def test_added_layers_hide_nothing_and_have_their_own_id(points):
    import shapely

    area = Layer("x", "Area", Role.REFERENCE, Features.from_shapes([shapely.box(0, 0, 1, 1)]))
    line = Layer(
        "x", "Line", Role.REFERENCE, Features.from_shapes([shapely.LineString([(0, 0), (1, 1)])])
    )
    state = add_layers(ProjectState(), [points("x"), area, line, points("x")])
    assert [(e.id, e.layer.name) for e in state.layers] == [
        ("x-4", "X"),
        ("x", "X"),
        ("x-3", "Line"),
        ("x-2", "Area"),
    ]


def test_columns_are_mapped_by_dictionary_or_mapping(desk):
    desk.run(
        "layer.mapping", layer_id="deposits", columns={"name": "id"}, constants={"mineral": "tin"}
    )
    layer = desk.state.entry("deposits").layer
    assert layer.values("name")[0] == layer.features.columns["id"][0]
    assert set(layer.values("mineral")) == {"tin"}
    desk.run("layer.mapping", layer_id="deposits", mapping=ColumnMapping())
    assert desk.state.entry("deposits").layer.mapping == ColumnMapping()


def test_a_shipped_layer_is_added_once(desk):
    desk.run("layer.add_shipped", id="chokepoints")
    assert any(e.id == "chokepoints" for e in desk.state.layers)
    desk.run("layer.show", layer_id="chokepoints", visible=False)
    desk.run("layer.add_shipped", id="chokepoints")
    assert sum(e.id == "chokepoints" for e in desk.state.layers) == 1
    assert desk.state.entry("chokepoints").visible
    desk.run("layer.add_shipped", id="nix")
    assert desk.reports[-1].severity is Severity.ERROR


def test_title_and_frame(desk):
    desk.run("title.set", title=" Who refines? ", subtitle="2024")
    assert (desk.state.title, desk.state.subtitle) == ("Who refines?", "2024")
    desk.run("frame.set", bounds=(170, -50, -170, 10), theme="dark", size="A4")
    frame = desk.state.frame
    assert (frame.bounds, frame.theme, frame.size) == ((170, -50, 190, 10), "dark", "A4")
    desk.run("frame.set", bounds=None)
    assert desk.state.frame.bounds is None
    steps = len(desk.session.history.steps)
    desk.run("frame.set", bounds=None)
    desk.run("deck.set", per="mineral")
    assert len(desk.session.history.steps) == steps


def test_a_new_project_and_the_example_replace_all(desk):
    desk.run("title.set", title="x")
    desk.run("project.example")
    assert desk.state.question.mineral == "rare_earths"
    assert not desk.session.dirty
    assert not desk.session.history.can_undo
    desk.run("project.new")
    assert desk.state.question.mineral is None
    assert len(desk.state.layers) == 4


def test_files_are_opened_and_a_bad_one_costs_no_other(desk, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.shp"
    good.write_text("name,lon,lat,mineral\nA,10,50,lithium\nB,11,51,nickel\n", encoding="utf-8")
    bad.write_bytes(b"not a shapefile")
    desk.run("layer.open", paths=[bad, good], role="deposit")
    opened = desk.state.layers[0].layer
    assert (opened.name, opened.role, len(opened.features)) == ("good", Role.DEPOSIT, 2)
    assert "bad.shp" in desk.reports[0].message
    assert desk.reports[0].severity is Severity.ERROR
    steps = [s.title for s in desk.session.history.steps]
    assert steps[-1] == "Open"
    before = desk.state
    desk.run("layer.open", paths=[bad])
    assert desk.state is before
    assert desk.reports[-1].severity is Severity.ERROR


def test_a_layer_of_another_mineral_says_why_nothing_shows_and_offers_to_ask_for_it(desk, tmp_path):
    file = tmp_path / "salars.csv"
    file.write_text("name,lon,lat,mineral\nA,-68,-23,Li\nB,-67,-24,Li; K\n", encoding="utf-8")
    desk.run("question.mineral", mineral="rare_earths")
    desk.run("layer.open", paths=[file], role="deposit")
    told = desk.reports[-1]
    assert "nothing of rare earths" in told.message
    assert told.button == "Ask for lithium"
    desk.run(told.command, **dict(told.params))
    assert desk.state.question.mineral == "lithium"
    count = len(desk.reports)
    desk.run("layer.open", paths=[file], role="deposit")
    assert not [r for r in desk.reports[count:] if r.severity is Severity.WARNING]
