"""The weakest link: formulas, bounds, members, national output, and the shipped four nations."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gisapp.analysis.chain import ChainQuery, weakest_link
from gisapp.analysis.chain_flow import Node, most_carried
from gisapp.analysis.chain_sites import AddedSite, factors
from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.facts import CountryQuantity, Kind, Quantity
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.vocabulary import Basis, Role, Stage, Status

FOUR = frozenset({"USA", "CAN", "GBR", "AUS"})
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def yields():
    return load_facts().yields


@pytest.fixture(scope="module")
def facts():
    return load_facts()


@pytest.fixture(scope="module")
def shipped(facts, yields):
    query = ChainQuery("rare_earths", FOUR, "four nations", as_of=DAY, yields=yields)
    return weakest_link(query, default_layers(), facts)


def figure(site, product, value, mineral="light_rare_earths", kind=Kind.CAPACITY):
    return Quantity(site, mineral, product, kind, value, "t/yr", 2024, "a report")


@pytest.fixture(scope="module")
def small(make_layer, make_facts, yields):
    """Two mines, two separation plants, one metal works of each kind, three magnet plants."""
    mines = make_layer(
        Role.DEPOSIT, [(0, 0), (1, 0)], id=["m1", "m2"], country=["USA", "CHN"],
        mineral=["light_rare_earths", "heavy_rare_earths"], status=["operating"] * 2,
    )  # fmt: skip
    works = make_layer(
        Role.REFINERY, [(2, 0), (3, 0), (4, 0), (5, 0)], id=["s1", "s2", "w1", "w2"],
        country=["USA", "CHN", "USA", "JPN"], owner_country=["USA", "USA", "", "JPN"],
        mineral=["light_rare_earths", "heavy_rare_earths", "rare_earths", "rare_earths"],
        status=["operating"] * 4,
        process=["separation", "separation", "metal_alloy", "metal_alloy"],
    )  # fmt: skip
    magnets = make_layer(
        Role.MAGNET_PLANT, [(6, 0), (7, 0), (8, 0)], id=["p1", "p2", "p3"],
        country=["USA", "JPN", "USA"], mineral=["rare_earths"] * 3, status=["operating"] * 3,
        process=["sintered", "bonded", "sintered"],
    )  # fmt: skip
    facts = make_facts(
        quantities=[
            figure("m1", "REO in concentrate", 10_000.0, kind=Kind.PRODUCTION),
            figure("m2", "REO in carbonate", 5_000.0, "heavy_rare_earths", Kind.PRODUCTION),
            figure("s1", "NdPr oxide", 900.0),
            figure("s2", "REO separated", 4_000.0, "heavy_rare_earths"),
            figure("w1", "NdPr metal", 600.0),
            figure("w2", "bonded NdFeB powder", 300.0, "rare_earths"),
            figure("p1", "NdFeB sintered magnets", 1_000.0, "rare_earths"),
            figure("p2", "NdFeB bonded magnets", 250.0, "rare_earths"),
        ]
    )
    return (mines, works, magnets), replace(facts, yields=yields)


def ask(small, **changes):
    layers, facts = small
    query = ChainQuery("rare_earths", yields=facts.yields)
    return weakest_link(replace(query, **changes), layers, facts)


def test_oxide_for_a_tonne_of_magnets_is_the_published_sum(yields):
    per = factors("rare_earths", yields)["NdPr oxide"]
    assert 1 / per == pytest.approx(0.520, abs=1e-3)
    back = yields.with_({"swarf_return": 1.0})
    assert 1 / factors("rare_earths", back)["NdPr oxide"] == pytest.approx(0.390, abs=1e-3)


def test_ndpr_in_the_ore_of_mountain_pass(yields):
    assert 45_455 * yields.of("ndpr_share", "mountain-pass-mine") == pytest.approx(7136, abs=1)


def test_the_small_chain_by_hand(small):
    found = ask(small)
    oxide = 0.8499423 * 0.95 * 0.97 * 0.95 * 0.75 / 0.29
    assert found.step("mining").capacity.low == pytest.approx(
        (10_000 + 5_000) * 0.2 * 0.9 * oxide, rel=1e-6
    )
    separated = 900 * oxide + 4_000 * 0.2 * oxide
    assert found.step("separation").capacity.low == pytest.approx(separated, rel=1e-6)
    alloy = 600 * 0.97 * 0.95 * 0.75 / 0.29
    assert found.step("metal").capacity.low == pytest.approx(alloy + 300 * 0.95, rel=1e-9)
    assert found.carried.low == pytest.approx(1_000 + 250)
    assert found.binding == ("magnets",)


def test_powder_feeds_no_sintered_magnets(small):
    layers, facts = small
    without = {site: found for site, found in facts.quantities.items() if site != "p2"}
    found = ask((layers, replace(facts, quantities=without)))
    assert found.carried.low == pytest.approx(1_000)


def test_members_are_by_place_or_by_owner(small):
    usa = frozenset({"USA"})
    place = ask(small, inside=usa, title="United States")
    assert place.carried.low == pytest.approx(min(1_000, 10_000 * 0.2 * 0.9 / 0.5195))
    owner = ask(small, inside=usa, title="United States", by=Basis.CONTROL)
    # no mine and no magnet plant names its owner: nothing is sure, all of it is possible
    assert owner.carried.low == 0
    assert owner.carried.high > 0


def test_adding_a_member_never_lowers_the_flow(facts, yields):
    layers = default_layers()
    members = ["USA", "AUS", "JPN", "CHN", "MMR", "MYS", "EST"]
    for by in (Basis.LOCATION, Basis.CONTROL):
        totals = [
            weakest_link(
                ChainQuery("rare_earths", frozenset(members[: n + 1]), by=by, yields=yields),
                layers,
                facts,
            ).carried
            for n in range(len(members))
        ]
        for before, after in itertools.pairwise(totals):
            assert after.low >= before.low - 1e-6
            assert after.high >= before.high - 1e-6


def test_bounds_hold_whatever_the_unknown_is(facts, yields):
    """Unknown figures and homes filled at random between the bounds stay between the totals."""
    layers = default_layers()
    query = ChainQuery("rare_earths", FOUR, by=Basis.CONTROL, as_of=DAY, yields=yields)
    found = weakest_link(query, layers, facts)
    random = np.random.default_rng(7)
    for _ in range(50):
        nodes = [
            Node(
                row.site.step,
                row.low + (row.high - row.low) * random.random(),
                row.site.takes,
                row.site.makes,
            )
            for row in found.rows
        ]
        total = most_carried(nodes, len(found.steps)).total
        assert found.carried.low - 1e-6 <= total <= found.carried.high + 1e-6


def test_what_others_lend_lifts_the_chain_to_its_next_step(shipped):
    rung = shipped.rungs[0]
    assert rung.step.id == shipped.binding[0]
    added = AddedSite("x", "Works", rung.step.id, rung.more, "USA")
    more = weakest_link(replace(shipped.query, added=(added,)), default_layers(), load_facts())
    assert more.carried.low == pytest.approx(rung.carried, rel=1e-6)
    half = replace(added, amount=rung.more / 2)
    less = weakest_link(replace(shipped.query, added=(half,)), default_layers(), load_facts())
    assert shipped.carried.low < less.carried.low < rung.carried


def test_four_nations_stop_at_metal_making(shipped):
    """710 t of metal in figures (SRC 400, Phoenix 200, LCM 110) over 0.4195 t a tonne."""
    assert shipped.binding == ("metal",)
    assert shipped.carried.low == pytest.approx(710 * 0.97 * 0.95 * 0.75 / 0.29)
    assert shipped.step("magnets").capacity.low == pytest.approx(3_010)
    assert shipped.step("metal").amount.low == pytest.approx(710)
    assert not any(s.flips for s in shipped.sensitivity)
    worse, better = (710 * a * p * m / w for a, p, m, w in (
        (0.95, 0.92, 0.6, 0.31), (0.99, 0.98, 0.9, 0.27),
    ))  # fmt: skip
    assert shipped.over_yields.low == pytest.approx(worse)
    assert shipped.over_yields.high == pytest.approx(better)
    assert shipped.share.low == pytest.approx(shipped.carried.low / 319_000)


def test_a_yield_that_moves_the_weakest_link_is_named(make_layer, make_facts, yields):
    """A mine of 100 t gives 85 t at the default and 75 t at the low end; the refinery takes 80."""
    mine = make_layer(
        Role.DEPOSIT, [(0, 0)], id=["m"], country=["AUS"], mineral=["lithium"], capacity=[100.0],
        status=["operating"],
    )  # fmt: skip
    works = make_layer(
        Role.REFINERY, [(1, 0)], id=["r"], country=["AUS"], mineral=["lithium"], capacity=[80.0],
        status=["operating"],
    )  # fmt: skip
    found = weakest_link(ChainQuery("lithium", yields=yields), (mine, works), make_facts())
    assert found.carried.low == pytest.approx(80)
    assert found.binding == ("refining",)
    (one,) = found.sensitivity
    assert (one.carried.low, one.carried.high) == pytest.approx((75, 80))
    assert one.flips
    assert one.moves_to("refining") == "mining"


def test_flows_leave_and_reach_sites_that_fit(shipped):
    assert sum(r.through for r in shipped.rows if r.site.step == 0) == pytest.approx(
        shipped.carried.low, rel=1e-6
    )
    for row in shipped.rows:
        assert row.through <= row.low + 1e-3


def test_the_rest_of_national_output_counts_with_its_country(make_layer, make_facts, yields):
    mines = make_layer(
        Role.DEPOSIT, [(0, 0), (1, 0)], id=["m1", "m2"], country=["CHN", "CHN"],
        mineral=["rare_earths"] * 2, status=["operating"] * 2,
    )  # fmt: skip
    facts = make_facts(
        production=[
            CountryQuantity(
                "rare_earths",
                Stage.MINING,
                "CHN",
                2024,
                270_000.0,
                "t REO",
                Kind.PRODUCTION,
                "USGS",
            )
        ],
        quantities=[figure("m1", "REO", 200_000.0, kind=Kind.PRODUCTION)],
    )
    query = ChainQuery("rare_earths", frozenset({"CHN"}), yields=yields)
    found = weakest_link(query, [mines], facts)
    assert found.step("mining").amount.low == pytest.approx(270_000)
    assert found.step("mining").amount.high == pytest.approx(270_000)
    alone = weakest_link(replace(query, national=False), [mines], facts)
    assert alone.step("mining").amount.low == pytest.approx(200_000)
    by_owner = weakest_link(replace(query, by=Basis.CONTROL), [mines], facts)
    assert by_owner.step("mining").amount.low == 0
    assert by_owner.step("mining").amount.high == pytest.approx(270_000)


def test_other_minerals_go_from_mine_to_refinery(facts, yields):
    found = weakest_link(
        ChainQuery("lithium", frozenset({"AUS"}), as_of=DAY, yields=yields), default_layers(), facts
    )
    mined, refined = (s.capacity for s in found.steps)
    assert found.carried.low == pytest.approx(min(mined.low, refined.low))
    assert found.carried.high == pytest.approx(min(mined.high, refined.high))
    assert found.unit == "t Li content in chemicals"


def test_planned_sites_can_be_counted(shipped):
    statuses = frozenset({Status.OPERATING, Status.CONSTRUCTION})
    more = weakest_link(replace(shipped.query, statuses=statuses), default_layers(), load_facts())
    assert more.carried.low >= shipped.carried.low - 1e-6


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"mineral": "cheese"}, "unknown_mineral"),
        ({"mineral": "heavy_rare_earths"}, "no_chain"),
        ({"mineral": "gallium"}, "no_chain"),
        ({"inside": frozenset()}, "bad_query"),
        ({"added": (AddedSite("x", "X", "smelting", 1.0, "USA"),)}, "unknown_step"),
    ],
)
def test_what_cannot_be_asked_is_refused(small, changes, code):
    with pytest.raises(GisappError) as refused:
        ask(small, **changes)
    assert refused.value.code == code
    assert refused.value.hint


def test_a_cancelled_question_is_not_answered(small):
    feedback = Feedback()
    feedback.cancel()
    with pytest.raises(Cancelled):
        weakest_link(ChainQuery("rare_earths", yields=small[1].yields), *small, feedback=feedback)


def test_without_any_site_nothing_is_carried(small):
    facts = small[1]
    found = weakest_link(ChainQuery("rare_earths", yields=facts.yields), (), facts)
    assert found.carried.low == found.carried.high == 0
    assert set(found.binding) == {"mining", "separation", "metal", "magnets"}


def test_countries_not_named_are_inside_only_where_a_member_is_not_named(
    make_layer, make_facts, yields
):
    rows = [
        CountryQuantity("rare_earths", Stage.MINING, country, 2024, tonnes, "t REO", kind, "USGS")
        for country, tonnes in (("CHN", 270_000.0), ("OTH", 1_000.0))
        for kind in (Kind.PRODUCTION,)
    ]
    facts = make_facts(production=rows)
    named = weakest_link(ChainQuery("rare_earths", frozenset({"CHN"}), yields=yields), (), facts)
    assert named.step("mining").amount.high == pytest.approx(270_000)
    other = weakest_link(ChainQuery("rare_earths", frozenset({"JPN"}), yields=yields), (), facts)
    assert other.step("mining").amount.low == 0
    assert other.step("mining").amount.high == pytest.approx(1_000)


def test_equity_counts_every_owner_with_its_share(make_layer, make_facts, yields):
    mines = make_layer(
        Role.DEPOSIT, [(0, 0), (1, 0)], id=["a", "b"], country=["COD", "COD"],
        owner=["Acme 60 % / Zinc Ltd 40 %", "Acme (30%)"], owner_country=["CHN", "CHN"],
        mineral=["cobalt"] * 2, status=["operating"] * 2,
    )  # fmt: skip
    works = make_layer(
        Role.REFINERY, [(2, 0)], id=["r"], country=["CHN"], owner=["Acme"], owner_country=["CHN"],
        mineral=["cobalt"], status=["operating"], capacity=[1e6],
    )  # fmt: skip
    facts = make_facts(
        quantities=[
            figure("a", "contained cobalt", 1_000.0, "cobalt", Kind.PRODUCTION),
            figure("b", "contained cobalt", 500.0, "cobalt", Kind.PRODUCTION),
        ]
    )
    facts = replace(facts, companies={"acme": "CHN", "zinc ltd": "AUS"})
    query = ChainQuery("cobalt", frozenset({"CHN"}), by=Basis.EQUITY, yields=yields)
    found = weakest_link(query, (mines, works), facts)
    # 60 % and 30 % are Acme's; who holds the other 70 % of the second is not told
    assert found.step("mining").amount.low == pytest.approx(600 + 150)
    assert found.step("mining").amount.high == pytest.approx(600 + 500)
    control = weakest_link(replace(query, by=Basis.CONTROL), (mines, works), facts)
    assert control.step("mining").amount.low == pytest.approx(1_500)


def test_a_supposed_plant_tells_nothing_of_unknown_ones(make_layer, facts, yields):
    """A small plant added in a scenario raises both bounds: the median is of real plants."""
    query = ChainQuery("rare_earths", FOUR, as_of=DAY, yields=yields)
    before = weakest_link(query, default_layers(), facts)
    small = make_layer(
        Role.MAGNET_PLANT, [(-90, 35)], id=["x"], country=["USA"], mineral=["rare_earths"],
        status=["operating"], process=["sintered"], capacity=[10.0],
    )  # fmt: skip
    after = weakest_link(
        query, (replace(small, id="scenario:magnet_plant"), *default_layers()), facts
    )
    change = after.step("magnets").capacity.high - before.step("magnets").capacity.high
    assert change == pytest.approx(10)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7, 1.0])
def test_a_figure_found_later_lies_within_the_bounds(small, share):
    """The third magnet plant has no figure: it counts 0 to 1,000 t, as the only plant alike."""
    layers, facts = small
    rich = facts.quantities | {"w1": (figure("w1", "NdPr metal", 9_000.0),)}
    before = ask((layers, replace(facts, quantities=rich)))
    told = rich | {"p3": (figure("p3", "NdFeB sintered magnets", 1_000.0 * share, "rare_earths"),)}
    after = ask((layers, replace(facts, quantities=told)))
    assert before.carried.low - 1e-6 <= after.carried.low <= before.carried.high + 1e-6
    assert after.carried.low == pytest.approx(1_250 + 1_000 * share)


def test_an_earlier_day_knows_fewer_works(shipped):
    """Of the metal works only LCM stood, with a figure, at the end of 2023."""
    query = replace(shipped.query, as_of=date(2023, 12, 31))
    found = weakest_link(query, default_layers(), load_facts())
    assert found.step("metal").amount.low == pytest.approx(110)
    assert found.carried.low < shipped.carried.low
