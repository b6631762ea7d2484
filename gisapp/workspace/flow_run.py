"""Flows, exposure and siting as the command line asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisapp.analysis.exposure import Closing, exposure, traffic_of
from gisapp.analysis.feedstock import FlowQuery
from gisapp.analysis.flows import FlowResult, Totals, Ways, flows
from gisapp.analysis.network.journey import Measure
from gisapp.analysis.network.router import SOURCES
from gisapp.analysis.siting import KINDS, candidates, site
from gisapp.data.shipped import load_facts, load_layer
from gisapp.model.alliance import TerritoryRule
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis, Role, Status
from gisapp.workspace.analyses import Result, layers_of_role, mineral_of, within
from gisapp.workspace.answering import index_for
from gisapp.workspace.distance_run import tonnes
from gisapp.workspace.flow_tables import flow_rows
from gisapp.workspace.flow_words import (
    exposure_headline,
    exposure_text,
    flows_headline,
    flows_text,
    sited_words,
    stuff,
)
from gisapp.workspace.own_facts import facts_with
from gisapp.workspace.passages import avoidance, passage_titles, passages
from gisapp.workspace.route_traffic import documented, routes_headline
from gisapp.workspace.routing import router
from gisapp.workspace.scenario_file import avoiding, told, under_scenario
from gisapp.workspace.tables import plain, records

_SHIPPED: Final = {
    Role.DEPOSIT: "deposits",
    Role.REFINERY: "refineries",
    Role.MAGNET_PLANT: "magnet_plants",
}


_ROUTES_NOTE: Final = (
    "Each active, documented route counts once, as few say how much they carry; those with a "
    "likely port or buyer are left out."
)


@dataclass(frozen=True)
class FlowRun:
    """The parameters of `gisapp flows`, `gisapp exposure` and `gisapp site`.

    Parameters
    ----------
    by
        What of a plant has to be inside: where it stands, who controls it, or both.
    ore
        "inside" keeps to the ore mined inside, "all" takes the world's.
    avoid, closed
        Passages and countries that no way leads through; passages that are closed.
    own
        The user's layers in place of the shipped ones.
    """

    mineral: str
    as_of: date
    to: Role = Role.REFINERY
    restriction: str | None = None
    by: tuple[Basis, ...] = (Basis.LOCATION,)
    ore: str = "inside"
    least: Measure = Measure.USD
    avoid: tuple[str, ...] = ()
    ship: str = "any"
    closed: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()
    own: Mapping[Role, Path] = field(default_factory=dict)
    alliance_file: Path | None = None
    territories: TerritoryRule = TerritoryRule.LISTED
    scenario: Path | None = None


def run_flows(run: FlowRun, feedback: Feedback) -> Result:
    """Give ore to plants, with the alliance and without.

    Raises
    ------
    GisappError
        What `analysis.flows.flows` refuses; `unknown_jurisdiction`, `unknown_place`.
    """
    found, _, supposed = _flows(run, feedback)
    table = flow_rows(found)
    document = {
        **_asked(run, found, supposed),
        "headline": flows_headline(found),
        "world": _totals(found.world),
        "free": _totals(found.same),
        "inside": None if found.inside is None else _totals(found.inside),
        "unplaced": [plain(found.unplaced_low), plain(found.unplaced_high)],
        "rows": records(table),
        "plants": records(found.plants),
        "unplaced_by_country": records(found.unplaced),
        "notes": list(found.notes),
        "sources": [*found.sources, *SOURCES],
    }
    return Result(table, document, (*supposed, flows_text(found), *found.notes))


def run_exposure(run: FlowRun, feedback: Feedback) -> Result:
    """Say which passages the ore goes through, and what closing them, one or together, costs.

    Raises
    ------
    GisappError
        What `analysis.flows.flows` and `analysis.exposure.exposure` refuse.
    """
    together = tuple(sorted(passages(run.closed)))
    found, ways, supposed = _flows(replace(run, closed=()), feedback)
    exposed = exposure(
        traffic_of(found),
        ways,
        least=run.least,
        avoid=found.query.avoid,
        together=together,
        names=passage_titles(),
        feedback=feedback,
    )
    document = {
        **_asked(run, found, supposed),
        "headline": exposure_headline(exposed, stuff(found)),
        "cargo_tonnes": plain(float(exposed.traffic.tonnes.sum())),
        "cargo_tonne_km": plain(exposed.tonne_km),
        "rows": records(exposed.rows),
        "unreachable": {
            c.passages[0]: list(c.unreachable) for c in exposed.passages if c.unreachable
        },
        "together": None if exposed.together is None else _closing(exposed.together),
        "notes": list(found.notes),
        "sources": [*found.sources, *SOURCES],
    }
    return Result(exposed.rows, document, (*supposed, exposure_text(exposed, found), *found.notes))


def run_routes(run: FlowRun, feedback: Feedback) -> Result:
    """Say which passages the documented trade routes go through; each route counts once.

    Raises
    ------
    GisappError
        `no_routes`, and what `analysis.exposure.exposure` refuses.
    """
    mineral = mineral_of(run.mineral)
    avoid = avoidance(run.avoid, load_facts().countries, ship=run.ship)
    layer = load_layer("trade_routes")
    exposed = exposure(
        documented(layer, mineral),
        router(),
        least=run.least,
        avoid=avoid,
        together=tuple(sorted(passages(run.closed))),
        names=passage_titles(),
        feedback=feedback,
    )
    headline = routes_headline(exposed, mineral)
    table = exposed.rows.drop(columns=["loss_usd"]).rename(
        columns={"tonnes": "routes", "unreachable_tonnes": "routes_without_a_way"}
    )
    table = table.rename(columns={"share_tonnes": "share_routes", "share_tonne_km": "share_km"})
    document = {
        "mineral": mineral,
        "of": "routes",
        "closed": sorted(run.closed),
        "least": run.least.value,
        "headline": headline,
        "routes": len(exposed.traffic.tonnes),
        "rows": records(table),
        "together": None if exposed.together is None else _closing(exposed.together),
        "notes": [_ROUTES_NOTE],
        "sources": [layer.source.title, *SOURCES],
    }
    return Result(table, document, (f"{headline}.", _ROUTES_NOTE))


def run_site(
    run: FlowRun,
    feedback: Feedback,
    *,
    count: int,
    capacity: str | None,
    at: tuple[str, ...],
    seconds: float,
) -> Result:
    """Find where the next plants should go.

    Parameters
    ----------
    capacity
        Of each, as written ("5000", "5 kt/yr"); the usual one by default.
    at
        Kinds of places: `siting.KINDS`.

    Raises
    ------
    GisappError
        What `analysis.flows.flows` and `analysis.siting.site` refuse; `unknown_unit`.
    """
    found, ways, supposed = _flows(run, feedback)
    sited = site(
        found,
        candidates(router().ports, found, at or KINDS),
        ways,
        count=count,
        capacity=None if capacity is None else tonnes(capacity),
        seconds=seconds,
        feedback=feedback,
    )
    words = sited_words(sited, load_facts().countries)
    document = {
        **_asked(run, found, supposed),
        "headline": words,
        "capacity": sited.capacity,
        "product_unit": sited.product_unit,
        "candidates": len(sited.candidates),
        "before": {name: plain(value) for name, value in asdict(sited.before).items()},
        "after": {name: plain(value) for name, value in asdict(sited.after).items()},
        "gap": sited.gap,
        "seconds": round(sited.seconds, 2),
        "rows": records(sited.rows),
        "single_places": records(sited.tried),
        "notes": list(found.notes),
        "sources": [*found.sources, *SOURCES],
    }
    return Result(sited.rows, document, (*supposed, words, *found.notes))


def _flows(run: FlowRun, feedback: Feedback) -> tuple[FlowResult, Ways, tuple[str, ...]]:
    """Return the flows, what finds ways, and the line that says that it is a scenario."""
    facts = facts_with(load_facts(), run.alliance_file, run.territories)
    given: list[Layer] = []
    for role, name in _SHIPPED.items():
        given += layers_of_role(role, run.own.get(role), name, feedback)
    layers, facts, day, scenario = under_scenario(
        run.scenario, given, facts, alliance=run.restriction, as_of=run.as_of
    )
    query, ways = _query(replace(run, as_of=day), facts), router()
    query = replace(query, avoid=avoiding(scenario, query.avoid))
    found = flows(query, layers, facts, ways, jurisdictions=index_for(layers), feedback=feedback)
    return found, ways, told(scenario, given, facts)


def _query(run: FlowRun, facts: Facts) -> FlowQuery:
    avoid = avoidance(run.avoid, facts.countries, ship=run.ship)
    query = FlowQuery(
        mineral_of(run.mineral),
        run.to,
        plant_inside=Basis.LOCATION in run.by,
        owner_inside=Basis.CONTROL in run.by,
        ore_inside=run.ore == "inside",
        as_of=run.as_of,
        least=run.least,
        avoid=replace(avoid, passages=avoid.passages | passages(run.closed)),
    )
    if run.statuses:
        query = replace(query, statuses=frozenset(run.statuses))
    if run.restriction is not None:
        inside, title = within(run.restriction, facts, run.as_of)
        query = replace(query, within=inside, within_title=title)
    return query


def _asked(run: FlowRun, found: FlowResult, supposed: tuple[str, ...]) -> dict[str, Any]:
    query, of = found.query, found.network.of
    return {
        "mineral": query.mineral,
        "to": query.to.value,
        "within": None if query.within is None else sorted(query.within),
        "closed": sorted(run.closed),
        "least": query.least.value,
        "as_of": run.as_of.isoformat(),
        "unit": of.unit,
        "product_unit": of.product_unit,
        "product_per_tonne": of.ratio,
        "cargo_per_tonne": of.cargo,
        **({"scenario": supposed[0]} if supposed else {}),
    }


def _totals(sums: Totals) -> dict[str, Any]:
    return {name: plain(value) for name, value in asdict(sums).items()}


def _closing(closing: Closing) -> dict[str, Any]:
    told = {name: plain(value) for name, value in asdict(closing).items()}
    return told | {"passages": list(closing.passages), "unreachable": list(closing.unreachable)}
