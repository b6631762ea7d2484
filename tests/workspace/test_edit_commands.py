"""Edits through the commands: values, marks, row numbers, and undo that gives the same back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisapp.data.shipped import load_layer
from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.rows import RowSet
from gisapp.model.style import Labels, Style
from gisapp.model.vocabulary import Role
from gisapp.workspace.column_names import expression_with, style_with
from gisapp.workspace.example import new_state
from gisapp.workspace.startup import new_session
from gisapp.workspace.state import Selection


@pytest.fixture
def own(desk, points):
    """Open a layer of the user's beside those that ship."""
    layer = points(
        "mine",
        Role.DEPOSIT,
        name=["A", "B", "C", "D"],
        country=["AUS", "CAN", None, "AUS"],
        capacity=[100.0, 2000.0, 3000.0, np.nan],
    )
    state = desk.state
    desk.session.open(state.with_(layers=(*new_state([layer]).layers, *state.layers)))
    desk.session.jobs.wait()
    return desk


def column(desk, name, layer="mine"):
    return desk.state.entry(layer).layer.features.columns[name].tolist()


def test_a_condition_leaves_rows_out_of_picture_answer_and_selection(own):
    before = own.pictures[-1]
    own.run("layer.where", layer_id="mine", where="capacity > 1000")
    drawn = next(d for d in own.pictures[-1].layers if d.layer.id == "mine")
    assert drawn.rows.tolist() == [1, 2]
    assert next(d for d in before.layers if d.layer.id == "mine").rows is None
    assert any("only rows where capacity > 1000" in line for line in own.pictures[-1].sources)
    own.run("select.all", layer_id="mine")
    assert own.state.selection == Selection("mine", RowSet([1, 2]))
    own.run("select.where", layer_id="mine", expression="name in ('A', 'B')", how="within")
    assert own.state.selection.rows == {1}
    own.run("select.where", layer_id="mine", expression="name = 'A'", how="add")
    assert own.state.selection.rows == {1}  # A is not shown
    own.run("select.invert", layer_id="mine")
    assert own.state.selection.rows == {2}
    own.run("layer.where", layer_id="mine", where="capacty > 1000")
    assert own.reports[-1].message == "No column is called capacty."
    assert own.reports[-1].hint == "Did you mean capacity?"
    assert own.state.entry("mine").where == "capacity > 1000"


def test_cells_are_checked_marked_and_undone(own):
    own.run("cell.set", layer_id="mine", column="capacity", rows=[0, 3], value="1\u202f500,5")
    assert column(own, "capacity") == [1500.5, 2000.0, 3000.0, 1500.5]
    layer = own.state.entry("mine").layer
    assert layer.is_edited
    assert "2 edits by the user" in layer.problems[-1].message
    own.run("cell.set", layer_id="mine", column="name", rows=[0], value="")
    assert column(own, "name")[0] is None
    assert own.state.entry("mine").layer.problems[-1].count == 3
    steps = own.session.history.index
    own.run("cell.set", layer_id="mine", column="name", rows=[0], value="")
    own.run("cell.set", layer_id="mine", column="capacity", rows=[0], value="a lot")
    assert own.session.history.index == steps  # the same again, and nonsense, are no steps
    assert own.reports[-1].message == '"a lot" is no number.'
    own.session.undo()
    own.session.undo()
    assert column(own, "capacity")[0] == 100.0
    assert not own.state.entry("mine").layer.is_edited


def test_a_shipped_layer_says_once_that_it_differs(desk):
    shipped = load_layer("deposits").features
    desk.run("cell.set", layer_id="deposits", column="name", rows=[0], value="Mine of mine")
    assert "differs from the shipped data" in desk.reports[-1].message
    said = len(desk.reports)
    desk.run("cell.set", layer_id="deposits", column="name", rows=[1], value="Another")
    assert len(desk.reports) == said
    assert shipped.columns["name"][0] != "Mine of mine"
    assert any("edited by the user" in line for line in desk.pictures[-1].sources)
    desk.session.undo()
    desk.session.undo()
    assert desk.state.entry("deposits").layer.features is shipped
    desk.session.jobs.wait()
    assert not any("edited by the user" in line for line in desk.pictures[-1].sources)


def test_a_capacity_that_the_answers_do_not_take_says_so(desk):
    layer = desk.state.entry("refineries").layer
    published = desk.session.facts.quantities
    row = next(i for i, site in enumerate(layer.features.columns["id"]) if site in published)
    other = next(i for i, site in enumerate(layer.features.columns["id"]) if site not in published)
    desk.run("cell.set", layer_id="refineries", column="capacity", rows=[other], value="5")
    assert "published" not in desk.reports[-1].message
    desk.run("cell.set", layer_id="refineries", column="capacity", rows=[row, other], value="6")
    assert desk.reports[-1].message.startswith("1 of these sites has published figures")
    assert desk.state.entry("refineries").layer.features.columns["capacity"][row] == 6.0


def test_columns_are_added_calculated_renamed_and_removed(own):
    own.run("column.add", layer_id="mine", name="checked", kind="yes or no")
    assert column(own, "checked") == [False] * 4
    own.run("column.calculate", layer_id="mine", name="kt", expression="round(capacity / 1000, 1)")
    assert column(own, "kt")[:3] == [0.1, 2.0, 3.0]
    own.run("select.set", layer_id="mine", rows=[0, 2])
    own.run(
        "column.calculate", layer_id="mine", name="kt", expression="coalesce(kt, 0) * 10",
        rows=own.state.selection.rows,
    )  # fmt: skip
    assert column(own, "kt")[:3] == [1.0, 2.0, 30.0]
    own.run("column.calculate", layer_id="mine", name="kt", expression="upper(name)")
    assert "holds a number" in own.reports[-1].message
    own.run("column.calculate", layer_id="mine", name="n", expression="$row", kind="whole number")
    assert column(own, "n") == [1, 2, 3, 4]
    own.run("column.remove", layer_id="mine", name="kt")
    assert "kt" not in own.state.entry("mine").layer.features.columns


def test_what_reads_a_column_follows_its_name(own):
    look = Style(label_field="capacity", labels=Labels("{name}, {capacity} t"))
    layer = own.state.entry("mine").layer
    mapping = ColumnMapping((("owner", "name"),))
    edited = own.state.with_entry(
        "mine", layer=layer.with_(style=look, mapping=mapping), where='"capacity" > 5'
    )
    own.session.open(edited)
    own.run("column.rename", layer_id="mine", name="capacity", new="output 2024")
    entry = own.state.entry("mine")
    assert entry.where == '"output 2024" > 5'
    assert entry.layer.column_of("capacity") == "output 2024"
    assert entry.layer.style.label_field == "output 2024"
    assert entry.layer.style.labels.text == "{name}, {output 2024} t"
    own.run("column.remove", layer_id="mine", name="output 2024")
    assert "Clear the condition" in own.reports[-1].hint
    own.run("column.remove", layer_id="mine", name="name")
    assert own.state.entry("mine").layer.mapping.columns == (("capacity", "output 2024"),)


def test_names_are_swapped_where_they_are_columns_alone():
    assert expression_with("a = 'a' and b(a) > A", "a", "case") == (
        """"case" = 'a' and b("case") > A"""
    )
    assert expression_with("min(min, 2) > 1", "min", "low") == "min(low, 2) > 1"
    assert expression_with("a = 'open", "a", "b") == "a = 'open"
    assert style_with(Style(), "a", "b") == Style()


def test_row_numbers_stay_right_when_rows_go_and_come(own):
    own.run("select.set", layer_id="mine", rows=[1, 2, 3])
    own.run("row.delete", layer_id="mine", rows=[0, 2])
    assert column(own, "name") == ["B", "D"]
    assert own.state.selection.rows == {0, 1}
    own.run(
        "point.add", layer_id="mine", lon=140.5, lat=-20.25, values={"name": "E", "capacity": "7"}
    )
    assert column(own, "name") == ["B", "D", "E"]
    assert own.state.selection.rows == {2}
    assert own.state.entry("mine").layer.features.lonlat[2].tolist() == [140.5, -20.25]
    own.run("point.move", layer_id="mine", row=2, lon=0.0, lat=1.0)
    assert own.state.entry("mine").layer.features.lonlat[2].tolist() == [0.0, 1.0]
    own.session.undo()
    own.session.undo()
    own.session.undo()
    assert column(own, "name") == ["A", "B", "C", "D"]
    assert own.state.selection.rows == {1, 2, 3}
    own.run("select.clear")
    own.run("row.delete", layer_id="mine")
    assert own.reports[-1].message == "No rows are selected."
    own.run("point.add", layer_id="mine", lon=200, lat=0)
    assert "no place" in own.reports[-1].message


def test_long_work_is_a_job_that_a_newer_edit_outdates(points):
    layer = points("big", Role.REFERENCE, n=list(range(30_000)))
    session = new_session(state=new_state([layer]))
    said = []
    session.reported.connect(said.append)
    session.run("column.calculate", layer_id="big", name="twice", expression="n * 2")
    session.run("cell.set", layer_id="big", column="n", rows=[0], value="7")
    session.jobs.wait()
    assert "changed while" in said[-1].message
    session.run("column.calculate", layer_id="big", name="twice", expression="n * 2")
    session.run("row.delete", layer_id="big", rows=[1])  # one edit at a time: the newer counts
    session.jobs.wait()
    features = session.state.entry("big").layer.features
    assert len(features) == 29_999
    assert list(features.columns) == ["n"]
    session.close()


EDITS = st.lists(
    st.one_of(
        st.tuples(
            st.just("cell.set"),
            st.fixed_dictionaries(
                {
                    "column": st.sampled_from(["name", "t", "year", "nix"]),
                    "rows": st.sets(st.integers(0, 6), max_size=3),
                    "value": st.sampled_from(["", "7", "word"]),
                }
            ),
        ),
        st.tuples(
            st.just("row.delete"),
            st.fixed_dictionaries({"rows": st.sets(st.integers(0, 6), max_size=2)}),
        ),
        st.tuples(
            st.just("point.add"),
            st.fixed_dictionaries({"lon": st.integers(-200, 180), "lat": st.just(3)}),
        ),
        st.tuples(
            st.just("point.move"),
            st.fixed_dictionaries(
                {"row": st.integers(0, 6), "lon": st.integers(0, 9), "lat": st.just(3)}
            ),
        ),
        st.tuples(
            st.just("column.calculate"),
            st.fixed_dictionaries(
                {
                    "name": st.sampled_from(["t", "new", "name"]),
                    "expression": st.sampled_from(["t + 1", "name || 'x'", "year", "nix"]),
                }
            ),
        ),
        st.tuples(
            st.just("column.rename"),
            st.fixed_dictionaries(
                {"name": st.sampled_from(["t", "new"]), "new": st.sampled_from(["t", "u", ""])}
            ),
        ),
        st.tuples(
            st.just("column.remove"),
            st.fixed_dictionaries({"name": st.sampled_from(["new", "year"])}),
        ),
        st.tuples(
            st.just("layer.where"),
            st.fixed_dictionaries({"where": st.sampled_from(["", "t > 1", "name like 'B%'"])}),
        ),
        st.tuples(
            st.just("select.where"),
            st.fixed_dictionaries(
                {
                    "expression": st.sampled_from(["t > 1", "$row > 2", "name is null"]),
                    "how": st.sampled_from(["replace", "add", "remove", "within"]),
                }
            ),
        ),
        st.tuples(st.just("select.invert"), st.just({})),
    ),
    min_size=5,
    max_size=25,
)


def seen(state) -> tuple:
    """Return all that a user can see of the layer."""
    entry = state.entry("x")
    features = entry.layer.features
    columns = {name: list(map(str, values.tolist())) for name, values in features.columns.items()}
    problems = entry.layer.problems
    return features.lonlat.tolist(), columns, entry.where, state.selection, problems


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(EDITS)
def test_any_edits_and_their_undo_give_the_same_back(edits):
    features = Features.from_points(
        np.arange(8.0).reshape(4, 2),
        {
            "name": np.array(["A", "B", None, "BB"], dtype=object),
            "t": np.array([1.0, 2.0, np.nan, 4.0]),
            "year": np.array([1, 2, 3, 4]),
        },
    )
    session = new_session(state=new_state([Layer("x", "X", Role.REFERENCE, features)]))
    try:
        states = [seen(session.state)]
        for command, params in edits:
            before = session.history.index
            session.run(command, layer_id="x", **params)
            selected = session.state.selection.rows
            count = len(session.state.entry("x").layer.features)
            assert all(0 <= row < count for row in selected)
            if session.history.index > before:
                states.append(seen(session.state))
        for was in reversed(states):
            assert seen(session.state) == was
            session.undo()
        assert session.state.entry("x").layer.features is features
        for will in states[1:]:
            session.redo()
            assert seen(session.state) == will
    finally:
        session.close()
