"""The entries of a legend: what a picture holds, in the looks of the symbology table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isnan, nan
from typing import Any, Final

import numpy as np

from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.model.style import MAX_ZOOM, Style
from gisapp.model.vocabulary import FACILITY_ROLES, Precision, Role, Status
from gisapp.render.density import cluster_symbol, heat_colors
from gisapp.render.drawn import drawn_rows, field_of, is_indicative, top_weight
from gisapp.render.flow_scale import FINEST_FLOW, WIDEST_FLOW, busiest, flow_width
from gisapp.render.looks import classed, sized_values, widths_of
from gisapp.render.picture import DrawnLayer, Picture, Theme
from gisapp.render.symbology import (
    LARGEST_WEIGHTED,
    SMALLEST_WEIGHTED,
    AreaSymbol,
    LineSymbol,
    Symbol,
    connection_line,
    layer_area,
    palette,
    plain_line,
    round_weights,
    route_line,
    shading_area,
    size_of,
    status_title,
    symbol_of,
)


@dataclass(frozen=True)
class LegendEntry:
    """A line of the legend.

    Parameters
    ----------
    key
        Stable name: "layer:<id>", "status:<code>", "line:<kind>", "area:<n>", "size", ...
    group
        facilities, lines, areas, alliance, status, size, or "classes" and an id: a group stands
        together.
    sizes
        For the nested circles of the size legend: value and diameter, largest first.
    ramp
        Colours from little to much, of a picture of density.
    """

    key: str
    label: str
    group: str
    symbol: Symbol | None = None
    line: LineSymbol | None = None
    area: AreaSymbol | None = None
    count: int | None = None
    sizes: tuple[tuple[float, float], ...] = ()
    ramp: tuple[str, ...] = ()

    @property
    def is_heading(self) -> bool:
        """True for a name that stands above the entries of its group."""
        return not (self.symbol or self.line or self.area or self.ramp)


_CHAIN: Final = (*FACILITY_ROLES, Role.REFERENCE)


def legend_entries(picture: Picture, theme: Theme) -> tuple[LegendEntry, ...]:
    """Return what is on the map, in the order of the chain.

    Mining, refining, magnets, other points, routes, distance lines, alliances; then the key of
    fills (only statuses that occur, and only if there is more than one) and of sizes.
    """
    drawn = [d for d in picture.layers if len(drawn_rows(d)) and d.opacity > 0.0]
    points = [d for role in _CHAIN for d in drawn if d.layer.role is role and _has_points(d.layer)]
    return (
        *(entry for d in points for entry in _point_entries(d, theme)),
        *_line_entries(picture, drawn, theme),
        *_area_entries(drawn, theme),
        *(
            LegendEntry(
                f"area:{i}",
                shading.title,
                "alliance",
                area=shading_area(theme, i, proposed=shading.proposed),
            )
            for i, shading in enumerate(picture.shading)
        ),
        *_both(picture, theme),
        *_status_entries([d for d in points if not d.faded and _single(d.layer)], theme),
        *_size_entries([d for d in points if not d.faded], theme),
    )


def _both(picture: Picture, theme: Theme) -> list[LegendEntry]:
    """Return the entry of what lies in two alliances: tinted as one, hatched as the other."""
    if len(picture.shading) < 2:
        return []
    first, second = picture.shading[:2]
    if not first.inside & second.inside or second.proposed:
        return []
    under = shading_area(theme, 0, proposed=first.proposed)
    over = shading_area(theme, 1)
    area = replace(over, fill=under.fill, alpha=under.alpha)
    return [LegendEntry("area:both", "Both", "alliance", area=area)]


def layer_swatch(layer: Layer, theme: Theme, style: Style) -> LegendEntry:
    """Return the sample of a layer, or of the class of it that looks like `style`."""
    kind, key = layer.features.geometry_type, f"layer:{layer.id}"
    if "Polygon" in kind:
        return LegendEntry(key, layer.name, "areas", area=layer_area(layer, theme, style))
    if "Line" in kind and layer.role is Role.TRADE_ROUTE:
        return LegendEntry(key, layer.name, "lines", line=route_line(theme, style=style))
    if "Line" in kind:
        line = plain_line(layer.role, theme, style=style)
        return LegendEntry(key, layer.name, "lines", line=line)
    symbol = symbol_of(layer.role, theme=theme, style=style)
    return LegendEntry(key, layer.name, "facilities", symbol=symbol)


def _label(layer: Layer) -> str:
    """Return a layer's name, and from which zoom on it shows on the live map."""
    nearest = f" (from zoom {layer.style.min_zoom:g})" if layer.style.min_zoom else ""
    farthest = f" (up to zoom {layer.style.max_zoom:g})" if layer.style.max_zoom < MAX_ZOOM else ""
    return f"{layer.name}{nearest or farthest}"


def _by_class(
    drawn: DrawnLayer,
    theme: Theme,
    group: str,
    look: Callable[[Style], Mapping[str, Any]],
) -> list[LegendEntry]:
    """Return a line for a layer, or its name with a line below it for each class that occurs."""
    layer = drawn.layer
    by_class = classed(layer, drawn_rows(drawn), theme)
    key = f"layer:{layer.id}"
    if len(by_class.classes) == 1:
        count = len(drawn_rows(drawn))
        return [LegendEntry(key, _label(layer), group, count=count, **look(layer.style))]
    title = f"{_label(layer)}, by {by_class.title}" if by_class.title else _label(layer)
    group = f"classes {layer.id}"
    return [
        LegendEntry(key, title, group),
        *(
            LegendEntry(
                f"class:{layer.id}:{number}",
                each.label,
                group,
                count=None if layer.style.ramp else count,
                **look(each.style),
            )
            for number, (each, count) in enumerate(
                zip(by_class.classes, by_class.counts, strict=True)
            )
            if count
        ),
    ]


def _area_entries(drawn: Iterable[DrawnLayer], theme: Theme) -> list[LegendEntry]:
    """Return the layers of polygons; bands of a surface are not counted."""
    return [
        entry
        for each in drawn
        if "Polygon" in each.layer.features.geometry_type
        for entry in _by_class(each, theme, "areas", partial(_area_look, each.layer, theme))
    ]


def _area_look(layer: Layer, theme: Theme, style: Style) -> dict[str, Any]:
    return {"area": layer_area(layer, theme, style)}


def _single(layer: Layer) -> bool:
    """Return whether each point has a symbol of its own."""
    return layer.style.heat is None and layer.style.clusters is None


def _has_points(layer: Layer) -> bool:
    return layer.features.is_points or layer.features.geometry_type.endswith("Point")


def _point_entries(drawn: DrawnLayer, theme: Theme) -> list[LegendEntry]:
    layer = drawn.layer
    if layer.style.heat is not None:
        colors = heat_colors(layer.style.heat, theme)
        label = f"{_label(layer)}: few to many"
        return [LegendEntry(f"layer:{layer.id}", label, "facilities", ramp=colors)]
    entries = _by_class(
        drawn,
        theme,
        "facilities",
        lambda style: {
            "symbol": symbol_of(layer.role, theme=theme, style=style, faded=drawn.faded)
        },
    )
    if layer.style.clusters is not None:
        bubble = replace(cluster_symbol(layer, theme, 2), size=11.0)
        label = "A circle with a number: so many close together"
        entries.append(LegendEntry(f"cluster:{layer.id}", label, entries[0].group, symbol=bubble))
    return [*entries, *_sized_points(drawn, theme)]


def _sized_points(drawn: DrawnLayer, theme: Theme) -> list[LegendEntry]:
    """Return the nested circles of a layer that is sized by a column of its own."""
    own = sized_values(drawn)
    if own is None:
        return []
    sized, _, top = own
    values = round_weights(top)
    biggest = sized.largest or LARGEST_WEIGHTED
    smallest = sized.smallest or SMALLEST_WEIGHTED
    diameters = size_of(values, top=top, largest=biggest, smallest=smallest).tolist()
    sizes = tuple(zip(values, diameters, strict=True))
    label = f"{sized.field}, {sized.unit}" if sized.unit else sized.field
    symbol = _hollow(theme)
    key = f"size:{drawn.layer.id}"
    return [LegendEntry(key, label, key, symbol=symbol, sizes=sizes)] if sizes else []


def _hollow(theme: Theme) -> Symbol:
    neutral = Style(color=palette(theme).muted)
    return symbol_of(Role.DEPOSIT, Status.PLANNED, theme=theme, style=neutral)


def _layer_lines(drawn: DrawnLayer, theme: Theme) -> list[LegendEntry]:
    layer, rows = drawn.layer, drawn_rows(drawn)
    style = layer.style
    if layer.role is not Role.TRADE_ROUTE or style.categories or style.graduated:
        draw = route_line if layer.role is Role.TRADE_ROUTE else partial(plain_line, layer.role)
        return _by_class(
            drawn,
            theme,
            "lines",
            lambda style: {"line": draw(theme, style=style, faded=drawn.faded)},
        ) + _widths(drawn, theme)
    likely = is_indicative(layer, rows)
    idle = [status == "suspended" for status in field_of(layer, "status", rows)]
    kinds: tuple[tuple[str, dict[str, Any], list[bool]], ...] = (
        ("", {}, [not a and not b for a, b in zip(likely, idle, strict=True)]),
        (
            " (indicative)",
            {"indicative": True},
            [a and not b for a, b in zip(likely, idle, strict=True)],
        ),
        (" (suspended)", {"status": "suspended"}, idle),
    )
    return [
        LegendEntry(
            f"layer:{layer.id}{suffix}",
            _label(layer) + suffix,
            "lines",
            line=route_line(theme, style=style, faded=drawn.faded, **look),
            count=sum(which),
        )
        for suffix, look, which in kinds
        if any(which)
    ] + _widths(drawn, theme)


def _widths(drawn: DrawnLayer, theme: Theme) -> list[LegendEntry]:
    """Return three lines as wide as round values of the column that widens a layer's lines."""
    own = sized_values(drawn)
    if own is None:
        return []
    sized, _, top = own
    values = round_weights(top)
    group = f"widths {drawn.layer.id}"
    label = f"{sized.field}, {sized.unit}" if sized.unit else sized.field
    colors = palette(theme)
    return [
        LegendEntry(f"widths:{drawn.layer.id}", f"Width: {label}", group),
        *(
            LegendEntry(
                f"width:{value:g}", whole(value), group, line=LineSymbol(colors.muted, wide)
            )
            for value, wide in zip(values, widths_of(sized, values, top).tolist(), strict=True)
        ),
    ]


def _line_entries(picture: Picture, drawn: Iterable[DrawnLayer], theme: Theme) -> list[LegendEntry]:
    entries = [
        entry
        for each in drawn
        if each.layer.role is Role.TRADE_ROUTE or "LineString" in each.layer.features.geometry_type
        for entry in _layer_lines(each, theme)
    ]
    insides = Counter((c.inside, c.kind, c.mode) for c in picture.connections)
    # the alliance's own entry says that it is proposed
    where = picture.shading[0].title if picture.shading else "the alliance"
    where = where.removesuffix(" (proposed)")
    asked = bool(picture.shading) or len(insides) > 1
    top = busiest(picture.connections)
    share = 0.3 if not isnan(top) else nan
    for inside, kind, mode in sorted(insides, reverse=True):
        side = "inside" if inside else "outside"
        nearest = f"Nearest plant {side} {where}" if asked else "Nearest plant"
        entries.append(
            LegendEntry(
                f"line:{mode or side}",
                kind or nearest,
                "lines",
                line=connection_line(theme, inside=inside, share=share, mode=mode),
                count=insides[inside, kind, mode],
            )
        )
    return entries + _flow_widths(top, theme)


def _flow_widths(top: float, theme: Theme) -> list[LegendEntry]:
    """Return three lines as wide as round tonnes."""
    group, color = "widths of flows", palette(theme).muted
    values = [value for value in round_weights(top) if value * WIDEST_FLOW >= FINEST_FLOW * top]
    return [
        *([LegendEntry("widths:flows", "Width: t a year", group)] if values else []),
        *(
            LegendEntry(
                f"width:{value:g}",
                whole(value),
                group,
                line=LineSymbol(color, flow_width(value, top)),
            )
            for value in values
        ),
    ]


def _status_entries(points: Sequence[DrawnLayer], theme: Theme) -> list[LegendEntry]:
    statuses: set[str] = set()
    region = False
    for drawn in points:
        rows = drawn_rows(drawn)
        statuses.update(field_of(drawn.layer, "status", rows))
        region = region or Precision.REGION in field_of(drawn.layer, "precision", rows)
    present = [status for status in Status if status.value in statuses]
    neutral = Style(color=palette(theme).muted, shape="circle")
    entries = [
        LegendEntry(
            f"status:{status.value}",
            status_title(status),
            "status",
            symbol=symbol_of(Role.DEPOSIT, status, theme=theme, style=neutral),
        )
        for status in (present if len(present) > 1 else [])
    ]
    if region:
        symbol = symbol_of(Role.DEPOSIT, None, Precision.REGION, theme, style=neutral)
        entries.append(
            LegendEntry("precision:region", "Position known by region", "status", symbol=symbol)
        )
    return entries


def _size_entries(points: Sequence[DrawnLayer], theme: Theme) -> list[LegendEntry]:
    sized = [
        d
        for d in points
        if d.weights is not None and np.isfinite(d.weights).any() and sized_values(d) is None
    ]
    if not sized:
        return []
    top = top_weight(points)
    values = round_weights(top)
    sizes = tuple(zip(values, size_of(values, top=top).tolist(), strict=True))
    symbol = _hollow(theme)
    return [LegendEntry("size", sized[0].weight_unit, "size", symbol=symbol, sizes=sizes)]
