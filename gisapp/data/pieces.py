"""Geometries that come batch by batch as WKB, put together as one layer's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gisapp.data.arrow import points_of, shapes_of
from gisapp.data.raw import Raw
from gisapp.model.features import Features, Floats
from gisapp.model.feedback import Problem, Severity


class Pieces:
    """Batches of WKB: coordinates as long as all are points, else shapely geometries."""

    def __init__(self) -> None:
        self._pieces: list[tuple[Floats | None, npt.NDArray[np.object_] | None]] = []
        self._unread = 0

    def add(self, wkb: pa.Array) -> None:
        """Add a batch; what is no WKB counts as unread and has no position."""
        points = points_of(wkb)
        if points is not None:
            self._pieces.append((points, None))
            return
        shapes, unread = shapes_of(wkb)
        self._pieces.append((None, shapes))
        self._unread += unread

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
        if heights:
            raw.problems.append(
                Problem(
                    "heights_dropped",
                    Severity.INFO,
                    "The geometries have heights or measures, which are not kept.",
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


def _as_shapes(points: Any) -> npt.NDArray[np.object_]:
    return Features.from_points(np.empty((0, 2)) if points is None else points).geometry
