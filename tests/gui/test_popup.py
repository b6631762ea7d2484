from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from gisapp.data.shipped import load_facts
from gisapp.gui.alliance_choices import alliance_choices
from gisapp.gui.popup import Choice, Chooser

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def facts():
    return load_facts()


@pytest.fixture
def chooser(qtbot) -> Iterator[Chooser]:
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.show()
    yield Chooser(ground, "Choose")
    ground.close()


def shown(chooser: Chooser) -> list[str]:
    return [chooser.list.item(row).text() for row in range(chooser.list.count())]


def test_alliances_in_use_come_first_and_those_without_members_last(facts):
    choices = alliance_choices(facts, DAY)
    assert [c.title for c in choices[:3]] == ["US-CAN-UK-AUS", "FORGE", "MSP Forum"]
    assert len(choices) == len(facts.alliances.alliances)
    faint = [c.faint for c in choices]
    assert faint == sorted(faint)
    ended = {c.title: c.aside for c in choices if c.faint}
    assert ended["MSP"] == "ended 4 Feb 2026"
    assert ended["NAGA"] == "no governments"


def test_an_alliance_is_told_by_what_it_was_on_the_day(facts):
    by_title = {c.title: c for c in alliance_choices(facts, date(2025, 1, 1))}
    assert not by_title["MSP"].faint
    assert by_title["FORGE"].faint
    assert by_title["FORGE"].aside.startswith("from ")


def test_an_alliance_is_found_by_either_name_and_by_a_member(facts, chooser):
    choices = alliance_choices(facts, DAY)
    chooser.open_at(QPoint(0, 0), choices)
    chooser.line.setText("group of seven")
    assert shown(chooser) == ["G7"]
    chooser.line.setText("japan")
    assert {"G7", "Quad"} <= set(shown(chooser))
    assert "EU" not in shown(chooser)


def test_what_is_not_found_is_said_and_cannot_be_taken(qtbot, chooser):
    taken = []
    chooser.chosen.connect(taken.append)
    chooser.open_at(QPoint(0, 0), [Choice(str(n), n) for n in range(12)])
    chooser.line.setText("xyz")
    assert len(shown(chooser)) == 1
    qtbot.keyClick(chooser.line, Qt.Key.Key_Return)
    assert taken == []
    chooser.line.setText("11")
    qtbot.keyClick(chooser.line, Qt.Key.Key_Return)
    assert taken == [11]
