"""How the coverage of a project's question changes over the years: in a job, on demand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from gisapp.analysis.coverage import AllianceSet
from gisapp.analysis.sentences import over_time_text
from gisapp.analysis.timeline import over_time
from gisapp.data.shipped import manifest
from gisapp.model.alliance import partial_date
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.workspace.answering import (
    counted_layers,
    coverage_query,
    index_for,
    supposed,
)
from gisapp.workspace.state import ProjectState
from gisapp.workspace.titles import alliance_title

_BEFORE: Final = 6
_AFTER: Final = 4


@dataclass(frozen=True, eq=False)
class CoverageOverTime:
    """The table, what it says in words, how it was made, and the day of the layers."""

    table: pd.DataFrame
    text: str
    notes: str
    present: date


def layers_day() -> date:
    """Return the day of the shipped facilities: what is being built then does not run yet."""
    entry = next(e for e in manifest() if e.id == "refineries")
    return partial_date(entry.date) or date.min


def years_around(day: date) -> tuple[date, ...]:
    """Return the ends of the years around a day, that one's first."""
    return tuple(date(y, 12, 31) for y in range(day.year - _BEFORE, day.year + _AFTER + 1))


def coverage_over_time(state: ProjectState, facts: Facts, feedback: Feedback) -> CoverageOverTime:
    """Return the share of the question's mineral, stage and alliance over the years.

    Under a scenario its members and plants count; its date is the middle of the years.
    """
    now = supposed(state, facts, feedback)
    state, facts = now.state, now.facts
    question, layers = state.question, counted_layers(state)
    asked = question.alliance or ""
    title = alliance_title(facts, asked)

    def members(day: date) -> tuple[AllianceSet, ...]:
        return ((asked, title, facts.alliances.jurisdictions(asked, day)),)

    table = over_time(
        replace(coverage_query(state, facts), stages=(question.stage,)),
        years_around(question.as_of),
        members,
        layers,
        facts,
        present=layers_day(),
        jurisdictions=index_for(layers),
        feedback=feedback,
    )
    notes: Any = table["note"].iloc[-1]
    text = over_time_text(table, title, facts.countries)
    return CoverageOverTime(table, text, str(notes), layers_day())
