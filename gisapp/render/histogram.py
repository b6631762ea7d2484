"""How the values of a column are spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats

_BARS: Final = 48
#: A column is drawn on a logarithmic scale where its upper values are so many times its middle.
_SKEWED: Final = 20.0


@dataclass(frozen=True, eq=False)
class Histogram:
    """How values are spread.

    Parameters
    ----------
    edges
        Ends of the bars in the unit of the values, ascending, shape (b + 1,).
    counts
        Values in each bar, shape (b,).
    missing
        Rows without a number.
    logarithmic
        True where the bars are equally wide in logarithms.
    """

    edges: Floats
    counts: npt.NDArray[np.int64]
    missing: int
    logarithmic: bool


def histogram(values: npt.ArrayLike) -> Histogram:
    """Return the histogram of a column, shape (n,), on a scale that shows its lower values too."""
    given = np.asarray(values, dtype=np.float64)
    known = given[np.isfinite(given)]
    missing = len(given) - len(known)
    if not len(known):
        return Histogram(np.array([0.0, 1.0]), np.zeros(1, np.int64), missing, logarithmic=False)
    low, high = float(known.min()), float(known.max())
    middle, upper = np.quantile(known, [0.5, 0.95])
    logarithmic = bool(low > 0.0 and upper > _SKEWED * middle)
    if low == high:
        edges = np.array([low - 0.5, low + 0.5])
    elif logarithmic:
        edges = np.geomspace(low, high, _BARS + 1)
    else:
        edges = np.linspace(low, high, _BARS + 1)
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)
    counts = np.histogram(known, edges)[0].astype(np.int64)
    return Histogram(edges, counts, missing, logarithmic)
