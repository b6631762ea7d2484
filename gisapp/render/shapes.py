"""Shapes of point symbols: plain ones of equal area, and icons drawn as silhouettes."""

from __future__ import annotations

import re
from functools import cache
from math import cos, pi, sin, sqrt
from typing import Final, TypeAlias

from gisapp.model.places import resources_dir

Ring: TypeAlias = tuple[tuple[float, float], ...]

SHAPES: Final = ("circle", "square", "hexagon", "triangle", "diamond", "cross")
#: Pictures of resources/icons, drawn as silhouettes.
ICONS: Final = (
    *("pick", "factory", "magnet", "gem", "flame", "bolt", "drop"),
    *("anchor", "ship", "train", "flag", "star"),
)
#: The side of an icon's square for a symbol of size 1: it must be larger than a dot to be read.
_ICON_SIDE: Final = 1.9
_ICON_GRID: Final = 24.0


def _regular(corners: int, first: float) -> tuple[tuple[float, float], ...]:
    # circumradius that gives the area of a circle of diameter 1
    radius = sqrt(pi / 4 / (corners / 2 * sin(2 * pi / corners)))
    angles = [first + 2 * pi * i / corners for i in range(corners)]
    return tuple((radius * cos(a), radius * sin(a)) for a in angles)


@cache
def outline_of(shape: str) -> tuple[tuple[float, float], ...]:
    """Return the corners of a shape of size 1 around (0, 0), y down, as large as the circle.

    The cross is two strokes: four points, the ends of the first, then of the second.
    """
    half = 0.42
    return {
        "circle": _regular(36, 0.0),
        "square": _regular(4, pi / 4),
        "hexagon": _regular(6, 0.0),
        "triangle": _regular(3, -pi / 2),
        "diamond": _regular(4, 0.0),
        "cross": ((-half, -half), (half, half), (-half, half), (half, -half)),
    }[shape]


@cache
def rings_of(shape: str) -> tuple[Ring, ...]:
    """Return a shape of size 1 around (0, 0), y down, as rings filled by the even-odd rule.

    Of the cross they are two open strokes.
    """
    if shape in ICONS:
        text = (resources_dir() / "icons" / f"{shape}.svg").read_text("utf-8")
        (path,) = re.findall(r' d="([^"]*)"', text)
        return tuple(_icon_ring(ring) for ring in re.findall(r"M([^Z]*)Z", path))
    corners = outline_of(shape)
    return (corners[:2], corners[2:]) if shape == "cross" else (corners,)


def _icon_ring(text: str) -> Ring:
    points = (tuple(float(number) for number in pair.split()) for pair in text.split("L"))
    half, side = _ICON_GRID / 2, _ICON_SIDE / _ICON_GRID
    return tuple(((x - half) * side, (y - half) * side) for x, y in points)


def reach_of(shape: str) -> float:
    """Return how far a shape of size 1 reaches from its middle."""
    return max(sqrt(x * x + y * y) for ring in rings_of(shape) for x, y in ring)
