from __future__ import annotations

import pytest

from gisapp.analysis.measures import LI_PER_LCE, MEASURES
from gisapp.analysis.quantity import figure, figures
from gisapp.analysis.selection import select
from gisapp.model.facts import Facts, Kind, Quantity
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Role, Stage

CAPACITY, PRODUCTION = Kind.CAPACITY, Kind.PRODUCTION


def q(
    mineral: str, product: str, value: float, kind: Kind = CAPACITY, year: int = 2024
) -> Quantity:
    return Quantity("x", mineral, product, kind, value, "t/yr", year, "a report")


def test_years_and_kinds() -> None:
    mine = [
        q("copper", "contained copper", 1, PRODUCTION, 2025),
        q("copper", "contained copper", 2, PRODUCTION, 2023),
        q("copper", "contained copper", 3, CAPACITY, 2024),
    ]
    chosen = figure(mine, "copper", Stage.MINING)
    assert chosen is not None
    assert (chosen.value, chosen.year, chosen.kind) == (2, 2023, PRODUCTION)
    plant = [
        q("copper", "refined copper", 1, PRODUCTION, 2024),
        q("copper", "refined copper", 5, CAPACITY, 2019),
        q("copper", "refined copper", 6, CAPACITY, 2026),
    ]
    assert figure(plant, "copper", Stage.REFINING).value == 6
    assert figure(plant, "copper", Stage.REFINING, last_year=2025).value == 5


@pytest.mark.parametrize(
    ("mineral", "stage", "product"),
    [
        ("copper", Stage.REFINING, "copper anode"),
        ("copper", Stage.REFINING, "copper concentrate throughput"),
        ("copper", Stage.REFINING, "refined copper (planned 2028)"),
        ("nickel", Stage.MINING, "nickel ore mined (wet)"),
        ("nickel", Stage.REFINING, "nickel in MHP"),
        ("lithium", Stage.MINING, "spodumene concentrate"),
        ("lithium", Stage.MINING, "LCE (planned, all phases)"),
        ("rare_earths", Stage.MINING, "REO (company total of Rising Nonferrous)"),
        ("rare_earths", Stage.MINING, "REO (country total of Myanmar, mostly Pangwa and Chipwi)"),
        ("rare_earths", Stage.MAGNETS, "NdFeB sintered magnets (company total)"),
        ("aluminium", Stage.REFINING, "alumina"),
        ("uranium", Stage.REFINING, "separative work (t SWU, not mass of uranium)"),
    ],
)
def test_what_is_no_figure_of_the_site(mineral: str, stage: Stage, product: str) -> None:
    assert figure([q(mineral, product, 1000)], mineral, stage) is None


def test_one_thing_in_two_units_counts_once() -> None:
    both = [
        q("lithium", "spodumene concentrate", 1_410_000, PRODUCTION),
        q("lithium", "LCE in concentrate", 209_000, PRODUCTION),
    ]
    chosen = figure(both, "lithium", Stage.MINING)
    assert chosen.value == pytest.approx(209_000 * LI_PER_LCE)
    assert chosen.unit == "t Li content"
    assert chosen.value == pytest.approx(39_262, rel=1e-4)


def test_two_lines_of_a_plant_add_up() -> None:
    lines = [q("lithium", "lithium carbonate", 10_000), q("lithium", "lithium hydroxide", 20_000)]
    # lithium in Li2CO3 is 2 x 6.94 of 73.89, in LiOH.H2O 6.94 of 41.96
    expected = 10_000 * 13.88 / 73.891 + 20_000 * 6.94 / 41.962
    assert figure(lines, "lithium", Stage.REFINING).value == pytest.approx(expected, rel=1e-3)


def test_children_count_and_stay_apart() -> None:
    rows = [
        q("light_rare_earths", "NdPr oxide", 1400),
        q("heavy_rare_earths", "dysprosium oxide", 200),
    ]
    assert figure(rows, "rare_earths", Stage.REFINING).value == 1600
    assert figure(rows, "heavy_rare_earths", Stage.REFINING).value == 200


def test_the_only_producer_is_the_country() -> None:
    rows = [q("rare_earths", "REO (country total, only producer)", 45_000, PRODUCTION)]
    assert figure(rows, "rare_earths", Stage.MINING).value == 45_000


def test_expansion_does_not_count_yet() -> None:
    rows = [
        q("rare_earths", "NdFeB sintered magnets (blanks)", 20_000),
        q("rare_earths", "NdFeB sintered magnets (blanks, with third phase)", 40_000),
    ]
    assert figure(rows, "rare_earths", Stage.MAGNETS).value == 20_000


def test_shipped_sums_stay_near_world_output(
    facts: Facts, shipped_layers: tuple[Layer, ...]
) -> None:
    # a unit mixed up shows as a mine output several times the world's
    totals = {
        t.mineral: t.published
        for t in facts.world_totals
        if t.stage is Stage.MINING and t.kind is PRODUCTION and t.year == 2024
    }
    for mineral, world in totals.items():
        sites = select(shipped_layers, Role.DEPOSIT, mineral=mineral)
        values, chosen = figures(sites, mineral, Stage.MINING, facts.quantities)
        made = sum(
            v for v, f in zip(values, chosen, strict=True) if f is not None and f.kind is PRODUCTION
        )
        assert made < 1.1 * world, mineral


def test_units_that_are_compared_are_the_same(facts: Facts) -> None:
    units = {
        (r.stage, r.mineral): r.unit
        for r in facts.production
        if r.kind is PRODUCTION and r.year == 2024
    }
    for stage, measures in MEASURES.items():
        for mineral, measure in measures.items():
            if measure.comparable:
                assert measure.unit == units[stage, mineral]


def test_a_users_capacity_counts_where_nothing_is_published(make_layer, facts: Facts) -> None:
    layer = make_layer(
        Role.DEPOSIT,
        [(0, 0)] * 4,
        id=["a", "b", "c", "greenbushes-mine"],
        mineral=["lithium", "lithium", "lithium;tantalum", "lithium"],
        capacity=[100, -5, 70, 1],
    )
    sites = select([layer], Role.DEPOSIT, mineral="lithium")
    values, _ = figures(sites, "lithium", Stage.MINING, facts.quantities)
    assert values[0] == 100
    assert values[1] != values[1]
    assert values[2] != values[2]  # of which mineral?
    assert values[3] > 30_000  # the published one
