"""How numbers read: thin-space thousands, no-break units, one decimal for percent."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import Final

THIN: Final = "\u202f"  # a thin space that does not break
NO_BREAK: Final = "\u00a0"
MINUS: Final = "\u2212"
UNKNOWN: Final = "unknown"
UNKNOWN_SHARE: Final = "an unknown share"
NONE: Final = "none"


def number(value: float, digits: int = 3) -> str:
    """Return a number with thousands parted; below 1,000 at most `digits` significant digits."""
    if not isfinite(value):
        return UNKNOWN
    if value == 0:
        return "0"
    return _parted(value, max(digits - 1 - floor(log10(abs(value))), 0))


def rounded(value: float, digits: int = 3) -> str:
    """Return a number for prose: so many significant digits at most."""
    if not isfinite(value):
        return UNKNOWN
    if value == 0:
        return "0"
    places = max(digits - 1 - floor(log10(abs(value))), -12)
    return _parted(round(value, places), max(places, 0))


def whole(value: float) -> str:
    """Return a whole number."""
    return _parted(value, 0)


def kilometres(value: float) -> str:
    """Return kilometres with the unit: one decimal below 100, none from there on."""
    if not isfinite(value):
        return "\N{EN DASH}"
    text = whole(value) if abs(value) >= 99.95 else f"{value:.1f}".replace("-", MINUS)
    return f"{text}{NO_BREAK}km"


def rounded_km(value: float) -> str:
    """Return kilometres for a headline: three significant digits at most, one below 1 km."""
    return f"{rounded(value, 3 if abs(value) >= 1 else 1)}{NO_BREAK}km"


def percent(low: float, high: float, decimals: int = 1) -> str:
    """Return a share between two fractions in words: one figure where both read the same."""
    if not (isfinite(low) and isfinite(high)):
        return UNKNOWN_SHARE
    a, b = f"{100 * low:.{decimals}f}", f"{100 * high:.{decimals}f}"
    if float(a) == 0 and float(b) == 100:
        return UNKNOWN_SHARE
    if a != b:
        if float(a) == 0:
            return f"at most {b}{NO_BREAK}%"
        whole_range = float(b) == 100
        return f"at least {a}{NO_BREAK}%" if whole_range else f"between {a} and {b}{NO_BREAK}%"
    if float(a) == 0 and high > 0:
        return f"less than {10.0**-decimals:.{decimals}f}{NO_BREAK}%"
    return f"{a}{NO_BREAK}%" if high > 0 else NONE


def share_range(low: float, high: float) -> str:
    """Return a share between two fractions as a figure of a table: 14.7-15.0 %."""
    if not (isfinite(low) and isfinite(high)):
        return UNKNOWN
    a, b = f"{100 * low:.1f}", f"{100 * high:.1f}"
    if b == "0.0" and high > 0:
        return f"<{NO_BREAK}0.1{NO_BREAK}%"
    return f"{a}{NO_BREAK}%" if a == b else f"{a}\N{EN DASH}{b}{NO_BREAK}%"


def _parted(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", THIN).replace("-", MINUS)
