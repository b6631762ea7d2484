from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.data.alliance_file import (
    FORMAT,
    VERSION,
    alliances_text,
    read_alliances,
    write_alliances,
)
from gisapp.data.shipped import load_facts
from gisapp.model.alliance import OWN, Alliance, MemberRole, Membership
from gisapp.model.feedback import GisappError

COUNTRIES = load_facts().countries
PACT = Alliance(
    "pacific_pact",
    "Pacific pact",
    "Pacific",
    OWN,
    date(2024, 1, 1),
    None,
    "For a test, with „quotes“ and, commas",
    "nobody",
    (
        Membership("pacific_pact", "AUS", MemberRole.MEMBER, date(2024, 6, 1), None, "a; b"),
        Membership("pacific_pact", "EU", MemberRole.MEMBER, None, date(2030, 1, 1), ""),
        Membership("pacific_pact", "KOR", MemberRole.OBSERVER, None, None, ""),
    ),
)


def test_json_brings_back_what_was_written(tmp_path):
    path = tmp_path / "pact.json"
    write_alliances(path, [PACT])
    assert read_alliances(path, COUNTRIES) == (PACT,)
    document = json.loads(path.read_text(encoding="utf-8"))
    assert (document["format"], document["version"]) == (FORMAT, VERSION)
    assert [p.name for p in tmp_path.iterdir()] == ["pact.json"]


def test_a_table_brings_back_the_members(tmp_path):
    path = tmp_path / "pact.csv"
    write_alliances(path, [PACT])
    (found,) = read_alliances(path, COUNTRIES)
    assert found.memberships == PACT.memberships
    assert (found.name, found.id) == ("Pacific pact", "pacific_pact")


members = st.lists(
    st.tuples(
        st.sampled_from(["AUS", "USA", "EU", "JPN", "CHL"]),
        st.sampled_from(list(MemberRole)),
        st.none() | st.dates(date(1950, 1, 1), date(2010, 1, 1)),
        st.none() | st.dates(date(2010, 1, 2), date(2050, 1, 1)),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    ),
    unique_by=lambda row: row[0],
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(members, st.sampled_from([".json", ".csv"]))
def test_editing_round_trips(tmp_path_factory, rows, suffix):
    made = tuple(Membership("pact", c, r, s, e, text.strip()) for c, r, s, e, text in rows)
    pact = Alliance("pact", "Pact", "Pact", OWN, None, None, "", "", made)
    path = tmp_path_factory.mktemp("pact") / f"pact{suffix}"
    write_alliances(path, [pact])
    if not made and suffix == ".csv":
        with pytest.raises(GisappError, match="no alliance"):
            read_alliances(path, COUNTRIES)
    else:
        (found,) = read_alliances(path, COUNTRIES)
        assert found.memberships == made


def test_a_table_by_hand_needs_no_more_than_members(tmp_path):
    path = tmp_path / "My partners.csv"
    path.write_text("Member,From\naustralia,2024\nJpn,2024-03\neu,\n", encoding="utf-8")
    (found,) = read_alliances(path, COUNTRIES)
    assert found.name == "My partners"
    assert [(m.member, m.start) for m in found.memberships] == [
        ("AUS", date(2024, 1, 1)),
        ("JPN", date(2024, 3, 1)),
        ("EU", None),
    ]


def one(**change):
    whole = json.loads(alliances_text([PACT]))
    return json.dumps(whole | change)


def with_member(**change):
    whole = json.loads(alliances_text([PACT]))
    whole["alliances"][0]["members"][0] |= change
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "no json", "cannot be read as alliances"),
        ("a.json", "[]", "does not say"),
        ("a.json", one(format="other"), "does not say"),
        ("a.json", one(version="one"), "version is no number"),
        ("a.json", one(version=99), "newer gisapp"),
        ("a.json", one(alliances=[]), "holds no alliance"),
        ("a.json", one(alliances=[{}]), "lacks 'name'"),
        ("a.json", one(alliances=[{"name": "x", "members": [{}]}]), "lacks 'member'"),
        ("a.json", with_member(member="Atlantis"), 'no country has the code "ATLANTIS"'),
        ("a.json", with_member(role="king"), '"king" is no role'),
        ("a.json", with_member(**{"from": "soon"}), '"soon" is not a date'),
        ("a.json", with_member(**{"from": 20240601}), "is not a date"),
        ("a.csv", "country\nAUS\n", "no column member"),
        ("a.csv", "member,to\nAUS,2024-13\n", "is not a date"),
        ("a.csv", "member\nAUS\nAUS\n", "twice at once"),
        ("a.csv", b"member\nAUS\xff\xfe\n", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, name, text, reason):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(GisappError, match=reason) as caught:
        read_alliances(path, COUNTRIES)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_an_odd_ending_are_refused(tmp_path):
    with pytest.raises(GisappError, match="cannot be read"):
        read_alliances(tmp_path / "none.json", COUNTRIES)
    with pytest.raises(GisappError, match=r"cannot be written as \.txt"):
        write_alliances(tmp_path / "pact.txt", [PACT])
    with pytest.raises(GisappError, match="cannot be written"):
        write_alliances(tmp_path / "no folder" / "pact.json", [PACT])
