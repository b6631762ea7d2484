from __future__ import annotations

import numpy as np
import pytest

from gisapp.analysis.ranking import TIE, by_geodesic, by_values
from gisapp.model.features import Floats
from gisapp.model.geodesy import WGS84


def brute(sites: Floats, works: Floats) -> Floats:
    n, m = len(sites), len(works)
    a, b = np.repeat(sites, m, axis=0), np.tile(works, (n, 1))
    return np.asarray(WGS84.inv(*a.T, *b.T)[2]).reshape(n, m) / 1000.0


def places(rng: np.random.Generator, n: int) -> Floats:
    return np.column_stack(
        [rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n)))]
    )


@pytest.mark.parametrize("seed", range(12))
def test_geodesic_ranks_are_those_of_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m, groups, k = 40, int(rng.integers(1, 60)), 3, int(rng.integers(1, 6))
    sites, works = places(rng, n), places(rng, m)
    works[rng.random(m) < 0.4] = works[0]  # a town with many works
    group = rng.integers(0, groups, n)
    allowed = rng.random((groups, m)) < 0.6
    names = np.array([f"p{i:03d}" for i in rng.permutation(m)], dtype=object)
    found = by_geodesic(sites, works, group, allowed, order=names, k=k)
    km = brute(sites, works)
    for i in range(n):
        usable = np.flatnonzero(allowed[group[i]])
        wanted = sorted(usable, key=lambda j: (round(km[i, j], 6), names[j]))
        shown = found.index[i][(found.rank[i] > 0) & (found.rank[i] <= k)]
        ranks = [1 + int((km[i, usable] < km[i, j] - TIE).sum()) for j in wanted]
        expected = [j for j, rank in zip(wanted, ranks, strict=True) if rank <= k]
        assert shown.tolist() == expected
        held = found.rank[i][found.rank[i] > 0].tolist()
        assert held == ranks[: len(held)]
        assert len(held) == len(wanted) or len(held) > k  # the one after the last is there too
        np.testing.assert_allclose(found.value[i][: len(held)], km[i, wanted[: len(held)]])


@pytest.mark.parametrize("seed", range(6))
def test_matrix_ranks_are_those_of_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.round(rng.uniform(0, 5, (30, 20)), 1)  # many ties
    values[rng.random(values.shape) < 0.2] = np.inf
    allowed = rng.random(values.shape) < 0.7
    names = np.array([f"p{i:02d}" for i in rng.permutation(20)], dtype=object)
    found = by_values(values, allowed, names)
    for i, row in enumerate(values):
        usable = [j for j in range(20) if allowed[i, j] and np.isfinite(row[j])]
        wanted = sorted(usable, key=lambda j: (row[j], names[j]))
        held = found.index[i] >= 0
        assert found.index[i][held].tolist() == wanted
        assert found.rank[i][held].tolist() == [
            1 + sum(row[x] < row[j] - TIE for x in usable) for j in wanted
        ]
        assert np.isnan(found.value[i][~held]).all()


def test_a_tie_is_a_metre_and_no_chain_of_metres() -> None:
    values = np.array([[10.0, 10.0009, 10.0018, 11.0]])
    found = by_values(
        values, np.ones_like(values, dtype=bool), np.array(list("dcba"), dtype=object)
    )
    assert found.rank.tolist() == [[1, 1, 3, 4]]
    assert found.elsewhere.tolist() == [2]


def test_nothing_to_rank() -> None:
    none = by_geodesic(
        np.zeros((2, 2)),
        np.zeros((0, 2)),
        np.zeros(2, dtype=np.int64),
        np.zeros((1, 0), dtype=bool),
        order=np.array([], dtype=object),
        k=3,
    )
    assert none.index.shape == (2, 0)
    assert none.elsewhere.tolist() == [-1, -1]
