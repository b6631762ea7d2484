"""Pictures of the shipped data that the tests of every drawer draw."""

from __future__ import annotations

from datetime import date

import numpy as np

from gisapp.data.shipped import load_facts, load_layer
from gisapp.model.geodesy import distance_km, geodesic_path
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role, family
from gisapp.render.picture import (
    Bar,
    BarChart,
    Connection,
    DrawnLayer,
    Label,
    Picture,
    Shading,
)

AS_OF = date(2026, 11, 22)
SOURCES = (
    "Facilities compiled from USGS and ICMM (CC BY 4.0), 2026-09",
    "Natural Earth 5.1.1 (public domain)",
)
CHART = BarChart(
    "China refines 91 % of rare earths",
    "Share of world refining, 2024",
    "%",
    (
        Bar("China", 91.0, 91.4, "leader"),
        Bar("Quad together", 6.1, 8.9, "alliance"),
        Bar("Malaysia", 3.9, 4.2),
        Bar("Estonia", 0.3, 0.3),
        Bar("Unknown", 0.0, 2.4, "unknown"),
    ),
    65.0,
    "65 % benchmark",
    "Bounds count unknown sites as outside and as inside.",
)


def rows_of(layer: Layer, mineral: str) -> tuple[int, ...]:
    """Return the rows of a mineral and its children."""
    wanted = family(mineral)
    listed = layer.features.columns["mineral"]
    return tuple(
        i
        for i, text in enumerate(listed)
        if wanted & {word.strip() for word in str(text).split(";")}
    )


def quad() -> Shading:
    """Return the shading of an alliance."""
    return Shading("Quad", load_facts().alliances.jurisdictions("quad", AS_OF))


def world() -> Picture:
    """Return everything that ships on one map."""
    names = ("trade_routes", "deposits", "refineries", "magnet_plants")
    return Picture(
        "Critical minerals are mined everywhere and refined in East Asia",
        "Deposits, refineries, magnet plants and trade routes, 2026",
        tuple(DrawnLayer(load_layer(name)) for name in names),
        AS_OF,
        SOURCES,
        shading=(quad(),),
        labels=(Label("Bayan Obo", (109.97, 41.8)), Label("Mount Weld", (122.5, -28.9))),
        notes="All statuses are shown.",
    )


def distance() -> Picture:
    """Return lines from rare-earth deposits to the nearest refinery, over 180 degrees too."""
    deposits, refineries = load_layer("deposits"), load_layer("refineries")
    start, end = rows_of(deposits, "rare_earths"), rows_of(refineries, "rare_earths")
    here, there = deposits.features, refineries.features
    inside = quad().inside
    links = []
    for row in start[::4]:
        km = distance_km(here.lonlat[row], there.lonlat[list(end)])
        nearest = end[int(np.argmin(km))]
        links.append(
            Connection(
                geodesic_path(here.lonlat[row], there.lonlat[nearest]),
                float(km.min()),
                there.columns["country"][nearest] in inside,
                here.columns["name"][row],
                there.columns["name"][nearest],
            )
        )
    pacific = geodesic_path((151.2, -33.9), (-118.2, 33.7))
    links.append(Connection(pacific, 12_060.0, False, "Sydney", "Los Angeles"))
    return Picture(
        "Half of rare-earth deposits lie far from a separation plant",
        "Geodesic distance to the nearest refinery",
        (DrawnLayer(refineries, rows=end), DrawnLayer(deposits, rows=start)),
        AS_OF,
        SOURCES,
        shading=(quad(),),
        connections=tuple(links),
        labels=(Label("Mountain Pass", (-115.53, 35.48), Role.DEPOSIT),),
    )


def coverage() -> Picture:
    """Return rare earths sized by capacity, two alliances and a chart beside the map."""
    drawn = []
    for name in ("deposits", "refineries", "magnet_plants"):
        layer = load_layer(name)
        rows = rows_of(layer, "rare_earths")
        tonnes = layer.features.columns["capacity"].astype(float)[list(rows)]
        drawn.append(DrawnLayer(layer, rows=rows, weights=tonnes, weight_unit="t per year"))
    brics = load_facts().alliances.jurisdictions("brics", AS_OF)
    return Picture(
        "The Quad refines 1 % of rare earths; China refines 91 %",
        "Rare earths by capacity, t per year, 2024",
        tuple(drawn),
        AS_OF,
        SOURCES,
        shading=(quad(), Shading("BRICS", brics)),
        chart=CHART,
        caption="Shares are bounds where owners are not known.",
        notes="By location; the EU expands to its members.",
    )
