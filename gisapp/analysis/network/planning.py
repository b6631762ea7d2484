"""Which ports a journey is the least over: the land side, the sea side, and both joined."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network.coefficients import CANALS, Coefficients, Rates
from gisapp.analysis.network.joining import Ints, Land, join
from gisapp.analysis.network.journey import Avoidance, Mode, Travel
from gisapp.analysis.network.land import LandMode, LandNetwork
from gisapp.analysis.network.ports import Bools, Ports
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.analysis.network.tables import Table
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import distance_km

Bits = npt.NDArray[np.uint64]
T = TypeVar("T")

#: A change between road and rail takes at least what so much road does, so that it is counted.
_STEP_KM: Final = 0.05
#: Nearer than this a place is the port itself, and no way by land lies between.
AT_PORT_KM: Final = 1.5
#: A place without a way to a port loads at the shore; its country is the nearest port's.
_COUNTRY_KM: Final = 400.0
#: Ports of the list farther from the coast are on rivers and lakes.
_COAST_KM: Final = 50.0
#: So many answers of the networks are kept in memory.
_KEPT: Final = 24


@dataclass(frozen=True)
class Terms:
    """What a journey is the least of, by what it goes, and what it keeps away from."""

    rates: Rates
    travel: Travel
    avoid: Avoidance

    @property
    def land(self) -> Hashable:
        """What ways by land hang on."""
        km, avoided = self.rates.km, self.avoid.countries
        return km[Mode.ROAD], km[Mode.RAIL], self.rates.transfer, self.rates.border, avoided


@dataclass(frozen=True, eq=False)
class Berth:
    """Where a ship loads or discharges.

    `number` is the port's in the list, -1 for the shore off a place that reaches no port;
    `inland_km` is how far that shore is from the place.
    """

    number: int
    name: str
    country: str
    lonlat: Floats
    inland_km: float = 0.0


@dataclass(frozen=True, eq=False)
class Side:
    """Places and what reaches which berth: `land` and `at_berth` are (n, p)."""

    land: Land
    at_berth: Bools

    def of(self, rows: Ints) -> Side:
        """Return the side of some of the places."""
        return Side(self.land.map(lambda values: values[rows]), self.at_berth[rows])

    def cost(self, rates: Rates) -> Floats:
        """Return what it takes to a berth, loading included; nothing for a place at it."""
        return np.where(self.at_berth, 0.0, self.land.cost + rates.load)


@dataclass(frozen=True, eq=False)
class SeaWays:
    """Ways between berths, (p, p): what is the least, km, and bits of passages."""

    cost: Floats
    km: Floats
    bits: Bits

    @classmethod
    def none(cls, count: int) -> SeaWays:
        """Return no ways at all."""
        shape = (count, count)
        return cls(np.full(shape, np.inf), np.full(shape, np.inf), np.zeros(shape, np.uint64))

    def or_less(self, other: SeaWays) -> SeaWays:
        """Return, of each pair's two ways, the one that takes less."""
        less = other.cost < self.cost
        return SeaWays(
            np.where(less, other.cost, self.cost),
            np.where(less, other.km, self.km),
            np.where(less, other.bits, self.bits),
        )


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
    `digest` stands for the content of the networks.
    """

    def __init__(
        self,
        sea: SeaNetwork,
        land: LandNetwork,
        ports: Ports,
        table: Coefficients,
        *,
        cache: Path | None,
        digest: str,
    ) -> None:
        self._digest = digest
        self._factor, self._beyond_km = table["hinterland.factor"], table["hinterland.km"]
        self.sea, self.land, self.ports = sea, land, ports
        self._cache = cache
        self._most_km = table["land.most_km"]
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._afloat: dict[tuple[float, float], bool] = {}

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
        berths, side = self._sides(places, terms, feedback)
        sea = self._sea_ways(berths, terms, feedback)
        start, end = side.of(which[:n]), side.of(which[n:])
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

    # -- land ----------------------------------------------------------------------------------

    def by_land(self, starts: Floats, ends: Floats, terms: Terms, feedback: Feedback) -> Land:
        """Return ways by land alone, without loading."""
        return _as_land(self._land_table(terms).between(starts, ends, feedback), terms.rates)

    def _to_ports(self, places: Floats, terms: Terms, feedback: Feedback) -> Land:
        """Return ways by land to all main ports."""
        return _as_land(self._land_table(terms).to_fixed(places, feedback), terms.rates)

    def _land_table(self, terms: Terms) -> Table:
        def ask(starts: Floats, ends: Floats, feedback: Feedback) -> npt.NDArray[np.float32]:
            return self._asked(starts, ends, terms, feedback)

        key = ("land", terms.land)
        fixed = self.ports.lonlat[self._main()]
        file = self._file("land", (self._digest, terms.land, fixed.tobytes()))
        return self._keep(key, lambda: Table(ask, fixed, file))

    def _asked(
        self, starts: Floats, ends: Floats, terms: Terms, feedback: Feedback
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

    def _sides(
        self, places: Floats, terms: Terms, feedback: Feedback
    ) -> tuple[tuple[Berth, ...], Side]:
        """Return the berths in use, and how each place reaches them."""
        if terms.travel is Travel.SEA:
            return self._shores(places, np.arange(len(places)), terms)
        main, own = self._main(), [self._port_at(place) for place in places]
        land = self._to_ports(places, terms, feedback)
        near = self._in_hinterland(places, terms, feedback)
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

    def _in_hinterland(
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
        far = self._factor * nearest + terms.rates.km[Mode.ROAD] * self._beyond_km
        return np.asarray(np.isfinite(land.cost) & (land.cost <= far), dtype=np.bool_)

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
            if self.afloat(place) and country not in terms.avoid.countries:
                if len(port) and distance_km(place, self.ports.lonlat[port[0]])[0] <= AT_PORT_KM:
                    name = self.ports.all[port[0]].name
                else:
                    inland = self._inland_km(place)
                land.cost[row, column] = terms.rates.km[Mode.ROAD] * inland
                land.road_km[row, column] = land.assumed_km[row, column] = inland
                at[row, column] = inland == 0.0
            berths.append(Berth(-1, name, country, place, inland))
        return tuple(berths), Side(land, at)

    def _port_at(self, place: Floats) -> int:
        """Return the number of the port that a place is, -1 for none."""
        near = self.ports.near(place, AT_PORT_KM)
        return int(near[0]) if len(near) and self._reached(int(near[0])) else -1

    def _reached(self, number: int) -> bool:
        """Say whether the sea network reaches a port; only those inland may lie beyond it."""
        place = self.ports.lonlat[number]
        return bool(self.ports.coast_km[number] <= _COAST_KM) or self.afloat(place)

    def _main(self) -> Ints:
        """Return the numbers of the main ports that the sea network reaches."""
        main = self.ports.main
        return self._keep(
            ("main",), lambda: main[np.array([self._reached(int(k)) for k in main], dtype=bool)]
        )

    def _berth(self, number: int) -> Berth:
        port = self.ports.all[number]
        return Berth(number, port.name, port.country, self.ports.lonlat[number])

    def afloat(self, place: Floats) -> bool:
        """Say whether the sea network reaches a place (2,)."""
        key = (float(place[0]), float(place[1]))
        if key not in self._afloat:
            try:
                self.sea.route(place, place)
                self._afloat[key] = True
            except GisappError as error:
                if error.code not in {"not_at_sea", "inland"}:
                    raise
                self._afloat[key] = False
        return self._afloat[key]

    def _inland_km(self, place: Floats) -> float:
        """Return how far the shore is from a place, as its ways by sea count it."""
        port = self._main()[0]
        return float(self.sea.route(place, self.ports.lonlat[port]).offsets_km[0])

    def to_shore(self, place: Floats) -> Floats:
        """Return the straight path from a place on land to the shore, degrees, (2, 2)."""
        port = self._main()[0]
        path: Floats = self.sea.route(place, self.ports.lonlat[port]).path[:2]
        return path

    # -- sea -----------------------------------------------------------------------------------

    def _sea_ways(self, berths: tuple[Berth, ...], terms: Terms, feedback: Feedback) -> SeaWays:
        """Return the least ways by sea between berths, with both ports and the canals' fees."""
        rates, best = terms.rates, SeaWays.none(len(berths))
        for shut in self.shut(rates, terms.avoid):
            km, bits = self._sea_km(berths, shut, terms.avoid, feedback)
            cost = rates.km[Mode.SEA] * km + 2.0 * rates.port + self.fees(bits, rates)
            best = best.or_less(SeaWays(cost, km, bits))
        np.fill_diagonal(best.cost, np.inf)
        return best

    def shut(self, rates: Rates, avoid: Avoidance) -> list[frozenset[str]]:
        """Return the sets of canals that ways may leave alone because they take a fee."""
        dear = [canal for canal in CANALS if rates.canal[canal] > 0 and canal not in avoid.passages]
        return [
            frozenset(some) for size in range(len(dear) + 1) for some in combinations(dear, size)
        ]

    def fees(self, bits: Bits, rates: Rates) -> Floats:
        """Return what the canals take on ways with these passages, shape kept."""
        fees = np.zeros(bits.shape)
        for i, passage in enumerate(self.sea.passages):
            if passage.id in rates.canal:
                fees += np.where(bits >> np.uint64(i) & np.uint64(1), rates.canal[passage.id], 0.0)
        return fees

    def _sea_km(
        self,
        berths: tuple[Berth, ...],
        shut: frozenset[str],
        avoid: Avoidance,
        feedback: Feedback,
    ) -> tuple[Floats, Bits]:
        """Return km and passages between berths."""
        closed = avoid.passages | shut
        wet = np.flatnonzero([b.number >= 0 or self.afloat(b.lonlat) for b in berths])
        km = np.full((len(berths), len(berths)), np.inf)
        bits = np.zeros(km.shape, dtype=np.uint64)
        if len(wet):
            lonlat = np.array([berths[k].lonlat for k in wet])
            found = self._sea_table(closed, avoid.opened).between(lonlat, lonlat, feedback)
            km[np.ix_(wet, wet)], bits[np.ix_(wet, wet)] = found[0], found[1].astype(np.uint64)
        inland = np.array([berth.inland_km for berth in berths])
        return np.maximum(km - inland[:, None] - inland, 0.0), bits

    def _sea_table(self, closed: frozenset[str], opened: frozenset[str]) -> Table:
        def ask(starts: Floats, ends: Floats, feedback: Feedback) -> Floats:
            found = self.sea.matrix(starts, ends, closed=closed, opened=opened, feedback=feedback)
            # some forty passages: a float holds their bits exactly
            return np.array([found.km, found.passages.astype(np.float64)])

        key = ("sea", tuple(sorted(closed)), tuple(sorted(opened)))
        file = self._file("sea", (self._digest, *key))
        return self._keep(key, lambda: Table(ask, np.empty((0, 2)), file))

    def _file(self, name: str, content: Hashable) -> Path | None:
        if self._cache is None:
            return None
        digest = hashlib.sha256(repr(content).encode()).hexdigest()[:32]
        return self._cache / f"{name}-{digest}.npz"

    def _keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made before, or make it and forget what was not asked for longest."""
        if key not in self._kept:
            self._kept[key] = make()
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return cast("T", self._kept[key])


def weights(rates: Rates) -> dict[LandMode, float]:
    """Return what a km takes, as the land network wants it."""
    return {LandMode.ROAD: rates.km[Mode.ROAD], LandMode.RAIL: rates.km[Mode.RAIL]}


def transfer(rates: Rates) -> float:
    """Return what a change between road and rail takes: never nothing, so that it is counted."""
    return max(rates.transfer, _STEP_KM * rates.km[Mode.ROAD])


def _key(rates: Rates) -> Hashable:
    return (
        tuple(sorted(rates.km.items())), rates.transfer, rates.border,
    )  # fmt: skip


def _as_land(figures: npt.NDArray[np.float32], rates: Rates) -> Land:
    road, rail, borders, changes, assumed = figures.astype(np.float64)
    known = np.isfinite(road)
    cost = np.where(known, road, 0.0) * rates.km[Mode.ROAD] + rail * rates.km[Mode.RAIL]
    cost += borders * rates.border + changes * transfer(rates)
    road = np.where(known, road, 0.0)
    return Land(np.where(known, cost, np.inf), road, rail, borders, changes, assumed)
