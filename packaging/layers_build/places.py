"""Whether what the fact tables name stands where they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely

from gisapp.model.geodesy import distance_km
from layers_build.geography import Geography
from layers_build.sources import Fault, Row, Tables, by_id, fault
from layers_build.sources import lonlat as position_of

#: Reclaimed land and piers stand up to 3.2 km off the 1:10 m coast.
COAST_KM: Final = 3.5
#: Off the map's land for a reason that was looked into.
OFF_THE_MAP_KM: Final = {"hinatuan-mine": 13.0}  # on an islet that the 1:10 m land lacks
#: How far a coarse position may lie over the border of the country that is stated.
OVER_BORDER_KM: Final = {"site": 2.0, "locality": 15.0, "region": 50.0}


def check(tables: Tables, geography: Geography) -> Iterator[Fault]:
    """Yield every fault of position; the tables' numbers and references must hold."""
    yield from _in_country(tables, geography)
    yield from _route_ends(tables)
    yield from _ports(tables, geography)


#: A place to stand in a country: table, row, what it is, country, precision, lon and lat.
_Place = tuple[str, Row, str, str, str, tuple[float, float]]
#: The ends of a route are those of its facilities, but for roundings and coarse positions.
ROUTE_END_KM: Final = 5.0


def _places(tables: Tables) -> Iterator[_Place]:
    for row in tables["facilities"]:
        yield "facilities", row, "", row["country"], row["coord_precision"], position_of(row)
    for row in tables["finance_hubs"]:
        yield (
            "finance_hubs",
            row,
            "",
            row["country"],
            "site",
            (float(row["lon"]), float(row["lat"])),
        )
    for row in tables["trade_routes"]:
        for end in ("origin", "destination"):
            if row[f"{end}_lon"] and not row[f"{end}_facility"]:
                lonlat = float(row[f"{end}_lon"]), float(row[f"{end}_lat"])
                yield "trade_routes", row, f"{end} ", row[f"{end}_country"], "region", lonlat


def _in_country(tables: Tables, geography: Geography) -> Iterator[Fault]:
    """Every facility, finance hub and open end of a route stands in the country that is stated.

    Off the coast it may stand as far as reclaimed land does; over a border as far as its
    position is coarse. A territory counts as its sovereign's.
    """
    sovereign = {r["territory"]: r["sovereign"] for r in tables["territories"]}
    index = {code: i for i, code in enumerate(geography.codes)}
    places = list(_places(tables))
    points = shapely.points([place[5] for place in places])
    tree = shapely.STRtree(geography.jurisdictions)
    inside: dict[int, set[int]] = defaultdict(set)
    for point, area in tree.query(points, predicate="intersects").T:
        inside[int(point)].add(int(area))
    for n, (table, row, part, country, precision, lonlat) in enumerate(places):
        areas = {country} | {code for code, owner in sovereign.items() if owner == country}
        stated = {index[code] for code in areas if code in index}
        if not stated:
            yield fault(table, row, f"country {country} has no area on the map")
        elif not inside[n] & stated:
            km = min(_km_to(geography.jurisdictions[i], lonlat) for i in stated)
            allowed = OFF_THE_MAP_KM.get(row["id"], COAST_KM)
            if inside[n]:
                allowed = OVER_BORDER_KM[precision]
            if km > allowed:
                where = ", ".join(geography.codes[i] for i in sorted(inside[n])) or "the sea"
                yield fault(table, row, f"{part}stands in {where}, {km:.1f} km off {country}")


def _route_ends(tables: Tables) -> Iterator[Fault]:
    """A route starts and ends where its facilities are."""
    facilities = by_id(tables["facilities"])
    for row in tables["trade_routes"]:
        for end in ("origin", "destination"):
            facility = facilities.get(row[f"{end}_facility"])
            if facility is None:
                continue
            if facility["country"] != row[f"{end}_country"]:
                yield fault(
                    "trade_routes",
                    row,
                    f"{end} {facility['id']} is in {facility['country']}, "
                    f"not in {row[f'{end}_country']}",
                )
            lonlat = float(row[f"{end}_lon"] or "nan"), float(row[f"{end}_lat"] or "nan")
            km = distance_km(lonlat, position_of(facility))[0]
            if km > ROUTE_END_KM:
                yield fault("trade_routes", row, f"{end} is {km:.1f} km from {facility['id']}")


def _ports(tables: Tables, geography: Geography) -> Iterator[Fault]:
    """A port with a UN/LOCODE stands in the country of that code, piers included."""
    tree = shapely.STRtree(geography.jurisdictions)
    letters = geography.columns["iso_a2"]
    for row in tables["trade_routes"]:
        for port in ("load_port", "discharge_port"):
            code = row[f"{port}_locode"]
            if not (code and row[f"{port}_lon"]):
                continue
            lonlat = float(row[f"{port}_lon"]), float(row[f"{port}_lat"])
            nearest = int(tree.nearest(shapely.Point(lonlat)))
            if letters[nearest] != code[:2]:
                yield fault(
                    "trade_routes",
                    row,
                    f"{port} {code} stands in {geography.codes[nearest]}",
                )


def _km_to(area: object, lonlat: tuple[float, float]) -> float:
    """Return kilometres to the nearest point of an area, found in a local equal-scale plane."""
    scale = np.array([np.cos(np.radians(lonlat[1])), 1.0])
    local = shapely.transform(area, lambda xy: xy * scale)
    here = shapely.Point(np.asarray(lonlat) * scale)
    nearest = shapely.get_coordinates(shapely.shortest_line(here, local))[1] / scale
    return float(distance_km(lonlat, nearest)[0])
