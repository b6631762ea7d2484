"""The project that a new user sees first, and the one that a new project begins with."""

from __future__ import annotations

from collections.abc import Iterable

from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Stage
from gisapp.workspace.state import LayerEntry, ProjectState, Question


def new_state(layers: Iterable[Layer]) -> ProjectState:
    """Return a project of these layers that asks nothing yet."""
    return ProjectState(layers=tuple(LayerEntry(layer) for layer in layers))


def example_state(layers: Iterable[Layer]) -> ProjectState:
    """Return the worked example: how much of the rare-earth chain four allies hold."""
    return new_state(layers).with_(
        question=Question(
            mineral="rare_earths",
            stage=Stage.REFINING,
            alliance="four_nation_us_can_gbr_aus",
            view="coverage",
        )
    )
