"""Our own basemap: land, lakes, borders, coasts and country names of Natural Earth as tiles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Final

import numpy as np
import shapely

from gisapp.data.shipped import load_layer
from gisapp.model.features import Features
from gisapp.model.feedback import Feedback
from gisapp.render.country_names import SHORT_NAMES
from gisapp.render.mercator import NORTH_CAP, SOUTH_CAP, to_world
from gisapp.render.picture import Shading, Theme
from gisapp.render.raster import TILE, Sheet, text_width
from gisapp.render.shape_index import ShapeIndex
from gisapp.render.symbology import LineSymbol, palette, shading_area
from gisapp.render.tile_cache import Cache

#: From this zoom on the 1:10 m coast replaces the simplified one.
FINE_ZOOM: Final = 4
_LABEL_ZOOMS: Final = (2, 9)


@dataclass(frozen=True)
class Name:
    """A country's name at a place (worlds), its font size and half its width in CSS pixels."""

    text: str
    x: float
    y: float
    size: float
    half: float


class World:
    """The geography that basemap and shadings share, read when first needed.

    Parameters
    ----------
    load
        Returns the features of "jurisdictions_simple", "jurisdictions", "land", "lakes" and
        "borders" (EPSG:4326). Jurisdictions have the columns `iso` and `name`.
    """

    def __init__(self, load: Callable[[str], Features]) -> None:
        self._load = load
        self._lock = threading.RLock()
        self._indexes: dict[str, ShapeIndex] = {}
        self._features: dict[str, Features] = {}
        self._codes: dict[str, list[str]] = {}
        self.placed: Cache[tuple[Name, ...]] = Cache(20)

    def features(self, name: str) -> Features:
        """Return a layer's features, read once."""
        with self._lock:
            if name not in self._features:
                self._features[name] = self._load(name)
            return self._features[name]

    def index(self, name: str) -> ShapeIndex:
        """Return a layer's shapes for tiles, capped in the north and where Web Mercator ends."""
        with self._lock:
            if name not in self._indexes:
                shapes = self.features(name).geometry
                boxes = shapely.bounds(shapes)
                beyond = (boxes[:, 3] > NORTH_CAP) | (boxes[:, 1] < SOUTH_CAP)
                capped = shapes.copy()
                # cut in degrees: projected, what lies beyond would fold onto the map's edge
                cut = shapely.clip_by_rect(shapes[beyond], -360, SOUTH_CAP, 540, NORTH_CAP)
                capped[beyond] = shapely.make_valid(cut)
                self._indexes[name] = ShapeIndex(capped)
            return self._indexes[name]

    def warm(self) -> None:
        """Read and index everything that is needed from `FINE_ZOOM` on."""
        for name in ("land", "borders", "lakes", "jurisdictions"):
            self.index(name)

    def countries(self, z: int) -> str:
        """Return the name of the jurisdictions layer that suits a zoom."""
        return "jurisdictions_simple" if z < FINE_ZOOM else "jurisdictions"

    def codes(self, name: str) -> list[str]:
        """Return the ISO alpha-3 code of every row of a jurisdictions layer."""
        with self._lock:
            if name not in self._codes:
                self._codes[name] = [str(c) for c in self.features(name).columns["iso"]]
            return self._codes[name]

    @cached_property
    def names(self) -> tuple[tuple[str, float, float, float], ...]:
        """Name, x, y and width in worlds of the largest part of each country, largest first."""
        features = self.features("jurisdictions_simple")
        found = []
        for name, shape in zip(features.columns["name"], features.geometry, strict=True):
            if shape is None or shape.is_empty or not name:
                continue
            largest = max(shapely.get_parts(shape), key=lambda part: part.area)
            if largest.centroid.y < -60.0:
                continue
            world = shapely.transform(largest, to_world)
            spot = _inside(world)
            west, _, east, _ = world.bounds
            text = SHORT_NAMES.get(str(name), str(name))
            found.append((float(world.area), text, spot[0], spot[1], east - west))
        found.sort(key=lambda item: -item[0])
        return tuple(item[1:] for item in found)

    def written(self, z: int) -> tuple[Name, ...]:
        """Return the names that fit at a zoom, largest countries first."""
        return self.placed.get(z, lambda: self._place(z))

    def _place(self, z: int) -> tuple[Name, ...]:
        pixels = TILE * 2.0**z
        taken: list[tuple[float, float, float, float]] = []
        placed: list[Name] = []
        for text, x, y, width in self.names:
            size = float(np.clip(9.0 + width * pixels / 90.0, 10.0, 14.0))
            half = text_width(text, size) / 2
            # a name may stand out of its country a little at close zooms, where there is room
            if 2 * half > width * pixels * (0.75 if z < 4 else 1.15):
                continue
            px, py = x * pixels, y * pixels
            box = (px - half - 6, py - size, px + half + 6, py + size)
            if any(
                box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in taken
            ):
                continue
            taken.append(box)
            placed.append(Name(text, x, y, size, half))
        return tuple(placed)


def _inside(shape: shapely.Geometry) -> tuple[float, float]:
    """Return a point well inside a polygon: its centroid, or the middle of its widest part."""
    centroid = shape.centroid
    if shape.contains(centroid):
        return float(centroid.x), float(centroid.y)
    line = shapely.maximum_inscribed_circle(shape, tolerance=1e-3)
    return shapely.get_coordinates(line)[0][0].item(), shapely.get_coordinates(line)[0][1].item()


class BasemapTiles:
    """Water, land, lakes, borders and coast in a theme's palette."""

    def __init__(self, world: World, theme: Theme) -> None:
        self._world = world
        self._colors = palette(theme)

    def prepare(self, zoom: int = 2, *, feedback: Feedback | None = None) -> None:
        """Read and cut what the first view needs."""
        feedback = feedback or Feedback()
        feedback.check(0.0, "Drawing the basemap")
        self._world.index(self._world.countries(zoom))
        feedback.check(1.0)

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels."""
        colors, x = self._colors, x % 2**z
        sheet = Sheet(z, x, y, scale, colors.water)
        coast = LineSymbol(colors.coast, 0.8 if z < FINE_ZOOM else 1.0)
        border = LineSymbol(colors.border, 0.6 if z < FINE_ZOOM else 0.9)
        if z < FINE_ZOOM:
            # the coast first, under the land: a neighbour's land hides it on inner borders
            countries = self._world.index("jurisdictions_simple").cut(z, x, y)
            sheet.stroke(countries, LineSymbol(colors.coast, coast.width * 2))
            sheet.fill(countries, colors.land)
            self._lakes(sheet, z, x, y, coast)
            sheet.stroke(countries, border)
        else:
            land = self._world.index("land").cut(z, x, y)
            sheet.fill(land, colors.land)
            sheet.stroke(land, coast)
            sheet.stroke(self._world.index("borders").cut(z, x, y), border)
            self._lakes(sheet, z, x, y, coast)
        return sheet.png()

    def _lakes(self, sheet: Sheet, z: int, x: int, y: int, coast: LineSymbol) -> None:
        if z < 3:
            return
        lakes = self._world.index("lakes").cut(z, x, y)
        sheet.fill(lakes, self._colors.water)
        sheet.stroke(lakes, LineSymbol(coast.color, coast.width * 0.7))

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return None: a backdrop has no features."""
        del lon, lat, zoom, reach
        return None


class OverlayTiles:
    """What lies on the basemap and below the sites: alliances shaded, then country names.

    Names stand on the shading, so that a fill never dims them; they change with the alliance,
    which costs a millisecond a tile.

    Parameters
    ----------
    shadings
        The first is filled, the second hatched; proposals are outlines alone.
    """

    def __init__(
        self,
        world: World,
        theme: Theme,
        shadings: tuple[Shading, ...] = (),
        *,
        names: bool = True,
    ) -> None:
        self._world = world
        self._colors = palette(theme)
        self._names = names
        self._shadings = tuple(
            (shading.inside, shading_area(theme, index, proposed=shading.proposed))
            for index, shading in enumerate(shadings)
        )

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels."""
        x %= 2**z
        sheet = Sheet(z, x, y, scale)
        if self._shadings:
            name = self._world.countries(z)
            codes = self._world.codes(name)
            cut = self._world.index(name).cut(z, x, y)
            for inside, look in self._shadings:
                fine = replace(look, width=look.width * (0.6 if z < FINE_ZOOM else 1.0))
                members = np.array([codes[row] in inside for row in cut.rows.tolist()], dtype=bool)
                sheet.area(cut, fine, members)
        if self._names:
            self._write(sheet, z)
        return sheet.png()

    def _write(self, sheet: Sheet, z: int) -> None:
        if not _LABEL_ZOOMS[0] <= z <= _LABEL_ZOOMS[1]:
            return
        side = TILE * sheet.scale
        colors = self._colors
        for name in self._world.written(z):
            for shift in (-1.0, 0.0, 1.0):
                px, py = sheet.device(np.array([[name.x + shift, name.y]]))[0].tolist()
                half = name.half * sheet.scale + 4
                if px + half > 0 and px - half < side and -20 < py < side + 20:
                    sheet.text(name.text, (px, py), name.size, colors.muted, colors.land)

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return None: what is shaded is told by the legend."""
        del lon, lat, zoom, reach
        return None


def names_json(world: World) -> dict[str, list[list[float]]]:
    """Return where country names stand on the tiles, so that the page's own names avoid them.

    Returns
    -------
    dict
        By zoom: middle x, y in worlds, half the width and the font size in CSS pixels.
    """
    first, last = _LABEL_ZOOMS
    return {
        str(z): [
            [round(n.x, 6), round(n.y, 6), round(n.half, 1), round(n.size, 1)]
            for n in world.written(z)
        ]
        for z in range(first, last + 1)
    }


@cache
def shipped_world() -> World:
    """Return the geography that ships, shared by everything that draws it."""
    return World(lambda name: load_layer(name).features)


def basemap_json(world: World) -> list[dict[str, Any]]:
    """Return the simplified countries for a page without tiles.

    Returns
    -------
    list of dict
        `c` ISO alpha-3 code, `rings` coordinates to 0.01 degree, north capped.
    """
    features = world.features("jurisdictions_simple")
    countries = []
    for code, shape in zip(features.columns["iso"], features.geometry, strict=True):
        if shape is None or shape.is_empty:
            continue
        capped = shapely.clip_by_rect(shape, -180, SOUTH_CAP, 180, NORTH_CAP)
        rings = [
            np.round(shapely.get_coordinates(ring), 2).tolist()
            for part in shapely.get_parts(capped)
            for ring in shapely.get_rings(part)
        ]
        countries.append({"c": str(code), "rings": rings})
    return countries
