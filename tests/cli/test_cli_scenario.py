"""Scenarios and surfaces on the command line: what a script may rely on."""

from __future__ import annotations

import json

import pytest

from gisapp.data.reader import read_layers

WORLD = ("--mineral", "rare_earths", "--alliance", "quad", "--as-of", "2026-11-22")


def test_a_scenario_stands_beside_the_world(document, tmp_path):
    file = tmp_path / "no_bayan_obo.json"
    found = document("scenario", *WORLD, "--off", "bayan-obo", "--compare", "--save", file)
    world, there = found["rows"]
    assert world["scenario"] == "As it is"
    assert there["different"] == "Bayan Obo off"
    assert there["mining_share_low"] > world["mining_share_low"] + 0.1
    assert "Bayan Obo off" in found["text"][0]
    again = document("scenario", file, *WORLD)
    assert len(again["rows"]) == 1
    assert again["rows"][0]["mining_share_low"] == there["mining_share_low"]
    both = document("scenario", file, file, *WORLD)
    assert [row["scenario"] for row in both["rows"]] == ["Scenario", "Scenario 2"]


def test_words_change_the_first_file(document, tmp_path):
    file = tmp_path / "x.json"
    file.write_text('{"closed": ["malacca"]}', encoding="utf-8")
    found = document(
        "scenario", file, *WORLD, "--joined", "kor", "--weights", "planned=0.5",
        "--plant", "-2.9,53.3,1000,Wirral", "--day", "2030-01-01", "--name", "All",
    )  # fmt: skip
    (scenario,) = found["scenarios"]
    assert scenario["name"] == "All"
    assert scenario["closed"] == ["malacca"]
    assert scenario["joined"] == ["KOR"]
    assert scenario["weights"] == [{"status": "planned", "weight": 0.5}]
    assert scenario["as_of"] == "2030-01-01"
    (plant,) = scenario["plants"]
    assert (plant["name"], plant["country"], plant["capacity"]) == ("Wirral", "GBR", 1000.0)


def test_distance_and_coverage_follow_a_scenario(document, tmp_path):
    file = tmp_path / "s.json"
    file.write_text(
        json.dumps(
            {
                "off": ["bayan-obo"],
                "plants": [
                    {
                        "id": "p", "name": "Rotterdam", "role": "refinery", "mineral": "lithium",
                        "lon": 4.3, "lat": 51.9, "capacity": 20000.0,
                    }
                ],
            }
        ),
        encoding="utf-8",
    )  # fmt: skip
    near = document("distance", "--mineral", "lithium", "--as-of", "2026-11-22", "--scenario", file)
    assert any(row["plant_id"] == "p" for row in near["rows"])
    assert near["scenario"].startswith("Scenario \u201cs\u201d, not the world as it is")
    args = ("coverage", *WORLD, "--stage", "mining")
    world, there = document(*args), document(*args, "--scenario", file)
    assert there["rows"][0]["share_low"] > world["rows"][0]["share_low"] + 0.1
    assert "scenario" not in world


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--closed", "styx"), "styx"),
        (("--off", "atlantis"), "atlantis"),
        (("--joined", "XXX"), "XXX"),
        (("--weights", "planned"), "planned"),
        (("--plant", "here"), "here"),
        ((), "Nothing is different"),
        (("no_such.json",), "no_such.json"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(run, args, words):
    code, out, err = run("scenario", *args, "--mineral", "tin")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err


@pytest.mark.parametrize("text", ["[]", "{", '{"colour": "red"}', '{"off": "bayan-obo"}'])
def test_a_file_that_is_no_scenario_is_refused(run, tmp_path, text):
    file = tmp_path / "bad.json"
    file.write_text(text, encoding="utf-8")
    code, _, err = run("scenario", file, "--mineral", "tin")
    assert code == 2
    assert "bad.json is no scenario" in err


def test_a_surface_is_written_with_its_bands(document, tmp_path):
    out = tmp_path / "bands.gpkg"
    found = document("surface", "--mineral", "lithium", "-o", out)
    rows = found["rows"]
    assert rows[0]["low_km"] == 0.0
    assert sum(row["share_of_land"] for row in rows) == pytest.approx(1.0)
    # the land but Antarctica, to a hundredth
    assert sum(row["area_km2"] for row in rows) == pytest.approx(135e6, rel=0.02)
    (layer,) = read_layers(out)
    assert layer.features.columns["high_km"].tolist() == [row["high_km"] for row in rows]
    inside = document("surface", "--mineral", "lithium", "--alliance", "quad")
    assert inside["rows"][-1]["high_km"] >= rows[-1]["high_km"]


def test_a_surface_without_a_plant_is_refused(run):
    code, _, err = run("surface", "--mineral", "lithium", "--alliance", "benelux")
    assert code == 2
    assert err.count("\n") == 1
