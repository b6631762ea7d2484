"""Flows: where ore can go, what room is worth, what finds no place, and the passages on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QGridLayout,
    QWidget,
)

from gisapp.gui.chart_view import ChartView
from gisapp.gui.looks import GRID, IconButton, Kind, Text
from gisapp.gui.passages_list import PassagesList
from gisapp.gui.result_table import ResultTable
from gisapp.gui.results_pages import (
    Page,
    Suggestion,
    alliance_suggestions,
    metrics,
    mineral_suggestions,
)
from gisapp.gui.segments import Segments
from gisapp.gui.siting_box import SitingBox
from gisapp.model.facts import Facts
from gisapp.model.features import Column
from gisapp.model.numbers import NO_BREAK, kilometres, number, rounded, share_range
from gisapp.workspace.amounts import dollars
from gisapp.workspace.answer import Answer
from gisapp.workspace.session import Session
from gisapp.workspace.state import Question
from gisapp.workspace.titles import country_title

if TYPE_CHECKING:  # scipy loads with the first answer, not before
    from gisapp.analysis.exposure import ExposureResult
    from gisapp.analysis.flows import FlowResult, Totals

#: The views that this page answers, and what its segments call them.
VIEWS: Final = ("flows", "exposure")
_WORDS: Final = "Ore given to plants within their capacities, at the least distance or cost."


class FlowsPage(Page):
    """Ore to plants with the alliance and without, and what depends on which passage."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._siting: SitingBox | None = None

    def show_answer(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Show the flows or the exposure of an answer, or what to choose to get them."""
        found = answer.flows
        self._siting = None
        if question.mineral is None:
            self.explain("Choose a mineral to see its flows", _WORDS, mineral_suggestions())
            return
        if found is None:
            members = question.alliance is None or facts.alliances.jurisdictions(
                question.alliance, question.as_of
            )
            others = (
                mineral_suggestions() if members else alliance_suggestions(facts, question.as_of)
            )
            self.explain(answer.headline, answer.text, others)
            return
        at = self.verticalScrollBar().value()
        column = self.start()
        column.addWidget(self._segments(question.view))
        column.addSpacing(GRID)
        if answer.chart is not None:
            view = ChartView()
            view.show_bars(answer.chart)
            column.addWidget(view)
        if question.view == "exposure" and answer.exposure is not None:
            if answer.exposure.passages or question.closed:
                self._passages(answer.exposure, question)
        else:
            self._allocation(found, question, facts)
        self.heading("Method and sources")
        self.lines((*answer.notes, *answer.sources))
        column.addStretch(1)
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(at))

    def _passages(self, found: ExposureResult, question: Question) -> None:
        passages = PassagesList(found, question.closed)
        passages.closed.connect(self._close)
        head = self.heading("Close passages and see")
        copy = IconButton("mdi6.content-copy", "Copy the table of passages", self)
        copy.clicked.connect(passages.copy)
        head.addWidget(copy)
        self.column.addWidget(passages)

    def _segments(self, view: str) -> Segments:
        segments = Segments(
            "What to see of the flows",
            (
                ("Ore to plants", "flows", "Where the ore can go and what finds no place"),
                ("Passages", "exposure", "Which passages it depends on"),
            ),
        )
        segments.choose(view)
        segments.chosen.connect(
            lambda chosen: self.asked.emit(Suggestion("", "question.view", {"view": chosen}))
        )
        return segments

    def _close(self, passages: frozenset[str]) -> None:
        self.asked.emit(Suggestion("", "question.avoid", {"closed": sorted(passages)}))

    def _allocation(self, found: FlowResult, question: Question, facts: Facts) -> None:
        column = self.column
        if found.inside is None:
            column.addLayout(metrics(_cells(found.world)))
        else:
            self.heading("The same ore, with the alliance and without")
            column.addLayout(_side_by_side(found))
        self._siting = SitingBox(self._session, found, self)
        self.heading("Where should the next plant go?")
        column.addWidget(self._siting)
        self._table("What one more tonne of room is worth", plants_table(found))
        self._table("Largest flows", flows_table(found))
        if len(found.unplaced):
            self._table("Ore without a place", unplaced_table(found, facts))
        if question.alliance is None:
            words = "How much of its ore could an alliance keep?"
            self.suggest("Choose an alliance", words, alliance_suggestions(facts, question.as_of))

    def _table(self, title: str, shown: tuple[ResultTable, str]) -> None:
        table, caption = shown
        head = self.heading(title)
        copy = IconButton("mdi6.content-copy", f"Copy the table: {title.lower()}", self)
        copy.clicked.connect(table.copy)
        head.addWidget(copy)
        table.chosen.connect(self.rowActivated)
        self.column.addWidget(table)
        if caption:
            self.column.addWidget(Text(Kind.CAPTION, caption))


def plants_table(found: FlowResult) -> tuple[ResultTable, str]:
    """Return the plants whose room is used up, what limits most first, and what it shows."""
    table = found.plants
    full = table[(table["places"] > 0) | (table["value"] > 0)]
    unit = found.query.least.unit.removesuffix("/t")
    least = "t-km" if unit == "km" else unit
    places = bool((full["places"] > 0).any())
    worth = full["places"] if places else full["value"]
    title = "Places (t)" if places else f"Saves ({least})"
    caption = (
        "By one more tonne a year of product: what more finds a place."
        if places
        else f"By one more tonne a year of product: what is saved on the ways, in {least}."
    )
    if not len(full):
        caption = "No plant that takes part is full: more room would change nothing."
    shown = ResultTable("What one more tonne of room is worth")
    shown.show_lines(
        {
            "Plant": full["plant_name"].to_numpy(dtype=object),
            "Used": full["used_share"].to_numpy(dtype=np.float64),
            title: worth.to_numpy(dtype=np.float64),
        },
        formats={"Used": lambda v: share_range(v, v), title: rounded},
    )
    return shown, caption


def flows_table(found: FlowResult) -> tuple[ResultTable, str]:
    """Return the flows by tonnes; a double click goes to where the ore comes from."""
    rows, sites = found.rows, found.network.sites
    starts = rows["source_row"].to_numpy(dtype=np.int64)
    shown = ResultTable("Largest flows")
    shown.show_lines(
        {
            "From": rows["source_name"].to_numpy(dtype=object),
            "To": rows["plant_name"].to_numpy(dtype=object),
            "t a year": rows["tonnes"].to_numpy(dtype=np.float64),
            "km": rows["km"].to_numpy(dtype=np.float64),
        },
        formats={"t a year": _tonnes, "km": lambda v: kilometres(v).removesuffix(f"{NO_BREAK}km")},
        wide=2,
        site_of=lambda row: (str(sites.layer_id[starts[row]]), int(sites.row[starts[row]])),
    )
    unit = found.network.of.unit
    return shown, f"Tonnes are {unit}. Double-click a line to go to its start."


def unplaced_table(found: FlowResult, facts: Facts) -> tuple[ResultTable, str]:
    """Return the tonnes without a place by country."""
    table = found.unplaced
    columns: dict[str, Column] = {
        "Country": np.array([country_title(c, facts.countries) for c in table["country"]], object),
        "No place (t)": table["unplaced"].to_numpy(dtype=np.float64),
        "Of (t)": table["supply"].to_numpy(dtype=np.float64),
    }
    if found.bound is not None:
        columns["If free (t)"] = table["unplaced_free"].to_numpy(dtype=np.float64)
    shown = ResultTable("Ore without a place")
    shown.show_lines(columns, formats=dict.fromkeys([*columns][1:], _tonnes))
    return shown, ""


def _tonnes(value: float) -> str:
    return number(round(value)) if value >= 0.5 else "\N{EN DASH}"


def _cells(sums: Totals) -> list[tuple[str, str, str]]:
    placed = sums.placed / sums.supply if sums.supply else float("nan")
    return [
        ("Placed", share_range(placed, placed), "Of the ore with a figure"),
        ("Mean way", kilometres(sums.km), "Of the tonnes that find a place"),
        ("Ways cost", dollars(sums.usd), "A year, by the table of transport costs"),
        ("CO\u2082", f"{rounded(sums.co2_t)}{NO_BREAK}t", "Of the ways, a year"),
    ]


def _side_by_side(found: FlowResult) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(GRID // 2)
    grid.setColumnStretch(0, 1)
    inside = found.inside or found.same
    right = Qt.AlignmentFlag.AlignRight
    for j, (title, tip) in enumerate(
        (("Kept inside", "To plants of the alliance alone"), ("Free", "To any plant")), start=1
    ):
        head = Text(Kind.CAPTION, title).fit()
        head.setToolTip(tip)
        grid.addWidget(head, 0, j, right)
    for i, ((name, kept, tip), (_, free, _)) in enumerate(
        zip(_cells(inside), _cells(found.same), strict=True), start=1
    ):
        label = Text(Kind.NOTE, name)
        label.setToolTip(tip)
        grid.addWidget(label, i, 0)
        grid.addWidget(Text(Kind.FIGURE if i == 1 else Kind.BODY, kept).fit(), i, 1, right)
        grid.addWidget(Text(Kind.BODY, free).fit(), i, 2, right)
    return grid
