"""Commands on results as layers: keep an answer, make a surface, make either anew."""

from __future__ import annotations

from dataclasses import replace

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.workspace.commands import Command, Job, Outcome
from gisapp.workspace.kept import SURFACE
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.state import ProjectState


def _has_mineral(state: ProjectState) -> bool:
    return state.question.mineral is not None


def _has_kept(state: ProjectState) -> bool:
    return any(entry.layer.derivation is not None for entry in state.layers)


def result_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands on results; they answer with the facts."""

    def make(kind: str, state: ProjectState, title: str) -> Job:
        def work(feedback: Feedback) -> Layer:
            from gisapp.workspace.keeping import kept

            return kept(kind, state, facts, feedback)

        return Job("result", title, work, lambda now, layer: add_layers(now, [layer]))

    def keep(state: ProjectState) -> Outcome:
        """Keep the answer on show as a layer of the project."""
        return make(state.question.view, state, "Keeping the result")

    def surface(state: ProjectState, *, metric: str = "") -> Outcome:
        """Make a layer of how far the land is from the nearest plant; "" takes the question's."""
        if metric not in ("", "geodesic", "route"):
            raise GisappError(
                "unknown_metric", f'No metric is called "{metric}".', "Known: geodesic, route."
            )
        asked = replace(state.question, metric=metric or state.question.metric)
        return make(SURFACE, state.with_(question=asked), "Distances over the land")

    def rerun(state: ProjectState, *, layer_id: str) -> Outcome:
        """Make a kept layer anew, with its own question and what the project has now."""
        layer = state.entry(layer_id).layer

        def work(feedback: Feedback) -> Layer:
            from gisapp.workspace.keeping import remade

            return remade(layer, state, facts, feedback)

        def put(now: ProjectState, fresh: Layer) -> ProjectState:
            kept = now.entry(layer_id).layer
            changed = kept.with_(
                name=fresh.name,
                features=fresh.features,
                source=fresh.source,
                derivation=fresh.derivation,
            )
            return now.with_entry(layer_id, layer=changed)

        return Job(f"result {layer_id}", f"Making {layer.name} anew", work, put)

    return (
        Command(
            "result.keep",
            "Keep result as a layer",
            keep,
            "The answer on show becomes a layer, with its figures, that is exported like any other",
            "",
            "mdi6.layers-plus",
            "Layer",
            (),
            _has_mineral,
        ),
        Command(
            "surface.make",
            "Surface of distances",
            surface,
            "How far every place on land is from the nearest plant that counts",
            "",
            "mdi6.map-marker-distance",
            "Layer",
            (),
            _has_mineral,
        ),
        Command(
            "result.rerun",
            "Update kept result",
            rerun,
            "Work a kept result out again with its own question",
            "",
            "mdi6.refresh",
            "Layer",
            ("layer_id",),
            _has_kept,
        ),
    )
