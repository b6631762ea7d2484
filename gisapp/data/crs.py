"""From a file's coordinate reference system to WGS 84 longitude/latitude."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError

from gisapp.data.raw import Raw
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity

#: Beyond this no number is a longitude, however it was wrapped.
_DEGREES: Final = 400.0
_BATCH: Final = 200_000
_HINT: Final = "Give the coordinate reference system by hand, for example EPSG:32633."


def parse(text: Any) -> pyproj.CRS:
    """Return the CRS that a text names ("EPSG:3857", WKT, PROJ, PROJJSON)."""
    try:
        crs = pyproj.CRS.from_user_input(text)
    except CRSError as error:
        raise GisappError(
            "unknown_crs",
            f'"{str(text)[:60]}" names no known coordinate reference system.',
            _HINT,
        ) from error
    return crs.to_2d() if crs.is_compound or len(crs.axis_info) > 2 else crs


def is_understood(text: str) -> bool:
    """Tell whether a .prj file's text names a CRS."""
    try:
        pyproj.CRS.from_user_input(text.strip("\ufeff \r\n\0")).to_wkt()
    except CRSError:
        return False
    return True


def label(crs: pyproj.CRS) -> str:
    """Return "EPSG:n" where there is a sure one, else the name."""
    authority = crs.to_authority(min_confidence=70)
    if authority == ("OGC", "CRS84"):
        return "EPSG:4326"
    return ":".join(authority) if authority else str(crs.name)


def to_wgs84(
    raw: Raw, override: str | None = None, *, feedback: Feedback | None = None
) -> tuple[str, bool, str]:
    """Move a raw layer's geometry to EPSG:4326, axis order lon, lat, in place.

    Returns
    -------
    tuple
        The CRS it was in, whether that is a guess, and the operation used with its accuracy.

    Raises
    ------
    GisappError
        no_crs (none stated and the coordinates are no degrees), wrong_crs (stated degrees are
        none), unknown_crs.
    """
    stated = override or raw.crs
    guessed = False
    if stated is None and raw.crs_assumed:
        stated, guessed = raw.crs_assumed, True
    elif stated is None:
        guessed = raw.points is not None or raw.shapes is not None
        if guessed:
            _refuse_unless_degrees(raw, "no_crs", f'"{raw.name}" does not say its CRS')
            raw.problems.append(
                Problem(
                    "crs_guessed",
                    Severity.WARNING,
                    "The file does not say its coordinate reference system; "
                    "its coordinates look like degrees, so WGS 84 was taken.",
                    "If the layer lies off, give the CRS by hand.",
                )
            )
        return "EPSG:4326", guessed, ""
    crs = parse(stated)
    name = label(crs)
    if crs.is_geographic:
        _refuse_unless_degrees(raw, "wrong_crs", f'"{raw.name}" says {name}, which is in degrees')
    if crs.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True):
        return "EPSG:4326", guessed, ""
    return name, guessed, _transform(raw, crs, feedback)


def _transform(raw: Raw, crs: pyproj.CRS, feedback: Feedback | None) -> str:
    try:
        transformer = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise GisappError(
            "no_transformation", f"There is no way from {label(crs)} to WGS 84.", _HINT
        ) from error
    if raw.points is not None:
        raw.points = _moved(raw.points, transformer, feedback)
    elif raw.shapes is not None:
        raw.shapes = shapely.transform(raw.shapes, lambda xy: _moved(xy, transformer, feedback))
    try:
        used = transformer.get_last_used_operation()
    except pyproj.exceptions.ProjError:  # nothing was moved
        used = transformer
    steps = [s for s in used.description.split(" + ") if not s.startswith("axis order change")]
    accuracy = f"{used.accuracy:g} m" if used.accuracy >= 0 else "unknown accuracy"
    return f"{' + '.join(steps)} ({accuracy})"


def _moved(xy: Floats, transformer: pyproj.Transformer, feedback: Feedback | None) -> Floats:
    moved = np.empty_like(xy, dtype=np.float64)
    for start in range(0, len(xy), _BATCH):
        part = slice(start, start + _BATCH)
        moved[part, 0], moved[part, 1] = transformer.transform(xy[part, 0], xy[part, 1])
        if feedback:
            feedback.check(start / len(xy), "Moving to WGS 84")
    moved[~np.isfinite(moved).all(axis=1)] = np.nan
    return moved


def _refuse_unless_degrees(raw: Raw, code: str, says: str) -> None:
    xy = coordinates(raw)
    if not len(xy) or max(xy.max(initial=0), -xy.min(initial=0)) <= _DEGREES:
        return  # the usual case, in one pass
    xy = xy[np.isfinite(xy).all(axis=1)]
    if len(xy) and float(np.median(np.abs(xy).max(axis=1))) > _DEGREES:
        largest = float(np.abs(xy).max())
        raise GisappError(
            code, f"{says}, and its coordinates (up to {largest:,.0f}) are not degrees.", _HINT
        )


def coordinates(raw: Raw) -> Floats:
    """Return all vertices of a raw layer, shape (m, 2)."""
    if raw.points is not None:
        return raw.points
    if raw.shapes is not None:
        return np.asarray(shapely.get_coordinates(raw.shapes))
    return np.empty((0, 2))


def apply(raw: Raw, change: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]) -> None:
    """Change every vertex of a raw layer, in place."""
    if raw.points is not None:
        raw.points = change(raw.points)
    elif raw.shapes is not None:
        raw.shapes = shapely.transform(raw.shapes, change)
