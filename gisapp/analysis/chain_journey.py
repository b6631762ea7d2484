"""The journey of one deposit's ore through the chain: the nearest right plant at each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from gisapp.analysis.chain import ChainQuery
from gisapp.analysis.chain_sites import (
    MAGNETS,
    METAL,
    MINING,
    SEPARATION,
    Site,
    Sites,
    Step,
    end_tonnes,
    factors,
    read_sites,
    unit_factor,
)
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.journey import JourneyMatrix
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import distance_km
from gisapp.model.layer import Layer
from gisapp.model.stoichiometry import ndpr_metal_per_oxide
from gisapp.model.vocabulary import Status

#: Routes that are asked for at once.
_AT_ONCE: Final = 4
#: No route is shorter than this part of its geodesic.
_SHORTEST: Final = 0.995


class Ways(Protocol):
    """What knows the ways of goods: a router."""

    def matrix(
        self, starts: Floats, ends: Floats, *, feedback: Feedback | None = None
    ) -> JourneyMatrix:
        """Return the journeys from places (n, 2) to places (m, 2), degrees."""
        ...


@dataclass(frozen=True)
class Stop:
    """A step of a journey.

    Parameters
    ----------
    site
        The plant; None where none fits.
    km
        From the stop before; NaN without one.
    tonnes
        What leaves it a year, in the step's unit; NaN unknown.
    capacity
        What the plant can make of it; NaN unknown.
    reason
        Why there is no plant, in a sentence; else "".
    """

    step: Step
    site: Site | None
    km: float
    tonnes: float
    capacity: float
    reason: str = ""


@dataclass(frozen=True)
class DepositChain:
    """The journey of one deposit.

    Parameters
    ----------
    inside
        With plants of the alliance alone; None where none was asked for.
    anywhere
        With all plants.
    contained
        NdPr oxide in the ore of a year; NaN for other minerals and unknown output.
    """

    deposit: Site
    inside: tuple[Stop, ...] | None
    anywhere: tuple[Stop, ...]
    contained: float

    @property
    def penalty_km(self) -> float:
        """How much longer the journey is with the alliance's plants; NaN where it does not end."""
        if self.inside is None:
            return float("nan")
        return total_km(self.inside) - total_km(self.anywhere)


def total_km(stops: Sequence[Stop]) -> float:
    """Return the length of a journey; NaN where it does not reach the last step."""
    return float(sum(stop.km for stop in stops[1:]))


def chain_of(
    deposit_id: str,
    query: ChainQuery,
    layers: Sequence[Layer],
    facts: Facts,
    *,
    ways: Ways | None = None,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> DepositChain:
    """Follow a deposit's ore to the nearest right plant at each step, in the alliance and out.

    A plant is right if it takes what comes and the chain can go on from what it makes. Plants are
    not shared with other deposits here: their capacity is shown beside what comes.

    Parameters
    ----------
    ways
        Gives the km along routes; without it they are geodesics.

    Raises
    ------
    GisappError
        `unknown_deposit` where the layers have no such deposit of the mineral; else as
        `chain.weakest_link`.
    """

    def read(statuses: frozenset[Status]) -> Sites:
        return read_sites(
            query.mineral,
            layers,
            facts,
            query.yields,
            by=query.by,
            statuses=statuses,
            as_of=query.as_of,
            added=query.added,
            jurisdictions=jurisdictions,
            feedback=feedback,
        )

    sites = read(query.statuses)
    deposit = _deposit(deposit_id, sites) or _deposit(deposit_id, read(frozenset(Status)))
    if deposit is None:
        raise GisappError(
            "unknown_deposit",
            f'No deposit "{deposit_id}" of this mineral is in the layers.',
            "Ids stand in the column id of the attribute table.",
        )
    if deposit.lonlat is None:
        raise GisappError("no_position", f"{deposit.name} has no position.", "Choose another one.")
    journey = _Journey(sites, query, ways, feedback)
    share = query.yields[deposit.share] if sites.is_magnets else float("nan")
    return DepositChain(
        deposit,
        inside=None if query.inside is None else journey.follow(deposit, query.inside),
        anywhere=journey.follow(deposit, None),
        contained=deposit.amount * share,
    )


def _deposit(deposit_id: str, sites: Sites) -> Site | None:
    found = (s for s in sites.sites if s.id == deposit_id and sites.steps[s.step].id == MINING)
    return next(found, None)


@dataclass(frozen=True)
class _Journey:
    """Follows ore from step to step."""

    sites: Sites
    query: ChainQuery
    ways: Ways | None
    feedback: Feedback | None

    def follow(self, deposit: Site, inside: frozenset[str] | None) -> tuple[Stop, ...]:
        """Return the stops, the deposit first; the last one has no site where the chain breaks."""
        steps = self.sites.steps
        right = self._leading_on(inside)
        made = self._made(deposit)
        stops = [Stop(steps[0], deposit, 0.0, made[0], deposit.amount)]
        here = deposit
        for i, step in enumerate(steps[1:], start=1):
            fitting = [s for s in right[i] if s.takes & here.makes]
            if not fitting:
                where = f" inside {self.query.title or 'the alliance'}" if inside else ""
                reason = f"No {step.plants} that take this are mapped{where}."
                stops.append(Stop(step, None, float("nan"), float("nan"), float("nan"), reason))
                break
            found, km = self._nearest(here, fitting)
            if found is None:
                reason = f"No way leads from {here.name} to any of the {step.plants}."
                stops.append(Stop(step, None, float("nan"), float("nan"), float("nan"), reason))
                break
            here = found
            stops.append(Stop(step, here, km, made[i], self._capacity(here)))
        return tuple(stops)

    def _leading_on(self, inside: frozenset[str] | None) -> list[list[Site]]:
        """Return the placed sites of each step from which the chain goes on as far as it can."""
        number = len(self.sites.steps)
        all_ = [
            [
                s
                for s in self.sites.sites
                if s.step == i and s.lonlat is not None and (inside is None or s.home in inside)
            ]
            for i in range(number)
        ]
        for i in range(number - 2, 0, -1):
            taken = {c for s in all_[i + 1] for c in s.takes}
            on = [s for s in all_[i] if s.makes & taken]
            all_[i] = on or all_[i]
        return all_

    def _nearest(self, start: Site, ends: Sequence[Site]) -> tuple[Site | None, float]:
        """Return the nearest of some plants and its km; None where no way leads to any.

        Routes are asked of the plants in the order of the geodesics, a few at a time, until no
        geodesic is short enough to lead to a shorter route.
        """
        here = np.array([start.lonlat], dtype=np.float64)
        there = np.array([s.lonlat for s in ends], dtype=np.float64)
        straight = np.asarray(distance_km(np.repeat(here, len(there), axis=0), there))
        order = np.argsort(straight, kind="stable")
        if self.ways is None:
            return ends[order[0]], float(straight[order[0]])
        best, least = None, float("inf")
        for first in range(0, len(order), _AT_ONCE):
            some = [i for i in order[first : first + _AT_ONCE] if straight[i] * _SHORTEST < least]
            if not some:
                break
            km = self.ways.matrix(here, there[some], feedback=self.feedback).km[0]
            if km.min() < least:
                best, least = ends[some[int(km.argmin())]], float(km.min())
        return best, least

    def _made(self, deposit: Site) -> list[float]:
        """Return what leaves each step of the deposit's ore, in the units of the steps."""
        yields, ore = self.query.yields, deposit.amount
        if not self.sites.is_magnets:
            return [ore, ore * factors(self.sites.mineral, yields)["mined"]]
        oxide = ore * yields[deposit.share] * yields["y_separation"]
        metal = oxide * ndpr_metal_per_oxide(yields["nd_of_ndpr"]) * yields["y_metal"]
        magnets = oxide * factors(self.sites.mineral, yields)["NdPr oxide"]
        by_step = {MINING: ore, SEPARATION: oxide, METAL: metal, MAGNETS: magnets}
        return [by_step[step.id] for step in self.sites.steps]

    def _capacity(self, site: Site) -> float:
        table = factors(self.sites.mineral, self.query.yields)
        own = end_tonnes(site, self.sites, self.query.yields, table)
        step = self.sites.steps[site.step]
        return own / unit_factor(step, self.sites, self.query.yields, table)
