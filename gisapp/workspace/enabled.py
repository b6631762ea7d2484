"""When a command would do something: what has to be in the project for it."""

from __future__ import annotations

from gisapp.model.editing import takes_points
from gisapp.workspace.state import ProjectState


def has_layers(state: ProjectState) -> bool:
    """Return whether there is a layer at all."""
    return bool(state.layers)


def has_selection(state: ProjectState) -> bool:
    """Return whether rows are selected."""
    return bool(state.selection.rows)


def has_read(state: ProjectState) -> bool:
    """Return whether a layer was read from a file, a database or a service."""
    return any(e.layer.source.path and e.layer.derivation is None for e in state.layers)


def has_linked(state: ProjectState) -> bool:
    """Return whether a layer is linked to its file, or has lost it."""
    return any(e.layer.source.linked or e.layer.is_missing for e in state.layers)


def has_edited(state: ProjectState) -> bool:
    """Return whether the user edited a layer."""
    return any(entry.layer.is_edited for entry in state.layers)


def has_points(state: ProjectState) -> bool:
    """Return whether a layer takes further points."""
    return any(takes_points(entry.layer.features) for entry in state.layers)


def has_one_point(state: ProjectState) -> bool:
    """Return whether one feature of a layer of points is selected."""
    selected = state.selection
    return len(selected.rows) == 1 and any(
        e.id == selected.layer and takes_points(e.layer.features) for e in state.layers
    )


def has_selected_sites(state: ProjectState) -> bool:
    """Return whether rows of a layer of facilities are selected."""
    selected = state.selection
    return bool(selected.rows) and any(
        e.id == selected.layer and e.layer.role.is_facility for e in state.layers
    )


def has_partners(state: ProjectState) -> bool:
    """Return whether two layers of facilities have the same role."""
    roles = [e.layer.role for e in state.layers if e.layer.role.is_facility]
    return len(roles) > len(set(roles))
