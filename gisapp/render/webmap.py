"""A picture as the web map draws it: GeoJSON of small layers with looks, tiles of large ones."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.model.geodesy import unroll
from gisapp.model.layer import Layer
from gisapp.model.numbers import NO_BREAK, number, whole
from gisapp.model.vocabulary import MINERALS, Precision, Status
from gisapp.render.density_tiles import ClusterTiles, HeatTiles
from gisapp.render.drawn import drawn_rows, field_of, is_indicative, text_of
from gisapp.render.flow_scale import busiest
from gisapp.render.layer_labels import layer_labels
from gisapp.render.looks import Looks, area_looks, line_looks, point_looks, resized
from gisapp.render.picture import Brand, Connection, DrawnLayer, Picture, Theme, base_of
from gisapp.render.shape_index import shape_index
from gisapp.render.shapes import ICONS, SHAPES, rings_of
from gisapp.render.symbology import (
    FADED_OPACITY,
    WORLD_SIZE,
    Symbol,
    connection_line,
    palette,
    status_title,
)
from gisapp.render.tiles import PointTiles, ShapeTiles, TileSource

#: More features or vertices than this are drawn as tiles.
MOST_FEATURES: Final = 5_000
MOST_VERTICES: Final = 60_000
_SIZE_STEP: Final = 0.11
_DIGITS: Final = 4  # of a degree: some ten metres
_NAME_COLUMNS: Final = ("name", "title", "label", "id")

Json = dict[str, Any]
NO_NAMES: Final[Mapping[str, str]] = {}


def to_json(value: Any) -> str:
    """Return JSON that may stand in a script element: no "<", no NaN, ASCII alone."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def theme_json(theme: Theme) -> Json:
    """Return the palette, the house's font and the shapes of symbols for the script."""
    return {
        "name": base_of(theme).value,
        "colors": {k: v for k, v in asdict(palette(theme)).items() if isinstance(v, str)},
        "family": theme.family if isinstance(theme, Brand) else "",
        "shadeAlpha": palette(theme).shade_alpha,
        "shapes": {shape: rings_of(shape) for shape in (*SHAPES, *ICONS)},
    }


def is_large(drawn: DrawnLayer) -> bool:
    """Return whether a layer is drawn as tiles."""
    features = drawn.layer.features
    count = len(features) if drawn.rows is None else len(drawn.rows)
    style = drawn.layer.style
    if count > MOST_FEATURES or style.heat is not None or style.clusters is not None:
        return True
    if features.is_points:
        return False
    shapes = features.geometry[drawn_rows(drawn)]
    return int(shapely.get_num_coordinates(shapes).sum()) > MOST_VERTICES


def has_areas(drawn: DrawnLayer) -> bool:
    """Return whether a layer would cover the tiles below it, were it not one of them."""
    return "Polygon" in drawn.layer.features.geometry_type


def tiled(picture: Picture) -> tuple[bool, ...]:
    """Return which layers are drawn as tiles: the large ones, and areas that lie below such."""
    found: list[bool] = []
    for drawn in reversed(picture.layers):
        found.insert(0, is_large(drawn) or (any(found) and has_areas(drawn)))
    return tuple(found)


def attribution(picture: Picture) -> str:
    """Return the line of data sources, "Natural Earth" first for the basemap."""
    names = ["Natural Earth"]
    for drawn in picture.layers:
        source = drawn.layer.source
        text = source.title or drawn.layer.name
        if source.date:
            text = f"{text} ({source.date})"
        if text not in names:
            names.append(text)
    return " · ".join(names[:4]) + (" …" if len(names) > 4 else "")


# --- features ---------------------------------------------------------------------------------


class _Table:
    """Distinct values in the order they came, by number."""

    def __init__(self) -> None:
        self.items: list[Json] = []
        self._known: dict[Any, int] = {}

    def number(self, key: Any, make: Callable[[], Json]) -> int:
        if key not in self._known:
            self._known[key] = len(self.items)
            self.items.append(make())
        return self._known[key]


def _symbol_json(symbol: Symbol) -> Json:
    return {key: value for key, value in asdict(symbol).items() if key != "opacity"}


_POINT, _LINE, _AREA = range(3)
#: What a geometry is drawn as, by its type; all others are areas.
_KIND: Final = {0: _POINT, 4: _POINT, 1: _LINE, 2: _LINE, 5: _LINE}


def layer_geojson(
    drawn: DrawnLayer,
    theme: Theme,
    *,
    top: float = 0.0,
    details: bool = False,
    countries: Mapping[str, str] = NO_NAMES,
) -> Json:
    """Return a small layer as a GeoJSON feature collection with its looks beside it.

    Each feature's properties are `r` its row, `s` the number of its look in `symbols`, `lines`
    or `areas`, `d` its diameter where it is weighted, `n` its name, `t` lines of its tooltip,
    and with `details` `c` pairs of label and value for a card. Longitudes of a line never jump:
    they leave [-180, 180] where it crosses the antimeridian.

    Parameters
    ----------
    top
        Weight of the largest symbol of the whole picture.
    countries
        Names by ISO alpha-3 code, where they shall stand in place of the codes.
    """
    layer, rows = drawn.layer, drawn_rows(drawn)
    geometry = layer.features.shapes_at(rows)
    names = _names(layer, rows)
    tips = _tips(layer, rows, countries)
    cards = _cards(layer, rows) if details else None
    kinds = [_KIND.get(int(kind), _AREA) for kind in shapely.get_type_id(geometry)]
    points = point_looks(drawn, theme, top=top) if _POINT in kinds else None
    lines = line_looks(drawn, theme) if _LINE in kinds else None
    areas = area_looks(drawn, theme) if _AREA in kinds else None
    index = [None if each is None else each.index.tolist() for each in (points, lines, areas)]
    sizes = None if points is None else points.sizes
    if sizes is not None and drawn.faded:
        sizes = np.minimum(sizes, WORLD_SIZE)  # what steps back says where, not how much
    features = []
    for i, shape in enumerate(geometry):
        if shape is None or shape.is_empty:
            continue
        looks = index[kinds[i]]
        properties: Json = {
            "r": int(rows[i]),
            "n": names[i],
            "t": tips[i],
            "s": 0 if looks is None else looks[i],
        }
        if kinds[i] == _POINT and sizes is not None:
            properties["d"] = round(float(sizes[i]), 1)
        if cards is not None:
            properties["c"] = cards[i]
        features.append(
            {"type": "Feature", "properties": properties, "geometry": _geometry_json(shape)}
        )
    return {
        "type": "FeatureCollection",
        "symbols": [_symbol_json(each) for each in points.symbols] if points else [],
        "lines": [asdict(each) for each in lines.symbols] if lines else [],
        "areas": [asdict(each) for each in areas.symbols] if areas else [],
        "weighted": sizes is not None,
        "features": features,
    }


def _names(layer: Layer, rows: npt.NDArray[np.int64]) -> list[str]:
    field = layer.style.label_field or layer.column_of("name")
    columns = layer.features.columns
    if field is None or field not in columns:
        field = next((name for name in _NAME_COLUMNS if name in columns), None)
    if field is None:
        return [f"{layer.name} {row + 1}" for row in rows.tolist()]
    return [text_of(value) for value in columns[field][rows]]


def _minerals(codes: str) -> str:
    titles = [MINERALS.get(code.strip(), code.strip()) for code in codes.split(";") if code.strip()]
    return ", ".join(titles[:3]) + (" …" if len(titles) > 3 else "")


def _status(code: str) -> str:
    return status_title(Status(code)) if code in set(Status) else code.capitalize()


def _tips(
    layer: Layer, rows: npt.NDArray[np.int64], countries: Mapping[str, str]
) -> list[list[str]]:
    """Return for each row the lines under its name: what it is, whose, and how exact."""
    kind = layer.role.label if layer.role.is_facility else layer.name
    columns = {
        name: field_of(layer, name, rows)
        for name in ("mineral", "status", "country", "owner", "owner_country", "precision")
    }
    likely = is_indicative(layer, rows)
    tips = []
    for i in range(len(rows)):
        at = {name: values[i] for name, values in columns.items()}
        first = " · ".join(t for t in (kind, _minerals(at["mineral"]), _status(at["status"])) if t)
        home = countries.get(at["owner_country"], at["owner_country"])
        owner = at["owner"] + (f" ({home})" if home else "")
        place = countries.get(at["country"], at["country"])
        second = " · ".join(t for t in (place, owner.strip()) if t)
        third = {
            Precision.REGION.value: "Position known by region only",
            Precision.LOCALITY.value: "Position to about 15 km",
        }.get(at["precision"], "")
        if likely[i]:
            third = "Indicative: a likely way, not a documented one"
        tips.append([line for line in (first, second, third) if line])
    return tips


_CARD: Final = {
    "process": "Process",
    "operator": "Operator",
    "listing": "Listed in",
    "start_year": "Start",
    "load_port": "Load port",
    "discharge_port": "Discharge port",
    "km": "Length, km",
    "drawn": "Way",
    "as_of": "As of",
    "source": "Source",
}


def _cards(layer: Layer, rows: npt.NDArray[np.int64]) -> list[list[tuple[str, str]]]:
    columns = {name: values[rows] for name, values in layer.features.columns.items()}
    amounts, unit = layer.values("capacity"), dict(layer.mapping.units).get("capacity", "")
    cards: list[list[tuple[str, str]]] = []
    for i in range(len(rows)):
        card = [
            (label, text_of(columns[name][i]).replace("_", " " if name == "process" else "_"))
            for name, label in _CARD.items()
            if name in columns and text_of(columns[name][i])
        ]
        capacity = "" if amounts is None else text_of(amounts[rows[i]])
        if capacity:
            about = [
                text_of(columns[name][i])
                for name in ("capacity_unit", "capacity_product", "capacity_kind", "capacity_year")
                if name in columns
            ]
            figure = capacity
            if amounts is not None and amounts.dtype.kind in "if":
                figure = number(float(amounts[rows[i]]))
            card.insert(0, ("Quantity", " ".join([figure, *filter(None, [unit, *about])])))
        if not card:
            card = [(name, text_of(v[i])) for name, v in list(columns.items())[:8] if text_of(v[i])]
        cards.append(card)
    return cards


def _round(xy: Floats) -> list[list[float]]:
    rounded: list[list[float]] = np.round(xy, _DIGITS).tolist()
    return rounded


def _geometry_json(shape: shapely.Geometry) -> Json:
    """Return a geometry with coordinates to 0.0001 degree (11 m)."""
    kind = shapely.get_type_id(shape)
    parts = shapely.get_parts(shape)
    if kind == 0:
        return {"type": "Point", "coordinates": _round(shapely.get_coordinates(shape))[0]}
    if kind == 4:
        return {"type": "MultiPoint", "coordinates": _round(shapely.get_coordinates(shape))}
    if kind in (1, 2, 5):
        paths = [_round(unroll(shapely.get_coordinates(part))) for part in parts]
        return {"type": "MultiLineString", "coordinates": paths}
    areas = [part for part in parts if shapely.get_type_id(part) == 3]
    rings = [[_round(shapely.get_coordinates(r)) for r in shapely.get_rings(a)] for a in areas]
    return {"type": "MultiPolygon", "coordinates": rings}


def connections_json(picture: Picture, theme: Theme) -> Json:
    """Return the distance lines with their looks, ends and kilometres."""
    looks = _Table()
    items = []
    most = busiest(picture.connections)
    for each in picture.connections:
        look = looks.number(
            (
                each.inside,
                each.restricted,
                None if math.isnan(each.tonnes) else each.tonnes,
                each.mode,
            ),
            lambda c=each: asdict(  # type: ignore[misc]
                connection_line(
                    theme,
                    inside=c.inside,
                    restricted=c.restricted,
                    number=len(picture.connections),
                    share=c.tonnes / most,
                    mode=c.mode,
                )
            ),
        )
        items.append(
            {
                "p": _round(each.path),
                "s": look,
                "km": _length(each),
                "n": f"{each.start_name} → {each.end_name}",
            }
        )
    return {"lines": looks.items, "items": items}


def _length(line: Connection) -> str:
    km = f"{whole(line.km)}{NO_BREAK}km"
    return km if math.isnan(line.tonnes) else f"{whole(line.tonnes)}{NO_BREAK}t/yr, {km}"


def labels_json(picture: Picture) -> list[Json]:
    """Return the names worth printing, most important first, then those that layers ask for."""
    named: list[Json] = [
        {"text": label.text, "at": [round(label.lonlat[0], 4), round(label.lonlat[1], 4)]}
        for label in picture.labels
    ]
    asked: list[Json] = [
        {
            "text": label.text,
            "at": [round(label.lonlat[0], 4), round(label.lonlat[1], 4)],
            "own": True,
            "size": label.style.size,
            "halo": label.style.halo,
            "zoom": max(label.style.min_zoom, drawn.layer.style.min_zoom),
        }
        for drawn in reversed(picture.layers)
        for label in layer_labels(drawn)
    ]
    return named + asked


def layer_tiles(drawn: DrawnLayer, theme: Theme) -> TileSource:
    """Return a large layer as tiles, prepared."""
    features = drawn.layer.features
    if "Point" in features.geometry_type:
        rows = drawn_rows(drawn)
        symbols, codes = _by_size(point_looks(drawn, theme, simple=True))
        points = PointTiles(features.lonlat[rows], symbols, rows, codes)
        style = drawn.layer.style
        if style.heat is not None:
            weights = features.columns.get(style.heat.weight)
            given = None if weights is None else weights[rows].astype(np.float64)
            return HeatTiles(points, features.lonlat[rows], given, style.heat, theme)
        if style.clusters is not None:
            return ClusterTiles(points, features.lonlat[rows], drawn.layer, style.clusters, theme)
        return points
    line = "LineString" in features.geometry_type
    looks = line_looks(drawn, theme) if line else area_looks(drawn, theme)
    return ShapeTiles(shape_index(features), looks.symbols, drawn.rows, looks.index)


def _by_size(looks: Looks[Symbol]) -> tuple[tuple[Symbol, ...], npt.NDArray[np.int64]]:
    """Return looks whose sizes are in steps of a quarter more area: few enough for sprites."""
    if looks.sizes is None:
        return looks.symbols, looks.index
    steps = np.round(np.log(np.maximum(looks.sizes, 1.0)) / _SIZE_STEP).astype(np.int64)
    keys, index = np.unique(np.column_stack([looks.index, steps]), axis=0, return_inverse=True)
    sized = (resized(looks.symbols[look], float(np.exp(step * _SIZE_STEP))) for look, step in keys)
    return tuple(sized), index.reshape(-1)


def layer_json(drawn: DrawnLayer, key: str, *, large: bool) -> Json:
    """Return a layer's line in a scene: what it is called and how strongly it shows."""
    return {
        "id": drawn.layer.id,
        "key": key,
        "name": drawn.layer.name,
        "tiles": large,
        "zooms": [drawn.layer.style.min_zoom, drawn.layer.style.max_zoom],
        "opacity": drawn.opacity * (FADED_OPACITY if drawn.faded else 1.0),
    }
