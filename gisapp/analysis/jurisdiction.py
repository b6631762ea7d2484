"""Which country a position is in, on polygons, with the coast resolved on the ellipsoid."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer

Texts = npt.NDArray[np.object_]
_CHUNK: Final = 100_000
_KM_PER_DEGREE: Final = 111.0


class JurisdictionIndex:
    """Polygons of jurisdictions, cut small and indexed once, asked many times.

    Parameters
    ----------
    layer : Layer
        Polygons in EPSG:4326 with a column `iso` of ISO alpha-3 codes.

    Raises
    ------
    GisappError
        `no_iso_column` if the layer has none.
    """

    def __init__(self, layer: Layer) -> None:
        codes = layer.features.columns.get("iso")
        if codes is None:
            raise GisappError(
                "no_iso_column",
                f'The layer "{layer.name}" has no column iso with country codes.',
                "Map the column that holds ISO alpha-3 codes.",
            )
        shapes = layer.features.geometry
        usable = np.flatnonzero([g is not None and not g.is_empty for g in shapes])
        parts, owner = shapely.get_parts(shapes[usable], return_index=True)
        self._codes = np.array([*(str(c) for c in codes[usable]), ""], dtype=object)
        self._parts = parts
        self._owner = owner
        self._tree = shapely.STRtree(parts)
        shapely.prepare(parts)

    def country_of(
        self,
        lonlat: Floats,
        *,
        coast_km: float = 5.0,
        feedback: Feedback | None = None,
    ) -> Texts:
        """Return the ISO alpha-3 code at each position, shape (n,).

        A position off every polygon gets the nearest country within `coast_km` on the ellipsoid
        (a works on a pier); open sea and a missing position give "".
        """
        found = np.full(len(lonlat), len(self._codes) - 1, dtype=np.int64)
        wrapped = np.column_stack([(lonlat[:, 0] + 180.0) % 360.0 - 180.0, lonlat[:, 1]])
        placed = np.flatnonzero(np.isfinite(wrapped).all(axis=1))
        for start in range(0, len(placed), _CHUNK):
            if feedback is not None:
                feedback.check(start / len(placed), "Countries of positions")
            rows = placed[start : start + _CHUNK]
            points = shapely.points(wrapped[rows])
            which, part = self._tree.query(points, predicate="intersects")
            found[rows[which]] = self._owner[part]
        return self._codes[found]
