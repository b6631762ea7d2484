"""The functions of expressions: what each takes, gives, and does to many rows at once.

Every one works in time and memory bounded by rows and text lengths: no patterns that backtrack,
no repeating, and texts grow to `MOST_TEXT` characters at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gisapp.model.expression.syntax import ExpressionError
from gisapp.model.expression.values import Kind, Mask, Values, numbers, objects

#: Longest text that a function may make of a row.
MOST_TEXT: Final = 100_000


@dataclass(frozen=True)
class Function:
    """A function of expressions.

    Parameters
    ----------
    arguments
        Kinds of what it is given; the last one may come more often where `more` is true. None
        takes any kind, the same for all that are None.
    result
        Kind of what it gives; None is that of the arguments that take any.
    work
        From the arguments' values, shape (n,) each, to those of the result.
    missing
        Whether it is called for rows of which an argument is missing; else those are missing.
    """

    name: str
    arguments: tuple[Kind | None, ...]
    result: Kind | None
    work: Callable[..., Values]
    says: str
    signature: str
    more: bool = False
    least: int = -1
    missing: bool = False

    @property
    def fewest(self) -> int:
        """How many arguments it needs."""
        return len(self.arguments) if self.least < 0 else self.least


def _all_known(*given: Values) -> Mask:
    return np.asarray(np.logical_and.reduce([each.known for each in given]))


def on_texts(made: Callable[..., str]) -> Callable[..., Values]:
    """Return a function on many rows that makes a text of each row's values."""

    def work(*given: Values) -> Values:
        known = _all_known(*given)
        rows = zip(known.tolist(), *(each.values.tolist() for each in given), strict=True)
        return Values(objects([made(*row) if ok else "" for ok, *row in rows]), known)

    return work


def _counts(made: Callable[..., float | None]) -> Callable[..., Values]:
    """Return a function on many rows that makes a number of each row's values, None missing."""

    def work(*given: Values) -> Values:
        known = _all_known(*given)
        rows = zip(known.tolist(), *(each.values.tolist() for each in given), strict=True)
        found = [made(*row) if ok else None for ok, *row in rows]
        here = np.fromiter((value is not None for value in found), bool, len(found))
        return numbers(np.array([0.0 if v is None else v for v in found], dtype=float), here)

    return work


def _tests(made: Callable[..., bool]) -> Callable[..., Values]:
    def work(*given: Values) -> Values:
        known = _all_known(*given)
        rows = zip(known.tolist(), *(each.values.tolist() for each in given), strict=True)
        found = [made(*row) if ok else False for ok, *row in rows]
        return Values(np.array(found, dtype=bool), known)

    return work


def _plain(ufunc: Callable[..., Any]) -> Callable[..., Values]:
    """Return a function on many rows of numpy's own on numbers."""

    def work(*given: Values) -> Values:
        known = _all_known(*given)
        with np.errstate(all="ignore"):
            return numbers(ufunc(*(each.values.astype(np.float64) for each in given)), known)

    return work


def checked_length(length: int) -> None:
    """Refuse a text that grows beyond all use."""
    if length > MOST_TEXT:
        raise ExpressionError(
            f"A text grows beyond {MOST_TEXT} characters.", "Make less of it at a time."
        )


def joined(left: str, right: str) -> str:
    """Return one text after the other."""
    checked_length(len(left) + len(right))
    return left + right


def _replaced(text: str, old: str, new: str) -> str:
    if not old:
        return text
    checked_length(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def _part(text: str, start: float, length: float = MOST_TEXT) -> str:
    first = int(np.clip(start, -MOST_TEXT, MOST_TEXT)) - 1
    last = first + int(np.clip(length, 0, 2 * MOST_TEXT))
    return text[max(first, 0) : max(last, 0)]


def number_text(value: float) -> str:
    """Return a number as text without more figures than it has."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _number_of(text: str) -> float | None:
    plain = text.strip().replace("\u202f", "").replace("\u00a0", "").replace("\u2212", "-")
    try:
        return float(plain.replace("_", "x"))  # an underscore is no part of a number here
    except ValueError:
        return None


def _round(value: Values, places: Values | None = None) -> Values:
    """Round half away from nothing, as people do, not to even."""
    digits = np.zeros(len(value)) if places is None else np.clip(places.values, -15, 15)
    known = value.known if places is None else value.known & places.known
    scale = 10.0 ** digits.astype(np.float64)
    given = value.values.astype(np.float64)
    with np.errstate(all="ignore"):
        scaled = np.abs(given) * scale
        # what is a half but for the last bit counts as one
        up = np.floor(scaled + 0.5 + np.spacing(scaled))
        rounded = np.where(np.isfinite(scaled) & (scaled < 2.0**52), up / scale, np.abs(given))
        return numbers(np.copysign(rounded, given), known)


def _first(*given: Values) -> Values:
    """Return the first that is known."""
    values, known = given[0].values.copy(), given[0].known.copy()
    for each in given[1:]:
        take = ~known & each.known
        if values.dtype != each.values.dtype:
            values = values.astype(np.result_type(values, each.values))
        values[take] = each.values[take]
        known |= each.known
    return Values(values, known)


def _extreme(*given: Values, least: bool) -> Values:
    """Return the least or the greatest of what is known of each row."""
    best = given[0]
    for each in given[1:]:
        with np.errstate(invalid="ignore"):
            ahead = each.values < best.values if least else each.values > best.values
        take = each.known & (~best.known | np.asarray(ahead, dtype=bool))
        kind = np.result_type(best.values, each.values)
        values = np.where(take, each.values, best.values).astype(kind)
        best = Values(values, best.known | each.known)
    return best


def _least(*given: Values) -> Values:
    return _extreme(*given, least=True)


def _greatest(*given: Values) -> Values:
    return _extreme(*given, least=False)


def _as_text(given: Values) -> Values:
    if given.values.dtype.kind == "M":
        texts = np.datetime_as_string(given.values.astype("datetime64[D]")).tolist()
    elif given.values.dtype.kind == "b":
        texts = ["yes" if value else "no" for value in given.values.tolist()]
    else:
        texts = [
            value if isinstance(value, str) else number_text(value)
            for value in given.values.tolist()
        ]
    return Values(objects(texts), given.known)


def _days(given: Values) -> Values:
    days = np.array([_day(text) for text in given.values.tolist()], dtype="datetime64[us]")
    known = given.known & ~np.isnat(days)
    return Values(np.where(known, days, np.datetime64(0, "us")), known)


def _day(text: str) -> np.datetime64:
    return day_of(text) or np.datetime64("NaT", "us")


def day_of(text: str) -> np.datetime64 | None:
    """Return the date of a text such as 2024-05-31, None where it is none."""
    plain = text.strip()
    if not plain[:4].isdecimal() or len(plain) > 40:
        return None
    try:
        return np.datetime64(plain, "us")
    except ValueError:
        return None


def _unit(unit: str, since: int) -> Callable[[Values], Values]:
    def work(given: Values) -> Values:
        days = given.values.astype("datetime64[us]")
        count = days.astype(f"datetime64[{unit}]").astype(np.int64)
        if unit == "Y":
            return numbers(count + since, given.known)
        upper = days.astype("datetime64[Y]" if unit == "M" else "datetime64[M]")
        start = upper.astype(f"datetime64[{unit}]").astype(np.int64)
        return numbers(count - start + since, given.known)

    return work


_N, _T, _D = Kind.NUMBER, Kind.TEXT, Kind.DATE
_ALL: Final = (
    Function("upper", (_T,), _T, on_texts(str.upper), "in capital letters", "upper(text)"),
    Function("lower", (_T,), _T, on_texts(str.lower), "in small letters", "lower(text)"),
    Function("trim", (_T,), _T, on_texts(str.strip), "without spaces at the ends", "trim(text)"),
    Function("length", (_T,), _N, _counts(len), "number of letters", "length(text)"),
    Function(
        *("substr", (_T, _N, _N), _T, on_texts(_part), "letters from a place, the first is 1"),
        signature="substr(text, start, length)",
        least=2,
    ),
    Function(
        *("replace", (_T, _T, _T), _T, on_texts(_replaced), "with one part put for another"),
        signature="replace(text, old, new)",
    ),
    Function(
        *("starts_with", (_T, _T), Kind.TRUTH, _tests(str.startswith), "whether it begins so"),
        signature="starts_with(text, start)",
    ),
    Function(
        *("contains", (_T, _T), Kind.TRUTH, _tests(lambda text, part: part in text)),
        *("whether a part stands in it", "contains(text, part)"),
    ),
    Function(
        *("coalesce", (None,), None, _first, "the first that is not missing"),
        signature="coalesce(a, b, \u2026)",
        more=True,
        missing=True,
    ),
    Function(
        *("round", (_N, _N), _N, _round, "to so many decimals, none if not said"),
        signature="round(number, decimals)",
        least=1,
    ),
    Function("floor", (_N,), _N, _plain(np.floor), "next whole number below", "floor(number)"),
    Function("ceil", (_N,), _N, _plain(np.ceil), "next whole number above", "ceil(number)"),
    Function("abs", (_N,), _N, _plain(np.abs), "without its sign", "abs(number)"),
    Function("sqrt", (_N,), _N, _plain(np.sqrt), "square root", "sqrt(number)"),
    Function("power", (_N, _N), _N, _plain(np.power), "to a power", "power(base, exponent)"),
    Function("exp", (_N,), _N, _plain(np.exp), "e to a power", "exp(number)"),
    Function("ln", (_N,), _N, _plain(np.log), "natural logarithm", "ln(number)"),
    Function("log10", (_N,), _N, _plain(np.log10), "logarithm to the base 10", "log10(number)"),
    Function(
        *("min", (None,), None, _least, "least of a row's values"),
        signature="min(a, b, \u2026)",
        more=True,
        missing=True,
    ),
    Function(
        *("max", (None,), None, _greatest, "greatest of a row's values"),
        signature="max(a, b, \u2026)",
        more=True,
        missing=True,
    ),
    Function("year", (_D,), _N, _unit("Y", 1970), "year of a date", "year(date)"),
    Function("month", (_D,), _N, _unit("M", 1), "month of a date, 1 to 12", "month(date)"),
    Function("day", (_D,), _N, _unit("D", 1), "day of the month", "day(date)"),
    Function("date", (_T,), _D, _days, "of a text such as 2024-05-31", "date(text)"),
    Function("text", (None,), _T, _as_text, "of a number or a date", "text(value)"),
    Function("number", (_T,), _N, _counts(_number_of), "of a text", "number(text)"),
)
FUNCTIONS: Final = {function.name: function for function in _ALL}
#: A function on a feature's place, told beside the others: see `evaluate`.
DISTANCE: Final = "distance_km"
DISTANCE_SIGNATURE: Final = "distance_km(lon, lat)"
DISTANCE_SAYS: Final = "kilometres on the ellipsoid to a place"
#: What follows from a feature's place, and what it is.
VARIABLES: Final = {
    "$lon": "longitude in degrees; of lines and areas, of a point in them",
    "$lat": "latitude in degrees",
    "$length_km": "length of a line or way round an area, km on the ellipsoid",
    "$area_km2": "area, km\u00b2 on the ellipsoid",
    "$row": "number of the row, the first is 1",
}
