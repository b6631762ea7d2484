"""Journeys as paths on the map: one place for every view that draws the ways of goods."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Protocol

import numpy as np

from gisapp.analysis.network.journey import Avoidance, Journey, Measure
from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError
from gisapp.model.geodesy import geodesic_path, unroll

Place = tuple[float, float]

#: What stands in one place is joined by no line.
SAME_PLACE_KM: Final = 1.0


class Leading(Protocol):
    """What leads along a single way: `network.router.Router`, or what a test has for it."""

    def journey(
        self, start: Place, end: Place, *, least: Measure = Measure.KM, avoid: Avoidance = ...
    ) -> Journey:
        """Return the least journey between two places, lon, lat in degrees."""
        ...

    def __hash__(self) -> int:
        """Return the same for the same ways."""
        ...


@lru_cache(maxsize=2000)
def way_path(
    router: Leading, start: Place, end: Place, least: Measure, avoid: Avoidance
) -> tuple[Floats, float]:
    """Return path and km of a way; the geodesic where one place is the other, or none leads.

    Returns
    -------
    tuple
        The path, shape (n, 2), longitudes unrolled, and its km: NaN where no way leads. Paths are
        kept, as a way takes tens of milliseconds: nobody may write into one.
    """
    try:
        journey = router.journey(start, end, least=least, avoid=avoid)
    except GisappError as error:
        if error.code != "no_way":
            raise
        return geodesic_path(start, end), float("nan")
    if not journey.legs:
        return geodesic_path(start, end), 0.0
    return unroll(np.vstack([leg.path for leg in journey.legs])), journey.km
