"""What a database or service offers, before anything of it is read."""

from __future__ import annotations

from dataclasses import dataclass

from gisapp.model.feedback import GisappError
from gisapp.model.reading import ReadOptions

_SHOWN = 8


@dataclass(frozen=True)
class Listed:
    """One layer on offer.

    Parameters
    ----------
    layer
        What `ReadOptions.layers` names it by ("public.mines").
    title
        What people call it.
    count
        Features; None where nobody knows without counting. Exact unless `estimated`.
    crs
        "EPSG:n", or "" where it is not said.
    refused
        Why it cannot be read; "" where it can.
    columns
        Names of its columns, as far as they are known before reading.
    """

    layer: str
    title: str
    count: int | None = None
    estimated: bool = False
    geometry_type: str = ""
    crs: str = ""
    refused: str = ""
    columns: tuple[str, ...] = ()


def chosen(listed: tuple[Listed, ...], options: ReadOptions, place: str) -> list[Listed]:
    """Return the layers that the options name; a single one needs no name.

    Raises
    ------
    GisappError
        unknown_layer, choose_layer (there are several, and a database is not read whole),
        nothing_inside.
    """
    if not listed:
        raise GisappError(
            "nothing_inside", f"{place} holds no layer with a position.", "Choose another one."
        )
    names = ", ".join(each.layer for each in listed[:_SHOWN])
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    if not options.layers:
        if len(listed) == 1:
            return list(listed)
        raise GisappError(
            "choose_layer",
            f"{place} holds {len(listed)} layers: {names}{more}.",
            "Name the ones to read.",
        )
    found = []
    for name in options.layers:
        matching = [each for each in listed if each.layer == name] or [
            each for each in listed if each.title == name
        ]
        if len(matching) != 1:
            raise GisappError(
                "unknown_layer",
                f'{place} has {"several layers" if matching else "no layer"} "{name}".',
                f"It has {names}{more}.",
            )
        found.append(matching[0])
    return found
