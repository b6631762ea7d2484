"""Coverage: who supplies the stage asked for, and the alliance along the chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.chart_view import ChartView
from gisapp.gui.column_model import join_rows
from gisapp.gui.looks import (
    GRID,
    IconButton,
    Kind,
    Text,
    colors_of,
)
from gisapp.gui.results_pages import (
    Page,
    alliance_suggestions,
    metrics,
    mineral_suggestions,
)
from gisapp.model.facts import Facts
from gisapp.model.numbers import NO_BREAK, number, share_range
from gisapp.model.vocabulary import MINERALS, Stage
from gisapp.workspace.answer import Answer
from gisapp.workspace.state import Question
from gisapp.workspace.titles import country_title


class CoveragePage(Page):
    """Who supplies the stage asked for, and how the alliance stands along the chain."""

    def show_answer(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Show the coverage of an answer, or what to choose to get one."""
        table, chart = answer.coverage, answer.chart
        if question.mineral is None:
            words = "The shares of mining, refining and magnets, and who holds the rest."
            title = "Choose a mineral and an alliance to see coverage"
            self.explain(title, words, mineral_suggestions())
            return
        column = self.start()
        if chart is not None and chart.bars:
            view = ChartView()
            view.show_bars(chart)
            column.addWidget(view)
        if table is None or not len(table):
            words = f"How much of {MINERALS[question.mineral].lower()} lies inside it?"
            if question.alliance is not None:
                words = f"This one has no members at the date. {words}"
            self.suggest("Choose an alliance", words, alliance_suggestions(facts, question.as_of))
            return
        rows = table.to_dict("records")
        head = self.heading("Along the chain")
        copy = IconButton("mdi6.content-copy", "Copy the table of the chain", self)
        text = join_rows([list(table.columns), *[[_cell(r[c]) for c in r] for r in rows]])
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        head.addWidget(copy)
        for row in rows:
            column.addWidget(StageCard(row, facts, asked=row["stage"] == question.stage.value))
        sources = [str(row["sources"]) for row in rows if row["sources"]]
        if sources:
            self.heading("Sources")
            self.lines(list(dict.fromkeys(sources)))
        if answer.notes:
            self.heading("Method")
            self.lines(answer.notes)
        column.addStretch(1)


class StageCard(QWidget):
    """One stage: the share inside as figure and bar, then how concentrated the world is."""

    def __init__(
        self, row: Mapping[Any, Any], facts: Facts, *, asked: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID // 2, 0, GRID)
        column.setSpacing(GRID // 2)
        stage = Stage(row["stage"]).label
        low, high = float(row["share_low"]), float(row["share_high"])
        known = np.isfinite(low)
        share = share_range(low, high)
        head = QHBoxLayout()
        head.addWidget(Text(Kind.TITLE if asked else Kind.BODY, stage), 1)
        head.addWidget(Text(Kind.FIGURE if known else Kind.NOTE, share).fit())
        column.addLayout(head)
        self.setAccessibleName(f"{stage}: {share} inside")
        if not known:
            column.addWidget(Text(Kind.NOTE, str(row.get("note") or "Nothing is known.")))
            return
        column.addWidget(ShareBar(low, high))
        column.addWidget(Text(Kind.NOTE, amount_text(row)))
        column.addSpacing(GRID // 4)
        column.addLayout(self._metrics(row, facts))
        if row.get("over_65_percent"):
            column.addWidget(
                Text(Kind.WARNING, "More than 65\u00a0% in one country (screen, world output)")
            )

    def _metrics(self, row: Mapping[Any, Any], facts: Facts) -> QGridLayout:
        code = str(row["top1_country"])
        leader = country_title(code, facts.countries) or "Largest"
        cells = (
            ("HHI", bounds_text(float(row["hhi_low"]), float(row["hhi_high"])), _HHI_TIP),
            (leader, share_range(float(row["top1_share"]), float(row["top1_share"])), "Largest"),
            ("Top three", share_range(float(row["top3_share"]), float(row["top3_share"])), ""),
            ("Mapped", _percent(row["mapped_share_of_world"]), _MAPPED_TIP),
        )
        return metrics(cells)


_HHI_TIP: Final = "Herfindahl-Hirschman index of the countries, 0 to 10 000; bounds for unknowns"
_MAPPED_TIP: Final = "How much of the published world output the figures name"


def amount_text(row: Mapping[Any, Any]) -> str:
    """Return the amounts behind a share, with unit, year and basis."""
    unit, world, inside = str(row["unit"]), float(row["world"]), float(row["inside"])
    year = "" if row["year"] is None or row["year"] != row["year"] else f", {int(row['year'])}"
    weight = {"production": "national output", "capacity": "mapped capacity", "count": "sites"}
    what = f"{weight.get(str(row['weight']), str(row['weight']))} by {row['by']}"
    if unit in {"percent", "%"}:
        return f"Published shares{year}; {what}"
    return f"{number(inside)} of {number(world)}{NO_BREAK}{unit}{year}; {what}"


def bounds_text(low: float, high: float) -> str:
    """Return an index as one figure where its bounds agree, else as both."""
    if not np.isfinite(low):
        return "unknown"
    first, last = number(round(low), 5), number(round(high), 5)
    return first if first == last else f"{first}\u2013{last}"


def _percent(value: float | None) -> str:
    return "unknown" if value is None else share_range(float(value), float(value))


def _cell(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN


class ShareBar(QWidget):
    """A share of the whole: solid up to what is sure, lighter up to what is possible."""

    def __init__(self, low: float, high: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self.setFixedHeight(GRID)
        self.setToolTip(f"{share_range(low, high)} of the world inside")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar."""
        painter, colors = QPainter(self), colors_of(self)
        width, height = self.width(), self.height()
        lighter = QColor(colors.alliance)
        lighter.setAlphaF(0.4)
        painter.fillRect(self.rect(), QColor(colors.rule))
        if self._high > self._low:
            painter.fillRect(QRectF(0, 0, width * self._high, height), QColor(colors.panel))
            painter.fillRect(QRectF(0, 0, width * self._high, height), lighter)
        painter.fillRect(QRectF(0, 0, width * self._low, height), QColor(colors.alliance))
