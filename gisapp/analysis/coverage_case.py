"""One mineral and stage of a coverage query: who supplies it, and who controls it where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from gisapp.analysis.concentration import Bounds
from gisapp.analysis.crossing import CROSSED, Crossing, crossed
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.quantity import figures
from gisapp.analysis.selection import Facilities, select
from gisapp.analysis.site_supply import capacity, counted, reallocated, traced
from gisapp.analysis.supply import Supply, national, reserves, world_notes
from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import (
    PARENT,
    ROLE_OF_STAGE,
    Basis,
    Stage,
    Status,
    Weight,
    family,
)

#: Minerals that are won beside others: their output is counted where they are refined.
BY_PRODUCTS: Final = frozenset(
    {"gallium", "germanium", "magnesium", "indium", "tellurium", "bismuth"}
)
_EQUITY: Final = (
    "Equity counts to the home of each company that the owner column names (table of companies, "
    "partly from memory), not of its shareholders; what it does not tell is unknown."
)
AllianceSet = tuple[str, str, frozenset[str]]


@dataclass(frozen=True)
class CoverageQuery:
    """What is asked.

    Parameters
    ----------
    alliances
        Id, title and the jurisdictions of each at the date.
    minerals, stages
        One row comes of every combination with every alliance.
    by
        By the site's jurisdiction, the controlling owner's, the exchange's, or by the share of
        every owner; or what is inside and foreign-controlled, or outside and controlled from
        inside.
    weight
        Production: national output. Capacity: the sites' figures. Count: the number of sites.
        Reserves: national reserves, of mining alone and by location.
    as_of
        Sites that start later and figures of later years do not count.
    statuses
        Of the sites; operating alone by default.
    figures_to
        The last year whose figures of sites count, where it is not that of `as_of`.
    """

    alliances: tuple[AllianceSet, ...]
    minerals: tuple[str, ...]
    stages: tuple[Stage, ...] = tuple(Stage)
    by: Basis = Basis.LOCATION
    weight: Weight = Weight.PRODUCTION
    as_of: date | None = None
    statuses: frozenset[Status] = frozenset({Status.OPERATING})
    figures_to: int | None = None


@dataclass
class CoverageCase:
    """One mineral and stage of a query; the sites are selected once, and only where needed."""

    query: CoverageQuery
    mineral: str
    stage: Stage
    layers: Sequence[Layer]
    facts: Facts
    jurisdictions: JurisdictionIndex | None
    feedback: Feedback | None

    @cached_property
    def sites(self) -> Facilities:
        """The sites that count."""
        return select(
            self.layers,
            ROLE_OF_STAGE[self.stage],
            mineral=self.mineral,
            statuses=self.query.statuses,
            as_of=self.query.as_of,
            facts=self.facts,
            jurisdictions=self.jurisdictions,
            feedback=self.feedback,
        )

    @cached_property
    def last_year(self) -> int | None:
        """The last year whose national tables count."""
        return None if self.query.as_of is None else self.query.as_of.year

    @property
    def figures_to(self) -> int | None:
        """The last year whose figures of sites count."""
        return self.last_year if self.query.figures_to is None else self.query.figures_to

    @cached_property
    def by_location(self) -> Supply | str:
        """The supply by location, or a sentence on why it is not known."""
        return self._supply(Basis.LOCATION)

    def supply(self) -> Supply | str:
        """Return the supply by the query's basis, or a sentence on why that is not known.

        By the two crossed bases this is the supply by location.
        """
        by = self.query.by
        if by in {Basis.LOCATION, *CROSSED}:
            return self.by_location
        found = self._supply(by)
        if by is not Basis.EQUITY or isinstance(found, str):
            return found
        return replace(found, notes=(*found.notes, _EQUITY))

    def _supply(self, by: Basis) -> Supply | str:
        mineral, stage, facts, weight = self.mineral, self.stage, self.facts, self.query.weight
        if weight is Weight.RESERVES:
            return self._reserves(by)
        if weight is Weight.PRODUCTION:
            table = national(facts.production, mineral, stage, last_year=self.last_year)
            if table is None:
                return _why_no_table(mineral, stage)
            table = replace(table, notes=(*table.notes, *world_notes(facts, mineral, stage, table)))
            if by is Basis.LOCATION:
                return table
            return self._reallocated(table, by)
        if not len(self.sites):
            return "No operating site of this mineral and stage is in the layers."
        if weight is Weight.COUNT:
            return counted(self.sites, facts, by, self.last_year)
        found = capacity(self.sites, facts, mineral, stage, by=by, last_year=self.figures_to)
        sites = len(self.sites)
        return found or f"None of the {sites} sites in the layers has a figure in a fit unit."

    def _reallocated(self, table: Supply, by: Basis, *, extend: bool = False) -> Supply:
        return reallocated(
            table, self.sites, self.facts, self.mineral, self.stage, by=by, extend=extend
        )

    def like_mapped(self, inside: frozenset[str]) -> Bounds | None:
        """Return the share if what is not mapped were held as what is; None where not traced."""
        by, table = self.query.by, self.by_location
        traceable = by in {Basis.CONTROL, Basis.EQUITY, Basis.LISTING}
        if not traceable or self.query.weight is not Weight.PRODUCTION or isinstance(table, str):
            return None
        found = self._reallocated(table, by, extend=True)
        return found.share(inside) if found.known else None

    def _reserves(self, by: Basis) -> Supply | str:
        if self.stage is not Stage.MINING:
            return "Reserves are in the ground: ask for mining."
        if by is not Basis.LOCATION:
            return "Reserves are published by country and not by owner: ask by location."
        found = reserves(self.facts, self.mineral)
        return found or "No reserves are published by country."

    def crossing(self) -> Crossing | None:
        """Return places against owners; None where that cannot be told."""
        supply, weight = self.by_location, self.query.weight
        if isinstance(supply, str) or weight is Weight.RESERVES:
            return None
        tonnes: np.ndarray | None = np.ones(len(self.sites))
        if weight is Weight.CAPACITY:
            tonnes, _ = figures(
                self.sites, self.mineral, self.stage, self.facts.quantities, self.figures_to
            )
        elif weight is Weight.PRODUCTION:
            tonnes = traced(supply, self.sites, self.facts, self.mineral, self.stage)
        return None if tonnes is None else crossed(supply, self.sites, tonnes)


def _why_no_table(mineral: str, stage: Stage) -> str:
    if stage is Stage.MAGNETS and mineral not in family("rare_earths"):
        return "Magnets are counted for rare earths alone."
    if mineral in BY_PRODUCTS and stage is Stage.MINING:
        return "No mine output is published: won beside other metals, it is counted when refined."
    if mineral in PARENT and mineral not in {"platinum", "palladium"}:
        parent = PARENT[mineral].replace("_", " ")
        return f"National output is published for {parent} together."
    return "No national output is published for this stage: ask by capacity or count."
