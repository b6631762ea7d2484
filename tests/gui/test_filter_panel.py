from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gisapp.gui.filter_panel import COUNT_ROLE, FilterPanel, count_sites
from gisapp.model.vocabulary import FACILITY_ROLES, Stage, Status
from gisapp.workspace.state import Filter


@pytest.fixture
def panel(qtbot, session) -> FilterPanel:
    panel = FilterPanel(session)
    qtbot.addWidget(panel)
    panel.resize(320, 700)
    panel.show()
    settled(qtbot, session)
    return panel


def settled(qtbot, session) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


def brute(session, test) -> int:
    """Count rows of the mineral that pass a test, by plain loops."""
    total = 0
    for layer in session.state.layers_of(*FACILITY_ROLES):
        columns = layer.features.columns
        for i, minerals in enumerate(columns["mineral"]):
            total += "rare_earths" in minerals and test(layer, columns, i)
    return total


def test_a_tick_filters_and_counts(qtbot, session, panel):
    total = brute(session, lambda *_: True)
    assert panel.count.text() == f"{total} of {total} sites"
    panel.statuses._boxes["planned"].click()
    assert session.state.filter.statuses == frozenset({Status.PLANNED})
    settled(qtbot, session)
    planned = brute(session, lambda _layer, columns, i: columns["status"][i] == "planned")
    assert panel.count.text() == f"{planned} of {total} sites"
    panel.stages._boxes["refining"].click()
    assert session.state.filter.stages == frozenset({Stage.REFINING})
    session.run("edit.undo")
    assert panel.stages.checked() == frozenset()
    assert panel.statuses.checked() == frozenset({"planned"})


def test_countries_are_searched_and_ticked(qtbot, session, panel):
    view, found = panel.countries.view, panel.countries._found
    assert found.index(0, 0).data() == "China"
    china = brute(session, lambda _layer, columns, i: columns["country"][i] == "CHN")
    assert found.index(0, 0).data(COUNT_ROLE) == str(china)
    panel.countries.search.setText("austral")
    assert [found.index(i, 0).data() for i in range(found.rowCount())] == ["Australia"]
    view.setCurrentIndex(found.index(0, 0))
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert session.state.filter.countries == frozenset({"AUS"})
    settled(qtbot, session)
    australia = brute(session, lambda _layer, columns, i: columns["country"][i] == "AUS")
    assert panel.count.text().startswith(f"{australia} of ")
    panel.countries.none_button.click()
    assert session.state.filter.countries == frozenset()
    panel.owners._model.setData(
        panel.owners._model.index(0, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole
    )
    assert session.state.filter.owner_countries == frozenset({"CHN"})


def test_years_and_text_filter_and_clear_all_clears(qtbot, session, panel):
    panel.first_year.setValue(2000)
    panel.first_year.editingFinished.emit()
    panel.last_year.setValue(2010)
    panel.last_year.editingFinished.emit()
    assert (session.state.filter.first_year, session.state.filter.last_year) == (2000, 2010)
    qtbot.keyClicks(panel.text, "lynas")
    qtbot.waitUntil(lambda: session.state.filter.text == "lynas", timeout=5_000)
    settled(qtbot, session)
    panel.clear_button.click()
    assert session.state.filter == Filter()
    assert panel.text.text() == ""
    assert panel.first_year.text() == "any"
    assert not panel.clear_button.isEnabled()


def test_the_filter_of_an_opened_project_shows(qtbot, session, panel):
    passing = Filter(statuses=frozenset({Status.CLOSED}), countries=frozenset({"FRA"}), text="x")
    session.open(session.state.with_(filter=passing))
    assert panel.statuses.checked() == frozenset({"closed"})
    assert panel.countries.checked() == frozenset({"FRA"})
    assert panel.text.text() == "x"


def test_counts_are_of_the_mineral_alone(session):
    entries = [e for e in session.state.layers if e.layer.role in FACILITY_ROLES]
    everything = count_sites(entries, Filter(), None)
    assert everything.total == sum(len(entry.layer.features) for entry in entries)
    lithium = count_sites(entries, Filter(stages=frozenset({Stage.MINING})), "lithium")
    assert lithium.shown == lithium.stages["mining"] < lithium.total < everything.total


def test_nothing_asks_for_more_than_320_pixels(panel):
    assert panel.minimumSizeHint().width() <= 320
    assert panel.findChild(type(panel.countries)).minimumSizeHint().width() <= 280
