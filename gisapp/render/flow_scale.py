"""How wide a flow is drawn: one scale for the page, its insets, the live map and the legend."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np

from gisapp.render.picture import Connection

#: CSS pixels of the busiest way, of what is busier for a few kilometres, and of the least.
WIDEST_FLOW: Final = 7.5
_WIDEST_NEAR: Final = 11.0
FINEST_FLOW: Final = 0.8
#: Degrees: flows in one cell of this size that go the same way are counted as side by side.
_CELL: Final = 5.0
_DIRECTIONS: Final = 4


def busiest(connections: Iterable[Connection]) -> float:
    """Return about how many tonnes go along the busiest way, NaN where no line carries any.

    Counted in cells of five degrees and four directions, so that it does not depend on the map.
    """
    carrying = [link for link in connections if link.tonnes > 0.0]
    # what a mine gives to the plant beside it is no way on a map of the world
    far = [link for link in carrying if np.ptp(link.path, axis=0).max() > _CELL]
    cells: dict[tuple[int, int, int], float] = {}
    for link in far or carrying:
        steps = np.diff(link.path, axis=0)
        middle = link.path[:-1] + steps / 2.0
        way = np.floor(np.arctan2(steps[:, 1], steps[:, 0]) / (2.0 * np.pi) * _DIRECTIONS + 0.5)
        columns = np.floor((middle[:, 0] + 180.0) % 360.0 / _CELL)
        rows = np.floor(middle[:, 1] / _CELL)
        passed = np.column_stack([columns, rows, way % _DIRECTIONS]).astype(int)
        for column, row, direction in set(map(tuple, passed.tolist())):
            key = (column, row, direction)
            cells[key] = cells.get(key, 0.0) + link.tonnes
    return max(cells.values(), default=math.nan)


def flow_width(tonnes: float, top: float) -> float:
    """Return the width of a flow in CSS pixels: twice the tonnes are twice as wide.

    Parameters
    ----------
    top
        Tonnes of the busiest way, see `busiest`.
    """
    return float(np.clip(WIDEST_FLOW * tonnes / top, FINEST_FLOW, _WIDEST_NEAR))
