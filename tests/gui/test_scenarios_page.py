"""The page of scenarios, the banner on the map, and plants placed by a click."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QRadioButton, QWidget

from gisapp.gui.chips import RemovableChip
from gisapp.gui.identify_card import IdentifyPanel
from gisapp.gui.layers_panel import LayersPanel
from gisapp.gui.plant_form import PlantForm
from gisapp.gui.results_panel import ResultsPanel
from gisapp.gui.scenario_banner import ScenarioBanner
from gisapp.gui.scenarios_page import table_text
from tests.gui.conftest import LONG


@pytest.fixture
def asked(session):
    session.run("question.mineral", mineral="rare_earths")
    session.run("question.alliance", alliance="quad")
    session.run("question.view", view="scenarios")
    return session


def quiet(qtbot, session):
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=LONG)


def answered(qtbot, session):
    qtbot.waitUntil(lambda: session.answer is not None and not session.jobs.running, timeout=LONG)


def tidy():
    """Let go of the widgets that were replaced."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()  # what is new is shown with the next event


def shown(panel, kind):
    tidy()
    return [widget for widget in panel.scenarios.findChildren(kind) if not widget.isHidden()]


@pytest.fixture
def panel(qtbot, asked):
    made = ResultsPanel(asked)
    qtbot.addWidget(made)
    made.resize(420, 900)
    made.show()
    return made


def test_without_a_scenario_it_says_what_to_do(qtbot, panel, asked):
    answered(qtbot, asked)  # the page is made anew with the answer
    (world,) = shown(panel, QRadioButton)
    assert world.isChecked()
    assert {"+ Plant", "+ Passage", "+ Member"} <= {b.text() for b in shown(panel, QPushButton)}


def test_scenarios_are_chosen_and_their_differences_taken_back(qtbot, panel, asked):
    asked.run("scenario.new", name="No Bayan Obo")
    asked.run("scenario.site", site="bayan-obo", runs=False)
    answered(qtbot, asked)
    buttons = shown(panel, QRadioButton)
    assert [b.text() for b in buttons] == ["The world as it is", "No Bayan Obo"]
    assert buttons[1].isChecked()
    (chip,) = shown(panel, RemovableChip)
    chip.removed.emit()
    assert asked.state.supposed.off == frozenset()
    assert shown(panel, RemovableChip) == []
    shown(panel, QRadioButton)[0].click()
    assert asked.state.supposed is None
    quiet(qtbot, asked)


def test_a_name_is_edited_in_place(qtbot, panel, asked):
    asked.run("scenario.new")
    (line,) = shown(panel, QLineEdit)
    line.setText("Without China")
    line.editingFinished.emit()
    assert [s.name for s in asked.state.scenarios] == ["Without China"]
    assert asked.state.scenario == "Without China"
    quiet(qtbot, asked)


def test_side_by_side_shows_every_scenario(qtbot, panel, asked):
    asked.refresh()
    for name in ("A", "B", "C"):
        asked.run("scenario.new", name=name)
        asked.run("scenario.site", site="bayan-obo", runs=False)
    answered(qtbot, asked)
    text = table_text(asked.answer.comparison)
    head, first, *_ = text.splitlines()
    assert head.split("\t") == ["", "As it is", "A", "B", "C"]
    assert first.split("\t")[0] == "Mining inside"
    shares = first.split("\t")[1:]
    assert shares[1] == shares[2] == shares[3] != shares[0]


def test_the_card_switches_a_site(qtbot, session):
    card = IdentifyPanel(session)
    qtbot.addWidget(card)
    layer = session.state.entry("deposits").layer
    row = layer.values("id").tolist().index("bayan-obo")
    card.show_feature("deposits", row, 0.0, 0.0)

    def button():
        tidy()
        return next(
            b
            for b in card.findChildren(QPushButton)
            if "cenario" in b.text() or "world" in b.text()
        )

    assert button().text() == "Switch off in scenario"
    qtbot.mouseClick(button(), Qt.MouseButton.LeftButton)
    assert session.state.supposed.off == {"bayan-obo"}
    assert "Closed" in card.as_text()
    assert "as it is in the world" in button().text()
    quiet(qtbot, session)


def test_the_card_of_an_added_plant_takes_it_off(qtbot, session):
    card = IdentifyPanel(session)
    qtbot.addWidget(card)
    session.run(
        "scenario.add_plant", lon=4.3, lat=51.9, capacity=9e3, name="Rotterdam", mineral="lithium",
        country="NLD", role="refinery",
    )  # fmt: skip
    card.show_feature("scenario:refinery", 0, 4.3, 51.9)
    assert "Rotterdam" in card.as_text()
    button = next(b for b in card.findChildren(QPushButton) if "Take it off" in b.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.state.supposed.plants == ()
    assert card.title.text() == "Nothing identified"
    quiet(qtbot, session)


def test_the_banner_stands_on_the_map_as_long_as_a_scenario_does(qtbot, session):
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.resize(700, 400)
    banner = ScenarioBanner(session, ground)
    ground.show()
    assert banner.isHidden()
    session.run("scenario.new", name="No Bayan Obo and a rather long name besides")
    session.run("scenario.site", site="bayan-obo", runs=False)
    assert not banner.isHidden()
    assert "No Bayan Obo" in banner.title.text()
    assert banner.words.toolTip() == "Bayan Obo off"
    assert banner.geometry().right() <= ground.width()
    ground.resize(420, 400)
    qtbot.waitUntil(lambda: banner.geometry().right() <= ground.width(), timeout=LONG)
    qtbot.mouseClick(banner.back, Qt.MouseButton.LeftButton)
    assert session.state.supposed is None
    assert banner.isHidden()
    banner.ask("Click where the plant shall stand")
    assert not banner.isHidden()
    banner.ask("")
    assert banner.isHidden()
    banner.leave()
    quiet(qtbot, session)


def test_the_form_adds_a_plant(qtbot, session):
    session.run("question.mineral", mineral="lithium")
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    form = PlantForm(session, 4.3, 51.9, parent)
    form.open_at(parent.mapToGlobal(parent.rect().center()))
    assert form.mineral.currentData() == "lithium"
    form.name.setText("Rotterdam")
    form.capacity.setValue(12_000.0)
    with qtbot.waitSignal(form.closed, timeout=LONG):
        qtbot.keyClick(form, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: session.state.supposed is not None and bool(session.state.supposed.plants),
        timeout=LONG,
    )
    (plant,) = session.state.supposed.plants
    assert (plant.name, plant.country, plant.capacity) == ("Rotterdam", "NLD", 12_000.0)
    quiet(qtbot, session)


def test_a_result_out_of_date_is_marked_and_made_anew(qtbot, session, home):
    session.run("question.mineral", mineral="lithium")
    session.run("question.view", view="distance")
    panel = LayersPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    session.run("result.keep")
    qtbot.waitUntil(
        lambda: any(e.layer.derivation is not None for e in session.state.layers), timeout=LONG
    )
    assert panel.list.stale == {}
    session.run("question.date", as_of="2030-01-01")
    assert "1 Jan 2030" in panel.list.stale["distance"]
    panel.list.renewed.emit("distance")
    qtbot.waitUntil(lambda: panel.list.stale == {}, timeout=LONG)
    quiet(qtbot, session)
    session.run("edit.undo")
    assert "distance" in panel.list.stale


def test_a_place_is_asked_for_on_the_map(qtbot, make_window):
    window = make_window()
    view = window.area.view
    window.place_plant()
    assert not window.banner.isHidden()
    view._receive('{"type": "place", "lon": 4.3, "lat": 51.9, "x": 200, "y": 200}')
    (form,) = window.shell.findChildren(PlantForm)
    with qtbot.waitSignal(form.closed, timeout=LONG):
        form.close()
    assert window.banner.isHidden()
    assert window.actions["window.pan"].isChecked()
    window.place_plant()
    view.escaped.emit()
    assert window.banner.isHidden()
    quiet(qtbot, window.session)
