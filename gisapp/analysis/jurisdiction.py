"""Which country a position is in, on polygons, with the coast resolved on the ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer

if TYPE_CHECKING:
    from gisapp.analysis.shore import Shore

Texts = npt.NDArray[np.object_]
Index = npt.NDArray[np.int64]
_PARTS_A_CHECK: Final = 200


class JurisdictionIndex:
    """Polygons of jurisdictions, prepared once, asked many times; safe to ask from threads.

    Parameters
    ----------
    layer
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
        known = shapely.get_dimensions(shapes) == 2
        self._codes = np.array([*(str(code) for code in codes[known]), ""], dtype=object)
        self._parts, self._owner = shapely.get_parts(shapes[known], return_index=True)
        self._bounds = shapely.bounds(self._parts)
        shapely.prepare(self._parts)
        self._shore: Shore | None = None

    def country_of(
        self,
        lonlat: Floats,
        *,
        coast_km: float = 5.0,
        feedback: Feedback | None = None,
    ) -> Texts:
        """Return the ISO alpha-3 code at each position.

        A position off every polygon gets the nearest country within `coast_km` on the ellipsoid
        (a works on a pier); open sea and a missing position give "".

        Parameters
        ----------
        lonlat
            Degrees, shape (n, 2); longitudes beyond 180 are taken round.

        Returns
        -------
        numpy.ndarray
            Codes, shape (n,).
        """
        found = np.full(len(lonlat), -1, dtype=np.int64)
        placed = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
        points = lonlat[placed].astype(np.float64)
        beyond = np.abs(points[:, 0]) > 180.0
        points[beyond, 0] = (points[beyond, 0] + 180.0) % 360.0 - 180.0
        inside = self._inside(points, feedback)
        found[placed] = inside
        at_sea = np.flatnonzero(inside < 0)
        if len(at_sea) and len(self._parts) and coast_km > 0:
            if self._shore is None:
                from gisapp.analysis.shore import Shore

                self._shore = Shore(self._parts, self._owner)
            found[placed[at_sea]] = self._shore.nearest(points[at_sea], coast_km, feedback)
        return np.asarray(self._codes[found])  # -1 is the "" at the end

    def _inside(self, points: Floats, feedback: Feedback | None) -> Index:
        """Return the jurisdiction's number or -1: each polygon asks for the points in its box."""
        order = np.argsort(points[:, 0], kind="stable")
        x, y = points[order].T
        first = np.searchsorted(x, self._bounds[:, 0], side="left")
        last = np.searchsorted(x, self._bounds[:, 2], side="right")
        sorted_found = np.full(len(points), -1, dtype=np.int64)
        for i in np.flatnonzero(last > first):
            if feedback is not None and i % _PARTS_A_CHECK == 0:
                feedback.check(0.7 * i / len(self._parts), "Countries of positions")
            south, north = self._bounds[i, 1], self._bounds[i, 3]
            lat = y[first[i] : last[i]]
            rows = first[i] + np.flatnonzero((lat >= south) & (lat <= north))
            if len(rows):
                hit = rows[shapely.intersects_xy(self._parts[i], x[rows], y[rows])]
                # on a common border the first jurisdiction of the layer has it
                hit = hit[sorted_found[hit] < 0]
                sorted_found[hit] = self._owner[i]
        found = np.empty_like(sorted_found)
        found[order] = sorted_found
        return found
