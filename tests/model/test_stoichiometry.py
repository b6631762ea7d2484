"""Published factors (cases H1, H2, H5), units there and back."""

from __future__ import annotations

import itertools

import pytest

from gisapp.model import stoichiometry as chem
from gisapp.model.feedback import GisappError


@pytest.mark.parametrize(
    ("element", "oxide", "fraction"),
    [
        ("Nd", "Nd2O3", 0.8574),
        ("Pr", "Pr6O11", 0.8277),
        ("Dy", "Dy2O3", 0.8713),
        ("Tb", "Tb4O7", 0.8502),
        ("Co", "CoSO4.7H2O", 0.2097),
        ("Ni", "NiSO4.6H2O", 0.2233),
        ("Co", "cobalt hydroxide", 0.634),
    ],
)
def test_metal_in_a_compound_is_the_published_share(element, oxide, fraction):
    assert chem.mass_fraction(element, oxide) == pytest.approx(fraction, abs=1e-4)


def test_neodymium_in_the_magnet_phase():
    assert 100 * chem.mass_fraction("Nd", "Nd2Fe14B") == pytest.approx(26.68, abs=0.01)


@pytest.mark.parametrize(
    ("given", "factor"), [("Li", 5.3233), ("Li2O", 2.4729), ("LiOH.H2O", 0.8804)]
)
def test_lithium_carbonate_equivalents(given, factor):
    assert chem.equivalent(1.0, given, "LCE") == pytest.approx(factor, abs=1e-4)


def test_forms_of_an_element_come_back_to_themselves():
    forms = ("Li", "Li2O", "LCE", "lithium hydroxide", "LiCl")
    for first, second in itertools.permutations(forms, 2):
        there = chem.equivalent(1234.5, first, second)
        assert chem.equivalent(there, second, first) == pytest.approx(1234.5, rel=1e-12)


def test_units_come_back_to_themselves():
    for first, second in itertools.permutations([*chem.TONNES, "%"], 2):
        there = chem.in_unit(77.0, first, second, whole=390_000.0)
        assert chem.in_unit(there, second, first, whole=390_000.0) == pytest.approx(77.0, rel=1e-12)


def test_units_are_the_definitions():
    assert chem.in_unit(2204.6226, "lb", "t") == pytest.approx(1.0, rel=1e-7)
    assert chem.in_unit(45_000.0, "t", "%", whole=390_000.0) == pytest.approx(11.538, abs=1e-3)


def test_three_parts_of_neodymium_to_one_of_praseodymium():
    assert chem.ndpr_metal_per_oxide() == pytest.approx(0.850, abs=5e-4)


@pytest.mark.parametrize("formula", ["", "Xx2O3", "Nd2O3!", "nd2o3", "2"])
def test_what_is_no_formula_is_refused(formula):
    with pytest.raises(GisappError, match="no formula"):
        chem.molar_mass(formula)


def test_what_cannot_be_converted_is_refused():
    with pytest.raises(GisappError, match="not forms of one element"):
        chem.equivalent(1.0, "Li2O", "Nd2O3")
    with pytest.raises(GisappError, match="No unit"):
        chem.in_unit(1.0, "t", "stone")
    with pytest.raises(GisappError, match="share"):
        chem.in_unit(1.0, "t", "%")
