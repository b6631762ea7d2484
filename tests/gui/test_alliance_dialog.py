from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from gisapp.gui.alliance_choices import alliance_choices
from gisapp.gui.alliance_dialog import AllianceDialog
from gisapp.gui.popup import Chooser
from gisapp.gui.question_bar import QuestionBar
from gisapp.model.alliance import MemberRole, TerritoryRule


def opened(qtbot, session) -> AllianceDialog:
    made = AllianceDialog(session)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)  # the test does
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def dialog(qtbot, session) -> AllianceDialog:
    return opened(qtbot, session)


def rows(dialog) -> list[str]:
    return [dialog.table.item(i, 0).text() for i in range(dialog.table.rowCount())]


def add(qtbot, dialog, word: str) -> None:
    dialog.who.setText(word)
    qtbot.keyClick(dialog.who, Qt.Key.Key_Return)


def test_an_alliance_is_made_and_asked_about(qtbot, session, dialog):
    dialog.new_button.click()
    assert rows(dialog) == []
    assert dialog.preview.text().startswith("Nobody is inside")
    qtbot.keyClicks(dialog.name, "Pacific pact")
    for word in ("australia", "JPN", "European Union"):
        add(qtbot, dialog, word)
    assert rows(dialog) == ["Australia", "Japan", "European Union"]
    assert "29 countries" in dialog.preview.text()
    role, start = dialog.table.cellWidget(1, 1), dialog.table.cellWidget(0, 2)
    assert isinstance(role, QComboBox)
    assert isinstance(start, QLineEdit)
    role.setCurrentIndex(role.findData(MemberRole.OBSERVER))
    assert "28 countries" in dialog.preview.text()
    qtbot.keyClicks(start, "2030")
    assert "27 countries" in dialog.preview.text()
    dialog.save_button.click()
    (made,) = session.state.alliances
    assert session.state.question.alliance == made.id == "pacific_pact"
    assert [(m.member, m.role.value, m.start and m.start.year) for m in made.memberships] == [
        ("AUS", "member", 2030),
        ("JPN", "observer", None),
        ("EU", "member", None),
    ]
    session.run("edit.undo")
    assert session.state.alliances == ()


def test_what_is_wrong_is_said_in_place(qtbot, session, dialog):
    dialog.new_button.click()
    add(qtbot, dialog, "Atlantis")
    assert "Atlantis" in dialog.problem.text()
    add(qtbot, dialog, "Japan")
    add(qtbot, dialog, "JPN")
    assert "in the table already" in dialog.problem.text()
    dialog.save_button.click()
    assert "no name" in dialog.problem.text()
    assert not dialog.isHidden()
    qtbot.keyClicks(dialog.name, "Pact")
    qtbot.keyClicks(dialog.table.cellWidget(0, 3), "soon")
    assert '"soon" is no day' in dialog.problem.text()
    dialog.save_button.click()
    assert session.state.alliances == ()
    assert not dialog.problem.isHidden()


def test_what_ships_is_shown_and_copied(session, dialog):
    ids = [dialog.choice.itemData(i).id for i in range(dialog.choice.count())]
    dialog.choice.setCurrentIndex(ids.index("g7"))
    assert dialog.name.isReadOnly()
    assert not dialog.table.isEnabled()
    assert not dialog.remove_button.isEnabled()
    assert dialog.save_button.text() == "Ask about it"
    shown = rows(dialog)
    dialog.copy_button.click()
    assert rows(dialog) == shown
    assert not dialog.name.isReadOnly()
    dialog.table.cellWidget(0, 4).click()
    assert rows(dialog) == shown[1:]
    dialog.save_button.click()
    assert session.state.alliances[0].name == "G7 (copy)"
    assert len(session.state.alliances[0].memberships) == len(shown) - 1


def test_an_own_one_is_changed_under_its_id_and_removed(qtbot, session):
    session.run("alliance.make", name="Pact", members=["JPN"])
    dialog = opened(qtbot, session)
    assert rows(dialog) == ["Japan"]
    dialog.name.setText("Ocean pact")
    add(qtbot, dialog, "Chile")
    dialog.rule.setCurrentIndex(dialog.rule.findData(TerritoryRule.NOBODY))
    dialog.accept()
    (made,) = session.state.alliances
    assert (made.id, made.name, len(made.memberships)) == ("pact", "Ocean pact", 2)
    assert session.state.territories is TerritoryRule.NOBODY
    again = opened(qtbot, session)
    again.remove_button.click()
    assert session.state.alliances == ()


def test_a_file_is_read(qtbot, session, dialog, tmp_path):
    path = tmp_path / "pact.json"
    members = [{"member": "CHL"}]
    text = {
        "format": "gisapp-alliances",
        "version": 1,
        "alliances": [{"name": "Pact", "members": members}],
    }
    path.write_text(json.dumps(text), encoding="utf-8")
    dialog.read(str(path))
    qtbot.waitUntil(lambda: bool(session.state.alliances), timeout=10_000)
    assert session.state.question.alliance == "pact"


def test_own_ones_stand_first_in_the_question_bar_and_are_marked(qtbot, session):
    session.run("alliance.make", name="Pacific pact", members=["JPN"], ask=False)
    offered = alliance_choices(session.facts, session.state.question.as_of)
    assert offered[0].value == "pacific_pact"
    assert offered[0].aside == "yours \u00b7 1 members" or offered[0].aside.startswith("yours")
    bar = QuestionBar(session)
    qtbot.addWidget(bar)
    bar.show()
    bar.ask("alliance")
    (chooser,) = [c for c in bar.findChildren(Chooser) if c.isVisible()]
    titles = [chooser.list.item(i).text() for i in range(3)]
    assert titles[0] == "No alliance"
    assert titles[1].startswith("Make or change alliances")
    assert titles[2] == "Pacific pact"
    chooser.list.itemClicked.emit(chooser.list.item(1))
    dialogs = bar.findChildren(AllianceDialog)
    assert len(dialogs) == 1
    dialogs[0].reject()
