"""The look of every row: classes, categories, sizes, widths, icons, colours for all kinds of sight."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely

from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.style import (
    MOST_CATEGORIES,
    Categories,
    Category,
    Graduated,
    Labels,
    Sized,
    Style,
)
from gisapp.model.vocabulary import Role
from gisapp.render.layer_labels import label_texts, layer_labels, unknown_fields
from gisapp.render.legend import legend_entries
from gisapp.render.looks import area_looks, class_numbers, classed, line_looks, point_looks
from gisapp.render.picture import DrawnLayer, Picture, ThemeName
from gisapp.render.ramps import DIVERGING, RAMPS, nearest_ramp, palette_colors, ramp_colors
from gisapp.render.shapes import ICONS, SHAPES, rings_of
from gisapp.render.swatch import legend_html
from gisapp.workspace.codec import from_json, to_json

LIGHT = ThemeName.LIGHT
#: Matrices on linear RGB of full red-, green- and blue-blindness (Machado and others 2009).
SIGHTS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
    "full": np.eye(3).tolist(),
}  # fmt: skip


def sites(count: int = 6, role: Role = Role.REFERENCE, **columns) -> Layer:
    lonlat = np.column_stack([np.linspace(-60, 60, count), np.linspace(-30, 40, count)])
    return Layer("s", "Sites", role, Features.from_points(lonlat, columns))


def drawn(layer: Layer, style: Style, **kw) -> DrawnLayer:
    return DrawnLayer(layer.with_(style=style), **kw)


def texts(*values) -> np.ndarray:
    return np.array(values, dtype=object)


def entries_of(*layers: DrawnLayer):
    picture = Picture("T", "", layers, date(2026, 11, 22), ())
    return legend_entries(picture, LIGHT)


# --- classes ------------------------------------------------------------------------------------


def test_a_value_on_a_break_belongs_to_the_class_below():
    values = np.array([0.0, 1.0, 1.5, 2.0, 9.0, -5.0, 99.0, np.nan, np.inf])
    assert class_numbers(values, (0.0, 1.0, 2.0, 10.0)).tolist() == [0, 0, 1, 1, 2, 0, 2, 3, 3]


def test_categories_colour_rows_and_count_them_in_the_legend():
    layer = sites(kind=texts("b", "a", "a", None, "c", "b"))
    found = Categories("kind", (Category("a", "#112233"), Category("b", shape="star", label="Bee")))
    each = drawn(layer, Style(categories=found))
    looks = point_looks(each, LIGHT)
    grey = looks.symbols[looks.index[3]].fill
    fills = [looks.symbols[i].fill for i in looks.index]
    second = palette_colors("clear", LIGHT)[1]
    assert fills == [second, "#112233", "#112233", grey, grey, second]
    assert looks.symbols[looks.index[0]].shape == "star"
    said = [(e.label, e.count) for e in entries_of(each)]
    assert said == [("Sites, by kind", None), ("a", 2), ("Bee", 2), ("Other", 2)]


def test_only_what_is_drawn_is_counted_and_empty_classes_are_left_out():
    layer = sites(kind=texts("a", "a", "b", "b", "b", "c"))
    found = Categories("kind", (Category("a"), Category("b"), Category("c")))
    each = drawn(layer, Style(categories=found), rows=np.array([2, 3, 5]))
    assert [(e.label, e.count) for e in entries_of(each)][1:] == [("b", 2), ("c", 1)]


def test_numbers_are_categories_too_and_a_million_rows_are_quick():
    layer = sites(6, year=np.array([2020, 2021, 2021, 2020, 2022, 2020]))
    found = Categories("year", (Category("2020"), Category("2021")))
    index = classed(layer.with_(style=Style(categories=found)), np.arange(6), LIGHT).index
    assert index.tolist() == [0, 1, 1, 0, 2, 0]
    many = texts(*(["x", "y", None, "z"] * 5000))
    rows = np.arange(len(many))
    big = Layer(
        "m", "M", Role.REFERENCE, Features.from_points(np.zeros((len(many), 2)), {"k": many})
    )
    looks = Categories("k", (Category("z"), Category("x")))
    counts = classed(big.with_(style=Style(categories=looks)), rows, LIGHT).counts
    assert counts == (5000, 5000, 10000)


def test_graduated_classes_have_ranges_and_missing_values():
    layer = sites(v=np.array([1.0, 5.0, 10.0, 20.0, np.nan, 0.0]))
    each = drawn(layer, Style(graduated=Graduated("v", (0.0, 5.0, 10.0, 20.0), ramp="amber")))
    said = [
        (e.label.replace("\u00a0", "").replace("\u2013", "-"), e.count) for e in entries_of(each)
    ]
    assert said[1:] == [("0-5", 3), ("5-10", 1), ("10-20", 1), ("No value", 1)]
    looks = point_looks(each, LIGHT)
    assert looks.symbols[looks.index[3]].fill == ramp_colors("amber", 3)[-1]


def test_a_column_that_is_not_there_yet_leaves_one_look():
    layer = sites()
    for style in (
        Style(categories=Categories("gone", (Category("a"),))),
        Style(graduated=Graduated("gone", (0.0, 1.0, 2.0))),
        Style(sized=Sized("gone")),
    ):
        looks = point_looks(drawn(layer, style), LIGHT)
        assert len(set(looks.index.tolist())) == 1
        assert looks.sizes is None


def test_colours_by_value_are_not_overruled_by_the_status():
    layer = sites(3, Role.DEPOSIT, status=texts("suspended", "planned", "operating"),
                  v=np.array([1.0, 2.0, 3.0]))  # fmt: skip
    graded = point_looks(drawn(layer, Style(graduated=Graduated("v", (0.0, 1.5, 4.0)))), LIGHT)
    low, high = ramp_colors("teal", 2)
    assert graded.symbols[graded.index[0]].fill == low
    assert graded.symbols[graded.index[1]].hollow
    assert graded.symbols[graded.index[1]].stroke == high
    by = Categories("status", tuple(Category(s) for s in ("planned", "operating", "suspended")))
    own = point_looks(drawn(layer, Style(categories=by)), LIGHT)
    assert [own.symbols[i].hollow for i in own.index] == [False] * 3


# --- sizes --------------------------------------------------------------------------------------


def test_areas_of_symbols_are_proportional_and_widths_of_lines_too():
    layer = sites(4, v=np.array([100.0, 25.0, 4.0, np.nan]))
    sizes = point_looks(drawn(layer, Style(sized=Sized("v", largest=40.0))), LIGHT).sizes
    assert sizes[:3].tolist() == pytest.approx([40.0, 20.0, 8.0])
    ways = Layer("w", "W", Role.REFERENCE, Features.from_shapes(
        [shapely.LineString([(0, i), (9, i)]) for i in range(3)], {"t": np.array([10.0, 5.0, 0.0])}
    ))  # fmt: skip
    looks = line_looks(drawn(ways, Style(sized=Sized("t"), arrow="end", dash=(4.0, 2.0))), LIGHT)
    assert [looks.symbols[i].width for i in looks.index] == pytest.approx([8.0, 4.0, 0.6])
    assert {(s.arrow, s.dash) for s in looks.symbols} == {("end", (4.0, 2.0))}


def test_the_legend_shows_the_sizes_of_a_layer():
    layer = sites(3, tonnes=np.array([1000.0, 10.0, 1.0]))
    entries = entries_of(drawn(layer, Style(sized=Sized("tonnes", unit="t a year"))))
    (size,) = [e for e in entries if e.sizes]
    assert size.label == "tonnes, t a year"
    assert [value for value, _ in size.sizes] == [1000.0, 200.0, 50.0]
    assert size.sizes[0][1] == pytest.approx(30.0)


def test_areas_are_told_by_fill_hatch_and_outline():
    square = Features.from_shapes([shapely.box(0, 0, 5, 5)], {"v": np.array([2.0])})
    layer = Layer("a", "A", Role.REFERENCE, square)
    look = area_looks(drawn(layer, Style(hatch="/", outline="#111111", fill=0.4)), LIGHT)
    assert (look.symbols[0].hatch, look.symbols[0].outline) == ("/", "#111111")
    assert look.symbols[0].width > 0
    bare = area_looks(drawn(layer, Style(outline="")), LIGHT).symbols[0]
    assert bare.width == 0.0


# --- names --------------------------------------------------------------------------------------


def test_labels_are_a_column_or_a_template():
    layer = sites(3, name=texts("Bor", "Mir", None), t=np.array([1234.5, np.nan, np.nan]))
    rows = np.arange(3)
    assert label_texts(layer, "name", rows) == ["Bor", "Mir", ""]
    assert label_texts(layer, "{name}: {t} t", rows) == ["Bor: 1\u202f230 t", "Mir: t", ""]
    assert unknown_fields(layer, "{name} {owner}") == ("owner",)
    assert unknown_fields(layer, "name") == ()


def test_the_most_important_names_come_first():
    layer = sites(3, name=texts("a", "b", "c"), w=np.array([1.0, np.nan, 5.0]))
    style = Style(labels=Labels("name", priority="w"))
    assert [label.text for label in layer_labels(drawn(layer, style))] == ["c", "a", "b"]
    assert layer_labels(drawn(layer, style, faded=True)) == ()


def test_markup_in_values_is_text_in_the_legend():
    layer = sites(2, k=texts("<b>x", "y"))
    found = Categories("k", (Category("<b>x"), Category("y", label='"><script>')))
    picture = Picture("T", "", (drawn(layer, Style(categories=found)),), date(2026, 1, 1), ())
    html = legend_html(picture, LIGHT)
    assert "<script>" not in html
    assert "&lt;b&gt;x" in html


# --- colours and shapes -------------------------------------------------------------------------


def oklab(color: str, sight: str) -> np.ndarray:
    srgb = np.array(list(bytes.fromhex(color[1:]))) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHTS[sight]) @ linear, 0, 1)
    cones = np.cbrt(np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                              [0.2119034982, 0.6806995451, 0.1073969566],
                              [0.0883024619, 0.2817188376, 0.6299787005]]) @ seen)  # fmt: skip
    return np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                     [1.9779984951, -2.4285922050, 0.4505937099],
                     [0.0259040371, 0.7827717662, -0.8086757660]]) @ cones  # fmt: skip


@pytest.mark.parametrize("theme", [ThemeName.LIGHT, ThemeName.DARK])
@pytest.mark.parametrize("sight", list(SIGHTS))
def test_the_colours_of_categories_are_told_apart_by_all_kinds_of_sight(theme, sight):
    colors = [oklab(color, sight) for color in palette_colors("clear", theme)]
    assert len(colors) == MOST_CATEGORIES
    apart = min(np.linalg.norm(a - b) for i, a in enumerate(colors) for b in colors[:i])
    assert apart > 0.09  # 0.02 is seen side by side, four times that across a map


@pytest.mark.parametrize("theme", list(ThemeName))
@pytest.mark.parametrize("sight", list(SIGHTS))
@pytest.mark.parametrize("name", sorted(set(RAMPS) - DIVERGING))
def test_a_ramp_runs_evenly_from_little_to_much(name, theme, sight):
    for count in (3, 5, 9):
        light = [oklab(color, sight)[0] for color in ramp_colors(name, count, theme)]
        steps = np.diff(light) if theme is ThemeName.DARK else -np.diff(light)
        assert (steps > 0.02).all()
    turned = ramp_colors(name, 5, theme, reverse=True)
    assert turned[::-1] == ramp_colors(name, 5, theme)


def test_the_nearest_ramp_of_its_own_colours_is_itself():
    for name in RAMPS:
        assert nearest_ramp(ramp_colors(name, 5)) == (name, False)
        assert nearest_ramp(ramp_colors(name, 5, reverse=True)) == (name, True)


def test_icons_are_closed_rings_in_their_square():
    for icon in ICONS:
        rings = [np.array(ring) for ring in rings_of(icon)]
        assert all(len(ring) >= 3 for ring in rings)
        assert all((abs(ring) <= 0.96).all() for ring in rings)
        shape = shapely.Polygon(rings[0])
        assert shape.is_valid
        assert shape.area > 0.2 or len(rings) > 1
    assert not set(ICONS) & set(SHAPES)


def test_a_style_goes_to_json_and_back():
    style = Style(
        color="#123456", dash=(4.0, 2.0), arrow="end", hatch="\\", outline="",
        categories=Categories("k", (Category("a", "#111111", "pick", "A"),), other="#222222"),
        graduated=Graduated("v", (0.0, 1.0), labels=("x",), reverse=True),
        sized=Sized("v", 2.0, 9.0, 100.0, "t"),
        labels=Labels("{a}", 12.0, halo=False, min_zoom=4.0, priority="v"),
        min_zoom=3.0, max_zoom=9.0,
    )  # fmt: skip
    assert from_json(Style, to_json(style)) == style
    assert from_json(Style, {"color": "#000000", "ramp": "band"}) == Style("#000000", ramp="band")
