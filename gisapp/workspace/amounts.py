"""Amounts and passages as they are written in a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from gisapp.model.numbers import NO_BREAK, rounded, rounded_km

if TYPE_CHECKING:  # scipy loads with the first answer, not before
    from gisapp.analysis.exposure import Closing

#: Passages whose names take an article inside a sentence.
_COMMON: Final = ("Strait", "Canal", "Channel", "Passage", "Cape", "Gulf", "Sea", "Sound", "Seaway")
#: Less than this is no delay.
_LEAST_DAYS: Final = 0.05
_LEAST_KM: Final = 0.5
_WHOLE_DAYS: Final = 9.95


def tonnes(value: float) -> str:
    """Return tonnes for prose: three digits, with the unit."""
    return f"{rounded(value)}{NO_BREAK}t"


def dollars(value: float) -> str:
    """Return dollars for prose: 1.2 million US dollars, 340 US dollars."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"USD{NO_BREAK}{rounded(value / size)}{NO_BREAK}{word}"
    return f"USD{NO_BREAK}{rounded(value)}"


def days(value: float) -> str:
    """Return days with the unit: one decimal below ten, none from there on."""
    text = f"{value:.1f}" if value < _WHOLE_DAYS else rounded(round(value))
    return f"{text}{NO_BREAK}days"


def passage(name: str) -> str:
    """Return a passage's name inside a sentence, with the article that it takes."""
    return f"the {name}" if any(word in name.split() for word in _COMMON) else name


def detour_words(closing: Closing) -> str:
    """Return what going round adds, "" where there is no way round.

    The way round may be longer and faster, or shorter and dearer: what it does not add is left
    out.
    """
    if math.isnan(closing.detour_km):
        return ""
    parts = []
    if closing.detour_km >= _LEAST_KM:
        parts.append(rounded_km(closing.detour_km))
    if closing.detour_days >= _LEAST_DAYS:
        parts.append(days(closing.detour_days))
    return " and ".join(parts) or f"{dollars(max(closing.detour_usd_t, 0.0))} a tonne"
