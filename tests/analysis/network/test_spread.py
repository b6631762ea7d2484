"""Distances from everywhere at once, against the router's journeys one by one."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.analysis.network import coefficients as costs
from gisapp.analysis.network import ports as harbours
from gisapp.analysis.network.coefficients import Coefficients
from gisapp.analysis.network.journey import Avoidance
from gisapp.analysis.network.land import LandNetwork
from gisapp.analysis.network.ports import Ports
from gisapp.analysis.network.router import LAND_FILE, SEA_FILE, Router
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.analysis.network.spread import Spreader, spread_km
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.places import layers_dir

#: Rotterdam, Gladstone, Shanghai, Antofagasta, Houston, Durban, Mombasa, Santos.
NAMES = {"NLRTM", "AUGLT", "CNSHA", "CLANF", "USHOU", "ZADUR", "KEMBA", "BRSSZ"}
PLANTS = np.array([[4.4, 51.9], [104.0, 30.6]])
#: Kolwezi, Kalgoorlie, Salar de Atacama, Denver, Ulaanbaatar, Berlin, Manaus, mid-Sahara.
PLACES = np.array(
    [
        [25.5, -10.7],
        [121.5, -30.7],
        [-68.2, -23.5],
        [-105.0, 39.7],
        [106.9, 47.9],
        [13.4, 52.5],
        [-60.0, -3.1],
        [5.0, 24.0],
    ]
)


@pytest.fixture(scope="module")
def few():
    """Return the shipped networks with eight main ports: what is compared is the same for all."""
    folder = layers_dir()
    ports = Ports.load(folder / harbours.FILE)
    main = tuple(p for p in ports.all if p.main and p.locode in NAMES)
    return Router(
        SeaNetwork.load(folder / SEA_FILE),
        LandNetwork.load(folder / LAND_FILE),
        Ports(main),
        Coefficients.load(folder / costs.FILE),
    )


@pytest.fixture(scope="module")
def found(few):
    return spread_km(few, PLANTS, PLACES)


def test_it_is_the_least_journey_of_the_router(few, found):
    least = few.matrix(PLACES, PLANTS).km.min(axis=1)
    known = np.isfinite(found)
    assert known.sum() >= 5
    np.testing.assert_allclose(found[known], least[known], rtol=2e-3, atol=1.0)


def test_nothing_is_nearer_than_the_router_says(few, found):
    least = few.matrix(PLACES, PLANTS).km.min(axis=1)
    assert (found >= least - 1.0).all()


def test_a_closed_passage_brings_nothing_nearer(few, found):
    closed = Avoidance(passages=frozenset({"suez", "malacca", "panama"}))
    assert (spread_km(few, PLANTS, PLACES, avoid=closed) >= found - 1e-6).all()


def test_an_avoided_country_is_not_entered(few, found):
    avoid = Avoidance(countries=frozenset({"COD"}))
    there = spread_km(few, PLANTS, PLACES, avoid=avoid)
    assert np.isinf(there[0])
    assert (there >= found - 1e-6).all()


def test_a_plant_is_no_distance_from_itself_and_more_plants_are_nearer(few, found):
    places = np.vstack([PLANTS, PLACES])
    at_home = spread_km(few, PLANTS, places)
    assert (at_home[:2] < 60.0).all()
    more = spread_km(few, np.vstack([PLANTS, PLACES[:1]]), PLACES)
    assert (more <= found + 1e-6).all()


def test_it_can_be_cancelled_and_is_told_from_others(few):
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        Spreader(few)(PLANTS, PLACES, Avoidance(), feedback)
    assert few.land.data.digest in Spreader(few).digest


def test_other_costs_or_ports_are_other_distances(few, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("id,value\nhinterland.km,900\n", encoding="utf-8")
    table = few.coefficients.changed(own)
    ports = Ports(few.ports.all[:-1])
    others = [
        Router(few.sea, few.land, few.ports, table),
        Router(few.sea, few.land, ports, few.coefficients),
    ]
    digests = {Spreader(router).digest for router in (few, *others)}
    assert len(digests) == 3


def test_a_passage_that_there_is_none_of_is_refused(few):
    with pytest.raises(GisappError, match='No passage is called "styx"'):
        spread_km(few, PLANTS, PLACES, avoid=Avoidance(passages=frozenset({"styx"})))
