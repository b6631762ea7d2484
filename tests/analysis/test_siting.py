from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import combinations, pairwise

import numpy as np
import pytest

from gisapp.analysis.allocation import allocate
from gisapp.analysis.feedstock import FlowQuery
from gisapp.analysis.flows import FlowResult, flows
from gisapp.analysis.network.journey import Measure
from gisapp.analysis.network.ports import FILE, Ports
from gisapp.analysis.siting import candidates, site, usual_capacity
from gisapp.analysis.siting_problem import Candidate
from gisapp.model.facts import Facts
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.places import layers_dir
from gisapp.model.vocabulary import Role
from tests.analysis.ways import StraightWays

MakeLayer = Callable[..., Layer]
DAY = date(2026, 11, 22)


def random_world(make_layer: MakeLayer, facts: Facts, seed: int, **query) -> FlowResult:
    """Return the allocation of ten mines to four plants, all over the world."""
    rng = np.random.default_rng(seed)

    def layer(role: Role, count: int, size: float) -> Layer:
        return make_layer(
            role,
            [(rng.uniform(-170, 170), rng.uniform(-60, 60)) for _ in range(count)],
            id=[f"{role.value}{i}" for i in range(count)],
            name=[f"{role.label} {i}" for i in range(count)],
            mineral=["tin"] * count,
            process=["smelting"] * count,
            country=rng.choice(["AUS", "USA", "CHN"], count).tolist(),
            status=["operating"] * count,
            capacity=rng.uniform(0.2, 1.0, count) * size,
        )

    layers = [layer(Role.DEPOSIT, 10, 1000.0), layer(Role.REFINERY, 4, 700.0)]
    return flows(
        FlowQuery("tin", as_of=DAY, least=Measure.KM, **query), layers, facts, StraightWays()
    )


def places(seed: int, count: int) -> tuple[Candidate, ...]:
    rng = np.random.default_rng(seed + 100)
    return tuple(
        Candidate(f"c{i}", f"C {i}", "AUS", rng.uniform(-170, 170), rng.uniform(-60, 60), "port")
        for i in range(count)
    )


def best_by_trying_all(
    result: FlowResult, at: tuple[Candidate, ...], count: int, size: float
) -> tuple[float, float]:
    of = result.network.of
    where = np.array([(p.lon, p.lat) for p in at])
    new = StraightWays().matrix(of.sites.lonlat, where).km * of.cargo
    scores = []
    for chosen in combinations(range(len(at)), count):
        found = allocate(
            of.supply,
            np.append(of.capacity, np.full(count, size)),
            np.hstack([result.network.cost(result.query.least), new[:, list(chosen)]]),
            product_per_feed=of.ratio,
        )
        scores.append((-round(found.placed, 6), found.total_cost))
    placed, cost = min(scores)
    return -placed, cost


@pytest.mark.parametrize("size", [150.0, 2000.0])
@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_better_than_the_answer(
    make_layer: MakeLayer, facts: Facts, seed: int, count: int, size: float
) -> None:
    result, at = random_world(make_layer, facts, seed), places(seed, 9)
    found = site(result, at, StraightWays(), count=count, capacity=size)
    placed, cost = best_by_trying_all(result, at, count, size)
    assert found.gap == 0.0
    assert found.after.placed == pytest.approx(placed)
    assert found.after.cargo_km == pytest.approx(cost)
    assert found.before.placed == pytest.approx(result.free.placed)
    assert found.before.cargo_km == pytest.approx(result.free.total_cost)
    assert len(found.chosen) == count
    assert found.rows["tonnes"].sum() <= found.after.placed + 1e-6
    assert (found.rows["used_share"] <= 1 + 1e-9).all()
    assert found.supply == pytest.approx(found.after.placed + found.after.unplaced)


def test_more_plants_are_never_worse(make_layer: MakeLayer, facts: Facts) -> None:
    result, at = random_world(make_layer, facts, 7), places(7, 8)
    sums = [site(result, at, StraightWays(), count=k, capacity=300.0).after for k in (1, 2, 3)]
    for fewer, more in pairwise(sums):
        assert more.placed >= fewer.placed - 1e-6
        assert more.placed > fewer.placed + 1e-6 or more.cargo_km <= fewer.cargo_km + 1e-6


def test_the_ranking_is_that_of_single_places(make_layer: MakeLayer, facts: Facts) -> None:
    result, at = random_world(make_layer, facts, 2), places(2, 8)
    found = site(result, at, StraightWays(), capacity=5000.0)
    first = found.tried.iloc[0]
    assert first["id"] == at[found.chosen[0]].id
    assert first["placed"] == pytest.approx(found.after.placed - found.before.placed)
    assert first["saved"] == pytest.approx(found.before.cargo_km - found.after.cargo_km)


def test_an_alliance_sites_for_its_own_ore(make_layer: MakeLayer, facts: Facts) -> None:
    members = frozenset({"AUS"})
    result = random_world(make_layer, facts, 4, within=members)
    own = candidates(None, result)
    assert {place.country for place in own} <= members
    found = site(result, places(4, 5), StraightWays(), capacity=10_000.0)
    assert found.supply == pytest.approx(result.network.of.supply[result.ore].sum())
    assert found.after.unplaced == pytest.approx(0.0, abs=1e-6)


def test_candidates_are_main_ports_and_sites(make_layer: MakeLayer, facts: Facts) -> None:
    result = random_world(make_layer, facts, 1)
    ports = Ports.load(layers_dir() / FILE)
    found = candidates(ports, result)
    assert {p.name for p in found if p.kind == "port"} == {ports.all[i].name for i in ports.main}
    assert sum(p.kind == "plant" for p in found) == 4
    assert sum(p.kind == "source" for p in found) == 10
    assert {p.kind for p in candidates(ports, result, {"plant"})} == {"plant"}
    assert usual_capacity(result) == pytest.approx(np.median(result.network.of.capacity))


@pytest.mark.parametrize(
    ("options", "word"),
    [({"count": 0}, "0 plants"), ({"count": 6}, "6 plants"), ({"capacity": 0.0}, "above nought"),
     ({"capacity": float("nan")}, "above nought"), ({"count": 4}, "3 places for 4")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(make_layer, facts: Facts, options, word) -> None:
    result = random_world(make_layer, facts, 1)
    with pytest.raises(GisappError, match=word) as caught:
        site(result, places(1, 3), StraightWays(), **options)
    assert caught.value.code == "bad_query"


def test_it_can_be_cancelled(make_layer: MakeLayer, facts: Facts) -> None:
    result = random_world(make_layer, facts, 1)
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        site(result, places(1, 3), StraightWays(), feedback=feedback)
