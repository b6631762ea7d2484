from dataclasses import replace
from itertools import combinations
from time import process_time

import numpy as np
import pytest
from shapely import LineString, STRtree, box

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


def test_five_hundred_labels_are_placed_in_a_second():
    random = np.random.default_rng(8)
    room = Box(0, 0, 1600, 1000)
    at = random.uniform((20, 20), (1580, 980), (500, 2))
    wanted = [Wanted(f"Site {i}", x, y, 7, 4, leader=True) for i, (x, y) in enumerate(at.tolist())]
    marks = discs(np.concatenate([at, random.uniform((0, 0), (1600, 1000), (500, 2))]))
    started = process_time()
    placed = place_labels(wanted, room, marks=marks)
    assert process_time() - started < 1.0
    assert len(placed) > 480
    again = place_labels(wanted, room, marks=marks)
    assert [each.box for each in again] == [each.box for each in placed]
    boxes = np.array([(p.box.x, p.box.y, p.box.right, p.box.bottom) for p in placed])
    tree = STRtree(box(*boxes.T))
    for i, j in tree.query(box(*boxes.T)).T:
        assert i == j or not placed[i].box.overlaps(placed[j].box)
    for each in placed:
        near = np.hypot(marks[:, 0] - each.wanted.x, marks[:, 1] - each.wanted.y) > 0.01
        x, y = marks[near, :2].T
        inside = (x > each.box.x) & (x < each.box.right)
        inside &= (y > each.box.y + 0.15 * each.box.h) & (y < each.box.bottom - 0.15 * each.box.h)
        assert not inside.any()
        if each.leader is not None:  # a leader goes through no other label
            path = LineString(each.leader)
            crossed = tree.query(path, predicate="crosses")
            assert all(placed[i] is each for i in crossed)


def test_a_label_moved_by_hand_stands_there_and_others_keep_off():
    here = Wanted("Norilsk", 200, 150, 10, 5, pinned=(60.0, -40.0))
    other = Wanted("Talnakh", 225, 110, 10, 5)
    first, second = place_labels([other, here], ROOM, marks=NOTHING)
    assert first.wanted is here
    assert first.box.x + first.box.w / 2 == pytest.approx(260)
    assert first.box.y + first.box.h / 2 == pytest.approx(110)
    assert first.leader is not None
    assert not first.clamped
    assert not first.box.overlaps(second.box)
    (near,) = place_labels([replace(here, pinned=(24.0, 0.0))], ROOM, marks=NOTHING)
    assert near.leader is None
    (out,) = place_labels([replace(here, pinned=(900.0, 0.0))], ROOM, marks=NOTHING)
    assert out.clamped
    assert ROOM.contains(out.box)


def test_a_name_in_the_middle_takes_its_next_spot():
    label = Wanted("7 810 km", 200, 150, 10, 2, middle=True, spots=((100.0, 150.0),))
    (placed,) = place_labels([label], ROOM, marks=discs(np.array([(200.0, 150.0)])))
    assert placed.box.x + placed.box.w / 2 == pytest.approx(100)
