"""How a layer looks, as a user chose it: frozen, plain data that a project file holds as JSON.

What is None is left to the symbology table, which knows role, status and theme. Colours are
"#RRGGBB"; lengths are CSS pixels at screen scale, which are points on a page; zooms are Leaflet's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Categories that are told apart at a glance; what is rarer is drawn as "other".
MOST_CATEGORIES: Final = 10
#: How the classes of a number are found, with what people read.
SCHEMES: Final = {
    "quantiles": "Equal counts",
    "equal_interval": "Equal intervals",
    "natural_breaks": "Natural breaks",
    "pretty": "Round numbers",
    "std_mean": "Standard deviations",
    "head_tail": "Head and tail",
    "box_plot": "Box plot",
}
#: Where the arrow of a line stands.
ARROWS: Final = ("none", "middle", "end")
#: The zoom up to which a layer shows that is not told otherwise.
MAX_ZOOM: Final = 24.0
#: How an area is hatched: not at all, or by lines that rise or fall to the right.
HATCHES: Final = ("", "/", "\\")


@dataclass(frozen=True)
class Category:
    """One value with its look; a colour or shape of None follows palette and role."""

    value: str
    color: str | None = None
    shape: str | None = None
    label: str = ""

    @property
    def title(self) -> str:
        """What the legend calls it."""
        return self.label or self.value or "No value"


@dataclass(frozen=True)
class Categories:
    """A look for each value of a column.

    Parameters
    ----------
    field
        The column; its values are compared as text, a missing one is "".
    items
        In the order of the legend; colours of None are taken from the palette in turn.
    palette
        A name of `ramps.palette_colors`.
    other
        Colour of the values that have no category of their own; None for the theme's grey.
    """

    field: str
    items: tuple[Category, ...] = ()
    palette: str = "clear"
    other: str | None = None
    other_label: str = "Other"


@dataclass(frozen=True)
class Graduated:
    """A colour of a ramp for each class of a number.

    Parameters
    ----------
    field
        The column of numbers.
    breaks
        Lower end of the lowest class, then the upper end of every class, ascending: one more than
        there are classes. A value on a break belongs to the class below; what lies outside of all
        belongs to the first or the last class.
    scheme
        A name of `SCHEMES` that gave the breaks, "manual" once they were moved.
    ramp
        A name of `ramps.RAMPS`.
    labels
        What the legend calls the classes, "" for its range; shorter than the classes or ().
    missing
        Colour of rows without a number; None for the theme's colour of the unknown.
    """

    field: str
    breaks: tuple[float, ...] = ()
    scheme: str = "quantiles"
    ramp: str = "teal"
    reverse: bool = False
    labels: tuple[str, ...] = ()
    missing: str | None = None

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return max(len(self.breaks) - 1, 0)


@dataclass(frozen=True)
class Sized:
    """A size by value: areas of symbols, or widths of lines, are proportional to a column.

    Parameters
    ----------
    field
        A column of numbers of 0 and more.
    smallest, largest
        Diameters or widths; None takes the table's. What would be smaller is drawn as `smallest`.
    top
        The value that is drawn as `largest`; None takes the column's largest.
    unit
        What the legend says behind the name of the column.
    """

    field: str
    smallest: float | None = None
    largest: float | None = None
    top: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class Labels:
    """Names beside the features; they never collide, the most important ones are placed first.

    Parameters
    ----------
    text
        A column, or a template with columns in braces: "{name}, {capacity} t".
    priority
        Column of numbers, the larger the sooner a label finds its place; "" takes the size, then
        the order of the rows.
    min_zoom
        The zoom from which on the labels show.
    """

    text: str
    size: float = 11.0
    halo: bool = True
    min_zoom: float = 0.0
    priority: str = ""


@dataclass(frozen=True)
class Clusters:
    """Points within `radius` pixels of each other are drawn as one bubble with their count.

    From zoom `until` on every point stands alone.
    """

    radius: float = 40.0
    until: float = 12.0


@dataclass(frozen=True)
class Heat:
    """A picture of how dense the points are: kernel density with a radius in pixels.

    `weight` is a column of numbers that points count by, "" counts each as one.
    """

    radius: float = 24.0
    ramp: str = "amber"
    weight: str = ""


@dataclass(frozen=True)
class Style:
    """What a user changed of the look that the symbology table gives a role.

    None keeps the table's value. Colours are "#RRGGBB", sizes points at screen scale.

    Parameters
    ----------
    label_field
        The column that names a feature in tooltips; `labels` are what is written on the map.
    fill
        How opaque areas are filled, 0 to 1.
    ramp
        Column of whole numbers, 0 and up, by which areas are coloured one after another; the
        column "label" names them in the legend.
    outline
        Colour of the line around areas, "" for none.
    dash
        On and off lengths of lines and outlines, () for a solid line.
    arrow
        One of `ARROWS`.
    hatch
        One of `HATCHES`, in the colour of the outline.
    categories, graduated
        The colour by value: one of the two at most, `categories` goes first.
    sized
        The size of symbols, or the width of lines, by value.
    clusters, heat
        For points, in place of their symbols.
    min_zoom, max_zoom
        The zooms, both inclusive, between which the layer shows on the live map.
    """

    color: str | None = None
    size: float | None = None
    width: float | None = None
    shape: str | None = None
    label_field: str | None = None
    fill: float | None = None
    ramp: str | None = None
    outline: str | None = None
    dash: tuple[float, ...] | None = None
    arrow: str | None = None
    hatch: str | None = None
    categories: Categories | None = None
    graduated: Graduated | None = None
    sized: Sized | None = None
    labels: Labels | None = None
    clusters: Clusters | None = None
    heat: Heat | None = None
    min_zoom: float = 0.0
    max_zoom: float = MAX_ZOOM

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the colours and sizes are read from."""
        by = (self.categories or self.graduated, self.sized)
        found = [each.field for each in by if each is not None]
        if self.heat is not None and self.heat.weight:
            found.append(self.heat.weight)
        return (*found, *((self.ramp,) if self.ramp else ()))
