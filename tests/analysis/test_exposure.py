from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from gisapp.analysis.exposure import COLUMNS, Traffic, exposure, traffic_of
from gisapp.analysis.feedstock import FlowQuery
from gisapp.analysis.flows import flows
from gisapp.analysis.network.journey import Avoidance
from gisapp.model.facts import Facts
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.geodesy import distance_km
from tests.analysis.ways import PASSAGES, StraightWays


@pytest.fixture
def traffic() -> Traffic:
    """Return four movements: two stay, one crosses one passage, one crosses all three."""
    return Traffic(
        starts=np.array([[0.0, 0.0], [30.0, 10.0]]),
        ends=np.array([[5.0, 0.0], [40.0, 0.0], [100.0, 0.0]]),
        source=np.array([0, 0, 1, 0]),
        target=np.array([0, 1, 1, 2]),
        tonnes=np.array([100.0, 300.0, 200.0, 50.0]),
        start_names=("West mine", "East mine"),
        end_names=("Home", "Middle", "Far"),
    )


def test_shares_and_detours_are_what_a_sum_by_hand_gives(traffic: Traffic) -> None:
    found = exposure(traffic, StraightWays(), names={"west-gate": "West Gate"})
    km = distance_km(traffic.starts[traffic.source], traffic.ends[traffic.target])
    work = traffic.tonnes * km
    assert found.tonne_km == pytest.approx(work.sum())
    by = {c.passages[0]: c for c in found.passages}
    west, east, last = (by[name] for name in PASSAGES)
    assert west.tonnes == 350.0
    assert west.share_tonnes == pytest.approx(350 / 650)
    assert west.share_tonne_km == pytest.approx((work[1] + work[3]) / work.sum())
    assert west.detour_km == pytest.approx(1500.0)
    assert west.detour_days == pytest.approx(3.0)
    assert west.loss_usd == pytest.approx(350 * 1500 * 0.02)
    assert west.criticality == pytest.approx(350 * 1500 / work.sum())
    assert east.tonnes == 50.0
    assert last.unreachable_tonnes == 50.0
    assert last.unreachable == ("West mine to Far",)
    assert np.isnan(last.detour_km)
    assert last.criticality == last.loss_usd == 0.0
    assert found.together is None
    assert list(found.rows.columns) == list(COLUMNS)
    assert found.rows["passage"].tolist() == ["west-gate", "east-gate", "no-way-round"]
    assert found.rows["name"].tolist()[0] == "West Gate"


def test_two_closed_together_cost_at_least_each_alone(traffic: Traffic) -> None:
    found = exposure(traffic, StraightWays(), together=["west-gate", "east-gate"])
    both = found.together
    assert both is not None
    assert both.passages == ("east-gate", "west-gate")
    assert both.tonnes == 350.0
    assert both.loss_usd == pytest.approx(0.02 * (300 * 1500 + 50 * 5500))
    alone = {c.passages[0]: c for c in found.passages}
    for name in ("west-gate", "east-gate"):
        assert both.criticality >= alone[name].criticality


def test_only_what_uses_a_passage_is_routed_again(traffic: Traffic) -> None:
    router = StraightWays()
    exposure(traffic, router)
    assert [sorted(avoid.passages) for avoid in router.asked] == [[], *([p] for p in PASSAGES)]


def test_what_is_closed_already_is_no_exposure(traffic: Traffic) -> None:
    closed = Avoidance(frozenset({"west-gate"}))
    found = exposure(traffic, StraightWays(), avoid=closed, together=["west-gate"])
    assert "west-gate" not in set(found.rows["passage"])
    assert found.together is None


def test_what_has_no_way_is_left_out(traffic: Traffic) -> None:
    shut = Avoidance(frozenset({"no-way-round"}))
    found = exposure(traffic, StraightWays(), avoid=shut)
    assert found.traffic.tonnes.tolist() == [100.0, 300.0, 200.0]


def test_nothing_moves_nothing_is_exposed(traffic: Traffic) -> None:
    found = exposure(traffic.take(traffic.tonnes < 0), StraightWays(), together=["west-gate"])
    assert not found.passages
    assert not len(found.rows)


def test_a_passage_that_is_none_is_refused(traffic: Traffic) -> None:
    with pytest.raises(GisappError, match="atlantis") as caught:
        exposure(traffic, StraightWays(), together=["atlantis"])
    assert caught.value.code == "unknown_passage"


def test_it_can_be_cancelled(traffic: Traffic) -> None:
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        exposure(traffic, StraightWays(), feedback=feedback)


@pytest.mark.parametrize("seed", range(5))
def test_properties_of_random_traffic(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m, k = 8, 6, 20
    pairs = rng.choice(n * m, k, replace=False)
    traffic = Traffic(
        np.column_stack([rng.uniform(-20, 110, n), rng.uniform(-60, 60, n)]),
        np.column_stack([rng.uniform(-20, 110, m), rng.uniform(-60, 60, m)]),
        pairs // m,
        pairs % m,
        rng.uniform(1, 100, k),
        tuple(map(str, range(n))),
        tuple(map(str, range(m))),
    )
    found = exposure(traffic, StraightWays(), together=PASSAGES)
    for closing in (*found.passages, found.together):
        assert 0 <= closing.share_tonnes <= 1 + 1e-12
        assert 0 <= closing.share_tonne_km <= 1 + 1e-12
        assert closing.criticality >= 0
        assert closing.loss_usd >= 0
        assert closing.unreachable_tonnes <= closing.tonnes + 1e-9
        assert found.together.share_tonnes >= closing.share_tonnes - 1e-12
    shares = [c.share_tonnes for c in found.passages]
    assert shares == sorted(shares, reverse=True)


def test_of_an_allocation_of_shipped_layers(facts: Facts, shipped_layers) -> None:
    query = FlowQuery("lithium", as_of=date(2026, 11, 22))
    result = flows(query, shipped_layers, facts, StraightWays())
    found = exposure(traffic_of(result), StraightWays())
    assert found.traffic.tonnes.sum() == pytest.approx(
        result.world.placed * result.network.of.cargo
    )
    assert found.tonne_km == pytest.approx(result.world.cargo_km)
