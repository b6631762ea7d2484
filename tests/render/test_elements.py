"""What stands on a page beside the map, switched on and off, and pages of several maps."""

import base64
import io
import shutil
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PIL import Image as Pixels

from gisapp.data.shipped import load_layer
from gisapp.model.feedback import GisappError
from gisapp.render.arranging import arranged
from gisapp.render.compose import compose
from gisapp.render.compose_many import compose_many
from gisapp.render.deck import ManyPage, MapPage, scenes_of
from gisapp.render.fonts import FontFiles, font_files, font_path, width_of
from gisapp.render.picture import (
    Bar,
    BarChart,
    Brand,
    DrawnLayer,
    Elements,
    FrameSpec,
    PageTable,
    Picture,
    Show,
)
from gisapp.render.scene import Area, Box, Image, Line, Mark, Words
from tests.render.layout_faults import faults_of
from tests.render.sample_pictures import AS_OF, SOURCES, coverage, distance, quad, rows_of, world

AUSTRALIA = (110.0, -45.0, 158.0, -8.0)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><rect width="9" height="9"/></svg>'
TABLE = PageTable("Largest mines", ("Mine", "t per year"), (("Mount Weld", "22 000"),) * 4)


@pytest.fixture(scope="module")
def countries():
    layer = load_layer("jurisdictions_simple")
    return layer.with_(features=layer.features.take(np.arange(0, 260, 10)))


def groups(scene):
    return set(scene.groups)


def named(scene, name):
    return [item for item in scene.items if item.name == name]


def test_every_element_can_be_switched_off_and_the_map_takes_the_room(countries):
    picture = replace(distance(), table=TABLE, chart=coverage().chart, labels=())
    every = Elements(**dict.fromkeys(Elements.__dataclass_fields__, Show.YES))
    frame = FrameSpec(
        bounds=AUSTRALIA,
        projection="lambert_azimuthal",
        center_lon=120.0,
        elements=every,
        brand=Brand("Harbour", logo=base64.b64encode(SVG).decode()),
        insets=((100.0, 20.0, 125.0, 42.0),),
    )
    full = compose(picture, frame, jurisdictions=countries)
    at = {
        "legend": "Legend",
        "scale_bar": "Scale bar",
        "north_arrow": "North arrow",
        "locator": "Locator",
        "chart": "Chart",
        "table": "Table",
        "logo": "Logo",
        "page_number": "Number",
    }
    for element, name in at.items():
        assert name in groups(full) or named(full, name), element
        without = replace(frame, elements=replace(every, **{element: Show.NO}))
        scene = compose(picture, without, jurisdictions=countries)
        kept = [i for i in scene.items if i.group == name or i.name == name]
        if element == "scale_bar":  # the arrow stays in the strip
            kept = named(scene, "Scale bar")
        assert kept == [], element
    bare = replace(
        frame, elements=Elements(**dict.fromkeys(Elements.__dataclass_fields__, Show.NO)), insets=()
    )
    alone = compose(picture, bare, jurisdictions=countries).map_box
    assert alone.w * alone.h > 1.8 * full.map_box.w * full.map_box.h
    words = " ".join(w.text for w in full.items if isinstance(w, Words) and w.group == "Footer")
    assert "projection" not in words
    off = compose(picture, bare, jurisdictions=countries)
    words = " ".join(w.text for w in off.items if isinstance(w, Words) and w.group == "Footer")
    assert "Lambert azimuthal equal-area projection" in words


def test_a_world_map_by_itself_has_neither_locator_nor_arrow_nor_number(countries):
    scene = compose(world(), FrameSpec(), jurisdictions=countries)
    assert not groups(scene) & {"Locator", "North arrow", "Table", "Insets"}
    assert not named(scene, "Number")
    assert "Scale bar" in groups(scene)


def test_insets_have_a_scale_bar_and_a_letter_that_stands_on_the_map_too(countries):
    frame = FrameSpec(bounds=AUSTRALIA, insets=((115.0, -35.0, 122.0, -28.0), (140, -44, 149, -36)))
    plan = arranged(coverage(), frame, None)
    assert faults_of(plan.layout) == ()
    scene = compose(coverage(), frame, jurisdictions=countries)
    for letter, inset in zip("AB", plan.insets, strict=True):
        group = f"Inset {letter}"
        items = [item for item in scene.items if item.group == group]
        (bar,) = [item for item in items if item.name == "Scale bar"]
        words = next(item for item in items if item.name == "Scale")
        km = float(words.text.split("\u00a0")[0].replace("\u202f", ""))
        lat = (inset.spec.bounds[1] + inset.spec.bounds[3]) / 2
        lon = (inset.spec.bounds[0] + inset.spec.bounds[2]) / 2
        expected = km * inset.points_per_meter / inset.projection.km_per_meter(round(lat), lon)
        assert np.ptp(bar.parts[0][:, 0]) == pytest.approx(expected)
        letters = [w for w in scene.items if isinstance(w, Words) and w.text == letter]
        assert {w.group for w in letters} == {group, "Insets"}
        outline = next(i for i in scene.items if i.name == f"Frame of inset {letter}")
        west, east = (
            np.concatenate(outline.parts)[:, 0].min(),
            np.concatenate(outline.parts)[:, 0].max(),
        )
        assert scene.map_box.x < west < east < scene.map_box.right


def test_the_arrow_points_north():
    yes = Elements(north_arrow=Show.YES)
    frame = FrameSpec(
        bounds=AUSTRALIA, projection="lambert_conformal", center_lon=80.0, elements=yes
    )
    plan = arranged(distance(), frame, None)
    lon, lat = 134.0, -26.5
    ends = plan.where.projection.points([(lon, lat), (lon, lat + 0.1)])
    way = ends[1] - ends[0]
    assert plan.north == pytest.approx(np.degrees(np.arctan2(way[0], way[1])), abs=3.0)
    scene = compose(distance(), frame)
    (arrow,) = [i for i in scene.items if i.name == "North arrow" and isinstance(i, Area)]
    tip, tail = arrow.parts[0][0][0], arrow.parts[0][0][2]
    turn = np.degrees(np.arctan2(tip[0] - tail[0], tail[1] - tip[1]))
    assert turn == pytest.approx(plan.north)
    polar = FrameSpec(projection="north_polar", bounds=(-180, 60, 180, 90))
    asked = replace(polar, elements=yes)
    assert any(
        "North lies in another direction" in n for n in arranged(distance(), asked, None).notices
    )


def test_a_logo_keeps_its_shape_and_comes_with_a_picture_of_it(countries):
    brand = Brand("Harbour", logo=base64.b64encode(SVG).decode())
    scene = compose(world(), FrameSpec(brand=brand), jurisdictions=countries)
    (logo,) = [item for item in scene.items if isinstance(item, Image)]
    assert logo.box.w / logo.box.h == pytest.approx(3.0)
    assert logo.is_svg
    shown = Pixels.open(io.BytesIO(logo.fallback))
    assert shown.width / shown.height == pytest.approx(3.0, rel=0.01)
    title = next(w for w in scene.items if isinstance(w, Words) and w.purpose == "title")
    assert title.x + title.width < logo.box.x


def test_a_brands_font_is_what_the_page_is_measured_in(tmp_path, countries):
    wide = tmp_path / "Wide.ttf"
    shutil.copy(font_path(bold=True), wide)
    brand = Brand("Harbour", family="Wide", regular=str(wide))
    fonts = font_files(brand)
    assert fonts == FontFiles("Wide", str(wide), str(wide))
    scene = compose(coverage(), FrameSpec(brand=brand), jurisdictions=countries)
    for words in scene.items:
        if isinstance(words, Words) and words.width:
            for line in words.lines:
                assert width_of(line, words.size, bold=words.bold, fonts=fonts) <= words.width + 0.5
    with pytest.raises(GisappError) as missing:
        compose(world(), FrameSpec(brand=Brand("x", regular=str(tmp_path / "gone.ttf"))))
    assert missing.value.code == "missing_font"
    assert "gone.ttf" in missing.value.message


def test_pages_of_a_deck_are_numbered_and_have_their_tables(countries):
    picture = replace(world(), table=TABLE)
    alone = scenes_of([MapPage(picture, FrameSpec())], jurisdictions=countries)
    assert alone[0].table is None
    pages = scenes_of([MapPage(picture, FrameSpec())] * 2, jurisdictions=countries)
    assert [named(page, "Number")[0].text for page in pages] == ["1", "2"]
    assert pages[0].table == TABLE
    inside = pages[0].table_box
    for item in pages[0].items:
        if isinstance(item, Words) and item.group == "Table":
            assert inside.contains(Box(inside.x, item.y, 1.0, item.size), slack=1.0)


def several(count):
    names = ("lithium", "cobalt", "nickel", "graphite", "rare_earths", "copper", "tungsten")
    deposits = load_layer("deposits")
    found = []
    for i in range(count):
        rows = rows_of(deposits, names[i % 7])
        tonnes = deposits.features.columns["capacity"].astype(float)[list(rows)]
        drawn = DrawnLayer(deposits, rows=rows, weights=tonnes, weight_unit="t per year")
        chart = BarChart("", "", "%", (Bar("Quad", 5.0 + i, 8.0 + i, "alliance"),))
        picture = Picture(f"Map {i} of {names[i % 7]}", "Mines", (drawn,), AS_OF, SOURCES)
        found.append(replace(picture, shading=(quad(),), chart=chart))
    return tuple(found)


@pytest.mark.parametrize("count", [2, 5, 12])
def test_several_maps_share_scale_legend_and_sources(countries, count):
    pictures = several(count)
    whole = replace(world(), layers=(), labels=(), caption="One sentence under all maps.")
    (scene,) = scenes_of([ManyPage(whole, pictures, FrameSpec())], jurisdictions=countries)
    assert scene.notices == ()
    lands = [i for i in scene.items if isinstance(i, Area) and i.name == "Land"]
    assert len(lands) == count
    sizes = np.array(
        [np.ptp(np.concatenate([r for p in a.parts for r in p]), axis=0) for a in lands]
    )
    assert np.allclose(sizes, sizes[0])
    assert len(named(scene, "Scale bar")) == 1
    legend = [w.text for w in scene.items if isinstance(w, Words) and w.group == "Legend"]
    assert legend.count("Deposits") == 1
    assert legend.count("Quad") == 1
    assert {p.title for p in pictures} <= {w.text for w in scene.items if isinstance(w, Words)}
    assert "Mines" in scene.subtitle or any(
        "Mines" in w.text for w in scene.items if isinstance(w, Words) and w.purpose == "subtitle"
    )
    by_weight = {}
    for item in scene.items:  # the same site has the same size on every map
        if isinstance(item, Mark) and item.group.endswith(": Deposits"):
            by_weight.setdefault((item.name, item.alt), set()).add(round(item.symbol.size, 6))
    assert all(len(found) == 1 for found in by_weight.values())
    bars = [i for i in scene.items if i.group == "Map bars" and i.name == "Quad"]
    wide = np.array([bar.box.w for bar in bars])
    assert np.allclose(wide / wide[0], (5.0 + np.arange(count)) / 5.0)


def test_words_of_several_maps_do_not_run_into_each_other(countries):
    for size in ("16:9", "A4 portrait", "160x120mm"):
        whole = replace(world(), layers=(), labels=())
        scene = compose_many(whole, several(9), FrameSpec(size=size), jurisdictions=countries)
        boxes = []
        for words in scene.items:
            if not isinstance(words, Words):
                continue
            wide = max(width_of(line, words.size, bold=words.bold) for line in words.lines)
            left = words.x - {"left": 0, "center": wide / 2, "right": wide}[words.align]
            boxes.append((words.name, Box(left, words.y, wide, len(words.lines) * words.size)))
        for (one, a), (other, b) in combinations(boxes, 2):
            assert not a.overlaps(b, slack=1.0), (size, one, other)


def test_what_has_no_place_beside_several_maps_is_said():
    frame = FrameSpec(bounds=AUSTRALIA, insets=(AUSTRALIA,), elements=Elements(locator=Show.YES))
    scene = compose_many(world(), several(2), frame)
    assert scene.notices == ("A page of several maps has no locator and no inset maps.",)


def test_lines_seen_in_a_frame_are_counted_as_they_are_drawn():
    frame = FrameSpec(bounds=AUSTRALIA, projection="lambert_azimuthal")
    plan = arranged(world(), frame, None)
    scene = compose(world(), frame)
    routes = [i for i in scene.items if isinstance(i, Line) and i.group == "Trade routes"]
    counted = sum(
        row.entry.count or 0
        for row in plan.layout.legend
        if row.entry.key.startswith("layer:trade")
    )
    assert counted == len(routes)


def test_what_was_asked_for_and_is_not_there_is_said():
    asked = Elements(table=Show.YES, chart=Show.YES, locator=Show.YES)
    scene = compose(replace(distance(), chart=None, table=None), FrameSpec(elements=asked))
    assert {
        "This page has no table.",
        "This page has no chart.",
        "This page has no locator, which is for maps of a region.",
    } <= set(scene.notices)
