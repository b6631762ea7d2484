"""Meridians and parallels, and their degrees at the edge of the map."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from gisapp.model.features import Floats
from gisapp.render.fonts import LINE_HEIGHT, font_files, width_of
from gisapp.render.map_frame import MapFrame, page_paths
from gisapp.render.picture import Show
from gisapp.render.scene import Box, Item, Line, Words, ink
from gisapp.render.symbology import palette

#: Degrees between lines, and how many of them a map holds at least.
_STEPS: Final = (30.0, 20.0, 15.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.25, 0.1)
_LEAST: Final = 3.0
_SIZE: Final = 7.0
_INSET: Final = 2.5  # points between the edge of the map and its degrees


def graticule_step(where: MapFrame) -> float:
    """Return the degrees between two lines."""
    bounds = where.spec.bounds
    if bounds is None:
        return 30.0
    west, south, east, north = bounds
    span = min((east - west) % 360.0 or 360.0, north - south)
    return next((step for step in _STEPS if span / step >= _LEAST), _STEPS[-1])


def _lines(where: MapFrame) -> list[tuple[str, bool, Floats]]:
    """Return name, whether it is a meridian, and lon, lat of each line."""
    projection, step = where.projection, graticule_step(where)
    center = projection.center_lon
    seen = projection.seen_from(where.extent) if where.is_region else None
    west, south, east, north = seen or (center - 180.0, -90.0, center + 180.0, 90.0)
    south, north = max(south, projection.south, -89.9), min(north, projection.north, 89.9)
    lines = []
    for number in range(int(np.ceil(west / step)), int(np.ceil(east / step))):
        lon = number * step
        lines.append((_degrees(lon, "E", "W"), True, np.array([(lon, south), (lon, north)])))
    for number in range(int(np.ceil(south / step)), int(np.floor(north / step)) + 1):
        lat = number * step
        if projection.south < lat < projection.north and abs(lat) < 90.0:
            around = np.linspace(max(west, center - 179.99), min(east, center + 179.99), 9)
            path = np.column_stack([around, np.full(len(around), lat)])
            lines.append((_degrees(lat, "N", "S"), False, path))
    return lines


def _degrees(value: float, positive: str, negative: str) -> str:
    """Return degrees as a map has them: 30° N, 0°, 180°."""
    value = (value + 180.0) % 360.0 - 180.0 if positive == "E" else value
    size = f"{abs(value):.2f}".rstrip("0").rstrip(".")
    if size in {"0", "180"}:
        return f"{size}°"
    return f"{size}°\u00a0{positive if value > 0 else negative}"


def graticule_items(where: MapFrame) -> list[Item]:
    """Return the lines, quiet enough to lie under everything; none where they are not wanted."""
    if where.spec.elements.graticule is Show.NO:
        return []
    parts = tuple(piece for _, _, line in _lines(where) for piece in page_paths(where, line))
    if not parts:
        return []
    colors = palette(where.spec.look)
    return [Line("Graticule", "Basemap", parts, ink(colors, "graticule"), 0.4)]


def degree_items(where: MapFrame) -> tuple[list[Item], list[Box]]:
    """Return degrees where lines meet the edge of the map, inside of it, and their boxes.

    Meridians are named at the bottom, parallels at the left. Nothing unless degrees are asked for.
    """
    if where.spec.elements.graticule is not Show.YES:
        return [], []
    colors, size = palette(where.spec.look), _SIZE * where.scale
    fonts = font_files(where.spec.look)
    items: list[Item] = []
    boxes: list[Box] = []
    for text, is_meridian, line in _lines(where):
        pieces = page_paths(where, line)
        if not pieces:
            continue
        ends = np.concatenate([piece[[0, -1]] for piece in pieces])
        x, y = ends[np.argmax(ends[:, 1]) if is_meridian else np.argmin(ends[:, 0])].tolist()
        wide, high = width_of(text, size, fonts=fonts), size * LINE_HEIGHT
        box = (
            Box(x - wide / 2.0, y - high - _INSET, wide, high)
            if is_meridian
            else Box(x + _INSET, y - high / 2.0, wide, high)
        )
        if not _fits(where, box) or any(box.overlaps(other) for other in boxes):
            continue
        boxes.append(box)
        items.append(
            Words(
                f"Graticule: {text}",
                "Graticule",
                box.x,
                box.y,
                (text,),
                size,
                ink(colors, "muted"),
                halo=ink(colors, "halo"),
            )
        )
    return items, boxes


def _fits(where: MapFrame, box: Box) -> bool:
    """Return whether a text lies within the map, where its edge is round too."""
    if where.is_region:
        return where.box.contains(box)
    outline = shapely.transform(where.projection.outline, where.to_page)
    return bool(
        outline.buffer(1.5 * box.h).contains(shapely.box(box.x, box.y, box.right, box.bottom))
    )
