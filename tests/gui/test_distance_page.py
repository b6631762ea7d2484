"""The page of distances: what it asks with, what it marks, and what it says of nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from gisapp.analysis.network.journey import Measure
from gisapp.gui.chips import RemovableChip
from gisapp.gui.distance_controls import DistanceControls
from gisapp.gui.distance_table import DistanceTable
from gisapp.gui.results_panel import ResultsPanel
from gisapp.workspace.state import Question
from tests.gui.conftest import answered


@pytest.fixture
def panel(qtbot, session) -> ResultsPanel:
    panel = ResultsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(360, 800)
    session.refresh()
    answered(qtbot, session)
    return panel


@pytest.fixture
def controls(qtbot, facts):
    widget = DistanceControls()
    qtbot.addWidget(widget)
    widget.follow(Question("lithium", alliance="g7", view="distance"), facts)
    widget.show()
    return widget


def asked(qtbot, controls, button):
    with qtbot.waitSignal(controls.asked) as told:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    return told.args[0].command, dict(told.args[0].params)


def segment(controls, text):
    (button,) = (b for b in controls.measure.findChildren(QPushButton) if b.text() == text)
    return button


def test_measures_and_switches_run_commands(qtbot, controls, facts):
    assert segment(controls, "Straight").isChecked()
    found = asked(qtbot, controls, segment(controls, "Days"))
    assert found == ("question.measure", {"measure": Measure.DAYS})
    found = asked(qtbot, controls, segment(controls, "Straight"))
    assert found == ("question.metric", {"metric": "geodesic"})
    assert controls.plant.isChecked()
    assert not controls.owner.isChecked()
    with qtbot.waitSignal(controls.asked) as told:
        qtbot.keyClick(controls.owner, Qt.Key.Key_Space)
    assert told.args[0].params == {"owner": True}
    controls.follow(Question("lithium", metric="route", measure=Measure.USD), facts)
    assert segment(controls, "USD/t").isChecked()
    assert not controls.plant.isVisible()  # without an alliance nothing has to be inside


def test_what_is_avoided_stands_as_chips_that_can_be_taken_back(qtbot, controls, facts):
    question = Question(
        "tin",
        metric="route",
        closed=frozenset({"suez", "malacca"}),
        avoided=frozenset({"RUS"}),
        starts_by=2030,
        min_capacity=5000.0,
        unknown_capacity=False,
    )
    controls.follow(question, facts)

    def shown() -> list[RemovableChip]:
        return [c for c in controls.findChildren(RemovableChip) if c.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 3)
    chips = shown()
    with qtbot.waitSignal(controls.asked) as told:
        chips[0].removed.emit()
    assert told.args[0].params == {"closed": ["suez"]}
    with qtbot.waitSignal(controls.asked) as told:
        chips[2].removed.emit()
    assert told.args[0].params == {"countries": []}
    words = [b.text() for b in controls.findChildren(QPushButton) if b.isVisible()]
    assert any("Starting by 2030" in word for word in words)
    assert any("5\u202f000 t/yr, known" in word for word in words)


def test_the_page_follows_undo_and_marks_what_hangs(qtbot, session, panel):
    session.run("question.mineral", mineral="lithium")
    session.run("question.alliance", alliance="g7")
    session.run("question.view", view="distance")
    answered(qtbot, session)
    page = panel.distance
    result = session.answer.distance
    table = page.findChild(DistanceTable)
    lines = result.rows[~result.rows.duplicated(["deposit_id", "rank"])]
    fragile = (lines["fragile"] != "").to_numpy()
    model = table.lines
    for line in range(model.rowCount()):
        sign = model.data(model.index(line, 1), Qt.ItemDataRole.DecorationRole)
        assert (sign is not None) == fragile[model.order[line]]
    tips = [
        model.data(model.index(line, 0), Qt.ItemDataRole.ToolTipRole)
        for line in range(model.rowCount())
    ]
    assert any("If it closes" in tip for tip in tips)
    assert any("No other plant counts" in tip for tip in tips)
    assert page.controls.plant.isChecked()
    session.run("question.inside", plant=False, owner=True)
    answered(qtbot, session)
    assert session.answer.distance.query.bases == {"control"}
    assert page.controls.owner.isChecked()
    session.run("edit.undo")
    answered(qtbot, session)
    assert page.controls.plant.isChecked()
    assert not page.controls.owner.isChecked()


def test_a_route_that_cannot_be_asked_is_explained(qtbot, session, panel):
    session.run("question.mineral", mineral="lithium")
    session.run("question.view", view="distance")
    session.run("question.plants", min_capacity=1e8, unknown_capacity=False)
    answered(qtbot, session)
    table = panel.distance.findChild(DistanceTable)
    assert "none of 100\u202f000\u202f000 t/yr or more" in table.lines.as_text()
