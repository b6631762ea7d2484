"""UTM eastings and northings with the zone in a column or in a heading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj

from gisapp.model.features import Floats

_ZONE: Final = re.compile(
    r"(?<!\d)(?:zone\s*)?0?([1-9]|[1-5]\d|60)\s*([C-HJ-NP-X])?(?!\w)", re.IGNORECASE
)
_IN_HEADING: Final = re.compile(
    r"(?:utm|mga|zone|huso|zona)[\s_]*(?:zone|zona|huso)?[\s_]*0?([1-9]|[1-5]\d|60)"
    r"(?:([C-HJ-LP-RT-X])(?![a-z])|[\s_-]*([NS](?![a-z])|north|south|norte|sur|sul))?(?!\d)",
    re.IGNORECASE,
)
_EPSG: Final = re.compile(r"epsg[\s_:]*(\d{4,6})", re.IGNORECASE)
#: By what a heading or column calls the datum: EPSG codes of its degrees, and of its UTM zones
#: in the north and south (zone 0), 0 where there are none.
DATUMS: Final[dict[str, tuple[int, int, int]]] = {
    "wgs84": (4326, 32600, 32700),
    "nad83": (4269, 26900, 0),
    "nad27": (4267, 26700, 0),
    "etrs89": (4258, 25800, 0),
    "ed50": (4230, 23000, 0),
    "gda94": (4283, 0, 28300),
    "gda2020": (7844, 0, 7800),
    "sirgas2000": (4674, 31954, 31960),
    "psad56": (4248, 24800, 24860),
    "sad69": (4618, 0, 29170),
    "wgs72": (4322, 32200, 32300),
}


def datum_in(text: str) -> str:
    """Return the datum that a text names ("NAD 83"), a key of `DATUMS`, or ""."""
    plain = re.sub(r"[\W_]+", "", text.lower())
    for name in sorted(DATUMS, key=len, reverse=True):
        if name in plain:
            return name
    if "worldgeodeticsystem1984" in plain or plain.endswith("wgs"):
        return "wgs84"
    return ""


def crs_in(text: str) -> str:
    """Return the CRS that a heading or a cell states outright ("EPSG:25832"), or ""."""
    match = _EPSG.search(text) or re.fullmatch(r"\s*(\d{4,6})(?:\.0)?\s*", text)
    if match is None:
        return ""
    try:
        pyproj.CRS.from_epsg(int(match[1]))
    except pyproj.exceptions.CRSError:
        return ""
    return f"EPSG:{match[1]}"


def zone_in_heading(names: Sequence[str]) -> tuple[int, int] | None:
    """Return the zone that headings state, and its hemisphere as `read_zones` does.

    A letter of a latitude band counts where it stands right behind the number; M would be metres.
    """
    for name in names:
        match = _IN_HEADING.search(name)
        if match:
            band, word = (match[2] or "").upper(), (match[3] or "").upper()
            north = band > "N" or word.startswith("N")
            return int(match[1]), (1 if north else -1) if band or word else 0
    return None


def read_zones(
    zones: Sequence[object], hemispheres: Sequence[object] | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Read zones such as 33, "33N", "33 South", "19K".

    Where letters other than N and S are among them they are latitude bands, of which N and
    later ones are in the north.

    Returns
    -------
    tuple
        Zone numbers, shape (n,), 0 where unread; and of each the hemisphere, shape (n,): 1 the
        north, -1 the south, 0 where it says none.
    """
    numbers = np.zeros(len(zones), dtype=np.int64)
    letters = []
    for i, zone in enumerate(zones):
        text = "" if zone is None else re.sub(r"\.0$", "", str(zone).strip())
        word = re.search(r"north|south|norte|sur\b|sul\b", text, re.IGNORECASE)
        match = _ZONE.search(text[: word.start()] if word else text)
        numbers[i] = int(match[1]) if match else 0
        letters.append(word[0][0].upper() if word else (match[2] or "").upper() if match else "")
    if hemispheres is not None:
        letters = ["" if h is None else str(h).strip().upper()[:1] for h in hemispheres]
    bands = bool(set(letters) - {"N", "S", ""})
    north = [x >= "N" if bands else x == "N" for x in letters]
    sides = [(1 if n else -1) if x else 0 for x, n in zip(letters, north, strict=True)]
    return numbers, np.array(sides, dtype=np.int64)


def code_of(zone: int, *, south: bool, datum: str = "wgs84") -> str:
    """Return "EPSG:n" of a UTM zone."""
    _, north_base, south_base = DATUMS.get(datum) or DATUMS["wgs84"]
    base = south_base if south else north_base
    if base:
        code = f"EPSG:{base + zone}"
        try:
            if f"zone {zone}" in pyproj.CRS.from_epsg(base + zone).name:
                return code
        except pyproj.exceptions.CRSError:
            pass
    return f"EPSG:{(32700 if south else 32600) + zone}"


def to_wgs84(
    points: Floats, numbers: npt.NDArray[np.int64], south: npt.NDArray[np.bool_], datum: str
) -> tuple[Floats, Counter[str]]:
    """Move points of several zones to longitude and latitude, each by its own zone.

    Returns
    -------
    tuple
        Degrees, shape (n, 2), NaN where there is no zone; and how many rows each zone has.
    """
    moved = np.full((len(points), 2), np.nan)
    zones: Counter[str] = Counter()
    known = numbers > 0
    for zone, is_south in sorted(
        set(zip(numbers[known].tolist(), south[known].tolist(), strict=True))
    ):
        rows = known & (numbers == zone) & (south == is_south)
        code = code_of(zone, south=is_south, datum=datum)
        transformer = pyproj.Transformer.from_crs(code, 4326, always_xy=True)
        x, y = transformer.transform(points[rows, 0], points[rows, 1])
        moved[rows] = np.column_stack([x, y])
        zones[f"{zone}{'S' if is_south else 'N'}"] += int(rows.sum())
    moved[~np.isfinite(moved).all(axis=1)] = np.nan
    return moved, zones
