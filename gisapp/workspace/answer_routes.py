"""The view of routes: one journey leg by leg where it is asked, else the trade routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from gisapp.analysis.network.journey import Journey, Mode
from gisapp.model import numbers
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.render.picture import Connection
from gisapp.workspace.answer import Answer
from gisapp.workspace.route_document import LEAST, sentences
from gisapp.workspace.routing import Place, find_place, router
from gisapp.workspace.state import ProjectState

_BY: Final = {Mode.ROAD: "By road", Mode.RAIL: "By rail", Mode.SEA: "By sea"}


def journey_answer(
    state: ProjectState, layers: Sequence[Layer], answer: Answer, feedback: Feedback
) -> Answer:
    """Fill an answer with the journey that a state asks for, or with why there is none."""
    question = state.question
    try:
        start, end = place_of(question.start, layers), place_of(question.end, layers)
        journey = router(state.costs).journey(
            (start.lon, start.lat),
            (end.lon, end.lat),
            least=question.least,
            travel=question.travel,
            avoid=question.avoidance,
            names=(start.name, end.name),
            feedback=feedback,
        )
    except GisappError as error:
        return replace(answer, headline=error.message, text=error.hint)
    hints = tuple(place.hint for place in (start, end) if place.hint)
    return replace(
        answer,
        headline=f"{journey.start} to {journey.end}: {numbers.kilometres(journey.km)}",
        text=" ".join((*sentences(journey), *hints)),
        subtitle=f"{LEAST[question.least]} of goods by road, rail and sea",
        connections=journey_lines(journey),
        notes=(*hints, *journey.notes),
        sources=journey.sources,
        route=journey,
    )


def journey_lines(journey: Journey) -> tuple[Connection, ...]:
    """Return the legs as lines; those without a length have none."""
    return tuple(
        Connection(
            leg.path,
            leg.km,
            inside=True,
            start_name=leg.start,
            end_name=leg.end,
            kind=_BY[leg.mode],
            mode=leg.mode.value,
        )
        for leg in journey.legs
        if len(leg.path) > 1
    )


def place_of(text: str, layers: Sequence[Layer]) -> Place:
    """Return the place that is meant: the project's own facilities come first.

    Raises
    ------
    GisappError
        `bad_coordinate`, `unknown_place`.
    """
    for layer in layers:
        ids = layer.values("id") if layer.role.is_facility else None
        rows = np.flatnonzero(ids == text) if ids is not None else np.zeros(0, dtype=int)
        if len(rows):
            lon, lat = layer.features.take([int(rows[0])]).lonlat[0]
            names = layer.values("name")
            title = text if names is None else str(names[rows[0]])
            if np.isfinite([lon, lat]).all():
                return Place(float(lon), float(lat), title)
    return find_place(text)
