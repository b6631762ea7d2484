from dataclasses import replace

import numpy as np
import pytest

from gisapp.render.compose import compose
from gisapp.render.fonts import width_of
from gisapp.render.map_labels import short_name
from gisapp.render.picture import FrameSpec, Label
from gisapp.render.scene import Line, Mark, Words
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
