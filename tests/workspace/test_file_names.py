"""Names that files are proposed under."""

from __future__ import annotations

import pytest

from gisapp.workspace.deck_plan import Per
from gisapp.workspace.example import example_state
from gisapp.workspace.file_names import plain_name, suggested_deck_name, suggested_name
from gisapp.workspace.state import ProjectState, Question


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rare earths refining US-CAN-UK-AUS", "rare-earths-refining-us-can-uk-aus"),
        ("C\u00f4te d\u2019Ivoire / Guin\u00e9e", "cote-d-ivoire-guinee"),
        ("\u7a00\u571f \u7cbe\u70bc", "\u7a00\u571f-\u7cbe\u70bc"),
        ("..\\../etc", "etc"),
        ("word " * 40, "-".join(["word"] * 12)),
        ("///", ""),
    ],
)
def test_names_stand_on_any_disk(text, name):
    assert plain_name(text) == name
    assert len(name) <= 60


def test_a_file_is_named_after_its_question(facts):
    state = example_state(())
    assert suggested_name(state, facts) == "rare-earths-refining-us-can-uk-aus"
    assert suggested_name(ProjectState(), facts) == "critical-minerals"
    gone = ProjectState(question=Question(mineral="lithium", alliance="gone", view="distance"))
    assert suggested_name(gone, facts) == "lithium-distance"


def test_a_deck_is_named_without_the_word_that_changes(facts):
    state = example_state(())
    assert suggested_deck_name(state, facts, Per.MINERAL) == (
        "critical-minerals-refining-us-can-uk-aus"
    )
    assert suggested_deck_name(state, facts, Per.ALLIANCE) == "rare-earths-refining-alliances"
