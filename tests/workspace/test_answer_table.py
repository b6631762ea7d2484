"""The answer in figures says what the answer says."""

from dataclasses import replace

import pytest

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.feedback import Feedback
from gisapp.model.vocabulary import Basis
from gisapp.workspace.answer_table import answer_table
from gisapp.workspace.answering import answer_of
from gisapp.workspace.example import new_state
from gisapp.workspace.exporting import asked_state


@pytest.fixture(scope="module")
def asked():
    facts = load_facts()
    words = {"mineral": "rare_earths", "alliance": "quad", "view": "coverage"}
    state = asked_state(new_state(default_layers()), facts, words)
    return answer_of(state, facts, Feedback()), state.question, facts


def test_a_row_for_each_stage(asked):
    answer = asked[0]
    table = answer_table(*asked)
    assert [row[0] for row in table.rows] == ["Mining", "Refining", "Magnets"]
    for row, (_, known) in zip(table.rows, answer.coverage.iterrows(), strict=True):
        assert f"{100 * known['share_high']:.1f}" in row[1]
        assert f"{100 * known['top1_share']:.0f}" in row[2]
        assert row[2].startswith("China, ")
        assert str(known["year"]) in row[3]


def test_other_questions_have_none(asked):
    answer, question, facts = asked
    assert answer_table(answer, replace(question, view="distance"), facts) is None
    assert answer_table(answer, replace(question, by=Basis.FOREIGN), facts) is None
    assert answer_table(replace(answer, coverage=None), question, facts) is None
