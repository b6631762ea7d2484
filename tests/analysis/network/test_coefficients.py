import csv
import math

import pytest

from gisapp.analysis.network.coefficients import FILE, Coefficients
from gisapp.analysis.network.journey import Measure, Mode
from gisapp.model.feedback import GisappError
from gisapp.model.places import layers_dir

#: The constants of Geoscience Australia's bluecap, Australian cents of 2010 per tonne and km.
BLUECAP = {"road": 8.5, "rail": 1.75}
USD_PER_AUD_2010, PRICES_2010_TO_2021 = 0.92, 185 / 151


@pytest.fixture(scope="module")
def table():
    return Coefficients.load(layers_dir() / FILE)


@pytest.fixture
def own(tmp_path):
    def write(text):
        path = tmp_path / "own.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_row_has_a_unit_a_source_and_a_range_around_its_value(table):
    assert len({row.title for row in table.rows}) == len(table.rows)
    for row in table.rows:
        assert row.title != row.id
        assert row.unit, row.id
        assert row.source, row.id
        assert row.low <= row.value <= row.high, row.id


def test_what_has_no_source_is_marked_as_our_assumption(table):
    assert {row.id for row in table.rows if row.assumed} >= {"border.days", "port.days"}
    assert not {row.id for row in table.rows if row.assumed} & {"road.usd_t_km", "suez.usd_t"}


def test_a_tonne_over_1000_km_costs_what_bluecap_says(table):
    # case G5: 85 AUD2010 by road and 17.5 by rail
    rates = table.rates(Measure.USD)
    for mode, cents in BLUECAP.items():
        aud = 1000 * rates.km[Mode(mode)] / USD_PER_AUD_2010 / PRICES_2010_TO_2021
        assert aud == pytest.approx(1000 * cents / 100, rel=0.01)


def test_the_ship_costs_what_liner_lib_makes_of_its_fleet(table):
    a_day = (21_000 + 57.4 * 600) / 2400 / 24
    assert table["sea.usd_t_km"] == pytest.approx(a_day / (16 * 24 * 1.852), rel=0.01)
    assert table["suez.usd_t"] == pytest.approx(413_533 / 2400 / 24, rel=0.01)
    assert table["panama.usd_t"] == pytest.approx(345_600 / 2400 / 24, rel=0.01)


def test_a_kilometre_of_the_shortest_way_is_a_kilometre_in_every_mode(table):
    rates = table.rates(Measure.KM)
    assert set(rates.km.values()) == {1.0}
    assert rates.load == rates.port == rates.border == rates.transfer == 0.0


def test_days_are_the_inverse_of_speed_and_what_is_waited(table):
    rates = table.rates(Measure.DAYS)
    assert rates.km[Mode.SEA] * table["sea.km_day"] == pytest.approx(1.0)
    assert rates.canal["suez"] == table["suez.days"]


def test_an_own_file_replaces_the_rows_that_it_names(table, own):
    path = own("id,value\nroad.usd_t_km,0.2\nborder.usd_t,0\n")
    changed = table.changed(path)
    assert changed["road.usd_t_km"] == 0.2
    assert changed["border.usd_t"] == 0.0
    assert changed["rail.usd_t_km"] == table["rail.usd_t_km"]
    assert changed.key != table.key
    assert next(row.source for row in changed.rows if row.id == "border.usd_t") == "own.csv"
    assert table.changed(own("id,value\nroad.usd_t_km,0.096\n")).key == table.key


def test_a_cost_of_time_makes_slow_modes_dearer(table, own):
    rates = table.changed(own("id,value\ntime.usd_t_day,10\n")).rates(Measure.USD)
    road, days = table["road.usd_t_km"], 1 / table["road.km_day"]
    assert rates.km[Mode.ROAD] == pytest.approx(road + 10 * days)
    assert rates.port == pytest.approx(table["port.usd_t"] + 10 * table["port.days"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,value\nroad.usd,1\n", 'line 2: there is no coefficient "road.usd"'),
        ("id,value\nport.days,1\nport.days,2\n", 'line 3: "port.days" stands in it twice'),
        ("id,value\nroad.usd_t_km,cheap\n", '"cheap" is no number'),
        ("id,value\nroad.usd_t_km,inf\n", '"inf" is no number'),
        ("id,value\nroad.usd_t_km,-1\n", "road.usd_t_km cannot be -1"),
        ("id,value\nroad.usd_t_km,0\n", "road.usd_t_km cannot be 0"),
        ("id,value\nrail.km_day,0\n", "rail.km_day cannot be 0"),
        ("id,value\ncircuity.dense,0.9\n", "circuity.dense cannot be 0.9"),
        ("id,value\ncircuity.dense,1.9\n", "circuity.dense is built into the networks"),
        ("id,value,unit\nport.days,72,hours\n", 'port.days is in days, not in "hours"'),
        ("name,cost\nroad,1\n", "has no columns id and value"),
        ("", "has no columns id and value"),
    ],
)
def test_a_bad_row_is_refused_in_one_sentence(table, own, text, said):
    with pytest.raises(GisappError) as caught:
        table.changed(own(text))
    assert caught.value.code == "costs"
    assert said in caught.value.message
    assert caught.value.message.count(". ") == 0


def test_own_values_replace_those_of_the_table_and_are_told(table):
    changed = table.with_({"rail.usd_t_km": 0.05, "border.usd_t": 0})
    assert changed.own == (("border.usd_t", 0.0), ("rail.usd_t_km", 0.05))
    assert changed.table["rail.usd_t_km"] == table["rail.usd_t_km"]
    assert changed.with_(table.table).own == table.own == ()
    assert changed.with_(table.table).key == table.key
    assert changed.rates(Measure.USD).km[Mode.RAIL] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("road.usd", 1, 'No cost is called "road.usd".'),
        ("road.usd_t_km", -1, "Freight by road cannot be -1."),
        ("rail.km_day", 0, "Speed by rail cannot be 0."),
        ("hinterland.factor", 0.5, "Farther port, times the nearest cannot be 0.5."),
        ("port.days", float("nan"), "Port time cannot be nan."),
        ("circuity.dense", 2, "is built into the networks that ship and cannot be changed."),
    ],
)
def test_an_own_value_that_cannot_be_is_refused_in_one_sentence(table, name, value, said):
    with pytest.raises(GisappError) as caught:
        table.with_({name: value})
    assert caught.value.code == "costs"
    assert said in caught.value.message
    assert caught.value.message.count(". ") == 0


def test_a_file_that_is_not_there_or_no_text_is_refused(table, tmp_path):
    with pytest.raises(GisappError, match="cannot be read"):
        table.changed(tmp_path / "none.csv")
    (tmp_path / "raw.csv").write_bytes(b"\xff\xfe\x00id")
    with pytest.raises(GisappError, match="cannot be read"):
        table.changed(tmp_path / "raw.csv")


def test_the_shipped_table_can_be_given_back_as_an_own_file(table, tmp_path):
    with (layers_dir() / FILE).open(encoding="utf-8") as file:
        assert all(not math.isnan(float(row["value"])) for row in csv.DictReader(file))
    assert table.changed(layers_dir() / FILE).key == table.key
