"""The largest flow through steps: against another solver, and what must hold of any."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.analysis.chain_flow import Node, most_carried

CLASSES = ("a", "b", "c")


@st.composite
def chains(draw):
    steps = draw(st.integers(1, 4))
    some = st.frozensets(st.sampled_from(CLASSES), min_size=1)
    nodes = []
    for step in range(steps):
        for _ in range(draw(st.integers(0, 4))):
            capacity = float(draw(st.integers(0, 40)))
            takes = draw(some) if step else frozenset()
            makes = draw(some) if step < steps - 1 else frozenset()
            nodes.append(Node(step, capacity, takes, makes))
    return steps, nodes


def by_networkx(nodes, steps):
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for i, node in enumerate(nodes):
        graph.add_edge(("in", i), ("out", i), capacity=node.capacity)
        if node.step == 0:
            graph.add_edge("source", ("in", i))
        if node.step == steps - 1:
            graph.add_edge(("out", i), "sink")
        for j, other in enumerate(nodes):
            if other.step == node.step + 1 and node.makes & other.takes:
                graph.add_edge(("out", i), ("in", j))
    return nx.maximum_flow_value(graph, "source", "sink")


@settings(max_examples=150, deadline=None)
@given(chains())
def test_as_much_as_another_solver_finds(chain):
    steps, nodes = chain
    found = most_carried(nodes, steps)
    assert found.total == pytest.approx(by_networkx(nodes, steps), abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(chains())
def test_the_cut_is_as_large_as_the_flow(chain):
    steps, nodes = chain
    found = most_carried(nodes, steps)
    if found.total > 0:
        assert found.cut.sum() == pytest.approx(found.total, abs=1e-6)
    else:
        assert found.cut.any()


@settings(max_examples=80, deadline=None)
@given(chains(), st.data())
def test_more_capacity_never_lowers_the_flow(chain, data):
    steps, nodes = chain
    if not nodes:
        return
    at = data.draw(st.integers(0, len(nodes) - 1))
    more = [
        Node(n.step, n.capacity + 7.0 * (i == at), n.takes, n.makes) for i, n in enumerate(nodes)
    ]
    assert most_carried(more, steps).total >= most_carried(nodes, steps).total - 1e-6


@settings(max_examples=80, deadline=None)
@given(chains())
def test_no_site_carries_more_than_it_can_and_steps_carry_the_same(chain):
    steps, nodes = chain
    found = most_carried(nodes, steps)
    for node, through in zip(nodes, found.through, strict=True):
        assert -1e-6 <= through <= node.capacity + 1e-6
    for step in range(steps):
        here = sum(x for n, x in zip(nodes, found.through, strict=True) if n.step == step)
        assert here == pytest.approx(found.total, abs=1e-5)


@given(st.lists(st.lists(st.floats(0.1, 1e6), min_size=1, max_size=4), min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_pure_chain_carries_what_its_least_step_can(capacities):
    steps, goods = len(capacities), frozenset({"goods"})
    nodes = [
        Node(i, c, goods if i else frozenset(), goods if i < steps - 1 else frozenset())
        for i, row in enumerate(capacities)
        for c in row
    ]
    sums = [sum(row) for row in capacities]
    found = most_carried(nodes, steps)
    # two steps that differ by less than the tolerance of the solver are one to it
    assert found.total == pytest.approx(min(sums), rel=1e-6)
    assert sums[found.binding] == pytest.approx(min(sums), rel=1e-6)


def test_what_is_lent_is_as_little_as_lifts_the_step():
    goods = frozenset({"goods"})
    nodes = [Node(0, 100.0, makes=goods), Node(1, 30.0, goods, goods), Node(2, 80.0, goods)]
    found = most_carried(nodes, 3, lent=frozenset({1}))
    assert found.total == pytest.approx(80.0)
    assert found.lent.tolist() == pytest.approx([0.0, 50.0, 0.0])
    assert found.binding == 2


def test_a_step_without_sites_is_where_the_chain_stops():
    goods = frozenset({"goods"})
    nodes = [Node(0, 100.0, makes=goods), Node(2, 80.0, goods)]
    found = most_carried(nodes, 3)
    assert found.total == 0.0
    assert np.flatnonzero(found.cut).tolist() == [1]


def test_products_that_nobody_takes_carry_nothing():
    nodes = [Node(0, 9.0, makes=frozenset({"powder"})), Node(1, 9.0, frozenset({"alloy"}))]
    found = most_carried(nodes, 2)
    assert found.total == 0.0
    assert found.cut.any()
