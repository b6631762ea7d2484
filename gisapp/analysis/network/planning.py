"""Which ports a journey is the least over: the land side, the sea side, and both joined."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network.berths import Berth, Kept, SeaWays, Side, Terms
from gisapp.analysis.network.coefficients import Coefficients, Rates
from gisapp.analysis.network.joining import Ints, Land, join
from gisapp.analysis.network.journey import Avoidance, Mode, Travel
from gisapp.analysis.network.land import LandMode, LandNetwork
from gisapp.analysis.network.ports import Ports
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.analysis.network.seaside import SeaSide
from gisapp.analysis.network.tables import Table
from gisapp.analysis.network.ways import Shipped
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import MEAN_RADIUS_KM, distance_km, unit_vectors

#: A change between road and rail takes at least what so much road does, so that it is counted.
_STEP_KM: Final = 0.05
#: Nearer than this a place is the port itself, and no way by land lies between.
AT_PORT_KM: Final = 1.5
#: A place without a way to a port loads at the shore; its country is the nearest port's.
_COUNTRY_KM: Final = 400.0
#: Ways by land that take more than so much road are looked for only where ports are farther.
_FAR_KM: Final = 8000.0
#: No way by sea is shorter than this share of the sphere's great circle.
_STRAIGHT: Final = 0.99


@dataclass(frozen=True, eq=False)
class Plan:
    """The least journeys between n places and m others.

    Parameters
    ----------
    cost
        With loading; infinite where no journey leads; shape (n, m).
    load, discharge
        Places in `berths`, -1 where the journey goes by land alone or not at all; shape (n, m).
    """

    cost: Floats
    load: Ints
    discharge: Ints
    berths: tuple[Berth, ...]
    start: Side
    end: Side
    sea: SeaWays
    direct: Land


class Planner:
    """Plans over a sea network, a land network and ports.

    `cache` is the folder in which answers of the networks are kept, None keeps them in memory;
    `digests` stand for the content of each network; `shipped` holds answers that need no search.
    """

    def __init__(
        self,
        sea: SeaNetwork,
        land: LandNetwork,
        ports: Ports,
        table: Coefficients,
        *,
        cache: Path | None,
        digests: Mapping[str, str],
        shipped: Shipped | None = None,
    ) -> None:
        self.land, self.ports = land, ports
        self.kept = Kept(cache, digests, shipped)
        self.by_sea = SeaSide(sea, self.kept)
        self.reckon(table)

    def costing(self, table: Coefficients) -> Planner:
        """Return a planner with other costs that shares all that is kept."""
        other = copy(self)
        other.reckon(table)
        return other

    def reckon(self, table: Coefficients) -> None:
        """Take what hangs on costs from a table."""
        self._factor, self._beyond_km = table["hinterland.factor"], table["hinterland.km"]
        self._most_km = table["land.most_km"]
        self._limit_km = max(self._most_km, self._beyond_km, _FAR_KM)

    def plan(self, starts: Floats, ends: Floats, terms: Terms, feedback: Feedback) -> Plan:
        """Return the least journeys; see `Plan`. Places in degrees, (n, 2) and (m, 2)."""
        rates, travel = terms.rates, terms.travel
        n, m = len(starts), len(ends)
        direct = Land.none(n, m)
        if travel is not Travel.SEA:
            direct = self.by_land(starts, ends, terms, feedback)
            direct.cost[direct.cost > self._most_km * rates.km[Mode.ROAD]] = np.inf
        cost = direct.cost + 2.0 * rates.load
        load, discharge = (np.full((n, m), -1, dtype=np.int64) for _ in range(2))
        if travel is Travel.LAND:
            none = Side(Land.none(0, 0), np.zeros((0, 0), dtype=np.bool_))
            return Plan(cost, load, discharge, (), none, none, SeaWays.none(0), direct)
        places, which = np.unique(np.concatenate([starts, ends]), axis=0, return_inverse=True)
        which = which.reshape(-1)
        berths, side = self.sides(places, terms, feedback)
        start, end = side.of(which[:n]), side.of(which[n:])
        needed = self._needed(berths, start, end, cost, terms=terms, feedback=feedback)
        berths = tuple(berths[k] for k in needed)
        start, end = start.over(needed), end.over(needed)
        sea = self.by_sea.ways(berths, terms, feedback)
        joined = join(start.cost(rates), sea.cost, end.cost(rates))
        shipped = joined.cost < cost
        return Plan(
            np.where(shipped, joined.cost, cost),
            np.where(shipped, joined.load, -1),
            np.where(shipped, joined.discharge, -1),
            berths,
            start,
            end,
            sea,
            direct,
        )

    def at_sea(self, start: Floats, end: Floats, terms: Terms) -> Plan:
        """Return the plan of one journey by sea, places (1, 2), without asking how far it is."""
        berths, side = self._shores(np.concatenate([start, end]), np.arange(2), terms)
        sides = side.of(np.array([0])), side.of(np.array([1]))
        led = np.isfinite(side.land.cost[[0, 1], [0, 1]]).all()
        cost = np.full((1, 1), 0.0 if led else np.inf)
        load, discharge = np.array([[0]]), np.array([[1]])
        return Plan(cost, load, discharge, berths, *sides, SeaWays.none(2), Land.none(1, 1))

    def _needed(
        self,
        berths: tuple[Berth, ...],
        start: Side,
        end: Side,
        by_land: Floats,
        *,
        terms: Terms,
        feedback: Feedback,
    ) -> Ints:
        """Return the berths that a least journey may lead over, so that few are asked of the sea.

        The way over the berths nearest to both ends is a journey; a berth from which even a
        straight line at sea takes more is none for this pair.
        """
        rates = terms.rates
        a, b = start.cost(rates), end.cost(rates)
        if not a.size or not b.size:
            return np.arange(len(berths))
        near = np.unique(np.concatenate([a.argmin(axis=1), b.argmin(axis=1)]))
        ways = self.by_sea.ways(tuple(berths[k] for k in near), terms, feedback)
        most = np.minimum(join(a[:, near], ways.cost, b[:, near]).cost, by_land)
        vectors = unit_vectors(np.array([berth.lonlat for berth in berths]))
        inland = np.array([berth.inland_km for berth in berths])
        straight = np.arccos(np.clip(vectors @ vectors.T, -1.0, 1.0)) * MEAN_RADIUS_KM
        straight = np.maximum(_STRAIGHT * straight - inland[:, None] - inland, 0.0)
        least = rates.km[Mode.SEA] * straight + 2.0 * rates.port
        needed = np.zeros(len(berths), dtype=np.bool_)
        for one, other, bound in ((a, b, most), (b, a, most.T)):
            onward = join(np.where(np.eye(len(berths)) > 0, 0.0, np.inf), least, other).cost
            for k in range(len(berths)):
                rows = np.flatnonzero(np.isfinite(one[:, k]))
                over = one[rows, k][:, None] + onward[k]
                needed[k] |= bool((over <= bound[rows]).any())
        return np.flatnonzero(needed)

    # -- land ----------------------------------------------------------------------------------

    def by_land(self, starts: Floats, ends: Floats, terms: Terms, feedback: Feedback) -> Land:
        """Return ways by land alone, without loading."""
        return _as_land(self.land_table(terms).between(starts, ends, feedback), terms.rates)

    def _to_ports(self, places: Floats, terms: Terms, feedback: Feedback) -> Land:
        """Return ways by land to all main ports."""
        return _as_land(self.land_table(terms).to_fixed(places, feedback), terms.rates)

    def land_table(self, terms: Terms) -> Table:
        """Return the ways by land between places and to the main ports; see `_asked`."""

        def ask(starts: Floats, ends: Floats, feedback: Feedback) -> npt.NDArray[np.float32]:
            found = self._asked(starts, ends, terms, self._limit_km, feedback=feedback)
            if len(fixed) and np.array_equal(ends[: len(fixed)], fixed):
                near = _as_land(found[:, :, : len(fixed)], terms.rates).cost
                reach = self._reach(near.min(axis=1, initial=np.inf), terms.rates)
                far = reach > self._limit_km * terms.rates.km[Mode.ROAD]
                if far.any():
                    found[:, far] = self._asked(starts[far], ends, terms, np.inf, feedback=feedback)
            return found

        fixed = self.ports.lonlat[self.ports.main]
        content = self.land_content(terms)
        file = self.kept.file("land", content)
        return self.kept.get(
            ("land", content), lambda: Table(ask, fixed, file, self.kept.base("land", content))
        )

    def land_content(self, terms: Terms) -> Hashable:
        """Return what the ways by land to ports hang on, besides the networks."""
        hinterland = (self._factor, self._beyond_km, self._limit_km)
        return (terms.land, hinterland, self.ports.lonlat[self.ports.main].tobytes())

    def _asked(
        self, starts: Floats, ends: Floats, terms: Terms, limit_km: float, *, feedback: Feedback
    ) -> npt.NDArray[np.float32]:
        """Return road km, rail km, borders, changes and assumed km; the first inf for no way."""
        rates = terms.rates
        found = self.land.costs(
            starts,
            ends,
            weights=weights(rates),
            avoid_countries=terms.avoid.countries,
            border_cost=rates.border,
            transfer_cost=transfer(rates),
            limit=limit_km * rates.km[Mode.ROAD],
            feedback=feedback,
        )
        known = np.isfinite(found.cost)
        cost, road, rail, borders, assumed = (
            np.where(known, x, 0.0)
            for x in (found.cost, found.road_km, found.rail_km, found.borders, found.assumed_km)
        )
        rest = cost - rates.km[Mode.ROAD] * road - rates.km[Mode.RAIL] * rail
        changes = np.maximum(np.round((rest - rates.border * borders) / transfer(rates)), 0.0)
        return np.array(
            [np.where(known, road, np.inf), rail, borders, changes, assumed], dtype=np.float32
        )

    def sides(
        self, places: Floats, terms: Terms, feedback: Feedback
    ) -> tuple[tuple[Berth, ...], Side]:
        """Return the berths in use, and how each place reaches them."""
        if terms.travel is Travel.SEA:
            return self._shores(places, np.arange(len(places)), terms)
        main, own = self.ports.main, [self._port_at(place) for place in places]
        land = self._to_ports(places, terms, feedback)
        near = self.in_hinterland(places, terms, feedback)
        land.cost[~near] = np.inf
        extra = np.array(sorted({port for port in own if port >= 0} - set(main.tolist())))
        extra = extra.astype(np.int64)
        land = land.beside(Land.none(len(places), len(extra)))
        numbers = np.concatenate([main, extra])
        at = numbers == np.array(own)[:, None]
        land = land.map(lambda values: np.where(at, 0.0, values))
        land.cost[:, np.isin(self.ports.country[numbers], sorted(terms.avoid.countries))] = np.inf
        used = np.flatnonzero(np.isfinite(land.cost).any(axis=0))
        berths = tuple(self._berth(int(number)) for number in numbers[used])
        land, at = land.map(lambda values: values[:, used]), at[:, used]
        # whatever is avoided: or avoiding would open a way
        alone = np.flatnonzero(~near.any(axis=1) & (np.array(own) < 0))
        shores, reach = self._shores(places, alone, terms)
        return (*berths, *shores), Side(land.beside(reach.land), np.hstack([at, reach.at_berth]))

    def in_hinterland(
        self, places: Floats, terms: Terms, feedback: Feedback
    ) -> npt.NDArray[np.bool_]:
        """Say which main ports goods of a place may go to, (n, p).

        Those that are not much farther than the nearest: else the least journey from Kolwezi to
        Rotterdam would go by lorry through the Sudan. It hangs on the place alone, not on what is
        avoided, so that avoiding something never opens a shorter way.
        """
        free = replace(terms, avoid=Avoidance())
        land = self._to_ports(places, free, feedback)
        nearest = land.cost.min(axis=1, initial=np.inf, keepdims=True)
        reach = self._reach(nearest, terms.rates)
        return np.asarray(np.isfinite(land.cost) & (land.cost <= reach), dtype=np.bool_)

    def _reach(self, nearest: Floats, rates: Rates) -> Floats:
        """Return what the way to a port may take, given what it takes to the nearest one."""
        return self._factor * nearest + rates.km[Mode.ROAD] * self._beyond_km

    def _shores(self, places: Floats, rows: Ints, terms: Terms) -> tuple[tuple[Berth, ...], Side]:
        """Return the shores off some of the places, which only the place itself reaches."""
        land = Land.none(len(places), len(rows))
        at = np.zeros(land.cost.shape, dtype=np.bool_)
        berths = []
        for column, row in enumerate(rows):
            place, name, country, inland = places[row], "the shore", "", 0.0
            port = self.ports.near(place, _COUNTRY_KM)
            if len(port):
                country = str(self.ports.country[port[0]])
            if self.by_sea.afloat(place) and country not in terms.avoid.countries:
                if len(port) and distance_km(place, self.ports.lonlat[port[0]])[0] <= AT_PORT_KM:
                    name = self.ports.all[port[0]].name
                else:
                    inland, _ = self.by_sea.to_shore(place)
                land.cost[row, column] = terms.rates.km[Mode.ROAD] * inland
                land.road_km[row, column] = land.assumed_km[row, column] = inland
                at[row, column] = inland == 0.0
            berths.append(Berth(-1, name, country, place, inland))
        return tuple(berths), Side(land, at)

    def _port_at(self, place: Floats) -> int:
        """Return the number of the port that a place is, -1 for none."""
        near = self.ports.near(place, AT_PORT_KM)
        return int(near[0]) if len(near) and self.by_sea.afloat(self.ports.lonlat[near[0]]) else -1

    def _berth(self, number: int) -> Berth:
        port = self.ports.all[number]
        return Berth(number, port.name, port.country, self.ports.lonlat[number])


def weights(rates: Rates) -> dict[LandMode, float]:
    """Return what a km takes, as the land network wants it."""
    return {LandMode.ROAD: rates.km[Mode.ROAD], LandMode.RAIL: rates.km[Mode.RAIL]}


def transfer(rates: Rates) -> float:
    """Return what a change between road and rail takes: never nothing, so that it is counted."""
    return max(rates.transfer, _STEP_KM * rates.km[Mode.ROAD])


def _as_land(figures: npt.NDArray[np.float32], rates: Rates) -> Land:
    road, rail, borders, changes, assumed = figures.astype(np.float64)
    known = np.isfinite(road)
    cost = np.where(known, road, 0.0) * rates.km[Mode.ROAD] + rail * rates.km[Mode.RAIL]
    cost += borders * rates.border + changes * transfer(rates)
    road = np.where(known, road, 0.0)
    return Land(np.where(known, cost, np.inf), road, rail, borders, changes, assumed)
