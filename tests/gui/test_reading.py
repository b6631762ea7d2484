"""How files are read, looked at, opened in part and saved: the real dialogs on real files."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from gisapp.data.reader import read_layers
from gisapp.data.shipped import load_layer
from gisapp.data.writer import write_layers
from gisapp.gui.export_layer_dialog import ExportLayerDialog
from gisapp.gui.files import Files
from gisapp.gui.layer_picker import LayerPicker
from gisapp.gui.mapping_dialog import MappingDialog
from gisapp.gui.memory import Memory
from gisapp.gui.notice_bar import NoticeBar
from gisapp.gui.repair_dialog import RepairDialog, Subject
from gisapp.model.reading import Choice, Finding
from gisapp.model.vocabulary import Role
from gisapp.workspace.remember import recall_layers

LONG = 30_000


def idle(qtbot, session):
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=LONG)


def own_layers(session):
    return [e.layer for e in session.state.layers if e.layer.source.read_on]


@pytest.fixture
def metres(tmp_path):
    """Return a table in metres of UTM 19S that does not say so."""
    path = tmp_path / "metres.csv"
    rows = "\n".join(f"M{i},lithium,{400000 + 900 * i},{7390000 + 700 * i}" for i in range(9))
    path.write_text(f"name,mineral,x,y\n{rows}\n", encoding="utf-8")
    return path


@pytest.fixture
def latin(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes("name;commod;cap_kt;lon;lat\nÑuñoa;lithium;5;-70;-23\n".encode("cp1252"))
    return path


def refused_by(session, qtbot, path):
    said = []
    leave = session.reported.connect(said.append)
    session.run("layer.open", paths=[path])
    idle(qtbot, session)
    leave()
    return next(report.refused for report in said if report.refused is not None)


def test_a_refused_file_is_opened_by_a_choice(qtbot, session, metres):
    dialog = RepairDialog(session, Subject.of_refused(refused_by(session, qtbot, metres)))
    dialog.show()
    idle(qtbot, session)
    dialog.boxes["crs"].take("EPSG:32719")
    idle(qtbot, session)
    assert dialog.preview.error is None
    assert dialog.places.text() == "Of the first 9: 9 in Chile."
    assert dialog.table.lines.rowCount() == 5
    assert len(dialog.map.located.dots) == 9
    assert dialog.apply.isEnabled()
    qtbot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    idle(qtbot, session)
    (layer,) = own_layers(session)
    assert layer.source.crs == "EPSG:32719"
    assert layer.features.bounds == pytest.approx((-69.98, -23.6, -69.91, -23.54), abs=0.01)


def test_a_wrong_choice_says_so_and_cannot_be_applied(qtbot, session, metres):
    dialog = RepairDialog(session, Subject.of_refused(refused_by(session, qtbot, metres)))
    qtbot.addWidget(dialog)
    dialog.boxes["crs"].take("EPSG:999999")
    idle(qtbot, session)
    assert "999999" in dialog.fault.text()
    assert not dialog.apply.isEnabled()
    assert dialog.map.located is None


def test_another_crs_is_found_by_country_and_zone(qtbot, session, metres):
    dialog = RepairDialog(session, Subject.of_refused(refused_by(session, qtbot, metres)))
    qtbot.addWidget(dialog)
    dialog.show()
    box = dialog.boxes["crs"]
    box.open_chooser()
    box.chooser.line.setText("sirgas-chile 19s 2016")
    values = [
        box.chooser.list.item(i).data(Qt.ItemDataRole.UserRole)
        for i in range(box.chooser.list.count())
    ]
    assert "EPSG:9155" in values
    box.chooser.chosen.emit("EPSG:9155")
    idle(qtbot, session)
    assert dialog.options.crs == "EPSG:9155"
    assert box.buttons["EPSG:9155"].isChecked()
    assert dialog.places.text() == "Of the first 9: 9 in Chile."


def test_another_encoding_reads_the_layer_again_as_one_step(qtbot, session, latin):
    session.run("layer.open", paths=[latin])
    idle(qtbot, session)
    (layer,) = own_layers(session)
    before = session.state
    dialog = RepairDialog(session, Subject.of_layer(layer))
    dialog.show()
    idle(qtbot, session)
    assert not dialog.apply.isEnabled()  # nothing is chosen yet
    for encoding in ("windows-1250", "KOI8-R", "windows-1251"):  # each try ends the one before
        dialog.boxes["encoding"].take(encoding)
    idle(qtbot, session)
    assert dialog.preview.layer.source.encoding == "windows-1251"
    dialog.accept()
    idle(qtbot, session)
    wrong = "Ñuñoa".encode("cp1252").decode("cp1251")
    assert own_layers(session)[0].features.columns["name"][0] == wrong
    assert session.state.entry(layer.id).layer.source.reading.encoding == "windows-1251"
    session.undo()
    assert session.state == before


def test_closing_the_dialog_ends_its_work_and_changes_nothing(qtbot, session, latin):
    session.run("layer.open", paths=[latin])
    idle(qtbot, session)
    before = session.state
    dialog = RepairDialog(session, Subject.of_layer(own_layers(session)[0]))
    dialog.show()
    assert "repair.preview" in {job.purpose for job in session.jobs.running}
    qtbot.mouseClick(dialog.keep, Qt.MouseButton.LeftButton)
    assert "repair.preview" not in {job.purpose for job in session.jobs.running}
    assert session.state is before


def test_a_yes_or_no_is_offered_with_its_reasons(qtbot, session, latin):
    session.run("layer.open", paths=[latin])
    idle(qtbot, session)
    finding = Finding(
        "duplicates", "duplicates", "Two sites may be one.", "no",
        (Choice("yes", "Keep one", "200 m apart."), Choice("no", "Keep both")), sure=False,
    )  # fmt: skip
    layer = own_layers(session)[0].with_(findings=(finding,))
    dialog = RepairDialog(session, Subject.of_layer(layer))
    qtbot.addWidget(dialog)
    buttons = dialog.boxes["duplicates"].buttons
    assert buttons["no"].isChecked()
    buttons["yes"].click()
    assert dialog.options.repairs == (("duplicates", True),)
    idle(qtbot, session)


def test_the_unit_of_a_capacity_is_guessed_chosen_and_refused(qtbot, session, latin):
    session.run("layer.open", paths=[latin])
    idle(qtbot, session)
    (layer,) = own_layers(session)
    dialog = MappingDialog(session, layer)
    assert dialog.unit_text == "kt"
    column = [dialog.preview.horizontalHeaderItem(i).text() for i in range(9)].index("Capacity")
    assert dialog.preview.item(0, column).text() == "5\u202f000\u00a0t"
    dialog.unit.setCurrentText("mt")
    assert not dialog.apply.isEnabled()
    assert "no unit that can be told" in dialog.remark.text()
    dialog.unit.setCurrentText("kt LCE")
    assert dialog.preview.item(0, column).text() == "5\u202f000\u00a0t LCE"
    dialog.accept()
    assert session.state.entry(layer.id).layer.mapping.units == (("capacity", "kt LCE"),)
    session.undo()
    assert session.state.entry(layer.id).layer.mapping.units == (("capacity", "kt"),)


@pytest.fixture
def files(qtbot, session):
    shell, notices = NoticeBar(), NoticeBar()
    qtbot.addWidget(shell)
    qtbot.addWidget(notices)
    opened = Files(session, Memory(), notices, shell)
    yield opened
    opened.close()


def picker():
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, LayerPicker))


def test_a_file_of_several_layers_asks_which_and_remembers(qtbot, session, files, tmp_path):
    path = tmp_path / "many.gpkg"
    write_layers(path, [load_layer(n) for n in ("deposits", "refineries", "magnet_plants")])
    before = len(session.state.layers)
    files.open([path])
    idle(qtbot, session)
    dialog = picker()
    assert dialog.ticked == ("Deposits", "Refineries", "Magnet plants")  # few: all of them
    assert dialog.table.item(0, 1).text() == "743"
    dialog.tick(all_of=False)
    assert not dialog.open_button.isEnabled()
    dialog.table.item(2, 0).setCheckState(Qt.CheckState.Checked)
    dialog.accept()
    idle(qtbot, session)
    assert len(session.state.layers) == before + 1
    (layer,) = own_layers(session)
    assert (layer.name, layer.role) == ("Magnet plants", Role.MAGNET_PLANT)
    assert recall_layers(("Refineries", "Deposits", "Magnet plants")) == ("Magnet plants",)
    QApplication.sendPostedEvents(None, 0)
    files.open([path])
    idle(qtbot, session)
    again = next(
        w for w in QApplication.topLevelWidgets() if isinstance(w, LayerPicker) and w.isVisible()
    )
    assert again.ticked == ("Magnet plants",)
    again.reject()


def test_a_file_of_one_layer_is_opened_without_a_question(qtbot, session, files, tmp_path):
    path = tmp_path / "one.gpkg"
    write_layers(path, [load_layer("magnet_plants")])
    files.open([path])
    idle(qtbot, session)
    assert [layer.name for layer in own_layers(session)] == ["Magnet plants"]


def test_an_export_shows_first_what_a_shapefile_loses(qtbot, session, tmp_path):
    layer = session.state.entry("refineries").layer
    written = []
    dialog = ExportLayerDialog(session, layer, str(tmp_path), written.append)
    dialog.show()
    idle(qtbot, session)
    assert dialog.suffix == ".gpkg"
    assert dialog.note.text().startswith("Nothing is lost")
    dialog.format.setCurrentIndex(dialog.format.findData(".shp"))
    idle(qtbot, session)
    shown = dialog.names.lines
    pairs = {shown.index(r, 0).data(): shown.index(r, 1).data() for r in range(shown.rowCount())}
    assert pairs["owner_country"] == "owner_coun"
    assert pairs["capacity_product"] == "capacity_p"
    qtbot.mouseClick(dialog.instead, Qt.MouseButton.LeftButton)
    assert dialog.suffix == ".gpkg"
    dialog.format.setCurrentIndex(dialog.format.findData(".shp"))
    dialog.take_crs("EPSG:3857")
    idle(qtbot, session)
    dialog.accept()
    idle(qtbot, session)
    (path,) = written
    (back,) = read_layers(path)
    assert set(pairs.values()) <= set(back.features.columns)
    assert back.source.crs == "EPSG:3857"
    np.testing.assert_allclose(back.features.lonlat, layer.features.lonlat, atol=1e-6)


def test_an_export_of_no_rows_is_not_begun(qtbot, session, tmp_path):
    layer = session.state.entry("refineries").layer
    dialog = ExportLayerDialog(session, layer, str(tmp_path), lambda _path: None)
    qtbot.addWidget(dialog)
    dialog.rows.setCurrentIndex(dialog.rows.findData("selected"))
    idle(qtbot, session)
    assert not dialog.export.isEnabled()
    assert dialog.note.text() == "There are no such rows to save."


def test_the_window_opens_the_dialog_and_tells_guesses_in_its_bar(qtbot, window, metres, tmp_path):
    session = window.session
    session.run("layer.open", paths=[metres])
    idle(qtbot, session)
    qtbot.waitUntil(
        lambda: any(isinstance(w, RepairDialog) for w in QApplication.topLevelWidgets())
    )
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, RepairDialog))
    assert not dialog.isModal()
    assert window.notices.notice.message.startswith("metres.csv")
    assert "--crs" not in window.notices.notice.hint  # that is for the command line
    idle(qtbot, session)
    dialog.boxes["crs"].take("EPSG:32719")
    idle(qtbot, session)
    dialog.accept()
    idle(qtbot, session)
    (layer,) = own_layers(session)
    swapped = tmp_path / "swapped.csv"
    rows = "\n".join(f"S{i},lithium,{-68 - i / 10},{-23 - i / 10}" for i in range(8))
    swapped.write_text(f"name,mineral,lat,lon\n{rows}\n", encoding="utf-8")
    window.notices.drop()
    session.run("layer.open", paths=[swapped])
    idle(qtbot, session)
    qtbot.waitUntil(lambda: window.notices.notice is not None)
    while "your eye" not in window.notices.notice.message:
        window.notices.drop()
    (look,) = window.notices.buttons
    assert look.text() == "Look"
    look.click()
    shown = next(
        w for w in QApplication.topLevelWidgets() if isinstance(w, RepairDialog) and w.isVisible()
    )
    assert "axes_swapped" in shown.boxes
    idle(qtbot, session)
    shown.boxes["axes_swapped"].buttons["yes"].click()
    idle(qtbot, session)
    assert "Chile" in shown.places.text()
    shown.reject()
    # the menu of the layer, its record as text
    window.layers.list.select(layer.id)
    spot = window.layers.list.visualItemRect(window.layers.list.currentItem()).center()
    window.layers.list.customContextMenuRequested.emit(spot)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    titles = [action.text() for action in menu.actions() if action.text()]
    assert window.table.layer is not None
    assert window.table.layer.id == layer.id
    for title in (
        "How the layer was read…",
        "Role and columns…",
        "Export layer…",
        "Problems and record",
    ):
        assert title in titles
    menu.close()
    window.layers.show_problems(layer.id)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.copy.click()
    assert "EPSG:32719" in QGuiApplication.clipboard().text()
    popup.close()
