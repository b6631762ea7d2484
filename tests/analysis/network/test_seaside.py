import numpy as np
import pytest

from gisapp.analysis.network.router import SEA_FILE, Router
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.model.geodesy import distance_km
from gisapp.model.places import layers_dir

SINGAPORE, ROTTERDAM, SHANGHAI = (103.80, 1.26), (4.05, 51.95), (121.80, 31.30)
DURBAN, ANTOFAGASTA, ALMATY, LONDON = (31.03, -29.87), (-70.40, -23.65), (76.9, 43.3), (-0.1, 51.5)
PORTS = np.array([SINGAPORE, ROTTERDAM, SHANGHAI, DURBAN, ANTOFAGASTA])


@pytest.fixture(scope="module")
def sea():
    return SeaNetwork.load(layers_dir() / SEA_FILE)


def test_a_city_far_inland_is_not_reached(sea):
    assert [sea.reaches(place) for place in (SINGAPORE, LONDON, ALMATY)] == [True, True, False]


def test_the_shore_off_a_place_is_where_its_route_begins(sea):
    km, shore = sea.shore(LONDON)
    route = sea.route(LONDON, ROTTERDAM)
    assert km == pytest.approx(route.offsets_km[0])
    assert km == pytest.approx(distance_km(np.array(LONDON), shore)[0], abs=0.002)
    np.testing.assert_allclose(route.path[1], shore, atol=1e-9)


@pytest.mark.parametrize("closed", [{"malacca"}, {"suez", "gibraltar"}, {"dover", "cape-horn"}])
def test_passages_closed_after_a_question_are_closed_as_before_it(sea, closed):
    sea.matrix(PORTS, PORTS)
    later = sea.matrix(PORTS, PORTS, closed=frozenset(closed))
    at_once = SeaNetwork.load(layers_dir() / SEA_FILE).matrix(
        PORTS, PORTS, closed=frozenset(closed)
    )
    np.testing.assert_array_equal(later.km, at_once.km)
    np.testing.assert_array_equal(later.passages, at_once.passages)


def test_what_ships_and_what_is_searched_for_reach_the_same_ports():
    shipped, searched = Router.load(layers_dir()), Router.load(layers_dir(), shipped=())
    some = shipped.ports.lonlat[shipped.ports.main][::15]
    np.testing.assert_array_equal(
        shipped.planner.by_sea.reached(some), searched.planner.by_sea.reached(some)
    )
