from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.model.alliance import AllianceBook, MemberRole, Membership, TerritoryRule
from gisapp.model.facts import Facts
from gisapp.model.feedback import GisappError
from gisapp.model.own_alliance import alliance_id, check_alliance, copy_of, new_alliance

DAY = date(2026, 11, 22)


def joined(code: str, start: date | None = None, end: date | None = None) -> Membership:
    return Membership("pact", code, MemberRole.MEMBER, start, end, "")


def pact(*members: Membership, name: str = "Pact"):
    return replace(new_alliance(name), memberships=members)


def test_ids_are_made_of_names_and_are_nobodys() -> None:
    assert alliance_id("Pacific pact") == "pacific_pact"
    assert alliance_id("Pacific pact", {"pacific_pact"}) == "pacific_pact_2"
    assert alliance_id("北京") == "alliance"


@given(st.text(max_size=100), st.sets(st.text(max_size=10), max_size=3))
def test_every_name_gives_an_id_that_holds(name: str, taken: set[str]) -> None:
    found = alliance_id(name, taken)
    assert found not in taken
    check_alliance(replace(new_alliance("x"), id=found), {})


def test_a_copy_has_the_members_of_the_day(facts: Facts) -> None:
    book = facts.alliances
    for alliance in book.alliances.values():
        made = copy_of(alliance, "Mine", book.alliances)
        check_alliance(made, facts.countries)
        if alliance.id == "eu":
            continue  # its members are no longer there through the bloc
        own = book.including([made], TerritoryRule.LISTED)
        for day in (date(2010, 1, 1), date(2023, 5, 1), DAY):
            before = book.jurisdictions(alliance.id, day)
            assert own.jurisdictions(made.id, day) == before, alliance.id


@pytest.mark.parametrize(
    ("alliance", "reason"),
    [
        (pact(joined("AUS"), name=" "), "has no name"),
        (pact(joined("XXX")), 'no country has the code "XXX"'),
        (pact(joined("AUS", date(2025, 1, 1), date(2024, 1, 1))), "leaves before it joins"),
        (pact(joined("AUS"), joined("AUS", date(2020, 1, 1))), "twice at once"),
        (replace(pact(), id="A B"), "its id"),
        (
            replace(pact(), founded=date(2025, 1, 1), dissolved=date(2024, 1, 1)),
            "ends before it begins",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(facts: Facts, alliance, reason: str) -> None:
    with pytest.raises(GisappError, match=reason) as caught:
        check_alliance(alliance, facts.countries)
    assert caught.value.code == "bad_alliance"
    assert caught.value.message.count(".") == 1


def test_a_member_may_leave_and_come_back(facts: Facts) -> None:
    both = pact(joined("USA", end=date(2020, 1, 1)), joined("USA", date(2021, 1, 1)))
    book = facts.alliances.including([check_alliance(both, facts.countries)], TerritoryRule.LISTED)
    assert "USA" in book.jurisdictions("pact", date(2019, 1, 1))
    assert "USA" not in book.jurisdictions("pact", date(2020, 6, 1))
    assert "USA" in book.jurisdictions("pact", DAY)


def test_the_eu_is_a_member_as_a_bloc(facts: Facts) -> None:
    book = facts.alliances.including([pact(joined("EU"), joined("JPN"))], TerritoryRule.LISTED)
    inside = book.jurisdictions("pact", DAY)
    assert inside == book.jurisdictions("eu", DAY) | {"JPN"}
    assert "GBR" in book.jurisdictions("pact", date(2019, 1, 1))


def test_territories_count_by_the_rule(facts: Facts) -> None:
    def inside(rule: TerritoryRule, alliance: str) -> frozenset[str]:
        return facts.alliances.including((), rule).jurisdictions(alliance, DAY)

    listed = inside(TerritoryRule.LISTED, "eu")
    sovereign = inside(TerritoryRule.SOVEREIGN, "eu")
    nobody = inside(TerritoryRule.NOBODY, "eu")
    assert {"NCL", "GRL"} <= sovereign - listed
    assert "GUF" in listed
    assert "GUF" not in nobody
    assert nobody < listed < sovereign
    assert nobody.isdisjoint(facts.alliances.territories)
    # who is a member in its own name stays one
    assert "GRL" in inside(TerritoryRule.NOBODY, "msp_forum")
    # what belongs to nobody belongs to nobody by every rule
    for rule in TerritoryRule:
        assert not inside(rule, "nato") & {"ESH", "KAS", "ATA"}


def test_ones_own_never_hides_what_ships(facts: Facts) -> None:
    book: AllianceBook = facts.alliances
    fake = replace(pact(joined("CHN")), id="eu")
    assert book.including([fake], TerritoryRule.LISTED).get("eu") is book.get("eu")
    first = book.including([pact(joined("CHN"))], TerritoryRule.LISTED)
    again = first.including([pact(joined("USA"))], TerritoryRule.LISTED)
    assert "CHN" not in again.jurisdictions("pact", DAY)
    assert "pact" not in again.including((), TerritoryRule.LISTED).alliances
