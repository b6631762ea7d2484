"""Scenarios applied: the world's layers and facts changed as a scenario says, quickly and purely.

What an analysis is given it need not know to be a scenario's: a switched-off works is closed, one
switched on operates, an added plant is a row of a layer, and national output has moved by what
the changed sites make.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from gisapp.analysis.changed import (
    FULL,
    RUNS,
    SiteChange,
    added_layers,
    changed_layer,
    changes_nothing,
    check_scenario,
    site_changes,
    site_ids,
)
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.output import moved_output
from gisapp.analysis.selection import select
from gisapp.model.alliance import MembershipChange
from gisapp.model.facts import Facts, Quantity
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.scenario import Scenario

_PLANNED: Final = re.compile(r"\s*\(?planned[^)]*\)?", re.IGNORECASE)


def applied(
    scenario: Scenario,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    alliance: str | None = None,
    minerals: Collection[str] | None = None,
    as_of: date | None = None,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> tuple[tuple[Layer, ...], Facts]:
    """Return layers and facts as they are in a scenario; what it does not touch is shared.

    Layers keep order and rows, so that a row number means the same site before and after. Added
    plants are layers of their own behind them, `scenario:refinery` and so on. National output
    moves by the figures of the sites that change (see `output.moved_output`).

    Parameters
    ----------
    alliance
        Whose members change; None where nobody asks for an alliance.
    minerals
        Whose national output has to be right; None takes every mineral.
    as_of
        The day that is asked for, where the scenario names none: no figure is younger.
    jurisdictions
        Finds the countries of added plants that name none.

    Raises
    ------
    GisappError
        `unknown_facility`, `unknown_jurisdiction`, `bad_scenario` for ids, codes and numbers that
        cannot be, in one sentence.
    """
    if changes_nothing(scenario):
        return tuple(layers), facts
    check_scenario(scenario, layers, facts)
    day = scenario.as_of or as_of
    changes = [site_changes(scenario, layer) for layer in layers]
    changed = tuple(
        changed_layer(layer, rows) if rows else layer
        for layer, rows in zip(layers, changes, strict=True)
    )
    by_id = {
        str(site): change
        for layer, rows in zip(layers, changes, strict=True)
        for site, change in zip(site_ids(layer, list(rows)), rows.values(), strict=True)
    }
    whole = (*changed, *added_layers(scenario, jurisdictions))
    quantities = _quantities(facts.quantities, by_id, day)
    moved = replace(facts, quantities=quantities) if quantities is not facts.quantities else facts
    touched = _touched(layers, changes, scenario)
    if touched:
        production = moved_output(
            layers, facts, whole, moved, touched, only=minerals, as_of=day, feedback=feedback
        )
        moved = replace(moved, production=production)
    if alliance is not None and (scenario.joined or scenario.left):
        change = MembershipChange(scenario.joined, scenario.left)
        moved = replace(moved, alliances=moved.alliances.changed(alliance, change))
    return whole, moved


def _quantities(
    quantities: Mapping[str, tuple[Quantity, ...]],
    changes: Mapping[str, SiteChange],
    day: date | None,
) -> Mapping[str, tuple[Quantity, ...]]:
    """Return figures as much as they count: what was planned of a site that runs now is made."""
    fresh = {}
    for site, change in changes.items():
        published = quantities.get(site)
        if not published or change.share == 0.0:
            continue
        now = published
        if change.status != RUNS and all(_PLANNED.search(q.product) for q in published):
            last = None if day is None else day.year
            now = tuple(_built(q, last) for q in published)
        if change.share != FULL:
            now = tuple(replace(q, value=q.value * change.share) for q in now)
        if now is not published:
            fresh[site] = now
    return {**quantities, **fresh} if fresh else quantities


def _built(planned: Quantity, last_year: int | None) -> Quantity:
    year = planned.year if last_year is None else min(planned.year, last_year)
    return replace(planned, product=_PLANNED.sub("", planned.product).strip(), year=year)


def _touched(
    layers: Sequence[Layer], changes: Sequence[Mapping[int, SiteChange]], scenario: Scenario
) -> frozenset[str]:
    """Return the minerals of all sites that change."""
    codes: set[str] = {plant.mineral for plant in scenario.plants}
    for layer, rows in zip(layers, changes, strict=True):
        if rows:
            sites = layer.with_(features=layer.features.take(list(rows)))
            codes |= frozenset().union(*select([sites], layer.role).minerals)
    return frozenset(codes)
