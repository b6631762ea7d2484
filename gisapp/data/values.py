"""Cells as people write them: numbers, dates and truth values found among texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from gisapp.data import dates, loose
from gisapp.data.arrow import columns_of
from gisapp.model.features import Column
from gisapp.model.feedback import Feedback, Problem, Severity
from gisapp.model.reading import DEFAULTS, Choice, Finding, ReadOptions

_WHOLE: Final = r"^[+-]?\d{1,19}$"
_CODE: Final = r"^[+-]?(0\d+|\d{20,})$"
_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_COMMA: Final = r"^[+-]?(\d+,\d*|,\d+|\d+)([eE][+-]?\d+)?$"
_GROUPED: Final = r"^[+-]?(\d{1,3}(%s\d{3})+|\d+)(%s\d+)?$"
#: One comma and three digits: thousands to some, thousandths to others.
_EITHER: Final = r"^[+-]?([1-9]\d{0,2}%s\d{3}|\d{1,3})$"
_SURE_COMMA: Final = r"^[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{1,3}(\.\d{3})+,\d+)$"
_SURE_POINT: Final = r"^[+-]?(\d*\.(\d{1,2}|\d{4,})|0\.\d+|\d{1,3}(,\d{3})+\.\d+)$"
_SPACES: Final = "[\u00a0\u2007\u2009\u202f]"
#: Headings of what is written in digits, but counts nothing.
_NAMES: Final = re.compile(
    r"(?<![^\W_])(id|codes?|zip|plz|cp|cep|post\w*|tel|phone|fax|licen[cs]e|permit|ref|cas|hs)(?![^\W_])",
    re.IGNORECASE,
)
#: What stands for a missing number; among texts "NA" is Namibia.
_MISSING: Final = pa.array(["NA", "N/A", "n/a", "NULL", "null", "None", "NaN", "nan", "-"])
#: What stands for a number that is not given, told since some of them mean more than that.
_MARKS: Final = pa.array(
    ["W", "w", "--", "---", "\u2014", "\u2013", "...", "..", "\u2026", "n.a.", "N.A.", "n/d", "nd",
     "ND", "n.d.", "N.D.", "XX", "(D)", "k.A.", "k. A.", "#N/A", "#DIV/0!", "#REF!", "#VALUE!",
     "s/d", "S/D", "?", "unknown", "Unknown", "withheld", "Withheld", "confidential", "н/д",
     "\u65e0"]
)  # fmt: skip
_NAMED: Final = 3
_LOOKED_AT: Final = 20_000
_PEEK: Final = 500


@dataclass
class Typed:
    """Columns with their types, and what was found on the way.

    `units` are those that stand in the cells, by column, as written.
    """

    columns: dict[str, Column] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def typed(
    texts: Mapping[str, pa.ChunkedArray],
    *,
    delimiter: str = "",
    options: ReadOptions = DEFAULTS,
    plain: frozenset[str] = frozenset(),
    feedback: Feedback | None = None,
) -> Typed:
    """Read columns of texts as whole numbers, numbers, dates, truth values, or leave them text.

    A column that is no text already is kept as it is.

    Parameters
    ----------
    delimiter
        Of the file: what stands between cells is not the decimal mark.
    plain
        Columns of coordinates, whose cells hold no units, footnotes and thousands.
    """
    result = Typed()
    words: dict[str, tuple[pa.Array, pa.Array]] = {}
    for name, values in texts.items():
        if feedback:
            feedback.check()
        if pa.types.is_string(values.type):
            words[name] = _words(values)
    mark = _decimal_mark([w for w, _ in words.values()], delimiter)
    for name, values in texts.items():
        if feedback:
            feedback.check()
        if name not in words:
            result.columns[name] = columns_of(pa.table({"v": values}))["v"]
            continue
        distinct, index = words[name]
        reader = _Reader(name, distinct, pc.value_counts(index), mark, options, result)
        read = reader.read(plain=name in plain)
        gaps = index.null_count or (read is not None and read.null_count)
        if read is None or (pa.types.is_boolean(read.type) and gaps):  # a gap is not "no"
            read = distinct
        result.columns[name] = columns_of(pa.table({"v": read.take(index)}))["v"]
    return result


def _words(values: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Return the different texts of a column, trimmed, and which of them each row has."""
    values = pc.utf8_trim_whitespace(values)
    values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    coded = values.dictionary_encode().combine_chunks()
    if isinstance(coded, pa.ChunkedArray):
        if not coded.num_chunks:
            return pa.array([], pa.string()), pa.array([], pa.int32())
        coded = pa.concat_arrays(coded.chunks)
    return coded.dictionary, coded.indices


def _decimal_mark(columns: list[pa.Array], delimiter: str) -> str:
    """Return the decimal mark of a file, "" where nothing tells it."""
    comma = point = 0
    for column in columns:
        simple = _simple(column.slice(0, _LOOKED_AT))
        comma += _any(simple, _SURE_COMMA) and _mostly(simple, _COMMA, _GROUPED % (r"\.", ","))
        point += _any(simple, _SURE_POINT) and _mostly(simple, _NUMBER, _GROUPED % (",", r"\."))
    if bool(comma) != bool(point):
        return "," if comma else "."
    if delimiter == ",":
        return "."
    return "," if delimiter == ";" and not point else ""


def _simple(words: pa.Array) -> pa.Array:
    if pc.all(pc.string_is_ascii(words)).as_py():
        return words
    return pc.replace_substring(pc.replace_substring_regex(words, _SPACES, " "), "\u2212", "-")


@dataclass
class _Reader:
    """One column: its different texts, how often each occurs, and where findings go."""

    name: str
    words: pa.Array
    counts: Any
    mark: str
    options: ReadOptions
    result: Typed

    def read(self, *, plain: bool) -> pa.Array | None:
        """Return a value for each different text, or None to leave the column text."""
        words = self.words
        if not len(words):
            return None
        simple = _simple(words)
        if _any(simple, _CODE):
            return None  # leading zeros, or more digits than a number holds: a name
        if _NAMES.search(self.name) and _any(simple, r"\d \d"):
            return None
        bare = pc.if_else(pc.is_in(simple, _MISSING), None, simple)
        if bare.null_count == len(bare):
            return None
        found = self._numbers(bare, plain=plain)
        if found is not None:
            return found
        if plain:
            return None
        marked = pc.is_in(bare, _MARKS).fill_null(False)
        if pc.any(marked).as_py():
            rest = pc.if_else(marked, None, bare)
            if rest.null_count < len(rest):
                found = self._numbers(rest, plain=False)
                if found is None:
                    found = self._loose(rest)
                if found is not None:
                    self._tell_marks(marked)
                    return found
        found = self._loose(bare)
        if found is not None:
            return found
        return dates.read(self.name, bare, self.options, self.result.problems,
                          self.result.findings)  # fmt: skip

    def _numbers(self, words: pa.Array, *, plain: bool) -> pa.Array | None:
        """Return whole numbers or numbers where every word is one."""
        if _all(words, _WHOLE):
            try:
                return words.cast(pa.int64())
            except pa.ArrowInvalid:  # of 19 digits only some fit
                return words
        if _all(words, _NUMBER):
            thousands = not plain and self.mark == "," and _all(words, _EITHER % r"\.")
            if not thousands:
                return words.cast(pa.float64())
            return self._either(words, ".", grouped=True, sure=True)
        if not plain and self.mark != "," and self._has_fused(words):
            return None
        if _all(words, _COMMA):
            if not plain and _all(words, _EITHER % ","):
                return self._either(words, ",", grouped=self.mark != ",", sure=bool(self.mark))
            return pc.replace_substring(words, ",", ".").cast(pa.float64())
        for separator, mark in ((",", r"\."), (r"\.", ","), (" ", "[.,]"), ("['\u2019]", "[.,]")):
            if _all(words, _GROUPED % (separator, mark)):
                bare = pc.replace_substring_regex(words, separator, "")
                return _cast(pc.replace_substring(bare, ",", "."))
        return None

    @staticmethod
    def _has_fused(words: pa.Array) -> bool:
        """Tell whether thousands are parted by commas, but for some with a digit too many."""
        if not _all(words, r"^[+-]?\d+(,\d{3})*$"):
            return False
        fused = pc.match_substring_regex(words, r"^\d{4,5},\d{3}")
        return 0 < (pc.mean(fused.cast(pa.float64())).as_py() or 0) <= 0.5

    def _either(self, words: pa.Array, sign: str, *, grouped: bool, sure: bool) -> pa.Array:
        """Read "1,234", which is 1234 to some and 1.234 to others, and let the user decide."""
        option = f"thousands:{self.name}"
        grouped = self.options.wants(option, usually=grouped)
        sure = sure or option in dict(self.options.repairs)
        example = next(w for w in words.to_pylist() if w and sign in w)
        whole, part = example.replace(sign, ""), example.replace(",", ".")
        taken = whole if grouped else part
        if sign == "." and not sure:
            return words.cast(pa.float64())
        message = f'"{example}" in the column "{self.name}" was read as {taken}.'
        self._found(
            Finding(
                "thousands",
                option,
                message,
                "yes" if grouped else "no",
                (
                    Choice("yes", f'The mark parts thousands: "{example}" is {whole}'),
                    Choice("no", f'It is a decimal mark: "{example}" is {part}'),
                ),
                sure=sure,
            )
        )
        if grouped:
            return pc.replace_substring(words, sign, "").cast(pa.int64())
        return pc.replace_substring(words, ",", ".").cast(pa.float64())

    def _loose(self, words: pa.Array) -> pa.Array | None:
        """Return the numbers of cells with units and footnotes, where nearly all are such."""
        read = loose.read_cells(words.to_pylist(), self.mark)
        if read is None:
            return None
        return loose.decide(self.name, read, self._rows(), self.options, self.result)

    def _rows(self) -> list[int]:
        """Return how many rows have each word."""
        rows = [0] * len(self.words)
        for entry in self.counts.to_pylist():
            if entry["values"] is not None:
                rows[entry["values"]] = entry["counts"]
        return rows

    def _tell_marks(self, marked: pa.Array) -> None:
        rows = self._rows()
        hits = [i for i, hit in enumerate(marked.to_pylist()) if hit]
        count = sum(rows[i] for i in hits)
        listed = ", ".join(f'"{self.words[i].as_py()}"' for i in hits[:_NAMED])
        values = "1 value" if count == 1 else f"{count:,} values"
        self.result.problems.append(
            Problem(
                "values_unknown",
                Severity.INFO,
                f'{values} of "{self.name}" ({listed}) are no numbers and are unknown, not 0.',
                "",
                count,
            )
        )

    def _found(self, finding: Finding) -> None:
        self.result.findings.append(finding)
        severity = Severity.INFO if finding.sure else Severity.WARNING
        self.result.problems.append(
            Problem(finding.code, severity, finding.message, "Check it in the table.")
        )


def _cast(words: pa.Array) -> pa.Array:
    if _all(words, r"^[+-]?\d{1,18}$"):
        return words.cast(pa.int64())
    return words.cast(pa.float64())


def _all(words: pa.Array, pattern: str) -> bool:
    """Tell whether every word matches; mostly the first few say that not."""
    parts = words.slice(0, _PEEK), words.slice(_PEEK)
    return len(words) > words.null_count and all(
        pc.all(pc.match_substring_regex(part, pattern), min_count=0).as_py() for part in parts
    )


def _any(words: pa.Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(words, pattern)).as_py())


def _mostly(words: pa.Array, *patterns: str) -> bool:
    hits = pc.match_substring_regex(words, "|".join(f"({p})" for p in patterns))
    return float(pc.mean(hits.cast(pa.float64())).as_py() or 0) > 0.7
