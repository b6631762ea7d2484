"""Ports: where a ship loads or discharges, with the few that long journeys are planned over."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gisapp.model.geodesy import distance_km, unit_vectors
from layers_build.geography import Geography
from layers_build.sources import Rows, Tables

#: Codes of UN/LOCODE's first two letters that Natural Earth does not give to an area of its own.
ISO_OF_LETTERS: Final = {
    "GF": "GUF", "MQ": "MTQ", "GP": "GLP", "RE": "REU", "YT": "MYT", "SJ": "SJM", "BQ": "BES",
    "TK": "TKL", "CX": "CXR", "CC": "CCK", "AN": "CUW",
}  # fmt: skip
#: Main ports of a country stand at least so far apart, the best connected first.
SPACING_KM: Final = 200.0
#: A port of the list farther from the coast than this is a depot or on a river: not a main one.
COAST_KM: Final = 50.0
#: A port named in the trade routes and one of the list are the same within this distance.
_SAME_KM: Final = 60.0


@dataclass(frozen=True)
class Port:
    """A port; `main` ones are those that journeys are planned over.

    `coast_km` is how far the coast of the sea is, `links` the number of countries that searoute's
    list connects the port to.
    """

    locode: str
    name: str
    country: str
    lon: float
    lat: float
    main: bool
    coast_km: float
    links: int
    source: str


def ports(tables: Tables, world: Geography) -> Rows:
    """Return the table of ports.

    All of searoute's list (Apache-2.0), and those named in the trade routes, whose positions are
    checked one by one and replace the list's. Main ports are the ones named in the trade routes,
    and of the terminals of the list the best connected of every 200 km of a country's coast.
    """
    country, coast = _Countries(world), _Coast(world)
    listed = {port.locode: port for port in _listed(country, coast)}
    named = list(_named(tables, country, coast))
    for port in named:
        same = listed.get(port.locode)
        listed.pop(port.locode, None)
        if same is not None and distance_km((same.lon, same.lat), (port.lon, port.lat)) > _SAME_KM:
            # two harbours under one code: the list's stands on, without the code
            listed[f"{same.locode} list"] = replace(same, locode="")
    main = [*named]
    rest: list[Port] = []
    for port in sorted(listed.values(), key=lambda p: (-p.links, p.locode, p.name)):
        if port.main and port.coast_km <= COAST_KM and port.locode and _apart(port, main):
            main.append(port)
        else:
            rest.append(replace(port, main=False))
    found = sorted([*main, *rest], key=lambda p: (p.country, p.name, p.locode, p.lon))
    return [
        {name: _text(value) for name, value in asdict(port).items()}
        for port in found
        if port.country
    ]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{round(value, 4)}" if isinstance(value, float) else str(value)


def _apart(port: Port, others: Iterable[Port]) -> bool:
    places = [(p.lon, p.lat) for p in others if p.country == port.country]
    return not places or bool((distance_km((port.lon, port.lat), places) >= SPACING_KM).all())


def _listed(country: _Countries, coast: _Coast) -> Iterable[Port]:
    document = json.loads(
        (files("searoute") / "data" / "ports.geojson").read_text(encoding="utf-8")
    )
    for feature in document["features"]:
        lon, lat = (float(x) for x in feature["geometry"]["coordinates"])
        of = feature["properties"]
        if of["port"] and abs(lat) <= 90.0 and abs(lon) <= 180.0:
            yield Port(
                of["port"], of["name"], country.of(of["port"], lon, lat), lon, lat,
                of["t"] == 1.0, coast.km(lon, lat), len(of.get("to_cty") or ()), "searoute",
            )  # fmt: skip


def _named(tables: Tables, country: _Countries, coast: _Coast) -> Iterable[Port]:
    seen: set[tuple[str, str]] = set()
    for row in tables["trade_routes"]:
        for end in ("load_port", "discharge_port"):
            name, code = row[end], row[f"{end}_locode"]
            if not name or not row[f"{end}_lon"] or (code or name, "") in seen:
                continue
            seen.add((code or name, ""))
            lon, lat = float(row[f"{end}_lon"]), float(row[f"{end}_lat"])
            yield Port(
                code, name, country.of(code, lon, lat), lon, lat, True, coast.km(lon, lat), 0,
                "trade_routes",
            )  # fmt: skip


class _Coast:
    """The coast of the sea; shores of lakes and of the Caspian are none."""

    def __init__(self, world: Geography) -> None:
        rings = shapely.get_exterior_ring(shapely.get_parts(world.land))
        self._lonlat = shapely.get_coordinates(rings)
        self._tree = cKDTree(unit_vectors(self._lonlat))

    def km(self, lon: float, lat: float) -> float:
        """Return the km to the nearest vertex of the coast: they are few km apart."""
        _, near = self._tree.query(unit_vectors([(lon, lat)])[0])
        return float(distance_km((lon, lat), self._lonlat[near])[0])


class _Countries:
    """Countries of ports, by their code and else by their position."""

    def __init__(self, world: Geography) -> None:
        # small parts that Natural Earth draws apart share the letters of their country
        order = np.argsort(shapely.area(world.jurisdictions))
        letters = [(world.columns["iso_a2"][i], world.codes[i]) for i in order]
        self._by_letters = {a2: iso for a2, iso in letters if a2} | ISO_OF_LETTERS
        self._codes = world.codes
        self._tree = shapely.STRtree(world.jurisdictions)

    def of(self, locode: str, lon: float, lat: float) -> str:
        """Return the ISO alpha-3 code, "" where there is none."""
        iso = self._by_letters.get(locode[:2])
        if iso is None:
            near = self._tree.query_nearest(shapely.points(lon, lat), max_distance=1.0)
            iso = self._codes[int(np.min(near))] if len(near) else ""
        return iso
