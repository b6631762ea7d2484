"""A session ready to use: facts read, commands registered, the worked example open."""

from __future__ import annotations

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.workspace.answer import Answer
from gisapp.workspace.builtin_commands import register_all
from gisapp.workspace.commands import Registry
from gisapp.workspace.example import example_state
from gisapp.workspace.jobs import Deliver
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState


def answer(state: ProjectState, facts: Facts, feedback: Feedback) -> Answer:
    """Answer a state's question; the analyses load with the first question, not before."""
    from gisapp.workspace.answering import answer_of

    return answer_of(state, facts, feedback)


def new_session(deliver: Deliver | None = None, *, state: ProjectState | None = None) -> Session:
    """Return a session of the worked example, or of a given state.

    Nothing is emitted yet: connect to the signals, then call `Session.refresh`.

    Parameters
    ----------
    deliver
        Calls a function later on the main thread; None for a queue (see `Jobs`).
    """
    facts = load_facts()
    registry = Registry()
    register_all(registry, facts)
    return Session(
        registry,
        facts,
        state=example_state(default_layers()) if state is None else state,
        picturer=picture_of,
        answerer=answer,
        deliver=deliver,
    )
