"""Layers: a column mapping stands between a user's names and ours."""

import numpy as np

from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.vocabulary import MINERALS, PARENT, SYNONYMS, Role, family, mineral_code


def layer(mapping: ColumnMapping = ColumnMapping()) -> Layer:
    columns = {
        "NAME_1": np.array(["A", "B"], dtype=object),
        "country": np.array(["AUS", "CAN"], dtype=object),
    }
    features = Features.from_points(np.zeros((2, 2)), columns)
    return Layer("mine", "My mines", Role.DEPOSIT, features, mapping=mapping)


def test_a_column_of_the_fields_name_needs_no_mapping():
    assert list(layer().values("country")) == ["AUS", "CAN"]
    assert layer().values("name") is None


def test_a_mapped_column_is_read_and_a_lost_one_is_none():
    assert list(layer(ColumnMapping((("name", "NAME_1"),))).values("name")) == ["A", "B"]
    assert layer(ColumnMapping((("name", "GONE"),))).values("name") is None


def test_a_constant_holds_for_every_feature():
    mapped = layer(ColumnMapping(constants=(("mineral", "lithium"),)))
    assert list(mapped.values("mineral")) == ["lithium", "lithium"]


def test_a_change_shares_the_features():
    before = layer()
    assert before.with_(name="Ours").features is before.features


def test_every_synonym_and_parent_is_a_mineral():
    assert set(SYNONYMS.values()) <= set(MINERALS)
    assert set(PARENT) | set(PARENT.values()) <= set(MINERALS)


def test_minerals_are_found_by_code_title_symbol_and_synonym():
    assert mineral_code("Rare earths") == "rare_earths"
    assert mineral_code(" LI ") == "lithium"
    assert mineral_code("NdPr") == "light_rare_earths"
    assert mineral_code("unobtainium") is None


def test_a_question_about_the_parent_includes_the_children():
    assert family("rare_earths") == {"rare_earths", "light_rare_earths", "heavy_rare_earths"}
    assert family("lithium") == {"lithium"}
