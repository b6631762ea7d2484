"""The labels of a map: names that matter, crowds, and lengths of distance lines."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely

from gisapp.model.features import Floats
from gisapp.model.numbers import NO_BREAK, rounded, whole
from gisapp.model.vocabulary import MINERALS
from gisapp.render.flow_scale import busiest
from gisapp.render.fonts import width_of
from gisapp.render.labels import Placed, Wanted, place_labels
from gisapp.render.layer_labels import layer_labels
from gisapp.render.layout import POINTS_PER_PIXEL
from gisapp.render.map_frame import MapFrame, page_paths
from gisapp.render.picture import Connection, Picture
from gisapp.render.scene import Box, Item, Line, Mark, Words, ink
from gisapp.render.symbology import palette, ring_size

_MOST_LABELS: Final = 8
_FEWEST_LABELS: Final = 5
_AREA_OF_LABEL: Final = 24_000.0  # points² of map for each label: a label is read, not hunted
_LONGEST_LABEL: Final = 26  # characters
_MOST_KM_LABELS: Final = 5
_MOST_FLOWS: Final = 12
_SIZE: Final = 9.5
_BRACKETS: Final = re.compile(r"\s*\(([^)]*)\)")
#: Last words of a name that its symbol says already.
_SAID_BY_SYMBOL: Final = frozenset(
    [
        *("mine", "project", "plant", "refinery", "smelter", "separation", "deposit", "magnets"),
        *("base", "hydroxide", "carbonate", "and", "&"),
    ]
)


def label_items(
    where: MapFrame,
    picture: Picture,
    marks: Sequence[Mark],
    crowds: Sequence[Wanted],
    *,
    taken: Sequence[Box] = (),
) -> list[Item]:
    """Return the names that find a place: the picture's own, crowds, then lengths of lines."""
    scale = where.scale
    size = _SIZE * scale
    wanted: list[Wanted] = []
    if picture.labels:
        at = where.to_page(where.projection.points(np.array([x.lonlat for x in picture.labels])))
        for label, xy, shown in zip(picture.labels, at, where.shows(at), strict=True):
            text = short_name(label.text)
            if shown and text and all(text != other.text for other in wanted):  # mine and plant
                x, y = map(float, xy)
                clearance = _clearance(marks, x, y, scale)
                wanted.append(Wanted(text, x, y, size, clearance, leader=True))
    named = {label.text for label in wanted}
    if where.is_region and len(named) < _FEWEST_LABELS:
        wanted += _largest(marks, named, size, scale)
    wanted += [
        replace(crowd, size=size * 0.9, leader=True)
        for crowd in crowds
        if crowd.text.split("\u00a0")[0] not in named
    ]
    solid = _discs([m for m in marks if m.symbol.opacity == 1.0])
    faint = _discs([m for m in marks if m.symbol.opacity < 1.0])
    area = where.box.w * where.box.h / scale**2
    most = int(np.clip(area / _AREA_OF_LABEL, _FEWEST_LABELS, _MOST_LABELS))
    names = place_labels(wanted, where.box, marks=solid, faint=faint, taken=taken)[:most]
    lengths = _lengths(where, picture.connections, size * 0.85, solid, names)
    taken = [*taken, *(each.box for each in (*names, *lengths))]
    asked = [*_asked_for(where, picture, marks)]
    theirs = place_labels([label for label, _ in asked], where.box, marks=solid, taken=taken)
    bare = {id(label) for label, halo in asked if not halo}
    items: list[Item] = []
    for placed in (*names, *lengths, *theirs):
        items += _drawn(placed, where, halo=id(placed.wanted) not in bare)
    return items


def _asked_for(
    where: MapFrame, picture: Picture, marks: Sequence[Mark]
) -> Iterator[tuple[Wanted, bool]]:
    """Yield the names that layers ask for, uppermost layer first, and whether each has a halo."""
    scale = where.scale * POINTS_PER_PIXEL
    for drawn in reversed(picture.layers):
        labels = layer_labels(drawn)
        if not labels or where.zoom < labels[0].style.min_zoom:
            continue
        at = where.to_page(where.projection.points(np.array([x.lonlat for x in labels])))
        points = "Point" in drawn.layer.features.geometry_type
        for label, (x, y), shown in zip(labels, at.tolist(), where.shows(at), strict=True):
            if shown:
                # the name of an area or a line stands in its middle
                away = _clearance(marks, x, y, scale) if points else 0.0
                size = label.style.size * scale
                yield Wanted(label.text, x, y, size, away, middle=not points), label.style.halo


def _drawn(placed: Placed, where: MapFrame, *, halo: bool = True) -> list[Item]:
    colors = palette(where.spec.look)
    text, box = placed.wanted.text, placed.box
    words = Words(
        text,
        "Labels",
        box.x,
        box.y,
        (text,),
        placed.wanted.size,
        ink(colors, "text"),
        halo=ink(colors, "halo") if halo else None,
        alt=text,
    )
    if placed.leader is None:
        return [words]
    return [
        Line(f"{text} (leader)", "Labels", (placed.leader,), ink(colors, "muted"), 0.5, alt=""),
        words,
    ]


def _largest(
    marks: Sequence[Mark], named: Collection[str], size: float, scale: float
) -> list[Wanted]:
    """Return the largest symbols of a frame that holds few of the picture's own names."""
    asked = [m for m in marks if m.symbol.opacity == 1.0]
    found: dict[str, Wanted] = {}
    for mark in sorted(asked, key=lambda each: -each.symbol.size):
        text = short_name(mark.name)
        if text and text not in named:
            clearance = mark.symbol.size / 2 + 3.0 * scale
            found.setdefault(text, Wanted(text, mark.x, mark.y, size, clearance, leader=True))
    return list(found.values())[:_MOST_LABELS]


def short_name(text: str) -> str:
    """Return a name short enough for a map, "" if it is none: a cut name would be a false one.

    What stands in brackets goes, and last words that the symbol says already ("mine"); of a long
    name the brackets alone stay, which hold its place.
    """
    words = _BRACKETS.sub("", text).split() or text.split()
    while len(words) > 1 and words[-1].lower() in _SAID_BY_SYMBOL:
        words.pop()
    while len(words) > 2 and words[-1].lower() in MINERALS:  # "Green Lithium" keeps it
        words.pop()
    inside = _BRACKETS.search(text)
    for short in (" ".join(words), inside.group(1).strip() if inside else ""):
        if len(short) <= _LONGEST_LABEL:
            return short
    return ""


def _discs(marks: Sequence[Mark]) -> Floats:
    """Return x, y and radius of symbols, shape (n, 3)."""
    rows = [
        (m.x, m.y, (ring_size(m.symbol) if m.symbol.ring != "none" else m.symbol.size) / 2.0)
        for m in marks
    ]
    return np.array(rows).reshape(-1, 3)


def _clearance(marks: Sequence[Mark], x: float, y: float, scale: float) -> float:
    """Return how far a label must stay from its point: as far as the symbol there reaches."""
    near = [m.symbol.size / 2 for m in marks if abs(m.x - x) < 3.0 and abs(m.y - y) < 3.0]
    return max(near, default=2.0) + 3.0 * scale


def _lengths(
    where: MapFrame,
    connections: Sequence[Connection],
    size: float,
    marks: Floats,
    names: Sequence[Placed],
) -> tuple[Placed, ...]:
    """Return lengths: the longest, typical ones, some between; or tonnes of the widest lines."""
    inside = [link for link in connections if link.inside] or list(connections)
    by_length = sorted(inside, key=lambda each: -each.km)
    # the longest, the middle one, the quarters, ...: each as far as it can be from the others
    order = [0.0, 0.5, *(part / 16 for part in (4, 12, 2, 6, 10, 14, 1, 3, 5, 7, 9, 11, 13, 15))]
    if not math.isnan(busiest(connections)):  # of flows the largest are the ones to read
        by_length = sorted(connections, key=lambda each: -each.tonnes)[:_MOST_FLOWS]
        order = [number / _MOST_FLOWS for number in range(_MOST_FLOWS)]
    last = len(by_length) - 1
    wanted: list[Wanted] = []
    for number in dict.fromkeys(round(part * last) for part in order if last >= 0):
        link = by_length[number]
        parts = page_paths(where, link.path)
        if not parts:
            continue
        line = max((shapely.LineString(part) for part in parts), key=lambda each: each.length)
        flows = not math.isnan(link.tonnes)
        text = f"{rounded(link.tonnes)}{NO_BREAK}t" if flows else f"{whole(link.km)}{NO_BREAK}km"
        middle = line.interpolate(0.5, normalized=True)
        crowded = any(np.hypot(w.x - middle.x, w.y - middle.y) < 9 * size for w in wanted)
        if line.length > 1.6 * width_of(text, size) and not crowded:
            wanted.append(Wanted(text, middle.x, middle.y, size, 2.5))
    taken = [name.box for name in names]
    return place_labels(wanted, where.box, marks=marks, taken=taken)[:_MOST_KM_LABELS]
