"""The facts as a project has them: with its own alliances and its rule for territories."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from gisapp.model.alliance import Alliance, TerritoryRule
from gisapp.model.facts import Facts
from gisapp.workspace.state import ProjectState


def project_facts(state: ProjectState, facts: Facts) -> Facts:
    """Return the facts of a project; the same object again for the same alliances and rule."""
    book = facts.alliances
    if state.territories is book.rule:
        own = tuple(a for a in book.alliances.values() if a.is_own)
        if own == state.alliances:
            return facts
    return _with_own(facts, state.alliances, state.territories)


@lru_cache(maxsize=8)
def _with_own(facts: Facts, own: tuple[Alliance, ...], rule: TerritoryRule) -> Facts:
    return replace(facts, alliances=facts.alliances.including(own, rule))
