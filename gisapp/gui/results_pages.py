"""What the pages of the results share: how they are filled, and what an empty one offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from gisapp.gui.looks import (
    GRID,
    Kind,
    Rule,
    ScrollColumn,
    Text,
    clear,
)
from gisapp.model.facts import Facts
from gisapp.model.vocabulary import MINERALS
from gisapp.workspace.answer import Answer
from gisapp.workspace.state import Question


@dataclass(frozen=True)
class Suggestion:
    """A button of an empty page: what it says and the command that it runs."""

    text: str
    command: str
    params: Mapping[str, Any]
    tip: str = ""


class Page(ScrollColumn):
    """A page of the results. `asked` carries a suggestion that was taken."""

    asked = Signal(object)
    rowActivated = Signal(str, int)

    def show_answer(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Show an answer, or what to choose to get one; a page of its own source shows nothing."""

    def start(self) -> QVBoxLayout:
        """Empty the page and return its column."""
        clear(self.column)
        return self.column

    def explain(self, title: str, text: str, suggestions: Sequence[Suggestion]) -> None:
        """Show why there is nothing here, and buttons that change it."""
        self.start()
        self.suggest(title, text, suggestions)

    def suggest(self, title: str, text: str, suggestions: Sequence[Suggestion]) -> None:
        """Add a heading, what it is about, and buttons that do it."""
        column = self.column
        column.addSpacing(2 * GRID)
        column.addWidget(Text(Kind.TITLE, title))
        column.addWidget(Text(Kind.NOTE, text))
        for suggestion in suggestions:
            button = QPushButton(suggestion.text)
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            button.setToolTip(suggestion.tip)
            button.clicked.connect(lambda _on=False, taken=suggestion: self.asked.emit(taken))
            column.addWidget(button)
        column.addStretch(1)

    def heading(self, text: str) -> QHBoxLayout:
        """Add a heading with a line above it; returns its row, for a button at the right."""
        self.column.addSpacing(GRID)
        self.column.addWidget(Rule())
        row = QHBoxLayout()
        row.addWidget(Text(Kind.HEADING, text), 1)
        self.column.addLayout(row)
        return row

    def lines(self, texts: Sequence[str], kind: Kind = Kind.CAPTION) -> None:
        """Add small paragraphs."""
        for text in texts:
            self.column.addWidget(Text(kind, text))


def mineral_suggestions() -> tuple[Suggestion, ...]:
    """Return the minerals that most people ask for first."""
    return tuple(
        Suggestion(MINERALS[code], "question.mineral", {"mineral": code})
        for code in ("rare_earths", "lithium", "cobalt")
    )


def alliance_suggestions(facts: Facts, as_of: date) -> tuple[Suggestion, ...]:
    """Return the alliances that most people ask for first, as far as they have members then."""
    return tuple(
        Suggestion(
            facts.alliances.get(code).short_name,
            "question.alliance",
            {"alliance": code},
            facts.alliances.get(code).name,
        )
        for code in ("forge", "eu", "quad", "five_eyes")
        if code in facts.alliances.alliances and facts.alliances.jurisdictions(code, as_of)
    )


def metrics(cells: Sequence[tuple[str, str, str]]) -> QGridLayout:
    """Return figures side by side: caption above, value below, tooltip."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(0)
    for i, (caption, value, tip) in enumerate(cells):
        for line, label in enumerate((Text(Kind.CAPTION, caption), Text(Kind.BODY, value))):
            label.setToolTip(tip or caption)
            place = Qt.AlignmentFlag.AlignTop if line else Qt.AlignmentFlag.AlignBottom
            grid.addWidget(label, line, i, place)
        grid.setColumnStretch(i, max(len(value), 8))
    return grid
