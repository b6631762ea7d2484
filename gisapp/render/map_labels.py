"""The labels of a map: names that matter, crowds, and lengths of distance lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely

from gisapp.render.fonts import width_of
from gisapp.render.labels import Wanted, place_labels
from gisapp.render.map_frame import MapFrame, page_paths
from gisapp.render.picture import Connection, Picture
from gisapp.render.scene import Item, Mark, Words, ink
from gisapp.render.symbology import palette

_MOST_LABELS: Final = 30
_FEWEST_LABELS: Final = 5
_AREA_OF_LABEL: Final = 20_000.0  # points² of map for each label: a label is read, not hunted
_LONGEST_LABEL: Final = 28  # characters
_MOST_KM_LABELS: Final = 10


def label_items(
    where: MapFrame, picture: Picture, marks: Sequence[Mark], crowds: Sequence[Wanted]
) -> list[Item]:
    """Return the names that find a place: the picture's own, crowds, then lengths of lines."""
    colors = palette(where.spec.theme)
    scale = where.scale
    size = 9.5 * scale
    centers = np.array([(m.x, m.y) for m in marks]).reshape(-1, 2)
    wanted: list[Wanted] = []
    if picture.labels:
        at = where.to_page(where.projection.points(np.array([x.lonlat for x in picture.labels])))
        for label, xy, shown in zip(picture.labels, at, where.shows(at), strict=True):
            if shown:
                x, y = map(float, xy)
                text = _short_name(label.text)
                wanted.append(Wanted(text, x, y, size, _clearance(marks, x, y, scale)))
    area = where.box.w * where.box.h / scale**2
    most = int(np.clip(area / _AREA_OF_LABEL, _FEWEST_LABELS, _MOST_LABELS))
    wanted = [*wanted, *(replace(crowd, size=size * 0.9) for crowd in crowds)][:most]
    wanted = [*wanted, *_km_labels(where, picture.connections, size * 0.85)[:most]]
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


def _short_name(text: str) -> str:
    """Return a name short enough for a map: without what stands in brackets, then cut."""
    if len(text) > _LONGEST_LABEL:
        text = re.sub(r"\s*\([^)]*\)", "", text).strip() or text
    if len(text) > _LONGEST_LABEL:
        text = text[: _LONGEST_LABEL - 1].rsplit(" ", 1)[0].rstrip(" ,-") + "…"
    return text


def _clearance(marks: Sequence[Mark], x: float, y: float, scale: float) -> float:
    """Return how far a label must stay from its point: as far as the symbol there reaches."""
    near = [m.symbol.size / 2 for m in marks if abs(m.x - x) < 3.0 and abs(m.y - y) < 3.0]
    return max(near, default=2.0) + 3.0 * scale


def _km_labels(where: MapFrame, connections: Sequence[Connection], size: float) -> list[Wanted]:
    wanted: list[Wanted] = []
    for link in sorted(connections, key=lambda each: -each.km):
        parts = page_paths(where, link.path)
        if not parts:
            continue
        line = max((shapely.LineString(part) for part in parts), key=lambda each: each.length)
        text = f"{link.km:,.0f}".replace(",", "\u202f") + "\u00a0km"
        middle = line.interpolate(0.5, normalized=True)
        crowded = any(np.hypot(w.x - middle.x, w.y - middle.y) < 5 * size for w in wanted)
        if line.length > 1.6 * width_of(text, size) and not crowded:
            wanted.append(Wanted(text, middle.x, middle.y, size, 2.5))
    return wanted[:_MOST_KM_LABELS]
