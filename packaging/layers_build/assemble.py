"""Everything that ships, in the order of the manifest."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gisapp.model.vocabulary import Role
from layers_build import companies, facilities, geography, ports, routes
from layers_build.facilities import numbers, text
from layers_build.geography import Geography
from layers_build.sources import Rows, Tables, read_csv
from layers_build.writing import Entry, read_manifest, write_geopackage, write_manifest, write_table

OURS: Final = "Compiled for gisapp from public sources named in every row"
OURS_LICENCE: Final = (
    "Facts and figures with their source in every row; positions partly ODbL (OpenStreetMap "
    "contributors) and CC BY 4.0 (ICMM, Global Energy Monitor, GeoNames)"
)
ROUTES_LICENCE: Final = "ODbL 1.0 (courses on land © OpenStreetMap contributors)"
FIGURES_LICENCE: Final = "US Government works (USGS); CC BY 4.0 (IEA); facts with their source"
NATURAL_EARTH: Final = "Natural Earth 5.1.1, 1:10m"
PUBLIC_DOMAIN: Final = "Public domain"
PORTS_TITLE: Final = "Ports with UN/LOCODE; main ones carry journeys"
PORTS: Final = "searoute 1.6 (list of ports), and the ports of the trade routes"
PORTS_LICENCE: Final = "Apache-2.0 (searoute); facts with their source"
COSTS_TITLE: Final = "Costs, speeds and emissions of transport"
NATURAL_EARTH_DATE: Final = "2022-05"

#: Generalising of the world views: side of a bend in degrees, smallest part in square degrees.
SIMPLE_TOLERANCE: Final = 0.15
SIMPLE_SMALLEST: Final = 0.02

TITLES: Final = {
    "deposits": ("Deposits", Role.DEPOSIT),
    "refineries": ("Refineries", Role.REFINERY),
    "magnet_plants": ("Magnet plants", Role.MAGNET_PLANT),
}
TABLES: Final = {
    "capacities": ("Capacity and production of facilities", OURS_LICENCE),
    "country_production": ("Production, reserves and shares by country", FIGURES_LICENCE),
    "world_totals": ("Published world totals beside our sums", FIGURES_LICENCE),
    "alliances": ("Alliances", OURS_LICENCE),
    "alliance_members": ("Members of alliances with dates", OURS_LICENCE),
    "territories": ("Territories and how they count", OURS_LICENCE),
    "agreements": ("Agreements, grants and export controls", OURS_LICENCE),
    "companies": ("Where companies are at home", OURS_LICENCE),
    "thresholds": ("Benchmarks and observed reference values", OURS_LICENCE),
    "yields": ("Yields of the chain from ore to product", OURS_LICENCE),
    "row_checks": ("How sure each row is", OURS_LICENCE),
    "position_checks": ("Positions against independent records", OURS_LICENCE),
}

Layer = tuple[npt.NDArray[np.object_], dict[str, npt.NDArray[Any]]]


def build(tables: Tables, world: Geography, sources: Path, out: Path) -> list[Entry]:
    """Write all layers, tables, the manifest and the attribution into a folder.

    Parameters
    ----------
    sources
        Folder with transport_costs.csv.
    out
        Where the networks of `build_sea.py` and `build_land.py` stand already.
    """
    out.mkdir(parents=True, exist_ok=True)
    facts_date = max(row["as_of"] for row in tables["facilities"])

    def ours(layer_id: str, title: str, role: Role) -> Entry:
        return Entry(
            layer_id, f"{layer_id}.gpkg", layer_id, role, title, OURS, OURS_LICENCE, facts_date, 0
        )

    def backdrop(layer_id: str, title: str, role: Role = Role.REFERENCE) -> Entry:
        return Entry(
            layer_id, f"{layer_id}.gpkg", layer_id, role, title, NATURAL_EARTH, PUBLIC_DOMAIN,
            NATURAL_EARTH_DATE, 0,
        )  # fmt: skip

    entries: list[Entry] = []
    for kind, layer_id in facilities.LAYERS.items():
        shapes, columns = facilities.facility_layer(tables, kind)
        entry = ours(layer_id, *TITLES[layer_id])
        entries.append(write_geopackage(out, entry, shapes, columns, "Point"))
    entry = Entry(
        "transport_costs", "transport_costs.csv", "", None, COSTS_TITLE,
        "Publications named in every row; assumptions of ours are marked", OURS_LICENCE,
        facts_date, 0,
    )  # fmt: skip
    costs = write_table(out, entry, read_csv(sources / "transport_costs.csv"))
    entry = Entry("ports", "ports.csv", "", None, PORTS_TITLE, PORTS, PORTS_LICENCE, "2025", 0)
    harbours = write_table(out, entry, ports.ports(tables, world))
    lines, legs = routes.route_layers(tables, routes.Ways.load(out))
    entry = replace(ours("trade_routes", "Trade routes", Role.TRADE_ROUTE), licence=ROUTES_LICENCE)
    entries.append(write_geopackage(out, entry, *lines, "MultiLineString"))
    entry = ours("trade_route_legs", "Legs of the trade routes by mode", Role.REFERENCE)
    entry = replace(entry, licence=ROUTES_LICENCE)
    entries.append(write_geopackage(out, entry, *legs, "MultiLineString"))
    entry = ours("chokepoints", "Chokepoints", Role.REFERENCE)
    choke = _points(tables["chokepoints"], ("id", "name", "kind", "notes"))
    entries.append(write_geopackage(out, entry, *choke, "Point"))
    entry = ours("finance_hubs", "Finance hubs", Role.REFERENCE)
    hubs = _points(
        tables["finance_hubs"],
        (
            *("id", "name", "city", "country", "exchange_codes", "role"),
            *("share_figures", "share_year", "source"),
        ),
    )
    entries.append(write_geopackage(out, entry, *hubs, "Point"))

    entry = backdrop("jurisdictions", "Jurisdictions, 1:10m", Role.JURISDICTION)
    columns = dict(world.columns)
    entries.append(write_geopackage(out, entry, world.jurisdictions, columns, "MultiPolygon"))
    simple = geography.simplified_coverage(world.jurisdictions, SIMPLE_TOLERANCE, SIMPLE_SMALLEST)
    few = {name: columns[name] for name in ("iso", "name", "sovereign", "continent")}
    entry = backdrop("jurisdictions_simple", "Jurisdictions, generalised", Role.JURISDICTION)
    entries.append(write_geopackage(out, entry, simple, few, "MultiPolygon"))
    for layer_id, title, shapes, geometry_type in (
        ("land", "Land", _polygons(world.land), "Polygon"),
        ("lakes", "Lakes", world.lakes, "MultiPolygon"),
        ("borders", "Land borders", world.borders, "MultiLineString"),
    ):
        entries.append(write_geopackage(out, backdrop(layer_id, title), shapes, {}, geometry_type))
    for table, (title, licence) in TABLES.items():
        entry = Entry(table, f"{table}.csv", "", None, title, OURS, licence, facts_date, 0)
        rows = companies.rows(tables) if table == "companies" else tables[table]
        entries.append(write_table(out, entry, rows))
    entries += [harbours, costs]
    # networks are built apart, as they take long: what the manifest says of them stays
    ours_ids = {entry.id for entry in entries}
    entries += [entry for entry in read_manifest(out) if entry.id not in ours_ids]
    write_manifest(out, entries)
    (out / "ATTRIBUTION.md").write_text(attribution(world), encoding="utf-8", newline="\n")
    return entries


def _points(rows: Rows, names: tuple[str, ...]) -> Layer:
    points = shapely.points(numbers(rows, "lon"), numbers(rows, "lat"))
    return points, {name: text(rows, name) for name in names}


def _polygons(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return single polygons: a reader that wants a part of the world need not read all of it."""
    return np.asarray(shapely.get_parts(shapes), dtype=object)


def attribution(world: Geography) -> str:
    """Return the credits text of the shipped data."""
    repairs = "\n".join(f"- {repair}" for repair in world.repairs)
    parts = ", ".join(f"{code} ({name})" for _, code, name, _ in geography.OVERSEAS)
    own_rows = textwrap.fill(
        "Overseas parts that Natural Earth draws inside their sovereign stand in rows of their "
        f"own: {parts}.",
        100,
    )
    return f"""# Where the shipped data comes from

- USGS (Mineral Commodity Summaries and deposit databases), NGA: US Government works.
- Natural Earth 5.1.1 (naturalearthdata.com): public domain. Boundaries are one point of view
  (the German one) and no statement about sovereignty.
- IEA Critical Minerals Dataset and Data Explorer: CC BY 4.0.
- ICMM Global Mining Dataset, Global Energy Monitor, GeoNames: CC BY 4.0.
- A part of the positions was read off OpenStreetMap: © OpenStreetMap contributors, ODbL.
- Roads and railways (land_network.npz): © OpenStreetMap contributors, simplified by scgraph-data
  2.0.0 (MIT licence) and by gisapp; the file is a database under ODbL 1.0. Links between its parts,
  the countries and the coast are gisapp's and Natural Earth's. Ways between facilities (ways.npz)
  are worked out from it and under ODbL 1.0 too.
- Ports: searoute (Apache-2.0), its list with UN/LOCODE.
- Sea legs of the trade routes: shortest ways around 1:10m land. Land legs follow roads and
  railways of OpenStreetMap: © OpenStreetMap contributors, ODbL 1.0, by scgraph-data (MIT).
- Network of the seas: our own, from Natural Earth's land, with banks, canals and passages drawn for
  gisapp from the publications named in `packaging/sources/sea_*.csv`. Its check distances: NGA
  Pub. 151, Distances Between Ports (US Government work).
- Everything else: facts and figures from the source named in the row.

Rows from memory of a source, and positions that are an estimate, carry `unconfirmed`.

## Changed against Natural Earth

{repairs}

{own_rows}

Some names are replaced by short or current ones, China's among them: see
`packaging/sources/country_names.csv`.
"""
