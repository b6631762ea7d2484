"""Isodistance surfaces against distances worked out one by one."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.analysis.distance_terms import DistanceQuery
from gisapp.analysis.network.journey import Avoidance
from gisapp.analysis.surface import (
    MOST_BANDS,
    ROUND_KM,
    UNREACHED,
    Surface,
    bands,
    limits,
    plants_that_count,
    surface,
)
from gisapp.data.shipped import load_facts, load_layer
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.geodesy import distance_km


@pytest.fixture(scope="module")
def land():
    return load_layer("jurisdictions_simple")


@pytest.fixture(scope="module")
def works():
    return plants_that_count(DistanceQuery("lithium"), [load_layer("refineries")], load_facts())


@pytest.fixture(scope="module")
def found(works, land):
    return surface(works, land, step=1.0)


def test_every_cell_is_the_geodesic_to_the_nearest_plant(found, works):
    rows, columns = np.nonzero(np.isfinite(found.km))
    some = np.random.default_rng(1).choice(len(rows), 60, replace=False)
    for row, column in zip(rows[some], columns[some], strict=True):
        place = np.repeat([[found.lon[column], found.lat[row]]], len(works), axis=0)
        assert found.km[row, column] == pytest.approx(distance_km(place, works.lonlat).min())


def test_the_world_is_round(found):
    assert np.isfinite(found.km).all()
    np.testing.assert_array_equal(found.km[:, 0], found.km[:, -1])


def test_limits_are_round_and_few(found):
    edges = limits(found)
    assert list(edges) == sorted(set(edges))
    assert len(edges) <= MOST_BANDS
    assert set(edges) <= set(map(float, ROUND_KM))
    assert edges[-1] >= np.nanmax(found.km)


@settings(max_examples=20, deadline=None)
@given(st.floats(1.0, 20_000.0), st.floats(0.0, 1.0))
def test_limits_hold_any_surface(top, skew):
    km = np.linspace(0.0, top, 400).reshape(20, 20) ** (1.0 + skew)
    km *= top / km.max()
    edges = limits(Surface(np.linspace(-180, 180, 20), np.linspace(-50, 80, 20), km, 1))
    assert edges[-1] >= top * (1 - 1e-12)
    assert len(edges) <= MOST_BANDS


def test_bands_hold_the_cells_of_their_limits(found):
    areas = bands(found, load_layer("jurisdictions_simple"))
    low, high = areas.columns["low_km"], areas.columns["high_km"]
    assert low[0] == 0.0
    np.testing.assert_array_equal(low[1:], high[:-1])
    assert shapely.is_valid(areas.geometry).all()
    assert (shapely.get_type_id(areas.geometry) == 6).all()
    lon, lat = np.meshgrid(found.lon[1:-1], found.lat)
    km = found.km[:, 1:-1].ravel()
    points = np.column_stack([lon.ravel(), lat.ravel()])
    for i, shape in enumerate(areas.geometry):
        shapely.prepare(shape)
        inside = shapely.contains_xy(shape, points) & np.isfinite(km)
        assert inside.any()
        assert (km[inside] >= low[i] - 1e-6).all()
        assert (km[inside] <= high[i] + 1e-6).all()


def test_bands_share_out_the_land_without_overlap(found):
    areas = bands(found, load_layer("jurisdictions_simple")).geometry
    whole = shapely.union_all(areas)
    assert shapely.area(areas).sum() == pytest.approx(whole.area, rel=1e-9)
    land = shapely.union_all(load_layer("jurisdictions_simple").features.geometry)
    north = shapely.intersection(land, shapely.box(-180, -57, 180, 83))
    assert whole.area == pytest.approx(north.area, rel=0.01)


def test_land_without_a_way_is_told_and_has_no_distance(works, land):
    asked = []

    def spread(_sources, places, _avoid, _feedback):
        asked.append(places)
        return np.where(places[:, 0] > 100.0, np.inf, np.abs(places[:, 0]))

    found = surface(works, land, step=1.0, spread=spread)
    assert np.isnan(found.km[found.lat == 0.0, found.lon == -30.0])
    # Pitcairn is smaller than a cell, and is asked for where it is
    assert (distance_km(asked[0], np.tile([-128.3, -24.4], (len(asked[0]), 1))) < 20.0).any()
    areas = bands(found, load_layer("jurisdictions_simple"))
    assert areas.columns["label"][-1] == UNREACHED
    assert np.isnan(areas.columns["low_km"][-1])
    elsewhere = shapely.box(-170.0, -90.0, 98.0, 90.0)
    assert not shapely.intersects(areas.geometry[-1], elsewhere)
    beyond = shapely.box(102.0, -90.0, 170.0, 90.0)
    assert not shapely.intersects(areas.geometry[:-1], beyond).any()


def test_a_surface_is_kept_by_what_it_is_made_of(works, land, tmp_path):
    calls = []

    def spread(_sources, places, avoid, _feedback):
        calls.append(avoid)
        return np.full(len(places), 7.0)

    one = surface(works, land, step=2.0, spread=spread, cache=tmp_path)
    same = surface(works, land, step=2.0, spread=spread, cache=tmp_path)
    np.testing.assert_array_equal(one.km, same.km)
    assert len(calls) == 1
    closed = Avoidance(passages=frozenset({"suez"}))
    surface(works, land, step=2.0, spread=spread, avoid=closed, cache=tmp_path)
    fewer = works.take(np.arange(len(works)) > 0)
    surface(fewer, land, step=2.0, spread=spread, cache=tmp_path)
    assert calls == [Avoidance(), closed, Avoidance()]
    damaged = next(tmp_path.iterdir())
    damaged.write_bytes(b"nothing")
    surface(works, land, step=2.0, spread=spread, avoid=closed, cache=tmp_path)
    surface(works, land, step=2.0, spread=spread, cache=tmp_path)


def test_no_plant_is_refused_in_one_sentence():
    query = DistanceQuery("lithium", within=frozenset({"ISL"}), within_title="Iceland")
    with pytest.raises(GisappError, match="inside Iceland counts") as caught:
        plants_that_count(query, [load_layer("refineries")], load_facts())
    assert caught.value.code == "no_plant"


def test_fewer_plants_are_never_nearer(works, land, found):
    fewer = surface(works.take(np.arange(len(works)) % 2 == 0), land, step=1.0)
    known = np.isfinite(found.km)
    assert (fewer.km[known] >= found.km[known] - 1e-9).all()


def test_it_can_be_cancelled_and_is_quick(works, land):
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        surface(works, land, feedback=feedback)
    start = time.perf_counter()
    bands(surface(works, land), load_layer("jurisdictions_simple"))
    assert time.perf_counter() - start < 10.0


def test_plants_that_do_not_run_or_fit_do_not_count(works):
    assert set(works.status) == {"operating"}
    none = plants_that_count(
        replace(DistanceQuery("lithium"), min_capacity=1e5, unknown_capacity=True),
        [load_layer("refineries")],
        load_facts(),
    )
    assert len(none) <= len(works)
