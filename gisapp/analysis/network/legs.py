"""The legs of a journey: ways of the networks with what they take in each measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gisapp.analysis.network.berths import Berth, Terms
from gisapp.analysis.network.coefficients import Rates
from gisapp.analysis.network.journey import CHANGE, Leg, Measure, Mode, Passed
from gisapp.analysis.network.land import LandNetwork, LandRoute
from gisapp.analysis.network.planning import transfer, weights
from gisapp.analysis.network.sea import SeaRoute
from gisapp.analysis.network.seaside import SeaSide
from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError
from gisapp.model.geodesy import unroll


class Legs:
    """Makes legs on the same terms on which the journey was planned.

    Parameters
    ----------
    rates
        Of every measure; `terms` has those of the one that is the least.
    """

    def __init__(
        self,
        by_sea: SeaSide,
        land: LandNetwork,
        rates: Mapping[Measure, Rates],
        terms: Terms,
    ) -> None:
        self._by_sea, self._land, self._terms = by_sea, land, terms
        self._taken = tuple(rates[m] for m in (Measure.DAYS, Measure.USD, Measure.CO2))

    def by_land(self, start: Floats, end: Floats, names: tuple[str, str]) -> list[Leg]:
        """Return the legs between two places, degrees (2,), without loading at the ends.

        Raises
        ------
        GisappError
            `no_way`.
        """
        rates = self._terms.rates
        found = self._land.route(
            (float(start[0]), float(start[1])),
            (float(end[0]), float(end[1])),
            weights=weights(rates),
            avoid_countries=self._terms.avoid.countries,
            border_cost=rates.border,
            transfer_cost=transfer(rates),
        )
        if found is None:
            raise GisappError("no_way", f"No road or railway leads from {names[0]} to {names[1]}.")
        # where two changes follow each other no leg lies between them: they count all the same
        changes = [0, *[1] * (len(found.legs) - 1)]
        changes[-1] += max(_changes(found, rates) - sum(changes), 0)
        stops = [names[0], *[CHANGE] * (len(found.legs) - 1), names[1]]
        legs = []
        for k, part in enumerate(found.legs):
            mode = Mode(part.mode)
            days, usd, co2 = (
                r.km[mode] * part.km + r.border * len(part.borders) + r.transfer * changes[k]
                for r in self._taken
            )
            legs.append(
                Leg(
                    mode,
                    stops[k],
                    stops[k + 1],
                    part.km,
                    days,
                    usd,
                    co2,
                    unroll(part.path),
                    part.countries,
                    part.borders,
                    part.assumed_km,
                )
            )
        return legs

    def to_berth(self, start: Floats, berth: Berth, name: str) -> list[Leg]:
        """Return the legs from a place to where a ship loads, without loading."""
        if berth.number >= 0:
            return self.by_land(start, berth.lonlat, (name, berth.name))
        km = berth.inland_km
        days, usd, co2 = (r.km[Mode.ROAD] * km for r in self._taken)
        countries = (berth.country,) if berth.country else ()
        _, path = self._by_sea.to_shore(berth.lonlat)
        return [Leg(Mode.ROAD, name, berth.name, km, days, usd, co2, path, countries, (), km)]

    def by_sea(
        self, load: Berth, discharge: Berth, before_km: float
    ) -> tuple[Leg, tuple[Passed, ...]]:
        """Return the leg by sea with both ports and the canals, and its passages in order.

        Parameters
        ----------
        before_km
            From the start of the journey to the port.

        Raises
        ------
        GisappError
            `no_way`.
        """
        way = self._way(load, discharge)
        km = max(way.km - load.inland_km - discharge.inland_km, 0.0)
        days, usd, co2 = (r.km[Mode.SEA] * km + 2.0 * r.port + _canals(way, r) for r in self._taken)
        path = way.path[bool(load.inland_km) : len(way.path) - bool(discharge.inland_km)]
        leg = Leg(Mode.SEA, load.name, discharge.name, km, days, usd, co2, path)
        passed = tuple(
            Passed(id_, name, before_km + at - load.inland_km) for id_, name, at in way.passages
        )
        return leg, passed

    def loaded(self, legs: list[Leg], *, first: bool = False, last: bool = False) -> list[Leg]:
        """Return legs with loading at the start of the first and at the end of the last."""
        legs = list(legs)
        for at in [0] * first + [-1] * last:
            days, usd, co2 = (r.load for r in self._taken)
            leg = legs[at]
            legs[at] = replace(
                leg, days=leg.days + days, usd_t=leg.usd_t + usd, kg_co2_t=leg.kg_co2_t + co2
            )
        return legs

    def _way(self, load: Berth, discharge: Berth) -> SeaRoute:
        rates, avoid = self._terms.rates, self._terms.avoid
        ways: list[SeaRoute] = []
        asked: list[tuple[frozenset[str], frozenset[str]]] = []
        for shut in self._by_sea.shut(rates, avoid):
            # closing a canal that the way goes without leaves it as it is
            if any(less <= shut and not used & shut for less, used in asked):
                continue
            try:
                way = self._by_sea.sea.route(
                    load.lonlat,
                    discharge.lonlat,
                    closed=avoid.passages | shut,
                    opened=avoid.opened,
                )
            except GisappError as error:
                if error.code != "no_way":
                    raise
                continue
            ways.append(way)
            asked.append((shut, frozenset(passage for passage, _, _ in way.passages)))
        if not ways:
            raise GisappError(
                "no_way", f"No way by sea leads from {load.name} to {discharge.name}."
            )
        return min(ways, key=lambda way: rates.km[Mode.SEA] * way.km + _canals(way, rates))


def turned(legs: Sequence[Leg]) -> list[Leg]:
    """Return the legs of the way back."""
    return [
        replace(
            leg,
            start=leg.end,
            end=leg.start,
            path=unroll(leg.path[::-1]),
            countries=leg.countries[::-1],
            borders=tuple((b, a) for a, b in reversed(leg.borders)),
        )
        for leg in reversed(legs)
    ]


def _changes(way: LandRoute, rates: Rates) -> int:
    """Return how often goods change between road and rail: what the cost holds beside the rest."""
    rest = way.cost - sum(
        rates.km[Mode(leg.mode)] * leg.km + rates.border * len(leg.borders) for leg in way.legs
    )
    return round(rest / transfer(rates))


def _canals(way: SeaRoute, rates: Rates) -> float:
    return sum(rates.canal.get(passage, 0.0) for passage, _, _ in way.passages)
