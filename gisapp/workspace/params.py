"""Parameters of commands: from what a dialog, a script or a test gives to a typed value."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from gisapp.model.feedback import GisappError

E = TypeVar("E", bound=StrEnum)


def choice(kind: type[E], value: E | str, what: str) -> E:
    """Return a value of a vocabulary; raises `GisappError` naming the ones that exist."""
    try:
        return kind(value)
    except ValueError:
        raise GisappError(
            f"unknown_{what}", f'There is no {what} "{value}".', f"Choose of {listed(kind)}."
        ) from None


def number(value: float, what: str, low: float, high: float) -> float:
    """Return a number within bounds; raises `GisappError` naming them."""
    given = float(value)
    if not (math.isfinite(given) and low <= given <= high):
        raise GisappError(
            "out_of_range",
            f"The {what} {value} is out of range.",
            f"Choose from {low:g} to {high:g}.",
        )
    return given


def listed(words: Iterable[str]) -> str:
    """Return words as a readable list."""
    return ", ".join(str(word) for word in words)
