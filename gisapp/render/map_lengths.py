"""What is written on lines: kilometres in the middle of distance lines, tonnes beside flows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely

from gisapp.model.numbers import NO_BREAK, rounded, whole
from gisapp.render.fonts import font_files, width_of
from gisapp.render.labels import Wanted
from gisapp.render.map_flows import FlowLeg
from gisapp.render.map_frame import MapFrame, page_paths
from gisapp.render.picture import Connection, Show

#: Where on its line a length may stand, best first.
_ALONG: Final = (0.5, 0.44, 0.56, 0.38, 0.62, 0.3, 0.7)
#: Widths of text that stay free between two lengths.
_APART: Final = 9.0
_ENOUGH: Final = 12
#: Of the tonnes of the widest leg: what carries less is not worth a figure.
_WORTH: Final = 0.05


def length_labels(where: MapFrame, connections: Sequence[Connection], size: float) -> list[Wanted]:
    """Return lengths: the longest, typical ones, some between; or tonnes of the widest lines.

    All of them where they are asked for; else of the lines inside the alliance, if there are any.
    """
    fonts = font_files(where.spec.look)
    every = where.spec.elements.lengths is Show.YES
    if any(not math.isnan(link.tonnes) for link in connections):
        largest = sorted(connections, key=lambda each: -each.tonnes)
        listed = largest if every else largest[:_ENOUGH]
    else:
        inside = [link for link in connections if link.inside or every] or list(connections)
        listed = _spread(sorted(inside, key=lambda each: -each.km))
    wanted: list[Wanted] = []
    for link in listed:
        parts = page_paths(where, link.path)
        if not parts:
            continue
        if not every and len(wanted) == _ENOUGH:
            break
        line = max((shapely.LineString(part) for part in parts), key=lambda each: each.length)
        flows = not math.isnan(link.tonnes)
        text = f"{rounded(link.tonnes)}{NO_BREAK}t" if flows else f"{whole(link.km)}{NO_BREAK}km"
        if line.length <= 1.6 * width_of(text, size, fonts=fonts):
            continue
        spots = [line.interpolate(part, normalized=True) for part in _ALONG]
        (x, y), *others = [(spot.x, spot.y) for spot in spots]
        crowded = any(np.hypot(w.x - x, w.y - y) < _APART * size for w in wanted)
        if every or not crowded:
            wanted.append(Wanted(text, x, y, size, 2.5, middle=True, spots=tuple(others)))
    return wanted


def _spread(by_length: Sequence[Connection]) -> list[Connection]:
    """Return lines in this order: the longest, the middle one, the quarters, the eighths, ..."""
    last = len(by_length) - 1
    steps = [0.0, *((odd + 0.5) / 2**k for k in range(9) for odd in range(2**k))]
    order = (round(part * last) for part in steps if last >= 0)
    return [by_length[number] for number in dict.fromkeys((*order, *range(last + 1)))]


def flow_labels(where: MapFrame, legs: Sequence[FlowLeg], size: float) -> list[Wanted]:
    """Return the tonnes of the widest legs of bundled flows, each for a corridor of its own."""
    fonts = font_files(where.spec.look)
    every = where.spec.elements.lengths is Show.YES
    wanted: list[Wanted] = []
    least = 0.0 if every else _WORTH * max((leg.tonnes for leg in legs), default=0.0)
    for leg in sorted(legs, key=lambda each: -each.tonnes):
        if leg.tonnes < least:
            break
        line = shapely.LineString(leg.path)
        text = f"{rounded(leg.tonnes)}{NO_BREAK}t"
        if line.length <= 1.2 * width_of(text, size, fonts=fonts):
            continue
        middle = line.interpolate(0.5, normalized=True)
        near = [np.hypot(w.x - middle.x, w.y - middle.y) for w in wanted]
        if min(near, default=np.inf) < (3.0 if every else _APART) * size:
            continue
        wanted.append(Wanted(text, middle.x, middle.y, size, leg.width / 2.0 + 2.5))
    return wanted if every else wanted[:_ENOUGH]
