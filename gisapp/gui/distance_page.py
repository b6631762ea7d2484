"""Distance: how far the nearest plants are, what a restriction costs, and which answers hang."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.chart_view import ChartView, Histogram
from gisapp.gui.distance_controls import DistanceControls
from gisapp.gui.distance_table import DistanceTable, amount
from gisapp.gui.looks import (
    IconButton,
    Kind,
    Text,
)
from gisapp.gui.results_pages import (
    Page,
    Suggestion,
    alliance_suggestions,
    metrics,
    mineral_suggestions,
)
from gisapp.model.facts import Facts
from gisapp.model.numbers import number
from gisapp.model.vocabulary import Role
from gisapp.workspace.answer import Answer
from gisapp.workspace.penalties import no_plant_reasons, penalty_chart
from gisapp.workspace.state import Question

if TYPE_CHECKING:  # pandas loads with the first answer, not before
    from gisapp.analysis.distance import DistanceResult

_MOST_REASONS: Final = 4


class DistancePage(Page):
    """How far the nearest plant is, and how much farther inside the alliance alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controls = DistanceControls()
        self.controls.asked.connect(self.asked)

    def start(self) -> QVBoxLayout:
        """Empty the page but for what it asks with, which keeps the focus."""
        self.column.removeWidget(self.controls)
        column = super().start()
        column.addWidget(self.controls)
        self.controls.show()
        return column

    def show_answer(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Show the distances of an answer, or what to choose to get them."""
        result = answer.distance
        self.controls.follow(question, facts)
        words = "From each deposit to the nearest plant that can process it."
        if question.mineral is None:
            self.explain("Choose a mineral to see distances", words, mineral_suggestions())
            return
        if result is None:
            self._explain_nothing(answer, question, facts)
            return
        if not result.summary.deposits:
            words = "Nothing to measure from: no deposit of this mineral passes the filter."
            clear_ = Suggestion("Clear the filter", "filter.clear", {})
            self.explain("No deposits", words, (clear_,))
            return
        column = self.start()
        summary = result.summary
        if len(summary.histogram_counts):
            view = ChartView()
            view.show_histogram(histogram_of(result))
            column.addWidget(view)
            column.addLayout(metrics(self._cells(result)))
        for line in no_plant_texts(result):
            column.addWidget(Text(Kind.WARNING, line))
        penalties = penalty_chart(result)
        if penalties is not None and penalties.bars:
            self.heading("What the restriction costs")
            view = ChartView()
            view.show_bars(penalties)
            column.addWidget(view)
        unit = result.query.ranked_by
        head = self.heading(f"Nearest plant of each deposit ({unit.unit})")
        self.table = DistanceTable(result)
        self.table.chosen.connect(self.rowActivated)
        copy = IconButton("mdi6.content-copy", "Copy the table", self)
        copy.clicked.connect(self.table.copy)
        head.addWidget(copy)
        column.addWidget(self.table)
        hint = "Double-click a line to go to the deposit."
        if summary.fragile:
            hint += " A marked answer hangs on one plant or on the error of distances: point at it."
        column.addWidget(Text(Kind.CAPTION, hint))
        self.heading("Method and sources")
        self.lines((*answer.notes, *result.sources, *answer.sources))
        column.addStretch(1)

    def _explain_nothing(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Say why there is no distance: an alliance of nobody, or what was refused."""
        book = facts.alliances
        asked = question.alliance
        if asked is not None and not book.jurisdictions(asked, question.as_of):
            words = "From each deposit to the nearest plant that can process it."
            title = "This alliance has no members at the date"
            self.explain(title, words, alliance_suggestions(facts, question.as_of))
            return
        straight = Suggestion("Measure straight", "question.metric", {"metric": "geodesic"})
        offers = (straight,) if question.metric == "route" else ()
        self.explain("No distances", " ".join(answer.notes[-1:]), offers)

    def _cells(self, result: DistanceResult) -> list[tuple[str, str, str]]:
        summary, unit = result.summary, result.query.ranked_by
        cells = [
            ("Median", amount(summary.median, unit), "Half of the deposits are nearer"),
            ("90\u00a0% within", amount(summary.p90, unit), "Nine of ten deposits are nearer"),
        ]
        if result.query.restricted:
            tip = "Median of the way with the restriction minus the way without it"
            cells.append(("Median penalty", amount(summary.median_penalty, unit), tip))
        of_all = f"{number(summary.plants_within)} of {number(summary.plants)}"
        counted = of_all if result.query.bars_plants else number(summary.plants)
        cells.append(("Plants", counted, "Plants that count"))
        return cells


def histogram_of(result: DistanceResult) -> Histogram:
    """Return the histogram of an answer, its finding as title."""
    summary, query = result.summary, result.query
    plant = "refinery" if query.to is Role.REFINERY else "magnet plant"
    where = f", inside the {query.within_title}" if query.bars_plants else ""
    reached = number(summary.deposits - summary.without_plant)
    how = "Kilometres on the ellipsoid"
    if query.routed:
        how = f"{query.ranked_by.label} by road, rail and sea"
    return Histogram(
        title=f"{reached} deposits by distance to the nearest {plant}",
        subtitle=f"{how}; plants that take what the deposit ships{where}",
        edges=tuple(summary.histogram_edges_km.tolist()),
        counts=tuple(summary.histogram_counts.tolist()),
        unit=query.ranked_by.unit,
        noun="deposits",
        median=summary.median,
    )


def no_plant_texts(result: DistanceResult) -> list[str]:
    """Return why some deposits have no distance, most frequent reason first."""
    lines = []
    reasons = no_plant_reasons(result)
    for reason, count in reasons[:_MOST_REASONS]:
        lead = "1 deposit has" if count == 1 else f"{number(count)} deposits have"
        if reason.startswith("no plant needed"):
            need = "needs" if count == 1 else "need"
            lines.append(f"{number(count)} {need} none: metal is made at the mine.")
        else:
            lines.append(f"{lead} no plant: {reason}.")
    if len(reasons) > _MOST_REASONS:
        rest = sum(count for _, count in reasons[_MOST_REASONS:])
        lines.append(f"{number(rest)} more have none for other reasons, see the table.")
    return lines
