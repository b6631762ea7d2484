"""Ways by sea: against land at 1:10m, published distances and the rules every distance obeys."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.analysis.network.calibration import calibrate
from gisapp.analysis.network.sea import SHIP_CLASSES, SeaNetwork
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
    "selat lombok": (115.75, -8.8),
    "beira": (34.83, -19.83),
    "maputo": (32.55, -25.98),
    "port said": (32.32, 31.3),
    "ouessant": (-5.4, 48.55),
    "cape of good hope": (18.4, -34.5),
    "panama": (-79.55, 8.9),
    "iquique": (-70.15, -20.2),
    "qingdao": (120.3, 36.05),
    "cape town": (18.43, -33.9),
    "gibraltar": (-5.6, 35.95),
    "sept iles": (-66.4, 50.2),
    "tamatave": (49.43, -18.15),
    "skagen": (10.75, 57.8),
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


def ids(route):
    return [passage for passage, _, _ in route.passages]


def over_land(path, tree, ends_km):
    """Return the km of a path that cross a shore, but for its ends and the canals."""
    total = path_length_km(path)
    done, crossed = 0.0, []
    for a, b in pairwise(path):
        azimuth, _, metres = WGS84.inv(*a, *b)
        count = max(int(metres // 2_000), 1)
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
    assert path_length_km(route.path) == pytest.approx(route.km, rel=1e-5)
    assert route.nm == pytest.approx(route.km / 1.852)
    assert np.abs(np.diff(route.path[:, 0])).max() < 90


#: Published distances (`published_cases.md` C1 to C36): NGA Pub. 151; the positions are those of the
#: harbours, capes and straits.
CASES = [
    ("port hedland", "fremantle", 972),
    ("port hedland", "busan", 3484),
    ("port hedland", "selat lombok", 715),
    ("fremantle", "durban", 4244),
    ("fremantle", "beira", 4351),
    ("fremantle", "dar es salaam", 4513),
    ("fremantle", "port said", 6310),
    ("durban", "singapore", 4872),
    ("dar es salaam", "singapore", 4042),
    ("beira", "singapore", 4520),
    ("maputo", "singapore", 4769),
    ("lobito", "ouessant", 4670),
    ("lobito", "cape of good hope", 1440),
    ("antofagasta", "panama", 2140),
    ("antofagasta", "los angeles", 4430),
    ("iquique", "yokohama", 9026),
    ("noumea", "yokohama", 3837),
    ("noumea", "shanghai", 4185),
    ("noumea", "qingdao", 4416),
    ("shanghai", "los angeles", 5699),
    ("shanghai", "singapore", 2207),
    ("shanghai", "panama", 8648),
    ("vancouver", "yokohama", 4262),
    ("vancouver", "singapore", 7078),
    ("santos", "cape town", 3409),
    ("santos", "new york", 4957),
    ("port said", "singapore", 5035),
    ("port said", "gibraltar", 1943),
    ("cape of good hope", "singapore", 5579),
    ("cape of good hope", "ouessant", 5746),
    ("sept iles", "ouessant", 2338),
    ("tamatave", "singapore", 3675),
    ("panama", "gibraltar", 4351),
    ("kokkola", "skagen", 897),
    ("yokohama", "los angeles", 4839),
]


@pytest.mark.parametrize(("start", "end", "published_nm"), CASES)
def test_published_distances(sea, start, end, published_nm):
    route = sea.route(PORTS[start], PORTS[end])
    assert route.nm == pytest.approx(published_nm, rel=0.05)


def test_published_distances_as_a_whole(sea):
    nm = np.array([sea.route(PORTS[a], PORTS[b]).nm for a, b, _ in CASES])
    error = np.abs(nm / np.array([published for _, _, published in CASES]) - 1)
    assert np.median(error) < 0.01
    assert np.mean(error <= 0.03) > 0.9


@pytest.mark.parametrize(
    ("start", "nm", "percent"), [("shanghai", 13_800, 31.2), ("singapore", 11_760, 41.4)]
)
def test_the_detour_without_the_canals(sea, start, nm, percent):
    """LINERLIB, dist_dense.csv; from Shanghai Panama is no longer than the Cape."""
    open_ = sea.route(PORTS[start], PORTS["rotterdam"])
    closed = frozenset({"suez", "panama"})
    round_ = sea.route(PORTS[start], PORTS["rotterdam"], closed=closed)
    assert round_.nm == pytest.approx(nm, rel=0.015)
    assert 100 * (round_.km / open_.km - 1) == pytest.approx(percent, abs=2.5)
    assert "cape-good-hope" in ids(round_)


def test_passages_stand_in_the_order_they_are_passed(sea):
    route = sea.route(PORTS["shanghai"], PORTS["rotterdam"])
    wanted = ("taiwan-strait", "malacca", "bab-el-mandeb", "suez", "gibraltar", "dover")
    assert [p for p in ids(route) if p in wanted] == list(wanted)
    at = [km for _, _, km in route.passages]
    assert at == sorted(at)
    back = sea.route(PORTS["rotterdam"], PORTS["shanghai"])
    assert ids(back) == ids(route)[::-1]


def test_panama(sea):
    ends = PORTS["new york"], PORTS["antofagasta"]
    through = sea.route(*ends)
    round_ = sea.route(*ends, closed=frozenset({"panama"}))
    assert "panama" in ids(through)
    assert {"magellan", "cape-horn"} & set(ids(round_))
    assert round_.km > 1.5 * through.km


def test_the_ends_of_each_gate_stand_on_land_or_in_ice(sea):
    assert len(sea.passages) >= 24
    assert len({passage.id for passage in sea.passages}) == len(sea.passages)
    loose = []
    for passage in sea.passages:
        ends = np.array([line[k] for line in passage.gate for k in (0, -1)])
        # a gate may end on another of its own lines, at a pole or go all the way round
        polar = np.abs(ends[:, 1]) > 60
        if not (sea.coast.on_land(ends) | polar).all():
            loose.append(passage.id)
    # two lines that meet at sea
    assert set(loose) <= {"south-china-sea"}


def way(sea, start, end, **closures):
    """Return a route, None where there is none."""
    try:
        return sea.route(start, end, **closures)
    except GisappError as error:
        if error.code in {"no_way", "not_at_sea"}:
            return None
        raise


def crosses(path, gate):
    """Say whether a path crosses a line, on any sheet of longitudes."""
    lines = [shapely.linestrings(np.add(gate, (turn, 0))) for turn in (-360, 0, 360)]
    return any(shapely.linestrings(path).intersects(line) for line in lines)


def test_a_closed_gate_is_crossed_by_no_line(sea):
    """Each passage closed alone, seen on the map and not by the engine's own test."""
    places = list(PORTS.values())
    rng = np.random.default_rng(5)
    checked: Counter[str] = Counter()
    for start, end in rng.choice(len(places), (30, 2)):
        if start == end:
            continue
        for passage in sea.route(places[start], places[end]).passages:
            if checked[passage[0]] == 2:
                continue
            gates = next(p.gate for p in sea.passages if p.id == passage[0])
            after = way(sea, places[start], places[end], closed=frozenset({passage[0]}))
            if after is None:
                continue
            assert not any(crosses(after.path, gate) for gate in gates), passage
            checked[passage[0]] += 1
    assert len(checked) > 12, checked


def test_all_gates_together_cut_the_world(sea):
    """Closed together they leave no way between oceans, and no line crosses any of them."""
    every = frozenset(passage.id for passage in sea.passages)
    for start, end in (("shanghai", "rotterdam"), ("fremantle", "lobito"), ("tema", "odessa")):
        route = way(sea, PORTS[start], PORTS[end], closed=every)
        if route is None:
            continue
        assert route.passages == ()
        for passage in sea.passages:
            assert not any(crosses(route.path, gate) for gate in passage.gate), passage.id


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
        for passage in ids(before):
            after = way(sea, PORTS[start], PORTS[end], closed=frozenset({passage}))
            if after is None:
                assert passage in {"bosporus", "dardanelles"}
                continue
            assert after.km >= before.km * (1 - 1e-9), passage
            assert passage not in ids(after)


def test_black_sea_and_baltic_can_be_cut_off(sea):
    with pytest.raises(GisappError, match="no way"):
        sea.route(PORTS["odessa"], PORTS["tema"], closed=frozenset({"bosporus"}))
    straits = frozenset({"danish-great-belt", "danish-little-belt", "danish-oresund", "kiel-canal"})
    with pytest.raises(GisappError, match="no way"):
        sea.route(PORTS["kokkola"], PORTS["rotterdam"], closed=straits)
    assert np.isinf(sea.matrix([PORTS["kokkola"]], [PORTS["rotterdam"]], closed=straits).km).all()


def test_ice_is_avoided_unless_asked_for(sea):
    ends = PORTS["rotterdam"], PORTS["yokohama"]
    usual = sea.route(*ends)
    north = sea.route(*ends, opened=frozenset({"vilkitsky"}))
    assert "suez" in ids(usual)
    assert {"vilkitsky", "bering"} <= set(ids(north))
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
    found = sea.matrix(places, places)
    km = found.km
    assert (km == km.T).all()
    assert (found.passages == found.passages.T).all()
    geodesic = np.vstack([distance_km(place, places) for place in places])
    assert (km >= 0.995 * geodesic - 5).all()
    assert np.allclose(np.diag(km), 0, atol=1)
    for a, b, c in combinations(range(len(places)), 3):
        assert km[a, c] <= (km[a, b] + km[b, c]) * 1.003 + 5
    for start, end in SAMPLE:
        i, j = (list(PORTS).index(name) for name in (start, end))
        route = sea.route(PORTS[start], PORTS[end])
        assert km[i, j] == route.km
        passed = {p.id for k, p in enumerate(sea.passages) if int(found.passages[i, j]) >> k & 1}
        assert passed == set(ids(route))


position = st.tuples(st.floats(-180, 180), st.floats(-50, 60))


@settings(max_examples=30, deadline=None)
@given(position, position)
def test_any_two_places(sea, start, end):
    there, back = way(sea, start, end), way(sea, end, start)
    if there is None:
        assert back is None
        return
    assert there.km == back.km
    assert distance_km(there.path[0], back.path[-1])[0] < 1e-3
    # lengths are kept to a metre
    assert there.km >= 0.995 * distance_km(there.path[0], there.path[-1])[0] - 1e-3
    closed = sea.route(start, end, closed=frozenset({"panama", "gibraltar"}))
    assert closed.km >= there.km * (1 - 1e-9)


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [
        ((31.2, 121.9), "position", "no position"),
        ((float("nan"), 3.0), "position", "needs a longitude"),
        ((10.0,), "position", "needs a longitude"),
        ((-110.0, 40.0), "not_at_sea", "navigable water"),
        ((104.0, 52.0), "not_at_sea", "navigable water"),
    ],
)
def test_what_is_no_place_at_sea_is_refused(sea, place, code, words):
    with pytest.raises(GisappError, match=words) as refused:
        sea.route(place, PORTS["rotterdam"])
    assert refused.value.code == code
    with pytest.raises(GisappError):
        sea.matrix([PORTS["rotterdam"]], [place])


def test_classes_of_ships(sea):
    usual = sea.closed_for("any")
    assert {"vilkitsky", "northwest-passage", "corinth"} <= usual
    for ship_class in SHIP_CLASSES:
        assert usual <= sea.closed_for(ship_class)
    assert "panama" in sea.closed_for("capesize")
    assert "panama" not in sea.closed_for("panamax")
    assert {"torres", "sunda"} <= sea.closed_for("capesize")
    assert "suez" in sea.closed_for("vlcc")
    with pytest.raises(GisappError, match='"galleon"') as refused:
        sea.closed_for("galleon")
    assert refused.value.code == "unknown_ship_class"


def test_a_sample_of_pub_151(sea, tmp_path):
    file = layers_dir() / "pub151_pairs.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    some = tmp_path / "some.csv"
    some.write_text("\n".join([head, *rows[::25]]), encoding="utf-8")
    long, short = calibrate(sea, some)
    assert long.pairs + short.pairs == len(rows[::25])
    assert long.no_way == short.no_way == 0
    assert long.median < 1.0
    assert long.within > 90
    assert short.median < 3.5


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
