"""Sets of row numbers that stay small and quick at a million rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


class RowSet(AbstractSet[int]):
    """A frozen set of row numbers, held as one sorted array: eight bytes a row.

    It equals, and compares with, any other set of the same numbers.

    Parameters
    ----------
    rows
        Numbers in any order, repeated or not.
    """

    __slots__ = ("array",)

    def __init__(self, rows: Iterable[int] | Rows = ()) -> None:
        if isinstance(rows, RowSet):
            self.array: Rows = rows.array
            return
        if not isinstance(rows, np.ndarray):
            rows = np.fromiter((int(row) for row in rows), dtype=np.int64)
        array = rows.astype(np.int64)
        if (array[1:] <= array[:-1]).any():
            array.sort()
            array = array[np.diff(array, prepend=array[0] - 1) > 0]
        #: The numbers, ascending, shape (n,); not to be changed.
        self.array = array
        self.array.flags.writeable = False

    def __contains__(self, row: object) -> bool:
        if not isinstance(row, int | np.integer):
            return False
        place = int(np.searchsorted(self.array, row))
        return place < len(self.array) and bool(self.array[place] == row)

    def __iter__(self) -> Iterator[int]:
        return iter(self.array.tolist())

    def __len__(self) -> int:
        return len(self.array)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RowSet):
            return bool(np.array_equal(self.array, other.array))
        return super().__eq__(other)

    def __hash__(self) -> int:
        return self._hash()  # that of a frozenset of the same numbers

    def __repr__(self) -> str:
        few = ", ".join(map(str, self.array[:8].tolist()))
        return f"RowSet({len(self)}: {few}{', ...' if len(self) > 8 else ''})"
