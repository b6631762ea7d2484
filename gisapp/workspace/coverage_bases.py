"""The share of the question by every basis at once, so that it shows what ownership changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from gisapp.analysis.coverage import coverage
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis
from gisapp.workspace.answering import (
    counted_layers,
    coverage_query,
    index_for,
    supposed,
)
from gisapp.workspace.state import ProjectState

#: By whom a site belongs to an alliance, in the order in which they are told.
ORDER: Final = (Basis.LOCATION, Basis.CONTROL, Basis.EQUITY, Basis.LISTING)


@dataclass(frozen=True)
class BasisShare:
    """The share by one basis, fractions; NaN where it is not known, and the note says why."""

    by: Basis
    low: float
    high: float
    note: str


def coverage_by_every_basis(
    state: ProjectState, facts: Facts, feedback: Feedback
) -> tuple[BasisShare, ...]:
    """Return the share of the question's mineral, stage and alliance by every basis, in `ORDER`."""
    now = supposed(state, facts, feedback)
    state, facts = now.state, now.facts
    layers = counted_layers(state)
    index = index_for(layers)
    asked = replace(coverage_query(state, facts), stages=(state.question.stage,))
    found = []
    for by in ORDER:
        query = replace(asked, by=by)
        row = coverage(query, layers, facts, jurisdictions=index, feedback=feedback).iloc[0]
        low, high = float(row["share_low"]), float(row["share_high"])
        found.append(BasisShare(by, low, high, str(row["note"])))
    return tuple(found)
