from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gisapp.gui.chart_view import ChartView, Histogram
from gisapp.gui.concentration_grid import ConcentrationGrid
from gisapp.gui.coverage_page import ShareBar, ShareLine, StageCard
from gisapp.gui.distance_table import DistanceTable
from gisapp.gui.fold import Fold
from gisapp.gui.looks import LinkButton
from gisapp.gui.results_panel import ResultsPanel
from gisapp.gui.time_chart import TimeCanvas
from gisapp.model.feedback import GisappError
from gisapp.model.numbers import share_range
from gisapp.model.vocabulary import Stage
from gisapp.render.picture import Bar, BarChart, ThemeName
from gisapp.render.symbology import palette
from tests.gui.conftest import answered


@pytest.fixture
def panel(qtbot, session) -> ResultsPanel:
    panel = ResultsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(360, 800)
    session.refresh()
    answered(qtbot, session)
    return panel


def words(widget: QWidget) -> str:
    shown = widget.findChildren(QLabel)
    return "\n".join(label.text() for label in shown if not label.isHidden())


def test_the_headline_is_the_answers(qtbot, session, panel):
    assert panel.headline.text() == session.answer.headline
    assert panel.chip.isHidden()
    panel.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert copied == f"{session.answer.headline}\n{session.answer.text}\n"
    assert panel.text.isHidden()
    panel.more.click()
    assert not panel.text.isHidden()
    assert panel.text.text() == session.answer.text


def test_coverage_shows_chart_and_chain(qtbot, session, panel):
    chart = panel.coverage.findChild(ChartView)
    assert chart.title.text() == session.answer.chart.title
    cards = panel.coverage.findChildren(StageCard)
    assert len(cards) == len(Stage)
    table = session.answer.coverage.set_index("stage")
    for card, stage in zip(cards, Stage, strict=True):
        row = table.loc[stage.value]
        share = share_range(row["share_low"], row["share_high"])
        assert card.accessibleName() == f"{stage.label}: {share} inside"
        assert ("screen, world output" in words(card)) == bool(row["over_65_percent"])
    assert table.loc["refining", "sources"] in words(panel.coverage)


def test_a_stale_answer_wears_a_chip_and_stays(qtbot, session, panel):
    before = panel.headline.text()
    session.run("question.mineral", mineral="lithium")
    assert not panel.chip.isHidden()
    assert panel.headline.text() == before
    answered(qtbot, session)
    assert panel.chip.isHidden()
    assert "lithium" in panel.headline.text().lower()


def test_tabs_ask_for_their_view_and_undo_brings_them_back(qtbot, session, panel):
    panel.tabs.setCurrentIndex(1)
    assert session.state.question.view == "distance"
    answered(qtbot, session)
    session.run("edit.undo")
    assert panel.tabs.currentIndex() == 0


def test_distances_are_listed_and_lead_to_the_deposit(qtbot, session, panel):
    session.run("question.view", view="distance")
    answered(qtbot, session)
    result = session.answer.distance
    table = panel.distance.findChild(DistanceTable)
    lines = result.rows[~result.rows.duplicated(["deposit_id", "rank"])]  # a tie is one line
    assert table.lines.rowCount() == len(lines)
    km = lines["distance_km"].to_numpy(dtype=float)[table.lines.order]
    known = km[np.isfinite(km)]
    assert (np.diff(known) >= 0).all()
    assert np.isnan(km[len(known) :]).all()
    panel.show()
    table.setCurrentIndex(table.lines.index(0, 0))
    table.setFocus()
    with qtbot.waitSignal(panel.rowActivated) as told:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    layer, row = told.args
    ids = session.state.entry(layer).layer.features.columns["id"]
    assert ids[row] == lines["deposit_id"].iloc[int(table.lines.order[0])]
    table.horizontalHeader().sectionClicked.emit(2)
    assert table.lines.sorted_by == (2, True)
    table.copy()
    assert len(QGuiApplication.clipboard().text().splitlines()) == len(lines) + 1


def test_deposits_without_a_plant_are_explained(qtbot, session, panel):
    session.run("question.view", view="distance")
    session.run("filter.set", owner_countries={"AUS"}, stages={"mining"})
    answered(qtbot, session)
    assert session.answer.distance.summary.without_plant > 0
    reason = session.answer.distance.rows["reason"].max()
    assert f"no plant: {reason}" in words(panel.distance)
    assert "no plant" in panel.distance.findChild(DistanceTable).lines.as_text()


def test_facilities_are_counted_and_the_largest_named(qtbot, session, panel):
    session.run("question.view", view="facilities")
    answered(qtbot, session)
    text = words(panel.facilities)
    deposits = session.state.entry("deposits").layer.features.columns
    expected = sum(
        "rare_earths" in str(minerals) and status == "planned"
        for minerals, status in zip(deposits["mineral"], deposits["status"], strict=True)
    )
    assert f"\n{expected}\n" in text
    first = panel.facilities.findChild(LinkButton)
    with qtbot.waitSignal(panel.rowActivated) as told:
        first.click()
    layer, row = told.args
    assert session.state.entry(layer).layer.features.columns["name"][row] == first.text()


def test_an_empty_page_offers_what_fills_it(qtbot, session, panel):
    session.run("question.mineral", mineral=None)
    answered(qtbot, session)
    assert "Choose a mineral and an alliance to see coverage" in words(panel.coverage)
    buttons = [b for b in panel.coverage.findChildren(QPushButton) if not b.isHidden()]
    lithium = next(b for b in buttons if b.text() == "Lithium")
    lithium.click()
    assert session.state.question.mineral == "lithium"
    session.run("question.alliance", alliance=None)
    answered(qtbot, session)
    assert "Choose an alliance" in words(panel.coverage)


def test_a_failed_answer_says_so_in_place(qtbot, session, panel):
    def refuse(_state, _facts, _feedback):
        raise GisappError("no", "This cannot be answered.", "Ask another way.")

    session._answerer = refuse
    session.run("question.mineral", mineral="cobalt")
    qtbot.waitUntil(lambda: panel.headline.text() == "This cannot be answered.", timeout=5_000)
    assert panel.chip.isHidden()
    assert "No answer to this question" in words(panel.coverage)


def test_nothing_asks_for_more_than_320_pixels(qtbot, session, panel):
    panel.show()
    for view in ("coverage", "distance", "facilities"):
        session.run("question.view", view=view)
        answered(qtbot, session)
        assert panel.minimumSizeHint().width() <= 320
        page = getattr(panel, view)
        assert page.widget().layout().minimumSize().width() <= 320 - 12


CHART = BarChart(
    "A holds most",
    "share, 2024",
    "%",
    (Bar("A", 70, 70, "leader"), Bar("B", 20, 25, "alliance"), Bar("?", 0, 5, "unknown")),
    65,
    "65 %",
)


def test_bars_are_drawn_in_their_colours(qtbot):
    view = ChartView()
    qtbot.addWidget(view)
    view.show_bars(CHART)
    view.resize(360, view.sizeHint().height())
    view.show()
    image = QImage(view.bars.size(), QImage.Format.Format_RGB32)
    view.bars.render(image)
    colors = palette(ThemeName.LIGHT)
    found = set()
    for x in range(0, image.width(), 2):
        for i in range(3):
            y = view.bars._top() + (i + 0.5) * view.bars._row()
            found.add((i, image.pixelColor(x, int(y)).name().upper()))
    assert (0, colors.leader) in found
    assert (1, colors.alliance) in found
    assert (0, colors.limit) in found
    assert view.bars.mark_at(QPointF(100, view.bars._top() + 1)) == 0
    assert view.bars.mark_text(1).startswith("B: 20.0\u201325.0\u00a0%")
    view.copy_button.click()
    assert QGuiApplication.clipboard().text().splitlines()[2] == "B\t20\t25"


def test_the_arrow_keys_read_a_histogram(qtbot):
    view = ChartView()
    qtbot.addWidget(view)
    view.show_histogram(Histogram("t", "s", (0.0, 100.0, 200.0), (3, 1), "km", "deposits", 60.0))
    view.show()
    qtbot.keyClick(view.columns, Qt.Key.Key_Right)
    assert view.columns.accessibleDescription() == "3 deposits, 0\u2013100\u00a0km"
    qtbot.keyClick(view.columns, Qt.Key.Key_Right)
    qtbot.keyClick(view.columns, Qt.Key.Key_Right)
    assert view.columns.accessibleDescription() == "1 deposits, 100\u2013200\u00a0km"
    assert view.table_text().splitlines()[1] == "0\t100\t3"


def test_distance_to_an_alliance_that_ended_says_so(qtbot, session, panel):
    session.run("question.alliance", alliance="msp")
    answered(qtbot, session)
    session.run("question.view", view="distance")
    answered(qtbot, session)
    assert "no members" in words(panel.distance)


def test_the_asked_stage_tells_how_concentrated_and_whose_it_is(qtbot, session, panel):
    session.run("question.view", view="coverage")
    session.run("question.mineral", mineral="nickel")
    session.run("question.stage", stage="mining")
    answered(qtbot, session)
    text = words(panel.coverage)
    row = session.answer.coverage.set_index("stage").loc["mining"]
    assert "How concentrated mining is" in text
    assert "HHI by merger guidelines: US 2023" in text
    assert "Inside, foreign-controlled" in text
    assert share_range(row["foreign_low"], row["foreign_high"]) in text
    grid = panel.coverage.findChild(ConcentrationGrid)
    tips = "\n".join(label.toolTip() for label in grid.findChildren(QLabel))
    assert "Hirschman 1945" in tips
    assert "the same total (N-1)" in tips
    assert "Department of Justice" in tips


def test_a_share_of_the_sample_is_never_called_the_worlds(qtbot, session, panel):
    session.run("question.weight", weight="count")
    answered(qtbot, session)
    for card in panel.coverage.findChildren(StageCard):
        bar = card.findChild(ShareBar)
        assert bar is None or "not of the world's" in bar.toolTip()
    assert "world output" not in words(panel.coverage).replace("is of", "")


def test_the_years_are_worked_out_when_they_are_unfolded(qtbot, session, panel):
    panel.show()
    folds = {fold.title: fold for fold in panel.coverage.findChildren(Fold)}
    assert not folds["Over time"].is_open
    assert panel.coverage.findChild(TimeCanvas) is None
    folds["Over time"].button.click()
    qtbot.waitUntil(lambda: panel.coverage.findChild(TimeCanvas) is not None, timeout=30_000)
    chart = panel.coverage.findChild(TimeCanvas)
    assert chart.count() == 11
    assert chart.mark_text(0).startswith("End of 2020")
    assert "as announced" in chart.mark_text(10)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.accessibleDescription() == chart.mark_text(0)
    image = chart.grab().toImage()
    ink = palette(ThemeName.LIGHT).alliance
    assert any(
        image.pixelColor(x, y).name().upper() == ink.upper()
        for x in range(0, image.width(), 2)
        for y in range(image.height())
    )
    # the part stays open for the next answer
    session.run("question.stage", stage="mining")
    answered(qtbot, session)
    qtbot.waitUntil(lambda: panel.coverage.findChild(TimeCanvas) is not None, timeout=30_000)


def test_benchmarks_are_named_as_what_they_are(qtbot, session, panel):
    fold = next(f for f in panel.coverage.findChildren(Fold) if f.title == "Benchmarks")
    fold.button.click()
    text = words(fold)
    assert "at least 40\u00a0% of EU consumption" in text
    assert "Not tested: EU consumption does not ship" in text
    assert "Screen: one country is above 65\u00a0% of world output" in text


def test_every_basis_stands_side_by_side(qtbot, session, panel):
    session.run("question.mineral", mineral="cobalt")
    session.run("question.stage", stage="mining")
    answered(qtbot, session)

    def fold() -> Fold:
        return next(f for f in panel.coverage.findChildren(Fold) if f.title == "By every basis")

    fold().button.click()
    session.run("view.set", lon=10.0, lat=0.0, zoom=3.0)  # looking elsewhere loses nothing
    qtbot.waitUntil(lambda: len(fold().findChildren(ShareLine)) == 4, timeout=30_000)
    names = [line.accessibleName() for line in fold().findChildren(ShareLine)]
    row = session.answer.coverage.set_index("stage").loc["mining"]
    assert names[0] == f"By location: {share_range(row['share_low'], row['share_high'])}"
    assert [name.split(":")[0] for name in names[1:]] == [
        "By controlling owner",
        "By equity share",
        "By stock exchange",
    ]
