"""A table model straight on numpy columns, and the sorting and searching of a million rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor

from gisapp.model.features import Column
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import MINUS, THIN

Index = QModelIndex | QPersistentModelIndex
Rows = npt.NDArray[np.int64]
Format = Callable[[Any], str]

#: Values worked on between two looks at the cancel flag; also the longest the interpreter lock is
#: held while text is converted, about 2 ms.
_SLICE: Final = 20_000
_NUMERIC: Final = "fiu"
_OF_NUMBERS: Final = frozenset("0123456789.e+-")
_ALIGN_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ROOT: Final = QModelIndex()
_NUMBER: Final = re.compile(r"[+-]?[\d.]+(e[+-]?\d+)?$")
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
#: Numbers from here on are parted by thousands: years are not.
_PARTED_FROM: Final = 10_000
_DASH: Final = "\N{EN DASH}"


def cell_text(value: Any) -> str:
    """Return what a cell shows of a value; "" where it is missing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, np.datetime64):
        return "" if np.isnat(value) else np.datetime_as_string(value, unit="D")
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else f"{value:.10g}"
    return str(value)


def table_format(name: str, values: Column) -> Format:
    """Return how a table shows a column: thousands parted but in ids, a dash for a gap."""
    word = name.casefold()
    is_id = word in {"id", "fid", "code"} or word.endswith(("id", "_code"))
    if values.dtype.kind not in "fiu" or is_id:
        return lambda value: cell_text(value) or ("" if value == "" else _DASH)

    def form(value: Any) -> str:
        text = cell_text(value)
        if not text:
            return _DASH
        if abs(value) < _PARTED_FROM or "e" in text:
            return text.replace("-", MINUS)
        head, point, tail = text.partition(".")
        return f"{int(head):,}".replace(",", THIN).replace("-", MINUS) + point + tail

    return form


def missing(values: Column) -> npt.NDArray[np.bool_]:
    """Return which values are missing, shape (n,)."""
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    if values.dtype.kind == "M":
        return np.asarray(np.isnat(values))
    if values.dtype.kind == "O":
        return np.asarray(values == None)  # noqa: E711 - elementwise
    return np.zeros(len(values), dtype=bool)


def sorted_rows(
    values: Column, rows: Rows, *, descending: bool = False, feedback: Feedback | None = None
) -> Rows:
    """Return the rows in the order of their values; missing ones stand last either way.

    Text is compared without case, in numpy's own string type: its sort lets other threads run.

    Parameters
    ----------
    values
        A column of features, shape (n,).
    rows
        Row numbers to be sorted, shape (m,).
    """
    feedback = feedback or Feedback()
    feedback.check(0.0, "Sorting")
    here = values[rows]
    if here.dtype.kind == "O":
        blank = np.zeros(len(here), dtype=bool)
        keys: Column = np.empty(len(here), dtype=np.dtypes.StringDType())
        for start in range(0, max(len(here), 1), _SLICE):
            texts = _folded(here[start : start + _SLICE])
            blank[start : start + _SLICE] = [not text for text in texts]
            keys[start : start + _SLICE] = texts
            feedback.check(0.7 * start / max(len(here), 1), "Sorting")
    else:
        blank, keys = missing(here), here
    known = np.flatnonzero(~blank)
    if len(known) == len(keys):  # the usual case needs no copy
        order = np.argsort(keys, kind="stable")
    else:
        order = known[np.argsort(keys[known], kind="stable")]
    feedback.check(1.0, "Sorting")
    if descending:
        order = order[::-1]
    return np.asarray(rows[np.concatenate([order, np.flatnonzero(blank)])], dtype=np.int64)


def matching_rows(
    columns: Mapping[str, Column], length: int, needle: str, feedback: Feedback | None = None
) -> Rows:
    """Return the rows in which any column's text contains all words of `needle`, without case."""
    feedback = feedback or Feedback()
    words = needle.casefold().split()
    if not words:
        return np.arange(length, dtype=np.int64)
    found = np.zeros((len(words), length), dtype=bool)
    rows = np.arange(length, dtype=np.int64)
    # text first: rows that lack a word which no number holds need no number made text
    ordered = sorted(columns.values(), key=lambda values: values.dtype.kind in _NUMERIC)
    for i, values in enumerate(ordered):
        wanted = [k for k, word in enumerate(words) if _may_hold(values, word)]
        if values.dtype.kind in _NUMERIC:
            lacking = np.array([k for k in range(len(words)) if k not in wanted], dtype=int)
            rows = rows[found[np.ix_(lacking, rows)].all(axis=0)]
        for start in range(0, len(rows) if wanted else 0, _SLICE):
            feedback.check((i + start / length) / len(columns), "Searching")
            here = rows[start : start + _SLICE]
            texts = _folded(values[here])
            for k in wanted:
                found[k, here] |= [words[k] in text for text in texts]
    return np.flatnonzero(found.all(axis=0)).astype(np.int64)


def _folded(values: Column) -> list[str]:
    if values.dtype.kind == "M":  # numpy's own scalars: lists make numbers of them
        return [cell_text(value) for value in values]
    return [
        value.casefold() if isinstance(value, str) else cell_text(value).casefold()
        for value in values.tolist()
    ]


def _may_hold(values: Column, word: str) -> bool:
    """Return False where a column of numbers cannot hold the word, and need not be made text."""
    return values.dtype.kind not in _NUMERIC or set(word) <= _OF_NUMBERS


@dataclass(frozen=True, eq=False)
class Still:
    """Columns with their titles and formats, and the row number of every line."""

    columns: tuple[Column, ...]
    titles: tuple[str, ...]
    formats: tuple[Format, ...]
    order: Rows
    #: Whether a text that a spreadsheet would take for a formula is marked as text.
    safe: bool = False

    def as_text(
        self,
        lines: npt.ArrayLike | None = None,
        separator: str = "\t",
        feedback: Feedback | None = None,
    ) -> str:
        """Return lines as text with a header line; None for all of them."""
        feedback = feedback or Feedback()
        order = self.order if lines is None else self.order[np.asarray(lines, dtype=np.int64)]
        shown = tuple(zip(self.formats, self.columns, strict=True))
        rows = [list(self.titles)]
        for i, row in enumerate(order.tolist()):
            if not i % _SLICE:
                feedback.check(i / len(order), "Copying")
            cells = [form(values[row]) for form, values in shown]
            if self.safe:
                cells = [
                    f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.match(cell) else cell
                    for cell in cells
                ]
            rows.append(cells)
        return join_rows(rows, separator)


class ColumnModel(QAbstractTableModel):
    """Rows of numpy columns in an order; nothing is copied, cells are made when they are seen.

    `order` holds the row number of every visible line, shape (m,). Where `editable`, what is typed
    into a cell is told by `typed`, with line and column; nothing changes until new columns come.
    """

    typed = Signal(int, int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        #: Column by which the lines are sorted, and whether downwards; the header shows it.
        self.sorted_by: tuple[int, bool] | None = None
        self.order: Rows = np.arange(0, dtype=np.int64)
        self.editable = False
        #: Colour of what is missing; None is that of the rest.
        self.faint: QColor | None = None
        self._columns: tuple[Column, ...] = ()
        self._titles: tuple[str, ...] = ()
        self._formats: tuple[Format, ...] = ()

    def show_columns(
        self,
        columns: Mapping[str, Column],
        length: int,
        *,
        titles: Mapping[str, str] | None = None,
        formats: Mapping[str, Format] | None = None,
    ) -> None:
        """Show these columns, all of `length` values, in their own order."""
        self.beginResetModel()
        self.names = tuple(columns)
        self.sorted_by = None
        self._columns = tuple(columns.values())
        self._titles = tuple((titles or {}).get(n, column_title(n)) for n in self.names)
        self._formats = tuple((formats or {}).get(n, cell_text) for n in self.names)
        self.order = np.arange(length, dtype=np.int64)
        self.endResetModel()

    def swap_columns(self, columns: Mapping[str, Column]) -> None:
        """Show other values in columns of the same names and length, in the same lines."""
        self._columns = tuple(columns.values())
        if len(self.order) and self._columns:
            last = self.index(len(self.order) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def show_rows(self, order: Rows) -> None:
        """Show these rows in this order."""
        self.beginResetModel()
        self.order = order
        self.endResetModel()

    def column(self, index: int) -> Column:
        """Return the values of a column, in the order of the rows."""
        return self._columns[index]

    def value(self, line: int, column: int) -> Any:
        """Return the value of a cell."""
        return self._columns[column][self.order[line]]

    def text(self, line: int, column: int) -> str:
        """Return what a cell shows."""
        return self._formats[column](self.value(line, column))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of visible lines."""
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text, the tooltip or the alignment of a cell."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            text = self.text(index.row(), index.column())
            return text if len(text) > 12 else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.EditRole:
            return cell_text(self.value(index.row(), index.column()))
        if role == Qt.ItemDataRole.ForegroundRole and self.faint is not None:
            value = self.value(index.row(), index.column())
            return self.faint if value is None or not cell_text(value) else None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a cell."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self.editable else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell what was typed into a cell, if it is anything else than what stands there."""
        if role != Qt.ItemDataRole.EditRole or not self.editable:
            return False
        if str(value) != self.data(index, Qt.ItemDataRole.EditRole):
            self.typed.emit(index.row(), index.column(), str(value))
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return a column's title, or a line's number."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section] + self._arrow(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.names[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def still(self) -> Still:
        """Return what is shown now, for a job: it stays as it is when the model moves on."""
        return Still(self._columns, self._titles, self._formats, self.order)

    def plain(self, columns: Iterable[int] | None = None) -> Still:
        """Return what is shown now for other programs: numbers as they are, no formulas."""
        chosen = range(len(self._columns)) if columns is None else tuple(columns)
        return Still(
            tuple(self._columns[i] for i in chosen),
            tuple(self._titles[i] for i in chosen),
            tuple(cell_text for _ in chosen),
            self.order,
            safe=True,
        )

    def as_text(self, lines: npt.ArrayLike | None = None, separator: str = "\t") -> str:
        """Return lines as text with a header line; None for all of them."""
        return self.still().as_text(lines, separator)

    def _arrow(self, section: int) -> str:
        if self.sorted_by is None or self.sorted_by[0] != section:
            return ""
        return "\u00a0\u2193" if self.sorted_by[1] else "\u00a0\u2191"

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        return _ALIGN_RIGHT if self._columns[column].dtype.kind in "fiu" else _ALIGN_LEFT


def join_rows(rows: list[list[str]], separator: str = "\t") -> str:
    """Return rows as lines of text; cells are quoted where they hold what would part them."""

    def cell(text: str) -> str:
        if any(mark in text for mark in (separator, '"', "\n", "\r")):
            return '"' + text.replace('"', '""') + '"'
        return text

    return "".join(separator.join(cell(text) for text in row) + "\n" for row in rows)


def column_title(name: str) -> str:
    """Return a column's name as people read it."""
    return name.replace("_", " ") if name.islower() else name
