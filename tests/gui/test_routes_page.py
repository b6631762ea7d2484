from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton

from gisapp.analysis.network.journey import Measure
from gisapp.gui.looks import IconButton
from gisapp.gui.results_panel import ResultsPanel
from gisapp.gui.routes_page import PlaceField
from gisapp.model.numbers import kilometres
from tests.gui.conftest import answered


@pytest.fixture
def panel(qtbot, session) -> ResultsPanel:
    panel = ResultsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(380, 800)
    panel.show()
    session.refresh()
    session.run("question.view", view="routes")
    answered(qtbot, session)
    return panel


def words(panel: ResultsPanel) -> str:
    return "\n".join(label.text() for label in panel.routes.findChildren(QLabel))


def test_two_places_give_a_journey(qtbot, session, panel):
    assert "trade routes" in panel.headline.text()
    name_place(qtbot, panel.routes.start_field, "Singapore (port, SGP)")
    name_place(qtbot, panel.routes.end_field, "Rotterdam (port, NLD)")
    answered(qtbot, session)
    route = session.answer.route
    assert (session.state.question.start, session.state.question.end) == ("SGSIN", "NLRTM")
    assert kilometres(route.km) in words(panel)
    boxes = panel.routes.findChildren(QCheckBox)
    assert [box.text().split(",")[0] for box in boxes] == [p.name for p in route.passages]
    suez = next(box for box in boxes if "Suez" in box.text())
    suez.click()
    answered(qtbot, session)
    assert session.state.question.closed == {"suez"}
    assert "No Suez" in words(panel)
    session.undo()
    answered(qtbot, session)
    assert session.state.question.closed == frozenset()
    copy = next(b for b in panel.routes.findChildren(IconButton) if "table" in b.toolTip())
    copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 1 + len(session.answer.route.legs)
    panel.routes.turn.click()
    answered(qtbot, session)
    assert session.answer.route.start == "Rotterdam"
    assert session.answer.route.km == pytest.approx(route.km)
    panel.routes.wipe.click()
    answered(qtbot, session)
    assert session.answer.route is None
    assert panel.routes.start_field.text() == ""


def test_ships_and_costs_change_the_journey(qtbot, session, panel):
    session.run("route.find", start="AUPHE", end="KRKAN", least="usd_t")
    answered(qtbot, session)
    before = session.answer.route
    session.run("question.avoid", ship="capesize", closed=["suez"])
    answered(qtbot, session)
    assert "Capesize" in "".join(b.text() for b in panel.routes.findChildren(QPushButton))
    assert any("Capesize" in note for note in session.answer.notes)
    fold = panel.routes.costs
    assert not fold.boxes  # made when they are wanted
    fold.button.click()
    box = fold.boxes["port.usd_t"]
    box.setValue(100.0)
    answered(qtbot, session)
    assert session.state.costs == (("port.usd_t", 100.0),)
    dearer = session.answer.route.total(Measure.USD) - before.total(Measure.USD)
    assert dearer == pytest.approx(2 * (100.0 - 8.0), abs=0.1)
    assert any("Own costs of transport: port handling 100" in n for n in session.answer.notes)
    session.undo()
    answered(qtbot, session)
    assert box.value() == 8.0
    session.run("question.avoid_nothing")
    assert session.state.question.ship == "any"


def test_a_place_that_is_none_is_told_in_one_sentence(qtbot, session, panel):
    name_place(qtbot, panel.routes.start_field, "Atlantis")
    name_place(qtbot, panel.routes.end_field, "NLRTM")
    answered(qtbot, session)
    assert '"Atlantis" is no facility and no port.' in words(panel)
    assert panel.routes.start_field.text() == "Atlantis"


def name_place(qtbot, field: PlaceField, text: str) -> None:
    field.setFocus()
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
