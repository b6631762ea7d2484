"""The distance to processing as the command line asks it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from gisapp.analysis import sentences
from gisapp.analysis.distance import NO_PLANT, DistanceQuery, DistanceResult, distance
from gisapp.analysis.network.journey import Avoidance, Measure
from gisapp.analysis.network.router import SOURCES
from gisapp.data.shipped import load_facts
from gisapp.model.alliance import TerritoryRule
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.units import parse_amount, parse_unit
from gisapp.model.vocabulary import Basis, Role, Status
from gisapp.workspace.analyses import Result, layers_of_role, mineral_of, within
from gisapp.workspace.answering import index_for
from gisapp.workspace.own_facts import facts_with
from gisapp.workspace.passages import avoidance
from gisapp.workspace.routing import router
from gisapp.workspace.scenario_file import avoiding, told, under_scenario
from gisapp.workspace.tables import plain, records

_FIGURES: Final = (
    "deposits",
    "without_plant",
    "plants",
    "plants_within",
    "median_km",
    "p90_km",
    "mean_penalty_km",
    "median_penalty_km",
    "unrestricted_median_km",
    "needs_none",
    "fragile",
)


@dataclass(frozen=True)
class DistanceRun:
    """The parameters of `gisapp distance`.

    Parameters
    ----------
    inside
        What has to be inside where `restriction` names jurisdictions; empty takes `by`.
    avoid
        Ids of passages and codes of countries that no way leads through.
    ship
        The class of ships.
    min_capacity
        As written, "5000", "5 kt/yr".
    """

    mineral: str
    as_of: date
    to: Role = Role.REFINERY
    deposits: Path | None = None
    plants: Path | None = None
    metric: str = "geodesic"
    least: Measure = Measure.KM
    restriction: str | None = None
    by: Basis = Basis.LOCATION
    inside: tuple[Basis, ...] = ()
    avoid: tuple[str, ...] = ()
    ship: str = "any"
    statuses: tuple[Status, ...] = ()
    starts_by: date | None = None
    min_capacity: str | None = None
    unknown_capacity: bool = True
    nearest: int = 1
    alliance_file: Path | None = None
    territories: TerritoryRule = TerritoryRule.LISTED
    scenario: Path | None = None


def run_distance(run: DistanceRun, feedback: Feedback) -> Result:
    """Work out the distance to processing.

    Raises
    ------
    GisappError
        `unknown_mineral`, `unknown_jurisdiction`, `unknown_place` for what is neither a passage
        nor a country, `empty_layer`, `no_position`, `bad_coordinates`, `unknown_unit`,
        `bad_query`.
    """
    facts = facts_with(load_facts(), run.alliance_file, run.territories)
    plant_layer = "refineries" if run.to is Role.REFINERY else "magnet_plants"
    ores = layers_of_role(Role.DEPOSIT, run.deposits, "deposits", feedback)
    works = layers_of_role(run.to, run.plants, plant_layer, feedback)
    for layer in (*ores, *works):
        _check_layer(layer)
    both, facts, day, scenario = under_scenario(
        run.scenario, (*ores, *works), facts, alliance=run.restriction, as_of=run.as_of
    )
    ores = tuple(layer for layer in both if layer.role is Role.DEPOSIT)
    works = tuple(layer for layer in both if layer.role is run.to)
    query = _query(replace(run, as_of=day), facts)
    query = replace(query, avoid=avoiding(scenario, query.avoid))
    near = distance(
        query,
        ores,
        works,
        facts,
        jurisdictions=index_for((*ores, *works)),
        router=router() if query.routed else None,
        feedback=feedback,
    )
    supposed = told(scenario, (*ores, *works), facts)
    lines = (*supposed, sentences.distance_text(near), *near.notes)
    document = _document(run, near)
    if supposed:
        document["scenario"] = supposed[0]
    return Result(near.rows, document, lines)


def tonnes(text: str) -> float:
    """Read a capacity as tonnes a year: "5000", "5 kt/yr", "0.2 Mt".

    Raises
    ------
    GisappError
        `unknown_unit` where it is in no unit of mass a year, `bad_query` where it is no number.
    """
    found = parse_amount(text)
    if found is None:
        raise GisappError("bad_query", f'"{text}" is no capacity.', "Write it as 5000 or 5 kt/yr.")
    number, said = found
    unit = parse_unit(said or "t")
    if unit is None or unit.form:
        raise GisappError(
            "unknown_unit",
            f'"{said}" is no unit of a capacity that is known.',
            "Write tonnes a year: 5000, 5000 t/yr or 5 kt/yr.",
        )
    return number * unit.tonnes


def _query(run: DistanceRun, facts: Facts) -> DistanceQuery:
    query = DistanceQuery(
        mineral=mineral_of(run.mineral),
        to=run.to,
        by=run.by,
        as_of=run.as_of,
        starts_by=run.starts_by,
        min_capacity=None if run.min_capacity is None else tonnes(run.min_capacity),
        unknown_capacity=run.unknown_capacity,
        nearest=run.nearest,
        metric=run.metric,
        measure=run.least,
        avoid=avoidance(run.avoid, facts.countries, ship=run.ship),
    )
    if run.statuses:
        query = replace(query, statuses=frozenset(run.statuses))
    if run.restriction is not None:
        inside, title = within(run.restriction, facts, run.as_of)
        query = replace(query, within=inside, within_title=title)
        if run.inside:
            query = replace(query, inside=frozenset(run.inside))
    elif run.inside:
        raise GisappError(
            "bad_query",
            "Nothing says inside of what plants and owners have to be.",
            "Name an alliance or countries with --within.",
        )
    if not query.routed and (query.avoid != Avoidance() or run.least is not Measure.KM):
        raise GisappError(
            "bad_query",
            "A geodesic passes no country and no passage and takes no days.",
            "Ask for --metric route.",
        )
    return query


def _check_layer(layer: Layer) -> None:
    name = layer.source.path or layer.name
    for problem in layer.problems:
        if problem.code == "axes_swapped":
            raise GisappError("bad_coordinates", f'"{name}": {problem.message}', problem.hint)
    if not len(layer.features):
        raise GisappError("empty_layer", f'The layer "{name}" has no features.')
    if not np.isfinite(layer.features.lonlat).all(axis=1).any():
        raise GisappError(
            "no_position",
            f'Nothing in the layer "{name}" has a position.',
            "Name the columns of longitude and latitude.",
        )


def _document(run: DistanceRun, near: DistanceResult) -> dict[str, Any]:
    query = near.query
    without = near.rows[near.rows["status"] == NO_PLANT]
    return {
        "mineral": query.mineral,
        "to": run.to.value,
        "metric": run.metric,
        "least": query.ranked_by.value,
        "within": None if query.within is None else sorted(query.within),
        "inside": sorted(query.bases) if query.bars_plants else [],
        "avoid": sorted(query.avoid.passages | query.avoid.countries),
        "as_of": run.as_of.isoformat(),
        "headline": sentences.distance_headline(near),
        "summary": {name: plain(getattr(near.summary, name)) for name in _FIGURES},
        "reasons": dict(Counter(without["reason"])),
        "rows": records(near.rows),
        "notes": list(near.notes),
        "sources": [*near.sources, *(SOURCES if query.routed else ())],
    }
