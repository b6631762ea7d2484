"""The names that a layer's style asks for: their texts, their places and their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Column, Features, Floats
from gisapp.model.layer import Layer
from gisapp.model.numbers import rounded
from gisapp.model.style import Labels
from gisapp.render.drawn import drawn_rows, text_of
from gisapp.render.looks import sizes_of
from gisapp.render.picture import DrawnLayer

#: Names of a layer that are offered at all, the most important ones.
MOST_OFFERED: Final = 3_000
#: Spaces that may break; those within a number stay what they are.
_GAPS: Final = re.compile(r"[ \t\r\n]+")
_FIELD: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class LayerLabel:
    """A name with its place in degrees and its look."""

    text: str
    lonlat: tuple[float, float]
    style: Labels


def layer_labels(drawn: DrawnLayer) -> tuple[LayerLabel, ...]:
    """Return the names that a layer asks for, the most important first; none for a faded one."""
    labels = drawn.layer.style.labels
    if labels is None or not labels.text or drawn.faded or not drawn.opacity:
        return ()
    rows = _by_importance(drawn, labels)[:MOST_OFFERED]
    texts = label_texts(drawn.layer, labels.text, rows)
    places = _places(drawn.layer.features, rows)
    return tuple(
        LayerLabel(text, (float(lon), float(lat)), labels)
        for text, (lon, lat) in zip(texts, places.tolist(), strict=True)
        if text and np.isfinite(lon) and np.isfinite(lat)
    )


def _places(features: Features, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return where names stand: at a point, inside an area, at the middle of a line."""
    if features.is_points:
        return features.lonlat[rows]
    shapes = features.shapes_at(rows)
    lines = np.isin(shapely.get_type_id(shapes), (1, 5))
    inside = shapely.point_on_surface(shapes)
    inside[lines] = shapely.line_interpolate_point(
        shapely.line_merge(shapes[lines]), 0.5, normalized=True
    )
    return np.column_stack([shapely.get_x(inside), shapely.get_y(inside)])


def _by_importance(drawn: DrawnLayer, labels: Labels) -> npt.NDArray[np.int64]:
    rows = drawn_rows(drawn)
    weights: Floats | None
    values: Any = drawn.layer.features.columns.get(labels.priority)
    if values is not None and values.dtype.kind in "fiub":
        weights = values[rows].astype(np.float64)
    else:
        weights = sizes_of(drawn)
        if weights is None:
            return rows
    weights = -np.nan_to_num(weights, nan=-np.inf)
    if len(rows) > MOST_OFFERED:  # a million are not sorted for the first of them
        first = np.sort(np.argpartition(weights, MOST_OFFERED)[:MOST_OFFERED])
        rows, weights = rows[first], weights[first]
    return rows[np.argsort(weights, kind="stable")]


def label_texts(layer: Layer, template: str, rows: npt.NDArray[np.int64]) -> list[str]:
    """Return the text of each row: a column's value, or a template with columns in braces.

    A row whose columns are all empty has no text. Numbers have three significant digits.
    """
    columns = layer.features.columns
    if template in columns:
        return [_said(value) for value in columns[template][rows]]
    names = [name for name in _FIELD.findall(template) if name in columns]
    if not names:
        return [""] * len(rows)
    values: dict[str, Column] = {name: columns[name][rows] for name in names}
    texts = []
    for i in range(len(rows)):
        said = {name: _said(values[name][i]) for name in names}
        text = _FIELD.sub(lambda match, said=said: said.get(match[1], ""), template)  # type: ignore[misc]
        texts.append(_GAPS.sub(" ", text).strip() if any(said.values()) else "")
    return texts


def _said(value: Any) -> str:
    if isinstance(value, float) and not value.is_integer() and np.isfinite(value):
        return rounded(value)
    return text_of(value)


def unknown_fields(layer: Layer, template: str) -> tuple[str, ...]:
    """Return the columns that a template names and the layer lacks."""
    if template in layer.features.columns:
        return ()
    named = _FIELD.findall(template) or [template]
    return tuple(name for name in named if name not in layer.features.columns)
