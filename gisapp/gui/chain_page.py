"""Chain: what each step suffices for, where the chain stops, and the yields that this rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QWidget,
)

from gisapp.gui.chart_view import ChartView
from gisapp.gui.column_model import join_rows
from gisapp.gui.looks import GRID, IconButton, Kind, Text
from gisapp.gui.result_table import ResultTable
from gisapp.gui.results_pages import (
    Page,
    Suggestion,
    alliance_suggestions,
    metrics,
    mineral_suggestions,
)
from gisapp.gui.value_box import ValueBox
from gisapp.model.facts import Facts
from gisapp.model.numbers import NO_BREAK, kilometres, number, rounded, share_range
from gisapp.model.yields import Yield
from gisapp.workspace.answer import Answer
from gisapp.workspace.chain_terms import rung_words, span
from gisapp.workspace.state import Question

if TYPE_CHECKING:  # scipy loads with the first answer, not before
    from gisapp.analysis.chain import ChainResult, SiteRow
    from gisapp.analysis.chain_journey import DepositChain, Stop

#: Works nearer than this to each other are one place.
_ON_SITE_KM: Final = 1.0
_UNKNOWN_SITE: Final = "unknown_site"


class ChainPage(Page):
    """The chain of a mineral: bars of its steps, sites, one ore's journey, yields to change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: str | None = None
        self._edited: str | None = None

    def show_answer(self, answer: Answer, question: Question, facts: Facts) -> None:
        """Show the chain of an answer, or what to choose to get one."""
        found = answer.chain
        words = "From mine through separation and metal making to magnets, or to the refinery."
        if question.mineral is None:
            self.explain("Choose a mineral to follow its chain", words, mineral_suggestions())
            return
        if found is None:
            alliance = question.alliance
            empty = alliance is not None and not facts.alliances.jurisdictions(
                alliance, question.as_of
            )
            others = alliance_suggestions(facts, question.as_of) if empty else mineral_suggestions()
            self.explain(answer.headline, answer.text, others)
            return
        at = self.verticalScrollBar().value()
        column = self.start()
        if answer.chart is not None:
            view = ChartView()
            view.show_bars(answer.chart)
            column.addWidget(view)
        column.addLayout(metrics(_cells(found)))
        if len(found.rungs) > 1:
            self.heading("What would lift it, step by step")
            self.lines([f"{rung_words(rung, found.product)}." for rung in found.rungs], Kind.NOTE)
        self._sites(found)
        if answer.journey is not None:
            self._journey(answer.journey, found)
        self._yields(found)
        self.heading("Method and sources")
        self.lines((*answer.notes, *answer.sources))
        column.addStretch(1)
        # what was looked at, or being edited, stays where it was
        QTimer.singleShot(0, self, lambda: self.verticalScrollBar().setValue(at))

    def _sites(self, found: ChainResult) -> None:
        head = self.heading("Sites")
        copy = IconButton("mdi6.content-copy", "Copy steps and sites as a table", self)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(sites_text(found)))
        head.addWidget(copy)
        choose = QComboBox()
        choose.setAccessibleName("Step whose sites are listed")
        choose.setMinimumContentsLength(10)
        choose.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for step in found.steps:
            title = step.step.title
            silent = f", {step.unknown} without a figure" if step.unknown else ""
            choose.addItem(
                f"{title[0].upper()}{title[1:]}: {number(step.sites)} sites{silent}", step.step.id
            )
        self.column.addWidget(choose)
        self.table = SiteTable(found)
        self.table.chosen.connect(self.rowActivated)
        self.column.addWidget(self.table)
        self.caption = Text(Kind.CAPTION)
        self.column.addWidget(self.caption)

        def show(index: int) -> None:
            step = found.steps[index]
            self.table.show_step(index)
            own = f"{number(step.amount.low)}{NO_BREAK}{step.step.unit}"
            if step.amount.high > step.amount.low * 1.0005:
                own = f"{number(step.amount.low)}\u2013{number(step.amount.high)}"
                own += f"{NO_BREAK}{step.step.unit}"
            listed = [row for row in found.rows if row.site.step == index]
            pooled = any(row.site.pooled for row in listed)
            national = "National: within the country's output. " if pooled else ""
            self.caption.setText(
                f"{own} a year, here in {found.unit}. {national}Used: what the chain takes. "
                "Double-click a line to go to the site."
            )

        def choose_step(index: int) -> None:
            self._step = choose.itemData(index)
            show(index)

        wanted = self._step or found.binding[0]
        ids = [step.step.id for step in found.steps]
        choose.setCurrentIndex(ids.index(wanted) if wanted in ids else 0)
        show(choose.currentIndex())
        choose.currentIndexChanged.connect(choose_step)

    def _journey(self, found: DepositChain, chain: ChainResult) -> None:
        self.heading("The nearest way for the ore of")
        choose = QComboBox()
        choose.setAccessibleName("Deposit whose ore is followed")
        choose.setMinimumContentsLength(10)
        choose.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        inside = {row.site.id for row in chain.rows if row.inside}
        mines = [s for s in chain.sites if s.step == 0 and s.lonlat is not None]
        for mine in sorted(mines, key=lambda s: (s.id not in inside, s.name.casefold())):
            choose.addItem(f"{mine.name} ({mine.country})", mine.id)
        choose.setCurrentIndex(choose.findData(found.deposit.id))
        choose.activated.connect(
            lambda index: self.asked.emit(
                Suggestion("", "question.deposit", {"deposit": choose.itemData(index)})
            )
        )
        self.column.addWidget(choose)
        if found.inside is not None:
            self._stops("Inside the alliance", found.inside)
            same = [_id(s) for s in found.inside] == [_id(s) for s in found.anywhere]
            if same:
                words = "No plant outside is nearer."
                self.column.addWidget(Text(Kind.CAPTION, words))
                return
        self._stops("Any plant", found.anywhere)

    def _stops(self, title: str, stops: tuple[Stop, ...]) -> None:
        length = sum(stop.km for stop in stops[1:])
        head = QHBoxLayout()
        head.addWidget(Text(Kind.BODY, title), 1)
        if np.isfinite(length):
            head.addWidget(Text(Kind.BODY, kilometres(length)).fit())
        self.column.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 4)
        grid.setColumnStretch(0, 1)
        for i, stop in enumerate(stops):
            name = stop.site.name if stop.site is not None else stop.reason
            kind = Kind.NOTE if stop.site is not None else Kind.WARNING
            grid.addWidget(Text(kind, name), i, 0)
            made = ""
            if np.isfinite(stop.tonnes):
                made = f"{rounded(stop.tonnes)}{NO_BREAK}{stop.step.unit}"
            far = ""
            if i and stop.site is not None:
                far = kilometres(stop.km) if stop.km >= _ON_SITE_KM else "on site"
            lines = Text(Kind.NOTE, "\n".join(text for text in (far, made) if text)).fit()
            lines.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(lines, i, 1, Qt.AlignmentFlag.AlignRight)
        self.column.addLayout(grid)

    def _yields(self, found: ChainResult) -> None:
        yields = found.query.yields
        head = self.heading("Yields: assumptions, yours to change")
        if yields.changed:
            reset = IconButton("mdi6.restore", "Take the yields of the table again", self)
            back = Suggestion("", "yields.reset", {})
            reset.clicked.connect(lambda: self.asked.emit(back))
            head.addWidget(reset)
        told = {s.id: s.carried.high - s.carried.low for s in found.sensitivity}
        rows = [row for row in yields.rows if row.id in told or row.id == _UNKNOWN_SITE]
        moving = [row for row in rows if told.get(row.id, 1.0) > _NO_EFFECT]
        self._boxes(sorted(moving, key=lambda row: -told.get(row.id, 0.0)), found)
        words = "Below each: what the chain carries over its whole range."
        self.column.addWidget(Text(Kind.CAPTION, words))
        still = [row for row in rows if row not in moving]
        if still:
            words = "These do not change what the chain carries now, within their ranges:"
            self.column.addWidget(Text(Kind.CAPTION, words))
            self._boxes(still, found)

    def _boxes(self, rows: list[Yield], found: ChainResult) -> None:
        effects = {s.id: s for s in found.sensitivity}
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 4)
        grid.setColumnStretch(0, 1)
        for i, row in enumerate(rows):
            name = Text(Kind.NOTE, row.name)
            name.setToolTip(yield_tip(row))
            grid.addWidget(name, 2 * i, 0, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(self._box(row, found.query.yields[row.id]), 2 * i, 1, 2, 1)
            effect = effects.get(row.id)
            if effect is None or effect.carried.high - effect.carried.low <= _NO_EFFECT:
                continue
            moved = f" \N{RIGHTWARDS ARROW} {effect.moves_to(found.binding[0])}"
            label = Text(Kind.CAPTION, span(effect.carried) + (moved if effect.flips else ""))
            label.setToolTip(_FLIP_TIP if effect.flips else _EFFECT_TIP)
            grid.addWidget(label, 2 * i + 1, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(grid)

    def _box(self, row: Yield, value: float) -> ValueBox:
        def change(new: float) -> None:
            self._edited = row.id
            self.asked.emit(Suggestion("", "yields.set", {"yield_id": row.id, "value": new}))

        box = ValueBox(row.name, value, change, highest=1.0, step=0.01, tip=yield_tip(row))
        if row.id == self._edited:
            QTimer.singleShot(0, box, box.setFocus)
            self._edited = None
        return box


#: Tonnes a year that are rounding.
_NO_EFFECT: Final = 0.5
_EFFECT_TIP: Final = "What the chain carries over the yield's whole range"
_FLIP_TIP: Final = "Within its range another step is the weakest link"


def yield_tip(row: Yield) -> str:
    """Return range, source and remarks of a yield."""
    lines = [f"{row.low:g} to {row.high:g}, default {row.default:g} ({row.unit})", row.source]
    return "\n".join(line for line in (*lines, row.notes) if line)


def sites_text(found: ChainResult) -> str:
    """Return steps and sites as lines with tabs, for a spreadsheet."""
    head = ["step", "site", "country", f"low ({found.unit})", f"high ({found.unit})", "used"]
    rows = [[*head, "figure", "product", "year", "source"]]
    for step in found.steps:
        values = (step.capacity.low, step.capacity.high, step.through)
        rows.append([step.step.title, "", "", *(f"{v:.10g}" for v in values), "", "", "", ""])
    for row in found.rows:
        site = row.site
        rows.append(
            [
                found.steps[site.step].step.title,
                site.name,
                site.country,
                *(f"{v:.10g}" for v in (row.low, row.high, row.through)),
                f"{site.amount:.10g}" if site.known else "",
                site.product,
                "" if site.year is None else str(site.year),
                site.source,
            ]
        )
    return join_rows(rows)


class SiteTable(ResultTable):
    """The sites of one step: what each suffices for, and what the chain takes of it."""

    def __init__(self, found: ChainResult, parent: QWidget | None = None) -> None:
        super().__init__("Sites of the step", parent=parent)
        self._found = found

    def show_step(self, index: int) -> None:
        """Show the sites of a step, the largest first."""
        shown = [row for row in self._found.rows if row.site.step == index]
        self.show_lines(
            {
                "name": np.array([_name(row) for row in shown], dtype=object),
                "tonnes": np.array([_tonnes(row) for row in shown], dtype=object),
                "used": np.array([row.through for row in shown], dtype=np.float64),
            },
            titles={"name": "Site", "tonnes": "t a year", "used": "Used"},
            formats={"used": lambda v: number(v) if v >= 0.5 else "\N{EN DASH}"},
            site_of=lambda row: (shown[row].site.layer, shown[row].site.row),
        )


def _cells(found: ChainResult) -> list[tuple[str, str, str]]:
    cells = [("Carries", span(found.carried), f"{found.unit} a year, with and without unknowns")]
    share = found.share
    if share.low == share.low and found.query.inside is not None:
        tip = f"Of a world output of about {rounded(found.yardstick)} t"
        cells.append(("Of the world", share_range(share.low, share.high), tip))
    step = next(s for s in found.steps if s.step.id == found.binding[0])
    cells.append(("Stops at", step.step.title, "The step that limits it"))
    return cells


def _id(stop: Stop) -> str:
    return "" if stop.site is None else stop.site.id


def _name(row: SiteRow) -> str:
    return row.site.name if row.inside else f"{row.site.name} (home unknown)"


def _tonnes(row: SiteRow) -> str:
    if row.site.pooled:
        return "national"
    low, high = number(round(row.low)), number(round(row.high))
    if row.site.known and row.inside:
        return low
    return f"0\u2013{high}"
