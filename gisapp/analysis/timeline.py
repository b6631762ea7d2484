"""Coverage over time: the same question at several dates, as members join and plants start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from gisapp.analysis.coverage import COLUMNS, AllianceSet, CoverageQuery, coverage
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.scenario import applied
from gisapp.analysis.selection import check_mineral, select
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.scenario import Scenario
from gisapp.model.vocabulary import ROLE_OF_STAGE, Stage, Status, Weight

#: The columns of a table over time; those of a coverage stand between.
TIME_COLUMNS: Final = ("as_of", *COLUMNS, "joined", "left", "started")

#: Who is asked about at a date: id, title, jurisdictions (none where nobody is a member yet).
Members = Callable[[date], tuple[AllianceSet, ...]]

_AHEAD: Final = frozenset({Status.CONSTRUCTION.value, Status.PLANNED.value})
_MOST_DATES: Final = 200
_NOT_YET: Final = "The alliance has no members on this day."
_OUTPUT: Final = (
    "Output is published for 2023 and 2024: other years take the nearest, moved by the sites that "
    "are to start."
)
_FIGURES: Final = (
    "Each site counts with its latest figure from its start year on; sites closed since are not in "
    "earlier years."
)
_AHEAD_NOTE: Final = (
    "After {year} sites under construction and planned count from the year that they are to start; "
    "those without a year do not."
)


@dataclass(frozen=True, eq=False)
class _Sites:
    """When sites of a mineral and stage start, and whether they still have to; arrays (n,)."""

    id: np.ndarray
    year: np.ndarray
    ahead: np.ndarray


@dataclass(frozen=True, eq=False)
class _World:
    """What is the same at every date."""

    query: CoverageQuery
    layers: Sequence[Layer]
    facts: Facts
    starts: dict[tuple[str, str], _Sites]
    present: date
    jurisdictions: JurisdictionIndex | None


def over_time(
    query: CoverageQuery,
    dates: Sequence[date],
    members: Members,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    present: date,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> pd.DataFrame:
    """Return coverage at every date, columns `TIME_COLUMNS`, in the order of the dates.

    `as_of` is a date; `joined` and `left` are codes since the date before (the first has none, and
    territories that follow their sovereign are not named); `started` is how many sites start
    after the date before.

    Parameters
    ----------
    query
        Its alliances, day and last year of figures are those of each date.
    members
        Who is inside at a date.
    present
        The day of the layers: sites that are being built or planned run after it alone.

    Raises
    ------
    GisappError
        As `coverage` does; `bad_query` without dates, or with too many.
    """
    if not 0 < len(dates) <= _MOST_DATES:
        raise GisappError(
            "bad_query",
            f"A change over time needs 1 to {_MOST_DATES} dates, not {len(dates)}.",
            "Name a first and a last year, as 2020..2030.",
        )
    days = sorted(dates)
    roles = {ROLE_OF_STAGE[Stage(stage)] for stage in query.stages}
    layers = [layer for layer in layers if layer.role in roles]
    starts = _starts(query, layers, facts, feedback)
    world = _World(query, layers, facts, starts, present, jurisdictions)
    parts: list[pd.DataFrame] = []
    before: date | None = None
    inside: tuple[AllianceSet, ...] = ()
    for i, day in enumerate(days):
        if feedback is not None:
            feedback.check(i / len(days), f"Coverage on {day.isoformat()}")
        now = members(day)
        table = _at(day, now, world)
        sites = [starts[key] for key in zip(table["mineral"], table["stage"], strict=True)]
        parts.append(
            table.assign(
                as_of=day,
                joined=_more(table, now, inside, facts) if i else "",
                left=_more(table, inside, now, facts) if i else "",
                started=[0 if before is None else _started(s, before, day) for s in sites],
            )
        )
        before, inside = day, now
    return pd.concat(parts, ignore_index=True)[list(TIME_COLUMNS)]


def _at(day: date, now: tuple[AllianceSet, ...], world: _World) -> pd.DataFrame:
    """Return the coverage of one date."""
    # nobody has the code "-": a day before the first member is a row too
    asked = tuple((i, title, codes or frozenset({"-"})) for i, title, codes in now)
    last = max(day.year, world.present.year)
    query = replace(world.query, alliances=asked, as_of=day, figures_to=last)
    by_output = query.weight is Weight.PRODUCTION
    notes = [_OUTPUT] if by_output else [_FIGURES]
    layers, facts = world.layers, world.facts
    if day > world.present:
        notes.append(_AHEAD_NOTE.format(year=world.present.year))
        running = frozenset(
            str(site)
            for found in world.starts.values()
            for site in found.id[found.ahead & (found.year <= day.year)]
        )
        layers, facts = applied(
            Scenario("ahead", on=running),
            layers,
            facts,
            # national output moves along where it is what is asked about
            minerals=[check_mineral(m) for m in query.minerals] if by_output else [],
            as_of=day,
            jurisdictions=world.jurisdictions,
        )
    table = coverage(query, layers, facts, jurisdictions=world.jurisdictions)
    known = table["share_low"].notna()
    for alliance, _, codes in now:
        if not codes:
            rows = known & (table["alliance"] == alliance)
            table.loc[rows, ["share_low", "share_high", "inside"]] = 0.0
            table.loc[rows, "note"] = f"{_NOT_YET} " + table.loc[rows, "note"]
    if query.weight is not Weight.RESERVES:
        told = table.loc[known, "note"] + " " + " ".join(notes)
        table.loc[known, "note"] = told.str.strip()
    return table


def _more(
    table: pd.DataFrame,
    now: tuple[AllianceSet, ...],
    then: tuple[AllianceSet, ...],
    facts: Facts,
) -> list[str]:
    """Return who is inside an alliance now and was not then, for every row.

    Territories that follow their sovereign are not named.
    """
    before = {alliance: codes for alliance, _, codes in then}
    sovereign = {code: t.sovereign for code, t in facts.alliances.territories.items()}
    named: dict[str, str] = {}
    for alliance, _, codes in now:
        more = codes - before.get(alliance, frozenset())
        follow = {c for c in more if sovereign.get(c, c) != c and sovereign[c] in codes}
        named[alliance] = ",".join(sorted(more - follow))
    return [named.get(alliance, "") for alliance in table["alliance"]]


def _started(sites: _Sites, before: date, day: date) -> int:
    return int(((sites.year > before.year) & (sites.year <= day.year)).sum())


def _starts(
    query: CoverageQuery, layers: Sequence[Layer], facts: Facts, feedback: Feedback | None
) -> dict[tuple[str, str], _Sites]:
    found = {}
    wanted = query.statuses | {Status.CONSTRUCTION, Status.PLANNED}
    for mineral in query.minerals:
        for stage in query.stages:
            code, role = check_mineral(mineral), ROLE_OF_STAGE[Stage(stage)]
            sites = select(
                layers, role, mineral=code, statuses=wanted, facts=facts, feedback=feedback
            )
            ahead = np.isin(sites.status.astype(str), list(_AHEAD))
            found[code, Stage(stage).value] = _Sites(sites.id, sites.start_year, ahead)
    return found
