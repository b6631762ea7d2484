import networkx as nx
import numpy as np
import pytest
import shapely

from gisapp.analysis.network.land import LandMode, LandNetwork
from gisapp.analysis.network.land_data import RAIL, TRANSFER, LandOptions
from gisapp.analysis.network.land_sites import SIDING_KM
from gisapp.analysis.network.land_way import Piece, legs_of
from gisapp.data.shipped import load_layer
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.geodesy import distance_km, path_length_km
from gisapp.model.places import layers_dir

ROAD, RAILS = frozenset({LandMode.ROAD}), frozenset({LandMode.RAIL})

BAOTOU, TIANJIN = (109.84, 40.65), (117.73, 38.98)
KALGOORLIE, FREMANTLE = (121.46, -30.75), (115.74, -32.05)
MOUNTAIN_PASS, LONG_BEACH = (-115.53, 35.48), (-118.21, 33.76)
KOLWEZI, LOBITO, DURBAN = (25.47, -10.71), (13.54, -12.35), (31.03, -29.87)
OYU_TOLGOI = (106.85, 43.01)

#: Cities of South Korea's mainland.
KOREA = np.array(
    [
        (126.98, 37.57), (129.05, 35.15), (128.60, 35.87), (126.70, 37.45), (126.85, 35.16),
        (127.38, 36.35), (129.31, 35.54), (127.03, 37.26), (128.68, 35.23), (127.49, 36.64),
        (127.15, 35.82), (129.36, 36.03), (128.10, 35.18), (127.73, 37.88), (127.92, 37.34),
        (128.90, 37.75), (126.39, 34.81), (127.66, 34.76), (128.34, 36.12), (127.11, 36.81),
        (126.71, 35.97), (128.73, 36.57), (129.10, 37.45), (127.49, 34.95),
    ]
)  # fmt: skip


OPTIONS = LandOptions(1.0, 0.4, frozenset(LandMode), frozenset(), 15.0, 25.0)


@pytest.fixture(scope="module")
def land():
    return LandNetwork.load(layers_dir() / "land_network.npz")


@pytest.fixture(scope="module")
def sites():
    """Positions of some shipped facilities all over the world."""
    layers = [load_layer(name) for name in ("deposits", "refineries", "magnet_plants")]
    shapes = np.concatenate([layer.features.geometry for layer in layers])
    return shapely.get_coordinates(shapes)[::61]


@pytest.mark.parametrize(
    ("start", "end", "modes", "km", "within"),
    [
        # lengths in the source; roads are told 2.5 to 7.5 % longer than it draws them
        (BAOTOU, TIANJIN, ROAD, 794, 0.04),
        (BAOTOU, TIANJIN, RAILS, 803, 0.02),
        (MOUNTAIN_PASS, LONG_BEACH, ROAD, 350, 0.06),
        # by rail from Kalgoorlie to Perth 655 km, and 19 on to Fremantle
        (KALGOORLIE, FREMANTLE, RAILS, 664, 0.025),
        # Great Eastern Highway to Perth 595 km, and 19 on to Fremantle
        (KALGOORLIE, FREMANTLE, ROAD, 614, 0.025),
        # Benguela railway: Lobito to Luau 1,344 km, and 427 on to Kolwezi
        (KOLWEZI, LOBITO, RAILS, 1771, 0.06),
    ],
)
def test_known_ways_are_as_long_as_they_are(land, start, end, modes, km, within):
    route = land.route(start, end, modes=modes)
    assert route.km == pytest.approx(km, rel=within)
    assert {leg.mode for leg in route.legs if leg.km > 50} == set(modes)


def test_kolwezi_to_durban_by_road_is_as_crooked_as_published(land):
    # published cases, G1
    route = land.route(KOLWEZI, DURBAN, modes=ROAD)
    assert route.km / distance_km(KOLWEZI, DURBAN)[0] == pytest.approx(1.46, abs=0.1)
    assert route.countries == ("COD", "ZMB", "ZWE", "ZAF")
    assert route.borders == (("COD", "ZMB"), ("ZMB", "ZWE"), ("ZWE", "ZAF"))
    assert route.assumed_km < 0.02 * route.km


def test_korean_roads_are_as_crooked_as_published(land):
    # published cases, G3: the mean over pairs of cities
    found = land.costs(KOREA, KOREA, modes=ROAD)
    one, other = np.triu_indices(len(KOREA), 1)
    ratio = found.km[one, other] / distance_km(KOREA[one], KOREA[other])
    assert ratio.mean() == pytest.approx(1.26, abs=0.05)


def test_mongolian_ore_reaches_china_by_land(land):
    route = land.route(OYU_TOLGOI, BAOTOU)
    assert route.countries == ("MNG", "CHN")
    assert route.borders == (("MNG", "CHN"),)


def test_a_way_is_told_from_end_to_end(land):
    route = land.route(BAOTOU, TIANJIN, weights={LandMode.RAIL: 0.3}, transfer_cost=20.0)
    assert [leg.mode for leg in route.legs] == [LandMode.ROAD, LandMode.RAIL, LandMode.ROAD]
    np.testing.assert_allclose(route.path[[0, -1]], [BAOTOU, TIANJIN])
    for leg, following in zip(route.legs, route.legs[1:], strict=False):
        np.testing.assert_allclose(leg.path[-1], following.path[0])
    for leg in route.legs:
        assert path_length_km(leg.path) <= leg.km + 0.2
        assert 0.0 <= leg.assumed_km <= leg.km
    rail = sum(leg.km for leg in route.legs if leg.mode == LandMode.RAIL)
    assert route.cost == pytest.approx(route.km - 0.7 * rail + 2 * 20.0)
    # the ways to the network and from rail to road are not in the source
    assert route.legs[0].assumed_km > 0.0
    assert route.legs[-1].assumed_km > 0.0


def test_the_way_back_is_the_way(land, sites):
    there = land.costs(sites, sites, weights={LandMode.RAIL: 0.5}, border_cost=50.0)
    np.testing.assert_allclose(there.cost, there.cost.T, rtol=1e-9)
    # of ways that cost the same either may be told
    same = np.isclose(there.km, there.km.T, rtol=1e-6) | np.isinf(there.km)
    assert same.mean() > 0.99
    one = land.route(OYU_TOLGOI, BAOTOU)
    other = land.route(BAOTOU, OYU_TOLGOI)
    assert one.km == pytest.approx(other.km)
    assert one.borders == tuple((b, a) for a, b in other.borders[::-1])


def test_no_way_is_shorter_than_the_geodesic(land, sites):
    found = land.costs(sites, sites)
    straight = np.stack([distance_km(site, sites) for site in sites])
    off = ~np.eye(len(sites), dtype=bool)
    assert (found.km[off] >= straight[off] - 1e-6).all()
    np.testing.assert_allclose(found.cost, found.km)
    np.testing.assert_allclose(np.diag(found.cost), 0.0, atol=3.0)


def test_a_detour_through_a_third_node_is_never_shorter(land):
    nodes = land.data.lonlat[:: len(land.data.lonlat) // 40]
    cost = land.costs(nodes, nodes).cost
    through = cost[:, :, None] + cost[None, :, :]
    assert (cost[:, None, :] <= through + 1e-6).all()


def test_one_way_and_the_matrix_agree(land, sites):
    some = sites[:14]
    options = {
        "weights": {LandMode.ROAD: 0.12, LandMode.RAIL: 0.03},
        "border_cost": 6.0,
        "transfer_cost": 4.0,
    }
    found = land.costs(some[:3], some, **options)
    for i in range(3):
        for j in range(14):
            route = land.route(tuple(some[i]), tuple(some[j]), **options)
            if route is None:
                assert np.isinf(found.cost[i, j])
                assert found.borders[i, j] == -1
                continue
            assert route.cost == pytest.approx(found.cost[i, j])
            rail = sum(leg.km for leg in route.legs if leg.mode == LandMode.RAIL)
            assert rail == pytest.approx(found.rail_km[i, j], abs=1e-6)
            assert route.km == pytest.approx(found.km[i, j])
            assert route.assumed_km == pytest.approx(found.assumed_km[i, j])
            assert len(route.borders) == found.borders[i, j]


def test_ways_are_those_of_an_independent_search(land):
    """Road, rail, borders and changes around the three corners of Europe, by networkx."""
    data = land.data
    west, south, east, north = 5.0, 47.0, 9.5, 50.0
    inside = (
        (data.lonlat[:, 0] > west) & (data.lonlat[:, 0] < east)
        & (data.lonlat[:, 1] > south) & (data.lonlat[:, 1] < north)
    )  # fmt: skip
    price = np.where(data.kind == RAIL, 0.4, 1.0) * data.km
    price = price + 15.0 * data.crosses + 25.0 * (data.kind == TRANSFER)
    graph = nx.Graph()
    for edge in np.flatnonzero(inside[data.start] & inside[data.end]):
        graph.add_edge(int(data.start[edge]), int(data.end[edge]), cost=float(price[edge]))
    rng = np.random.default_rng(5)
    largest = sorted(max(nx.connected_components(graph), key=len))
    middle = [
        n
        for n in largest
        if abs(data.lonlat[n, 0] - 7.2) < 0.7 and abs(data.lonlat[n, 1] - 48.5) < 0.5
    ]
    roads = [n for n in middle if any(data.kind[data.start == n] != RAIL)]
    picked = [int(n) for n in rng.choice(roads, 8, replace=False)]
    whole = data.graph(OPTIONS)
    for start in picked:
        tree = whole.tree(np.array([start]), np.array([0.0]), np.inf)
        truth = nx.single_source_dijkstra_path_length(graph, start, weight="cost")
        for end in picked:
            # the cut-out is wide enough that no way between nodes of its middle leaves it
            assert tree.cost[end] == pytest.approx(truth[end], abs=1e-3)


def test_sums_along_a_tree_are_those_of_its_paths(land):
    graph = land.data.graph(OPTIONS)
    tree = graph.tree(np.array([1000]), np.array([3.0]), np.inf)
    reached = np.flatnonzero(np.isfinite(tree.cost))
    nodes = np.random.default_rng(1).choice(reached, 20, replace=False)
    sums, entries = tree.sums(nodes, land.data.values)
    for node, total, entry in zip(nodes, sums, entries, strict=True):
        path = tree.path(int(node))
        edges = graph.edges(path[:-1], path[1:])
        np.testing.assert_allclose(total, land.data.values[edges].sum(axis=0), atol=1e-6)
        assert entry == path[0] == 1000


def test_an_island_has_no_way_by_land(land):
    tokyo, seoul, hobart, sydney = (139.7, 35.7), (126.98, 37.57), (147.3, -42.9), (151.2, -33.9)
    assert land.route(tokyo, seoul) is None
    assert land.route(hobart, sydney) is None
    # Gag, an island without roads 30 km off the next one; Ascension, with nothing around
    assert land.route((129.88, -0.44), (131.25, -0.87)) is None
    assert land.route((-14.37, -7.95), LOBITO) is None
    found = land.costs(np.array([tokyo, (np.nan, 0.0)]), np.array([seoul]))
    assert np.isinf(found.cost).all()
    assert np.isinf(found.km).all()
    assert (found.borders == -1).all()


def test_what_looks_open_on_the_map_is_shut(land):
    # the demilitarised zone, and no road through the Darien
    assert land.route((126.98, 37.57), (125.75, 39.02)) is None
    assert land.route((-79.52, 9.0), (-75.57, 6.25)) is None


def test_bridges_and_tunnels_join_what_the_sea_parts(land):
    copenhagen, malmo, hamburg = (12.57, 55.68), (13.0, 55.6), (10.0, 53.55)
    assert land.route(copenhagen, malmo).km < 60
    assert land.route(copenhagen, hamburg).km < 530
    london, paris = (-0.1, 51.5), (2.35, 48.85)
    assert land.route(london, paris, modes=ROAD) is None  # the tunnel is a railway
    assert LandMode.RAIL in {leg.mode for leg in land.route(london, paris).legs}


@pytest.mark.parametrize("avoided", ["ZMB", "ZWE"])
def test_a_way_around_a_country_is_longer_and_does_not_touch_it(land, avoided):
    open_way = land.route(KOLWEZI, DURBAN)
    assert avoided in open_way.countries
    around = land.route(KOLWEZI, DURBAN, avoid_countries=frozenset({avoided}))
    assert avoided not in around.countries
    assert around.cost > open_way.cost
    # the course itself: allow for borders drawn coarsely
    countries = load_layer("jurisdictions").features
    shape = countries.geometry[countries.columns["iso"] == avoided][0]
    inner = shapely.buffer(shape, -0.15)
    course = shapely.segmentize(shapely.LineString(around.path), 0.05)
    touched = shapely.intersects_xy(inner, *shapely.get_coordinates(course).T)
    assert touched.mean() < 0.02


def test_no_assumed_way_leads_over_an_avoided_country(land):
    # in the middle of Zambia: roads beyond its borders are within reach of an assumed way
    kabwe, livingstone = (28.45, -14.45), (25.86, -17.85)
    zambia = frozenset({"ZMB"})
    assert land.route(kabwe, DURBAN) is not None
    assert land.route(kabwe, DURBAN, avoid_countries=zambia) is None
    found = land.costs(np.array([kabwe, livingstone]), np.array([kabwe]), avoid_countries=zambia)
    assert np.isinf(found.cost[1, 0])


def test_a_site_in_an_avoided_country_has_no_way(land):
    assert land.route(KOLWEZI, DURBAN, avoid_countries=frozenset({"ZAF"})) is None


def test_costly_borders_and_changes_are_fewer(land):
    ends = (2.35, 48.85), (37.6, 55.75)
    free = land.route(*ends)
    dear = land.route(*ends, border_cost=300.0, transfer_cost=200.0)
    assert len(dear.borders) <= len(free.borders)
    assert len(dear.legs) < len(free.legs)
    assert dear.km >= free.km


def test_a_limit_leaves_out_what_costs_more(land, sites):
    every = land.costs(sites[:5], sites)
    near = land.costs(sites[:5], sites, limit=1500.0)
    inside = every.cost <= 1500.0
    np.testing.assert_allclose(near.cost[inside], every.cost[inside])
    assert np.isinf(near.cost[~inside]).all()


def test_a_remote_site_is_told_as_assumed(land):
    # the next road of the network is far from this deposit in the north of Ontario
    remote, town = (-86.3, 52.75), (-89.25, 48.38)
    route = land.route(remote, town)
    assert 400.0 < route.assumed_km < 800.0
    assert route.legs[0].mode == LandMode.ROAD


def test_neighbours_far_from_any_road_are_joined_directly(land):
    # two deposits on the tundra of Labrador, with the nearest road hundreds of kilometres off
    one, other = (-64.1, 56.35), (-64.4, 56.2)
    route = land.route(one, other)
    straight = distance_km(one, other)[0]
    assert route.km == route.assumed_km == pytest.approx(1.45 * straight)
    assert route.countries == ("CAN",)
    found = land.costs(np.array([one]), np.array([other]))
    assert found.cost[0, 0] == pytest.approx(route.cost)
    assert found.assumed_km[0, 0] == pytest.approx(route.km)


def test_a_siding_takes_no_road(land):
    data = land.data
    rails = np.flatnonzero((data.kind == RAIL) & ~data.assumed & (data.km > 60.0))
    edge = int(rails[len(rails) // 2])
    course = data.shape(edge)
    site = tuple(course[len(course) // 2])
    route = land.route(site, tuple(data.lonlat[data.end[edge]]), modes=RAILS)
    assert [leg.mode for leg in route.legs] == [LandMode.RAIL]
    assert route.assumed_km <= 2 * SIDING_KM


def test_a_matrix_can_be_cancelled(land, sites):
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        land.costs(sites, sites, feedback=feedback)


def test_costs_that_are_none_are_refused(land):
    with pytest.raises(GisappError, match="cannot cost"):
        land.route(BAOTOU, TIANJIN, weights={LandMode.ROAD: 0.0})
    with pytest.raises(GisappError, match="cannot cost"):
        land.route(BAOTOU, TIANJIN, border_cost=-1.0)
    with pytest.raises(GisappError, match="without road and rail"):
        land.route(BAOTOU, TIANJIN, modes=frozenset())


def test_a_damaged_file_is_told(tmp_path):
    path = tmp_path / "land_network.npz"
    with pytest.raises(GisappError) as missing:
        LandNetwork.load(path)
    assert missing.value.code == "unreadable"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(GisappError) as damaged:
        LandNetwork.load(path)
    assert damaged.value.code == "unreadable"


def test_a_way_across_180_degrees_does_not_jump():
    east = Piece(LandMode.ROAD, 60.0, np.array([(178.9, 67.0), (179.9, 67.1)]), ("RUS", "RUS"), 0.0)
    west = Piece(
        LandMode.ROAD, 50.0, np.array([(-179.9, 67.1), (-179.0, 67.0)]), ("RUS", "RUS"), 1.0
    )
    (leg,) = legs_of([east, west])
    np.testing.assert_allclose(leg.path[:, 0], [178.9, 179.9, 180.1, 181.0])
    assert (leg.km, leg.assumed_km, leg.countries, leg.borders) == (110.0, 1.0, ("RUS",), ())


def test_a_border_at_a_change_of_mode_is_told_once():
    way = np.array([(0.0, 0.0), (1.0, 0.0)])
    pieces = [
        Piece(LandMode.ROAD, 5.0, way, ("AAA", "AAA"), 0.0),
        Piece(LandMode.RAIL, 5.0, np.add(way, [1.0, 0.0]), ("BBB", "CCC"), 0.0),
        Piece(LandMode.RAIL, 0.0, np.add(way[:1], [2.0, 0.0]), ("CCC", "CCC"), 0.0),
    ]
    one, other = legs_of(pieces)
    assert one.borders == ()
    assert other.borders == (("AAA", "BBB"), ("BBB", "CCC"))
    assert other.countries == ("BBB", "CCC")


def test_the_mask_tells_sea_from_land(land):
    places = {
        (10.0, 50.0): True, (-30.0, 40.0): False, (50.5, 42.0): False, (33.0, -1.0): False,
        (-87.0, 44.0): False, (103.8, 1.35): True, (179.97, 67.5): True, (-179.97, 67.5): True,
        (0.0, -89.9): True, (0.0, 89.9): False,
    }  # fmt: skip
    found = land.data.mask.is_land(np.array(list(places)))
    assert dict(zip(places, found.tolist(), strict=True)) == places
    # from Dover to Calais, 34 km of strait within 41
    dover, calais = np.array([(1.31, 51.13)]), np.array([(1.85, 50.95)])
    km = distance_km(dover, calais)
    assert 20 < land.data.mask.wet_km(dover, calais, km)[0] < 36
