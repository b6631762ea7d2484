"""Scenarios in the project: commands, undo, saving, answers and exports under them."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.feedback import Feedback
from gisapp.model.scenario import Scenario, StatusWeight
from gisapp.model.vocabulary import Role, Status
from gisapp.workspace.answer import Answer
from gisapp.workspace.answering import answer_of
from gisapp.workspace.builtin_commands import register_all
from gisapp.workspace.commands import Registry
from gisapp.workspace.comparing import compare, table_of
from gisapp.workspace.example import new_state
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.project_file import open_project, save_project
from gisapp.workspace.scenario_words import differences, offers
from gisapp.workspace.session import Session
from gisapp.workspace.supposing import suppose


def asked(desk, **words):
    for word, (command, parameter) in {
        "mineral": ("question.mineral", "mineral"),
        "alliance": ("question.alliance", "alliance"),
        "view": ("question.view", "view"),
    }.items():
        if word in words:
            desk.run(command, **{parameter: words[word]})


def answer(desk):
    return answer_of(desk.state, desk.session.facts, Feedback())


def test_an_edit_without_a_scenario_begins_one(desk):
    state = desk.run("scenario.site", site="bayan-obo", runs=False)
    assert state.scenario == "Scenario 1"
    assert state.supposed == Scenario("Scenario 1", off=frozenset({"bayan-obo"}))
    assert desk.run("edit.undo").scenarios == ()


def test_scenarios_are_made_copied_renamed_and_removed(desk):
    desk.run("scenario.new", name="No Malacca")
    desk.run("scenario.passage", passage="malacca", opened=False)
    desk.run("scenario.copy")
    desk.run("scenario.rename", name="No Malacca 2", to="  Neither   of them ")
    state = desk.run("scenario.passage", passage="suez", opened=False)
    assert [s.name for s in state.scenarios] == ["No Malacca", "Neither of them"]
    assert state.supposed.closed == {"malacca", "suez"}
    state = desk.run("scenario.choose", name="No Malacca")
    assert state.supposed.closed == {"malacca"}
    state = desk.run("scenario.remove", name="Neither of them")
    assert (len(state.scenarios), state.scenario) == (1, "No Malacca")
    state = desk.run("scenario.leave")
    assert state.supposed is None
    assert len(state.scenarios) == 1
    assert not desk.reports


@pytest.mark.parametrize(
    ("command", "params", "words"),
    [
        ("scenario.site", {"site": "atlantis", "runs": False}, "atlantis"),
        ("scenario.member", {"country": "XXX", "inside": True}, "XXX"),
        ("scenario.passage", {"passage": "styx", "opened": False}, "styx"),
        ("scenario.day", {"as_of": "soon"}, "soon"),
        ("scenario.weight", {"status": "planned", "weight": 2}, "2"),
        ("scenario.weight", {"status": "asleep", "weight": 1}, "asleep"),
        ("scenario.choose", {"name": "nix"}, "nix"),
        ("scenario.add_plant", {"lon": 5, "lat": 50, "capacity": 10}, "mineral"),
        ("scenario.add_plant", {"lon": 5, "lat": 99, "capacity": 10, "mineral": "tin"}, "99"),
        ("scenario.add_plant", {"lon": 5, "lat": 50, "capacity": 0, "mineral": "tin"}, "above 0"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(desk, command, params, words):
    before = desk.state
    assert desk.run(command, **params) == before
    assert len(desk.reports) == 1
    assert words in desk.reports[0].message


def test_an_added_plant_finds_its_country_and_counts(desk):
    asked(desk, mineral="lithium", view="distance")
    before = answer(desk).distance.summary
    desk.run("scenario.add_plant", lon=-70.4, lat=-23.6, capacity=40_000, name="Antofagasta")
    (plant,) = desk.state.supposed.plants
    assert (plant.country, plant.role, plant.mineral) == ("CHL", Role.REFINERY, "lithium")
    after = answer(desk)
    assert after.distance.summary.plants == before.plants + 1
    assert (after.distance.rows["plant_id"] == plant.id).any()
    state = desk.run("scenario.drop_plant", plant=plant.id)
    assert state.supposed.plants == ()


def test_map_answer_and_words_follow_and_say_so(desk):
    asked(desk, mineral="rare_earths", alliance="quad", view="coverage")
    facts = desk.session.facts
    world = answer(desk)
    desk.run("scenario.new", name="No Bayan Obo")
    desk.run("scenario.site", site="bayan-obo", runs=False)
    there = answer(desk)
    assert there.coverage["share_low"][0] > world.coverage["share_low"][0] + 0.1
    assert there.text.startswith("Scenario \u201cNo Bayan Obo\u201d, not the world as it is: Bayan")
    picture = picture_of(desk.state, facts, there)
    assert picture.subtitle.startswith("Scenario \u201cNo Bayan Obo\u201d")
    told = f"{picture.subtitle}, and mine"
    desk.run("title.set", title="", subtitle=told)
    assert picture_of(desk.state, facts, there).subtitle == told  # the name is not told twice
    desk.run("title.set", title="", subtitle="")
    assert "not the world as it is" in picture.notes
    deposits = next(d.layer for d in picture.layers if d.layer.role is Role.DEPOSIT)
    row = deposits.values("id").tolist().index("bayan-obo")
    assert deposits.values("status")[row] == "closed"
    # the project's own layer stays as it is, and so does the world
    assert desk.state.entry("deposits").layer.values("status")[row] == "operating"
    desk.run("scenario.leave")
    same = answer(desk)
    assert same.headline == world.headline
    assert "Scenario" not in picture_of(desk.state, facts, same).subtitle


def test_the_date_of_a_scenario_is_the_one_that_counts(desk):
    asked(desk, mineral="lithium", alliance="eu", view="coverage")
    desk.run("scenario.day", as_of="1990-01-01")
    now = suppose(desk.state, desk.session.facts)
    assert now.state.question.as_of == date(1990, 1, 1)
    assert desk.state.question.as_of != date(1990, 1, 1)
    assert any("1 Jan 1990" in note for note in answer(desk).notes)


def test_differences_take_themselves_back(desk):
    desk.run("question.mineral", mineral="tin")
    edits = (
        ("scenario.site", {"site": "bayan-obo", "runs": False}),
        ("scenario.site", {"site": "kvanefjeld", "runs": True}),
        ("scenario.add_plant", {"lon": 5, "lat": 50, "capacity": 10, "country": "bel"}),
        ("scenario.member", {"country": "IND", "inside": False}),
        ("scenario.member", {"country": "CHL", "inside": True}),
        ("scenario.passage", {"passage": "malacca", "opened": False}),
        ("scenario.passage", {"passage": "vilkitsky", "opened": True}),
        ("scenario.avoid", {"country": "RUS", "avoided": True}),
        ("scenario.day", {"as_of": "2030-01-01"}),
        ("scenario.weight", {"status": "planned", "weight": 0.5}),
    )
    for command, params in edits:
        desk.run(command, **params)
    layers = [entry.layer for entry in desk.state.layers]
    found = differences(desk.state.supposed, layers, desk.session.facts.countries)
    assert [d.text.replace("\u00a0", " ") for d in found] == [
        "Bayan Obo off",
        "Kvanefjeld (Kuannersuit) on",
        "+ New refinery (10 t/yr tin)",
        "Chile joins",
        "India leaves",
        "Strait of Malacca closed",
        "Vilkitsky Strait open",
        "no way through Russia",
        "on 1 Jan 2030",
        "planned sites count 50 %",
    ]
    for each in found:
        desk.run(each.command, **each.params)
    assert desk.state.supposed == Scenario("Scenario 1")
    assert not desk.reports


def test_the_card_of_a_site_offers_what_fits(desk):
    layer = desk.state.entry("deposits").layer
    row = layer.values("id").tolist().index("bayan-obo")
    (off,) = offers(None, layer, row)
    assert off.text == "Switch off in scenario"
    desk.run(off.command, **off.params)
    now = suppose(desk.state, desk.session.facts)
    (back,) = offers(now.scenario, now.state.entry("deposits").layer, row)
    assert "off" in back.text
    desk.run(back.command, **back.params)
    assert desk.state.supposed == Scenario("Scenario 1")


def test_scenarios_are_saved_with_the_project(desk, tmp_path):
    desk.run("question.mineral", mineral="tin")
    desk.run("scenario.new", name="Two")
    desk.run("scenario.weight", status="planned", weight=0.25)
    desk.run("scenario.add_plant", lon=5.5, lat=50.5, capacity=10, country="BEL")
    save_project(desk.state, tmp_path / "p.gpkg")
    again = open_project(tmp_path / "p.gpkg").state
    assert again.scenarios == desk.state.scenarios
    assert again.scenario == "Two"
    assert again.supposed.weights == (StatusWeight(Status.PLANNED, 0.25),)


def test_what_a_removed_layer_held_is_named_and_can_be_taken_back(desk):
    asked(desk, mineral="rare_earths", alliance="quad", view="coverage")
    desk.run("scenario.site", site="bayan-obo", runs=False)
    desk.run("layer.remove", layer_id="deposits")
    assert any("bayan-obo" in note for note in answer(desk).notes)
    state = desk.run("scenario.site", site="bayan-obo")
    assert state.supposed.off == frozenset()
    assert not desk.reports


def test_side_by_side(desk):
    asked(desk, mineral="rare_earths", alliance="quad", view="scenarios")
    desk.run("scenario.new", name="Empty")
    desk.run("scenario.new", name="No Bayan Obo")
    desk.run("scenario.site", site="bayan-obo", runs=False)
    found = answer(desk).comparison
    assert found.names == ("As it is", "Empty", "No Bayan Obo")
    assert found.told[0] == "\u201cEmpty\u201d is empty: it is the world as it is."
    assert "mining inside rises to" in found.told[1]
    table = table_of(found).set_index("scenario")
    assert table.loc["Empty", "mining_share_low"] == table.loc["As it is", "mining_share_low"]
    assert table.loc["No Bayan Obo", "mining_share_low"] > table.loc["Empty", "mining_share_low"]
    alone = desk.state.with_(scenario="No Bayan Obo")
    direct = answer_of(alone, desk.session.facts, Feedback())
    assert answer(desk).headline == direct.headline
    one = compare(desk.state, desk.session.facts, answer_of, names=["Empty"], feedback=Feedback())
    assert one.names == ("As it is", "Empty")


def test_numbers_follow_within_half_a_second(desk):
    asked(desk, mineral="copper", alliance="quad", view="distance")
    desk.run("scenario.weight", status="planned", weight=0.5)
    answer(desk)
    took = []
    for site in ("escondida-mine", "grasberg-mine", "bayan-obo"):
        desk.run("scenario.site", site=site, runs=False)
        start = time.perf_counter()
        answer(desk)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.5


SITES = st.sampled_from(["bayan-obo", "kvanefjeld", "mountain-pass", "deposits:3", "nix"])
CODES = st.sampled_from(["CHL", "CHN", "IND", "FRA", "XXX"])
YES = st.sampled_from([True, False, None])
NAMES = st.sampled_from(["A", "B", "C", ""])
EDITS = st.one_of(
    st.tuples(st.just("scenario.new"), st.fixed_dictionaries({"name": NAMES})),
    st.tuples(st.just("scenario.choose"), st.fixed_dictionaries({"name": NAMES})),
    st.tuples(st.just("scenario.remove"), st.fixed_dictionaries({"name": NAMES})),
    st.tuples(st.just("scenario.copy"), st.fixed_dictionaries({"name": NAMES})),
    st.tuples(st.just("scenario.rename"), st.fixed_dictionaries({"name": NAMES, "to": NAMES})),
    st.tuples(st.just("scenario.clear"), st.just({})),
    st.tuples(st.just("scenario.leave"), st.just({})),
    st.tuples(st.just("scenario.site"), st.fixed_dictionaries({"site": SITES, "runs": YES})),
    st.tuples(st.just("scenario.member"), st.fixed_dictionaries({"country": CODES, "inside": YES})),
    st.tuples(
        st.just("scenario.passage"),
        st.fixed_dictionaries(
            {"passage": st.sampled_from(["malacca", "suez", "styx"]), "opened": YES}
        ),
    ),
    st.tuples(
        st.just("scenario.avoid"),
        st.fixed_dictionaries({"country": CODES, "avoided": st.booleans()}),
    ),
    st.tuples(
        st.just("scenario.day"),
        st.fixed_dictionaries({"as_of": st.one_of(st.none(), st.dates())}),
    ),
    st.tuples(
        st.just("scenario.weight"),
        st.fixed_dictionaries(
            {"status": st.sampled_from(Status), "weight": st.one_of(st.none(), st.floats(-1, 2))}
        ),
    ),
    st.tuples(
        st.just("scenario.add_plant"),
        st.fixed_dictionaries(
            {
                "lon": st.floats(-180, 180),
                "lat": st.floats(-95, 95),
                "capacity": st.floats(0, 1e5),
                "mineral": st.sampled_from(["tin", "lithium"]),
                "country": CODES,
            }
        ),
    ),
    st.tuples(
        st.just("scenario.drop_plant"),
        st.fixed_dictionaries({"plant": st.sampled_from(["new-plant-1", "new-plant-2"])}),
    ),
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(EDITS, min_size=200, max_size=200))
def test_a_thousand_edits_and_their_undo(edits):
    facts, registry = load_facts(), Registry()
    register_all(registry, facts)
    session = Session(
        registry,
        facts,
        state=new_state(default_layers()),
        picturer=picture_of,
        answerer=lambda *_: Answer("", "", None, None, None),
    )
    try:
        start = session.state
        for command, params in edits:
            session.run(command, **params)
        end, steps = session.state, session.history.index
        for _ in range(steps):
            session.undo()
        assert session.state == start
        for _ in range(steps):
            session.redo()
        assert session.state == end
    finally:
        session.close()


def test_who_joins_in_a_scenario_is_shaded_apart(desk):
    asked(desk, mineral="lithium", alliance="g7", view="coverage")
    desk.run("scenario.member", country="AUS", inside=True)
    desk.run("scenario.member", country="ITA", inside=False)
    now, joining = picture_of(desk.state, desk.session.facts, None).shading
    assert (now.title, joining.title) == ("G7", "Joins the G7 in the scenario")
    assert joining.inside >= {"AUS"}
    assert not joining.inside & now.inside
    assert "ITA" not in now.inside
    assert "JPN" in now.inside
