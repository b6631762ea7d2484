"""Lines and points on the page: routes, distance lines, sites, and sites that share a spot."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.model.numbers import whole
from gisapp.model.vocabulary import MINERALS, Status
from gisapp.render.drawn import drawn_rows, field_of, is_indicative, top_weight
from gisapp.render.flow_scale import busiest
from gisapp.render.labels import Wanted
from gisapp.render.looks import line_looks, point_looks, resized
from gisapp.render.map_density import is_gathered
from gisapp.render.map_flows import arrow_size
from gisapp.render.map_frame import MapFrame, page_paths
from gisapp.render.page_sizes import POINTS_PER_PIXEL
from gisapp.render.picture import Connection, DrawnLayer, Picture
from gisapp.render.scene import Item, Line, Mark, ink_of
from gisapp.render.symbology import (
    NEAR_SIZE,
    WORLD_SIZE,
    Symbol,
    connection_line,
    palette,
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
_BESIDE: Final = 0.6  # of the usual size has a site that is not asked about
_WIDEST_STEP: Final = 4.0  # points between sites that share a spot
_CROWDED: Final = 30_000  # symbols of a layer, from which on those that are hidden are left out
_HIDING: Final = 0.2  # of a symbol's size apart, one hides most of the other
_CROWD: Final = 5  # sites on one spot that are worth a count


def path_items(where: MapFrame, drawn: DrawnLayer) -> list[Item]:
    """Return the lines of a layer with their arrows."""
    layer = drawn.layer
    if layer.features.is_points or "LineString" not in layer.features.geometry_type:
        return []
    colors = palette(where.spec.look)
    rows = drawn_rows(drawn)
    names, statuses = field_of(layer, "name", rows), field_of(layer, "status", rows)
    likely = is_indicative(layer, rows)
    looks = line_looks(drawn, where.spec.look, faded=True)
    items: list[Item] = []
    for i, row in enumerate(rows):
        parts = [
            piece
            for part in shapely.get_parts(layer.features.geometry[row])
            for piece in page_paths(where, shapely.get_coordinates(part))
        ]
        if not parts:
            continue
        look = looks.symbols[looks.index[i]]
        scale = POINTS_PER_PIXEL * where.scale
        items.append(
            Line(
                names[i] or f"{layer.name} {row + 1}",
                layer.name,
                tuple(parts),
                ink_of(colors, look.color, look.opacity * drawn.opacity),
                look.width * scale,
                tuple(length * scale for length in look.dash),
                _arrow(parts, 4.2 * scale + look.width * scale, look.arrow),
                alt=", ".join(
                    part
                    for part in (names[i], statuses[i], "indicative" if likely[i] else "")
                    if part
                ),
            )
        )
    return items


def _arrow(
    parts: Sequence[Floats], size: float, place: str
) -> tuple[float, float, float, float] | None:
    """Return the arrow on the longest piece, unless that is too short for one."""
    if not place:
        return None
    longest = max(parts, key=lambda piece: float(shapely.LineString(piece).length))
    line = shapely.LineString(longest)
    if line.length < size * 4:
        return None
    end = line.length if place == "end" else line.length / 2 + size / 2
    tip, tail = line.interpolate(end), line.interpolate(end - size)
    return tip.x, tip.y, float(np.arctan2(tip.y - tail.y, tip.x - tail.x)), size


def connection_items(where: MapFrame, connections: Sequence[Connection]) -> list[Item]:
    """Return the distance lines, back to front."""
    colors = palette(where.spec.look)
    scale = POINTS_PER_PIXEL * (where.legend_of or where).scale
    items: list[Item] = []
    most = busiest(connections) if where.top_tonnes is None else where.top_tonnes
    for link in connections:
        look = connection_line(
            where.spec.look,
            inside=link.inside,
            restricted=link.restricted,
            number=len(connections),
            share=link.tonnes / most,
            mode=link.mode,
        )
        parts = page_paths(where, link.path)
        if parts:
            side = "inside" if link.inside else "outside"
            km, arrow = f"{whole(link.km)} km", None
            if not math.isnan(link.tonnes):
                km = f"{whole(link.tonnes)} t a year over {km}"
                arrow = _arrow(parts, arrow_size(look.width * scale, where.scale), "middle")
            items.append(
                Line(
                    f"{link.start_name} \u2013 {link.end_name}",
                    "Distance lines",
                    tuple(parts),
                    ink_of(colors, look.color, look.opacity),
                    look.width * scale,
                    tuple(length * scale for length in look.dash),
                    arrow,
                    alt=f"{link.start_name} to {link.end_name}, {km}, {side}",
                )
            )
    return items


#: Large symbols lie below small ones, and of one size closed and planned ones below working ones.
_DEPTH: Final = {Status.CLOSED: 0, Status.SUSPENDED: 1, Status.PLANNED: 2, Status.CONSTRUCTION: 3}


def mark_items(where: MapFrame, picture: Picture) -> tuple[list[Mark], list[str]]:
    """Return the symbols of all point layers in drawing order, and what is left out of crowds.

    Of a layer of very many points one symbol stands for those of its kind that it hides.
    """
    notices: list[str] = []
    theme = where.spec.look
    scale = POINTS_PER_PIXEL * where.scale
    plain = NEAR_SIZE if where.spec.bounds is not None else WORLD_SIZE
    top = _top_shown(where.legend_of or where, picture.layers)
    marks: list[tuple[tuple[bool, float, int], Mark]] = []
    for drawn in picture.layers:
        layer = drawn.layer
        if "Point" not in layer.features.geometry_type or is_gathered(where, drawn):
            continue
        rows = drawn_rows(drawn)
        xy = where.to_page(where.projection.points(layer.features.lonlat[rows]))
        shown = where.shows(xy)
        fields = {
            name: field_of(layer, name, rows)
            for name in ("name", "status", "precision", "country", "mineral", "owner")
        }
        looks = point_looks(
            drawn,
            theme,
            top=top,
            plain=plain,
            unknown=plain * 0.7,
            scale=scale,
            factor=where.weighted_scale,
            faded=True,
        )
        sizes = looks.sizes
        if sizes is None:
            sizes = np.full(len(rows), layer.style.size or plain)
        if drawn.faded:
            sizes = np.minimum(sizes, plain * _BESIDE)
        seen = np.flatnonzero(shown)
        if len(seen) > _CROWDED:
            kept = _uncovered(xy[seen], looks.index[seen], sizes[seen] * scale * _HIDING)
            left = len(seen) - len(kept)
            seen = seen[kept]
            notices.append(
                f'Of layer "{layer.name}" {whole(left)} symbols that lie under others '
                "of their kind are left out."
            )
        for i in seen:
            symbol = resized(looks.symbols[looks.index[i]], float(sizes[i]) * scale)
            if drawn.faded:
                symbol = _stepped_back(symbol)
            facts = (
                layer.role.label,
                *(fields[name][i] for name in ("status", "country", "mineral", "owner")),
            )
            name = fields["name"][i] or f"{layer.name} {rows[i] + 1}"
            alt = ", ".join([name, *(fact for fact in facts if fact)])
            mark = Mark(name, layer.name, float(xy[i, 0]), float(xy[i, 1]), symbol, alt)
            depth = _DEPTH.get(fields["status"][i], 4)  # type: ignore[call-overload]
            marks.append(((not drawn.faded, -float(sizes[i]), depth), mark))
    return [mark for _, mark in sorted(marks, key=lambda pair: pair[0])], notices


def _uncovered(xy: Floats, kinds: npt.NDArray[np.int64], reach: Floats) -> npt.NDArray[np.int64]:
    """Return which points are the last of their kind in their cell, ascending.

    Parameters
    ----------
    xy
        Places in points, shape (n, 2).
    kinds
        What looks alike, shape (n,).
    reach
        Width of the cell of each, in points, shape (n,).
    """
    cells = np.column_stack([np.floor(xy / reach[:, None]), kinds, reach])
    _, first = np.unique(cells[::-1], axis=0, return_index=True)
    return np.sort(len(cells) - 1 - first)


def _stepped_back(symbol: Symbol) -> Symbol:
    """Return a symbol of what is not asked: where a site is, not how much or in what state."""
    if symbol.shape == "cross":
        return symbol
    return replace(
        symbol,
        fill=symbol.fill or symbol.stroke,
        stroke_width=0.0,
        halo_width=0.0,
        ring="none",
        hollow=False,
    )


def _top_shown(where: MapFrame, layers: Sequence[DrawnLayer]) -> float:
    """Return the largest weight that the frame shows: a region has its own scale of sizes."""
    if where.top_weight is not None:
        return where.top_weight
    shown = [
        replace(d, weights=np.where(where.shows(xy), d.weights, np.nan))
        for d in layers
        if d.weights is not None and d.layer.features.is_points
        for xy in (where.to_page(where.projection.points(d.layer.features.lonlat[drawn_rows(d)])),)
    ]
    return top_weight(shown)


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


def _spots(marks: Sequence[Mark]) -> list[list[int]]:
    spots: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, mark in enumerate(marks):
        spots[round(mark.x / 0.4), round(mark.y / 0.4)].append(i)
    return list(spots.values())


def fanned(marks: Sequence[Mark]) -> tuple[list[Mark], list[Wanted]]:
    """Spread marks that share a spot around it, and count the crowds ("Baotou 12")."""
    moved = list(marks)
    crowds: list[Wanted] = []
    golden = np.pi * (3.0 - np.sqrt(5.0))
    for spot in _spots(marks):
        if len(spot) < 2:
            continue
        # large symbols overlap rather than leave their place: a plant at the coast is not at sea
        step = min(0.62 * float(np.mean([marks[i].symbol.size for i in spot])), _WIDEST_STEP)
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
        asked = any(marks[i].symbol.opacity == 1.0 for i in spot)
        if name and asked and len(spot) >= _CROWD:
            x, y = marks[spot[0]].x, marks[spot[0]].y
            clearance = step * np.sqrt(len(spot)) + step
            crowds.append(Wanted(f"{name}\u00a0{len(spot)}", x, y, step, float(clearance)))
    return moved, sorted(crowds, key=lambda crowd: -crowd.clearance)
