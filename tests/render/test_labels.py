from itertools import combinations

import numpy as np

from gisapp.render.labels import Wanted, place_labels
from gisapp.render.scene import Box

ROOM = Box(0, 0, 400, 300)


def test_labels_never_collide_and_the_important_ones_win():
    random = np.random.default_rng(5)
    at = random.uniform((0, 0), (400, 300), (200, 2))
    wanted = [Wanted(f"Site {i}", x, y, 10, 5) for i, (x, y) in enumerate(at.tolist())]
    placed = place_labels(wanted, ROOM, marks=at)
    assert len(placed) > 40
    assert all(ROOM.contains(each.box) for each in placed)
    assert not any(a.box.overlaps(b.box) for a, b in combinations(placed, 2))
    assert placed[0].wanted.text == "Site 0"


def test_a_label_goes_where_it_hides_least():
    marks = np.array([(215.0, 150.0), (225.0, 150.0), (235.0, 150.0)])
    (placed,) = place_labels([Wanted("Norilsk", 200, 150, 10, 5)], ROOM, marks=marks)
    assert placed.box.right <= 200


def test_what_is_taken_stays_free():
    label = Wanted("Norilsk", 200, 150, 10, 5)
    assert place_labels([label], ROOM, marks=np.empty((0, 2)), taken=[ROOM]) == ()
