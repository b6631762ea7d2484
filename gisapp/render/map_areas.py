"""Areas on the page: water, countries, alliances and the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.coast import coarse_land, countries_on, lakes_on
from gisapp.render.drawn import drawn_rows, field_of
from gisapp.render.graticule import graticule_items
from gisapp.render.looks import area_looks
from gisapp.render.map_frame import (
    FINE_AREA,
    FINE_LINE,
    MapFrame,
    page_areas,
    page_parts,
    ring_lines,
)
from gisapp.render.page_sizes import POINTS_PER_PIXEL
from gisapp.render.picture import Picture
from gisapp.render.scene import Area, Item, Line, blended, ink, ink_of
from gisapp.render.symbology import palette, shading_area


@dataclass(frozen=True, eq=False)
class Ground:
    """What lies under everything else on a map.

    `countries` are code, name and area in page points of each that is seen; `over` are the lakes
    and the line around the map, which are drawn after what lies on the countries; `land` is the
    area of them all.
    """

    items: tuple[Item, ...]
    countries: tuple[tuple[str, str, Any], ...]
    over: tuple[Item, ...]
    land: Any = None


def ground(where: MapFrame, jurisdictions: Layer, feedback: Feedback) -> Ground:
    """Return water, graticule, countries and coast, back to front."""
    colors = palette(where.spec.look)
    found = countries_on(where, jurisdictions, feedback.part(0.0, 0.8))
    names = found.names
    areas = page_areas(where, found.planes)
    outline = page_areas(where, where.projection.outline)
    items: list[Item] = [
        Area("Water", "Basemap", page_parts(outline), ink(colors, "water")),
        *graticule_items(where),
    ]
    ground_ink, border = ink(colors, "land"), ink(colors, "border")
    known = [i for i, area in enumerate(areas) if not area.is_empty]
    for i in known:
        parts = page_parts(areas[i], FINE_AREA)
        if parts:
            items.append(Area(names[i], "Countries", parts, ground_ink, border, 0.4, alt=names[i]))
    land = None
    if known:
        land = page_areas(where, found.coast)
        coast = ring_lines(page_parts(land, FINE_AREA))
        items.append(Line("Coastline", "Coastline", coast, ink(colors, "coast"), 0.45))
    edge = ring_lines(page_parts(outline))
    return Ground(
        tuple(items),
        tuple((found.codes[i], names[i], areas[i]) for i in known),
        (
            *_lake_items(where, feedback.part(0.8, 1.0)),
            Line("Map edge", "Coastline", edge, ink(colors, "coast"), 0.6),
        ),
        land,
    )


def _lake_items(where: MapFrame, feedback: Feedback) -> list[Item]:
    colors = palette(where.spec.look)
    parts = page_parts(page_areas(where, lakes_on(where, feedback)), FINE_AREA)
    if not parts:
        return []
    return [Area("Lakes", "Lakes", parts, ink(colors, "water"), ink(colors, "coast"), 0.3)]


def land_items(where: MapFrame, group: str, *, feedback: Feedback | None = None) -> list[Item]:
    """Return water and coarse land without borders: a small map to find one's way by."""
    colors = palette(where.spec.look)
    outline = page_areas(where, where.projection.outline)
    land = page_areas(where, where.projection.areas(coarse_land(), feedback=feedback))
    coast = ink(colors, "coast")
    return [
        Area("Water", group, page_parts(outline), ink(colors, "water")),
        Area("Land", group, page_parts(land, FINE_AREA), ink(colors, "border"), alt="Land"),
        Line("Map edge", group, ring_lines(page_parts(outline)), coast, 0.5),
    ]


def shading_items(
    where: MapFrame, picture: Picture, countries: Sequence[tuple[str, str, Any]]
) -> list[Item]:
    """Return the members of each alliance as areas over their countries.

    A country of two alliances has the tint of the first and the hatching of the second.
    """
    colors = palette(where.spec.look)
    items: list[Item] = []
    grounds = {code: colors.land for code, _, _ in countries}
    for index, shading in enumerate(picture.shading):
        look = shading_area(where.spec.look, index, proposed=shading.proposed)
        for code, name, area in countries:
            parts = page_parts(area, FINE_AREA) if code in shading.inside else ()
            if not parts:
                continue
            under = index > 0 and bool(look.hatch) and grounds[code] != colors.land
            fill = ink_of(colors, look.fill, look.alpha) if look.fill and not under else None
            items.append(
                Area(
                    f"{name} ({shading.title})",
                    f"Alliance: {shading.title}",
                    parts,
                    fill,
                    ink_of(colors, look.outline, 0.9),
                    look.width * 0.5,
                    look.dash,
                    look.hatch,
                    ink_of(colors, look.outline, 0.7 if index else 0.55),
                    ground=grounds[code],
                    alt=f"{name}, inside {shading.title}",
                )
            )
            if fill is not None:
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
