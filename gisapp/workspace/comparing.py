"""Scenarios side by side: the key figures of each, and what differs in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, TypeAlias

import pandas as pd

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import rounded_km, whole
from gisapp.model.scenario import Scenario
from gisapp.model.vocabulary import Stage
from gisapp.workspace.answer import Answer
from gisapp.workspace.comparison import AS_IT_IS, NEAR_KM, UNKNOWN, Comparison, KeyFigure, Value
from gisapp.workspace.scenario_words import differences, quoted
from gisapp.workspace.state import ProjectState

Answerer: TypeAlias = Callable[[ProjectState, Facts, Feedback], Answer]
#: By view.
Answers: TypeAlias = Mapping[str, Answer]

_STEPS: Final = {
    Stage.MINING: "mining",
    Stage.REFINING: "refining",
    Stage.MAGNETS: "magnet making",
}


def table_of(found: Comparison) -> pd.DataFrame:
    """Return one row per scenario, two columns per figure where it has bounds."""
    columns: dict[str, list[object]] = {
        "scenario": list(found.names),
        "different": list(found.supposed),
    }
    for figure in found.figures:
        if figure.unit in ("share", "t/yr") and not figure.exact:
            columns[f"{figure.key}_low"] = [v.low for v in figure.values]
            columns[f"{figure.key}_high"] = [v.high for v in figure.values]
        else:
            columns[figure.key] = [v.low for v in figure.values]
    return pd.DataFrame(columns)


def compare(
    state: ProjectState,
    facts: Facts,
    answer_of: Answerer,
    *,
    names: Sequence[str] | None = None,
    feedback: Feedback,
) -> Comparison:
    """Answer the question of a state in the world as it is and under its scenarios.

    Parameters
    ----------
    answer_of
        Answers a state, as `answering.answer_of`.
    names
        Of scenarios; None takes all.
    """
    chosen = [s for s in state.scenarios if names is None or s.name in names]
    answers: list[Answers] = []
    for number, scenario in enumerate((None, *chosen)):
        feedback.check(
            number / (len(chosen) + 1),
            f"Scenario {AS_IT_IS if scenario is None else scenario.name}",
        )
        answers.append(_answers(_alone(state, scenario), facts, answer_of))
    layers = [entry.layer for entry in state.layers]
    supposed = [
        ", ".join(d.text for d in differences(scenario, layers, facts.countries))
        for scenario in chosen
    ]
    figures = _figures(answers)
    told = [
        _told(number + 1, scenario.name, supposed[number], figures, answers)
        for number, scenario in enumerate(chosen)
    ]
    return Comparison(
        names=(AS_IT_IS, *(s.name for s in chosen)),
        supposed=("", *supposed),
        figures=figures,
        headlines=tuple(headline for headline, _ in told),
        told=tuple(text for _, text in told),
    )


def _alone(state: ProjectState, scenario: Scenario | None) -> ProjectState:
    """Return all of a state that its answers under one scenario depend on."""
    return ProjectState(
        layers=state.layers,
        question=state.question,
        filter=state.filter,
        scenarios=() if scenario is None else (scenario,),
        scenario="" if scenario is None else scenario.name,
        alliances=state.alliances,
        territories=state.territories,
        yields=state.yields,
        costs=state.costs,
    )


@lru_cache(maxsize=24)
def _answers(state: ProjectState, facts: Facts, answer_of: Answerer) -> Answers:
    """Return the answers by view; a scenario that did not change is not answered again.

    Flows go along routes, which is slow at first: they are asked where the question is.
    """
    views = ("distance", "chain", *(("flows",) if state.question.metric == "route" else ()))
    return {
        view: answer_of(state.with_(question=replace(state.question, view=view)), facts, Feedback())
        for view in views
    }


def _figures(answers: Sequence[Answers]) -> tuple[KeyFigure, ...]:
    found = [
        KeyFigure(
            f"{stage.value}_share",
            f"{_STEPS[stage].capitalize()} inside",
            "share",
            tuple(_share(a, stage, "share_low", "share_high") for a in answers),
        )
        for stage in Stage
    ]
    found += [
        KeyFigure(
            f"{stage.value}_top1_share",
            f"Largest supplier in {_STEPS[stage]}",
            "share",
            tuple(_share(a, stage, "top1_share", "top1_share") for a in answers),
            exact=True,
        )
        for stage in Stage
    ]
    for key, title, unit in (
        ("unrestricted_median_km", "Median way to a plant, all plants", "km"),
        ("median_km", "Median way to a plant that counts", "km"),
        ("mean_penalty_km", "Penalty of the alliance, mean", "km"),
        ("plants_within", "Plants that count", ""),
        ("without_plant", "Deposits without a plant", ""),
    ):
        found.append(KeyFigure(key, title, unit, tuple(_summary(a, key) for a in answers)))
    found += [
        KeyFigure("chain_t", "Carried by the whole chain", "t/yr", tuple(map(_carried, answers))),
        KeyFigure("unplaced_t", "Ore without a plant", "t/yr", tuple(map(_unplaced, answers))),
    ]
    return tuple(figure for figure in found if any(value.known for value in figure.values))


def _carried(answers: Answers) -> Value:
    chain = answers["chain"].chain
    return UNKNOWN if chain is None else Value(chain.carried.low, chain.carried.high)


def _unplaced(answers: Answers) -> Value:
    asked = answers.get("flows")
    if asked is None or asked.flows is None:
        return UNKNOWN
    return Value(asked.flows.unplaced_low, asked.flows.unplaced_high)


def _share(answers: Answers, stage: Stage, low: str, high: str) -> Value:
    table = answers["distance"].coverage
    rows = None if table is None else table[table["stage"] == stage.value]
    if rows is None or not len(rows):
        return UNKNOWN
    return Value(float(rows.iloc[0][low]), float(rows.iloc[0][high]))


def _summary(answers: Answers, key: str) -> Value:
    answer = answers["distance"]
    if answer.distance is None:
        return UNKNOWN
    restricted = answer.distance.query.within is not None
    if not restricted and key in {"unrestricted_median_km", "mean_penalty_km"}:
        return UNKNOWN
    value = float(getattr(answer.distance.summary, key))
    return Value(value, value)


def _clauses(number: int, figures: Sequence[KeyFigure]) -> list[str]:
    """Return what a scenario changes of the shares: "mining inside rises to 30 % from 16 %"."""
    clauses = []
    for figure in figures:
        if figure.unit in ("share", "t/yr") and figure.differs(number):
            here, there = figure.values[0], figure.values[number]
            verb = "rises" if there.low + there.high > here.low + here.high else "falls"
            told = f"{verb} to {figure.text(number)} from {figure.text(0)}"
            clauses.append(f"{figure.title[0].lower()}{figure.title[1:]} {told}")
    return clauses


def _told(
    number: int,
    name: str,
    supposed: str,
    figures: Sequence[KeyFigure],
    answers: Sequence[Answers],
) -> tuple[str, str]:
    """Return a headline, and in full what a scenario changes: the shares first, then the ways."""
    if not supposed:
        empty = f"{quoted(name)} is empty: it is the world as it is"
        return empty, f"{empty}."
    clauses = _clauses(number, figures)
    ways = _ways(answers[0]["distance"], answers[number]["distance"])
    if not clauses and not ways:
        same = f"{quoted(name)} changes none of the key figures"
        return same, f"{same} ({supposed})."
    clauses += ways
    return (
        f"{quoted(name)}: {'; '.join(clauses[:2])}",
        f"{quoted(name)} ({supposed}): {'; '.join(clauses)}.",
    )


def _ways(here: Answer, there: Answer) -> list[str]:
    """Return how the ways to the plants that count change, deposit by deposit."""
    before, after = _first_km(here), _first_km(there)
    both = [site for site in before if site in after]
    change = {
        site: after[site][1] - before[site][1]
        for site in both
        if math.isfinite(after[site][1] - before[site][1])
    }
    cut = [s for s in both if math.isfinite(before[s][1]) and not math.isfinite(after[s][1])]
    parts = []
    for sign, word in ((1.0, "farther"), (-1.0, "nearer")):
        moved = {s: sign * km for s, km in change.items() if sign * km >= NEAR_KM}
        if moved:
            most = max(moved, key=lambda s: (moved[s], s))
            mean = rounded_km(sum(moved.values()) / len(moved))
            what = f"{whole(len(moved))} of {whole(len(both))} deposits"
            verb = "is" if len(moved) == 1 else "are"
            text = f"{what} {verb} {mean} {word} from their plant"
            if len(moved) > 1:
                text += f" on average, {after[most][0]} most ({rounded_km(moved[most])})"
            parts.append(text)
    if cut:
        parts.append(f"{whole(len(cut))} of {whole(len(both))} have no plant any more")
    return parts


def _first_km(answer: Answer) -> Mapping[str, tuple[str, float]]:
    """Return name and distance of the first plant of every deposit; NaN where none counts."""
    if answer.distance is None:
        return {}
    rows = answer.distance.rows
    first = rows[~rows["deposit_id"].duplicated()]
    return {
        str(site): (str(name), float(km))
        for site, name, km in zip(
            first["deposit_id"], first["deposit_name"], first["distance_km"], strict=True
        )
    }
