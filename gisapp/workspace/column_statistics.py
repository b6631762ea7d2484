"""What there is to say of one column: counts, spread, commonest values, a histogram."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gisapp.model.editing import ColumnType, type_of
from gisapp.model.features import Column
from gisapp.model.feedback import Feedback
from gisapp.model.rows import Rows

_SLICE: Final = 50_000
_TOP: Final = 8
_MOST_CLASSES: Final = 12


@dataclass(frozen=True)
class ColumnStatistics:
    """Statistics of the rows that were asked about.

    Parameters
    ----------
    distinct
        How many different values there are, the missing not counted.
    low, median, mean, high, total
        Of numbers; of dates low, median and high as text; else None.
    top
        The commonest values as text, with their counts.
    edges, counts
        A histogram of numbers: classes of equal, round width; empty where there is none.
    """

    name: str
    kind: ColumnType
    count: int
    missing: int
    distinct: int
    low: float | str | None = None
    median: float | str | None = None
    mean: float | None = None
    high: float | str | None = None
    total: float | None = None
    top: tuple[tuple[str, int], ...] = ()
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


def statistics_of(
    name: str, values: Column, rows: Rows | None = None, feedback: Feedback | None = None
) -> ColumnStatistics:
    """Return the statistics of a column, of these rows or of all."""
    feedback = feedback or Feedback()
    feedback.check(0.0, f"Statistics of {name}")
    here = values if rows is None else values[rows]
    kind = type_of(values)
    if kind in {ColumnType.NUMBER, ColumnType.WHOLE}:
        return _of_numbers(name, kind, here, feedback)
    if kind is ColumnType.DATE:
        return _of_dates(name, here)
    counter: Counter[Any] = Counter()
    for start in range(0, len(here), _SLICE):
        feedback.check(start / len(here), f"Statistics of {name}")
        counter.update(here[start : start + _SLICE].tolist())
    missing = counter.pop(None, 0)
    words = {True: "yes", False: "no"} if kind is ColumnType.TRUTH else {}
    top = tuple((words.get(value, str(value)), n) for value, n in counter.most_common(_TOP))
    return ColumnStatistics(name, kind, len(here), missing, len(counter), top=top)


def _of_numbers(
    name: str, kind: ColumnType, values: Column, feedback: Feedback
) -> ColumnStatistics:
    known = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    missing = len(values) - len(known)
    if not len(known):
        return ColumnStatistics(name, kind, len(values), missing, 0)
    different, times = np.unique(known, return_counts=True)
    feedback.check(0.5)
    order = np.argsort(-times, kind="stable")[:_TOP]
    top = tuple((f"{different[i]:.10g}", int(times[i])) for i in order if times[i] > 1)
    floats = known.astype(np.float64)
    edges = round_edges(float(different[0]), float(different[-1]), kind is ColumnType.WHOLE)
    counts = np.histogram(floats, edges)[0] if len(edges) > 1 else np.empty(0, dtype=int)
    return ColumnStatistics(
        name,
        kind,
        len(values),
        missing,
        len(different),
        float(different[0]),
        float(np.median(floats)),
        float(floats.mean()),
        float(different[-1]),
        float(floats.sum()),
        top,
        tuple(edges.tolist()) if len(edges) > 1 else (),
        tuple(counts.tolist()),
    )


def _of_dates(name: str, values: Column) -> ColumnStatistics:
    days = np.sort(values[~np.isnat(values)].astype("datetime64[D]"))
    missing = len(values) - len(days)
    if not len(days):
        return ColumnStatistics(name, ColumnType.DATE, len(values), missing, 0)
    different, times = np.unique(days, return_counts=True)
    order = np.argsort(-times, kind="stable")[:_TOP]
    return ColumnStatistics(
        name,
        ColumnType.DATE,
        len(values),
        missing,
        len(different),
        str(days[0]),
        str(days[(len(days) - 1) // 2]),
        None,
        str(days[-1]),
        top=tuple((str(different[i]), int(times[i])) for i in order),
    )


def round_edges(low: float, high: float, whole: bool) -> npt.NDArray[np.float64]:
    """Return edges of at most twelve classes of a round width that hold all values."""
    if not high > low:
        return np.empty(0)
    step = (high - low) / _MOST_CLASSES
    size = 10.0 ** np.floor(np.log10(step))
    width = next(w * size for w in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0) if w * size >= step)
    if whole:
        width = max(float(np.ceil(width)), 1.0)
    first, last = np.floor(low / width), np.ceil(high / width)
    if last * width <= high:  # the last value stands in a class, not on its edge
        last += 1
    edges = np.round(np.arange(first, last + 1) * width, 12)
    return np.asarray(edges, dtype=np.float64)


def as_text(told: ColumnStatistics) -> str:
    """Return the statistics as lines of a table, name and value parted by a tab."""
    lines = [f"column\t{told.name}", f"type\t{told.kind.value}", f"rows\t{told.count}"]
    lines += [f"missing\t{told.missing}", f"distinct\t{told.distinct}"]
    for name, value in (
        ("least", told.low),
        ("median", told.median),
        ("mean", told.mean),
        ("greatest", told.high),
        ("sum", told.total),
    ):
        if value is not None:
            lines.append(f"{name}\t{value if isinstance(value, str) else f'{value:.15g}'}")
    lines += [f"value {text}\t{count}" for text, count in told.top]
    pairs = zip(told.edges, told.edges[1:], told.counts, strict=False)
    lines += [f"from {low:.10g} to {high:.10g}\t{count}" for low, high, count in pairs]
    return "\n".join(lines) + "\n"
