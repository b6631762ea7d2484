"""The page of the flows: with the alliance and without, passages to close, the next plant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gisapp.gui.chart_view import ChartView
from gisapp.gui.flows_page import FlowsPage
from gisapp.gui.passages_list import PassagesList
from gisapp.gui.result_table import ResultTable
from gisapp.gui.results_panel import tab_of
from gisapp.gui.segments import Segments
from gisapp.gui.siting_box import SitingBox
from gisapp.workspace import answer_exposure, next_plants
from gisapp.workspace.answer import Answer
from gisapp.workspace.answer_exposure import exposure_answer
from gisapp.workspace.answer_flows import flows_answer
from tests.analysis.ways import PASSAGES, StraightWays

EMPTY = Answer("", "", None, None, None)
LONG = 30_000


@pytest.fixture
def page(qtbot, session) -> FlowsPage:
    page = FlowsPage(session)
    qtbot.addWidget(page)
    page.resize(400, 900)
    return page


def asked(session, view: str = "flows", **question) -> Answer:
    """Return the answer of a question on the shipped layers and a small world of ways."""
    state = session.state
    state = state.with_(question=replace(state.question, view=view, **question))
    layers = [entry.layer for entry in state.layers]
    make = flows_answer if view == "flows" else exposure_answer
    return make(state, session.facts, layers, EMPTY, StraightWays())


def show(page: FlowsPage, session, view: str = "flows", **question) -> Answer:
    answer = asked(session, view, **question)
    now = replace(session.state.question, view=view, **question)
    page.show_answer(answer, now, session.facts)
    return answer


def of(page: QWidget, kind: type) -> list:
    return [widget for widget in page.findChildren(kind) if not widget.isHidden()]


def words(page: QWidget) -> str:
    return "\n".join(label.text() for label in of(page, QLabel))


def test_an_alliance_stands_beside_the_free_world(session, page) -> None:
    answer = show(page, session, mineral="lithium", alliance="forge")
    found = answer.flows
    text = words(page)
    assert of(page, ChartView)[0].title.text() == answer.chart.title
    for sums in (found.inside, found.same):
        assert f"{100 * sums.placed / sums.supply:.1f}\u00a0%" in text
    assert "Kept inside" in text
    names = [table.accessibleName() for table in of(page, ResultTable)]
    assert names == [
        "What one more tonne of room is worth", "Largest flows", "Ore without a place",
    ]  # fmt: skip
    assert all(source in text for source in answer.sources)


def test_the_world_alone_offers_alliances(session, page) -> None:
    show(page, session, mineral="lithium", alliance=None)
    assert "Kept inside" not in words(page)
    assert any(button.text() == "FORGE" for button in of(page, QPushButton))


def test_a_flow_leads_to_where_it_starts(qtbot, session, page) -> None:
    found = show(page, session, mineral="lithium", alliance="forge").flows
    table = of(page, ResultTable)[1]
    with qtbot.waitSignal(page.rowActivated) as caught:
        table.activated.emit(table.lines.index(0, 0))
    layer, row = caught.args
    names = session.state.entry(layer).layer.values("name")
    assert names[row] == found.rows.iloc[0]["source_name"]
    table.copy()
    assert found.rows.iloc[0]["plant_name"] in QGuiApplication.clipboard().text()


def test_segments_ask_for_the_passages(qtbot, session, page) -> None:
    show(page, session, mineral="lithium", alliance=None)
    with qtbot.waitSignal(page.asked) as caught:
        of(of(page, Segments)[0], QPushButton)[1].click()
    assert caught.args[0].command == "question.view"
    assert caught.args[0].params == {"view": "exposure"}
    assert tab_of("exposure") == tab_of("flows") == "flows"
    assert tab_of("coverage") == "coverage"


@pytest.fixture
def gates(monkeypatch) -> None:
    names = {code: f"Gate {code}" for code in PASSAGES}
    monkeypatch.setattr(answer_exposure, "passage_titles", lambda: names)


def test_passages_are_listed_by_share_with_a_tick_each(qtbot, session, page, gates) -> None:
    answer = show(page, session, "exposure", mineral="lithium", alliance=None)
    (listed,) = of(page, PassagesList)
    assert list(listed.boxes) == [c.passages[0] for c in answer.exposure.passages]
    assert not any(box.isChecked() for box in listed.boxes.values())
    with qtbot.waitSignal(page.asked) as caught:
        listed.boxes["west-gate"].click()
    assert caught.args[0].command == "question.avoid"
    assert caught.args[0].params == {"closed": ["west-gate"]}
    listed.copy()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("passage\t")
    assert "west-gate" in copied


def test_closed_ones_are_ticked_and_told_together(session, page, gates) -> None:
    both = frozenset({"west-gate", "no-way-round"})
    answer = show(page, session, "exposure", mineral="lithium", alliance=None, closed=both)
    (listed,) = of(page, PassagesList)
    assert {code for code, box in listed.boxes.items() if box.isChecked()} == both
    text = words(page)
    assert "If these 2 are closed together" in text
    together = answer.exposure.together
    assert together.unreachable[0] in text
    assert "No way round" in text


@pytest.mark.parametrize("mineral", [None, "aluminium"])
def test_an_empty_page_says_why_and_what_to_do(session, page, mineral) -> None:
    show(page, session, mineral=mineral)
    assert of(page, QPushButton)
    assert ("aluminium" in words(page)) == (mineral is not None)


def test_the_next_plant_is_found_and_tried_as_a_scenario(qtbot, monkeypatch, session, page) -> None:
    class Router(StraightWays):
        ports = None

    monkeypatch.setattr(next_plants, "router", lambda _costs: Router())
    show(page, session, mineral="lithium", alliance="forge")
    (box,) = of(page, SitingBox)
    box.places.setCurrentIndex(3)  # where the ore comes from
    box.button.click()
    assert not box.button.isEnabled()
    qtbot.waitUntil(box.button.isEnabled, timeout=LONG)
    assert "The next plant belongs in" in words(box)
    (button,) = [b for b in of(box, QPushButton) if b.text() == "Try it"]
    session.run("question.mineral", mineral="lithium")
    button.click()
    qtbot.waitUntil(lambda: session.state.supposed is not None, timeout=LONG)
    (plant,) = session.state.supposed.plants
    assert plant.capacity == box.capacity.value()
    assert plant.name.startswith("New plant, ")
    assert plant.mineral == "lithium"


def test_what_cannot_be_sited_is_reported_and_the_button_comes_back(
    qtbot, monkeypatch, session, page
) -> None:
    class Nowhere(StraightWays):
        ports = None

    monkeypatch.setattr(next_plants, "router", lambda _costs: Nowhere())
    show(page, session, mineral="lithium", alliance="forge")
    (box,) = of(page, SitingBox)
    box.places.setCurrentIndex(1)  # ports, of which this world has none
    reports = []
    session.reported.connect(reports.append)
    box.button.click()
    qtbot.waitUntil(lambda: bool(reports), timeout=LONG)
    assert "places" in reports[0].message
    assert box.button.isEnabled()
