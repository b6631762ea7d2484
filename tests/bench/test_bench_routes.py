"""How fast journeys are: `pytest tests/bench --benchmark-only`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gisapp.analysis.network.journey import Avoidance, JourneyMatrix, Measure, Travel
from gisapp.analysis.network.router import Router
from gisapp.data.shipped import load_layer
from gisapp.model.features import Floats
from gisapp.model.places import layers_dir

SHANGHAI, ROTTERDAM = (121.8, 31.3), (4.05, 51.95)
KOLWEZI, BAOTOU = (25.47, -10.72), (109.84, 40.66)


def sites(layer_id: str, mineral: str = "") -> Floats:
    """Return where the sites of a shipped layer stand, of all minerals or of one."""
    features = load_layer(layer_id).features
    of = np.array([mineral in str(value) for value in features.columns["mineral"]])
    lonlat = features.lonlat[of]
    return np.unique(lonlat[np.isfinite(lonlat).all(axis=1)], axis=0)


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Router:
    return Router.load(layers_dir(), cache=tmp_path_factory.mktemp("journeys"))


def test_one_way_by_sea(benchmark: Any, router: Router) -> None:
    """Goal: 5 ms warm."""
    args = {"travel": Travel.SEA}
    found = benchmark.pedantic(
        router.journey, (SHANGHAI, ROTTERDAM), args, rounds=20, warmup_rounds=2
    )
    assert found.km > 19_000


def test_one_journey_by_land_and_sea(benchmark: Any, router: Router) -> None:
    """Goal: 0.3 s warm."""
    args = {"least": Measure.USD}
    found = benchmark.pedantic(router.journey, (KOLWEZI, BAOTOU), args, rounds=5, warmup_rounds=1)
    assert len(found.legs) > 2


@pytest.mark.parametrize("least", [Measure.KM, Measure.USD])
def test_a_mineral_again(benchmark: Any, router: Router, least: Measure) -> None:
    """Goal: 2 s warm, some 130 deposits to 100 plants."""
    mines, plants = sites("deposits", "lithium"), sites("refineries", "lithium")
    found = benchmark.pedantic(
        router.matrix, (mines, plants), {"least": least}, rounds=3, warmup_rounds=1
    )
    assert np.isfinite(found.km).mean() > 0.9


@pytest.mark.parametrize("passage", ["malacca", "suez", "panama"])
def test_a_mineral_with_a_passage_closed(benchmark: Any, router: Router, passage: str) -> None:
    """Goal: 2 s the first time."""
    mines, plants = sites("deposits", "lithium"), sites("refineries", "lithium")
    router.matrix(mines, plants)
    args = {"avoid": Avoidance(passages=frozenset({passage}))}
    found = benchmark.pedantic(router.matrix, (mines, plants), args, rounds=1)
    assert not found.uses(passage).any()


@pytest.mark.parametrize("least", list(Measure))
@pytest.mark.parametrize("mineral", ["lithium", "copper", "cobalt", "rare_earths"])
def test_a_mineral_the_first_time(
    benchmark: Any, tmp_path: Path, mineral: str, least: Measure
) -> None:
    """Goal: 3 s with nothing kept, the networks read from disk included."""
    mines, plants = sites("deposits", mineral), sites("refineries", mineral)

    def first() -> JourneyMatrix:
        return Router.load(layers_dir(), cache=tmp_path).matrix(mines, plants, least=least)

    found = benchmark.pedantic(first, rounds=1)
    assert np.isfinite(found.km).mean() > 0.9


@pytest.mark.parametrize("least", [Measure.KM, Measure.USD])
def test_own_layers_the_first_time(benchmark: Any, tmp_path: Path, least: Measure) -> None:
    """Goal: 10 s, 100 deposits to 100 plants that nobody has asked for before."""
    rng = np.random.default_rng(5)
    mines, plants = (
        every[rng.choice(len(every), 100, replace=False)] + rng.uniform(0.05, 0.3, (100, 2))
        for every in (sites("deposits"), sites("refineries"))
    )

    def first() -> JourneyMatrix:
        return Router.load(layers_dir(), cache=tmp_path).matrix(mines, plants, least=least)

    found = benchmark.pedantic(first, rounds=1)
    assert np.isfinite(found.km).mean() > 0.9


def test_all_sites_again(benchmark: Any, router: Router) -> None:
    """Some 740 deposits to 590 plants: memory is bounded, nothing is asked twice."""
    mines, plants = sites("deposits"), sites("refineries")
    found = benchmark.pedantic(router.matrix, (mines, plants), rounds=1, warmup_rounds=1)
    assert np.isfinite(found.km).mean() > 0.9


def test_the_command(benchmark: Any, tmp_path: Path) -> None:
    """Goal: 3 s as a process."""
    command = [sys.executable, "-m", "gisapp", "route", "CNSHA", "NLRTM", "--json"]
    done = benchmark.pedantic(
        subprocess.run, (command,), {"capture_output": True}, rounds=3, warmup_rounds=1
    )
    assert done.returncode == 0
