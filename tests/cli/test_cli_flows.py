"""gisapp flows, exposure and site: documents, tables and refusals, on a small world of ways."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from gisapp.analysis.network.ports import FILE, Ports
from gisapp.data.shipped import load_layer
from gisapp.model.places import layers_dir
from gisapp.workspace import flow_run, passages
from tests.analysis.ways import PASSAGES, StraightWays


class Router(StraightWays):
    """The small world with the ports that ship."""

    ports = Ports.load(layers_dir() / FILE)


@pytest.fixture(autouse=True)
def small_world(monkeypatch) -> None:
    names = {code: code.replace("-", " ").title() for code in PASSAGES}
    monkeypatch.setattr(flow_run, "router", Router)
    monkeypatch.setattr(flow_run, "passage_titles", lambda: names)
    monkeypatch.setattr(passages, "passage_titles", lambda: names)


def test_flows_conserve_mass_with_the_alliance_and_without(document) -> None:
    found = document("flows", "--mineral", "lithium", "--alliance", "forge")
    assert sum(row["tonnes"] for row in found["rows"]) == pytest.approx(found["inside"]["placed"])
    low, high = found["unplaced"]
    assert high == pytest.approx(found["inside"]["unplaced"])
    assert 0 <= low <= high
    assert found["free"]["supply"] == found["inside"]["supply"] < found["world"]["supply"]
    assert {row["plant_country"] for row in found["rows"]} <= set(found["within"])
    assert sum(c["unplaced"] for c in found["unplaced_by_country"]) == pytest.approx(high)
    assert found["unit"] == "t Li content"
    assert found["cargo_per_tonne"] == pytest.approx(1 / 0.0279)
    assert any("OpenStreetMap" in source for source in found["sources"])


def test_flows_without_an_alliance_are_the_worlds(document) -> None:
    found = document("flows", "--mineral", "lithium")
    assert found["within"] is None
    assert found["inside"] is None
    assert sum(row["tonnes"] for row in found["rows"]) == pytest.approx(found["world"]["placed"])


def test_all_ore_may_compete_for_the_alliances_plants(document) -> None:
    asked = ("flows", "--mineral", "lithium", "--within", "AUS")
    assert {r["source_country"] for r in document(*asked)["rows"]} == {"AUS"}
    every = document(*asked, "--ore", "all")
    assert every["inside"]["supply"] == every["world"]["supply"]


def test_what_is_least_may_be_chosen(document) -> None:
    found = document("flows", "--mineral", "tin", "--least", "usd_t")
    assert found["least"] == "usd_t"


def test_flows_as_table_and_file(run, tmp_path) -> None:
    code, out, _ = run("flows", "--mineral", "lithium", "--alliance", "forge")
    assert code == 0
    assert out.splitlines()[0].split()[:2] == ["SOURCE_NAME", "SOURCE_COUNTRY"]
    assert "FORGE has plants for" in out
    path = tmp_path / "flows.csv"
    code, out, _ = run("flows", "--mineral", "lithium", "-o", path)
    assert code == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "source_row" not in rows[0]
    assert float(rows[0]["tonnes"]) >= float(rows[-1]["tonnes"])


def test_own_layers_take_the_place_of_the_shipped_ones(document, tmp_path) -> None:
    mines = tmp_path / "mines.csv"
    mines.write_text(
        "id,name,lon,lat,mineral,country,status,capacity\n"
        "a,Alpha,119.0,-23.0,tin,AUS,operating,1000\n",
        encoding="utf-8",
    )
    plants = tmp_path / "plants.csv"
    plants.write_text(
        "id,name,lon,lat,mineral,country,status,process,capacity\n"
        "b,Beta,120.0,-23.0,tin,AUS,operating,smelting,485\n",
        encoding="utf-8",
    )
    found = document("flows", "--mineral", "tin", "--deposits", mines, "--refineries", plants)
    (row,) = found["rows"]
    assert (row["source_id"], row["plant_id"]) == ("a", "b")
    assert row["tonnes"] == pytest.approx(485 / 0.97)


def test_exposure_lists_passages_and_what_two_together_do(document) -> None:
    found = document("exposure", "--mineral", "lithium", "--closed", "west-gate,east-gate")
    shares = {row["passage"]: row["share_tonnes"] for row in found["rows"]}
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert found["together"]["passages"] == ["east-gate", "west-gate"]
    assert found["together"]["share_tonnes"] >= max(shares["west-gate"], shares["east-gate"])
    assert found["unreachable"]["no-way-round"]
    assert found["closed"] == ["east-gate", "west-gate"]


def test_exposure_as_table(run) -> None:
    code, out, _ = run("exposure", "--mineral", "lithium")
    assert code == 0
    assert "West Gate" in out
    assert out.splitlines()[0].startswith("NAME")


def test_the_next_plants_are_sited_at_ports(document) -> None:
    found = document(
        "site", "--mineral", "rare_earths", "--alliance", "forge", "--plants", 2, "--at", "port",
        "--capacity", "8 kt/yr",
    )  # fmt: skip
    assert found["capacity"] == 8000.0
    assert [row["kind"] for row in found["rows"]] == ["port", "port"]
    assert found["after"]["placed"] >= found["before"]["placed"]
    assert found["gap"] == 0.0
    assert "The next plants belong in" in found["headline"]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("flows", "--mineral", "unobtainium"), "unknown_mineral"),
        (("flows", "--mineral", "aluminium"), "bad_query"),
        (("flows", "--mineral", "tin", "--alliance", "atlantis"), "unknown_jurisdiction"),
        (("exposure", "--mineral", "tin", "--closed", "atlantis"), "unknown_passage"),
        (("flows", "--mineral", "tin", "--closed", "CHN"), "unknown_passage"),
        (("exposure", "--mineral", "tin", "--closed", "CHN"), "unknown_passage"),
        (("site", "--mineral", "tin", "--plants", "9"), "bad_query"),
        (("site", "--mineral", "tin", "--capacity", "5 gallons"), "unknown_unit"),
    ],
)
def test_refusals_are_one_line_and_two(run, args, code) -> None:
    status, out, err = run(*args, "--json")
    assert status == 2
    assert json.loads(out)["error"]["code"] == code
    assert len(err.strip().splitlines()) == 1


def test_documented_routes_count_once_each(document) -> None:
    found = document("exposure", "--mineral", "copper", "--of", "routes")
    routes = load_layer("trade_routes").features.columns
    plain = (routes["status"].astype(str) == "active") & ~routes["indicative"].astype(bool)
    copper = np.array(["copper" in str(mineral).split(";") for mineral in routes["mineral"]])
    assert found["routes"] == int((plain & copper).sum())
    for row in found["rows"]:
        assert row["share_routes"] == pytest.approx(row["routes"] / found["routes"])
    assert "documented routes of copper" in found["headline"]


def test_a_mineral_without_documented_routes_is_refused(run) -> None:
    status, out, _ = run("exposure", "--mineral", "bismuth", "--of", "routes", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (2, "no_routes")


def test_a_scenario_from_a_file_changes_the_flows(run, document, tmp_path) -> None:
    path = tmp_path / "off.json"
    code, _, err = run("scenario", "--mineral", "tin", "--off", "msc-pulau-indah", "--save", path)
    assert (code, err) == (0, "")
    asked = ("flows", "--mineral", "tin")
    before, after = document(*asked), document(*asked, "--scenario", path)
    assert "msc-pulau-indah" in {row["plant_id"] for row in before["plants"]}
    assert "msc-pulau-indah" not in {row["plant_id"] for row in after["plants"]}
    assert after["world"]["placed"] <= before["world"]["placed"]
    assert "MSC Pulau Indah" in after["scenario"]
