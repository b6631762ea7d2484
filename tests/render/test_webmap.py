"""Pictures as payloads, and the answers to the page's addresses."""

import io
import json
import math
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely
from PIL import Image

from gisapp.data.shipped import default_layers
from gisapp.model.features import Features
from gisapp.model.layer import Layer, Source
from gisapp.model.style import Style
from gisapp.model.vocabulary import Role
from gisapp.render.basemap import shipped_world
from gisapp.render.hub import MapHub
from gisapp.render.picture import Connection, DrawnLayer, Label, Picture, Shading, ThemeName
from gisapp.render.symbology import palette, size_of
from gisapp.render.webmap import (
    MOST_FEATURES,
    MOST_VERTICES,
    attribution,
    connections_json,
    is_large,
    layer_geojson,
    to_json,
)

EVIL = '</script><img src="x" onerror="alert(1)">&\u2028'


def text(*values):
    return np.array(values, dtype=object)


def sites(count=3, **columns):
    lonlat = np.column_stack([np.linspace(0, 10, count), np.linspace(0, 5, count)])
    return Layer("sites", "Sites", Role.DEPOSIT, Features.from_points(lonlat, columns))


def picture(*drawn, **changes):
    return Picture("T", "S", drawn, date(2026, 11, 22), (), **changes)


@pytest.fixture
def hub():
    return MapHub(shipped_world())


# --- payloads ---------------------------------------------------------------------------------


def test_symbols_are_shared_by_status_and_precision():
    layer = sites(
        4,
        name=text("A", "B", "C", "D"),
        status=text("operating", "planned", "operating", None),
        precision=text("site", "site", "site", "region"),
    )
    found = layer_geojson(DrawnLayer(layer), ThemeName.LIGHT)
    assert [f["properties"]["s"] for f in found["features"]] == [0, 1, 0, 2]
    assert [s["hollow"] for s in found["symbols"]] == [False, True, False]
    assert [s["ring"] for s in found["symbols"]] == ["none", "none", "dotted"]
    assert {s["shape"] for s in found["symbols"]} == {"circle"}
    assert found["symbols"][0]["fill"] == palette(ThemeName.LIGHT).deposit


def test_rows_are_those_of_the_layer_after_a_filter():
    layer = sites(4, name=text("A", "B", "C", "D"))
    found = layer_geojson(DrawnLayer(layer, rows=(1, 3)), ThemeName.LIGHT)
    assert [(f["properties"]["r"], f["properties"]["n"]) for f in found["features"]] == [
        (1, "B"),
        (3, "D"),
    ]


def test_sizes_follow_the_weights_of_the_whole_picture():
    weights = np.array([100.0, 25.0, np.nan])
    drawn = DrawnLayer(sites(), weights=weights)
    found = layer_geojson(drawn, ThemeName.LIGHT, top=400.0)
    assert found["weighted"]
    given = [f["properties"]["d"] for f in found["features"]]
    assert given == pytest.approx(size_of(weights, top=400.0), abs=0.06)


def test_features_without_a_position_are_left_out():
    features = Features.from_points(np.array([[1.0, 2.0], [np.nan, np.nan]]))
    found = layer_geojson(DrawnLayer(Layer("x", "X", Role.REFERENCE, features)), ThemeName.LIGHT)
    assert [f["properties"]["r"] for f in found["features"]] == [0]


def test_lines_never_jump_at_180_degrees():
    way = shapely.LineString([(170, 10), (179, 12), (-179, 13), (-170, 14)])
    layer = Layer("r", "R", Role.TRADE_ROUTE, Features.from_shapes([way]))
    found = layer_geojson(DrawnLayer(layer), ThemeName.LIGHT)
    (path,) = found["features"][0]["geometry"]["coordinates"]
    assert [lon for lon, _ in path] == [170, 179, 181, 190]


def test_shipped_routes_are_whole_and_indicative_ones_dashed():
    routes = next(layer for layer in default_layers() if layer.role is Role.TRADE_ROUTE)
    found = layer_geojson(DrawnLayer(routes), ThemeName.LIGHT)
    assert len(found["features"]) == len(routes.features)
    likely = routes.features.columns["indicative"]
    for feature in found["features"]:
        look = found["lines"][feature["properties"]["s"]]
        assert look["arrow"]
        if likely[feature["properties"]["r"]]:
            assert look["dash"]
        for path in feature["geometry"]["coordinates"]:
            assert all(abs(b[0] - a[0]) < 180 for a, b in pairwise(path))


def test_tooltips_say_what_whose_and_how_exact():
    layer = sites(
        1,
        name=text("Olaroz"),
        mineral=text("lithium;copper"),
        status=text("construction"),
        country=text("ARG"),
        owner=text("Rio Tinto"),
        owner_country=text("GBR"),
        precision=text("region"),
    )
    (feature,) = layer_geojson(DrawnLayer(layer), ThemeName.LIGHT)["features"]
    assert feature["properties"]["t"] == [
        "Deposit · Lithium, Copper · Under construction",
        "ARG · Rio Tinto (GBR)",
        "Position known by region only",
    ]


def test_cards_carry_quantity_and_source():
    layer = sites(
        1,
        name=text("Olaroz"),
        capacity=np.array([42500.0]),
        capacity_unit=text("t LCE"),
        capacity_year=np.array([2024.0]),
        source=text("Annual report 2024"),
    )
    (feature,) = layer_geojson(DrawnLayer(layer), ThemeName.LIGHT, details=True)["features"]
    card = dict(feature["properties"]["c"])
    assert card["Quantity"] == "42\u202f500 t LCE 2024"
    assert card["Source"] == "Annual report 2024"


def test_a_label_field_of_the_style_names_the_sites():
    layer = sites(1, name=text("A"), code=text("Z9")).with_(style=Style(label_field="code"))
    (feature,) = layer_geojson(DrawnLayer(layer), ThemeName.LIGHT)["features"]
    assert feature["properties"]["n"] == "Z9"


def test_every_payload_is_plain_json_that_ends_no_script():
    layer = sites(1, name=text(EVIL), owner=text(EVIL), capacity=np.array([math.nan]))
    written = to_json(layer_geojson(DrawnLayer(layer), ThemeName.LIGHT, details=True))
    assert not set("<>&\u2028") & set(written)
    assert json.loads(written)["features"][0]["properties"]["n"] == EVIL


def test_connections_share_their_looks():
    path = np.array([[0.0, 0.0], [10.0, 10.0]])
    lines = (
        Connection(path, 1568.4, True, "A", "B"),
        Connection(path, 99.94, False, "C", "D"),
        Connection(path, 2.0, True, "E", "F"),
    )
    found = connections_json(picture(connections=lines), ThemeName.LIGHT)
    assert [item["s"] for item in found["items"]] == [0, 1, 0]
    assert [line["color"] for line in found["lines"]] == [
        palette(ThemeName.LIGHT).inside,
        palette(ThemeName.LIGHT).outside,
    ]
    assert found["items"][0]["km"] == "1\u202f568\u00a0km"
    assert found["items"][0]["n"] == "A → B"


def test_large_is_by_features_or_vertices():
    assert not is_large(DrawnLayer(sites(MOST_FEATURES)))
    assert is_large(DrawnLayer(sites(MOST_FEATURES + 1)))
    assert not is_large(DrawnLayer(sites(MOST_FEATURES + 1), rows=(0, 1)))
    way = shapely.LineString(np.linspace((0, 0), (10, 10), MOST_VERTICES + 1))
    assert is_large(DrawnLayer(Layer("c", "C", Role.REFERENCE, Features.from_shapes([way]))))


def test_attribution_names_each_source_once():
    layer = sites().with_(source=Source(title="USGS", date="2025"))
    assert (
        attribution(picture(DrawnLayer(layer), DrawnLayer(layer))) == "Natural Earth · USGS (2025)"
    )


# --- answers ----------------------------------------------------------------------------------


def test_a_scene_is_answered_to_its_last_address(hub):
    big = sites(MOST_FEATURES + 1).with_(id="big")
    scene = hub.scene(
        picture(DrawnLayer(big), DrawnLayer(sites()), labels=(Label("A", (1.0, 2.0)),)),
        ThemeName.LIGHT,
    )
    assert [layer["tiles"] for layer in scene["layers"]] == [True, False]
    small = hub.answer(f"/layer/{scene['layers'][1]['key']}.json")
    assert small.mime == "application/json"
    assert len(json.loads(small.data)["features"]) == 3
    for token in (scene["base"], scene["overlay"], scene["layers"][0]["key"]):
        tile = hub.answer(f"/tiles/{token}/2/2/1@2.png")
        assert tile.mime == "image/png"
        assert Image.open(io.BytesIO(tile.data)).size == (512, 512)
    assert scene["labels"] == [{"text": "A", "at": [1.0, 2.0]}]


def test_page_script_style_and_leaflet(hub):
    assert b"gisapp.start(map_main)" in hub.answer("/page.html").data
    assert b"gisapp.start" in hub.answer("/app/map.js").data
    assert hub.answer("/app/map.css").mime == "text/css"
    assert b"Leaflet 1.9" in hub.answer("/leaflet/leaflet.js").data
    assert hub.answer("/leaflet/images/layers.png").mime == "image/png"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/nothing.js",
        "/app/../theme/light.json",
        "/app/../../pyproject.toml",
        "/app//etc/hostname",
        "/app/",
        "/leaflet/../__init__.py",
        "/layer/layer-99.json",
        "/tiles/none/0/0/0@1.png",
        "/tiles/base-light/2/4/0@1.png",
        "/tiles/base-light/17/0/0@1.png",
        "/tiles/base-light/2/-1/0@1.png",
        "/tiles/base-light/2/1/0@9.png",
    ],
)
def test_everything_else_is_nothing(hub, path):
    hub.scene(picture(), ThemeName.LIGHT)
    assert hub.answer(path) is None


def test_an_unchanged_layer_keeps_its_key_and_a_changed_one_does_not(hub):
    layer = sites()

    def key(drawn, theme=ThemeName.LIGHT):
        return hub.scene(picture(drawn), theme)["layers"][0]["key"]

    first = key(DrawnLayer(layer))
    assert key(DrawnLayer(layer)) == first
    assert key(DrawnLayer(layer, opacity=0.3)) == first
    assert key(DrawnLayer(layer, faded=True)) == first
    others = {
        key(DrawnLayer(layer, rows=(0, 1))),
        key(DrawnLayer(layer.with_(style=Style(color="#123456")))),
        key(DrawnLayer(layer, weights=np.ones(3))),
        key(DrawnLayer(layer), ThemeName.DARK),
        key(DrawnLayer(sites())),
    }
    assert len(others | {first}) == 6


def test_an_alliance_changes_the_overlay_alone(hub):
    one = hub.scene(picture(shading=(Shading("A", frozenset({"CHL"})),)), ThemeName.LIGHT)
    two = hub.scene(picture(shading=(Shading("B", frozenset({"PER"})),)), ThemeName.LIGHT)
    again = hub.scene(picture(shading=(Shading("A", frozenset({"CHL"})),)), ThemeName.LIGHT)
    assert one["base"] == two["base"]
    assert one["overlay"] != two["overlay"]
    assert one["overlay"] == again["overlay"]


def test_layers_that_are_gone_are_forgotten(hub):
    first = hub.scene(picture(DrawnLayer(sites(MOST_FEATURES + 1))), ThemeName.LIGHT)["layers"][0][
        "key"
    ]
    assert hub.answer(f"/tiles/{first}/0/0/0@1.png") is not None
    for _ in range(2):
        hub.scene(picture(DrawnLayer(sites())), ThemeName.LIGHT)
    assert hub.source(first) is None
    assert len(hub._drawings) == 2
    assert not any(key[0] == first for key in hub._tiles._items)


def test_a_large_layer_is_picked_by_its_key(hub):
    big = sites(MOST_FEATURES + 10)
    key = hub.scene(picture(DrawnLayer(big, rows=tuple(range(5, 5010)))), ThemeName.LIGHT)[
        "layers"
    ][0]["key"]
    lon, lat = big.features.lonlat[2500]
    assert hub.pick(key, lon, lat, 12) == 2500
    assert hub.pick(key, 50.0, 50.0, 12) is None
    assert hub.pick("gone", lon, lat, 12) is None
