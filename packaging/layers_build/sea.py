"""The way by sea: searoute's network of lanes, pulled straight where no land lies between."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
import searoute
import shapely

from gisapp.model.features import Floats
from gisapp.model.geodesy import (
    distance_km,
    geodesic_path,
    path_length_km,
    split_at_antimeridian,
    unroll,
)
from layers_build.geography import Shapes

#: Vertices of a drawn way are at most this far apart, so that line and length agree.
STEP_KM: Final = 150.0
#: A shortcut stays within these latitudes, or within those of the lane that it replaces: beyond
#: are ice and weather that ships keep away from.
LATITUDES: Final = (-46.0, 60.0)
#: Each try at a shortcut spans this much of the one before.
_SHORTER: Final = 0.87
#: Pulling ends when a pass in both directions gains less than this.
_GAIN_KM: Final = 2.0
_PASSES: Final = 2


@cache
def _lanes(start: tuple[float, float], end: tuple[float, float]) -> list[list[float]]:
    found: list[list[float]] = searoute.searoute(start, end, units="km").geometry["coordinates"]
    return found


def lane_gap_km(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return how far the farther of two ports is from the network of lanes."""
    lanes = _lanes(start, end)
    return float(max(distance_km(start, lanes[0])[0], distance_km(end, lanes[-1])[0]))


class Sea:
    """Ways by sea around a set of land polygons."""

    def __init__(self, land: Shapes) -> None:
        self._land = shapely.get_parts(land)
        shapely.prepare(self._land)
        self._tree = shapely.STRtree(self._land)
        self.path = cache(self._path)

    def _path(self, start: tuple[float, float], end: tuple[float, float]) -> Floats:
        """Return the way between two ports, both included.

        Parameters
        ----------
        start, end
            Longitude and latitude in degrees.

        Returns
        -------
        numpy.ndarray
            Longitude and latitude in degrees, longitudes unrolled, shape (n, 2).
        """
        path = _dense(unroll(np.array([start, *_lanes(start, end), end], dtype=float)))
        length = path_length_km(path)
        for _ in range(_PASSES):
            # once from either end: where a pass leaves the lane depends on where it began
            for _ in range(2):
                path = _dense(self._pulled(path))[::-1]
            before, length = length, path_length_km(path)
            if before - length < _GAIN_KM:
                break
        return path

    def _pulled(self, path: Floats) -> Floats:
        """Skip vertices, farthest first, as long as the shortcut is clear."""
        kept, here = [path[0]], 0
        while here < len(path) - 1:
            here = next(self._reachable(path, here))
            kept.append(path[here])
        return np.array(kept)

    def _reachable(self, path: Floats, here: int) -> Iterator[int]:
        span = len(path) - 1 - here
        while span > 1:
            there = here + span
            if self._clear(path[here : there + 1]):
                yield there
            span = min(span - 1, int(span * _SHORTER))
        yield here + 1

    def _clear(self, stretch: Floats) -> bool:
        """Say whether the geodesic between the ends of a stretch meets no land and no ice."""
        line = geodesic_path(stretch[0], stretch[-1], STEP_KM)
        low, high = LATITUDES
        south, north = min(low, stretch[:, 1].min()), max(high, stretch[:, 1].max())
        if line[:, 1].min() < south or line[:, 1].max() > north:
            return False
        # the shortcut ends on the same sheet of longitudes, or it goes round the other side
        if abs(line[-1, 0] - stretch[-1, 0]) > 1e-6:
            return False
        pieces = split_at_antimeridian(line)
        if not pieces:
            return True
        shape = shapely.multilinestrings([shapely.linestrings(piece) for piece in pieces])
        near = self._tree.query(shape)
        return not shapely.intersects(self._land[near], shape).any()


def _dense(path: Floats) -> Floats:
    """Put vertices along the geodesics between the vertices of an unrolled path."""
    stretches = [geodesic_path(a, b, STEP_KM)[1:] for a, b in pairwise(path)]
    joined = np.vstack([path[:1], *stretches])
    moved = np.concatenate([[True], distance_km(joined[:-1], joined[1:]) > 1e-6])
    return unroll(joined[moved])
