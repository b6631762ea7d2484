from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment, linprog

from gisapp.analysis.allocation import Allocation, allocate
from gisapp.model.feedback import Cancelled, Feedback, GisappError


def case(seed: int, n: int = 12, m: int = 7, tight: float = 0.8):
    """Return whole-number supply, capacity and cost; some ways are forbidden."""
    rng = np.random.default_rng(seed)
    supply = rng.integers(0, 60, n).astype(float)
    capacity = rng.integers(0, 40, m).astype(float)
    capacity *= np.ceil(tight * supply.sum() / max(capacity.sum(), 1.0))
    cost = rng.integers(1, 500, (n, m)).astype(float)
    cost[rng.uniform(size=cost.shape) < 0.2] = np.inf
    return supply, capacity, cost


def lexicographic(found: Allocation) -> tuple[float, float]:
    return float(found.unplaced.sum()), found.total_cost


def check_feasible(found: Allocation, supply, capacity, cost, ratio=1.0) -> None:
    placed = np.bincount(found.source, found.tonnes, minlength=len(supply))
    made = np.bincount(found.plant, found.tonnes, minlength=len(capacity)) * ratio
    assert placed + found.unplaced == pytest.approx(supply, abs=1e-6)
    assert made == pytest.approx(found.used, abs=1e-6)
    assert (found.used <= capacity + 1e-6).all()
    assert (found.tonnes > 0).all()
    ways = cost[found.source, found.plant]
    assert np.isfinite(ways).all()
    assert float(ways @ found.tonnes) == pytest.approx(found.total_cost)


@pytest.mark.parametrize("tight", [0.4, 0.8, 1.6])
@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_min_cost_flow_of_networkx(seed: int, tight: float) -> None:
    supply, capacity, cost = case(seed, tight=tight)
    found = allocate(supply, capacity, cost)
    check_feasible(found, supply, capacity, cost)
    graph = nx.DiGraph()
    for i, tonnes in enumerate(supply):
        graph.add_edge("from", ("ore", i), capacity=int(tonnes), weight=0)
        for j in np.flatnonzero(np.isfinite(cost[i])):
            graph.add_edge(("ore", i), ("plant", j), weight=int(cost[i, j]))
    for j, room in enumerate(capacity):
        graph.add_edge(("plant", j), "to", capacity=int(room), weight=0)
    flow = nx.max_flow_min_cost(graph, "from", "to")
    placed = sum(flow["from"].values())
    assert found.placed == pytest.approx(placed)
    assert found.total_cost == pytest.approx(nx.cost_of_flow(graph, flow))


def test_one_tonne_each_is_the_assignment_problem() -> None:
    cost = np.random.default_rng(3).uniform(1, 9, (30, 30))
    found = allocate(np.ones(30), np.ones(30), cost)
    rows, columns = linear_sum_assignment(cost)
    assert found.plant.tolist() == columns.tolist()
    assert found.total_cost == pytest.approx(cost[rows, columns].sum())


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_the_programme_as_written_with_yields(seed: int) -> None:
    supply, capacity, cost = case(seed, 40, 25)
    ratio = np.random.default_rng(seed).uniform(0.2, 0.9, 25)
    found = allocate(supply, capacity, cost, product_per_feed=ratio)
    check_feasible(found, supply, capacity, cost, ratio)
    n, m = cost.shape
    dear = 1e5
    whole = linprog(
        np.concatenate([np.where(np.isfinite(cost), cost, 0.0).ravel(), np.full(n, dear)]),
        A_ub=np.hstack([np.tile(np.diag(ratio), n), np.zeros((m, n))]),
        b_ub=capacity,
        A_eq=np.hstack([np.kron(np.eye(n), np.ones(m)), np.eye(n)]),
        b_eq=supply,
        bounds=[(0, None if np.isfinite(c) else 0) for c in cost.ravel()] + [(0, None)] * n,
    )
    assert found.unplaced.sum() == pytest.approx(whole.x[-n:].sum(), abs=1e-5)
    assert found.total_cost == pytest.approx(whole.fun - dear * whole.x[-n:].sum(), rel=1e-7)


@pytest.mark.parametrize("tight", [0.5, 1.0, 1.7])
@pytest.mark.parametrize("seed", range(4))
def test_one_more_tonne_is_worth_what_solving_again_says(seed: int, tight: float) -> None:
    supply, capacity, cost = case(seed, 8, 6, tight)
    ratio = np.random.default_rng(seed).choice([0.5, 1.0, 2.0], 6)
    before = allocate(supply, capacity, cost, product_per_feed=ratio)
    step = 1e-3  # whole numbers: within one tonne of feed nothing else changes
    for j in range(6):
        more = capacity.copy()
        more[j] += step
        after = allocate(supply, more, cost, product_per_feed=ratio)
        placed = (before.unplaced.sum() - after.unplaced.sum()) / step
        saved = (before.total_cost - after.total_cost) / step
        assert before.placed_by_capacity[j] == pytest.approx(placed, abs=1e-4)
        assert before.value_of_capacity[j] == pytest.approx(saved, abs=1e-3)
    for i in range(8):
        larger = supply.copy()
        larger[i] += step
        after = allocate(larger, capacity, cost, product_per_feed=ratio)
        if np.isinf(before.cost_of_supply[i]):
            assert after.placed == pytest.approx(before.placed, abs=1e-6)
        else:
            asked = (after.total_cost - before.total_cost) / step
            assert before.cost_of_supply[i] == pytest.approx(asked, abs=1e-3)


@pytest.mark.parametrize("seed", range(8))
def test_more_capacity_never_hurts(seed: int) -> None:
    supply, capacity, cost = case(seed)
    rng = np.random.default_rng(seed)
    less = lexicographic(allocate(supply, capacity, cost))
    more = lexicographic(allocate(supply, capacity + rng.integers(0, 9, len(capacity)), cost))
    assert more[0] <= less[0] + 1e-9
    if more[0] == pytest.approx(less[0]):
        assert more[1] <= less[1] + 1e-6


def test_without_limits_everything_goes_to_the_cheapest() -> None:
    supply, _, cost = case(5)
    cost[:, 0] = 600.0
    found = allocate(supply, np.full(cost.shape[1], np.inf), cost)
    assert found.total_cost == pytest.approx((supply * cost.min(axis=1)).sum())
    assert not found.unplaced.any()
    assert not found.value_of_capacity.any()
    assert found.cost_of_supply == pytest.approx(cost.min(axis=1))


@pytest.mark.parametrize(
    ("n", "m", "capacity"), [(0, 0, 0.0), (3, 0, 0.0), (0, 3, 5.0), (3, 2, 0.0)]
)
def test_nowhere_to_go_is_an_answer(n: int, m: int, capacity: float) -> None:
    found = allocate(np.full(n, 2.0), np.full(m, capacity), np.ones((n, m)))
    assert found.unplaced.tolist() == [2.0] * n
    assert found.total_cost == 0.0
    assert found.used.tolist() == [0.0] * m
    assert np.isinf(found.cost_of_supply).all()


def test_a_plant_without_capacity_is_worth_the_tonne_that_it_would_place() -> None:
    found = allocate(np.array([5.0]), np.array([0.0]), np.array([[30.0]]), product_per_feed=0.5)
    assert found.placed_by_capacity.tolist() == [2.0]
    assert found.value_of_capacity.tolist() == [-60.0]


@pytest.mark.parametrize(
    ("supply", "capacity", "cost", "ratio", "word"),
    [
        ([1.0, np.nan], [1.0], [[1.0], [1.0]], 1.0, "supply"),
        ([-1.0, 1.0], [1.0], [[1.0], [1.0]], 1.0, "supply"),
        ([1.0, 1.0], [np.nan], [[1.0], [1.0]], 1.0, "capacity"),
        ([1.0, 1.0], [1.0], [[np.nan], [1.0]], 1.0, "cost"),
        ([1.0, 1.0], [1.0], [[-2.0], [1.0]], 1.0, "cost"),
        ([1.0, 1.0], [1.0], [[1.0], [1.0]], 0.0, "product"),
        ([1.0], [1.0], [[1.0], [1.0]], 1.0, "shape"),
    ],
)
def test_what_is_no_number_is_refused_in_a_sentence(supply, capacity, cost, ratio, word) -> None:
    with pytest.raises(GisappError, match=word) as caught:
        allocate(np.array(supply), np.array(capacity), np.array(cost), product_per_feed=ratio)
    assert caught.value.code == "bad_allocation"
    assert caught.value.message.endswith(".")


def test_it_can_be_cancelled() -> None:
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        allocate(*case(1), feedback=feedback)
