from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.analysis.ownership import (
    Holding,
    Stake,
    derived_companies,
    holdings,
    stakes,
)
from gisapp.data.shipped import load_layer
from gisapp.model.facts import Facts

COMPANIES = {
    "bhp": "AUS",
    "lundin mining": "CAN",
    "tianqi lithium": "CHN",
    "igo": "AUS",
    "albemarle": "USA",
    "gecamines": "COD",
    "cmoc": "CHN",
    "catl": "CHN",
    "eramet": "FRA",
}


def held(owner: str, owner_country: str, country: str, facts: Facts) -> dict[str, float]:
    found = holdings(owner, owner_country, country, COMPANIES, facts)
    return {"+".join(sorted(h.homes)): round(h.share, 4) for h in found}


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        ("", ()),
        ("BHP", (Stake(("BHP",), 1.0),)),
        ("Zijin Mining (72%)", (Stake(("Zijin Mining",), 0.72),)),
        ("BHP / Lundin Mining", (Stake(("BHP", "Lundin Mining"), 1.0),)),
        ("SQM / Hancock (50:50)", (Stake(("SQM",), 0.5), Stake(("Hancock",), 0.5))),
        ("Tianqi 51 %, Albemarle 49 %", (Stake(("Tianqi",), 0.51), Stake(("Albemarle",), 0.49))),
        (
            "Tianqi Lithium (with IGO 51%; Albemarle 49%)",
            (Stake(("Tianqi Lithium", "IGO"), 0.51), Stake(("Albemarle",), 0.49)),
        ),
        (
            "MIND ID (34%) / Vale / Sumitomo",
            (Stake(("MIND ID",), 0.34), Stake(("Vale", "Sumitomo"), 0.66)),
        ),
        ("CMOC (71.25%) / CATL (23.75%)", (Stake(("CMOC",), 0.7125), Stake(("CATL",), 0.2375))),
        # what is said of an owner's own shareholders is passed over
        ("Sovereign Metals (Rio Tinto ~20%)", (Stake(("Sovereign Metals",), 1.0),)),
        ("Globe Metals & Mining", (Stake(("Globe Metals & Mining",), 1.0),)),
        ("Codelco (50%+1) / SQM", (Stake(("Codelco",), 0.5), Stake(("SQM",), 0.5))),
        (
            "China Railway Group and partners (68%) / Gecamines (32%)",
            (Stake(("China Railway Group",), 0.68, others=True), Stake(("Gecamines",), 0.32)),
        ),
        ("A (80%) / B (70%)", ()),
    ],
)
def test_owners_and_shares_are_read(owner: str, expected: tuple[Stake, ...]) -> None:
    found = stakes(owner)
    assert [(s.owners, s.others) for s in found] == [(s.owners, s.others) for s in expected]
    assert [s.share for s in found] == pytest.approx([s.share for s in expected])


def test_every_shipped_owner_sums_to_at_most_one(facts: Facts) -> None:
    sites = sure = 0
    for name in ("deposits", "refineries", "magnet_plants"):
        columns = load_layer(name).features.columns
        rows = zip(columns["owner"], columns["owner_country"], columns["country"], strict=True)
        for owner, owner_country, country in rows:
            found = holdings(
                owner or "", owner_country or "", country or "", facts.companies, facts
            )
            assert sum(h.share for h in found) <= 1 + 1e-9
            assert all(0 < h.share <= 1 for h in found)
            sites += 1
            one = sum(h.share for h in found if len(h.homes) == 1 and "" not in h.homes)
            sure += one > 0.999
    # 1,263 of 1,421 when this was written: what is unknown is in the bounds
    assert sure / sites > 0.88


@given(st.text(max_size=80))
def test_whatever_stands_there_is_no_more_than_all(text: str) -> None:
    assert sum(stake.share for stake in stakes(text)) <= 1 + 1e-9


@given(
    st.lists(st.floats(0.5, 99).map(lambda x: round(x, 2)), min_size=1, max_size=5),
    st.integers(0, 2),
)
def test_shares_round_trip(shares: list[float], silent: int) -> None:
    parties = [f"Company {i} ({share}%)" for i, share in enumerate(shares)]
    parties += [f"Silent {i}" for i in range(silent)]
    found = stakes(" / ".join(parties))
    if sum(shares) > 100.5:
        assert found == ()
    else:
        scale = max(sum(shares) / 100, 1.0)
        told = [s.share for s in found if s.owners[0].startswith("Company")]
        assert told == pytest.approx([share / 100 / scale for share in shares])


def test_homes_come_of_the_table_the_owner_and_the_state(facts: Facts) -> None:
    assert held("BHP / Lundin Mining", "AUS", "CHL", facts) == {"AUS+CAN": 1.0}
    assert held("CMOC (80%) / Gecamines (20%)", "CHN", "COD", facts) == {"CHN": 0.8, "COD": 0.2}
    # a company that no table names is at home with its controlling country where it leads
    assert held("Nobody Mining", "JPN", "PER", facts) == {"JPN": 1.0}
    assert held("Nobody (60%) / Somebody (40%)", "JPN", "PER", facts) == {"JPN": 0.6, "": 0.4}
    assert held("Nobody (40%) / Somebody (60%)", "JPN", "PER", facts) == {"": 0.4, "JPN": 0.6}
    assert held("Eramet (63.7%) / Gabon", "FRA", "GAB", facts) == {"FRA": 0.637, "GAB": 0.363}
    assert held("BHP (65%) / State of Mali (35%)", "AUS", "MLI", facts) == {
        "AUS": 0.65,
        "MLI": 0.35,
    }
    assert held("", "CHN", "CHN", facts) == {}


def test_a_companys_home_is_derived_where_all_rows_agree() -> None:
    rows = [
        ("BHP", "AUS"),
        ("BHP (57.5%) / Rio Tinto (30%)", "AUS"),
        ("Rio Tinto", "GBR"),
        ("Rio Tinto", "AUS"),
        ("Glencore / Teck (50:50)", "CHE"),
        ("Private and partners", "USA"),
        ("Nobody", ""),
    ]
    assert derived_companies(rows) == {"BHP": "AUS"}


def test_the_shipped_companies_have_a_home(facts: Facts) -> None:
    assert len(facts.companies) > 500
    assert set(facts.companies.values()) <= set(facts.countries)
    assert facts.companies["cmoc"] == "CHN"
    assert facts.companies["gecamines"] == "COD"
    found = holdings(
        "Tianqi Lithium (with IGO 51%; Albemarle 49%)", "CHN", "AUS", facts.companies, facts
    )
    assert found == (
        Holding(frozenset({"CHN", "AUS"}), 0.51),
        Holding(frozenset({"USA"}), 0.49),
    )
