from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.model.geodesy import (
    WGS84,
    distance_km,
    geodesic_path,
    path_length_km,
    split_at_antimeridian,
    unit_vectors,
    unroll,
)

#: Published cases A1, A2, A4 to A8: lat, lon, lat, lon and metres (GeographicLib).
PUBLISHED = [
    (-41.32, 174.81, 40.96, -5.50, 19959679.267, 1e-3),
    (34.095925, -118.2884237, 59.4323439, 24.7341649, 9094718.72751138, 1e-5),
    (35.60777, -139.44815, -11.17491, -69.95921, 8935244.56048183, 1e-5),
    (-21.97856, 142.59065, 41.84138, 98.56635, 8394328.894657671, 1e-5),
    (55.52454, 106.05087, 77.03196, 197.18234, 4105086.171392441, 1e-5),
    (-17.42761, 173.34268, -15.84784, 5.93557, 16076603.163118068, 1e-5),
    (-87.85331, 85.66836, 66.48646, 16.09921, 17286615.314714465, 1e-5),
]


@pytest.mark.parametrize(("lat1", "lon1", "lat2", "lon2", "meters", "tolerance"), PUBLISHED)
def test_published_distances(
    lat1: float, lon1: float, lat2: float, lon2: float, meters: float, tolerance: float
) -> None:
    km = distance_km((lon1, lat1), (lon2, lat2))
    assert 1000 * km[0] == pytest.approx(meters, abs=tolerance)


def test_the_ellipsoid_is_honoured() -> None:  # A3: on Clarke 1866 it would be 118 m more
    boston, portland = (-(71 + 7 / 60), 42 + 15 / 60), (-(123 + 41 / 60), 45 + 31 / 60)
    assert 1000 * distance_km(boston, portland)[0] == pytest.approx(4164074.239, abs=1e-3)


def test_waypoint_does_not_jump() -> None:  # A9
    path = geodesic_path((116.6, 40.1), (-122.4, 37.6), step_km=10)
    assert np.abs(np.diff(path[:, 0])).max() < 5
    assert path_length_km(path) == pytest.approx(9513.998, abs=0.01)
    along = np.concatenate([[0], np.cumsum(distance_km(path[:-1], path[1:]))])
    lon = np.interp(5000, along, path[:, 0])
    lat = np.interp(5000, along, path[:, 1])
    assert (lat, lon) == pytest.approx((58.43499, 183.03167), abs=1e-3)
    # the direct problem is exact
    azimuth = WGS84.inv(116.6, 40.1, -122.4, 37.6)[0]
    lon2, lat2, _ = WGS84.fwd(116.6, 40.1, azimuth, 5e6)
    assert (lat2, lon2 % 360) == pytest.approx((58.43499, 183.03167), abs=1e-5)


def test_direct_from_perth() -> None:  # A10
    lon, lat, _ = WGS84.fwd(115.74, -32.06, 225, 2e7)
    assert (lat, lon) == pytest.approx((32.11195529, -63.95925278), abs=1e-8)


def test_a_line_is_not_its_closed_perimeter() -> None:  # A11
    assert 1000 * path_length_km([(1, 2), (3, 4)]) == pytest.approx(313588.397, abs=1e-2)


def test_areas() -> None:  # B1: the core's ellipsoid is the published one
    area, perimeter = WGS84.polygon_area_perimeter([0, 1, 1, 0], [0, 0, 1, 1])
    assert abs(area) == pytest.approx(12308778361.469452, abs=1e-3)
    assert perimeter == pytest.approx(443770.91724830196, abs=1e-6)


def test_many_and_missing() -> None:
    km = distance_km([(0, 0), (np.nan, 0), (0, 0)], (1, 0))
    assert km[0] == km[2] == pytest.approx(111.3194908)
    assert np.isnan(km[1])


def test_unit_vectors() -> None:
    vectors = unit_vectors([(0, 0), (90, 0), (17, 90), (180, 0)])
    expected = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (-1, 0, 0)]
    assert vectors == pytest.approx(np.array(expected), abs=1e-15)


def test_split_where_the_map_ends() -> None:
    east, west = split_at_antimeridian([(170, 10), (-170, 20)])
    assert east.tolist() == [[170, 10], [180, 15]]
    assert west.tolist() == [[-180, 15], [-170, 20]]
    back = split_at_antimeridian([(-170, 20), (170, 10)])
    assert [piece.tolist() for piece in back] == [
        [[-170, 20], [-180, 15]],
        [[180, 15], [170, 10]],
    ]
    assert len(split_at_antimeridian([(170, 10), (-170, 20)], center_lon=180)) == 1
    pacific = split_at_antimeridian([(-10, 0), (10, 0)], center_lon=180)
    assert pacific[0].tolist() == [[350, 0], [360, 0]]
    assert pacific[1].tolist() == [[0, 0], [10, 0]]


def test_a_path_that_only_touches_the_seam_stays_whole() -> None:
    pieces = split_at_antimeridian([(170, 0), (180, 0)])
    assert len(pieces) == 1
    assert pieces[0][:, 0] == pytest.approx([170, 180])


longitudes = st.floats(-179.9, 179.9)
paths = st.lists(st.tuples(longitudes, st.floats(-80, 80)), min_size=2, max_size=12)


@given(paths, st.sampled_from([0.0, 150.0, -90.0]))
def test_pieces_stay_on_the_map_and_keep_the_path(
    path: list[tuple[float, float]], center: float
) -> None:
    whole = unroll(path)
    pieces = split_at_antimeridian(path, center)
    for piece in pieces:
        assert piece[:, 0].min() >= center - 180 - 1e-9
        assert piece[:, 0].max() <= center + 180 + 1e-9
        assert np.abs(np.diff(piece[:, 0])).max() <= 180 + 1e-9

    # the pieces are as long in the plane as the path
    def length(p: np.ndarray) -> float:
        return float(np.hypot(*np.diff(p, axis=0).T).sum())

    assert sum(map(length, pieces)) == pytest.approx(length(whole), rel=1e-9, abs=1e-9)
