"""Layers from databases and services: what an address offers, and the command that adds it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gisapp.data.address import is_address, parse, safe_text, with_password
from gisapp.data.listed import Listed
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.reading import Bounds, ReadOptions
from gisapp.workspace.commands import Command, Job, Outcome, Told
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.state import ProjectState

if TYPE_CHECKING:
    from gisapp.workspace.reading import Read

__all__ = [
    "Listed",
    "is_address",
    "map_box",
    "needs_online",
    "offered",
    "safe_text",
    "source_commands",
    "with_password",
]


def offered(
    place: str, *, online: bool = False, feedback: Feedback | None = None
) -> tuple[Listed, ...]:
    """List what a database, service or database file offers.

    Raises
    ------
    GisappError
        Why there is nothing to list: bad_address, offline, no_server, wrong_password and others.
    """
    from gisapp.data.sources import contents

    return contents(place.strip(), online=online, feedback=feedback)


def needs_online(place: str) -> bool:
    """Tell the address of a service of the web from that of a database, or of anything else."""
    try:
        return is_address(place) and parse(place).online
    except GisappError:
        return False


def map_box(view: Bounds | None) -> Bounds | None:
    """Return what a map shows as bounds to read; None where it shows all longitudes, or nothing.

    A map goes on beyond the 180th meridian; bounds that cross it have west greater than east.
    """
    if view is None or view[2] - view[0] >= 360:
        return None
    west, east = ((edge + 180.0) % 360.0 - 180.0 for edge in (view[0], view[2]))
    return west, max(view[1], -90.0), east, min(view[3], 90.0)


def _add(
    state: ProjectState,
    *,
    address: str,
    layers: Sequence[str] = (),
    bounds: Bounds | None = None,
    online: bool = False,
) -> Outcome:
    """Add layers of a database or service; what lets somebody in is used and never kept."""
    address = address.strip()
    title = parse(address).title if is_address(address) else Path(address).name
    if bounds is not None and not (bounds[1] <= bounds[3] and all(abs(b) <= 180 for b in bounds)):
        raise GisappError(
            "bad_bounds",
            "The bounds are no box in degrees.",
            "Give west, south, east, north.",
        )
    options = ReadOptions(layers=tuple(layers), bounds=bounds)

    def work(feedback: Feedback) -> Read:
        from gisapp.workspace.reading import read_source

        return read_source(
            address, options, online=online, feedback=feedback, mineral=state.question.mineral
        )

    def then(now: ProjectState, result: Read) -> Outcome:
        return Told(result.reports, add_layers(now, result.layers))

    return Job(f"open {title}", f"Reading {title}", work, then)


def source_commands() -> tuple[Command, ...]:
    """Return the commands on databases and services."""
    return (
        Command(
            "layer.add_source",
            "Add from a database or service…",
            _add,
            "Add layers of PostGIS, DuckDB or SpatiaLite, of a WFS or an ArcGIS service",
            "Ctrl+Shift+D",
            "mdi6.database-plus-outline",
            "File",
            ("address",),
        ),
    )
