"""A layer's own capacities as the tonnes that are counted of each site's mineral.

The one place where the unit of a user's column meets what the figures of a mineral weigh.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from gisapp.analysis.measures import measure_of, tonnes_of
from gisapp.model.features import Column, Floats
from gisapp.model.layer import Layer
from gisapp.model.units import Unit, numbers_of, parse_unit
from gisapp.model.vocabulary import STAGE_OF_ROLE, Stage

#: Where a layer says row by row what its capacity is in.
_UNIT_COLUMN: Final = "capacity_unit"
_PLAIN: Final = Unit(1.0)


def capacities(
    layer: Layer, minerals: npt.NDArray[np.object_], asked: str | None = None
) -> tuple[Floats, tuple[str, ...]]:
    """Return the capacities of a layer of facilities and what could not be read, in sentences.

    The unit is the one that stands in the text itself ("12 kt LCE"), else that of the row
    (column capacity_unit), else the mapping's, else tonnes of what is counted.

    Parameters
    ----------
    minerals
        A frozenset of mineral codes a row, shape (n,).
    asked
        The mineral of rows that name none.

    Returns
    -------
    values : numpy.ndarray
        Tonnes a year of what is counted of the row's mineral at the layer's stage, shape (n,);
        NaN where it is unknown.
    """
    column = layer.values("capacity")
    if column is None:
        return np.full(len(layer.features), np.nan), ()
    words, codes = _distinct(column)
    numbers, units = numbers_of(words)
    values = np.append(numbers, np.nan)[codes]
    said = np.array([*units, ""], dtype=object)[codes]
    rows = layer.features.columns.get(_UNIT_COLUMN)
    mapped = dict(layer.mapping.units).get("capacity", "")
    if rows is not None and rows.dtype == object and not mapped:
        said = np.where(said == "", np.where(pd.isna(rows), "", rows), said)
    said = np.where(said == "", mapped, said)
    stage = STAGE_OF_ROLE[layer.role]
    of_unit, told_units = pd.factorize(said)
    of_minerals, sets = pd.factorize(minerals)
    kinds, of_kind = np.unique(of_unit * len(sets) + of_minerals, return_inverse=True)
    factors = np.full(len(kinds), np.nan)
    unread: list[str] = []
    for i, kind in enumerate(kinds.tolist()):
        unit, named = str(told_units[kind // len(sets)]), sets[kind % len(sets)]
        factor = _factor(unit, named, stage, asked)
        if factor is not None:
            factors[i] = factor
        elif count := int(np.isfinite(values[of_kind == i]).sum()):
            unread.append(_sentence(layer, unit, named, stage, count))
    return values * factors[of_kind], tuple(unread)


def _factor(unit: str, minerals: frozenset[str], stage: Stage, asked: str | None) -> float | None:
    """Return tonnes in one of a unit, None where its form is no form of the minerals."""
    parsed = parse_unit(unit) if unit else _PLAIN
    if parsed is None:
        return None
    named = minerals or ({asked} if asked else set())
    if not named:
        return parsed.factor("")
    found = {tonnes_of(parsed, mineral, stage) for mineral in named}
    return found.pop() if len(found) == 1 else None


def _sentence(layer: Layer, unit: str, minerals: Any, stage: Stage, count: int) -> str:
    what = "1 capacity counts" if count == 1 else f"{count:,} capacities count"
    start = f"{layer.name}: {what} as unknown, since "
    if parse_unit(unit) is None:
        return f'{start}"{unit}" is no unit of mass that can be told.'
    measure = measure_of(min(minerals), stage) if len(minerals) == 1 else None
    wanted = measure.unit if measure else "tonnes"
    return f'{start}"{unit}" cannot be turned into {wanted}.'


def _distinct(column: Column) -> tuple[Column, npt.NDArray[np.int64]]:
    """Return the different values of a column and the number of each row's, -1 for missing."""
    if column.dtype != object:
        return column, np.arange(len(column), dtype=np.int64)
    codes, words = pd.factorize(column)
    return np.asarray(words, dtype=object), codes.astype(np.int64)
