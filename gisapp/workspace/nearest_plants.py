"""The plants nearest to one site, for its card: in a job, since it loads the analyses."""

from __future__ import annotations

from gisapp.analysis.distance import DistanceQuery, DistanceResult, distance
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role, Status
from gisapp.workspace.filtering import passing_layer
from gisapp.workspace.state import Filter, ProjectState

COUNT = 3


def nearest_plants(
    state: ProjectState,
    layer: Layer,
    row: int,
    *,
    mineral: str,
    to: Role,
    facts: Facts,
    feedback: Feedback | None = None,
) -> DistanceResult:
    """Return the `COUNT` nearest right plants of the layers in view to one feature.

    The feature is measured from whatever its status and role: a separation plant sends its oxides
    on as a mine its ore.
    """
    one = layer.with_(role=Role.DEPOSIT, features=layer.features.take([row]))
    works = [
        passing_layer(entry, Filter(), None)
        for entry in state.layers
        if entry.visible and entry.layer.role is to
    ]
    query = DistanceQuery(mineral, to, deposit_statuses=frozenset(Status), nearest=COUNT)
    return distance(query, [one], works, facts, feedback=feedback)
