"""Decks: what they say is what the analyses say, and what is written can be opened again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from gisapp.data.shipped import default_layers
from gisapp.model.facts import Facts
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.scenario import AddedPlant, Scenario
from gisapp.model.vocabulary import Basis, Role, Stage
from gisapp.render.deck_pages import MapPage, TextPage, title_of
from gisapp.render.picture import Bar
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.coverage_run import CoverageRun, run_coverage
from gisapp.workspace.deck_commands import planned
from gisapp.workspace.deck_keys import keys_of
from gisapp.workspace.deck_plan import COMPARISON, DeckPlan, Per
from gisapp.workspace.deck_writing import export_deck_file
from gisapp.workspace.decking import Deck, deck_of, located_of
from gisapp.workspace.example import new_state
from gisapp.workspace.state import ProjectState, Question
from tests.workspace.conftest import Desk

SILENT = Feedback()
#: A mineral of which no national output is published by itself.
MUTE = "light_rare_earths"


@pytest.fixture(scope="module")
def project() -> ProjectState:
    """Return a project that asks how much the G7 refines."""
    question = Question(alliance="g7", view="coverage", stage=Stage.REFINING)
    return new_state(default_layers()).with_(question=question)


def ask(state: ProjectState, **changes: object) -> ProjectState:
    return state.with_(question=replace(state.question, **changes))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def minerals(project: ProjectState, facts: Facts) -> Deck:
    """Return a deck of minerals, one of which cannot be answered."""
    keys = ("lithium", "copper", "tungsten", MUTE)
    plan = DeckPlan(keys=keys, headlines=(("copper", "Copper is nearest to home"),))
    return deck_of(project, facts, plan, SILENT)


def the_comparison(deck: Deck) -> TextPage:
    page = deck.pages[1]
    assert isinstance(page, TextPage)
    return page


def pictures(deck: Deck) -> list[MapPage]:
    return [page for page in deck.pages if isinstance(page, MapPage)]


def test_each_mineral_has_a_slide_with_its_own_question(minerals: Deck) -> None:
    titles = dict(zip(minerals.keys, map(title_of, minerals.pages), strict=True))
    assert titles["lithium"].startswith("The G7 mines 2 % of lithium".replace(" %", "\xa0%"))
    assert titles["copper"] == "Copper is nearest to home"
    # nothing is published of the refining of tungsten: its slide shows the mining, and says so
    tungsten = next(p for p in pictures(minerals) if "tungsten" in p.picture.title)
    assert "mine output" in tungsten.picture.subtitle
    assert "The slide shows mining instead" in tungsten.picture.notes
    assert len({page.frame for page in pictures(minerals)}) == 1


def test_what_the_user_named_and_has_no_answer_gets_a_page_that_says_why(minerals: Deck) -> None:
    page = minerals.pages[minerals.keys.index(MUTE)]
    assert isinstance(page, TextPage)
    assert page.title == "Light rare earths: no answer to this question"
    assert "published for rare earths together" in page.paragraphs[0].text
    assert minerals.notices == ()


def test_the_agenda_leads_to_every_page(minerals: Deck) -> None:
    agenda = minerals.pages[0]
    assert isinstance(agenda, TextPage)
    numbers = {p.text: p.page for p in agenda.paragraphs if p.level == 1}
    assert numbers["At a glance"] == 2
    for title, key in (("Lithium", "lithium"), ("Copper", "copper"), ("Light rare earths", MUTE)):
        assert minerals.keys[numbers[title] - 1] == key
    assert title_of(minerals.pages[numbers["Method"] - 1]) == "Method"


def test_the_comparison_has_the_figures_of_the_coverage_table(
    minerals: Deck, project: ProjectState
) -> None:
    page = the_comparison(minerals)
    run = CoverageRun("g7", project.question.as_of, ("lithium", "copper"), (Stage.REFINING,))
    rows = run_coverage(run, SILENT).table
    assert page.chart is not None
    shown = {bar.label.lower(): bar for bar in page.chart.bars}
    assert set(shown) == set(rows["mineral"])  # tungsten has no such figure
    for row in rows.to_dict("records"):
        bar = shown[row["mineral"]]
        np.testing.assert_allclose(
            (bar.low, bar.high), (100 * row["share_low"], 100 * row["share_high"])
        )
    assert page.chart.note == "No such figure: tungsten."
    assert [bar.label for bar in page.chart.bars] == ["Copper", "Lithium"]
    assert page.table is not None
    assert [row[0] for row in page.table.rows] == ["Lithium", "Copper", "Tungsten"]
    assert page.table.rows[2][-1].endswith("(mining)")


def test_the_finding_is_true_to_the_bars(minerals: Deck) -> None:
    title, chart = the_comparison(minerals).title, the_comparison(minerals).chart
    assert chart is not None
    assert max(bar.high for bar in chart.bars) < 50.0
    first, last = chart.bars[0], chart.bars[-1]
    assert title == (
        f"The G7 refines less than half of both minerals: from {words(last)} of lithium "
        f"to {words(first)} of copper"
    )


def words(bar: Bar) -> str:
    return f"{bar.low:.0f}\N{EN DASH}{bar.high:.0f}\xa0%"


def test_a_deck_of_minerals_nobody_named_leaves_out_what_has_no_answer(
    project: ProjectState, facts: Facts
) -> None:
    state = ask(project, view="distance")
    deck = deck_of(state, facts, DeckPlan(comparison=False), SILENT)
    assert deck.notices == (
        "Left out, for there is no answer to this question: minerals magnesium.",
    )
    agenda = deck.pages[0]
    assert isinstance(agenda, TextPage)
    assert agenda.paragraphs[-1].text.endswith("left out: magnesium.")
    said = " ".join(p.text for page in deck.pages for p in getattr(page, "paragraphs", ()))
    assert "Magnesium: No magnesium deposit is in the layers." in said
    assert "platinum" not in deck.keys  # the group speaks for its parts


def test_alliances_are_set_side_by_side(project: ProjectState, facts: Facts) -> None:
    state = ask(project, mineral="rare_earths")
    deck = deck_of(state, facts, DeckPlan(Per.ALLIANCE, keys=("quad", "brics")), SILENT)
    assert [page.picture.shading[0].title for page in pictures(deck)] == ["Quad", "BRICS"]
    assert the_comparison(deck).title.startswith("Of 2 alliances BRICS has the largest share")


@pytest.mark.parametrize("by", [Basis.CONTROL, Basis.EQUITY])
def test_an_unknown_share_is_no_bar(project: ProjectState, facts: Facts, by: Basis) -> None:
    state = ask(project, by=by, plant_inside=False, owner_inside=True)
    plan = DeckPlan(keys=("rare_earths", "lithium", "cobalt"))
    page = the_comparison(deck_of(state, facts, plan, SILENT))
    assert page.chart is not None
    assert {bar.label for bar in page.chart.bars} == {"Lithium", "Cobalt"}
    assert "unknown" not in page.title


def test_years_take_the_members_and_plants_of_their_day(
    project: ProjectState, facts: Facts
) -> None:
    state = ask(project, mineral="rare_earths", alliance="brics")
    deck = deck_of(state, facts, DeckPlan(Per.YEAR, keys=("2018", "2024", "2030")), SILENT)
    first, second, third = (page.picture for page in pictures(deck))
    assert len(first.shading[0].inside) < len(second.shading[0].inside)
    assert "Sites that are to start by 2030" in third.subtitle
    chart = the_comparison(deck).chart
    assert chart is not None
    assert [bar.label for bar in chart.bars] == ["2018", "2024", "2030"]
    # the last year is what the change over time says of it
    run = CoverageRun("brics", state.question.as_of, ("rare_earths",), (Stage.REFINING,))
    over = run_coverage(replace(run, over=(third.as_of,)), SILENT).table
    np.testing.assert_allclose(chart.bars[2].low, 100 * over["share_low"].iloc[0], rtol=1e-6)


def test_a_year_before_the_alliance_has_no_share(project: ProjectState, facts: Facts) -> None:
    state = ask(project, mineral="rare_earths", alliance="brics")
    deck = deck_of(state, facts, DeckPlan(Per.YEAR, keys=("1999", "2018", "2024")), SILENT)
    page = deck.pages[deck.keys.index("1999")]
    assert isinstance(page, TextPage)
    assert page.paragraphs[0].text == "BRICS has no members on 31 Dec 1999."
    chart = the_comparison(deck).chart
    assert chart is not None
    assert [bar.label for bar in chart.bars] == ["2018", "2024"]


def test_deposits_show_their_way_and_their_nearest_plants(
    project: ProjectState, facts: Facts
) -> None:
    state = ask(project, mineral="lithium", view="distance")
    keys = ("greenbushes-mine", "goulamina-mine")
    deck = deck_of(state, facts, DeckPlan(Per.DEPOSIT, keys=keys), SILENT)
    for page, name in zip(pictures(deck), ("Greenbushes", "Goulamina"), strict=True):
        assert page.picture.title.startswith(f"{name} lies ")
        west, south, east, north = page.frame.bounds or (0.0, 0.0, 0.0, 0.0)
        for line in page.picture.connections:
            lon, lat = line.path.T
            turn = 360.0 * np.round(((west + east) / 2 - lon.mean()) / 360.0)
            assert west < lon.min() + turn
            assert lon.max() + turn < east
            assert south < lat.min()
            assert lat.max() < north
        chart = page.picture.chart
        assert chart is not None
        assert list(chart.bars) == sorted(chart.bars, key=lambda bar: bar.low)
        inside = next(line.km for line in page.picture.connections if line.inside)
        assert inside == min(bar.low for bar in chart.bars if bar.kind == "alliance")
    same = deck_of(state, facts, DeckPlan(Per.DEPOSIT, keys=keys, same_scale=True), SILENT)
    wide = {
        round(b[2] - b[0], 2) for page in pictures(same) if (b := page.frame.bounds) is not None
    }
    assert len(wide) == 1


def test_deposits_without_a_plant_are_told_so(project: ProjectState, facts: Facts) -> None:
    state = ask(project, mineral="lithium", alliance="eu")
    plan = DeckPlan(Per.DEPOSIT, keys=("greenbushes-mine", "goulamina-mine"))
    page = the_comparison(deck_of(state, facts, plan, SILENT))
    assert page.title == "No refinery inside the EU can take the ore of any of 2 deposits"
    assert page.chart is None
    assert page.table is not None
    assert [row[1] for row in page.table.rows] == ["none", "none"]


def test_deposits_of_a_scenario_stand_alone_on_their_slides(
    project: ProjectState, facts: Facts
) -> None:
    added = AddedPlant("new-mine", "New mine", Role.DEPOSIT, "lithium", 10.0, 50.0, 1e6)
    supposed = Scenario("Other mines", off=frozenset({"wodgina-mine"}), plants=(added,))
    state = ask(project, mineral="lithium", alliance=None)
    state = state.with_(scenarios=(supposed,), scenario=supposed.name)
    plan = DeckPlan(Per.DEPOSIT, keys=("greenbushes-mine", "new-mine"))
    slides = pictures(deck_of(state, facts, plan, SILENT))
    assert [page.picture.title.split(" lies ")[0] for page in slides] == ["Greenbushes", "New mine"]
    assert not any("switches" in page.picture.notes for page in slides)


def test_deposits_nobody_named_are_the_largest(project: ProjectState, facts: Facts) -> None:
    state = ask(project, mineral="lithium")
    plan = DeckPlan(Per.DEPOSIT)
    keys = keys_of(state, facts, plan, located_of(state, facts, plan, SILENT))
    assert len(keys) == 10
    assert keys[0].title == "Greenbushes"


def test_scenarios_stand_beside_the_world_as_it_is(project: ProjectState, facts: Facts) -> None:
    members = Scenario("With Australia", joined=frozenset({"AUS"}))
    state = ask(project, mineral="lithium", stage=Stage.MINING).with_(scenarios=(members,))
    deck = deck_of(state, facts, DeckPlan(Per.SCENARIO), SILENT)
    plain, joined = (page.picture for page in pictures(deck))
    assert "Scenario" not in plain.subtitle
    assert "With Australia" in joined.subtitle
    title = the_comparison(deck).title
    assert title.startswith("\u201cWith Australia\u201d changes most: the G7 mines 39")
    assert title.endswith("instead of 2\xa0%")


@pytest.mark.parametrize(
    ("plan", "changes", "code"),
    [
        (DeckPlan(keys=("unobtainium",)), {}, "unknown_mineral"),
        (DeckPlan(Per.ALLIANCE), {}, "no_mineral"),
        (DeckPlan(Per.ALLIANCE, keys=("atlantis",)), {"mineral": "tin"}, "unknown_alliance"),
        (DeckPlan(Per.SCENARIO), {"mineral": "tin"}, "no_scenario"),
        (DeckPlan(Per.YEAR, keys=("soon",)), {"mineral": "tin"}, "bad_year"),
        (DeckPlan(Per.DEPOSIT), {"mineral": "magnesium"}, "no_deposit"),
        (DeckPlan(Per.DEPOSIT, keys=("x",)), {"mineral": "tin"}, "unknown_facility"),
        (DeckPlan(keys=(MUTE,)), {}, "nothing_to_tell"),
    ],
)
def test_a_bad_plan_is_refused_in_one_sentence(
    project: ProjectState, facts: Facts, plan: DeckPlan, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(GisappError) as refused:
        deck_of(ask(project, **changes), facts, plan, SILENT)
    assert refused.value.code == code
    assert refused.value.hint


def test_a_plan_is_changed_by_words_and_survives_json() -> None:
    plan = planned(DeckPlan(), per="year", keys=[2020, 2021], headlines={"2020": " Then ", "x": ""})
    assert plan == DeckPlan(Per.YEAR, keys=("2020", "2021"), headlines=(("2020", "Then"),))
    assert from_json(DeckPlan, to_json(plan)) == plan
    assert planned(plan, per="mineral") == DeckPlan()  # other keys would be none
    for bad, code in (({"per": "moon"}, "unknown_deck"), ({"colour": 1}, "unknown_plan")):
        with pytest.raises(GisappError) as refused:
            planned(plan, **bad)
        assert refused.value.code == code


def test_a_cancelled_deck_leaves_nothing(project: ProjectState, facts: Facts) -> None:
    feedback = Feedback()
    told = []

    def stop(fraction: float, text: str) -> None:
        told.append((fraction, text))
        feedback.cancel()

    feedback._report = stop
    with pytest.raises(Cancelled):
        deck_of(project, facts, DeckPlan(), feedback)
    assert told[0][1] == "Asking: Rare earths"


def test_the_comparison_is_titled_by_the_user_too(project: ProjectState, facts: Facts) -> None:
    plan = DeckPlan(keys=("tin", "copper"), headlines=((COMPARISON, "Two metals"),))
    assert the_comparison(deck_of(project, facts, plan, SILENT)).title == "Two metals"


def test_the_command_writes_what_opens_again(desk: Desk, tmp_path: Path) -> None:
    desk.run("question.alliance", alliance="g7")
    desk.run("question.view", view="coverage")
    desk.run("deck.set", keys=["lithium", "copper"])
    path = tmp_path / "deck.pptx"
    desk.run("deck.export", path=path)
    report = desk.reports[-1]
    assert report.message == f"Wrote {path}: 7 pages."
    slides = list(Presentation(str(path)).slides)
    titles = [slide.shapes.title.text for slide in slides]
    assert titles[0] == "The G7 and 2 critical minerals"
    assert titles[2].startswith("The G7 mines 2\xa0% of lithium")
    entries = slides[0].element.xpath(".//a:hlinkClick")
    assert len(entries) >= len(slides) - 1
    assert any(shape.has_table for shape in slides[1].shapes)
    assert any(shape.has_chart for shape in slides[1].shapes)
    assert "Sources:" in slides[2].notes_slide.notes_text_frame.text
    assert desk.state.deck.keys == ("lithium", "copper")
    desk.session.run("deck.export", path=tmp_path / "deck.docx")
    desk.session.jobs.wait()
    assert "cannot be written" in desk.reports[-1].message


def test_a_film_is_of_the_maps_alone(project: ProjectState, facts: Facts, tmp_path: Path) -> None:
    plan = DeckPlan(per=Per.YEAR, keys=("2024", "2028"))
    state = ask(project, mineral="lithium", alliance="quad", view="coverage")
    small = state.with_(frame=replace(state.frame, dpi=72))
    written = export_deck_file(small, facts, plan, tmp_path / "a.gif", feedback=Feedback())
    assert [page.key for page in written.pages] == ["2024", "2028"]
    with Image.open(written.files[0]) as film:
        assert film.n_frames == 2
