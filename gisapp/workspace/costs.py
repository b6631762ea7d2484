"""What transport costs: the table that ships, with values of one's own over it."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from gisapp.analysis.network.coefficients import FILE, Coefficients
from gisapp.model.places import layers_dir
from gisapp.workspace.params import listed

#: Values of one's own by id of the row.
Costs = tuple[tuple[str, float], ...]


@cache
def shipped_costs() -> Coefficients:
    """Return the table that ships."""
    return Coefficients.load(layers_dir() / FILE)


@lru_cache(maxsize=16)
def cost_table(costs: Costs = ()) -> Coefficients:
    """Return the table with values of one's own; a row that there is no more is passed over.

    Raises
    ------
    GisappError
        `costs` for a value that cannot be.
    """
    table = shipped_costs()
    return table.with_((name, value) for name, value in costs if name in table.table)


def read_costs(path: Path | None) -> Costs:
    """Return the values of a user's file that are not those of the table.

    Raises
    ------
    GisappError
        `costs` as `Coefficients.changed`.
    """
    return () if path is None else shipped_costs().changed(path).own


def cost_notes(costs: Costs) -> tuple[str, ...]:
    """Return what is to be said of results that rest on costs of one's own."""
    table = cost_table(costs)
    rows = {row.id: row for row in table.rows}
    told = [
        f"{rows[name].title.lower()} {value:g} instead of {table.table[name]:g} {rows[name].unit}"
        for name, value in table.own
    ]
    return (f"Own costs of transport: {listed(told)}.",) if told else ()
