"""Coverage: who supplies the stage asked for, and the alliance along the chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gisapp.gui.chart_view import ChartView
from gisapp.gui.column_model import join_rows
from gisapp.gui.concentration_grid import ConcentrationGrid
from gisapp.gui.fold import Fold
from gisapp.gui.looks import GRID, IconButton, Kind, Text, colors_of
from gisapp.gui.results_pages import Page, alliance_suggestions, mineral_suggestions
from gisapp.gui.time_chart import Moment, TimeCanvas
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import NO_BREAK, number, share_range
from gisapp.model.vocabulary import MINERALS, Basis, Stage, Weight
from gisapp.workspace.answer import Answer
from gisapp.workspace.benchmark_words import benchmark_lines
from gisapp.workspace.session import Session
from gisapp.workspace.state import Question
from gisapp.workspace.titles import country_title

if TYPE_CHECKING:  # its tables load after the window shows
    from gisapp.workspace.coverage_bases import BasisShare
    from gisapp.workspace.coverage_time import CoverageOverTime

T = TypeVar("T")

_CROSSED: Final = {Basis.FOREIGN.value, Basis.ABROAD.value}


class CoveragePage(Page):
    """Who supplies the stage asked for, and how the alliance stands along the chain."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        #: Which parts are unfolded; they stay so from answer to answer.
        self._open: set[str] = set()
        self._shown = 0

    def show_answer(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Show the coverage of an answer, or what to choose to get one."""
        self._shown += 1
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
            column.addWidget(StageCard(row, asked=row["stage"] == question.stage.value))
        asked = next((r for r in rows if r["stage"] == question.stage.value), None)
        if asked is not None and np.isfinite(float(asked["share_low"])):
            self._show_asked(asked, facts)
            if question.alliance is not None:
                self._show_bases(facts)
                self._show_time(facts)
            self._show_benchmarks(asked, facts)
        sources = [str(row["sources"]) for row in rows if row["sources"]]
        if sources:
            self.heading("Sources")
            self.lines(list(dict.fromkeys(sources)))
        if answer.notes:
            self.heading("Method")
            self.lines(answer.notes)
        column.addStretch(1)

    def _show_asked(self, row: Mapping[Any, Any], facts: Facts) -> None:
        stage = Stage(row["stage"]).label.lower()
        if row["by"] not in _CROSSED:
            self.heading(f"How concentrated {stage} is")
            self.column.addWidget(ConcentrationGrid(row, facts))
        if np.isfinite(float(row["foreign_low"])):
            self.heading("Where and whose")
            for name, title, tip in _CROSSINGS:
                low, high = float(row[f"{name}_low"]), float(row[f"{name}_high"])
                self.column.addWidget(ShareLine(title, low, high, tip))

    def _show_benchmarks(self, row: Mapping[Any, Any], facts: Facts) -> None:
        found = benchmark_lines(row, facts)
        if not found:
            return
        fold = self._fold("Benchmarks")
        for line, tip in found:
            text = Text(Kind.CAPTION, line)
            text.setToolTip(tip)
            fold.content.addWidget(text)

    def _show_bases(self, facts: Facts) -> None:
        state = self._session.state

        def work(feedback: Feedback) -> tuple[BasisShare, ...]:
            from gisapp.workspace.coverage_bases import coverage_by_every_basis

            return coverage_by_every_basis(state, facts, feedback)

        def fill(found: tuple[BasisShare, ...], column: QVBoxLayout) -> None:
            for one in found:
                known = np.isfinite(one.low)
                tip = "The lighter end is what is unknown." if known else one.note
                column.addWidget(ShareLine(one.by.label, one.low, one.high, tip))

        self._later("By every basis", "every_basis", work, fill)

    def _show_time(self, facts: Facts) -> None:
        state = self._session.state

        def work(feedback: Feedback) -> CoverageOverTime:
            from gisapp.workspace.coverage_time import coverage_over_time

            return coverage_over_time(state, facts, feedback)

        def fill(found: CoverageOverTime, column: QVBoxLayout) -> None:
            column.addWidget(TimeCanvas(moments_of(found, facts), found.present.year))
            column.addWidget(Text(Kind.BODY, found.text))
            column.addWidget(Text(Kind.CAPTION, found.notes))

        self._later("Over time", "over_time", work, fill)

    def _later(
        self,
        title: str,
        purpose: str,
        work: Callable[[Feedback], T],
        fill: Callable[[T, QVBoxLayout], None],
    ) -> None:
        """Add a fold whose content is worked out in a job when it is opened."""
        fold = self._fold(title)
        waiting = Text(Kind.NOTE, "Working it out\u2026")
        fold.content.addWidget(waiting)
        shown = self._shown

        def done(found: T) -> None:
            if self._shown == shown:  # else the page shows another answer, and its widgets
                waiting.hide()
                fill(found, fold.content)

        def failed(error: Exception) -> None:
            if self._shown == shown:
                waiting.setText(str(error))

        def start() -> None:
            if fold.content.count() == 1:
                self._session.jobs.start(purpose, title, work, done, failed)

        fold.opened.connect(start)
        if fold.is_open:
            start()

    def _fold(self, title: str) -> Fold:
        fold = Fold(title, open_=title in self._open)
        fold.button.toggled.connect(
            lambda on: self._open.add(title) if on else self._open.discard(title)
        )
        self.column.addWidget(fold)
        return fold


class StageCard(QWidget):
    """One stage: the share inside as figure and bar, and of what it is."""

    def __init__(
        self, row: Mapping[Any, Any], *, asked: bool, parent: QWidget | None = None
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
        column.addWidget(ShareBar(low, high, f"{share} of {of_what(row)}"))
        column.addWidget(Text(Kind.NOTE, amount_text(row)))
        like = float(row["like_mapped_low"]), float(row["like_mapped_high"])
        if asked and np.isfinite(like[0]):
            text = (
                f"{share_range(*like)} if all output of a country is held as its mapped sites "
                "are: an assumption, no bound."
            )
            column.addWidget(Text(Kind.NOTE, text))
        if row.get("over_65_percent"):
            column.addWidget(Text(Kind.WARNING, screen_text(row)))


_UNKNOWN_END: Final = "The lighter end is what is of unknown owner."
#: What is set against the place, its title and what it means.
_CROSSINGS: Final = (
    (
        "foreign",
        "Inside, foreign-controlled",
        f"Stands inside the alliance, its owner is at home outside.\n{_UNKNOWN_END}",
    ),
    (
        "abroad",
        "Outside, controlled from inside",
        f"Stands outside the alliance, its owner is at home inside.\n{_UNKNOWN_END}",
    ),
)


class ShareLine(QWidget):
    """A title, its share and a thin bar."""

    def __init__(
        self, title: str, low: float, high: float, tip: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GRID // 2)
        column.setSpacing(GRID // 2)
        share = share_range(low, high)
        head = QHBoxLayout()
        head.addWidget(Text(Kind.BODY, title), 1)
        head.addWidget(Text(Kind.BODY, share).fit())
        column.addLayout(head)
        column.addWidget(ShareBar(low, high, tip, thin=True))
        self.setToolTip(tip)
        self.setAccessibleName(f"{title}: {share}")


def moments_of(found: CoverageOverTime, facts: Facts) -> list[Moment]:
    """Return the years of a table over time, each with what happened in it."""
    moments = []
    for row in found.table.to_dict("records"):
        told = [
            f"{_names(str(row[name]), facts)} {name}" for name in ("joined", "left") if row[name]
        ]
        if row["started"]:
            told.append(f"{row['started']} sites of the world start")
        happened = "\n".join(told) if row["joined"] or row["left"] else ""
        if np.isfinite(row["share_low"]):
            low, high = float(row["share_low"]), float(row["share_high"])
            moments.append(Moment(row["as_of"].year, low, high, happened))
    return moments


def of_what(row: Mapping[Any, Any]) -> str:
    """Return what a share is of: the world's output, or no more than what is mapped."""
    return {
        Weight.PRODUCTION.value: "national output, world-wide",
        Weight.RESERVES.value: "the published reserves",
        Weight.CAPACITY.value: "the mapped capacity, not of the world's",
        Weight.COUNT.value: "the mapped sites, not of the world's",
    }[str(row["weight"])]


def screen_text(row: Mapping[Any, Any]) -> str:
    """Return the warning of one country above 65 %, named as the screen that it is."""
    of = {
        Weight.PRODUCTION.value: "screen, world output",
        Weight.RESERVES.value: "screen, published reserves",
    }.get(str(row["weight"]), "of what is mapped")
    return f"More than 65{NO_BREAK}% in one country ({of})"


_WHAT: Final = {
    Weight.PRODUCTION.value: "national output",
    Weight.CAPACITY.value: "mapped capacity",
    Weight.COUNT.value: "mapped sites",
    Weight.RESERVES.value: "published reserves",
}


def amount_text(row: Mapping[Any, Any]) -> str:
    """Return the amounts behind a share, with unit, year and basis."""
    unit, world, inside = str(row["unit"]), float(row["world"]), float(row["inside"])
    year = "" if row["year"] is None or row["year"] != row["year"] else f", {int(row['year'])}"
    basis = Basis(row["by"]).label
    what = f"{_WHAT[str(row['weight'])]}, {basis[0].lower()}{basis[1:]}"
    if unit in {"percent", "%"}:
        return f"Published shares{year}; {what}"
    return f"{number(inside)} of {number(world)}{NO_BREAK}{unit}{year}; {what}"


def _names(codes: str, facts: Facts) -> str:
    found = codes.split(",")
    names = [country_title(code, facts.countries) for code in found[:_MOST_NAMED]]
    more = len(found) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


_MOST_NAMED: Final = 8


def _cell(value: Any) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - NaN


class ShareBar(QWidget):
    """A share of the whole: solid up to what is sure, lighter up to what is possible."""

    def __init__(
        self,
        low: float,
        high: float,
        tip: str,
        *,
        thin: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self.setFixedHeight(GRID // 2 if thin else GRID)
        self.setToolTip(tip)

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
