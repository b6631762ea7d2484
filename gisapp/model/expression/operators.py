"""Operators of expressions on many rows: comparisons, logic with unknowns, arithmetic, `like`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from gisapp.model.expression.values import Values, numbers

_COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def compared(operator: str, left: Values, right: Values) -> Values:
    """Return how values compare; unknown where either is."""
    found = _COMPARISONS[operator](left.values, right.values)
    return Values(np.asarray(found, dtype=bool), left.known & right.known)


def conjunction(left: Values, right: Values, *, both: bool) -> Values:
    """Return where both hold, or where either does; an unknown counts only where it matters."""
    one, other = _held(left), _held(right)
    if both:
        false = (left.known & ~one) | (right.known & ~other)
        true = one & other
    else:
        true = one | other
        false = (left.known & ~one) & (right.known & ~other)
    return Values(true, true | false)


def negated(given: Values) -> Values:
    """Return the contrary; unknown where that is."""
    return Values(~given.values.astype(bool), given.known)


def _held(given: Values) -> Any:
    return given.values.astype(bool) & given.known


def among(given: Values, items: list[Any]) -> Values:
    """Return where a value is one of a list; unknown where it is none and the list has a gap."""
    wanted = [item for item in items if item is not None]
    if given.values.dtype.kind == "O":
        chosen = frozenset(wanted)
        found = np.fromiter((v in chosen for v in given.values.tolist()), bool, len(given))
    else:
        found = np.isin(given.values, np.array(wanted)) if wanted else np.zeros(len(given), bool)
    known = given.known if len(wanted) == len(items) else given.known & found
    return Values(found, known)


def arithmetic(operator: str, left: Values, right: Values) -> Values:
    """Return sums, products and the like; a division by nothing is missing."""
    one, other = left.values.astype(np.float64), right.values.astype(np.float64)
    known = left.known & right.known
    with np.errstate(all="ignore"):
        if operator == "+":
            found = one + other
        elif operator == "-":
            found = one - other
        elif operator == "*":
            found = one * other
        elif operator == "/":
            found = one / other
        else:
            found = np.fmod(one, other)
    return numbers(found, known)


def liked(text: Values, pattern: Values, *, folded: bool) -> Values:
    """Return where texts fit their patterns: % stands for any letters, _ for one."""
    known = text.known & pattern.known
    texts, patterns = text.values.tolist(), pattern.values.tolist()
    if folded:
        texts = [each.casefold() for each in texts]
        patterns = [each.casefold() for each in patterns]
    if len(set(patterns)) == 1:
        fits = _fitter(patterns[0])
        found = np.fromiter(map(fits, texts), bool, len(texts))
    else:
        pairs = zip(texts, patterns, strict=True)
        found = np.fromiter((_fits(t, _pieces(p)) for t, p in pairs), bool, len(texts))
    return Values(found, known)


def _fitter(pattern: str) -> Callable[[str], bool]:
    """Return the test of one pattern, the quick one where the pattern is a simple one."""
    bare = pattern.strip("%")
    if "%" in bare or "_" in bare:
        pieces = _pieces(pattern)
        return lambda text: _fits(text, pieces)
    starts, ends = not pattern.startswith("%"), not pattern.endswith("%")
    if starts and ends:
        return lambda text: text == bare
    if starts:
        return lambda text: text.startswith(bare)
    if ends:
        return lambda text: text.endswith(bare)
    return lambda text: bare in text


def _fits(text: str, pieces: tuple[_Piece, ...]) -> bool:
    """Fit each piece between % as far left as it goes: linear, it never tries twice."""
    first, *rest = pieces
    if not rest:
        return len(text) == len(first.pattern) and first.find(text, 0) == 0
    if first.pattern and first.find(text[: len(first.pattern)], 0) != 0:
        return False
    place = len(first.pattern)
    *middle, last = rest
    for piece in middle:
        at = piece.find(text, place)
        if at < 0:
            return False
        place = at + len(piece.pattern)
    start = len(text) - len(last.pattern)
    return start >= place and last.find(text[start:], 0) == 0


class _Piece:
    """A part of a pattern without %; _ is any letter."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._search = None
        if "_" in pattern:
            parts = (re.escape(part) for part in pattern.split("_"))
            self._search = re.compile(".".join(parts), re.DOTALL)

    def find(self, text: str, place: int) -> int:
        """Return where it stands first from a place on, -1 where it does not."""
        if self._search is None:
            return text.find(self.pattern, place)
        found = self._search.search(text, place)
        return -1 if found is None else found.start()


@lru_cache(maxsize=512)
def _pieces(pattern: str) -> tuple[_Piece, ...]:
    return tuple(_Piece(part) for part in pattern.split("%"))
