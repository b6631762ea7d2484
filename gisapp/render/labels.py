"""Labels without collisions: greedy by importance over eight positions around a point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
#: How far a label with a leader may move away from a crowd, in heights of its text.
_AWAY: Final = (1.2, 2.4, 3.8, 5.4)
_STEPS_ON_LEADER: Final = np.linspace(0.0, 1.0, 12)[:, None]


@dataclass(frozen=True)
class Wanted:
    """A label that wants a place at x, y, `clearance` away from the point.

    One that may have a `leader`, a thin line to its point, moves out of a crowd; one for the
    `middle` of an area or a line stands on its point or not at all.
    """

    text: str
    x: float
    y: float
    size: float
    clearance: float
    bold: bool = False
    leader: bool = False
    middle: bool = False


@dataclass(frozen=True, eq=False)
class Placed:
    """A label with its box; the text starts at the box's left top.

    `leader` is the line from the point to the label, shape (2, 2), None beside the point.
    """

    wanted: Wanted
    box: Box
    leader: Floats | None = None


def place_labels(
    wanted: Iterable[Wanted],
    room: Box,
    *,
    marks: Floats,
    faint: Floats | None = None,
    taken: Iterable[Box] = (),
) -> tuple[Placed, ...]:
    """Return the labels that find a place, most important first.

    A label never overlaps another one, a symbol, nor what is `taken`, nor leaves the room; among
    the free positions the nearest that covers fewest faint symbols is taken.

    Parameters
    ----------
    marks
        Symbols on the page: x, y of the centre and radius, shape (n, 3).
    faint
        Symbols that a label may cover if it must, shape (m, 3).
    """
    boxes = list(taken)
    solid = marks
    soft = np.empty((0, 3)) if faint is None else faint
    placed: list[Placed] = []
    for label in wanted:
        best: tuple[float, Placed] | None = None
        here = np.hypot(marks[:, 0] - label.x, marks[:, 1] - label.y) < label.clearance
        own = int(np.count_nonzero(here))
        for cost, found in _candidates(label):
            if best is not None and cost >= best[0]:
                continue
            box = found.box
            if not room.contains(box) or any(box.overlaps(other) for other in boxes):
                continue
            if _covered(box, solid) or _crosses(found.leader, boxes):
                continue
            # beside another symbol it might be taken for that one's name
            others = max(_covered(_around(box, label.size), solid) - own, 0)
            whole = cost + 0.5 * _covered(box, soft) + 0.4 * others
            if best is None or whole < best[0]:
                best = (whole, found)
        if best is not None:
            placed.append(best[1])
            boxes.append(best[1].box)
            if best[1].leader is not None:
                solid = np.concatenate([solid, _on_leader(best[1].leader)])
    return tuple(placed)


def _candidates(label: Wanted) -> Iterator[tuple[float, Placed]]:
    if label.middle:
        yield 0.0, Placed(label, _box(label, (0.0, 0.0), 0.0))
        return
    for rank, direction in enumerate(POSITIONS):
        yield 0.4 * rank, Placed(label, _box(label, direction, 0.0))
    if not label.leader:
        return
    for step, away in enumerate(_AWAY, start=1):
        for rank, direction in enumerate(POSITIONS):
            box = _box(label, direction, away * label.size)
            yield 1.5 * step + 0.2 * rank, Placed(label, box, _leader(label, box))


def _leader(label: Wanted, box: Box) -> Floats:
    """Return the line from the edge of the symbol to the nearest point of the label's box."""
    point = np.array([label.x, label.y])
    end = np.array(
        [np.clip(label.x, box.x - 1.5, box.right + 1.5), np.clip(label.y, box.y, box.bottom)]
    )
    if box.y < label.y < box.bottom or abs(end[1] - label.y) < box.h:
        end[1] = box.y + box.h / 2.0
    way = end - point
    start = point + way / max(float(np.hypot(*way)), 1e-9) * min(label.clearance * 0.5, 4.0)
    return np.array([start, end])


def _around(box: Box, size: float) -> Box:
    return Box(box.x - 1.2 * size, box.y, box.w + 2.4 * size, box.h)


def _on_leader(leader: Floats) -> Floats:
    points = leader[0] + (leader[1] - leader[0]) * _STEPS_ON_LEADER
    return np.column_stack([points, np.full(len(points), 0.5)])


def _crosses(leader: Floats | None, boxes: Iterable[Box]) -> bool:
    if leader is None:
        return False
    points = _on_leader(leader)
    return any(_covered(box, points) for box in boxes)


def _box(label: Wanted, direction: tuple[float, float], more: float) -> Box:
    wide = width_of(label.text, label.size, bold=label.bold)
    high = label.size * LINE_HEIGHT
    dx, dy = direction
    away = label.clearance + more
    x = label.x + dx * away - (wide if dx < 0 else wide / 2 if dx == 0 else 0.0)
    y = label.y + dy * away - high / 2 + dy * high * 0.42
    return Box(x, y, wide, high)


def _covered(box: Box, marks: Floats) -> int:
    """Return how many discs the text in a box touches; a line's leading is no text."""
    x, y, radius = marks.T
    lead = 0.12 * box.h
    across = np.maximum(np.maximum(box.x - x, x - box.right), 0.0)
    down = np.maximum(np.maximum(box.y + lead - y, y - box.bottom + lead), 0.0)
    return int(np.count_nonzero(across * across + down * down < radius * radius))
