"""Countries as people write them, in their own languages, and what is none."""

from __future__ import annotations

import numpy as np
import pytest

from gisapp.analysis.selection import select
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Deutschland", "DEU"), ("DEUTSCHLAND ", "DEU"), ("DE", "DEU"), ("deu", "DEU"),
        ("Allemagne", "DEU"), ("Alemania", "DEU"), ("Германия", "DEU"), ("德国", "DEU"),
        ("ドイツ", "DEU"), ("독일", "DEU"), ("GER", "DEU"), ("Bundesrepublik Deutschland", "DEU"),
        ("DR Kongo", "COD"), ("D.R. Congo", "COD"), ("Congo, Dem. Rep.", "COD"), ("RDC", "COD"),
        ("Demokratische Republik Kongo", "COD"), ("Congo (Kinshasa)", "COD"),
        ("Republic of the Congo", "COG"), ("Congo-Brazzaville", "COG"), ("Congo", ""),
        ("RSA", "ZAF"), ("Südafrika", "ZAF"), ("Suedafrika", ""), ("South Africa", "ZAF"),
        ("U.S.A.", "USA"), ("Vereinigte Staaten", "USA"), ("EE.UU", ""), ("Côte d'Ivoire", "CIV"),
        ("Türkei", "TUR"), ("Россия", "RUS"), ("中国", "CHN"),
        ("Brésil", "BRA"), ("Perú", "PER"), ("Korea, South", "KOR"), ("Viet Nam", "VNM"),
        ("Ruritania", ""), ("", ""), ("-", ""), ("XYZ", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_any_name(facts, text, code):
    assert facts.country_code(text) == code


def test_every_code_and_english_name_is_itself(facts):
    for code, name in facts.countries.items():
        assert facts.country_code(code) == code
        assert facts.country_code(name) in {code, facts.country_code(name)}
    wrong = {n for c, n in facts.countries.items() if facts.country_code(n) != c}
    assert len(wrong) <= 3, wrong  # names that two jurisdictions share


def test_what_is_no_country_is_told_and_found_by_the_place(facts):
    columns = {"country": np.array(["DR Kongo", "Ruritania", None], dtype=object)}
    layer = Layer(
        "own", "Werke", Role.REFINERY, Features.from_points(np.full((3, 2), 20.0), columns)
    )
    found = select([layer], Role.REFINERY, facts=facts)
    assert found.country.tolist() == ["COD", "", ""]
    assert found.notes == ('Werke: not known as countries, and read as unknown: "Ruritania".',)
