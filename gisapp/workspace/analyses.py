"""The analyses as the command line asks them: from words to a document of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from gisapp.analysis import coverage as coverages
from gisapp.analysis import distance as distances
from gisapp.analysis import sentences
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.data.reader import ReadOptions, read_layers
from gisapp.data.shipped import default_layers, load_facts, load_layer
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import MINERALS, Basis, Role, Stage, Status, Weight, mineral_code
from gisapp.workspace.answering import jurisdiction_index, lacks_country
from gisapp.workspace.params import listed
from gisapp.workspace.tables import plain, records
from gisapp.workspace.titles import alliance_title


@dataclass(frozen=True, eq=False)
class Result:
    """A table, the document around it, and the sentences that say it."""

    table: pd.DataFrame
    document: dict[str, Any]
    lines: tuple[str, ...]


def layers_of_role(
    role: Role, path: Path | None, shipped: str, feedback: Feedback
) -> tuple[Layer, ...]:
    """Return the user's layers of a role, or the shipped one where no path is given."""
    if path is None:
        return (load_layer(shipped),)
    return read_layers(path, options=ReadOptions(role=role), feedback=feedback)


def within(text: str, facts: Facts, as_of: date) -> tuple[frozenset[str], str]:
    """Return jurisdictions and title of "msp", "AUS,CAN" or a mixture, at a date.

    Raises
    ------
    GisappError
        `unknown_jurisdiction` for what is neither an alliance nor a country code.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    inside: set[str] = set()
    titles: list[str] = []
    for word in words:
        if word.lower() in facts.alliances.alliances:
            inside |= facts.alliances.require(word.lower(), as_of)
            titles.append(alliance_title(facts, word.lower()))
        elif word.upper() in facts.countries:
            inside.add(word.upper())
            titles.append(facts.countries[word.upper()])
        else:
            raise GisappError(
                "unknown_jurisdiction",
                f'"{word}" is neither an alliance nor an ISO 3166-1 alpha-3 code.',
                "See gisapp alliances.",
            )
    return frozenset(inside), " and ".join(titles)


def run_distance(
    *,
    mineral: str,
    to: Role,
    deposits: Path | None,
    plants: Path | None,
    metric: str,
    restriction: str | None,
    by: Basis,
    statuses: Sequence[Status],
    as_of: date,
    nearest: int,
    feedback: Feedback,
) -> Result:
    """Work out the distance to processing; parameters as of `gisapp distance`."""
    facts = load_facts()
    query = distances.DistanceQuery(
        mineral=mineral, to=to, by=by, as_of=as_of, nearest=nearest, metric=metric
    )
    if statuses:
        query = replace(query, statuses=frozenset(statuses))
    if restriction is not None:
        inside, title = within(restriction, facts, as_of)
        query = replace(query, within=inside, within_title=title)
    plant_layer = "refineries" if to is Role.REFINERY else "magnet_plants"
    ores = layers_of_role(Role.DEPOSIT, deposits, "deposits", feedback)
    works = layers_of_role(to, plants, plant_layer, feedback)
    near = distances.distance(
        query,
        ores,
        works,
        facts,
        jurisdictions=_index((*ores, *works)),
        feedback=feedback,
    )
    summary = {
        name: plain(getattr(near.summary, name))
        for name in (
            "deposits",
            "without_plant",
            "plants",
            "plants_within",
            "median_km",
            "p90_km",
            "mean_penalty_km",
            "median_penalty_km",
            "unrestricted_median_km",
        )
    }
    document = {
        "mineral": mineral_code(mineral) or mineral,
        "to": to.value,
        "metric": metric,
        "within": None if query.within is None else sorted(query.within),
        "as_of": as_of.isoformat(),
        "headline": sentences.distance_headline(near),
        "summary": summary,
        "rows": records(near.rows),
        "notes": list(near.notes),
        "sources": list(near.sources),
    }
    return Result(near.rows, document, (sentences.distance_text(near), *near.notes))


def run_coverage(
    *,
    alliance: str,
    minerals: Sequence[str],
    stages: Sequence[Stage],
    by: Basis,
    weight: Weight,
    as_of: date,
    own: dict[Role, Path],
    feedback: Feedback,
) -> Result:
    """Work out the coverage; parameters as of `gisapp coverage`, `own` replaces shipped layers."""
    facts = load_facts()
    if alliance in facts.alliances.alliances:
        title, inside = alliance_title(facts, alliance), within(alliance, facts, as_of)[0]
    else:
        inside, title = within(alliance, facts, as_of)
    query = coverages.CoverageQuery(
        alliances=((alliance, title, inside),),
        minerals=tuple(_code(m) for m in minerals) or tuple(MINERALS),
        stages=tuple(stages) or tuple(Stage),
        by=by,
        weight=weight,
        as_of=as_of,
    )
    layers = [layer for layer in default_layers() if layer.role not in own]
    for role, path in own.items():
        layers += read_layers(path, options=ReadOptions(role=role), feedback=feedback)
    table = coverages.coverage(
        query, layers, facts, jurisdictions=_index(layers), feedback=feedback
    )
    document = {
        "alliance": alliance,
        "as_of": as_of.isoformat(),
        "jurisdictions": sorted(inside),
        "rows": records(table),
    }
    known = table[table["share_low"].notna()]
    lines = [
        sentences.coverage_text({str(k): v for k, v in row.items()}, title, facts.countries)
        for row in known.to_dict("records")
    ]
    if not minerals:  # all that there are: the unknown would drown the known
        return Result(known, document, ())
    return Result(table, document, tuple(lines) or tuple(table["note"]))


def _code(mineral: str) -> str:
    code = mineral_code(mineral)
    if code is None:
        raise GisappError(
            "unknown_mineral", f'No mineral is called "{mineral}".', f"Known: {listed(MINERALS)}."
        )
    return code


def _index(layers: Sequence[Layer]) -> JurisdictionIndex | None:
    return jurisdiction_index() if any(map(lacks_country, layers)) else None
