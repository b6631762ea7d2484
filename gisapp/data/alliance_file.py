"""Alliances as files to be shared: JSON with a version, or a table of members."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisapp.model.alliance import OWN, Alliance, MemberRole, Membership, partial_date
from gisapp.model.feedback import GisappError
from gisapp.model.own_alliance import alliance_id, check_alliance, new_alliance
from gisapp.model.writing import write_text

FORMAT: Final = "gisapp-alliances"
VERSION: Final = 1
SUFFIXES: Final = (".json", ".csv")
#: The columns of a table; only member is needed.
COLUMNS: Final = ("alliance", "member", "role", "from", "to", "source")
_TEXTS: Final = ("id", "name", "short_name", "description", "source")


def read_alliances(path: Path, countries: Mapping[str, str]) -> tuple[Alliance, ...]:
    """Read the alliances of a file, checked.

    Parameters
    ----------
    countries
        Names by ISO alpha-3 code; a member may be written as either.

    Raises
    ------
    GisappError
        `unreadable_alliances`, `newer_alliances`, `bad_alliance`, each in one sentence.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"{error}") from None
    try:
        found = _of_table(text, path) if path.suffix.lower() == ".csv" else _of_json(text, path)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = f"it lacks {error}" if isinstance(error, KeyError) else f"{error}"
        raise _unreadable(path, said) from None
    if not found:
        raise _unreadable(path, "it holds no alliance")
    codes = {name.casefold(): code for code, name in countries.items()}
    return tuple(check_alliance(_coded(alliance, codes), countries) for alliance in found)


def alliances_text(alliances: Sequence[Alliance], suffix: str = ".json") -> str:
    """Return alliances as the text of a file; a table holds their members alone.

    Raises
    ------
    GisappError
        `unknown_format` for another suffix.
    """
    if suffix.lower() not in SUFFIXES:
        raise GisappError(
            "unknown_format",
            f"Alliances cannot be written as {suffix or 'a file without ending'}.",
            "Name a .json or a .csv file.",
        )
    if suffix.lower() == ".csv":
        return _table(alliances)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "alliances": [_document(alliance) for alliance in alliances],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def write_alliances(path: Path, alliances: Sequence[Alliance]) -> None:
    """Write alliances to a .json or .csv file; a half-written one never stands there.

    Raises
    ------
    GisappError
        `unknown_format` as `alliances_text`; `not_written` with the system's reason.
    """
    write_text(alliances_text(alliances, path.suffix), path)


def _document(alliance: Alliance) -> dict[str, Any]:
    return {name: getattr(alliance, name) for name in _TEXTS} | {
        "founded": _day(alliance.founded),
        "dissolved": _day(alliance.dissolved),
        "members": [
            {
                "member": m.member,
                "role": m.role.value,
                "from": _day(m.start),
                "to": _day(m.end),
                "source": m.source,
            }
            for m in alliance.memberships
        ],
    }


def _table(alliances: Iterable[Alliance]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for alliance in alliances:
        for m in alliance.memberships:
            days = (_day(m.start) or "", _day(m.end) or "")
            writer.writerow((alliance.name, m.member, m.role.value, *days, m.source))
    return out.getvalue()


def _of_json(text: str, path: Path) -> list[Alliance]:
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'it does not say "format": "{FORMAT}"')
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise ValueError("its version is no number")  # noqa: TRY004 - one kind of error
    if version > VERSION:
        raise GisappError(
            "newer_alliances",
            f"{path.name} was written by a newer gisapp (version {version}).",
            "Update gisapp, or save the alliances again as version 1.",
        )
    return [_alliance(entry) for entry in document["alliances"]]


def _alliance(entry: Mapping[str, Any]) -> Alliance:
    name = str(entry["name"])
    made = new_alliance(name)
    texts = {key: str(entry.get(key) or getattr(made, key)) for key in _TEXTS}
    founded, dissolved = (_read_day(entry.get(key)) for key in ("founded", "dissolved"))
    members = tuple(_membership(texts["id"], row) for row in entry["members"])
    return replace(made, **texts, founded=founded, dissolved=dissolved, memberships=members)


def _of_table(text: str, path: Path) -> list[Alliance]:
    rows = csv.DictReader(io.StringIO(text))
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    if "member" not in names:
        raise ValueError("it has no column member")
    members: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        clean = {
            key.strip().lower(): value.strip()
            for key, value in row.items()
            if isinstance(key, str) and isinstance(value, str)
        }
        members.setdefault(clean.get("alliance") or path.stem, []).append(clean)
    found: dict[str, Alliance] = {}
    for name, entries in members.items():
        made = new_alliance(name, found)
        memberships = tuple(_membership(made.id, entry) for entry in entries)
        found[made.id] = replace(made, memberships=memberships)
    return list(found.values())


def _membership(alliance: str, row: Mapping[str, Any]) -> Membership:
    role = str(row.get("role") or MemberRole.MEMBER.value).lower()
    if role not in set(MemberRole):
        raise ValueError(f'"{role}" is no role: member, observer, partner, proposed')
    days = (_read_day(row.get("from")), _read_day(row.get("to")))
    source = str(row.get("source") or "")
    return Membership(alliance, str(row["member"]).strip(), MemberRole(role), *days, source)


def _coded(alliance: Alliance, codes: Mapping[str, str]) -> Alliance:
    """Return an alliance whose members are codes where they were written as names."""
    members = tuple(
        replace(m, member=codes.get(m.member.casefold(), m.member.upper()))
        for m in alliance.memberships
    )
    fit = alliance.id if alliance.id == alliance.id.lower() else alliance_id(alliance.id)
    return replace(alliance, id=fit, kind=OWN, memberships=members)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(text: Any) -> date | None:
    try:
        return partial_date("" if text is None else str(text))
    except (ValueError, TypeError):
        raise ValueError(f'"{text}" is not a date as 2026-11-22') from None


def _unreadable(path: Path, why: str) -> GisappError:
    return GisappError(
        "unreadable_alliances",
        f"{path.name} cannot be read as alliances: {' '.join(why.split()).rstrip('.')}.",
        f"It takes a {FORMAT} JSON, or a table with the columns {', '.join(COLUMNS)}.",
    )
