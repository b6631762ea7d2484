"""Colours in series, told apart by all kinds of sight: ramps for numbers, palettes for categories.

Made for this application in OKLab: a ramp's lightness rises or falls evenly, the colours of a
palette keep their distance under simulated red-, green- and blue-blindness. On a dark ground the
most is the lightest. resources/theme/ramps.json holds them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Final

import numpy as np

from gisapp.model.places import resources_dir
from gisapp.render.picture import Theme, ThemeName, base_of

#: Names of the ramps with what people read; the last two have a middle.
RAMPS: Final = {
    "teal": "Teal",
    "amber": "Amber",
    "blue": "Blue",
    "purple": "Purple",
    "sea": "Sea",
    "grey": "Grey",
    "blue_amber": "Blue \N{EN DASH} amber",
    "purple_green": "Purple \N{EN DASH} green",
}
DIVERGING: Final = frozenset({"blue_amber", "purple_green"})


@cache
def _table() -> dict[str, dict[str, dict[str, list[str]]]]:
    path = resources_dir() / "theme" / "ramps.json"
    table: dict[str, dict[str, dict[str, list[str]]]] = json.loads(path.read_text("utf-8"))
    return table


def _ground(theme: Theme) -> str:
    return "dark" if base_of(theme) is ThemeName.DARK else "light"


def palette_colors(name: str, theme: Theme) -> tuple[str, ...]:
    """Return the colours of a palette, the most distinct first; an unknown name takes the first."""
    palettes = _table()["palettes"]
    return tuple(palettes.get(name, palettes["clear"])[_ground(theme)])


@cache
def ramp_colors(
    name: str, count: int, theme: Theme = ThemeName.LIGHT, *, reverse: bool = False
) -> tuple[str, ...]:
    """Return so many colours of a ramp, from little to much; an unknown name takes the first.

    Few colours of a ramp without a middle leave out its palest end, which is close to paper.
    """
    ramps = _table()["ramps"]
    stops = ramps.get(name, ramps["teal"])[_ground(theme)]
    rgb = np.array([list(bytes.fromhex(stop[1:])) for stop in stops], dtype=np.float64)
    first = 0.0 if name in DIVERGING or count > 6 else 0.1
    at = np.linspace(first, 1.0, count) if count > 1 else np.array([0.75])
    places = np.linspace(0.0, 1.0, len(stops))
    mixed = np.column_stack([np.interp(at, places, channel) for channel in rgb.T])
    colors = tuple("#" + bytes(np.rint(row).astype(np.uint8)).hex().upper() for row in mixed)
    return colors[::-1] if reverse else colors


def nearest_ramp(colors: Iterable[str]) -> tuple[str, bool]:
    """Return the name of the ramp that is most like some colours, and whether it is reversed."""
    wanted = [bytes.fromhex(color[1:]) for color in colors if color]
    if not wanted:
        return "teal", False
    best = (float("inf"), "teal", False)
    for name in RAMPS:
        for reverse in (False, True):
            given = ramp_colors(name, len(wanted), reverse=reverse)
            away = sum(
                (a - b) ** 2
                for one, other in zip(wanted, given, strict=True)
                for a, b in zip(one, bytes.fromhex(other[1:]), strict=True)
            )
            best = min(best, (float(away), name, reverse))
    return best[1], best[2]
