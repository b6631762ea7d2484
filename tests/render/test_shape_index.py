"""Shapes for tiles: what is found, thinned, drawn as dust, and that short cuts change nothing."""

import io

import numpy as np
import pytest
import shapely
import skia
from PIL import Image

from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback
from gisapp.render import raster
from gisapp.render.mercator import to_world
from gisapp.render.rings import Rings, rings_of, thinned
from gisapp.render.shape_index import ShapeIndex, shape_index
from gisapp.render.symbology import AreaSymbol, LineSymbol
from gisapp.render.tiles import ShapeTiles
from tests.bench.large import blobs

FLAT = AreaSymbol("#FF0000", 1.0, "#FF0000", 0.0)
EDGED = AreaSymbol("#0000FF", 0.2, "#0000FF", 1.2)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def alpha(tiles, z, x, y, scale=1):
    return pixels(tiles.tile(z, x, y, scale))[..., 3].astype(float)


@pytest.fixture(scope="module")
def many():
    return blobs(8000, 120, seed=3)


def test_rings_are_those_of_shapely():
    hollow = shapely.box(0, 0, 9, 9).difference(shapely.box(2, 2, 4, 4))
    shapes = np.array(
        [
            hollow,
            shapely.MultiPolygon([shapely.box(20, 0, 21, 1), shapely.box(30, 0, 31, 1)]),
            shapely.GeometryCollection(
                [shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]), shapely.Point(7, 7)]
            ),
            shapely.LineString([(5, 5), (6, 6)]),
        ],
        dtype=object,
    )
    rings = rings_of(shapes, np.array([4, 6, 7, 9]))
    assert rings.owner.tolist() == [4, 4, 6, 6, 7, 7, 9]
    assert rings.areal.tolist() == [True] * 4 + [False] * 3
    assert rings.hole.tolist() == [False, True] + [False] * 5
    assert np.array_equal(rings.xy[:5], shapely.get_coordinates(hollow.exterior))
    assert np.array_equal(rings.take(np.array([6])).xy, [[5, 5], [6, 6]])


def test_thinned_lines_stay_within_half_a_pixel_and_keep_their_ends():
    rng = np.random.default_rng(1)
    steps = rng.normal(0, 0.15, (40, 500, 2))
    paths = rng.uniform(0, 256, (40, 1, 2)) + np.cumsum(steps, axis=1)
    lines = shapely.linestrings(paths)
    rings = rings_of(lines, np.arange(40))
    thin = thinned(rings)
    assert len(thin.xy) < 0.6 * len(rings.xy)
    for number, line in enumerate(lines):
        part = thin.xy[thin.first[number] : thin.first[number + 1]]
        assert np.array_equal(part[[0, -1]], paths[number][[0, -1]])
        assert shapely.hausdorff_distance(shapely.linestrings(part), line, densify=0.2) < 0.75


def test_a_spike_is_no_straight_line():
    spike = np.array([[0.0, 0.0], [100.0, 0.0], [50.0, 0.01], [50.0, 80.0]])
    one = np.array([False])
    rings = Rings(np.array([0]), one, one, np.array([0, 4]), spike)
    assert [100.0, 0.0] in thinned(rings).xy.tolist()


def test_a_skia_of_another_form_draws_the_same(monkeypatch, many):
    tiles = ShapeTiles(ShapeIndex(many), [EDGED])
    before = tiles.tile(4, 9, 6)
    assert raster._head() is not None
    monkeypatch.setattr(raster, "_head", lambda: None)
    assert tiles.tile(4, 9, 6) == before


def test_a_path_in_memory_is_the_path_that_skia_draws():
    xy = np.array([[0, 0], [9, 1], [5, 8], [20, 20], [29, 21], [25, 28]], np.float32)
    verbs = np.array([0, 1, 1, 0, 1, 1], np.uint8)
    path = skia.Path()
    path.addPoly([skia.Point(*at) for at in xy[:3].tolist()], False)
    path.addPoly([skia.Point(*at) for at in xy[3:].tolist()], False)
    assert raster._path_of(xy, verbs) == path


@pytest.mark.parametrize("scale", [1, 2])
def test_far_zooms_cover_what_the_polygons_cover(many, scale):
    tiles = ShapeTiles(ShapeIndex(many), [FLAT])
    world = shapely.transform(many, to_world)
    for z, x, y in ((1, 1, 0), (2, 2, 1), (3, 4, 3), (5, 17, 12)):
        tile = shapely.box(x / 2**z, y / 2**z, (x + 1) / 2**z, (y + 1) / 2**z)
        inside = float(shapely.area(shapely.intersection(world, tile)).sum())
        wanted = inside * 4**z * 65536 * scale**2 * 255
        assert alpha(tiles, z, x, y, scale).sum() == pytest.approx(wanted, rel=0.04)


def test_what_is_smaller_than_a_pixel_still_shows():
    places = np.array([[10.3, 20.2], [11.9, 21.4], [14.1, 23.3]])
    shapes = shapely.box(*np.hstack([places, places + 1e-4]).T)
    lines = shapely.linestrings(np.stack([places, places + 1e-4], axis=1))
    for held, look in ((shapes, EDGED), (lines, LineSymbol("#00AA00", 1.0))):
        image = alpha(ShapeTiles(ShapeIndex(held), [look]), 3, 4, 3)
        spots = np.floor((to_world(places) * 8 - (4, 3)) * 256).astype(int)
        for column, row in spots.tolist():
            assert image[row - 1 : row + 2, column - 1 : column + 2].sum() > 60


def test_a_crowd_of_small_polygons_is_as_dark_just_above_and_below_the_size_of_dust():
    steps = np.arange(0.0, 20.0, 0.25)
    west, south = (side.ravel() for side in np.meshgrid(steps, steps))
    tiles = ShapeTiles(ShapeIndex(shapely.box(west, south, west + 0.25, south + 0.25)), [EDGED])
    inks = []
    for z in (2, 3, 4, 5):
        image = alpha(tiles, z, 2**z // 2, 2**z // 2 - 1)
        there = image[image > 0]
        inks.append(np.median(there) / 255)
    assert max(inks) < 0.75
    assert max(np.abs(np.diff(inks))) < 0.3


def test_the_coarse_copy_draws_the_same_to_half_a_pixel():
    shapes = blobs(4000, 160, seed=5)
    plain, prepared = ShapeIndex(shapes), ShapeIndex(shapes)
    assert prepared._coarse_zoom >= 2
    prepared.prepare()
    z = prepared._coarse_zoom
    for x, y in ((2, 2), (3, 1)):
        before = alpha(ShapeTiles(plain, [FLAT]), z, x, y)
        after = alpha(ShapeTiles(prepared, [FLAT]), z, x, y)
        assert len(prepared.cut(z, x, y).xy) <= len(plain.cut(z, x, y).xy)
        assert np.abs(after - before).mean() < 3
        assert after.sum() == pytest.approx(before.sum(), rel=0.02)


def test_preparing_is_called_off():
    feedback = Feedback()
    feedback.cancel()
    index = ShapeIndex(blobs(4000, 160, seed=5))
    with pytest.raises(Cancelled):
        index.prepare(feedback=feedback)
    assert index.cut(2, 2, 1).rows.size


def test_polygons_that_overlap_in_a_batch_do_not_cancel_out():
    box = shapely.box(10, 10, 11, 11)
    tiles = ShapeTiles(ShapeIndex(np.array([box, box, box.reverse()], dtype=object)), [FLAT])
    assert alpha(tiles, 3, 4, 3).max() > 250


def test_long_lines_are_exact_at_the_deepest_zoom():
    line = shapely.LineString([(-170.0, -60.0), (8.123456, 47.654321), (170.0, 70.0)])
    x, y = to_world([[8.123456, 47.654321]])[0] * 2**16
    tiles = ShapeTiles(ShapeIndex(np.array([line], dtype=object)), [LineSymbol("#000000", 1.0)])
    image = alpha(tiles, 16, int(x), int(y))
    column, row = int(x % 1 * 256), int(y % 1 * 256)
    assert image[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2].max() > 150


def test_each_row_has_its_own_look_and_hidden_ones_are_not_picked(many):
    index = ShapeIndex(many)
    rows = np.arange(0, len(many), 2)
    looks = [AreaSymbol(color, 1.0, color, 0.0) for color in ("#FF0000", "#00FF00")]
    tiles = ShapeTiles(index, looks, rows, np.arange(len(rows)) % 2)
    for row in (4000, 4002, 4001):
        lon, lat = shapely.get_coordinates(shapely.point_on_surface(many[row]))[0]
        x, y = to_world([[lon, lat]])[0] * 2**8
        at = pixels(tiles.tile(8, int(x), int(y)))[int(y % 1 * 256), int(x % 1 * 256)]
        wanted = {4000: [255, 0, 0, 255], 4002: [0, 255, 0, 255], 4001: [0, 0, 0, 0]}[row]
        assert at.tolist() == wanted
        assert tiles.pick(lon, lat, 8) == (row if row % 2 == 0 else None)


def test_picks_are_those_of_shapely(many):
    index = ShapeIndex(many)
    rng = np.random.default_rng(2)
    world = shapely.transform(many, to_world)
    reach = 5 / 256 / 2**5
    for lon, lat in rng.uniform((-179, -59), (179, 74), (150, 2)):
        away = shapely.distance(world, shapely.points(to_world([[lon, lat]])[0]))
        near = np.flatnonzero(away <= reach)
        assert index.at(lon, lat, reach) == (near[-1] if len(near) else None)


def test_layers_with_the_same_geometries_share_an_index(many):
    features = Features.from_shapes(many)
    index = shape_index(features)
    assert shape_index(features.with_columns(a=np.zeros(len(many)))) is index
    assert shape_index(Features.from_shapes(many.copy())) is not index
