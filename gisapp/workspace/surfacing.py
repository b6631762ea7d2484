"""Isodistance surfaces of a project's question, over the land that ships."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from gisapp.analysis.network.router import SOURCES
from gisapp.analysis.network.spread import Spreader
from gisapp.analysis.surface import STEP, Surface, bands, plants_that_count, surface
from gisapp.data.shipped import load_layer
from gisapp.model.facts import Facts
from gisapp.model.features import Features
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.vocabulary import Role
from gisapp.workspace.answer_distance import distance_query
from gisapp.workspace.answering import index_for, supposed
from gisapp.workspace.filtering import passing_layer
from gisapp.workspace.routing import router
from gisapp.workspace.settings import data_dir
from gisapp.workspace.state import Filter, ProjectState

#: Coarse enough to be quick, fine enough for a page.
_LAND: Final = "jurisdictions_simple"


def surface_of(
    state: ProjectState, facts: Facts, feedback: Feedback, *, step: float = STEP
) -> Surface:
    """Return how far the land is from the nearest plant that the question of a state asks for.

    Raises
    ------
    GisappError
        `no_mineral`, `no_plant`; as `distance.distance`.
    """
    if state.question.mineral is None:
        raise GisappError(
            "no_mineral", "A surface of distances needs a mineral.", "Choose a mineral."
        )
    now = supposed(state, facts, feedback)
    asked, facts = now.state, now.facts
    layers = [
        passing_layer(entry, Filter(), None)
        for entry in asked.layers
        if entry.visible and entry.layer.role is asked.question.to
    ]
    query = distance_query(asked, facts)
    works = plants_that_count(
        query,
        layers,
        facts,
        jurisdictions=index_for(layers),
        feedback=feedback,
    )
    return surface(
        works,
        load_layer(_LAND),
        step=step,
        spread=Spreader(router(asked.costs)) if query.routed else None,
        avoid=query.avoid,
        cache=cache_folder(),
        feedback=feedback,
    )


def surface_features(
    state: ProjectState, facts: Facts, feedback: Feedback
) -> tuple[Features, tuple[str, ...]]:
    """Return the bands of a state's surface with what they show, and its sources."""
    found = surface_of(state, facts, feedback)
    areas = bands(found, load_layer(_LAND), feedback=feedback)
    question = state.question
    count = len(areas)
    unreached = np.isnan(areas.columns["low_km"])
    text = partial(np.full, count, dtype=object)
    return areas.with_columns(
        band=np.where(unreached, -1, np.arange(count)).astype(np.int64),
        mineral=text(question.mineral or ""),
        plants=text((question.to or Role.REFINERY).value),
        metric=text(question.metric),
        unit=text("km"),
        as_of=text(question.as_of.isoformat()),
        number_of_plants=np.full(count, found.plants, dtype=np.int64),
    ), (*found.sources, *(SOURCES if question.metric == "route" else ()))


def cache_folder() -> Path:
    """Return the folder of surfaces that were worked out."""
    return data_dir() / "surfaces"
