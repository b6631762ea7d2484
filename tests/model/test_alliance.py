from __future__ import annotations

from datetime import date

import pytest

from gisapp.model.alliance import (
    Alliance,
    AllianceBook,
    InEU,
    MemberRole,
    Membership,
    Territory,
    partial_date,
)
from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError


def test_partial_dates() -> None:
    assert partial_date("") is None
    assert partial_date("2025") == date(2025, 1, 1)
    assert partial_date("2025-10") == date(2025, 10, 1)
    assert partial_date("2025-10-03") == date(2025, 10, 3)


def test_msp_by_date(facts: Facts) -> None:  # F6
    book = facts.alliances
    own = {"AUS", "CAN", "EST", "FIN", "FRA", "DEU", "IND", "ITA", "JPN", "NOR", "KOR", "SWE"}
    then = book.memberships("msp", date(2025, 1, 1))
    members = {m.member for m in then if m.role is MemberRole.MEMBER}
    assert members == own | {"GBR", "USA", "EU"}
    earlier = book.memberships("msp", date(2023, 5, 1))
    # Italy took part from February 2023 by our source, from July by others
    assert not {"IND", "NOR", "EST"} & {m.member for m in earlier}
    inside = book.jurisdictions("msp", date(2025, 1, 1))
    assert {"AUT", "POL"} <= inside  # through the EU
    assert "EST" in book.jurisdictions("msp", date(2023, 5, 1))  # as a state of the EU


def test_the_eu_of_the_day(facts: Facts) -> None:
    book = facts.alliances
    assert "GBR" in book.jurisdictions("eu", date(2019, 1, 1))
    assert "GBR" not in book.jurisdictions("eu", date(2021, 1, 1))


def test_territories_follow_their_sovereign_not_the_bloc(facts: Facts) -> None:
    book = facts.alliances
    day = date(2025, 1, 1)
    assert "NCL" not in book.jurisdictions("eu", day)
    assert "GRL" not in book.jurisdictions("eu", day)
    assert {"NCL", "GRL"} <= book.jurisdictions("nato", day)


def test_a_proposal_counts_its_proposed_members(facts: Facts) -> None:
    inside = facts.alliances.jurisdictions("four_nation_us_can_gbr_aus", date(2026, 11, 22))
    assert {"USA", "CAN", "GBR", "AUS", "PRI"} <= inside
    assert not {"CHN", "NZL"} & inside


@pytest.fixture
def book() -> AllianceBook:
    def of(alliance: str, member: str, start: str, end: str, role: str = "member") -> Membership:
        return Membership(
            alliance, member, MemberRole(role), partial_date(start), partial_date(end), "a treaty"
        )

    memberships = (
        of("x", "AAA", "2000", "2010"),
        of("x", "BBB", "2005-06-15", ""),
        of("x", "CCC", "", "", "observer"),
    )
    alliance = Alliance("x", "X", "X", "pact", None, partial_date("2020"), "", "", memberships)
    land = Territory("TTT", "Land", "BBB", InEU.NO, "")
    return AllianceBook({"x": alliance}, {"TTT": land})


def test_first_and_last_day(book: AllianceBook) -> None:
    assert book.jurisdictions("x", date(1999, 12, 31)) == frozenset()
    assert book.jurisdictions("x", date(2000, 1, 1)) == {"AAA"}
    assert book.jurisdictions("x", date(2005, 6, 14)) == {"AAA"}
    assert book.jurisdictions("x", date(2005, 6, 15)) == {"AAA", "BBB", "TTT"}
    assert book.jurisdictions("x", date(2010, 1, 1)) == {"BBB", "TTT"}
    assert book.jurisdictions("x", date(2020, 1, 1)) == frozenset()


def test_unknown_alliance(book: AllianceBook) -> None:
    with pytest.raises(GisappError, match="No alliance") as caught:
        book.get("y")
    assert "x" in caught.value.hint


def test_an_alliance_without_members_is_refused_with_the_days_it_had_some(facts):
    with pytest.raises(GisappError, match="left on 2026-02-04") as refused:
        facts.alliances.require("msp", date(2026, 11, 22))
    assert refused.value.code == "no_members"
    with pytest.raises(GisappError, match="joined on 2022-06-14"):
        facts.alliances.require("msp", date(2020, 1, 1))
    assert "AUS" in facts.alliances.require("msp", date(2025, 1, 1))
