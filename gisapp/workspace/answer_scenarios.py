"""The view of scenarios: all of them side by side, the differences as text."""

from __future__ import annotations

from dataclasses import replace

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import whole
from gisapp.workspace.answer import Answer
from gisapp.workspace.comparing import Answerer, compare
from gisapp.workspace.scenario_words import quoted
from gisapp.workspace.state import ProjectState

_ASK: str = "Switch a site off, close a passage or add a plant to see what would change."


def scenarios_answer(
    state: ProjectState, facts: Facts, answer: Answer, answer_of: Answerer, feedback: Feedback
) -> Answer:
    """Return an answer with the scenarios of a state side by side.

    Parameters
    ----------
    state, facts
        As asked, before the active scenario is applied.
    answer
        Of the active scenario, to be filled in.
    """
    if not state.scenarios:
        headline = "No scenario yet: this is the world as it is"
        return replace(answer, headline=headline, text=_ASK, subtitle="")
    if state.question.mineral is None:
        headline = "Choose a mineral to compare scenarios"
        return replace(answer, headline=headline, text=_ASK, subtitle="")
    found = compare(state, facts, answer_of, feedback=feedback)
    number = len(found.told)
    active = next((i for i, n in enumerate(found.names[1:]) if n == state.scenario), None)
    if active is not None:
        headline = found.headlines[active]
    elif number == 1:
        headline = f"{quoted(found.names[1])} beside the world as it is"
    else:
        headline = f"{whole(number)} scenarios beside the world as it is"
    return replace(
        answer,
        headline=headline,
        text=" ".join(found.told),
        subtitle="Key figures in the world as it is and under each scenario",
        comparison=found,
    )
