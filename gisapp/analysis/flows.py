"""Ore to plants: who can place how much where, with an alliance and without, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from gisapp.analysis.allocation import Allocation, allocate
from gisapp.analysis.feedstock import Bools, FlowQuery, Gathered, gather
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.journey import Avoidance, JourneyMatrix, Measure, Travel
from gisapp.analysis.selection import Facilities
from gisapp.model.facts import Facts
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role


class Ways(Protocol):
    """Where journeys come from: `network.router.Router`, or what a test puts in its place."""

    def matrix(
        self,
        starts: Floats,
        ends: Floats,
        *,
        least: Measure = Measure.KM,
        travel: Travel = Travel.ANY,
        avoid: Avoidance = ...,
        feedback: Feedback | None = None,
    ) -> JourneyMatrix:
        """Return the least journeys from (n, 2) to (m, 2), lon, lat in degrees."""
        ...


@dataclass(frozen=True)
class Totals:
    """Sums over an allocation: tonnes of content a year, and of cargo times each measure.

    `km` and `days` are means of the placed tonnes, NaN where none is.
    """

    supply: float
    placed: float
    unplaced: float
    cargo_km: float
    usd: float
    co2_t: float
    km: float
    days: float


@dataclass(frozen=True, eq=False)
class Network:
    """Sites and plants with the journeys between them."""

    of: Gathered
    ways: JourneyMatrix

    @property
    def sites(self) -> Facilities:
        """Where ore comes from, n."""
        return self.of.sites

    @property
    def works(self) -> Facilities:
        """Where it may go, m."""
        return self.of.works

    def cost(self, least: Measure) -> Floats:
        """Return the cost of a tonne of content, shape (n, m); inf where it cannot go."""
        return np.where(self.of.fits, self.ways.of(least) * self.of.cargo, np.inf)


@dataclass(frozen=True, eq=False)
class FlowResult:
    """The answer.

    Parameters
    ----------
    free
        Everything may go everywhere.
    bound
        Only within; None where nothing restricts.
    ore, plants_inside
        What takes part in the restricted allocation, shapes (n,) and (m,).
    world, same, inside
        Sums of all ore and of the restricted one's ore in the free allocation, and of the
        restricted allocation.
    unplaced_low, unplaced_high
        Tonnes that find no place, of the allocation that is shown: with the plants without a
        figure taking all they can be sent, and with them taking nothing.
    works_unknown
        How many plants without a figure could take some of it.
    rows
        One line per flow of the restricted allocation where there is one, else of the free one.
    plants
        One line per plant.
    unplaced
        One line per country that has ore without a place.
    """

    query: FlowQuery
    network: Network
    free: Allocation
    bound: Allocation | None
    ore: Bools
    plants_inside: Bools
    world: Totals
    same: Totals
    inside: Totals | None
    unplaced_low: float
    unplaced_high: float
    works_unknown: int
    rows: pd.DataFrame
    plants: pd.DataFrame
    unplaced: pd.DataFrame
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def shown(self) -> Allocation:
        """The restricted allocation where there is one, else the free one."""
        return self.free if self.bound is None else self.bound


def flows(
    query: FlowQuery,
    layers: Sequence[Layer],
    facts: Facts,
    router: Ways,
    *,
    jurisdictions: JurisdictionIndex | None = None,
    feedback: Feedback | None = None,
) -> FlowResult:
    """Give ore to plants at the least cost, with the alliance and without.

    Raises
    ------
    GisappError
        `bad_query` where ore and plants cannot be set side by side, `no_figures` where no site or
        no plant has a figure, `unknown_mineral`, and what the router refuses.
    Cancelled
        If the feedback was cancelled.
    """
    if query.within is not None and not query.within:
        raise GisappError(
            "bad_query",
            f"{query.within_title or 'The alliance'} has no members at this date.",
            "Choose another alliance or date.",
        )
    gathered = gather(query, layers, facts, jurisdictions=jurisdictions, feedback=feedback)
    return solved(query, travelled(query, gathered, router, feedback), feedback)


def travelled(
    query: FlowQuery, gathered: Gathered, router: Ways, feedback: Feedback | None = None
) -> Network:
    """Return what was gathered with the journeys between."""
    if feedback is not None:
        feedback.check(0.1, "Ways from ore to plants")
    ways = router.matrix(
        gathered.sites.lonlat,
        gathered.works.lonlat,
        least=query.least,
        travel=query.travel,
        avoid=query.avoid,
        feedback=feedback,
    )
    return Network(gathered, ways)


def solved(query: FlowQuery, network: Network, feedback: Feedback | None = None) -> FlowResult:
    """Allocate with the restriction and without, and tell what comes of it."""
    of, cost = network.of, network.cost(query.least)
    free = _allocated(of, of.supply, cost, feedback)
    ore, inside = took_part(query, of.sites, origin=True), took_part(query, of.works)
    bound, supply, allowed = None, of.supply, cost
    if query.within is not None:
        supply = np.where(ore, of.supply, 0.0)
        allowed = np.where(inside[None, :], cost, np.inf)
        bound = _allocated(of, supply, allowed, feedback)
    shown = free if bound is None else bound
    more = of.unknown_fits & took_part(query, of.unknown_works)[None, :]
    return FlowResult(
        query=query,
        network=network,
        free=free,
        bound=bound,
        ore=ore,
        plants_inside=inside,
        world=totals(network, free),
        same=totals(network, free, ore),
        inside=None if bound is None else totals(network, bound, ore),
        unplaced_low=_unplaced_low(of, supply, allowed, more),
        unplaced_high=float(shown.unplaced.sum()),
        works_unknown=int(more[supply > 0].any(axis=0).sum()),
        rows=_rows(network, shown, inside),
        plants=_plants(of, free, bound, inside),
        unplaced=_unplaced(of, free, shown, ore),
        notes=(*_notes(query, of), *of.notes),
        sources=tuple(dict.fromkeys((*of.sites.layer_sources, *of.works.layer_sources))),
    )


def took_part(query: FlowQuery, sites: Facilities, *, origin: bool = False) -> Bools:
    """Return which plants, or places of origin, the restriction lets take part, shape (n,)."""
    taking = np.ones(len(sites), dtype=bool)
    if query.within is None:
        return taking
    members = sorted(query.within)
    if query.ore_inside if origin else query.plant_inside:
        taking &= np.isin(sites.country.astype(str), members)
    if query.owner_inside and not origin:
        taking &= np.isin(sites.owner_country.astype(str), members)
    return taking


def _unplaced_low(of: Gathered, supply: Floats, allowed: Floats, more: Bools) -> float:
    """Return what finds no place even if plants without a figure take all they can be sent.

    `more` says which of those take what from where, shape (n, q).
    """
    somewhere = more.any(axis=1)
    rest = np.where(somewhere, 0.0, supply)
    if not rest.any():
        return 0.0
    any_way = np.where(np.isfinite(allowed), 0.0, np.inf)
    return float(allocate(rest, of.capacity, any_way, product_per_feed=of.ratio).unplaced.sum())


def _allocated(of: Gathered, supply: Floats, cost: Floats, feedback: Feedback | None) -> Allocation:
    return allocate(supply, of.capacity, cost, product_per_feed=of.ratio, feedback=feedback)


def totals(network: Network, found: Allocation, ore: Bools | None = None) -> Totals:
    """Return the sums of an allocation, of some sources alone where a mask (n,) is given."""
    ore = np.ones(len(network.of.supply), dtype=bool) if ore is None else ore
    of = ore[found.source]
    i, j, tonnes = found.source[of], found.plant[of], found.tonnes[of]
    placed, ways = float(tonnes.sum()), network.ways
    supply = float(network.of.supply[ore].sum())

    def weighed(values: Floats) -> float:
        return float((values[i, j] * tonnes).sum())

    return Totals(
        supply=supply,
        placed=placed,
        unplaced=max(supply - placed, 0.0),
        cargo_km=weighed(ways.km) * network.of.cargo,
        usd=weighed(ways.usd_t) * network.of.cargo,
        co2_t=weighed(ways.kg_co2_t) * network.of.cargo / 1000.0,
        km=weighed(ways.km) / placed if placed else float("nan"),
        days=weighed(ways.days) / placed if placed else float("nan"),
    )


def _rows(network: Network, found: Allocation, inside: Bools) -> pd.DataFrame:
    i, j, ways = found.source, found.plant, network.ways
    table = pd.DataFrame(
        {
            "source_id": network.sites.id[i],
            "source_name": network.sites.name[i],
            "source_country": network.sites.country[i],
            "plant_id": network.works.id[j],
            "plant_name": network.works.name[j],
            "plant_country": network.works.country[j],
            "inside": inside[j],
            "tonnes": found.tonnes,
            "cargo_tonnes": found.tonnes * network.of.cargo,
            "km": ways.km[i, j],
            "days": ways.days[i, j],
            "usd_t": ways.usd_t[i, j],
            "kg_co2_t": ways.kg_co2_t[i, j],
            "assumed_km": ways.assumed_km[i, j],
            "source_row": i,
            "plant_row": j,
        }
    )
    return table.sort_values("tonnes", ascending=False, kind="stable", ignore_index=True)


def _plants(
    of: Gathered, free: Allocation, bound: Allocation | None, inside: Bools
) -> pd.DataFrame:
    shown = free if bound is None else bound
    share = np.divide(
        shown.used, of.capacity, out=np.zeros(len(of.capacity)), where=of.capacity > 0
    )
    table = pd.DataFrame(
        {
            "plant_id": of.works.id,
            "plant_name": of.works.name,
            "plant_country": of.works.country,
            "inside": inside,
            "capacity": of.capacity,
            "used": shown.used,
            "used_share": share,
            "used_free": free.used,
            "value": shown.value_of_capacity,
            "places": shown.placed_by_capacity,
        }
    )
    if bound is not None:
        table = table[inside]
    order = ["places", "value", "used"]
    return table.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def _unplaced(of: Gathered, free: Allocation, shown: Allocation, ore: Bools) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "country": of.sites.country[ore],
            "supply": of.supply[ore],
            "unplaced": shown.unplaced[ore],
            "unplaced_free": free.unplaced[ore],
        }
    )
    sums = table.groupby("country", as_index=False).sum()
    left = sums[(sums["unplaced"] > 0) | (sums["unplaced_free"] > 0)]
    return left.sort_values("unplaced", ascending=False, kind="stable", ignore_index=True)


def _notes(query: FlowQuery, of: Gathered) -> list[str]:
    least = f"{query.least.label[0].lower()}{query.least.label[1:]}"
    optimum = (
        f"As many tonnes as can be placed are, at the least {least}: an optimum, not what is "
        "contracted."
    )
    lines = [f"Tonnes are {of.unit}; plants are counted in {of.product_unit}.", optimum]
    word = "site" if query.to is Role.MAGNET_PLANT else "mine"
    silent = of.unknown_works.name[of.unknown_fits.any(axis=0)]  # what takes no ore is no loss
    for names, what in ((of.unknown_sites.name, word), (silent, "plant")):
        if len(names):
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            count = f"{len(names)} {what}{'' if len(names) == 1 else 's'}"
            named = ", ".join(names[:5].tolist())
            lines.append(f"Not counted, without a figure or a position: {count} ({named}{more}).")
    nowhere = int((~of.fits.any(axis=1)).sum())
    if nowhere:
        lines.append(f"No plant with a figure takes what {nowhere} of {len(of.sites)} sites ship.")
    return lines
