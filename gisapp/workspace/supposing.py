"""The project as its scenario has it: what map, answer and export are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from gisapp.analysis.changed import avoidance, changed_layers, changes_nothing, unknown_sites
from gisapp.model.alliance import MembershipChange
from gisapp.model.facts import Facts
from gisapp.model.layer import Layer
from gisapp.model.scenario import Scenario
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.state import LayerEntry, ProjectState, Question


@dataclass(frozen=True)
class Supposed:
    """A state and facts under a scenario.

    Parameters
    ----------
    state
        Its layers, date and closures are the scenario's; the added plants' layers are on top.
    facts
        Members of the question's alliance are the scenario's; figures are as they were.
    scenario
        As far as it can be applied; None is the world as it is.
    notes
        What of it cannot, in sentences.
    """

    state: ProjectState
    facts: Facts
    scenario: Scenario | None = None
    notes: tuple[str, ...] = ()


def suppose(state: ProjectState, facts: Facts) -> Supposed:
    """Return what map and answers are made of: the state itself where no scenario is active.

    Quick, and the same again for the same state: rows keep their numbers, what the scenario does
    not touch is shared.
    """
    facts = project_facts(state, facts)
    given = state.supposed
    if given is None or changes_nothing(given):
        return Supposed(state, facts)
    scenario, notes = _fitting(given, tuple(e.layer for e in state.layers))
    layers = _layers(scenario, tuple(e.layer for e in state.layers))
    number = len(state.layers)
    entries = tuple(
        replace(entry, layer=layer)
        for entry, layer in zip(state.layers, layers[:number], strict=True)
    )
    added = tuple(LayerEntry(layer) for layer in layers[number:])
    alliance = state.question.alliance
    if alliance is not None and (scenario.joined or scenario.left):
        change = MembershipChange(scenario.joined, scenario.left)
        facts = replace(facts, alliances=facts.alliances.changed(alliance, change))
    return Supposed(
        state.with_(layers=(*added, *entries), question=_question(state.question, scenario)),
        facts,
        scenario,
        notes,
    )


def _question(question: Question, scenario: Scenario) -> Question:
    avoid = avoidance(scenario, question.avoidance)
    return replace(
        question,
        as_of=scenario.as_of or question.as_of,
        closed=avoid.passages,
        opened=avoid.opened,
        avoided=avoid.countries,
    )


@lru_cache(maxsize=4)
def _layers(scenario: Scenario, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    return changed_layers(scenario, layers)


@lru_cache(maxsize=4)
def _fitting(scenario: Scenario, layers: tuple[Layer, ...]) -> tuple[Scenario, tuple[str, ...]]:
    """Return a scenario without what the layers no longer have, and what was left out."""
    lost = unknown_sites(scenario, layers)
    if not lost:
        return scenario, ()
    words = ", ".join(sorted(lost))
    return (
        replace(scenario, off=scenario.off - lost, on=scenario.on - lost),
        (f"The scenario switches what no open layer holds: {words}.",),
    )
