"""Geometries that come batch by batch as WKB, put together as one layer's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from gisapp.data.arrow import has_heights, heights_of, only_points, points_of, shapes_of
from gisapp.data.nesting import without_deep
from gisapp.data.raw import Raw
from gisapp.model.features import Column, Features, Floats
from gisapp.model.feedback import Problem, Severity


class Pieces:
    """Batches of WKB: coordinates as long as all are points, else shapely geometries."""

    def __init__(self) -> None:
        self._pieces: list[tuple[Floats | None, npt.NDArray[np.object_] | None]] = []
        self._heights: list[Floats | None] = []
        self._has_heights = False
        self._has_measures = False
        self._rising = False  # lines or areas have heights that are more than zeros
        self._unread = 0
        self._closed = 0

    def add(self, wkb: pa.Array) -> None:
        """Add a batch; what is no WKB counts as unread and has no position."""
        points = points_of(wkb)
        has_z, has_m = has_heights(wkb)
        self._has_heights |= has_z
        self._has_measures |= has_m
        heights = heights_of(wkb) if has_z else None
        if points is None and has_z and only_points(wkb):  # some with heights, some without
            shapes = shapely.from_wkb(
                without_deep(wkb.to_numpy(zero_copy_only=False)), on_invalid="ignore"
            )
            shapes[shapely.is_empty(shapes)] = None  # which has no x, says GEOS
            points = np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])
            heights = shapely.get_z(shapes)
        self._heights.append(heights)
        if points is not None:
            self._pieces.append((points, None))
            return
        if has_z and not self._rising:
            whole = shapely.from_wkb(
                without_deep(wkb.to_numpy(zero_copy_only=False)), on_invalid="ignore"
            )
            z = shapely.get_coordinates(whole, include_z=True)[:, 2]
            self._rising = bool((np.isfinite(z) & (z != 0)).any())
        shapes, unread = shapes_of(wkb)
        closed = _closed(wkb, shapes) if unread else 0
        self._pieces.append((None, shapes))
        self._closed += closed
        self._unread += unread - closed

    def put_into(self, raw: Raw, *, points: bool, heights: bool) -> None:
        """Give a raw layer its geometry, and tell what of it is not kept or could not be read.

        Parameters
        ----------
        points
            False where the source declares another type, so that nulls alone are no points.
        heights
            True where it declares heights or measures.
        """
        if all(known is not None for known, _ in self._pieces):
            known = [piece for piece, _ in self._pieces if piece is not None]
            raw.points = np.concatenate(known) if known else np.empty((0, 2))
            if not points and np.isnan(raw.points).all():
                raw.shapes = np.array([None] * len(raw.points), dtype=object)
                raw.points = None
        else:
            shapes = [_as_shapes(known) if s is None else s for known, s in self._pieces]
            raw.shapes = np.concatenate(shapes)
        if self._keep_heights(raw):
            heights = self._has_measures
        if heights or self._has_measures or self._rising:
            raw.problems.append(
                Problem(
                    "heights_dropped",
                    Severity.INFO,
                    "The geometries have heights or measures, which are not kept.",
                )
            )
        if self._closed:
            raw.problems.append(
                Problem(
                    "rings_closed",
                    Severity.INFO,
                    f"{self._closed:,} polygons do not end where they begin; they were closed by "
                    "a straight line.",
                    count=self._closed,
                )
            )
        if self._unread:
            raw.problems.append(
                Problem(
                    "geometry_unreadable",
                    Severity.WARNING,
                    f"{self._unread:,} geometries could not be read; those features have no "
                    "position.",
                    "Repair the file in the program that wrote it.",
                    self._unread,
                )
            )

    def _keep_heights(self, raw: Raw) -> bool:
        """Keep the heights of points that are more than zeros; tell whether none is lost."""
        if raw.points is None or not self._has_heights:
            return False
        found = np.concatenate(
            [
                np.full(0 if xy is None else len(xy), np.nan) if z is None else z
                for z, (xy, _) in zip(self._heights, self._pieces, strict=True)
            ]
        )
        count = int((np.isfinite(found) & (found != 0)).sum())
        if count:
            raw.heights = found
            raw.problems.append(
                Problem(
                    "heights_kept",
                    Severity.INFO,
                    f"{count:,} {raw.noun(count)} with heights, now in a column of their own.",
                    count=count,
                )
            )
        return True


def _closed(wkb: pa.Array, shapes: npt.NDArray[np.object_]) -> int:
    """Close the rings of polygons that could not be read for being open; return how many."""
    rows = np.flatnonzero(shapely.is_missing(shapes))
    blobs = without_deep(wkb.to_numpy(zero_copy_only=False))[rows]
    shapes[rows] = shapely.force_2d(shapely.from_wkb(blobs, on_invalid="fix"))
    return int((~shapely.is_missing(shapes[rows])).sum())


def _as_shapes(points: Any) -> npt.NDArray[np.object_]:
    return Features.from_points(np.empty((0, 2)) if points is None else points).geometry


def with_heights(raw: Raw, columns: dict[str, Column]) -> dict[str, Column]:
    """Return columns and, under a free name, the heights of the layer's points if it has any."""
    if raw.heights is None:
        return columns
    name = next(n for n in ("height", "height_m", "point_height") if n not in columns)
    return {**columns, name: raw.heights}
