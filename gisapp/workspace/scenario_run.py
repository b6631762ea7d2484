"""Scenarios as the command line asks them: from files and words to key figures side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from gisapp.analysis.changed import check_scenario
from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.scenario import AddedPlant, Scenario, StatusWeight
from gisapp.model.vocabulary import MINERALS, Role, Status
from gisapp.model.writing import write_text
from gisapp.workspace.analyses import Result, mineral_of
from gisapp.workspace.answering import answer_of
from gisapp.workspace.codec import to_json
from gisapp.workspace.comparing import compare, table_of
from gisapp.workspace.comparison import AS_IT_IS
from gisapp.workspace.example import new_state
from gisapp.workspace.exporting import asked_state
from gisapp.workspace.params import choice, number
from gisapp.workspace.passages import known_passages
from gisapp.workspace.placing import country_at
from gisapp.workspace.scenario_file import read_scenario
from gisapp.workspace.tables import plain, records


@dataclass(frozen=True)
class ScenarioRun:
    """The parameters of `gisapp scenario`.

    Parameters
    ----------
    files
        Scenarios as JSON files; the first is what the words below change.
    weights
        "planned=0.5" each.
    plants
        "lon,lat,t/yr" each, with a name behind if it has one.
    compare
        Sets the world as it is beside them.
    save
        Where to write the scenario of the words.
    """

    mineral: str
    as_of: date
    files: tuple[Path, ...] = ()
    name: str = ""
    off: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()
    day: date | None = None
    weights: tuple[str, ...] = ()
    plants: tuple[str, ...] = ()
    alliance: str | None = None
    to: Role = Role.REFINERY
    metric: str = "geodesic"
    compare: bool = False
    save: Path | None = None


def run_scenario(run: ScenarioRun, feedback: Feedback) -> Result:
    """Answer coverage and distance under scenarios, one row each.

    Raises
    ------
    GisappError
        `bad_scenario` for a file that is none or what cannot be; `unknown_facility`,
        `unknown_jurisdiction`, `unknown_passage`, `unknown_mineral`, `unknown_alliance`.
    """
    facts = load_facts()
    mineral = mineral_of(run.mineral)
    scenarios = [read_scenario(path) for path in run.files]
    worded = _worded(run, mineral, scenarios)
    if worded is not None:
        scenarios = [worded, *scenarios[1:]]
    if not scenarios:
        raise GisappError(
            "bad_scenario", "Nothing is different.", "Name a file, or --off, --closed, ..."
        )
    layers = default_layers()
    scenarios = [_placed(scenario) for scenario in scenarios]
    for scenario in scenarios:
        known_passages(scenario.closed | scenario.opened)
        check_scenario(scenario, layers, facts)
    if run.save is not None:
        write_text(json.dumps(to_json(scenarios[0]), ensure_ascii=False, indent=1), run.save)
    state = asked_state(
        new_state(layers),
        facts,
        {"mineral": mineral, "alliance": run.alliance, "as_of": run.as_of, "to": run.to},
    )
    question = replace(state.question, metric=run.metric)
    state = state.with_(scenarios=_numbered(scenarios), question=question)
    found = compare(state, facts, answer_of, feedback=feedback)
    table = table_of(found)
    if not run.compare:
        table = table[table["scenario"] != AS_IT_IS].reset_index(drop=True)
    document: dict[str, Any] = {
        "mineral": mineral,
        "alliance": run.alliance,
        "as_of": run.as_of.isoformat(),
        "metric": run.metric,
        "scenarios": to_json(state.scenarios),
        "rows": records(table),
        "text": list(found.told),
    }
    return Result(table, {key: plain(value) for key, value in document.items()}, found.told)


def _worded(run: ScenarioRun, mineral: str, scenarios: Sequence[Scenario]) -> Scenario | None:
    """Return the first scenario with what the words change; None where they say nothing."""
    first = scenarios[0] if scenarios else Scenario(run.name or "Scenario")
    upper = [frozenset(c.upper() for c in codes) for codes in (run.joined, run.left, run.avoided)]
    worded = replace(
        first,
        name=run.name or first.name,
        off=first.off | frozenset(run.off),
        on=first.on | frozenset(run.on),
        joined=first.joined | upper[0],
        left=first.left | upper[1],
        avoided=first.avoided | upper[2],
        closed=first.closed | frozenset(run.closed),
        opened=first.opened | frozenset(run.opened),
        as_of=run.day or first.as_of,
        weights=(*first.weights, *(_weight(text) for text in run.weights)),
        plants=(
            *first.plants,
            *(_plant(text, i, mineral, run.to) for i, text in enumerate(run.plants)),
        ),
    )
    return worded if scenarios or worded != Scenario(worded.name) else None


def _weight(text: str) -> StatusWeight:
    status, _, share = text.partition("=")
    try:
        weight = float(share)
    except ValueError:
        raise GisappError(
            "bad_scenario", f'"{text}" is no weight of a status.', "Write planned=0.5."
        ) from None
    return StatusWeight(choice(Status, status.strip(), "status"), number(weight, "weight", 0, 1))


def _plant(text: str, index: int, mineral: str, to: Role) -> AddedPlant:
    parts = [part.strip() for part in text.split(",", 3)]
    try:
        lon, lat, capacity = (float(part) for part in parts[:3])
    except ValueError:
        raise GisappError(
            "bad_scenario",
            f'"{text}" is no plant.',
            "Write lon,lat,tonnes a year, and a name if you like: 4.3,51.9,20000,Rotterdam.",
        ) from None
    name = parts[3] if len(parts) > 3 else f"New {to.label.lower()} for {MINERALS[mineral].lower()}"
    return AddedPlant(f"new-plant-{index + 1}", name, to, mineral, lon, lat, capacity)


def _placed(scenario: Scenario) -> Scenario:
    """Return a scenario whose plants have the countries of their positions."""
    plants = tuple(
        plant if plant.country else replace(plant, country=country_at(plant.lon, plant.lat))
        for plant in scenario.plants
    )
    return replace(scenario, plants=plants)


def _numbered(scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Return scenarios with names that differ."""
    names: list[str] = []
    for scenario in scenarios:
        name, count = scenario.name, 2
        while name in names:
            name, count = f"{scenario.name} {count}", count + 1
        names.append(name)
    return tuple(replace(s, name=name) for s, name in zip(scenarios, names, strict=True))
