"""Positions against the countries that rows name, and the same site told twice."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from gisapp.data import mend, whereabouts
from gisapp.data.raw import Raw
from gisapp.data.shipped import load_layer
from gisapp.model.reading import DEFAULTS, ReadOptions

#: Atacama, Kwinana, Kolwezi, Bayan Obo, Greenbushes, Mutanda.
SITES = np.array(
    [(-68.3, -23.5), (115.86, -31.95), (25.47, -10.98), (109.97, 41.77), (116.06, -33.86),
     (25.8, -10.8)]
)  # fmt: skip
COUNTRIES = ["CHL", "Australia", "COD", "China", "AUS", "Democratic Republic of the Congo"]
YES, NO = "yes", "no"


def checked(lonlat: Any, options: ReadOptions = DEFAULTS, **columns: Any) -> Raw:
    texts = {key: np.array(values, dtype=object) for key, values in columns.items()}
    raw = Raw("a", "test", texts, points=np.array(lonlat, float))
    mend.check(raw, mend.drop_non_finite(raw, options), options)
    whereabouts.check(raw, options)
    return raw


def codes(raw: Raw) -> dict[str, int]:
    return {problem.code: problem.count for problem in raw.problems}


def test_sites_in_their_countries_are_left_alone() -> None:
    raw = checked(SITES, country=COUNTRIES)
    np.testing.assert_array_equal(raw.points, SITES)
    assert raw.problems == []
    assert raw.findings == []


@pytest.mark.parametrize("layer", ["deposits", "refineries", "magnet_plants"])
def test_all_that_ships_lies_in_its_country(layer: str) -> None:
    features = load_layer(layer).features
    raw = Raw("a", "test", dict(features.columns), points=features.lonlat)
    whereabouts.check(raw)
    assert "other_country" not in codes(raw)
    assert "wrong_hemisphere" not in codes(raw)


def test_swapped_as_a_whole_by_the_word_of_the_countries() -> None:
    some = SITES[[0, 2, 5, 0, 2]]  # none beyond 90 degrees either way
    raw = checked(np.fliplr(some), country=["CHL", "COD", "COD", "CHL", "COD"])
    np.testing.assert_array_equal(raw.points, some)
    assert codes(raw) == {"axes_swapped": 5}
    (finding,) = raw.findings
    assert (finding.chosen, finding.sure) == (YES, False)


def test_swapped_stays_where_the_user_says_so() -> None:
    some = np.fliplr(SITES[[0, 2, 5]])
    raw = checked(some, DEFAULTS.choosing("axes_swapped", NO), country=["CHL", "COD", "COD"])
    np.testing.assert_array_equal(raw.points, some)
    assert raw.findings[0].chosen == NO


def test_one_swapped_row_among_right_ones_is_put_right_alone() -> None:
    places = SITES.copy()
    places[0] = places[0, ::-1]
    raw = checked(places, country=COUNTRIES)
    np.testing.assert_array_equal(raw.points, SITES)
    assert codes(raw) == {"axes_swapped": 1}
    assert "(row 1)" in raw.problems[0].message


def test_a_swapped_row_beyond_90_degrees_comes_back() -> None:
    places = np.vstack([SITES, [(10.0, 999.0)]])
    places[[1, 3]] = places[[1, 3], ::-1]
    raw = checked(places, country=[*COUNTRIES, "DEU"])
    assert raw.points is not None
    np.testing.assert_array_equal(raw.points[:6], SITES)
    assert np.isnan(raw.points[6]).all()
    assert codes(raw) == {"axes_swapped": 2, "out_of_range": 1}
    kept = checked(places, DEFAULTS.choosing("axes_swapped", NO), country=[*COUNTRIES, "DEU"])
    assert codes(kept) == {"out_of_range": 3, "axes_swapped": 2}


@pytest.mark.parametrize("flip", [(-1, 1), (1, -1), (-1, -1)])
def test_a_wrong_sign_that_the_country_proves(flip: tuple[int, int]) -> None:
    places = SITES.copy()
    places[1] *= flip
    raw = checked(places, country=COUNTRIES)
    np.testing.assert_array_equal(raw.points, SITES)
    assert codes(raw) == {"wrong_hemisphere": 1}
    kept = checked(places, DEFAULTS.choosing("wrong_hemisphere", NO), country=COUNTRIES)
    np.testing.assert_array_equal(kept.points, places)


def test_another_country_is_told_with_rows_and_nothing_moves() -> None:
    says = ["CHL", "AUS", "COD", "CHN", "BRA", "COD"]
    raw = checked(SITES, country=says)
    np.testing.assert_array_equal(raw.points, SITES)
    assert codes(raw) == {"other_country": 1}
    assert "row 5 says Brazil and lies in Australia" in raw.problems[0].message
    assert raw.findings == []


def test_beside_the_border_and_off_the_coast_is_no_fault() -> None:
    raw = checked([(25.5, -12.1), (-70.5, -23.0), (129.88, -0.44)], country=["ZMB", "CHL", "IDN"])
    assert raw.problems == []


def test_territories_are_their_sovereigns() -> None:
    raw = checked([(165.5, -21.5), (-66.1, 18.4)], country=["FRA", "USA"])
    assert raw.problems == []


def test_no_country_column_no_check() -> None:
    raw = checked(SITES * [-1, 1], note=["a"] * 6)
    assert raw.problems == []


def test_unknown_words_say_nothing() -> None:
    assert checked(SITES, country=["", None, "Congo", "n/a", "various", "?"]).problems == []


def test_zero_zero_has_no_position_unless_the_user_says_so() -> None:
    places = [*SITES[:2], (0.0, 0.0)]
    raw = checked(places)
    assert raw.points is not None
    assert np.isnan(raw.points[2]).all()
    assert codes(raw) == {"zero_zero": 1}
    kept = checked(places, DEFAULTS.choosing("zero_zero", NO))
    np.testing.assert_array_equal(kept.points, places)


def test_duplicates_are_offered_and_kept_unless_the_user_says_so() -> None:
    places = [(10.0, 50.0), (10.01, 50.0), (10.0, 50.1), (10.0, 50.0), (10.001, 50.001)]
    columns = {
        "name": ["Mine A", "mine  a", "Mine A", "Mine A", "Mine B"],
        "mineral": ["lithium", "lithium", "lithium", "cobalt", "lithium"],
    }
    raw = checked(places, **columns)
    assert codes(raw) == {"duplicates": 1}
    assert "(row 2)" in raw.problems[0].message
    assert raw.points is not None
    assert len(raw.points) == 5
    fewer = checked(places, DEFAULTS.choosing("duplicates", YES), **columns)
    assert fewer.points is not None
    assert len(fewer.points) == len(fewer.columns["name"]) == 4
    assert fewer.columns["name"].tolist() == ["Mine A", "Mine A", "Mine A", "Mine B"]


def test_duplicates_across_180_degrees_and_no_names() -> None:
    raw = checked([(179.999, 10.0), (-179.999, 10.0)], name=["A", "A"])
    assert codes(raw) == {"duplicates": 1}
    assert checked([(1.0, 1.0)] * 3, name=["", None, " "]).problems == []


def test_duplicates_are_all_those_that_comparing_each_with_each_finds() -> None:
    rng = np.random.default_rng(4)
    for lon, lat in ((0.0, 0.0), (179.995, 10.0), (20.0, 78.0), (-179.995, -60.0)):
        spread = np.array([0.1 / np.cos(np.radians(lat)), 0.05])
        places = [lon, lat] + rng.uniform(-1, 1, (150, 2)) * spread
        places[:, 0] = (places[:, 0] + 180) % 360 - 180
        names = rng.choice(["Mine", "Pit"], len(places))
        _, _, metres = pyproj.Geod(ellps="WGS84").inv(
            *np.repeat(places, len(places), axis=0).T, *np.tile(places.T, len(places))
        )
        near = metres.reshape(len(places), -1) <= 2_000.0
        earlier = np.tri(len(places), k=-1, dtype=bool) & (names[:, None] == names)
        expected = (near & earlier).any(axis=1)
        unsure = ((np.abs(metres.reshape(near.shape) - 2_000) < 30) & earlier).any(axis=1)
        found = checked(
            places, DEFAULTS.choosing("duplicates", YES), name=names, row=np.arange(150)
        )
        kept = np.isin(np.arange(150), found.columns["row"])
        np.testing.assert_array_equal(kept[~unsure], ~expected[~unsure])


def test_areas_are_looked_at_too() -> None:
    shapes = np.array([shapely.box(*(p - 0.1), *(p + 0.1)) for p in SITES * [-1, 1]], dtype=object)
    raw = Raw("a", "test", {"country": np.array(COUNTRIES, dtype=object)}, shapes=shapes)
    whereabouts.check(raw)
    assert codes(raw) == {"wrong_hemisphere": 6}
    assert raw.shapes is not None
    np.testing.assert_allclose(shapely.get_coordinates(shapely.centroid(raw.shapes)), SITES)


def test_a_countrys_waters_are_no_fault() -> None:
    shapes = np.array([shapely.box(-20, 40, -15, 45)], dtype=object)
    raw = Raw("a", "test", {"country": np.array(["PRT"], dtype=object)}, shapes=shapes)
    whereabouts.check(raw)
    assert raw.problems == []


def test_a_million_points_in_half_a_second() -> None:
    rng = np.random.default_rng(0)
    row = rng.integers(0, len(SITES), 1_000_000)
    places = SITES[row] + rng.normal(0, 0.01, (len(row), 2))
    raw = Raw("a", "test", {}, points=places)
    raw.columns["country"] = np.array(COUNTRIES, dtype=object)[row]
    raw.columns["name"] = np.array([f"s{i}" for i in range(len(row))], dtype=object)
    whereabouts.lands().inside("CHL", SITES)  # loaded once in a session
    start = time.process_time()
    whereabouts.check(raw)
    assert time.process_time() - start < 3.0  # a loose bound: the machine is shared
    assert raw.problems == []
