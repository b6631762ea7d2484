"""The page of the chain: what it shows of an answer, and yields changed in place."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QLabel, QPushButton

from gisapp.gui.chain_page import SiteTable
from gisapp.gui.chart_view import ChartView
from gisapp.gui.looks import IconButton
from gisapp.gui.results_panel import ResultsPanel


@pytest.fixture
def panel(qtbot, session) -> ResultsPanel:
    panel = ResultsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(360, 800)
    panel.show()
    session.run("question.view", view="chain")
    answered(qtbot, session)
    return panel


def answered(qtbot, session) -> None:
    qtbot.waitUntil(lambda: session.answer is not None and not session.jobs.running, timeout=30_000)
    QApplication.processEvents()  # new widgets show themselves with the next events


def words(panel) -> str:
    labels = panel.chain.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if not label.isHidden())


def boxes(panel) -> dict[str, QDoubleSpinBox]:
    found = panel.chain.findChildren(QDoubleSpinBox)
    return {box.accessibleName(): box for box in found if not box.isHidden()}


def chooser(panel, what) -> QComboBox:
    found = panel.chain.findChildren(QComboBox)
    return next(b for b in found if not b.isHidden() and b.accessibleName().startswith(what))


def last(panel, kind):
    return [w for w in panel.chain.findChildren(kind) if not w.isHidden()][-1]


def test_the_page_shows_bars_sites_and_journey(session, panel):
    found = session.answer.chain
    assert last(panel, ChartView).title.text() == session.answer.chart.title
    assert "weakest link" in session.answer.chart.title
    table = last(panel, SiteTable)
    binding = [row for row in found.rows if found.steps[row.site.step].step.id == "metal"]
    assert table.lines.rowCount() == len(binding)
    assert "Mountain Pass separation plant" in words(panel)
    assert all(source in words(panel) for source in session.answer.sources)


def test_another_step_lists_its_sites(session, panel):
    chooser(panel, "Step").setCurrentIndex(3)
    table = last(panel, SiteTable)
    assert table.lines.text(0, 0) == "eVAC Magnetics Sumter"
    sent = []
    panel.rowActivated.connect(lambda *where: sent.append(where))
    table.activated.emit(table.lines.index(0, 0))
    layer, row = sent[0]
    assert session.state.entry(layer).layer.values("name")[row] == "eVAC Magnetics Sumter"


def test_the_ore_of_another_mine_is_followed(qtbot, session, panel):
    box = chooser(panel, "Deposit")
    assert box.currentData() == "mountain-pass-mine"
    box.setCurrentIndex(box.findData("mt-weld"))
    box.activated.emit(box.currentIndex())
    answered(qtbot, session)
    assert session.state.question.deposit == "mt-weld"
    assert session.answer.journey.deposit.id == "mt-weld"
    assert "Lynas Malaysia (Kuantan)" in words(panel)
    session.undo()
    answered(qtbot, session)
    assert chooser(panel, "Deposit").currentData() == "mountain-pass-mine"


def test_a_yield_is_changed_in_place_undone_and_reset(qtbot, session, panel):
    before = session.answer.chain.carried.low
    boxes(panel)["Yield of machining"].setValue(0.9)
    answered(qtbot, session)
    assert session.state.yields == (("y_machine", 0.9),)
    assert session.answer.chain.carried.low == pytest.approx(before * 0.9 / 0.75)
    assert boxes(panel)["Yield of machining"].value() == 0.9
    session.undo()
    answered(qtbot, session)
    assert boxes(panel)["Yield of machining"].value() == 0.75
    session.redo()
    answered(qtbot, session)
    buttons = panel.chain.findChildren(IconButton)
    next(b for b in buttons if b.toolTip().startswith("Take the yields")).click()
    answered(qtbot, session)
    assert session.state.yields == ()


def test_the_copy_is_a_table_of_steps_and_sites(panel):
    buttons = panel.chain.findChildren(IconButton)
    next(b for b in buttons if "sites" in b.toolTip()).click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("step\tsite\tcountry")
    assert any("Less Common Metals" in line and "110" in line for line in lines)


def test_what_has_no_chain_offers_what_has(qtbot, session, panel):
    session.run("question.mineral", mineral="gallium")
    answered(qtbot, session)
    assert "not counted in one unit" in words(panel)
    next(b for b in panel.chain.findChildren(QPushButton) if b.text() == "Lithium").click()
    answered(qtbot, session)
    assert session.state.question.mineral == "lithium"
    assert session.answer.chain is not None


def test_the_page_fits_a_narrow_panel(qtbot, session, panel):
    assert panel.minimumSizeHint().width() <= 320
    panel.resize(280, 800)
    QApplication.processEvents()
    room = panel.chain.viewport().width()
    for kind in (QLabel, QComboBox, QDoubleSpinBox, SiteTable):
        for widget in panel.chain.findChildren(kind):
            if widget.isVisible():
                right = widget.mapTo(panel.chain.viewport(), widget.rect().topRight()).x()
                assert right <= room, (kind, widget.accessibleName())
