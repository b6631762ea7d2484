"""Features: immutable columns and geometries in WGS 84 longitude/latitude."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Column = npt.NDArray[Any]

_SLICE = 5_000
#: What shapely and GEOS take for a shape besides its vertices, bytes.
_OF_SHAPE = 200


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if not array.flags.writeable:
        return array  # the same one: what shares a column can tell so
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, eq=False)
class Features:
    """Geometries with their attributes, shared by reference and never changed.

    A layer of points only is held as coordinates: a million points are two million numbers,
    and shapely points are made when somebody asks for `geometry`.

    Parameters
    ----------
    columns
        Name to values, each of shape (n,). Text is an object array of str or None, numbers are
        float64 (NaN is missing) or int64, dates datetime64, truth values bool.
    _points
        Longitude and latitude in degrees, shape (n, 2); NaN where a feature has no position.
    _shapes
        Shapely geometries in EPSG:4326, axis order lon, lat, shape (n,); None is a feature
        without geometry. Exactly one of `_points` and `_shapes` is given.
    """

    columns: Mapping[str, Column]
    _points: Floats | None = field(default=None, repr=False)
    _shapes: npt.NDArray[np.object_] | None = field(default=None, repr=False)

    @classmethod
    def from_points(cls, lonlat: Floats, columns: Mapping[str, Column] | None = None) -> Features:
        """Make a layer of points from coordinates in degrees, shape (n, 2)."""
        points = np.ascontiguousarray(lonlat, dtype=np.float64).reshape(-1, 2)
        return cls(_checked(columns or {}, len(points)), _points=_frozen(points))

    @classmethod
    def from_shapes(
        cls, shapes: npt.ArrayLike, columns: Mapping[str, Column] | None = None
    ) -> Features:
        """Make a layer from shapely geometries, shape (n,); None is allowed."""
        array = np.asarray(shapes, dtype=object).reshape(-1)
        return cls(_checked(columns or {}, len(array)), _shapes=_frozen(array))

    def __len__(self) -> int:
        return len(self._points if self._points is not None else self._all_shapes)

    @property
    def _all_shapes(self) -> npt.NDArray[np.object_]:
        if self._shapes is None:
            raise ValueError("features need points or shapes")
        return self._shapes

    @property
    def is_points(self) -> bool:
        """True where the layer is held as coordinates, one point a feature."""
        return self._points is not None

    @cached_property
    def geometry(self) -> npt.NDArray[np.object_]:
        """Shapely geometries, shape (n,); None where there is none."""
        if self._points is None:
            return self._all_shapes
        shapes = np.full(len(self._points), None, dtype=object)
        known = np.isfinite(self._points).all(axis=1)
        shapes[known] = shapely.points(self._points[known])
        return _frozen(shapes)

    @property
    def geometry_id(self) -> tuple[int, int]:
        """What features with these very geometries share, as long as one of them is kept."""
        held = self._points if self._points is not None else self._all_shapes
        return held.__array_interface__["data"][0], len(held)

    def shapes_at(self, rows: npt.ArrayLike) -> npt.NDArray[np.object_]:
        """Return the geometries of these rows, without making those of the others."""
        if self._points is None or "geometry" in self.__dict__:
            return np.asarray(self.geometry[np.asarray(rows)])
        return Features.from_points(self._points[np.asarray(rows)]).geometry

    @cached_property
    def lonlat(self) -> Floats:
        """A position for every feature, degrees, shape (n, 2): the point, or a point inside."""
        if self._points is not None:
            return self._points
        places = np.empty((len(self), 2))
        for start in range(0, len(self), _SLICE):  # between which other threads get their turn
            part = slice(start, start + _SLICE)
            with np.errstate(over="ignore"):  # numbers of any size
                inside = shapely.point_on_surface(self._all_shapes[part])
            places[part] = np.column_stack([shapely.get_x(inside), shapely.get_y(inside)])
        return _frozen(places)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees; None if nothing has a position."""
        if not len(self):
            return None
        if self._points is not None:
            known = self._points[np.isfinite(self._points).all(axis=1)]
            if not len(known):
                return None
            (west, south), (east, north) = known.min(axis=0), known.max(axis=0)
        else:
            west, south, east, north = shapely.total_bounds(self._all_shapes)
            if np.isnan(west):
                return None
        return float(west), float(south), float(east), float(north)

    @cached_property
    def geometry_type(self) -> str:
        """Point, LineString, Polygon, their Multi forms, Mixed, or None."""
        if self._points is not None:
            return "Point"
        ids = np.unique(shapely.get_type_id(self._all_shapes))
        names = {_TYPE_NAMES[i] for i in ids if i >= 0}
        if not names:
            return "None"
        singles = {name.removeprefix("Multi") for name in names}
        if len(singles) > 1:
            return "Mixed"
        return names.pop() if len(names) == 1 else f"Multi{singles.pop()}"

    @cached_property
    def memory(self) -> Mapping[int, int]:
        """About how many bytes each array takes, by its `id`: what is shared is told by it.

        Texts may be shared besides.
        """
        taken = {id(values): values.nbytes for values in self.columns.values()}
        if self._points is not None:
            return taken | {id(self._points): self._points.nbytes}
        shapes = 16 * self.vertices + _OF_SHAPE * len(self)
        return taken | {id(self._all_shapes): shapes}

    @cached_property
    def vertices(self) -> int:
        """How many vertices all geometries have."""
        if self._points is not None:
            return len(self._points)
        return int(shapely.get_num_coordinates(self._all_shapes).sum())

    def take(self, rows: npt.ArrayLike) -> Features:
        """Return the features at these row numbers, or where a mask of shape (n,) is true."""
        index = np.asarray(rows)
        if not index.size:  # nothing listed is of no type that numpy takes for row numbers
            index = index.astype(np.int64)
        columns = {name: values[index] for name, values in self.columns.items()}
        if self._points is not None:
            return Features.from_points(self._points[index], columns)
        return Features.from_shapes(self._all_shapes[index], columns)

    def with_columns(self, **columns: Column) -> Features:
        """Return the same geometries with columns added or replaced."""
        return self.with_table({**self.columns, **columns})

    def with_table(self, columns: Mapping[str, Column]) -> Features:
        """Return the same geometries with these columns and no others, in this order."""
        same = Features(_checked(columns, len(self)), self._points, self._shapes)
        # what was worked out of the geometries holds for the same ones
        known = {name: self.__dict__[name] for name in _OF_GEOMETRY if name in self.__dict__}
        same.__dict__.update(known)
        return same


_OF_GEOMETRY = ("geometry", "lonlat", "bounds", "geometry_type")
_TYPE_NAMES = (
    "Point",
    "LineString",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


def _checked(columns: Mapping[str, Column], length: int) -> Mapping[str, Column]:
    wrong = [name for name, values in columns.items() if len(values) != length]
    if wrong:
        raise ValueError(f"columns {wrong} do not have {length} values")
    return MappingProxyType({name: _frozen(np.asarray(v)) for name, v in columns.items()})
