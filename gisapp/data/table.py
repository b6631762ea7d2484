"""Tables with coordinates: CSV and the like, in any usual dialect."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from gisapp.data import dialect, position_names
from gisapp.data.encoding import Encoding, choose
from gisapp.data.positions import place
from gisapp.data.raw import Raw
from gisapp.data.values import typed
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.reading import DEFAULTS, ReadOptions

_HEAD: Final = 1_000_000
_BLOCK: Final = 2**30
_ROOM: Final = 4_000  # bytes a row that a preview allows for
_LOOKED_AT: Final = 60  # rows in which the header is sought
_LAST: Final = 40  # rows in which notes are sought
_NAMED: Final = 3
_CODE: Final = 3  # letters of a country's code
#: Makes a line of each cell.
_CELLS: Final = bytes.maketrans(b',;\t\r"', b"\n" * 5)


def read_table(
    path: Path, options: ReadOptions = DEFAULTS, *, feedback: Feedback | None = None
) -> Raw:
    """Read a text table; delimiter, encoding, header and the types of columns are found out.

    Raises
    ------
    GisappError
        empty_file, not_a_table, no_coordinates.
    """
    data = _bytes(path, options.limit)
    if not data.strip():
        raise GisappError("empty_file", f"{path.name} is empty.", "Fetch the file again.")
    if feedback:
        feedback.check(0.1, f"Reading {path.name}")
    found = _encoding(path, data, options.encoding)
    text = found.decode(data).removeprefix("\ufeff")
    delimiter = dialect.delimiter_of(text)
    if delimiter is None:
        raise _not_a_table(path)
    rows = list(csv.reader(dialect.first_lines(text), delimiter=delimiter))
    header = dialect.find_header(rows)
    if header is None:
        raise _not_a_table(path)
    table, problems = _read(path, _after(text, delimiter, header.first), delimiter, header.names)
    table, notes = _without_notes(table)
    if options.limit is not None:
        table = table.slice(0, options.limit)
    if feedback:
        feedback.check(0.6, f"Reading {path.name}")
    raw = from_texts(
        path.stem,
        "CSV",
        {name: table.column(name) for name in header.names},
        delimiter=delimiter,
        options=options,
        feedback=feedback,
    )
    raw.encoding, raw.encoding_guessed = found.name, found.guessed
    raw.findings[:0] = found.findings
    raw.problems[:0] = [*found.problems, *header.problems(), *problems, *notes]
    place(raw, path.name, options)
    return raw


def from_texts(
    name: str,
    driver: str,
    columns: dict[str, pa.ChunkedArray],
    *,
    delimiter: str = "",
    options: ReadOptions = DEFAULTS,
    feedback: Feedback | None = None,
) -> Raw:
    """Return a table of columns of texts with the types that their cells have; not yet placed."""
    plain = frozenset(filter(position_names.is_part, columns))
    read = typed(columns, delimiter=delimiter, options=options, plain=plain, feedback=feedback)
    return Raw(
        name=name,
        driver=driver,
        columns=read.columns,
        units=read.units,
        problems=read.problems,
        findings=read.findings,
    )


def _bytes(path: Path, limit: int | None) -> bytes:
    """Return a file's bytes; for a preview of so many rows no more than they may take."""
    if limit is None:
        return path.read_bytes()
    most = _HEAD + limit * _ROOM
    with path.open("rb") as file:
        data = file.read(most)
    if len(data) < most:
        return data
    wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    return data[: len(data) & ~1] if wide else data[: data.rfind(b"\n") + 1] or data


def _encoding(path: Path, data: bytes, override: str | None) -> Encoding:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return choose([], override=override or "UTF-16")
    if b"\0" in data[:_HEAD]:
        raise _not_a_table(path)
    try:
        data.decode()
    except UnicodeDecodeError:
        foreign = dict.fromkeys(c for c in data.translate(_CELLS).split(b"\n") if not c.isascii())
        codes = (c for c in data[:_HEAD].translate(_CELLS).split(b"\n") if len(c) == _CODE)
        return choose([*foreign, *codes], override=override)
    return choose([data], override=override, declared="UTF-8")  # which no other text is by chance


def _after(text: str, delimiter: str, rows: int) -> str:
    """Return a text without its first rows that are not blank."""
    if not rows:
        return text
    lines = _Counted(text)
    reader = csv.reader(lines, delimiter=delimiter)
    passed = 0
    for row in reader:
        passed += bool(row) and any(row)
        if passed >= rows:
            break
    return text[lines.at :]


class _Counted:
    """The lines of a text, and how far they were read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._text):
            raise StopIteration
        ends = [
            e for e in (self._text.find("\n", self.at), self._text.find("\r", self.at)) if e >= 0
        ]
        end = min(ends, default=len(self._text) - 1) + 1
        if self._text[end - 1 : end + 1] == "\r\n":
            end += 1
        line, self.at = self._text[self.at : end], end
        return line


def _read(
    path: Path, text: str, delimiter: str, names: Sequence[str]
) -> tuple[pa.Table, list[Problem]]:
    """Read rows of texts; such of another length are mended where that is sure, and told."""
    odd: list[Any] = []
    data = text.encode()
    table = _parsed(path, data, delimiter, names, odd, threads=True)
    if not odd:
        return table, []
    odd.clear()  # once more in one thread, which numbers the rows
    table = _parsed(path, data, delimiter, names, odd, threads=False)
    return _mended(table, odd, delimiter)


def _parsed(
    path: Path, data: bytes, delimiter: str, names: Sequence[str], odd: list[Any], *, threads: bool
) -> pa.Table:
    def aside(row: Any) -> str:
        odd.append(row)
        return "skip"

    try:
        return pa_csv.read_csv(
            io.BytesIO(data),
            read_options=pa_csv.ReadOptions(
                column_names=list(names),
                block_size=min(max(_HEAD, len(data)), _BLOCK),  # a row must fit into a block
                use_threads=threads,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=aside
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV file" in str(error):
            return pa.table({name: pa.array([], pa.string()) for name in names})
        raise _not_a_table(path) from error


def _mended(table: pa.Table, odd: list[Any], delimiter: str) -> tuple[pa.Table, list[Problem]]:
    """Put rows that are too short, or too long by blank cells, where they belong."""
    width = table.num_columns
    short: dict[int, list[str | None]] = {}
    long: list[Any] = []
    for row in odd:
        cells = next(csv.reader(io.StringIO(row.text), delimiter=delimiter), [])
        if len(cells) > width and any(c.strip() for c in cells[width:]):
            long.append(row)
        else:
            padded = cells[:width] + [""] * (width - len(cells))
            short[row.number] = [c or None for c in padded]
    missing = {row.number for row in long}
    count = len(table) + len(short) + len(long)
    numbers = [n for n in range(1, count + 1) if n not in missing and n not in short]
    order = np.argsort([*numbers, *short], kind="stable")
    added = [pa.array([row[i] for row in short.values()], pa.string()) for i in range(width)]
    both = pa.concat_tables([table, pa.table(added, names=table.column_names)])
    problems = []
    filled = [n for n, cells in short.items() if sum(c is not None for c in cells) > 1]
    if filled:
        problems.append(
            _told(
                "rows_ragged",
                filled,
                "{n} fewer cells than the header, or blank ones beyond it; the missing cells are "
                "unknown.",
            )
        )
    if long:
        problems.append(
            _told(
                "rows_dropped",
                [r.number for r in long],
                "{n} more cells than the header and {was} left out.",
            )
        )
    return both.take(order), problems


def _told(code: str, rows: list[int], message: str) -> Problem:
    more = ", ..." if len(rows) > _NAMED else ""
    listed = ", ".join(str(row) for row in rows[:_NAMED]) + more
    one = len(rows) == 1
    noun = f"1 row (row {listed}) has" if one else f"{len(rows):,} rows (rows {listed}) have"
    return Problem(
        code,
        Severity.WARNING,
        message.format(n=noun, was="was" if one else "were"),
        "Check quotes and delimiters in the file.",
        len(rows),
    )


def _without_notes(table: pa.Table) -> tuple[pa.Table, list[Problem]]:
    """Cut blank rows out and notes off the end, which fill the first cell only."""
    blank = pc.is_null(table.column(0))
    for column in table.columns[1:]:
        blank = pc.and_(blank, pc.is_null(column))
    if pc.any(blank).as_py():
        table = table.filter(pc.invert(blank))
    last = table.slice(max(len(table) - _LAST, 0))
    filled = [sum(v is not None for v in row.values()) for row in last.to_pylist()]
    first = last.column(0).to_pylist()
    count = dialect.note_rows(first, filled, table.num_columns)
    count = 0 if count == len(table) else count
    if not count:
        return table, []
    said = [str(text or "") for text in first[len(first) - count :]]
    return table.slice(0, len(table) - count), notes_told(said)


def notes_told(notes: Sequence[str]) -> list[Problem]:
    """Tell which rows at a table's end were left out; they hold notes."""
    if not notes:
        return []
    said = " / ".join(filter(None, notes))[:120]
    rows = "1 row" if len(notes) == 1 else f"{len(notes)} rows"
    verbs = ("holds a note", "was") if len(notes) == 1 else ("hold notes", "were")
    return [
        Problem(
            "notes_left_out",
            Severity.INFO,
            f'{rows} at the end {verbs[0]} and no data, and {verbs[1]} left out: "{said}".',
            count=len(notes),
        )
    ]


def _not_a_table(path: Path) -> GisappError:
    return GisappError(
        "not_a_table",
        f"{path.name} is not a table of fields with a header line.",
        "Save it as CSV with a header and open that.",
    )
