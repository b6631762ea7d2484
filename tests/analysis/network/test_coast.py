"""Lines of sight against a made-up land, by an independent geometric test."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from gisapp.analysis.network.clearance import KM_PER_COUNT, LAND, Clearance
from gisapp.analysis.network.coast import Coast, dense, stretches
from gisapp.model.geodesy import WGS84, distance_km

#: An island with a lake in which lies an island.
ISLAND = shapely.box(10.0, 10.0, 14.0, 14.0)
LAKE = shapely.box(11.0, 11.0, 13.0, 13.0)
ISLET = shapely.box(11.8, 11.8, 12.2, 12.2)
LAND_SHAPE = shapely.union_all([ISLAND.difference(LAKE), ISLET])


def ring(shape, clockwise=False):
    coordinates = shapely.get_coordinates(shapely.orient_polygons(shape).exterior)
    return coordinates[::-1] if clockwise else coordinates


@pytest.fixture(scope="module")
def coast():
    """The raster is measured cell by cell with shapely on the ellipsoid."""
    cells = 4
    block = np.full((180, 360), -1, dtype=np.int32)
    far = np.full((180, 360), 500.0, dtype=np.float32)
    fine = []
    for row in range(98, 106):
        for column in range(188, 196):
            block[row, column] = len(fine)
            lat, lon = np.meshgrid(
                row - 90 + (np.arange(cells) + 0.5) / cells,
                column - 180 + (np.arange(cells) + 0.5) / cells,
                indexing="ij",
            )
            points = shapely.points(lon.ravel(), lat.ravel())
            nearest = shapely.get_coordinates(shapely.shortest_line(points, LAND_SHAPE.boundary))
            km = distance_km(nearest[::2], nearest[1::2])
            count = np.minimum(km / KM_PER_COUNT, LAND - 1)
            inside = shapely.contains(LAND_SHAPE, points)
            count = np.where(inside & (km > 30), LAND, np.where(inside, 0, count))
            fine.append(count.reshape(cells, cells).astype(np.uint8))
    # around the blocks the sea is near the island
    grid_row, grid_column = np.mgrid[0:180, 0:360]
    near = (np.abs(grid_row - 101.5) < 8) & (np.abs(grid_column - 191.5) < 8)
    far[near] = 100.0
    return Coast(
        [ring(ISLAND), ring(LAKE, clockwise=True), ring(ISLET)],
        Clearance(block, far, np.array(fine)),
    )


def test_land_and_waters_within(coast):
    places = np.array([(9.9, 12), (10.5, 10.5), (11.5, 11.5), (12, 12), (372.0, 12.0), (-12, 12)])
    assert coast.on_land(places).tolist() == [False, True, False, True, True, False]


def test_nearest_shore(coast):
    assert coast.nearest_shore(np.array([10.2, 12.0])) == pytest.approx((10.0, 12.0), abs=1e-6)


def test_sight_against_shapely(coast):
    rng = np.random.default_rng(4)
    start, end = rng.uniform(8.2, 15.8, (2, 400, 2))
    start, end = (x[~coast.on_land(x)][:300] for x in (start, end))
    clear = coast.clear(start, end)
    for a, b, free in zip(start, end, clear, strict=True):
        line = shapely.linestrings([a, *WGS84.npts(*a, *b, 60), b])
        # great circles stand for geodesics: apart by metres
        if abs(shapely.distance(line, LAND_SHAPE)) > 1e-3 or line.intersects(
            shapely.buffer(LAND_SHAPE, -1e-3)
        ):
            assert free == (not line.intersects(LAND_SHAPE))
    assert 0.2 < clear.mean() < 0.8


def test_a_berth_is_kept(coast):
    start, end = np.array([[8.5, 9.7]]), np.array([[15.5, 9.7]])
    assert coast.clear(start, end).all()
    assert not coast.clear(start, end, 60.0, 1.0).any()
    # less is asked for near the ends
    assert coast.clear(start, end, 60.0, 0.03).all()


def test_dense_points_lie_on_great_circles():
    points, row = dense(np.array([[170.0, 0.0]]), np.array([[-170.0, 0.0]]), 100.0)
    assert set(row) == {0}
    assert np.abs(points[:, 1]).max() < 1e-9
    assert distance_km(points[:-1], points[1:]).max() < 101
    lines, owner = stretches(np.array([[170.0, 0.0]]), np.array([[-170.0, 0.0]]))
    assert shapely.length(lines).sum() == pytest.approx(20.0)
    assert set(owner) == {0}
