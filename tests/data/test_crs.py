"""Coordinates are moved to WGS 84, or refused where nobody knows what they are."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gisapp.data import crs
from gisapp.data.raw import Raw
from gisapp.model.feedback import GisappError
from gisapp.model.reading import ReadOptions

ESRI = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
WEB_MERCATOR_RADIUS = 6_378_137.0


def raw_points(*xy: tuple[float, float], stated: str | None = None) -> Raw:
    return Raw("a", "test", {}, points=np.array(xy), crs=stated)


def test_web_mercator_by_its_formula() -> None:
    x, y = 1_000_000.0, 6_000_000.0
    raw = raw_points((x, y), stated="EPSG:3857")
    name, guessed, operation = crs.to_wgs84(raw)
    lon = np.degrees(x / WEB_MERCATOR_RADIUS)
    lat = np.degrees(2 * np.arctan(np.exp(y / WEB_MERCATOR_RADIUS)) - np.pi / 2)
    np.testing.assert_allclose(raw.points, [[lon, lat]], atol=1e-9)
    assert (name, guessed) == ("EPSG:3857", False)
    assert "Mercator" in operation


def test_shapes_are_moved_and_none_stays() -> None:
    shapes = np.array([shapely.box(500_000, 0, 500_001, 1), None], dtype=object)
    raw = Raw("a", "test", {}, shapes=shapes, crs="EPSG:32632")
    crs.to_wgs84(raw)
    assert raw.shapes is not None
    assert raw.shapes[1] is None
    assert shapely.bounds(raw.shapes[0])[:2] == pytest.approx([9.0, 0.0], abs=1e-9)


@pytest.mark.parametrize(
    "stated",
    ["EPSG:4326", "OGC:CRS84", "EPSG:4979", "+proj=longlat +datum=WGS84",
     ESRI],
)  # fmt: skip
def test_wgs84_in_all_its_names(stated: str) -> None:
    raw = raw_points((7.0, 51.0), stated=stated)
    assert crs.to_wgs84(raw) == ("EPSG:4326", False, "")
    np.testing.assert_array_equal(raw.points, [[7.0, 51.0]])


def test_the_users_word_wins_over_the_files() -> None:
    raw = raw_points((500_000.0, 0.0), stated="EPSG:4326")
    assert crs.to_wgs84(raw, ReadOptions(crs="EPSG:32632"))[0] == "EPSG:32632"


def test_degrees_without_a_crs_are_taken_for_wgs84() -> None:
    raw = raw_points((7.0, 51.0))
    assert crs.to_wgs84(raw) == ("EPSG:4326", True, "")
    assert [p.code for p in raw.problems] == ["crs_guessed"]


def test_metres_without_a_crs_are_refused() -> None:
    with pytest.raises(GisappError) as caught:
        crs.to_wgs84(raw_points((500_000.0, 5_700_000.0)))
    assert caught.value.code == "no_crs"
    assert "5,700,000" in caught.value.message
    assert "EPSG:" in caught.value.hint


def test_one_wild_number_is_no_reason_to_refuse() -> None:
    raw = raw_points((7.0, 51.0), (8.0, 52.0), (1e6, 51.0))
    assert crs.to_wgs84(raw)[0] == "EPSG:4326"


def test_feet_and_other_meridians() -> None:
    paris = raw_points((0.0, 50.0), stated="EPSG:4807")  # grads east of Paris
    crs.to_wgs84(paris)
    np.testing.assert_allclose(paris.points, [[2.3372, 45.0]], atol=2e-3)
    texas = raw_points((2_296_583.333, 9_842_500.0), stated="EPSG:2277")  # US survey feet
    crs.to_wgs84(texas)
    np.testing.assert_allclose(texas.points, [[-100.333, 29.667]], atol=1e-2)
