from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gisapp.analysis.network.router import SOURCES
from gisapp.analysis.siting import candidates, site
from gisapp.data.shipped import load_layer
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.scenario import AddedPlant, Scenario
from gisapp.model.vocabulary import Basis, Role, Stage
from gisapp.workspace import answer_exposure, answering, routing
from gisapp.workspace.answer import Answer
from gisapp.workspace.answer_exposure import exposure_answer
from gisapp.workspace.answer_flows import MOST_LINES, flow_query, flows_answer
from gisapp.workspace.data_writing import export_data_file
from gisapp.workspace.example import new_state
from gisapp.workspace.flow_words import closing_words, sited_words
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.state import ProjectState, Question
from tests.analysis.ways import PASSAGES, StraightWays

EMPTY = Answer("", "", None, None, None)
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def layers() -> tuple[Layer, ...]:
    return tuple(load_layer(name) for name in ("deposits", "refineries", "magnet_plants"))


def state(**question) -> ProjectState:
    return ProjectState(question=Question(as_of=DAY, **question))


def of_flows(facts: Facts, layers, **question) -> Answer:
    return flows_answer(state(**question), facts, layers, EMPTY, StraightWays())


@pytest.fixture
def gates(monkeypatch) -> None:
    """Name the passages of the small world."""
    names = {code: f"{code.replace('-', ' ').title()} Strait" for code in PASSAGES}
    monkeypatch.setattr(answer_exposure, "passage_titles", lambda: names)


def of_exposure(facts: Facts, layers, **question) -> Answer:
    return exposure_answer(state(**question), facts, layers, EMPTY, StraightWays())


def test_without_a_mineral_one_is_asked_for(facts: Facts, layers) -> None:
    assert of_flows(facts, layers).headline.startswith("Choose a mineral")
    assert of_exposure(facts, layers).flows is None


def test_what_is_refused_is_the_headline(facts: Facts, layers) -> None:
    answer = of_flows(facts, layers, mineral="aluminium")
    assert "aluminium" in answer.headline
    assert answer.flows is None


def test_an_alliance_is_told_with_its_share_and_unit(facts: Facts, layers) -> None:
    answer = of_flows(facts, layers, mineral="lithium", alliance="forge")
    found = answer.flows
    share = found.inside.placed / found.inside.supply
    assert f"{100 * share:.0f}\u00a0%" in answer.headline
    assert "FORGE" in answer.headline
    assert "t Li content" in answer.chart.subtitle
    assert set(SOURCES) <= set(answer.sources)
    # what the bars show and what has no place is all the ore
    assert sum(b.high for b in answer.chart.bars) == pytest.approx(100.0)
    assert {bar.kind for bar in answer.chart.bars} == {"alliance", "unknown"}
    assert answer.chart.title != answer.headline


def test_the_world_is_told_by_country(facts: Facts, layers) -> None:
    answer = of_flows(facts, layers, mineral="lithium")
    assert answer.chart.bars[0].label == "China"
    assert sum(b.high for b in answer.chart.bars) == pytest.approx(100.0)
    assert answer.flows.bound is None


def test_lines_carry_the_tonnes_of_the_table(facts: Facts, layers) -> None:
    answer = of_flows(facts, layers, mineral="copper")
    lines = answer.connections
    assert 0 < len(lines) <= MOST_LINES
    tonnes = [line.tonnes for line in lines]
    assert tonnes == sorted(tonnes)  # the largest on top
    rows = answer.flows.rows
    assert tonnes[-1] == pytest.approx(rows[rows["km"] >= 1]["tonnes"].max())
    assert all(np.abs(np.diff(line.path[:, 0])).max() <= 180 for line in lines)


@pytest.mark.parametrize(
    ("by", "plant", "owner", "expected"),
    [
        (Basis.LOCATION, True, False, (True, False)),
        (Basis.CONTROL, False, True, (False, True)),
        (Basis.LOCATION, True, True, (True, True)),
        (Basis.LISTING, False, False, (True, False)),
    ],
)
def test_switches_of_the_question_reach_the_query(facts: Facts, by, plant, owner, expected) -> None:
    asked = state(mineral="lithium", by=by, plant_inside=plant, owner_inside=owner)
    query = flow_query(asked, facts)
    assert (query.plant_inside, query.owner_inside) == expected


def test_magnets_are_fed_by_refineries(facts: Facts, layers) -> None:
    answer = of_flows(facts, layers, mineral="rare_earths", stage=Stage.MAGNETS)
    assert answer.flows.query.to is Role.MAGNET_PLANT
    assert "for magnets" in answer.headline


def test_exposure_names_the_passage_and_the_detour(facts: Facts, layers, gates) -> None:
    answer = of_exposure(facts, layers, mineral="lithium")
    first = answer.exposure.passages[0]
    name = answer.exposure.names[first.passages[0]]
    assert name in answer.headline
    assert answer.chart.bars[0].label == name
    assert answer.chart.bars[0].low == pytest.approx(100 * first.share_tonnes)
    through = [line for line in answer.connections if not line.inside]
    assert through
    assert {line.kind for line in through} == {f"Through {name}"}


def test_closed_passages_are_closed_together_and_flows_stay(facts: Facts, layers, gates) -> None:
    both = frozenset({"west-gate", "east-gate"})
    open_ = of_exposure(facts, layers, mineral="lithium")
    shut = of_exposure(facts, layers, mineral="lithium", closed=both)
    assert shut.exposure.together.passages == ("east-gate", "west-gate")
    assert shut.flows.rows.equals(open_.flows.rows)
    assert shut.exposure.rows.equals(open_.exposure.rows)
    assert " or the West Gate Strait" in shut.headline
    assert "closing both adds" in shut.headline


def test_closing_changes_where_ore_goes(facts: Facts, layers) -> None:
    shut = of_flows(facts, layers, mineral="lithium", closed=frozenset({"no-way-round"}))
    free = of_flows(facts, layers, mineral="lithium")
    assert shut.flows.world.placed <= free.flows.world.placed
    assert not shut.flows.network.ways.uses("no-way-round").any()


def test_words_of_a_passage_without_another_way(facts: Facts, layers, gates) -> None:
    found = of_exposure(facts, layers, mineral="lithium").exposure
    stuck = next(c for c in found.passages if c.passages == ("no-way-round",))
    words = closing_words(stuck, found.names, "lithium")
    assert words.endswith("and there is no other way")


def test_the_place_of_the_next_plant_in_words(facts: Facts, layers) -> None:
    found = of_flows(facts, layers, mineral="lithium", alliance="forge").flows
    sited = site(found, candidates(None, found, {"source"}), StraightWays())
    words = sited_words(sited, facts.countries)
    assert sited.rows.iloc[0]["name"] in words
    assert "No other choice of these places is better." in words
    unsure = sited_words(replace(sited, gap=0.013), facts.countries)
    assert "1.3\u00a0%" in unsure


def test_flows_are_written_as_their_table(facts: Facts, layers, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(routing, "router", lambda _costs: StraightWays())
    path = tmp_path / "flows.csv"
    project = new_state(layers)
    asked = replace(project.question, mineral="lithium", alliance="forge", view="flows")
    export_data_file(project.with_(question=asked), facts, path, feedback=Feedback())
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"source_id", "plant_id", "tonnes", "km"} <= set(rows[0])
    assert "source_row" not in rows[0]


def test_the_map_names_the_ends_of_the_largest_flows(facts: Facts, layers, monkeypatch) -> None:
    monkeypatch.setattr(routing, "router", lambda _costs: StraightWays())
    project = new_state(layers)
    asked = replace(project.question, mineral="lithium", alliance="forge", view="flows")
    project = project.with_(question=asked)
    answer = answering.answer_of(project, facts, Feedback())
    picture = picture_of(project, facts, answer)
    far = answer.flows.rows[answer.flows.rows["km"] >= 100]
    assert picture.labels[0].text == far.iloc[0]["source_name"]
    assert picture.connections == answer.connections
    assert {d.layer.role for d in picture.layers} == {Role.DEPOSIT, Role.REFINERY}


def test_a_tick_asks_for_no_more_than_its_own_closing(facts: Facts, layers, gates) -> None:
    router = StraightWays()
    exposure_answer(state(mineral="lithium"), facts, layers, EMPTY, router)
    before = len(router.asked)
    ticked = state(mineral="lithium", closed=frozenset({"west-gate"}))
    answer = exposure_answer(ticked, facts, layers, EMPTY, router)
    assert [avoid.passages for avoid in router.asked[before:]] == [{"west-gate"}]
    fresh = exposure_answer(ticked, facts, layers, EMPTY, StraightWays())
    assert answer.headline == fresh.headline
    assert answer.exposure.rows.equals(fresh.exposure.rows)
    other = exposure_answer(state(mineral="tin"), facts, layers, EMPTY, router)
    assert other.flows.query.mineral == "tin"


def test_a_plant_of_a_scenario_takes_ore(facts: Facts, layers, monkeypatch) -> None:
    monkeypatch.setattr(routing, "router", lambda _costs: StraightWays())
    project = new_state(layers)
    asked = replace(project.question, mineral="lithium", alliance="forge", view="flows")
    project = project.with_(question=asked)
    before = answering.answer_of(project, facts, Feedback()).flows
    plant = AddedPlant(
        "new", "New works", Role.REFINERY, "lithium", 118.6, -20.3, 20_000.0, "AUS", "AUS"
    )
    supposed = project.with_(scenarios=(Scenario("More", plants=(plant,)),), scenario="More")
    after = answering.answer_of(supposed, facts, Feedback()).flows
    assert "New works" in set(after.plants["plant_name"])
    assert after.inside.placed == pytest.approx(before.inside.placed + 20_000.0 / 0.85)
