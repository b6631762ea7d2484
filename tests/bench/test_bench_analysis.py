"""How fast the analyses are: `pytest tests/bench --benchmark-only`."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from gisapp.analysis.coverage import AllianceSet, CoverageQuery, coverage
from gisapp.analysis.distance import DistanceQuery, distance
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.nearest import nearest
from gisapp.analysis.timeline import over_time
from gisapp.data.shipped import load_layer
from gisapp.model.facts import Facts
from gisapp.model.features import Features, Floats
from gisapp.model.geodesy import distance_km
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import MINERALS, Basis, Role, Stage, Weight


def scattered(n: int, seed: int) -> Floats:
    """Return positions evenly over the sphere."""
    rng = np.random.default_rng(seed)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    return np.column_stack([rng.uniform(-180, 180, n), lat])


def test_nearest_100_000_to_10_000(benchmark: Any) -> None:
    """Goal: 0.6 s; equal to brute force on 2,000."""
    queries, targets = scattered(100_000, 1), scattered(10_000, 2)
    found = benchmark.pedantic(nearest, (queries, targets), rounds=5, warmup_rounds=1)
    for row in np.random.default_rng(0).choice(len(queries), 2000, replace=False):
        km = distance_km(np.broadcast_to(queries[row], targets.shape), targets)
        assert found.index[row, 0] == km.argmin()


@pytest.mark.parametrize("warm", [False, True], ids=["first", "again"])
def test_country_of_a_million(benchmark: Any, warm: bool) -> None:
    """Goal: 2.5 s against 1:10 m polygons, index and coast included."""
    layer = load_layer("jurisdictions")
    points = scattered(1_000_000, 3)
    index = JurisdictionIndex(layer)
    if warm:
        index.country_of(points[:1000])

    def ask() -> Any:
        return (index if warm else JurisdictionIndex(layer)).country_of(points)

    found = benchmark.pedantic(ask, rounds=3)
    assert 0.25 < (found != "").mean() < 0.35


def test_distance_of_a_users_100_000_deposits(benchmark: Any, facts: Facts) -> None:
    """A whole query with restriction on a large layer."""
    points = scattered(100_000, 4)
    columns = {"id": np.array([f"d{i}" for i in range(len(points))], dtype=object)}
    mines = Layer("big", "Big", Role.DEPOSIT, Features.from_points(points, columns))
    plants = [load_layer("refineries")]
    query = DistanceQuery("lithium", within=frozenset({"USA", "AUS"}))
    result = benchmark.pedantic(distance, (query, [mines], plants, facts), rounds=3)
    assert len(result.rows) == len(points)


def test_coverage_of_everything(benchmark: Any, facts: Facts) -> None:
    """All minerals and stages of one alliance."""
    day = date(2026, 11, 22)
    inside = facts.alliances.jurisdictions("four_nation_us_can_gbr_aus", day)
    layers = [load_layer(i) for i in ("deposits", "refineries", "magnet_plants")]
    query = CoverageQuery((("four", "Four", inside),), tuple(MINERALS), as_of=day)
    table = benchmark(coverage, query, layers, facts)
    assert len(table) == 3 * len(MINERALS)


@pytest.mark.parametrize("by", list(Basis))
def test_coverage_of_a_question(benchmark: Any, facts: Facts, by: Basis) -> None:
    """Three stages of nickel, as the window asks them."""
    layers = [load_layer(name) for name in ("deposits", "refineries", "magnet_plants")]
    inside = facts.alliances.jurisdictions("msp_forum", date(2026, 11, 22))
    query = CoverageQuery((("a", "MSP Forum", inside),), ("nickel",), by=by)
    assert len(benchmark(coverage, query, layers, facts)) == 3


def test_coverage_over_eleven_years(benchmark: Any, facts: Facts) -> None:
    layers = [load_layer(name) for name in ("deposits", "refineries", "magnet_plants")]
    query = CoverageQuery((), ("lithium",), (Stage.REFINING,), weight=Weight.CAPACITY)
    days = [date(year, 12, 31) for year in range(2020, 2031)]

    def members(day: date) -> tuple[AllianceSet, ...]:
        return (("a", "MSP", facts.alliances.jurisdictions("msp", day)),)

    def run() -> int:
        present = date(2026, 9, 1)
        return len(over_time(query, days, members, layers, facts, present=present))

    assert benchmark(run) == 11
