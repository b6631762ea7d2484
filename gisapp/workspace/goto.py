"""Where to look: coordinates as people write them, names, and boxes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.data.shipped import load_layer
from gisapp.model.features import Features, Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.rows import RowSet
from gisapp.model.vocabulary import Role
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.state import Filter, LayerEntry, MapView, ProjectState

_NUMBER: Final = r"[+\-\u2212]?\d+(?:\.\d+)?"
_ANGLE: Final = re.compile(
    rf"""\s*(?P<before>[NSEW])?\s*
    (?P<degrees>{_NUMBER})\s*(?:°|d|deg)?\s*
    (?:(?P<minutes>\d+(?:\.\d+)?)\s*(?:['\u2032\u2019m])\s*
       (?:(?P<seconds>\d+(?:\.\d+)?)\s*(?:["\u2033\u201d]|''|s\b))?\s*)?
    (?(before)|(?P<after>[NSEW])?)\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_NEAR_ZOOM: Final = 8.0
#: Leaflet zoom at which the neighbourhood of a place is still seen.
_NEAREST: Final = 8.5
#: A map of ordinary size in pixels at Leaflet's 256 pixels for the world at zoom 0.
_MAP_PIXELS: Final = (900.0, 640.0)
_NORTHMOST: Final = 80.0
#: Degrees without any shape that are too few to begin a map behind them.
_LITTLE: Final = 30
#: Shapes looked at between two looks at whether they go around the world.
_SHAPES: Final = 2_000
_HALF_WORLD: Final = 180.0
_SLICE: Final = 50_000


def find_place(
    text: str,
    state: ProjectState,
    countries: Mapping[str, str],
    *,
    feedback: Feedback | None = None,
) -> MapView:
    """Return the view of a coordinate, of a facility or of a country.

    Parameters
    ----------
    text
        "-23.5, 119.3" (latitude first), "119.3 E 23.5 S", "23°30'S 119°18'E", or a name or a
        part of it.
    state
        The project whose visible layers are searched, topmost first.
    countries
        English names by ISO alpha-3 code.

    Raises
    ------
    GisappError
        `bad_coordinate` if numbers are out of range, `unknown_place` if nothing has the name.
    """
    position = parse_coordinate(text)
    if position is not None:
        return MapView(*position, max(state.view.zoom, _NEAR_ZOOM))
    word = text.strip().casefold()
    if not word:
        raise GisappError("empty_place", "No place was named.", "Type a coordinate or a name.")
    found = (
        _named(state, lambda name: name == word, feedback)
        or _country(word, countries)
        or _named(state, lambda name: name.startswith(word), feedback)
        or _named(state, lambda name: word in name, feedback)
    )
    if found is None:
        raise GisappError(
            "unknown_place",
            f'No facility or country on the map is called "{text.strip()}".',
            "Type a part of a name, or a coordinate such as -23.5, 119.3 (latitude first).",
        )
    return found


def parse_coordinate(text: str) -> tuple[float, float] | None:
    """Return longitude and latitude in degrees, or None where the text is no coordinate.

    Without letters latitude comes first, unless only the other order is possible.
    """
    first = _ANGLE.match(text)
    if first is None:
        return None
    rest = text[first.end() :].lstrip(" ,;/")
    second = _ANGLE.fullmatch(rest)
    if second is None:
        return None
    (a, letter_a), (b, letter_b) = _degrees(first), _degrees(second)
    if "" not in (letter_a, letter_b) and (letter_a in "NS") == (letter_b in "NS"):
        raise _bad(text, "names the same axis twice")
    if letter_a and not letter_b:
        letter_b = "E" if letter_a in "NS" else "N"
    elif letter_b and not letter_a:
        letter_a = "N" if letter_b in "EW" else "E"
    lat_first = letter_a in "NS" if letter_a else abs(a) <= 90.0
    lat, lon = (a, b) if lat_first else (b, a)
    if not (abs(lat) <= 90.0 and abs(lon) <= 180.0):
        raise _bad(text, "is out of range")
    return lon, lat


def fit(bounds: tuple[float, float, float, float]) -> MapView:
    """Return a view of a box: west, south, east, north in degrees; east may exceed 180.

    The zoom suits a window of ordinary size, and shows coasts and borders around a small box: sites
    of one valley say nothing alone. North beyond 80 degrees is cut, as on the map.
    """
    west, south, east, north = bounds
    if east < west:
        east += 360.0
    low, high = _mercator(max(south, -_NORTHMOST)), _mercator(min(north, _NORTHMOST))
    width = max((east - west) / 360.0, 1e-6)
    height = max((high - low) / (2.0 * math.pi), 1e-6)
    zoom = math.log2(min(_MAP_PIXELS[0] / 256.0 / width, _MAP_PIXELS[1] / 256.0 / height)) - 0.2
    lat = math.degrees(2.0 * math.atan(math.exp((low + high) / 2.0)) - math.pi / 2.0)
    lon = ((west + east) / 2.0 + 180.0) % 360.0 - 180.0
    return MapView(lon, lat, min(max(zoom, 1.5), _NEAREST))


def box_of(layers: Iterable[Layer]) -> tuple[float, float, float, float] | None:
    """Return the smallest box around layers: west, south, east, north in degrees, as `fit` takes.

    Where that is the smaller one it goes across 180 degrees, and east exceeds 180. None where
    nothing has a position.
    """
    placed = [layer.features for layer in layers if layer.features.bounds is not None]
    boxes = np.array([features.bounds for features in placed], dtype=np.float64)
    if not len(boxes):
        return None
    (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    if east - west > _HALF_WORLD:
        west, east = _arc(np.concatenate([_spans(features) for features in placed]))
    return float(west), float(south), float(east), float(north)


def _spans(features: Features) -> Floats:
    """Return west and east of every part of features, degrees, shape (m, 2).

    Of points, west and east of every degree that holds one: a million need no sorting.
    """
    taken = np.zeros(361, dtype=np.bool_)
    if features.is_points:
        lon = features.lonlat[np.isfinite(features.lonlat).all(axis=1), 0]
        taken[np.clip(lon + _HALF_WORLD, 0, 360).astype(np.int64)] = True
        west = np.flatnonzero(taken) - _HALF_WORLD
        return np.column_stack([west, west + 1.0])
    found = [np.empty((0, 2))]
    for start in range(0, len(features), _SHAPES):
        parts = shapely.get_parts(features.geometry[start : start + _SHAPES])
        spans = shapely.bounds(parts)[:, [0, 2]]
        spans = spans[np.isfinite(spans).all(axis=1)]
        for first, last in np.clip(spans + _HALF_WORLD, 0, 360).astype(np.int64).tolist():
            taken[first : last + 1] = True
        if np.diff(np.flatnonzero(taken), prepend=0, append=360).max() < _LITTLE:
            return np.array([features.bounds])[:, [0, 2]]  # around the world, whatever follows
        found.append(spans)
    return np.concatenate(found)


def _arc(spans: Floats) -> tuple[float, float]:
    """Return the shortest arc of longitudes that holds all spans: all but their widest gap."""
    spans = spans[np.argsort(spans[:, 0])]
    reached = np.maximum.accumulate(spans[:, 1])
    gaps = spans[1:, 0] - reached[:-1]
    around = spans[0, 0] + 360.0 - reached[-1]
    if not len(gaps) or gaps.max() <= around:
        return float(spans[0, 0]), float(reached[-1])
    widest = int(gaps.argmax())
    return float(spans[widest + 1, 0]), float(reached[widest]) + 360.0


def hits_in_box(
    entry: LayerEntry, state: ProjectState, box: tuple[float, float, float, float]
) -> RowSet:
    """Return the shown rows that stand in a box: west, south, east, north in degrees.

    A west greater than east, or an east beyond 180, is a box across 180 degrees. Lines and
    polygons stand where a point inside them does.
    """
    west, south, east, north = box
    span = (east - west) % 360.0 if east - west < 360.0 else 360.0

    def inside(lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
        return (lat >= south) & (lat <= north) & ((lon - west) % 360.0 <= span)

    features = entry.layer.features
    if features.is_points:  # of a million, the quick question first
        lon, lat = features.lonlat.T
        rows = np.flatnonzero((lat >= south) & (lat <= north))
        rows = rows[inside(lon[rows], lat[rows])]
    else:  # a point inside a shape is sought only where the shape's own box does not tell
        low_lon, low_lat, high_lon, high_lat = shapely.bounds(features.geometry).T
        off, wide = (low_lon - west) % 360.0, high_lon - low_lon
        whole = (low_lat >= south) & (high_lat <= north) & (off + wide <= span)
        meets = (low_lat <= north) & (high_lat >= south)
        meets &= (off <= span) | (off + wide >= 360.0)
        doubtful = np.flatnonzero(meets & ~whole)
        middle = features.take(doubtful).lonlat
        rows = np.union1d(np.flatnonzero(whole), doubtful[inside(*middle.T)])
    shown = rows_shown(entry.layer, state.filter, state.question.mineral, entry.where)
    return RowSet(rows if shown is None else np.intersect1d(rows, shown, assume_unique=True))


def _degrees(match: re.Match[str]) -> tuple[float, str]:
    whole = match["degrees"].replace("\N{MINUS SIGN}", "-")
    size = abs(float(whole))
    for part, size_of in (("minutes", 60.0), ("seconds", 3600.0)):
        if match[part]:
            if float(match[part]) >= 60.0:
                raise _bad(match[0].strip(), f"has {match[part]} {part}")
            size += float(match[part]) / size_of
    letter = (match["before"] or match["after"] or "").upper()
    negative = whole.startswith("-") != (letter in {"S", "W"})
    return (-size if negative else size), letter


def _bad(text: str, why: str) -> GisappError:
    return GisappError(
        "bad_coordinate",
        f'The coordinate "{text.strip()}" {why}.',
        "Write latitude (-90 to 90), then longitude (-180 to 180).",
    )


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))


def named_rows(entry: LayerEntry) -> Iterator[tuple[int, str]]:
    """Yield row and name of what is found by its name: sites of a layer that is shown.

    A row that the layer's condition leaves out is not found either; the project's filter is about
    what counts, and leaves a site where it is.
    """
    layer = entry.layer
    names = layer.values("name")
    if names is None or not entry.visible or layer.role is Role.JURISDICTION:
        return
    shown = rows_shown(layer, Filter(), None, entry.where)
    rows = np.arange(len(names)) if shown is None else shown
    for start in range(0, len(rows), _SLICE):
        part = rows[start : start + _SLICE]
        for row, name in zip(part.tolist(), names[part].tolist(), strict=True):
            if isinstance(name, str):
                yield row, name


def _named(
    state: ProjectState, test: Callable[[str], bool], feedback: Feedback | None
) -> MapView | None:
    for entry in state.layers:
        for count, (row, name) in enumerate(named_rows(entry)):
            if feedback is not None and not count % _SLICE:
                feedback.check()
            if test(name.casefold()):
                lon, lat = entry.layer.features.lonlat[row]
                if math.isfinite(lon):
                    return MapView(float(lon), float(lat), max(state.view.zoom, _NEAR_ZOOM))
    return None


def _country(word: str, countries: Mapping[str, str]) -> MapView | None:
    codes = [code for code, name in countries.items() if word in {name.casefold(), code.casefold()}]
    layer = load_layer("jurisdictions_simple")
    rows = np.flatnonzero(np.isin(layer.features.columns["iso"].astype(str), codes))
    return _land(layer, rows) if len(rows) else None


def _land(layer: Layer, rows: npt.NDArray[np.int64]) -> MapView | None:
    """Look at the largest part of a country: Fiji or the Aleutians would else show the world."""
    parts = shapely.get_parts(layer.features.geometry[rows])
    if not len(parts):
        return None
    boxes = shapely.bounds(parts[np.argsort(shapely.area(parts))[-1:]])
    west, south, east, north = (float(v) for v in boxes[0])
    return fit((west, south, east, north))
