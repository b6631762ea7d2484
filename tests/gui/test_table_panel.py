from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from gisapp.gui.column_model import ColumnModel, cell_text, matching_rows, sorted_rows
from gisapp.gui.panel import AT_ONCE
from gisapp.gui.table_panel import AttributeTablePanel
from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.example import new_state

MILLION = 1_000_000


def million() -> Layer:
    draw = np.random.default_rng(7)
    names = np.array([f"Site {i:06d}" for i in draw.permutation(MILLION)], dtype=object)
    names[[5, 500_000, 999_999]] += " Kvanefjeld"
    features = Features.from_points(
        np.column_stack([draw.uniform(-180, 180, MILLION), draw.uniform(-80, 80, MILLION)]),
        {
            "name": names,
            "grade": draw.normal(size=MILLION),
            "year": draw.integers(1900, 2030, MILLION),
        },
    )
    return Layer("big", "A million", Role.REFERENCE, features)


@pytest.fixture(scope="module")
def big() -> Layer:
    return million()


def settled(qtbot, session) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


class Rounds:
    """Counts how often Qt's loop comes round."""

    def __init__(self, parent) -> None:
        self.count = 0
        self.timer = QTimer(parent, interval=1)
        self.timer.timeout.connect(self.tick)
        self.timer.start()

    def tick(self) -> None:
        self.count += 1


def test_a_million_rows_sort_and_scroll_without_blocking(qtbot, make_session, big):
    session = make_session(state=new_state([big]))
    panel = AttributeTablePanel(session)
    qtbot.addWidget(panel)
    panel.resize(700, 300)
    panel.show()
    settled(qtbot, session)
    assert panel.model.rowCount() == MILLION
    assert np.shares_memory(panel.model.column(1), big.features.columns["grade"])
    rounds = Rounds(panel)
    for column in ("name", "grade"):
        rounds.count = 0
        panel.sort(column, descending=column == "grade")
        assert any(job.purpose == "table.sort" for job in session.jobs.running)
        settled(qtbot, session)
        assert rounds.count > 3  # the window went on while a job sorted
        shown = big.features.columns[column][panel.model.order]
        wanted = sorted(big.features.columns[column].tolist(), reverse=column == "grade")
        assert shown.tolist() == wanted
    bar = panel.view.verticalScrollBar()
    for place in (0.2, 0.9, 0.5):
        bar.setValue(int(bar.maximum() * place))
        first = panel.view.rowAt(0)
        assert abs(first / MILLION - place) < 0.001
        panel.view.viewport().repaint()


def test_columns_stand_as_they_were_put_for_files_of_their_shape(qtbot, make_session, home):
    def table(layer_id):
        columns = {"a": np.array([1.0]), "b": np.array([2.0]), "c": np.array(["x"], dtype=object)}
        layer = Layer(layer_id, layer_id, Role.REFERENCE, Features.from_points([[0, 0]], columns))
        session = make_session(state=new_state([layer]))
        panel = AttributeTablePanel(session)
        qtbot.addWidget(panel)
        panel.show()
        return panel

    one = table("one")
    assert one.view.shown_columns() == [0, 1, 2]
    one.hide_column(0)
    one.view.horizontalHeader().moveSection(2, 1)
    one.hide_column(1)
    one.hide_column(1, hidden=False)
    assert one.view.shown_columns() == [2, 1]
    qtbot.waitUntil(lambda: not one._laid.isActive())
    other = table("other")
    assert other.view.shown_columns() == [2, 1]
    other.hide_column(2)
    other.hide_column(1)  # the last one stays
    assert other.view.shown_columns() == [1]


def test_a_search_of_a_million_rows_is_a_job_that_can_be_outrun(qtbot, make_session, big):
    session = make_session(state=new_state([big]))
    panel = AttributeTablePanel(session)
    qtbot.addWidget(panel)
    settled(qtbot, session)
    panel.search.setText("kvane")
    panel.search.setText("kvane site")
    qtbot.waitUntil(lambda: panel.model.rowCount() < MILLION, timeout=20_000)
    settled(qtbot, session)
    assert panel.model.order.tolist() == [5, 500_000, 999_999]
    assert panel.count.text() == "3 of 1\u202f000\u202f000 rows"


def test_the_table_shows_what_the_filter_lets_through(qtbot, session):
    panel = AttributeTablePanel(session)
    qtbot.addWidget(panel)
    panel.show_layer("deposits")
    layer = session.state.entry("deposits").layer
    session.run("question.mineral", mineral=None)
    assert panel.model.rowCount() == len(layer.features)
    session.run("filter.set", countries={"AUS"})
    countries = layer.features.columns["country"]
    assert set(countries[panel.model.order]) == {"AUS"}
    assert panel.model.rowCount() == int((countries == "AUS").sum())
    session.run("filter.set", countries={"XXX"})
    assert panel.model.rowCount() == 0
    assert "No row passes" in panel.empty.text()


def test_selection_goes_both_ways(qtbot, session):
    panel = AttributeTablePanel(session)
    qtbot.addWidget(panel)
    panel.show_layer("deposits")
    panel.sort("name", descending=True)
    model, view = panel.model, panel.view
    view.selectionModel().select(
        model.index(2, 0),
        QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
    )
    qtbot.waitUntil(lambda: bool(session.state.selection.rows), timeout=2_000)
    assert session.state.selection.rows == frozenset({int(model.order[2])})
    assert session.state.selection.layer == "deposits"
    rows = {int(model.order[5]), int(model.order[6]), int(model.order[9])}
    session.run("select.set", layer_id="deposits", rows=rows)
    lines = sorted({index.row() for index in view.selectionModel().selectedIndexes()})
    assert lines == [5, 6, 9]
    panel.top_button.setChecked(True)
    assert set(model.order[:3].tolist()) == rows
    session.run("select.clear")
    assert not view.selectionModel().hasSelection()


def test_enter_tells_layer_and_row(qtbot, session):
    panel = AttributeTablePanel(session)
    qtbot.addWidget(panel)
    panel.show_layer("refineries")
    panel.sort("country")
    panel.show()
    panel.view.setCurrentIndex(panel.model.index(1, 0))
    panel.view.setFocus()
    with qtbot.waitSignal(panel.rowActivated) as told:
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert told.args == ["refineries", int(panel.model.order[1])]


def test_copies_as_text_and_csv(qtbot, make_session):
    features = Features.from_points(
        np.zeros((2, 2)),
        {"name": np.array(['A "b", c', None], dtype=object), "t": np.array([1.5, np.nan])},
    )
    session = make_session(state=new_state([Layer("x", "X", Role.REFERENCE, features)]))
    panel = AttributeTablePanel(session)
    qtbot.addWidget(panel)
    panel.copy(",")
    assert QGuiApplication.clipboard().text() == 'name,t\n"A ""b"", c",1.5\n,\n'
    panel.copy("\t")
    assert QGuiApplication.clipboard().text().splitlines()[0] == "name\tt"


def test_a_long_copy_is_a_job(qtbot, make_session):
    count = AT_ONCE + 1
    features = Features.from_points(np.zeros((count, 2)), {"n": np.arange(count)})
    session = make_session(state=new_state([Layer("x", "X", Role.REFERENCE, features)]))
    panel = AttributeTablePanel(session)
    qtbot.addWidget(panel)
    settled(qtbot, session)
    panel.copy("\t")
    assert any(job.purpose == "table.copy" for job in session.jobs.running)
    settled(qtbot, session)
    lines = QGuiApplication.clipboard().text().split()
    assert lines[0] == "n"
    assert lines[-1] == str(AT_ONCE)


def test_missing_values_sort_last_either_way():
    rows = np.arange(4, dtype=np.int64)
    numbers = np.array([2.0, np.nan, 1.0, 3.0])
    assert sorted_rows(numbers, rows).tolist() == [2, 0, 3, 1]
    assert sorted_rows(numbers, rows, descending=True).tolist() == [3, 0, 2, 1]
    words = np.array(["b", None, "C", "a"], dtype=object)
    assert sorted_rows(words, rows).tolist() == [3, 0, 2, 1]
    assert sorted_rows(words, rows, descending=True).tolist() == [2, 0, 3, 1]
    days = np.array(["2024-01-02", "NaT", "2023-01-01"], dtype="datetime64[D]")
    assert sorted_rows(days, rows[:3]).tolist() == [2, 0, 1]


def test_a_search_wants_all_words_in_any_column():
    columns = {
        "name": np.array(["Mount Weld", "Weld county", None], dtype=object),
        "iso": np.array(["AUS", "USA", "AUS"], dtype=object),
    }
    assert matching_rows(columns, 3, "weld aus").tolist() == [0]
    assert matching_rows(columns, 3, " ").tolist() == [0, 1, 2]
    stopped = Feedback()
    stopped.cancel()
    with pytest.raises(Cancelled):
        matching_rows(columns, 3, "weld", stopped)


def test_cells_read_well():
    assert cell_text(np.float64("nan")) == ""
    assert cell_text(np.float64(0.1)) == "0.1"
    assert cell_text(np.datetime64("2024-05-06T10:00")) == "2024-05-06"
    assert cell_text(np.bool_(True)) == "yes"
    model = ColumnModel()
    model.show_columns({"start_year": np.array([1957])}, 1)
    assert model.headerData(0, Qt.Orientation.Horizontal) == "start year"
    model.sorted_by = (0, True)
    assert model.headerData(0, Qt.Orientation.Horizontal).endswith("\u2193")
