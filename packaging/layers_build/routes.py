"""Trade routes as lines: legs by mode, on the networks of sea, road and rail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.analysis.network import coefficients as costs
from gisapp.analysis.network import ports as harbours
from gisapp.analysis.network.coefficients import Coefficients, Rates
from gisapp.analysis.network.journey import Measure
from gisapp.analysis.network.land import LandMode, LandNetwork, LandRoute
from gisapp.analysis.network.planning import weights
from gisapp.analysis.network.ports import Ports
from gisapp.analysis.network.router import LAND_FILE, SEA_FILE
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.model.features import Floats
from gisapp.model.feedback import GisappError
from gisapp.model.geodesy import (
    distance_km,
    geodesic_path,
    path_length_km,
    split_at_antimeridian,
    unroll,
)
from layers_build.facilities import numbers, recalled_ids, text, unconfirmed
from layers_build.sources import Row, Tables

SEA: Final = "sea"
UNRESOLVED: Final = "unresolved"
#: Nearer than this, two ends are one place (a plant at its port) and no leg lies between.
_SAME_PLACE_KM: Final = 1.0
#: A way of which more than this share is assumed is none that is mapped.
_ALL: Final = 0.9
#: A port on a river reaches the sea within this distance, by one of so many ports on the way.
_RIVER_KM: Final = 650.0
_PORTS_ON_RIVER: Final = 12
#: Lines are drawn to this many degrees: half a kilometre, enough for a map of the world.
_DEGREES: Final = 0.005
#: By rail alone goods go so much farther than with a stretch of road.
_DETOUR: Final = 1.25
#: Where the source names the sea alone, the way between a port and a place inland.
LAND: Final = "land"
#: What the land network knows of the modes that sources name; a pipeline is none of it.
_ROAD, _RAIL = frozenset({LandMode.ROAD}), frozenset({LandMode.RAIL})
_BOTH = _ROAD | _RAIL
_MODES: Final = {
    "truck": (_ROAD,),
    "rail": (_RAIL, _BOTH),  # a siding that the network lacks is reached by road
    LAND: (_BOTH,),
    "truck+rail": (_BOTH,),
    "rail+truck": (_BOTH,),
}
_Place = tuple[str, float, float]

TEXT: Final = (
    "id", "name", "mineral", "product", "status", "origin_facility", "origin_name",
    "origin_country", "load_port", "load_port_locode", "discharge_port", "discharge_port_locode",
    "destination_facility", "destination_name", "destination_country", "modes",
)  # fmt: skip
TEXT_LAST: Final = ("volume_unit", "source", "notes")


@dataclass(frozen=True)
class Leg:
    """A stretch of one mode, or of several on land.

    Parameters
    ----------
    path
        Degrees, longitudes unrolled, shape (n, 2).
    km
        Along the network, which winds more than the line that is drawn of it.
    drawn
        How the line came about.
    """

    mode: str
    start: str
    end: str
    path: Floats
    km: float
    drawn: str


class Ways:
    """Ways by sea and by land on the networks that ship.

    Parameters
    ----------
    rates
        What a tonne takes in money: it decides between road and rail where both are named.
    """

    def __init__(self, sea: SeaNetwork, land: LandNetwork, ports: Ports, rates: Rates) -> None:
        self._sea, self._land, self._ports, self._rates = sea, land, ports, rates
        self._closed = frozenset(p.id for p in sea.passages if p.usually_closed)

    @classmethod
    def load(cls, layers: Path) -> Ways:
        """Read the networks, the ports and the costs from the folder of the layers."""
        return cls(
            SeaNetwork.load(layers / SEA_FILE),
            LandNetwork.load(layers / LAND_FILE),
            Ports.load(layers / harbours.FILE),
            Coefficients.load(layers / costs.FILE).rates(Measure.USD),
        )

    def by_sea(self, start: _Place, end: _Place) -> Leg:
        """Return the shortest way between two ports, through ice only where nothing else leads.

        A port up a river that the network lacks is joined to the nearest port at sea.
        """
        gates = [self._at_sea(place[1:]) for place in (start, end)]
        if None in gates:
            return _straight(SEA, start, end, "straight line (geodesic), no way by sea is known")
        first, last = cast("list[tuple[float, float]]", gates)
        river = first != start[1:] or last != end[1:]
        for opened, note in ((frozenset(), ""), (self._closed, ", through waters closed by ice")):
            try:
                way = self._sea.route(first, last, opened=opened)
            except GisappError as error:
                if error.code != "no_way":
                    raise
                continue
            path = unroll(np.vstack([start[1:], way.path, end[1:]]))
            path = path[np.concatenate([[True], np.abs(np.diff(path, axis=0)).max(axis=1) > 1e-9])]
            drawn = f"shortest way by sea{note}" + (", rivers as straight lines" if river else "")
            km = way.km + distance_km(start[1:], first)[0] + distance_km(last, end[1:])[0]
            return Leg(SEA, start[0], end[0], path, float(km), drawn)
        return _straight(SEA, start, end, "straight line (geodesic), no way by sea is known")

    def _at_sea(self, place: tuple[float, float]) -> tuple[float, float] | None:
        """Return the place itself, or the nearest port of the list that the network reaches."""
        near = self._ports.near(np.array(place), _RIVER_KM, _PORTS_ON_RIVER)
        for lon, lat in (place, *self._ports.lonlat[near].tolist()):
            try:
                self._sea.matrix([(lon, lat)], [(lon, lat)])
            except GisappError as error:
                if error.code != "not_at_sea":
                    raise
                continue
            return lon, lat
        return None

    def by_land(self, mode: str, start: _Place, end: _Place) -> Leg:
        """Return the way by the modes named, "truck+rail", or a line where none is mapped."""
        found: LandRoute | None = None
        for modes in _MODES.get(mode, ()):
            way = self._land.route(
                start[1:], end[1:], modes=modes, weights=weights(self._rates),
                border_cost=self._rates.border, transfer_cost=self._rates.transfer,
            )  # fmt: skip
            if way is not None and (found is None or way.km * _DETOUR < found.km):
                found = way
        if found is None:
            return _straight(mode, start, end, "straight line (geodesic), way not traced")
        # roads end beside the site: the line goes on to the site itself, as the length does
        path = unroll(np.vstack([start[1:], *(leg.path for leg in found.legs), end[1:]]))
        moved = np.concatenate([[True], np.abs(np.diff(path, axis=0)).max(axis=1) > 1e-9])
        by = " and ".join(dict.fromkeys(leg.mode.value for leg in found.legs))
        assumed = found.assumed_km
        drawn = f"by {by} (OpenStreetMap)"
        if assumed > _ALL * found.km:
            drawn = f"straight line, no {by} mapped, length assumed"
        elif assumed >= _SAME_PLACE_KM:
            drawn += f", {assumed:.0f} km of it assumed"
        return Leg(mode, start[0], end[0], path[moved], found.km, drawn)


def _straight(mode: str, start: _Place, end: _Place, drawn: str) -> Leg:
    path = geodesic_path(start[1:], end[1:])
    return Leg(mode, start[0], end[0], path, path_length_km(path), drawn)


def legs_of(row: Row, ways: Ways) -> list[Leg]:
    """Return the legs of a route.

    Sea goes from load port to discharge port; the modes named before it lead to the load port,
    those after it on to the destination. Where one of the ports is not documented the leg is
    "unresolved", a straight line. A route without a place of destination ends at its discharge
    port, or at its load port.
    """
    modes = row["modes"].split(";")
    origin = _place(row, "origin")
    load, discharge = _place(row, "load_port"), _place(row, "discharge_port")
    destination = _place(row, "destination")
    if SEA not in modes:
        stops = [p for p in (origin, load, discharge, destination) if p]
        return _chain(stops, ["+".join(modes)] * (len(stops) - 1), ways)
    at = modes.index(SEA)
    before, after = "+".join(modes[:at]), "+".join(modes[at + 1 :])
    if load and discharge:
        stops = [p for p in (origin, load, discharge, destination) if p]
        names = [before or LAND, SEA, after or LAND]
        return _chain(stops, names[: len(stops) - 1], ways)
    if load and not destination:
        return _chain([p for p in (origin, load) if p], [before or LAND], ways)
    stops = [p for p in (origin, load, discharge or destination) if p]
    return _chain(stops, [before or LAND, UNRESOLVED][-(len(stops) - 1) :], ways)


def _place(row: Row, part: str) -> _Place | None:
    name = row["origin_name"] if part == "origin" else row.get(f"{part}_name") or row.get(part, "")
    lon, lat = row[f"{part}_lon"], row[f"{part}_lat"]
    return (name, float(lon), float(lat)) if lon and lat else None


def _chain(stops: list[_Place], modes: list[str], ways: Ways) -> list[Leg]:
    legs = []
    for start, end, mode in zip(stops[:-1], stops[1:], modes, strict=True):
        if mode == SEA:
            legs.append(ways.by_sea(start, end))
        elif mode == UNRESOLVED:
            legs.append(_straight(mode, start, end, "straight line, one port is not documented"))
        elif distance_km(start[1:], end[1:])[0] >= _SAME_PLACE_KM:
            legs.append(ways.by_land(mode, start, end))
    return legs


def as_lines(paths: list[Floats]) -> Any:
    """Return paths as one MultiLineString within [-180, 180], cut at 180 degrees."""
    pieces = [piece for path in paths for piece in split_at_antimeridian(path)]
    lines = np.array([shapely.linestrings(np.round(p, 5)) for p in pieces], dtype=object)
    return shapely.multilinestrings(shapely.simplify(lines, _DEGREES))


def route_layers(
    tables: Tables, ways: Ways
) -> tuple[
    tuple[npt.NDArray[np.object_], dict[str, npt.NDArray[Any]]],
    tuple[npt.NDArray[np.object_], dict[str, npt.NDArray[Any]]],
]:
    """Return shapes and columns of the routes, one feature each, and of their legs."""
    rows = sorted(tables["trade_routes"], key=lambda r: r["id"])
    legs = [legs_of(row, ways) for row in rows]
    recalled = recalled_ids(tables, "trade_routes")

    def total(route: list[Leg], *, at_sea: bool | None = None) -> float:
        if at_sea is None and any(leg.mode == UNRESOLVED for leg in route):
            return float("nan")
        wanted = [leg for leg in route if at_sea is None or (leg.mode == SEA) is at_sea]
        return round(sum(leg.km for leg in wanted if leg.mode != UNRESOLVED), 1)

    columns = {name: text(rows, name) for name in TEXT}
    columns["km"] = np.array([total(route) for route in legs])
    columns["sea_km"] = np.array([total(route, at_sea=True) for route in legs])
    columns["land_km"] = np.array([total(route, at_sea=False) for route in legs])
    columns["legs"] = np.array(
        ["; ".join(f"{leg.mode} {leg.km:.0f} km" for leg in route) for route in legs], dtype=object
    )
    columns["drawn"] = np.array(
        ["; ".join(dict.fromkeys(f"{leg.mode}: {leg.drawn}" for leg in route)) for route in legs],
        dtype=object,
    )
    columns["indicative"] = np.array(
        [
            "indicative" in row["notes"].lower() or any(leg.mode == UNRESOLVED for leg in route)
            for row, route in zip(rows, legs, strict=True)
        ]
    )
    columns["unconfirmed"] = np.array([unconfirmed(row, recalled) for row in rows])
    columns["volume"] = numbers(rows, "volume")
    columns["volume_year"] = numbers(rows, "volume_year")
    columns |= {name: text(rows, name) for name in TEXT_LAST}
    shapes = np.array([as_lines([leg.path for leg in route]) for route in legs], dtype=object)
    flat = [(row["id"], n, leg) for row, rt in zip(rows, legs, strict=True) for n, leg in _n(rt)]
    leg_columns: dict[str, npt.NDArray[Any]] = {
        "route": np.array([route for route, _, _ in flat], dtype=object),
        "leg": np.array([n for _, n, _ in flat], dtype=np.int64),
        "mode": np.array([leg.mode for _, _, leg in flat], dtype=object),
        "start": np.array([leg.start for _, _, leg in flat], dtype=object),
        "end": np.array([leg.end for _, _, leg in flat], dtype=object),
        "km": np.array([round(leg.km, 1) for _, _, leg in flat]),
        "drawn": np.array([leg.drawn for _, _, leg in flat], dtype=object),
    }
    leg_shapes = np.array([as_lines([leg.path]) for _, _, leg in flat], dtype=object)
    return (shapes, columns), (leg_shapes, leg_columns)


def _n(route: list[Leg]) -> list[tuple[int, Leg]]:
    return list(enumerate(route, start=1))
