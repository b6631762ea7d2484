"""Journeys of goods: road or rail to a port, by sea, and on from another; or by land alone.

The sea and the land network each know their own shortest ways. A journey is the least sum of a
way by land to a port, a way by sea and a way by land from another port, over all main ports and
the ports that stand beside its ends; or a way by land alone. It goes by sea at most once: goods
are not carried across an isthmus from ship to ship.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.analysis.network import coefficients as costs
from gisapp.analysis.network import ports as harbours
from gisapp.analysis.network import ways
from gisapp.analysis.network.berths import Berth, Terms
from gisapp.analysis.network.coefficients import Coefficients
from gisapp.analysis.network.journey import (
    SHIPS,
    Avoidance,
    Journey,
    JourneyMatrix,
    Leg,
    Measure,
    Mode,
    Travel,
)
from gisapp.analysis.network.land import LandNetwork
from gisapp.analysis.network.legs import Legs, turned
from gisapp.analysis.network.planning import Plan, Planner
from gisapp.analysis.network.ports import Ports
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.analysis.network.ways import Shipped
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import distance_km

SEA_FILE: Final = "sea_network.npz"
LAND_FILE: Final = "land_network.npz"
ATTRIBUTION: Final = (
    "Roads and railways: \u00a9 OpenStreetMap contributors, ODbL 1.0 (scgraph-data)"
)
SOURCES: Final = (
    "Sea: shortest ways around 1:10m land (Natural Earth), checked against NGA Pub. 151",
    ATTRIBUTION,
    "Ports: searoute (Apache-2.0) and the trade routes that ship",
    "Costs, speeds and emissions: transport_costs.csv, each row with its source",
)
#: Places nearer to each other than this are one.
_SAME_KM: Final = 0.01
#: Nothing is avoided.
NOTHING: Final = Avoidance()


class Router:
    """Journeys between places, and matrices of them.

    Parameters
    ----------
    sea, land, ports, coefficients
        What is travelled on, and what it takes.
    cache
        Folder in which answers of the networks are kept; None keeps them in memory only.
    digests
        Of each network's content, so that answers of others are not taken for theirs.
    shipped
        Answers of the networks that need no search.
    """

    def __init__(
        self,
        sea: SeaNetwork,
        land: LandNetwork,
        ports: Ports,
        coefficients: Coefficients,
        *,
        cache: Path | None = None,
        digests: Mapping[str, str] = MappingProxyType({}),
        shipped: Shipped | None = None,
    ) -> None:
        self.sea, self.land, self.ports, self.coefficients = sea, land, ports, coefficients
        self.passage_ids = tuple(passage.id for passage in sea.passages)
        self.planner = Planner(
            sea, land, ports, coefficients, cache=cache, digests=digests, shipped=shipped
        )
        self.rates = {measure: coefficients.rates(measure) for measure in Measure}

    @classmethod
    def load(
        cls,
        layers_folder: Path,
        *,
        cache: Path | None = None,
        costs_file: Path | None = None,
        shipped: tuple[str, ...] = ("sea", "land"),
    ) -> Router:
        """Read networks, ports and costs from the folder of the shipped layers.

        Parameters
        ----------
        cache
            See `Router`.
        costs_file
            A user's own coefficients, in place of those that it names.
        shipped
            The networks of which answers that ship are taken; others are searched for.

        Raises
        ------
        GisappError
            `unreadable` where a file is damaged, `costs` where a row of costs is no coefficient.
        """
        table = Coefficients.load(layers_folder / costs.FILE)
        if costs_file is not None:
            table = table.changed(costs_file)
        files = layers_folder / SEA_FILE, layers_folder / LAND_FILE
        sea, land = SeaNetwork.load(files[0]), LandNetwork.load(files[1])
        digests = {
            kind: hashlib.sha256(file.read_bytes()).hexdigest()
            for kind, file in zip(("sea", "land"), files, strict=True)
        }
        return cls(
            sea,
            land,
            Ports.load(layers_folder / harbours.FILE),
            table,
            cache=cache,
            digests=digests,
            shipped=Shipped(layers_folder / ways.FILE, shipped),
        )

    def open_to(self, avoid: Avoidance) -> Avoidance:
        """Return what is avoided with the passages closed that the ship class does not use.

        What is opened stays open. For a class that uses all passages, as for any ship, it stays
        as it is, and so do the ways that are known.

        Raises
        ------
        GisappError
            `unknown_passage`, `unknown_ship_class`.
        """
        unknown = sorted((avoid.passages | avoid.opened) - set(self.passage_ids))
        if unknown:
            raise GisappError(
                "unknown_passage",
                f'No passage is called "{unknown[0]}".',
                f"Known are {', '.join(sorted(self.passage_ids))}.",
            )
        own = self.sea.closed_for(avoid.ship) - self.sea.closed_for("any") - avoid.opened
        return replace(avoid, passages=avoid.passages | own, ship="any")

    def costing(self, coefficients: Coefficients) -> Router:
        """Return a router on the same networks with other costs; what both know is shared."""
        other = copy(self)
        other.coefficients = coefficients
        other.planner = self.planner.costing(coefficients)
        other.rates = {measure: coefficients.rates(measure) for measure in Measure}
        return other

    # -- many journeys -------------------------------------------------------------------------

    def matrix(
        self,
        starts: npt.ArrayLike,
        ends: npt.ArrayLike,
        *,
        least: Measure = Measure.KM,
        travel: Travel = Travel.ANY,
        avoid: Avoidance = NOTHING,
        feedback: Feedback | None = None,
    ) -> JourneyMatrix:
        """Return the least journeys from n places to m others.

        Parameters
        ----------
        starts, ends
            Longitude and latitude in degrees, shapes (n, 2) and (m, 2).

        Raises
        ------
        GisappError
            `position` for what is no longitude and latitude, `unknown_passage`,
            `unknown_ship_class`.
        Cancelled
            If the feedback was cancelled.
        """
        a, b = _places(starts), _places(ends)
        terms = Terms(self.rates[least], travel, self.open_to(avoid))
        plan = self.planner.plan(a, b, terms, feedback or Feedback())
        if feedback is not None:
            feedback.check(1.0, "Journeys")
        shipped, led = plan.load >= 0, np.isfinite(plan.cost)
        n, m = plan.cost.shape
        p, q = np.maximum(plan.load, 0), np.maximum(plan.discharge, 0)
        row, column = np.arange(n)[:, None], np.arange(m)[None, :]

        def over(part: str) -> Floats:
            """Return a figure of the ways by land, both of a journey by sea."""
            alone: Floats = getattr(plan.direct, part)
            if not shipped.any():
                return np.where(led, alone, 0.0)
            there, on = getattr(plan.start.land, part), getattr(plan.end.land, part)
            both = there[row, p] + on[column, q]
            return np.where(led, np.where(shipped, both, alone), 0.0)

        road, rail, borders = over("road_km"), over("rail_km"), over("borders")
        transfers, assumed = over("transfers"), over("assumed_km")
        sea, loads = np.zeros((n, m)), np.full((n, m), 2.0)
        bits = np.zeros((n, m), dtype=np.uint64)
        if shipped.any():
            sea = np.where(shipped, plan.sea.km[p, q], 0.0)
            bits = np.where(shipped, plan.sea.bits[p, q], np.uint64(0))
            by_land = 2.0 - plan.start.at_berth[row, p] - plan.end.at_berth[column, q]
            loads = np.where(shipped, by_land, loads)
        same = _same(a, b)
        taken = {
            measure: road * rates.km[Mode.ROAD]
            + rail * rates.km[Mode.RAIL]
            + sea * rates.km[Mode.SEA]
            + borders * rates.border
            + transfers * rates.transfer
            + loads * rates.load
            + np.where(shipped, 2.0 * rates.port, 0.0)
            + self.planner.by_sea.fees(bits, rates)
            for measure, rates in self.rates.items()
        }
        for values in taken.values():
            values[~led] = np.inf
            values[same] = 0.0
        for values in (sea, road, rail, assumed):
            values[~led] = np.inf
            values[same] = 0.0
        bits[same] = 0
        return JourneyMatrix(
            least=least,
            km=taken[Measure.KM],
            days=taken[Measure.DAYS],
            usd_t=taken[Measure.USD],
            kg_co2_t=taken[Measure.CO2],
            sea_km=sea,
            road_km=road,
            rail_km=rail,
            passages=bits,
            passage_ids=self.passage_ids,
            assumed_km=assumed,
        )

    # -- one journey ---------------------------------------------------------------------------

    def journey(
        self,
        start: npt.ArrayLike,
        end: npt.ArrayLike,
        *,
        least: Measure = Measure.KM,
        travel: Travel = Travel.ANY,
        avoid: Avoidance = NOTHING,
        names: tuple[str, str] = ("", ""),
        feedback: Feedback | None = None,
    ) -> Journey:
        """Return the least journey between two places.

        Parameters
        ----------
        start, end
            Longitude and latitude in degrees, shape (2,).
        names
            What the places are called; their coordinates by default.

        Raises
        ------
        GisappError
            `position` for what is no longitude and latitude, `unknown_passage`,
            `unknown_ship_class`, `no_way` with the part of the journey that there is no way for.
        """
        a, b = _places(start), _places(end)
        terms = Terms(self.rates[least], travel, self.open_to(avoid))
        names = (names[0] or _name(a[0]), names[1] or _name(b[0]))
        if _same(a, b)[0, 0]:
            return Journey(*names, (), notes=("Both places are one.",), sources=SOURCES)
        if travel is Travel.SEA:
            plan = self.planner.at_sea(a, b, terms)
        else:
            plan = self.planner.plan(a, b, terms, feedback or Feedback())
        if not np.isfinite(plan.cost[0, 0]):
            raise self._no_way(plan, names, travel, avoid)
        maker = Legs(self.planner.by_sea, self.land, self.rates, terms)
        if plan.load[0, 0] < 0:
            legs = maker.loaded(maker.by_land(a[0], b[0], names), first=True, last=True)
            return Journey(*names, tuple(legs), notes=_notes(legs, ()), sources=SOURCES[1:])
        p, q = int(plan.load[0, 0]), int(plan.discharge[0, 0])
        load, discharge = plan.berths[p], plan.berths[q]
        there, on = [], []
        if plan.start.at_berth[0, p]:
            load = replace(load, name=names[0])
        else:
            there = maker.loaded(maker.to_berth(a[0], load, names[0]), first=True)
        if plan.end.at_berth[0, q]:
            discharge = replace(discharge, name=names[1])
        else:
            on = maker.loaded(turned(maker.to_berth(b[0], discharge, names[1])), last=True)
        try:
            sea, passed = maker.by_sea(load, discharge, sum(leg.km for leg in there))
        except GisappError as error:
            if error.code != "no_way":
                raise
            raise self._no_way(plan, names, travel, avoid) from error
        legs = [*there, sea, *on]
        return Journey(*names, tuple(legs), passed, _notes(legs, (load, discharge)), SOURCES)

    # -- what there is to say ------------------------------------------------------------------

    def _no_way(
        self, plan: Plan, names: tuple[str, str], travel: Travel, avoid: Avoidance
    ) -> GisappError:
        """Say which part of a journey there is no way for."""
        around = ""
        if avoid.countries:
            around = f" without {', '.join(sorted(avoid.countries))}"
        if travel is Travel.LAND:
            return GisappError(
                "no_way",
                f"No road or railway leads from {names[0]} to {names[1]}{around}.",
                "Allow journeys by sea.",
            )
        for side, name in ((plan.start, names[0]), (plan.end, names[1])):
            if not np.isfinite(side.land.cost).any():
                if travel is Travel.SEA:
                    what = f"{name} lies too far from the sea, or in a country that is avoided."
                    return GisappError("no_way", what, "Give a port, or allow journeys by land.")
                what = f"No road or railway leads from {name} to a port{around}."
                return GisappError("no_way", what, "Avoid fewer countries." if around else "")
        own = self.open_to(avoid).passages > avoid.passages
        ship = f" and those that no ship of the class {SHIPS[avoid.ship]} passes" if own else ""
        return GisappError(
            "no_way",
            f"With these passages closed{ship} no way by sea leads from {names[0]} to {names[1]}"
            + ("." if travel is Travel.SEA else f", and none by land{around}."),
            "Open a passage, or take any ship." if own else "Open a passage.",
        )


def _notes(legs: Sequence[Leg], berths: Sequence[Berth]) -> tuple[str, ...]:
    notes = []
    assumed = sum(leg.assumed_km for leg in legs)
    if assumed >= 1.0:
        total = sum(leg.km for leg in legs)
        notes.append(
            f"{assumed:,.0f} km of {total:,.0f} are assumed: where no road or railway is mapped, "
            "the straight line times a circuity stands for it."
        )
    if any(berth.number < 0 and berth.inland_km for berth in berths):
        notes.append("No mapped road leads to a port: the ship is loaded at the nearest shore.")
    if any(leg.borders for leg in legs):
        notes.append("Waiting and fees are the same at every land border: an assumption.")
    return tuple(notes)


def _places(lonlat: npt.ArrayLike) -> Floats:
    """Return positions, shape (n, 2), longitudes within [-180, 180)."""
    places = np.array(lonlat, dtype=np.float64).reshape(-1, 2)
    lon, lat = places.T
    bad = ~(np.isfinite(places).all(axis=1) & (np.abs(lat) <= 90.0) & (np.abs(lon) <= 360.0))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise GisappError(
            "position",
            f"Longitude {lon[row]:g} and latitude {lat[row]:g} are no position on the Earth.",
            "Longitude comes first; check that they are not swapped.",
        )
    places[:, 0] = (lon + 180.0) % 360.0 - 180.0
    return places


def _same(starts: Floats, ends: Floats) -> npt.NDArray[np.bool_]:
    """Say which starts and ends are one place, shape (n, m)."""
    near = np.abs(starts[:, None] - ends[None]).max(axis=2) < 1.0
    rows, columns = np.nonzero(near)
    near[rows, columns] = distance_km(starts[rows], ends[columns]) < _SAME_KM
    return np.asarray(near, dtype=np.bool_)


def _name(place: Floats) -> str:
    return f"{place[0]:.4g}, {place[1]:.4g}"
