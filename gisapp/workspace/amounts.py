"""Amounts and passages as they are written in a sentence."""

from __future__ import annotations

from typing import Final

from gisapp.model.numbers import NO_BREAK, rounded

#: Passages whose names take an article inside a sentence.
_COMMON: Final = ("Strait", "Canal", "Channel", "Passage", "Cape", "Gulf", "Sea", "Sound", "Seaway")


def tonnes(value: float) -> str:
    """Return tonnes for prose: three digits, with the unit."""
    return f"{rounded(value)}{NO_BREAK}t"


def dollars(value: float) -> str:
    """Return dollars for prose: 1.2 million US dollars, 340 US dollars."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"USD{NO_BREAK}{rounded(value / size)}{NO_BREAK}{word}"
    return f"USD{NO_BREAK}{rounded(value)}"


def passage(name: str) -> str:
    """Return a passage's name inside a sentence, with the article that it takes."""
    return f"the {name}" if any(word in name.split() for word in _COMMON) else name
