"""Scenarios: which there are, what is different in the active one, and all side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from gisapp.gui.chips import FlowLayout, RemovableChip
from gisapp.gui.column_model import join_rows
from gisapp.gui.looks import GRID, IconButton, Kind, Text
from gisapp.gui.popup import Choice, Chooser
from gisapp.gui.question_bar import DayChooser
from gisapp.gui.results_pages import Page, mineral_suggestions
from gisapp.model.facts import Facts
from gisapp.model.scenario import Scenario
from gisapp.model.vocabulary import Status
from gisapp.workspace.answer import Answer
from gisapp.workspace.comparison import AS_IT_IS, Comparison, KeyFigure
from gisapp.workspace.passages import passed_titles
from gisapp.workspace.scenario_words import differences
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState, Question
from gisapp.workspace.titles import country_title

#: Scenarios beside the world as it is in one table: a panel is no wider.
_A_TABLE: Final = 2
_WORLD: Final = "The world as it is"
_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_NOT_YET: Final = (Status.CONSTRUCTION, Status.PLANNED, Status.SUSPENDED)


class ScenariosPage(Page):
    """The scenarios of the project. `placing` asks for a place on the map for a plant."""

    placing = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[object, ...] | None = None
        self._comparison: Comparison | None = None
        self._compared: tuple[Scenario, ...] = ()

    def follow(self, state: ProjectState) -> None:
        """Show the scenarios of a state, where they are what is on show."""
        if state.question.view == "scenarios":
            self._show(state)

    def show_answer(self, answer: Answer, _question: Question, _facts: Facts) -> None:
        """Show the scenarios side by side."""
        self._comparison = answer.comparison
        self._compared = self._session.state.scenarios
        self._shown = None
        self._show(self._session.state)

    def _show(self, state: ProjectState) -> None:
        layers = tuple(entry.layer for entry in state.layers)
        what = (state.scenarios, state.scenario, layers, state.question)
        if what == self._shown:
            return
        self._shown = what
        self.start()
        self._choices(state)
        scenario = state.supposed
        if scenario is not None:
            self._different(scenario, state)
        elif not state.scenarios:
            words = "Switch a site off, close a passage or add a plant, and see all numbers follow."
            self.column.addWidget(Text(Kind.NOTE, words))
        self._suppose(scenario)
        if state.scenarios and state.question.mineral is None:
            words = "Then the key figures stand here side by side."
            self.suggest("Choose a mineral", words, mineral_suggestions())
            return
        if self._comparison is not None and self._compared == state.scenarios:
            self._side_by_side(self._comparison, state)
        self.column.addStretch(1)

    # --- which there are -----------------------------------------------------------------------

    def _choices(self, state: ProjectState) -> None:
        group = QButtonGroup(self.widget())
        for name in ("", *(scenario.name for scenario in state.scenarios)):
            button = QRadioButton(name or _WORLD)
            button.setChecked(name == (state.scenario if state.supposed is not None else ""))
            button.setToolTip(f"Answer under {name}" if name else "Answer without a scenario")
            button.clicked.connect(
                lambda _on=False, chosen=name: self._session.run("scenario.choose", name=chosen)
            )
            group.addButton(button)
            self.column.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(0)
        for command, icon, tip in (
            ("scenario.new", "mdi6.plus", "New scenario"),
            ("scenario.copy", "mdi6.content-duplicate", "Copy the active scenario"),
            ("scenario.clear", "mdi6.eraser", "Take back all that is different in it"),
            ("scenario.remove", "mdi6.delete-outline", "Remove the active scenario"),
        ):
            tool = IconButton(icon, tip, self)
            tool.setEnabled(self._session.can(command))
            tool.clicked.connect(lambda _on=False, run=command: self._session.run(run))
            row.addWidget(tool)
        row.addStretch(1)
        self.column.addLayout(row)

    # --- what is different ---------------------------------------------------------------------

    def _different(self, scenario: Scenario, state: ProjectState) -> None:
        self.heading("What is different")
        name = QLineEdit(scenario.name)
        name.setAccessibleName("Name of the scenario")
        name.setToolTip("Name of the scenario: what is different in it")
        name.editingFinished.connect(lambda: self._rename(scenario.name, name.text()))
        self.column.addWidget(name)
        found = differences(
            scenario, [entry.layer for entry in state.layers], self._session.facts.countries
        )
        if not found:
            words = "Nothing yet. Click a site on the map to switch it off, or choose below."
            self.column.addWidget(Text(Kind.NOTE, words))
            return
        holder = QWidget()
        flow = FlowLayout(holder)
        for each in found:
            chip = RemovableChip(each.text, f"Take back: {each.text}", holder)
            chip.removed.connect(
                lambda taken=each: self._session.run(taken.command, **taken.params)
            )
            flow.addWidget(chip)
        self.column.addWidget(holder)

    def _rename(self, name: str, to: str) -> None:
        if to.strip() and to != name:
            self._session.run("scenario.rename", name=name, to=to)

    def _suppose(self, scenario: Scenario | None) -> None:
        holder = QWidget()
        flow = FlowLayout(holder)
        for words, tip, call in (
            ("+ Plant", "Click a place on the map for a plant that does not exist", self._plant),
            ("+ Passage", "Close or open a strait or canal", self._passage),
            ("+ Member", "Let a country join or leave the alliance", self._member),
            ("+ Avoid", "Let no way lead through a country", self._avoid),
            ("+ Date", "Ask at another day", self._date),
            ("+ Status", "Let planned sites count", self._weight),
        ):
            button = QPushButton(words)
            button.setObjectName("quiet")
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(lambda _on=False, b=button, c=call: c(b, scenario))
            flow.addWidget(button)
        self.column.addWidget(holder)

    def _plant(self, _button: QWidget, _scenario: Scenario | None) -> None:
        self.placing.emit()

    def _passage(self, button: QWidget, scenario: Scenario | None) -> None:
        closed = scenario.closed if scenario is not None else frozenset()
        choices = [
            Choice(f"{'Open' if code in closed else 'Close'} {title}", code)
            for code, title in sorted(passed_titles().items(), key=lambda item: item[1])
        ]

        def take(code: str) -> None:
            back = code in closed
            self._session.run("scenario.passage", passage=code, opened=None if back else False)

        self._choose(button, "Passage", choices, take)

    def _member(self, button: QWidget, scenario: Scenario | None) -> None:
        state, facts = self._session.state, self._session.facts
        asked = state.question.alliance
        if asked is None:
            self._session.run("question.view", view="coverage")
            return
        day = (scenario.as_of if scenario is not None else None) or state.question.as_of
        inside = facts.alliances.jurisdictions(asked, day)
        if scenario is not None:
            inside = (inside | scenario.joined) - scenario.left
        choices = [
            Choice(f"{title} {'leaves' if code in inside else 'joins'}", (code, code not in inside))
            for title, code in self._countries()
        ]

        def take(chosen: tuple[str, bool]) -> None:
            code, joins = chosen
            self._session.run("scenario.member", country=code, inside=joins)

        self._choose(button, "Country", choices, take)

    def _avoid(self, button: QWidget, _scenario: Scenario | None) -> None:
        choices = [Choice(title, code) for title, code in self._countries()]
        self._choose(
            button,
            "No way through",
            choices,
            lambda code: self._session.run("scenario.avoid", country=code, avoided=True),
        )

    def _date(self, button: QWidget, scenario: Scenario | None) -> None:
        given = scenario.as_of if scenario is not None else None
        day: date = given or self._session.state.question.as_of
        chooser = DayChooser(self)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.chosen.connect(lambda chosen: self._session.run("scenario.day", as_of=chosen))
        chooser.open_under(button, day)

    def _weight(self, button: QWidget, _scenario: Scenario | None) -> None:
        choices = [
            Choice(f"{status.value.capitalize()} sites count {100 * share:.0f} %", (status, share))
            for status in _NOT_YET
            for share in _SHARES[1:]
        ]
        self._choose(
            button,
            "Which sites count",
            choices,
            lambda chosen: self._session.run("scenario.weight", status=chosen[0], weight=chosen[1]),
        )

    def _countries(self) -> Iterable[tuple[str, str]]:
        countries = self._session.facts.countries
        return sorted((country_title(code, countries), code) for code in countries)

    def _choose(
        self, button: QWidget, title: str, choices: list[Choice], take: Callable[[Any], None]
    ) -> None:
        chooser = Chooser(self, title)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.chosen.connect(take)
        chooser.open_at(button.mapToGlobal(QPoint(0, button.height() + 2)), choices)

    # --- side by side --------------------------------------------------------------------------

    def _side_by_side(self, found: Comparison, state: ProjectState) -> None:
        head = self.heading("Side by side")
        copy = IconButton("mdi6.content-copy", "Copy the table", self)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(table_text(found)))
        head.addWidget(copy)
        numbers = list(range(1, len(found.names)))
        active = [n for n in numbers if found.names[n] == state.scenario]
        order = active + [n for n in numbers if n not in active]
        for start in range(0, len(order), _A_TABLE):
            self.column.addLayout(_table(found, order[start : start + _A_TABLE]))
            self.column.addSpacing(GRID)
        self.heading("In words")
        for text in found.told:
            self.column.addWidget(Text(Kind.BODY, text))


def table_text(found: Comparison) -> str:
    """Return the comparison as rows of text with tabs, scenarios across."""
    rows = [["", *found.names]]
    rows += [
        [figure.title, *(figure.text(n) for n in range(len(found.names)))]
        for figure in found.figures
    ]
    return join_rows(rows)


def _table(found: Comparison, numbers: list[int]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(0)
    columns = (0, *numbers)
    for column, number in enumerate(columns):
        grid.setColumnStretch(column, 1)
        title = Text(Kind.NOTE, found.names[number] if number else AS_IT_IS)
        title.setToolTip(found.supposed[number] or _WORLD)
        grid.addWidget(title, 0, column, Qt.AlignmentFlag.AlignBottom)
    for row, figure in enumerate(found.figures):
        caption = Text(Kind.CAPTION, figure.heading)
        caption.setContentsMargins(0, GRID, 0, 0)
        grid.addWidget(caption, 2 * row + 1, 0, 1, len(columns))
        for column, number in enumerate(columns):
            grid.addWidget(_cell(figure, number), 2 * row + 2, column)
    for column in range(len(columns), _A_TABLE + 1):
        grid.setColumnStretch(column, 1)  # tables below each other have the same columns
    return grid


def _cell(figure: KeyFigure, number: int) -> Text:
    """Return a value; one that a scenario changes is strong."""
    changed = number > 0 and figure.differs(number)
    text = Text(Kind.HEADING if changed else Kind.BODY, figure.text(number, bare=True))
    text.setAccessibleName(f"{figure.title}: {figure.text(number)}")
    return text
