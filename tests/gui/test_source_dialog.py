"""The dialog that adds layers from databases and services."""

import duckdb
import pytest
from PySide6.QtCore import Qt

from gisapp.gui.memory import Memory
from gisapp.gui.source_dialog import SourceDialog
from tests.gui.conftest import LONG
from tests.services import serve, wfs


@pytest.fixture
def memory(home):
    return Memory()


@pytest.fixture
def make(session, memory, qtbot):
    def dialog(view=(-12.0, 30.0, 40.0, 60.0)):
        made = SourceDialog(session, memory, view)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(made)
        made.show()
        return made

    return dialog


def listed(dialog, qtbot):
    dialog.list_layers()
    qtbot.waitUntil(lambda: dialog.table.rowCount() > 0, timeout=LONG)


def test_a_table_is_listed_chosen_and_added(make, memory, session, postgis, qtbot):
    postgis.sql(
        "DROP TABLE IF EXISTS wells; CREATE TABLE wells AS SELECT 1 AS id, "
        "ST_SetSRID(ST_MakePoint(10, 50), 4326)::geometry(Point, 4326) AS geom"
    )
    dialog = make()
    assert not dialog.add.isEnabled()
    dialog.address.setEditText(postgis.url(user="gis"))
    dialog.password.setText("never-kept")
    listed(dialog, qtbot)
    texts = [
        [dialog.table.item(row, column).text() for column in range(4)]
        for row in range(dialog.table.rowCount())
    ]
    assert ["public.wells", "1", "Point", "EPSG:4326"] in texts
    dialog.table.selectRow(next(i for i, t in enumerate(texts) if t[0] == "public.wells"))
    dialog.part.setChecked(True)
    assert dialog.add.isEnabled()
    before = len(session.state.layers)
    dialog.accept()
    qtbot.waitUntil(lambda: len(session.state.layers) > before, timeout=LONG)
    layer = next(e.layer for e in session.state.layers if e.layer.source.driver == "PostGIS")
    assert layer.features.lonlat.tolist() == [[10, 50]]
    assert layer.source.reading.bounds == (-12, 30, 40, 60)
    assert memory.settings.sources == (postgis.url(user="gis"),)
    again = make()
    assert again.address.itemText(0) == postgis.url(user="gis")
    assert again.password.text() == ""


def test_a_service_is_asked_only_with_the_switch(make, memory, qtbot):
    with serve() as service:
        service.answers["/wfs"] = wfs
        dialog = make()
        dialog.sort.setCurrentIndex(2)
        dialog.address.setEditText(service.url("/wfs"))
        dialog.list_layers()
        qtbot.waitUntil(lambda: "Tick the box" in dialog.note.text(), timeout=LONG)
        assert service.asked == []
        dialog.online.setChecked(True)
        listed(dialog, qtbot)
        assert dialog.table.item(0, 0).text() == "Survey sites (survey:sites)"
        assert dialog.add.isEnabled()  # a single layer is chosen already
        assert memory.settings.online


def test_what_is_wrong_is_said_in_place(make, qtbot):
    dialog = make(view=None)
    assert not dialog.part.isEnabled()  # a map of the whole world shows no part
    dialog.list_layers()
    assert dialog.note.text() == "Type an address first."
    dialog.address.setEditText("postgresql://me:hush@127.0.0.1:1/d")
    dialog.list_layers()
    assert "hush" not in dialog.note.text()
    qtbot.waitUntil(lambda: "No server answers" in dialog.note.text(), timeout=LONG)
    assert dialog.look.isEnabled()
    assert not dialog.add.isEnabled()


def test_a_database_file_is_listed(make, tmp_path, qtbot):
    path = tmp_path / "sites.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE sites AS SELECT 'POINT (1 2)'::GEOMETRY AS geom")
    dialog = make()
    dialog.sort.setCurrentIndex(1)
    assert dialog.browse.isVisible()
    assert not dialog.password.isVisible()
    dialog.address.setEditText(str(path))
    listed(dialog, qtbot)
    assert dialog.table.item(0, 0).text() == "sites"


def test_the_command_line_names_files_and_addresses_alike(window, qtbot, tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("name,lon,lat,mineral\nA,10,50,lithium\n", encoding="utf-8")
    window.shell.memory.keep(online=True)
    with serve() as service:
        service.answers["/wfs"] = wfs
        window.open_named([str(path), service.url("/wfs")])
        (dialog,) = window.shell.findChildren(SourceDialog)
        assert dialog.sort.currentText() == "Web Feature Service (WFS)"
        qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=LONG)
        dialog.accept()
        session = window.session
        qtbot.waitUntil(lambda: not session.jobs.running, timeout=LONG)
    names = {entry.layer.name for entry in session.state.layers}
    assert {"sites", "Survey sites"} <= names
