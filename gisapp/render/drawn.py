"""What every drawer reads of a drawn layer: its rows, their texts, the scale of sizes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from gisapp.model.layer import Layer
from gisapp.model.vocabulary import status_code
from gisapp.render.picture import DrawnLayer


def drawn_rows(drawn: DrawnLayer) -> npt.NDArray[np.int64]:
    """Return the row numbers that are drawn, shape (n,)."""
    if drawn.rows is None:
        return np.arange(len(drawn.layer.features), dtype=np.int64)
    return np.asarray(drawn.rows, dtype=np.int64)


def field_of(layer: Layer, name: str, rows: npt.NDArray[np.int64]) -> list[str]:
    """Return a text field of these rows, "" where it is missing; a status in our own words."""
    values = layer.values(name)
    if values is None:
        return [""] * len(rows)
    texts = ("" if value is None else str(value) for value in values[rows])
    if name == "status":
        known: dict[str, str] = {}
        return [known.setdefault(text, status_code(text) or text) for text in texts]
    return ["" if text == "nan" else text for text in texts]


def text_of(value: Any) -> str:
    """Return a value as the text that categories compare: "" for a missing one, 3 for 3.0."""
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT are not themselves
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_indicative(layer: Layer, rows: npt.NDArray[np.int64]) -> list[bool]:
    """Return which routes are likely ones, not documented ones, shape (n,)."""
    columns = layer.features.columns
    if "indicative" in columns:
        return [bool(value) for value in columns["indicative"][rows]]
    if "notes" not in columns:
        return [False] * len(rows)
    return ["indicative" in str(value or "").lower() for value in columns["notes"][rows]]


def top_weight(drawn: Iterable[DrawnLayer]) -> float:
    """Return the largest known weight of what is asked: one scale of sizes for the whole map.

    Layers that step back have no say, nor have those with sizes of their own: the legend of sizes
    is about the others.
    """
    tops = [
        float(np.nanmax(d.weights))
        for d in drawn
        if not (d.faded or d.layer.style.sized)
        and d.weights is not None
        and np.isfinite(d.weights).any()
    ]
    return max(tops, default=0.0)
