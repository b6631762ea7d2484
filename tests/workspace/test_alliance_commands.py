from __future__ import annotations

import json
from datetime import date

import pytest

from gisapp.data.shipped import load_facts
from gisapp.model.alliance import MemberRole, TerritoryRule
from gisapp.model.feedback import Feedback, Severity
from gisapp.model.own_alliance import new_alliance
from gisapp.workspace.coverage_time import coverage_over_time
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.project_json import dump, parse


def pact(desk, **more):
    desk.run("alliance.make", name="Pacific pact", members=["Australia", "jpn", "EU"], **more)
    return desk.state.alliances[-1]


def told(desk) -> str:
    return str(desk.reports[-1].message)


def test_an_alliance_is_made_asked_about_and_undone(desk):
    before = desk.state
    made = pact(desk)
    assert (made.id, made.is_own) == ("pacific_pact", True)
    assert [m.member for m in made.memberships] == ["AUS", "JPN", "EU"]
    assert desk.state.question.alliance == "pacific_pact"
    inside = desk.session.facts.alliances.jurisdictions("pacific_pact", date(2026, 11, 22))
    assert {"AUS", "JPN", "DEU"} <= inside
    desk.run("edit.undo")
    assert desk.state == before
    assert "pacific_pact" not in desk.session.facts.alliances.alliances
    desk.run("edit.redo")
    assert desk.state.question.alliance == "pacific_pact"


def test_answers_and_shading_follow_it(desk):
    desk.run("question.mineral", mineral="lithium")
    desk.run("question.view", view="coverage")
    desk.run("question.stage", stage="mining")
    pact(desk)
    row = desk.session.answer.coverage.set_index("stage").loc["mining"]
    assert row["share_low"] > 0.3  # Australia
    assert "Pacific pact" in desk.session.answer.headline
    assert "AUS" in {i for s in desk.pictures[-1].shading for i in s.inside}
    desk.run("alliance.remove_member", alliance="pacific_pact", member="Australia")
    row = desk.session.answer.coverage.set_index("stage").loc["mining"]
    assert row["share_low"] < 0.05


def test_members_are_added_changed_and_removed(desk):
    pact(desk)
    desk.run("alliance.member", alliance="pacific_pact", member="Chile", start="2027-03")
    desk.run("alliance.member", alliance="pacific_pact", member="JPN", role="observer", end="2030")
    found = {m.member: m for m in desk.state.alliances[0].memberships}
    assert found["CHL"].start == date(2027, 3, 1)
    assert (found["JPN"].role, found["JPN"].end) == (MemberRole.OBSERVER, date(2030, 1, 1))
    assert list(found) == ["AUS", "JPN", "EU", "CHL"]
    assert all(m.alliance == "pacific_pact" for m in found.values())
    desk.run("alliance.remove_member", alliance="pacific_pact", member="EU")
    assert "EU" not in {m.member for m in desk.state.alliances[0].memberships}
    desk.run("alliance.rename", alliance="pacific_pact", name="Ocean pact")
    assert desk.state.alliances[0].name == "Ocean pact"
    desk.run("alliance.remove", alliance="pacific_pact")
    assert desk.state.alliances == ()
    assert desk.state.question.alliance is None


def test_what_ships_is_copied_and_stays_as_it_is(desk):
    desk.run("alliance.copy", alliance="g7")
    made = desk.state.alliances[0]
    book = desk.session.facts.alliances
    day = date(2026, 11, 22)
    assert book.jurisdictions(made.id, day) == book.jurisdictions("g7", day)
    desk.run("alliance.copy", alliance=made.id, name="Third")
    assert [a.id for a in desk.state.alliances] == ["g7_copy", "third"]
    before = desk.state
    desk.run("alliance.member", alliance="g7", member="CHN")
    assert "no alliance of its own" in told(desk)
    desk.run("alliance.save", alliance=load_facts().alliances.get("g7"))
    assert "ships with the application" in told(desk)
    assert desk.state == before


@pytest.mark.parametrize(
    ("command", "params", "reason"),
    [
        ("alliance.make", {"name": " "}, "has no name"),
        ("alliance.make", {"name": "x", "members": ["Atlantis"]}, "is no country"),
        ("alliance.member", {"alliance": "nix", "member": "AUS"}, "no alliance of its own"),
        ("alliance.territories", {"rule": "all"}, "rule"),
        ("alliance.import", {"path": "nothing.json"}, "cannot be read"),
        ("alliance.export", {"path": "pact.json"}, "no alliance of its own to share"),
        ("question.alliance", {"alliance": "pacific_pact"}, "No alliance has the id"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(desk, command, params, reason):
    before = desk.state
    desk.run(command, **params)
    assert reason in told(desk)
    assert desk.reports[-1].severity is Severity.ERROR
    assert desk.state == before


def test_alliances_are_shared_as_a_file(desk, tmp_path):
    made = pact(desk)
    path = tmp_path / "pact.json"
    desk.run("alliance.export", path=path)
    desk.run("alliance.remove", alliance=made.id)
    desk.run("alliance.import", path=path)
    assert desk.state.alliances == (made,)
    assert desk.state.question.alliance == made.id
    desk.run("alliance.import", path=path)  # the same again takes its place
    assert desk.state.alliances == (made,)
    shipped = tmp_path / "g7.json"
    desk.run("alliance.export", path=shipped, alliance="g7")
    desk.run("alliance.import", path=shipped)
    assert desk.state.alliances[-1].id != "g7"
    assert desk.state.alliances[-1].is_own


def test_a_project_keeps_its_alliances_and_its_rule(desk):
    pact(desk)
    desk.run("alliance.member", alliance="pacific_pact", member="CHL", start="2027")
    desk.run("alliance.territories", rule="nobody")
    text = dump(desk.state, lambda layer: pytest.fail(f"{layer.name} ships"))
    links = []  # none of the layers is a link
    found, reports = parse(
        text,
        "test",
        lambda stored: pytest.fail(f"{stored} ships"),
        lambda *link: links.append(link),
    )
    assert not reports
    assert found.alliances == desk.state.alliances
    assert found.territories is TerritoryRule.NOBODY
    # a project of before has none
    older = json.loads(text)
    del older["state"]["alliances"], older["state"]["territories"]
    before, _ = parse(
        json.dumps(older), "test", lambda _stored: None, lambda *link: links.append(link)
    )
    assert before.alliances == ()
    assert not links


def test_territories_count_as_the_project_says(desk):
    day = date(2026, 11, 22)
    assert "NCL" not in desk.session.facts.alliances.jurisdictions("eu", day)
    desk.run("alliance.territories", rule="sovereign")
    assert "NCL" in desk.session.facts.alliances.jurisdictions("eu", day)
    desk.run("edit.undo")
    assert "NCL" not in desk.session.facts.alliances.jurisdictions("eu", day)


def test_facts_are_made_once_for_the_same_alliances(desk):
    facts = load_facts()
    assert project_facts(desk.state, facts) is facts
    pact(desk)
    own = project_facts(desk.state, facts)
    assert project_facts(desk.state.with_(title="x"), facts) is own
    assert project_facts(desk.state, own) is own
    assert project_facts(desk.state.with_(alliances=()), own).alliances == facts.alliances
    changed = desk.state.with_(alliances=(new_alliance("Other"),))
    assert "other" in project_facts(changed, own).alliances.alliances


def test_the_share_over_time_follows_the_project(desk):
    desk.run("question.mineral", mineral="lithium")
    desk.run("question.stage", stage="mining")
    pact(desk)
    desk.run("alliance.member", alliance="pacific_pact", member="CHL", start="2028-01-01")
    found = coverage_over_time(desk.state, desk.session.facts, Feedback())
    years = {row["as_of"].year: row for row in found.table.to_dict("records")}
    assert min(years) == 2020
    assert max(years) == 2030
    assert years[2028]["joined"] == "CHL"
    assert years[2028]["share_low"] > years[2027]["share_low"] + 0.1
    assert "In 2028 Chile joins" in found.text
    assert "Pacific pact" in found.text
