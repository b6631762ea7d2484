"""Small layers and facts made by hand, and the shipped layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from gisapp.data.shipped import load_layer
from gisapp.model.alliance import AllianceBook
from gisapp.model.facts import CountryQuantity, Facts, Kind, Quantity, WorldTotal
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role, Stage

MakeLayer = Callable[..., Layer]


@pytest.fixture(scope="session")
def make_layer() -> MakeLayer:
    """Return a maker of facility layers from positions and columns of lists."""

    def make(role: Role, lonlat: Sequence[tuple[float, float]], **columns: list[Any]) -> Layer:
        arrays = {
            name: np.array(values, dtype=float if name in {"capacity", "start_year"} else object)
            for name, values in columns.items()
        }
        points = np.array(lonlat, dtype=float).reshape(-1, 2)
        return Layer(role.value, f"My {role.value}s", role, Features.from_points(points, arrays))

    return make


@pytest.fixture(scope="session")
def make_facts() -> Callable[..., Facts]:
    """Return a maker of facts with only production rows and facility quantities."""

    def make(
        production: Sequence[CountryQuantity] = (),
        quantities: Sequence[Quantity] = (),
        world_totals: Sequence[WorldTotal] = (),
    ) -> Facts:
        by_site: dict[str, tuple[Quantity, ...]] = {}
        for q in quantities:
            by_site[q.facility] = (*by_site.get(q.facility, ()), q)
        return Facts(
            alliances=AllianceBook({}, {}),
            quantities=by_site,
            production=tuple(production),
            world_totals=tuple(world_totals),
            thresholds=(),
            agreements=(),
            countries=dict.fromkeys(("AUS", "CHN", "IDN", "JPN", "USA"), "a country"),
            confidence={},
            position_km={},
        )

    return make


@pytest.fixture(scope="session")
def national_rows() -> Callable[..., list[CountryQuantity]]:
    """Return a maker of national rows from a mapping of country to value."""

    def make(
        values: dict[str, float],
        mineral: str = "nickel",
        stage: Stage = Stage.REFINING,
        *,
        unit: str = "t refined Ni",
        year: int = 2024,
        kind: Kind = Kind.PRODUCTION,
    ) -> list[CountryQuantity]:
        return [
            CountryQuantity(mineral, stage, country, year, value, unit, kind, "a table")
            for country, value in values.items()
        ]

    return make


@pytest.fixture(scope="session")
def shipped_layers() -> tuple[Layer, ...]:
    """Return the facility layers that ship."""
    return tuple(load_layer(name) for name in ("deposits", "refineries", "magnet_plants"))


@pytest.fixture(scope="session")
def jurisdictions() -> Layer:
    """Return the 1:10 m jurisdictions that ship."""
    return load_layer("jurisdictions")
