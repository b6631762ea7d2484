"""Ways by sea: against land at 1:10m, published distances and the rules every distance obeys."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.analysis.sea import SeaNetwork
from gisapp.data.shipped import load_layer
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.geodesy import WGS84, distance_km, path_length_km
from gisapp.model.places import layers_dir

PORTS = {
    "shanghai": (121.9, 31.2),
    "rotterdam": (4.05, 51.98),
    "singapore": (103.8, 1.25),
    "fremantle": (115.73, -32.05),
    "baltimore": (-76.5, 39.2),
    "port hedland": (118.58, -20.31),
    "busan": (129.05, 35.1),
    "antofagasta": (-70.42, -23.65),
    "yokohama": (139.67, 35.45),
    "vancouver": (-123.1, 49.29),
    "kokkola": (23.05, 63.86),
    "durban": (31.05, -29.87),
    "santos": (-46.3, -23.98),
    "new york": (-74.03, 40.67),
    "noumea": (166.42, -22.27),
    "los angeles": (-118.25, 33.72),
    "lobito": (13.53, -12.33),
    "tema": (0.0, 5.62),
    "odessa": (30.75, 46.5),
    "dar es salaam": (39.3, -6.82),
}
#: Canals that lie on land at 1:10m, and the strait of which 1:10m leaves a few hundred metres.
CANALS = shapely.union_all(
    [
        shapely.box(32.2, 29.7, 32.8, 31.5),
        shapely.box(-80.1, 8.7, -79.4, 9.5),
        shapely.box(8.8, 53.7, 10.4, 54.6),
        shapely.box(28.9, 40.9, 29.3, 41.4),
    ]
)


@pytest.fixture(scope="module")
def sea() -> SeaNetwork:
    return SeaNetwork.load(layers_dir() / "sea_network.npz")


@pytest.fixture(scope="module")
def land() -> shapely.STRtree:
    parts = shapely.get_parts(load_layer("land").features.geometry)
    # pieces of a shore have small boxes: a tree of whole continents would not be a help
    coordinates = [shapely.get_coordinates(shore) for shore in shapely.get_exterior_ring(parts)]
    return shapely.STRtree(
        [shapely.linestrings(c[i : i + 33]) for c in coordinates for i in range(0, len(c) - 1, 32)]
    )


def over_land(path, tree, ends_km):
    """Return the km of a path that cross a shore, but for its ends and the canals."""
    total = path_length_km(path)
    done, crossed = 0.0, []
    for a, b in pairwise(path):
        azimuth, _, metres = WGS84.inv(*a, *b)
        count = max(int(metres // 10_000), 1)
        lon, lat, _ = WGS84.fwd(
            np.full(count + 1, a[0]),
            np.full(count + 1, a[1]),
            np.full(count + 1, azimuth),
            np.linspace(0, metres, count + 1),
        )
        for p, q in pairwise(zip(lon, lat, strict=True)):
            step = float(distance_km(p, q)[0])
            middle = done + step / 2
            done += step
            if middle < ends_km or total - middle < ends_km or abs(p[0] - q[0]) > 180:
                continue
            line = shapely.linestrings([p, q])
            if not CANALS.intersects(line) and len(tree.query(line, predicate="intersects")):
                crossed.append((p, q))
    return crossed


SAMPLE = [
    ("shanghai", "rotterdam"),
    ("fremantle", "baltimore"),
    ("port hedland", "busan"),
    ("antofagasta", "yokohama"),
    ("vancouver", "singapore"),
    ("kokkola", "new york"),
    ("odessa", "dar es salaam"),
    ("noumea", "shanghai"),
    ("santos", "los angeles"),
    ("lobito", "tema"),
]


@pytest.mark.parametrize(("start", "end"), SAMPLE)
def test_no_leg_crosses_land(sea, land, start, end):
    route = sea.route(PORTS[start], PORTS[end])
    assert over_land(route.path, land, 12.0) == []
    assert path_length_km(route.path) == pytest.approx(route.km, rel=1e-9)
    assert route.nm == pytest.approx(route.km / 1.852)
    assert np.abs(np.diff(route.path[:, 0])).max() < 90


@pytest.mark.parametrize(
    ("start", "end", "published_nm"),
    [
        # NGA Pub. 151; the positions are the harbours', not those of the table
        ("port hedland", "fremantle", 972),
        ("port hedland", "busan", 3484),
        ("fremantle", "durban", 4244),
        ("durban", "singapore", 4872),
        ("dar es salaam", "singapore", 4042),
        ("antofagasta", "los angeles", 4430),
        ("noumea", "yokohama", 3837),
        ("noumea", "shanghai", 4185),
        ("shanghai", "singapore", 2207),
        ("vancouver", "yokohama", 4262),
        ("vancouver", "singapore", 7078),
        ("santos", "new york", 4957),
        ("yokohama", "los angeles", 4839),
    ],
)
def test_published_distances(sea, start, end, published_nm):
    assert sea.route(PORTS[start], PORTS[end]).nm == pytest.approx(published_nm, rel=0.03)


@pytest.mark.parametrize(("start", "percent"), [("shanghai", 31.2), ("singapore", 41.4)])
def test_the_detour_without_suez(sea, start, percent):
    open_ = sea.route(PORTS[start], PORTS["rotterdam"])
    round_ = sea.route(PORTS[start], PORTS["rotterdam"], closed=frozenset({"suez"}))
    assert 100 * (round_.km / open_.km - 1) == pytest.approx(percent, abs=2)
    assert "cape-good-hope" in dict(round_.passages)


def test_passages_stand_in_the_order_they_are_passed(sea):
    route = sea.route(PORTS["shanghai"], PORTS["rotterdam"])
    wanted = ("taiwan-strait", "malacca", "bab-el-mandeb", "suez", "gibraltar", "dover")
    assert [p for p, _ in route.passages if p in wanted] == list(wanted)
    at = [km for _, km in route.passages]
    assert at == sorted(at)
    back = sea.route(PORTS["rotterdam"], PORTS["shanghai"])
    assert [p for p, _ in back.passages] == [p for p, _ in reversed(route.passages)]


def test_panama(sea):
    ends = PORTS["new york"], PORTS["antofagasta"]
    through = sea.route(*ends)
    round_ = sea.route(*ends, closed=frozenset({"panama"}))
    assert "panama" in dict(through.passages)
    assert {"magellan", "cape-horn"} & set(dict(round_.passages))
    assert round_.km > 1.5 * through.km


def test_each_gate_is_tight(sea):
    """A way with a passage closed never meets the gate, and the gate's ends stand on land."""
    assert len(sea.passages) >= 24
    for passage in sea.passages:
        for line in shapely.get_parts(passage.gate):
            ends = shapely.get_coordinates(line)[[0, -1]]
            polar = np.abs(ends[:, 1]) > 60
            assert (sea.coast.on_land(ends) | polar).all(), passage.id


def test_nothing_leaks_through_what_is_closed(sea):
    ends = [
        ("shanghai", "rotterdam"),
        ("new york", "antofagasta"),
        ("odessa", "kokkola"),
        ("port hedland", "busan"),
        ("vancouver", "santos"),
    ]
    for start, end in ends:
        before = sea.route(PORTS[start], PORTS[end])
        for passage, _ in before.passages:
            try:
                after = sea.route(PORTS[start], PORTS[end], closed=frozenset({passage}))
            except GisappError as error:
                assert error.code == "no_way"
                assert passage in {"bosporus", "dardanelles"}
                continue
            assert after.km >= before.km * (1 - 1e-9), passage
            assert passage not in dict(after.passages)


def test_black_sea_and_baltic_can_be_cut_off(sea):
    with pytest.raises(GisappError, match="no way"):
        sea.route(PORTS["odessa"], PORTS["tema"], closed=frozenset({"bosporus"}))
    straits = frozenset({"danish-great-belt", "danish-little-belt", "danish-oresund", "kiel-canal"})
    with pytest.raises(GisappError, match="no way"):
        sea.route(PORTS["kokkola"], PORTS["rotterdam"], closed=straits)
    assert np.isinf(sea.matrix([PORTS["kokkola"]], [PORTS["rotterdam"]], closed=straits)).all()


def test_ice_is_avoided_unless_asked_for(sea):
    ends = PORTS["rotterdam"], PORTS["yokohama"]
    usual = sea.route(*ends)
    north = sea.route(*ends, opened=frozenset({"vilkitsky"}))
    assert "suez" in dict(usual.passages)
    assert {"vilkitsky", "bering"} <= set(dict(north.passages))
    assert north.km < 0.75 * usual.km


def test_across_180_degrees(sea):
    route = sea.route(PORTS["yokohama"], PORTS["los angeles"])
    assert route.path[0, 0] == pytest.approx(139.67, abs=0.1)
    assert route.path[-1, 0] == pytest.approx(360 - 118.25, abs=0.1)
    fiji = sea.route((178.4, -18.2), (-171.75, -13.82))
    assert fiji.km < 1300
    assert sea.route((179.9, 0.0), (-179.9, 0.0)).km == pytest.approx(22.264, abs=0.01)
    # the same place on another sheet of longitudes
    assert sea.route((180.1, 0.0), (179.9, 0.0)).km == pytest.approx(22.264, abs=0.01)


def test_matrix_agrees_with_routes_and_obeys_the_rules(sea):
    places = np.array(list(PORTS.values()))
    km = sea.matrix(places, places)
    assert np.allclose(km, km.T, rtol=2e-3)
    geodesic = np.vstack([distance_km(place, places) for place in places])
    assert (km >= 0.995 * geodesic - 5).all()
    assert np.allclose(np.diag(km), 0, atol=1)
    for a, b, c in combinations(range(len(places)), 3):
        assert km[a, c] <= (km[a, b] + km[b, c]) * 1.003 + 5
    for start, end in SAMPLE:
        i, j = (list(PORTS).index(name) for name in (start, end))
        assert km[i, j] == pytest.approx(sea.route(PORTS[start], PORTS[end]).km, rel=2e-3)


position = st.tuples(st.floats(-180, 180), st.floats(-50, 60))


@settings(max_examples=30, deadline=None)
@given(position, position)
def test_any_two_places(sea, start, end):
    try:
        there, back = sea.route(start, end), sea.route(end, start)
    except GisappError as error:
        assert error.code in {"inland", "no_way"}
        return
    assert there.km == back.km
    assert distance_km(there.path[0], back.path[-1])[0] < 1e-3
    assert there.km >= 0.995 * distance_km(there.path[0], there.path[-1])[0]
    closed = sea.route(start, end, closed=frozenset({"panama", "gibraltar"}))
    assert closed.km >= there.km * (1 - 1e-9)


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [
        ((31.2, 121.9), "position", "no position"),
        ((float("nan"), 3.0), "position", "needs a longitude"),
        ((10.0,), "position", "needs a longitude"),
        ((-110.0, 40.0), "inland", "from the sea"),
        ((104.0, 52.0), "inland", "from the sea"),
    ],
)
def test_what_is_no_place_at_sea_is_refused(sea, place, code, words):
    with pytest.raises(GisappError, match=words) as refused:
        sea.route(place, PORTS["rotterdam"])
    assert refused.value.code == code
    with pytest.raises(GisappError):
        sea.matrix([PORTS["rotterdam"]], [place])


def test_an_unknown_passage_is_refused(sea):
    with pytest.raises(GisappError, match='"erie"') as refused:
        sea.route(PORTS["santos"], PORTS["tema"], closed=frozenset({"erie"}))
    assert refused.value.code == "unknown_passage"


def test_a_cancelled_matrix_stops(sea):
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        sea.matrix([PORTS["santos"]], [PORTS["tema"]], feedback=feedback)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "sea.npz"
    path.write_bytes(b"no archive")
    with pytest.raises(GisappError, match=r"sea\.npz cannot be read"):
        SeaNetwork.load(path)
