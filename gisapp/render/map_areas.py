"""Areas on the page: water, countries, alliances and the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.coast import coarse_land
from gisapp.render.drawn import drawn_rows, field_of
from gisapp.render.layout import POINTS_PER_PIXEL
from gisapp.render.looks import area_looks
from gisapp.render.map_frame import (
    FINE_AREA,
    FINE_LINE,
    MapFrame,
    page_areas,
    page_parts,
    page_paths,
    ring_lines,
)
from gisapp.render.picture import Picture
from gisapp.render.scene import Area, Item, Line, blended, ink, ink_of
from gisapp.render.symbology import Palette, palette, shading_area


def basemap_items(
    where: MapFrame, jurisdictions: Layer, picture: Picture, feedback: Feedback
) -> list[Item]:
    """Return water, graticule, countries, alliances and coast, back to front."""
    colors = palette(where.spec.look)
    rows, shapes = _near(where, jurisdictions)
    codes = field_of(jurisdictions, "iso", rows)
    names = field_of(jurisdictions, "name", rows)
    planes = where.projection.areas(shapes, feedback=feedback)
    areas = page_areas(where, planes)
    outline = page_areas(where, where.projection.outline)
    items: list[Item] = [
        Area("Water", "Basemap", page_parts(outline), ink(colors, "water")),
        *_graticule(where, colors),
    ]
    land, border = ink(colors, "land"), ink(colors, "border")
    known = [i for i, area in enumerate(areas) if not area.is_empty]
    for i in known:
        parts = page_parts(areas[i], FINE_AREA)
        if parts:
            items.append(Area(names[i], "Countries", parts, land, border, 0.4, alt=names[i]))
    if known:
        whole = shapely.union_all(areas[known], grid_size=0.01)
        coast = ring_lines(page_parts(whole, FINE_AREA))
        items.append(Line("Coastline", "Coastline", coast, ink(colors, "coast"), 0.45))
    items += shading_items(picture, [(codes[i], names[i], areas[i]) for i in known], where)
    edge = ring_lines(page_parts(outline))
    items.append(Line("Map edge", "Coastline", edge, ink(colors, "coast"), 0.6))
    return items


def land_items(where: MapFrame, group: str, *, feedback: Feedback | None = None) -> list[Item]:
    """Return water and coarse land without borders: a small map to find one's way by."""
    colors = palette(where.spec.look)
    outline = page_areas(where, where.projection.outline)
    land = page_areas(where, where.projection.areas([coarse_land()], feedback=feedback)[0])
    coast = ink(colors, "coast")
    return [
        Area("Water", group, page_parts(outline), ink(colors, "water")),
        Area("Land", group, page_parts(land, FINE_AREA), ink(colors, "border"), alt="Land"),
        Line("Map edge", group, ring_lines(page_parts(outline)), coast, 0.5),
    ]


def _graticule(where: MapFrame, colors: Palette) -> list[Item]:
    projection = where.projection
    lines = [
        np.array([(lon, max(projection.south, -89.9)), (lon, min(projection.north, 89.9))])
        for lon in range(-180, 180, 30)
    ]
    center = projection.center_lon
    lines += [
        np.array([(center - 179.99, lat), (center, lat), (center + 179.99, lat)])
        for lat in range(-60, 90, 30)
        if projection.south < lat < projection.north
    ]
    parts = tuple(piece for line in lines for piece in page_paths(where, line))
    if not parts:
        return []
    return [Line("Graticule", "Basemap", parts, ink(colors, "graticule"), 0.4)]


def shading_items(
    picture: Picture, countries: Sequence[tuple[str, str, Any]], where: MapFrame
) -> list[Item]:
    """Return the members of each alliance as areas over their countries."""
    colors = palette(where.spec.look)
    items: list[Item] = []
    grounds = {code: colors.land for code, _, _ in countries}
    for index, shading in enumerate(picture.shading):
        look = shading_area(where.spec.look, index, proposed=shading.proposed)
        for code, name, area in countries:
            parts = page_parts(area, FINE_AREA) if code in shading.inside else ()
            if parts:
                items.append(
                    Area(
                        f"{name} ({shading.title})",
                        f"Alliance: {shading.title}",
                        parts,
                        ink_of(colors, look.fill, look.alpha) if look.fill else None,
                        ink_of(colors, look.outline, 0.9),
                        look.width * 0.5,
                        look.dash,
                        look.hatch,
                        ink_of(colors, look.outline, 0.55),
                        ground=grounds[code],
                        alt=f"{name}, inside {shading.title}",
                    )
                )
                if look.fill:
                    grounds[code] = blended(look.fill, look.alpha, grounds[code])
    return items


def own_area_items(where: MapFrame, picture: Picture) -> list[Item]:
    """Return the areas of the user's own layers."""
    colors = palette(where.spec.look)
    items: list[Item] = []
    for drawn in picture.layers:
        layer = drawn.layer
        if layer.features.is_points or "Polygon" not in layer.features.geometry_type:
            continue
        rows = drawn_rows(drawn)
        looks = area_looks(drawn, where.spec.look)
        scale = POINTS_PER_PIXEL * where.scale
        names = field_of(layer, "name", rows)
        planes = where.projection.areas(layer.features.geometry[rows])
        # a user's coast may be finer than any printer: a slide holds what the page can show
        areas = shapely.simplify(page_areas(where, planes), FINE_LINE)
        for row, name, area, number in zip(rows, names, areas, looks.index, strict=True):
            parts, look = page_parts(area, FINE_AREA), looks.symbols[number]
            if parts:
                items.append(
                    Area(
                        name or f"{layer.name} {row + 1}",
                        layer.name,
                        parts,
                        ink_of(colors, look.fill, look.alpha * drawn.opacity)
                        if look.alpha and not look.hatch
                        else None,
                        ink_of(colors, look.outline, drawn.opacity) if look.width else None,
                        look.width * scale,
                        tuple(length * scale for length in look.dash),
                        look.hatch,
                        ink_of(colors, look.fill, drawn.opacity) if look.hatch else None,
                        ground=colors.land,
                        alt=name or layer.name,
                    )
                )
    return items


def _near(where: MapFrame, layer: Layer) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Return rows and shapes around the frame: the fine layer is large, a frame is not."""
    shapes = layer.features.geometry
    every = np.arange(len(shapes))
    seen = where.projection.seen_from(where.extent) if where.is_region else None
    if seen is None:
        return every, shapes
    west, south, east, north = seen
    window = shapely.union_all(
        [shapely.box(west + turn, south, east + turn, north) for turn in (-360.0, 0.0, 360.0)]
    )
    window = shapely.intersection(window, shapely.box(-180.0, -90.0, 180.0, 90.0))
    shapely.prepare(window)
    rows = every[shapely.intersects(window, shapely.box(*shapely.bounds(shapes).T))]
    return rows, shapely.intersection(shapes[rows], window)
