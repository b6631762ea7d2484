"""The one symbology table: what a role, a status, a line and an alliance look like.

Screen, legend, static map, slide and page all ask here. Colours come from resources/theme by the
name of the theme; sizes are diameters and widths in CSS pixels, which are points on a page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from math import isnan, nan, sqrt
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.model.layer import Layer
from gisapp.model.places import resources_dir
from gisapp.model.style import Style
from gisapp.model.vocabulary import Precision, Role, Status
from gisapp.render.flow_scale import flow_width
from gisapp.render.picture import Brand, Theme, ThemeName, base_of
from gisapp.render.shapes import ICONS, SHAPES, reach_of

WORLD_SIZE: Final = 7.0
NEAR_SIZE: Final = 9.0
FADED_OPACITY: Final = 0.25
#: How opaque areas are that are coloured by value.
CLASS_FILL: Final = 0.78
SMALLEST_WEIGHTED: Final = 4.0
#: The cross of what is closed is smaller than the symbol it stands for.
CROSS_SIZE: Final = 0.85
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


@lru_cache(maxsize=64)
def palette(theme: Theme) -> Palette:
    """Return the palette of a theme, read once from resources/theme, or of a brand over one."""
    if isinstance(theme, Brand):
        ours = palette(theme.base)
        # a project may come from a version with other colours: what is not known here stays ours
        known = {
            name: color for name, color in theme.colors if isinstance(getattr(ours, name, 0), str)
        }
        return replace(ours, **cast("dict[str, Any]", known))
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
        circle, square, hexagon, triangle, diamond, cross or an icon; see `shapes`.
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
    """A line: dash is on and off lengths, () for a solid line; arrow "", "middle" or "end"."""

    color: str
    width: float
    dash: tuple[float, ...] = ()
    arrow: str = ""
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


SHAPE_OF_ROLE: Final = {
    Role.DEPOSIT: "circle",
    Role.REFINERY: "square",
    Role.MAGNET_PLANT: "hexagon",
    Role.REFERENCE: "triangle",
    Role.JURISDICTION: "diamond",
    Role.TRADE_ROUTE: "diamond",
}


def ring_size(symbol: Symbol) -> float:
    """Return the diameter of the circle drawn around a symbol that has a ring."""
    reach = reach_of(symbol.shape)
    return 2.0 * reach * symbol.size + 3.0 * max(symbol.halo_width, 0.5)


def symbol_of(
    role: Role,
    status: Status | str | None = Status.OPERATING,
    precision: Precision | str | None = Precision.SITE,
    theme: Theme = ThemeName.LIGHT,
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
    dark_outline = base_of(theme) is ThemeName.PRINT
    symbol = Symbol(
        shape=chosen.shape if chosen.shape in (*SHAPES, *ICONS) else SHAPE_OF_ROLE[role],
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
        # pale with a rim: told from a site at work without colour too
        changes = {"fill": colors.unknown, "stroke_width": (0.5 if dark_outline else 1.0) * scale}
        if not dark_outline:
            changes["stroke"] = colors.suspended
    elif status == Status.CLOSED:
        changes = {
            "shape": "cross",
            "fill": "",
            "stroke": color,
            "stroke_width": 1.2 * scale,
            "size": diameter * CROSS_SIZE,
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
    theme: Theme,
    *,
    status: str | None = "active",
    indicative: bool = False,
    share: float = 0.0,
    style: Style | None = None,
    faded: bool = False,
) -> LineSymbol:
    """Return the line of a trade route; `share` 0 to 1 of the largest flow widens it."""
    chosen = style or Style()
    dash = chosen.dash or ()
    if indicative or status == "planned":
        dash = (5.0, 3.0)
    if status == "suspended":
        dash = (1.0, 2.5)
    return LineSymbol(
        color=chosen.color or palette(theme).route,
        width=chosen.width or 0.7 + 2.3 * sqrt(min(max(share, 0.0), 1.0)),
        dash=dash,
        arrow=_arrow(chosen, "middle"),
        opacity=FADED_OPACITY if faded else 0.75,
    )


def plain_line(
    role: Role, theme: Theme, *, style: Style | None = None, faded: bool = False
) -> LineSymbol:
    """Return the line of a layer that is no trade route."""
    chosen = style or Style()
    return LineSymbol(
        color=chosen.color or palette(theme).of_role(role),
        width=chosen.width or 1.2,
        dash=chosen.dash or (),
        arrow=_arrow(chosen, ""),
        opacity=FADED_OPACITY if faded else 0.9,
    )


def _arrow(style: Style, usual: str) -> str:
    return usual if style.arrow is None else style.arrow.removeprefix("none")


#: How the legs of a journey are told apart: on and off lengths by mode.
_LEG_DASHES: Final[dict[str, tuple[float, ...]]] = {
    "sea": (),
    "rail": (7.0, 2.0),
    "road": (2.0, 1.6),
}
#: So many distance lines still stand apart, and from so many on they are at their finest.
_FEW_LINES: Final = 15
_MANY_LINES: Final = 120


def connection_line(
    theme: Theme,
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
        Of the tonnes of the busiest way, 0 to 1, NaN where lines carry none; see `flow_scale`.
    mode
        Of a leg of a journey.
    """
    colors = palette(theme)
    if mode:
        return LineSymbol(colors.inside, width=2.2, dash=_LEG_DASHES[mode], opacity=0.9)
    if not isnan(share):
        return LineSymbol(
            color=colors.inside if inside else colors.outside,
            width=flow_width(share, 1.0),
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


def shading_area(theme: Theme, index: int = 0, *, proposed: bool = False) -> AreaSymbol:
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


def bar_color(theme: Theme, kind: str) -> str:
    """Return the colour of a bar: alliance, leader (largest outside), unknown, or grey."""
    colors = palette(theme)
    known = {"alliance": colors.alliance, "leader": colors.leader, "unknown": colors.unknown}
    return known.get(kind, colors.grey)


def layer_area(layer: Layer, theme: Theme, style: Style | None = None) -> AreaSymbol:
    """Return the look of a layer's polygons, or of its class `style`; borders have no fill."""
    colors, chosen = palette(theme), style or layer.style
    border = layer.role is Role.JURISDICTION
    color = chosen.color or (colors.muted if border else colors.of_role(layer.role))
    usual_fill, usual_width = (0.0, 0.6) if border else (0.18, 1.0)
    by_value = chosen.categories or chosen.graduated or chosen.ramp
    if by_value:  # areas that touch, told apart by their colours: a fine line of paper between
        usual_fill, usual_width = CLASS_FILL, 0.0 if chosen.ramp else 0.5
    if chosen.fill is not None:  # a surface: its areas touch, and need no outlines
        usual_width = 0.5 if by_value and not chosen.ramp else 0.0
    usual_outline = colors.land if by_value else color
    outline = usual_outline if chosen.outline is None else chosen.outline
    width = usual_width if chosen.width is None else chosen.width
    if chosen.outline and not width:
        width = 0.8
    return AreaSymbol(
        color,
        usual_fill if chosen.fill is None else chosen.fill,
        outline,
        width if outline else 0.0,
        chosen.hatch or "",
        chosen.dash or (),
    )


def status_title(status: Status) -> str:
    """Return what people read for a status."""
    return {Status.CONSTRUCTION: "Under construction"}.get(status, status.value.capitalize())
