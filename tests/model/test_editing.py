"""Edits of features beside the same edits of a plain list of rows."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisapp.model import editing
from gisapp.model.editing import ColumnType
from gisapp.model.features import Features
from gisapp.model.feedback import GisappError


def sites() -> Features:
    return Features.from_points(
        np.array([[0.0, 0.0], [10.0, 1.0], [20.0, 2.0]]),
        {
            "name": np.array(["a", None, "c"], dtype=object),
            "t": np.array([1.5, np.nan, 3.0]),
            "year": np.array([1990, 2000, 2010]),
            "on": np.array([True, False, True]),
            "day": np.array(["2020-01-01", "NaT", "2022-01-01"], dtype="datetime64[D]"),
        },
    )


def plain(features: Features) -> list[dict]:
    """Return rows as dictionaries; a missing value is None."""
    rows = [{"lonlat": tuple(place)} for place in features.lonlat.tolist()]
    for name, column in features.columns.items():
        for row, value in zip(rows, column.tolist(), strict=True):
            row[name] = None if value != value else value
    return rows


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from(["name", "t", "year"]), st.integers(0, 9)),
        st.tuples(st.just("clear"), st.sampled_from(["name", "t", "year"]), st.integers(0, 9)),
        st.tuples(st.just("delete"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("add"), st.integers(-180, 180), st.integers(-90, 90)),
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(-90, 90)),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(EDITS)
def test_any_edits_are_those_of_a_plain_list(edits):
    features, rows = sites(), plain(sites())
    held = [(features, plain(features))]
    for what, one, other in edits:
        count = len(rows)
        if what in {"set", "clear"} and count:
            value = {"name": "new", "t": 7.5, "year": 1234}[one] if what == "set" else None
            features = editing.with_values(features, one, [other % count], value)
            rows[other % count] = {**rows[other % count], one: value}
        elif what == "delete" and count:
            gone = {one % count, other % count}
            features = editing.without_rows(features, list(gone))
            rows = [row for i, row in enumerate(rows) if i not in gone]
        elif what == "add":
            features = editing.with_point(features, one, other, {"name": "p", "year": 1})
            new = {"lonlat": (one, other), "name": "p", "t": None, "year": 1}
            rows = [*rows, {**new, "on": False, "day": None}]
        elif what == "move" and count:
            features = editing.with_point_moved(features, one % count, other, 5)
            rows[one % count] = {**rows[one % count], "lonlat": (other, 5)}
        assert plain(features) == rows
        held.append((features, [dict(row) for row in rows]))
    for before, was in held:  # no edit changes what was there before it
        assert plain(before) == was


def test_what_is_left_alone_is_shared():
    before = Features.from_shapes([shapely.box(0, 0, 1, 1)] * 3, sites().columns)
    places = before.lonlat
    after = editing.with_values(before, "t", [0, 2], 9.0)
    assert after.columns["t"].tolist()[::2] == [9.0, 9.0]
    assert after.columns["name"] is before.columns["name"]
    assert after.geometry_id == before.geometry_id
    assert after.lonlat is places  # a point inside an area is not looked for again
    moved = editing.with_point_moved(sites(), 1, 5.0, 6.0)
    assert moved.lonlat[1].tolist() == [5.0, 6.0]
    renamed = editing.renamed_column(before, "name", "title")
    assert list(renamed.columns) == ["title", "t", "year", "on", "day"]
    assert renamed.columns["title"] is before.columns["name"]
    assert list(editing.without_column(before, "t").columns) == ["name", "year", "on", "day"]


def test_a_gap_makes_numbers_of_whole_ones():
    after = editing.with_values(sites(), "year", [1], None)
    assert after.columns["year"].dtype == np.float64
    assert np.isnan(after.columns["year"][1])
    assert editing.with_values(sites(), "year", [1], 2001).columns["year"].dtype == np.int64


def test_rows_keep_to_their_features_when_others_go():
    rows = np.array([0, 3, 5, 9])
    assert editing.rows_after_removal(rows, [3, 4, 4, 0]).tolist() == [2, 6]
    assert editing.rows_after_removal(rows, []).tolist() == rows.tolist()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (" as typed ", ColumnType.TEXT, " as typed "),
        ("", ColumnType.TEXT, None),
        ("  ", ColumnType.NUMBER, None),
        ("1 234,5", ColumnType.NUMBER, 1234.5),
        ("1,234.5", ColumnType.NUMBER, 1234.5),
        ("1.234,5", ColumnType.NUMBER, 1234.5),
        ("1,234,567", ColumnType.NUMBER, 1234567.0),
        ("\u22122e3", ColumnType.NUMBER, -2000.0),
        ("9007199254740993", ColumnType.WHOLE, 9007199254740993),
        ("Yes", ColumnType.TRUTH, True),
        ("0", ColumnType.TRUTH, False),
        ("2024-02-29", ColumnType.DATE, np.datetime64("2024-02-29")),
    ],
)
def test_what_is_typed_is_read_as_people_write_it(text, kind, value):
    assert editing.value_of(text, kind) == value


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("twelve", ColumnType.NUMBER, "no number"),
        ("1_000", ColumnType.NUMBER, "no number"),
        ("inf", ColumnType.NUMBER, "no number"),
        ("1,234", ColumnType.NUMBER, "may be 1.234 or 1234"),
        ("1.5", ColumnType.WHOLE, "no whole number"),
        ("1e300", ColumnType.WHOLE, "no whole number"),
        ("maybe", ColumnType.TRUTH, "no yes or no"),
        ("2024-02-30", ColumnType.DATE, "no date"),
        ("12", ColumnType.DATE, "no date"),
    ],
)
def test_what_is_no_value_is_refused(text, kind, said):
    with pytest.raises(GisappError, match=said) as fault:
        editing.value_of(text, kind)
    assert fault.value.code == "bad_value"
    assert fault.value.hint


def test_what_cannot_be_is_refused():
    with pytest.raises(GisappError, match="already"):
        editing.with_column(sites(), "NAME", np.zeros(3))
    with pytest.raises(GisappError, match="name"):
        editing.with_column(sites(), " ", np.zeros(3))
    with pytest.raises(GisappError, match="no place"):
        editing.with_point(sites(), 181, 0, {})
    areas = Features.from_shapes([shapely.box(0, 0, 1, 1)])
    with pytest.raises(GisappError, match="holds no points"):
        editing.with_point(areas, 0, 0, {})
    with pytest.raises(GisappError, match="no point"):
        editing.with_point_moved(areas, 0, 0, 0)
    with pytest.raises(GisappError, match="gaps"):
        editing.as_type(np.array([1.0, np.nan]), ColumnType.WHOLE)
    with pytest.raises(GisappError, match="result is a text"):
        editing.as_type(np.array(["a"], dtype=object), ColumnType.NUMBER)


def test_a_point_joins_shapes_and_an_empty_layer():
    shapes = Features.from_shapes([shapely.Point(0, 0), None], {"n": np.array([1, 2])})
    after = editing.with_point(shapes, 3, 4, {"n": 5})
    assert after.geometry[2] == shapely.Point(3, 4)
    assert after.columns["n"].tolist() == [1, 2, 5]
    empty = Features.from_points(np.empty((0, 2)), {"name": np.empty(0, dtype=object)})
    assert plain(editing.with_point(empty, 3, 4, {})) == [{"lonlat": (3.0, 4.0), "name": None}]


def test_a_cell_of_a_million_rows_is_edited_in_no_time():
    count = 1_000_000
    names = np.array([f"site {i}" for i in range(count)], dtype=object)
    big = Features.from_points(np.zeros((count, 2)), {"name": names, "t": np.zeros(count)})
    after = editing.with_values(big, "name", [5], "new")
    assert after.columns["t"] is big.columns["t"]
    assert after.columns["name"][5] == "new"
    assert big.columns["name"][5] == "site 5"
