from __future__ import annotations

from datetime import date

import pytest

from gisapp.analysis import sentences
from gisapp.analysis.coverage import CoverageQuery, coverage
from gisapp.analysis.distance import DistanceQuery, distance
from gisapp.model import numbers
from gisapp.model.facts import Facts
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis, Role, Stage, Weight

TODAY = date(2026, 11, 22)
TITLE = "four-nation alliance"
FOUR = frozenset({"USA", "CAN", "GBR", "AUS"})
THIN, NBSP = "\u202f", "\u00a0"


def table(facts: Facts, mineral: str, layers: tuple[Layer, ...] = (), **more):
    query = CoverageQuery((("four", TITLE, FOUR),), (mineral,), as_of=TODAY, **more)
    return coverage(query, layers, facts)


def test_the_conclusion_comes_first(facts: Facts) -> None:
    line = sentences.coverage_headline(table(facts, "rare_earths"), TITLE)
    assert line == (
        f"The four-nation alliance mines 15{NBSP}% of rare earths, refines between 1 and "
        f"4{NBSP}% and makes at most 6{NBSP}% of the magnets"
    )
    assert sentences.coverage_headline(table(facts, "gallium"), TITLE) == (
        "The four-nation alliance refines no gallium"
    )


@pytest.mark.parametrize(
    ("title", "inside", "start"),
    [
        ("G7", "the G7", "The G7"),
        ("EU", "the EU", "The EU"),
        ("Quad", "the Quad", "The Quad"),
        ("MSP", "the MSP", "The MSP"),
        ("USMCA", "the USMCA", "The USMCA"),
        ("The Quad", "the Quad", "The Quad"),
        ("proposed NAGA alliance", "the proposed NAGA alliance", "The proposed NAGA alliance"),
        ("FORGE", "FORGE", "FORGE"),
        ("NATO", "NATO", "NATO"),
        ("AUKUS", "AUKUS", "AUKUS"),
        ("BRICS", "BRICS", "BRICS"),
        ("", "the chosen jurisdictions", "The chosen jurisdictions"),
    ],
)
def test_an_acronym_spoken_as_a_word_takes_no_article(title: str, inside: str, start: str) -> None:
    assert sentences.inner(title) == inside
    assert sentences.the(title) == start


def test_what_cannot_be_told_is_said(facts: Facts, shipped_layers: tuple[Layer, ...]) -> None:
    found = table(facts, "rare_earths", shipped_layers, by=Basis.CONTROL)
    line = sentences.coverage_headline(found, TITLE)
    assert line.endswith("; refining and magnet making cannot be told")
    only = found[found["stage"] == "refining"]
    assert "cannot be told" in sentences.coverage_headline(only, TITLE)
    nothing = table(facts, "heavy_rare_earths")
    assert sentences.coverage_headline(nothing, TITLE).startswith("Heavy rare-earth mining: ")


def test_a_sample_is_never_the_world(facts: Facts, shipped_layers: tuple[Layer, ...]) -> None:
    for weight in (Weight.CAPACITY, Weight.COUNT):
        found = table(facts, "rare_earths", shipped_layers, weight=weight)
        assert sentences.coverage_headline(found, TITLE).startswith("Of the mapped ")
        for _, row in found.iterrows():
            text = sentences.coverage_text(dict(row), TITLE, facts.countries)
            assert " of the mapped " in text
            assert "screen of world output" not in text


def test_the_text_names_year_unit_leader_and_source(facts: Facts) -> None:
    row = dict(table(facts, "lithium").iloc[0])
    text = sentences.coverage_text(row, TITLE, facts.countries)
    assert text.startswith(f"39.2{NBSP}% of the 2024 lithium mine output lies inside the four")
    assert f"92{THIN}300 of 235{THIN}380{NBSP}t Li content" in text
    assert f"The largest supplier is Australia with 37.4{NBSP}%" in text
    assert "The output of the United States is withheld" in text
    assert "Source: USGS" in text
    subtitle = sentences.coverage_subtitle(row)
    assert subtitle == (
        f"Share of the 2024 lithium mine output, % of 235{THIN}380{NBSP}t Li content, by location"
    )


def test_the_screen_is_not_the_eu_rule(facts: Facts) -> None:
    row = dict(table(facts, "gallium", stages=(Stage.REFINING,)).iloc[0])
    text = sentences.coverage_text(row, TITLE, facts.countries)
    assert "not the EU's rule" in text
    assert "China" in text
    assert "People's" not in text


def test_distance_sentences(facts: Facts, shipped_layers: tuple[Layer, ...]) -> None:
    free = distance(DistanceQuery("lithium"), shipped_layers, shipped_layers, facts)
    s = free.summary
    reached = s.deposits - s.without_plant
    assert sentences.distance_headline(free) == (
        f"Half of the {reached} lithium deposits lie within {numbers.rounded_km(s.median_km)} of a "
        f"refinery; {s.without_plant} others have none"
    )
    query = DistanceQuery("lithium", within=FOUR, within_title=TITLE)
    bound = distance(query, shipped_layers, shipped_layers, facts)
    line = sentences.distance_headline(bound)
    against = numbers.rounded_km(bound.summary.unrestricted_median_km)
    assert f"inside the four-nation alliance, against {against} if all count" in line
    assert line.endswith(f"; {bound.summary.without_plant} others have none")  # clays have none
    text = sentences.distance_text(bound)
    assert bound.summary.farthest.deposit in text
    assert "WGS 84" in text
    assert "Source: Deposits" in text


def test_no_plant_and_no_deposit(facts: Facts, shipped_layers: tuple[Layer, ...]) -> None:
    query = DistanceQuery("lithium", to=Role.MAGNET_PLANT)
    none = distance(query, shipped_layers, shipped_layers, facts)
    assert sentences.distance_headline(none).startswith("No lithium magnet plant can take")
    assert sentences.distance_text(none)
    empty = distance(query, [], [], facts)
    assert sentences.distance_headline(empty) == "No lithium deposit is in the layers"


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (Basis.EQUITY, "FORGE owns "),
        (Basis.FOREIGN, "Foreign owners control "),
        (Basis.ABROAD, "FORGE controls "),
    ],
)
def test_the_headline_says_by_what(
    facts: Facts, shipped_layers: tuple[Layer, ...], by: Basis, said: str
) -> None:
    def headline(weight: Weight) -> str:
        inside = frozenset({"AUS", "USA"})
        query = CoverageQuery((("forge", "FORGE", inside),), ("lithium",), by=by, weight=weight)
        return sentences.coverage_headline(coverage(query, shipped_layers, facts), "FORGE")

    assert headline(Weight.PRODUCTION).startswith(said)
    ending = {Basis.FOREIGN: "inside FORGE", Basis.ABROAD: "outside its borders"}.get(by, "")
    assert headline(Weight.PRODUCTION).endswith(ending)
    mapped = headline(Weight.CAPACITY)
    assert mapped.startswith(f"Of the mapped capacity, {said.replace('Foreign', 'foreign')}")


def test_reserves_are_told_as_reserves(facts: Facts) -> None:
    query = CoverageQuery(
        (("a", "G7", frozenset({"USA"})),),
        ("lithium",),
        (Stage.MINING,),
        weight=Weight.RESERVES,
    )
    row = coverage(query, [], facts).iloc[0].to_dict()
    text = sentences.coverage_text(row, "G7", facts.countries)
    assert "of the 2024 lithium reserves lie inside the G7" in text
    assert "The largest reserves are those of Chile" in text
    assert "Of the published reserves, the G7 holds" in sentences.coverage_headline(
        coverage(query, [], facts), "G7"
    )
