"""A surface's bands: colours from light to dark, and one drawn layer for each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.model.layer import Layer
from gisapp.render.drawn import drawn_rows
from gisapp.render.picture import DrawnLayer

#: Light is near or little, dark is far or much: told apart by all kinds of sight, and in print
#: without colour (ColorBrewer YlGnBu, Apache-2.0).
_RAMP: Final = ("#FFFFCC", "#C7E9B4", "#7FCDBB", "#41B6C4", "#1D91C0", "#225EA8", "#0C2C84")
#: What no band holds.
_NO_BAND: Final = "#9A9A9A"
_RAMP_FILL: Final = 0.72
BAND: Final = "band:"


def ramp_color(number: int, count: int) -> str:
    """Return the colour of a band of so many, 0 the lightest; what has no band (-1) is grey."""
    if number < 0:
        return _NO_BAND
    place = number / max(count - 1, 1) * (len(_RAMP) - 1)
    return _RAMP[min(round(place), len(_RAMP) - 1)]


def banded(drawn: DrawnLayer) -> tuple[DrawnLayer, ...]:
    """Return a layer as one for each of its bands, in their colours; others as they are.

    The rows keep their numbers, and the id of each is the layer's behind `BAND` and a number, so
    that `layer_of` finds the layer that a click means.
    """
    layer = drawn.layer
    bands = layer.features.columns.get(layer.style.ramp or "")
    if bands is None or not len(layer.features):
        return (drawn,)
    rows = drawn_rows(drawn)
    count = int(bands.max(initial=-1)) + 1
    labels = field_or(layer, "label")
    found = []
    for number in sorted(set(bands[rows].tolist()), key=lambda n: (n < 0, n)):
        mine = rows[bands[rows] == number]
        color = ramp_color(int(number), count)
        fill = layer.style.fill or _RAMP_FILL
        one = layer.with_(
            id=f"{BAND}{int(number)}:{layer.id}",
            name=str(labels[mine[0]]),
            style=replace(layer.style, color=color, fill=fill),
        )
        found.append(replace(drawn, layer=one, rows=mine, heading=layer.name))
    return tuple(found)


def layer_of(drawn_id: str) -> str:
    """Return the id of the layer that a drawn one is, or is a band of."""
    return drawn_id.split(":", 2)[2] if drawn_id.startswith(BAND) else drawn_id


def field_or(layer: Layer, name: str) -> npt.NDArray[Any]:
    """Return a column, or the layer's name in every row where it has none."""
    values = layer.features.columns.get(name)
    return np.full(len(layer.features), layer.name, dtype=object) if values is None else values
