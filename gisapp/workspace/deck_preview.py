"""What a deck could be of, and the titles its slides would bear, before it is made.

Imports the analyses and the renderers: import this module late, in a job.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import MINERALS
from gisapp.render.deck_pages import title_of
from gisapp.workspace.answer import Answer
from gisapp.workspace.deck_keys import MOST_KEYS, Key, keys_of
from gisapp.workspace.deck_plan import DeckPlan, Per
from gisapp.workspace.decking import deck_of, located_of
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.state import ProjectState

#: The years that one can choose of.
YEARS: Final = (2010, 2040)


@dataclass(frozen=True)
class Offer:
    """The keys that a deck can be of; `usual` are the ids of those that it takes by itself."""

    keys: tuple[Key, ...]
    usual: tuple[str, ...]


def offered(
    state: ProjectState, facts: Facts, per: Per, *, feedback: Feedback | None = None
) -> Offer:
    """Return what a deck can be of, the usual first; of very many the first `MOST_KEYS`.

    Raises
    ------
    GisappError
        As `deck_keys.keys_of`.
    """
    located = located_of(state, facts, DeckPlan(per), feedback or Feedback())
    usual = keys_of(state, facts, DeckPlan(per), located)
    known = tuple(_known(state, facts, per, located))[:MOST_KEYS]
    others = keys_of(state, facts, DeckPlan(per, keys=known), located) if known else ()
    return Offer(tuple(dict.fromkeys((*usual, *others))), tuple(key.id for key in usual))


def _known(state: ProjectState, facts: Facts, per: Per, located: Answer | None) -> Iterable[str]:
    if per is Per.MINERAL:
        return MINERALS
    if per is Per.ALLIANCE:
        book, day = project_facts(state, facts).alliances, state.question.as_of
        return (each for each in book.alliances if book.jurisdictions(each, day))
    if per is Per.YEAR:
        return (str(year) for year in range(YEARS[0], YEARS[1] + 1))
    if per is Per.DEPOSIT and located is not None and located.distance is not None:
        return dict.fromkeys(map(str, located.distance.rows["deposit_id"]))
    return ()


def headlines(
    state: ProjectState,
    facts: Facts,
    per: Per,
    keys: tuple[str, ...],
    *,
    feedback: Feedback | None = None,
) -> dict[str, str]:
    """Return by key the title that its slide bears unless the user writes another one.

    Raises
    ------
    GisappError
        As `decking.deck_of`.
    """
    slides = DeckPlan(per, keys, agenda=False, comparison=False, appendix=False)
    deck = deck_of(state, facts, slides, feedback or Feedback())
    return {key: title_of(page) for key, page in zip(deck.keys, deck.pages, strict=True)}
