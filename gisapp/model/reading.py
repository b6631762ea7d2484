"""How a file was read: what the user said, what was found out instead, and what else it may be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from gisapp.model.mapping import ColumnMapping
from gisapp.model.vocabulary import Role

#: West, south, east, north in degrees.
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Choice:
    """One way to take what a file does not say.

    Parameters
    ----------
    value
        What `ReadOptions.choosing` gets.
    label
        What people choose by ("EPSG:32633 - WGS 84 / UTM zone 33N").
    reason
        What speaks for it, one sentence.
    """

    value: str
    label: str
    reason: str = ""


@dataclass(frozen=True)
class Finding:
    """Something that was found out or repaired on reading, and that the user may decide.

    Parameters
    ----------
    code
        The code of the `Problem` that tells it.
    option
        What decides it: a field of `ReadOptions` that holds a text, or the name of a repair
        ("axes_swapped"), whose choices are "yes" and "no".
    message
        What was found, one sentence.
    chosen
        The value of the choice that was taken.
    choices
        The likeliest first; the one taken is among them. Where `free` holds the user may also
        type a value of his own.
    sure
        False where the user should look at it: the window then offers the repair dialog.
    count
        Features that it is about; 0 where it is the file.
    """

    code: str
    option: str
    message: str
    chosen: str
    choices: tuple[Choice, ...]
    sure: bool = True
    free: bool = False
    count: int = 0


@dataclass(frozen=True)
class ReadOptions:
    """What a user says about a file; it always wins over what is found out.

    Parameters
    ----------
    layers
        Names of the layers to read; empty reads all.
    crs
        "EPSG:n", WKT or PROJ text of the coordinates.
    swap_axes
        True where the file holds latitude first.
    lon, lat, wkt
        Columns of a table that hold the position: x and y, or one text (WKT, or a pair).
    limit
        Read no more than so many features of a layer; for a preview.
    repairs
        Pairs of a repair's name and whether it is wanted. What is absent is done or left as
        is usual for it.
    bounds
        West, south, east, north in degrees: only features whose box meets this one are read.
        West is greater than east where it crosses the 180th meridian.
    """

    layers: tuple[str, ...] = ()
    encoding: str | None = None
    crs: str | None = None
    swap_axes: bool = False
    role: Role | None = None
    mapping: ColumnMapping | None = None
    lon: str | None = None
    lat: str | None = None
    wkt: str | None = None
    limit: int | None = None
    repairs: tuple[tuple[str, bool], ...] = ()
    bounds: Bounds | None = None

    def wants(self, repair: str, *, usually: bool) -> bool:
        """Return whether a repair is to be made; `usually` where the user said nothing."""
        return dict(self.repairs).get(repair, usually)

    def choosing(self, option: str, value: str) -> ReadOptions:
        """Return the options with a choice of a `Finding` taken; "" takes a text's guess again."""
        if option in _TEXTS:
            text: dict[str, Any] = {option: value or None}
            return replace(self, **text)
        decided = {**dict(self.repairs), option: value == "yes"}
        return replace(self, repairs=tuple(sorted(decided.items())))


_TEXTS: Final = frozenset({"encoding", "crs", "lon", "lat", "wkt"})
#: Everything is found out.
DEFAULTS: Final = ReadOptions()
