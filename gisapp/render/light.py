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

#: Vertices that a simplified layer may have: some 800 kB of a page.
MOST_LIGHT: Final = 52_000
#: Degrees that a line may be off: tried from the first, doubled up to the last.
_FINEST, _COARSEST = 0.001, 0.3
_MULTIPOLYGON: Final = 6
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
            f"The shapes of {layer.name} are simplified here: they are off by at most "
            f"{number(off)}{NO_BREAK}km, and smaller islands are left out."
        )
    made = replace(picture, layers=tuple(layers))
    return Light(made, tiled(made), tuple(notes))


def _lighter(drawn: DrawnLayer, feedback: Feedback) -> tuple[Layer, float] | None:
    """Return a layer with simpler shapes and how many kilometres they are off; None if in vain."""
    layer, rows = drawn.layer, drawn_rows(drawn)
    features, style = layer.features, drawn.layer.style
    if features.is_points or style.heat or style.clusters or len(rows) > MOST_FEATURES:
        return None
    given = features.geometry[rows]
    simple, off = given, _FINEST
    while off <= _COARSEST:
        feedback.check()
        simple = _simpler(simple, off)  # what was simplified before is simplified sooner
        if _vertices(simple) <= MOST_LIGHT:
            shapes = features.geometry.copy()
            shapes[rows] = _simpler(given, off)
            simplified = Features.from_shapes(shapes, features.columns)
            return replace(layer, features=simplified), off * _KM_PER_DEGREE
        off *= 2.0
    return None


def _vertices(shapes: npt.NDArray[np.object_]) -> int:
    return int(shapely.get_num_coordinates(shapes).sum())


def _simpler(shapes: npt.NDArray[np.object_], off: float) -> npt.NDArray[np.object_]:
    """Return shapes whose lines are off by so many degrees at most, without smaller islands."""
    return _without_dust(shapely.simplify(shapes, off, preserve_topology=True), off)


def _without_dust(shapes: npt.NDArray[np.object_], size: float) -> npt.NDArray[np.object_]:
    """Return shapes without the islands narrower than so many degrees; the largest ones stay."""
    several = shapely.get_type_id(shapes) == _MULTIPOLYGON
    if not several.any():
        return shapes
    parts, owner = shapely.get_parts(shapes[several], return_index=True)
    west, south, east, north = shapely.bounds(parts).T
    wide = np.maximum(east - west, north - south)
    largest = np.zeros(several.sum())
    np.maximum.at(largest, owner, wide)
    kept = (wide >= size) | (wide == largest[owner])
    cleaned = shapes.copy()
    # get_parts leaves out what is empty: those shapes stay as they are
    rows = np.flatnonzero(several)[np.unique(owner)]
    _, group = np.unique(owner[kept], return_inverse=True)
    cleaned[rows] = shapely.multipolygons(parts[kept], indices=group)
    return cleaned
