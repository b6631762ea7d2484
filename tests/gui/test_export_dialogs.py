"""What is asked before a file is written: format, name, folder, and of what a deck is made."""

from __future__ import annotations

import pytest
from pptx import Presentation
from PySide6.QtCore import Qt

from gisapp.gui.deck_dialog import DeckDialog
from gisapp.gui.export_dialog import FORMATS, ExportDialog, Further
from gisapp.gui.memory import Memory
from gisapp.model.feedback import Severity
from gisapp.workspace.deck_plan import Per
from tests.gui.conftest import LONG


@pytest.fixture
def memory(home) -> Memory:
    return Memory()


def further(called: list[str]) -> Further:
    return Further(*(lambda word=word: called.append(word) for word in ("page", "deck", "layer")))


@pytest.fixture
def dialog(qtbot, session, memory, tmp_path) -> ExportDialog:
    memory.keep(export_folder=str(tmp_path))
    made = ExportDialog(session, memory, lambda _path: None, further([]))
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_file_is_named_after_the_finding_where_the_last_one_went(dialog, tmp_path):
    assert dialog.file.path == tmp_path / "rare-earths-refining-us-can-uk-aus.pptx"
    for choice in FORMATS:
        dialog.choose(choice.value)
        assert dialog.file.path.name == f"rare-earths-refining-us-can-uk-aus{choice.value}"
        assert choice.detail.endswith(".")


def test_what_is_opened_does_not_move_the_next_export(memory, tmp_path):
    went, came = tmp_path / "out", tmp_path / "in"
    went.mkdir()
    came.mkdir()
    memory.exported(went / "a.png")
    memory.remember(came / "mines.shp")
    again = Memory()
    assert again.export_folder() == str(went)
    assert again.settings.export_format == ".png"
    assert str(went / "a.png") not in again.settings.recent


def test_a_file_that_is_there_is_replaced_knowingly(dialog, tmp_path):
    assert dialog.export.text() == "Export"
    there = tmp_path / "there.pptx"
    there.write_bytes(b"old")
    dialog.file.line.setText(str(there))
    assert dialog.export.text() == "Replace"
    assert "will be replaced" in dialog.file.note.text()
    dialog.file._take(str(there))  # the system's dialog has asked
    assert dialog.export.text() == "Export"


def test_a_place_where_nothing_can_go_is_said_before(dialog, tmp_path):
    dialog.file.line.setText(str(tmp_path / "none" / "a.pptx"))
    assert not dialog.export.isEnabled()
    assert dialog.file.note.text() == f"There is no folder {tmp_path / 'none'}."
    dialog.file.line.setText("")
    assert dialog.file.note.text() == "Give the file a name."


def test_the_dialog_leads_on(qtbot, session, memory):
    called: list[str] = []
    for button in ("Look at the page", "Several slides\u2026", "One layer\u2026"):
        dialog = ExportDialog(session, memory, lambda _path: None, further(called))
        qtbot.addWidget(dialog)
        found = [b for b in dialog.findChildren(type(dialog.export)) if b.text() == button]
        found[0].click()
        assert not dialog.isVisible()
    assert called == ["page", "deck", "layer"]


def test_a_deck_is_planned_and_made(qtbot, session, memory, tmp_path):
    memory.keep(export_folder=str(tmp_path))
    written = []
    dialog = DeckDialog(session, memory, written.append)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.table.rowCount() > 10, timeout=LONG)
    assert dialog.file.path == tmp_path / "critical-minerals-refining-us-can-uk-aus.pptx"
    dialog._pick({"lithium", "cobalt"}.__contains__)
    assert dialog.chosen == ("lithium", "cobalt")
    row = next(r for r in range(30) if dialog.table.item(r, 0).data(256) == "cobalt")
    qtbot.waitUntil(lambda: "cobalt" in dialog.table.item(row, 1).text(), timeout=LONG)
    dialog.table.item(row, 1).setText("Cobalt is the weak link")
    dialog.parts["appendix"].setChecked(False)
    reports = []
    leave = session.reported.connect(reports.append)
    dialog.accept()
    plan = session.state.deck
    assert plan.keys == ("lithium", "cobalt")
    assert plan.headlines == (("cobalt", "Cobalt is the weak link"),)
    assert not plan.appendix
    qtbot.waitUntil(lambda: bool(reports), timeout=LONG)
    leave()
    assert reports[0].severity is Severity.INFO
    deck = Presentation(written[0])
    texts = [s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame]
    assert "Cobalt is the weak link" in texts
    assert len(deck.slides) == 4  # agenda, comparison, two minerals


def test_a_deck_that_cannot_be_says_why(qtbot, session, memory):
    session.run("question.mineral", mineral=None)
    dialog = DeckDialog(session, memory, lambda _path: None)
    qtbot.addWidget(dialog)
    dialog.per.chosen.emit(Per.ALLIANCE)
    qtbot.waitUntil(lambda: "no mineral" in dialog.note.text(), timeout=LONG)
    assert not dialog.make.isEnabled()


def test_titles_that_were_written_can_be_given_up(qtbot, session, memory):
    session.run("deck.set", per=Per.YEAR, keys=("2020",), headlines={"2020": "Then"})
    dialog = DeckDialog(session, memory, lambda _path: None)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.chosen == ("2020",), timeout=LONG)
    row = next(
        r for r in range(40) if dialog.table.item(r, 0).checkState() is Qt.CheckState.Checked
    )
    assert dialog.table.item(row, 1).text() == "Then"
    dialog._reset_titles()
    assert dialog.table.item(row, 1).text() != "Then"
    assert "year" in dialog.count.text()
