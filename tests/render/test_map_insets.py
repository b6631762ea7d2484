import numpy as np
import pytest
import shapely

from gisapp.data.shipped import load_layer
from gisapp.render.coast import coarse_countries, countries_for, countries_on
from gisapp.render.map_insets import (
    extent_items,
    inset_frame,
    is_regional,
    locator_items,
    map_frame,
    north_at,
    north_serves,
)
from gisapp.render.map_items import map_items
from gisapp.render.picture import FrameSpec
from gisapp.render.scene import Area, Box, Mark, Words
from tests.render.sample_pictures import coverage
from tests.render.test_compose import points_of, some_countries

MAIN = Box(0, 0, 500, 300)
SMALL = Box(600, 20, 90, 90)


def framed(bounds, **words):
    return map_frame(FrameSpec(bounds=bounds, **words), MAIN, 1.0)


@pytest.mark.parametrize(
    "bounds",
    [
        (95, 18, 135, 45),
        (160, -50, -150, 10),
        (5, 48, 6, 49),
        (-170, -60, -30, 70),
        (10, 60, 60, 89),
    ],
)
def test_a_locator_shows_where_the_frame_is_within_its_box(bounds):
    main = framed(bounds)
    items = locator_items(main, SMALL)
    for item in items:
        x, y = points_of(item).T
        assert SMALL.contains(Box(x.min(), y.min(), np.ptp(x), np.ptp(y)), slack=1.0), item.name
    frame = items[-1]
    assert frame.name == "Frame of the main map"
    x, y = points_of(frame).T
    land = items[1]
    assert land.name == "Land"
    assert len(land.parts) > 5
    if bounds == (5, 48, 6, 49):  # too small to be seen: a spot
        assert isinstance(frame, Area)
        assert np.ptp(x) == pytest.approx(5.0)
    elif bounds == (95, 18, 135, 45):  # the globe is turned to it
        assert x.mean() == pytest.approx(SMALL.x + 45, abs=4)
        assert 15 < np.ptp(x) < 60


def test_an_inset_is_the_same_map_of_other_bounds():
    main = framed((95, 18, 135, 45))
    inset = inset_frame(main, (-125, 25, -65, 50), SMALL)
    assert inset.box == SMALL
    drawn = map_items(inset, coverage(), jurisdictions=some_countries())
    marks = [i for i in drawn.items if isinstance(i, Mark)]
    assert len(marks) > 5
    for item in drawn.items:
        if not isinstance(item, Words):
            x, y = points_of(item).T
            box = Box(x.min(), y.min(), np.ptp(x), np.ptp(y))
            slack = 9.0 if isinstance(item, Mark) else 0.5
            assert SMALL.contains(box, slack=slack), item.name
    main_marks = map_items(framed(None), coverage(), jurisdictions=some_countries()).items
    within = inset_frame(framed(None), (-125, 25, -65, 50), SMALL)
    again = map_items(within, coverage(), jurisdictions=some_countries()).items
    sizes = {i.alt: i.symbol.size for i in main_marks if isinstance(i, Mark)}
    same = [i for i in again if isinstance(i, Mark) and i.symbol.size > 6.0]
    assert same
    for mark in same:  # one legend for both
        assert mark.symbol.size == pytest.approx(sizes[mark.alt])
    world = framed(None)
    (outline,) = extent_items(world, inset, "North America")
    x, y = points_of(outline).T
    ends = world.to_page(world.projection.points([(-125, 25), (-65, 50)]))
    assert x.min() < ends[:, 0].min() + 12
    assert y.min() <= ends[:, 1].min() + 1


@pytest.mark.parametrize(
    ("bounds", "projection", "center", "serves"),
    [
        ((5, 46, 15, 55), "equal_earth", None, False),
        ((5, 46, 15, 55), "equal_earth", 60.0, True),
        ((-10, 35, 40, 70), "mercator", None, False),
        (None, "robinson", None, False),
        ((0, 60, 360, 90), "north_polar", None, False),
    ],
)
def test_north_is_told_where_it_is_not_up_and_is_the_same_all_over(
    bounds, projection, center, serves
):
    where = framed(bounds, projection=projection, center_lon=center)
    assert north_serves(where) is serves
    turn, apart = north_at(where)
    if center == 60.0:  # independently: a degree north of the middle on the page
        (x0, y0), (x1, y1) = where.to_page(where.projection.points([(10, 50.4), (10, 51.4)]))
        assert turn == pytest.approx(np.degrees(np.arctan2(x1 - x0, y0 - y1)), abs=1.5)
    if projection == "mercator":
        assert abs(turn) < 1e-6
        assert apart < 1e-6


def test_regions_have_a_locator_and_the_world_has_none():
    assert is_regional(framed((95, 18, 135, 45)))
    assert not is_regional(framed(None))
    assert not is_regional(framed((-170, -60, 190, 80)))


def test_the_coast_is_as_fine_as_the_map_is_large():
    coarse = countries_for(framed(None).points_per_meter / 4)
    assert coarse is coarse_countries()
    assert countries_for(framed(None).points_per_meter) is load_layer("jurisdictions_simple")
    assert countries_for(framed((5, 46, 15, 55)).points_per_meter) is load_layer("jurisdictions")
    shapes, fine = coarse.features.geometry, load_layer("jurisdictions_simple").features.geometry
    assert shapely.get_num_coordinates(shapes).sum() < 0.5 * shapely.get_num_coordinates(fine).sum()
    assert shapely.is_valid(shapes).all()
    assert not shapely.is_empty(shapes).any()
    assert shapely.coverage_is_valid(shapes)  # neighbours share their borders: nothing gapes
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(fine).sum(), rel=0.02)


@pytest.mark.parametrize(
    ("projection", "bounds", "center"),
    [
        ("equal_earth", (150, 50, 210, 75), None),  # 1:10 m
        ("lambert_azimuthal", (150, 50, 210, 75), None),
        ("equal_earth", None, 170.0),
        ("orthographic", None, 170.0),
        ("north_polar", (60, 62, 200, 85), None),
    ],
)
def test_180_degrees_is_no_coast(projection, bounds, center):
    where = framed(bounds, projection=projection, center_lon=center)
    coast = countries_on(where, countries_for(where.points_per_meter)).coast
    chukotka = shapely.Point(where.projection.points([(180.0, 67.5)])[0])
    assert coast.contains(chukotka)
    # the nearest shore is some 120 km from there
    assert coast.boundary.distance(chukotka) > 60_000.0
