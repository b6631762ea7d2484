"""The page that sets the slides of a deck side by side: one finding, one chart, one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from gisapp.analysis.sentences import BY_WORDS, adjective_of, inner, restriction
from gisapp.model.facts import Facts
from gisapp.model.vocabulary import Basis, Role, Stage, Weight
from gisapp.render.picture import Bar, BarChart, PageTable
from gisapp.workspace.deck_findings import STEP, finding
from gisapp.workspace.deck_plan import DeckPlan, Per
from gisapp.workspace.deck_tables import deck_table
from gisapp.workspace.deck_values import Told
from gisapp.workspace.params import listed
from gisapp.workspace.titles import alliance_title

_OF: Final = {
    Weight.PRODUCTION: "the latest published world output",
    Weight.CAPACITY: "the mapped capacity",
    Weight.COUNT: "the mapped sites",
    Weight.RESERVES: "the published reserves",
}
_SITES: Final = {
    Stage.MINING: "Deposits",
    Stage.REFINING: "Refineries",
    Stage.MAGNETS: "Magnet plants",
}
#: A note names so many keys that have no figure, or their number.
_MOST_NAMED: Final = 5


@dataclass(frozen=True, eq=False)
class Compared:
    """What the page says and shows; without a chart where nothing compares."""

    title: str
    chart: BarChart | None
    table: PageTable


def compared(told: Sequence[Told], plan: DeckPlan, facts: Facts) -> Compared:
    """Return the slides of a deck side by side; bars and sentence are of the same figures.

    Parameters
    ----------
    told
        Two or more.
    """
    told = _comparable(told)
    known = _sorted([each for each in told if each.figure is not None], plan)
    chart = _chart(told, known, plan, facts) if len(known) > 1 else None
    return Compared(finding(told, known, plan, facts), chart, deck_table(told, plan, facts))


def _comparable(told: Sequence[Told]) -> Sequence[Told]:
    """Return keys at the stage of the deck, or at that where most of them have a figure."""
    at = {stage: [replace(each, stage=stage) for each in told] for stage in (told[0].stage, *Stage)}
    number = {stage: sum(each.figure is not None for each in at[stage]) for stage in at}
    asked = told[0].stage
    return told if number[asked] > 1 else at[max(at, key=lambda stage: number[stage])]


def _sorted(known: list[Told], plan: DeckPlan) -> list[Told]:
    """Return keys as bars stand: years in their order, ways from the shortest, shares from high."""
    if plan.per in {Per.YEAR, Per.SCENARIO}:
        return known
    down = 1.0 if known and known[0].state.question.view == "distance" else -1.0

    def place(each: Told) -> float:
        figure = each.figure
        return 0.0 if figure is None else down * (figure.low + figure.high)

    return sorted(known, key=place)


def _chart(told: Sequence[Told], known: Sequence[Told], plan: DeckPlan, facts: Facts) -> BarChart:
    bars, unit = [], ""
    for each in known:
        figure = each.figure
        if figure is not None:
            bars.append(Bar(each.key.title, figure.low, figure.high, _kind(each, plan)))
            unit = figure.unit
    title, subtitle = _heads(known[0], plan, facts)
    missing = [each.key.title.lower() for each in told if each.figure is None]
    names = listed(missing) if len(missing) <= _MOST_NAMED else f"{len(missing)} others"
    note = f"No such figure: {names}." if missing else ""
    return BarChart(title, subtitle, unit, tuple(bars), note=note)


def _kind(each: Told, plan: DeckPlan) -> str:
    base = plan.per is Per.SCENARIO and not each.key.id
    return "alliance" if each.state.question.alliance and not base else "other"


def _heads(first: Told, plan: DeckPlan, facts: Facts) -> tuple[str, str]:
    """Return what the bars are, and of what, with their unit."""
    question = first.state.question
    step = STEP[first.stage]
    what = f"{adjective_of(question.mineral or '')} {step}" if plan.per is not Per.MINERAL else step
    who = "" if question.alliance is None else inner(alliance_title(facts, question.alliance))
    who = "each alliance" if plan.per is Per.ALLIANCE else who
    if question.view == "coverage":
        by = BY_WORDS[Basis(question.by)]
        of = f"Share of {_OF[Weight(question.weight)]}, %, {by}; lighter: what is not sure"
        if question.by is Basis.FOREIGN:
            return f"{step.capitalize()} inside {who} that foreign owners control", of
        if question.by is Basis.ABROAD:
            return f"{step.capitalize()} outside {who} that it controls", of
        if not who:
            return f"The largest supplier's share in {what}", of
        return f"The share of {who} in {what}", of
    near = first.answer.distance
    if question.view == "distance" and near is not None:
        plant = "refinery" if near.query.to is Role.REFINERY else "magnet plant"
        where = " inside each alliance" if plan.per is Per.ALLIANCE else restriction(near)
        unit = near.query.ranked_by.unit
        how = "along roads, railways and sea lanes" if near.query.routed else "as the crow flies"
        if plan.per is Per.DEPOSIT:
            return f"The way to the nearest {plant}{where}", f"{_cap(unit)}, {how}"
        return (
            f"The way to the nearest {plant}{where}",
            f"{_cap(unit)}, {how}; half of the deposits lie nearer",
        )
    if question.view == "flows":
        inside = f" inside {who}" if who else ""
        return f"Ore that finds a plant{inside}", "Share of the tonnes a year that have a figure, %"
    if question.view == "exposure":
        return "Cargo through the passage that most goes through", "Share of tonnes a year, %"
    return f"{_SITES[first.stage]} that are mapped", "Number of sites of every status"


def _cap(unit: str) -> str:
    return "Kilometres" if unit == "km" else unit
