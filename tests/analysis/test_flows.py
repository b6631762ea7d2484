from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from gisapp.analysis.feedstock import FlowQuery, gather
from gisapp.analysis.flows import flows
from gisapp.analysis.network.journey import Avoidance, Measure
from gisapp.model.facts import Facts, Kind
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role
from tests.analysis.ways import StraightWays

MakeLayer = Callable[..., Layer]
DAY = date(2026, 11, 22)
MEMBERS = frozenset({"AUS", "USA"})


@pytest.fixture
def world(make_layer: MakeLayer) -> list[Layer]:
    """Return two mines with figures and one without, two plants with and one without."""
    mines = make_layer(
        Role.DEPOSIT,
        [(0.0, 0.0), (20.0, 0.0), (5.0, 5.0)],
        id=["m1", "m2", "m3"],
        name=["One", "Two", "Silent"],
        mineral=["tin", "tin", "tin"],
        country=["AUS", "IDN", "AUS"],
        status=["operating"] * 3,
        capacity=[1000.0, 500.0, np.nan],
    )
    plants = make_layer(
        Role.REFINERY,
        [(2.0, 0.0), (60.0, 0.0), (1.0, 1.0)],
        id=["p1", "p2", "p3"],
        name=["Near", "Far", "Unknown"],
        mineral=["tin", "tin", "tin"],
        process=["smelting"] * 3,
        country=["CHN", "USA", "CHN"],
        owner_country=["CHN", "CHN", "CHN"],
        status=["operating"] * 3,
        capacity=[970.0, 388.0, np.nan],
    )
    return [mines, plants]


def test_ore_goes_where_it_has_to_at_least_cost(world: list[Layer], facts: Facts) -> None:
    result = flows(FlowQuery("tin", as_of=DAY), world, facts, StraightWays())
    of = result.network.of
    assert of.ratio == facts.yields["y_refine:tin"] == 0.97
    assert of.cargo == pytest.approx(1 / facts.yields["cargo:tin"])
    # 1,500 t of ore, room for 970 / 0.97 = 1,000 and 388 / 0.97 = 400: the near plant takes m1's
    assert result.rows[["source_id", "plant_id", "tonnes"]].to_numpy().tolist() == [
        ["m1", "p1", pytest.approx(1000.0)],
        ["m2", "p2", pytest.approx(400.0)],
    ]
    assert result.world.placed == pytest.approx(1400.0)
    km = result.rows["km"].to_numpy()
    assert result.world.cargo_km == pytest.approx((1000 * km[0] + 400 * km[1]) / 0.6)
    assert result.world.usd == pytest.approx(result.world.cargo_km * 0.02)
    assert result.world.co2_t == pytest.approx(result.world.cargo_km * 0.01 / 1000)
    assert result.world.days == pytest.approx(result.world.km / 500)
    assert result.unplaced.to_dict("records") == [
        {"country": "IDN", "supply": 500.0, "unplaced": pytest.approx(100.0),
         "unplaced_free": pytest.approx(100.0)}
    ]  # fmt: skip
    assert (result.unplaced_low, result.unplaced_high) == (0.0, pytest.approx(100.0))
    assert result.bound is None


def test_the_alliance_keeps_its_ore_to_its_plants(world: list[Layer], facts: Facts) -> None:
    query = FlowQuery("tin", within=MEMBERS, within_title="Pact", as_of=DAY)
    result = flows(query, world, facts, StraightWays())
    assert result.inside is not None
    assert result.same.supply == result.inside.supply == 1000.0
    assert result.same.placed == pytest.approx(1000.0)
    assert result.inside.placed == pytest.approx(400.0)
    assert result.inside.km > result.same.km
    assert set(result.rows["plant_id"]) == {"p2"}
    plant = result.plants.to_dict("records")
    assert [p["plant_id"] for p in plant] == ["p2"]
    assert plant[0]["places"] == pytest.approx(1 / 0.97)
    assert plant[0]["used_share"] == pytest.approx(1.0)
    # the plant without a figure is no member: it cannot take what is left
    assert result.unplaced_low == pytest.approx(600.0) == result.unplaced_high


def test_all_ore_or_owners_may_be_asked(world: list[Layer], facts: Facts) -> None:
    every = FlowQuery("tin", within=MEMBERS, ore_inside=False, as_of=DAY)
    result = flows(every, world, facts, StraightWays())
    assert result.rows["source_id"].tolist() == ["m2"]  # nearer to the one plant that counts
    owned = FlowQuery("tin", within=MEMBERS, owner_inside=True, as_of=DAY)
    assert not len(flows(owned, world, facts, StraightWays()).rows)


def test_what_has_no_figure_is_named_and_never_guessed(world: list[Layer], facts: Facts) -> None:
    notes = " ".join(flows(FlowQuery("tin", as_of=DAY), world, facts, StraightWays()).notes)
    assert "1 mine (Silent)" in notes
    assert "1 plant (Unknown)" in notes


def test_mines_that_make_metal_need_no_plant(facts: Facts, shipped_layers) -> None:
    gathered = gather(FlowQuery("copper", as_of=DAY), shipped_layers, facts)
    assert "gabriela-mistral-mine" not in gathered.sites.id
    assert any("metal is made at the mine" in note for note in gathered.notes)


def test_magnets_are_fed_by_refineries_in_ndpr_oxide(facts: Facts, shipped_layers) -> None:
    query = FlowQuery("rare_earths", Role.MAGNET_PLANT, as_of=DAY)
    gathered = gather(query, shipped_layers, facts)
    assert gathered.unit == "t NdPr oxide"
    # methods 6: 0.520 t of oxide make one tonne of finished magnets
    assert gathered.ratio == pytest.approx(1 / 0.520, rel=2e-3)
    supply = dict(zip(gathered.sites.id, gathered.supply, strict=True))
    assert supply["silmet-sillamae"] == pytest.approx(3000 * facts.yields["ndpr_share"])
    # published in NdPr oxide already
    (ndpr,) = [
        q.value
        for q in facts.quantities["mountain-pass-separation"]
        if q.kind is Kind.CAPACITY and "planned" not in q.product
    ]
    assert supply["mountain-pass-separation"] == pytest.approx(ndpr)


@pytest.mark.parametrize("mineral", ["lithium", "cobalt", "nickel", "copper", "graphite"])
@pytest.mark.parametrize("least", [Measure.KM, Measure.USD])
def test_mass_is_conserved_on_shipped_layers(
    facts: Facts, shipped_layers, mineral: str, least: Measure
) -> None:
    inside = facts.alliances.jurisdictions("forge", DAY)
    query = FlowQuery(mineral, within=inside, as_of=DAY, least=least)
    result = flows(query, shipped_layers, facts, StraightWays())
    of = result.network.of
    for found, supply in ((result.free, of.supply), (result.bound, of.supply * result.ore)):
        sent = np.bincount(found.source, found.tonnes, minlength=len(supply))
        assert sent + found.unplaced == pytest.approx(supply)
        assert (found.used <= of.capacity * (1 + 1e-9)).all()
        assert of.fits[found.source, found.plant].all()
    assert result.inside.placed <= result.same.supply
    assert result.unplaced_low <= result.unplaced_high
    assert set(result.rows["plant_country"]) <= inside
    assert set(result.rows["source_country"]) <= inside


def test_closing_never_shortens(facts: Facts, shipped_layers) -> None:
    open_ = flows(FlowQuery("copper", as_of=DAY), shipped_layers, facts, StraightWays())
    for passage in ("west-gate", "east-gate", "no-way-round"):
        query = FlowQuery("copper", as_of=DAY, avoid=Avoidance(frozenset({passage})))
        closed = flows(query, shipped_layers, facts, StraightWays())
        less = closed.world.placed < open_.world.placed - 1e-6
        assert less or closed.world.cargo_km >= open_.world.cargo_km * (1 - 1e-9)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (FlowQuery("unobtainium"), "unknown_mineral"),
        (FlowQuery("aluminium"), "bad_query"),
        (FlowQuery("lithium", Role.MAGNET_PLANT), "bad_query"),
        (FlowQuery("lithium", Role.DEPOSIT), "bad_query"),
        (FlowQuery("lithium", within=frozenset(), within_title="The pact"), "bad_query"),
    ],
)
def test_what_cannot_be_asked_is_refused(facts: Facts, shipped_layers, query, code) -> None:
    with pytest.raises(GisappError) as caught:
        flows(query, shipped_layers, facts, StraightWays())
    assert caught.value.code == code


def test_nothing_to_count_is_refused(world: list[Layer], facts: Facts) -> None:
    with pytest.raises(GisappError, match="No plant that takes tin") as caught:
        flows(FlowQuery("tin"), world[:1], facts, StraightWays())
    assert caught.value.code == "no_figures"


def test_it_can_be_cancelled(world: list[Layer], facts: Facts) -> None:
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        flows(FlowQuery("tin"), world, facts, StraightWays(), feedback=feedback)


@pytest.mark.parametrize("mineral", ["tungsten", "uranium", "vanadium", "platinum_group", "nickel"])
def test_every_ratio_is_told_as_an_assumption(facts: Facts, shipped_layers, mineral: str) -> None:
    gathered = gather(FlowQuery(mineral, as_of=DAY), shipped_layers, facts)
    assert 0 < gathered.ratio < 1.5
    assert gathered.cargo >= 1
    words = " ".join(gathered.notes)
    assert "Assum" in words
    assert "on its way" in words
