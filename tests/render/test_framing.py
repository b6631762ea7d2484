"""The frame over the live map encloses exactly what the page's map shows."""

from datetime import date

import numpy as np
import pytest
import shapely

from gisapp.data.shipped import default_layers
from gisapp.model.feedback import GisappError
from gisapp.render.arranging import map_frame_of
from gisapp.render.compose import compose
from gisapp.render.framing import around, fitted, frame_outline, reframed
from gisapp.render.mercator import to_world
from gisapp.render.picture import DrawnLayer, FrameSpec, Picture
from gisapp.render.scene import Mark

PACIFIC = (110.0, -48.0, 250.0, 58.0)
FRAMES = [
    FrameSpec(),
    FrameSpec(size="A4 portrait", projection="robinson"),
    FrameSpec(bounds=(100.0, -45.0, 160.0, 5.0)),
    FrameSpec(size="square", bounds=(-20.0, 35.0, 40.0, 70.0)),
    FrameSpec(size="4:3", bounds=PACIFIC),
    FrameSpec(size="A3", bounds=PACIFIC, projection="winkel_tripel"),
    FrameSpec(bounds=(-170.0, -50.0, 190.0, 75.0), center_lon=150.0),
    FrameSpec(bounds=(-130.0, 20.0, -60.0, 85.0), projection="mercator"),
    FrameSpec(size="letter", bounds=(-130.0, 15.0, -55.0, 70.0), projection="lambert_conformal"),
    FrameSpec(bounds=(60.0, -10.0, 150.0, 60.0), projection="lambert_azimuthal"),
    FrameSpec(projection="lambert_azimuthal", center_lon=100.0),
    FrameSpec(bounds=(-120.0, 40.0, 60.0, 89.0), projection="lambert_azimuthal"),
    FrameSpec(projection="orthographic", center_lon=-70.0),
    FrameSpec(projection="north_polar"),
    FrameSpec(projection="south_polar", center_lon=130.0),
]


@pytest.fixture(scope="module")
def picture():
    sites = [layer for layer in default_layers() if layer.features.is_points]
    layers = tuple(DrawnLayer(layer) for layer in reversed(sites))
    return Picture("Sites", "All of them", layers, date(2026, 11, 22), ("USGS 2025",))


@pytest.fixture(scope="module")
def sites(picture):
    """Every shipped site, and a world of points besides, lon and lat, shape (n, 2)."""
    known = [drawn.layer.features.lonlat for drawn in picture.layers]
    random = np.random.default_rng(7)
    lat = np.degrees(np.arcsin(random.uniform(-1, 1, 4_000)))
    return np.concatenate([*known, np.column_stack([random.uniform(-180, 180, 4_000), lat])])


def enclosed(rings, lonlat):
    """Return which positions lie inside of the rings, by any turn around the world."""
    inside = np.zeros(len(lonlat), dtype=bool)
    for ring in rings:
        area = shapely.make_valid(shapely.Polygon(ring))
        for turn in (-720.0, -360.0, 0.0, 360.0, 720.0):
            inside |= shapely.contains_xy(area, lonlat[:, 0] + turn, lonlat[:, 1])
    return inside


def ident(frame):
    return f"{frame.projection}-{frame.size}-{frame.bounds}".replace(" ", "")


@pytest.mark.parametrize("frame", FRAMES, ids=ident)
def test_what_lies_inside_is_what_the_page_shows(picture, sites, frame):
    where = map_frame_of(picture, frame)
    rings = frame_outline(where)
    onto = where.to_page(where.projection.points(sites))
    shown = where.shows(onto)
    # a place on the very edge may be told either way: nearer to it than this many points
    box = where.box
    edges = shapely.union_all(
        [
            shapely.box(box.x, box.y, box.right, box.bottom).boundary,
            shapely.transform(where.projection.outline.boundary, where.to_page),
        ]
    )
    different = np.flatnonzero(enclosed(rings, sites) != shown)
    away = shapely.distance(shapely.points(onto[different]), edges)
    assert (away < 0.1).all(), (sites[different], onto[different])
    assert shown.sum() > 30
    for ring in rings:
        steps = np.abs(np.diff(ring[:, 0]))
        level = np.abs(ring[:-1, 1]) > 86.0  # around a pole the way is wide, beyond any web map
        assert steps[~level].max() < 30.0


def test_the_page_draws_the_sites_inside_and_no_others(picture):
    frame = FrameSpec(bounds=(100.0, -45.0, 160.0, 5.0), size="4:3")
    rings = frame_outline(map_frame_of(picture, frame))
    expected = 0
    for drawn in picture.layers:
        expected += int(enclosed(rings, drawn.layer.features.lonlat).sum())
    scene = compose(picture, frame)
    groups = {drawn.layer.name for drawn in picture.layers}
    assert sum(isinstance(i, Mark) and i.group in groups for i in scene.items) == expected > 50


def test_a_dragged_frame_keeps_the_page(picture):
    where = map_frame_of(picture, FrameSpec(bounds=(100.0, -45.0, 160.0, 5.0)))
    moved = reframed(where, (120.0, -45.0, 180.0, 5.0))
    assert moved.box == where.box
    first, second = (frame_outline(each)[0] for each in (where, moved))
    assert np.ptp(second[:, 0]) == pytest.approx(np.ptp(first[:, 0]), abs=1e-6)
    assert (second - first)[:, 0].mean() == pytest.approx(20.0, abs=1e-6)
    with pytest.raises(GisappError):
        reframed(map_frame_of(picture, FrameSpec(projection="mercator")), (0, 81, 10, 89))


@pytest.mark.parametrize("seen", [(120.0, -40.0, 250.0, 60.0), (-10.0, 40.0, 20.0, 55.0)])
def test_a_fitted_frame_leaves_room_for_its_handles(picture, seen):
    where = map_frame_of(picture, FrameSpec(bounds=seen))
    bounds = fitted(where, seen)
    west, south, east, north = around(reframed(where, bounds))
    turn = 360.0 * round((seen[0] - west) / 360.0)
    assert seen[0] < west + turn < east + turn < seen[2]
    assert seen[1] < south < north < seen[3]
    inner, outer = to_world([seen[:2], seen[2:]]), to_world([(west, south), (east, north)])
    share = np.abs(np.diff(outer, axis=0) / np.diff(inner, axis=0))
    assert share.max() == pytest.approx(0.84, abs=0.02)
    assert -180.0 <= bounds[0] < 180.0
