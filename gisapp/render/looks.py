"""The look of every row of a layer, by the symbology table and the layer's style.

Live map, tiles, static map, slides, page and legend all ask here, so that a row looks the same
everywhere: a few looks in a table, and for each row the number of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Column, Floats
from gisapp.model.layer import Layer
from gisapp.model.numbers import MINUS, NO_BREAK, THIN
from gisapp.model.style import Categories, Graduated, Sized, Style
from gisapp.model.vocabulary import Role, Status
from gisapp.render.drawn import drawn_rows, field_of, is_indicative, text_of
from gisapp.render.picture import DrawnLayer, Theme
from gisapp.render.ramps import palette_colors, ramp_colors
from gisapp.render.symbology import (
    CROSS_SIZE,
    LARGEST_WEIGHTED,
    SMALLEST_WEIGHTED,
    WORLD_SIZE,
    AreaSymbol,
    LineSymbol,
    Symbol,
    layer_area,
    palette,
    plain_line,
    route_line,
    size_of,
    symbol_of,
)

Ints = npt.NDArray[np.int64]
S = TypeVar("S", Symbol, LineSymbol, AreaSymbol)

_WIDEST: Final = 8.0
_FINEST: Final = 0.6
#: The ramp of a style's `ramp`, whose column holds numbers of bands.
_BANDS: Final = "sea"


@dataclass(frozen=True)
class LookClass:
    """A class of a layer's rows: what the legend calls it and the style that draws it."""

    label: str
    style: Style


@dataclass(frozen=True, eq=False)
class Classed:
    """Rows by class: `index` is the number in `classes` of each row, shape (n,)."""

    classes: tuple[LookClass, ...]
    index: Ints
    title: str = ""

    @property
    def counts(self) -> tuple[int, ...]:
        """How many rows each class has."""
        return tuple(np.bincount(self.index, minlength=len(self.classes)).tolist())


@dataclass(frozen=True, eq=False)
class Looks(Generic[S]):
    """The looks of rows.

    Parameters
    ----------
    symbols
        The looks that occur, for the nominal size.
    index
        The number in `symbols` of each row, shape (n,).
    sizes
        Diameters in CSS pixels, shape (n,), where they differ by row; None for one size.
    """

    symbols: tuple[S, ...]
    index: Ints
    sizes: Floats | None = None


# --- classes ------------------------------------------------------------------------------------


def classed(layer: Layer, rows: Ints, theme: Theme) -> Classed:
    """Return the classes of a layer's style, and that of each of these rows, shape (n,).

    A column that the layer lacks, as one that is still being read, leaves all rows in one class.
    """
    style, columns = layer.style, layer.features.columns
    if style.categories is not None and style.categories.field in columns:
        return _by_category(style, style.categories, columns[style.categories.field][rows], theme)
    if style.graduated is not None and style.graduated.field in columns:
        values = columns[style.graduated.field]
        if values.dtype.kind in "fiub" and style.graduated.classes:
            return _by_number(style, style.graduated, values[rows], theme)
    if style.ramp in columns and len(rows):
        return _by_band(layer, style.ramp or "", rows)
    return Classed((LookClass("", style),), np.zeros(len(rows), np.int64))


def category_color(categories: Categories, number: int, theme: Theme) -> str:
    """Return the colour of a category, its own or that of its place in the palette."""
    own = categories.items[number].color
    if own is not None:
        return own
    colors = palette_colors(categories.palette, theme)
    return colors[number % len(colors)]


def _by_category(style: Style, categories: Categories, values: Column, theme: Theme) -> Classed:
    looks = [
        LookClass(
            item.title,
            replace(
                style,
                color=category_color(categories, number, theme),
                shape=item.shape or style.shape,
            ),
        )
        for number, item in enumerate(categories.items)
    ]
    other = categories.other or palette(theme).grey
    looks.append(LookClass(categories.other_label, replace(style, color=other)))
    known = {item.value: number for number, item in enumerate(categories.items)}
    last = len(categories.items)
    if values.dtype.kind in "biu" or len(values) > len(known) * 1000:
        distinct, inverse = _distinct(values)
        numbers = np.array([known.get(text_of(v), last) for v in distinct], dtype=np.int64)
        return Classed(tuple(looks), numbers[inverse], categories.field)
    index = np.array([known.get(text_of(value), last) for value in values], dtype=np.int64)
    return Classed(tuple(looks), index, categories.field)


def _distinct(values: Column) -> tuple[Sequence[Any], Ints]:
    """Return the values that occur and the number of each row's, in time for a million of them."""
    if values.dtype.kind != "O":
        distinct, inverse = np.unique(values, return_inverse=True)
        return distinct.tolist(), inverse.astype(np.int64)
    numbers: dict[Any, int] = {}
    setdefault = numbers.setdefault
    index = np.fromiter(
        (setdefault(value, len(numbers)) for value in values.tolist()), np.int64, len(values)
    )
    return list(numbers), index


def _by_number(style: Style, graduated: Graduated, values: Column, theme: Theme) -> Classed:
    numbers = values.astype(np.float64)
    count = graduated.classes
    colors = ramp_colors(graduated.ramp, count, theme, reverse=graduated.reverse)
    looks = [
        LookClass(class_label(graduated, number), replace(style, color=colors[number]))
        for number in range(count)
    ]
    missing = graduated.missing or palette(theme).unknown
    looks.append(LookClass("No value", replace(style, color=missing)))
    return Classed(tuple(looks), class_numbers(numbers, graduated.breaks), graduated.field)


def class_numbers(values: Floats, breaks: Sequence[float]) -> Ints:
    """Return the class of each value, shape (n,): 0 the lowest, their count for NaN.

    A value on a break belongs to the class below it.
    """
    count = len(breaks) - 1
    found = np.searchsorted(np.asarray(breaks[1:-1]), values, side="left")
    return np.where(np.isfinite(values), found, count).astype(np.int64)


def class_label(graduated: Graduated, number: int) -> str:
    """Return what the legend calls a class: its own label, or its range."""
    if number < len(graduated.labels) and graduated.labels[number]:
        return graduated.labels[number]
    low, high = graduated.breaks[number], graduated.breaks[number + 1]
    first, last = (figure(value, graduated.breaks) for value in (low, high))
    return f"{first}{NO_BREAK}\N{EN DASH}{NO_BREAK}{last}"


def figure(value: float, among: Sequence[float]) -> str:
    """Return a break with as many digits as tell it from the others."""
    steps = np.diff(np.unique(np.asarray(among, dtype=np.float64)))
    least = float(steps.min(initial=abs(value) or 1.0))
    digits = int(np.clip(1 - np.floor(np.log10(max(least, 1e-12))), 0, 6))
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace(",", THIN).replace("-", MINUS)


def _by_band(layer: Layer, column: str, rows: Ints) -> Classed:
    """Return the bands of a surface: whole numbers, 0 the lightest; -1 has no band, and is grey."""
    bands = layer.features.columns[column].astype(np.int64)
    count = int(bands.max(initial=-1)) + 1
    labels = layer.features.columns.get("label")
    colors = ramp_colors(_BANDS, count) if count else ()
    mine = bands[rows]
    looks: list[LookClass] = []
    index = np.zeros(len(rows), np.int64)
    for number in sorted(set(mine.tolist()), key=lambda n: (n < 0, n)):
        members = mine == number
        first = int(rows[int(np.flatnonzero(members)[0])])
        label = f"{number + 1}" if labels is None else str(labels[first])
        color = colors[number] if number >= 0 else _NO_BAND
        index[members] = len(looks)
        looks.append(LookClass(label, replace(layer.style, color=color)))
    return Classed(tuple(looks), index)


_NO_BAND: Final = "#9A9A9A"


# --- looks --------------------------------------------------------------------------------------


def _table(keys: Sequence[Hashable], make: Callable[[Any], S]) -> tuple[tuple[S, ...], Ints]:
    """Return the looks of the distinct keys, and the number of each key's."""
    numbers: dict[Hashable, int] = {}
    index = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
    return tuple(make(key) for key in numbers), index


def point_looks(
    drawn: DrawnLayer,
    theme: Theme,
    *,
    top: float = 0.0,
    plain: float = WORLD_SIZE,
    unknown: float = WORLD_SIZE,
    scale: float = 1.0,
    factor: float = 1.0,
    faded: bool = False,
    simple: bool = False,
) -> Looks[Symbol]:
    """Return the symbols of a layer's drawn rows, shape (n,).

    Parameters
    ----------
    top
        Weight of the largest symbol of the whole picture, 0 for that of the layer.
    plain, unknown
        Diameters without a size by value, and of an unknown value.
    scale
        Factor on halo and strokes, and on the nominal size; `sizes` are without it.
    factor
        How much larger than on screen the symbols by weight are.
    faded
        Whether symbols of a layer that steps back are pale here, or the map does that.
    simple
        True leaves status and precision out, for layers of so many rows that nobody could see it.
    """
    layer, rows = drawn.layer, drawn_rows(drawn)
    by_class = classed(layer, rows, theme)
    sizes = sizes_of(drawn, top=top, unknown=unknown, factor=factor)
    nominal = layer.style.size or plain

    def make(key: tuple[int, str, str]) -> Symbol:
        number, status, precision = key
        return symbol_of(
            layer.role,
            status,
            precision,
            theme,
            style=by_class.classes[number].style,
            size=nominal,
            scale=scale,
            faded=faded and drawn.faded,
        )

    if simple:
        every = tuple(make((number, "", "")) for number in range(len(by_class.classes)))
        return Looks(every, by_class.index, sizes)
    statuses, precisions = field_of(layer, "status", rows), field_of(layer, "precision", rows)
    if len(by_class.classes) > 1:
        statuses = _beside_colours(layer, statuses)
    keys = list(zip(by_class.index.tolist(), statuses, precisions, strict=True))
    return Looks(*_table(keys, make), sizes)


def _beside_colours(layer: Layer, statuses: list[str]) -> list[str]:
    """Return what fills may still say where colours say something else: no grey is one of theirs.

    Where the colours are those of the status itself, fills need not say it again.
    """
    categories = layer.style.categories
    if categories is not None and categories.field == layer.column_of("status"):
        return [""] * len(statuses)
    return ["" if status == Status.SUSPENDED else status for status in statuses]


def resized(symbol: Symbol, size: float) -> Symbol:
    """Return a symbol with another diameter; a cross is smaller than what it stands for."""
    return replace(symbol, size=size * (CROSS_SIZE if symbol.shape == "cross" else 1.0))


def sizes_of(
    drawn: DrawnLayer, *, top: float = 0.0, unknown: float = WORLD_SIZE, factor: float = 1.0
) -> Floats | None:
    """Return diameters of a layer's drawn rows by the style's column, else by the answer's weights.

    In CSS pixels, shape (n,); None where all have one size.
    """
    own = sized_values(drawn)
    if own is not None:
        sized, values, most = own
        return size_of(
            values,
            largest=(sized.largest or LARGEST_WEIGHTED) * factor,
            smallest=sized.smallest or SMALLEST_WEIGHTED,
            unknown=unknown,
            top=most,
        )
    if drawn.weights is None:
        return None
    return size_of(
        drawn.weights, top=top or None, unknown=unknown, largest=LARGEST_WEIGHTED * factor
    )


def sized_values(drawn: DrawnLayer) -> tuple[Sized, Floats, float] | None:
    """Return what the style sizes by: the values of the drawn rows, and that of the largest."""
    sized = drawn.layer.style.sized
    values = None if sized is None else drawn.layer.features.columns.get(sized.field)
    if sized is None or values is None or values.dtype.kind not in "fiub":
        return None
    numbers = values.astype(np.float64)
    known = numbers[np.isfinite(numbers)]
    top = sized.top or float(known.max(initial=0.0))
    return sized, numbers[drawn_rows(drawn)], top


def line_looks(drawn: DrawnLayer, theme: Theme, *, faded: bool = False) -> Looks[LineSymbol]:
    """Return the lines of a layer's drawn rows, shape (n,); widths are rounded to 0.1 pixel."""
    layer, rows = drawn.layer, drawn_rows(drawn)
    by_class = classed(layer, rows, theme)
    pale = faded and drawn.faded
    widths = _widths(drawn)
    shares = np.zeros(len(rows)) if widths is not None else np.round(_shares(drawn), 1)
    route = layer.role is Role.TRADE_ROUTE
    statuses = field_of(layer, "status", rows) if route else [""] * len(rows)
    likely = is_indicative(layer, rows) if route else [False] * len(rows)
    wide = [0.0] * len(rows) if widths is None else np.round(widths, 1).tolist()
    keys = list(zip(by_class.index.tolist(), statuses, likely, shares.tolist(), wide, strict=True))

    def make(key: tuple[int, str, bool, float, float]) -> LineSymbol:
        number, status, indicative, share, width = key
        style = by_class.classes[number].style
        if width:
            style = replace(style, width=width)
        if not route:
            return plain_line(layer.role, theme, style=style, faded=pale)
        return route_line(
            theme, status=status, indicative=indicative, share=share, style=style, faded=pale
        )

    return Looks(*_table(keys, make))


def _widths(drawn: DrawnLayer) -> Floats | None:
    own = sized_values(drawn)
    if own is None:
        return None
    sized, values, top = own
    return widths_of(sized, values, top)


def widths_of(sized: Sized, values: npt.ArrayLike, top: float) -> Floats:
    """Return widths proportional to values, shape (n,), so that flows add up by eye."""
    finest, widest = sized.smallest or _FINEST, sized.largest or _WIDEST
    share = np.nan_to_num(np.asarray(values, dtype=np.float64)) / (top or 1.0)
    return np.clip(widest * share, finest, max(widest, finest))


def _shares(drawn: DrawnLayer) -> Floats:
    """Return each route's share of the largest flow, shape (n,); unknown is 0."""
    layer, rows = drawn.layer, drawn_rows(drawn)
    if drawn.weights is not None:
        values, most = drawn.weights, float(np.nanmax(drawn.weights, initial=0.0))
    else:
        volumes = layer.features.columns.get("volume")
        if layer.role is not Role.TRADE_ROUTE or volumes is None or volumes.dtype.kind not in "fi":
            return np.zeros(len(rows))
        values = volumes.astype(np.float64)[rows]
        most = float(np.nan_to_num(volumes.astype(np.float64)).max(initial=0.0))
    return np.clip(np.nan_to_num(values) / max(most, 1e-12), 0.0, 1.0)


def area_looks(drawn: DrawnLayer, theme: Theme) -> Looks[AreaSymbol]:
    """Return the areas of a layer's drawn rows, shape (n,)."""
    by_class = classed(drawn.layer, drawn_rows(drawn), theme)
    looks = tuple(layer_area(drawn.layer, theme, each.style) for each in by_class.classes)
    return Looks(looks, by_class.index)
