"""Scenarios side by side, as values: light, for the window loads it before any analysis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from gisapp.model.numbers import NO_BREAK, kilometres, rounded, share_range

#: What the world without a scenario is called.
AS_IT_IS: Final = "As it is"
NEAR_KM: Final = 0.5
_SAME_SHARE: Final = 5e-4


@dataclass(frozen=True)
class Value:
    """A figure with its bounds, which differ where unknowns do; NaN is not known."""

    low: float
    high: float

    @property
    def known(self) -> bool:
        """True where there is a figure."""
        return math.isfinite(self.low)


UNKNOWN: Final = Value(math.nan, math.nan)


@dataclass(frozen=True)
class KeyFigure:
    """One row of the table: a value for the world as it is and for every scenario.

    `unit` is share (fractions), km, t/yr or "" for a number; an `exact` share has no bounds.
    """

    key: str
    title: str
    unit: str
    values: tuple[Value, ...]
    exact: bool = False

    @property
    def heading(self) -> str:
        """The title with the unit that `text` leaves out where it is asked to."""
        return f"{self.title}, {self.unit}" if self.unit == "t/yr" else self.title

    def text(self, number: int, *, bare: bool = False) -> str:
        """Return a value as it is read; `bare` under a heading that has the unit t/yr."""
        value = self.values[number]
        if not value.known:
            return "\N{EN DASH}"
        if self.unit == "share":
            return share_range(value.low, value.high)
        if self.unit == "km":
            return kilometres(value.low)
        low, high = rounded(value.low), rounded(value.high)
        text = low if low == high else f"{low}\N{EN DASH}{high}"
        return f"{text}{NO_BREAK}{self.unit}" if self.unit and not bare else text

    def differs(self, number: int) -> bool:
        """Return whether a scenario's value is another than that of the world as it is."""
        here, there = self.values[0], self.values[number]
        if here.known != there.known:
            return True
        least = {"share": _SAME_SHARE, "km": NEAR_KM}.get(self.unit, 0.5)
        if self.unit == "t/yr":
            return self.text(0) != self.text(number)
        return here.known and (
            abs(here.low - there.low) >= least or abs(here.high - there.high) >= least
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios side by side; the first name is the world as it is.

    `supposed` says what is different in each; `headlines` and `told` have one entry for every
    scenario and none for the world as it is: what changes most, and all that changes, in words.
    """

    names: tuple[str, ...]
    supposed: tuple[str, ...]
    figures: tuple[KeyFigure, ...]
    headlines: tuple[str, ...]
    told: tuple[str, ...]
