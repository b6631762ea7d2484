"""Routes: the way that goods travel between two places, leg by leg."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QCompleter,
    QGridLayout,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from gisapp.analysis.network.journey import CHANGE, Journey, Measure, Mode, Travel
from gisapp.gui.cost_fold import CostFold
from gisapp.gui.looks import GRID, IconButton, Kind, Text, tick_sheet
from gisapp.gui.results_pages import Page, Suggestion, metrics
from gisapp.gui.segments import Segments
from gisapp.gui.way_choices import WayChoices
from gisapp.model.facts import Facts
from gisapp.model.geodesy import KM_PER_NAUTICAL_MILE
from gisapp.model.numbers import NO_BREAK, kilometres, rounded, whole
from gisapp.workspace.answer import Answer
from gisapp.workspace.known_places import known_places
from gisapp.workspace.state import ProjectState, Question
from gisapp.workspace.titles import country_title

_LEAST: Final = (
    ("Cheapest", Measure.USD, "the least dollars per tonne"),
    ("Shortest", Measure.KM, "the fewest kilometres"),
    ("Fastest", Measure.DAYS, "the fewest days"),
    ("CO\u2082", Measure.CO2, "the least emissions per tonne"),
)
_TRAVEL: Final = (
    ("Any way", Travel.ANY, "by road, rail and sea"),
    ("Sea only", Travel.SEA, "from coast to coast"),
    ("Land only", Travel.LAND, "by road and rail"),
)
_MODES: Final = {Mode.ROAD: "Road", Mode.RAIL: "Rail", Mode.SEA: "Sea"}
_ARROW: Final = "\N{RIGHTWARDS ARROW}"


class RoutesPage(Page):
    """A form for the two places, and below it the journey; without one, what the map shows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start_field = PlaceField("From", "Site, port or longitude,latitude")
        self.end_field = PlaceField("To", "Site, port or longitude,latitude")
        self.turn = IconButton("mdi6.swap-vertical", "From the end to the start", self)
        self.turn.clicked.connect(lambda: self._ask("route.turn"))
        self.wipe = IconButton("mdi6.close", "Clear: show the trade routes again", self)
        self.wipe.clicked.connect(lambda: self._ask("route.clear"))
        self.least = Segments("The way with", _LEAST, self)
        self.least.chosen.connect(lambda value: self._ask("route.find", least=value))
        self.travel = Segments("Go", _TRAVEL, self)
        self.travel.chosen.connect(lambda value: self._ask("route.find", travel=value))
        self.start_field.named.connect(lambda text: self._ask("route.find", start=text))
        self.end_field.named.connect(lambda text: self._ask("route.find", end=text))
        form = QGridLayout()
        form.setHorizontalSpacing(GRID // 2)
        form.setVerticalSpacing(GRID // 2)
        for row, (word, field, button) in enumerate(
            (("From", self.start_field, self.turn), ("To", self.end_field, self.wipe))
        ):
            form.addWidget(Text(Kind.NOTE, word).fit(), row, 0)
            form.addWidget(field, row, 1)
            form.addWidget(button, row, 2)
        form.setColumnStretch(1, 1)
        self.column.addLayout(form)
        self.column.addWidget(self.least)
        self.column.addWidget(self.travel)
        self.choices = WayChoices(self)
        self.choices.asked.connect(self.asked)
        self.column.addWidget(self.choices)
        self._below = QVBoxLayout()
        self._below.setSpacing(self.column.spacing())
        self.column.addLayout(self._below, 1)
        self.costs = CostFold(self)
        self.costs.asked.connect(self.asked)
        self.column.addWidget(self.costs)
        self.column = self._below  # the form stays, what is below is made anew
        self.column.addStretch(1)

    def follow(self, state: ProjectState) -> None:
        """Show in the form what is asked, before there is an answer."""
        question = state.question
        self.start_field.show_word(question.start)
        self.end_field.show_word(question.end)
        self.least.choose(question.least)
        self.travel.choose(question.travel)
        self.turn.setEnabled(bool(question.start or question.end))
        self.wipe.setEnabled(bool(question.start or question.end))
        self.costs.follow(state.costs)

    def show_answer(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Show the journey of an answer, or what can be asked."""
        column = self.start()
        journey = answer.route
        self.choices.clear()
        self.choices.show_ways(question, facts)
        if journey is None:
            if question.start and question.end:
                column.addWidget(Text(Kind.WARNING, f"{answer.headline} {answer.text}"))
            else:
                column.addWidget(Text(Kind.NOTE, _INVITATION))
            column.addStretch(1)
            return
        column.addLayout(metrics(_cells(journey)))
        self._legs(journey)
        self._passages(journey, question)
        self._countries(journey, facts)
        self.heading("Method and sources")
        self.lines((*answer.notes, *answer.sources))
        column.addStretch(1)

    def _legs(self, journey: Journey) -> None:
        head = self.heading("Legs")
        copy = IconButton("mdi6.content-copy", "Copy the table of legs", self)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(_as_text(journey)))
        head.addWidget(copy)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for i, leg in enumerate(journey.legs):
            grid.addWidget(Text(Kind.BODY, _MODES[leg.mode]).fit(), 2 * i, 0)
            to = "" if leg.end == CHANGE else f"{_ARROW} {leg.end}"
            grid.addWidget(Text(Kind.BODY, to), 2 * i, 1)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
            grid.addWidget(Text(Kind.BODY, kilometres(leg.km)).fit(), 2 * i, 2, right)
            figures = (
                f"{leg.days:.1f}{NO_BREAK}days",
                f"{whole(leg.usd_t)}{NO_BREAK}USD/t",
                f"{whole(leg.kg_co2_t)}{NO_BREAK}kg{NO_BREAK}CO\u2082/t",
            )
            note = Text(Kind.CAPTION, " \N{MIDDLE DOT} ".join(figures))
            grid.addWidget(note, 2 * i + 1, 1, 1, 2)
        self.column.addLayout(grid)
        assumed = sum(leg.assumed_km for leg in journey.legs)
        if assumed >= 1.0:
            self.lines((f"{kilometres(assumed)} of it assumed: to the next road, and gaps.",))

    def _passages(self, journey: Journey, question: Question) -> None:
        if not journey.passages:
            return
        self.heading("Passages on the way")
        for passed in journey.passages:
            box = QCheckBox(f"{passed.name}, at {kilometres(passed.at_km)}")
            box.setStyleSheet(tick_sheet(self))
            box.setChecked(True)
            box.setToolTip(f"Untick to go without {passed.name}")
            wanted = sorted(question.closed | {passed.id})
            box.clicked.connect(lambda _on, to=wanted: self._ask("question.avoid", closed=to))
            self.column.addWidget(box)
        self.lines(("Untick a passage to see the way without it.",))

    def _countries(self, journey: Journey, facts: Facts) -> None:
        names = [country_title(code, facts.countries) for code in journey.countries]
        if names:
            self.heading("By land through")
            self.lines((f" {_ARROW} ".join(names),), Kind.NOTE)
            count = len(journey.borders)
            if count:
                self.lines((f"{count} border{'s' if count > 1 else ''} crossed on land.",))

    def _ask(self, command: str, **params: Any) -> None:
        if command == "route.find" and not params.get("start", "x") and not params.get("end", "x"):
            return
        self.asked.emit(Suggestion("", command, params))


_INVITATION: Final = (
    "Name two places to see the way that goods travel between them: by road and rail to a port, "
    "by sea, and on from another. Until then the map shows the known trade routes."
)


class PlaceField(QLineEdit):
    """A place by its name, code or coordinates. `named` carries what `find_place` understands."""

    named = Signal(str)

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(True)
        self._word = ""
        self.editingFinished.connect(self._take)

    def show_word(self, word: str) -> None:
        """Show a place that was named before, unless another is being typed."""
        self._word = word
        if not self.hasFocus() or not self.isModified():
            with QSignalBlocker(self):
                titles = {code: title for title, code in known_places().items()} if word else {}
                self.setText(titles.get(word, word))
                self.setModified(False)
                self.setCursorPosition(0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Offer the known places once somebody is about to type."""
        if self.completer() is None:
            completer = QCompleter(QStringListModel(list(known_places()), self), self)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setMaxVisibleItems(12)
            offered = QListView()
            offered.setObjectName("offered")
            completer.setPopup(offered)
            completer.activated.connect(lambda _text: self._take())
            self.setCompleter(completer)
        super().focusInEvent(event)

    def _take(self) -> None:
        text = self.text().strip()
        word = known_places().get(text, text)
        if word != self._word:
            self._word = word
            self.setModified(False)
            self.named.emit(word)


def _as_text(journey: Journey) -> str:
    """Return the legs as a table with tabs between the columns."""
    rows = [("mode", "from", "to", "km", "days", "USD/t", "kg CO2/t", "assumed km", "countries")]
    rows += [
        (
            leg.mode.value,
            leg.start,
            leg.end,
            f"{leg.km:.1f}",
            f"{leg.days:.2f}",
            f"{leg.usd_t:.2f}",
            f"{leg.kg_co2_t:.2f}",
            f"{leg.assumed_km:.1f}",
            " ".join(leg.countries),
        )
        for leg in journey.legs
    ]
    return "\n".join("\t".join(row) for row in rows) + "\n"


def _cells(journey: Journey) -> list[tuple[str, str, str]]:
    miles = whole(journey.km / KM_PER_NAUTICAL_MILE)
    days = f"{journey.total(Measure.DAYS):.1f}{NO_BREAK}days"
    usd = f"{rounded(journey.total(Measure.USD))}{NO_BREAK}USD/t"
    return [
        ("Length", kilometres(journey.km), f"{miles} nautical miles"),
        ("Time", days, "With loading, ports and borders"),
        ("Cost", usd, "By the table of transport costs"),
        ("CO\u2082", f"{rounded(journey.total(Measure.CO2))}{NO_BREAK}kg/t", "Of the ways"),
    ]
