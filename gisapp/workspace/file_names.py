"""What a file is called before the user calls it anything: the question in a few words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Final

from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError
from gisapp.model.vocabulary import MINERALS
from gisapp.workspace.deck_plan import Per
from gisapp.workspace.state import ProjectState

_LONGEST: Final = 60
_NO_WORD: Final = re.compile(r"[^\w]+")


def plain_name(text: str) -> str:
    """Return a text as part of a file's name on any system: lower case, words joined by hyphens."""
    split = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in split if not unicodedata.combining(char))
    name = _NO_WORD.sub("-", letters.lower()).replace("_", "-").strip("-")
    if len(name) > _LONGEST:
        name = name[:_LONGEST].rpartition("-")[0] or name[:_LONGEST]
    return name


def suggested_deck_name(state: ProjectState, facts: Facts, per: Per) -> str:
    """Return a name for a deck: what it is about, but for the word that changes."""
    question = state.question
    if per is Per.MINERAL:
        question = replace(question, mineral=None)
    elif per is Per.ALLIANCE:
        question = replace(question, alliance=None)
    name = suggested_name(state.with_(question=question, scenario=""), facts)
    return name if per is Per.MINERAL else plain_name(f"{name} {per.plural}")


def suggested_name(state: ProjectState, facts: Facts) -> str:
    """Return a name without ending for what is on show: "rare-earths-refining-us-can-uk-aus"."""
    question = state.question
    mineral = MINERALS[question.mineral] if question.mineral else "Critical minerals"
    about = question.stage.value if question.view == "coverage" else question.view
    words = [mineral] if question.view == "facilities" else [mineral, about]
    if question.alliance is not None:
        try:
            alliance = facts.alliances.get(question.alliance)
        except GisappError:
            pass  # the project was made where this alliance was known
        else:
            words.append(alliance.short_name or alliance.name)
    if state.scenario:
        words.append(state.scenario)
    return plain_name(" ".join(words)) or "map"
