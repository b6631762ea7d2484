from itertools import combinations

import numpy as np
import pytest

from gisapp.render.graticule import degree_items, graticule_items, graticule_step
from gisapp.render.map_insets import map_frame
from gisapp.render.picture import Elements, FrameSpec, Show
from gisapp.render.scene import Box

BOX = Box(40, 60, 600, 260)
YES = Elements(graticule=Show.YES)


def framed(bounds=None, **words):
    return map_frame(FrameSpec(bounds=bounds, **words), BOX, 1.0)


@pytest.mark.parametrize(
    ("bounds", "step"),
    [(None, 30.0), ((95, 18, 135, 45), 5.0), ((6, 46, 7, 47), 0.25), ((100, -50, 280, 60), 30.0)],
)
def test_lines_stand_at_round_degrees(bounds, step):
    assert graticule_step(framed(bounds)) == step


def test_degrees_are_written_only_where_they_are_asked_for():
    assert degree_items(framed()) == ([], [])
    assert graticule_items(framed())
    assert graticule_items(framed(elements=Elements(graticule=Show.NO))) == []


@pytest.mark.parametrize("projection", ["equal_earth", "mercator", "north_polar", "orthographic"])
@pytest.mark.parametrize("bounds", [None, (95, 38, 135, 65), (160, 40, 200, 70)])
def test_degrees_stand_within_the_map_and_do_not_touch(projection, bounds):
    where = framed(bounds, projection=projection, elements=YES)
    items, boxes = degree_items(where)
    assert len(items) == len(boxes) >= 3
    assert len({item.text for item in items} - {"0°"}) >= len(items) - 2  # 0° is two lines
    for a, b in combinations(boxes, 2):
        assert not a.overlaps(b)
    for box in boxes:
        assert BOX.contains(box, slack=12.0)


def test_degrees_stand_at_their_lines():
    where = framed((95, 18, 135, 45), projection="mercator", elements=YES)
    for words, box in zip(*degree_items(where), strict=True):
        size, side = words.text.split("\u00a0")
        degrees = float(size.rstrip("°"))
        lonlat = (degrees, 30.0) if side == "E" else (115.0, degrees)
        x, y = where.to_page(where.projection.points([lonlat]))[0]
        middle = box.x + box.w / 2 if side == "E" else box.y + box.h / 2
        assert middle == pytest.approx(x if side == "E" else y, abs=0.5)


def test_meridians_cross_the_seam_by_their_names():
    where = framed((160, 20, 200, 60), projection="mercator", elements=YES)
    texts = [item.text for item in degree_items(where)[0]]
    assert {"170°\u00a0E", "180°", "170°\u00a0W"} <= set(texts)
    (line,) = graticule_items(where)
    assert max(np.ptp(part, axis=0).max() for part in line.parts) <= 600.5
