"""Facilities: how many sites there are of each stage and status, and the largest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
)

from gisapp.gui.column_model import Rows
from gisapp.gui.looks import (
    GRID,
    Kind,
    LinkButton,
    Rule,
    Text,
)
from gisapp.gui.results_pages import (
    Page,
    Suggestion,
)
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import NO_BREAK, number
from gisapp.model.vocabulary import MINERALS, STAGE_OF_ROLE, Stage, Status
from gisapp.render.drawn import drawn_rows, field_of
from gisapp.render.picture import DrawnLayer, Picture
from gisapp.render.symbology import status_title
from gisapp.workspace.state import Question
from gisapp.workspace.titles import country_title

_TOP_SITES: Final = 8
_TOP_RIGHT: Final = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class Site:
    """A site of the list of the largest: its figure with unit, and where it stands."""

    value: float
    unit: str
    layer: str
    row: int
    name: str
    country: str
    status: str


@dataclass(frozen=True)
class FacilityCounts:
    """How many sites are drawn by stage and status, and the largest ones of the stage asked."""

    counts: Counter[tuple[Stage, str]]
    largest: tuple[Site, ...]


def count_facilities(
    picture: Picture, stage: Stage, feedback: Feedback | None = None
) -> FacilityCounts:
    """Count the sites of a picture."""
    feedback = feedback or Feedback()
    counts: Counter[tuple[Stage, str]] = Counter()
    sites: list[Site] = []
    for each in picture.layers:
        if not each.layer.role.is_facility:
            continue
        feedback.check(text=f"Counting {each.layer.name}")
        here = STAGE_OF_ROLE[each.layer.role]
        rows = drawn_rows(each)
        counts.update((here, s or "unknown") for s in field_of(each.layer, "status", rows))
        if here is stage and each.weights is not None:
            sites += _largest_of(each, rows, each.weights)
    sites.sort(key=lambda site: -site.value)
    return FacilityCounts(counts, tuple(sites[:_TOP_SITES]))


def _largest_of(drawn: DrawnLayer, rows: Rows, weights: Floats) -> list[Site]:
    best = np.argsort(-np.nan_to_num(weights, nan=-1.0), kind="stable")[:_TOP_SITES]
    best = best[weights[best] > 0]
    texts = [field_of(drawn.layer, field, rows[best]) for field in ("name", "country", "status")]
    return [
        Site(float(weights[i]), drawn.weight_unit, drawn.layer.id, int(rows[i]), *words)
        for i, words in zip(best.tolist(), zip(*texts, strict=True), strict=True)
    ]


class FacilitiesPage(Page):
    """How many sites there are of each stage and status, and the largest of them."""

    def show_counts(self, found: FacilityCounts, question: Question, facts: Facts) -> None:
        """Show what is on the map."""
        counts = found.counts
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
        if found.largest:
            self._largest(found.largest, question, facts)
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

    def _largest(self, sites: Sequence[Site], question: Question, facts: Facts) -> None:
        units = {site.unit for site in sites}
        shared = units.pop() if len(units) == 1 else ""
        what = f"Largest sites, {question.stage.label.lower()}"
        self.heading(f"{what} ({shared})" if shared else what)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        for site in sites:
            line = grid.rowCount()
            go = LinkButton(site.name)
            go.setToolTip(f"Go to {site.name}")
            go.clicked.connect(
                lambda _on=False, to=(site.layer, site.row): self.rowActivated.emit(*to)
            )
            grid.addWidget(go, line, 0)
            figure = number(site.value) + ("" if shared else f"{NO_BREAK}{site.unit}")
            grid.addWidget(Text(Kind.BODY, figure).fit(), line, 1, _TOP_RIGHT)
            status = site.status
            words = status_title(Status(status)).lower() if status in set(Status) else status
            where = country_title(site.country, facts.countries)
            detail = " \u00b7 ".join(part for part in (where, words) if part)
            below = Text(Kind.CAPTION, detail)
            below.setContentsMargins(0, 0, 0, GRID)
            grid.addWidget(below, line + 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        self.column.addLayout(grid)
        self.lines(("The identify card has each figure's product, year and source.",))
