"""Gates of passages: what crosses them, where, and on which sheet of longitudes."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.analysis.network.passages import Gates, Passage
from gisapp.model.geodesy import WGS84


def passage(name, *lines):
    return Passage(name, name.title(), "", frozenset(), tuple(np.array(line) for line in lines))


PASSAGES = (
    passage("meridian", [(0.0, -10.0), (0.0, 10.0)]),
    passage("dateline", [(178.0, 5.0), (-178.0, 5.0)]),
    passage("two", [(30.0, 0.0), (30.0, 5.0)], [(40.0, 0.0), (40.0, 5.0), (42.0, 8.0)]),
)
GATES = Gates(PASSAGES)


@pytest.mark.parametrize(
    ("start", "end", "crossed"),
    [
        ((-5.0, 0.0), (5.0, 0.0), [0]),
        ((5.0, 1.0), (-5.0, 2.0), [0]),
        ((-5.0, 20.0), (5.0, 20.0), []),
        # the same meridian on the other side of the Earth
        ((175.0, 0.0), (-175.0, 0.0), []),
        ((180.0, 0.0), (180.0, 10.0), [1]),
        ((-180.0, 0.0), (179.5, 10.0), [1]),
        ((179.0, 6.0), (181.0, 7.0), []),
        ((25.0, 2.0), (45.0, 2.0), [2, 2]),
        ((41.5, 5.0), (40.5, 7.5), [2]),
        # a line that ends before the gate
        ((-5.0, 0.0), (-1.0, 0.0), []),
    ],
)
def test_what_is_crossed(start, end, crossed):
    found = GATES.crossings(np.array([start]), np.array([end]))
    assert sorted(found.passage.tolist()) == crossed
    bits = sum(1 << i for i in set(crossed))
    assert GATES.bits(np.array([start]), np.array([end])).tolist() == [bits]


def test_where_it_is_crossed():
    found = GATES.crossings(np.array([[-10.0, 0.0]]), np.array([[30.0, 0.0]]))
    assert found.share[found.passage == 0] == pytest.approx([0.25])


def test_against_sampled_lines():
    """A line crosses the gate on a meridian where its sampled longitudes change sign within it."""
    rng = np.random.default_rng(2)
    start = np.column_stack([rng.uniform(-60, -1, 300), rng.uniform(-40, 40, 300)])
    end = np.column_stack([rng.uniform(1, 60, 300), rng.uniform(-40, 40, 300)])
    crossed = set(GATES.crossings(start, end).line[GATES.crossings(start, end).passage == 0])
    for row in range(300):
        line = np.array(WGS84.npts(*start[row], *end[row], 4000))
        at = line[np.argmin(np.abs(line[:, 0])), 1]
        if abs(abs(at) - 10) > 0.2:
            assert (row in crossed) == (abs(at) < 10)


def test_no_lines():
    nothing = np.empty((0, 2))
    assert len(GATES.crossings(nothing, nothing).line) == 0
    assert len(GATES.bits(nothing, nothing)) == 0


def test_the_middle_of_a_gate():
    assert PASSAGES[0].lonlat == pytest.approx((0.0, 0.0))
    assert PASSAGES[2].geometry.length > 5
