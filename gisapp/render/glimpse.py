"""Projections as small as an icon, so that one is chosen by its look.

Loads the countries: import this module late, in a job.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.render.coast import coarse_land
from gisapp.render.projection import PROJECTIONS, projection_for

_COARSE: Final = 1.5  # degrees that a coast may be off
_FINE: Final = 0.012  # of the larger side of an icon that its coast may be off
_LEAST: Final = 0.0006  # of the icon: smaller islands are not seen on it


@dataclass(frozen=True, eq=False)
class Glimpse:
    """Rings of sea and land, each of shape (n, 2), in a box whose larger side is 1, y down."""

    width: float
    height: float
    sea: tuple[Floats, ...]
    land: tuple[Floats, ...]


def glimpses(*, feedback: Feedback | None = None) -> dict[str, Glimpse]:
    """Return every projection of `PROJECTIONS` by its name, the world as it shows it."""
    feedback = feedback or Feedback()
    # simplified before it is cut at nine seams: that takes a third of the time
    land = shapely.simplify(coarse_land(), _COARSE)
    found = {}
    for number, name in enumerate(PROJECTIONS):
        feedback.check(number / len(PROJECTIONS), "Drawing projections")
        found[name] = _glimpse(name, land)
    return found


def _glimpse(name: str, land: npt.NDArray[np.object_]) -> Glimpse:
    projection = projection_for(name)
    outline = projection.outline
    xmin, ymin, xmax, ymax = outline.bounds
    side = max(xmax - xmin, ymax - ymin)

    def rings(shape: Any) -> tuple[Floats, ...]:
        small = shapely.transform(
            shape, lambda xy: np.column_stack([xy[:, 0] - xmin, ymax - xy[:, 1]]) / side
        )
        small = shapely.simplify(small, _FINE)
        return tuple(
            shapely.get_coordinates(part.exterior)
            for part in shapely.get_parts(small)
            if part.geom_type == "Polygon" and part.area > _LEAST
        )

    seen = shapely.intersection(projection.areas(land), outline)
    return Glimpse((xmax - xmin) / side, (ymax - ymin) / side, rings(outline), rings(seen))
