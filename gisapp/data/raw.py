"""What a format gives, before it is mended and moved to WGS 84."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Column, Floats
from gisapp.model.feedback import Problem
from gisapp.model.reading import Finding


@dataclass
class Raw:
    """One layer as it stands in its file.

    Parameters
    ----------
    crs
        As the file states it (WKT, PROJJSON or "EPSG:n"), or None.
    points
        Coordinates in that CRS, axis order x, y, shape (n, 2), where every feature is a point;
        NaN where there is none. Else None, and `shapes` holds shapely geometries, shape (n,).
    columns
        As in `Features`.
    units
        Units that the cells of columns of numbers name, as written.
    heights
        Of points, shape (n,), NaN where there is none; None where nothing has one.
    """

    name: str
    driver: str
    columns: dict[str, Column]
    points: Floats | None = None
    shapes: npt.NDArray[np.object_] | None = None
    crs: Any = None
    crs_assumed: str = ""
    encoding: str = "UTF-8"
    encoding_guessed: bool = False
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    heights: Floats | None = None

    def cut(self, limit: int | None) -> None:
        """Keep no more than the first `limit` features."""
        if limit is not None:
            self.points = None if self.points is None else self.points[:limit]
            self.shapes = None if self.shapes is None else self.shapes[:limit]
            self.columns = {name: values[:limit] for name, values in self.columns.items()}
