from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from gisapp.analysis.network.journey import JourneyMatrix, Measure
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import distance_km
from gisapp.model.vocabulary import Basis
from gisapp.workspace import distance_run
from gisapp.workspace.distance_run import DistanceRun, run_distance, tonnes

TODAY = date(2026, 11, 22)
HEAD = "id,name,lon,lat,mineral,status,process,country,owner_country,capacity,capacity_unit\n"


class Straight:
    """Ways as long as geodesics; what passes Malacca is what ends east of 90 degrees."""

    def matrix(self, starts, ends, *, least, avoid, feedback):
        feedback.check()
        n, m = len(starts), len(ends)
        km = np.array([distance_km(start, ends) for start in starts]).reshape(n, m)
        east = np.broadcast_to(ends[:, 0] > 90, km.shape)
        if "malacca" in avoid.passages:
            km = np.where(east, np.inf, km)
        bits = east.astype(np.uint64)
        none = np.zeros((n, m))
        days = np.where(east, km / 100, km / 1000)
        return JourneyMatrix(
            least, km, days, km / 20, km / 50, km, none, none, bits, ("malacca",), none
        )


@pytest.fixture
def ways(monkeypatch):
    monkeypatch.setattr(distance_run, "router", Straight)


@pytest.fixture
def files(tmp_path):
    def write(name, *rows):
        path = tmp_path / f"{name}.csv"
        path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return path

    return {
        "deposits": write("mines", "m,Mine,80,10,tin,operating,open_pit,IND,IND,,"),
        "plants": write(
            "works",
            "e,East,101,3,tin,operating,smelting,MYS,CHN,30000,t/yr",
            "w,West,30,10,tin,operating,smelting,SDN,USA,8000,t/yr",
            "x,Far West,-60,10,tin,operating,smelting,USA,USA,,t/yr",
        ),
    }


def rows(files, **changes):
    run = DistanceRun("tin", TODAY, **{**files, **changes})
    return run_distance(run, Feedback()).document


def test_each_option_reaches_the_answer(files, ways):
    def plant(**changes):
        found = rows(files, **changes)["rows"]
        return [row["plant_id"] for row in found]

    assert plant() == ["e"]
    assert plant(metric="route") == ["e"]
    assert plant(metric="route", least=Measure.DAYS) == ["w"]
    assert plant(metric="route", avoid=("malacca",)) == ["w"]
    assert plant(metric="route", avoid=("MALACCA", "chn")) == ["w"]
    assert plant(restriction="USA") == ["x"]
    assert plant(restriction="USA", inside=(Basis.CONTROL,)) == ["w"]
    assert plant(restriction="USA", inside=(Basis.LOCATION, Basis.CONTROL)) == ["x"]
    assert plant(min_capacity="10 kt/yr", unknown_capacity=False) == ["e"]
    assert plant(restriction="USA", min_capacity="9 kt/yr") == ["x"]  # unknown counts
    assert plant(nearest=3) == ["e", "w", "x"]


def test_the_document_says_what_was_asked_and_why_there_is_nothing(files, ways):
    found = rows(files, metric="route", restriction="MYS", avoid=("malacca",))
    assert found["avoid"] == ["malacca"]
    assert found["inside"] == ["location"]
    assert found["least"] == "km"
    (row,) = found["rows"]
    assert row["status"] == "no_plant"
    assert row["reason"] == "no way to one inside without Malacca"
    assert found["reasons"] == {row["reason"]: 1}
    assert any("OpenStreetMap" in source for source in found["sources"])
    free = rows(files, metric="route")["rows"][0]
    assert free["passages"] == "malacca"
    assert free["days"] == pytest.approx(free["distance_km"] / 100)
    assert free["runner_up_id"] == "w"
    geodesic = rows(files)
    assert not any("OpenStreetMap" in source for source in geodesic["sources"])
    assert geodesic["rows"][0]["days"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mineral": "unobtainium"}, "unknown_mineral"),
        ({"restriction": "atlantis"}, "unknown_jurisdiction"),
        ({"metric": "route", "avoid": ("styx",)}, "unknown_place"),
        ({"avoid": ("malacca",)}, "bad_query"),
        ({"least": Measure.DAYS}, "bad_query"),
        ({"inside": (Basis.CONTROL,)}, "bad_query"),
        ({"min_capacity": "7 gallons"}, "unknown_unit"),
        ({"min_capacity": "much"}, "bad_query"),
        ({"nearest": 0}, "bad_query"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(files, ways, changes, code):
    with pytest.raises(GisappError) as caught:
        run_distance(
            DistanceRun(**{"mineral": "tin", "as_of": TODAY, **files, **changes}), Feedback()
        )
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("m,Mine,10,119,tin,operating,open_pit,AUS,,,", "bad_coordinates"),
        ("m,Mine,,,tin,operating,open_pit,AUS,,,", "no_position"),
        ("", "empty_layer"),
    ],
)
def test_files_that_cannot_be_measured_from(files, tmp_path, row, code):
    path = tmp_path / "bad.csv"
    path.write_text(HEAD + (f"{row}\n" if row else ""), encoding="utf-8")
    with pytest.raises(GisappError) as caught:
        rows(files, deposits=path)
    assert caught.value.code == code, caught.value
    assert "\n" not in str(caught.value)


def test_capacities_in_another_unit_are_converted_and_others_told(files, tmp_path):
    path = tmp_path / "pounds.csv"
    path.write_text(
        HEAD
        + "e,E,1,3,tin,operating,smelting,MYS,,30000000,lb/yr\n"  # 13,608 t
        + "f,F,1,2.5,tin,operating,smelting,MYS,,30000,lb/yr\n"  # 14 t
        + "g,G,1,1,tin,operating,smelting,MYS,,9000,wheelbarrows\n",
        encoding="utf-8",
    )
    assert rows(files, plants=path)["rows"][0]["plant_id"] == "e"  # nobody asked for capacity
    found = rows(files, plants=path, min_capacity="13000", unknown_capacity=False)
    assert [row["plant_id"] for row in found["rows"]] == ["e"]
    assert any('"wheelbarrows" is no unit of mass' in note for note in found["notes"])


@pytest.mark.parametrize(
    ("text", "value"),
    [("5000", 5000), ("5,000 t/yr", 5000), ("5 kt", 5000), ("0.2 Mt/yr", 2e5), ("3 ktpa", 3000),
     ("12 t per year", 12)],
)  # fmt: skip
def test_capacities_as_people_write_them(text, value):
    assert tonnes(text) == pytest.approx(value)
