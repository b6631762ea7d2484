"""The pages of the results: coverage of the chain, distances, and what facilities there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.chart_view import ChartView, Histogram
from gisapp.gui.column_model import ColumnModel, join_rows, sorted_rows
from gisapp.gui.looks import (
    GRID,
    IconButton,
    Kind,
    LinkButton,
    Rule,
    ScrollColumn,
    Text,
    clear,
    colors_of,
    quiet_table,
)
from gisapp.gui.numbers import NO_BREAK, kilometres, number, share_range
from gisapp.model.facts import Facts
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import MINERALS, STAGE_OF_ROLE, Role, Stage, Status
from gisapp.render.picture import DrawnLayer, Picture
from gisapp.render.symbology import drawn_rows, field_of, status_title
from gisapp.workspace.answer import Answer
from gisapp.workspace.state import Question
from gisapp.workspace.titles import country_title

if TYPE_CHECKING:  # pandas loads with the first answer, not before
    from gisapp.analysis.distance import DistanceResult

_TOP_SITES: Final = 8
_TABLE_LINES: Final = 12
_TOP_RIGHT: Final = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class Suggestion:
    """A button of an empty page: what it says and the command that it runs."""

    text: str
    command: str
    params: Mapping[str, Any]
    tip: str = ""


class Page(ScrollColumn):
    """A page of the results. `asked` carries a suggestion that was taken."""

    asked = Signal(object)
    rowActivated = Signal(str, int)

    def start(self) -> QVBoxLayout:
        """Empty the page and return its column."""
        clear(self.column)
        return self.column

    def explain(self, title: str, text: str, suggestions: Sequence[Suggestion]) -> None:
        """Show why there is nothing here, and buttons that change it."""
        self.start()
        self.suggest(title, text, suggestions)

    def suggest(self, title: str, text: str, suggestions: Sequence[Suggestion]) -> None:
        """Add a heading, what it is about, and buttons that do it."""
        column = self.column
        column.addSpacing(2 * GRID)
        column.addWidget(Text(Kind.TITLE, title))
        column.addWidget(Text(Kind.NOTE, text))
        for suggestion in suggestions:
            button = QPushButton(suggestion.text)
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            button.setToolTip(suggestion.tip)
            button.clicked.connect(lambda _on=False, taken=suggestion: self.asked.emit(taken))
            column.addWidget(button)
        column.addStretch(1)

    def heading(self, text: str) -> QHBoxLayout:
        """Add a heading with a line above it; returns its row, for a button at the right."""
        self.column.addSpacing(GRID)
        self.column.addWidget(Rule())
        row = QHBoxLayout()
        row.addWidget(Text(Kind.HEADING, text), 1)
        self.column.addLayout(row)
        return row

    def lines(self, texts: Sequence[str], kind: Kind = Kind.CAPTION) -> None:
        """Add small paragraphs."""
        for text in texts:
            self.column.addWidget(Text(kind, text))


def mineral_suggestions() -> tuple[Suggestion, ...]:
    """Return the minerals that most people ask for first."""
    return tuple(
        Suggestion(MINERALS[code], "question.mineral", {"mineral": code})
        for code in ("rare_earths", "lithium", "cobalt")
    )


def alliance_suggestions(facts: Facts, as_of: date) -> tuple[Suggestion, ...]:
    """Return the alliances that most people ask for first, as far as they have members then."""
    return tuple(
        Suggestion(
            facts.alliances.get(code).short_name,
            "question.alliance",
            {"alliance": code},
            facts.alliances.get(code).name,
        )
        for code in ("forge", "eu", "quad", "five_eyes")
        if code in facts.alliances.alliances and facts.alliances.jurisdictions(code, as_of)
    )


# coverage


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


def metrics(cells: Sequence[tuple[str, str, str]]) -> QGridLayout:
    """Return figures side by side: caption above, value below, tooltip."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(0)
    for i, (caption, value, tip) in enumerate(cells):
        for line, label in enumerate((Text(Kind.CAPTION, caption), Text(Kind.BODY, value))):
            label.setToolTip(tip or caption)
            place = Qt.AlignmentFlag.AlignTop if line else Qt.AlignmentFlag.AlignBottom
            grid.addWidget(label, line, i, place)
        grid.setColumnStretch(i, max(len(value), 8))
    return grid


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


# distance


class DistancePage(Page):
    """How far the nearest plant is, and how much farther inside the alliance alone."""

    def show_answer(self, answer: Answer, question: Question) -> None:
        """Show the distances of an answer, or what to choose to get them."""
        result = answer.distance
        if question.mineral is None or result is None:
            words = "From each deposit to the nearest plant that can process it."
            title = "Choose a mineral to see distances"
            self.explain(title, words, mineral_suggestions())
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
        head = self.heading("Nearest plant of each deposit")
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
    where = f" inside the {query.within_title}" if query.within_title else ""
    reached = number(summary.deposits - summary.without_plant)
    return Histogram(
        title=f"{reached} deposits by distance to the nearest {plant}{where}",
        subtitle="Kilometres on the ellipsoid; operating plants that take this mineral",
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


# facilities


class FacilitiesPage(Page):
    """How many sites there are of each stage and status, and the largest of them."""

    def show_picture(self, picture: Picture, question: Question, facts: Facts) -> None:
        """Show what is on the map."""
        drawn = [d for d in picture.layers if d.layer.role.is_facility]
        counts: Counter[tuple[Stage, str]] = Counter()
        for each in drawn:
            stage = STAGE_OF_ROLE[each.layer.role]
            statuses = field_of(each.layer, "status", drawn_rows(each))
            counts.update((stage, status or "unknown") for status in statuses)
        if not counts:
            words = "No site passes, or every layer of sites is hidden."
            again = Suggestion("Clear the filter", "filter.clear", {})
            self.explain("No sites on the map", words, (again,))
            return
        column = self.start()
        title = MINERALS[question.mineral] if question.mineral else "All minerals"
        total = number(counts.total())
        column.addWidget(Text(Kind.TITLE, f"{title}: {total} sites on the map"))
        column.addLayout(self._grid(counts))
        if question.mineral is not None:
            self._largest(drawn, question, facts)
        column.addStretch(1)

    def _grid(self, counts: Counter[tuple[Stage, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 4)
        stages = [stage for stage in Stage if any(s is stage for s, _ in counts)]
        found = {status for _, status in counts}
        known = [status.value for status in Status if status.value in found]
        others = sorted(found - set(known))
        for j, stage in enumerate(stages):
            grid.addWidget(Text(Kind.CAPTION, stage.label).fit(), 0, j + 1, _TOP_RIGHT)
        for i, status in enumerate([*known, *others]):
            words = status_title(Status(status)) if status in set(Status) else status.capitalize()
            grid.addWidget(Text(Kind.BODY, words), i + 1, 0)
            for j, stage in enumerate(stages):
                count = counts[stage, status]
                label = Text(
                    Kind.BODY if count else Kind.NOTE, number(count) if count else "\u2013"
                )
                grid.addWidget(label.fit(), i + 1, j + 1, _TOP_RIGHT)
        last = grid.rowCount()
        grid.addWidget(Rule(), last, 0, 1, len(stages) + 1)
        grid.addWidget(Text(Kind.HEADING, "All"), last + 1, 0)
        for j, stage in enumerate(stages):
            total = sum(n for (s, _), n in counts.items() if s is stage)
            grid.addWidget(Text(Kind.HEADING, number(total)).fit(), last + 1, j + 1, _TOP_RIGHT)
        grid.setColumnStretch(0, 1)
        return grid

    def _largest(self, drawn: Sequence[DrawnLayer], question: Question, facts: Facts) -> None:
        """List the largest sites of the stage asked for, where their tonnes are known."""
        sites: list[tuple[float, str, Layer, int]] = []
        for each in drawn:
            if each.weights is None or STAGE_OF_ROLE[each.layer.role] is not question.stage:
                continue
            best = np.argsort(-np.nan_to_num(each.weights, nan=-1.0), kind="stable")[:_TOP_SITES]
            rows = drawn_rows(each)
            sites += [
                (float(each.weights[i]), each.weight_unit, each.layer, int(rows[i]))
                for i in best.tolist()
                if each.weights[i] > 0
            ]
        if not sites:
            return
        units = {unit for _, unit, _, _ in sites}
        shared = units.pop() if len(units) == 1 else ""
        what = f"Largest sites, {question.stage.label.lower()}"
        self.heading(f"{what} ({shared})" if shared else what)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        for value, unit, layer, row in sorted(sites, key=lambda s: -s[0])[:_TOP_SITES]:
            name, country, status = (
                field_of(layer, field, np.array([row], dtype=np.int64))[0]
                for field in ("name", "country", "status")
            )
            line = grid.rowCount()
            go = LinkButton(name)
            go.setToolTip(f"Go to {name}")
            go.clicked.connect(
                lambda _on=False, to=(layer.id, row): self.rowActivated.emit(to[0], to[1])
            )
            grid.addWidget(go, line, 0)
            figure = number(value) if shared else f"{number(value)}{NO_BREAK}{unit}".strip()
            grid.addWidget(Text(Kind.BODY, figure).fit(), line, 1, _TOP_RIGHT)
            words = status_title(Status(status)).lower() if status in set(Status) else status
            where = country_title(country, facts.countries)
            detail = " \u00b7 ".join(part for part in (where, words) if part)
            below = Text(Kind.CAPTION, detail)
            below.setContentsMargins(0, 0, 0, GRID)
            grid.addWidget(below, line + 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.column.addLayout(grid)
        self.lines(("The identify card has each figure's product, year and source.",))
