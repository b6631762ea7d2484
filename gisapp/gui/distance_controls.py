"""What the distance page asks with: measure, what has to be inside, what ways avoid, plants."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from gisapp.analysis.network.journey import Measure
from gisapp.gui.looks import GRID, tick_sheet
from gisapp.gui.popup import Choice
from gisapp.gui.results_pages import Suggestion
from gisapp.gui.segments import Segments
from gisapp.gui.way_choices import Offer, WayChoices, choosing
from gisapp.model.facts import Facts
from gisapp.model.numbers import whole
from gisapp.workspace.state import Question

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
        self.choices = WayChoices(self)
        self.choices.asked.connect(self.asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.measure)
        column.addWidget(self._switches)
        column.addWidget(self.choices)

    def follow(self, question: Question, facts: Facts) -> None:
        """Show how it is asked."""
        self.measure.choose(question.measure if question.metric == "route" else _GEODESIC)
        self._switches.setVisible(question.alliance is not None)
        self._switches.setStyleSheet(tick_sheet(self))
        for box, on in ((self.plant, question.plant_inside), (self.owner, question.owner_inside)):
            with QSignalBlocker(box):
                box.setChecked(on)
        self.choices.clear()
        if question.metric == "route":
            self.choices.show_ways(question, facts)
        year = question.starts_by
        words = "Running today" if year is None else f"Starting by {year}"
        self.choices.button(
            words, "Count plants that are to start by a year", lambda: _years(question)
        )
        least = question.min_capacity
        words = "Any capacity" if least is None else f"From {whole(least)} t/yr"
        if least is not None and not question.unknown_capacity:
            words = f"{words}, known"
        self.choices.button(
            words, "Count plants of a capacity and more", lambda: _capacities(question)
        )

    def _take_measure(self, value: Measure | str) -> None:
        if value == _GEODESIC:
            self._ask("question.metric", metric=_GEODESIC)
        else:
            self._ask("question.measure", measure=value)

    def _ask(self, command: str, **params: Any) -> None:
        self.asked.emit(Suggestion("", command, params))


def _plants(**params: Any) -> tuple[str, tuple[tuple[str, Any], ...]]:
    return choosing("question.plants", **params)


def _years(question: Question) -> Offer:
    first = question.as_of.year
    choices = [Choice("Those that run today", _plants(starts_by=None))]
    choices += [
        Choice(f"Those to start by {year}", _plants(starts_by=year))
        for year in range(first, first + _YEARS_AHEAD)
    ]
    return choices, _plants(starts_by=question.starts_by)


def _capacities(question: Question) -> Offer:
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
