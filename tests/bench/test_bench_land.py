"""How fast ways by land are found, and how far they are off: `pytest tests/bench --benchmark-only`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gisapp.analysis.network.land import LandMode, LandNetwork
from gisapp.data.shipped import load_layer
from gisapp.model.features import Floats
from gisapp.model.places import layers_dir

NETWORK = layers_dir() / "land_network.npz"
DISTANCES = Path(__file__).resolve().parents[2] / "packaging/sources/road_distances.csv"
ROAD = frozenset({LandMode.ROAD})


@pytest.fixture(scope="module")
def land() -> LandNetwork:
    """Return the shipped network, warm."""
    network = LandNetwork.load(NETWORK)
    network.route((109.84, 40.65), (117.73, 38.98))
    return network


@pytest.fixture(scope="module")
def facilities() -> Floats:
    """Return the positions of all shipped facilities."""
    layers = [load_layer(name) for name in ("deposits", "refineries", "magnet_plants")]
    return np.concatenate([shapely.get_coordinates(layer.features.geometry) for layer in layers])


def test_open_the_network(benchmark: Any) -> None:
    """Goal: 0.2 s."""
    benchmark.pedantic(LandNetwork.load, (NETWORK,), rounds=5, warmup_rounds=1)


@pytest.mark.parametrize(
    ("start", "end"),
    [((109.84, 40.65), (117.73, 38.98)), ((25.47, -10.71), (31.03, -29.87))],
    ids=["Baotou-Tianjin", "Kolwezi-Durban"],
)
def test_one_leg(benchmark: Any, land: LandNetwork, start: Any, end: Any) -> None:
    """Goal: 0.1 s."""
    route = benchmark.pedantic(land.route, (start, end), rounds=10, warmup_rounds=1)
    assert route is not None
    benchmark.extra_info["km"] = round(route.km)


@pytest.mark.parametrize("limit", [2000.0, np.inf], ids=["2000 km", "any"])
def test_130_deposits_to_600_places(
    benchmark: Any, land: LandNetwork, facilities: Floats, limit: float
) -> None:
    """Goal: 0.05 s a deposit."""
    found = benchmark.pedantic(
        land.costs, (facilities[:130], facilities[700:1300]), {"limit": limit}, rounds=3
    )
    benchmark.extra_info["reached"] = round(float(np.isfinite(found.cost).mean()), 3)


def test_all_facilities_to_600_places(
    benchmark: Any, land: LandNetwork, facilities: Floats
) -> None:
    """Goal: two minutes, once."""
    benchmark.pedantic(land.costs, (facilities, facilities[700:1300]), rounds=1)


def test_known_road_distances(benchmark: Any, land: LandNetwork) -> None:
    """Off known distances between cities: goal at most 3 % in the median, 7 % for nine of ten."""
    with DISTANCES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def errors() -> Floats:
        found = []
        for row in rows:
            start = float(row["from_lon"]), float(row["from_lat"])
            end = float(row["to_lon"]), float(row["to_lat"])
            route = land.route(start, end, modes=ROAD)
            assert route is not None, row
            found.append(route.km / float(row["km"]) - 1.0)
        return np.array(found)

    off = benchmark.pedantic(errors, rounds=1)
    median, most = float(np.median(np.abs(off))), float(np.percentile(np.abs(off), 90))
    print(f"{len(off)} roads: median error {median:.1%}, 90 % within {most:.1%}")  # noqa: T201
    assert median <= 0.03
    assert most <= 0.07
