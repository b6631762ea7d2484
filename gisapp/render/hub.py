"""Answers to the addresses of the map page: page, script, style, layers and tiles.

`MapHub` knows no Qt, is asked from worker threads, and never looks at anything outside the
application's own resources and the picture it was shown.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import js_lib_leaflet
import numpy as np
import numpy.typing as npt

from gisapp.model.features import Column
from gisapp.model.feedback import Cancelled, Feedback
from gisapp.model.places import resources_dir
from gisapp.render.basemap import BasemapTiles, OverlayTiles, World, names_json
from gisapp.render.drawn import top_weight
from gisapp.render.picture import DrawnLayer, Picture, ThemeName
from gisapp.render.tile_cache import Cache
from gisapp.render.tiles import MAX_ZOOM, ShapeTiles, TileSource
from gisapp.render.webmap import (
    MOST_FEATURES,
    Json,
    attribution,
    connections_json,
    has_areas,
    is_large,
    labels_json,
    layer_geojson,
    layer_json,
    layer_tiles,
    theme_json,
    to_json,
)

ORIGIN: Final = "gisapp://map"


_MIME: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
_TILE: Final = re.compile(r"/tiles/([\w-]+)/(\d{1,2})/(\d{1,6})/(\d{1,6})@([1-4])\.png")
#: What drawn tiles may take, bytes: some 2,000 of them.
_TILE_BYTES: Final = 64 << 20
_LAYER: Final = re.compile(r"/layer/([\w-]+)\.json")


@dataclass(frozen=True)
class Answer:
    """What an address holds."""

    mime: str
    data: bytes


def leaflet_dir() -> Path:
    """Return the folder of Leaflet 1.9 in the package that brings it."""
    return Path(js_lib_leaflet.__path__[0]) / "static" / "js_lib_leaflet"


@dataclass(frozen=True, eq=False)
class _Drawing:
    """A layer that was shown, kept while it may be asked for."""

    key: str
    drawn: DrawnLayer
    theme: ThemeName
    top: float
    large: bool


class MapHub:
    """Answers the addresses of the map page: page, script, style, Leaflet, layers and tiles.

    Parameters
    ----------
    world
        The geography of the basemap.
    page
        Returns the page's HTML; None takes the one that ships, which folium made once.
    """

    def __init__(self, world: World, page: Callable[[], str] | None = None) -> None:
        self._world = world
        self._page = page
        self._lock = threading.RLock()
        self._drawings: dict[Any, _Drawing] = {}
        self._count = 0
        self._sources: OrderedDict[str, Callable[[], TileSource]] = OrderedDict()
        self._made: Cache[TileSource] = Cache(24)
        self._tiles: Cache[bytes] = Cache(_TILE_BYTES, len)
        self._recent: deque[frozenset[str]] = deque(maxlen=2)
        self._numbers: dict[Any, int] = {}
        self._making: dict[str, threading.Lock] = {}
        self._preparing: dict[str, Feedback] = {}

    def scene(self, picture: Picture, theme: ThemeName) -> Json:
        """Register a picture's layers and return what the page needs to show them.

        Takes milliseconds whatever the size of the layers: features are read and drawn when the
        page asks for them. A layer that did not change keeps its key, and the page keeps it.
        """
        top = top_weight(picture.layers)
        shaded = tuple((s.inside, s.proposed) for s in picture.shading)
        shading = picture.shading
        world = self._world
        base = self._source(f"base-{theme.value}", lambda: BasemapTiles(world, theme))
        overlay = self._source(
            f"over-{theme.value}-{self._number(shaded)}",
            lambda: OverlayTiles(world, theme, shading),
        )
        layers: list[Json] = []
        below = False
        for drawn in reversed(picture.layers):
            drawing = self._drawing(drawn, theme, top, below=below and has_areas(drawn))
            below = below or drawing.large
            layers.insert(0, layer_json(drawn, drawing.key, large=drawing.large))
        self._forget(frozenset(layer["key"] for layer in layers))
        return {
            "theme": theme_json(theme),
            "base": base,
            "overlay": overlay,
            "layers": layers,
            "connections": connections_json(picture, theme),
            "labels": labels_json(picture),
            "attribution": attribution(picture),
            "maxZoom": MAX_ZOOM,
        }

    def _forget(self, shown: frozenset[str]) -> None:
        """Let go of layers that the last scenes did not show: a large one holds much memory."""
        with self._lock:
            self._recent.append(shown)
            alive = frozenset().union(*self._recent)
            for look in [k for k, d in self._drawings.items() if d.key not in alive]:
                del self._drawings[look]
            for token in [t for t in self._sources if t.startswith("layer-") and t not in alive]:
                del self._sources[token]
            tokens = frozenset(self._sources)
            for token in self._preparing.keys() - tokens:
                self._preparing.pop(token).cancel()
            self._making = {t: lock for t, lock in self._making.items() if t in tokens}
        self._made.keep(lambda key: key in tokens)
        self._tiles.keep(lambda key: isinstance(key, tuple) and key[0] in tokens)

    def prepare(self) -> None:
        """Make what far zooms of the large layers on show are quicker with: some seconds."""
        with self._lock:
            large = [drawing.key for drawing in self._drawings.values() if drawing.large]
        for key in large:
            source = self.source(key)
            if not isinstance(source, ShapeTiles):
                continue
            feedback = Feedback()
            with self._lock:
                if key not in self._sources:
                    continue
                self._preparing[key] = feedback
            with suppress(Cancelled):  # the layer was removed meanwhile
                source.prepare(feedback=feedback)

    def warm(self) -> None:
        """Read and prepare what the first zoom into the map will need."""
        self._world.warm()

    def _number(self, key: Any) -> int:
        with self._lock:
            return self._numbers.setdefault(key, len(self._numbers))

    def _source(self, token: str, make: Callable[[], TileSource]) -> str:
        with self._lock:
            self._sources[token] = make
            self._sources.move_to_end(token)
            while len(self._sources) > 64:
                self._sources.popitem(last=False)
        return token

    def _drawing(self, drawn: DrawnLayer, theme: ThemeName, top: float, *, below: bool) -> _Drawing:
        layer = drawn.layer
        features = layer.features
        weights = _digest(drawn.weights)
        # features are immutable and kept by the drawing, so that their id stays theirs; attributes
        # that come later change nothing of what is drawn of a large layer
        many = len(features if drawn.rows is None else drawn.rows) > MOST_FEATURES
        look = (
            features.geometry_id if many else id(features),
            layer.role,
            layer.name,
            layer.style,
            tuple(_address(features.columns.get(name)) for name in layer.style.columns),
            None if many else layer.mapping,
            _digest(drawn.rows),
            weights,
            top if weights else 0.0,
            theme,
            below,
        )
        with self._lock:
            if look not in self._drawings:
                self._count += 1
                key = f"layer-{self._count}"
                self._drawings[look] = _Drawing(key, drawn, theme, top, below or is_large(drawn))
            drawing = self._drawings[look]
        if drawing.large:
            self._source(drawing.key, lambda: layer_tiles(drawn, theme))
        return drawing

    def source(self, token: str) -> TileSource | None:
        """Return a tile source, made now if it was not asked for before."""
        with self._lock:
            make = self._sources.get(token)
            making = self._making.setdefault(token, threading.Lock()) if make else None
        if make is None or making is None:
            return None
        with making:  # a large layer is prepared once, however many of its tiles are waited for
            source = self._made.get(token, make)
        with self._lock:
            gone = token not in self._sources
        if gone:  # it was let go of while it was made: nobody will ask for it again
            self._made.keep(lambda key: key != token)
        return source

    def pick(self, key: str, lon: float, lat: float, zoom: float) -> int | None:
        """Return the row of a large layer's feature at a place; None for none."""
        source = self.source(key)
        return None if source is None else source.pick(lon, lat, zoom)

    def answer(self, path: str) -> Answer | None:
        """Return what an address (its path, starting with "/") holds; None for nothing."""
        if tile := _TILE.fullmatch(path):
            return self._tile(tile[1], *(int(number) for number in tile.groups()[1:]))
        if layer := _LAYER.fullmatch(path):
            return self._layer(layer[1])
        if path == "/names.json":
            return Answer(_MIME[".json"], to_json(names_json(self._world)).encode("ascii"))
        if path == "/page.html" and self._page is not None:
            return Answer(_MIME[".html"], self._page().encode("utf-8"))
        if path == "/page.html":  # made by folium once: see page.py
            return _file(resources_dir() / "map", "page.html")
        for prefix, folder in (("/leaflet/", leaflet_dir()), ("/app/", resources_dir() / "map")):
            if path.startswith(prefix):
                return _file(folder, path.removeprefix(prefix))
        return None

    def _tile(self, token: str, z: int, x: int, y: int, scale: int) -> Answer | None:
        if z > MAX_ZOOM or not (0 <= x < 2**z and 0 <= y < 2**z):
            return None
        source = self.source(token)
        if source is None:
            return None
        data = self._tiles.get((token, z, x, y, scale), lambda: source.tile(z, x, y, scale))
        return Answer(_MIME[".png"], data)

    def _layer(self, key: str) -> Answer | None:
        with self._lock:
            found = [d for d in self._drawings.values() if d.key == key]
        if not found or found[0].large:
            return None
        drawing = found[0]
        collection = layer_geojson(drawing.drawn, drawing.theme, top=drawing.top)
        return Answer(_MIME[".json"], to_json(collection).encode("ascii"))


def _address(values: Column | None) -> int:
    """Return what tells columns apart while one of them is kept."""
    return 0 if values is None else int(values.__array_interface__["data"][0])


def _digest(values: npt.ArrayLike | None) -> bytes | None:
    """Return what tells arrays apart, without keeping them."""
    if values is None:
        return None
    return hashlib.blake2b(np.ascontiguousarray(values).tobytes(), digest_size=16).digest()


def _file(folder: Path, name: str) -> Answer | None:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return None
    mime = _MIME.get(path.suffix)
    return None if mime is None else Answer(mime, path.read_bytes())
