import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gisapp.model.rows import RowSet

NUMBERS = st.frozensets(st.integers(0, 50))


@given(st.lists(st.integers(0, 50)))
def test_a_row_set_is_the_set_of_its_numbers(numbers):
    rows = RowSet(numbers)
    assert rows == frozenset(numbers)
    assert hash(rows) == hash(frozenset(numbers))
    assert list(rows) == sorted(set(numbers))
    assert len(rows) == len(set(numbers))
    assert [row in rows for row in range(51)] == [row in numbers for row in range(51)]
    assert rows == RowSet(np.array(numbers, dtype=np.int64))


@given(NUMBERS, NUMBERS)
def test_row_sets_compare_as_sets_do(one, other):
    assert (RowSet(one) == RowSet(other)) == (one == other)
    assert (RowSet(one) <= RowSet(other)) == (one <= other)
    assert (RowSet(one) < other) == (one < other)
    assert RowSet(one) & other == one & other


def test_what_it_holds_cannot_be_changed():
    given_rows = np.array([3, 1, 2])
    rows = RowSet(given_rows)
    given_rows[0] = 9
    assert rows == {1, 2, 3}
    assert not rows.array.flags.writeable
    assert "x" not in rows
    assert repr(RowSet(range(20))).startswith("RowSet(20: 0, 1,")
