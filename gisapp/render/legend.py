"""The entries of a legend: what a picture holds, in the looks of the symbology table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any, Final

import numpy as np

from gisapp.model.layer import Layer
from gisapp.model.style import Style
from gisapp.model.vocabulary import FACILITY_ROLES, Precision, Role, Status
from gisapp.render.bands import layer_of
from gisapp.render.drawn import drawn_rows, field_of, is_indicative, top_weight
from gisapp.render.picture import DrawnLayer, Picture, ThemeName, most_tonnes
from gisapp.render.symbology import (
    AreaSymbol,
    LineSymbol,
    Symbol,
    connection_line,
    layer_area,
    palette,
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
        facilities, lines, areas, alliance, status, size, or "bands" and an id: a group stands
        together.
    sizes
        For the nested circles of the size legend: value and diameter, largest first.
    """

    key: str
    label: str
    group: str
    symbol: Symbol | None = None
    line: LineSymbol | None = None
    area: AreaSymbol | None = None
    count: int | None = None
    sizes: tuple[tuple[float, float], ...] = ()

    @property
    def is_heading(self) -> bool:
        """True for a name that stands above the entries of its group."""
        return self.symbol is None and self.line is None and self.area is None


_CHAIN: Final = (*FACILITY_ROLES, Role.REFERENCE)


def legend_entries(picture: Picture, theme: ThemeName) -> tuple[LegendEntry, ...]:
    """Return what is on the map, in the order of the chain.

    Mining, refining, magnets, other points, routes, distance lines, alliances; then the key of
    fills (only statuses that occur, and only if there is more than one) and of sizes.
    """
    drawn = [d for d in picture.layers if len(drawn_rows(d)) and d.opacity > 0.0]
    points = [d for role in _CHAIN for d in drawn if d.layer.role is role and _has_points(d.layer)]
    return (
        *(_point_entry(d, theme) for d in points),
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
        *_status_entries([d for d in points if not d.faded], theme),
        *_size_entries([d for d in points if not d.faded], theme),
    )


def _area_entries(drawn: Iterable[DrawnLayer], theme: ThemeName) -> list[LegendEntry]:
    """Return the layers of polygons; bands of one stand under its name, uncounted."""
    entries: list[LegendEntry] = []
    headings: set[str] = set()
    for each in drawn:
        layer = each.layer
        if "Polygon" not in layer.features.geometry_type:
            continue
        group = f"bands {layer_of(layer.id)}" if each.heading else "areas"
        if each.heading and group not in headings:
            headings.add(group)
            entries.append(LegendEntry(f"heading:{layer.id}", each.heading, group))
        count = None if each.heading else len(drawn_rows(each))
        area = layer_area(layer, theme)
        entries.append(LegendEntry(f"layer:{layer.id}", layer.name, group, area=area, count=count))
    return entries


def _has_points(layer: Layer) -> bool:
    return layer.features.is_points or layer.features.geometry_type.endswith("Point")


def _point_entry(drawn: DrawnLayer, theme: ThemeName) -> LegendEntry:
    layer = drawn.layer
    return LegendEntry(
        f"layer:{layer.id}",
        layer.name,
        "facilities",
        symbol=symbol_of(layer.role, theme=theme, style=layer.style, faded=drawn.faded),
        count=len(drawn_rows(drawn)),
    )


def _line_entries(
    picture: Picture, drawn: Iterable[DrawnLayer], theme: ThemeName
) -> list[LegendEntry]:
    entries: list[LegendEntry] = []
    for each in drawn:
        layer = each.layer
        if layer.role is not Role.TRADE_ROUTE and "LineString" not in layer.features.geometry_type:
            continue
        rows = drawn_rows(each)
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
        entries += [
            LegendEntry(
                f"layer:{layer.id}{suffix}",
                layer.name + suffix,
                "lines",
                line=route_line(theme, style=layer.style, faded=each.faded, **look),
                count=sum(which),
            )
            for suffix, look, which in kinds
            if any(which)
        ]
    insides = Counter((c.inside, c.kind, c.mode) for c in picture.connections)
    # the alliance's own entry says that it is proposed
    where = picture.shading[0].title if picture.shading else "the alliance"
    where = where.removesuffix(" (proposed)")
    asked = bool(picture.shading) or len(insides) > 1
    share = 0.2 if not isnan(most_tonnes(picture.connections)) else nan
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
    return entries


def _status_entries(points: Sequence[DrawnLayer], theme: ThemeName) -> list[LegendEntry]:
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


def _size_entries(points: Sequence[DrawnLayer], theme: ThemeName) -> list[LegendEntry]:
    sized = [d for d in points if d.weights is not None and np.isfinite(d.weights).any()]
    if not sized:
        return []
    top = top_weight(points)
    values = round_weights(top)
    sizes = tuple(zip(values, size_of(values, top=top).tolist(), strict=True))
    neutral = Style(color=palette(theme).muted)
    symbol = symbol_of(Role.DEPOSIT, Status.PLANNED, theme=theme, style=neutral)
    return [LegendEntry("size", sized[0].weight_unit, "size", symbol=symbol, sizes=sizes)]
