"""Scenarios applied to the shipped layers and to small ones whose numbers are known."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.analysis.changed import avoidance, unknown_sites
from gisapp.analysis.coverage import CoverageQuery, coverage
from gisapp.analysis.distance import DistanceQuery, distance
from gisapp.analysis.jurisdiction import JurisdictionIndex
from gisapp.analysis.network.journey import Avoidance
from gisapp.analysis.scenario import applied
from gisapp.data.shipped import default_layers, load_facts, load_layer
from gisapp.model.facts import Kind
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.scenario import AddedPlant, Scenario, StatusWeight
from gisapp.model.vocabulary import Role, Stage, Status, Weight

DAY = date(2026, 11, 22)
SITES = ["bayan-obo", "mountain-pass-mine", "mount-weld", "kvanefjeld", "neo-sillamae"]


def known_sites():
    ids = {i for layer in default_layers() if layer.role.is_facility for i in layer.values("id")}
    return [site for site in SITES if site in ids]


def output(facts, mineral, stage, country, year=2024, kind=Kind.PRODUCTION):
    return sum(
        r.value
        for r in facts.production
        if (r.mineral, r.stage, r.country, r.year, r.kind) == (mineral, stage, country, year, kind)
    )


def shares(layers, facts, mineral="rare_earths", weight=Weight.PRODUCTION):
    inside = facts.alliances.jurisdictions("quad", DAY)
    query = CoverageQuery((("quad", "Quad", inside),), (mineral,), weight=weight, as_of=DAY)
    return coverage(query, layers, facts).set_index("stage")


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=5))
def test_an_empty_scenario_changes_nothing(name):
    layers, facts = default_layers(), load_facts()
    after, same = applied(Scenario(name), layers, facts, alliance="quad")
    assert same is facts
    assert all(a is b for a, b in zip(after, layers, strict=True))


def test_what_is_off_is_closed_and_all_else_is_shared():
    layers, facts = default_layers(), load_facts()
    after, _ = applied(Scenario("x", off=frozenset({"bayan-obo"})), layers, facts)
    for old, new in zip(layers, after, strict=True):
        if old.role is not Role.DEPOSIT:
            assert new is old
            continue
        row = old.values("id").tolist().index("bayan-obo")
        differing = np.flatnonzero(old.values("status") != new.values("status"))
        assert differing.tolist() == [row]
        assert new.values("status")[row] == "closed"
        assert new.features.geometry_id == old.features.geometry_id
        names = (layer.features.columns["name"] for layer in (old, new))
        assert np.shares_memory(*names)


def test_on_and_off_undo_each_other():
    layers, facts = default_layers(), load_facts()
    off, less = applied(Scenario("x", off=frozenset({"bayan-obo"})), layers, facts)
    on, more = applied(Scenario("x", on=frozenset({"bayan-obo"})), off, less)
    before, after = shares(layers, facts), shares(on, more)
    assert after["share_low"].tolist() == pytest.approx(before["share_low"].tolist(), nan_ok=True)
    assert output(more, "rare_earths", Stage.MINING, "CHN") == pytest.approx(
        output(facts, "rare_earths", Stage.MINING, "CHN")
    )


def test_national_output_falls_by_what_the_site_makes():
    """At most what the mine makes goes, from China's row alone, and from the world's sum."""
    layers, facts = default_layers(), load_facts()
    after, less = applied(Scenario("x", off=frozenset({"bayan-obo"})), layers, facts)
    had = output(facts, "rare_earths", Stage.MINING, "CHN")
    has = output(less, "rare_earths", Stage.MINING, "CHN")
    made = next(q.value for q in facts.quantities["bayan-obo"] if q.kind is Kind.PRODUCTION)
    assert 0 < had - has <= made
    assert output(less, "rare_earths", Stage.MINING, "AUS") == output(
        facts, "rare_earths", Stage.MINING, "AUS"
    )
    world = shares(layers, facts)["world"]["mining"] - shares(after, less)["world"]["mining"]
    assert world == pytest.approx(had - has)


def test_an_added_plant_counts_everywhere():
    layers, facts = default_layers(), load_facts()
    plant = AddedPlant("p", "Rotterdam", Role.REFINERY, "lithium", 4.4, 51.9, 20_000.0)
    index = JurisdictionIndex(load_layer("jurisdictions"))
    after, more = applied(
        Scenario("x", plants=(plant,)), layers, facts, as_of=DAY, jurisdictions=index
    )
    added = after[-1]
    assert (added.id, added.values("country")[0]) == ("scenario:refinery", "NLD")
    capacity = shares(after, more, "lithium", Weight.CAPACITY)["world"]["refining"]
    before = shares(layers, facts, "lithium", Weight.CAPACITY)["world"]["refining"]
    assert capacity == pytest.approx(before + 20_000.0)
    assert output(more, "lithium", Stage.REFINING, "NLD") == pytest.approx(20_000.0)
    near = distance(
        DistanceQuery("lithium"),
        [layer for layer in after if layer.role is Role.DEPOSIT],
        [layer for layer in after if layer.role is Role.REFINERY],
        more,
    )
    assert (near.rows["plant_id"] == "p").any()


def test_shares_in_percent_stay_a_hundred():
    layers, facts = default_layers(), load_facts()
    plants = [layer for layer in layers if layer.role is Role.MAGNET_PLANT]
    chinese = [
        site
        for layer in plants
        for site, country, status in zip(
            layer.values("id"), layer.values("country"), layer.values("status"), strict=True
        )
        if country == "CHN" and status == "operating"
    ]
    after, less = applied(Scenario("x", off=frozenset(chinese)), layers, facts)
    rows = [r for r in less.production if r.stage is Stage.MAGNETS]
    for year in {r.year for r in rows}:
        assert sum(r.value for r in rows if r.year == year) == pytest.approx(100.0)
    # the mapped works stand for all of China's 94 %, what is left the source does not name
    assert [(r.country, r.value) for r in rows if r.year == 2024] == [("CHN", 0.0), ("OTH", 100.0)]
    assert shares(after, less)["share_high"]["magnets"] == pytest.approx(1.0)


def test_members_join_and_leave_with_their_territories():
    layers, facts = default_layers(), load_facts()
    scenario = Scenario("x", joined=frozenset({"FRA"}), left=frozenset({"IND"}))
    _, then = applied(scenario, layers, facts, alliance="quad")
    before = facts.alliances.jurisdictions("quad", DAY)
    after = then.alliances.jurisdictions("quad", DAY)
    assert "IND" in before - after
    assert {"FRA", "NCL"} <= after - before
    assert then.alliances.jurisdictions("g7", DAY) == facts.alliances.jurisdictions("g7", DAY)


def test_a_joined_member_never_lowers_a_share():
    layers, facts = default_layers(), load_facts()
    low = shares(layers, facts)["share_low"]
    for code in ("CHN", "KOR", "MYS", "EST"):
        _, then = applied(Scenario("x", joined=frozenset({code})), layers, facts, alliance="quad")
        assert (shares(layers, then)["share_low"].fillna(0) >= low.fillna(0) - 1e-12).all()


def small(statuses, capacity, country="AUS"):
    n = len(statuses)
    columns = {
        "id": np.array([f"s{i}" for i in range(n)], dtype=object),
        "mineral": np.array(["lithium"] * n, dtype=object),
        "country": np.array([country] * n, dtype=object),
        "status": np.array(statuses, dtype=object),
        "capacity": np.array(capacity, dtype=float),
        "start_year": np.full(n, 2031.0),
    }
    lonlat = np.column_stack([np.arange(n) + 10.0, np.arange(n) + 10.0])
    return Layer("mine", "Mine", Role.REFINERY, Features.from_points(lonlat, columns))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from([s.value for s in Status]), min_size=1, max_size=6),
    st.floats(0.0, 1.0),
    st.sampled_from(Status),
)
def test_weights_scale_what_counts(statuses, weight, status):
    """The capacity that counts is the weighted sum, taken by hand."""
    facts = load_facts()
    layer = small(statuses, [100.0] * len(statuses))
    layer = layer.with_(
        features=layer.features.with_columns(start_year=np.full(len(statuses), np.nan))
    )
    after, then = applied(
        Scenario("x", weights=(StatusWeight(status, weight),)), [layer], facts, minerals=()
    )
    usual = {Status.OPERATING.value: 1.0}
    expected = sum(100.0 * (weight if s == status.value else usual.get(s, 0.0)) for s in statuses)
    found = shares(after, then, "lithium", Weight.CAPACITY)["world"]["refining"]
    assert (0.0 if np.isnan(found) else found) == pytest.approx(expected, abs=1e-9)


def test_switched_on_runs_whatever_its_status_and_start():
    facts = load_facts()
    layer = small(["planned", "operating"], [7.0, 11.0])
    assert np.isnan(shares([layer], facts, "lithium", Weight.CAPACITY)["world"]["refining"])
    after, then = applied(Scenario("x", on=frozenset({"s0", "s1"})), [layer], facts)
    world = shares(after, then, "lithium", Weight.CAPACITY)["world"]["refining"]
    assert world == pytest.approx(18.0)


def test_what_was_planned_of_a_site_that_runs_is_made():
    layers, facts = default_layers(), load_facts()
    after, then = applied(
        Scenario("x", on=frozenset({"becancour-nemaska"})), layers, facts, as_of=DAY
    )
    planned = facts.quantities["becancour-nemaska"]
    made = then.quantities["becancour-nemaska"]
    assert all("planned" in q.product for q in planned)
    assert not any("planned" in q.product for q in made)
    before = shares(layers, facts, "lithium", Weight.CAPACITY)["world"]["refining"]
    world = shares(after, then, "lithium", Weight.CAPACITY)["world"]["refining"]
    assert world > before


def test_a_site_without_an_id_goes_by_layer_and_row():
    layer = small(["operating", "operating"], [1.0, 1.0])
    bare = Layer(
        "mine",
        "Mine",
        Role.REFINERY,
        Features.from_points(
            layer.features.lonlat,
            {k: v for k, v in layer.features.columns.items() if k != "id"},
        ),
    )
    scenario = Scenario("x", off=frozenset({"mine:1"}))
    after, _ = applied(scenario, [bare], load_facts())
    assert after[0].values("status").tolist() == ["operating", "closed"]
    assert unknown_sites(Scenario("x", off=frozenset({"mine:2"})), [bare]) == {"mine:2"}


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        (Scenario("x", off=frozenset({"atlantis"})), "unknown_facility"),
        (Scenario("x", joined=frozenset({"XXX"})), "unknown_jurisdiction"),
        (Scenario("x", avoided=frozenset({"R"})), "unknown_jurisdiction"),
        (
            Scenario("x", off=frozenset({"bayan-obo"}), on=frozenset({"bayan-obo"})),
            "bad_scenario",
        ),
        (Scenario("x", closed=frozenset({"suez"}), opened=frozenset({"suez"})), "bad_scenario"),
        (Scenario("x", weights=(StatusWeight(Status.PLANNED, 1.5),)), "bad_scenario"),
        (
            Scenario("x", plants=(AddedPlant("p", "P", Role.REFINERY, "lithium", 0, 95, 1),)),
            "bad_scenario",
        ),
        (
            Scenario(
                "x",
                plants=(AddedPlant("p", "P", Role.REFINERY, "lithium", float("nan"), 5, 1),),
            ),
            "bad_scenario",
        ),
        (
            Scenario("x", plants=(AddedPlant("p", "P", Role.REFINERY, "mud", 0, 5, 1),)),
            "bad_scenario",
        ),
        (
            Scenario("x", plants=(AddedPlant("p", "P", Role.REFINERY, "lithium", 0, 5, 0),)),
            "bad_scenario",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(scenario, code):
    with pytest.raises(GisappError) as caught:
        applied(scenario, default_layers(), load_facts())
    assert caught.value.code == code
    assert caught.value.message.count(". ") == 0


def test_closures_of_a_scenario_have_the_last_word():
    avoid = Avoidance(frozenset({"suez"}), frozenset({"bering"}), frozenset({"RUS"}))
    scenario = Scenario(
        "x",
        closed=frozenset({"malacca", "bering"}),
        opened=frozenset({"suez"}),
        avoided=frozenset({"IRN"}),
    )
    assert avoidance(scenario, avoid) == Avoidance(
        frozenset({"malacca", "bering"}), frozenset({"suez"}), frozenset({"RUS", "IRN"})
    )


def test_the_shipped_layers_take_no_time():
    layers, facts = default_layers(), load_facts()
    scenario = Scenario(
        "x",
        off=frozenset(known_sites()[:1]),
        weights=(StatusWeight(Status.PLANNED, 0.5),),
        joined=frozenset({"CHL"}),
    )
    applied(scenario, layers, facts, alliance="quad", minerals=("copper",))
    took = []
    for _ in range(10):
        start = time.thread_time()  # what other processes take is not ours
        applied(scenario, layers, facts, alliance="quad", minerals=("copper",))
        took.append(time.thread_time() - start)
    assert min(took) < 0.1
