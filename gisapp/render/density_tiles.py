"""Tiles of clusters and of heat: one picture of all points at every zoom."""

from __future__ import annotations

from typing import Final

import numpy as np

from gisapp.model.features import Floats
from gisapp.model.layer import Layer
from gisapp.model.style import Clusters, Heat
from gisapp.render.density import (
    LEAST_HEAT,
    Bunches,
    bunches,
    cluster_ink,
    cluster_symbol,
    cluster_text,
    density,
    heat_alpha,
    heat_share,
)
from gisapp.render.mercator import to_world
from gisapp.render.picture import Theme
from gisapp.render.ramps import ramp_colors
from gisapp.render.raster import TILE, Sheet, encode_png
from gisapp.render.tile_cache import Cache
from gisapp.render.tiles import PointTiles

_MARGIN: Final = 48.0
#: Width in pixels of the cells that a density is counted in.
_CELL: Final = 4
_TEXT_SIZE: Final = 10.5
_SHADES: Final = 256
#: So many points on one spot are many: one that stands alone is no heat.
_LEAST_TOP: Final = 3.0


class ClusterTiles:
    """Tiles of bubbles with counts; what stands alone is drawn by the symbols of `points`.

    Parameters
    ----------
    points
        Tiles of the same points, drawn from zoom `clusters.until` on.
    lonlat
        Degrees, shape (n, 2).
    """

    def __init__(
        self, points: PointTiles, lonlat: Floats, layer: Layer, clusters: Clusters, theme: Theme
    ) -> None:
        self._points = points
        self._world = to_world(lonlat)
        self._world[:, 0] %= 1.0
        self._layer, self._clusters, self._theme = layer, clusters, theme
        self._levels: Cache[Bunches] = Cache(4)

    def _level(self, z: int) -> Bunches:
        side = TILE * 2.0**z

        def make() -> Bunches:
            found = bunches(self._world * side, self._clusters.radius)
            order = np.argsort(found.middles[:, 0], kind="stable")  # a tile is a slice of it
            return Bunches(found.middles[order], found.counts[order], found.first[order])

        return self._levels.get(z, make)

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels."""
        if z >= self._clusters.until:
            return self._points.tile(z, x, y, scale)
        level = self._level(z)
        whole = TILE * 2.0**z
        sheet = Sheet(z, x % 2**z, y, scale)
        for turn in (-whole, 0.0, whole):
            left = x % 2**z * TILE - turn
            ends = (left - _MARGIN, left + TILE + _MARGIN)
            first, last = np.searchsorted(level.middles[:, 0], ends)
            down = level.middles[first:last, 1] - y * TILE
            seen = first + np.flatnonzero((down > -_MARGIN) & (down < TILE + _MARGIN))
            for i in seen[np.argsort(level.counts[seen], kind="stable")].tolist():
                at = (level.middles[i : i + 1] - (left, y * TILE)) * scale
                self._draw(sheet, at, int(level.counts[i]), level.first[i])
        return sheet.png()

    def _draw(self, sheet: Sheet, at: Floats, count: int, first: np.int64) -> None:
        if count == 1:
            self._points.draw_one(sheet, at, int(first))
            return
        bubble = cluster_symbol(self._layer, self._theme, count)
        sheet.symbols(at, (bubble,), np.zeros(1, np.int64))
        words, (px, py) = cluster_text(count), at[0].tolist()
        sheet.text(words, (px, py), _TEXT_SIZE, cluster_ink(bubble), bubble.fill)

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return the row of a point that stands alone; a bubble is none."""
        z = max(int(np.ceil(zoom)), 0)
        found = self._points.pick(lon, lat, zoom, reach)
        if found is None or zoom >= self._clusters.until:
            return found
        level = self._level(z)
        away = level.middles - to_world([[lon, lat]]) * TILE * 2.0**z
        nearest = int(np.argmin((away**2).sum(axis=1)))
        return found if level.counts[nearest] == 1 else None


class HeatTiles:
    """Tiles of the density of points.

    Parameters
    ----------
    lonlat
        Degrees, shape (n, 2).
    weights
        What each point counts, shape (n,); None counts each as one.
    """

    def __init__(
        self,
        points: PointTiles,
        lonlat: Floats,
        weights: Floats | None,
        heat: Heat,
        theme: Theme,
    ) -> None:
        world = to_world(lonlat)
        known = np.flatnonzero(np.isfinite(world).all(axis=1))
        world = world[known]
        world[:, 0] %= 1.0
        order = np.argsort(world[:, 0], kind="stable")
        self._points = points
        self._world = world[order]
        self._weights = None if weights is None else weights[known][order]
        self._heat = heat
        colors = ramp_colors(heat.ramp, _SHADES, theme)
        self._colors = np.array([list(bytes.fromhex(color[1:])) for color in colors], np.uint8)
        self._tops: Cache[float] = Cache(24)

    def _top(self, z: int) -> float:
        """Return the density of the fullest place of a zoom: one scale for all its tiles."""

        def find() -> float:
            side = TILE * 2.0**z
            cell = self._heat.radius
            cells = np.floor(self._world * side / cell).astype(np.int64)
            keys = cells[:, 0] * (int(side / cell) + 2) + cells[:, 1]
            _, inverse = np.unique(keys, return_inverse=True)
            given = None if self._weights is None else np.nan_to_num(self._weights)
            most = float(np.bincount(inverse, given).max(initial=0.0))
            return most if given is not None else max(most, _LEAST_TOP)

        return self._tops.get(z, find)

    def tile(self, z: int, x: int, y: int, scale: int = 1) -> bytes:
        """Return a PNG of 256 x 256 CSS pixels."""
        side, radius = TILE * 2.0**z, self._heat.radius
        margin = int(np.ceil(radius / _CELL)) * _CELL + _CELL
        x %= 2**z
        found, given = [], []
        for turn in (-1.0, 0.0, 1.0):
            low = (x * TILE - margin) / side - turn
            high = ((x + 1) * TILE + margin) / side - turn
            first, last = np.searchsorted(self._world[:, 0], [low, high])
            corner = np.array([x * TILE - margin, y * TILE - margin]) - (turn * side, 0.0)
            found.append(self._world[first:last] * side - corner)
            if self._weights is not None:
                given.append(self._weights[first:last])
        cells = (TILE + 2 * margin) // _CELL
        grid = density(
            np.concatenate(found),
            np.concatenate(given) if given else None,
            (cells, cells),
            _CELL,
            radius,
        )
        share = _smooth(heat_share(grid, self._top(z)), margin, TILE * scale)
        rgba = np.empty((*share.shape, 4), np.uint8)
        rgba[..., :3] = self._colors[np.minimum(share * _SHADES, _SHADES - 1).astype(np.int64)]
        rgba[..., 3] = np.where(share > LEAST_HEAT, 255 * heat_alpha(share), 0)
        return encode_png(rgba)

    def pick(self, lon: float, lat: float, zoom: float, reach: float = 6.0) -> int | None:
        """Return the row of the nearest point."""
        return self._points.pick(lon, lat, zoom, reach)


def _smooth(grid: Floats, margin: int, side: int) -> Floats:
    """Return the tile of a grid with a margin, interpolated to `side` x `side` device pixels."""
    at = (np.arange(side) + 0.5) * (TILE / side) + margin
    places = at / _CELL - 0.5
    low = np.floor(places).astype(np.int64)
    part = places - low
    across = grid[:, low] * (1.0 - part) + grid[:, low + 1] * part
    smooth: Floats = across[low] * (1.0 - part)[:, None] + across[low + 1] * part[:, None]
    return smooth
