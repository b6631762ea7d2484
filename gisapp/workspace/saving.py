"""What of a layer is saved, and what a format will lose of it, before anything is written."""

from __future__ import annotations

from enum import StrEnum

from gisapp.data.fit import Preview, preview_losses
from gisapp.data.formats import WRITABLE
from gisapp.model.layer import Layer
from gisapp.model.rows import RowSet
from gisapp.workspace.filtering import passing_layer
from gisapp.workspace.state import ProjectState


class Rows(StrEnum):
    """Which rows of a layer are saved."""

    ALL = "all"
    SHOWN = "shown"
    SELECTED = "selected"


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


def foreseen(layer: Layer, suffix: str) -> Preview:
    """Return what a format, named by its extension, will do to a layer."""
    return preview_losses(WRITABLE[suffix], layer)
