from dataclasses import replace

import numpy as np
import pytest

from gisapp.render.compose import compose
from gisapp.render.fonts import width_of
from gisapp.render.map_labels import short_name
from gisapp.render.picture import FrameSpec, Label
from gisapp.render.scene import Line, Mark, Words
from tests.render.sample_pictures import coverage, distance


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Mountain Pass separation plant", "Mountain Pass"),
        ("Lynas Malaysia (Kuantan)", "Lynas Malaysia"),
        ("Northern Rare Earth green smelting base (Baotou)", "Baotou"),
        ("Waterval smelter and precious metals refinery", ""),
        ("Chuquicamata smelter and refinery", "Chuquicamata"),
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
