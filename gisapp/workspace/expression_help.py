"""What helps to write an expression: what may stand at a place, and what each word means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gisapp.model.expression.evaluate import kinds_of
from gisapp.model.expression.functions import (
    DISTANCE_SAYS,
    DISTANCE_SIGNATURE,
    FUNCTIONS,
    VARIABLES,
)
from gisapp.model.expression.syntax import quote, text_literal
from gisapp.model.expression.values import Kind
from gisapp.model.features import Column, Features

#: Rows that are looked through for a column's values, and how many of those are offered.
_LOOKED: Final = 50_000
_MOST: Final = 200
_WORDS: Final = ("and", "or", "not", "in", "like", "ilike", "between", "is null", "is not null")
#: A column and what asks for one of its values, right before a quote.
_ASKING: Final = re.compile(
    r"""(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^\W\d]\w*))\s*
    (?:=|==|<>|!=|<=?|>=?|\bi?like\b|\b(?:not\s+)?in\s*\((?:[^()]*,)?)\s*$""",
    re.VERBOSE | re.IGNORECASE,
)

#: Examples and what they do, for the help.
EXAMPLES: Final = (
    ("capacity > 1000 and country in ('AUS', 'CAN')", "two conditions, a list"),
    ("name ilike '%lith%' or owner is null", "part of a text in any case; missing values"),
    ("start_year between 2010 and 2020", "both ends count"),
    ("as_of >= '2024-06-01'", "dates as year-month-day"),
    ("distance_km(114.2, 22.3) < 500", "near a place: longitude, latitude"),
    ("case when capacity > 1000 then 'large' else 'small' end", "a value by a condition"),
)


@dataclass(frozen=True)
class Offer:
    """Something that may stand at a place: its text, what it means, what is searched for it."""

    text: str
    says: str
    found_by: str


@dataclass(frozen=True)
class Offers:
    """What may replace the text from `start` to the cursor; `typed` is what stands there."""

    start: int
    typed: str
    offers: tuple[Offer, ...] = ()


def offers_at(text: str, cursor: int, features: Features) -> Offers:
    """Return what may stand at a place of an expression: the best first, few enough to read."""
    before = text[:cursor]
    if before.count("'") % 2:
        start = before.rindex("'")
        return _values(before, start, features)
    match = re.search(r'(?:"[^"]*|\$?\w*)$', before)
    start = cursor if match is None else match.start()
    typed = before[start:]
    word = typed.strip('"').casefold()
    if not word or word.isdecimal():
        return Offers(start, typed)
    found = [offer for offer in _names(kinds_of(features)) if word in offer.found_by.casefold()]
    found.sort(key=lambda offer: not offer.found_by.casefold().startswith(word))
    return Offers(start, typed, tuple(found[:_MOST]))


def values_of(column: Column) -> tuple[str, ...]:
    """Return texts that a column holds, sorted, of its first rows."""
    if column.dtype.kind != "O":
        return ()
    found = {value for value in column[:_LOOKED].tolist() if isinstance(value, str) and value}
    return tuple(sorted(found, key=str.casefold)[:5_000])


def functions_told() -> tuple[tuple[str, str], ...]:
    """Return how every function and place is written, and what it gives."""
    told = [(function.signature, function.says) for function in FUNCTIONS.values()]
    return (*told, (DISTANCE_SIGNATURE, DISTANCE_SAYS), *VARIABLES.items())


def _names(kinds: Mapping[str, Kind]) -> list[Offer]:
    names = [Offer(quote(name), kind.value, name) for name, kind in kinds.items()]
    names += [
        Offer(f"{signature.partition('(')[0]}(" if "(" in signature else signature, says, signature)
        for signature, says in functions_told()
    ]
    return [*names, *(Offer(word, "", word) for word in _WORDS)]


def _values(before: str, start: int, features: Features) -> Offers:
    typed = before[start:]
    match = _ASKING.search(before[:start])
    if match is None:
        return Offers(start, typed)
    name = (match["quoted"] or "").replace('""', '"') or match["bare"]
    known = {column.casefold(): column for column in features.columns}
    column = known.get(name.casefold())
    if column is None:
        return Offers(start, typed)
    word = typed[1:].casefold().strip("%")
    found = [v for v in values_of(features.columns[column]) if word in v.casefold()]
    found.sort(key=lambda value: not value.casefold().startswith(word))
    return Offers(start, typed, tuple(Offer(text_literal(v), "", v) for v in found[:_MOST]))
