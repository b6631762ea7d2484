"""Units of a year's tonnes: as people write them, and what they come to in the form asked for."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.model.units import Unit, guess_unit, numbers_of, parse_amount, parse_unit


@pytest.mark.parametrize(
    ("text", "tonnes", "form"),
    [
        ("t", 1.0, ""),
        ("t/yr", 1.0, ""),
        ("tpa", 1.0, ""),
        ("ktpa", 1e3, ""),
        ("Mtpa", 1e6, ""),
        ("Mt", 1e6, ""),
        ("t/day", 365.0, ""),
        ("kg/month", 0.012, ""),
        ("kt LCE", 1e3, "LCE"),
        ("kt (LCE)", 1e3, "LCE"),
        ("'000 t LCE per annum", 1e3, "LCE"),
        ("million lb U3O8", 453.59237, "U3O8"),
        ("Mlb U3O8/yr", 453.59237, "U3O8"),
        ("short tons", 0.90718474, ""),
        ("oz troy", 31.1034768e-6, ""),
        ("koz Pt", 31.1034768e-3, "Pt"),
        ("t TREO", 1.0, "REO"),
        ("kt contained Ni", 1e3, "Ni"),
        ("kt nickel metal", 1e3, "Ni"),
        ("kt li2o", 1e3, "Li2O"),
        ("t LiOH", 1.0, "LiOH.H2O"),
        ("Tonnen/Jahr", 1.0, ""),
        ("t spodumene concentrate", 1.0, "spodumene concentrate"),
    ],
)
def test_a_unit_is_read_as_people_write_it(text, tonnes, form):
    found = parse_unit(text)
    assert found is not None
    assert (found.tonnes, found.form) == (pytest.approx(tonnes, rel=1e-12), form)


@pytest.mark.parametrize("text", ["mt", "MT", "%", "GWh", "", "m3", "pieces", "12"])
def test_what_is_no_mass_or_may_be_two_is_not_guessed(text):
    assert parse_unit(text) is None


@pytest.mark.parametrize(
    ("text", "wanted", "factor"),
    [
        ("kt LCE", "Li", 1e3 / 5.3233),  # USGS: 1 t Li is 5.323 t of carbonate
        ("t Li2O", "Li", 1 / 2.153),  # USGS: Li2O times 0.4645
        ("Mlb U3O8", "U", 453.59237 * 0.848),  # WNA: U3O8 is 84.8 % uranium
        ("t WO3", "W", 0.793),
        ("t Nd", "REO", 1.1664),
        ("t Dy2O3", "REO", 1.0),
        ("t metal", "Co", 1.0),
        ("kt", "Li", 1e3),  # nothing is said of the form: it is the one asked for
    ],
)
def test_a_form_is_brought_to_the_one_asked_for(text, wanted, factor):
    assert parse_unit(text).factor(wanted) == pytest.approx(factor, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("t spodumene concentrate", "Li"),
        ("t Ni", "Li"),
        ("t LCE", "REO"),
        ("t metal", "REO"),
        ("t Ni", ""),
    ],
)
def test_a_form_without_a_factor_is_unknown(text, wanted):
    assert parse_unit(text).factor(wanted) is None


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("cap_kt", Unit(1e3)),
        ("Capacity (kt LCE)", Unit(1e3, "LCE")),
        ("capacity_tpa", Unit(1.0)),
        ("Annual capacity [t/a]", Unit(1.0)),
        ("production_ktpa_LCE", Unit(1e3, "LCE")),
        ("capacityKt", Unit(1e3)),
        ("capacity", None),
        ("output", None),
    ],
)
def test_a_column_name_tells_its_unit(name, unit):
    said = guess_unit(name, np.array([1.0]))
    assert (parse_unit(said) if said else None) == unit


def test_texts_tell_the_unit_where_the_name_does_not():
    values = np.array(["12 kt LCE", "15 kt LCE", None, "n/a"], dtype=object)
    assert guess_unit("capacity", values) == "kt LCE"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12.5 kt LCE", 12.5, "kt LCE"),
        ("1,200", 1200.0, ""),
        ("1.200,5 t", 1200.5, "t"),
        ("12,5", 12.5, ""),
        ("~30 kt", 30.0, "kt"),
        ("1 200 t", 1200.0, "t"),
    ],
)
def test_a_number_with_its_unit(text, value, unit):
    assert parse_amount(text) == (value, unit)


def test_numbers_of_a_column_of_texts():
    numbers, units = numbers_of(np.array(["5 kt", None, "unknown", "7"], dtype=object))
    np.testing.assert_array_equal(numbers, [5.0, np.nan, np.nan, 7.0])
    assert units == ["kt", "", "", ""]
