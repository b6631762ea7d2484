from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from gisapp.analysis.coverage import COLUMNS, AllianceSet, CoverageQuery, coverage
from gisapp.analysis.timeline import TIME_COLUMNS, over_time
from gisapp.model.facts import Facts, Kind, Quantity
from gisapp.model.feedback import Cancelled, Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import Basis, Role, Stage, Weight

MakeLayer = Callable[..., Layer]
MakeFacts = Callable[..., Facts]
PRESENT = date(2026, 9, 30)


def ends(first: int, last: int) -> list[date]:
    return [date(year, 12, 31) for year in range(first, last + 1)]


def always(*codes: str) -> Callable[[date], tuple[AllianceSet, ...]]:
    return lambda _day: (("a", "Alliance", frozenset(codes)),)


@pytest.fixture
def works(make_layer: MakeLayer) -> Layer:
    """Return works of 2019 and 2024, one being built for 2028, one planned without a year."""
    return make_layer(
        Role.REFINERY,
        [(0, 0)] * 4,
        id=["old", "new", "next", "some-day"],
        mineral=["nickel"] * 4,
        country=["CHN", "AUS", "AUS", "AUS"],
        status=["operating", "operating", "construction", "planned"],
        start_year=[2019, 2024, 2028, float("nan")],
    )


def figures(*rows: tuple[str, float, str]) -> list[Quantity]:
    kind = Kind.CAPACITY
    return [Quantity(i, "nickel", name, kind, v, "t/yr", 2026, "x") for i, v, name in rows]


def test_members_join_and_plants_start(make_facts: MakeFacts, works: Layer) -> None:
    facts = make_facts(
        (),
        figures(
            ("old", 60, "nickel in NPI"),
            ("new", 40, "nickel in NPI"),
            ("next", 100, "nickel in NPI (planned)"),
        ),
    )

    def members(day: date) -> tuple[AllianceSet, ...]:
        codes = frozenset({"AUS"} if day.year >= 2022 else ())
        return (("a", "Alliance", codes),)

    query = CoverageQuery((), ("nickel",), (Stage.REFINING,), weight=Weight.CAPACITY)
    table = over_time(query, ends(2021, 2029), members, [works], facts, present=PRESENT)
    assert tuple(table.columns) == TIME_COLUMNS
    shares = dict(zip((day.year for day in table["as_of"]), table["share_low"], strict=True))
    assert shares[2021] == 0
    assert shares[2023] == 0  # a member without a plant
    assert shares[2024] == shares[2027] == pytest.approx(0.4)
    assert shares[2028] == shares[2029] == pytest.approx(140 / 200)
    by_year = table.set_index(pd.Index([day.year for day in table["as_of"]]))
    assert by_year.loc[2022, "joined"] == "AUS"
    assert "no members" in by_year.loc[2021, "note"]
    assert by_year["started"].tolist() == [0, 0, 0, 1, 0, 0, 0, 1, 0]
    assert "After 2026" in by_year.loc[2028, "note"]
    assert "After 2026" not in by_year.loc[2025, "note"]


def test_a_count_counts_them_too(make_facts: MakeFacts, works: Layer) -> None:
    query = CoverageQuery((), ("nickel",), (Stage.REFINING,), weight=Weight.COUNT)
    days = ends(2023, 2028)
    table = over_time(query, days, always("AUS"), [works], make_facts(), present=PRESENT)
    assert table["world"].tolist() == [1, 2, 2, 2, 2, 3]
    assert table["inside"].tolist() == [0, 1, 1, 1, 1, 2]


def test_at_one_date_it_is_the_coverage_of_that_day(
    facts: Facts, shipped_layers: tuple[Layer, ...]
) -> None:
    day = date(2024, 12, 31)
    book = facts.alliances

    def members(at: date) -> tuple[AllianceSet, ...]:
        return (("msp", "MSP", book.jurisdictions("msp", at)),)

    for by in (Basis.LOCATION, Basis.CONTROL):
        query = CoverageQuery(members(day), ("cobalt",), (Stage.REFINING,), by=by, as_of=day)
        table = over_time(query, [day], members, shipped_layers, facts, present=PRESENT)
        once = coverage(query, shipped_layers, facts)
        for column in set(COLUMNS) - {"note"}:
            left, right = table[column][0], once[column][0]
            assert left == right or (left != left and right != right), column


def test_the_msp_over_the_years(facts: Facts, shipped_layers: tuple[Layer, ...]) -> None:
    book = facts.alliances
    query = CoverageQuery((), ("lithium",), (Stage.MINING,))

    def members(at: date) -> tuple[AllianceSet, ...]:
        return (("msp", "MSP", book.jurisdictions("msp", at)),)

    table = over_time(query, ends(2021, 2026), members, shipped_layers, facts, present=PRESENT)
    rows = {row["as_of"].year: row for row in table.to_dict("records")}
    assert rows[2021]["share_high"] == 0
    assert rows[2022]["share_low"] > 0.3  # Australia
    assert "AUS" in rows[2022]["joined"].split(",")
    assert rows[2023]["joined"] == "IND,NOR"  # not their territories
    assert rows[2026]["share_high"] == 0  # it gave way to FORGE
    assert "AUS" in rows[2026]["left"].split(",")


@pytest.mark.parametrize("days", [[], ends(1800, 2100)])
def test_no_date_and_too_many_are_refused(make_facts: MakeFacts, works: Layer, days: Any) -> None:
    query = CoverageQuery((), ("nickel",), (Stage.REFINING,))
    with pytest.raises(GisappError, match="dates"):
        over_time(query, days, always("AUS"), [works], make_facts(), present=PRESENT)


def test_cancel(make_facts: MakeFacts, works: Layer) -> None:
    feedback = Feedback()
    feedback.cancel()
    query = CoverageQuery((), ("nickel",), (Stage.REFINING,), weight=Weight.COUNT)
    with pytest.raises(Cancelled):
        over_time(
            query,
            ends(2020, 2021),
            always("AUS"),
            [works],
            make_facts(),
            present=PRESENT,
            feedback=feedback,
        )
