"""A picture and a frame to a scene: everything that a page shows, placed and projected."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
import shapely

from gisapp.data.shipped import load_layer
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import MINERALS, Status
from gisapp.render.chart import chart_items
from gisapp.render.fonts import width_of
from gisapp.render.furniture import background, legend_items, scale_items, text_items
from gisapp.render.labels import Wanted, place_labels
from gisapp.render.layout import POINTS_PER_PIXEL, Layout, PageText, place
from gisapp.render.picture import Connection, DrawnLayer, FrameSpec, Picture
from gisapp.render.projection import Box as Extent
from gisapp.render.projection import Projection, bounds_center, frame_of, projection_for
from gisapp.render.scene import (
    Area,
    Box,
    Item,
    Line,
    Mark,
    Part,
    Scene,
    Words,
    blended,
    cleaned,
    ink,
    ink_of,
    plain,
)
from gisapp.render.symbology import (
    NEAR_SIZE,
    WORLD_SIZE,
    LegendEntry,
    Palette,
    connection_line,
    drawn_rows,
    field_of,
    is_indicative,
    legend_entries,
    palette,
    route_line,
    shading_area,
    size_of,
    symbol_of,
    top_weight,
)

BOUNDARIES: Final = (
    "Boundaries: Natural Earth; they imply no opinion on the legal status of any territory."
)
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_NO_BRACKETS: Final = str.maketrans("(),;", "    ")
#: Words of many names that say what a site is and not where.
_NO_PLACES: Final = frozenset(
    [
        *("mine", "plant", "refinery", "smelter", "metals", "materials", "magnets", "magnetic"),
        *("separation", "project", "group", "rare", "earth", "earths", "alloy", "new", "north"),
        *("south", "the", "and", "hpal", "rkef", "tin", "zinc", *MINERALS),
    ]
)
_FINE_AREA: Final = 0.06  # points²: smaller islands are not seen on any page
_FINE_LINE: Final = 0.12  # points: what a path may be off after simplifying
_MOST_LABELS: Final = 30
_MOST_KM_LABELS: Final = 10
_CROWD: Final = 5  # sites on one spot that are worth a count
_DETAIL_BELOW: Final = 45.0  # degrees: narrower frames get the 1:10 m boundaries


@dataclass(frozen=True, eq=False)
class MapFrame:
    """The map's box on the page with its projection: metres to points."""

    projection: Projection
    box: Box
    extent: Extent
    theme_scale: float
    spec: FrameSpec

    @property
    def points_per_meter(self) -> float:
        """Page points by metre of the plane."""
        return self.box.w / (self.extent[2] - self.extent[0])

    def to_page(self, xy: Floats) -> Floats:
        """Return plane coordinates, shape (n, 2), as page points."""
        k = self.points_per_meter
        out = np.empty_like(xy)
        out[:, 0] = self.box.x + (xy[:, 0] - self.extent[0]) * k
        out[:, 1] = self.box.y + (self.extent[3] - xy[:, 1]) * k
        return out

    @property
    def is_region(self) -> bool:
        """True where the map is a rectangle and not the whole globe."""
        return self.spec.bounds is not None

    def clip(self, geometry: Any) -> Any:
        """Return what of a geometry in page points lies inside the map."""
        if not self.is_region:
            return geometry
        box = self.box
        return shapely.intersection(geometry, shapely.box(box.x, box.y, box.right, box.bottom))

    def shows(self, xy: Floats) -> Any:
        """Return which page positions, shape (n, 2), lie inside the map."""
        box = self.box
        inside = (xy[:, 0] >= box.x) & (xy[:, 0] <= box.right)
        inside &= (xy[:, 1] >= box.y) & (xy[:, 1] <= box.bottom)
        return inside & np.isfinite(xy).all(axis=1)


def compose(
    picture: Picture,
    frame: FrameSpec,
    *,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> Scene:
    """Return the page that shows a picture in a frame.

    Parameters
    ----------
    jurisdictions
        Countries as areas with columns `iso` and `name`; None takes those that ship, finer ones
        for a frame narrower than 45 degrees.
    """
    feedback = feedback or Feedback()
    theme = frame.theme
    projection = projection_for(frame.projection, bounds=frame.bounds, center_lon=frame.center_lon)
    layout, where = _laid_out(picture, frame, projection)
    if jurisdictions is None:
        jurisdictions = load_layer(_detail(frame))
    items: list[Item] = [background(layout, theme)]
    items += _basemap(where, jurisdictions, picture, feedback)
    feedback.check(0.6, "Placing symbols")
    lines = [item for drawn in picture.layers for item in _path_items(where, drawn)]
    links = _connection_items(where, picture.connections)
    marks, crowds = _fanned(_mark_items(where, picture))
    items += [*_other_areas(where, picture), *lines, *links, *marks]
    items += _label_items(where, picture, marks, crowds)
    feedback.check(0.8, "Placing the legend")
    items += text_items(layout, theme)
    items += legend_items(layout, theme)
    at = _scale_position(where)
    items += scale_items(layout, projection, where.points_per_meter, at, theme)
    if picture.chart is not None and layout.chart is not None:
        items += chart_items(picture.chart, layout.chart, theme, layout.scale)
    return Scene(
        width=layout.page.w,
        height=layout.page.h,
        theme=theme,
        paper=ink(palette(theme), "paper"),
        items=tuple(cleaned(item) for item in items),
        title=plain(picture.title),
        alt=plain(_alt(picture)),
        map_box=layout.map_box,
        chart=picture.chart,
        chart_box=layout.chart,
        notices=layout.notices,
    )


def _laid_out(
    picture: Picture, frame: FrameSpec, projection: Projection
) -> tuple[Layout, MapFrame]:
    """Place everything; the legend counts what the frame shows, which its own size may change."""
    extent = frame_of(projection, frame.bounds)
    entries = legend_entries(picture, frame.theme)
    for _ in range(3):
        layout = place(
            page_text(picture),
            entries,
            size=frame.size,
            aspect=(extent[2] - extent[0]) / (extent[3] - extent[1]),
            flexible=frame.bounds is not None,
            bars=len(picture.chart.bars) if picture.chart else 0,
        )
        box = layout.map_box
        where = MapFrame(projection, box, _filled(extent, box), layout.scale, frame)
        counted = _counted(where, picture) if where.is_region else entries
        if counted == entries:
            break
        entries = counted
    return layout, where


def _counted(where: MapFrame, picture: Picture) -> tuple[LegendEntry, ...]:
    """Return the legend of what lies inside the frame; lines are not counted there."""
    inside = []
    for drawn in picture.layers:
        rows = drawn_rows(drawn)
        if drawn.layer.features.is_points:
            xy = where.to_page(where.projection.points(drawn.layer.features.lonlat[rows]))
            shown = where.shows(xy)
            weights = None if drawn.weights is None else drawn.weights[shown]
            rows = rows[shown]
            inside.append(replace(drawn, rows=tuple(rows.tolist()), weights=weights))
        else:
            inside.append(drawn)
    entries = legend_entries(replace(picture, layers=tuple(inside)), where.spec.theme)
    return tuple(replace(e, count=None) if e.group == "lines" else e for e in entries)


def page_text(picture: Picture) -> PageText:
    """Return the texts of a page: sources, the day it shows, and a word on boundaries."""
    return PageText(
        title=picture.title,
        subtitle=picture.subtitle,
        caption=picture.caption,
        sources=_source_line(picture.sources),
        fine_print=(f"As of {long_date(picture.as_of)}", BOUNDARIES),
    )


def _source_line(sources: Sequence[str]) -> tuple[str, ...]:
    if not sources:
        return ()
    return (f"{'Source' if len(sources) == 1 else 'Sources'}: {sources[0]}", *sources[1:])


def long_date(day: date) -> str:
    """Return a date as "22 Nov 2026", the same in every locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _alt(picture: Picture) -> str:
    layers = ", ".join(f"{len(drawn_rows(d))} {d.layer.name}" for d in picture.layers)
    return " ".join(part for part in (f"{picture.title}.", picture.subtitle, layers) if part)


def _detail(frame: FrameSpec) -> str:
    if frame.bounds is None:
        return "jurisdictions_simple"
    west, _, east, _ = frame.bounds
    wide = (east - west) % 360.0 or 360.0
    return "jurisdictions" if wide < _DETAIL_BELOW else "jurisdictions_simple"


def _filled(extent: Extent, box: Box) -> Extent:
    """Widen the extent on both sides until it has the shape of the box."""
    xmin, ymin, xmax, ymax = extent
    wide, high = xmax - xmin, ymax - ymin
    more_x = max(high * box.w / box.h - wide, 0.0) / 2.0
    more_y = max(wide * box.h / box.w - high, 0.0) / 2.0
    return xmin - more_x, ymin - more_y, xmax + more_x, ymax + more_y


def _scale_position(where: MapFrame) -> tuple[float, float]:
    if where.spec.bounds is None:
        lat = 20.0 if not where.projection.is_disc else where.projection.center_lat
        return where.projection.center_lon, float(np.clip(lat, -80.0, 80.0))
    lon, lat = bounds_center(where.spec.bounds)
    return lon, float(np.clip(round(lat), -85, 85))


def _parts(geometry: Any, smallest: float = 0.0) -> tuple[Part, ...]:
    found: list[Part] = []
    for polygon in shapely.get_parts(geometry):
        if polygon.geom_type == "MultiPolygon":
            found += _parts(polygon, smallest)
        elif polygon.geom_type == "Polygon" and polygon.area > smallest:
            rings = (polygon.exterior, *polygon.interiors)
            found += [tuple(shapely.get_coordinates(ring)[:-1] for ring in rings)]
    return tuple(found)


def _on_page(where: MapFrame, geometries: Any) -> Any:
    moved = shapely.transform(geometries, where.to_page)
    return where.clip(moved)


def _basemap(
    where: MapFrame, jurisdictions: Layer, picture: Picture, feedback: Feedback
) -> list[Item]:
    colors = palette(where.spec.theme)
    rows = _near(where, jurisdictions)
    shapes = jurisdictions.features.geometry[rows]
    codes = field_of(jurisdictions, "iso", rows)
    names = field_of(jurisdictions, "name", rows)
    planes = where.projection.areas(shapes, feedback=feedback)
    areas = _on_page(where, planes)
    outline = _on_page(where, where.projection.outline)
    items: list[Item] = [
        Area("Water", "Basemap", _parts(outline), ink(colors, "water")),
        *_graticule(where, colors),
    ]
    land, border = ink(colors, "land"), ink(colors, "border")
    known = [i for i, area in enumerate(areas) if not area.is_empty]
    for i in known:
        parts = _parts(areas[i], _FINE_AREA)
        if parts:
            items.append(Area(names[i], "Countries", parts, land, border, 0.4, alt=names[i]))
    items += _shading(picture, [(codes[i], names[i], areas[i]) for i in known], where)
    if known:
        whole = shapely.union_all(areas[known], grid_size=0.01)
        coast = _rings(_parts(whole, _FINE_AREA))
        items.append(Line("Coastline", "Coastline", coast, ink(colors, "coast"), 0.45))
    edge = _rings(_parts(outline))
    items.append(Line("Map edge", "Coastline", edge, ink(colors, "coast"), 0.6))
    return items


def _near(where: MapFrame, layer: Layer) -> Any:
    """Return the rows whose bounding box comes near the frame: the fine layer is large."""
    shapes = layer.features.geometry
    every = np.arange(len(shapes))
    bounds = where.spec.bounds
    if bounds is None or (bounds[2] - bounds[0]) % 360.0 > _DETAIL_BELOW:
        return every
    west, south, east, north = bounds
    east += 360.0 if east < west else 0.0
    wide, high = (east - west), (north - south)
    box = shapely.bounds(shapes)
    seen = (box[:, 1] <= north + high * 1.5) & (box[:, 3] >= south - high * 1.5)
    around = np.zeros(len(shapes), dtype=bool)
    for sheet in (-360.0, 0.0, 360.0):
        around |= (box[:, 0] + sheet <= east + 1.5 * wide) & (
            box[:, 2] + sheet >= west - 1.5 * wide
        )
    return every[seen & around]


def _rings(parts: Sequence[Part]) -> tuple[Floats, ...]:
    return tuple(np.concatenate([ring, ring[:1]]) for part in parts for ring in part)


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
    parts = tuple(piece for line in lines for piece in _page_paths(where, line))
    if not parts:
        return []
    return [Line("Graticule", "Basemap", parts, ink(colors, "graticule"), 0.4)]


def _page_paths(where: MapFrame, lonlat: Floats) -> list[Floats]:
    pieces: list[Floats] = []
    for path in where.projection.path(lonlat):
        line = shapely.simplify(shapely.LineString(where.to_page(path)), _FINE_LINE)
        pieces += [
            shapely.get_coordinates(part)
            for part in shapely.get_parts(where.clip(line))
            if part.geom_type == "LineString" and part.length > 0.0
        ]
    return pieces


def _shading(
    picture: Picture, countries: Sequence[tuple[str, str, Any]], where: MapFrame
) -> list[Item]:
    colors = palette(where.spec.theme)
    items: list[Item] = []
    grounds = {code: colors.land for code, _, _ in countries}
    for index, shading in enumerate(picture.shading):
        look = shading_area(where.spec.theme, index, proposed=shading.proposed)
        for code, name, area in countries:
            parts = _parts(area, _FINE_AREA) if code in shading.inside else ()
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


def _other_areas(where: MapFrame, picture: Picture) -> list[Item]:
    """Areas of the user's own layers: a thin outline with a light fill."""
    colors = palette(where.spec.theme)
    items: list[Item] = []
    for drawn in picture.layers:
        layer = drawn.layer
        if layer.features.is_points or "Polygon" not in layer.features.geometry_type:
            continue
        rows = drawn_rows(drawn)
        color = layer.style.color or colors.of_role(layer.role)
        names = field_of(layer, "name", rows)
        planes = where.projection.areas(layer.features.geometry[rows])
        for row, name, area in zip(rows, names, _on_page(where, planes), strict=True):
            parts = _parts(area, _FINE_AREA)
            if parts:
                items.append(
                    Area(
                        name or f"{layer.name} {row + 1}",
                        layer.name,
                        parts,
                        ink_of(colors, color, 0.12 * drawn.opacity),
                        ink_of(colors, color, drawn.opacity),
                        layer.style.width or 0.7,
                        alt=name or layer.name,
                    )
                )
    return items


def _path_items(where: MapFrame, drawn: DrawnLayer) -> list[Item]:
    layer = drawn.layer
    if layer.features.is_points or "LineString" not in layer.features.geometry_type:
        return []
    colors = palette(where.spec.theme)
    rows = drawn_rows(drawn)
    names, statuses = field_of(layer, "name", rows), field_of(layer, "status", rows)
    likely = is_indicative(layer, rows)
    weights = drawn.weights if drawn.weights is not None else np.full(len(rows), np.nan)
    top = float(np.nanmax(weights)) if np.isfinite(weights).any() else 0.0
    items: list[Item] = []
    for i, row in enumerate(rows):
        parts = [
            piece
            for part in shapely.get_parts(layer.features.geometry[row])
            for piece in _page_paths(where, shapely.get_coordinates(part))
        ]
        if not parts:
            continue
        share = weights[i] / top if top and np.isfinite(weights[i]) else 0.0
        look = route_line(
            where.spec.theme,
            status=statuses[i],
            indicative=likely[i],
            share=share,
            style=layer.style,
            faded=drawn.faded,
        )
        scale = POINTS_PER_PIXEL * where.theme_scale
        items.append(
            Line(
                names[i] or f"{layer.name} {row + 1}",
                layer.name,
                tuple(parts),
                ink_of(colors, look.color, look.opacity * drawn.opacity),
                look.width * scale,
                tuple(length * scale for length in look.dash),
                _arrow(parts, 4.2 * scale + look.width * scale) if look.arrow else None,
                alt=", ".join(
                    part
                    for part in (names[i], statuses[i], "indicative" if likely[i] else "")
                    if part
                ),
            )
        )
    return items


def _arrow(parts: Sequence[Floats], size: float) -> tuple[float, float, float, float] | None:
    """Return the arrow at the middle of the longest piece, unless that is too short for one."""
    longest = max(parts, key=lambda piece: float(shapely.LineString(piece).length))
    line = shapely.LineString(longest)
    if line.length < size * 4:
        return None
    tip = line.interpolate(line.length / 2 + size / 2)
    tail = line.interpolate(line.length / 2 - size / 2)
    return tip.x, tip.y, float(np.arctan2(tip.y - tail.y, tip.x - tail.x)), size


def _connection_items(where: MapFrame, connections: Sequence[Connection]) -> list[Item]:
    colors = palette(where.spec.theme)
    scale = POINTS_PER_PIXEL * where.theme_scale
    items: list[Item] = []
    for link in connections:
        look = connection_line(where.spec.theme, inside=link.inside, restricted=link.restricted)
        parts = _page_paths(where, link.path)
        if parts:
            side = "inside" if link.inside else "outside"
            km = f"{link.km:,.0f}".replace(",", "\u202f")
            items.append(
                Line(
                    f"{link.start_name} \u2013 {link.end_name}",
                    "Distance lines",
                    tuple(parts),
                    ink_of(colors, look.color, look.opacity),
                    look.width * scale,
                    tuple(length * scale for length in look.dash),
                    alt=f"{link.start_name} to {link.end_name}, {km} km, {side}",
                )
            )
    return items


#: Closed and planned sites lie below those that work.
_DEPTH: Final = {Status.CLOSED: 0, Status.SUSPENDED: 1, Status.PLANNED: 2, Status.CONSTRUCTION: 3}


def _mark_items(where: MapFrame, picture: Picture) -> list[Mark]:
    theme = where.spec.theme
    scale = POINTS_PER_PIXEL * where.theme_scale
    plain = NEAR_SIZE if where.spec.bounds is not None else WORLD_SIZE
    top = top_weight(picture.layers)
    marks: list[tuple[tuple[bool, int, float], Mark]] = []
    for drawn in picture.layers:
        layer = drawn.layer
        if not layer.features.is_points and "Point" not in layer.features.geometry_type:
            continue
        rows = drawn_rows(drawn)
        xy = where.to_page(where.projection.points(layer.features.lonlat[rows]))
        shown = where.shows(xy)
        fields = {
            name: field_of(layer, name, rows)
            for name in ("name", "status", "precision", "country", "mineral", "owner")
        }
        sizes = (
            size_of(drawn.weights, top=top, unknown=plain * 0.7)
            if drawn.weights is not None
            else np.full(len(rows), layer.style.size or plain)
        )
        for i in np.flatnonzero(shown):
            symbol = symbol_of(
                layer.role,
                fields["status"][i],
                fields["precision"][i],
                theme,
                style=layer.style,
                size=float(sizes[i]),
                scale=scale,
                faded=drawn.faded,
            )
            facts = (
                layer.role.label,
                *(fields[name][i] for name in ("status", "country", "mineral", "owner")),
            )
            name = fields["name"][i] or f"{layer.name} {rows[i] + 1}"
            alt = ", ".join([name, *(fact for fact in facts if fact)])
            mark = Mark(name, layer.name, float(xy[i, 0]), float(xy[i, 1]), symbol, alt)
            depth = _DEPTH.get(fields["status"][i], 4)  # type: ignore[call-overload]
            marks.append(((not drawn.faded, depth, -float(sizes[i])), mark))
    return [mark for _, mark in sorted(marks, key=lambda pair: pair[0])]


def _spots(marks: Sequence[Mark]) -> list[list[int]]:
    spots: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, mark in enumerate(marks):
        spots[round(mark.x / 0.4), round(mark.y / 0.4)].append(i)
    return list(spots.values())


def _fanned(marks: Sequence[Mark]) -> tuple[list[Mark], list[Wanted]]:
    """Spread marks that share a spot around it, and count the crowds ("Baotou 12")."""
    moved = list(marks)
    crowds: list[Wanted] = []
    golden = np.pi * (3.0 - np.sqrt(5.0))
    for spot in _spots(marks):
        if len(spot) < 2:
            continue
        step = 0.62 * float(np.mean([marks[i].symbol.size for i in spot]))
        for turn, i in enumerate(spot):
            away = step * np.sqrt(turn + (0.6 if len(spot) < 4 else 0.1))
            angle = turn * (2 * np.pi / len(spot) if len(spot) < 4 else golden)
            mark = marks[i]
            moved[i] = Mark(
                mark.name,
                mark.group,
                mark.x + float(away * np.cos(angle)),
                mark.y + float(away * np.sin(angle)),
                mark.symbol,
                mark.alt,
            )
        name = common_name([marks[i].name for i in spot])
        if name and len(spot) >= _CROWD:
            x, y = marks[spot[0]].x, marks[spot[0]].y
            clearance = step * np.sqrt(len(spot)) + step
            crowds.append(Wanted(f"{name}\u00a0{len(spot)}", x, y, step, float(clearance)))
    return moved, sorted(crowds, key=lambda crowd: -crowd.clearance)


def _label_items(
    where: MapFrame, picture: Picture, marks: Sequence[Mark], crowds: Sequence[Wanted]
) -> list[Item]:
    colors = palette(where.spec.theme)
    scale = where.theme_scale
    size = 9.5 * scale
    centers = np.array([(m.x, m.y) for m in marks]).reshape(-1, 2)
    wanted: list[Wanted] = []
    if picture.labels:
        at = where.to_page(where.projection.points(np.array([x.lonlat for x in picture.labels])))
        for label, xy, shown in zip(picture.labels, at, where.shows(at), strict=True):
            if shown:
                x, y = map(float, xy)
                wanted.append(Wanted(label.text, x, y, size, _clearance(marks, x, y, scale)))
    wanted = [*wanted[:_MOST_LABELS], *(replace(c, size=size * 0.9) for c in crowds)]
    wanted = [*wanted[:_MOST_LABELS], *_km_labels(where, picture.connections, size * 0.85)]
    placed = place_labels(wanted, where.box, marks=centers)
    return [
        Words(
            label.wanted.text,
            "Labels",
            label.box.x,
            label.box.y,
            (label.wanted.text,),
            label.wanted.size,
            ink(colors, "text"),
            halo=ink(colors, "halo"),
            alt=label.wanted.text,
        )
        for label in placed
    ]


def _clearance(marks: Sequence[Mark], x: float, y: float, scale: float) -> float:
    """Return how far a label must stay from its point: as far as the symbol there reaches."""
    near = [m.symbol.size / 2 for m in marks if abs(m.x - x) < 3.0 and abs(m.y - y) < 3.0]
    return max(near, default=2.0) + 3.0 * scale


def _km_labels(where: MapFrame, connections: Sequence[Connection], size: float) -> list[Wanted]:
    wanted: list[Wanted] = []
    for link in sorted(connections, key=lambda each: -each.km):
        parts = _page_paths(where, link.path)
        if not parts:
            continue
        line = max((shapely.LineString(part) for part in parts), key=lambda each: each.length)
        text = f"{link.km:,.0f}".replace(",", "\u202f") + "\u00a0km"
        middle = line.interpolate(0.5, normalized=True)
        crowded = any(np.hypot(w.x - middle.x, w.y - middle.y) < 5 * size for w in wanted)
        if line.length > 1.6 * width_of(text, size) and not crowded:
            wanted.append(Wanted(text, middle.x, middle.y, size, 2.5))
    return wanted[:_MOST_KM_LABELS]


def common_name(names: Sequence[str]) -> str:
    """Return the word that most names of a spot have, their place; "" if less than half do."""
    words = Counter(
        word
        for name in names
        for word in dict.fromkeys(name.translate(_NO_BRACKETS).split())
        if len(word) > 2 and word.lower() not in _NO_PLACES
    )
    if not words:
        return ""
    word, count = words.most_common(1)[0]
    return word if count * 2 >= len(names) else ""
