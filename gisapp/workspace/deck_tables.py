"""The table of a deck's comparison: a row for every key, the figures of its view."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from gisapp.analysis.distance import DistanceResult
from gisapp.analysis.sentences import restriction
from gisapp.model.facts import Facts
from gisapp.model.numbers import NO_BREAK, UNKNOWN_SHARE, percent, rounded, share_range, whole
from gisapp.model.vocabulary import Basis, Stage
from gisapp.render.picture import PageTable
from gisapp.workspace.deck_findings import STEP
from gisapp.workspace.deck_plan import DeckPlan, Per
from gisapp.workspace.deck_values import Told, stage_row
from gisapp.workspace.titles import country_title

_NOTHING: Final = "\N{EN DASH}"


def deck_table(told: Sequence[Told], plan: DeckPlan, facts: Facts) -> PageTable:
    """Return the table: shares by stage, ways to plants, or each key's finding in words."""
    view = told[0].state.question.view
    if view == "coverage" and told[0].answer.coverage is not None:
        return _shares(told, plan, facts)
    if view == "distance":
        return _alone(told) if plan.per is Per.DEPOSIT else _ways(told, plan)
    rows = tuple((each.key.title, _capital(each.answer.headline)) for each in told)
    return PageTable("What each slide finds", (_head(plan), "Finding"), rows, (False, False))


def _head(plan: DeckPlan) -> str:
    return plan.per.value.capitalize()


def _shares(told: Sequence[Told], plan: DeckPlan, facts: Facts) -> PageTable:
    stages = [s for s in Stage if any(stage_row(each.answer, s) for each in told)]
    columns = [_head(plan), *(f"{STEP[s].capitalize()}, %" for s in stages)]
    rows = [(each.key.title, *(_share(each, s) for s in stages)) for each in told]
    numeric = [False, *(True for _ in stages)]
    suppliers = [_supplier(each, facts) for each in told]
    crossed = told[0].state.question.by in {Basis.FOREIGN, Basis.ABROAD}
    if len(set(suppliers)) > 1 and not crossed:  # the same in every row says nothing
        columns.append("Largest supplier")
        rows = [(*row, name) for row, name in zip(rows, suppliers, strict=True)]
        numeric.append(False)
    title = "The share inside at every stage"
    return PageTable(title, tuple(columns), tuple(rows), tuple(numeric))


def _share(each: Told, stage: Stage) -> str:
    row = stage_row(each.answer, stage)
    if row is None or percent(row["share_low"], row["share_high"], 0) == UNKNOWN_SHARE:
        return _NOTHING
    return share_range(row["share_low"], row["share_high"]).replace(f"{NO_BREAK}%", "")


def _supplier(each: Told, facts: Facts) -> str:
    stage = each.state.question.stage
    row = stage_row(each.answer, stage)
    if row is None or not row["top1_country"]:
        return _NOTHING
    name = country_title(str(row["top1_country"]), facts.countries)
    share = percent(row["top1_share"], row["top1_share"], 0)
    other = f" ({STEP[stage]})" if stage is not each.stage else ""
    return f"{name} {share}{other}"


def _ways(told: Sequence[Told], plan: DeckPlan) -> PageTable:
    first = _near(told[0])
    unit, restricted = first.query.ranked_by.unit, first.query.restricted
    where = restriction(first) if plan.per is not Per.ALLIANCE else " inside"
    columns = [_head(plan), "Deposits", f"Half within, {unit}"]
    if restricted:
        columns[2] = f"Half within, plants{where}, {unit}"
        columns.append(f"All plants, {unit}")
    rows = []
    for each in told:
        s = _near(each).summary
        cells = [each.key.title, whole(s.deposits), _rounded(s.median)]
        if restricted:
            cells.append(_rounded(s.unrestricted_median))
        rows.append((*cells, whole(s.without_plant)))
    return PageTable(
        "The way from deposits to plants",
        (*columns, "Without a plant"),
        tuple(rows),
        (False, *(True for _ in columns)),
    )


def _alone(told: Sequence[Told]) -> PageTable:
    """Return deposit by deposit the plants that are nearest."""
    first = _near(told[0])
    unit, restricted = first.query.ranked_by.unit, first.query.restricted
    columns = ["Deposit", f"Nearest plant{restriction(first)}", unit]
    if restricted:
        columns += ["Nearest of all plants", unit]
    rows = []
    for each in told:
        near = _near(each)
        row, s = near.rows.iloc[0], near.summary
        cells = [each.key.title, str(row["plant_name"]) or "none", _rounded(s.median)]
        if restricted:
            other = str(row["unrestricted_plant_name"]) or "none"
            cells += [other, _rounded(s.unrestricted_median)]
        rows.append(tuple(cells))
    numeric = (False, *((False, True) * (len(columns) // 2)))
    return PageTable("The nearest plants", tuple(columns), tuple(rows), numeric)


def _near(each: Told) -> DistanceResult:
    if each.answer.distance is None:
        raise ValueError("a slide of distances without distances")
    return each.answer.distance


def _rounded(value: float) -> str:
    return rounded(value) if math.isfinite(value) else _NOTHING


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
