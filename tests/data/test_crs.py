"""Coordinates are moved to WGS 84, or refused where nobody knows what they are."""

from __future__ import annotations

import numpy as np
import pyproj
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


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ('LOCAL_CS["Mine grid",UNIT["metre",1]]', "local_crs"),
        ("EPSG:4978", "geocentric_crs"),
        ("EPSG:5773", "no_horizontal_crs"),
        ("EPSG:99999", "unknown_crs"),
    ],
)
def test_what_has_no_place_on_a_map_is_refused(stated: str, code: str) -> None:
    with pytest.raises(GisappError) as caught:
        crs.to_wgs84(raw_points((500_000.0, 5_700_000.0), stated=stated))
    assert caught.value.code == code
    assert caught.value.hint
    (finding,) = caught.value.findings
    assert finding.option == "crs"


@pytest.mark.parametrize(
    "stated",
    [
        'LOCAL_CS["Undefined Cartesian SRS",UNIT["metre",1]]',
        (
            'ENGCRS["Unknown engineering CRS",EDATUM["Unknown"],CS[Cartesian,2],AXIS["x",east],'
            'AXIS["y",north],LENGTHUNIT["metre",1]]'
        ),
    ],
)
def test_a_programs_word_for_not_knowing_is_no_statement(stated: str) -> None:
    with pytest.raises(GisappError) as caught:
        crs.to_wgs84(raw_points((500_000.0, 5_700_000.0), stated=stated))
    assert caught.value.code == "no_crs"


@pytest.mark.parametrize(
    "stated",
    [
        "+init=epsg:32632",
        "EPSG:32632+5773",  # with heights
        (
            'PROJCS["WGS_1984_UTM_Zone_32N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",'
            'SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],'
            'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
            'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
            'PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",0.9996],'
            'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
        ),
        "+proj=utm +zone=32 +datum=WGS84 +type=crs",
    ],
)
@pytest.mark.filterwarnings("ignore:.*init.*:FutureWarning")
def test_one_crs_in_many_spellings(stated: str) -> None:
    raw = raw_points((500_000.0, 5_650_000.0), stated=stated)
    crs.to_wgs84(raw)
    lon, lat = pyproj.Proj(32632)(500_000.0, 5_650_000.0, inverse=True)
    np.testing.assert_allclose(raw.points, [[lon, lat]], atol=1e-9)


def test_metres_that_are_said_to_be_degrees_are_refused_with_guesses() -> None:
    with pytest.raises(GisappError) as caught:
        crs.to_wgs84(raw_points((500_000.0, 4_960_000.0), stated="EPSG:4326"))
    assert caught.value.code == "wrong_crs"
    assert caught.value.findings[0].choices[0].value.startswith("EPSG:")


def test_degrees_that_are_said_to_be_metres_are_refused_with_guesses() -> None:
    raw = raw_points((20.46, 44.8), (21.9, 43.3), stated="EPSG:32634")
    with pytest.raises(GisappError) as caught:
        crs.to_wgs84(raw)
    assert caught.value.code == "wrong_crs"
    assert "degrees" in caught.value.message
    assert caught.value.findings[0].choices[0].value == "EPSG:4326"
    assert crs.to_wgs84(raw, ReadOptions(crs="EPSG:32634"))[0] == "EPSG:32634", "his word counts"


def test_the_share_outside_the_area_of_a_crs_is_told() -> None:
    inside = [(500_000.0, 5_000_000.0 + i * 1000) for i in range(8)]
    raw = raw_points(*inside, (-2_000_000.0, 5_000_000.0), (3_500_000.0, 5e6), stated="EPSG:32634")
    crs.to_wgs84(raw)
    (problem,) = raw.problems
    assert problem.code == "outside_crs_area"
    assert problem.message.startswith("20% of the features lie outside")
    assert raw.findings == []


def test_most_outside_brings_guesses_with_the_stated_one_among_them() -> None:
    forward = pyproj.Transformer.from_crs(4326, 32634, always_xy=True)
    places = [forward.transform(20.4 + i / 10, 44.8) for i in range(4)]
    raw = raw_points(*places, stated="EPSG:2154")  # France's
    crs.to_wgs84(raw)
    assert raw.problems[0].code == "outside_crs_area"
    (finding,) = raw.findings
    assert (finding.chosen, finding.sure, finding.option) == ("EPSG:2154", False, "crs")
    assert "EPSG:2154" in [choice.value for choice in finding.choices]
    assert len(finding.choices) > 1


def test_northings_before_eastings_are_put_right_unless_the_user_says_no() -> None:
    forward = pyproj.Transformer.from_crs(4326, 32634, always_xy=True)
    places = [forward.transform(lon, lat)[::-1] for lon, lat in ((21, 52), (19, 51), (23, 53.5))]
    raw = raw_points(*places, stated="EPSG:32634")
    crs.to_wgs84(raw)
    np.testing.assert_allclose(raw.points, [[21, 52], [19, 51], [23, 53.5]], atol=1e-6)
    assert [(p.code, f.chosen) for p, f in zip(raw.problems, raw.findings, strict=True)] == [
        ("axes_swapped", "yes")
    ]
    raw = raw_points(*places, stated="EPSG:32634")
    crs.to_wgs84(raw, ReadOptions().choosing("axes_swapped", "no"))
    assert raw.problems[0].code == "axes_swapped"
    assert raw.findings[0].chosen == "no"
