"""The weakest link: on what ships, and on a hundred thousand mines of a user's own."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from gisapp.analysis.chain import ChainQuery, weakest_link
from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role

FOUR = frozenset({"USA", "CAN", "GBR", "AUS"})
DAY = date(2026, 11, 22)


@pytest.mark.parametrize("mineral", ["rare_earths", "copper"])
def test_the_weakest_link_of_what_ships(benchmark, mineral):
    facts, layers = load_facts(), default_layers()
    query = ChainQuery(mineral, FOUR, as_of=DAY, yields=facts.yields)
    found = benchmark(weakest_link, query, layers, facts)
    assert found.carried.high > 0


def test_the_weakest_link_of_a_hundred_thousand_mines(benchmark):
    n, random = 100_000, np.random.default_rng(1)
    columns = {
        "id": np.array([f"m{i}" for i in range(n)], dtype=object),
        "country": random.choice(np.array(["USA", "CHN", "AUS"], dtype=object), n),
        "mineral": np.full(n, "rare_earths", dtype=object),
        "status": np.full(n, "operating", dtype=object),
        "capacity": random.uniform(1.0, 9.0, n),
    }
    places = np.column_stack([random.uniform(-170, 170, n), random.uniform(-60, 70, n)])
    mines = Layer("mines", "Mines", Role.DEPOSIT, Features.from_points(places, columns))
    facts = load_facts()
    layers = [mines, *(layer for layer in default_layers() if layer.role is not Role.DEPOSIT)]
    query = ChainQuery("rare_earths", FOUR, as_of=DAY, yields=facts.yields)
    found = benchmark.pedantic(weakest_link, (query, layers, facts), rounds=2)
    assert found.step("mining").sites > n / 2
