"""Coordinate reference systems by what people remember of them: code, name, country."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pyproj.database import query_crs_info
from pyproj.enums import PJType

_KINDS = (PJType.PROJECTED_CRS, PJType.GEOGRAPHIC_2D_CRS)


@dataclass(frozen=True)
class KnownCrs:
    """A CRS of PROJ's database: "EPSG:32633", its name, and where it is used."""

    code: str
    name: str
    area: str


@cache
def _known() -> tuple[tuple[str, KnownCrs], ...]:
    """Return all that are in use with the words that find them, EPSG's first."""
    found = []
    for info in query_crs_info(pj_types=list(_KINDS)):
        area = (info.area_of_use.name or "") if info.area_of_use is not None else ""
        crs = KnownCrs(f"{info.auth_name}:{info.code}", info.name, area)
        found.append((f"{crs.code} {crs.name} {area}".casefold().replace("/", " "), crs))
    found.sort(key=lambda pair: (not pair[1].code.startswith("EPSG"), len(pair[1].name)))
    return tuple(found)


def search_crs(text: str, most: int = 40) -> tuple[KnownCrs, ...]:
    """Return the CRS whose code, name and area hold all words; a code that is meant comes first."""
    words = text.casefold().replace("/", " ").split()
    if not words:
        return ()
    hits = [crs for said, crs in _known() if all(word in said for word in words)]
    hits.sort(key=lambda crs: crs.code.split(":")[-1] != words[0].split(":")[-1])
    return tuple(hits[:most])
