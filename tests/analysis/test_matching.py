"""Which sites of two layers are the same, against a search of all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from gisapp.analysis.matching import match

GEOD = Geod(ellps="WGS84")


def sets(*texts):
    made = np.empty(len(texts), dtype=object)
    for i, text in enumerate(texts):
        made[i] = frozenset(text.split())
    return made


def test_near_sites_of_one_mineral_pair_the_nearest_first():
    first = np.array([[10.0, 50.0], [10.02, 50.0], [np.nan, np.nan], [-70.0, -23.0]])
    second = np.array([[10.019, 50.0], [10.001, 50.0], [-70.0, -23.001], [0.0, 0.0]])
    found = match(
        first, second, sets("tin", "tin copper", "tin", "lithium"), sets("copper", "", "tin", "tin")
    )
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == [(0, 1), (1, 0)]
    assert found.only_first.tolist() == [2, 3]  # without a place, and of another mineral
    assert found.only_second.tolist() == [2, 3]
    assert found.km[1] == pytest.approx(GEOD.inv(10.02, 50, 10.019, 50)[2] / 1000, rel=1e-9)


def test_the_limit_holds_to_the_metre_and_across_the_date_line():
    lon, lat, _ = GEOD.fwd(179.99, 65.0, 90.0, 1999.0)
    far = GEOD.fwd(0.0, 0.0, 45.0, 2001.0)[:2]
    first, second = np.array([[179.99, 65.0], [0.0, 0.0]]), np.array([[lon, lat], far])
    assert lon < 0
    found = match(first, second)
    assert found.first.tolist() == [0]
    assert found.only_second.tolist() == [1]


def test_every_row_once_as_in_a_search_of_all_pairs():
    rng = np.random.default_rng(4)
    first = rng.uniform([6.0, 47.0], [6.3, 47.2], (80, 2))
    second = rng.uniform([6.0, 47.0], [6.3, 47.2], (70, 2))
    km = np.array([[GEOD.inv(*a, *b)[2] / 1000 for b in second] for a in first])
    left = km.copy()
    pairs = []
    while np.nanmin(left) <= 2.0:  # the nearest pair of what is left, again and again
        a, b = np.unravel_index(np.nanargmin(left), left.shape)
        pairs.append((int(a), int(b)))
        left[a, :] = left[:, b] = np.nan
    found = match(first, second)
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == sorted(pairs)
    assert len(found.only_first) == 80 - len(pairs)
    assert len(found.only_second) == 70 - len(pairs)


def test_nothing_pairs_with_nothing():
    none = np.empty((0, 2))
    found = match(none, np.array([[1.0, 2.0]]))
    assert (len(found.first), found.only_second.tolist()) == (0, [0])
