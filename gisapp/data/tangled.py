"""Polygons with tens of thousands of rings over each other, which no check gets to the end of."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

_MANY: Final = 20_000  # rings: below it the checks end in a second
_SAMPLE: Final = 100
#: Rings that a ring's box meets on average. Islands and lakes meet a few.
_OVER: Final = 100


def tangled(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Tell which shapes are tangled, shape (n,).

    The time that GEOS needs to check rings grows with the square of those that lie over each
    other: 40,000 take 4 s, a million an hour, and it cannot be stopped.
    """
    many = shapely.get_num_coordinates(shapes) >= 4 * _MANY
    found = np.zeros(len(shapes), dtype=bool)
    for row in np.flatnonzero(many):
        rings = shapely.get_rings(shapely.get_parts(shapes[row]))
        if len(rings) >= _MANY:
            some, few = rings[:: len(rings) // _MANY], rings[:: len(rings) // _SAMPLE]
            met, _ = shapely.STRtree(some).query(few)
            found[row] = len(met) / len(few) * len(rings) / len(some) > _OVER
    return found
