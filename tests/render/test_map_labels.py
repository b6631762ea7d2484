from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import shapely

from gisapp.render.compose import compose
from gisapp.render.fonts import LINE_HEIGHT, width_of
from gisapp.render.map_labels import short_name
from gisapp.render.picture import Elements, FrameSpec, Label, Nudge, Shading, Show
from gisapp.render.scene import Box, Line, Mark, Words
from tests.render.sample_pictures import coverage, distance, world


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Mountain Pass separation plant", "Mountain Pass"),
        ("Lynas Malaysia (Kuantan)", "Lynas Malaysia"),
        ("Northern Rare Earth green smelting base (Baotou)", "Baotou"),
        ("Waterval smelter and precious metals refinery", ""),
        ("Chuquicamata smelter and refinery", "Chuquicamata"),
        ("Green Lithium refinery", "Green Lithium"),
        ("Yahua Ya'an lithium plant", "Yahua Ya'an"),
        ("Copper Cliff smelter and nickel refinery", "Copper Cliff"),
        ("Project", "Project"),
        ("(Moanda)", "(Moanda)"),
    ],
)
def test_a_name_is_shortened_but_never_cut(name, short):
    assert short_name(name) == short


def test_a_coverage_map_has_few_labels_and_none_over_a_symbol():
    picture = coverage()
    named = [
        Label(str(name), tuple(map(float, at)))
        for d in picture.layers
        for i in d.rows
        if (name := d.layer.values("name")[i])
        and np.isfinite(at := d.layer.features.lonlat[i]).all()
    ]
    scene = compose(replace(picture, labels=tuple(named[::3])), FrameSpec())
    labels = [i for i in scene.items if isinstance(i, Words) and i.group == "Labels"]
    marks = [i for i in scene.items if isinstance(i, Mark) and i.group != "Legend"]
    assert 5 <= len(labels) <= 8
    for words in labels:
        right = words.x + width_of(words.text, words.size)
        middle = words.y + 0.6 * words.size
        for mark in marks:
            across = max(words.x - mark.x, mark.x - right, 0.0)
            assert np.hypot(across, mark.y - middle) > 0.4 * mark.symbol.size, words.text


def test_a_region_names_and_measures_its_own_sites():
    frame = FrameSpec(bounds=(95, 18, 135, 45))
    scene = compose(coverage(), frame)
    names = [i for i in scene.items if isinstance(i, Words) and i.group == "Labels"]
    assert 5 <= len(names) <= 8
    sizes = [i.symbol.size for i in scene.items if isinstance(i, Mark) and i.group != "Legend"]
    assert max(sizes) == pytest.approx(30 * 0.75, rel=0.01)
    circles = [i for i in scene.items if isinstance(i, Mark) and i.name.startswith("Legend circle")]
    assert max(i.symbol.size for i in circles) > 0.5 * max(sizes)


def test_a_legend_has_no_routes_that_the_frame_does_not_show():
    def routes_of(bounds):
        scene = compose(world(), FrameSpec(bounds=bounds))
        texts = [i.text for i in scene.items if isinstance(i, Words) and i.group == "Legend"]
        return [text for text in texts if text.startswith("Trade routes")]

    assert routes_of((100, -40, 140, 40))
    assert not routes_of((5, 22, 9, 25))


def test_a_distance_map_names_five_lengths_at_most_with_the_longest():
    picture = distance()
    scene = compose(picture, FrameSpec())
    texts = [i.text for i in scene.items if isinstance(i, Words) and i.group == "Labels"]
    lengths = [text for text in texts if text.endswith("km")]
    assert 1 <= len(lengths) <= 5
    links = [i for i in scene.items if isinstance(i, Line) and i.group == "Distance lines"]
    few = compose(replace(picture, connections=picture.connections[:4]), FrameSpec())
    strong = [i for i in few.items if isinstance(i, Line) and i.group == "Distance lines"]
    assert links[0].ink.alpha < strong[0].ink.alpha
    assert links[0].width < strong[0].width


def labels_of(scene, group="Labels"):
    return [i for i in scene.items if isinstance(i, Words) and i.group == group]


def box_of(words):
    return Box(words.x, words.y, width_of(words.text, words.size), words.size * LINE_HEIGHT)


def test_as_many_names_as_are_asked_for_and_none():
    frame = FrameSpec(size="A3")
    many = labels_of(compose(world(), replace(frame, max_labels=500)))
    assert 200 < len(many) <= 500
    boxes = [box_of(words) for words in many]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    assert labels_of(compose(world(), replace(frame, max_labels=0))) == []
    hidden = Elements(labels=Show.NO, lengths=Show.NO)
    assert labels_of(compose(distance(), replace(frame, elements=hidden))) == []


def test_a_nudge_survives_and_the_rest_keeps_off():
    (before,) = [w for w in labels_of(compose(world(), FrameSpec())) if w.text == "Mount Weld"]
    nudge = Nudge("Mount Weld", -70.0, 40.0)
    scene = compose(world(), FrameSpec(nudges=(nudge,)))
    (after,) = [w for w in labels_of(scene) if w.text == "Mount Weld"]
    assert after.anchor == before.anchor
    box = box_of(after)
    middle = (box.x + box.w / 2, box.y + box.h / 2)
    assert middle == pytest.approx((after.anchor[0] - 70.0, after.anchor[1] + 40.0))
    assert any(i.name == "Mount Weld (leader)" for i in scene.items)
    others = [box_of(w) for w in labels_of(scene) if w is not after]
    assert not any(box.overlaps(other) for other in others)
    away = compose(world(), FrameSpec(nudges=(replace(nudge, dx=-5000.0),)))
    assert any("Mount Weld" in notice and "back" in notice for notice in away.notices)
    (back,) = [w for w in labels_of(away) if w.text == "Mount Weld"]
    assert away.map_box.contains(box_of(back))


def test_lengths_stand_in_the_middle_of_their_lines():
    every = FrameSpec(elements=Elements(lengths=Show.YES, labels=Show.NO))
    scene = compose(distance(), every)
    lengths = [w for w in labels_of(scene) if w.text.endswith("km")]
    assert len(lengths) > 5
    lines = shapely.MultiLineString(
        [part for i in scene.items if i.group == "Distance lines" for part in i.parts]
    )
    for words in lengths:
        box = box_of(words)
        assert lines.distance(shapely.Point(box.x + box.w / 2, box.y + box.h / 2)) < 0.5


def test_a_region_names_its_countries_quietly_and_the_world_does_not():
    scene = compose(coverage(), FrameSpec(bounds=(95, 18, 135, 45)))
    names = labels_of(scene, "Country names")
    assert {"CHINA", "MONGOLIA", "MYANMAR"} <= {words.text for words in names}
    boxes = [box_of(words) for words in (*names, *labels_of(scene))]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    (china,) = [words for words in names if words.text == "CHINA"]
    parts = next(i for i in scene.items if i.name == "China" and i.group == "Countries").parts
    land = shapely.union_all([shapely.Polygon(part[0]) for part in parts])
    box = box_of(china)
    assert land.contains(shapely.box(box.x, box.y, box.right, box.bottom))
    assert labels_of(compose(coverage(), FrameSpec()), "Country names") == []


def test_two_alliances_overlap_in_tint_and_hatching_with_an_entry_of_their_own():
    first, second = Shading("One", frozenset({"CHN", "AUS"})), Shading("Two", frozenset({"AUS"}))
    scene = compose(replace(world(), shading=(first, second)), FrameSpec())
    look = {i.name: i for i in scene.items if i.group.startswith("Alliance")}
    assert look["Australia (One)"].fill is not None
    over = look["Australia (Two)"]
    assert over.hatch == "\\"
    assert over.fill is None
    assert over.ground != look["China (One)"].ground
    texts = [w.text for w in labels_of(scene, "Legend")]
    assert "Both" in texts
    apart = replace(second, inside=frozenset({"BRA"}))
    scene = compose(replace(world(), shading=(first, apart)), FrameSpec())
    assert "Both" not in [w.text for w in labels_of(scene, "Legend")]
    brazil = next(i for i in scene.items if i.name == "Brazil (Two)")
    assert brazil.fill is not None
