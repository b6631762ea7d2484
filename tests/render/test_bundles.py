from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import pytest
import shapely

from gisapp.model.geodesy import geodesic_path
from gisapp.render.bundles import Shore, Stream, bundled
from gisapp.render.flow_scale import FINEST_FLOW, WIDEST_FLOW, busiest, flow_width
from gisapp.render.map_flows import flow_items, flow_legs, is_bundled
from gisapp.render.map_insets import map_frame
from gisapp.render.map_items import map_items
from gisapp.render.picture import Connection, Elements, FrameSpec, Picture, Show, ThemeName
from gisapp.render.scene import Area, Box, Line
from gisapp.render.symbology import palette
from tests.render.sample_pictures import AS_OF, distance

REACH = 5.0


def line(*points):
    return np.array(points, dtype=float)


def through(legs, x):
    """Numbers of the flows that cross a vertical line, by the place where they do."""
    found = defaultdict(set)
    wall = shapely.LineString([(x, -1e4), (x, 1e4)])
    for leg in legs:
        for point in shapely.get_coordinates(
            shapely.intersection(shapely.LineString(leg.path), wall)
        ):
            found[round(float(point[1]), 1)] |= {*leg.ahead, *leg.back}
    return dict(found)


def test_ways_side_by_side_become_one_and_none_is_lost():
    streams = [
        Stream(line((0, 10 * i), (60, 50 + i), (240, 50 + i), (300, 20 * i)), 1.0, i)
        for i in range(4)
    ]
    legs = bundled(streams, REACH)
    assert list(through(legs, 150.0).values()) == [{0, 1, 2, 3}]
    assert len(through(legs, 5.0)) == 4
    for i in range(4):  # each flow's legs join from its start to its end
        own = [shapely.LineString(leg.path) for leg in legs if i in (*leg.ahead, *leg.back)]
        ends = shapely.get_coordinates(shapely.line_merge(shapely.union_all(own)).boundary)
        for want in streams[i].path[[0, -1]]:
            assert np.hypot(*(ends - want).T).min() < 0.01


def test_ways_far_from_each_other_stay_apart():
    streams = [Stream(line((0, 40 * i), (300, 40 * i)), 1.0, i) for i in range(3)]
    legs = bundled(streams, REACH)
    assert len(legs) == 3
    for leg, stream in zip(legs, streams, strict=True):
        assert np.abs(leg.path[:, 1] - stream.path[0, 1]).max() < 0.01


def test_flows_against_each_other_are_told_apart():
    there = line((0, 0), (300, 0))
    legs = bundled([Stream(there, 2.0, 0), Stream(there[::-1], 1.0, 1)], REACH)
    assert len(legs) == 1
    assert {legs[0].ahead, legs[0].back} == {(0,), (1,)}


def test_ways_at_sea_go_around_a_cape_together_and_ways_on_land_over_it():
    cape = shapely.Polygon([(100, -200), (140, 60), (180, -200)])
    around = [line((0, 4 * i), (140, 62 + i), (300, 4 * i)) for i in range(4)]
    over = line((0, -30), (300, -30))
    streams = [Stream(path, 1.0, i) for i, path in enumerate((*around, over))]
    legs = bundled(streams, REACH, shore=Shore(cape))
    at_sea = [leg for leg in legs if 4 not in (*leg.ahead, *leg.back)]
    assert not any(shapely.LineString(leg.path).intersects(cape) for leg in at_sea)
    assert {0, 1, 2, 3} in through(at_sea, 140.0).values()
    on_land = through([leg for leg in legs if leg not in at_sea], 140.0)
    assert min(on_land, key=lambda y: abs(y + 30)) == pytest.approx(-30.0, abs=1.0)


def test_bundling_is_the_same_every_time_and_takes_hundreds():
    random = np.random.default_rng(3)
    starts, ends = random.uniform(0, 100, (150, 2)), random.uniform(500, 600, (150, 2))
    streams = [
        Stream(line(a, (300, 300), b), float(i + 1), i)
        for i, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]
    first, second = bundled(streams, REACH), bundled(streams, REACH)
    assert all(
        np.array_equal(a.path, b.path) and a.ahead == b.ahead
        for a, b in zip(first, second, strict=True)
    )
    assert max(len(leg.ahead) for leg in first) > 75


def test_a_flow_twice_as_large_is_twice_as_wide():
    flows = [link(geodesic_path((0, 0), (60, 0)), tonnes) for tonnes in (300.0, 600.0)]
    assert busiest(flows) == 900.0
    assert flow_width(900.0, 900.0) == WIDEST_FLOW
    assert flow_width(600.0, 900.0) == pytest.approx(2 * flow_width(300.0, 900.0))
    assert flow_width(0.1, 900.0) == FINEST_FLOW


def link(path, tonnes, inside=True, name="mine"):
    return Connection(path, 1000.0, inside, name, "plant", tonnes=tonnes, kind="Ore")


@pytest.fixture(scope="module")
def pacific():
    """Eight flows from Chile to Japan over 180 degrees, and one of them the other way."""
    japan = np.array([(139.0 + 0.4 * i, 36.0) for i in range(4)])
    chile = np.array([(-70.0, -22.0 - 0.5 * i) for i in range(4)])
    there = [
        link(geodesic_path(chile[i % 4], japan[i // 2]), 100.0 * (i + 1), i < 5, f"Mine {i}")
        for i in range(8)
    ]
    return (*there, link(geodesic_path(japan[0], chile[0]), 50.0))


@pytest.mark.parametrize("center", [None, 150.0, -100.0])
def test_flows_over_180_degrees_keep_their_tonnes_and_never_smear(pacific, center):
    where = map_frame(FrameSpec(center_lon=center), Box(0, 0, 600, 262), 1.0)
    legs = flow_legs(where, pacific)
    for leg in legs:
        assert np.hypot(*np.diff(leg.path, axis=0).T).max() < where.box.w / 3
        assert leg.tonnes == sum(each.tonnes for each in leg.links)
    x = float(where.to_page(where.projection.points([(-130.0, 0.0)]))[0, 0])
    wall = shapely.LineString([(x, 0), (x, 300)])
    crossing = [leg for leg in legs if shapely.LineString(leg.path).intersects(wall)]
    assert sum(leg.tonnes for leg in crossing) == pytest.approx(3650.0)
    assert len(crossing) <= 6  # nine flows in two kinds and two directions run together
    for a, b in combinations(crossing, 2):  # what runs together lies side by side
        assert not np.array_equal(a.path, b.path)


def test_legs_say_what_goes_along_them_and_which_way(pacific):
    where = map_frame(FrameSpec(center_lon=180.0), Box(0, 0, 600, 262), 1.0)
    legs = flow_legs(where, pacific)
    items = flow_items(where, legs)
    widest = max((i for i in items if isinstance(i, Line)), key=lambda i: i.width)
    assert "+" in widest.name
    assert widest.name.endswith("t/yr")
    assert "to plant" in widest.alt
    colors = palette(ThemeName.LIGHT)
    drawn = {i.ink.color for i in items if isinstance(i, Line)}
    assert drawn == {colors.inside, colors.outside}
    heads = [i for i in items if isinstance(i, Area)]
    assert {i.name for i in heads} == {"Arrows: Ore"}
    assert sum(len(i.parts) for i in heads) >= 3


def test_flows_are_bundled_unless_they_are_not_to(pacific):
    def asks(number, show):
        where = map_frame(FrameSpec(elements=Elements(bundles=show)), Box(0, 0, 600, 262), 1.0)
        return is_bundled(where, Picture("", "", (), AS_OF, (), connections=pacific[:number]))

    assert asks(1, Show.AUTO)
    assert asks(9, Show.YES)
    assert not asks(9, Show.NO)
    assert not asks(0, Show.YES)
    assert not is_bundled(map_frame(FrameSpec(), Box(0, 0, 600, 262), 1.0), distance())


def test_lines_without_tonnes_are_drawn_beside_flows(pacific):
    near = Connection(geodesic_path((20, 0), (30, 10)), 1500.0, True, "A", "B")
    picture = Picture("", "", (), AS_OF, (), connections=(near, *pacific))
    where = map_frame(FrameSpec(), Box(0, 0, 600, 262), 1.0)
    groups = Counter(i.group for i in map_items(where, picture).items if isinstance(i, Line))
    assert groups["Distance lines"] == 1
    assert groups["Flows"] > 3
