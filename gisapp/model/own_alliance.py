"""Alliances that somebody makes himself: what must hold of one, and copies of others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from gisapp.model.alliance import OWN, Alliance, MemberRole
from gisapp.model.feedback import GisappError

#: The member that stands for all states of the EU of the day.
EU: Final = "EU"
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_MOST_TOLD: Final = 4


def alliance_id(name: str, taken: Collection[str] = ()) -> str:
    """Return an id for a name that nobody has yet: "Pacific pact" gives pacific_pact."""
    base = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:50] or "alliance"
    found, number = base, 2
    while found in taken:
        found, number = f"{base}_{number}", number + 1
    return found


def new_alliance(name: str, taken: Collection[str] = ()) -> Alliance:
    """Return an alliance of one's own without members."""
    return Alliance(
        id=alliance_id(name, taken),
        name=name.strip(),
        short_name=name.strip(),
        kind=OWN,
        founded=None,
        dissolved=None,
        description="",
        source="",
        memberships=(),
    )


def copy_of(alliance: Alliance, name: str, taken: Collection[str]) -> Alliance:
    """Return an alliance of one's own with the members of another; proposed ones are members."""
    made = new_alliance(name, taken)
    role = MemberRole.MEMBER if alliance.is_proposal else MemberRole.PROPOSED
    return replace(
        made,
        founded=alliance.founded,
        dissolved=alliance.dissolved,
        description=alliance.description,
        source=alliance.source or f"Copy of {alliance.name}",
        memberships=tuple(
            replace(m, alliance=made.id, role=role if m.role is MemberRole.PROPOSED else m.role)
            for m in alliance.memberships
        ),
    )


def check_alliance(alliance: Alliance, countries: Mapping[str, str]) -> Alliance:
    """Return an alliance that holds what it must.

    Raises
    ------
    GisappError
        `bad_alliance`, all faults in one sentence.
    """
    faults = list(_faults(alliance, countries))
    if faults:
        told = "; ".join(faults[:_MOST_TOLD])
        more = f" and {len(faults) - _MOST_TOLD} more" if len(faults) > _MOST_TOLD else ""
        raise GisappError(
            "bad_alliance",
            f"{alliance.name or 'The alliance'} cannot be used: {told}{more}.",
            "Members are ISO 3166-1 alpha-3 codes or EU; dates are written as 2026-11-22.",
        )
    return alliance


def _faults(alliance: Alliance, countries: Mapping[str, str]) -> Iterable[str]:
    if not alliance.name.strip():
        yield "it has no name"
    if not _ID.fullmatch(alliance.id):
        yield f'its id "{alliance.id}" is none of small letters, digits, - and _'
    if alliance.founded and alliance.dissolved and alliance.dissolved <= alliance.founded:
        yield "it ends before it begins"
    spans: dict[str, list[tuple[date, date]]] = {}
    for m in alliance.memberships:
        if m.member != EU and m.member not in countries:
            yield f'no country has the code "{m.member}"'
        start, end = m.start or date.min, m.end or date.max
        if end <= start:
            yield f"{m.member} leaves before it joins"
        if any(start < other_end and other < end for other, other_end in spans.get(m.member, [])):
            yield f"{m.member} is a member twice at once"
        spans.setdefault(m.member, []).append((start, end))
