"""Styles by a column: what suits it, what it gives, and styles as text to carry to other layers."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.style import (
    MOST_CATEGORIES,
    Categories,
    Category,
    Graduated,
    Sized,
    Style,
)
from gisapp.model.vocabulary import MINERALS, Status, mineral_code, status_code
from gisapp.render.drawn import text_of
from gisapp.render.symbology import status_title
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.params import listed

#: A text of more distinct values says what is what, and not of what kind it is.
_MOST_KINDS: Final = 40
_CLASSES: Final = 5
_MARK: Final = "gisapp-style"
#: Amounts: what they say is how much, which a size shows better than a colour.
_AMOUNTS: Final = ("capacity", "volume", "tonnes", "tonnage", "production", "output", "reserves")


@dataclass(frozen=True)
class Advice:
    """How a column is shown best: "categories", "graduated", "sized" or "" for not at all."""

    field: str
    kind: str
    reason: str


def advice(layer: Layer, field: str) -> Advice:
    """Return how a column is shown best, by what it holds."""
    values = layer.features.columns[field]
    if values.dtype.kind in "fiu":
        numbers = values.astype(np.float64)
        known = numbers[np.isfinite(numbers)]
        if not len(known):
            return Advice(field, "", "It holds no number.")
        distinct = np.unique(known)
        amount = any(word in field.lower() for word in _AMOUNTS)
        if amount and known.min() >= 0.0 and "Polygon" not in layer.features.geometry_type:
            return Advice(field, "sized", "An amount is read best as a size.")
        if len(distinct) <= MOST_CATEGORIES and values.dtype.kind in "iu":
            return Advice(field, "categories", f"It has {len(distinct)} distinct values.")
        return Advice(field, "graduated", "A number is read best as a colour from pale to strong.")
    if values.dtype.kind in "Ob":
        distinct_texts = {text_of(value) for value in values.tolist()} - {""}
        if not distinct_texts:
            return Advice(field, "", "It is empty.")
        if len(distinct_texts) <= _MOST_KINDS:
            return Advice(field, "categories", f"It has {len(distinct_texts)} distinct values.")
        return Advice(field, "", f"It has {len(distinct_texts):,} distinct values: more than fit.")
    return Advice(field, "", "It holds neither words nor numbers.")


def categories_of(
    layer: Layer, field: str, *, palette: str = "clear", feedback: Feedback | None = None
) -> Categories:
    """Return the most frequent values of a column as categories, ten at most, largest first.

    Raises
    ------
    GisappError
        `no_values` where the column is empty.
    """
    feedback = feedback or Feedback()
    feedback.check(0.0, "Counting values")
    counts: Counter[str] = Counter()
    values = column_of(layer, field)
    for start in range(0, len(values), 100_000):
        feedback.check(start / len(values))
        counts.update(text_of(value) for value in values[start : start + 100_000].tolist())
    del counts[""]
    if not counts:
        raise GisappError("no_values", f'The column "{field}" is empty.', "Choose another column.")
    found = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_CATEGORIES]
    items = tuple(Category(value, label=_title(field, value)) for value, _ in found)
    return Categories(field, items, palette)


def _title(field: str, value: str) -> str:
    """Return our own words for a value that is in our vocabulary, else ""."""
    if "status" in field.lower() and (code := status_code(value)):
        return status_title(Status(code))
    if "mineral" in field.lower() or "commodit" in field.lower():
        codes = [mineral_code(part.strip()) for part in value.split(";")]
        return ", ".join(MINERALS[code] for code in codes if code) if all(codes) else ""
    return ""


def graduated_of(
    layer: Layer,
    field: str,
    *,
    scheme: str = "quantiles",
    count: int = _CLASSES,
    ramp: str = "teal",
    reverse: bool = False,
    feedback: Feedback | None = None,
) -> Graduated:
    """Return the classes of a column of numbers; raises as `class_breaks` does."""
    from gisapp.analysis.classing import class_breaks

    values = column_of(layer, field)
    if values.dtype.kind not in "fiu":
        raise GisappError(
            "no_numbers",
            f'The column "{field}" holds no numbers.',
            "Choose a column of numbers, or show it by categories.",
        )
    breaks = class_breaks(values, scheme, count, feedback=feedback)
    return Graduated(field, breaks, scheme, ramp, reverse)


def column_of(layer: Layer, field: str) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
    """Return a column; raises `GisappError` naming those that exist."""
    columns = layer.features.columns
    if field not in columns:
        raise GisappError(
            "unknown_column", f'{layer.name} has no column "{field}".', f"It has {listed(columns)}."
        )
    return columns[field]


def styled_by(
    layer: Layer, field: str, *, colour: bool = False, feedback: Feedback | None = None
) -> Style:
    """Return a layer's style with what suits a column; raises where nothing does.

    Parameters
    ----------
    colour
        True where the column is to be shown by colour: an amount by classes, words of any
        number by the ten most frequent ones.
    """
    values = column_of(layer, field)
    found = advice(layer, field)
    if colour and found.kind == "sized":
        found = replace(found, kind="graduated")
    elif colour and not found.kind and values.dtype.kind == "O":
        found = replace(found, kind="categories")
    plain = replace(layer.style, categories=None, graduated=None, ramp=None)
    if found.kind == "categories":
        return replace(plain, categories=categories_of(layer, field, feedback=feedback))
    if found.kind == "graduated":
        return replace(plain, graduated=graduated_of(layer, field, feedback=feedback))
    if found.kind == "sized":
        return replace(layer.style, sized=Sized(field, unit=_unit(layer, field)))
    raise GisappError(
        "no_style_for_column", f'"{field}" cannot be shown as a style. {found.reason}',
        "Choose another column.",
    )  # fmt: skip


def _unit(layer: Layer, field: str) -> str:
    """Return the one unit of a column that a column beside it names, "" where there are several."""
    units = layer.features.columns.get(f"{field}_unit")
    if units is None:
        return dict(layer.mapping.units).get(field, "")
    named = {text_of(unit) for unit in units.tolist()} - {""}
    return named.pop() if len(named) == 1 else ""


def style_text(style: Style) -> str:
    """Return a style as text for the clipboard."""
    return json.dumps({_MARK: 1, "style": to_json(style)}, ensure_ascii=False)


def style_from(text: str) -> Style:
    """Return the style of a text of ours.

    Raises
    ------
    GisappError
        `no_style` where the text is none.
    """
    try:
        document = json.loads(text)
        if not isinstance(document, dict) or _MARK not in document:
            raise ValueError(text[:40])
        return from_json(Style, document["style"])
    except (ValueError, KeyError) as error:
        raise GisappError(
            "no_style", "The clipboard holds no style.", "Copy the style of a layer first."
        ) from error


def lacking(layer: Layer, style: Style) -> tuple[str, ...]:
    """Return the columns that a style reads and a layer lacks."""
    return tuple(name for name in style.columns if name not in layer.features.columns)
