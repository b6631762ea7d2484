"""Map projections: positions, paths and areas onto the plane, cut right at the map's seam.

Input is longitude and latitude in degrees (lon, lat), output metres on the plane (x, y up).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
import shapely.affinity
from pyproj import CRS, Transformer

from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import MEAN_RADIUS_KM, WGS84, split_at_antimeridian, unroll

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class ProjectionKind:
    """A projection one can choose.

    Parameters
    ----------
    family
        "seam" for those that cut the globe along a meridian, "disc" for azimuthal ones.
    south, north
        Latitudes it shows: the poles of a Mercator are at infinity.
    world_south, world_north
        Latitudes shown where no bounds are given: Antarctica has no sites and takes a sixth of
        the height.
    horizon
        Angle in degrees around the centre of a disc beyond which nothing is drawn.
    """

    name: str
    title: str
    proj: str
    family: str = "seam"
    south: float = -90.0
    north: float = 90.0
    world_south: float = -57.0
    world_north: float = 84.0
    horizon: float = 0.0


PROJECTIONS: Final = {
    kind.name: kind
    for kind in (
        ProjectionKind("equal_earth", "Equal Earth", "eqearth"),
        ProjectionKind("robinson", "Robinson", "robin"),
        ProjectionKind("winkel_tripel", "Winkel Tripel", "wintri"),
        ProjectionKind("mercator", "Mercator", "merc", south=-78.0, north=80.0, world_north=80.0),
        ProjectionKind("orthographic", "Orthographic", "ortho", "disc", horizon=89.0),
        ProjectionKind(
            "lambert_azimuthal", "Lambert azimuthal equal-area", "laea", "disc", horizon=110.0
        ),
        ProjectionKind("lambert_conformal", "Lambert conformal conic", "lcc"),
        ProjectionKind("north_polar", "North polar Lambert", "laea", "disc", horizon=60.0),
        ProjectionKind("south_polar", "South polar Lambert", "laea", "disc", horizon=60.0),
    )
}
#: Central meridian of a world map: the seam runs through the Bering Strait, no country is cut.
WORLD_CENTER: Final = 11.0
_MEAN_RADIUS: Final = MEAN_RADIUS_KM * 1000.0
_STEP: Final = 1.0  # degrees between points of a densified edge
_UNSURE: Final = 5.0  # degrees around a horizon where shapes may be cut by it
_Flags = npt.NDArray[np.bool_]
CONE: Final = 150.0  # degrees of longitude to each side of a cone's middle
_OFF_SEAM: Final = 1e-7  # degrees
_AT_ONCE: Final = 200  # shapes between two looks whether to stop
_AREAS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_DATA_CUT: Final = 180.0 - 1e-9  # degrees: where polygons that go on are cut in the data
_DISSOLVE: Final = 1.0  # metres: pieces that met at 180 degrees are joined on this grid


def bounds_center(bounds: Box) -> tuple[float, float]:
    """Return the middle of west, south, east, north; an east before the west wraps around."""
    west, south, east, north = bounds
    if east < west:
        east += 360.0
    lon = (west + east) / 2.0
    return (lon + 180.0) % 360.0 - 180.0, (south + north) / 2.0


@dataclass(frozen=True, eq=False)
class Projection:
    """A projection with its centre; made by `projection_for`."""

    kind: ProjectionKind
    center_lon: float
    center_lat: float
    crs: CRS
    south: float
    north: float

    @cached_property
    def _forward(self) -> Transformer:
        return Transformer.from_crs(_sphere_lonlat(self.crs), self.crs, always_xy=True)

    @cached_property
    def _equal_area(self) -> CRS:
        return CRS.from_proj4(
            f"+proj=laea +lon_0={self.center_lon} +lat_0={self.center_lat} +datum=WGS84"
        )

    @cached_property
    def _to_equal_area(self) -> Transformer:
        return Transformer.from_crs("EPSG:4326", self._equal_area, always_xy=True)

    @cached_property
    def _from_equal_area(self) -> Transformer:
        return Transformer.from_crs(self._equal_area, self.crs, always_xy=True)

    @property
    def is_disc(self) -> bool:
        """True for azimuthal projections."""
        return self.kind.family == "disc"

    def points(self, lonlat: npt.ArrayLike) -> Floats:
        """Return positions on the plane, shape (n, 2); NaN for what the map does not show."""
        where = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        lon = (where[:, 0] - self.center_lon + 180.0) % 360.0 - 180.0 + self.center_lon
        lat = where[:, 1]
        seen = self._seen(where) if self.is_disc else (lat >= self.south) & (lat <= self.north)
        x, y = self._forward.transform(np.where(seen, lon, np.nan), np.where(seen, lat, np.nan))
        xy = np.column_stack([x, y])
        xy[~np.isfinite(xy).all(axis=1)] = np.nan
        return xy

    def lonlat(self, xy: npt.ArrayLike) -> Floats:
        """Return positions of the plane as lon, lat in degrees, shape (n, 2).

        Longitudes lie within 180 degrees of the centre, and on the map's own seam on the side
        where the position is; not finite for what lies beyond the map.
        """
        where = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        lon, lat = self._forward.transform(where[:, 0], where[:, 1], direction="INVERSE")
        lon = np.where(np.isfinite(lon), lon, np.nan)
        away = (lon - self.center_lon + 180.0) % 360.0 - 180.0
        away = np.where(np.abs(away) > 179.99, np.copysign(away, where[:, 0]), away)
        return np.column_stack([self.center_lon + away, lat])

    def _seen(self, lonlat: Floats) -> npt.NDArray[np.bool_]:
        count = len(lonlat)
        center = np.full(count, self.center_lon), np.full(count, self.center_lat)
        known = np.nan_to_num(lonlat)
        meters = np.asarray(WGS84.inv(*center, known[:, 0], known[:, 1])[2])
        inside = meters <= np.radians(self.kind.horizon) * _MEAN_RADIUS
        return np.asarray(inside & np.isfinite(lonlat).all(axis=1))

    @cached_property
    def outline(self) -> shapely.Polygon:
        """The edge of what the projection can show."""
        if self.is_disc:
            return shapely.Polygon(np.column_stack(self._forward.transform(*self._horizon.T)))
        west, east = self.center_lon - 180.0 + 1e-9, self.center_lon + 180.0 - 1e-9
        if self.kind.proj == "lcc":
            west, east = self.center_lon - CONE, self.center_lon + CONE
        lat = np.linspace(self.south, self.north, 181)
        lon = np.linspace(west, east, 361)
        ring = np.concatenate(
            [
                np.column_stack([np.full(181, east), lat]),
                np.column_stack([lon[::-1], np.full(361, self.north)]),
                np.column_stack([np.full(181, west), lat[::-1]]),
                np.column_stack([lon, np.full(361, self.south)]),
            ]
        )
        x, y = self._forward.transform(ring[:, 0], ring[:, 1])
        return shapely.make_valid(shapely.Polygon(np.column_stack([x, y])))

    @cached_property
    def _horizon(self) -> Floats:
        """The circle where a disc ends, lon and lat in degrees, shape (720, 2)."""
        around = np.linspace(0.0, 360.0, 721)[:-1]
        count = len(around)
        lon, lat, _ = WGS84.fwd(
            np.full(count, self.center_lon),
            np.full(count, self.center_lat),
            around,
            np.full(count, np.radians(self.kind.horizon) * _MEAN_RADIUS),
        )
        return np.column_stack([lon, lat])

    def path(self, lonlat: npt.ArrayLike) -> list[Floats]:
        """Return the visible pieces of a path on the plane, each of shape (n, 2)."""
        dense = _densified_path(unroll(lonlat))
        if len(dense) < 2:
            return []
        if self.is_disc:
            xy = self.points(dense)
            return [piece for piece in _runs(xy) if len(piece) > 1]
        pieces: list[Floats] = []
        sheets = np.floor((dense[:, 0] - self.center_lon + 180.0) / 360.0)
        if sheets.min() == sheets.max():  # as nearly all are: no need to look for a cut
            parts = [dense - [sheets[0] * 360.0, 0.0]]
        else:
            parts = split_at_antimeridian(dense, self.center_lon)
        for part in parts:
            inward = np.clip(part[:, 0], self.center_lon - 179.9999, self.center_lon + 179.9999)
            xy = self.points(np.column_stack([inward, part[:, 1]]))
            pieces += [piece for piece in _runs(xy) if len(piece) > 1]
        return pieces

    def areas(
        self, shapes: Iterable[Any], *, feedback: Feedback | None = None
    ) -> npt.NDArray[np.object_]:
        """Return polygons on the plane, shape (n,), cut where the map ends; empty if unseen.

        Parameters
        ----------
        shapes
            Shapely polygons or multipolygons in EPSG:4326, longitudes within [-180, 180]; None
            gives an empty polygon.
        """
        listed = np.array([*shapes, None], dtype=object)[:-1]
        if not self.is_disc:
            listed = self._turned(listed)
        feedback = feedback or Feedback()
        whole, hidden = self._plainly_seen(listed)
        out = np.full(len(listed), shapely.Polygon(), dtype=object)
        # most shapes neither reach the edge of the map nor have to be cut: those go together
        for rows in np.split(np.flatnonzero(whole), range(_AT_ONCE, int(whole.sum()), _AT_ONCE)):
            feedback.check(0.0, "Projecting areas")
            out[rows] = self._onto(listed[rows])
        cut = np.flatnonzero(~(whole | hidden | shapely.is_missing(listed)))
        for number, i in enumerate(cut):
            feedback.check(number / len(cut), "Projecting areas")
            shape = listed[i]
            if not shape.is_empty:
                out[i] = self._disc_area(shape) if self.is_disc else self._seam_area(shape)
        return out

    @property
    def _seam(self) -> tuple[float, float]:
        """Degrees of longitude where the map ends at left and right."""
        half = CONE if self.kind.proj == "lcc" else 180.0
        return self.center_lon - half, self.center_lon + half

    def _plainly_seen(self, listed: npt.NDArray[np.object_]) -> tuple[_Flags, _Flags]:
        """Return which polygons are seen whole and which are not seen, shape (n,) each.

        On a disc neither is certain near the horizon, at 180 degrees, and around the centre.
        """
        count = len(listed)
        areas = np.isin(shapely.get_type_id(listed), _AREAS) & ~shapely.is_empty(listed)
        west, south, east, north = shapely.bounds(listed).T
        if not self.is_disc:
            left, right = self._seam
            inner = (west >= left) & (east <= right) & (south >= self.south) & (north <= self.north)
            return areas & inner, (north <= self.south) | (south >= self.north)
        at, owner = shapely.get_coordinates(listed, return_index=True)
        center = np.full(len(at), self.center_lon), np.full(len(at), self.center_lat)
        away = np.degrees(np.asarray(WGS84.inv(*center, *at.T)[2]) / _MEAN_RADIUS)
        near, far = np.full(count, np.inf), np.full(count, -np.inf)
        np.minimum.at(near, owner, away)
        np.maximum.at(far, owner, away)
        inner = (np.abs(west) < 180.0) & (np.abs(east) < 180.0)
        inner &= (np.abs(south) < 90.0) & (np.abs(north) < 90.0)
        whole = inner & (far < self.kind.horizon - _UNSURE)
        middle = (self.center_lon + 180.0) % 360.0 - 180.0, self.center_lat
        beside = (middle[0] < west) | (middle[0] > east)
        beside |= (middle[1] < south) | (middle[1] > north)
        hidden = inner & beside & (near > self.kind.horizon + _UNSURE)
        return areas & whole, hidden

    def _onto(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Return polygons of lon, lat that are seen whole on the plane."""

        def forward(at: Floats) -> Floats:
            return np.column_stack(self._forward.transform(self._inward(at[:, 0]), at[:, 1]))

        dense = shapely.segmentize(shapes, _STEP)
        planes: npt.NDArray[np.object_] = shapely.transform(dense, forward)
        for i in np.flatnonzero(~shapely.is_valid(planes)):
            planes[i] = _mended(planes[i])
        return planes

    def _inward(self, lon: Floats) -> Floats:
        """Return longitudes off the seam, where a position has two places on the plane."""
        left, right = self._seam
        return lon if self.is_disc else np.clip(lon, left + _OFF_SEAM, right - _OFF_SEAM)

    def _seam_area(self, shape: Any) -> Any:
        parts = shapely.get_parts(_polygons(shape))
        west, _, east, _ = shapely.bounds(parts).T
        # islands are nothing to cut; at 180 degrees the data are cut, and that is to be joined
        apart = (west > -_DATA_CUT) & (east < _DATA_CUT)
        parts = self._turned(parts)
        apart &= self._plainly_seen(parts)[0]
        whole = parts[apart]
        if not apart.all():
            cut = self._cut(parts[~apart])
            whole = np.concatenate([shapely.get_parts(cut), whole])
        joined = whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole.tolist())
        return self._onto(np.array([joined], dtype=object))[0]

    def _turned(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Return shapes a turn on where they are beyond the seam."""
        west, _, east, _ = shapely.bounds(shapes).T
        left, right = self._seam
        turned = shapes.copy()
        for turn, beyond in ((360.0, east <= left), (-360.0, west >= right)):
            turned[beyond] = shapely.transform(
                shapes[beyond], lambda at, by=turn: at + np.array([by, 0.0])
            )
        return turned

    def _cut(self, parts: npt.NDArray[np.object_]) -> Any:
        """Return what is seen of polygons, cut and joined again where the seam asks for it."""
        left, right = self._seam
        window = shapely.box(left, self.south, right, self.north)
        bad = ~shapely.is_valid(parts)
        parts[bad] = shapely.make_valid(parts[bad])
        pieces: list[Any] = []
        for turn in (-360.0, 0.0, 360.0):
            moved = shapely.transform(parts, lambda at, by=turn: at + np.array([by, 0.0]))
            west, _, east, _ = shapely.bounds(moved).T
            whole, hidden = self._plainly_seen(moved)
            over = (east > left) & (west < right) & ~whole & ~hidden
            pieces += [*moved[whole], *shapely.intersection(moved[over], window)]
        return _polygons(
            pieces[0] if len(pieces) == 1 else shapely.union_all(pieces, grid_size=1e-7)
        )

    def _disc_area(self, shape: Any) -> Any:
        # the point opposite has no place on the plane: take it and what is around it out
        antipode = shapely.Point((self.center_lon + 360.0) % 360.0 - 180.0, -self.center_lat)
        near_pole = abs(self.center_lat) > 85.0
        missing = antipode.buffer(0.5)
        if near_pole:
            pole = np.copysign(90.0, antipode.y)
            missing = shapely.box(-180.0, pole, 180.0, antipode.y - np.copysign(0.5, pole))
        parts = []
        for polygon in shapely.get_parts(_polygons(shape)):
            holed = polygon
            around = polygon.intersects(antipode) and not near_pole
            if around or polygon.intersects(missing):
                holed = shapely.difference(polygon, missing)
            for part in shapely.get_parts(_polygons(shapely.segmentize(holed, _STEP))):
                rings = [part.exterior, *part.interiors]
                flat = [shapely.Polygon(self._equal_area_of(ring)) for ring in rings]
                mended = [shapely.make_valid(each) for each in flat]
                if around:  # the rings are inside out: what lies between them is the area
                    parts.append(reduce(shapely.symmetric_difference, mended))
                elif len(mended) > 1:
                    parts.append(shapely.difference(mended[0], shapely.union_all(mended[1:])))
                else:
                    parts.append(mended[0])
        joined = _polygons(shapely.union_all(parts, grid_size=_DISSOLVE))
        visible = _polygons(shapely.intersection(joined, self._equal_area_disc))
        if visible.is_empty:
            return visible

        def onto(at: Floats) -> Floats:
            return np.column_stack(self._from_equal_area.transform(at[:, 0], at[:, 1]))

        return _mended(shapely.transform(visible, onto))

    def _equal_area_of(self, ring: Any) -> Floats:
        lon, lat = shapely.get_coordinates(ring).T
        return np.column_stack(self._to_equal_area.transform(lon, lat))

    @cached_property
    def _equal_area_disc(self) -> shapely.Polygon:
        x, y = self._to_equal_area.transform(*self._horizon.T)
        return shapely.Polygon(np.column_stack([x, y]))

    def seen_from(self, extent: Box) -> Box | None:
        """Return west, south, east, north of what a rectangle of the plane shows, with a margin.

        West and east lie within 360 degrees of the centre and may leave [-180, 180]; None where
        the rectangle reaches beyond the map or holds a pole.
        """
        x, y = np.meshgrid(
            np.linspace(extent[0], extent[2], 33), np.linspace(extent[1], extent[3], 33)
        )
        lon, lat = self._forward.transform(x.ravel(), y.ravel(), direction="INVERSE")
        if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            return None
        away = (np.asarray(lon) - self.center_lon + 180.0) % 360.0 - 180.0
        wide, high = float(np.ptp(away)), float(np.ptp(lat))
        if wide > 180.0 or np.abs(lat).max() > 88.0:
            return None
        west, east = self.center_lon + away.min(), self.center_lon + away.max()
        margin = 0.1 * max(wide, high)
        return (
            float(west - margin),
            float(np.min(lat) - margin),
            float(east + margin),
            float(np.max(lat) + margin),
        )

    def km_per_meter(self, lat: float, lon: float | None = None) -> float:
        """Return true kilometres per metre of map, east to west at a position."""
        at = self.center_lon if lon is None else lon
        ends = np.array([(at - 0.5, lat), (at + 0.5, lat)])
        xy = self.points(ends)
        meters = WGS84.inv(*ends[0], *ends[1])[2]
        return float(meters / 1000.0 / np.hypot(*(xy[1] - xy[0])))


def projection_for(
    name: str, *, bounds: Box | None = None, center_lon: float | None = None
) -> Projection:
    """Return a projection fitted to what is to be shown.

    Parameters
    ----------
    name
        A name of `PROJECTIONS`; any other raises `GisappError`.
    bounds
        West, south, east, north in degrees; None is the world.
    center_lon
        Central meridian in degrees; None fits it to the bounds.
    """
    if name not in PROJECTIONS:
        raise GisappError(
            "unknown_projection",
            f'There is no projection called "{name}".',
            f"Known: {', '.join(PROJECTIONS)}.",
        )
    kind = PROJECTIONS[name]
    lon, lat = bounds_center(bounds) if bounds else (WORLD_CENTER, 20.0)
    lon = lon if center_lon is None else center_lon
    south, north = (kind.south, kind.north) if bounds else (kind.world_south, kind.world_north)
    text = f"+proj={kind.proj} +lon_0={lon} +datum=WGS84"
    if kind.proj == "lcc":
        lat = lat if bounds else 40.0
        low, high = (bounds[1], bounds[3]) if bounds else (25.0, 60.0)
        first, second = low + (high - low) / 6.0, high - (high - low) / 6.0
        if abs(first + second) < 4.0:  # a cone around the equator is a cylinder
            first, second = (first + 3.0, second + 3.0)
        south, north = (-45.0, 89.0) if first + second > 0.0 else (-89.0, 45.0)
        text += f" +lat_0={lat} +lat_1={first} +lat_2={second}"
    elif kind.name in ("north_polar", "south_polar"):
        lat = 90.0 if kind.name == "north_polar" else -90.0
        lon = center_lon if center_lon is not None else (lon if bounds else 0.0)
        text = f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84"
    elif kind.family == "disc":
        text += f" +lat_0={lat}"
    return Projection(kind, lon, lat, CRS.from_proj4(text), south, north)


def _sphere_lonlat(crs: CRS) -> CRS:
    geodetic = crs.geodetic_crs
    return geodetic if geodetic is not None else CRS.from_epsg(4326)


def _densified_path(path: Floats) -> Floats:
    if len(path) < 2:
        return path
    steps = np.diff(path, axis=0)
    counts = np.maximum(np.ceil(np.abs(steps).max(axis=1) / _STEP), 1).astype(int)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    part = (np.arange(counts.sum()) - first) / np.repeat(counts, counts)
    start, step = np.repeat(path[:-1], counts, axis=0), np.repeat(steps, counts, axis=0)
    return np.concatenate([start + step * part[:, None], path[-1:]])


def _runs(xy: Floats) -> list[Floats]:
    known = np.isfinite(xy).all(axis=1)
    edges = np.flatnonzero(np.diff(known)) + 1
    return [run for run in np.split(xy, edges) if np.isfinite(run[0]).all()]


def _polygons(geometry: Any) -> Any:
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _mended(geometry: Any) -> Any:
    if shapely.is_valid(geometry):
        return geometry
    return _polygons(shapely.make_valid(geometry))
