from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from gisapp.gui.identify_card import IdentifyPanel, Unsure, degrees_minutes, position_text
from gisapp.gui.looks import Text
from gisapp.model.features import Features
from gisapp.model.geodesy import distance_km
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.example import new_state


@pytest.fixture
def panel(qtbot, session) -> IdentifyPanel:
    panel = IdentifyPanel(session)
    qtbot.addWidget(panel)
    panel.resize(360, 700)
    return panel


def row_of(session, layer: str, identifier: str) -> int:
    ids = session.state.entry(layer).layer.features.columns["id"]
    return int(np.flatnonzero(ids == identifier)[0])


def settled(qtbot, session) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


def test_the_card_has_facts_figures_position_and_source(qtbot, session, panel):
    row = row_of(session, "deposits", "bayan-obo")
    panel.show_feature("deposits", row, 0.0, 0.0)
    settled(qtbot, session)
    columns = session.state.entry("deposits").layer.features.columns
    lon, lat = session.state.entry("deposits").layer.features.lonlat[row]
    text = panel.as_text()
    assert panel.title.text() == "Bayan Obo"
    assert "light rare earths" in text
    assert "Operating, start 1957" in text
    assert "Controlled from: China (CHN)" in text
    assert columns["owner"][row] in text
    assert f"As of: {columns['as_of'][row]}" in text
    assert columns["source"][row] in text
    assert f"{lat:.5f}, {lon:.5f}" in text
    assert "within about 2 km" in text
    figure = session.facts.quantities["bayan-obo"][0]
    assert f"{figure.product}, {figure.kind.value}, {figure.year}: 188\u202f650\u00a0t/yr" in text
    panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == text


def test_the_three_nearest_plants_are_the_nearest(qtbot, session, panel):
    row = row_of(session, "deposits", "bayan-obo")
    panel.show_feature("deposits", row, 0.0, 0.0)
    settled(qtbot, session)
    lines = [line for line in panel.as_text().splitlines() if line.startswith("nearest: ")]
    assert len(lines) == 3
    plants = session.state.entry("refineries").layer.features
    columns = plants.columns
    fit = np.array(
        ["rare_earths" in m and s == "operating" and p not in {"recycling", "metal_alloy"}
         and m.split(";")[0] != "heavy_rare_earths"  # their circuits are not for its light ones
         for m, s, p in zip(columns["mineral"], columns["status"], columns["process"], strict=True)]
    )  # fmt: skip
    here = session.state.entry("deposits").layer.features.lonlat[row]
    km = np.sort(distance_km(here, plants.lonlat[fit]))[:3]
    for line, value in zip(lines, km, strict=True):
        assert f"{value:,.0f}".replace(",", "\u202f") in line


def test_unconfirmed_values_wear_the_hollow_mark(qtbot, session, panel):
    columns = session.state.entry("refineries").layer.features.columns
    unsure = int(np.flatnonzero(columns["unconfirmed"])[0])
    panel.show_feature("refineries", unsure, 0.0, 0.0)
    assert "unconfirmed" in panel.as_text()
    assert [m for m in panel.findChildren(Unsure) if not m.isHidden()]


def test_every_value_can_be_selected(qtbot, session, panel):
    panel.show_feature("deposits", 3, 0.0, 0.0)
    shown = [t for t in panel.findChildren(Text) if not t.isHidden()]
    assert len(shown) > 15
    for text in shown:
        assert text.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse


def test_links_open_outside_and_nothing_of_a_layer_is_markup(qtbot, make_session):
    name = "<img src=x onerror=alert(1)><b>bold</b>"
    features = Features.from_points(
        np.array([[10.0, 20.0]]),
        {
            "name": np.array([name], dtype=object),
            "source_url": np.array(['https://example.org/a"b'], dtype=object),
            "grade": np.array([1.5]),
        },
    )
    session = make_session(state=new_state([Layer("mine", "Mine", Role.DEPOSIT, features)]))
    panel = IdentifyPanel(session)
    qtbot.addWidget(panel)
    panel.show_feature("mine", 0, 0.0, 0.0)
    assert panel.title.text() == name
    rich = [
        label
        for label in panel.findChildren(QLabel)
        if label.textFormat() != Qt.TextFormat.PlainText and not label.isHidden()
    ]
    assert len(rich) == 1
    assert rich[0].openExternalLinks()
    assert 'href="https://example.org/a&quot;b"' in rich[0].text()
    assert "grade: 1.5" in panel.as_text()


def test_a_feature_without_position_says_so(qtbot, make_session):
    features = Features.from_points(np.array([[np.nan, np.nan]]), {})
    session = make_session(state=new_state([Layer("x", "X", Role.REFERENCE, features)]))
    panel = IdentifyPanel(session)
    qtbot.addWidget(panel)
    panel.show_feature("x", 0, 0.0, 0.0)
    assert "not on the map" in panel.as_text()
    assert panel.title.text() == "X, row 1"


def test_escape_closes_and_a_removed_layer_too(qtbot, session, panel):
    panel.show_feature("deposits", 3, 0.0, 0.0)
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.title.text() == "Nothing identified"
    panel.show_feature("deposits", 3, 0.0, 0.0)
    with qtbot.waitSignal(panel.closed):
        session.run("layer.remove", layer_id="deposits")


def test_nothing_asks_for_more_than_320_pixels(qtbot, session, panel):
    for layer in ("deposits", "refineries", "trade_routes"):
        panel.show_feature(layer, 5, 0.0, 0.0)
        settled(qtbot, session)
        assert panel.minimumSizeHint().width() <= 320
        assert panel._scroll.widget().layout().minimumSize().width() <= 308


@pytest.mark.parametrize(
    ("value", "letters", "text"),
    [
        (-23.279, "NS", "23°16\u203244.4\u2033\u00a0S"),
        (59.99999999, "NS", "60°00\u203200.0\u2033\u00a0N"),
        (179.5, "EW", "179°30\u203200.0\u2033\u00a0E"),
        (0.0, "EW", "0°00\u203200.0\u2033\u00a0E"),
    ],
)
def test_degrees_minutes_seconds(value, letters, text):
    assert degrees_minutes(value, letters) == text


def test_positions_say_latitude_first():
    decimal, _ = position_text(-70.5, 10.25)
    assert decimal == "10.25000, \u221270.50000"
