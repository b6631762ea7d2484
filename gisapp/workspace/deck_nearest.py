"""The chart of a deposit's slide: the plants that are nearest, inside an alliance and anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from gisapp.analysis.distance import DistanceResult
from gisapp.analysis.sentences import inner, measured, restriction
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Role
from gisapp.render.picture import Bar, BarChart
from gisapp.workspace.answer import Answer
from gisapp.workspace.answering import answer_of
from gisapp.workspace.state import ProjectState

#: So many plants on either side.
_MOST: Final = 4


def nearest_chart(
    state: ProjectState, facts: Facts, answer: Answer, feedback: Feedback
) -> BarChart | None:
    """Return the nearest plants of the one deposit that a state has, the nearest first.

    Plants of the alliance have its colour; those outside are there as far as they are nearer or
    among the nearest of all.
    """
    near = answer.distance
    if near is None or near.query.ranked_by.unit != "km":
        return None
    found: dict[str, Bar] = {}
    inside = _bars(state, facts, feedback)
    question = replace(state.question, alliance=None)
    anywhere = _bars(state.with_(question=question), facts, feedback)
    restricted = near.query.bars_plants
    for plant, bar in inside.items():
        found[plant] = replace(bar, kind="alliance" if restricted else "other")
    for plant, bar in anywhere.items():
        found.setdefault(plant, bar)
    if not found:
        return None
    bars = tuple(sorted(found.values(), key=lambda bar: (bar.low, bar.label)))
    return BarChart(
        _title(near, bars[0]),
        f"Kilometres to the nearest {_plants(near)}, {_how(near)}",
        "km",
        bars,
        note=f"Coloured:{restriction(near)}." if restricted and inside else "",
    )


def _bars(state: ProjectState, facts: Facts, feedback: Feedback) -> dict[str, Bar]:
    asked = state.with_(question=replace(state.question, nearest=_MOST))
    near = answer_of(asked, facts, feedback).distance
    if near is None:
        return {}
    rows = near.rows[near.rows["plant_id"] != ""].head(_MOST)
    return {
        str(row["plant_id"]): Bar(str(row["plant_name"]), row["distance_km"], row["distance_km"])
        for row in rows.to_dict("records")
    }


def _title(near: DistanceResult, first: Bar) -> str:
    km = measured(first.low, near.query.ranked_by, exact=False)
    title = f"{first.label} is nearest, {km} away"
    if not near.query.bars_plants:
        return title
    row = near.rows.iloc[0]
    who = inner(near.query.within_title)
    if not row["plant_id"]:
        return f"{title}; none{restriction(near)} counts"
    if row["plant_name"] == first.label:
        return title
    return f"{title}; of {who}, {row['plant_name']}"


def _plants(near: DistanceResult) -> str:
    return "refineries" if near.query.to is Role.REFINERY else "magnet plants"


def _how(near: DistanceResult) -> str:
    return "along roads, railways and sea lanes" if near.query.routed else "as the crow flies"
