"""How long a tile takes: a million points, the basemap, an alliance."""

import itertools

import numpy as np
import pytest

from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.style import Categories, Category, Clusters, Heat, Sized, Style
from gisapp.model.vocabulary import Role
from gisapp.render.basemap import BasemapTiles, OverlayTiles, World, shipped_world
from gisapp.render.picture import DrawnLayer, Shading, ThemeName
from gisapp.render.symbology import symbol_of
from gisapp.render.tiles import PointTiles
from gisapp.render.webmap import layer_tiles

MANY = 1_000_000


@pytest.fixture(scope="module")
def lonlat():
    rng = np.random.default_rng(1)
    return np.column_stack([rng.normal(20, 60, MANY), rng.normal(20, 20, MANY)])


@pytest.fixture(scope="module")
def points(lonlat):
    return PointTiles(lonlat, [symbol_of(Role.DEPOSIT)])


def around(z, x, y, side=3):
    return itertools.cycle([(z, x + i, y + j) for i in range(side) for j in range(side)])


def test_prepare_a_million_points(benchmark, lonlat):
    symbol = symbol_of(Role.DEPOSIT)
    benchmark.pedantic(lambda: PointTiles(lonlat, [symbol]), rounds=3)


@pytest.mark.parametrize(("z", "x", "y"), [(0, 0, 0), (2, 1, 1), (5, 16, 12), (9, 270, 200)])
def test_tile_of_a_million_points(benchmark, points, z, x, y):
    tiles = around(z, x, y) if z else itertools.repeat((0, 0, 0))
    points.tile(*next(tiles))
    benchmark(lambda: points.tile(*next(tiles), 1))


STYLES = {
    "categories": Style(categories=Categories("k", tuple(Category(str(i)) for i in range(10)))),
    "sized": Style(sized=Sized("v", largest=20.0)),
    "clusters": Style(clusters=Clusters()),
    "heat": Style(heat=Heat()),
}


@pytest.mark.parametrize("name", list(STYLES))
def test_tile_of_a_million_points_by_style(benchmark, lonlat, name):
    rng = np.random.default_rng(2)
    columns = {"k": rng.integers(0, 10, MANY), "v": rng.lognormal(3.0, 1.0, MANY)}
    features = Features.from_points(lonlat, columns)
    layer = Layer("l", "L", Role.REFERENCE, features, style=STYLES[name])
    source = layer_tiles(DrawnLayer(layer), ThemeName.LIGHT)
    tiles = around(5, 16, 12)
    source.tile(*next(tiles))
    benchmark(lambda: source.tile(*next(tiles), 1))


def test_pick_of_a_million_points(benchmark, points):
    benchmark(lambda: points.pick(21.3, 19.7, 6))


@pytest.mark.parametrize(("z", "x", "y"), [(2, 1, 1), (5, 16, 10), (8, 133, 84)])
def test_tile_of_the_basemap(benchmark, z, x, y):
    base = BasemapTiles(shipped_world(), ThemeName.LIGHT)
    for _, at in zip(range(9), around(z, x, y), strict=False):
        base.tile(*at)
    tiles = around(z, x, y)
    benchmark(lambda: base.tile(*next(tiles), 1))


def test_first_tile_of_the_basemap(benchmark):
    features = shipped_world().features

    def first():
        return BasemapTiles(World(features), ThemeName.LIGHT).tile(2, 2, 1)

    features("jurisdictions_simple")
    benchmark.pedantic(first, rounds=3)


def test_tile_of_an_alliance(benchmark):
    eu = frozenset({"DEU", "FRA", "ITA", "ESP", "POL", "SWE", "FIN", "AUT", "GRC", "PRT"})
    over = OverlayTiles(shipped_world(), ThemeName.LIGHT, (Shading("EU", eu),))
    tiles = around(5, 15, 9)
    for _ in range(9):
        over.tile(*next(tiles))
    benchmark(lambda: over.tile(*next(tiles), 1))
