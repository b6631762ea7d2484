from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.analysis.coverage import CoverageQuery, breakdown, coverage
from gisapp.analysis.crossing import Crossing
from gisapp.analysis.supply import Supply
from gisapp.model.facts import CountryQuantity, Facts, Kind, Quantity
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis, Role, Stage, Weight

MakeLayer = Callable[..., Layer]
MakeFacts = Callable[..., Facts]
CODES = ["CHN", "IDN", "AUS", "USA"]


def crossing(amounts: dict[tuple[str, str], float]) -> Crossing:
    known: dict[str, float] = {}
    for (country, _), amount in amounts.items():
        known[country] = known.get(country, 0.0) + amount
    unknown = known.pop("", 0.0)
    return Crossing(amounts, (), Supply(known, 0.0, unknown, "t", 2024, 1.0))


def test_four_corners() -> None:
    found = crossing(
        {
            ("AUS", "AUS"): 40.0,
            ("AUS", "CHN"): 20.0,
            ("CHL", "USA"): 10.0,
            ("CHN", "CHN"): 25.0,
            ("AUS", ""): 4.0,
            ("", "CHN"): 1.0,
        }
    )
    inside = frozenset({"AUS", "USA"})
    foreign = found.share(Basis.FOREIGN, inside)
    assert (foreign.low, foreign.high) == pytest.approx((0.20, 0.25))
    abroad = found.share(Basis.ABROAD, inside)
    assert (abroad.low, abroad.high) == pytest.approx((0.10, 0.10))
    others = found.other_side(Basis.FOREIGN, inside)
    assert {c: (o.share.low, o.share.high, o.amount) for c, o in others.items()} == {
        "CHN": pytest.approx((0.20, 0.21, 20.0)),
        "": pytest.approx((0.0, 0.04, 4.0)),
    }


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_bounds_hold_when_places_and_owners_come_out(data: st.DataObject) -> None:
    sides = st.sampled_from([*CODES, ""])
    known = data.draw(
        st.dictionaries(st.tuples(sides, sides), st.floats(0.1, 100), min_size=1, max_size=8)
    )
    truth: dict[tuple[str, str], float] = {}
    for pair, amount in known.items():
        full = tuple(code or data.draw(st.sampled_from(CODES)) for code in pair)
        truth[full] = truth.get(full, 0.0) + amount
    inside = frozenset(data.draw(st.sets(st.sampled_from(CODES), min_size=1)))
    for by in (Basis.FOREIGN, Basis.ABROAD):
        said, true = (crossing(c).share(by, inside) for c in (known, truth))
        assert true.low == pytest.approx(true.high)
        assert said.low - 1e-9 <= true.low <= said.high + 1e-9


def asked(by: Basis, *inside: str, **more: Any) -> CoverageQuery:
    stage = more.pop("stage", Stage.REFINING)
    return CoverageQuery(
        (("a", "Alliance", frozenset(inside)),), ("nickel",), (stage,), by=by, **more
    )


@pytest.mark.parametrize("weight", [Weight.COUNT, Weight.CAPACITY, Weight.PRODUCTION])
@pytest.mark.parametrize("stage", [Stage.MINING, Stage.REFINING])
def test_inside_is_ones_own_and_foreign(
    facts: Facts, shipped_layers: tuple[Layer, ...], weight: Weight, stage: Stage
) -> None:
    """By place it is own-inside and foreign, by owner own-inside and abroad: so both agree."""
    inside = ("USA", "CAN", "AUS", "GBR", "FRA", "JPN")
    rows = {
        by: coverage(asked(by, *inside, weight=weight, stage=stage), shipped_layers, facts).iloc[0]
        for by in (Basis.LOCATION, Basis.CONTROL, Basis.FOREIGN, Basis.ABROAD)
    }
    place, owner = rows[Basis.LOCATION], rows[Basis.CONTROL]
    foreign, abroad = rows[Basis.FOREIGN], rows[Basis.ABROAD]
    assert foreign["share_low"] <= place["share_high"] + 1e-9
    assert abroad["share_low"] <= owner["share_high"] + 1e-9
    own_low = place["share_low"] - foreign["share_high"]
    own_high = place["share_high"] - foreign["share_low"]
    assert own_low - 1e-9 <= owner["share_high"] - abroad["share_low"]
    assert owner["share_low"] - abroad["share_high"] <= own_high + 1e-9
    # the columns beside every row say the same as asking for it
    assert (place["foreign_low"], place["foreign_high"]) == pytest.approx(
        (foreign["share_low"], foreign["share_high"])
    )
    assert (owner["abroad_low"], owner["abroad_high"]) == pytest.approx(
        (abroad["share_low"], abroad["share_high"])
    )


def test_foreign_control_in_a_country_by_hand(make_layer: MakeLayer, make_facts: MakeFacts) -> None:
    works = make_layer(
        Role.REFINERY,
        [(122, -2)] * 3,
        id=["a", "b", "c"],
        mineral=["nickel"] * 3,
        country=["IDN", "IDN", "AUS"],
        owner_country=["CHN", "IDN", "AUS"],
        status=["operating"] * 3,
    )
    rows = [
        CountryQuantity("nickel", Stage.REFINING, c, 2024, v, "t refined Ni", Kind.PRODUCTION, "x")
        for c, v in (("IDN", 100.0), ("AUS", 50.0), ("OTH", 50.0))
    ]
    figures = [
        Quantity(i, "nickel", "nickel in NPI", Kind.CAPACITY, v, "t/yr", 2024, "x")
        for i, v in (("a", 60.0), ("b", 20.0), ("c", 50.0))
    ]
    facts = make_facts(rows, figures)
    table = coverage(asked(Basis.FOREIGN, "IDN"), [works], facts)
    # 60 of 200 t for sure; 20 t of Indonesia are at no site, 50 t are anywhere
    assert table["share_low"][0] == pytest.approx(60 / 200)
    assert table["share_high"][0] == pytest.approx((60 + 20 + 50) / 200)
    assert table["inside"][0] == pytest.approx(60)
    assert table["top1_country"][0] == "CHN"
    assert np.isnan(table["hhi_low"][0])
    parts = breakdown(asked(Basis.FOREIGN, "IDN"), [works], facts)
    assert parts["country"].tolist() == ["CHN", ""]
    assert parts["low"].tolist() == pytest.approx([0.3, 0.0])
    assert parts["high"].tolist() == pytest.approx([0.3, 0.35])
    abroad = coverage(asked(Basis.ABROAD, "CHN"), [works], facts)
    assert abroad["share_low"][0] == pytest.approx(60 / 200)
    assert abroad["top1_country"][0] == "IDN"
