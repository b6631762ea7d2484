"""A row of chips and buttons: what is asked of ways, each chip to be taken back, more to choose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from gisapp.analysis.network.journey import SHIPS
from gisapp.gui.chips import FlowLayout, RemovableChip
from gisapp.gui.looks import clear
from gisapp.gui.popup import Choice, Chooser
from gisapp.gui.results_pages import Suggestion
from gisapp.model.facts import Facts
from gisapp.workspace.passages import not_passed, passage_titles, passed_titles
from gisapp.workspace.state import Question
from gisapp.workspace.titles import country_title

#: Choices and the value of the present one; a value is a command and its parameters.
Offer = tuple[list[Choice], Any]


def choosing(command: str, **params: Any) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """Return the value of a choice: the command that it runs, and its parameters."""
    return command, tuple(params.items())


class WayChoices(QWidget):
    """Chips and buttons in lines; `asked` carries a `Suggestion` with the command to run."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)

    def clear(self) -> None:
        """Take all chips and buttons away."""
        clear(self._flow)

    def show_ways(self, question: Question, facts: Facts) -> None:
        """Add what ways keep away from, and what they may keep away from besides."""
        titles = passage_titles()
        for code in sorted(question.closed):
            self._chip(f"No {titles.get(code, code)}", "closed", question.closed - {code})
        for code in sorted(question.avoided):
            name = country_title(code, facts.countries)
            self._chip(f"Not through {name}", "countries", question.avoided - {code})
        self.button("Avoid passage", "Close a strait or canal", lambda: _passages(question))
        self.button(
            "Avoid country",
            "Let no way lead through a country or its ports",
            lambda: _countries(question, facts),
        )
        self.button(
            SHIPS.get(question.ship, question.ship),
            "The class of ships, which does not pass every strait and canal",
            lambda: _ships(question),
        )

    def button(self, words: str, tip: str, offered: Callable[[], Offer]) -> None:
        """Add a button that drops a list of choices."""
        button = QPushButton(f"{words} \u25be", self)
        button.setObjectName("quiet")
        button.setToolTip(tip)
        button.setAccessibleName(f"{words}: {tip}")
        button.clicked.connect(lambda: self._drop(button, tip, offered))
        self._flow.addWidget(button)

    def _drop(self, button: QWidget, title: str, offered: Callable[[], Offer]) -> None:
        choices, current = offered()
        chooser = Chooser(self, title, width=260)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.chosen.connect(lambda params: self._ask(params[0], **dict(params[1])))
        chooser.open_under(button, choices, current)

    def _chip(self, words: str, name: str, left: Iterable[str]) -> None:
        chip = RemovableChip(words, f"Take back: {words}", self)
        chip.removed.connect(lambda: self._ask("question.avoid", **{name: sorted(left)}))
        self._flow.addWidget(chip)

    def _ask(self, command: str, **params: Any) -> None:
        self.asked.emit(Suggestion("", command, params))


def _passages(question: Question) -> Offer:
    open_ = [(t, c) for c, t in passed_titles().items() if c not in question.closed]
    return [
        Choice(title, _avoid(closed=sorted(question.closed | {code})), found_by=code)
        for title, code in sorted(open_)
    ], None


def _countries(question: Question, facts: Facts) -> Offer:
    names = sorted((country_title(c, facts.countries), c) for c in facts.countries)
    return [
        Choice(title, _avoid(countries=sorted(question.avoided | {code})), found_by=code)
        for title, code in names
        if code not in question.avoided
    ], None


def _ships(question: Question) -> Offer:
    def note(ship: str) -> str:
        names = not_passed(ship)
        return f"Not by {', '.join(names)}" if names else "By every open passage"

    choices = [Choice(title, _avoid(ship=ship), note(ship)) for ship, title in SHIPS.items()]
    return choices, _avoid(ship=question.ship)


def _avoid(**params: Any) -> tuple[str, tuple[tuple[str, Any], ...]]:
    return choosing("question.avoid", **params)
