"""Tiles against independent computation: projection, places, areas, seams, picking, threads."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from PIL import Image
from pyproj import Transformer

from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback
from gisapp.model.vocabulary import Role
from gisapp.render.basemap import BasemapTiles, OverlayTiles, World, basemap_json, shipped_world
from gisapp.render.mercator import to_lonlat, to_world
from gisapp.render.picture import Shading, ThemeName
from gisapp.render.raster import encode_png, is_blank
from gisapp.render.shape_index import ShapeIndex, shape_index
from gisapp.render.symbology import AreaSymbol, LineSymbol, palette, symbol_of
from gisapp.render.tile_cache import Cache
from gisapp.render.tiles import PointTiles, ShapeTiles

DOT = symbol_of(Role.DEPOSIT)
FLAT = AreaSymbol("#FF0000", 1.0, "#FF0000", 0.0)


def shape_tiles(shapes, look, rows=None):
    return ShapeTiles(shape_index(Features.from_shapes(shapes)), [look], rows)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def rgb(name):
    return tuple(int(name[i : i + 2], 16) for i in (1, 3, 5))


def place(lon, lat, z, scale=1):
    """Return tile and pixel in it, by the textbook formula of web maps."""
    n = 2**z
    x = (lon + 180) / 360 * n
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n
    return int(x), int(y), (x % 1) * 256 * scale, (y % 1) * 256 * scale


@pytest.fixture(scope="module")
def world():
    return shipped_world()


# --- projection and PNG -----------------------------------------------------------------------


def test_projection_is_web_mercator():
    lonlat = np.column_stack([np.linspace(-180, 180, 37), np.linspace(-85, 85, 37)])
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(*lonlat.T)
    half = 20037508.342789244
    expected = np.column_stack([(x + half) / (2 * half), (half - y) / (2 * half)])
    assert np.allclose(to_world(lonlat), expected, atol=1e-12)
    assert np.allclose(to_lonlat(to_world(lonlat)), lonlat, atol=1e-9)


def test_png_keeps_every_pixel():
    image = np.random.default_rng(0).integers(0, 256, (40, 30, 4), np.uint8)
    assert (pixels(encode_png(image)) == image).all()
    assert not is_blank(encode_png(image))
    assert is_blank(encode_png(np.zeros((8, 8, 4), np.uint8)))


# --- points -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize(
    ("lon", "lat", "z"), [(10.3, 48.7, 6), (-179.5, -17.2, 9), (151.2, -33.8, 16)]
)
def test_a_point_stands_where_it_belongs(lon, lat, z, scale):
    tiles = PointTiles(np.array([[lon, lat]]), [DOT])
    x, y, px, py = place(lon, lat, z, scale)
    image = pixels(tiles.tile(z, x, y, scale))
    assert image.shape == (256 * scale, 256 * scale, 4)
    rows, columns = np.nonzero(image[..., 3] > 200)
    assert (
        columns.mean() + 0.5 == pytest.approx(px, abs=0.6) or min(px, 256 * scale - px) < 8 * scale
    )
    assert rows.mean() + 0.5 == pytest.approx(py, abs=0.6) or min(py, 256 * scale - py) < 8 * scale


def test_a_symbol_on_a_border_is_whole_across_tiles():
    tiles = PointTiles(np.array([[0.0, 10.0]]), [DOT])
    _, y, _, py = place(0.0, 10.0, 5)
    left = pixels(tiles.tile(5, 15, y))[..., 3].astype(int)
    right = pixels(tiles.tile(5, 16, y))[..., 3].astype(int)
    assert left.sum() == pytest.approx(right.sum(), rel=0.02)
    middle = PointTiles(np.array([[360 / 64, 10.0]]), [DOT])
    assert left.sum() + right.sum() == pytest.approx(
        pixels(middle.tile(5, 16, y))[..., 3].astype(int).sum(), rel=0.02
    )
    assert 8 < py < 248


def test_points_at_the_antimeridian_show_on_both_sides():
    tiles = PointTiles(np.array([[180.0, 0.5], [-180.0, 0.5], [539.99, 0.5]]), [DOT])
    for x in (0, 15, -1, 16):
        assert not is_blank(tiles.tile(4, x, 7))
    assert len(tiles) == 3


def test_points_without_a_position_are_left_out():
    tiles = PointTiles(np.array([[np.nan, 1.0], [5.0, 5.0], [np.inf, 0.0]]), [DOT])
    assert len(tiles) == 1
    assert tiles.pick(5.0, 5.0, 4) == 1


def test_many_points_cover_the_same_pixels_as_each_by_itself():
    rng = np.random.default_rng(1)
    lonlat = rng.uniform((-20, -20), (20, 20), (20_000, 2))
    z, x, y = 4, 8, 7
    image = pixels(PointTiles(lonlat, [DOT]).tile(z, x, y))
    xy = to_world(lonlat) * 2**z * 256 - (x * 256, y * 256)
    wide = np.zeros((276, 276), bool)
    near = ((xy >= -10) & (xy < 266)).all(axis=1)
    columns, rows = np.floor(xy[near]).astype(int).T + 10
    wide[rows, columns] = True
    assert (image[wide[10:266, 10:266], 3] > 100).all()
    reach = range(7, 14)
    around = np.any([wide[r : r + 256, c : c + 256] for r in reach for c in reach], axis=0)
    assert (image[~around, 3] == 0).all()


def test_density_has_no_seams():
    rng = np.random.default_rng(2)
    lonlat = rng.uniform((-40, -40), (40, 40), (200_000, 2))
    tiles = PointTiles(lonlat, [DOT])
    left, right = (pixels(tiles.tile(3, x, 3))[..., 3].astype(float) for x in (3, 4))
    assert left[:, -8:].mean() == pytest.approx(right[:, :8].mean(), rel=0.03)


def test_pick_is_the_nearest_point():
    rng = np.random.default_rng(3)
    lonlat = rng.uniform((-180, -80), (180, 80), (5000, 2))
    rows = rng.permutation(5000) + 7
    tiles = PointTiles(lonlat, [DOT], rows)
    flat = to_world(lonlat)
    for lon, lat in rng.uniform((-180, -80), (180, 80), (200, 2)):
        away = flat - to_world([[lon, lat]])
        away[:, 0] -= np.round(away[:, 0])
        squared = (away**2).sum(axis=1)
        best = int(np.argmin(squared))
        reached = np.sqrt(squared[best]) * 256 * 2**4 <= 12
        assert tiles.pick(lon, lat, 4, 12) == (rows[best] if reached else None)


def test_preparing_a_million_points_can_be_cancelled():
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        PointTiles(np.zeros((10, 2)), [DOT], feedback=feedback)


# --- shapes -----------------------------------------------------------------------------------


def covered(source, z, x, y):
    return int((pixels(source.tile(z, x, y))[..., 3] > 127).sum())


@pytest.mark.parametrize(("z", "x", "y"), [(3, 4, 2), (6, 33, 20), (9, 268, 170), (12, 2150, 1370)])
def test_polygons_cover_their_area_at_every_zoom(z, x, y):
    angles = np.linspace(0, 2 * np.pi, 4001)[:-1]
    radius = 8 + np.sin(40 * angles)
    star = shapely.Polygon(
        np.column_stack([9 + radius * np.cos(angles), 51 + radius * np.sin(angles)])
    )
    source = shape_tiles([star], FLAT)
    tile = shapely.box(x / 2**z, y / 2**z, (x + 1) / 2**z, (y + 1) / 2**z)
    inside = shapely.intersection(shapely.transform(star, to_world), tile).area
    assert covered(source, z, x, y) == pytest.approx(inside * 4**z * 65536, rel=0.01, abs=60)


def test_holes_stay_open():
    ring = shapely.box(0, 0, 40, 40).difference(shapely.box(10, 10, 30, 30))
    source = shape_tiles([ring], FLAT)
    x, y, px, py = place(20.0, 20.0, 3)
    assert pixels(source.tile(3, x, y))[int(py), int(px), 3] == 0


def test_a_polygon_over_180_degrees_is_drawn_on_both_sides_and_not_in_between():
    shape = shapely.box(170.0, -10.0, 190.0, 10.0)
    source = shape_tiles([shape], FLAT)
    side = 10 / 22.5 * 256
    assert covered(source, 4, 15, 7) == pytest.approx(side**2, rel=0.02)
    assert covered(source, 4, 0, 7) == pytest.approx(side**2, rel=0.02)
    assert covered(source, 4, 8, 7) == 0
    assert source.pick(-175.0, 0.0, 4) == 0
    assert source.pick(0.0, 0.0, 4) is None


def test_edges_along_the_world_side_are_no_borders():
    half = shapely.box(160.0, -10.0, 180.0, 10.0)
    line = AreaSymbol("", 0.0, "#FF0000", 2.0)
    image = pixels(shape_tiles([half], line).tile(4, 15, 7))
    assert image[200, 250:, 3].max() == 0  # the side at 180 degrees
    assert pixels(shape_tiles([half], line).tile(4, 15, 7))[..., 3].max() > 0


def test_lines_and_small_things():
    way = shapely.LineString([(0.0, 0.0), (20.0, 10.0)])
    source = shape_tiles([way, None, shapely.Polygon()], LineSymbol("#00FF00", 2.0))
    x, y, px, py = place(10.0, 5.0, 4)
    near = pixels(source.tile(4, x, y))[int(py) - 3 : int(py) + 4, int(px) - 3 : int(px) + 4, 3]
    assert near.max() > 200
    assert source.pick(10.0, 5.0, 4) == 0


def test_rows_are_those_of_the_layer():
    shapes = [shapely.box(i, 0, i + 0.9, 1) for i in range(10)]
    source = shape_tiles(shapes, FLAT, np.array([2, 5, 7]))
    assert source.pick(5.4, 0.5, 8) == 5
    assert source.pick(4.4, 0.5, 8) is None


def test_invalid_polygons_are_mended_not_dropped():
    bow_tie = shapely.Polygon([(0, 0), (20, 20), (20, 0), (0, 20)])
    source = shape_tiles([bow_tie], FLAT)
    assert covered(source, 3, 4, 3) > 500


def test_deep_tiles_hold_little():
    coast = shapely.Point(0, 0).buffer(30, quad_segs=50_000)
    cut = ShapeIndex(np.array([coast], object)).cut(10, 597, 511)
    assert cut.rows.tolist() == [0]
    assert len(cut.xy) < 2_000


# --- the basemap ------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", list(ThemeName))
@pytest.mark.parametrize("z", [0, 3, 4, 7])
def test_land_and_water_have_their_colours(world, theme, z):
    colors = palette(theme)
    base = BasemapTiles(world, theme)
    for lon, lat, wanted in (
        (2.0, 27.0, colors.land),
        (-30.0, 30.0, colors.water),
        (160.0, 79.0, colors.water),
        (-20.0, -30.0, colors.water),
        (100.0, -45.0, colors.water),
        (100.0, -80.0, colors.land),
    ):
        x, y, px, py = place(lon, lat, z)
        image = pixels(base.tile(z, x, y))
        assert tuple(image[int(py), int(px), :3]) == rgb(wanted)


def test_the_basemap_wraps_around_the_world(world):
    base = BasemapTiles(world, ThemeName.LIGHT)
    assert base.tile(3, 2, 3) == base.tile(3, 10, 3) == base.tile(3, -6, 3)


def test_no_border_runs_along_180_degrees(world):
    base = BasemapTiles(world, ThemeName.LIGHT)
    x, y, _, py = place(179.99, 67.5, 5)
    side = pixels(base.tile(5, x, y))[int(py) - 4 : int(py) + 4, -6:, :3]
    assert (side == rgb(palette(ThemeName.LIGHT).land)).all()


def test_shading_fills_the_alliance_alone(world):
    over = OverlayTiles(world, ThemeName.LIGHT, (Shading("One", frozenset({"DZA"})),), names=False)
    for z in (2, 6):
        x, y, px, py = place(2.0, 27.0, z)
        r, g, b, a = pixels(over.tile(z, x, y))[int(py), int(px)]
        assert a == pytest.approx(255 * palette(ThemeName.LIGHT).shade_alpha, abs=2)
        assert (int(r), int(g), int(b)) == pytest.approx(
            rgb(palette(ThemeName.LIGHT).alliance), abs=6
        )
        x, y, px, py = place(17.0, 27.0, z)  # Libya
        assert pixels(over.tile(z, x, y))[int(py), int(px), 3] == 0


def test_the_second_alliance_is_hatched_and_a_proposal_lighter(world):
    pair = (Shading("One", frozenset()), Shading("Two", frozenset({"DZA"})))
    proposal = (Shading("Idea", frozenset({"DZA"}), proposed=True),)
    x, y, px, py = place(2.0, 27.0, 5)
    there = np.s_[int(py) - 10 : int(py) + 10, int(px) - 10 : int(px) + 10, 3]
    hatched = pixels(OverlayTiles(world, ThemeName.LIGHT, pair, names=False).tile(5, x, y))[there]
    assert hatched.max() > 60
    assert hatched.min() == 0
    alone = pixels(OverlayTiles(world, ThemeName.LIGHT, proposal, names=False).tile(5, x, y))
    tint = 255 * palette(ThemeName.LIGHT).shade_alpha / 2
    assert alone[there] == pytest.approx(tint, abs=2)
    assert alone[..., 3].max() > 100


def test_names_never_overlap(world):
    for z in range(2, 8):
        names = world.written(z)
        assert len(names) > 10
        boxes = shapely.box(
            *np.array(
                [
                    (
                        n.x * 256 * 2**z - n.half,
                        n.y * 256 * 2**z - n.size / 2,
                        n.x * 256 * 2**z + n.half,
                        n.y * 256 * 2**z + n.size / 2,
                    )
                    for n in names
                ]
            ).T
        )
        left, right = shapely.STRtree(boxes).query(boxes, predicate="intersects")
        assert (left == right).all()


def test_threads_get_the_same_tiles(world):
    base = BasemapTiles(World(world.features), ThemeName.LIGHT)
    addresses = [(5, x, y) for x in range(14, 18) for y in range(9, 13)] * 2
    with ThreadPoolExecutor(4) as pool:
        many = list(pool.map(lambda at: base.tile(*at), addresses))
    assert many == [base.tile(*at) for at in addresses]


def test_the_page_without_tiles_gets_every_country(world):
    countries = basemap_json(world)
    assert {"CHL", "COD", "FRA", "NOR"} <= {c["c"] for c in countries}
    lats = [lat for c in countries for ring in c["rings"] for _, lat in ring]
    assert max(lats) <= 84.0


def test_the_cache_forgets_the_oldest():
    cache, made = Cache(2), []

    def get(key):
        return cache.get(key, lambda: made.append(key) or key)

    for key in "abaca":
        get(key)
    assert made == ["a", "b", "c"]
    get("b")
    assert made == ["a", "b", "c", "b"]
    assert len(cache) == 2
