from __future__ import annotations

import csv
import json

import pytest

from gisapp.analysis.coverage import COLUMNS
from gisapp.analysis.timeline import TIME_COLUMNS
from gisapp.model.vocabulary import Basis, Weight

PACT = {
    "format": "gisapp-alliances",
    "version": 1,
    "alliances": [
        {
            "name": "Pacific pact",
            "members": [{"member": "Australia", "from": "2024"}, {"member": "JPN"}],
        }
    ],
}


@pytest.fixture
def pact(tmp_path):
    path = tmp_path / "pact.json"
    path.write_text(json.dumps(PACT), encoding="utf-8")
    return path


@pytest.mark.parametrize("by", list(Basis))
def test_every_basis_answers(document, by):
    args = ("--mineral", "lithium", "--stage", "mining", "--by", by)
    (row,) = document("coverage", "--alliance", "g7", *args)["rows"]
    assert list(row) == list(COLUMNS)
    assert 0 <= row["share_low"] <= row["share_high"] <= 1


@pytest.mark.parametrize("weight", list(Weight))
def test_every_weight_answers(document, weight):
    args = ("--mineral", "lithium", "--stage", "mining", "--weight", weight)
    (row,) = document("coverage", "--alliance", "g7", *args)["rows"]
    assert 0 <= row["share_low"] <= row["share_high"] <= 1
    assert row["hhi_bands"].startswith("US 2023")


def test_over_the_years(document, run, tmp_path):
    args = ("coverage", "--alliance", "msp", "--mineral", "lithium", "--stage", "mining")
    found = document(*args, "--over", "2021..2026")
    assert [row["as_of"] for row in found["rows"]] == [f"{y}-12-31" for y in range(2021, 2027)]
    assert found["rows"][0].keys() == set(TIME_COLUMNS)
    assert found["rows"][0]["share_high"] == 0
    assert found["rows"][1]["share_low"] > 0.3
    code, out, _ = run(*args, "--over", "2022-01-01,2023-06-01", "-o", tmp_path / "over.csv")
    assert code == 0
    rows = list(csv.DictReader((tmp_path / "over.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["as_of"] for row in rows] == ["2022-01-01", "2023-06-01"]
    assert "joined" in rows[0]
    code, out, _ = run(*args, "--over", "2021..2023")
    assert "+" in out.split("2022-12-31")[1].splitlines()[0]  # a few names, then how many more
    for wrong in ("2030..2020", "soon..2020", "2020-13-01"):
        code, _, err = run(*args, "--over", wrong)
        assert code == 2
        assert err.count("\n") == 1


def test_own_alliances_of_a_file(document, run, pact, tmp_path):
    found = document("coverage", "--alliance", "pacific_pact", "--alliance-file", pact, "--mineral",
        "lithium", "--stage", "mining")  # fmt: skip
    assert {"AUS", "JPN"} <= set(found["jurisdictions"])
    assert found["rows"][0]["share_low"] > 0.3
    listed = document("alliances", "--file", pact)
    assert [(a["id"], a["kind"]) for a in listed["alliances"]] == [("pacific_pact", "own")]
    one = document("alliances", "pacific_pact", "--file", pact, "--as-of", "2023-06-01")
    assert [m["member"] for m in one["members"]] == ["JPN"]
    table = tmp_path / "pact.csv"
    code, out, _ = run("alliances", "--file", pact, "-o", table)
    assert code == 0
    assert "Wrote" in out
    again = document("alliances", "pacific_pact", "--file", table)
    assert [m["member"] for m in again["members"]] == ["AUS", "JPN"]
    code, _, err = run("alliances", "pacific_pact")
    assert code == 2
    assert err.count("\n") == 1


def test_a_map_of_an_own_alliance_is_exported(document, run, pact, tmp_path):
    out = tmp_path / "pact.csv"
    args = ("export", out, "--mineral", "tin", "--alliance", "pacific_pact")
    assert document(*args, "--alliance-file", pact)["path"] == str(out)
    assert out.stat().st_size > 0
    code, _, err = run(*args)
    assert code == 2
    assert "pacific_pact" in err


def test_a_file_that_is_wrong_is_refused_in_one_line(run, tmp_path):
    path = tmp_path / "pact.json"
    path.write_text(json.dumps(PACT).replace("JPN", "XXX"), encoding="utf-8")
    for args in (
        ("alliances", "--file", path),
        ("coverage", "--alliance", "g7", "--alliance-file", path, "--mineral", "tin"),
    ):
        code, _, err = run(*args)
        assert code == 2
        assert err.count("\n") == 1
        assert '"XXX"' in err
    path.write_text(json.dumps(PACT).replace('"name"', '"id": "g7", "name"'), encoding="utf-8")
    code, _, err = run("alliances", "--file", path)
    assert code == 2
    assert "ships with the application" in err


def test_territories_by_the_rule(document):
    nickel = ("coverage", "--alliance", "eu", "--mineral", "nickel", "--stage", "mining")
    shares = {
        rule: document(*nickel, "--territories", rule)["rows"][0]["share_low"]
        for rule in ("listed", "sovereign", "nobody")
    }
    assert shares["sovereign"] > shares["listed"]  # New Caledonia
    assert shares["nobody"] <= shares["listed"]
    inside = document("alliances", "eu", "--territories", "sovereign")["jurisdictions"]
    assert "NCL" in inside
