"""What a map says, independent of where it is drawn: the one input of every drawer.

The web map, the static map, the slide and the page all draw a `Picture`; the workspace makes it
from the project's state and its answers. Colours are not here: `symbology` gives them by role,
status and theme.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from gisapp.model.features import Floats
from gisapp.model.layer import Layer
from gisapp.model.rows import Rows
from gisapp.model.vocabulary import Role


class ThemeName(StrEnum):
    """The palettes of resources/theme."""

    LIGHT = "light"
    DARK = "dark"
    PRINT = "print"


@dataclass(frozen=True)
class Brand:
    """A house style over one of our themes: what it does not name stays as the theme has it.

    Parameters
    ----------
    base
        The theme that it changes.
    colors
        Names of `symbology.Palette` with their colours "#RRGGBB".
    family
        Name of the font family, "" for ours; `regular` and `bold` are its font files, "" where the
        machine is to have it installed.
    logo
        A PNG or SVG as base64 text, so that it travels with the project; "" for none.
    """

    name: str
    base: ThemeName = ThemeName.LIGHT
    colors: tuple[tuple[str, str], ...] = ()
    family: str = ""
    regular: str = ""
    bold: str = ""
    logo: str = ""


@dataclass(frozen=True)
class SlideTemplate:
    """A presentation (.pptx or .potx) whose master, theme and placeholders slides take.

    `places` is the user's mapping where names do not tell: name of a placeholder of the template
    and what goes into it (title, subtitle, caption, sources, date, number, chart, table, map,
    logo; "" leaves it empty). The name "layout" stands for the name of the layout to take.
    """

    path: str
    places: tuple[tuple[str, str], ...] = ()


#: What gives colours and fonts.
Theme: TypeAlias = ThemeName | Brand


def base_of(theme: Theme) -> ThemeName:
    """Return the theme of ours that a brand changes, or the theme itself."""
    return theme.base if isinstance(theme, Brand) else theme


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
class PageTable:
    """A table as it stands on a page: texts ready to print, figures with their unit in the head.

    `rows` are of the length of `columns`; `numeric` says which columns stand at the right.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A map with all it needs to stand alone on a slide.

    `sources` are complete lines with dates and licences for the footer, deduplicated; `notes` is
    the method and the caveats for a slide's notes; `layers` and `connections` come back to front.
    `lineage` says what it was made of, name and value: every file carries it.
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
    table: PageTable | None = None
    lineage: tuple[tuple[str, str], ...] = ()


class Show(StrEnum):
    """Whether an element stands on the page; auto is where it serves."""

    AUTO = "auto"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Elements:
    """What stands on a page beside title, map and sources, which always do.

    Auto means: legend, scale bar, graticule, chart and logo if there are any; a north arrow on a
    map of a region where north is not straight up; a locator beside a map of a region; names by
    importance; lengths of distance lines where they fit; flows bundled where they run side by
    side; a table and a page number only in decks. Yes gives more names, all lengths that fit, and
    degrees where the graticule meets the map's edge.
    """

    legend: Show = Show.AUTO
    scale_bar: Show = Show.AUTO
    north_arrow: Show = Show.AUTO
    graticule: Show = Show.AUTO
    locator: Show = Show.AUTO
    chart: Show = Show.AUTO
    table: Show = Show.AUTO
    labels: Show = Show.AUTO
    lengths: Show = Show.AUTO
    bundles: Show = Show.AUTO
    logo: Show = Show.AUTO
    page_number: Show = Show.AUTO


@dataclass(frozen=True)
class Nudge:
    """A label that was moved by hand.

    `text` is the label as it stands on the map; its middle stands `dx`, `dy` points of the page
    (y down) from its place, which is the `anchor` of its words in the scene.
    """

    text: str
    dx: float
    dy: float


class Heavy(StrEnum):
    """How a slide holds layers of very many shapes."""

    AUTO = "auto"
    SHAPES = "shapes"
    PICTURE = "picture"


@dataclass(frozen=True)
class FrameSpec:
    """What is framed and how big: the same for screen preview and every export.

    Parameters
    ----------
    size
        A name of `layout.PAGE_SIZES` ("16:9", "4:3", "A4", ...) or a size of one's own with its
        unit ("254x190mm", "10x7.5in").
    projection
        A name of `projection.PROJECTIONS` ("equal_earth", "robinson", "mercator", ...).
    bounds
        West, south, east, north in degrees to be shown; None shows the world. East may exceed 180.
    center_lon
        Central meridian in degrees; None fits it to `bounds`.
    brand
        Colours, fonts and logo of the user's house; None takes those of the theme.
    insets
        Bounds of further small maps of the same picture, as `bounds`.
    nudges
        Labels moved by hand.
    max_labels
        How many names the map takes at most, 0 to 500; None leaves it to the map's size.
    caption
        A sentence under the map, "" for none.
    template
        A presentation that slides take after; None makes them of our own.
    also
        The id of an alliance that is shaded beside the question's; several cannot be told apart.
    """

    size: str = "16:9"
    projection: str = "equal_earth"
    bounds: tuple[float, float, float, float] | None = None
    center_lon: float | None = None
    theme: ThemeName = ThemeName.LIGHT
    dpi: int = 200
    brand: Brand | None = None
    elements: Elements = Elements()
    insets: tuple[tuple[float, float, float, float], ...] = ()
    nudges: tuple[Nudge, ...] = ()
    max_labels: int | None = None
    caption: str = ""
    heavy: Heavy = Heavy.AUTO
    template: SlideTemplate | None = None
    also: tuple[str, ...] = ()

    @property
    def look(self) -> Theme:
        """What gives colours and fonts: the brand, or else the theme."""
        return self.theme if self.brand is None else self.brand
