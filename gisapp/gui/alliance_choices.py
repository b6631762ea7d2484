"""The alliances as choices: in the order in which they are used, each with its members."""

from __future__ import annotations

from datetime import date
from typing import Final

from gisapp.gui.popup import Choice
from gisapp.model.alliance import Alliance, MemberRole
from gisapp.model.facts import Facts
from gisapp.workspace.titles import country_title, day_title

#: What people who work on critical minerals ask for, most first; the others follow by name.
_FIRST: Final = (
    "four_nation_us_can_gbr_aus",
    "forge",
    "msp_forum",
    "cmpa",
    "g7",
    "five_eyes",
    "eu",
    "quad",
    "quad_cmi",
    "aukus",
    "us_eu_jpn_cm_2026",
    "ipef_cmd",
    "pax_silica",
    "nato",
    "oecd",
    "brics",
)
_COUNTED: Final = (MemberRole.MEMBER, MemberRole.PROPOSED)


def alliance_choices(facts: Facts, as_of: date) -> tuple[Choice, ...]:
    """Return the alliances as choices on a day.

    One's own come first, marked as yours, then those in use; those without members on the day
    come last and faint, with the reason.
    They are found by both names, by their description and by their members' names and codes.
    """
    book = facts.alliances
    known = {
        alliance.id: book.jurisdictions(alliance.id, as_of) for alliance in book.alliances.values()
    }

    def rank(alliance: Alliance) -> tuple[bool, bool, int, str]:
        place = _FIRST.index(alliance.id) if alliance.id in _FIRST else len(_FIRST)
        name = alliance.short_name.casefold()
        return not alliance.is_own, not known[alliance.id], place, name

    choices = []
    for alliance in sorted(book.alliances.values(), key=rank):
        inside = known[alliance.id]
        names = " ".join(f"{country_title(c, facts.countries)} {c}" for c in sorted(inside))
        named = {m.member for m in book.memberships(alliance.id, as_of) if m.role in _COUNTED}
        state = f"{len(named)} members" if inside else _absence(alliance, as_of)
        if alliance.is_own:
            state = f"yours \u00b7 {state}"
        choices.append(
            Choice(
                alliance.short_name or alliance.name,
                alliance.id,
                note=alliance.description,
                detail=alliance.name if alliance.name != alliance.short_name else "",
                aside=state,
                faint=not inside,
                found_by=names,
            )
        )
    return tuple(choices)


def _absence(alliance: Alliance, as_of: date) -> str:
    """Return in two words why an alliance has no members on a day."""
    ends = [m.end for m in alliance.memberships if m.end is not None and m.end <= as_of]
    starts = [m.start for m in alliance.memberships if m.start is not None and m.start > as_of]
    if starts and not ends:
        return f"from {day_title(min(starts))}"
    if ends:
        return f"ended {day_title(max(ends))}"
    return "no governments"
