"""The one symbology table: what a role, a status, a line and an alliance look like.

Screen, legend, static map, slide and page all ask here. Colours come from resources/theme by the
name of the theme; sizes are diameters and widths in CSS pixels, which are points on a page.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from math import cos, isnan, nan, pi, sin, sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.model.layer import Layer, Style
from gisapp.model.places import resources_dir
from gisapp.model.vocabulary import FACILITY_ROLES, Precision, Role, Status, status_code
from gisapp.render.picture import DrawnLayer, Picture, ThemeName, most_tonnes

WORLD_SIZE: Final = 7.0
NEAR_SIZE: Final = 9.0
NEAR_ZOOM: Final = 5.0
FADED_OPACITY: Final = 0.25
SMALLEST_WEIGHTED: Final = 4.0
LARGEST_WEIGHTED: Final = 30.0


@dataclass(frozen=True)
class Palette:
    """The colours of a theme, each "#RRGGBB"."""

    paper: str
    panel: str
    water: str
    land: str
    border: str
    coast: str
    graticule: str
    text: str
    muted: str
    accent: str
    halo: str
    symbol_outline: str
    deposit: str
    refinery: str
    magnet_plant: str
    reference: str
    route: str
    alliance: str
    alliance_outline: str
    second: str
    second_outline: str
    leader: str
    inside: str
    outside: str
    grey: str
    suspended: str
    unknown: str
    limit: str
    rule: str
    shade_alpha: float
    shade_hatched: bool

    def of_role(self, role: Role) -> str:
        """Return the colour of a layer role."""
        return {
            Role.DEPOSIT: self.deposit,
            Role.REFINERY: self.refinery,
            Role.MAGNET_PLANT: self.magnet_plant,
            Role.TRADE_ROUTE: self.route,
            Role.JURISDICTION: self.border,
            Role.REFERENCE: self.reference,
        }[role]

    def token_of(self, color: str) -> str:
        """Return the name of the first entry with this colour, "" for a colour of no entry.

        The window's accent is no colour of a map: the alliance of the same green is meant.
        """
        for field in fields(self):
            if field.name != "accent" and getattr(self, field.name) == color:
                return field.name
        return ""


@cache
def palette(theme: ThemeName) -> Palette:
    """Return the palette of a theme, read once from resources/theme."""
    path = resources_dir() / "theme" / f"{theme.value}.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    return Palette(
        **table["colors"],
        shade_alpha=table["shade_alpha"],
        shade_hatched=table["shade_hatched"],
    )


@dataclass(frozen=True)
class Symbol:
    """A point symbol.

    Parameters
    ----------
    shape
        circle, square, hexagon, triangle, diamond or cross; see `outline_of`.
    fill
        Colour inside, "" for a hollow symbol (then the halo's colour stands inside).
    stroke, stroke_width
        Line around the shape; a cross is its strokes alone.
    halo, halo_width
        Line outside of that, so that neighbours separate; width 0 for none.
    size
        Diameter of the circle of equal area.
    ring
        none, solid (under construction) or dotted (position of region precision): a second line
        at a distance around the symbol, in `ring_color`.
    """

    shape: str
    fill: str
    stroke: str
    stroke_width: float
    size: float
    halo: str
    halo_width: float
    ring: str = "none"
    ring_color: str = ""
    hollow: bool = False
    opacity: float = 1.0


@dataclass(frozen=True)
class LineSymbol:
    """A line: dash is on and off lengths, () for a solid line; arrow stands at the middle."""

    color: str
    width: float
    dash: tuple[float, ...] = ()
    arrow: bool = False
    opacity: float = 1.0


@dataclass(frozen=True)
class AreaSymbol:
    """A filled area: hatch is "", a slash or a backslash; fill "" the outline alone."""

    fill: str
    alpha: float
    outline: str
    width: float
    hatch: str = ""
    dash: tuple[float, ...] = ()


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


SHAPE_OF_ROLE: Final = {
    Role.DEPOSIT: "circle",
    Role.REFINERY: "square",
    Role.MAGNET_PLANT: "hexagon",
    Role.REFERENCE: "triangle",
    Role.JURISDICTION: "diamond",
    Role.TRADE_ROUTE: "diamond",
}
SHAPES: Final = ("circle", "square", "hexagon", "triangle", "diamond", "cross")


def _regular(corners: int, first: float) -> tuple[tuple[float, float], ...]:
    # circumradius that gives the area of a circle of diameter 1
    radius = sqrt(pi / 4 / (corners / 2 * sin(2 * pi / corners)))
    angles = [first + 2 * pi * i / corners for i in range(corners)]
    return tuple((radius * cos(a), radius * sin(a)) for a in angles)


@cache
def outline_of(shape: str) -> tuple[tuple[float, float], ...]:
    """Return the corners of a shape of size 1 around (0, 0), y down, as large as the circle.

    The cross is two strokes: four points, the ends of the first, then of the second.
    """
    half = 0.42
    return {
        "circle": _regular(36, 0.0),
        "square": _regular(4, pi / 4),
        "hexagon": _regular(6, 0.0),
        "triangle": _regular(3, -pi / 2),
        "diamond": _regular(4, 0.0),
        "cross": ((-half, -half), (half, half), (-half, half), (half, -half)),
    }[shape]


def ring_size(symbol: Symbol) -> float:
    """Return the diameter of the circle drawn around a symbol that has a ring."""
    reach = max(sqrt(x * x + y * y) for x, y in outline_of(symbol.shape))
    return 2.0 * reach * symbol.size + 3.0 * max(symbol.halo_width, 0.5)


def size_at_zoom(zoom: float) -> float:
    """Return the diameter of a symbol without weight at a Leaflet zoom."""
    return WORLD_SIZE if zoom < NEAR_ZOOM else NEAR_SIZE


def symbol_of(
    role: Role,
    status: Status | str | None = Status.OPERATING,
    precision: Precision | str | None = Precision.SITE,
    theme: ThemeName = ThemeName.LIGHT,
    *,
    style: Style | None = None,
    size: float | None = None,
    scale: float = 1.0,
    faded: bool = False,
) -> Symbol:
    """Return the symbol of a point.

    Shape and colour tell the role, the fill tells the status, a dotted ring a coarse position. An
    unknown status is drawn as operating.

    Parameters
    ----------
    size
        Diameter by weight or zoom; None takes the style's, else that of the world scale.
    scale
        Factor on all lengths, for pages larger or smaller than the screen.
    """
    colors, chosen = palette(theme), style or Style()
    color = chosen.color or colors.of_role(role)
    diameter = (size or chosen.size or WORLD_SIZE) * scale
    dark_outline = theme is ThemeName.PRINT
    symbol = Symbol(
        shape=chosen.shape if chosen.shape in SHAPES else SHAPE_OF_ROLE[role],
        fill=color,
        stroke=colors.symbol_outline if dark_outline else color,
        stroke_width=(0.5 if dark_outline else 0.0) * scale,
        size=diameter,
        halo=colors.halo,
        halo_width=1.0 * scale,
        opacity=FADED_OPACITY if faded else 1.0,
    )
    changes: dict[str, Any] = {}
    if status == Status.CONSTRUCTION:
        changes = {"ring": "solid", "ring_color": color}
    elif status == Status.PLANNED:
        changes = {"fill": "", "hollow": True, "stroke": color, "stroke_width": 1.2 * scale}
    elif status == Status.SUSPENDED:
        changes = {"fill": colors.suspended}
        if not dark_outline:
            changes["stroke"] = colors.suspended
    elif status == Status.CLOSED:
        changes = {
            "shape": "cross",
            "fill": "",
            "stroke": color,
            "stroke_width": 1.2 * scale,
            "size": diameter * 0.85,
        }
    if precision == Precision.REGION:
        changes |= {"ring": "dotted", "ring_color": color}
    return Symbol(**{**{f.name: getattr(symbol, f.name) for f in fields(symbol)}, **changes})


def size_of(
    weights: npt.ArrayLike,
    *,
    largest: float = LARGEST_WEIGHTED,
    smallest: float = SMALLEST_WEIGHTED,
    unknown: float = WORLD_SIZE,
    top: float | None = None,
) -> Floats:
    """Return diameters whose areas are proportional to the weights, shape (n,).

    Parameters
    ----------
    weights
        Values of 0 and more, shape (n,); NaN is unknown and gets the diameter `unknown`.
    top
        The weight that gets the diameter `largest`; None takes the largest weight.
    """
    values = np.asarray(weights, dtype=np.float64)
    known = np.isfinite(values)
    highest = top if top is not None else float(values[known].max(initial=0.0))
    if highest <= 0.0:
        return np.full(len(values), unknown)
    share = np.sqrt(np.clip(np.where(known, values, 0.0) / highest, 0.0, None))
    return np.where(known, np.maximum(share * largest, smallest), unknown)


def round_weights(top: float) -> tuple[float, ...]:
    """Return up to three round values for a size legend, the largest at most `top`."""
    if not top > 0.0:
        return ()
    magnitude = 10.0 ** np.floor(np.log10(top))
    first = max(step for step in (1.0, 2.0, 5.0) if step * magnitude <= top * (1 + 1e-9))
    high = float(first * magnitude)
    return (high, high / 4 if first == 2.0 else high / 5, high / 20)


def route_line(
    theme: ThemeName,
    *,
    status: str | None = "active",
    indicative: bool = False,
    share: float = 0.0,
    style: Style | None = None,
    faded: bool = False,
) -> LineSymbol:
    """Return the line of a trade route; `share` 0 to 1 of the largest flow widens it."""
    chosen = style or Style()
    dash: tuple[float, ...] = (5.0, 3.0) if indicative or status == "planned" else ()
    if status == "suspended":
        dash = (1.0, 2.5)
    return LineSymbol(
        color=chosen.color or palette(theme).route,
        width=chosen.width or 0.7 + 2.3 * sqrt(min(max(share, 0.0), 1.0)),
        dash=dash,
        arrow=True,
        opacity=FADED_OPACITY if faded else 0.75,
    )


#: Widths in pixels of lines that carry tonnes.
#: How the legs of a journey are told apart: on and off lengths by mode.
_LEG_DASHES: Final[dict[str, tuple[float, ...]]] = {
    "sea": (),
    "rail": (7.0, 2.0),
    "road": (2.0, 1.6),
}
_WIDEST_FLOW: Final = 6.0
_FINEST_FLOW: Final = 0.8
#: So many distance lines still stand apart, and from so many on they are at their finest.
_FEW_LINES: Final = 15
_MANY_LINES: Final = 120


def connection_line(
    theme: ThemeName,
    *,
    inside: bool,
    restricted: bool = False,
    number: int = 1,
    share: float = nan,
    mode: str = "",
) -> LineSymbol:
    """Return the line from a deposit to its plant: blue inside the alliance, amber outside.

    Those outside are dashed as well, for print without colour; a line of the restricted question
    is drawn a little stronger than the unrestricted one beside it.

    Parameters
    ----------
    number
        How many lines a page holds: the more, the finer and the more see-through, so that a
        bundle of them shows how many it is made of.
    share
        Of the tonnes of the widest line, 0 to 1: the width goes with its root, so that a line of
        a quarter is half as wide. NaN where lines carry no tonnes.
    mode
        Of a leg of a journey.
    """
    colors = palette(theme)
    if mode:
        return LineSymbol(colors.inside, width=2.2, dash=_LEG_DASHES[mode], opacity=0.9)
    if not isnan(share):
        return LineSymbol(
            color=colors.inside if inside else colors.outside,
            width=max(_WIDEST_FLOW * sqrt(share), _FINEST_FLOW),
            dash=() if inside else (6.0, 2.5),
            opacity=0.75,
        )
    many = min(max((number - _FEW_LINES) / (_MANY_LINES - _FEW_LINES), 0.0), 1.0)
    return LineSymbol(
        color=colors.inside if inside else colors.outside,
        width=(1.3 if restricted else 1.1) * (1.0 - 0.4 * many),
        dash=() if inside else (4.0, 2.0),
        opacity=0.8 - 0.3 * many,
    )


def shading_area(theme: ThemeName, index: int = 0, *, proposed: bool = False) -> AreaSymbol:
    """Return the look of the first, second, ... alliance; the second one is hatched.

    A proposal has half of a member's tint and a dashed outline: seen at a glance, never taken for
    an alliance that is in force.
    """
    colors = palette(theme)
    first = index == 0
    color, outline = (
        (colors.alliance, colors.alliance_outline)
        if first
        else (colors.second, colors.second_outline)
    )
    hatch = ("/" if colors.shade_hatched else "") if first else "\\"
    return AreaSymbol(
        fill=color,
        alpha=colors.shade_alpha / 2.0 if proposed else colors.shade_alpha,
        outline=outline,
        width=1.4 if proposed else 1.0,
        hatch="" if proposed else hatch,
        dash=(4.0, 2.0) if proposed else (),
    )


def bar_color(theme: ThemeName, kind: str) -> str:
    """Return the colour of a bar: alliance, leader (largest outside), unknown, or grey."""
    colors = palette(theme)
    known = {"alliance": colors.alliance, "leader": colors.leader, "unknown": colors.unknown}
    return known.get(kind, colors.grey)


def drawn_rows(drawn: DrawnLayer) -> npt.NDArray[np.int64]:
    """Return the row numbers that are drawn, shape (n,)."""
    if drawn.rows is None:
        return np.arange(len(drawn.layer.features), dtype=np.int64)
    return np.asarray(drawn.rows, dtype=np.int64)


def layer_area(layer: Layer, theme: ThemeName) -> AreaSymbol:
    """Return the look of a layer's polygons; borders are outlines alone."""
    colors = palette(theme)
    if layer.role is Role.JURISDICTION:
        color = layer.style.color or colors.muted
        return AreaSymbol(color, 0.0, color, layer.style.width or 0.6)
    color = layer.style.color or colors.of_role(layer.role)
    if layer.style.fill is not None:  # a surface: its areas touch, and need no outlines
        return AreaSymbol(color, layer.style.fill, color, layer.style.width or 0.0)
    return AreaSymbol(color, 0.18, color, layer.style.width or 1.0)


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


def is_indicative(layer: Layer, rows: npt.NDArray[np.int64]) -> list[bool]:
    """Return which routes are likely ones, not documented ones, shape (n,)."""
    columns = layer.features.columns
    if "indicative" in columns:
        return [bool(value) for value in columns["indicative"][rows]]
    if "notes" not in columns:
        return [False] * len(rows)
    return ["indicative" in str(value or "").lower() for value in columns["notes"][rows]]


def status_title(status: Status) -> str:
    """Return what people read for a status."""
    return {Status.CONSTRUCTION: "Under construction"}.get(status, status.value.capitalize())


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


def top_weight(drawn: Iterable[DrawnLayer]) -> float:
    """Return the largest known weight of what is asked: one scale of sizes for the whole map.

    Layers that step back have no say: the legend of sizes is about the others.
    """
    tops = [
        float(np.nanmax(d.weights))
        for d in drawn
        if not d.faded and d.weights is not None and np.isfinite(d.weights).any()
    ]
    return max(tops, default=0.0)
