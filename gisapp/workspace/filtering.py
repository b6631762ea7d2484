"""Which rows of a layer pass its own condition, the project's filter and its mineral."""

from __future__ import annotations

import re
import threading
import weakref
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.data.shipped import load_facts
from gisapp.model.expression.evaluate import holding
from gisapp.model.expression.syntax import ExpressionError
from gisapp.model.features import Column, Features
from gisapp.model.layer import Layer
from gisapp.model.rows import Rows
from gisapp.model.vocabulary import STAGE_OF_ROLE, Role, family, mineral_code, status_code
from gisapp.workspace.state import Filter, LayerEntry

Mask = npt.NDArray[np.bool_]

_EVERYTHING: Final = Filter()
_SEPARATORS: Final = re.compile(r"[;,/|+&]| and ")


#: Answers kept for each layer's features, the latest filters and minerals, as long as it lives.
_KEPT: Final = 6
_SLICE: Final = 50_000
_Known = OrderedDict[Hashable, Rows | None]


class _Memory:
    """What was found for the features of a layer; one thread looks, the others wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.known: _Known = OrderedDict()


_memories: weakref.WeakKeyDictionary[Features, _Memory] = weakref.WeakKeyDictionary()
_lock: Final = threading.Lock()


def rows_shown(layer: Layer, passing: Filter, mineral: str | None, where: str = "") -> Rows | None:
    """Return the numbers of the rows that are shown and counted, or None for all.

    Where `where` is an expression, only rows for which it holds are; none if it cannot be worked
    out any more, since the layer lost a column. Facilities and trade routes alone are filtered
    besides. A row without mineral, status or year passes the test on it, as in the analyses; one
    without a country passes no test on countries.

    Returns
    -------
    numpy.ndarray or None
        Row numbers in order, shape (n,), read only; the same array for the same question.
    """
    if not asks(passing, mineral, where):
        return None
    with _lock:
        memory = _memories.setdefault(layer.features, _Memory())
    key = (layer.role, layer.mapping, passing, mineral, where)
    with memory.lock:
        if key not in memory.known:
            rows = _find(layer, passing, mineral, where)
            if rows is not None:
                rows.flags.writeable = False
            memory.known[key] = rows
            while len(memory.known) > _KEPT:
                memory.known.popitem(last=False)
        memory.known.move_to_end(key)
        return memory.known[key]


def passing_layer(entry: LayerEntry, passing: Filter, mineral: str | None) -> Layer:
    """Return a layer with those of its rows alone that are shown and counted."""
    rows = rows_shown(entry.layer, passing, mineral, entry.where)
    if rows is None:
        return entry.layer
    return entry.layer.with_(features=entry.layer.features.take(rows))


def asks(passing: Filter, mineral: str | None, where: str = "") -> bool:
    """Return whether filter, mineral and condition may leave anything out at all."""
    return mineral is not None or passing != _EVERYTHING or bool(where)


def _find(layer: Layer, passing: Filter, mineral: str | None, where: str) -> Rows | None:
    masks = [] if not where else [_holding(layer, where)]
    stage = STAGE_OF_ROLE.get(layer.role)
    if stage is None:
        route = layer.role is Role.TRADE_ROUTE
        about = mineral_mask(layer, mineral) if route else None
        return _joined(masks if about is None else [*masks, about])
    if passing.stages and stage not in passing.stages:
        return np.empty(0, dtype=np.int64)
    about = mineral_mask(layer, mineral)
    if about is not None:
        masks.append(about)
    if passing.statuses:
        allowed = passing.statuses
        _test(masks, layer.values("status"), lambda v: not v or status_code(str(v)) in allowed)
    if passing.countries:
        masks.append(_within(layer, "country", passing.countries))
    if passing.owner_countries:
        masks.append(_within(layer, "owner_country", passing.owner_countries))
    years = layer.values("start_year")
    if years is not None and (passing.first_year is not None or passing.last_year is not None):
        masks.append(_in_years(years, passing.first_year, passing.last_year))
    if passing.text:
        masks.append(_mentions(layer, passing.text.casefold()))
    return _joined(masks)


def mineral_mask(layer: Layer, mineral: str | None) -> Mask | None:
    """Return where a row is about a mineral or one of its children, shape (n,); None for all.

    A row that names no mineral counts as any. Names, symbols and lists ("Ni; Co") are read.
    """
    values = layer.values("mineral")
    if values is None:
        values = layer.features.columns.get("minerals")
    if mineral is None or values is None:
        return None
    wanted = family(mineral)

    def about(value: Any) -> bool:
        if not value:
            return True
        parts = (str(value), *_SEPARATORS.split(str(value)))
        return any(mineral_code(part) in wanted for part in parts)

    return each(values, about)


def commonest_mineral(layer: Layer) -> str | None:
    """Return the code of the mineral that most rows name first; None where none is known."""
    values = layer.values("mineral")
    if values is None:
        return None
    codes: Counter[str] = Counter()
    for value, count in Counter(values.tolist()).items():
        parts = (str(value), *_SEPARATORS.split(str(value))) if value else ()
        code = next(filter(None, map(mineral_code, parts)), None)
        if code is not None:
            codes[code] += count
    return codes.most_common(1)[0][0] if codes else None


def each(values: Column, test: Callable[[Any], bool]) -> Mask:
    """Apply a test once to every distinct value; a missing number is given as None."""
    if values.dtype.kind != "O":
        different, numbers = np.unique(values, return_inverse=True)
        passed = np.array([bool(test(_or_none(v))) for v in different.tolist()], dtype=bool)
        return np.asarray(passed[numbers], dtype=bool)
    known: dict[Any, bool] = {}
    found = np.empty(len(values), dtype=bool)
    # in slices, between which other threads get their turn
    for start in range(0, len(values), _SLICE):
        here = values[start : start + _SLICE].tolist()
        for value in set(here) - known.keys():
            known[value] = bool(test(_or_none(value)))
        found[start : start + len(here)] = [known[value] for value in here]
    return found


def _or_none(value: Any) -> Any:
    return None if value != value else value  # noqa: PLR0124 - NaN alone differs from itself


def _holding(layer: Layer, where: str) -> Mask:
    try:
        return holding(where, layer.features)
    except ExpressionError:
        return np.zeros(len(layer.features), dtype=bool)


def _test(masks: list[Mask], values: Column | None, test: Callable[[Any], bool]) -> None:
    if values is not None:
        masks.append(each(values, test))


def _within(layer: Layer, field: str, codes: frozenset[str]) -> Mask:
    values = layer.values(field)
    if values is None:
        return np.zeros(len(layer.features), dtype=bool)
    code_of = load_facts().country_code
    return each(values, lambda v: code_of(str(v or "")) in codes)


def _in_years(years: Column, first: int | None, last: int | None) -> Mask:
    def passes(value: Any) -> bool:
        try:
            year = float(value)
        except (TypeError, ValueError):
            return True
        return (first is None or year >= first) and (last is None or year <= last)

    return each(years, passes)


def _mentions(layer: Layer, text: str) -> Mask:
    found = np.zeros(len(layer.features), dtype=bool)
    for field in ("id", "name", "owner"):
        values = layer.values(field)
        if values is not None:
            for start in range(0, len(values), _SLICE):  # names rarely come twice
                here = values[start : start + _SLICE].tolist()
                found[start : start + len(here)] |= [text in str(v or "").casefold() for v in here]
    return found


def _joined(masks: list[Mask]) -> Rows | None:
    if not masks:
        return None
    passed = np.logical_and.reduce(masks)
    return None if passed.all() else np.flatnonzero(passed)
