"""Commands on the deck: what it is made of, and writing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError, Severity
from gisapp.render.scene import plain
from gisapp.workspace.commands import Command, Job, Outcome, Told
from gisapp.workspace.deck_plan import DeckPlan, Per
from gisapp.workspace.formats import DECK_SUFFIXES
from gisapp.workspace.params import choice, listed
from gisapp.workspace.project_commands import framed
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState

if TYPE_CHECKING:  # the renderers must not load before the window shows
    from gisapp.workspace.deck_writing import WrittenDeck

_PLAN: Final = tuple(f.name for f in fields(DeckPlan))


def planned(plan: DeckPlan, **changes: Any) -> DeckPlan:
    """Return a plan with parts changed; another `per` forgets the keys of the one before.

    Raises
    ------
    GisappError
        `unknown_plan` for what no plan has, `unknown_deck` for what no deck is made per.
    """
    clean: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in _PLAN:
            raise GisappError(
                "unknown_plan", f'A deck has no "{name}".', f"It has {listed(_PLAN)}."
            )
        if name == "per":
            clean[name] = choice(Per, value, "deck")
        elif name == "keys":
            clean[name] = tuple(str(key) for key in value or ())
        elif name == "headlines":
            clean[name] = _pairs(value)
        elif name == "title":
            clean[name] = plain(str(value or ""))
        else:
            clean[name] = bool(value)
    if clean.get("per", plan.per) is not plan.per:
        clean = {"keys": (), "headlines": (), **clean}
    return replace(plan, **clean)


def _pairs(value: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    written = {str(key): plain(str(text)).strip() for key, text in pairs}
    return tuple((key, text) for key, text in written.items() if text)


def _set(state: ProjectState, **changes: Any) -> ProjectState:
    """Change what the deck is made of; what is not named stays."""
    changed = planned(state.deck, **changes)
    return state if changed == state.deck else state.with_(deck=changed)


def _written(_now: ProjectState, written: WrittenDeck) -> Outcome:
    files = written.files
    what = f"{files[0].name} to {files[-1].name}" if len(files) > 1 else str(files[0])
    pages = f"{len(written.pages)} pages" if len(written.pages) != 1 else "1 page"
    return Told((Report(Severity.INFO, f"Wrote {what}: {pages}.", " ".join(written.notices)),))


def deck_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands on the deck; it is answered with the facts."""

    def export(state: ProjectState, *, path: str | Path, **changes: Any) -> Outcome:
        """Write the deck; `changes` are of its plan or of the frame, for this file alone."""
        file = Path(path)
        if file.suffix.lower() not in DECK_SUFFIXES:
            raise GisappError(
                "unknown_format",
                f'A deck cannot be written as "{file.suffix or file.name}".',
                f"Choose of {listed(DECK_SUFFIXES)}.",
            )
        plan = planned(state.deck, **{n: v for n, v in changes.items() if n in _PLAN})
        rest = {name: value for name, value in changes.items() if name not in _PLAN}
        asked = state.with_(frame=framed(state.frame, **rest))

        def work(feedback: Feedback) -> WrittenDeck:
            from gisapp.workspace.deck_writing import export_deck_file

            return export_deck_file(asked, facts, plan, file, feedback=feedback)

        return Job(f"export {file}", f"Making {file.name}", work, _written)

    return (
        Command(
            "deck.set",
            "Deck",
            _set,
            "What the deck is made of: a slide per what, and what stands around the slides",
            "",
            "mdi6.presentation",
            "File",
            _PLAN,
        ),
        Command(
            "deck.export",
            "Make a deck\u2026",
            export,
            "A slide for every mineral, alliance, deposit, scenario or year, with agenda, "
            "comparison and sources",
            "",
            "mdi6.presentation-play",
            "File",
            ("path",),
        ),
    )
