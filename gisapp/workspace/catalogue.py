"""What ships, as plain documents for the command line: layers and alliances."""

from __future__ import annotations

from datetime import date
from typing import Any

from gisapp.data.shipped import load_facts, manifest


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


def alliances_document(as_of: date) -> dict[str, Any]:
    """Return all alliances with the number of jurisdictions inside at a date."""
    book = load_facts().alliances
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
        ],
    }


def alliance_document(alliance_id: str, as_of: date) -> dict[str, Any]:
    """Return one alliance: memberships in force at a date, and every jurisdiction inside.

    Raises
    ------
    GisappError
        `unknown_alliance`.
    """
    facts = load_facts()
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
