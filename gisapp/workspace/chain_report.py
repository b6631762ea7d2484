"""The chain as the command line asks it: from words to a document of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from gisapp.analysis.chain import ChainQuery, ChainResult, weakest_link
from gisapp.analysis.chain_journey import DepositChain, Stop, chain_of, total_km
from gisapp.data.shipped import default_layers, load_facts
from gisapp.data.yields import read_yields
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import kilometres, rounded
from gisapp.model.vocabulary import Basis, Status
from gisapp.workspace.analyses import Result, within
from gisapp.workspace.answer_chain import chain_basis, routed
from gisapp.workspace.chain_words import chain_headline, chain_text
from gisapp.workspace.state import ProjectState, Question
from gisapp.workspace.tables import plain, records
from gisapp.workspace.titles import alliance_title


def run_chain(
    *,
    mineral: str,
    alliance: str | None,
    by: Basis,
    statuses: Sequence[Status],
    as_of: date,
    yields: Path | None,
    deposit: str | None,
    metric: str,
    feedback: Feedback,
) -> Result:
    """Work out the weakest link, or one deposit's journey; parameters as of `gisapp chain`."""
    facts = load_facts()
    if yields is not None:
        facts = replace(facts, yields=read_yields(yields, facts.yields))
    basis, said = chain_basis(by)
    query = ChainQuery(mineral, by=basis, as_of=as_of, yields=facts.yields)
    if statuses:
        query = replace(query, statuses=frozenset(statuses))
    if alliance is not None:
        inside, _ = within(alliance, facts, as_of)
        known = alliance in facts.alliances.alliances
        title = alliance_title(facts, alliance) if known else ""
        query = replace(query, inside=inside, title=title)
    layers = default_layers()
    asked = {
        "mineral": mineral,
        "alliance": alliance,
        "by": basis.value,
        "as_of": as_of.isoformat(),
        "yields": {row.id: facts.yields[row.id] for row in facts.yields.rows},
    }
    if deposit is not None:
        ways = routed(ProjectState(question=Question(metric=metric)))
        journey = chain_of(deposit, query, layers, facts, ways=ways, feedback=feedback)
        return _journey(journey, asked | {"metric": metric})
    found = weakest_link(query, layers, facts, feedback=feedback)
    return _report(found, asked, (*said, *found.notes))


def step_rows(found: ChainResult) -> pd.DataFrame:
    """Return one row per step: bounds in the end product and in the step's unit."""
    rows = [
        {
            "step": s.step.id,
            "low": s.capacity.low,
            "high": s.capacity.high,
            "unit": found.unit,
            "own_low": s.amount.low,
            "own_high": s.amount.high,
            "own_unit": s.step.unit,
            "carried": s.through,
            "binding": s.step.id in found.binding,
            "sites": s.sites,
            "without_figure": s.unknown,
            "world_low": s.world.low,
            "world_high": s.world.high,
        }
        for s in found.steps
    ]
    return pd.DataFrame(rows)


def site_rows(found: ChainResult) -> pd.DataFrame:
    """Return one row per site that is, or may be, inside, with figure and source."""
    rows = [
        {
            "step": found.steps[r.site.step].step.id,
            "id": r.site.id,
            "name": r.site.name,
            "country": r.site.country,
            "inside": r.inside,
            "low": r.low,
            "high": r.high,
            "carried": r.through,
            "figure": r.site.amount,
            "product": r.site.product,
            "year": r.site.year,
            "source": r.site.source,
        }
        for r in found.rows
    ]
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else None)


def _report(found: ChainResult, asked: dict[str, Any], notes: Sequence[str]) -> Result:
    table, title = step_rows(found), found.query.title
    document = asked | {
        "headline": chain_headline(found, title),
        "product": found.product,
        "unit": found.unit,
        "carried_low": found.carried.low,
        "carried_high": found.carried.high,
        "yields_low": found.over_yields.low,
        "yields_high": found.over_yields.high,
        "binding": list(found.binding),
        "binding_high": list(found.binding_high),
        "world_low": found.world.low,
        "world_high": found.world.high,
        "world_output": plain(found.yardstick),
        "share_low": plain(found.share.low),
        "share_high": plain(found.share.high),
        "rows": records(table),
        "lifted_by": [
            {
                "step": r.step.id,
                "more": r.more,
                "unit": r.step.unit,
                "carried": r.carried,
                "binding": r.binding.id,
            }
            for r in found.rungs
        ],
        "sensitivity": [
            {
                "yield": s.id,
                "name": s.name,
                "low": s.carried.low,
                "high": s.carried.high,
                "binding": list(s.binding),
                "flips": s.flips,
            }
            for s in found.sensitivity
        ],
        "sites": records(site_rows(found)),
        "ways": [
            {
                "from": found.sites[w.start].id,
                "to": found.sites[w.end].id,
                "tonnes": w.tonnes,
                "km": plain(w.km),
            }
            for w in found.ways
        ],
        "notes": list(notes),
        "sources": list(found.sources),
    }
    return Result(table, document, (chain_text(found, title), *notes))


def _journey(found: DepositChain, asked: dict[str, Any]) -> Result:
    routes = [("anywhere", found.anywhere)]
    if found.inside is not None:
        routes.insert(0, ("inside", found.inside))
    rows = [_stop(way, stop) for way, stops in routes for stop in stops]
    table = pd.DataFrame(rows)
    totals = {f"{way}_km": plain(total_km(stops)) for way, stops in routes}
    document = asked | {
        "deposit": found.deposit.id,
        "name": found.deposit.name,
        "contained_ndpr_oxide": plain(found.contained),
        **totals,
        "penalty_km": plain(found.penalty_km),
        "rows": records(table),
    }
    return Result(table, document, journey_lines(found, asked["metric"]))


def _stop(way: str, stop: Stop) -> dict[str, Any]:
    return {
        "plants": way,
        "step": stop.step.id,
        "site_id": "" if stop.site is None else stop.site.id,
        "site": stop.reason if stop.site is None else stop.site.name,
        "country": "" if stop.site is None else stop.site.country,
        "km": stop.km,
        "tonnes": stop.tonnes,
        "unit": stop.step.unit,
        "capacity": stop.capacity,
    }


def journey_lines(found: DepositChain, metric: str) -> tuple[str, ...]:
    """Return the journey in sentences."""
    last = found.anywhere[-1]
    lines = []
    if last.tonnes == last.tonnes:
        much = f"{rounded(last.tonnes)} t of {last.step.unit.removeprefix('t ')}"
        lines.append(f"A year's output of {found.deposit.name} suffices for {much}.")
    if found.inside is not None:
        broken = next((s.reason for s in found.inside if s.site is None), "")
        lines.append(
            broken
            or f"To the nearest right plants it travels {kilometres(total_km(found.anywhere))}, "
            f"inside the alliance {kilometres(total_km(found.inside))}."
        )
    kind = "along routes" if metric == "route" else "geodesics from plant to plant"
    lines.append(f"Kilometres are {kind}; capacities are not shared out.")
    return tuple(lines)
