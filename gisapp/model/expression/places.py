"""What expressions read of a feature's place: coordinates, length and area on the ellipsoid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from gisapp.model.expression.values import Values, numbers
from gisapp.model.features import Features
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import WGS84
from gisapp.model.rows import Rows

#: Shapes measured between two looks at the cancel flag.
_SHAPES: Final = 500


@dataclass(frozen=True, eq=False)
class Part:
    """The rows that an expression is worked out for at a time."""

    features: Features
    rows: Rows | slice
    count: int
    feedback: Feedback

    @property
    def numbers(self) -> Rows:
        """Row numbers, shape (n,)."""
        return (
            np.arange(len(self.features))[self.rows] if isinstance(self.rows, slice) else self.rows
        )


#: Works out a part of an expression for some rows.
Run = Callable[[Part], Values]


def _coordinate(axis: int) -> Run:
    def run(part: Part) -> Values:
        values = part.features.lonlat[part.rows][:, axis]
        return numbers(values, np.isfinite(values))

    return run


def _measured(measure: Callable[[Any], float]) -> Run:
    def run(part: Part) -> Values:
        rows = part.numbers
        values = np.full(len(rows), np.nan)
        if not part.features.is_points:
            for start in range(0, len(rows), _SHAPES):
                part.feedback.check()
                shapes = part.features.shapes_at(rows[start : start + _SHAPES])
                values[start : start + len(shapes)] = [
                    np.nan if shape is None else measure(shape) for shape in shapes
                ]
        else:
            values[:] = 0.0
        return numbers(values, np.isfinite(values))

    return run


def _area(shape: Any) -> float:
    areas = [part for part in _parts(shape) if shapely.get_dimensions(part) == 2]
    turned = shapely.orient_polygons(areas)
    return sum(abs(float(WGS84.geometry_area_perimeter(part)[0])) for part in turned) / 1e6


def _length(shape: Any) -> float:
    lines = [s.boundary if shapely.get_dimensions(s) == 2 else s for s in _parts(shape)]
    return sum(float(WGS84.geometry_length(line)) for line in lines) / 1e3


def _parts(shape: Any) -> list[Any]:
    """Return the single shapes of one of several parts, of collections too."""
    parts = shapely.get_parts([shape])
    if any(hasattr(part, "geoms") for part in parts):
        return [inner for part in parts for inner in _parts(part)]
    return [part for part in parts if shapely.get_dimensions(part) > 0]


def _row(part: Part) -> Values:
    return Values(part.numbers + 1, np.ones(part.count, dtype=bool))


PLACES: Final[dict[str, Run]] = {
    "$lon": _coordinate(0),
    "$lat": _coordinate(1),
    "$length_km": _measured(_length),
    "$area_km2": _measured(_area),
    "$row": _row,
}
