"""Coordinate reference systems by their texts: "EPSG:n", WKT of any vintage, PROJ, PROJJSON."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import pyproj
from pyproj.exceptions import CRSError

from gisapp.model.feedback import GisappError

HINT: Final = "Give the coordinate reference system by hand, for example EPSG:32633."
#: What programs call a CRS that they do not know; such a statement says nothing.
_UNKNOWN: Final = ("unknown", "undefined", "unnamed", "undetermined", "none", "no crs")


def parse(text: Any) -> pyproj.CRS:
    """Return the horizontal CRS that a text names.

    Raises
    ------
    GisappError
        unknown_crs; local_crs for one of a site or a machine, which has no place on Earth;
        no_horizontal_crs for heights alone; geocentric_crs for coordinates from Earth's centre.
    """
    try:
        crs = pyproj.CRS.from_user_input(_clean(text))
    except CRSError as error:
        raise GisappError(
            "unknown_crs",
            f'"{str(text)[:60]}" names no known coordinate reference system.',
            HINT,
        ) from error
    if crs.is_engineering:
        raise GisappError(
            "local_crs",
            f'"{crs.name}" is a local coordinate reference system, which has no place on Earth.',
            "Save the data in a national or world system where they come from, "
            "or give the one that the numbers really are in.",
        )
    if crs.is_geocentric:
        raise GisappError(
            "geocentric_crs",
            f'"{crs.name}" counts metres from the centre of the Earth, which no map can show.',
            "Save the data with longitude and latitude.",
        )
    if crs.is_vertical and not crs.is_compound:
        raise GisappError("no_horizontal_crs", f'"{crs.name}" is about heights only.', HINT)
    return crs.to_2d() if crs.is_compound or len(crs.axis_info) > 2 else crs


def _clean(text: Any) -> Any:
    """Return a text without the marks and blanks that files put around it."""
    return text.strip("\ufeff \r\n\t\0") if isinstance(text, str) else text


def says_nothing(text: Any) -> bool:
    """Tell whether a stated CRS is only a program's word for not knowing it."""
    try:
        crs = pyproj.CRS.from_user_input(_clean(text))
    except CRSError:
        return False
    return crs.name.casefold().startswith(_UNKNOWN) and (
        crs.is_engineering or (crs.is_geographic and "undefined" in crs.name.casefold())
    )


def is_understood(text: str) -> bool:
    """Tell whether a .prj file's text names a CRS."""
    try:
        pyproj.CRS.from_user_input(_clean(text)).to_wkt()
    except CRSError:
        return False
    return True


def label(crs: pyproj.CRS) -> str:
    """Return "EPSG:n" where there is a sure one, else the name."""
    authority = crs.to_authority(min_confidence=70)
    if authority == ("OGC", "CRS84"):
        return "EPSG:4326"
    return ":".join(authority) if authority else str(crs.name)


@lru_cache(maxsize=512)
def title(code: str) -> str:
    """Return a CRS as people choose it: "EPSG:32633 - WGS 84 / UTM zone 33N"."""
    try:
        crs = pyproj.CRS.from_user_input(code)
    except CRSError:
        return code
    name = label(crs)
    return name if name == crs.name else f"{name} - {crs.name}"
