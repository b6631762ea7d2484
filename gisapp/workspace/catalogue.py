"""What ships, as plain documents for the command line: layers and alliances."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from gisapp.data.alliance_file import write_alliances
from gisapp.data.shipped import manifest
from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError


def layers_document() -> dict[str, Any]:
    """Return what ships: layers first, then tables (role "table")."""
    return {
        "layers": [
            {
                "id": entry.id,
                "role": "table" if entry.role is None else entry.role.value,
                "features": entry.rows,
                "title": entry.title,
                "source": entry.source,
                "licence": entry.licence,
                "date": entry.date,
                "file": entry.file,
            }
            for entry in manifest()
        ]
    }


def alliances_document(as_of: date, facts: Facts, *, own: bool = False) -> dict[str, Any]:
    """Return all alliances, or one's own alone, with the jurisdictions inside at a date."""
    book = facts.alliances
    return {
        "as_of": as_of.isoformat(),
        "alliances": [
            {
                "id": alliance.id,
                "short_name": alliance.short_name,
                "kind": alliance.kind,
                "jurisdictions": len(book.jurisdictions(alliance.id, as_of)),
                "name": alliance.name,
            }
            for alliance in book.alliances.values()
            if alliance.is_own or not own
        ],
    }


def share_alliances(facts: Facts, path: Path, alliance_id: str | None) -> tuple[str, ...]:
    """Write an alliance, or all of one's own, to a file; return what was done in a sentence.

    Raises
    ------
    GisappError
        `unknown_alliance`; `no_alliance` where there is none of one's own; `unknown_format`.
    """
    book = facts.alliances
    own = tuple(a for a in book.alliances.values() if a.is_own)
    chosen = own if alliance_id is None else (book.get(alliance_id),)
    if not chosen:
        raise GisappError(
            "no_alliance", "There is no alliance of your own to share.", "Name one by its id."
        )
    write_alliances(path, chosen)
    return (f"Wrote {path}: {', '.join(a.short_name or a.name for a in chosen)}.",)


def alliance_document(alliance_id: str, as_of: date, facts: Facts) -> dict[str, Any]:
    """Return one alliance: memberships in force at a date, and every jurisdiction inside.

    Raises
    ------
    GisappError
        `unknown_alliance`.
    """
    book = facts.alliances
    alliance = book.get(alliance_id)
    return {
        "id": alliance.id,
        "name": alliance.name,
        "short_name": alliance.short_name,
        "kind": alliance.kind,
        "founded": _day(alliance.founded),
        "dissolved": _day(alliance.dissolved),
        "description": alliance.description,
        "source": alliance.source,
        "as_of": as_of.isoformat(),
        "members": [
            {
                "member": m.member,
                "name": facts.countries.get(m.member, m.member),
                "role": m.role.value,
                "from": _day(m.start),
                "to": _day(m.end),
                "source": m.source,
            }
            for m in book.memberships(alliance_id, as_of)
        ],
        "jurisdictions": sorted(book.jurisdictions(alliance_id, as_of)),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
