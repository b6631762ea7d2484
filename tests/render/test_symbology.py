import json
import math
from dataclasses import fields, replace
from datetime import date
from itertools import combinations

import numpy as np
import pytest
from shapely import Polygon

from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.places import resources_dir
from gisapp.model.vocabulary import FACILITY_ROLES, Precision, Role, Status
from gisapp.render.flow_scale import busiest
from gisapp.render.legend import legend_entries
from gisapp.render.picture import (
    Connection,
    DrawnLayer,
    Picture,
    Shading,
    ThemeName,
)
from gisapp.render.shapes import outline_of
from gisapp.render.symbology import (
    SHAPES,
    Palette,
    connection_line,
    layer_area,
    palette,
    round_weights,
    route_line,
    shading_area,
    size_of,
    symbol_of,
)
from gisapp.render.webmap import connections_json
from tests.render.sample_pictures import coverage, distance, world

THEMES = tuple(ThemeName)

#: Colour vision deficiency at full severity, Machado, Oliveira and Fernandes (2009), linear RGB.
DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}


def linear(color):
    srgb = np.array(list(bytes.fromhex(color[1:]))) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, other):
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted(
        (float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_every_ground(theme):
    colors = palette(theme)
    grounds = (colors.paper, colors.panel, colors.water, colors.land)
    for token in ("text", "muted", "limit"):
        for ground in grounds:
            assert contrast(getattr(colors, token), ground) >= 4.5, (token, ground)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_role_colours_differ_for_every_eye(theme, deficiency):
    colors = palette(theme)
    seen = {
        role: lab(np.array(DEFICIENCIES[deficiency]) @ linear(colors.of_role(role)))
        for role in FACILITY_ROLES
    }
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) >= 15, (one, other)


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_file_holds_every_colour_and_nothing_else(theme):
    table = json.loads((resources_dir() / "theme" / f"{theme.value}.json").read_text("utf-8"))
    named = {f.name for f in fields(Palette)} - {"shade_alpha", "shade_hatched"}
    assert set(table["colors"]) == named
    assert all(len(linear(color)) == 3 for color in table["colors"].values())


def test_roles_differ_by_shape_too():
    shapes = [symbol_of(role).shape for role in FACILITY_ROLES]
    assert len(set(shapes)) == 3


@pytest.mark.parametrize("theme", THEMES)
def test_every_status_looks_different(theme):
    looks = {
        (s.shape, s.fill, s.hollow, s.ring)
        for status in Status
        for s in [symbol_of(Role.REFINERY, status, theme=theme)]
    }
    assert len(looks) == len(Status)


def test_a_region_has_a_dotted_ring_and_a_style_its_own_colour():
    symbol = symbol_of(Role.DEPOSIT, Status.OPERATING, Precision.REGION)
    assert symbol.ring == "dotted"
    assert symbol_of(Role.DEPOSIT, Status.CLOSED).shape == "cross"
    assert symbol_of(Role.DEPOSIT, "operating", "site") == symbol_of(Role.DEPOSIT)
    assert symbol_of(Role.DEPOSIT, faded=True).opacity == 0.25


def test_all_shapes_are_as_large_as_the_circle():
    for shape in SHAPES:
        if shape != "cross":
            area = Polygon(outline_of(shape)).area
            assert area == pytest.approx(np.pi / 4, rel=0.01), shape


def test_area_is_proportional_to_the_weight():
    sizes = size_of([100.0, 25.0, np.nan, 0.0])
    assert (sizes[0] / sizes[1]) ** 2 == pytest.approx(4.0)
    assert sizes[2] == 7.0
    assert sizes[3] == 4.0
    assert size_of([np.nan, np.nan]).tolist() == [7.0, 7.0]


@pytest.mark.parametrize(
    ("top", "expected"),
    [(240_000, (200_000, 50_000, 10_000)), (73, (50, 10, 2.5)), (1.0, (1.0, 0.2, 0.05)), (0, ())],
)
def test_size_legends_have_round_values(top, expected):
    assert round_weights(top) == pytest.approx(expected)


def test_lines_tell_their_kind_without_colour():
    light = ThemeName.LIGHT
    dashes = {
        route_line(light).dash,
        route_line(light, indicative=True).dash,
        route_line(light, status="suspended").dash,
    }
    assert len(dashes) == 3
    assert connection_line(light, inside=True).dash != connection_line(light, inside=False).dash
    first, second = shading_area(light, 0), shading_area(light, 1)
    assert first.hatch != second.hatch
    proposed = shading_area(light, proposed=True)
    assert 0.0 < proposed.alpha < first.alpha
    assert proposed.dash
    assert not first.dash


def test_the_legend_holds_only_what_is_on_the_map_in_the_order_of_the_chain():
    entries = legend_entries(world(), ThemeName.LIGHT)
    keys = [e.key for e in entries]
    assert keys[:4] == [
        "layer:deposits",
        "layer:refineries",
        "layer:magnet_plants",
        "layer:trade_routes",
    ]
    assert keys.index("area:0") < keys.index("status:operating")
    assert entries[0].count == 743
    assert not any(e.sizes for e in entries)
    routes = [e.count for e in entries if e.key.startswith("layer:trade_routes")]
    assert sum(routes) >= 213

    lines = [e for e in legend_entries(distance(), ThemeName.LIGHT) if e.group == "lines"]
    assert [e.key for e in lines] == ["line:inside", "line:outside"]
    sized = [e for e in legend_entries(coverage(), ThemeName.LIGHT) if e.sizes]
    assert len(sized) == 1
    assert sized[0].label == "t per year"


def test_an_empty_picture_has_an_empty_legend():
    empty = Picture("", "", (), world().as_of, ())
    assert legend_entries(empty, ThemeName.DARK) == ()
    shaded = Picture("", "", (), world().as_of, (), shading=(Shading("EU", frozenset({"DEU"})),))
    assert [e.label for e in legend_entries(shaded, ThemeName.DARK)] == ["EU"]


def test_polygons_of_a_user_are_in_the_legend() -> None:
    square = Polygon([(0, 0), (1, 0), (1, 1)])
    layer = Layer("lots", "Lots", Role.REFERENCE, Features.from_shapes([square]))
    (entry,) = legend_entries(
        replace(world(), layers=(DrawnLayer(layer),), shading=()), ThemeName.LIGHT
    )
    assert (entry.label, entry.group, entry.count) == ("Lots", "areas", 1)
    assert entry.area == layer_area(layer, ThemeName.LIGHT)


def test_flows_are_as_wide_as_they_carry() -> None:
    path = np.array([[0.0, 0.0], [10.0, 0.0]])
    flows = tuple(
        Connection(path, 1100.0, True, "mine", "plant", tonnes=tonnes, kind="Ore to its plant")
        for tonnes in (400.0, 100.0, 0.001)
    )
    picture = Picture("", "", (), date(2026, 11, 22), (), connections=flows)
    assert busiest(flows) == pytest.approx(500.001)
    assert math.isnan(busiest(()))
    table = connections_json(picture, ThemeName.LIGHT)
    widths = [table["lines"][item["s"]]["width"] for item in table["items"]]
    assert widths[1] == pytest.approx(widths[0] / 4)
    assert 0 < widths[2] < widths[1]
    assert "400" in table["items"][0]["km"]
    (entry,) = [e for e in legend_entries(picture, ThemeName.LIGHT) if e.key == "line:inside"]
    assert entry.label == "Ore to its plant"
    assert entry.count == 3
