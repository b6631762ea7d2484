"""All commands that come with the application."""

from __future__ import annotations

from gisapp.model.facts import Facts
from gisapp.workspace.alliance_commands import alliance_commands
from gisapp.workspace.chain_commands import chain_commands
from gisapp.workspace.commands import Registry
from gisapp.workspace.cost_commands import cost_commands
from gisapp.workspace.deck_commands import deck_commands
from gisapp.workspace.distance_commands import distance_commands
from gisapp.workspace.edit_commands import edit_commands
from gisapp.workspace.export_commands import export_commands
from gisapp.workspace.layer_commands import layer_commands
from gisapp.workspace.link_commands import link_commands
from gisapp.workspace.pair_commands import pair_commands
from gisapp.workspace.project_commands import project_commands
from gisapp.workspace.question_commands import question_commands
from gisapp.workspace.result_commands import result_commands
from gisapp.workspace.route_commands import route_commands
from gisapp.workspace.scenario_commands import scenario_commands
from gisapp.workspace.selection_commands import selection_commands
from gisapp.workspace.source_commands import source_commands
from gisapp.workspace.style_commands import style_commands
from gisapp.workspace.view_commands import view_commands


def register_all(registry: Registry, facts: Facts) -> None:
    """Register every command; alliances, names and answers come of the facts."""
    for command in (
        *project_commands(),
        *layer_commands(),
        *style_commands(),
        *pair_commands(facts),
        *source_commands(),
        *link_commands(),
        *selection_commands(),
        *edit_commands(facts),
        *question_commands(facts),
        *view_commands(facts),
        *distance_commands(facts),
        *scenario_commands(facts),
        *result_commands(facts),
        *route_commands(),
        *chain_commands(facts),
        *cost_commands(),
        *alliance_commands(facts),
        *export_commands(facts),
        *deck_commands(facts),
    ):
        registry.add(command)
