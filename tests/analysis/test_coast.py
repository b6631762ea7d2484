"""Lines of sight at sea against 1:10m land."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gisapp.analysis.coast import CELLS, STEP_KM, Coast, dense, stretches
from gisapp.data.shipped import load_layer
from gisapp.model.geodesy import distance_km, geodesic_path


@pytest.fixture(scope="module")
def rings():
    parts = shapely.get_parts(load_layer("land").features.geometry)
    return [shapely.get_coordinates(part.exterior) for part in parts]


@pytest.fixture(scope="module")
def coast(rings):
    # a raster that calls nothing deep leaves everything to the exact test
    return Coast(rings, np.zeros((180 * CELLS, 360 * CELLS), dtype=bool))


@pytest.mark.parametrize(
    ("start", "end", "clear"),
    [
        ((-70.0, 40.0), (-9.8, 38.5), True),  # Nantucket - Lisbon
        ((-5.6, 35.95), (-6.5, 36.0), True),  # through Gibraltar
        ((1.4, 51.0), (1.4, 49.0), False),  # Dover - Normandy
        ((170.0, -18.5), (-175.0, -22.0), True),  # south of Fiji, across 180 degrees
        ((170.0, -17.8), (-170.0, -17.8), False),  # over Fiji, across 180 degrees
        ((178.0, 60.0), (-178.0, 70.5), False),  # over Chukotka
        ((30.0, -40.0), (110.0, -34.5), True),  # the southern Indian Ocean
        ((0.0, 0.0), (0.0, 0.0), True),
    ],
)
def test_what_a_ship_sees(coast, start, end, clear):
    a, b = np.array([start]), np.array([end])
    assert coast.clear(a, b)[0] == clear
    assert coast.clear(b, a)[0] == clear


def test_agrees_with_lines_against_whole_polygons(coast, rings):
    polygons = shapely.polygons([shapely.linearrings(ring) for ring in rings if len(ring) > 40])
    shapely.prepare(polygons)
    tree = shapely.STRtree(polygons)
    rng = np.random.default_rng(5)
    start = np.column_stack([rng.uniform(-120, 120, 300), rng.uniform(-45, 55, 300)])
    end = start + rng.uniform(-12, 12, (300, 2))
    afloat = ~coast.on_land(start) & ~coast.on_land(end)
    start, end = start[afloat], end[afloat]
    for a, b, seen in zip(start, end, coast.clear(start, end), strict=True):
        line = shapely.linestrings(geodesic_path(a, b, 20.0))
        near = polygons[tree.query(line)]
        if seen:
            assert not shapely.intersects(near, line).any()


def test_a_raster_of_deep_land_changes_no_answer(coast, rings):
    deep = np.zeros((180 * CELLS, 360 * CELLS), dtype=bool)
    deep[480 + 900 : 500 + 900, 1800 + 20 : 1800 + 80] = True  # 48-50 north, 2-8 east
    quick = Coast(rings, deep)
    start = np.array([[-3.0, 49.5], [3.6, 43.0], [-10.0, 45.0]])
    end = np.array([[18.0, 55.0], [3.2, 51.8], [-30.0, 30.0]])
    assert quick.clear(start, end).tolist() == coast.clear(start, end).tolist()


def test_on_land_and_the_nearest_shore(coast):
    places = np.array([[10.0, 50.0], [-30.0, 0.0], [180.5, 67.0], [-179.5, 67.0], [540.5, 67.0]])
    assert coast.on_land(places).tolist() == [True, False, True, True, True]
    shore = coast.nearest_shore(np.array([4.9, 52.37]))
    assert 15 < distance_km((4.9, 52.37), shore)[0] < 30
    ring = shore + 0.001 * np.column_stack(
        [np.sin(np.linspace(0, 6.28, 16)), np.cos(np.linspace(0, 6.28, 16))]
    )
    assert 0 < coast.on_land(ring).sum() < 16


def test_points_along_geodesics():
    start = np.array([[170.0, 10.0], [0.0, 0.0]])
    end = np.array([[-170.0, 20.0], [0.1, 0.0]])
    points, row = dense(start, end)
    assert np.bincount(row)[1] == 2
    for i in range(2):
        some = points[row == i]
        assert distance_km(some[:-1], some[1:]).max() <= STEP_KM + 1e-6
        length = distance_km(some[:-1], some[1:]).sum()
        assert length == pytest.approx(distance_km(start[i], end[i])[0])
    lines, owner = stretches(start, end)
    assert owner.tolist() == sorted(owner)
    assert set(owner) == {0, 1}
    joined = [shapely.get_coordinates(line) for line in lines]
    assert all(np.abs(np.diff(line[:, 0])).max() < 5 for line in joined)
    for one, other, i, j in zip(joined[:-1], joined[1:], owner[:-1], owner[1:], strict=True):
        if i == j:
            assert (one[-1, 0] - other[0, 0]) % 360 == pytest.approx(0, abs=1e-9)
            assert one[-1, 1] == other[0, 1]
