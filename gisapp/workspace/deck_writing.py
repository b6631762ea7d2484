"""A deck to a file: the same for window and command line.

Imports the analyses and the renderers: import this module late, in the job that exports.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.writing import check_target
from gisapp.render.deck_pages import title_of
from gisapp.render.export import export_pages
from gisapp.workspace.deck_plan import DeckPlan
from gisapp.workspace.decking import deck_of, multiples_of
from gisapp.workspace.state import ProjectState

#: Part of the work that answering takes, before pages are drawn.
_ASKING: Final = 0.3
_FILM: Final = ".gif"


@dataclass(frozen=True)
class WrittenPage:
    """A page by its number from 1, its key ("" around the slides) and its title."""

    number: int
    key: str
    title: str


@dataclass(frozen=True)
class WrittenDeck:
    """Files, what is to be said of them in sentences, and the pages that they hold."""

    files: tuple[Path, ...]
    notices: tuple[str, ...]
    pages: tuple[WrittenPage, ...]


def export_deck_file(
    state: ProjectState, facts: Facts, plan: DeckPlan, path: Path, *, feedback: Feedback
) -> WrittenDeck:
    """Write the deck of a state in its frame; several files for formats of one page.

    A film (.gif) is of the maps alone: nobody reads an agenda or sources that pass by.

    Raises
    ------
    GisappError
        As `decking.deck_of` and `export.export_pages`.
    """
    check_target(path)
    if path.suffix.lower() == _FILM:
        plan = replace(plan, agenda=False, comparison=False, multiples=False, appendix=False)
    deck = deck_of(state, facts, plan, feedback.part(0.0, _ASKING))
    written = export_pages(deck.pages, path, feedback=feedback.part(_ASKING, 1.0))
    return WrittenDeck(
        written.files,
        (*deck.notices, *written.notices),
        tuple(
            WrittenPage(number, key, title_of(page))
            for number, (page, key) in enumerate(zip(deck.pages, deck.keys, strict=True), 1)
        ),
    )


def export_multiples_file(
    state: ProjectState, facts: Facts, plan: DeckPlan, path: Path, *, feedback: Feedback
) -> tuple[str, ...]:
    """Write small maps of a plan's keys; return what is to be said of them in sentences."""
    check_target(path)
    pages, notices = multiples_of(state, facts, plan, feedback.part(0.0, _ASKING))
    written = export_pages(pages, path, feedback=feedback.part(_ASKING, 1.0))
    return (*notices, *written.notices)
