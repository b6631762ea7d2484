import numpy as np
import pytest
import shapely
from layers_build import land_mend, land_network, land_raster, land_shape, land_source
from layers_build.land_mend import Ground, Reach
from layers_build.land_network import Given
from layers_build.land_source import Net
from layers_build.writing import write_arrays

from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.land import LandMode, LandNetwork
from gisapp.analysis.network.land_mask import COLUMNS, ROWS, LandMask
from gisapp.model.features import Features
from gisapp.model.geodesy import distance_km, path_length_km
from gisapp.model.layer import Layer, Source
from gisapp.model.vocabulary import Role

#: Two countries side by side.
TWO = np.array([shapely.box(-5, -5, 1, 5), shapely.box(1, -5, 7, 5)], dtype=object)
REACH = Reach(300.0, 60.0, 25.0, 15.0, detour=4.0, circuity=1.45)


def net(lonlat, edges, km=None):
    """Return a network of these edges, as long as the geodesic where no length is given."""
    points = np.array(lonlat, dtype=float)
    start, end = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    lengths = distance_km(points[start], points[end]) if km is None else np.array(km, dtype=float)
    return land_source.tidy(points, start, end, lengths, np.zeros(len(start), dtype=np.bool_))


def everywhere(country):
    """Return open ground on which every node and place is in one country."""
    return lambda lonlat: np.full(len(lonlat), country, dtype=object)


def ground(n, country="AAA", closed=()):
    codes = (
        np.full(n, country, dtype=object) if isinstance(country, str) else np.array(country, object)
    )
    return Ground(codes, everywhere("AAA"), frozenset(closed))


def test_a_network_is_read_as_text(tmp_path):
    path = tmp_path / "world_test.py"
    path.write_text(
        "\nfrom scgraph.core import GeoGraph\n"
        "graph=[{1: 12.5, 0: 0.0}, {0: 12.5, 2: 0.1}, {1: 0.1}]\n"
        "nodes=[[50.0, 10.0], [50.1, 10.0], [50.0, 11.0]]\n"
        "test_geograph = GeoGraph(graph=graph, nodes=nodes)\n",
        encoding="utf-8",
    )
    found = land_source.read(path)
    np.testing.assert_allclose(found.lonlat, [[10.0, 50.0], [10.0, 50.1], [11.0, 50.0]])
    assert list(zip(found.start, found.end, strict=True)) == [(0, 1), (1, 2)]
    assert found.km[0] == 12.5
    # no edge is shorter than the geodesic
    assert found.km[1] == pytest.approx(distance_km((10.0, 50.1), (11.0, 50.0))[0])


def test_of_several_edges_the_shortest_stays_and_loops_go():
    points = [(0.0, 0.0), (0.1, 0.0)]
    found = net(points, [(0, 1), (1, 0), (1, 1)], [30.0, 20.0, 5.0])
    assert found.km.tolist() == [20.0]


def test_junctions_are_gathered_without_ways_getting_shorter():
    # two carriageways side by side in cells of 0.01 degrees, with a cross road in each
    lonlat = [(0.001 + 0.02 * i, 0.001 + 0.003 * j) for i in range(4) for j in range(2)]
    along = [(2 * i + j, 2 * i + 2 + j) for i in range(3) for j in range(2)]
    across = [(2 * i, 2 * i + 1) for i in range(4)]
    found = land_shape.gather(net(lonlat, along + across))
    assert len(found.lonlat) == 4
    assert len(found.km) == 3
    straight = distance_km(found.lonlat[found.start], found.lonlat[found.end])
    assert (found.km >= straight - 1e-9).all()


def test_short_dead_ends_go_and_long_ones_stay():
    lonlat = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 0.01), (1.0, 0.5)]
    found = land_shape.cut_dead_ends(net(lonlat, [(0, 1), (1, 2), (1, 3), (1, 4)]))
    assert len(found.lonlat) == 4
    assert (found.lonlat[:, 1] != 0.01).all()


def test_small_networks_that_hang_on_nothing_go():
    lonlat = [(0.0, 0.0), (1.0, 0.0), (5.0, 5.0), (5.1, 5.0)]
    found = land_shape.without_fragments(net(lonlat, [(0, 1), (2, 3)]), 25.0)
    np.testing.assert_allclose(found.lonlat, [[0.0, 0.0], [1.0, 0.0]])


def test_chains_become_edges_that_keep_course_and_length():
    lonlat = [(0.0, 0.0), (1.0, 0.5), (2.0, 0.0), (3.0, 0.5), (4.0, 0.0), (4.0, 1.0), (4.0, -1.0)]
    chain = net(lonlat, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (4, 6)])
    shaped = land_shape.join_chains(chain, np.zeros(7, dtype=np.bool_))
    assert sorted(shaped.node.tolist()) == [0, 4, 5, 6]
    (long,) = np.flatnonzero(shaped.bend_count == 3)
    np.testing.assert_allclose(shaped.bends, np.array(lonlat)[1:4])
    assert shaped.net.km[long] == pytest.approx(path_length_km(lonlat[:5]))
    held = land_shape.join_chains(chain, np.arange(7) == 2)
    assert sorted(held.node.tolist()) == [0, 2, 4, 5, 6]


def test_a_loose_network_is_tied_by_its_shortest_link():
    lonlat = [(0.0, 0.0), (1.0, 0.0), (1.2, 0.1), (2.0, 0.5), (1.2, 0.9)]
    found = land_mend.mend(net(lonlat, [(0, 1), (2, 3), (3, 4)]), ground(5), REACH)
    (link,) = np.flatnonzero(found.assumed)
    assert (found.start[link], found.end[link]) == (1, 2)
    assert found.km[link] == pytest.approx(1.45 * distance_km(lonlat[1], lonlat[2])[0])


@pytest.mark.parametrize(
    ("country", "closed", "tied"),
    [
        (["AAA"] * 2 + ["BBB"] * 2, [], True),
        (["AAA"] * 2 + ["BBB"] * 2, [("BBB", "AAA")], False),
    ],
)
def test_no_link_crosses_a_closed_border(country, closed, tied):
    lonlat = [(0.0, 0.0), (1.0, 0.01), (1.3, 0.0), (2.0, 0.01)]
    found = land_mend.mend(net(lonlat, [(0, 1), (2, 3)]), ground(4, country, closed), REACH)
    assert found.assumed.any() == tied


def test_no_link_crosses_water():
    lonlat = [(0.0, 0.0), (1.0, 0.01), (1.3, 0.0), (2.0, 0.01)]
    sea = Ground(
        np.full(4, "AAA", dtype=object),
        lambda p: np.where((p[:, 0] > 1.05) & (p[:, 0] < 1.25), "", "AAA").astype(object),
        frozenset(),
    )
    assert not land_mend.mend(net(lonlat, [(0, 1), (2, 3)]), sea, REACH).assumed.any()


def test_a_road_that_stops_short_is_joined_only_where_the_way_round_is_long():
    # a horseshoe, 200 km around, whose ends are 11 km apart; and one with a bridge
    shoe = [(0.0, 0.0), (-0.4, 0.4), (-0.4, 0.9), (0.05, 1.0), (0.5, 0.9), (0.5, 0.4), (0.1, 0.0)]
    edges = [(i, i + 1) for i in range(6)]
    found = land_mend.mend(net(shoe, edges), ground(7), REACH)
    links = [
        (int(a), int(b))
        for a, b in zip(found.start[found.assumed], found.end[found.assumed], strict=True)
    ]
    assert links == [(0, 6)]
    bridged = land_mend.mend(net(shoe, [*edges, (1, 5)]), ground(7), REACH)
    assert (0, 6) in set(zip(bridged.start.tolist(), bridged.end.tolist(), strict=True))
    near = [(0.0, 0.0), (0.1, 0.1), (0.2, 0.0)]
    assert not land_mend.mend(
        net([*near, (0.1, -3.0)], [(0, 1), (1, 2), (1, 3)]), ground(4), REACH
    ).assumed.any()


def test_links_by_hand_join_near_nodes_or_make_new_ones():
    start = net([(0.0, 0.0), (1.0, 0.0)], [(0, 1)])
    given = [Given("road", (1.01, 0.0), (2.0, 0.0), 150.0)]
    found = land_network.with_given(start, given)
    assert len(found.lonlat) == 3
    assert found.km[found.assumed].tolist() == [150.0]
    assert (found.start[found.assumed][0], found.end[found.assumed][0]) == (1, 2)


def test_a_road_beside_a_border_stays_in_its_country():
    lonlat = [(0.0, 0.0), (0.2, 0.0), (0.25, 0.0), (0.5, 0.0), (1.0, 0.0), (1.5, 0.0)]
    road = net(lonlat, [(i, i + 1) for i in range(5)])
    country = np.array(["AAA", "AAA", "BBB", "AAA", "BBB", "BBB"], dtype=object)
    steady = land_network.steady(road, country)
    assert (steady[[0, 1, 4, 5]] == country[[0, 1, 4, 5]]).all()
    assert np.count_nonzero(steady[1:] != steady[:-1]) == 1


def test_goods_change_once_in_a_cell_and_in_one_country():
    road = np.array([(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)])
    rail = np.array([(0.01, 0.0), (0.02, 0.0), (1.01, 0.0), (2.3, 0.0)])
    here = np.array(["AAA", "AAA", "AAA"])
    there = np.array(["AAA", "AAA", "BBB", "AAA"])
    place, head, km = land_network.transfers(road, rail, here, there)
    assert (place.tolist(), head.tolist()) == ([0], [0])
    assert km[0] == pytest.approx(1.25 * distance_km(road[0], rail[0])[0])


def test_the_raster_knows_islands_lakes_and_straits():
    land = np.array([shapely.box(10, 10, 20, 20), shapely.box(20.5, 10, 25, 20)], dtype=object)
    lakes = np.array([shapely.box(12, 12, 15, 15), shapely.box(17, 17, 17.2, 17.2)], dtype=object)
    bits = land_raster.rasterise(land, lakes)
    assert len(bits) == COLUMNS * ROWS // 8
    ring = shapely.box(10, 10, 20, 20) - shapely.box(14, 14, 16, 16)
    shapes = np.array(
        [shapely.box(14, 14, 16, 16), ring, shapely.box(30, 10, 31, 11)], dtype=object
    )
    codes = np.array(["IN", "OUT", "FAR"], dtype=object)
    cells = land_raster.countries(shapes, codes, np.array(["IN", "OUT"]))
    mask = LandMask(bits, cells)
    there = np.array([(15.0, 15.0), (12.0, 12.0), (25.0, 12.0), (30.5, 10.5)])
    assert mask.country(there).tolist() == [0, 1, -1, -1]
    through = mask.inside_km(
        np.array([(9.0, 15.0)]),
        np.array([(21.0, 15.0)]),
        np.array([1290.0]),
        np.array([True, False]),
    )
    assert through[0] == pytest.approx(215.0, abs=12.0)
    places = {
        (11, 11): True,
        (13, 13): False,
        (17.1, 17.1): True,
        (20.25, 15): False,
        (23, 12): True,
    }
    assert [bool(x) for x in mask.is_land(np.array(list(places), float))] == list(places.values())
    start, end = np.array([(19.0, 15.0)]), np.array([(21.5, 15.0)])
    km = distance_km(start, end)
    strait = distance_km((20.0, 15.0), (20.5, 15.0))[0]
    assert mask.wet_km(start, end, km)[0] == pytest.approx(strait, abs=12.0)


@pytest.fixture
def two_countries():
    """Two countries side by side, with a border at 1 degree east."""
    features = Features({"iso": np.array(["AAA", "BBB"], dtype=object)}, _shapes=TWO)
    return JurisdictionIndex(Layer("j", "J", Role.JURISDICTION, features, Source("made by hand")))


def test_a_small_world_is_built_saved_and_asked(two_countries, tmp_path):
    roads = net(
        [(-1.0, 0.0), (0.0, 0.05), (0.7, 0.0), (2.0, 0.0), (3.0, 0.05)],
        [(i, i + 1) for i in range(4)],
    )
    rails = net(
        [(-1.0, 0.03), (0.0, 0.3), (0.5, 0.4), (1.5, 0.4), (3.0, 0.08)],
        [(i, i + 1) for i in range(4)],
    )
    road = land_network.prepare(
        roads, two_countries, REACH, [], frozenset(), land_network.road_factor(frozenset())
    )
    rail = land_network.prepare(
        rails, two_countries, REACH, [], frozenset(), land_network.unchanged
    )
    arrays = land_network.assemble(road, rail)
    arrays["land"] = np.full(COLUMNS * ROWS // 8, 255, dtype=np.uint8)
    codes = np.array(["AAA", "BBB"], dtype=object)
    arrays["countries"] = land_raster.countries(TWO, codes, arrays["codes"])
    for name in ("one", "two"):
        write_arrays(tmp_path / f"{name}.npz", arrays)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    network = LandNetwork.load(tmp_path / "one.npz")
    start, end = (-1.0, 0.0), (3.0, 0.05)
    by_road = network.route(start, end, modes=frozenset({LandMode.ROAD}))
    # chains are joined up to the border, where the nodes before and behind it stay
    assert by_road.borders == (("AAA", "BBB"),)
    assert by_road.km == pytest.approx(1.075 * path_length_km(roads.lonlat), rel=1e-3)
    np.testing.assert_allclose(by_road.path, roads.lonlat, atol=1e-9)
    cheap = network.route(start, end, weights={LandMode.RAIL: 0.1})
    assert LandMode.RAIL in {leg.mode for leg in cheap.legs}
    assert network.route(start, end, avoid_countries=frozenset({"BBB"})) is None
    shut = land_network.without_closed(
        roads,
        np.array(["AAA", "AAA", "AAA", "BBB", "BBB"], dtype=object),
        frozenset({("BBB", "AAA")}),
    )
    assert len(shut.km) == 3


def test_a_missing_package_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(land_source.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install scgraph-data"):
        land_source.package_folder()


def test_a_net_is_a_value():
    one = net([(0.0, 0.0), (1.0, 0.0)], [(0, 1)])
    assert isinstance(one, Net)
    assert land_shape.degrees(one).tolist() == [1, 1]
