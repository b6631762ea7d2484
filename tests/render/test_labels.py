from dataclasses import replace
from itertools import combinations

import numpy as np

from gisapp.render.labels import Wanted, place_labels
from gisapp.render.scene import Box

ROOM = Box(0, 0, 400, 300)
NOTHING = np.empty((0, 3))


def discs(at, radius=2.0):
    return np.column_stack([at, np.full(len(at), radius)])


def test_labels_never_collide_and_the_important_ones_win():
    random = np.random.default_rng(5)
    at = random.uniform((0, 0), (400, 300), (200, 2))
    wanted = [Wanted(f"Site {i}", x, y, 10, 5) for i, (x, y) in enumerate(at.tolist())]
    marks = discs(at, 1.0)
    placed = place_labels(wanted, ROOM, marks=marks)
    assert len(placed) > 25
    assert all(ROOM.contains(each.box) for each in placed)
    assert not any(a.box.overlaps(b.box) for a, b in combinations(placed, 2))
    assert placed[0].wanted.text == "Site 0"
    for each in placed:
        lead = 0.15 * each.box.h
        x, y = at.T
        inside = (x > each.box.x) & (x < each.box.right)
        inside &= (y > each.box.y + lead) & (y < each.box.bottom - lead)
        assert not inside.any(), each.wanted.text


def test_a_label_goes_where_it_hides_least():
    marks = discs(np.array([(215.0, 150.0), (225.0, 150.0), (235.0, 150.0)]))
    label = Wanted("Norilsk", 200, 150, 10, 5)
    for drawn in ({"marks": marks}, {"marks": NOTHING, "faint": marks}):
        (placed,) = place_labels([label], ROOM, **drawn)
        assert placed.box.right <= 200
        assert placed.leader is None


def test_a_label_leaves_a_crowd_on_a_leader():
    ring = np.array([(200 + 18 * np.cos(a), 150 + 18 * np.sin(a)) for a in np.arange(0, 6.3, 0.2)])
    marks = discs(ring, 4.0)
    label = Wanted("Salar de Atacama", 200, 150, 10, 5)
    assert place_labels([label], ROOM, marks=marks) == ()
    (placed,) = place_labels([replace(label, leader=True)], ROOM, marks=marks)
    (x0, y0), (x1, y1) = placed.leader
    assert np.hypot(x0 - 200, y0 - 150) < 5
    assert placed.box.x - 2 <= x1 <= placed.box.right + 2
    assert placed.box.y <= y1 <= placed.box.bottom
    assert not placed.box.overlaps(Box(182, 132, 36, 36))


def test_what_is_taken_stays_free():
    label = Wanted("Norilsk", 200, 150, 10, 5)
    assert place_labels([label], ROOM, marks=NOTHING, taken=[ROOM]) == ()
