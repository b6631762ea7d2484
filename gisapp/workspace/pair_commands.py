"""Commands on two layers: set them side by side, or make one of them."""

from __future__ import annotations

from collections.abc import Callable

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, Severity
from gisapp.model.layer import Layer
from gisapp.workspace.commands import Command, Job, Outcome, Told
from gisapp.workspace.enabled import has_partners
from gisapp.workspace.layer_commands import add_layers
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState


def pair_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands on two layers; countries and sources come of the facts."""

    def put(hidden: tuple[str, ...]) -> Callable[[ProjectState, tuple[Layer, str]], Outcome]:
        def then(now: ProjectState, made: tuple[Layer, str]) -> Outcome:
            layer, said = made
            for layer_id in hidden:
                now = now.with_entry(layer_id, visible=False)
            return Told((Report(Severity.INFO, said),), add_layers(now, [layer]))

        return then

    def compare_layers(state: ProjectState, *, layer_id: str, other_id: str) -> Outcome:
        """Keep a layer that says of every site of two layers where it was found."""
        pair = (state.entry(layer_id).layer, state.entry(other_id).layer)

        def work(feedback: Feedback) -> tuple[Layer, str]:
            from gisapp.workspace.layer_pairs import compare

            return compare(*pair, facts, feedback=feedback)

        return Job("pair", f"Comparing {pair[0].name} and {pair[1].name}", work, put(()))

    def combine_layers(state: ProjectState, *, layer_id: str, other_id: str) -> Outcome:
        """Make one layer of two, without the sites that stand in both."""
        pair = (state.entry(layer_id).layer, state.entry(other_id).layer)

        def work(feedback: Feedback) -> tuple[Layer, str]:
            from gisapp.workspace.layer_pairs import combine

            return combine(*pair, facts, feedback=feedback)

        title = f"Combining {pair[0].name} and {pair[1].name}"
        return Job("pair", title, work, put((layer_id, other_id)))

    return (
        Command(
            "layer.compare",
            "Compare with another layer…",
            compare_layers,
            "Which sites two layers of one role have in common, as a table and on the map",
            "",
            "mdi6.compare-horizontal",
            "Layer",
            ("layer_id", "other_id"),
            has_partners,
        ),
        Command(
            "layer.combine",
            "Combine with another layer…",
            combine_layers,
            "One layer of two of a role, each site once, with where it came from",
            "",
            "mdi6.set-merge",
            "Layer",
            ("layer_id", "other_id"),
            has_partners,
        ),
    )
