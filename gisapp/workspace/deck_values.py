"""What a slide of a deck is about, as a figure that can be set beside those of the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gisapp.model.facts import Facts
from gisapp.model.numbers import UNKNOWN_SHARE, percent
from gisapp.model.vocabulary import FACILITY_ROLES, ROLE_OF_STAGE, Role, Stage
from gisapp.render.picture import Picture
from gisapp.workspace.answer import Answer
from gisapp.workspace.deck_keys import Key
from gisapp.workspace.deck_plan import DeckPlan
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.lineage import Lineage
from gisapp.workspace.state import ProjectState


@dataclass(frozen=True)
class Figure:
    """A figure with its bounds, which differ where unknowns do, in `unit` (% or km or none)."""

    low: float
    high: float
    unit: str


@dataclass(frozen=True, eq=False)
class Told:
    """A key that has an answer: the state of its slide, and what came of it.

    `stage` is that of the deck; a slide shows another one where that one has no figures.
    """

    key: Key
    state: ProjectState
    answer: Answer
    stage: Stage

    @property
    def figure(self) -> Figure | None:
        """What compares with the other keys; None where there is no such figure."""
        question = self.state.question
        if self.answer.coverage is None and question.stage is not self.stage:
            return None
        asked = self.state.with_(question=replace(question, stage=self.stage))
        return figure_of(self.answer, asked)


@dataclass(frozen=True, eq=False)
class DeckCase:
    """What a deck is bound of: answers with their pictures, and what has none, in sentences."""

    state: ProjectState
    facts: Facts
    plan: DeckPlan
    told: Sequence[Told]
    pictures: Sequence[Picture]
    left_out: Sequence[str]
    lineage: Lineage


def is_answered(answer: Answer, state: ProjectState) -> bool:
    """Return whether the view of a state has something to show."""
    view = state.question.view
    if view == "distance":
        return answer.distance is not None and answer.distance.summary.deposits > 0
    if view == "coverage":
        # of an alliance without members the answer is about suppliers: another question
        asked = state.question.alliance is None or answer.coverage is not None
        return asked and answer.chart is not None
    if view == "chain":
        return answer.chain is not None
    if view == "flows":
        return answer.flows is not None
    if view == "exposure":
        return answer.exposure is not None and len(answer.exposure.traffic.tonnes) > 0
    if view == "routes":
        return answer.route is not None or sites_of(state, Role.TRADE_ROUTE) > 0
    return sum(sites_of(state, role) for role in FACILITY_ROLES) > 0


def figure_of(answer: Answer, state: ProjectState) -> Figure | None:
    """Return the figure of a slide; None where its view has none that compares."""
    make = _FIGURES.get(state.question.view)
    found = None if make is None else make(answer, state)
    return None if found is None or not math.isfinite(found.low) else found


def stage_row(answer: Answer, stage: Stage) -> Mapping[str, Any] | None:
    """Return the row of a stage in an answer's coverage; None where it has no share."""
    table = answer.coverage
    if table is None:
        return None
    for row in table.to_dict("records"):
        if row["stage"] == stage.value and math.isfinite(row["share_low"]):
            return {str(name): value for name, value in row.items()}
    return None


def sites_of(state: ProjectState, role: Role) -> int:
    """Return how many rows of a role are shown and counted."""
    number = 0
    for entry in state.layers:
        if entry.visible and entry.layer.role is role:
            rows = rows_shown(entry.layer, state.filter, state.question.mineral, entry.where)
            number += len(entry.layer.features) if rows is None else len(rows)
    return number


def _share(answer: Answer, state: ProjectState) -> Figure | None:
    low = high = math.nan
    if state.question.alliance is not None:
        row = stage_row(answer, state.question.stage)
        if row is not None:
            low, high = float(row["share_low"]), float(row["share_high"])
    elif answer.breakdown is not None and len(answer.breakdown):
        first = answer.breakdown.iloc[0]
        low, high = float(first["low"]), float(first["high"])
    if percent(low, high, 0) == UNKNOWN_SHARE:
        return None
    return Figure(100.0 * low, 100.0 * high, "%")


def _median(answer: Answer, _state: ProjectState) -> Figure | None:
    near = answer.distance
    if near is None:
        return None
    return Figure(near.summary.median, near.summary.median, near.query.ranked_by.unit)


def _placed(answer: Answer, _state: ProjectState) -> Figure | None:
    flows = answer.flows
    if flows is None:
        return None
    sums = flows.world if flows.inside is None else flows.inside
    if not sums.supply:
        return None
    share = 100.0 * sums.placed / sums.supply
    return Figure(share, share, "%")


def _exposed(answer: Answer, _state: ProjectState) -> Figure | None:
    found = answer.exposure
    if found is None:
        return None
    first = found.together or next(iter(found.passages), None)
    share = 0.0 if first is None else 100.0 * first.share_tonnes
    return Figure(share, share, "%")


def _sites(_answer: Answer, state: ProjectState) -> Figure | None:
    number = float(sites_of(state, ROLE_OF_STAGE[state.question.stage]))
    return Figure(number, number, "")


_FIGURES: Final[dict[str, Callable[[Answer, ProjectState], Figure | None]]] = {
    "coverage": _share,
    "distance": _median,
    "flows": _placed,
    "exposure": _exposed,
    "facilities": _sites,
}
