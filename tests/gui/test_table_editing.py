"""The table at work: conditions, cells, columns, statistics, points, a million rows."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QWidget

from gisapp.gui.calculator import Calculator, _Form
from gisapp.gui.column_card import ColumnCard
from gisapp.gui.column_model import table_format
from gisapp.gui.identify_card import IdentifyPanel
from gisapp.gui.point_form import PointForm
from gisapp.gui.table_menus import column_menu, columns_menu, condition_of, row_menu
from gisapp.gui.table_panel import AttributeTablePanel
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from gisapp.workspace.column_statistics import as_text, round_edges, statistics_of
from gisapp.workspace.example import new_state
from gisapp.workspace.expression_help import offers_at

MILLION = 1_000_000


def sites() -> Layer:
    features = Features.from_points(
        np.array([[10.0, 50.0], [20.0, 40.0], [30.0, 30.0], [40.0, 20.0]]),
        {
            "name": np.array(["Alpha", "Beta", None, "=Delta"], dtype=object),
            "country": np.array(["AUS", "CAN", "AUS", "CHL"], dtype=object),
            "capacity": np.array([12_500.0, np.nan, 300.5, -7.0]),
            "year": np.array([1957, 2001, 2010, 2020]),
        },
    )
    return Layer("x", "Sites", Role.REFERENCE, features)


@pytest.fixture
def panel(qtbot, make_session) -> AttributeTablePanel:
    made = AttributeTablePanel(make_session(state=new_state([sites()])))
    qtbot.addWidget(made)
    made.resize(800, 300)
    made.show()
    settled(qtbot, made)
    return made


def settled(qtbot, panel) -> None:
    qtbot.waitUntil(lambda: not panel.session.jobs.running, timeout=20_000)


def column(panel, name):
    return panel.session.state.entry("x").layer.features.columns[name].tolist()


def chosen(panel) -> list[int]:
    return list(panel.session.state.selection.rows)


def edit(qtbot, panel, line, field, text, key=Qt.Key.Key_Return, modifier=None) -> QLineEdit:
    """Type into a cell and end with a key."""
    panel.set_editing(True)
    # the editor before goes when the loop comes round
    qtbot.waitUntil(lambda: not panel.view.viewport().findChildren(QLineEdit))
    index = panel.model.index(line, panel.model.names.index(field))
    panel.view.setCurrentIndex(index)
    panel.view.edit(index)
    (editor,) = panel.view.viewport().findChildren(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, key, modifier or Qt.KeyboardModifier.NoModifier)
    return editor


def test_a_condition_is_checked_completed_counted_and_applied(qtbot, panel):
    panel.ask_condition()
    line, note = panel.where.line, panel.where.note
    qtbot.keyClicks(line, "cou")
    assert line.list.isVisible()
    assert line.list.item(0).text() == "country"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.keyClicks(line, " = 'au")
    assert line.list.item(0).text() == "'AUS'"
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert line.text() == "country = 'AUS'"
    assert not line.list.isVisible()
    line.check()
    assert note.text() == "Holds for 2 of 4 rows."
    assert panel.model.rowCount() == 4
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert panel.session.state.entry("x").where == "country = 'AUS'"
    assert panel.model.order.tolist() == [0, 2]
    panel.where.select()
    assert chosen(panel) == [0, 2]
    line.setText("capacty > 5")
    line.check()
    assert note.text() == "No column is called capacty. Did you mean capacity?"
    assert not panel.where.filter_button.isEnabled()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "country = 'AUS'"
    panel.session.undo()
    panel.session.undo()
    assert line.text() == ""
    assert panel.model.rowCount() == 4


def test_offers_know_where_they_are():
    features = sites().features
    assert offers_at("cap", 3, features).offers[0].text == "capacity"
    assert offers_at("name in ('Alpha', 'b", 20, features).offers[0].text == "'Beta'"
    assert offers_at("name ilike '%del", 16, features).offers[0].text == "'=Delta'"
    assert offers_at("nix = 'a", 8, features).offers == ()
    assert offers_at("year = 19", 9, features).offers == ()
    assert offers_at("$ar", 3, features).offers[0].text == "$area_km2"
    assert offers_at("upp", 3, features).offers[0].text == "upper("
    spaced = features.with_columns(**{"start year": np.arange(4)})
    assert offers_at("star", 4, spaced).offers[0].text == '"start year"'


def test_cells_are_edited_in_place(qtbot, panel):
    panel.sort("year", descending=True)
    edit(qtbot, panel, 0, "capacity", "2 000")
    qtbot.waitUntil(lambda: column(panel, "capacity")[3] == 2000.0)
    assert panel.model.order.tolist() == [3, 2, 1, 0]  # lines stay where they are
    assert panel.model.text(0, 2) == "2000"
    editor = edit(qtbot, panel, 0, "capacity", "much")
    assert "no number" in editor.property("fault")
    assert column(panel, "capacity")[3] == 2000.0
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    panel.session.undo()
    assert column(panel, "capacity")[3] == -7.0


def test_all_selected_rows_are_filled(qtbot, panel):
    panel.session.run("select.set", layer_id="x", rows=[0, 2])
    control = Qt.KeyboardModifier.ControlModifier
    panel.set_editing(True)
    panel.fill(1, "NZL")
    assert column(panel, "country") == ["NZL", "CAN", "NZL", "CHL"]
    panel.view.setFocus()
    index = panel.model.index(0, 1)
    panel.view.selectionModel().setCurrentIndex(
        index, panel.view.selectionModel().SelectionFlag.NoUpdate
    )
    panel.view.edit(index)
    (editor,) = panel.view.viewport().findChildren(QLineEdit)
    editor.setText("FJI")
    qtbot.keyClick(editor, Qt.Key.Key_Return, control)
    assert column(panel, "country") == ["FJI", "CAN", "FJI", "CHL"]
    qtbot.keyClick(panel.view, Qt.Key.Key_Delete)
    assert column(panel, "country") == ["CAN", "CHL"]
    assert panel.model.rowCount() == 2


def test_double_click_goes_to_the_map_unless_cells_are_edited(qtbot, panel):
    triggers = QAbstractItemView.EditTrigger
    assert panel.view.editTriggers() == triggers.NoEditTriggers
    panel.edit_button.setChecked(True)
    assert panel.view.editTriggers() & triggers.DoubleClicked
    with qtbot.assertNotEmitted(panel.rowActivated):
        panel.view.activated.emit(panel.model.index(0, 0))
    panel.edit_button.setChecked(False)
    with qtbot.waitSignal(panel.rowActivated):
        panel.view.activated.emit(panel.model.index(0, 0))


def test_only_the_selected_rows(panel):
    panel.only_button.setChecked(True)
    assert "No row passes" in panel.empty.text()
    panel.session.run("select.set", layer_id="x", rows=[1, 3])
    assert panel.model.order.tolist() == [1, 3]
    panel.session.run("select.invert", layer_id="x")
    assert panel.model.order.tolist() == [0, 2]
    panel.only_button.setChecked(False)
    assert panel.model.rowCount() == 4


def test_columns_are_put_as_one_likes_and_stay_so(qtbot, panel):
    header = panel.view.horizontalHeader()
    panel.hide_column(1)
    header.moveSection(header.visualIndex(3), 0)
    panel.sort("name")
    assert panel.view.shown_columns() == [3, 0, 2]
    panel.session.run("row.delete", layer_id="x", rows=[1])
    assert panel.view.shown_columns() == [3, 0, 2]
    assert panel.model.sorted_by == (0, False)  # the sorting stays too
    panel.copy(",")
    assert QGuiApplication.clipboard().text() == (
        "year,name,capacity\n2020,'=Delta,-7\n1957,Alpha,12500\n2010,,300.5\n"
    )
    menu = columns_menu(panel)
    for action in menu.actions():
        if action.text() == "country":
            assert not action.isChecked()
            action.setChecked(True)
    assert panel.view.shown_columns() == [3, 0, 1, 2]
    menu.deleteLater()


def test_menus_filter_by_what_a_cell_holds(qtbot, panel):
    menu = row_menu(panel, 0, 1)
    titles = {action.text(): action for action in menu.actions()}
    titles["Filter: rows like this"].trigger()
    assert panel.session.state.entry("x").where == "country = 'AUS'"
    menu.deleteLater()
    menu = row_menu(panel, 1, 0)  # a name that is missing
    {action.text(): action for action in menu.actions()}["Filter: all but these"].trigger()
    assert panel.model.order.tolist() == [0]
    menu.deleteLater()
    menu = column_menu(panel, 2)
    with qtbot.waitSignal(panel.statisticsAsked) as asked:
        {action.text(): action for action in menu.actions()}["Statistics\u2026"].trigger()
    assert asked.args == ["x", "capacity"]
    menu.deleteLater()
    assert condition_of("a b", np.float64(1.5)) == '"a b" = 1.5'
    assert condition_of("day", np.datetime64("2024-05-31")) == "day = '2024-05-31'"
    assert condition_of("on", np.bool_(False)) == "on = false"
    assert condition_of("n", np.float64("nan")) == "n is null"


def test_numbers_read_well():
    form = table_format("capacity", np.array([1.0]))
    assert form(np.float64(1234567.5)) == "1\u202f234\u202f567.5"
    assert form(np.float64(-9999)) == "\u22129999"
    assert form(np.float64("nan")) == "\u2013"
    assert table_format("site_id", np.array([1]))(np.int64(1234567)) == "1234567"
    assert table_format("name", np.array([None], dtype=object))(None) == "\u2013"


def test_the_calculator_shows_what_it_will_do(qtbot, panel):
    dialog = Calculator(panel.session, "x", "", panel.model.order, panel)
    dialog.show()
    form = dialog.findChild(_Form)
    form.name.setText("kt")
    form.line.setText("round(capacity / 1000, 1)")
    form.line.check()
    assert form.note.text() == "A number. The first rows that have one get: 12.5; 0.3; -0"
    form.line.setText("capacity +")
    form.line.check()
    assert not form.run_button.isEnabled()
    form.line.setText("round(capacity / 1000, 1)")
    form.line.check()
    form.run_button.click()
    assert column(panel, "kt")[0] == 12.5
    assert "kt" in panel.model.names


def test_statistics_of_a_column(qtbot, panel):
    card = ColumnCard(panel.session, "x", "capacity", panel.model.order, panel)
    qtbot.addWidget(card)
    card.show()
    card.copy_button.click()
    text = QGuiApplication.clipboard().text()
    assert "rows\t4\nmissing\t1\ndistinct\t3\nleast\t-7\nmedian\t300.5\n" in text
    draw = np.random.default_rng(3)
    values = draw.normal(5.0, 40.0, 5_000)
    values[::7] = np.nan
    told = statistics_of("v", values)
    known = values[~np.isnan(values)]
    assert (told.count, told.missing) == (5_000, len(values) - len(known))
    assert told.mean == pytest.approx(known.mean())
    assert told.median == pytest.approx(np.median(known))
    assert sum(told.counts) == len(known)
    assert told.edges[0] <= known.min() <= known.max() < told.edges[-1]
    words = statistics_of("w", np.array(["a", "b", None, "a"], dtype=object))
    assert words.top == (("a", 2), ("b", 1))
    assert "value a\t2" in as_text(words)
    days = statistics_of("d", np.array(["2020-01-01", "NaT", "2022-01-01"], dtype="M8[D]"))
    assert (days.low, days.high, days.missing) == ("2020-01-01", "2022-01-01", 1)
    assert len(round_edges(0, 1, whole=True)) - 1 <= 12


def test_a_point_is_added_with_what_was_typed(qtbot, panel):
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.resize(800, 500)
    form = PointForm(panel.session, panel.layer, -1, ground)
    assert not form.button.isEnabled()
    form.put(33.5, -12.25)
    assert form.position.text() == "-12.250000, 33.500000"
    form.fields["capacity"].setText("lots")
    assert "no number" in form.note.text()
    assert not form.button.isEnabled()
    form.fields["capacity"].setText("5")
    with qtbot.waitSignal(form.closed):
        form.take()
    assert column(panel, "capacity")[4] == 5.0
    assert panel.session.state.entry("x").layer.features.lonlat[4].tolist() == [33.5, -12.25]
    assert chosen(panel) == [4]
    moved = PointForm(panel.session, panel.layer, 4, ground)
    moved.put(0.0, 0.0)
    moved.position.setText("10 N, 20 E")
    moved.position.textEdited.emit("10 N, 20 E")
    with qtbot.waitSignal(moved.placed) as placed:
        moved.take()
    assert placed.args == [20.0, 10.0]
    assert panel.session.state.entry("x").layer.features.lonlat[4].tolist() == [20.0, 10.0]


def test_a_million_rows_are_filtered_and_edited_without_a_standstill(qtbot, make_session):
    draw = np.random.default_rng(7)
    features = Features.from_points(
        np.column_stack([draw.uniform(-180, 180, MILLION), draw.uniform(-80, 80, MILLION)]),
        {
            "name": np.array([f"Site {i:06d}" for i in range(MILLION)], dtype=object),
            "grade": draw.normal(size=MILLION),
        },
    )
    panel = AttributeTablePanel(
        make_session(state=new_state([Layer("x", "Big", Role.REFERENCE, features)]))
    )
    qtbot.addWidget(panel)
    panel.show()
    settled(qtbot, panel)
    gaps = [time.thread_time()]  # of this thread alone: others' work is no standstill
    timer = QTimer(panel, interval=5)
    timer.timeout.connect(lambda: gaps.append(time.thread_time()))
    timer.start()
    panel.session.run("layer.where", layer_id="x", where="grade > 1 and name like '%7'")
    settled(qtbot, panel)
    wanted = (features.columns["grade"] > 1) & (np.arange(MILLION) % 10 == 7)
    assert panel.model.order.tolist() == np.flatnonzero(wanted).tolist()
    panel.session.run("select.where", layer_id="x", expression="grade > 2")
    settled(qtbot, panel)
    panel.session.run("cell.set", layer_id="x", column="name", rows=[7], value="Edited")
    settled(qtbot, panel)
    panel.session.run("row.delete", layer_id="x")
    settled(qtbot, panel)
    assert len(panel.layer.features) == MILLION - int(
        (wanted & (features.columns["grade"] > 2)).sum()
    )
    panel.session.undo()
    settled(qtbot, panel)
    timer.stop()
    assert np.diff(gaps).max() < 0.2  # seconds; 0.05 as measured


def test_the_handle_of_a_point_is_dragged_on_the_map(qtbot, window):
    session, view = window.session, window.area.view
    session.run("select.set", layer_id="deposits", rows=[3])
    lon, lat = session.state.entry("deposits").layer.features.lonlat[3]
    window.edit_point(add=False)
    form = window.points.form
    page = view._page
    # drag it by 60 pixels to the right, as the pointer does
    script = f"""
        const at = gisapp.map.latLngToContainerPoint([{lat}, {lon}]);
        const box = gisapp.map.getContainer().getBoundingClientRect();
        const send = (kind, dx, target) => target.dispatchEvent(new MouseEvent(kind, {{
            bubbles: true, button: 0, view: window, detail: 1,
            clientX: box.left + at.x + dx, clientY: box.top + at.y }}));
        const pane = gisapp.map.getContainer();
        send("mousedown", 0, pane); send("mousemove", 30, pane); send("mousemove", 60, pane);
        send("mouseup", 60, document); gisapp.tools.handle.lon"""
    with qtbot.waitSignal(view.handleMoved, timeout=20_000, check_params_cb=lambda x, _y: x > lon):
        page.runJavaScript(script)
    qtbot.waitUntil(lambda: f"{lon:.6f}" not in form.position.text(), timeout=20_000)
    form.take()
    moved = session.state.entry("deposits").layer.features.lonlat[3]
    assert moved[0] > lon
    assert moved[1] == pytest.approx(lat, abs=0.05)
    assert window.points.form is None
    session.undo()
    assert session.state.entry("deposits").layer.features.lonlat[3].tolist() == [lon, lat]


def test_escape_gives_a_point_up(qtbot, window):
    window.bottom.open_tab(0)
    window.table.show_layer("deposits")
    before = window.session.state
    window.edit_point(add=True)
    window.area.view.placed.emit(20.0, 10.0, 5, 5)
    assert window.points.form.position.text() == "10.000000, 20.000000"
    window.area.view.escaped.emit()
    assert window.points.form is None
    assert window.session.state.layers == before.layers
    window.session.run("select.clear")
    window.edit_point(add=False)
    assert window.points.form is None
    header = window.table.view.horizontalHeader()
    assert header.logicalIndexAt(QPoint(5, 5)) == 0


def test_the_card_of_a_feature_goes_when_its_row_is_another(qtbot, make_session):
    card = IdentifyPanel(make_session(state=new_state([sites()])))
    qtbot.addWidget(card)
    session = card.session
    card.show_feature("x", 1, 0.0, 0.0)
    session.run("cell.set", layer_id="x", column="name", rows=[1], value="Renamed")
    assert card.title.text() == "Renamed"
    session.run("row.delete", layer_id="x", rows=[3])
    assert card.title.text() == "Renamed"
    with qtbot.waitSignal(card.closed):
        session.run("row.delete", layer_id="x", rows=[0])
