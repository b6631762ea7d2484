"""One deposit's ore from step to step: the nearest right plant, its tonnes, and the alliance."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from gisapp.analysis.chain import ChainQuery
from gisapp.analysis.chain_journey import chain_of, total_km
from gisapp.analysis.chain_sites import read_sites
from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.feedback import GisappError
from gisapp.model.geodesy import distance_km
from gisapp.model.vocabulary import Role

FOUR = frozenset({"USA", "CAN", "GBR", "AUS"})


@pytest.fixture(scope="module")
def facts():
    return load_facts()


@pytest.fixture(scope="module")
def query(facts):
    return ChainQuery(
        "rare_earths", FOUR, "four nations", as_of=date(2026, 11, 22), yields=facts.yields
    )


def test_mass_balance_of_mountain_pass(query, facts):
    found = chain_of("mountain-pass-mine", query, default_layers(), facts)
    assert found.contained == pytest.approx(7136, abs=1)
    ore, oxide, metal, magnets = (stop.tonnes for stop in found.anywhere)
    assert ore == 45_455
    assert oxide == pytest.approx(7136.4 * 0.9, abs=0.1)
    assert metal == pytest.approx(oxide * 0.849942 * 0.95, rel=1e-5)
    assert magnets == pytest.approx(metal * 0.97 * 0.95 * 0.75 / 0.29, rel=1e-9)
    assert [stop.site.id for stop in found.inside][1] == "mountain-pass-separation"


def test_the_alliance_makes_the_way_longer(query, facts):
    found = chain_of("mt-weld", query, default_layers(), facts)
    assert {stop.site.country for stop in found.inside} <= FOUR
    assert found.anywhere[1].site.id == "lynas-kuantan"
    assert found.penalty_km == pytest.approx(total_km(found.inside) - total_km(found.anywhere))
    assert found.penalty_km > 5_000


def test_every_leg_is_the_least_of_the_right_plants(query, facts):
    found = chain_of("mt-weld", query, default_layers(), facts)
    for before, here in zip(found.anywhere[:-1], found.anywhere[1:], strict=True):
        km = distance_km(np.array([before.site.lonlat]), np.array([here.site.lonlat]))[0]
        assert here.km == pytest.approx(km)
        assert before.site.makes & here.site.takes


def test_where_the_alliance_has_no_plant_the_journey_says_so(make_layer, make_facts, facts):
    mines = make_layer(
        Role.DEPOSIT, [(0, 0)], id=["m"], country=["USA"], mineral=["rare_earths"],
        status=["planned"],
    )  # fmt: skip
    works = make_layer(
        Role.REFINERY, [(1, 0), (9, 0)], id=["s", "t"], country=["CHN", "USA"],
        mineral=["rare_earths"] * 2, status=["operating"] * 2, process=["separation"] * 2,
    )  # fmt: skip
    query = ChainQuery("rare_earths", FOUR, "four nations", yields=facts.yields)
    found = chain_of("m", query, (mines, works), make_facts())
    assert found.inside[1].site.id == "t"
    assert found.inside[2].site is None
    assert "inside four nations" in found.inside[2].reason
    assert np.isnan(found.penalty_km)
    assert np.isnan(found.anywhere[0].tonnes)


def test_a_router_gives_the_kilometres(query, facts):
    class Twice:
        def matrix(self, starts, ends, **_asked):
            self.km = 2 * distance_km(np.repeat(starts, len(ends), axis=0), ends)[None, :]
            return self

    by_route = chain_of("mt-weld", query, default_layers(), facts, ways=Twice())
    straight = chain_of("mt-weld", query, default_layers(), facts)
    assert total_km(by_route.inside) == pytest.approx(2 * total_km(straight.inside))


def test_a_detour_makes_a_farther_plant_the_nearest(query, facts):
    """Against all plants asked at once: the order of the geodesics is not that of the routes."""
    factor = {}

    class Crooked:
        def matrix(self, starts, ends, **_asked):
            straight = distance_km(np.repeat(starts, len(ends), axis=0), ends)
            bends = [factor.setdefault(tuple(e), 1 + 2 * rng.random()) for e in ends.tolist()]
            self.km = (straight * np.array(bends))[None, :]
            return self

    layers = default_layers()
    sites = read_sites("rare_earths", layers, facts, facts.yields, as_of=query.as_of).sites
    for seed in range(8):
        rng = np.random.default_rng(seed)
        factor.clear()
        found = chain_of("mt-weld", query, layers, facts, ways=Crooked()).anywhere
        plants = [s for s in sites if s.step == 1 and s.takes & found[0].site.makes]
        ends = np.array([s.lonlat for s in plants])
        all_km = Crooked().matrix(np.array([found[0].site.lonlat]), ends).km[0]
        assert found[1].km == pytest.approx(all_km.min())


def test_where_no_way_leads_the_journey_says_so(query, facts):
    class Nowhere:
        def matrix(self, _starts, ends, **_asked):
            self.km = np.full((1, len(ends)), np.inf)
            return self

    found = chain_of("mt-weld", query, default_layers(), facts, ways=Nowhere())
    assert found.inside[1].site is None
    assert found.inside[1].reason.startswith("No way leads from Mt Weld")
    assert np.isnan(found.penalty_km)


def test_other_minerals_travel_too(facts):
    query = ChainQuery("lithium", yields=facts.yields)
    found = chain_of("greenbushes-mine", query, default_layers(), facts)
    assert found.inside is None
    assert found.anywhere[1].tonnes == pytest.approx(found.anywhere[0].tonnes * 0.85)
    assert np.isnan(found.contained)


def test_an_unknown_deposit_is_refused(query, facts):
    with pytest.raises(GisappError, match='No deposit "nowhere"'):
        chain_of("nowhere", query, default_layers(), facts)
