"""Positions and shapes checked and mended, every repair told as a sentence."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.data import mend_shapes
from gisapp.data.countries import lands
from gisapp.data.raw import Raw
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, Problem, Severity
from gisapp.model.reading import DEFAULTS, Choice, Finding, ReadOptions

#: Shapes whose vertices are fetched at once.
_SLICE: Final = 1_000
_SLACK: Final = 1e-6  # degrees: rounding of a projection at the edge of the world
_FULL: Final = 180.0
_SAMPLE: Final = 500
#: Fewer positions than these say nothing by lying at sea.
_ENOUGH: Final = 5
#: From this share of positions on land on, nobody need be asked whether they were swapped.
_CERTAIN: Final = 0.95

Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]


def drop_non_finite(raw: Raw, options: ReadOptions = DEFAULTS) -> Mask:
    """Take the position from features without a real one, in the file's CRS.

    These are infinite and NaN coordinates, and 0, 0 unless the options say otherwise: that is
    where programs put what has no position, and hardly anything else.

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
    zero = _zero(raw)
    taken = zero & options.wants("zero_zero", usually=True)
    if raw.points is not None and taken.any():
        raw.points = np.where(taken[:, None], np.nan, raw.points)
    elif raw.shapes is not None:
        raw.shapes = _without(raw.shapes, taken)
    _tell_zero(raw, zero, options)
    unread = sum(p.count for p in raw.problems if p.code == "geometry_unreadable")
    if absent.sum() > unread:
        raw.tell(
            "no_geometry",
            absent,
            "{n} without a position (no geometry, or none that is a number), not on the map.",
            "Give them a position at the source.",
        )
    raw.tell(
        "non_finite",
        bad,
        "{n} with coordinates that are not numbers, kept without a position.",
        "Mend them at the source.",
    )
    return bad | absent | taken


def check(
    raw: Raw, absent: Mask, options: ReadOptions = DEFAULTS, *, feedback: Feedback | None = None
) -> None:
    """Check positions in WGS 84 and mend shapes, in place; problems are gathered on the layer.

    `absent` is where there was no position before the move to WGS 84.
    """
    if raw.points is not None:
        lost = np.isnan(raw.points).any(axis=1) & ~absent
        _check_points(raw, raw.points, options)
    elif raw.shapes is not None:
        lost = _not_finite(raw.shapes)
        _check_shapes(raw, _without(raw.shapes, lost), options, feedback)
    else:
        return
    raw.tell(
        "outside_projection",
        lost,
        "{n} where the file's coordinate reference system does not reach, without a position.",
        "Check the coordinate reference system.",
    )


def _zero(raw: Raw) -> Mask:
    if raw.points is not None:
        return np.asarray((raw.points == 0).all(axis=1))
    if raw.shapes is None:
        return np.zeros(0, dtype=bool)
    return np.asarray(
        (shapely.get_type_id(raw.shapes) == 0)
        & (shapely.get_x(raw.shapes) == 0)
        & (shapely.get_y(raw.shapes) == 0)
    )


def _tell_zero(raw: Raw, zero: Mask, options: ReadOptions) -> None:
    taken = options.wants("zero_zero", usually=True)
    done = "kept without a position" if taken else "left there"
    text = raw.tell(
        "zero_zero",
        zero,
        f"{{n}} at 0, 0, which mostly means that a position is missing; {done}.",
        "Give them a position at the source.",
    )
    if text:
        choices = (
            Choice("yes", "Without a position", "Programs write 0, 0 where they know none."),
            Choice("no", "Leave them at 0, 0", "For degrees that is in the Gulf of Guinea."),
        )
        chosen = "yes" if taken else "no"
        count = int(zero.sum())
        raw.findings.append(Finding("zero_zero", "zero_zero", text, chosen, choices, count=count))


def _not_finite(shapes: Shapes) -> Mask:
    # a length is no number where a vertex is none; fetching all vertices would halt all threads
    with np.errstate(all="ignore"):  # numbers of any size
        length = shapely.length(shapes)
    dots = np.isin(shapely.get_type_id(shapes), (0, 4, 7))
    suspects = np.flatnonzero(~np.isfinite(length) & ~shapely.is_missing(shapes) | dots)
    bad = np.zeros(len(shapes), dtype=bool)
    for start in range(0, len(suspects), _SLICE):
        rows = suspects[start : start + _SLICE]
        vertices, index = shapely.get_coordinates(shapes[rows], return_index=True)
        bad[rows[index[~np.isfinite(vertices).all(axis=1)]]] = True
    return bad


def _check_points(raw: Raw, points: Floats, options: ReadOptions) -> None:
    if _swaps(raw, points, options):
        raw.points = points = points[:, ::-1].copy()
    lon, lat = points[:, 0], points[:, 1]
    over = (lon > _FULL + _SLACK) & (lon <= 2 * _FULL + _SLACK) & (np.abs(lat) <= 90 + _SLACK)
    if over.any():
        points = points.copy()
        points[over, 0] -= 2 * _FULL
        lon = points[:, 0]
        _tell_wrapped(raw, over)
    outside = (np.abs(lon) > _FULL + _SLACK) | (np.abs(lat) > 90 + _SLACK)
    if outside.any():
        raw.beyond = np.where(outside[:, None], points, np.nan)
        points = np.where(outside[:, None], np.nan, points)
    raw.points = points
    tell_outside(raw, outside)


def _check_shapes(
    raw: Raw, shapes: Shapes, options: ReadOptions, feedback: Feedback | None
) -> None:
    west, south, east, north = shapely.bounds(shapes).T
    middles = np.column_stack([(west + east) / 2, (south + north) / 2])
    if _swaps(raw, middles, options):
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
        west, south, east, north = shapely.bounds(shapes).T
    over = (west >= _FULL - _SLACK) & (east > _FULL + _SLACK) & (east <= 2 * _FULL + _SLACK)
    if over.any():
        shapes = shapes.copy()
        shapes[over] = shapely.transform(shapes[over], lambda xy: xy - [2 * _FULL, 0.0])
        west, south, east, north = shapely.bounds(shapes).T
        _tell_wrapped(raw, over)
    outside = (
        (west < -2 * _FULL)
        | (east > 2 * _FULL + _SLACK)
        | (east - west > 2 * _FULL + _SLACK)
        | (south < -90 - _SLACK)
        | (north > 90 + _SLACK)
    )
    is_point = shapely.get_dimensions(shapes) == 0
    outside |= is_point & ((west < -_FULL - _SLACK) | (east > _FULL + _SLACK))
    raw.shapes = mend_shapes.mended(raw, _without(shapes, outside), feedback)
    tell_outside(raw, outside)


def _swaps(raw: Raw, positions: Floats, options: ReadOptions) -> bool:
    """Tell whether latitude comes first, and offer to swap: it is made where that is certain.

    Latitudes beyond 90 degrees that all fit once swapped, and then lie on land, are certain.
    Where everything merely lies at sea, and on land once swapped, the user is asked.
    """
    known = positions[np.isfinite(positions).all(axis=1)]
    if options.swap_axes or not len(known) or any(f.option == "axes_swapped" for f in raw.findings):
        return False
    outside = (np.abs(known[:, 0]) > _FULL + _SLACK) | (np.abs(known[:, 1]) > 90 + _SLACK)
    impossible = _look_swapped(known, outside)
    some = known[np.linspace(0, len(known) - 1, min(len(known), _SAMPLE)).astype(np.int64)]
    after = some[:, ::-1][(np.abs(some[:, 0]) <= 90) & (np.abs(some[:, 1]) <= _FULL)]
    if not impossible and (len(after) < max(_ENOUGH, len(some)) or outside.any()):
        return False
    land = float(lands().on_land(after).mean()) if len(after) else 0.0
    if not impossible and (land < 0.95 or lands().on_land(some).mean() > 0.05):
        return False
    certain = impossible and land >= _CERTAIN
    swap = options.wants("axes_swapped", usually=impossible and land >= 0.8)
    why = (
        "many latitudes are beyond 90 degrees"
        if impossible
        else "all lies at sea, and on land once they are swapped"
    )
    verb = "are" if certain else "seem to be"
    text = f"Longitude and latitude {verb} swapped: {why}; " + (
        "they were put right." if swap else "they were left."
    )
    hint = "Check the layer's place on the map."
    count = len(known)
    raw.problems.append(Problem("axes_swapped", Severity.WARNING, text, hint, count))
    choices = (
        Choice("yes", "Swap them", f"{land:.0%} of the positions then lie on land."),
        Choice("no", "Leave them", "The first number is the longitude."),
    )
    chosen = "yes" if swap else "no"
    raw.findings.append(
        Finding("axes_swapped", "axes_swapped", text, chosen, choices, sure=certain, count=count)
    )
    return swap


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


def _tell_wrapped(raw: Raw, over: Mask) -> None:
    raw.tell(
        "longitude_wrapped",
        over,
        "{n} with longitudes of 180 to 360 degrees, moved to the west.",
        "",
        severity=Severity.INFO,
    )


def tell_outside(raw: Raw, outside: Mask) -> None:
    """Tell which features lie outside the world."""
    raw.tell(
        "out_of_range",
        outside,
        "{n} outside the world (beyond 180 or 90 degrees), kept without a position.",
        "Check the coordinate reference system.",
    )


def _without(shapes: Shapes, where: Mask) -> Shapes:
    if not where.any():
        return shapes
    shapes = shapes.copy()
    shapes[where] = None
    return shapes
