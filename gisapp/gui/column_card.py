"""The card of a column: its statistics, its commonest values, its histogram; all can be copied."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gisapp.gui.chart_view import ChartView, Histogram
from gisapp.gui.column_model import column_title
from gisapp.gui.looks import GRID, Kind, Text, clear
from gisapp.gui.panel import Panel
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import number, rounded, whole
from gisapp.model.rows import Rows
from gisapp.render.picture import Bar, BarChart
from gisapp.workspace.column_statistics import ColumnStatistics, as_text, statistics_of
from gisapp.workspace.session import Session

_WIDTH: Final = 420


class ColumnCard(QDialog):
    """Statistics of a column of a layer, over the rows that the table shows."""

    def __init__(
        self,
        session: Session,
        layer_id: str,
        column: str,
        rows: Rows,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layer = session.state.entry(layer_id).layer
        self.setWindowTitle(f"{column_title(column)} \N{EN DASH} {layer.name}")
        self.setMinimumWidth(_WIDTH)
        self.told: ColumnStatistics | None = None
        self.body = _Body(session, self)
        self.copy_button = QPushButton("Copy as table")
        self.copy_button.setEnabled(False)
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        close = QPushButton("Close")
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(close)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        outer.setSpacing(GRID)
        outer.addWidget(self.body, 1)
        outer.addLayout(buttons)
        values, total = layer.features.columns[column], len(layer.features)
        chosen = None if len(rows) == total else rows

        def work(feedback: Feedback) -> ColumnStatistics:
            return statistics_of(column, values, chosen, feedback)

        self.body.work_if_long(
            len(rows), "table.statistics", f"Statistics of {column}", work, self._show
        )

    def _show(self, told: ColumnStatistics) -> None:
        self.told = told
        self.copy_button.setEnabled(True)
        self.body.show_statistics(told)
        self.adjustSize()

    def _copy(self) -> None:
        if self.told is not None:
            QGuiApplication.clipboard().setText(as_text(self.told))


class _Body(Panel):
    """What the card shows."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(Text(Kind.NOTE, "Working it out\u2026"))

    def show_statistics(self, told: ColumnStatistics) -> None:
        """Show figures, then the picture of them."""
        clear(self._column)
        self._column.addWidget(Text(Kind.HEADLINE, column_title(told.name)))
        known = told.count - told.missing
        gaps = f", {number(told.missing)} missing" if told.missing else ", none missing"
        self._column.addWidget(
            Text(Kind.NOTE, f"{told.kind.value.capitalize()}, {number(told.count)} rows{gaps}")
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID)
        grid.setVerticalSpacing(2)
        grid.setRowMinimumHeight(2, self.fontMetrics().height() + GRID)
        figures: tuple[tuple[str, float | str | None], ...] = (
            *(("Distinct", float(told.distinct)), ("Sum", told.total), ("Mean", told.mean)),
            *(("Least", told.low), ("Median", told.median), ("Greatest", told.high)),
        )
        shown = [(title, value) for title, value in figures if value is not None]
        for i, (title, value) in enumerate(shown):
            line, side = 2 * (i // 3), i % 3
            grid.addWidget(Text(Kind.NOTE, title), line, side)
            words = value if isinstance(value, str) else _figure(value)
            grid.addWidget(Text(Kind.FIGURE, words), line + 1, side)
        self._column.addLayout(grid)
        if told.counts:
            chart = ChartView(self)
            chart.show_histogram(
                Histogram(
                    "How the values spread",
                    f"{number(known)} values in classes of equal width",
                    told.edges,
                    told.counts,
                    "",
                    "rows",
                )
            )
            self._column.addWidget(chart)
        if told.top and known:
            bars = tuple(
                Bar(text or "(empty)", float(count), float(count), "alliance")
                for text, count in told.top
            )
            chart = ChartView(self)
            chart.show_bars(
                BarChart(
                    title="The commonest values",
                    subtitle=f"Rows with each, of {number(known)}",
                    unit="rows",
                    bars=bars,
                )
            )
            self._column.addWidget(chart)
        self._column.addStretch(1)


def _figure(value: float) -> str:
    return whole(value) if value == int(value) and abs(value) < 1e15 else rounded(value, 6)
