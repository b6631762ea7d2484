"""How numbers read in panels: thin-space thousands, no-break units, one decimal for percent.

The same rules as in `analysis.sentences`, which a test holds them to; that module loads pandas,
and panels are on screen before pandas is.
"""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Final

THIN: Final = "\u202f"
NO_BREAK: Final = "\u00a0"
MINUS: Final = "\u2212"


def number(value: float, digits: int = 3) -> str:
    """Return a number with thousands parted; below 1,000 at most `digits` significant digits."""
    if not isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    places = max(digits - 1 - floor(log10(abs(value))), 0)
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", THIN).replace("-", MINUS)


def share_range(low: float, high: float) -> str:
    """Return a share of 0 to 1 as percent with one decimal, both bounds where they differ."""
    if not isfinite(low) or not isfinite(high):
        return "unknown"
    first, last = f"{100 * low:.1f}", f"{100 * high:.1f}"
    if last == "0.0" and high > 0:
        return f"<{NO_BREAK}0.1{NO_BREAK}%"
    figure = first if first == last else f"{first}\u2013{last}"
    return f"{figure}{NO_BREAK}%"


def kilometres(km: float) -> str:
    """Return a distance, without decimals from 100 km on."""
    if not isfinite(km):
        return "\u2013"
    text = f"{km:,.0f}" if abs(km) >= 99.95 else f"{km:.1f}"
    return text.replace(",", THIN).replace("-", MINUS) + f"{NO_BREAK}km"
