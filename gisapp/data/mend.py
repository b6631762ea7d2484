"""Geometry checked and mended, every repair told as a sentence."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.data.raw import Raw
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, Problem, Severity

_BATCH: Final = 2_000
_SLACK: Final = 1e-6  # degrees: rounding of a projection at the edge of the world
_AREAL: Final = (3, 6)
_FULL: Final = 180.0
_ROWS: Final = 3  # how many are named

Mask = npt.NDArray[np.bool_]


def drop_non_finite(raw: Raw) -> Mask:
    """Take the position from features with infinite or NaN coordinates, in the file's CRS.

    Returns
    -------
    numpy.ndarray
        Where there is no position, shape (n,).
    """
    bad: Mask
    absent: Mask
    if raw.points is not None:
        bad = np.asarray(np.isinf(raw.points).any(axis=1))
        absent = np.isnan(raw.points).any(axis=1) & ~bad
        if bad.any() or absent.any():
            raw.points = np.where((bad | absent)[:, None], np.nan, raw.points)
    elif raw.shapes is not None:
        absent = np.asarray(shapely.is_missing(raw.shapes) | shapely.is_empty(raw.shapes))
        bad = _not_finite(raw.shapes)
        raw.shapes = _without(raw.shapes, bad | absent)
    else:
        return np.zeros(0, dtype=bool)
    unread = sum(p.count for p in raw.problems if p.code == "geometry_unreadable")
    if absent.sum() > unread:
        _tell(
            raw,
            "no_geometry",
            absent,
            "{n} without a position (no geometry, or none that is a number), not on the map.",
            "Give them a position at the source.",
        )
    _tell(
        raw,
        "non_finite",
        bad,
        "{n} with coordinates that are not numbers, kept without a position.",
        "Mend them at the source.",
    )
    return bad | absent


def check(raw: Raw, absent: Mask, *, feedback: Feedback | None = None) -> None:
    """Check positions in WGS 84 and mend rings, in place; problems are gathered on the layer.

    `absent` is where there was no position before the move to WGS 84.
    """
    if raw.points is not None:
        lost = np.isnan(raw.points).any(axis=1) & ~absent
        _check_points(raw, raw.points)
    elif raw.shapes is not None:
        lost = _not_finite(raw.shapes)
        _check_shapes(raw, _without(raw.shapes, lost), feedback)
    else:
        return
    _tell(
        raw,
        "outside_projection",
        lost,
        "{n} where the file's coordinate reference system does not reach, without a position.",
        "Check the coordinate reference system.",
    )


def _not_finite(shapes: npt.NDArray[np.object_]) -> Mask:
    vertices, index = shapely.get_coordinates(shapes, return_index=True)
    bad = np.zeros(len(shapes), dtype=bool)
    bad[index[~np.isfinite(vertices).all(axis=1)]] = True
    return bad


def _check_points(raw: Raw, points: Floats) -> None:
    lon, lat = points[:, 0], points[:, 1]
    over = (lon > _FULL + _SLACK) & (lon <= 2 * _FULL + _SLACK) & (np.abs(lat) <= 90 + _SLACK)
    if over.any():
        points = points.copy()
        points[over, 0] -= 2 * _FULL
        lon = points[:, 0]
        _tell(
            raw,
            "longitude_wrapped",
            over,
            "{n} with longitudes of 180 to 360 degrees, moved to the west.",
            "",
            severity=Severity.INFO,
        )
    outside = (np.abs(lon) > _FULL + _SLACK) | (np.abs(lat) > 90 + _SLACK)
    swapped = _look_swapped(points, outside)
    if outside.any():
        points = points.copy()
        points[outside] = np.nan
    raw.points = points
    zero = (points == 0).all(axis=1)
    _tell_places(raw, outside, zero, swapped)


def _check_shapes(raw: Raw, shapes: npt.NDArray[np.object_], feedback: Feedback | None) -> None:
    west, south, east, north = shapely.bounds(shapes).T
    over = (west >= 0) & (east > _FULL + _SLACK) & (west >= _FULL - _SLACK) & (east <= 2 * _FULL)
    if over.any():
        shapes = shapes.copy()
        shapes[over] = shapely.transform(shapes[over], lambda xy: xy - [2 * _FULL, 0.0])
        west, south, east, north = shapely.bounds(shapes).T
    outside = (
        (west < -2 * _FULL)
        | (east > 2 * _FULL)
        | (east - west > 2 * _FULL + _SLACK)
        | (south < -90 - _SLACK)
        | (north > 90 + _SLACK)
    )
    is_point = shapely.get_type_id(shapes) == 0
    outside |= is_point & ((west < -_FULL - _SLACK) | (east > _FULL + _SLACK))
    corners = np.column_stack([west, south])
    swapped = _look_swapped(corners, outside)
    shapes = _without(shapes, outside)
    zero = is_point & (west == 0) & (south == 0)
    raw.shapes = _mend_rings(raw, shapes, feedback)
    _tell_places(raw, outside, zero, swapped)


def _mend_rings(
    raw: Raw, shapes: npt.NDArray[np.object_], feedback: Feedback | None
) -> npt.NDArray[np.object_]:
    """Make polygons valid and keep their areas only."""
    areal = np.flatnonzero(np.isin(shapely.get_type_id(shapes), _AREAL))
    invalid: list[int] = []
    for start in range(0, len(areal), _BATCH):
        rows = areal[start : start + _BATCH]
        invalid.extend(rows[~shapely.is_valid(shapes[rows])].tolist())
        if feedback:
            feedback.check(start / len(areal), "Checking polygons")
    if not invalid:
        return shapes
    shapes = shapes.copy()
    lost = 0
    for row in invalid:
        if feedback:
            feedback.check()
        mended = _areas(shapely.make_valid(shapes[row], method="structure", keep_collapsed=False))
        lost += mended is None
        shapes[row] = mended
    _tell(
        raw,
        "rings_mended",
        np.isin(np.arange(len(shapes)), invalid),
        "{n} with polygons that cross themselves, mended.",
        "Areas may differ slightly from the file's." + (f" {lost} had no area." if lost else ""),
    )
    return shapes


def _areas(shape: shapely.Geometry) -> shapely.Geometry | None:
    if shape.is_empty:
        return None
    if shapely.get_type_id(shape) in _AREAL:
        return shape
    parts = [p for p in shapely.get_parts(shape) if shapely.get_type_id(p) in _AREAL]
    return shapely.union_all(parts) if parts else None


def _look_swapped(positions: Floats, outside: Mask) -> bool:
    """Tell whether latitudes are impossible and would be right with the axes swapped."""
    suspects = positions[outside]
    if not len(suspects):
        return False
    lon, lat = suspects.T
    fits = (np.abs(lon) <= 90) & (np.abs(lat) <= _FULL)
    known = positions[np.isfinite(positions).all(axis=1)]
    many = len(suspects) >= 0.2 * len(known)  # half of the world's sites lie beyond 90 degrees
    return bool(many and fits.mean() > 0.9 and (np.abs(known[:, 0]) <= 90).mean() > 0.99)


def _tell_places(raw: Raw, outside: Mask, zero: Mask, swapped: bool) -> None:
    if swapped:
        raw.problems.append(
            Problem(
                "axes_swapped",
                Severity.WARNING,
                "Longitude and latitude seem to be swapped: many latitudes are beyond 90 degrees.",
                "Open the file again with its axes swapped.",
                int(outside.sum()),
            )
        )
    _tell(
        raw,
        "out_of_range",
        outside,
        "{n} outside the world (beyond 180 or 90 degrees), kept without a position.",
        "Check the coordinate reference system.",
    )
    _tell(
        raw,
        "zero_zero",
        zero,
        "{n} at 0, 0 in the Gulf of Guinea, which mostly means that a position is missing.",
        "Check them at the source.",
    )


def _tell(
    raw: Raw,
    code: str,
    where: Mask,
    message: str,
    hint: str,
    *,
    severity: Severity = Severity.WARNING,
) -> None:
    """Add a problem that names the first rows (from 1) where it is, if there is any."""
    rows = np.flatnonzero(where) + 1
    if not len(rows):
        return
    noun = "1 feature" if len(rows) == 1 else f"{len(rows):,} features"
    listed = ", ".join(str(row) for row in rows[:_ROWS]) + (", ..." if len(rows) > _ROWS else "")
    noun += f" (row{'s' if len(rows) > 1 else ''} {listed})"
    raw.problems.append(Problem(code, severity, message.format(n=noun), hint, len(rows)))


def _without(shapes: npt.NDArray[np.object_], where: Mask) -> npt.NDArray[np.object_]:
    if not where.any():
        return shapes
    shapes = shapes.copy()
    shapes[where] = None
    return shapes
