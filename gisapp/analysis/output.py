"""National output moved by what sites make more or less than they did."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from gisapp.analysis.measures import measure_of
from gisapp.analysis.quantity import figures
from gisapp.analysis.selection import select
from gisapp.analysis.supply import OTHERS
from gisapp.model.facts import CountryQuantity, Facts, Kind
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import ROLE_OF_STAGE, Stage, Status, family

#: What a country that made nothing is given as the source of what it makes now.
HYPOTHETICAL: Final = "Hypothetical (scenario)"
_COUNTED: Final = (Kind.PRODUCTION, Kind.SHARE_PERCENT)
_Key = tuple[str, Stage]


@dataclass
class _Moves:
    """By country: what its mapped sites made, and how much less and more they make."""

    made: dict[str, float]
    lost: dict[str, float]
    won: dict[str, float]


def moved_output(
    layers: Sequence[Layer],
    facts: Facts,
    layers_then: Sequence[Layer],
    facts_then: Facts,
    minerals: Collection[str],
    *,
    only: Collection[str] | None = None,
    as_of: date | None = None,
    feedback: Feedback | None = None,
) -> tuple[CountryQuantity, ...]:
    """Return the national table with what operating sites make more and less.

    In country c with output P_c and mapped sites of figures q_f, M_c their sum, a site stands for
    q_f min(1, P_c / M_c) of the output, as in `supply.reallocated`; so P_c falls by that of what
    a site makes less, and never below zero. What a site makes more is added whole. Where sites
    are measured in another unit than the table, a unit of theirs is worth sum P / sum M of its.
    Shares in percent are brought back to 100 together with what the source leaves unnamed.

    Parameters
    ----------
    layers_then, facts_then
        The layers and figures with the change.
    minerals
        Codes of the sites that change; a parent's output moves with its children's.
    only
        Whose output has to be right; None takes all.
    """
    keys: dict[_Key, list[int]] = {}
    for i, row in enumerate(facts.production):
        moves = bool(family(row.mineral) & frozenset(minerals))
        if row.kind in _COUNTED and moves and (only is None or row.mineral in only):
            keys.setdefault((row.mineral, row.stage), []).append(i)
    table: list[CountryQuantity] = list(facts.production)
    fresh: list[CountryQuantity] = []
    for number, ((mineral, stage), at) in enumerate(keys.items()):
        if feedback is not None:
            feedback.check(number / len(keys), "Scenario")
        moves_of = _moves(
            _made(layers, facts, mineral, stage, as_of),
            _made(layers_then, facts_then, mineral, stage, as_of),
        )
        if not moves_of.lost and not moves_of.won:
            continue
        groups: dict[tuple[Kind, int], list[int]] = {}
        for i in at:
            groups.setdefault((table[i].kind, table[i].year), []).append(i)
        for rows in groups.values():
            now = _moved([table[i] for i in rows], moves_of)
            for i, row in zip(rows, now, strict=False):
                table[i] = row
            fresh += now[len(rows) :]
    return (*table, *fresh)


def _made(
    layers: Sequence[Layer], facts: Facts, mineral: str, stage: Stage, as_of: date | None
) -> dict[tuple[str, int], tuple[str, float]]:
    """Return country and figure of every operating site that has one, by layer and row."""
    sites = select(
        layers,
        ROLE_OF_STAGE[stage],
        mineral=mineral,
        statuses={Status.OPERATING},
        as_of=as_of,
        facts=facts,
    )
    last = None if as_of is None else as_of.year
    values, _ = figures(sites, mineral, stage, facts.quantities, last)
    return {
        (str(sites.layer_id[i]), int(sites.row[i])): (str(sites.country[i]), float(values[i]))
        for i in np.flatnonzero(np.isfinite(values) & (values > 0)).tolist()
    }


def _moves(
    before: Mapping[tuple[str, int], tuple[str, float]],
    after: Mapping[tuple[str, int], tuple[str, float]],
) -> _Moves:
    moves = _Moves({}, {}, {})
    for country, tonnes in before.values():
        moves.made[country] = moves.made.get(country, 0.0) + tonnes
    for site in before.keys() | after.keys():
        country = (after.get(site) or before[site])[0]
        change = after.get(site, ("", 0.0))[1] - before.get(site, ("", 0.0))[1]
        if change:
            side = moves.won if change > 0 else moves.lost
            side[country] = side.get(country, 0.0) + abs(change)
    return moves


def _moved(rows: list[CountryQuantity], moves: _Moves) -> list[CountryQuantity]:
    """Return one year's rows of a mineral and stage, changed, and those of new countries."""
    first = rows[0]
    measure = measure_of(first.mineral, first.stage)
    output: dict[str, float] = {}
    for row in rows:
        output[row.country] = output.get(row.country, 0.0) + row.value
    in_percent = first.kind is Kind.SHARE_PERCENT
    rate = 1.0
    if in_percent or measure is None or not measure.comparable:
        both = [c for c in moves.made if c in output]
        mapped = sum(moves.made[c] for c in both)
        rate = sum(output[c] for c in both) / mapped if mapped else 0.0
    target: dict[str, float] = {}
    for country in moves.lost.keys() | moves.won.keys():
        had = output.get(country, 0.0)
        made = moves.made.get(country, 0.0)
        worth = min(rate, had / made) if made else 0.0
        left = had - moves.lost.get(country, 0.0) * worth + moves.won.get(country, 0.0) * rate
        target[country or OTHERS] = max(left, 0.0)
    scale = 1.0
    if in_percent:
        total = 100.0 + sum(v - output.get(c, 0.0) for c, v in target.items())
        scale = 100.0 / total if total > 0 else 1.0
    changed = []
    for row in rows:
        had = output[row.country]
        share = target[row.country] / had if row.country in target and had else 1.0
        value = row.value * share * scale
        changed.append(row if value == row.value else replace(row, value=value))
    for country in sorted(target.keys() - {c for c, had in output.items() if had}):
        value = target[country] * scale
        if value > 0:
            changed.append(replace(first, country=country, value=value, source=HYPOTHETICAL))
    return changed
