"""Scenarios in files, and analyses of the command line under them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from gisapp.analysis.changed import avoidance, check_scenario, unknown_sites
from gisapp.analysis.network.journey import Avoidance
from gisapp.analysis.scenario import applied
from gisapp.data.shipped import default_layers
from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.scenario import Scenario
from gisapp.workspace.answering import jurisdiction_index
from gisapp.workspace.codec import from_json
from gisapp.workspace.params import listed
from gisapp.workspace.passages import known_passages
from gisapp.workspace.scenario_words import scenario_note


def read_scenario(path: Path) -> Scenario:
    """Return the scenario of a JSON file; without a name it has the file's.

    Raises
    ------
    GisappError
        `no_such_file`, or `bad_scenario` naming what does not fit.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise GisappError(
            "no_such_file", f"{path} cannot be read: {error.strerror or error}.", "Check the name."
        ) from error
    try:
        data = json.loads(text)
        unknown = sorted(set(data) - set(Scenario.__dataclass_fields__))
        if unknown:
            raise ValueError(f"it has the unknown entry {unknown[0]}")
        return from_json(Scenario, {"name": path.stem, **data})
    except (ValueError, TypeError) as error:
        raise GisappError(
            "bad_scenario",
            f"{path.name} is no scenario: {error}.",
            f"Entries are {listed(Scenario.__dataclass_fields__)}.",
        ) from error


def under_scenario(
    path: Path | None,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    alliance: str | None = None,
    minerals: Sequence[str] | None = None,
    as_of: date,
) -> tuple[tuple[Layer, ...], Facts, date, Scenario | None]:
    """Return layers, facts and day under the scenario of a file; None leaves all as it is.

    What it switches that these layers do not hold is left out: it may be of another role.
    """
    if path is None:
        return tuple(layers), facts, as_of, None
    scenario = read_scenario(path)
    known_passages(scenario.closed | scenario.opened)
    check_scenario(scenario, (*layers, *default_layers()), facts)
    lost = unknown_sites(scenario, layers)
    fitting = replace(scenario, off=scenario.off - lost, on=scenario.on - lost)
    known = next(
        (w for w in (alliance or "").lower().split(",") if w in facts.alliances.alliances), None
    )
    changed, moved = applied(
        fitting,
        layers,
        facts,
        alliance=known,
        minerals=minerals,
        as_of=as_of,
        jurisdictions=jurisdiction_index(),
    )
    return changed, moved, scenario.as_of or as_of, scenario


def told(scenario: Scenario | None, layers: Sequence[Layer], facts: Facts) -> tuple[str, ...]:
    """Return the line that nobody shall take a scenario for the world as it is."""
    if scenario is None:
        return ()
    return (scenario_note(scenario, layers, facts.countries),)


def avoiding(scenario: Scenario | None, avoid: Avoidance) -> Avoidance:
    """Return what journeys keep away from under a scenario."""
    return avoid if scenario is None else avoidance(scenario, avoid)
