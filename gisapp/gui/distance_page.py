"""Distance: how far the nearest plants are, as figures, histogram and table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QWidget,
)

from gisapp.gui.chart_view import ChartView, Histogram
from gisapp.gui.column_model import ColumnModel, sorted_rows
from gisapp.gui.looks import (
    IconButton,
    Kind,
    Text,
    quiet_table,
)
from gisapp.gui.results_pages import (
    Page,
    Suggestion,
    alliance_suggestions,
    metrics,
    mineral_suggestions,
)
from gisapp.model.facts import Facts
from gisapp.model.numbers import NO_BREAK, kilometres, number
from gisapp.model.vocabulary import Role
from gisapp.workspace.answer import Answer
from gisapp.workspace.state import Question

if TYPE_CHECKING:  # pandas loads with the first answer, not before
    from gisapp.analysis.distance import DistanceResult

_TABLE_LINES: Final = 12


class DistancePage(Page):
    """How far the nearest plant is, and how much farther inside the alliance alone."""

    def show_answer(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Show the distances of an answer, or what to choose to get them."""
        result = answer.distance
        words = "From each deposit to the nearest plant that can process it."
        if question.mineral is None:
            self.explain("Choose a mineral to see distances", words, mineral_suggestions())
            return
        if result is None:
            title = "This alliance has no members at the date"
            self.explain(title, words, alliance_suggestions(facts, question.as_of))
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
        if summary.without_plant:
            column.addWidget(Text(Kind.WARNING, no_plant_text(result)))
        head = self.heading("Nearest plant of each deposit (km)")
        self.table = DistanceTable(result)
        self.table.chosen.connect(self.rowActivated)
        copy = IconButton("mdi6.content-copy", "Copy the table", self)
        copy.clicked.connect(self.table.copy)
        head.addWidget(copy)
        column.addWidget(self.table)
        column.addWidget(Text(Kind.CAPTION, "Double-click a line to go to the deposit."))
        self.heading("Method and sources")
        self.lines((*result.notes, *result.sources))
        column.addStretch(1)

    def _cells(self, result: DistanceResult) -> list[tuple[str, str, str]]:
        summary = result.summary
        cells = [
            ("Median", kilometres(summary.median_km), "Half of the deposits are nearer"),
            ("90\u00a0% within", kilometres(summary.p90_km), "Nine of ten deposits are nearer"),
        ]
        if result.query.within is not None:
            tip = "Median of the distance with the restriction minus without it"
            cells.append(("Median penalty", kilometres(summary.median_penalty_km), tip))
        cells.append(("Plants", number(summary.plants_within), "Plants that count"))
        return cells


def histogram_of(result: DistanceResult) -> Histogram:
    """Return the histogram of an answer, its finding as title."""
    summary, query = result.summary, result.query
    plant = "refinery" if query.to is Role.REFINERY else "magnet plant"
    where = f", inside the {query.within_title}" if query.within_title else ""
    reached = number(summary.deposits - summary.without_plant)
    return Histogram(
        title=f"{reached} deposits by distance to the nearest {plant}",
        subtitle=f"Kilometres on the ellipsoid; operating plants that take this mineral{where}",
        edges=tuple(summary.histogram_edges_km.tolist()),
        counts=tuple(summary.histogram_counts.tolist()),
        unit="km",
        noun="deposits",
        median=summary.median_km,
    )


def no_plant_text(result: DistanceResult) -> str:
    """Return why some deposits have no distance."""
    count = result.summary.without_plant
    lead = "1 deposit has" if count == 1 else f"{number(count)} deposits have"
    where = f" inside the {result.query.within_title}" if result.query.within_title else ""
    return f"{lead} no plant: no operating plant{where} takes this mineral."


class DistanceTable(QTableView):
    """Deposit, plant, kilometres and penalty; sorted by a click on a heading."""

    chosen = Signal(str, int)

    def __init__(self, result: DistanceResult, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows = result.rows
        self._where = result.deposit_rows
        columns = {
            "deposit_name": rows["deposit_name"].to_numpy(dtype=object),
            "plant_name": rows["plant_name"].to_numpy(dtype=object),
            "distance_km": rows["distance_km"].to_numpy(dtype=np.float64),
        }
        if result.query.within is not None:
            columns["penalty_km"] = rows["penalty_km"].to_numpy(dtype=np.float64)
        self.lines = ColumnModel(self)
        self.lines.show_columns(
            columns,
            len(rows),
            titles=_DISTANCE_TITLES,
            formats={
                "distance_km": _bare_km,
                "penalty_km": _bare_km,
                "plant_name": lambda v: v or "no plant",
            },
        )
        self.setModel(self.lines)
        self._dress()
        self._sort_by(2)
        self.activated.connect(self._choose)

    def copy(self) -> None:
        """Put the table on the clipboard."""
        QGuiApplication.clipboard().setText(self.lines.as_text())

    def minimumSizeHint(self) -> QSize:
        """Return a height of a few lines."""
        return QSize(1, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """Return the height of the lines, at most twelve."""
        line = self.verticalHeader().defaultSectionSize()
        lines = min(self.lines.rowCount(), _TABLE_LINES)
        return QSize(280, self.horizontalHeader().sizeHint().height() + lines * line + 4)

    def _dress(self) -> None:
        quiet_table(self)
        self.setAccessibleName("Nearest plant of each deposit")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(32)
        header.sectionClicked.connect(self._sort_by)
        for i in range(self.lines.columnCount()):
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(i, mode.Stretch if i < 2 else mode.ResizeToContents)

    def _sort_by(self, column: int) -> None:
        descending = self.lines.sorted_by == (column, False)
        self.lines.sorted_by = (column, descending)
        rows = np.arange(self.lines.rowCount(), dtype=np.int64)
        self.lines.show_rows(sorted_rows(self.lines.column(column), rows, descending=descending))

    def _choose(self, index: QModelIndex) -> None:
        layer, row = self._where[int(self.lines.order[index.row()])]
        self.chosen.emit(layer, row)


_DISTANCE_TITLES: Final = {
    "deposit_name": "Deposit",
    "plant_name": "Plant",
    "distance_km": "km",
    "penalty_km": "Penalty",
}


def _bare_km(value: float) -> str:
    return kilometres(value).removesuffix(f"{NO_BREAK}km")
