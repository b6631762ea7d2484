"""Expressions beside SQLite on random data, their faults, and what bounds them."""

from __future__ import annotations

import math
import sqlite3
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from gisapp.model.expression.evaluate import (
    calculated,
    check_condition,
    holding,
    kind_of_expression,
    kinds_of,
)
from gisapp.model.expression.functions import FUNCTIONS
from gisapp.model.expression.syntax import ExpressionError, names_in, quote, text_literal
from gisapp.model.expression.values import Kind
from gisapp.model.features import Features
from gisapp.model.feedback import Cancelled, Feedback

WORDS = st.one_of(st.none(), st.sampled_from(["", "Li", "lithium", "Lith%", "a_b", "Ni;Co", "z"]))
NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, 1.0, -2.5, 3.0, 1e6, 0.1]))
ROWS = st.lists(st.tuples(WORDS, WORDS, NUMBERS, NUMBERS, st.integers(-5, 5)), max_size=6)

_NUMERIC = st.recursive(
    st.sampled_from(["n", "m", "i", "1", "2.5", "-3", "null"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        inner.map(lambda x: f"(- {x})"),
        inner.map(lambda x: f"abs({x})"),
        st.tuples(inner, inner).map(lambda t: f"coalesce({t[0]}, {t[1]}, 7)"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]} / ({t[1]} * 1.0))"),
    ),
    max_leaves=4,
)
_TEXTUAL = st.recursive(
    st.sampled_from(["s", "t", "'Li'", "'lith'", "''", "null"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda t: f"({t[0]} || {t[1]})"),
        st.tuples(st.sampled_from(["upper", "lower", "trim"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        inner.map(lambda x: f"replace({x}, 'i', 'oo')"),
        inner.map(lambda x: f"substr({x}, 2, 3)"),
    ),
    max_leaves=3,
)
_SIGNS = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "==", "!="])
_PATTERNS = st.text(alphabet="Lith%_ab", max_size=5).map(text_literal)
CONDITIONS = st.recursive(
    st.one_of(
        st.tuples(_NUMERIC, _SIGNS, _NUMERIC).map(" ".join),
        st.tuples(_TEXTUAL, _SIGNS, _TEXTUAL).map(" ".join),
        st.tuples(_TEXTUAL, st.sampled_from([" like ", " not like "]), _PATTERNS).map("".join),
        st.tuples(_NUMERIC, _NUMERIC, _NUMERIC).map(lambda t: f"{t[0]} between {t[1]} and {t[2]}"),
        st.tuples(_NUMERIC, _NUMERIC).map(lambda t: f"{t[0]} not in (1, {t[1]}, 3)"),
        _TEXTUAL.map(lambda x: f"{x} in ('Li', 'z', null)"),
        st.one_of(_NUMERIC, _TEXTUAL).map(lambda x: f"{x} is null"),
        st.one_of(_NUMERIC, _TEXTUAL).map(lambda x: f"{x} is not null"),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
            lambda t: f"({t[0]}{t[1]}{t[2]})"
        ),
        inner.map(lambda x: f"not ({x})"),
    ),
    max_leaves=4,
)
VALUES = st.one_of(
    _NUMERIC,
    _TEXTUAL,
    CONDITIONS.map(lambda c: f"case when {c} then n else -1 end"),
    CONDITIONS.map(lambda c: f"case when {c} then 'yes' when i > 0 then s end"),
    _NUMERIC.map(lambda x: f"round({x}, 1)"),
    _TEXTUAL.map(lambda x: f"length({x})"),
)


def features_of(rows) -> Features:
    columns = {
        "s": np.array([row[0] for row in rows] + [None], dtype=object)[:-1],
        "t": np.array([row[1] for row in rows] + [None], dtype=object)[:-1],
        "n": np.array([np.nan if row[2] is None else row[2] for row in rows], dtype=float),
        "m": np.array([np.nan if row[3] is None else row[3] for row in rows], dtype=float),
        "i": np.array([row[4] for row in rows], dtype=np.int64),
    }
    return Features.from_points(np.zeros((len(rows), 2)), columns)


def in_sqlite(expression: str, rows) -> list:
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA case_sensitive_like = ON")
    database.execute("CREATE TABLE t (s TEXT, t TEXT, n REAL, m REAL, i REAL)")
    database.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    found = [value for (value,) in database.execute(f"SELECT {expression} FROM t")]
    database.close()
    return found


@settings(max_examples=250, deadline=None)
@given(ROWS, CONDITIONS)
def test_conditions_hold_where_sqlite_says_so(rows, condition):
    found = holding(condition, features_of(rows)).tolist()
    assert found == [bool(value) for value in in_sqlite(condition, rows)]


@settings(max_examples=250, deadline=None)
@given(ROWS, VALUES)
def test_values_are_those_of_sqlite(rows, expression):
    kind, found = calculated(expression, features_of(rows))
    for mine, theirs in zip(found.tolist(), in_sqlite(expression, rows), strict=True):
        if theirs is None or theirs in {math.inf, -math.inf}:
            assert mine is None or math.isnan(mine)
        elif kind is Kind.TEXT:
            assert mine == theirs
        else:
            assert mine == pytest.approx(theirs, rel=1e-12)


@pytest.fixture
def sites() -> Features:
    return Features.from_points(
        np.array([[0.0, 0.0], [151.2, -33.9], [np.nan, np.nan]]),
        {
            "name": np.array(["Mount Weld", "Straße", None], dtype=object),
            "country": np.array(["AUS", "CAN", "CHN"], dtype=object),
            "capacity": np.array([1500.0, 800.0, np.nan]),
            "id": np.array([9007199254740993, 2, 3]),
            "active": np.array([True, False, True]),
            "since": np.array(["2020-02-29", "2021-12-31", "NaT"], dtype="datetime64[D]"),
            "start year": np.array([1957, 2001, 2020]),
        },
    )


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("capacity > 1000 and country in ('AUS', 'CAN')", [0]),
        ("name ilike '%STRASSE'", [1]),
        ("name like 'Mount%'", [0]),
        ("not active", [1]),
        ("active = true or capacity is null", [0, 2]),
        ("id = 9007199254740993", [0]),
        ("since >= '2021-01-01'", [1]),
        ("since between '2020-01-01' and '2020-12-31'", [0]),
        ("year(since) = 2020 and month(since) = 2 and day(since) = 29", [0]),
        ('"start year" < 2010', [0, 1]),
        ("CAPACITY > 1000", [0]),  # any case, where it names one column alone
        ("max(capacity, 1000) = 1000", [1, 2]),
        ("distance_km(151.2, -33.9) < 1", [1]),
        ("$lat < -30", [1]),
        ("$lon is null and $row = 3", [2]),
        ("null", []),
        ("starts_with(name, 'S') or contains(name, 'Weld')", [0, 1]),
        ("number('1 500'||'') is null and number(' 12.5 ') = 12.5", [0, 1, 2]),
    ],
)
def test_conditions_as_people_write_them(sites, expression, rows):
    assert np.flatnonzero(holding(expression, sites)).tolist() == rows


@pytest.mark.parametrize(
    ("expression", "said", "hint", "at"),
    [
        ("capacty > 1000", "capacty", "capacity", 0),
        ('country = "AUS"', "AUS", "'AUS'", 10),
        ("capacity > 'x'", "cannot be compared", "number(", 11),
        ("capacity >", "missing at the end", "", 10),
        ("uper(name)", "uper", "upper", 0),
        ("upper(capacity) = 'A'", "text is wanted", "text(", 6),
        ("name = 'abc", "no end", "'", 7),
        ("capacity > 1; drop table", "no meaning", "", 12),
        ("capacity", "gives a number", "capacity > 1000", 0),
        ("name + 'x' = ''", "not added", "||", 0),
        ("capacity > 1 country = 'A'", "before country", "and", 13),
        ("since > 'soon'", "no date", "2024-05-31", 8),
        ("round(1, 2, 3) > 1", "3 values", "round(number, decimals)", 0),
        ("capacity in ()", "empty", "", 13),
        ("$ara_km2 > 1", "$ara_km2", "$area_km2", 0),
        ("case 1 end", "when", "", 5),
        ("end > 1", "wrong place", '"end"', 0),
        ("(" * 200 + "1" + ")" * 200, "nested", "Split", 40),
        (" or ".join(["capacity = 1"] * 500), "too many parts", "list", 0),
        ("", "empty", "condition", 0),
    ],
)
def test_a_fault_says_what_where_and_what_to_do(sites, expression, said, hint, at):
    with pytest.raises(ExpressionError) as fault:
        check_condition(expression, kinds_of(sites))
    assert fault.value.code == "bad_expression"
    assert said in fault.value.message
    assert hint in fault.value.hint
    assert fault.value.at == at < fault.value.end


def test_areas_and_lengths_are_those_of_the_ellipsoid():
    square = shapely.box(10, 50, 11, 51)
    line = shapely.LineString([(0, 0), (1, 0), (1, 1)])
    hole = shapely.Polygon(square.exterior, [shapely.box(10.2, 50.2, 10.8, 50.8).exterior])
    both = shapely.GeometryCollection([square, line])
    shapes = Features.from_shapes([square, line, hole, both, None])
    geod = Geod(ellps="WGS84")
    area, around = geod.geometry_area_perimeter(square)
    inner, rim = geod.geometry_area_perimeter(shapely.box(10.2, 50.2, 10.8, 50.8))
    _, areas = calculated("$area_km2", shapes)
    assert areas[:4] == pytest.approx(np.array([area, 0, area - inner, area]) / 1e6, rel=1e-9)
    _, lengths = calculated("$length_km", shapes)
    long = geod.geometry_length(line)
    assert lengths[:4] == pytest.approx(
        np.array([around, long, around + rim, around + long]) / 1e3, rel=1e-9
    )
    assert np.isnan([areas[4], lengths[4]]).all()


def test_no_expression_takes_long_or_much():
    text = np.array(["a" * 5_000] * 20, dtype=object)
    features = Features.from_points(np.zeros((20, 2)), {"s": text})
    start = time.perf_counter()
    assert not holding("s like '" + "%a" * 200 + "%b'", features).any()
    assert not holding("s like '" + "%_a_" * 100 + "%b'", features).any()
    nested = "s"
    for _ in range(20):
        nested = f"replace({nested}, 'a', 'aaaaaaaaaa')"
    with pytest.raises(ExpressionError, match="grows beyond"):
        calculated(nested, features)
    between = "1"
    for _ in range(18):
        between = f"(case when {between} between 0 and 2 then 1 else 0 end)"
    assert calculated(between, features)[1].tolist() == [1.0] * 20
    assert time.perf_counter() - start < 3.0


def test_a_cancelled_work_ends():
    many = Features.from_points(np.zeros((100_000, 2)), {"n": np.arange(100_000)})
    feedback = Feedback(lambda fraction, _text: feedback.cancel() if fraction > 0.3 else None)
    with pytest.raises(Cancelled):
        calculated("n * 2", many, feedback=feedback)


def test_some_rows_alone_are_worked_out(sites):
    kind, found = calculated("capacity * 2", sites, np.array([1, 0]))
    assert kind is Kind.NUMBER
    assert found.tolist() == [1600.0, 3000.0]
    assert calculated("name", sites, np.arange(0))[1].tolist() == []


def test_results_are_columns_as_features_hold_them(sites):
    assert calculated("name || '!'", sites)[1].tolist() == ["Mount Weld!", "Stra\u00dfe!", None]
    days = calculated("since", sites)[1]
    assert days.dtype == "datetime64[D]"
    assert np.isnat(days[2])
    assert calculated("capacity > 1000", sites)[1].tolist() == [True, False, False]
    assert calculated("text(id)", sites)[1][0] == "9007199254740993"
    assert calculated("1 / 0", sites)[1].tolist() == pytest.approx([np.nan] * 3, nan_ok=True)


def test_rounding_is_what_people_do(sites):
    for given_, places, wanted in (
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (1.005, 2, 1.01),
        (1e300, 2, 1e300),
    ):
        assert calculated(f"round({given_!r}, {places})", sites)[1][0] == wanted


def test_names_are_quoted_where_they_must(sites):
    for name in ("start year", 'a"b', "case", "1st", "Größe"):
        assert names_in(quote(name) + " is null") == {name}
    assert quote("capacity") == "capacity"
    assert names_in("case when a > b then upper(c) else $lon || d end") == {"a", "b", "c", "d"}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1 '\"()%_$,.<>=+-*/|andorinlikecasewhenthend", max_size=40))
def test_anything_typed_is_an_expression_or_a_fault_with_a_place(text):
    fault = None
    try:
        kind_of_expression(text, {"a": Kind.NUMBER, "b": Kind.TEXT})
    except ExpressionError as error:
        fault = error
    assert fault is None or (0 <= fault.at <= len(text) and fault.message.endswith("."))


def test_every_function_is_told_of():
    for function in FUNCTIONS.values():
        assert function.signature.startswith(f"{function.name}(")
        assert function.says
