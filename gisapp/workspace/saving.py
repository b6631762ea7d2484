"""What of a layer is saved, and what a format will lose of it, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gisapp.data.losses import Losses, safe_cells, shapefile_columns, sqlite_columns
from gisapp.model.layer import Layer
from gisapp.model.rows import RowSet
from gisapp.workspace.filtering import passing_layer
from gisapp.workspace.state import ProjectState

_RENAMED: Final = "renamed"


class Rows(StrEnum):
    """Which rows of a layer are saved."""

    ALL = "all"
    SHOWN = "shown"
    SELECTED = "selected"


@dataclass(frozen=True)
class Foreseen:
    """What a format will do to a layer.

    Parameters
    ----------
    names
        Pairs of a column's name and the name it will have, in order.
    told
        What else is lost, in sentences.
    """

    names: tuple[tuple[str, str], ...]
    told: tuple[str, ...]

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """The pairs that differ."""
        return tuple((old, new) for old, new in self.names if old != new)


def rows_of(state: ProjectState, layer_id: str, rows: Rows) -> Layer:
    """Return a layer with the rows that are to be saved."""
    entry = state.entry(layer_id)
    if rows is Rows.ALL:
        return entry.layer
    if rows is Rows.SELECTED:
        selected = state.selection
        chosen = selected.rows if selected.layer == layer_id else RowSet()
        return entry.layer.with_(features=entry.layer.features.take(chosen.array))
    return passing_layer(entry, state.filter, state.question.mineral)


def foreseen(layer: Layer, suffix: str) -> Foreseen:
    """Return what a format, named by its extension, will do to a layer."""
    columns, losses = dict(layer.features.columns), Losses()
    names = list(columns)
    if suffix == ".shp":
        names = list(shapefile_columns(columns, losses))
    elif suffix == ".gpkg":
        names = list(sqlite_columns(columns, losses))
    elif suffix == ".csv":
        for values in columns.values():
            if values.dtype == object:
                safe_cells(values, losses)
    told = tuple(p.message for p in losses.problems if p.code != _RENAMED)
    return Foreseen(tuple(zip(columns, names, strict=True)), told)
