"""Isodistance surfaces: how far every place on land is from the nearest plant that counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Final

import contourpy
import numpy as np
import shapely
from scipy.ndimage import distance_transform_edt

from gisapp.analysis.distance_terms import NOTHING_AVOIDED, DistanceQuery
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.kept_arrays import read_arrays, write_arrays
from gisapp.analysis.nearest import nearest
from gisapp.analysis.network.journey import Avoidance
from gisapp.analysis.plants import PlantFilter, pair
from gisapp.analysis.selection import Facilities
from gisapp.model.facts import Facts
from gisapp.model.features import Features, Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.numbers import NO_BREAK, whole
from gisapp.model.vocabulary import MINERALS

#: Kilometres of ways from places to the nearest source, as `network.spread.spread_km`.
Spread = Callable[[Floats, Floats, Avoidance, Feedback | None], Floats]

#: Degrees from a cell to the next.
STEP: Final = 0.5
#: Where people mine and refine; Antarctica is not asked.
SOUTH, NORTH = -58.0, 84.0
#: Limits of bands are of these, so that a legend is read without thought.
ROUND_KM: Final = (
    *(50, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000),
    *(6000, 7500, 10_000, 12_500, 15_000, 20_000),
)
#: Bands of a map that are still told apart by their colours.
MOST_BANDS: Final = 7
#: What the legend calls land without a distance.
UNREACHED: Final = "no road or railway"
_CHUNK: Final = 50_000


@dataclass(frozen=True, eq=False)
class Surface:
    """Kilometres to the nearest plant on a grid.

    Parameters
    ----------
    lon, lat
        Degrees of the columns and rows, shapes (w,) and (h,), ascending; the first and the last
        column are the same meridian.
    km
        Shape (h, w); infinite where no way leads, NaN at sea where it is along ways.
    plants
        How many plants count.
    sources
        Titles of the layers that they come from.
    """

    lon: Floats
    lat: Floats
    km: Floats
    plants: int
    sources: tuple[str, ...] = ()


def plants_that_count(
    query: DistanceQuery,
    plants: Sequence[Layer],
    facts: Facts | None = None,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> Facilities:
    """Return the plants of a distance query that take what some deposit of the mineral ships.

    Raises
    ------
    GisappError
        `no_plant` where none counts; as `distance.distance`.
    """
    wanted = PlantFilter(**{f.name: getattr(query, f.name) for f in fields(PlantFilter)})
    pairing = pair(wanted, (), plants, facts, jurisdictions=jurisdictions, feedback=feedback)
    works = pairing.works.take(pairing.inside)
    if not len(works):
        inside = f" inside {query.within_title}" if query.within_title else ""
        raise GisappError(
            "no_plant",
            f"No {query.to.label.lower()} for {MINERALS[query.mineral].lower()}{inside} counts.",
            "Choose another mineral, alliance or date.",
        )
    return works


def surface(
    works: Facilities,
    land: Layer,
    *,
    step: float = STEP,
    spread: Spread | None = None,
    avoid: Avoidance = NOTHING_AVOIDED,
    cache: Path | None = None,
    feedback: Feedback | None = None,
) -> Surface:
    """Return the distances of a grid over the land.

    Parameters
    ----------
    works
        The plants that count.
    land
        Polygons. Ways are looked for from every cell on land, and from every island that is too
        small for a cell.
    step
        Degrees from a cell to the next; a divisor of 180.
    spread
        Measures along ways; None measures geodesics.
    cache
        Folder in which grids are kept, by what they are made of.

    Raises
    ------
    Cancelled
        If the feedback was cancelled.
    """
    lon = np.linspace(-180.0, 180.0, round(360.0 / step) + 1)
    lat = np.arange(SOUTH, NORTH + step / 2.0, step)
    sources = np.unique(works.lonlat[works.placed], axis=0)
    path = None if cache is None else cache / f"{_key(sources, lon, lat, spread, avoid)}.npz"
    kept = None if path is None else read_arrays(path, "km")
    if kept is not None and kept[0].shape == (len(lat), len(lon)):
        return Surface(lon, lat, kept[0], len(works), works.layer_sources)
    cells = np.column_stack([grid.ravel() for grid in np.meshgrid(lon[:-1], lat)])
    if feedback is not None:
        feedback.check(0.1, "Distance to the nearest plant")
    if spread is None:
        km = nearest(cells, sources, feedback=feedback).km[:, 0]
    else:
        on_land, places = _places(cells, land, lat, step, feedback)
        km = np.full(len(cells), np.nan)
        km[on_land] = spread(sources, places[on_land], avoid, feedback)
    grid = km.reshape(len(lat), len(lon) - 1)
    grid = np.column_stack([grid, grid[:, 0]])
    if path is not None:
        write_arrays(path, km=grid)
    return Surface(lon, lat, grid, len(works), works.layer_sources)


def _places(
    cells: Floats, land: Layer, lat: Floats, step: float, feedback: Feedback | None
) -> tuple[np.ndarray, Floats]:
    """Return which cells are on land, and where: an island without a cell lends its place."""
    index = JurisdictionIndex(land)
    on_land = np.zeros(len(cells), dtype=bool)
    for first in range(0, len(cells), _CHUNK):
        if feedback is not None:
            feedback.check(0.1, "Cells on land")
        part = slice(first, first + _CHUNK)
        on_land[part] = index.country_of(cells[part], coast_km=0.0) != ""
    places = cells.copy()
    inside = shapely.get_coordinates(shapely.point_on_surface(_islands(land, step)))
    row = np.round((inside[:, 1] - lat[0]) / step).astype(np.int64)
    width = len(cells) // len(lat)
    column = np.round((inside[:, 0] + 180.0) / step).astype(np.int64) % width
    seen = (row >= 0) & (row < len(lat))
    at = row[seen] * width + column[seen]
    small = ~on_land[at]
    places[at[small]] = inside[seen][small]
    on_land[at[small]] = True
    return on_land, places


def _islands(land: Layer, step: float) -> np.ndarray:
    """Return the polygons that may have no cell in them."""
    parts = shapely.get_parts(land.features.geometry)
    west, south, east, north = shapely.bounds(parts).T
    return np.asarray(parts[(east - west < 2.0 * step) | (north - south < 2.0 * step)])


def limits(found: Surface) -> tuple[float, ...]:
    """Return round limits of at most `MOST_BANDS` bands that hold about equally many cells.

    The last limit is at least the largest distance.
    """
    known = found.km[np.isfinite(found.km)]
    if not len(known):
        return ()
    weight = np.cos(np.radians(np.broadcast_to(found.lat[:, None], found.km.shape)))
    values, areas = known, weight[np.isfinite(found.km)]
    order = np.argsort(values)
    share = np.cumsum(areas[order]) / areas.sum()
    round_km = np.array(ROUND_KM, dtype=float)
    chosen: set[float] = set()
    for part in np.arange(1, MOST_BANDS) / MOST_BANDS:
        quantile = values[order][np.searchsorted(share, part)]
        chosen.add(float(round_km[np.argmin(np.abs(np.log(round_km / max(quantile, 1.0))))]))
    top = float(values.max())
    last = next((float(limit) for limit in ROUND_KM if limit >= top), float(np.ceil(top)))
    return (*sorted(limit for limit in chosen if limit < last), last)


def bands(found: Surface, land: Layer, *, feedback: Feedback | None = None) -> Features:
    """Return a surface as areas between round limits, nearest first.

    Parameters
    ----------
    land
        Polygons that the areas end at; the coarser they are the quicker it is.

    Returns
    -------
    Features
        Multipolygons with the columns low_km and high_km, kilometres, and label. A last one
        without limits (NaN) is the land that no way leads from, where there is such land.
    """
    edges = limits(found)
    on_land = ~np.isnan(found.km)
    lost = _spread_out(np.where(np.isinf(found.km), 1.0, 0.0), on_land)
    unreached = _between(found, lost, 0.5, 2.0) if lost.any() else shapely.Polygon()
    km = _spread_out(found.km, np.isfinite(found.km))
    coast = shapely.union_all(land.features.geometry)
    # the nearest band begins at the plants themselves
    wanted = [(low, high, km) for low, high in pairwise((-1.0, *edges))]
    shapes: list[shapely.Geometry] = []
    ends: list[tuple[float, float, str]] = []
    for number, (low, high, values) in enumerate(wanted):
        if feedback is not None:
            feedback.check(0.7 + 0.3 * number / len(wanted), "Contours")
        area = shapely.difference(_between(found, values, low, high), unreached)
        shapes.append(shapely.intersection(area, coast))
        ends.append((max(low, 0.0), high, _label(low, high)))
    shapes.append(shapely.intersection(unreached, coast))
    ends.append((np.nan, np.nan, UNREACHED))
    there = [i for i, shape in enumerate(shapes) if not shape.is_empty]
    return Features.from_shapes(
        _of_polygons([shapes[i] for i in there]),
        {
            "low_km": np.array([ends[i][0] for i in there]),
            "high_km": np.array([ends[i][1] for i in there]),
            "label": np.array([ends[i][2] for i in there], dtype=object),
        },
    )


def _label(low: float, high: float) -> str:
    start = "up to " if low <= 0.0 else f"{whole(low)}\N{EN DASH}"
    return f"{start}{whole(high)}{NO_BREAK}km"


def _spread_out(km: Floats, known: np.ndarray) -> Floats:
    """Return the grid with every unknown cell as the nearest known one, round the world."""
    if known.all():
        return km
    width = km.shape[1] - 1
    wide = np.hstack([known[:, :-1]] * 3)
    rows, columns = distance_transform_edt(~wide, return_distances=False, return_indices=True)
    middle = slice(width, 2 * width)
    filled = km[rows[:, middle], columns[:, middle] % width]
    return np.column_stack([filled, filled[:, 0]])


def _between(found: Surface, values: Floats, low: float, high: float) -> shapely.Geometry:
    """Return where the values of a grid are between limits, as one valid geometry."""
    generator = contourpy.contour_generator(
        found.lon, found.lat, values, fill_type=contourpy.FillType.OuterOffset
    )
    # outer rings with their holes, and where each ring begins
    points, offsets = generator.filled(low, high)[:2]
    made = []
    for ring, ends in zip(points, offsets, strict=True):
        if ring is not None and ends is not None:
            rings = [ring[a:b] for a, b in pairwise(ends.tolist())]
            made.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.union_all(shapely.make_valid(np.array(made, dtype=object)))


def _of_polygons(shapes: list[shapely.Geometry]) -> np.ndarray:
    """Return multipolygons: where areas touch in a point or line, that is no area."""
    clean = np.empty(len(shapes), dtype=object)
    for i, shape in enumerate(shapes):
        parts = shapely.get_parts(shape)
        clean[i] = shapely.multipolygons([p for p in parts if p.geom_type == "Polygon"])
    return clean


def _key(sources: Floats, lon: Floats, lat: Floats, spread: Spread | None, avoid: Avoidance) -> str:
    """Return the name of a grid in the cache: what it is made of."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (sources, lon, lat):
        digest.update(f"{part.shape}".encode() + np.ascontiguousarray(part).tobytes())
    digest.update(getattr(spread, "digest", "geodesic" if spread is None else "route").encode())
    kept_from = (avoid.passages, avoid.opened, avoid.countries, {avoid.ship})
    digest.update(" | ".join(" ".join(sorted(words)) for words in kept_from).encode())
    return f"surface-{digest.hexdigest()}"
