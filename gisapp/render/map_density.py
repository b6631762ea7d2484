"""Clusters and heat on the page: bubbles with counts, density as bands of colour."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final, TypeAlias, cast

import contourpy
import numpy as np

from gisapp.model.features import Floats
from gisapp.model.numbers import whole
from gisapp.render.density import (
    HEAT_STEPS,
    LEAST_HEAT,
    bunches,
    cluster_ink,
    cluster_symbol,
    cluster_text,
    density,
    heat_alpha,
    heat_colors,
    heat_share,
)
from gisapp.render.drawn import drawn_rows
from gisapp.render.looks import point_looks
from gisapp.render.map_frame import MapFrame
from gisapp.render.page_sizes import POINTS_PER_PIXEL
from gisapp.render.picture import DrawnLayer, Picture
from gisapp.render.scene import Area, Ink, Item, Mark, Part, Words, ink_of
from gisapp.render.symbology import palette

_Filled: TypeAlias = tuple[list[Floats], list[Any]]
#: Pixels of a cell that a density is counted in.
_CELL: Final = 3.0
_TEXT_SIZE: Final = 9.5


def is_gathered(where: MapFrame, drawn: DrawnLayer) -> bool:
    """Return whether a layer's points are drawn as clusters or heat at the scale of a page."""
    style = drawn.layer.style
    if style.heat is not None:
        return True
    return style.clusters is not None and where.zoom < style.clusters.until


def density_items(where: MapFrame, picture: Picture) -> list[Item]:
    """Return the bubbles and the heat of all layers that ask for them, back to front."""
    items: list[Item] = []
    for drawn in picture.layers:
        if "Point" not in drawn.layer.features.geometry_type or not is_gathered(where, drawn):
            continue
        rows = drawn_rows(drawn)
        xy = where.to_page(where.projection.points(drawn.layer.features.lonlat[rows]))
        draw = _heat if drawn.layer.style.heat is not None else _clusters
        items += draw(where, drawn, xy)
    return items


def _clusters(where: MapFrame, drawn: DrawnLayer, xy: Floats) -> list[Item]:
    layer, theme = drawn.layer, where.spec.look
    clusters = layer.style.clusters
    if clusters is None:
        return []
    scale = POINTS_PER_PIXEL * where.scale
    xy = np.where(where.shows(xy)[:, None], xy, np.nan)
    found = bunches(xy, clusters.radius * scale)
    looks = point_looks(drawn, theme, scale=scale, faded=True)
    items: list[Item] = []
    for i in np.argsort(found.counts, kind="stable").tolist():
        (x, y), count = found.middles[i].tolist(), int(found.counts[i])
        if count == 1:
            symbol = looks.symbols[looks.index[found.first[i]]]
            items.append(Mark(layer.name, layer.name, x, y, symbol, layer.name))
            continue
        bubble, words = cluster_symbol(layer, theme, count, scale), cluster_text(count)
        size = _TEXT_SIZE * scale
        name = f"{whole(count)} of {layer.name}"
        ink = Ink(cluster_ink(bubble))
        items.append(Mark(name, layer.name, x, y, bubble, name))
        items.append(
            Words(
                name,
                layer.name,
                x,
                y - size * 0.62,
                (words,),
                size,
                ink,
                bold=True,
                align="center",
            )
        )
    return items


def _heat(where: MapFrame, drawn: DrawnLayer, xy: Floats) -> list[Item]:
    heat, box = drawn.layer.style.heat, where.box
    if heat is None:
        return []
    colors = palette(where.spec.look)
    scale = POINTS_PER_PIXEL * where.scale
    cell, radius = _CELL * scale, heat.radius * scale
    seen = where.shows(xy)
    weights = drawn.layer.features.columns.get(heat.weight)
    given = None if weights is None else weights[drawn_rows(drawn)].astype(np.float64)[seen]
    shape = (int(box.h / cell) + 1, int(box.w / cell) + 1)
    grid = density(xy[seen] - (box.x, box.y), given, shape, cell, radius)
    share = heat_share(grid, float(grid.max(initial=0.0)))
    # an empty border closes the bands at the edge of the map
    share = np.pad(share, 1)
    across = box.x + (np.arange(share.shape[1]) - 0.5) * cell
    down = box.y + (np.arange(share.shape[0]) - 0.5) * cell
    contours = contourpy.contour_generator(
        across, down, share, fill_type=contourpy.FillType.OuterOffset
    )
    edges = np.linspace(LEAST_HEAT, 1.0, HEAT_STEPS + 1)
    items: list[Item] = []
    for i, color in enumerate(heat_colors(heat, where.spec.look)):
        rings, offsets = cast(_Filled, contours.filled(edges[i], edges[i + 1] + 1e-9))
        parts: list[Part] = [
            tuple(ring[a : b - 1] for a, b in pairwise(ends))
            for ring, ends in zip(rings, offsets, strict=True)
        ]
        alpha = float(heat_alpha((edges[i] + edges[i + 1]) / 2)) * drawn.opacity
        if parts:
            name = f"{drawn.layer.name}: step {i + 1} of {HEAT_STEPS}"
            items.append(
                Area(name, drawn.layer.name, tuple(parts), ink_of(colors, color, alpha), alt=name)
            )
    return items
