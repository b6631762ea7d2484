import os
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from gisapp.model.geodesy import KM_PER_NAUTICAL_MILE


def test_a_journey_from_a_mine_to_a_port_has_all_of_the_contract(document):
    told = document("route", "kamoto-kcc-mine", "NLRTM")
    assert told["distance_nm"] * KM_PER_NAUTICAL_MILE == pytest.approx(
        told["distance_km"], abs=0.01
    )
    legs = told["legs"]
    assert [leg["mode"] for leg in legs].count("sea") == 1
    for total in ("km", "days", "usd_t", "kg_co2_t"):
        whole = told["distance_km" if total == "km" else total]
        assert sum(leg[total] for leg in legs) == pytest.approx(whole, abs=0.1)
    assert all(
        {"mode", "km", "days", "usd_t", "kg_co2_t", "countries", "borders", "assumed_km"}
        <= set(leg)
        for leg in legs
    )
    at = [passage["at_km"] for passage in told["passages"]]
    assert at == sorted(at)
    assert all(passage["id"] and passage["name"] for passage in told["passages"])
    assert "ODbL" in told["attribution"]
    assert any("OpenStreetMap" in source for source in told["sources"])
    assert told["countries"][0] == "COD"
    assert told["borders"]
    assert told["least"] == "usd_t"


def test_the_geometry_is_cut_at_180_degrees(document):
    told = document("route", "USLAX", "JPYOK", "--mode", "sea")
    lines = told["geometry"]["coordinates"]
    assert told["geometry"]["type"] == "MultiLineString"
    assert len(lines) == 2
    for line in lines:
        lons = [lon for lon, _ in line]
        assert all(-180 <= lon <= 180 for lon in lons)
        assert max(abs(b - a) for a, b in pairwise(lons)) < 90
    assert told["distance_nm"] == pytest.approx(4839, rel=0.02)  # case C36
    assert [leg["mode"] for leg in told["legs"]] == ["sea"]
    assert told["least"] == "km"


def test_what_is_avoided_is_not_on_the_way(document):
    free = document("route", "CNSHA", "NLRTM", "--mode", "sea")
    bound = document("route", "CNSHA", "NLRTM", "--mode", "sea", "--avoid", "suez, panama")
    assert "suez" in {p["id"] for p in free["passages"]}
    assert not {"suez", "panama"} & {p["id"] for p in bound["passages"]}
    assert bound["distance_km"] > 1.25 * free["distance_km"]
    assert bound["avoided"] == ["panama", "suez"]
    around = document("route", "kamoto-kcc-mine", "NLRTM", "--avoid", "ago")
    assert "AGO" not in around["countries"]


def test_a_large_ship_goes_around(run, document):
    usual = document("route", "NLRTM", "CNSHA", "--mode", "sea")
    assert "suez" in {p["id"] for p in usual["passages"]}
    narrow = document("route", "NLRTM", "CNSHA", "--mode", "sea", "--ship", "vlcc")
    assert "suez" not in {p["id"] for p in narrow["passages"]}
    code, _, err = run("route", "NLRTM", "CNSHA", "--ship", "canoe")
    assert code == 2
    assert 'No class of ships is called "canoe"' in err


def test_a_position_in_the_west_is_no_option(run):
    code, out, _ = run("route", "-115.53,35.48", "-118.21,33.76", "--mode", "land", "--least", "km")
    assert code == 0
    assert "USD/t" in out
    assert "OpenStreetMap" in out


def test_a_leg_begins_and_ends_where_the_user_said(document):
    told = document("route", "85.9,-10", "SGSIN")
    assert told["legs"][0]["from"] == "85.9, -10"
    assert told["legs"][-1]["to"] == "Singapore"


def test_own_costs_are_counted_with(document, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("id,value\nport.usd_t,100\n", encoding="utf-8")
    usual, dear = (
        document("route", "AUPHE", "KRKAN", "--mode", "sea", *more)
        for more in ((), ("--costs", own))
    )
    rise = dear["usd_t"] - usual["usd_t"]
    assert rise == pytest.approx(2 * (100 - 8), abs=0.02)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("-23.5,119.3", "CNTXG"), "longitude comes first"),
        (("200,10", "CNTXG"), "no longitude and latitude on the Earth"),
        (("atlantis", "CNTXG"), '"atlantis" is no facility and no port'),
        (("AUPHE", "XXXXX"), '"XXXXX" is no facility and no port'),
        (("AUPHE", "CNTXG", "--avoid", "styx"), '"styx" is no passage and no country'),
        (("AUPHE", "CNTXG", "--mode", "land"), "No road or railway leads from Port Hedland"),
        (("AUPHE", "CNTXG", "--costs", "none.csv"), "cannot be read"),
        (("AUPHE", "CNTXG", "--least", "fun"), "invalid choice"),
        (("AUPHE",), "required: TO"),
    ],
)
def test_what_is_refused_is_refused_in_one_line(run, args, said):
    code, _, err = run("route", *args)
    assert code == 2
    assert err.count("\n") == 1
    assert said in err


def test_swapped_numbers_that_are_possible_get_a_hint(document):
    told = document("route", "-30.75,-12.1", "AOLOB", "--mode", "sea")  # far out in the Atlantic
    assert told["notes"] == []
    told = document("route", "-20.3,57.5", "GBLON", "--mode", "sea")  # Mauritius, latitude first
    assert "check that they are not swapped" in told["notes"][0]


def test_the_command_as_a_process_is_quick():
    command = [sys.executable, "-m", "gisapp", "route", "CNSHA", "NLRTM", "--mode", "sea", "--json"]
    took = []
    for _ in range(2):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False, env=os.environ, timeout=60)
        took.append(time.perf_counter() - start)
        assert done.returncode == 0
    assert min(took) < 6.0  # 3 s on a machine of its own
    assert b"PySide6" not in done.stderr
