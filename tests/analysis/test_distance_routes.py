"""Distances along ways: a matrix made by hand or at random stands for the router."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gisapp.analysis import sentences
from gisapp.analysis.distance import COLUMNS, DistanceQuery, DistanceResult, distance
from gisapp.analysis.fragile import CLOSURE, ERROR, ONLY
from gisapp.analysis.network.journey import Avoidance, JourneyMatrix, Measure, Travel
from gisapp.model.facts import Facts, Kind, Quantity
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.geodesy import distance_km
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis, Role, Status

MakeLayer = Callable[..., Layer]
MALACCA, SUEZ = "malacca", "suez"
AUS, CHN, USA = "AUS", "CHN", "USA"


@dataclass
class Tables:
    """Ways as tables: all measures of every pair, and what each pair passes.

    A closed passage adds to what passes it, or takes the way away where the detour is inf.
    """

    km: npt.NDArray[np.float64]
    passes: npt.NDArray[np.uint64]
    detour: float = np.inf
    speed: npt.NDArray[np.float64] | None = None
    asked: list[Avoidance] = field(default_factory=list)

    def matrix(
        self,
        starts: npt.ArrayLike,
        ends: npt.ArrayLike,
        *,
        least: Measure = Measure.KM,
        travel: Travel = Travel.ANY,
        avoid: Avoidance = Avoidance(),
        feedback: Feedback | None = None,
    ) -> JourneyMatrix:
        """Return the tables with what is closed."""
        assert travel is Travel.ANY
        if feedback is not None:
            feedback.check()
        self.asked.append(avoid)
        assert self.km.shape == (len(np.asarray(starts)), len(np.asarray(ends)))
        km = self.km.copy()
        for bit, name in enumerate((MALACCA, SUEZ)):
            if name in avoid.passages:
                km[(self.passes >> np.uint64(bit) & np.uint64(1)) > 0] += self.detour
        if avoid.countries:
            km[:, -1] = np.inf
        speed = np.full(km.shape, 500.0) if self.speed is None else self.speed
        none = np.zeros_like(km)
        figures = (km, km / speed, km * 0.05, km * 0.02, km, none, none)
        return JourneyMatrix(least, *figures, self.passes, (MALACCA, SUEZ), none)


@pytest.fixture
def mines(make_layer: MakeLayer) -> Layer:
    return make_layer(
        Role.DEPOSIT,
        [(0.0, 0.0), (10.0, 0.0)],
        id=["a", "b"],
        name=["Alpha", "Beta"],
        mineral=["tin", "tin"],
        country=["BOL", "PER"],
        status=["operating", "operating"],
        precision=["site", "region"],
    )


@pytest.fixture
def works(make_layer: MakeLayer) -> Layer:
    return make_layer(
        Role.REFINERY,
        [(1.0, 1.0), (20.0, 1.0), (40.0, 1.0)],
        id=["p", "q", "r"],
        name=["Pi", "Qoppa", "Rho"],
        mineral=["tin", "tin", "tin"],
        country=[AUS, CHN, USA],
        owner_country=[CHN, USA, USA],
        process=["smelting", "smelting", "smelting"],
        status=["operating", "operating", "planned"],
        start_year=[2000, 2000, 2029],
    )


KM = np.array([[100.0, 900.0], [2000.0, 950.0]])
PASSES = np.array([[1, 0], [2, 1]], dtype=np.uint64)
ROUTE = DistanceQuery("tin", metric="route")


def asked(
    query: DistanceQuery, mines: Layer, works: Layer, tables: Tables, facts: Facts | None = None
) -> DistanceResult:
    return distance(query, [mines], [works], facts, router=tables)


def test_the_least_of_each_measure_is_nearest_and_all_measures_are_told(
    mines: Layer, works: Layer
) -> None:
    slow = np.array([[10.0, 500.0], [500.0, 500.0]])
    tables = Tables(KM, PASSES, speed=slow)
    rows = asked(ROUTE, mines, works, tables).rows
    assert list(rows.columns) == list(COLUMNS)
    assert rows["plant_id"].tolist() == ["p", "q"]
    assert rows["distance_km"].tolist() == [100.0, 950.0]
    assert rows["days"].tolist() == [10.0, 1.9]
    assert rows["usd_t"].tolist() == [5.0, 47.5]
    assert rows["kg_co2_t"].tolist() == [2.0, 19.0]
    assert rows["sea_km"].tolist() == [100.0, 950.0]
    assert rows["passages"].tolist() == [MALACCA, MALACCA]
    fastest = asked(replace(ROUTE, measure=Measure.DAYS), mines, works, tables)
    assert fastest.rows["plant_id"].tolist() == ["q", "q"]
    assert fastest.rows["days"].tolist() == [1.8, 1.9]
    assert fastest.summary.median == pytest.approx(1.85)
    assert fastest.summary.median_km == 925.0
    assert "1.85\u00a0days" in sentences.distance_headline(fastest)


def test_each_switch_restricts_on_its_own_and_together(mines: Layer, works: Layer) -> None:
    inside = replace(ROUTE, within=frozenset({AUS, USA}), within_title="pair")

    def plants(query: DistanceQuery) -> list[str]:
        return asked(query, mines, works, Tables(KM, PASSES)).rows["plant_id"].tolist()

    place, owner = Basis.LOCATION, Basis.CONTROL
    assert plants(replace(inside, inside=frozenset())) == ["p", "q"]  # restricts nothing
    assert plants(replace(inside, inside=frozenset({place}))) == ["p", "p"]
    assert plants(replace(inside, inside=frozenset({owner}))) == ["q", "q"]
    assert plants(replace(inside, inside=frozenset({place, owner}))) == ["", ""]
    closed = Avoidance(passages=frozenset({SUEZ}))
    assert plants(replace(inside, inside=frozenset({place}), avoid=closed)) == ["p", ""]
    around = Avoidance(countries=frozenset({CHN}))
    assert plants(replace(ROUTE, avoid=around)) == ["p", "p"]


def test_penalties_in_every_unit_and_the_free_way_is_free(mines: Layer, works: Layer) -> None:
    tables = Tables(KM, PASSES, detour=300.0)
    query = replace(
        ROUTE, avoid=Avoidance(passages=frozenset({MALACCA}), opened=frozenset({"vilkitsky"}))
    )
    result = asked(query, mines, works, tables)
    assert [sorted(a.passages) for a in tables.asked] == [[], [MALACCA]]
    assert all(a.opened == {"vilkitsky"} for a in tables.asked)  # to open is no restriction
    rows = result.rows
    assert rows["unrestricted_km"].tolist() == [100.0, 950.0]
    assert rows["distance_km"].tolist() == [400.0, 1250.0]
    assert rows["penalty_km"].tolist() == [300.0, 300.0]
    np.testing.assert_allclose(rows["penalty_days"], 0.6)
    np.testing.assert_allclose(rows["penalty_usd_t"], 15.0)
    np.testing.assert_allclose(rows["penalty_kg_co2_t"], 6.0)
    assert result.summary.worst_penalty is not None
    text = sentences.distance_text(result)
    assert "refinery avoiding Malacca" in text
    assert "300\u00a0km" in text
    assert any("ODbL" in note for note in result.notes)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"avoid": Avoidance(passages=frozenset({MALACCA, SUEZ}))},
            "no way without Malacca and Suez",
        ),
        ({"within": frozenset({"FRA"})}, "none that fits is inside"),
        (
            {"within": frozenset({AUS}), "inside": frozenset({Basis.LOCATION, Basis.CONTROL})},
            "none that fits is inside and owned inside",
        ),
        ({"mineral": "tungsten"}, None),
        ({"statuses": frozenset({Status.SUSPENDED})}, "no refinery for tin is suspended"),
        (
            {"min_capacity": 5e6, "unknown_capacity": False},
            "none of 5\u202f000\u202f000 t/yr or more",
        ),
    ],
)
def test_no_plant_has_its_reason(
    mines: Layer, works: Layer, change: dict[str, Any], reason: str | None
) -> None:
    query = replace(ROUTE, **change)
    sizes = np.zeros((2, 0)) if {"statuses", "min_capacity"} & set(change) else KM
    everywhere = np.array([[1, 3], [2, 1]], dtype=np.uint64)[:, : sizes.shape[1]]
    if reason is None:
        assert asked(query, mines, works, Tables(KM, PASSES)).rows.empty
        return
    rows = asked(query, mines, works, Tables(sizes, everywhere)).rows
    assert rows["status"].tolist() == ["no_plant", "no_plant"]
    assert rows["reason"].tolist() == [reason, reason]
    assert rows[["distance_km", "days", "penalty_km"]].isna().all(axis=None)


def test_a_deposit_without_any_plant_of_the_mineral(mines: Layer, works: Layer) -> None:
    copper = mines.with_(
        features=mines.features.with_columns(mineral=np.array(["copper"] * 2, dtype=object))
    )
    result = distance(DistanceQuery("copper"), [copper], [works])
    assert result.rows["reason"].unique().tolist() == ["no refinery for copper"]


def test_plants_that_start_in_time(mines: Layer, works: Layer) -> None:
    three = np.array([[100.0, 900.0, 50.0], [2000.0, 950.0, 40.0]])
    tables = Tables(three, np.zeros((2, 3), dtype=np.uint64))
    later = replace(ROUTE, starts_by=date(2030, 12, 31), as_of=date(2026, 1, 1))
    assert asked(later, mines, works, tables).rows["plant_id"].tolist() == ["r", "r"]
    soon = replace(ROUTE, starts_by=date(2027, 12, 31))
    result = asked(soon, mines, works, Tables(KM, PASSES))
    assert result.rows["plant_id"].tolist() == ["p", "q"]
    assert any("start by 2027: 0 plants" in note for note in result.notes)


def test_capacity_and_what_is_unknown(
    mines: Layer, works: Layer, make_facts: Callable[..., Facts]
) -> None:
    facts = make_facts(
        quantities=[Quantity("p", "tin", "refined tin", Kind.CAPACITY, 20_000, "t/yr", 2024, "s")]
    )
    large = replace(ROUTE, min_capacity=30_000)
    only_q = Tables(KM[:, 1:], PASSES[:, 1:])
    rows = asked(large, mines, works, only_q, facts).rows
    assert rows["plant_id"].tolist() == ["q", "q"]  # of unknown capacity, so it counts
    known = replace(large, min_capacity=10_000, unknown_capacity=False)
    rows = asked(known, mines, works, Tables(KM[:, :1], PASSES[:, :1]), facts).rows
    assert rows["plant_id"].tolist() == ["p", "p"]


def test_all_of_a_tie_are_listed_with_one_rank(mines: Layer, works: Layer) -> None:
    tie = np.array([[100.0004, 100.0], [7.0, 950.0]])
    rows = asked(ROUTE, mines, works, Tables(tie, PASSES)).rows
    assert rows["deposit_id"].tolist() == ["a", "a", "b"]
    assert rows["plant_id"].tolist() == ["q", "p", "p"]
    assert rows["rank"].tolist() == [1, 1, 1]
    summary = asked(ROUTE, mines, works, Tables(tie, PASSES)).summary
    assert (summary.deposits, summary.without_plant) == (2, 0)
    assert summary.histogram_counts.sum() == 2


def test_answers_that_hang_by_a_thread_are_marked(mines: Layer, works: Layer) -> None:
    near = np.array([[100.0, 101.0], [300.0, 1900.0]])
    rows = asked(ROUTE, mines, works, Tables(near, PASSES)).rows
    # 5 % of 100 km of way is more than the one kilometre between them; 1,600 km more is far
    assert rows["fragile"].tolist() == [ERROR, CLOSURE]
    assert rows["runner_up_id"].tolist() == ["q", "q"]
    assert rows["runner_up_km"].tolist() == [101.0, 1900.0]
    assert rows["extra_km"].tolist() == [1.0, 1600.0]
    inside = replace(ROUTE, within=frozenset({AUS}))
    rows = asked(inside, mines, works, Tables(near, PASSES)).rows
    assert rows["fragile"].tolist() == [ONLY, ONLY]
    assert rows["runner_up_id"].tolist() == ["", ""]
    sure = np.array([[100.0, 130.0], [300.0, 390.0]])
    rows = asked(ROUTE, mines, works, Tables(sure, PASSES)).rows
    assert rows["fragile"].tolist() == ["", ERROR]  # the second deposit may be 50 km off
    assert rows["error_km"].iat[0] < 10 < 50 < rows["error_km"].iat[1]


def test_a_shift_within_the_precision_flips_what_is_marked(make_layer: MakeLayer) -> None:
    """Move deposits by as much as their precision allows: only marked answers may change."""
    rng = np.random.default_rng(5)
    n, m = 80, 60
    spots = np.column_stack([rng.uniform(-60, 60, n), rng.uniform(-50, 50, n)])
    plants = np.column_stack([rng.uniform(-60, 60, m), rng.uniform(-50, 50, m)])

    def answer(lonlat: npt.NDArray[np.float64]) -> DistanceResult:
        mines = make_layer(
            Role.DEPOSIT, lonlat, id=[f"d{i}" for i in range(n)], mineral=["tin"] * n,
            precision=["region"] * n,
        )  # fmt: skip
        works = make_layer(
            Role.REFINERY, plants, id=[f"p{i}" for i in range(m)], mineral=["tin"] * m,
            process=["smelting"] * m,
        )  # fmt: skip
        return distance(DistanceQuery("tin"), [mines], [works])

    base = answer(spots).rows
    flipped = np.zeros(n, dtype=bool)
    for turn in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        shift = 49.5 / 111.32 * np.array([np.cos(turn), np.sin(turn)])
        moved = spots + shift / np.column_stack([np.cos(np.radians(spots[:, 1])), np.ones(n)])
        assert distance_km(spots, moved).max() < 50
        flipped |= (answer(moved).rows["plant_id"] != base["plant_id"]).to_numpy()
    marked = base["fragile"].str.contains(ERROR).to_numpy()
    assert flipped.any()
    assert not (flipped & ~marked).any()
    assert marked.mean() < 0.3


@pytest.mark.parametrize("seed", range(15))
def test_restrictions_never_pay_and_the_nearest_is_that_of_brute_force(
    seed: int, make_layer: MakeLayer
) -> None:
    rng = np.random.default_rng(seed)
    n, m, k = 12, 9, int(rng.integers(1, 4))
    km = np.round(rng.uniform(10, 9000, (n, m)))
    km[rng.random((n, m)) < 0.15] = np.inf
    passes = rng.integers(0, 4, (n, m)).astype(np.uint64)
    home, owner = rng.choice([AUS, CHN, USA, ""], (2, m))
    mines = make_layer(Role.DEPOSIT, rng.uniform(-50, 50, (n, 2)), id=[f"d{i}" for i in range(n)],
                       mineral=["tin"] * n)  # fmt: skip
    works = make_layer(Role.REFINERY, rng.uniform(-50, 50, (m, 2)), id=[f"p{i}" for i in range(m)],
                       mineral=["tin"] * m, process=["smelting"] * m, country=list(home),
                       owner_country=list(owner))  # fmt: skip
    closed = frozenset(p for p in (MALACCA, SUEZ) if rng.random() < 0.5)
    bases = frozenset(b for b in (Basis.LOCATION, Basis.CONTROL) if rng.random() < 0.6)
    detour = float(rng.choice([np.inf, 700.0]))
    measure = rng.choice(list(Measure))
    query = replace(
        ROUTE, within=frozenset({AUS, USA}), inside=bases, avoid=Avoidance(passages=closed),
        measure=Measure(measure), nearest=k,
    )  # fmt: skip
    rows = asked(query, mines, works, Tables(km, passes, detour)).rows
    allowed = np.ones(m, dtype=bool)
    for basis, where in ((Basis.LOCATION, home), (Basis.CONTROL, owner)):
        if basis in bases:
            allowed &= np.isin(where, [AUS, USA])
    shut = sum(
        np.where(
            (passes >> np.uint64(bit) & np.uint64(1)) > 0, detour if name in closed else 0.0, 0.0
        )
        for bit, name in enumerate((MALACCA, SUEZ))
    )
    bound = np.where(allowed, km + shut, np.inf)
    for i in range(n):
        got = rows[rows["deposit_id"] == f"d{i}"]
        best, free = np.sort(bound[i]), np.sort(km[i])
        reachable = best[np.isfinite(best)]
        if not len(reachable):
            assert got["status"].tolist() == ["no_plant"]
            assert got["reason"].iat[0]
            continue
        assert (got["status"] == "ok").all()
        shown = [v for v in reachable if 1 + (reachable < v - 1e-3).sum() <= k]
        assert got["distance_km"].tolist() == shown
        penalties = [v - free[r - 1] for v, r in zip(shown, got["rank"], strict=True)]
        np.testing.assert_allclose(got["penalty_km"], penalties)
        for name in ("penalty_km", "penalty_days", "penalty_usd_t", "penalty_kg_co2_t"):
            assert (got[name] >= -1e-9).all()


def test_what_cannot_be_asked(mines: Layer, works: Layer) -> None:
    with pytest.raises(GisappError, match="network of ways") as caught:
        distance(ROUTE, [mines], [works])
    assert caught.value.code == "not_available"
    swapped = mines.with_(features=type(mines.features).from_points(
        np.array([[-23.0, 119.0], [-23.0, 118.0]]), dict(mines.features.columns)))  # fmt: skip
    with pytest.raises(GisappError, match="beyond 90 degrees") as caught:
        distance(DistanceQuery("tin"), [swapped], [works])
    assert caught.value.code == "bad_coordinates"
    with pytest.raises(GisappError) as caught:
        distance(
            replace(ROUTE, min_capacity=float("nan")), [mines], [works], router=Tables(KM, PASSES)
        )
    assert caught.value.code == "bad_query"
