import numpy as np
import pytest

from gisapp.analysis.network.joining import join
from gisapp.analysis.network.journey import SHIPS, Avoidance, Measure, Mode, Travel
from gisapp.analysis.network.router import Router
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.geodesy import distance_km, path_length_km
from gisapp.model.places import layers_dir

KOLWEZI, LOBITO, DURBAN = (25.47, -10.72), (13.5450, -12.3480), (31.0300, -29.8700)
KALGOORLIE, GREENBUSHES = (121.47, -30.75), (116.06, -33.86)
OYU_TOLGOI, BAOTOU = (106.85, 43.01), (109.84, 40.66)
MOUNTAIN_PASS, CHUQUICAMATA = (-115.53, 35.48), (-68.9, -22.3)
SHANGHAI, ROTTERDAM, SINGAPORE = (121.80, 31.30), (4.05, 51.95), (103.80, 1.26)
GORO, STRANGE_LAKE = (166.93, -22.28), (-64.15, 56.33)
ALMATY, NARVIK = (76.9, 43.3), (17.43, 68.44)
MARIUPOL = (37.5, 47.05)

#: A handful of mines and of plants all over the world.
MINES = np.array([KALGOORLIE, KOLWEZI, OYU_TOLGOI, MOUNTAIN_PASS, GORO, CHUQUICAMATA])
PLANTS = np.array([BAOTOU, ROTTERDAM, SHANGHAI, (127.59, 34.90), (-95.0, 29.7), KALGOORLIE])


@pytest.fixture(scope="module")
def router():
    return Router.load(layers_dir())


@pytest.fixture(scope="module", params=[Measure.KM, Measure.USD])
def least(request):
    return request.param


def brute_force(start, sea, end):
    return (start[:, None, :, None] + sea[None, None] + end[None, :, None, :]).min(axis=(2, 3))


def test_joining_is_the_least_over_all_pairs_of_ports():
    rng = np.random.default_rng(3)
    start, sea, end = (rng.uniform(0, 9, shape) for shape in ((7, 5), (5, 6), (4, 6)))
    for values in (start, sea, end):
        values[rng.random(values.shape) < 0.3] = np.inf
    found = join(start, sea, end)
    np.testing.assert_array_equal(found.cost, brute_force(start, sea, end))
    rows, columns = np.nonzero(np.isfinite(found.cost))
    p, q = found.load[rows, columns], found.discharge[rows, columns]
    np.testing.assert_allclose(
        start[rows, p] + sea[p, q] + end[columns, q], found.cost[rows, columns]
    )
    assert (found.load[~np.isfinite(found.cost)] == -1).all()


def test_a_journey_is_as_long_as_the_matrix_says_in_every_measure(router, least):
    matrix = router.matrix(MINES, PLANTS, least=least)
    for i, j in ((0, 0), (1, 1), (2, 0), (3, 2), (4, 3), (5, 4)):
        journey = router.journey(MINES[i], PLANTS[j], least=least)
        for measure in Measure:
            assert journey.total(measure) == pytest.approx(
                matrix.of(measure)[i, j], rel=1e-4, abs=1e-3
            ), (i, j, measure)
        for mode, km in ((Mode.SEA, matrix.sea_km), (Mode.RAIL, matrix.rail_km)):
            told = sum(leg.km for leg in journey.legs if leg.mode is mode)
            assert told == pytest.approx(km[i, j], rel=1e-4, abs=0.1)
        passed = {p.id for p in journey.passages}
        assert passed == {id_ for id_ in matrix.passage_ids if matrix.uses(id_)[i, j]}


def test_a_leg_is_as_long_as_its_path_and_begins_where_the_last_one_ended(router):
    journey = router.journey(KALGOORLIE, BAOTOU, least=Measure.USD)
    assert [leg.mode for leg in journey.legs].count(Mode.SEA) == 1
    for leg in journey.legs:
        if leg.mode is Mode.SEA:
            assert leg.km == pytest.approx(path_length_km(leg.path), rel=2e-3)
        else:  # roads wind more than the drawn line
            assert leg.km >= 0.98 * path_length_km(leg.path)
    for one, other in zip(journey.legs[:-1], journey.legs[1:], strict=True):
        assert one.end == other.start
        gap = distance_km(one.path[-1], other.path[0])[0]
        assert gap < 1.0, (one.end, gap)
    assert distance_km(journey.legs[0].path[0], KALGOORLIE)[0] < 0.1
    assert distance_km(journey.legs[-1].path[-1], BAOTOU)[0] < 0.1


def test_each_way_is_the_least_of_its_own_measure(router):
    places = MINES[1:3], PLANTS[:2]
    found = {least: router.matrix(*places, least=least) for least in Measure}
    for least, matrix in found.items():
        for other in found.values():
            # distance has ports of the hinterland by km, cost those by cost: compared on land
            if other.least is not least:
                alone = (matrix.sea_km == 0) & (other.sea_km == 0)
                assert (matrix.of(least)[alone] <= other.of(least)[alone] * (1 + 1e-4)).all()


def test_there_and_back_are_the_same(router, least):
    there, back = (
        router.matrix(MINES, PLANTS, least=least), router.matrix(PLANTS, MINES, least=least),
    )  # fmt: skip
    np.testing.assert_allclose(there.of(least), back.of(least).T, rtol=1e-5)


def test_a_way_over_a_third_place_by_land_is_no_shorter(router, least):
    places = np.array([KOLWEZI, LOBITO, DURBAN, (28.6, -12.8), (28.3, -15.4)])
    d = router.matrix(places, places, least=least, travel=Travel.LAND).of(least)
    over = d[:, :, None] + d[None]
    # a place of its own may be one to change between road and rail where the network has none
    assert (d[:, None, :] <= over * 1.03 + 0.5).all()


def test_a_way_over_a_third_port_by_sea_is_no_shorter(router):
    ports = np.array([SHANGHAI, ROTTERDAM, SINGAPORE, DURBAN, LOBITO, (-79.9, 9.36)])
    d = router.matrix(ports, ports, travel=Travel.SEA).km
    assert (np.diag(d) == 0).all()
    assert (d[:, None, :] <= (d[:, :, None] + d[None]) * 1.002 + 2.0).all()


@pytest.mark.parametrize("shut", [{"malacca"}, {"panama", "suez"}])
def test_closing_a_passage_never_shortens(router, least, shut):
    free = router.matrix(MINES, PLANTS, least=least)
    bound = router.matrix(MINES, PLANTS, least=least, avoid=Avoidance(frozenset(shut)))
    assert (bound.of(least) >= free.of(least) * (1 - 1e-6)).all()
    for passage in shut:
        assert not bound.uses(passage).any()
    untouched = ~np.any([free.uses(passage) for passage in shut], axis=0)
    np.testing.assert_allclose(bound.of(least)[untouched], free.of(least)[untouched], rtol=1e-6)


@pytest.mark.parametrize("country", ["AGO", "RUS"])
def test_avoiding_a_country_never_shortens(router, least, country):
    free = router.matrix(MINES, PLANTS, least=least)
    bound = router.matrix(
        MINES, PLANTS, least=least, avoid=Avoidance(countries=frozenset({country}))
    )
    assert (bound.of(least) >= free.of(least) * (1 - 1e-5)).all()


def test_a_closure_is_as_if_all_ways_were_asked_anew(router):
    ports = np.array([SHANGHAI, ROTTERDAM, SINGAPORE, DURBAN, LOBITO, (-79.9, 9.36), (72.9, 18.9)])
    closed = frozenset({"malacca", "suez"})
    found = router.matrix(ports, ports, travel=Travel.SEA, avoid=Avoidance(closed))
    asked = router.sea.matrix(ports, ports, closed=closed)
    np.testing.assert_allclose(found.km, asked.km, rtol=1e-9, atol=1e-6)
    np.testing.assert_array_equal(found.passages, asked.passages)


def test_copper_of_kolwezi_goes_by_rail_to_lobito_and_else_elsewhere(router):
    free = router.journey(KOLWEZI, ROTTERDAM, least=Measure.USD)
    assert ("COD", "AGO") in free.borders
    assert free.legs[-2].start == "Lobito"
    rail = sum(leg.km for leg in free.legs if leg.mode is Mode.RAIL)
    assert rail == pytest.approx(1690, rel=0.05)
    # case G2: 8 days to Lobito, as an order of magnitude
    at_sea = [leg.mode for leg in free.legs].index(Mode.SEA)
    assert 4 < sum(leg.days for leg in free.legs[:at_sea]) < 10
    bound = router.journey(
        KOLWEZI, ROTTERDAM, least=Measure.USD, avoid=Avoidance(countries=frozenset({"AGO"}))
    )
    assert "AGO" not in bound.countries
    assert bound.total(Measure.USD) > free.total(Measure.USD)


def test_kolwezi_to_durban_is_as_winding_as_published(router):
    # case G1: circuity 1.46 by lorry; the shortest way uses railways too
    journey = router.journey(KOLWEZI, DURBAN, travel=Travel.LAND)
    assert 1.25 < journey.km / distance_km(KOLWEZI, DURBAN)[0] < 1.56


def test_oyu_tolgoi_goes_to_china_by_land_over_one_border(router):
    journey = router.journey(OYU_TOLGOI, BAOTOU, least=Measure.USD)
    assert all(leg.mode is not Mode.SEA for leg in journey.legs)
    assert journey.borders == (("MNG", "CHN"),)
    assert journey.countries == ("MNG", "CHN")
    assert not journey.passages
    assert 450 < journey.km < 1000


def test_the_way_round_the_cape_is_as_much_longer_as_published(router):
    # case G4: 31.2 and 41.4 % round the Cape; Shanghai has a shorter way left, through Panama
    cape = Avoidance(passages=frozenset({"suez", "panama"}))
    for start, published in ((SHANGHAI, 31.2), (SINGAPORE, 41.4)):
        free = router.journey(start, ROTTERDAM, travel=Travel.SEA)
        bound = router.journey(start, ROTTERDAM, travel=Travel.SEA, avoid=cape)
        assert "suez" in {p.id for p in free.passages}
        assert "cape-good-hope" in {p.id for p in bound.passages}
        assert 100 * (bound.km / free.km - 1) == pytest.approx(published, abs=3)


def test_passages_stand_in_order_with_the_km_from_the_start(router):
    journey = router.journey(KALGOORLIE, ROTTERDAM, least=Measure.USD)
    at = [p.at_km for p in journey.passages]
    assert at == sorted(at)
    by_sea = next(leg for leg in journey.legs if leg.mode is Mode.SEA)
    before = sum(leg.km for leg in journey.legs[: journey.legs.index(by_sea)])
    assert all(before <= km <= before + by_sea.km for km in at)


def test_an_island_reaches_its_own_port_and_the_world(router):
    journey = router.journey(GORO, SHANGHAI, least=Measure.USD)
    assert journey.legs[0].countries in {("NCL",), ()}
    assert next(leg.km for leg in journey.legs if leg.mode is Mode.SEA) > 7000


def test_a_landlocked_country_reaches_the_sea_through_another(router):
    journey = router.journey(ALMATY, ROTTERDAM, least=Measure.CO2)
    assert len(journey.countries) > 1
    assert journey.countries[0] == "KAZ"


def test_a_place_without_roads_is_told_to_be_assumed(router):
    journey = router.journey(STRANGE_LAKE, ROTTERDAM, least=Measure.USD)
    assert sum(leg.assumed_km for leg in journey.legs) > 50
    assert any("assumed" in note for note in journey.notes)


def test_what_has_no_way_says_which_part_fails(router):
    with pytest.raises(GisappError, match="No road or railway leads from here to there") as caught:
        router.journey(KALGOORLIE, BAOTOU, travel=Travel.LAND, names=("here", "there"))
    assert caught.value.code == "no_way"
    with pytest.raises(GisappError, match="without AUS"):
        router.journey(KALGOORLIE, BAOTOU, avoid=Avoidance(countries=frozenset({"AUS"})))
    with pytest.raises(GisappError, match="Oyu Tolgoi lies too far from the sea"):
        router.journey(OYU_TOLGOI, SHANGHAI, travel=Travel.SEA, names=("Oyu Tolgoi", "Shanghai"))
    odessa = (30.75, 46.49)
    with pytest.raises(GisappError, match="passages closed no way by sea leads"):
        router.journey(
            odessa, SHANGHAI, travel=Travel.SEA, avoid=Avoidance(frozenset({"bosporus"}))
        )
    matrix = router.matrix([KALGOORLIE, OYU_TOLGOI], [BAOTOU], travel=Travel.LAND)
    assert np.isinf(matrix.km[0, 0])
    assert np.isfinite(matrix.km[1, 0])
    assert np.isinf(matrix.sea_km[0, 0])
    assert matrix.passages[0, 0] == 0


@pytest.mark.parametrize("bad", [(200.0, 95.0), (np.nan, 3.0), (3.0, -91.0)])
def test_what_is_no_position_is_refused(router, bad):
    for call in (router.journey, router.matrix):
        with pytest.raises(GisappError) as caught:
            call(np.array(bad), np.array(SHANGHAI))
        assert caught.value.code == "position"


def test_a_passage_that_there_is_none_of_is_refused(router):
    with pytest.raises(GisappError, match='No passage is called "styx"'):
        router.matrix([KALGOORLIE], [BAOTOU], avoid=Avoidance(frozenset({"styx"})))


def test_one_place_is_no_journey(router):
    journey = router.journey(BAOTOU, BAOTOU)
    assert journey.km == 0.0
    matrix = router.matrix([BAOTOU], [BAOTOU, SHANGHAI], least=Measure.USD)
    assert matrix.usd_t[0, 0] == 0.0
    assert matrix.usd_t[0, 1] > 0.0


def test_empty_sides_give_empty_matrices(router):
    assert router.matrix(np.empty((0, 2)), PLANTS).km.shape == (0, len(PLANTS))
    assert router.matrix(MINES, np.empty((0, 2))).usd_t.shape == (len(MINES), 0)


def test_a_matrix_is_the_same_whoever_else_is_asked(router):
    alone = router.matrix(MINES[:2], PLANTS[:2], least=Measure.USD)
    both = router.matrix(MINES, PLANTS, least=Measure.USD)
    np.testing.assert_allclose(alone.usd_t, both.usd_t[:2, :2], rtol=1e-6)
    np.testing.assert_array_equal(alone.passages, both.passages[:2, :2])


def test_a_cancelled_matrix_leaves_nothing_half_done(router):
    feedback = Feedback()
    feedback.cancel()
    new = np.array([(24.0, -28.0), (23.0, -27.5)])
    with pytest.raises(Cancelled):
        router.matrix(new, PLANTS, feedback=feedback)
    assert np.isfinite(router.matrix(new, PLANTS).km).all()


def test_tables_are_kept_between_runs(tmp_path):
    many = np.column_stack([np.linspace(24, 28, 9), np.full(9, -26.0)])
    first = Router.load(layers_dir(), cache=tmp_path).matrix(many, PLANTS[:1])
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")}
    assert any(name.startswith("land-") for name in kept)
    again = Router.load(layers_dir(), cache=tmp_path).matrix(many, PLANTS[:1])
    np.testing.assert_array_equal(first.km, again.km)
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")} == kept
    for path in tmp_path.glob("land-*.npz"):
        path.write_bytes(b"damaged")
    mended = Router.load(layers_dir(), cache=tmp_path).matrix(many, PLANTS[:1])
    np.testing.assert_allclose(first.km, mended.km, rtol=1e-6)


def test_a_capesize_goes_round_the_horn_where_others_take_panama(router):
    callao, new_york = (-77.15, -12.05), (-74.0, 40.65)
    sea = {"travel": Travel.SEA}
    free = router.journey(callao, new_york, **sea)
    large = router.journey(callao, new_york, avoid=Avoidance(ship="capesize"), **sea)
    closed = router.journey(callao, new_york, avoid=Avoidance(frozenset({"panama"})), **sea)
    opened = Avoidance(opened=frozenset({"panama"}), ship="capesize")
    assert "panama" in {p.id for p in free.passages}
    assert "panama" not in {p.id for p in large.passages}
    assert large.km >= closed.km > free.km
    assert router.journey(callao, new_york, avoid=opened, **sea).km == pytest.approx(free.km)
    for ship in ("handysize", "panamax", "neopanamax"):
        other = router.journey(callao, new_york, avoid=Avoidance(ship=ship), **sea)
        assert other.km == pytest.approx(free.km)


@pytest.mark.parametrize(("ship", "through"), [("capesize", True), ("vlcc", False)])
def test_suez_takes_a_capesize_and_no_vlcc(router, ship, through):
    found = router.journey(SHANGHAI, ROTTERDAM, travel=Travel.SEA, avoid=Avoidance(ship=ship))
    assert ("suez" in {p.id for p in found.passages}) == through
    assert ("cape-good-hope" in {p.id for p in found.passages}) != through


@pytest.mark.parametrize("ship", SHIPS)
def test_a_class_of_ships_never_shortens_a_way_and_leaves_its_passages_alone(router, ship):
    ports = router.ports.lonlat[router.ports.main[::12]]
    free = router.matrix(ports, ports, travel=Travel.SEA)
    bound = router.matrix(ports, ports, travel=Travel.SEA, avoid=Avoidance(ship=ship))
    led = np.isfinite(bound.km)
    assert (bound.km[led] >= free.km[led] - 1e-6).all()
    assert (np.isfinite(free.km) | ~led).all()
    for passage in router.sea.closed_for(ship):
        assert not bound.uses(passage)[led].any()


def test_a_journey_and_a_matrix_agree_for_a_class_of_ships(router):
    avoid = Avoidance(ship="vlcc")
    matrix = router.matrix(MINES, PLANTS, least=Measure.USD, avoid=avoid)
    for i, mine in enumerate(MINES[:2]):
        one = router.journey(mine, PLANTS[0], least=Measure.USD, avoid=avoid)
        assert one.total(Measure.USD) == pytest.approx(matrix.usd_t[i, 0], rel=1e-3)


def test_ships_that_use_all_passages_take_the_ways_that_are_known(router):
    for ship in ("any", "coaster", "handysize"):
        assert router.open_to(Avoidance(ship=ship)) == Avoidance()


def test_a_class_that_there_is_none_of_is_refused(router):
    for ask in (router.journey, lambda a, b, **k: router.matrix([a], [b], **k)):
        with pytest.raises(GisappError, match='No class of ships is called "galleon"') as caught:
            ask(SHANGHAI, ROTTERDAM, avoid=Avoidance(ship="galleon"))
        assert caught.value.code == "unknown_ship_class"


def test_where_a_ship_cannot_go_the_reason_names_its_class(router):
    with pytest.raises(GisappError, match="class Capesize passes") as caught:
        router.journey(MARIUPOL, ROTTERDAM, travel=Travel.SEA, avoid=Avoidance(ship="capesize"))
    assert caught.value.code == "no_way"


def test_own_costs_change_the_way(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("id,value\nrail.usd_t_km,5\n", encoding="utf-8")
    router = Router.load(layers_dir(), costs_file=own)
    journey = router.journey(KOLWEZI, LOBITO, least=Measure.USD)
    assert sum(leg.km for leg in journey.legs if leg.mode is Mode.RAIL) < 50


def test_a_router_of_other_costs_shares_the_networks_and_answers_as_one_made_anew(router):
    dear = router.costing(router.coefficients.with_({"rail.usd_t_km": 5, "land.most_km": 500}))
    assert dear.sea is router.sea
    assert dear.land is router.land
    way = {"least": Measure.USD}
    before = router.matrix(MINES, PLANTS, **way)
    found = dear.matrix(MINES, PLANTS, **way)
    assert found.rail_km[np.isfinite(found.km)].sum() < before.rail_km.sum()
    alone = Router.load(layers_dir()).costing(dear.coefficients).matrix(MINES, PLANTS, **way)
    np.testing.assert_allclose(found.usd_t, alone.usd_t)
    # the other router is as it was, and so are ways that cost nothing
    np.testing.assert_array_equal(router.matrix(MINES, PLANTS, **way).usd_t, before.usd_t)
    again = dear.costing(dear.coefficients.with_(dear.coefficients.table))
    np.testing.assert_array_equal(again.matrix(MINES, PLANTS, **way).usd_t, before.usd_t)
