"""Words for alliances and days, the same in headline, legend and notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from gisapp.model.facts import Facts

_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

#: Names that people use, where the official one is long.
_SHORT: Final = {
    "CHN": "China",
    "COD": "DR Congo",
    "COG": "Congo",
    "GBR": "United Kingdom",
    "PRK": "North Korea",
    "USA": "United States",
}

#: Short names that a verb does not follow well.
_ALLIANCES: Final = {"Five Eyes": "Five Eyes alliance", "US FTA": "US free-trade group"}


def country_title(code: str, countries: Mapping[str, str]) -> str:
    """Return a country's name as a chart has room for; a code that is none stays."""
    return _SHORT.get(code) or countries.get(code, code)


def alliance_title(facts: Facts, alliance_id: str) -> str:
    """Return what people call an alliance inside a sentence; a proposal is called one."""
    alliance = facts.alliances.get(alliance_id)
    name = alliance.short_name or alliance.name
    if alliance.is_proposal:
        return f"proposed {name} alliance"
    return _ALLIANCES.get(name, name)


def day_title(day: date) -> str:
    """Return a day as "22 Nov 2026", the same in every locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def member_count(jurisdictions: frozenset[str]) -> str:
    """Return how many jurisdictions there are, in words."""
    count = len(jurisdictions)
    return f"{count} jurisdiction" if count == 1 else f"{count} jurisdictions"
