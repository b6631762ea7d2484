"""The analyses as the command line asks them: from words to a document of plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from gisapp.data.reader import read_layers
from gisapp.data.shipped import load_layer
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.reading import ReadOptions
from gisapp.model.vocabulary import MINERALS, Role, mineral_code
from gisapp.workspace.params import listed
from gisapp.workspace.titles import alliance_title


@dataclass(frozen=True, eq=False)
class Result:
    """A table, the document around it, and the sentences that say it."""

    table: pd.DataFrame
    document: dict[str, Any]
    lines: tuple[str, ...]


def layers_of_role(
    role: Role, path: Path | None, shipped: str, feedback: Feedback
) -> tuple[Layer, ...]:
    """Return the user's layers of a role, or the shipped one where no path is given."""
    if path is None:
        return (load_layer(shipped),)
    return read_layers(path, options=ReadOptions(role=role), feedback=feedback)


def within(text: str, facts: Facts, as_of: date) -> tuple[frozenset[str], str]:
    """Return jurisdictions and title of "msp", "AUS,CAN" or a mixture, at a date.

    Raises
    ------
    GisappError
        `unknown_jurisdiction` for what is neither an alliance nor a country code.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    inside: set[str] = set()
    titles: list[str] = []
    for word in words:
        if word.lower() in facts.alliances.alliances:
            inside |= facts.alliances.require(word.lower(), as_of)
            titles.append(alliance_title(facts, word.lower()))
        elif word.upper() in facts.countries:
            inside.add(word.upper())
            titles.append(facts.countries[word.upper()])
        else:
            raise GisappError(
                "unknown_jurisdiction",
                f'"{word}" is neither an alliance nor an ISO 3166-1 alpha-3 code.',
                "See gisapp alliances.",
            )
    return frozenset(inside), " and ".join(titles)


def mineral_of(mineral: str) -> str:
    """Return the code of a mineral; raises `GisappError` where there is none such."""
    code = mineral_code(mineral)
    if code is None:
        raise GisappError(
            "unknown_mineral", f'No mineral is called "{mineral}".', f"Known: {listed(MINERALS)}."
        )
    return code
