from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from gisapp.gui.legend_panel import LegendPanel, SizeLegend
from gisapp.gui.panel import AT_ONCE
from gisapp.gui.theme import qt_palette
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.render.legend import legend_entries
from gisapp.render.picture import ThemeName
from gisapp.render.symbology import palette
from gisapp.workspace.example import new_state


@pytest.fixture
def panel(qtbot, session) -> LegendPanel:
    panel = LegendPanel(session)
    qtbot.addWidget(panel)
    panel.resize(320, 500)
    panel.show()
    return panel


def lines(panel: LegendPanel) -> list[str]:
    """Return the names of the entries from top to bottom."""
    column = panel._scroll.column
    widgets = [column.itemAt(i).widget() for i in range(column.count())]
    return [w.accessibleName() for w in widgets if isinstance(w, QWidget) and w.accessibleName()]


def test_only_what_is_on_the_map_in_the_order_of_the_chain(session, panel):
    assert panel.entries == ()
    session.refresh()
    names = [line.split(",")[0] for line in lines(panel)]
    assert names[:3] == ["Deposits", "Refineries", "Magnet plants"]
    session.run("layer.show", layer_id="refineries", visible=False)
    names = [line.split(",")[0] for line in lines(panel)]
    assert names[:2] == ["Deposits", "Magnet plants"]


def test_the_entries_are_the_symbology_tables(qtbot, session, panel):
    pictures = []
    session.pictured.connect(pictures.append)
    session.refresh()
    qtbot.waitUntil(lambda: session.answer is not None, timeout=20_000)
    assert panel.entries == legend_entries(pictures[-1], ThemeName.LIGHT)
    qtbot.waitUntil(lambda: any(w.isVisible() for w in panel.findChildren(SizeLegend)))
    size = next(w for w in panel.findChildren(SizeLegend) if w.isVisible())
    assert "REO" in size.accessibleName()


def seen_on(panel: LegendPanel) -> set[str]:
    """Return the colours where the swatches stand."""
    image = QImage(panel.size(), QImage.Format.Format_RGB32)
    panel.render(image)
    return {image.pixelColor(x, y).name().upper() for x in range(12, 40) for y in range(120)}


def test_swatches_are_painted_in_the_colours_of_the_theme(qtbot, session, panel):
    session.run("question.view", view="facilities")  # where nothing steps back
    before = QApplication.palette()
    try:
        for theme in (ThemeName.LIGHT, ThemeName.DARK):
            QApplication.setPalette(qt_palette(theme))
            wanted = {palette(theme).deposit, palette(theme).refinery}
            qtbot.waitUntil(lambda wanted=wanted: wanted <= seen_on(panel))
    finally:
        QApplication.setPalette(before)


def test_nothing_asks_for_more_than_320_pixels(session, panel):
    session.refresh()
    assert panel.minimumSizeHint().width() <= 320
    assert panel._scroll.widget().layout().minimumSize().width() <= 308


def test_a_large_layer_is_looked_through_in_a_job(qtbot, make_session):
    count = AT_ONCE + 1
    status = np.array(["operating", "planned"], dtype=object)[np.arange(count) % 2]
    features = Features.from_points(np.zeros((count, 2)), {"status": status})
    session = make_session(state=new_state([Layer("big", "Big", Role.DEPOSIT, features)]))
    panel = LegendPanel(session)
    qtbot.addWidget(panel)
    session.refresh()
    assert any(job.purpose == "legend" for job in session.jobs.running)
    qtbot.waitUntil(lambda: bool(panel.entries), timeout=20_000)
    assert [entry.key for entry in panel.entries] == [
        "layer:big",
        "status:operating",
        "status:planned",
    ]
