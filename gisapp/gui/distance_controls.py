"""What the distance page asks with: measure, what has to be inside, what ways avoid, plants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gisapp.analysis.network.journey import Measure
from gisapp.gui.chips import FlowLayout, RemovableChip
from gisapp.gui.looks import GRID, clear, tick_sheet
from gisapp.gui.popup import Choice, Chooser
from gisapp.gui.results_pages import Suggestion
from gisapp.gui.segments import Segments
from gisapp.model.facts import Facts
from gisapp.model.numbers import whole
from gisapp.workspace.passages import passage_titles, passed_titles
from gisapp.workspace.state import Question
from gisapp.workspace.titles import country_title

_GEODESIC: Final = "geodesic"
_MEASURES: Final = (
    ("Straight", _GEODESIC, "kilometres on the ellipsoid, as the crow flies"),
    ("Route", Measure.KM, "kilometres along roads, railways and sea lanes"),
    ("Days", Measure.DAYS, "days along roads, railways and sea lanes"),
    ("USD/t", Measure.USD, "dollars per tonne along roads, railways and sea lanes"),
    ("CO\u2082/t", Measure.CO2, "kilograms of CO\u2082 per tonne along the way"),
)
_CAPACITIES: Final = (1_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_YEARS_AHEAD: Final = 10


class DistanceControls(QWidget):
    """How distance is asked; `asked` carries a `Suggestion` with the command to run."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.measure = Segments("Nearest by", _MEASURES, self)
        self.measure.chosen.connect(self._take_measure)
        self.plant = QCheckBox("Plant inside", self)
        self.plant.setToolTip("Only plants that stand inside the alliance count")
        self.plant.clicked.connect(lambda on: self._ask("question.inside", plant=on))
        self.owner = QCheckBox("Owner inside", self)
        self.owner.setToolTip("Only plants whose controlling owner is at home in it count")
        self.owner.clicked.connect(lambda on: self._ask("question.inside", owner=on))
        self._switches = QWidget(self)
        row = QHBoxLayout(self._switches)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.plant)
        row.addWidget(self.owner)
        row.addStretch(1)
        self._choices = QWidget(self)
        self._flow = FlowLayout(self._choices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.measure)
        column.addWidget(self._switches)
        column.addWidget(self._choices)

    def follow(self, question: Question, facts: Facts) -> None:
        """Show how it is asked."""
        self.measure.choose(question.measure if question.metric == "route" else _GEODESIC)
        self._switches.setVisible(question.alliance is not None)
        self._switches.setStyleSheet(tick_sheet(self))
        for box, on in ((self.plant, question.plant_inside), (self.owner, question.owner_inside)):
            with QSignalBlocker(box):
                box.setChecked(on)
        clear(self._flow)
        routed = question.metric == "route"
        if routed:
            self._show_avoided(question, facts)
            self._button("Avoid passage", "Close a strait or canal", self._passages(question))
            self._button(
                "Avoid country",
                "Let no way lead through a country or its ports",
                self._countries(question, facts),
            )
        year = question.starts_by
        words = "Running today" if year is None else f"Starting by {year}"
        self._button(words, "Count plants that are to start by a year", _years(question))
        least = question.min_capacity
        words = "Any capacity" if least is None else f"From {whole(least)} t/yr"
        if least is not None and not question.unknown_capacity:
            words = f"{words}, known"
        self._button(words, "Count plants of a capacity and more", _capacities(question))

    def _show_avoided(self, question: Question, facts: Facts) -> None:
        titles = passage_titles()
        for code in sorted(question.closed):
            self._chip(f"No {titles.get(code, code)}", "closed", question.closed - {code})
        for code in sorted(question.avoided):
            name = country_title(code, facts.countries)
            self._chip(f"Not through {name}", "countries", question.avoided - {code})

    def _chip(self, words: str, name: str, left: Iterable[str]) -> None:
        chip = RemovableChip(words, f"Take back: {words}", self._choices)
        chip.removed.connect(lambda: self._ask("question.avoid", **{name: sorted(left)}))
        self._flow.addWidget(chip)

    def _button(self, words: str, tip: str, offered: Callable[[], _Offer] | _Offer) -> None:
        button = QPushButton(f"{words} \u25be", self._choices)
        button.setObjectName("quiet")
        button.setToolTip(tip)
        button.setAccessibleName(f"{words}: {tip}")
        button.clicked.connect(lambda: self._drop(button, tip, offered))
        self._flow.addWidget(button)

    def _drop(self, button: QWidget, title: str, offered: Callable[[], _Offer] | _Offer) -> None:
        choices, current = offered() if callable(offered) else offered
        chooser = Chooser(self, title, width=260)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.chosen.connect(lambda params: self._ask(params[0], **dict(params[1])))
        chooser.open_under(button, choices, current)

    def _passages(self, question: Question) -> Callable[[], _Offer]:
        def offer() -> _Offer:
            open_ = [(t, c) for c, t in passed_titles().items() if c not in question.closed]
            return [
                Choice(title, _avoid(closed=sorted(question.closed | {code})), found_by=code)
                for title, code in sorted(open_)
            ], None

        return offer

    def _countries(self, question: Question, facts: Facts) -> Callable[[], _Offer]:
        def offer() -> _Offer:
            names = sorted((country_title(c, facts.countries), c) for c in facts.countries)
            return [
                Choice(title, _avoid(countries=sorted(question.avoided | {code})), found_by=code)
                for title, code in names
                if code not in question.avoided
            ], None

        return offer

    def _take_measure(self, value: Measure | str) -> None:
        if value == _GEODESIC:
            self._ask("question.metric", metric=_GEODESIC)
        else:
            self._ask("question.measure", measure=value)

    def _ask(self, command: str, **params: Any) -> None:
        self.asked.emit(Suggestion("", command, params))


#: Choices and the value of the present one; a value is a command and its parameters.
_Offer = tuple[list[Choice], Any]


def _avoid(**params: Any) -> tuple[str, tuple[tuple[str, Any], ...]]:
    return "question.avoid", tuple(params.items())


def _plants(**params: Any) -> tuple[str, tuple[tuple[str, Any], ...]]:
    return "question.plants", tuple(params.items())


def _years(question: Question) -> _Offer:
    first = question.as_of.year
    choices = [Choice("Those that run today", _plants(starts_by=None))]
    choices += [
        Choice(f"Those to start by {year}", _plants(starts_by=year))
        for year in range(first, first + _YEARS_AHEAD)
    ]
    return choices, _plants(starts_by=question.starts_by)


def _capacities(question: Question) -> _Offer:
    known = question.unknown_capacity
    choices = [Choice("Any capacity", _plants(min_capacity=None, unknown_capacity=True))]
    for unknown in (True, False):
        choices += [
            Choice(
                f"{whole(least)} t/yr and more" + ("" if unknown else ", known"),
                _plants(min_capacity=float(least), unknown_capacity=unknown),
                "An unknown capacity counts" if unknown else "An unknown capacity does not count",
            )
            for least in _CAPACITIES
        ]
    return choices, _plants(min_capacity=question.min_capacity, unknown_capacity=known)
