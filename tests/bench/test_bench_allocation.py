"""How fast ore is given to plants: `pytest tests/bench --benchmark-only`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gisapp.analysis.allocation import allocate


@pytest.mark.parametrize("tight", [0.6, 1.0, 1.5], ids=["scarce", "just enough", "plenty"])
def test_allocate_2_000_to_500(benchmark: Any, tight: float) -> None:
    """Goal: 3 s; proven optimal for all 1,000,000 arcs by the dual prices."""
    rng = np.random.default_rng(0)
    mines, plants = rng.uniform(0, 1, (2000, 1, 2)), rng.uniform(0, 1, (1, 500, 2))
    cost = 1e4 * np.linalg.norm(mines - plants, axis=2)
    cost[rng.uniform(size=cost.shape) < 0.1] = np.inf
    supply, capacity = rng.lognormal(6, 1.5, 2000), rng.lognormal(7.4, 1.5, 500)
    capacity *= tight * supply.sum() / capacity.sum()
    found = benchmark.pedantic(allocate, (supply, capacity, cost), rounds=3)
    assert found.placed / supply.sum() == pytest.approx(min(tight, 1.0))
