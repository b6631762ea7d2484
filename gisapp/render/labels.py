"""Labels without collisions: greedy by importance over eight positions around a point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisapp.model.features import Floats
from gisapp.render.fonts import LINE_HEIGHT, width_of
from gisapp.render.scene import Box

#: Direction (x, y down) of the label from its point, best first.
POSITIONS: Final = (
    (1.0, 0.0),
    (-1.0, 0.0),
    (0.8, -0.8),
    (0.8, 0.8),
    (-0.8, -0.8),
    (-0.8, 0.8),
    (0.0, -1.0),
    (0.0, 1.0),
)
_MOST_COVERED: Final = 10


@dataclass(frozen=True)
class Wanted:
    """A label that wants a place at x, y, `clearance` away from the point."""

    text: str
    x: float
    y: float
    size: float
    clearance: float
    bold: bool = False


@dataclass(frozen=True)
class Placed:
    """A label with its box; the text starts at the box's left top."""

    wanted: Wanted
    box: Box


def place_labels(
    wanted: Iterable[Wanted], room: Box, *, marks: Floats, taken: Iterable[Box] = ()
) -> tuple[Placed, ...]:
    """Return the labels that find a place, most important first.

    A label never overlaps another one, nor what is `taken`, nor leaves the room; among the free
    positions the one that covers fewest marks is taken, and none that would hide many.

    Parameters
    ----------
    marks
        Centres of the symbols on the page, shape (n, 2).
    """
    boxes = list(taken)
    placed: list[Placed] = []
    for label in wanted:
        best: tuple[float, Box] | None = None
        for rank, direction in enumerate(POSITIONS):
            box = _box(label, direction)
            if not room.contains(box) or any(box.overlaps(other) for other in boxes):
                continue
            covered = _covered(box, marks)
            cost = covered + 0.4 * rank
            if covered <= _MOST_COVERED and (best is None or cost < best[0]):
                best = (cost, box)
        if best is not None:
            placed.append(Placed(label, best[1]))
            boxes.append(best[1])
    return tuple(placed)


def _box(label: Wanted, direction: tuple[float, float]) -> Box:
    wide = width_of(label.text, label.size, bold=label.bold)
    high = label.size * LINE_HEIGHT
    dx, dy = direction
    x = label.x + dx * label.clearance - (wide if dx < 0 else wide / 2 if dx == 0 else 0.0)
    y = label.y + dy * label.clearance - high / 2 + dy * high * 0.42
    return Box(x, y, wide, high)


def _covered(box: Box, marks: Floats) -> int:
    if not len(marks):
        return 0
    x, y = marks.T
    inside = (x > box.x - 1) & (x < box.right + 1) & (y > box.y + 1) & (y < box.bottom - 1)
    return int(np.count_nonzero(inside))
