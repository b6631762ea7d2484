import json
import re
import sqlite3
from itertools import pairwise
from pathlib import Path

import build_layers
import numpy as np
import pytest
import shapely
from layers_build import checks, facilities, geography, places, ports, routes, sources, writing

from gisapp.model.geodesy import distance_km, path_length_km
from gisapp.model.places import layers_dir

PACKAGING = Path(build_layers.__file__).parent
SOURCES = PACKAGING / "sources"


@pytest.fixture(scope="module")
def tables():
    return sources.Tables.read(SOURCES / "facts")


@pytest.fixture(scope="module")
def world():
    return geography.read(SOURCES)


@pytest.fixture(scope="module")
def ways():
    return routes.Ways.load(layers_dir())


def with_change(tables, table, row_id, **changes):
    """Return the tables with one row changed."""
    key = sources.KEYS[table][0]
    rows = [r | changes if r[key] == row_id else r for r in tables[table]]
    assert rows != tables[table]
    return sources.Tables({**tables.rows, table: rows})


def with_row(tables, table, row):
    return sources.Tables({**tables.rows, table: [*tables[table], row]})


def faults(tables, world):
    return [str(found) for found in checks.check(tables, world)]


def test_the_shipped_sources_hold_what_they_must(capsys):
    assert build_layers.main(["--check"]) == 0
    rows = sum(len(sources.read_csv(path)) for path in (SOURCES / "facts").glob("*.csv"))
    assert f"{rows} rows of {len(sources.KEYS)} tables" in capsys.readouterr().out


def test_a_faulty_source_fails_the_build_with_the_row_named(tmp_path, capsys):
    facts = tmp_path / "facts"
    facts.mkdir()
    for path in (SOURCES / "facts").glob("*.csv"):
        facts.joinpath(path.name).write_bytes(path.read_bytes())
    for name in ("natural-earth", "country_names.csv"):
        (tmp_path / name).symlink_to(SOURCES / name)
    damaged = facts / "capacities.csv"
    text = damaged.read_text(encoding="utf-8")
    damaged.write_text(text.replace("aclara-louisiana", "aclara-luisiana", 1), encoding="utf-8")
    out = tmp_path / "layers"
    assert build_layers.main(["--sources", str(tmp_path), "--out", str(out)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("capacities: aclara-luisiana / heavy_rare_earths / dysprosium")
    assert not out.exists()


@pytest.mark.parametrize(
    ("table", "row_id", "changes", "expected"),
    [
        ("facilities", "bulqiza-mine", {"layer": "mine"}, 'bulqiza-mine: layer: "mine"'),
        ("facilities", "bulqiza-mine", {"minerals": "chrome"}, "unknown mineral ['chrome']"),
        ("facilities", "bulqiza-mine", {"status": "open"}, 'status: "open"'),
        ("facilities", "bulqiza-mine", {"process": "separation"}, "none of a deposit"),
        ("facilities", "bulqiza-mine", {"country": "AL"}, 'country: "AL"'),
        ("facilities", "bulqiza-mine", {"latitude": "41,49"}, 'latitude: "41,49" is no number'),
        ("facilities", "bulqiza-mine", {"latitude": "91"}, 'latitude: "91"'),
        ("facilities", "bulqiza-mine", {"latitude": "nan"}, 'latitude: "nan"'),
        ("facilities", "bulqiza-mine", {"as_of": "2023-13"}, 'as_of: "2023-13" is no date'),
        ("facilities", "bulqiza-mine", {"source": ""}, "bulqiza-mine: has no source"),
        ("facilities", "bulqiza-mine", {"id": "goro-mine"}, "goro-mine: stands 2 times"),
        ("alliances", "msp", {"dissolved": "2020"}, "founded 2022-06 is not before dissolved 2020"),
        ("agreements", "aus-us-fta-2005", {"date": "soon"}, '"soon" is no date'),
        ("trade_routes", "greenbushes-kwinana", {"modes": "lorry"}, "modes: unknown ['lorry']"),
        (
            "trade_routes",
            "greenbushes-kwinana",
            {"origin_facility": "greenbush"},
            '"greenbush" is not in facilities',
        ),
        ("thresholds", "eu-crma-extraction-2030", {"mineral": "every"}, '"every"'),
        ("territories", "GRL", {"in_eu": "maybe"}, 'GRL: in_eu: "maybe"'),
        ("yields", "y_metal", {"default": "high"}, 'y_metal: default: "high" is no number'),
        ("yields", "y_metal", {"high": "1.2"}, "y_metal: a fraction above 1"),
        ("yields", "y_metal", {"default": "0.5"}, "the default is outside its range"),
    ],
)
def test_a_wrong_word_number_date_or_reference_is_named(
    tables, world, table, row_id, changes, expected
):
    found = faults(with_change(tables, table, row_id, **changes), world)
    assert any(line.startswith(f"{table}: ") and expected in line for line in found), found


def test_a_membership_that_ends_before_it_begins_is_named(tables, world):
    row = {
        "alliance_id": "msp", "member": "CHL", "role": "member",
        "from": "2025-02", "to": "2025-01", "source": "x",
    }  # fmt: skip
    assert faults(with_row(tables, "alliance_members", row), world) == [
        "alliance_members: msp / CHL / member / 2025-02: from 2025-02 is not before to 2025-01"
    ]


def test_the_same_site_twice_is_named_with_its_twin(tables, world):
    original = sources.by_id(tables["facilities"])["bulqiza-mine"]
    twin = original | {"id": "bulqiza-2", "name": "BULQIZA", "latitude": "41.5000"}
    found = faults(with_row(tables, "facilities", twin), world)
    assert found == ['facilities: bulqiza-2: the same as "bulqiza-mine", 0.6 km off']
    refinery = twin | {"layer": "refinery", "process": "smelting"}
    assert not faults(with_row(tables, "facilities", refinery), world)


def test_a_site_in_the_wrong_country_is_named(tables, world):
    moved = with_change(tables, "facilities", "bulqiza-mine", longitude="22.5")
    (found,) = faults(moved, world)
    assert re.fullmatch(r"facilities: bulqiza-mine: stands in MKD, 1\d\d\.\d km off ALB", found)
    swapped = with_change(
        tables, "facilities", "bulqiza-mine", longitude="41.4944", latitude="20.2290"
    )
    (found,) = faults(swapped, world)
    assert "bulqiza-mine: stands in SAU" in found


def test_coast_territory_and_border_are_allowed_for(tables, world):
    row = sources.by_id(tables["facilities"])["goro-mine"]
    assert row["country"] == "NCL"
    as_french = with_change(tables, "facilities", "goro-mine", country="FRA")
    # the territory counts as its sovereign's, the other rows of NCL stay as they are
    assert not [line for line in faults(as_french, world) if line.startswith("facilities")]
    at_sea = with_change(tables, "facilities", "goro-mine", latitude="-22.60", longitude="167.2")
    (found,) = [line for line in faults(at_sea, world) if line.startswith("facilities")]
    assert "stands in the sea" in found


def test_a_route_that_misses_its_plant_or_its_port_is_named(tables, world):
    route = "greenbushes-bunbury-zhangjiagang"
    found = faults(with_change(tables, "trade_routes", route, origin_lat="-33.0"), world)
    assert found == [f"trade_routes: {route}: origin is 95.9 km from greenbushes-mine"]
    (found,) = faults(with_change(tables, "trade_routes", route, load_port_lon="18.3"), world)
    assert found == f"trade_routes: {route}: load_port AUBUY stands in ZAF"


def test_kilometres_to_a_country_agree_with_the_geodesic():
    square = shapely.box(10, 59, 12, 61)
    assert places._km_to(square, (9.0, 60.0)) == pytest.approx(
        distance_km((9.0, 60.0), (10.0, 60.0))[0], rel=1e-3
    )


def facility(**changes):
    return {"layer": "deposit", "minerals": "nickel;cobalt", "status": "operating"} | changes


def quantity(value, product="contained nickel", kind="production", year=2024, mineral="nickel"):
    return {
        "mineral": mineral, "product": product, "kind": kind, "value": str(value),
        "unit": "t/yr", "year": str(year),
    }  # fmt: skip


def test_a_capacity_is_chosen_by_year_and_kind():
    mine = facility()
    rows = [quantity(1, year=2022), quantity(2, year=2023), quantity(3, year=2025)]
    assert facilities.capacity_of(mine, rows).value == 2
    assert facilities.capacity_of(mine, [*rows, quantity(4)]).year == 2024
    rows = [quantity(5), quantity(6, kind="capacity")]
    assert facilities.capacity_of(mine, rows).kind == "production"
    assert facilities.capacity_of(facility(layer="refinery"), rows).value == 6


@pytest.mark.parametrize(
    "product",
    [
        "nickel ore mined (wet)",
        "nickel matte (gross)",
        "lithium ore",
        "copper concentrate throughput",
        "alumina",
        "copper anode",
        "nickel (company total)",
        "nickel ore (all SLN mines together)",
        "gallium (whole Chinalco group)",
        "bauxite (Weipa, with Amrun)",
        "nickel (planned)",
        "separative work (t SWU, not mass of uranium)",
    ],
)
def test_what_is_not_the_sites_own_metal_is_no_capacity(product):
    assert np.isnan(facilities.capacity_of(facility(), [quantity(9, product)]).value)


def test_two_figures_for_one_thing_leave_the_capacity_unknown():
    rows = [quantity(1, "lithium carbonate"), quantity(2, "lithium hydroxide")]
    assert np.isnan(facilities.capacity_of(facility(), rows).value)
    rows = [quantity(1, "nickel sulphate"), quantity(2, "contained nickel")]
    assert facilities.capacity_of(facility(), rows).value == 2


def test_what_is_planned_stands_only_for_what_is_not_built():
    rows = [quantity(7, "nickel (planned)", "capacity")]
    found = facilities.capacity_of(facility(status="planned"), rows)
    assert (found.value, found.kind) == (7, "planned")


def route(**changes):
    empty = {
        f"{part}_{axis}": ""
        for part in ("origin", "load_port", "discharge_port", "destination")
        for axis in ("lon", "lat")
    }
    names = {"origin_name": "A", "load_port": "B", "discharge_port": "C", "destination_name": "D"}
    return empty | names | changes


def test_legs_follow_the_modes(ways):
    row = route(
        modes="truck;rail;sea;truck",
        origin_lon="116.06", origin_lat="-33.86", load_port_lon="115.66", load_port_lat="-33.32",
        discharge_port_lon="120.42", discharge_port_lat="31.97",
        destination_lon="121.0", destination_lat="32.0",
    )  # fmt: skip
    legs = routes.legs_of(row, ways)
    assert [(leg.mode, leg.start, leg.end) for leg in legs] == [
        ("truck+rail", "A", "B"),
        ("sea", "B", "C"),
        ("truck", "C", "D"),
    ]
    assert 1.0 < legs[0].km / distance_km((116.06, -33.86), (115.66, -33.32))[0] < 1.6
    assert "OpenStreetMap" in legs[0].drawn
    for leg, after in pairwise(legs):
        assert leg.path[-1] == pytest.approx(after.path[0])
    no_place = row | {"destination_lon": "", "destination_lat": ""}
    assert [leg.end for leg in routes.legs_of(no_place, ways)] == ["B", "C"]
    no_port = row | {"load_port_lon": "", "load_port_lat": ""}
    assert [leg.mode for leg in routes.legs_of(no_port, ways)] == ["unresolved"]


def test_a_pipeline_and_what_has_no_road_are_straight_lines(ways):
    ends = ("A", 116.06, -33.86), ("B", 115.66, -33.32)
    pipe = ways.by_land("pipeline", *ends)
    assert pipe.km == pytest.approx(distance_km(ends[0][1:], ends[1][1:])[0])
    assert "not traced" in pipe.drawn
    to_an_island = ways.by_land("truck", ends[0], ("Nouméa", 166.43, -22.26))
    assert "not traced" in to_an_island.drawn
    out_of_the_caspian = ways.by_sea(("Aktau", 51.21, 43.60), ("Rotterdam", 4.05, 51.95))
    assert "no way by sea is known" in out_of_the_caspian.drawn


def test_a_sea_of_its_own_is_crossed(ways):
    found = ways.by_sea(("Aktau", 51.21, 43.60), ("Baku", 49.87, 40.37))
    straight = distance_km((51.21, 43.60), (49.87, 40.37))[0]
    assert straight <= found.km < 1.3 * straight
    assert "no way" not in found.drawn


def test_a_sea_leg_crosses_180_degrees_and_no_land(ways, world):
    yokohama, los_angeles = (139.65, 35.43), (-118.25, 33.72)
    path = ways.by_sea(("Yokohama", *yokohama), ("Los Angeles", *los_angeles)).path
    assert path[0] == pytest.approx(yokohama)
    assert path[-1] - [360, 0] == pytest.approx(los_angeles)
    assert np.abs(np.diff(path[:, 0])).max() < 10
    # NGA Pub. 151 gives 4,839 nautical miles
    assert path_length_km(path) / 1.852 == pytest.approx(4839, rel=0.02)
    lines = routes.as_lines([path])
    assert shapely.get_num_geometries(lines) == 2
    west, _, east, _ = lines.bounds
    assert (west, east) == (-180, 180)
    open_sea = shapely.get_parts(lines)
    middle = shapely.intersection(open_sea, shapely.union_all(
        [shapely.box(145, 0, 180, 80), shapely.box(-180, 0, -122, 80)]
    ))  # fmt: skip
    assert not shapely.intersects(middle[:, None], world.land).any()


def test_jurisdictions_have_one_code_each_and_no_gap(world):
    codes = world.codes
    assert len(set(codes)) == len(codes) == 260
    assert {"FRA", "NOR", "XKX", "SSD", "PSE", "ESH", "ALA", "GUF", "SJM"} <= set(codes)
    assert not {"-99", "KOS", "SDS", "PSX", "SAH", "ALD"} & set(codes)
    assert shapely.is_valid(world.jurisdictions).all()
    assert shapely.coverage_is_valid(world.jurisdictions)
    assert [line for line in world.repairs if "Egypt" in line]
    area = dict(zip(codes, shapely.area(world.jurisdictions), strict=True))
    assert area["EGY"] == pytest.approx(90.2, rel=0.02)  # nothing was lost in the repair


def test_generalised_areas_share_their_borders():
    left = shapely.Polygon([(0, 0), (1, 0), (1.02, 0.5), (0.98, 0.6), (1, 1), (0, 1)])
    right = shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1), (0.98, 0.6), (1.02, 0.5)])
    islet = shapely.Point(5, 5).buffer(0.01)
    both = np.array([left, shapely.union_all([right, islet]), islet.buffer(0.01)], dtype=object)
    simple = geography.simplified_coverage(both, 0.2, 0.02)
    assert shapely.coverage_is_valid(simple[:2])
    assert shapely.get_num_coordinates(simple[0]) < shapely.get_num_coordinates(left)
    assert not shapely.is_empty(simple).any()


def test_the_same_input_gives_the_same_bytes(tmp_path):
    entry = writing.Entry("x", "x.gpkg", "x", "reference", "X", "s", "l", "2025", 0)
    shapes = shapely.points([[1.0, 2.0], [3.0, 4.0]])
    columns = {"name": np.array(["Zürich", None], dtype=object), "sure": np.array([True, False])}
    sums = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        written = writing.write_geopackage(tmp_path / name, entry, shapes, columns, "Point")
        assert written.rows == 2
        sums.add(written.sha256)
    assert len(sums) == 1
    with sqlite3.connect(tmp_path / "a" / "x.gpkg") as database:
        assert database.execute("SELECT name, sure FROM x").fetchall() == [("Zürich", 1), (None, 0)]
    database.close()


def test_the_manifest_names_every_file_that_ships():
    layers = PACKAGING.parent / "layers"
    listed = {entry["file"] for entry in json.loads((layers / "manifest.json").read_text())}
    found = {path.name for path in layers.iterdir()} - {"manifest.json", "ATTRIBUTION.md"}
    assert listed == found


def test_ports_have_one_country_and_main_ones_stand_apart(tables, world):
    found = ports.ports(tables, world)
    assert len(found) > 3900
    assert {row["country"] for row in found} <= set(world.codes)
    with_code = [row["locode"] for row in found if row["locode"]]
    assert len(with_code) - len(set(with_code)) < 60  # the list has some twice
    main = [row for row in found if row["main"] == "yes"]
    assert 400 < len(main) < 500
    named = {row["locode"] or row["name"] for row in main if row["source"] == "trade_routes"}
    assert {"CNTXG", "AUPHE", "CLANF", "Obi (Kawasi)"} <= named
    listed = [
        (r["country"], float(r["lon"]), float(r["lat"]))
        for r in main
        if r["source"] != "trade_routes"
    ]
    for country in ("USA", "IND", "RUS"):
        places = np.array([place[1:] for place in listed if place[0] == country])
        apart = distance_km(np.repeat(places, len(places), 0), np.tile(places, (len(places), 1)))
        assert apart[apart > 0].min() >= ports.SPACING_KM
    assert all(
        float(row["coast_km"]) <= ports.COAST_KM for row in main if row["source"] != "trade_routes"
    )
