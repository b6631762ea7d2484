"""How fast and how right the distances by sea are: `pytest tests/bench -k sea --benchmark-only -s`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from gisapp.analysis.network.calibration import Pairs, distances, errors, read_pairs
from gisapp.analysis.network.sea import SeaNetwork
from gisapp.model.features import Floats
from gisapp.model.places import layers_dir


@pytest.fixture(scope="module")
def sea() -> SeaNetwork:
    return SeaNetwork.load(layers_dir() / "sea_network.npz")


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return read_pairs(layers_dir() / "pub151_pairs.csv")


def ports(pairs: Pairs, count: int) -> Floats:
    """Return places beside ports, each different."""
    places = np.unique(np.vstack([pairs.start_lonlat, pairs.end_lonlat]), axis=0)
    rng = np.random.default_rng(3)
    return places[rng.integers(0, len(places), count)] + rng.uniform(-0.02, 0.02, (count, 2))


def test_sea_network_opens(benchmark: Any) -> None:
    """Goal: 0.2 s."""
    benchmark.pedantic(SeaNetwork.load, (layers_dir() / "sea_network.npz",), rounds=5)


def test_sea_route_between_known_ports(benchmark: Any, sea: SeaNetwork, pairs: Pairs) -> None:
    """Goal: 5 ms."""
    start, end = pairs.start_lonlat[0], pairs.end_lonlat[0]
    benchmark.pedantic(sea.route, (start, end), rounds=50, warmup_rounds=1)


def test_sea_route_from_new_ports(benchmark: Any, sea: SeaNetwork, pairs: Pairs) -> None:
    """A place never asked for before; goal: 20 ms with its way."""
    places = iter(ports(pairs, 200))
    benchmark.pedantic(lambda: sea.route(next(places), (4.05, 51.98)), rounds=50, warmup_rounds=5)


def test_sea_matrix_1000_by_1000(benchmark: Any, sea: SeaNetwork, pairs: Pairs) -> None:
    """Goal: 10 s, the ports known; what connecting them takes is in the extra figures."""
    places = ports(pairs, 2000)
    sea.matrix(places[:1000], places[1000:1001])
    sea.matrix(places[:1], places[1000:])
    found = benchmark.pedantic(sea.matrix, (places[:1000], places[1000:]), rounds=1)
    assert np.isfinite(found.km).all()


def test_sea_distances_against_pub_151(benchmark: Any, sea: SeaNetwork, pairs: Pairs) -> None:
    """Goals: from 1,000 nm median 0.5 %, 96 % within 5 %, p95 4 %; from 150 nm median 2 %."""
    nm = benchmark.pedantic(distances, (sea, pairs), rounds=1)
    for row in errors(nm, pairs):
        benchmark.extra_info[f"{row.from_nm:.0f} nm"] = asdict(row)
        sys.stdout.write(
            f"\n{row.pairs} pairs of {row.from_nm:.0f} nm and more: median {row.median:.2f} %, "
            f"signed {row.signed:+.2f} %, p90 {row.p90:.1f} %, p95 {row.p95:.1f} %, "
            f"within 5 % {row.within:.1f} %, no way {row.no_way}\n"
        )
    assert (nm >= 0.995 * pairs.geodesic_nm).all()
