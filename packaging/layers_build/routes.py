"""Trade routes as lines: legs by mode, the sea leg along shipping lanes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.features import Floats
from gisapp.model.geodesy import (
    distance_km,
    geodesic_path,
    path_length_km,
    split_at_antimeridian,
)
from layers_build.facilities import numbers, recalled_ids, text, unconfirmed
from layers_build.sea import Sea, lane_gap_km
from layers_build.sources import Row, Tables

SEA: Final = "sea"
UNRESOLVED: Final = "unresolved"
#: Nearer than this, two ends are one place (a plant at its port) and no leg lies between.
_SAME_PLACE_KM: Final = 1.0
#: A port farther than this from the network of lanes is said to be.
_FAR_FROM_LANES_KM: Final = 50.0
#: Where the source names the sea alone, the way between a port and a place inland.
LAND: Final = "land"

TEXT: Final = (
    "id", "name", "mineral", "product", "status", "origin_facility", "origin_name",
    "origin_country", "load_port", "load_port_locode", "discharge_port", "discharge_port_locode",
    "destination_facility", "destination_name", "destination_country", "modes",
)  # fmt: skip
TEXT_LAST: Final = ("volume_unit", "source", "notes")


@dataclass(frozen=True)
class Leg:
    """A stretch of one mode; path in degrees, longitudes unrolled, shape (n, 2).

    `gap_km` is how far the farther port of a sea leg is from the network of lanes.
    """

    mode: str
    start: str
    end: str
    path: Floats
    gap_km: float = 0.0

    @property
    def km(self) -> float:
        """Length on the ellipsoid."""
        return path_length_km(self.path)

    @property
    def drawn(self) -> str:
        """How the line came about."""
        if self.mode == UNRESOLVED:
            return "straight line, one port is not documented"
        if self.mode != SEA:
            return "straight line (geodesic), way not traced"
        far = self.gap_km > _FAR_FROM_LANES_KM
        note = f", {self.gap_km:.0f} km between lane and port straight" if far else ""
        return f"searoute lanes, pulled straight where the sea is open{note}"


def legs_of(row: Row, sea: Sea) -> list[Leg]:
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
        return _chain(stops, ["+".join(modes)] * (len(stops) - 1), sea)
    at = modes.index(SEA)
    before, after = "+".join(modes[:at]), "+".join(modes[at + 1 :])
    if load and discharge:
        stops = [p for p in (origin, load, discharge, destination) if p]
        names = [before or LAND, SEA, after or LAND]
        return _chain(stops, names[: len(stops) - 1], sea)
    if load and not destination:
        return _chain([p for p in (origin, load) if p], [before or LAND], sea)
    stops = [p for p in (origin, load, discharge or destination) if p]
    return _chain(stops, [before or LAND, UNRESOLVED][-(len(stops) - 1) :], sea)


_Place = tuple[str, float, float]


def _place(row: Row, part: str) -> _Place | None:
    name = row["origin_name"] if part == "origin" else row.get(f"{part}_name") or row.get(part, "")
    lon, lat = row[f"{part}_lon"], row[f"{part}_lat"]
    return (name, float(lon), float(lat)) if lon and lat else None


def _chain(stops: list[_Place], modes: list[str], sea: Sea) -> list[Leg]:
    legs = []
    for start, end, mode in zip(stops[:-1], stops[1:], modes, strict=True):
        ends = start[1:], end[1:]
        if mode == SEA:
            legs.append(Leg(mode, start[0], end[0], sea.path(*ends), lane_gap_km(*ends)))
        elif distance_km(*ends)[0] >= _SAME_PLACE_KM:
            legs.append(Leg(mode, start[0], end[0], geodesic_path(*ends)))
    return legs


def as_lines(paths: list[Floats]) -> Any:
    """Return paths as one MultiLineString within [-180, 180], cut at 180 degrees."""
    pieces = [piece for path in paths for piece in split_at_antimeridian(path)]
    return shapely.multilinestrings([shapely.linestrings(np.round(p, 5)) for p in pieces])


def route_layers(
    tables: Tables, sea: Sea
) -> tuple[
    tuple[npt.NDArray[np.object_], dict[str, npt.NDArray[Any]]],
    tuple[npt.NDArray[np.object_], dict[str, npt.NDArray[Any]]],
]:
    """Return shapes and columns of the routes, one feature each, and of their legs."""
    rows = sorted(tables["trade_routes"], key=lambda r: r["id"])
    legs = [legs_of(row, sea) for row in rows]
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
