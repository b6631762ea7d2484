import numpy as np
import pytest

from gisapp.analysis.network import ways
from gisapp.analysis.network.berths import Terms
from gisapp.analysis.network.journey import Measure, Travel
from gisapp.analysis.network.router import NOTHING, Router
from gisapp.analysis.network.seaside import sea_content
from gisapp.analysis.network.tables import Table
from gisapp.analysis.network.ways import Base, Shipped, packed, unpacked
from gisapp.data.shipped import load_layer
from gisapp.model.feedback import Feedback
from gisapp.model.places import layers_dir

FACILITIES = ("deposits", "refineries", "magnet_plants")


class Plane:
    """Figures on a plane: the distance and a sum; no way where it is more than 20."""

    def __init__(self):
        self.asked = []

    def __call__(self, starts, ends, _feedback):
        self.asked.append((len(starts), len(ends)))
        km = np.linalg.norm(starts[:, None] - ends[None], axis=2)
        total = (starts[:, None] + ends[None]).sum(axis=2)
        km[km > 20] = np.inf
        return np.array([km, np.where(np.isfinite(km), total, 0.0)], dtype=np.float32)


@pytest.fixture
def places():
    return np.random.default_rng(7).uniform(0, 20, (23, 2))


@pytest.fixture
def fixed():
    return np.random.default_rng(8).uniform(0, 20, (5, 2))


def kept(places, fixed, bits):
    """Return a table of some places, and it packed and unpacked."""
    table = Table(Plane(), fixed, None)
    table.to_fixed(places, Feedback())
    asked, figures = table.content
    return table, unpacked(packed(asked, len(fixed), figures, bits))


def shut_of(router):
    return router.planner.by_sea.shut(router.coefficients.rates(Measure.USD), NOTHING)


def terms_of(router, measure):
    return Terms(router.coefficients.rates(measure), Travel.ANY, NOTHING)


def test_a_packed_table_holds_what_it_was_made_of(places, fixed):
    table, base = kept(places, fixed, {})
    rows = base.rows(places)
    assert (rows >= 0).all()
    np.testing.assert_array_equal(
        base.between(rows[:9], rows[4:]), table.between(places[:9], places[4:], Feedback())
    )
    np.testing.assert_array_equal(base.to_fixed(rows), table.to_fixed(places, Feedback()))


def test_figures_that_are_cut_never_grow():
    rng = np.random.default_rng(9)
    places, exact = rng.uniform(0, 90, (500, 2)), rng.uniform(0, 9000, (1, 125_250))
    exact[0, ::7] = np.inf
    every = np.arange(500)
    base = unpacked(packed(places, 0, exact, {0: 15}))
    full = unpacked(packed(places, 0, exact, {})).between(every, every)
    cut = base.between(every, every)
    np.testing.assert_array_equal(np.isfinite(cut), np.isfinite(full))
    led = np.isfinite(full)
    assert (cut[led] <= full[led]).all()
    np.testing.assert_allclose(cut[led], full[led], rtol=2.0**-15)


def test_the_network_is_asked_for_nothing_that_ships(places, fixed):
    _, base = kept(places, fixed, {})
    plane = Plane()
    table = Table(plane, fixed, None, base)
    table.between(places[:9], places[9:], Feedback())
    table.to_fixed(places, Feedback())
    assert plane.asked == []


def test_a_users_places_are_asked_for_alone(places, fixed, tmp_path):
    _, base = kept(places[:12], fixed, {})
    plane, file = Plane(), tmp_path / "table.npz"
    table = Table(plane, fixed, file, base)
    # some before, some after those that ship
    table.to_fixed(places[20:], Feedback())
    found = table.between(places[8:], places[:15], Feedback())
    exact = Plane()(places[8:], places[:15], Feedback())
    np.testing.assert_array_equal(found, exact)
    np.testing.assert_array_equal(
        table.to_fixed(places, Feedback()), Plane()(places, fixed, Feedback())
    )
    # three alone; then twelve that ship to these three; then the other eight to all
    assert plane.asked == [(3, 8), (12, 3), (8, 28)]
    again = Plane()
    np.testing.assert_array_equal(
        Table(again, fixed, file, base).between(places[8:], places[:15], Feedback()), exact
    )
    assert again.asked == []


def test_a_missing_or_damaged_file_ships_nothing(tmp_path):
    assert Shipped(tmp_path / "none.npz").base("land") is None
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 nothing")
    assert Shipped(tmp_path / "bad.npz").base("land") is None
    assert Shipped(tmp_path / "bad.npz").names() == ()


@pytest.fixture(scope="module")
def router():
    return Router.load(layers_dir())


@pytest.fixture(scope="module")
def bare():
    """A router that searches for everything."""
    return Router.load(layers_dir(), shipped=())


@pytest.fixture(scope="module")
def facilities():
    lonlat = np.concatenate([load_layer(name).features.lonlat for name in FACILITIES])
    return np.unique(lonlat[np.isfinite(lonlat).all(axis=1)], axis=0)


def test_what_ships_belongs_to_the_networks_that_ship(router, facilities):
    """If this fails, run packaging/build_ways.py: a network, the ports or the costs changed."""
    planner = router.planner
    land = {m: planner.land_content(terms_of(router, m)) for m in Measure}
    wanted = {planner.kept.name("land", content) for content in land.values()}
    wanted |= {planner.kept.name("sea", sea_content(shut)) for shut in shut_of(router)}
    assert wanted <= set(Shipped(layers_dir() / ways.FILE).names())
    for content in land.values():
        base = planner.kept.base("land", content)
        assert (base.rows(facilities) >= 0).all()
        assert base.fixed == len(planner.ports.main)
    sea = planner.kept.base("sea", sea_content())
    assert (sea.rows(planner.ports.lonlat[planner.ports.main]) >= 0).all()


@pytest.mark.parametrize("least", list(Measure))
def test_what_ships_is_what_the_networks_say(router, bare, facilities, least):
    some = facilities[:: len(facilities) // 6]
    searched = bare.matrix(some[::2], some[1::2], least=least)
    shipped = router.matrix(some[::2], some[1::2], least=least)
    for measure in Measure:
        np.testing.assert_allclose(shipped.of(measure), searched.of(measure), rtol=1e-4)
    np.testing.assert_array_equal(shipped.passages, searched.passages)


def test_the_shipped_facilities_ask_no_network(facilities):
    router = Router.load(layers_dir())

    def refuse(*args, **kwargs):
        raise AssertionError("a network was asked")

    router.land.costs = refuse
    router.sea.matrix = refuse
    for least in Measure:
        found = router.matrix(facilities[::4], facilities[1::4], least=least)
        assert np.isfinite(found.km).mean() > 0.9, least


def test_other_costs_are_searched_for_anew(tmp_path):
    file = tmp_path / "costs.csv"
    file.write_text("id,value\nroad.usd_t_km,0.2\n", encoding="utf-8")
    other = Router.load(layers_dir(), costs_file=file)
    content = other.planner.land_content(terms_of(other, Measure.USD))
    assert other.planner.kept.base("land", content) is None
    same = other.planner.land_content(terms_of(other, Measure.KM))
    assert isinstance(other.planner.kept.base("land", same), Base)
