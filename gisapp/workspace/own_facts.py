"""The facts as a project has them: with its own alliances and its rule for territories."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from gisapp.data.alliance_file import read_alliances
from gisapp.model.alliance import Alliance, TerritoryRule
from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError
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


def own_yields(state: ProjectState, facts: Facts) -> Facts:
    """Return the facts with the project's own yields over the table's; the same for the same.

    What the table no longer has is passed over.
    """
    own = tuple((key, value) for key, value in state.yields if key in facts.yields)
    return _with_yields(facts, own) if own else facts


@lru_cache(maxsize=8)
def _with_yields(facts: Facts, own: tuple[tuple[str, float], ...]) -> Facts:
    return replace(facts, yields=facts.yields.with_(own))


def facts_with(facts: Facts, path: Path | None, rule: TerritoryRule) -> Facts:
    """Return facts with the alliances of a file; raises as `own_alliances` does."""
    return _with_own(facts, () if path is None else own_alliances(facts, path), rule)


def own_alliances(facts: Facts, path: Path) -> tuple[Alliance, ...]:
    """Return the alliances of a file.

    Raises
    ------
    GisappError
        As `read_alliances`; `shipped_alliance` where one has the id of one that ships.
    """
    own = read_alliances(path, facts.countries)
    for alliance in own:
        if alliance.id in facts.alliances.alliances:
            raise GisappError(
                "shipped_alliance",
                f'An alliance with the id "{alliance.id}" ships with the application.',
                "Give the one of the file another id.",
            )
    return own
