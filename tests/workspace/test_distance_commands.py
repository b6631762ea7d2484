from __future__ import annotations

import pytest

from gisapp.analysis.network.journey import Measure
from gisapp.model.feedback import GisappError
from gisapp.model.vocabulary import Basis
from gisapp.workspace.answer_distance import distance_query
from gisapp.workspace.builtin_commands import register_all
from gisapp.workspace.commands import Registry
from gisapp.workspace.distance_commands import bases
from gisapp.workspace.state import ProjectState, Question


@pytest.fixture
def run(facts):
    registry = Registry()
    register_all(registry, facts)

    def step(state: ProjectState, command: str, **params) -> ProjectState:
        return registry[command].run(state, **params)

    return step


def test_a_measure_is_of_routes_and_the_metric_goes_back(run):
    state = run(ProjectState(), "question.measure", measure="days")
    assert (state.question.metric, state.question.measure) == ("route", Measure.DAYS)
    back = run(state, "question.metric", metric="geodesic")
    assert (back.question.metric, back.question.measure) == ("geodesic", Measure.DAYS)


@pytest.mark.parametrize(
    ("plant", "owner", "by", "inside"),
    [
        (True, False, Basis.LOCATION, {Basis.LOCATION}),
        (False, True, Basis.CONTROL, {Basis.CONTROL}),
        (True, True, Basis.LOCATION, {Basis.LOCATION, Basis.CONTROL}),
        (False, False, Basis.LOCATION, set()),
    ],
)
def test_switches_of_the_alliance_and_the_word_of_the_question(
    run, facts, plant, owner, by, inside
):
    state = run(ProjectState(), "question.mineral", mineral="lithium")
    state = run(state, "question.alliance", alliance="g7")
    state = run(run(state, "question.inside", plant=plant), "question.inside", owner=owner)
    assert state.question.by is by
    assert bases(state.question) == inside
    query = distance_query(state, facts)
    assert query.bases == inside
    assert query.bars_plants is bool(inside)


@pytest.mark.parametrize("by", list(Basis))
def test_by_sets_the_switches(run, by):
    question = run(ProjectState(), "question.by", by=by).question
    assert bases(question) == {by.of_a_site}
    assert bases(Question(by=by)) == bases(question)  # a project saved before there were switches


def test_what_ways_avoid_is_named_or_refused(run, facts):
    state = run(ProjectState(), "question.avoid", countries=["rus"], closed=["Suez"])
    assert state.question.avoided == {"RUS"}
    assert state.question.closed == {"suez"}
    state = run(state, "question.avoid", closed=[], opened=["vilkitsky"])
    assert (state.question.avoided, state.question.closed) == ({"RUS"}, set())
    avoid = distance_query(state, facts).avoid
    assert (avoid.countries, avoid.opened) == ({"RUS"}, {"vilkitsky"})
    both = run(state, "question.avoid", places=["suez", "CHN"])
    assert (both.question.avoided, both.question.closed) == ({"CHN"}, {"suez"})
    lifted = run(state, "question.avoid_nothing")
    assert not (lifted.question.avoided | lifted.question.opened)
    for params, code in (
        ({"countries": ["ZZZ"]}, "unknown_jurisdiction"),
        ({"closed": ["styx"]}, "unknown_passage"),
    ):
        with pytest.raises(GisappError) as caught:
            run(state, "question.avoid", **params)
        assert caught.value.code == code


def test_which_plants_count(run, facts):
    state = run(ProjectState(), "question.plants", starts_by=2030, min_capacity=5000)
    state = run(state, "question.plants", unknown_capacity=False)
    query = distance_query(state, facts)
    assert query.starts_by is not None
    assert query.starts_by.isoformat() == "2030-12-31"
    assert (query.min_capacity, query.unknown_capacity) == (5000, False)
    state = run(state, "question.plants", starts_by=None, min_capacity=0)
    assert (state.question.starts_by, state.question.min_capacity) == (None, None)
    for params in ({"starts_by": 1492}, {"min_capacity": float("nan")}, {"colour": "blue"}):
        with pytest.raises(GisappError):
            run(state, "question.plants", **params)
    for command, params in (
        ("question.metric", {"metric": "crow"}),
        ("question.measure", {"measure": "leagues"}),
    ):
        with pytest.raises(GisappError):
            run(state, command, **params)
