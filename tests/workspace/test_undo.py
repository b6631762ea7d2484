"""Any commands and their undo give the same state back."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp.data.shipped import default_layers, load_facts
from gisapp.model.alliance import TerritoryRule
from gisapp.model.editing import with_values
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.vocabulary import MINERALS, Basis, Role, Stage, Status, Weight
from gisapp.workspace.answer import Answer
from gisapp.workspace.builtin_commands import register_all
from gisapp.workspace.commands import Registry
from gisapp.workspace.example import new_state
from gisapp.workspace.history import LIMIT, History
from gisapp.workspace.picturing import picture_of
from gisapp.workspace.session import Session
from gisapp.workspace.state import LayerEntry, ProjectState

LAYER = st.sampled_from(["magnet_plants", "refineries", "deposits", "trade_routes", "nix"])
COMMANDS = st.one_of(
    st.tuples(st.just("layer.remove"), st.fixed_dictionaries({"layer_id": LAYER})),
    st.tuples(
        st.just("layer.rename"),
        st.fixed_dictionaries({"layer_id": LAYER, "name": st.text(max_size=5)}),
    ),
    st.tuples(
        st.just("layer.move"),
        st.fixed_dictionaries({"layer_id": LAYER, "index": st.integers(-2, 6)}),
    ),
    st.tuples(
        st.just("layer.show"), st.fixed_dictionaries({"layer_id": LAYER, "visible": st.booleans()})
    ),
    st.tuples(
        st.just("layer.opacity"),
        st.fixed_dictionaries({"layer_id": LAYER, "opacity": st.floats(-1, 2)}),
    ),
    st.tuples(
        st.just("layer.style"), st.fixed_dictionaries({"layer_id": LAYER, "size": st.floats(1, 9)})
    ),
    st.tuples(
        st.just("layer.role"),
        st.fixed_dictionaries({"layer_id": LAYER, "role": st.sampled_from(Role)}),
    ),
    st.tuples(
        st.just("question.mineral"),
        st.fixed_dictionaries({"mineral": st.sampled_from([None, *MINERALS])}),
    ),
    st.tuples(st.just("question.stage"), st.fixed_dictionaries({"stage": st.sampled_from(Stage)})),
    st.tuples(
        st.just("question.alliance"),
        st.fixed_dictionaries({"alliance": st.sampled_from([None, "eu", "g7"])}),
    ),
    st.tuples(
        st.just("alliance.make"),
        st.fixed_dictionaries(
            {"name": st.sampled_from(["", "Pact", "Other"]), "members": st.just(["AUS", "EU"])}
        ),
    ),
    st.tuples(
        st.just("alliance.copy"),
        st.fixed_dictionaries({"alliance": st.sampled_from(["g7", "pact", "nix"])}),
    ),
    st.tuples(
        st.just("alliance.member"),
        st.fixed_dictionaries(
            {
                "alliance": st.sampled_from(["pact", "eu"]),
                "member": st.sampled_from(["JPN", "Chile", "XXX"]),
                "start": st.sampled_from([None, "2024", "soon"]),
            }
        ),
    ),
    st.tuples(
        st.just("alliance.remove"),
        st.fixed_dictionaries({"alliance": st.sampled_from(["pact", "other"])}),
    ),
    st.tuples(
        st.just("alliance.territories"),
        st.fixed_dictionaries({"rule": st.sampled_from(TerritoryRule)}),
    ),
    st.tuples(st.just("question.date"), st.fixed_dictionaries({"as_of": st.dates()})),
    st.tuples(st.just("question.by"), st.fixed_dictionaries({"by": st.sampled_from(Basis)})),
    st.tuples(
        st.just("question.weight"), st.fixed_dictionaries({"weight": st.sampled_from(Weight)})
    ),
    st.tuples(st.just("question.nearest"), st.fixed_dictionaries({"count": st.integers(0, 9)})),
    st.tuples(
        st.just("filter.set"), st.fixed_dictionaries({"statuses": st.sets(st.sampled_from(Status))})
    ),
    st.tuples(st.just("filter.set"), st.fixed_dictionaries({"text": st.text(max_size=3)})),
    st.tuples(st.just("filter.clear"), st.just({})),
    st.tuples(
        st.just("select.set"),
        st.fixed_dictionaries({"layer_id": LAYER, "rows": st.sets(st.integers(0, 99))}),
    ),
    st.tuples(st.just("select.clear"), st.just({})),
    st.tuples(st.just("frame.set"), st.fixed_dictionaries({"dpi": st.integers(0, 400)})),
    st.tuples(st.just("title.set"), st.fixed_dictionaries({"title": st.text(max_size=9)})),
)
VIEWS = st.fixed_dictionaries(
    {"lon": st.floats(-180, 179), "lat": st.floats(-80, 80), "zoom": st.floats(0, 9)}
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(COMMANDS, min_size=130, max_size=130), VIEWS)
def test_a_thousand_commands_and_their_undo(commands, view):
    session = _session()
    try:
        start = session.state
        for command, params in commands:
            session.run(command, **params)
        end, steps = session.state, session.history.index
        session.run("view.set", **view)
        for _ in range(steps):
            session.undo()
        assert not session.history.can_undo
        assert session.state == start.with_(view=session.state.view)
        for _ in range(steps):
            session.redo()
        assert session.state == end.with_(view=session.state.view)
        assert session.state.view.zoom == view["zoom"]  # undo never moves the map
    finally:
        session.close()


def test_the_history_forgets_the_oldest_beyond_its_limit():
    history = History.start(new_state(()))
    for i in range(LIMIT + 10):
        history = history.push("t", history.state.with_(title=str(i)))
    assert len(history.steps) == LIMIT
    assert history.state.title == str(LIMIT + 9)
    assert history.go(0).state.title == "10"


def test_layers_that_only_the_history_holds_are_bounded(monkeypatch):
    def state(number):
        features = Features.from_points(np.zeros((1000, 2)))
        layer = Layer(str(number), "Points", Role.REFERENCE, features)
        return ProjectState(layers=(LayerEntry(layer),))

    monkeypatch.setattr("gisapp.workspace.history.MOST_BYTES", 5 * 16_000)
    history = History.start(state(0))
    for number in range(1, 20):
        history = history.push("Replace", state(number))
    assert len(history.steps) == 6
    assert history.go(0).state.layers[0].id == "14"
    monkeypatch.setattr("gisapp.workspace.history.MOST_BYTES", 0)
    history = history.push("Remove", ProjectState())
    assert [step.title for step in history.steps] == ["Replace", "Remove"]


def test_an_edit_holds_no_more_than_the_column_that_it_touched(monkeypatch):
    monkeypatch.setattr("gisapp.workspace.history.MOST_BYTES", 5 * 4_000)
    columns = {"n": np.zeros(500), "kept": np.zeros(500)}
    layer = Layer("x", "X", Role.REFERENCE, Features.from_points(np.zeros((500, 2)), columns))
    history = History.start(new_state([layer]))
    for value in range(9):
        now = history.state.entry("x").layer
        features = with_values(now.features, "n", [0], float(value))
        state = history.state.with_entry("x", layer=now.with_(features=features))
        history = history.push("t", state)
    assert len(history.steps) == 6
    assert history.go(0).state.entry("x").layer.features.columns["n"][0] == 3.0


def _session() -> Session:
    facts, registry = load_facts(), Registry()
    register_all(registry, facts)
    return Session(
        registry,
        facts,
        state=new_state(default_layers()),
        picturer=picture_of,
        answerer=lambda *_: Answer("", "", None, None, None),
    )
