"""Commands on scenarios: make, choose, copy and change them; each is a step of the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from gisapp.analysis.changed import changes_nothing
from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError
from gisapp.model.scenario import Scenario
from gisapp.workspace.commands import Command
from gisapp.workspace.enabled import has_selected_sites
from gisapp.workspace.params import listed
from gisapp.workspace.scenario_edits import ScenarioEdits, active_or_new, free_name, put
from gisapp.workspace.scenario_words import quoted
from gisapp.workspace.state import ProjectState

_MENU: Final = "Scenario"


def _named(name: str) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise GisappError("bad_name", "A scenario needs a name.", "Say what is different in it.")
    return clean


def _get(state: ProjectState, name: str) -> Scenario:
    for scenario in state.scenarios:
        if scenario.name == name:
            return scenario
    raise GisappError(
        "unknown_scenario",
        f"The project has no scenario {quoted(name)}.",
        f"It has: {listed(s.name for s in state.scenarios) or 'none'}.",
    )


def _new(state: ProjectState, *, name: str = "") -> ProjectState:
    """Make an empty scenario and choose it."""
    wanted = _named(name) if name else free_name(state, "Scenario 1")
    _refuse_taken(state, wanted)
    return put(state, Scenario(wanted))


def _copy(state: ProjectState, *, name: str = "", to: str = "") -> ProjectState:
    """Copy a scenario (the active one) under another name, and choose the copy."""
    given = _get(state, name or state.scenario)
    wanted = _named(to) if to else free_name(state, f"{given.name} 2")
    _refuse_taken(state, wanted)
    return put(state, replace(given, name=wanted))


def _rename(state: ProjectState, *, name: str, to: str) -> ProjectState:
    given, wanted = _get(state, name), _named(to)
    if wanted == name:
        return state
    _refuse_taken(state, wanted)
    active = state.scenario
    renamed = put(state, replace(given, name=wanted), old=name)
    return renamed if active == name else renamed.with_(scenario=active)


def _refuse_taken(state: ProjectState, name: str) -> None:
    if any(s.name == name for s in state.scenarios):
        raise GisappError(
            "name_taken", f"There is a scenario {quoted(name)} already.", "Choose another name."
        )


def _remove(state: ProjectState, *, name: str = "") -> ProjectState:
    gone = _get(state, name or state.scenario)
    left = tuple(s for s in state.scenarios if s is not gone)
    return state.with_(
        scenarios=left, scenario="" if state.scenario == gone.name else state.scenario
    )


def _choose(state: ProjectState, *, name: str) -> ProjectState:
    """Answer under a scenario; "" is the world as it is."""
    if name:
        _get(state, name)
    return state if state.scenario == name else state.with_(scenario=name)


def _leave(state: ProjectState) -> ProjectState:
    return _choose(state, name="")


def _clear(state: ProjectState) -> ProjectState:
    """Take back all that is different in the active scenario."""
    return put(state, Scenario(active_or_new(state).name))


def _is_supposed(state: ProjectState) -> bool:
    return state.supposed is not None


def _differs(state: ProjectState) -> bool:
    return state.supposed is not None and not changes_nothing(state.supposed)


def scenario_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands on scenarios; countries and alliances are those of the facts."""
    edits = ScenarioEdits(facts)

    def edit(run: Callable[..., Any], title: str, tip: str, icon: str, *params: str) -> Command:
        name = f"scenario.{run.__name__}"
        return Command(name, title, run, tip, "", f"mdi6.{icon}", _MENU, params)

    def manage(
        name: str,
        title: str,
        run: Callable[..., Any],
        tip: str,
        icon: str,
        *params: str,
        enabled: Callable[[ProjectState], bool] = lambda _state: True,
    ) -> Command:
        return Command(
            f"scenario.{name}", title, run, tip, "", f"mdi6.{icon}", _MENU, params, enabled
        )

    return (
        manage("new", "New scenario", _new, "Suppose that something is different", "help-rhombus"),
        manage("choose", "Choose scenario", _choose, "Answer under a scenario", "check", "name"),
        manage(
            "leave",
            "Back to the world as it is",
            _leave,
            "Answer without a scenario; it stays in the project",
            "earth",
            enabled=_is_supposed,
        ),
        manage(
            "copy",
            "Copy scenario",
            _copy,
            "Start another scenario from the active one",
            "content-duplicate",
            enabled=_is_supposed,
        ),
        manage(
            "rename",
            "Rename scenario",
            _rename,
            "Say what is different in it",
            "rename-outline",
            *("name", "to"),
            enabled=_is_supposed,
        ),
        manage(
            "remove",
            "Remove scenario",
            _remove,
            "Take the active scenario off the project",
            "delete-outline",
            enabled=_is_supposed,
        ),
        manage(
            "clear",
            "Empty scenario",
            _clear,
            "Take back all that is different in the active scenario",
            "eraser",
            enabled=_differs,
        ),
        edit(edits.site, "Switch a site", "A site runs or does not", "power", "site"),
        manage(
            "selected",
            "Switch selected sites",
            edits.selected,
            "Selected sites that run are off in the scenario, the others on",
            "power-plug-off-outline",
            enabled=has_selected_sites,
        ),
        edit(
            edits.member,
            "Change a member",
            "It joins or leaves",
            "account-switch",
            "country",
        ),
        edit(edits.passage, "Close a passage", "It is closed or open", "gate", "passage"),
        edit(edits.avoid, "Avoid a country", "No way leads there", "map-marker-off", "country"),
        edit(edits.day, "Scenario date", "Ask at another day", "calendar-clock", "as_of"),
        edit(edits.weight, "Status weight", "How much planned sites count", "scale", "status"),
        edit(
            edits.add_plant,
            "Add a plant",
            "Put a plant on the map that does not exist",
            "factory",
            *("lon", "lat", "capacity"),
        ),
        edit(edits.drop_plant, "Take an added plant off", "It is gone again", "close", "plant"),
    )
