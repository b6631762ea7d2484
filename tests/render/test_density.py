"""Clusters and heat: nothing is lost, the same on tiles and pages, quick for a million."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
import shapely
from PIL import Image
from scipy.ndimage import gaussian_filter

from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.style import Clusters, Heat, Style
from gisapp.model.vocabulary import Role
from gisapp.render.compose import compose
from gisapp.render.density import bunches, cluster_ink, cluster_symbol, cluster_text, density
from gisapp.render.legend import legend_entries
from gisapp.render.picture import DrawnLayer, FrameSpec, Picture, ThemeName
from gisapp.render.scene import Area, Mark, Words
from gisapp.render.webmap import is_large, layer_tiles, tiled

RNG = np.random.default_rng(11)


def layer(lonlat: np.ndarray, style: Style, **columns) -> DrawnLayer:
    features = Features.from_points(lonlat, columns)
    return DrawnLayer(Layer("p", "Points", Role.REFERENCE, features, style=style))


def pixels(png: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(png)))


def test_bunches_hold_every_point_once():
    xy = RNG.uniform(0, 1000, (5000, 2))
    xy[::50] = np.nan
    found = bunches(xy, 40.0)
    assert found.counts.sum() == np.isfinite(xy).all(axis=1).sum()
    assert len(found.middles) == len(found.counts) == len(found.first)
    whole = np.average(found.middles, axis=0, weights=found.counts)
    assert whole == pytest.approx(np.nanmean(xy, axis=0))
    apart = np.linalg.norm(found.middles[:, None] - found.middles[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert np.median(apart.min(axis=1)) > 30.0


def test_points_far_apart_stay_alone_and_none_gives_none():
    xy = np.array([[0.0, 0.0], [500.0, 0.0], [0.0, 500.0]])
    found = bunches(xy, 40.0)
    assert found.counts.tolist() == [1, 1, 1]
    assert sorted(found.first.tolist()) == [0, 1, 2]
    assert len(bunches(np.full((3, 2), np.nan), 40.0).counts) == 0


def test_a_million_points_are_bunched_in_a_moment():
    xy = RNG.uniform(0, 1e6, (1_000_000, 2))
    assert bunches(xy, 40.0).counts.sum() == 1_000_000


def test_the_density_is_that_of_a_gaussian_filter():
    xy = RNG.normal(128, 30, (4000, 2))
    weights = RNG.uniform(0, 2, 4000)
    grid = density(xy, weights, (64, 64), 4.0, 24.0)
    counts = np.histogram2d(xy[:, 1], xy[:, 0], 64, [[0, 256], [0, 256]], weights=weights)[0]
    sigma = 24.0 / 2.5 / 4.0
    wanted = gaussian_filter(counts, sigma, mode="constant", radius=6) * (2 * np.pi * sigma**2)
    assert grid == pytest.approx(wanted, rel=0.03, abs=0.05)


def test_a_count_is_short_and_read_on_its_bubble():
    assert [cluster_text(n) for n in (2, 9999, 12_345, 3_400_000)] == ["2", "9999", "12k", "3.4M"]
    dot = layer(np.zeros((2, 2)), Style(color="#F0E442", clusters=Clusters())).layer
    bubble = cluster_symbol(dot, ThemeName.LIGHT, 100)
    assert cluster_ink(bubble) != "#FFFFFF"
    assert bubble.size > cluster_symbol(dot, ThemeName.LIGHT, 10).size


def test_cluster_tiles_draw_bubbles_then_points_and_pick_what_stands_alone():
    lonlat = np.array([[10.0, 10.0], [10.01, 10.0], [10.0, 10.01], [60.0, 40.0]])
    drawn = layer(lonlat, Style(color="#D55E00", clusters=Clusters(until=14.0)))
    assert is_large(drawn)
    tiles = layer_tiles(drawn, ThemeName.LIGHT)
    assert pixels(tiles.tile(0, 0, 0))[..., 3].any()
    assert tiles.pick(60.0, 40.0, 3.0) == 3
    assert tiles.pick(10.0, 10.0, 3.0) is None  # three together are none of them
    assert tiles.pick(10.0, 10.0, 15.0) == 0


@pytest.mark.parametrize("style", [Style(clusters=Clusters()), Style(heat=Heat())])
def test_neighbouring_tiles_fit_together(style):
    # at the seam of two tiles and across the antimeridian
    lonlat = np.concatenate([RNG.normal(0, 3, (300, 2)), RNG.normal((180, 0), 3, (300, 2))])
    tiles = layer_tiles(layer(lonlat, style), ThemeName.LIGHT)
    for left, right in ((0, 1), (1, 0)):
        west, east = (pixels(tiles.tile(1, x, 0)).astype(int) for x in (left, right))
        assert abs(west[:, -1, 3] - east[:, 0, 3]).max() < 40
        assert west[200:, -1, 3].any()


def test_heat_is_strongest_where_most_points_are_and_goes_by_weight():
    lonlat = np.concatenate([np.tile([[-90.0, 0.0]], (50, 1)), np.tile([[90.0, 0.0]], (10, 1))])
    weight = np.concatenate([np.ones(50), np.full(10, 100.0)])
    plain = layer_tiles(layer(lonlat, Style(heat=Heat())), ThemeName.LIGHT)
    heavy = layer_tiles(layer(lonlat, Style(heat=Heat(weight="w")), w=weight), ThemeName.LIGHT)
    for tiles, stronger, weaker in ((plain, 64, 192), (heavy, 192, 64)):
        image = pixels(tiles.tile(0, 0, 0))
        assert image[128, stronger, 3] > image[128, weaker, 3]


def test_a_page_shows_bubbles_with_their_counts_and_bands_of_heat():
    lonlat = RNG.uniform((-120, -40), (140, 60), (500, 2))
    for style in (Style(clusters=Clusters()), Style(heat=Heat())):
        drawn = layer(lonlat, style)
        picture = Picture("T", "", (drawn,), date(2026, 11, 22), ())
        items = [item for item in compose(picture, FrameSpec()).items if item.group == "Points"]
        if style.heat:
            steps = [item for item in items if isinstance(item, Area)]
            assert len(steps) > 4
            assert len({item.fill.color for item in steps}) == len(steps)
            continue
        counts = [int(item.text) for item in items if isinstance(item, Words)]
        alone = sum(isinstance(item, Mark) for item in items) - len(counts)
        assert sum(counts) + alone == 500
        entries = legend_entries(picture, ThemeName.LIGHT)
        assert any("so many close together" in entry.label for entry in entries)


def test_a_layer_shows_between_its_zooms_alone():
    lonlat = RNG.uniform((0, 0), (10, 10), (50, 2))
    world, near = FrameSpec(), FrameSpec(bounds=(0.0, 0.0, 10.0, 10.0))
    for style, shown in ((Style(min_zoom=4.0), near), (Style(max_zoom=4.0), world)):
        picture = Picture("T", "", (layer(lonlat, style),), date(2026, 11, 22), ())
        for frame in (world, near):
            groups = compose(picture, frame).groups
            assert ("Points" in groups) == (frame is shown)


def test_areas_below_tiles_are_tiles():
    square = Features.from_shapes([shapely.box(0, 0, 5, 5)])
    area = DrawnLayer(Layer("a", "A", Role.REFERENCE, square))
    heat = layer(np.zeros((3, 2)), Style(heat=Heat()))
    dots = layer(np.zeros((3, 2)), Style())
    for order, wanted in (
        ((area, dots, heat), (True, False, True)),
        ((heat, area), (True, False)),
        ((area, dots), (False, False)),
    ):
        assert tiled(Picture("T", "", order, date(2026, 1, 1), ())) == wanted
