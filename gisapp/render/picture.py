"""What a map says, independent of where it is drawn: the one input of every drawer.

The web map, the static map, the slide and the page all draw a `Picture`; the workspace makes it
from the project's state and its answers. Colours are not here: `symbology` gives them by role,
status and theme.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gisapp.model.features import Floats
from gisapp.model.layer import Layer
from gisapp.model.rows import Rows
from gisapp.model.vocabulary import Role


class ThemeName(StrEnum):
    """The palettes of resources/theme."""

    LIGHT = "light"
    DARK = "dark"
    PRINT = "print"


@dataclass(frozen=True, eq=False)
class DrawnLayer:
    """A layer as it is to be drawn: its rows after the filter, with opacity and emphasis.

    Parameters
    ----------
    rows
        Row numbers of `layer.features` that are drawn, shape (n,), or None for all.
    weights
        Size by value (tonnes per year), shape (n,) like `rows`, NaN unknown; None for one size.
    faded
        True where the question is about something else and the layer steps back.
    """

    layer: Layer
    opacity: float = 1.0
    rows: Rows | None = None
    weights: Floats | None = None
    weight_unit: str = ""
    faded: bool = False


@dataclass(frozen=True)
class Connection:
    """A line from a deposit to the plant that answers for it.

    `path` is lon, lat in degrees, shape (n, 2), longitudes unrolled (see geodesy.unroll). Where
    `tonnes` are given (a year; NaN: none) the line is as wide as they are many; `kind` is what
    the legend calls lines of this sort, "" for the nearest plant; `mode` (road, rail, sea) is set
    for a leg of a journey.
    """

    path: Floats
    km: float
    inside: bool
    start_name: str
    end_name: str
    restricted: bool = False
    tonnes: float = math.nan
    kind: str = ""
    mode: str = ""


def most_tonnes(connections: Iterable[Connection]) -> float:
    """Return the tonnes of the widest line, NaN where none has any."""
    known = [each.tonnes for each in connections if not math.isnan(each.tonnes)]
    return max(known, default=math.nan)


@dataclass(frozen=True)
class Shading:
    """Jurisdictions to fill as one alliance, by ISO alpha-3 code; `proposed` is tinted, dashed."""

    title: str
    inside: frozenset[str]
    proposed: bool = False


@dataclass(frozen=True)
class Label:
    """A name worth printing at a place, most important first in a picture's list."""

    text: str
    lonlat: tuple[float, float]
    role: Role | None = None


@dataclass(frozen=True)
class Bar:
    """One bar of a chart; low and high differ where unknowns do. Values in `BarChart.unit`.

    `kind` picks the colour: alliance, leader (largest outside), other, unknown.
    """

    label: str
    low: float
    high: float
    kind: str = "other"


@dataclass(frozen=True)
class BarChart:
    """A horizontal bar chart with its finding as title; `limit` is a labelled line (65 %)."""

    title: str
    subtitle: str
    unit: str
    bars: tuple[Bar, ...]
    limit: float | None = None
    limit_label: str = ""
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A map with all it needs to stand alone on a slide.

    `sources` are complete lines with dates and licences for the footer, deduplicated; `notes` is
    the method and the caveats for a slide's notes; `layers` and `connections` come back to front.
    """

    title: str
    subtitle: str
    layers: tuple[DrawnLayer, ...]
    as_of: date
    sources: tuple[str, ...]
    shading: tuple[Shading, ...] = ()
    connections: tuple[Connection, ...] = ()
    labels: tuple[Label, ...] = ()
    chart: BarChart | None = None
    caption: str = ""
    notes: str = ""


@dataclass(frozen=True)
class FrameSpec:
    """What is framed and how big: the same for screen preview and every export.

    Parameters
    ----------
    size
        A name of `layout.PAGE_SIZES` ("16:9", "4:3", "A4", ...).
    projection
        A name of `projection.PROJECTIONS` ("equal_earth", "robinson", "mercator", ...).
    bounds
        West, south, east, north in degrees to be shown; None shows the world. East may exceed 180.
    center_lon
        Central meridian in degrees; None fits it to `bounds`.
    """

    size: str = "16:9"
    projection: str = "equal_earth"
    bounds: tuple[float, float, float, float] | None = None
    center_lon: float | None = None
    theme: ThemeName = ThemeName.LIGHT
    dpi: int = 200
