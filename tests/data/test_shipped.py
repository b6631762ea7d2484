import csv
import hashlib
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gisapp.data import shipped
from gisapp.model.feedback import GisappError
from gisapp.model.geodesy import WGS84, distance_km
from gisapp.model.mapping import FIELDS
from gisapp.model.places import layers_dir
from gisapp.model.vocabulary import MINERALS, Role

FACTS = Path(__file__).resolve().parents[2] / "packaging" / "sources" / "facts"


def source_rows(table):
    with (FACTS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def members(alliance, day):
    return shipped.load_facts().alliances.jurisdictions(alliance, date.fromisoformat(day))


def direct_members(alliance, day):
    book = shipped.load_facts().alliances
    return {m.member for m in book.memberships(alliance, date.fromisoformat(day))}


def area_km2(layer, code):
    features = shipped.load_layer(layer).features
    shape = features.geometry[list(features.columns["iso"]).index(code)]
    return abs(WGS84.geometry_area_perimeter(shapely.orient_polygons(shape))[0]) / 1e6


def test_files_are_those_of_the_manifest():
    for entry in shipped.manifest():
        assert hashlib.sha256(entry.path.read_bytes()).hexdigest() == entry.sha256, entry.id
        assert entry.source, entry.id
        assert entry.licence, entry.id
        assert entry.date, entry.id


def test_rows_agree_with_the_sources():
    expected = Counter(row["layer"] for row in source_rows("facilities"))
    for layer_id, kind in (
        ("deposits", "deposit"),
        ("refineries", "refinery"),
        ("magnet_plants", "magnet_plant"),
    ):
        layer = shipped.load_layer(layer_id)
        assert layer.role == Role(kind)
        assert len(layer.features) == expected[kind]
    rows = {entry.id: entry.rows for entry in shipped.manifest()}
    for table in ("trade_routes", "capacities", "country_production", "agreements", "chokepoints"):
        assert rows[table] == len(source_rows(table)), table


@pytest.mark.parametrize("layer_id", ["deposits", "refineries", "magnet_plants"])
def test_every_facility_is_the_row_of_its_source(layer_id):
    features = shipped.load_layer(layer_id).features
    sources = {row["id"]: row for row in source_rows("facilities")}
    assert features.is_points
    assert set(FIELDS) <= set(features.columns)
    for i, facility in enumerate(features.columns["id"]):
        row = sources[facility]
        assert features.lonlat[i] == pytest.approx(
            (float(row["longitude"]), float(row["latitude"]))
        )
        for column, name in (("mineral", "minerals"), ("precision", "coord_precision")):
            assert features.columns[column][i] == row[name]
        for column in ("name", "country", "owner", "listing", "status", "source", "notes"):
            assert (features.columns[column][i] or "") == row[column]
        start = features.columns["start_year"][i]
        assert (str(int(start)) if np.isfinite(start) else "") == row["start_year"]
    minerals = {m for text in features.columns["mineral"] for m in text.split(";")}
    assert minerals <= set(MINERALS)


def test_layers_and_gdal_read_the_same():
    for layer_id in ("deposits", "jurisdictions", "trade_routes", "land"):
        layer = shipped.load_layer(layer_id)
        meta, _, wkb, values = pyogrio.raw.read(layer.source.path, layer=layer_id)
        assert shapely.equals(shapely.from_wkb(wkb), layer.features.geometry).all()
        for name, column in zip(meta["fields"], values, strict=True):
            ours = layer.features.columns[name]
            if ours.dtype == float:
                np.testing.assert_array_equal(column.astype(float), ours)
            else:
                assert list(column) == list(ours), name


def test_unconfirmed_rows_are_marked():
    layers = [shipped.load_layer(i).features for i in ("deposits", "refineries", "magnet_plants")]
    marked = {
        facility
        for features in layers
        for facility in features.columns["id"][features.columns["unconfirmed"]]
    }
    recalled = {
        r["id"]
        for r in source_rows("row_checks")
        if r["table"] == "facilities" and r["basis"] == "recalled"
    }
    from_memory = {
        r["id"]
        for r in source_rows("facilities")
        if "from memory of" in r["source"] or "coords: compiler estimate" in str(r.values())
    }
    assert marked == recalled | from_memory
    assert len(from_memory) > 150


def test_alliances_at_a_date():
    msp = {"AUS", "CAN", "EST", "FIN", "FRA", "DEU", "IND", "ITA", "JPN", "NOR", "KOR", "SWE",
           "GBR", "USA", "EU"}  # fmt: skip
    assert direct_members("msp", "2025-01-01") == msp
    assert not {"IND", "ITA", "EST"} & direct_members("msp", "2023-01-31")
    # Italy's membership was announced in Cape Town in February 2023: packaging/CORRECTIONS.md
    assert {"IND", "ITA", "EST"} & direct_members("msp", "2023-05-01") == {"ITA"}
    # the EU was a member of its own from the start: its states are inside through it
    assert {"ITA", "EST", "POL"} <= members("msp", "2023-05-01")
    assert "IND" not in members("msp", "2023-05-01")
    assert not members("msp", "2026-03-01")


def test_the_union_before_and_after_it_lost_a_member():
    assert "GBR" in members("eu", "2019-01-01")
    assert "GBR" not in members("eu", "2021-01-01")
    states = {m.member for m in shipped.load_facts().alliances.memberships("eu", date(2025, 1, 1))}
    assert len(states) == 27


def test_territories_count_with_a_sovereign_that_is_a_member_itself():
    assert {"GRL", "NCL"} <= members("nato", "2025-01-01")
    assert not {"GRL", "NCL"} & members("eu", "2025-01-01")
    assert {"GUF", "REU"} <= members("eu", "2025-01-01")
    # France is a member of the MSP by itself, Denmark only through the Union
    assert "NCL" in members("msp", "2025-01-01")
    assert "GRL" not in members("msp", "2025-01-01")


@pytest.mark.parametrize(
    ("code", "published", "tolerance"),
    [
        ("AUS", 7688287, 0.003),
        ("ZAF", 1219090, 0.003),
        ("GBR", 243610, 0.005),
        ("GRL", 2166086, 0.01),
        ("COD", 2344858, 0.015),
        ("CAN", 9984670, 0.01),
        ("JPN", 377915, 0.02),
        ("CHL", 756102, 0.04),
    ],
)
def test_areas_agree_with_what_is_published(code, published, tolerance):
    assert area_km2("jurisdictions", code) == pytest.approx(published, rel=tolerance)
    assert area_km2("jurisdictions_simple", code) == pytest.approx(
        area_km2("jurisdictions", code), rel=0.03
    )


def test_names_are_right_in_every_script():
    columns = shipped.load_layer("jurisdictions").features.columns
    index = list(columns["iso"]).index
    assert columns["name_de"][index("CIV")] == "Elfenbeinküste"
    assert columns["name_de"][index("AUT")] == "Österreich"
    assert columns["name_zh"][index("DEU")] == "德国"
    assert columns["name_zh"][index("CHN")] == "中国"
    assert columns["name"][index("PGA")] == "Spratly Islands"
    assert columns["name_ru"][index("FRA")] == "Франция"
    assert columns["name"][index("COD")] == "Democratic Republic of the Congo"
    assert not any("Ã" in (name or "") for name in columns["name_fr"])
    names = shipped.load_facts().countries
    assert names["XKX"] == "Kosovo"
    assert names["CHN"] == "China"
    assert names["SSD"] == "South Sudan"


def test_the_generalised_world_is_whole_and_small():
    fine, simple = (
        shipped.load_layer(i).features for i in ("jurisdictions", "jurisdictions_simple")
    )
    assert list(fine.columns["iso"]) == list(simple.columns["iso"])
    assert shapely.is_valid(simple.geometry).all()
    assert shapely.coverage_is_valid(simple.geometry)
    assert (shapely.area(simple.geometry) > 0).all()
    assert (layers_dir() / "jurisdictions_simple.gpkg").stat().st_size <= 600_000


@pytest.mark.parametrize("layer_id", ["jurisdictions", "jurisdictions_simple", "land"])
def test_no_area_is_smeared_over_180_degrees(layer_id):
    features = shipped.load_layer(layer_id).features
    parts = shapely.get_parts(features.geometry)
    west, south, east, _ = shapely.bounds(parts).T
    wide = east - west > 200
    # Antarctica alone goes round; Eurasia and Africa in one are 198 degrees wide
    assert wide.sum() == 1
    assert south[wide] == pytest.approx([-90])
    assert west.min() >= -180
    assert east.max() <= 180
    # no edge runs across the map but Antarctica's own along the pole
    for part in parts[~wide]:
        assert np.abs(np.diff(shapely.get_coordinates(part)[:, 0])).max() < 40


def test_routes_are_cut_at_180_degrees_and_as_long_as_they_say():
    features = shipped.load_layer("trade_routes").features
    columns = features.columns
    crossing = 0
    for shape, km in zip(features.geometry, columns["km"], strict=True):
        parts = shapely.get_parts(shape)
        drawn = 0.0
        for part in parts:
            lonlat = shapely.get_coordinates(part)
            assert np.abs(np.diff(lonlat[:, 0])).max() < 90
            assert np.abs(lonlat[:, 0]).max() <= 180
            drawn += float(distance_km(lonlat[:-1], lonlat[1:]).sum())
        crossing += bool(np.abs(shape.bounds[0]) == 180)
        if np.isfinite(km):  # roads wind more than the line that is drawn of them
            assert 0.65 * km - 1.0 <= drawn <= 1.005 * km + 1.0
    assert crossing > 20
    legs = shipped.load_layer("trade_route_legs").features
    for shape, mode, km in zip(
        legs.geometry, legs.columns["mode"], legs.columns["km"], strict=True
    ):
        paths = [shapely.get_coordinates(part) for part in shapely.get_parts(shape)]
        drawn = sum(float(distance_km(path[:-1], path[1:]).sum()) for path in paths)
        if mode == "sea":
            assert drawn == pytest.approx(km, abs=1.0, rel=2e-3)
    known = np.isfinite(columns["km"])
    assert columns["km"][known] == pytest.approx(
        (columns["sea_km"] + columns["land_km"])[known], abs=0.2
    )
    # where a port is not documented no length is made up
    assert set(columns["id"][~known]) == {"serra-verde-china", "toliara-white-mesa"}
    sources = {r["id"]: r for r in source_rows("trade_routes")}
    stated = {i for i, r in sources.items() if "indicative" in r["notes"].lower()}
    assert set(columns["id"][columns["indicative"]]) == stated | {"toliara-white-mesa"}


def test_facts_are_the_rows_of_the_tables():
    facts = shipped.load_facts()
    assert sum(map(len, facts.quantities.values())) == len(source_rows("capacities"))
    assert len(facts.production) == len(source_rows("country_production"))
    assert len(facts.world_totals) == len(source_rows("world_totals"))
    assert len(facts.thresholds) == len(source_rows("thresholds"))
    assert len(facts.agreements) == len(source_rows("agreements"))
    assert len(facts.alliances.alliances) == len(source_rows("alliances"))
    assert facts.position_km["escondida-mine"] == 0.7
    assert facts.confidence["agreements", "aus-arafura-840m-2024"] == "looked_up"
    copper = sum(
        row.value
        for row in facts.production
        if (row.mineral, row.stage, row.year, row.kind)
        == ("aluminium", "mining", 2023, "production")
    )
    (total,) = [
        t
        for t in facts.world_totals
        if (t.mineral, t.stage, t.year, t.kind) == ("aluminium", "mining", 2023, "production")
    ]
    assert copper == total.sum_of_rows


def test_the_worked_example_opens_these_layers_uppermost_first():
    assert [layer.id for layer in shipped.default_layers()] == list(shipped.DEFAULT_LAYERS)


def test_what_does_not_ship_is_refused_in_one_sentence():
    with pytest.raises(GisappError, match='No shipped layer is called "mines"') as refused:
        shipped.load_layer("mines")
    assert "deposits" in refused.value.hint
    with pytest.raises(GisappError, match='"capacities" is a table without geometry'):
        shipped.load_layer("capacities")


def test_a_damaged_file_is_refused_by_name(tmp_path, monkeypatch):
    (tmp_path / "manifest.json").write_bytes((layers_dir() / "manifest.json").read_bytes())
    (tmp_path / "chokepoints.gpkg").write_bytes(b"SQLite format 3\0" + b"x" * 4000)
    monkeypatch.setattr(shipped, "layers_dir", lambda: tmp_path)
    shipped.load_layer.cache_clear()
    with pytest.raises(GisappError, match=r"chokepoints\.gpkg cannot be read") as refused:
        shipped.load_layer("chokepoints")
    assert refused.value.code == "unreadable"
    shipped.load_layer.cache_clear()


def test_start_up_needs_no_gdal_and_no_pandas():
    code = (
        "import sys; from gisapp.data import shipped; shipped.load_facts();"
        "shipped.default_layers();"
        "print(sorted({'pandas', 'geopandas', 'pyogrio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
