import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisapp.model.rows import RowSet
from gisapp.render.picture import FrameSpec, ThemeName
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.state import Filter, MapView, ProjectState, Question, Selection


class Color(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Thing:
    name: str
    color: Color = Color.RED
    size: float = 1.0
    count: int = 0
    flag: bool = False
    day: date | None = None
    tags: frozenset[str] = frozenset()
    pair: tuple[float, float] | None = None
    rest: tuple[tuple[str, Any], ...] = ()


THINGS = st.builds(
    Thing,
    name=st.text(),
    size=st.floats(allow_nan=False, allow_infinity=False),
    count=st.integers(),
    flag=st.booleans(),
    day=st.none() | st.dates(),
    tags=st.frozensets(st.text()),
    pair=st.none() | st.tuples(st.integers(-9, 9).map(float), st.floats(-1, 1)),
    rest=st.lists(st.tuples(st.text(), st.integers() | st.none() | st.text())).map(tuple),
)


@given(THINGS)
def test_values_come_back(thing):
    assert from_json(Thing, json.loads(json.dumps(to_json(thing)))) == thing


STATES = st.builds(
    ProjectState,
    layers=st.just(()),
    question=st.builds(Question),
    filter=st.builds(Filter),
    selection=st.builds(Selection),
    view=st.builds(MapView, *[st.floats(allow_nan=False, allow_infinity=False)] * 3),
    frame=st.builds(
        FrameSpec, size=st.text(), projection=st.text(), theme=st.sampled_from(ThemeName)
    ),
    extra=st.just(()),
)


@given(STATES)
def test_states_come_back(state):
    assert from_json(ProjectState, json.loads(json.dumps(to_json(state)))) == state


def test_equal_values_have_equal_text():
    one = Thing("x", tags=frozenset("abcdefgh"))
    other = Thing("x", tags=frozenset("hgfedcba"))
    assert json.dumps(to_json(one)) == json.dumps(to_json(other))


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({}, "name"),
        ([], "Thing"),
        ({"name": 5}, "Thing.name"),
        ({"name": "x", "count": True}, "count"),
        ({"name": "x", "count": "1"}, "count"),
        ({"name": "x", "flag": 1}, "flag"),
        ({"name": "x", "color": "blue"}, "blue"),
        ({"name": "x", "day": "soon"}, "soon"),
        ({"name": "x", "tags": "abc"}, "tags"),
        ({"name": "x", "pair": [1.0]}, "pair"),
        ({"name": "x", "size": None}, "size"),
    ],
)
def test_what_does_not_fit_is_named(data, where):
    with pytest.raises(ValueError, match=where):
        from_json(Thing, data)


def test_what_is_no_plain_value_is_refused():
    with pytest.raises(TypeError):
        to_json(object())


@pytest.mark.parametrize("rows", [[], [0], [5, 3], range(1, 100_000, 3), range(1001)])
def test_selected_rows_come_back(rows):
    chosen = Selection("big", RowSet(rows))
    text = json.dumps(to_json(chosen))
    assert from_json(Selection, json.loads(text)) == chosen
    assert len(text) < 15_000


@pytest.mark.parametrize("rows", ["no base64!", "AAAA", 7, [True], {"a": 1}])
def test_damaged_rows_are_refused(rows):
    with pytest.raises(ValueError, match="rows"):
        from_json(Selection, {"layer": "big", "rows": rows})
