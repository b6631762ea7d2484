"""Dates, times and truth values among texts."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from gisapp.model.feedback import Problem, Severity
from gisapp.model.reading import Choice, Finding, ReadOptions

_PEEK: Final = 200
_ISO: Final = r"^\d{4}-\d{2}-\d{2}$"
_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_DAY: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})\.?")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})")
_NAMED_MONTH: Final = re.compile(
    r"(?:(?P<d1>\d{1,2})[\s.-]+(?P<m1>[A-Za-z]{3,9})\.?|"
    r"(?P<m2>[A-Za-z]{3,9})\.?\s+(?P<d2>\d{1,2}),?)"
    r"[\s,-]+(?P<y>\d{4})"
)
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_TRUTHS: Final = {
    ("true", "false"), ("yes", "no"), ("ja", "nein"), ("ja", "nee"), ("oui", "non"), ("si", "no"),
    ("sí", "no"), ("sim", "não"), ("sim", "nao"), ("vrai", "faux"), ("wahr", "falsch"),
    ("verdadero", "falso"), ("да", "нет"), ("是", "否"), ("はい", "いいえ"), ("tak", "nie"),
    ("ano", "ne"), ("evet", "hay\u0131r"), ("예", "아니오"), ("sì", "no"), ("y", "n"),
}  # fmt: skip


def read(
    name: str,
    words: pa.Array,
    options: ReadOptions,
    problems: list[Problem],
    findings: list[Finding],
) -> pa.Array | None:
    """Return dates, times or truth values where every one of a column's different texts is one.

    Times with an offset are moved to UTC. Whether 03/04/2021 is in March or April is decided by
    the column's other dates, and else by the user.
    """
    if not _hopeful(words.slice(0, _PEEK).to_pylist()):
        return None
    texts = words.to_pylist()
    known = [t for t in texts if t]
    pair = frozenset(t.lower() for t in known)
    for yes, no in _TRUTHS:
        if pair == {yes, no} or (yes == "true" and pair <= {yes, no}):
            return pa.array([None if not t else t.lower() == yes for t in texts], pa.bool_())
    if bool(pc.all(pc.match_substring_regex(words, _ISO)).as_py()):
        try:
            return words.cast(pa.date32())
        except pa.ArrowInvalid:  # a 31st of February is text
            return None
    for pattern, reader in ((_TIME, _times), (_YEAR_FIRST, _year_first), (_NAMED_MONTH, _named)):
        if all(pattern.fullmatch(t) for t in known):
            try:
                return reader(texts)
            except ValueError:
                return None
    if all(_DAY.fullmatch(t) for t in known):
        return _days(name, texts, options, problems, findings)
    return None


def _hopeful(texts: list[str | None]) -> bool:
    """Tell whether the first texts may be dates, times or truth values."""
    known = [t for t in texts if t]
    if len(set(known)) <= 2:
        return True
    patterns = (re.compile(_ISO), _TIME, _YEAR_FIRST, _NAMED_MONTH, _DAY)
    return any(all(pattern.fullmatch(t) for t in known) for pattern in patterns)


def _times(texts: list[str | None]) -> pa.Array:
    values: list[dt.datetime | None] = []
    for text in texts:
        if not text:
            values.append(None)
            continue
        match = _TIME.fullmatch(text)
        assert match is not None
        day, clock, zone = match.groups()
        zone = {None: "", "Z": "+00:00", "UTC": "+00:00"}.get(zone, zone)
        value = dt.datetime.fromisoformat(
            f"{day}T{clock.zfill(5) if ':' in clock else clock}{zone}"
        )
        if value.tzinfo is not None:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        values.append(value)
    return pa.array(values, pa.timestamp("ms"))


def _year_first(texts: list[str | None]) -> pa.Array:
    days = [None if not t else dt.date(*map(int, re.split("[./]", t))) for t in texts]
    return pa.array(days, pa.date32())


def _named(texts: list[str | None]) -> pa.Array:
    days: list[dt.date | None] = []
    for text in texts:
        match = _NAMED_MONTH.fullmatch(text) if text else None
        if match is None:
            days.append(None)
            continue
        month = _MONTHS.index((match["m1"] or match["m2"])[:3].lower()) + 1
        days.append(dt.date(int(match["y"]), month, int(match["d1"] or match["d2"])))
    return pa.array(days, pa.date32())


def _days(
    name: str,
    texts: list[str | None],
    options: ReadOptions,
    problems: list[Problem],
    findings: list[Finding],
) -> pa.Array | None:
    """Read 31.12.2021, 31/12/2021 or 12/31/2021."""
    parts = [None if not t else _DAY.fullmatch(t) for t in texts]
    first = [int(p[1]) for p in parts if p]
    second = [int(p[3]) for p in parts if p]
    dotted = any(p[2] == "." for p in parts if p)
    day_first, month_first = max(first) > 12, max(second) > 12
    if day_first and month_first:
        return None
    either = not day_first and not month_first and not dotted and first != second
    option = f"day_first:{name}"
    chosen = options.wants(option, usually=not month_first)
    if either:
        example = next(t for t in texts if t)
        order = "day first" if chosen else "month first"
        message = f'Dates of "{name}" such as "{example}" were read with the {order}.'
        sure = option in dict(options.repairs)
        problems.append(
            Problem(
                "date_order",
                Severity.INFO if sure else Severity.WARNING,
                message,
                "Say which comes first if it is the other way round.",
            )
        )
        findings.append(
            Finding(
                "date_order",
                option,
                message,
                "yes" if chosen else "no",
                (
                    Choice("yes", "Day first (31/12/2021)", "Usual but in the United States."),
                    Choice("no", "Month first (12/31/2021)", "Usual in the United States."),
                ),
                sure=sure,
            )
        )
    elif not dotted:
        chosen = not month_first
    try:
        days = [
            None
            if p is None
            else dt.date(int(p[4]), int(p[3] if chosen else p[1]), int(p[1] if chosen else p[3]))
            for p in parts
        ]
    except ValueError:
        return None
    return pa.array(days, pa.date32())
