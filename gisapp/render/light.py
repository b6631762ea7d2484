"""Heavy layers made light enough for a page that holds everything itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Features
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import MEAN_RADIUS_KM
from gisapp.model.layer import Layer
from gisapp.model.numbers import NO_BREAK, number
from gisapp.render.drawn import drawn_rows
from gisapp.render.picture import DrawnLayer, Picture
from gisapp.render.webmap import MOST_FEATURES, is_large, tiled

#: Vertices that a simplified layer may have: some 600 kB of a page.
MOST_LIGHT: Final = 40_000
#: Degrees that a line may be off: tried from the first, doubled up to the last.
_FINEST, _COARSEST = 0.001, 0.3
_KM_PER_DEGREE: Final = MEAN_RADIUS_KM * np.pi / 180.0


@dataclass(frozen=True)
class Light:
    """A picture whose heavy lines and areas are simplified.

    `painted` says of each layer whether it is too large even so and has to be painted; `notes`
    says what was simplified, in sentences.
    """

    picture: Picture
    painted: tuple[bool, ...]
    notes: tuple[str, ...]


def light(picture: Picture, feedback: Feedback | None = None) -> Light:
    """Simplify the heavy lines and areas of a picture; small layers stay as they are."""
    feedback = feedback or Feedback()
    layers: list[DrawnLayer] = []
    notes: list[str] = []
    for drawn in picture.layers:
        feedback.check(0.0, drawn.layer.name)
        found = _lighter(drawn, feedback) if is_large(drawn) else None
        if found is None:
            layers.append(drawn)
            continue
        layer, off = found
        layers.append(replace(drawn, layer=layer))
        notes.append(
            f"The shapes of {layer.name} are simplified here, by {number(off)}{NO_BREAK}km at most."
        )
    made = replace(picture, layers=tuple(layers))
    return Light(made, tiled(made), tuple(notes))


def _lighter(drawn: DrawnLayer, feedback: Feedback) -> tuple[Layer, float] | None:
    """Return a layer with simpler shapes and how many kilometres they are off; None if in vain."""
    layer, rows = drawn.layer, drawn_rows(drawn)
    features, style = layer.features, drawn.layer.style
    if features.is_points or style.heat or style.clusters or len(rows) > MOST_FEATURES:
        return None
    shapes = features.geometry.copy()
    off = _FINEST
    while off <= _COARSEST:
        feedback.check()
        simple = _simpler(features.geometry[rows], off)
        if int(shapely.get_num_coordinates(simple).sum()) <= MOST_LIGHT:
            shapes[rows] = simple
            simplified = Features.from_shapes(shapes, features.columns)
            return replace(layer, features=simplified), off * _KM_PER_DEGREE
        off *= 2.0
    return None


def _simpler(shapes: npt.NDArray[np.object_], off: float) -> npt.NDArray[np.object_]:
    """Return shapes whose lines are off by so many degrees at most, none of them gone."""
    simple: npt.NDArray[np.object_] = shapely.simplify(shapes, off, preserve_topology=True)
    return simple
