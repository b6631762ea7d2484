"""Coverage as the command line asks it, at one date and over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from gisapp.analysis import sentences
from gisapp.analysis.coverage import AllianceSet, CoverageQuery, coverage
from gisapp.analysis.timeline import over_time
from gisapp.data.reader import read_layers
from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.alliance import TerritoryRule
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.reading import ReadOptions
from gisapp.model.vocabulary import MINERALS, Basis, Role, Stage, Weight
from gisapp.workspace.analyses import Result, mineral_of, within
from gisapp.workspace.answering import index_for
from gisapp.workspace.coverage_time import layers_day
from gisapp.workspace.own_facts import facts_with
from gisapp.workspace.scenario_file import told, under_scenario
from gisapp.workspace.tables import records
from gisapp.workspace.titles import alliance_title


@dataclass(frozen=True)
class CoverageRun:
    """The parameters of `gisapp coverage`; `own` replaces the shipped layers of its roles.

    `over` are the dates of a change over time; without any the answer is of `as_of`.
    """

    alliance: str
    as_of: date
    minerals: Sequence[str] = ()
    stages: Sequence[Stage] = ()
    by: Basis = Basis.LOCATION
    weight: Weight = Weight.PRODUCTION
    own: Mapping[Role, Path] = field(default_factory=dict)
    over: tuple[date, ...] = ()
    alliance_file: Path | None = None
    territories: TerritoryRule = TerritoryRule.LISTED
    scenario: Path | None = None


def run_coverage(run: CoverageRun, feedback: Feedback) -> Result:
    """Work out the coverage."""
    facts = facts_with(load_facts(), run.alliance_file, run.territories)
    files = [layer for layer in default_layers() if layer.role not in run.own]
    for role, path in run.own.items():
        files += read_layers(path, options=ReadOptions(role=role), feedback=feedback)
    minerals = tuple(mineral_of(m) for m in run.minerals)
    layers, facts, day, scenario = under_scenario(
        run.scenario,
        files,
        facts,
        alliance=run.alliance,
        minerals=minerals or None,
        as_of=run.as_of,
    )
    run = replace(run, as_of=day)
    title, inside = _asked(run, facts)
    query = CoverageQuery(
        alliances=((run.alliance, title, inside),),
        minerals=minerals or tuple(MINERALS),
        stages=tuple(run.stages) or tuple(Stage),
        by=run.by,
        weight=run.weight,
        as_of=run.as_of,
    )
    if run.over:
        return _over(run, query, layers, facts, feedback)
    table = coverage(query, layers, facts, jurisdictions=index_for(layers), feedback=feedback)
    document = _document(run, inside, table)
    supposed = told(scenario, layers, facts)
    if supposed:
        document["scenario"] = supposed[0]
    known = table[table["share_low"].notna()]
    lines = [
        sentences.coverage_text({str(k): v for k, v in row.items()}, title, facts.countries)
        for row in known.to_dict("records")
    ]
    if not run.minerals:  # all that there are: the unknown would drown the known
        return Result(known, document, supposed)
    return Result(table, document, (*supposed, *(tuple(lines) or tuple(table["note"]))))


def _over(
    run: CoverageRun,
    query: CoverageQuery,
    layers: Sequence[Layer],
    facts: Facts,
    feedback: Feedback,
) -> Result:
    table = over_time(
        query,
        run.over,
        members_at(run.alliance, query.alliances[0][1], facts),
        layers,
        facts,
        present=layers_day(),
        jurisdictions=index_for(layers),
        feedback=feedback,
    )
    known = table[table["share_low"].notna()]
    words: tuple[str, ...] = ()
    if len(known.groupby(["mineral", "stage"])) == 1:
        words = (
            sentences.over_time_text(known, query.alliances[0][1], facts.countries),
            str(known["note"].iloc[-1]),
        )
    table = table.assign(as_of=[day.isoformat() for day in table["as_of"]])
    known = table[table["share_low"].notna()]
    document = _document(run, query.alliances[0][2], table)
    document["over"] = [day.isoformat() for day in run.over]
    return Result(known if len(known) else table, document, words)


def _document(run: CoverageRun, inside: frozenset[str], table: pd.DataFrame) -> dict[str, Any]:
    return {
        "alliance": run.alliance,
        "as_of": run.as_of.isoformat(),
        "jurisdictions": sorted(inside),
        "territories": run.territories.value,
        "rows": records(table),
    }


def _asked(run: CoverageRun, facts: Facts) -> tuple[str, frozenset[str]]:
    if run.alliance not in facts.alliances.alliances:
        inside, title = within(run.alliance, facts, run.as_of)
        return title, inside
    title = alliance_title(facts, run.alliance)
    if run.over:  # over time, a day without members is a row
        return title, facts.alliances.jurisdictions(run.alliance, run.as_of)
    return title, facts.alliances.require(run.alliance, run.as_of)


def members_at(text: str, title: str, facts: Facts) -> Callable[[date], tuple[AllianceSet, ...]]:
    """Return who is inside "msp", "AUS,CAN" or a mixture on a day; nobody where there is none."""
    book = facts.alliances
    words = [word.strip() for word in text.split(",") if word.strip()]

    def at(day: date) -> tuple[AllianceSet, ...]:
        inside: set[str] = set()
        for word in words:
            if word.lower() in book.alliances:
                inside |= book.jurisdictions(word.lower(), day)
            else:
                inside.add(word.upper())
        return ((text, title, frozenset(inside)),)

    return at
