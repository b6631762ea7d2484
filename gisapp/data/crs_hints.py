"""What a file's names, columns and neighbours say about its coordinate reference system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyproj
from pyproj.exceptions import CRSError

from gisapp.data import crs_beside
from gisapp.data.crs_text import label
from gisapp.data.raw import Raw
from gisapp.model.features import Column

_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"lambert[\W_]*93|l93|rgf93", "EPSG:2154"),
    (r"lv95|ch1903\+|mn95", "EPSG:2056"),
    (r"lv03|ch1903(?!\+)|mn03", "EPSG:21781"),
    (r"osgb|british[\W_]*national|bng", "EPSG:27700"),
    (r"web[\W_]*mercator|pseudo[\W_]*mercator", "EPSG:3857"),
    (r"laea|etrs[\W_]*laea", "EPSG:3035"),
    (r"sweref", "EPSG:3006"),
    (r"nztm", "EPSG:2193"),
    (r"itm", "EPSG:2157"),
    (r"krovak|s[\W_]*jtsk", "EPSG:5514"),
    (r"polyconic|policonica", "EPSG:5880"),
)
_UTM: Final = re.compile(
    r"(?<![a-z])(?:utm|zone|zona|fuso|huso)[\W_]*z?(\d{1,2})[\W_]*([ns])?(?![a-z0-9])"
)
_MGA: Final = re.compile(
    r"(?<![a-z])(?:mga|gda)[\W_]*(94|2020)?[\W_]*(?:zone|z)?[\W_]*(4[6-9]|5[0-9])(?!\d)"
)
_CODE: Final = re.compile(r"(?:epsg|srid|esri|crs)[\W_]*(\d{4,6})(?!\d)")
_ZONE: Final = re.compile(r"^\s*(\d{1,2})\s*([NSns])?\s*$")
_CODE_COLUMNS: Final = frozenset({"epsg", "srid", "crs", "srs", "epsgcode", "wkid"})
_ZONE_COLUMNS: Final = frozenset({"zone", "utmzone", "utm", "zona", "fuso", "huso", "utmzona"})


@dataclass(frozen=True)
class Hint:
    """A CRS that something names: how much that weighs, and where it stands, in words."""

    code: str
    weight: float
    reason: str


def hints(raw: Raw, path: Path | None) -> dict[str, Hint]:
    """Return the CRSs that anything in or beside a file names, each with the weightiest word."""
    found: dict[str, Hint] = {}
    for hint in (*_beside(path), *_said(raw)):
        if hint.code not in found or found[hint.code].weight < hint.weight:
            found[hint.code] = hint
    return found


def _beside(path: Path | None) -> Iterator[Hint]:
    if path is None:
        return
    for text, where, own in crs_beside.statements(path):
        code = _code_of(text)
        if code is not None:
            yield Hint(code, 3.0 if own else 1.5, f"{where} says so")


def _said(raw: Raw) -> Iterator[Hint]:
    """Return what names of layer and columns, and columns of zones or codes, say."""
    for name, values in raw.columns.items():
        plain = re.sub(r"[\W_]+", "", name.casefold())
        value = _constant(values) if plain in _CODE_COLUMNS | _ZONE_COLUMNS else None
        if value is not None and plain in _CODE_COLUMNS:
            digits = re.search(r"\d{4,6}", value)
            if digits and _exists(f"EPSG:{digits[0]}"):
                yield Hint(f"EPSG:{digits[0]}", 2.5, f"The column {name} says {value}")
        if value is not None and plain in _ZONE_COLUMNS:
            zone = _ZONE.match(value)
            if zone:
                yield from _zones(int(zone[1]), zone[2], f"The column {name} says {value}")
    for kind, text in [("column", name) for name in raw.columns] + [("layer", raw.name)]:
        yield from _in_name(text, f'The name of the {kind} "{text}" says so')


def _in_name(text: str, reason: str) -> Iterator[Hint]:
    low = text.casefold()
    for found in _CODE.finditer(low):
        code = f"EPSG:{found[1]}"
        if _exists(code):
            yield Hint(code, 2.0, reason)
    for found in _MGA.finditer(low):
        zone = int(found[2])
        if found[1] != "94" and _exists(f"EPSG:{7800 + zone}"):
            yield Hint(f"EPSG:{7800 + zone}", 2.0, reason)
        if found[1] != "2020":
            yield Hint(f"EPSG:{28300 + zone}", 1.9, reason)
    for found in _UTM.finditer(low):
        yield from _zones(int(found[1]), found[2], reason)
    for pattern, code in _WORDS:
        if re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", low):
            yield Hint(code, 2.0, reason)


def _zones(zone: int, side: str | None, reason: str) -> Iterator[Hint]:
    if not 1 <= zone <= 60:
        return
    if side is None or side.upper() == "N":
        yield Hint(f"EPSG:{32600 + zone}", 2.0, reason)
    if side is None or side.upper() == "S":
        yield Hint(f"EPSG:{32700 + zone}", 2.0, reason)


def _constant(values: Column) -> str | None:
    """Return the one value of a column as text; None where there are several or none."""
    known = {str(v).removesuffix(".0") for v in values[:2000].tolist() if v not in (None, "")}
    return known.pop() if len(known) == 1 else None


@cache
def _exists(code: str) -> bool:
    try:
        return bool(pyproj.CRS.from_user_input(code).name)
    except CRSError:
        return False


def _code_of(text: str) -> str | None:
    """Return a CRS that a file states as "EPSG:n", or as its text where it has no number."""
    try:
        found = pyproj.CRS.from_user_input(text)
    except CRSError:
        return None
    if found.is_engineering:
        return None
    name = label(found)
    return name if ":" in name else text
