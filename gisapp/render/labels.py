"""Labels without collisions: greedy by importance over the positions around a point.

Deterministic, and fast enough for `MOST_LABELS` labels: all positions of a label are tried at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from gisapp.model.features import Floats
from gisapp.render.fonts import LINE_HEIGHT, OURS, FontFiles, width_of
from gisapp.render.scene import Box

Flags: TypeAlias = npt.NDArray[np.bool_]

MOST_LABELS: Final = 500
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
_SLACK: Final = 0.01  # points that boxes may share: what stands side by side is rounded
_LEAD: Final = 0.12  # of a line's height above and below its letters: no ink is there
#: Of the cost of one position more: a mark below a label, one that it might be taken for.
_COVERS: Final = 0.5
_MISTAKEN: Final = 0.4


@dataclass(frozen=True)
class Wanted:
    """A label that wants a place at x, y, `clearance` away from the point.

    Parameters
    ----------
    leader
        Whether it may move out of a crowd, with a thin line to its point.
    middle
        Whether it stands on its point, as the name of an area does, or not at all.
    spots
        Further points that it may stand on, best first; for `middle` alone.
    pinned
        Where its middle is to stand, in points from x, y: put there by hand, over what there is.
    """

    text: str
    x: float
    y: float
    size: float
    clearance: float
    bold: bool = False
    leader: bool = False
    middle: bool = False
    spots: tuple[tuple[float, float], ...] = ()
    pinned: tuple[float, float] | None = None

    def extent(self, fonts: FontFiles) -> tuple[float, float]:
        """Return width and height of the text."""
        wide = width_of(self.text, self.size, bold=self.bold, fonts=fonts)
        return wide, self.size * LINE_HEIGHT


@dataclass(frozen=True, eq=False)
class Placed:
    """A label with its box; the text starts at the box's left top.

    `leader` is the line from the point to the label, shape (2, 2), None beside the point;
    `clamped` says that it was to stand outside of the map.
    """

    wanted: Wanted
    box: Box
    leader: Floats | None = None
    clamped: bool = False


def place_labels(
    wanted: Iterable[Wanted],
    room: Box,
    *,
    marks: Floats,
    faint: Floats | None = None,
    taken: Iterable[Box] = (),
    most: int = MOST_LABELS,
    fonts: FontFiles = OURS,
) -> tuple[Placed, ...]:
    """Return the labels that find a place: those put by hand, then the most important first.

    A label never overlaps another one, a symbol, nor what is `taken`, nor leaves the room; among
    the free positions the nearest that covers fewest faint symbols is taken. One that is put by
    hand keeps its place unless that is outside of the room.

    Parameters
    ----------
    marks
        Symbols on the page: x, y of the centre and radius, shape (n, 3).
    faint
        Symbols that a label may cover if it must, shape (m, 3).
    most
        How many labels are placed.
    """
    labels = list(wanted)
    boxes = np.array([_edges(box) for box in taken]).reshape(-1, 4)
    solid, soft = marks, np.empty((0, 3)) if faint is None else faint
    sizes = {label: label.extent(fonts) for label in labels}
    placed: list[Placed] = []
    for label in (*(each for each in labels if each.pinned), *labels):
        if len(placed) >= most:
            break
        if label.pinned is not None and any(each.wanted is label for each in placed):
            continue
        if label.pinned:
            found: Placed | None = _pinned(label, sizes[label], room)
        else:
            found = _best(_candidates(label, sizes[label]), label, room, (solid, soft), boxes)
        if found is None:
            continue
        placed.append(found)
        boxes = np.concatenate([boxes, [_edges(found.box)]])
        if found.leader is not None:
            solid = np.concatenate([solid, _on_leader(found.leader)])
    return tuple(placed)


def _pinned(label: Wanted, size: tuple[float, float], room: Box) -> Placed:
    wide, high = size
    dx, dy = label.pinned or (0.0, 0.0)
    x, y = label.x + dx - wide / 2.0, label.y + dy - high / 2.0
    inside_x = min(max(x, room.x), max(room.right - wide, room.x))
    inside_y = min(max(y, room.y), max(room.bottom - high, room.y))
    box = Box(inside_x, inside_y, wide, high)
    away = np.hypot(
        max(box.x - label.x, label.x - box.right, 0.0),
        max(box.y - label.y, label.y - box.bottom, 0.0),
    )
    far = away > label.clearance + label.size
    clamped = abs(inside_x - x) + abs(inside_y - y) > 0.01
    return Placed(label, box, _leader(label, box) if far else None, clamped)


def _best(
    candidates: tuple[Floats, Floats, Flags],
    label: Wanted,
    room: Box,
    discs: tuple[Floats, Floats],
    boxes: Floats,
) -> Placed | None:
    """Return a label at its best free position, None where there is none."""
    edges, cost, from_step = candidates
    solid, soft = discs
    free = (edges[:, 0] >= room.x - 0.01) & (edges[:, 2] <= room.right + 0.01)
    free &= (edges[:, 1] >= room.y - 0.01) & (edges[:, 3] <= room.bottom + 0.01)
    edges, cost, led = edges[free], cost[free], from_step[free]
    if not len(edges):
        return None
    # all positions lie in one window: what is beyond it cannot be in the way
    window = (*edges[:, :2].min(axis=0), *edges[:, 2:].max(axis=0))
    boxes = boxes[_near_boxes(boxes, window)]
    margin = 1.2 * label.size
    solid, soft = solid[_near_discs(solid, window, margin)], soft[_near_discs(soft, window, 0.0)]
    clear = ~_overlaps(edges, boxes).any(axis=1) & ~_covers(edges, solid).any(axis=1)
    if not clear.any():
        return None
    edges, cost, led = edges[clear], cost[clear], led[clear]
    # beside another symbol it might be taken for that one's name
    own = np.count_nonzero(np.hypot(solid[:, 0] - label.x, solid[:, 1] - label.y) < label.clearance)
    beside = edges + np.array([-margin, 0.0, margin, 0.0])
    others = np.maximum(_covers(beside, solid).sum(axis=1) - own, 0)
    cost = cost + _COVERS * _covers(edges, soft).sum(axis=1) + _MISTAKEN * others
    for i in np.argsort(cost, kind="stable"):
        left, top, right, bottom = edges[i].tolist()
        box = Box(left, top, right - left, bottom - top)
        leader = _leader(label, box) if led[i] else None
        if leader is None or not _covers(boxes, _on_leader(leader)).any():
            return Placed(label, box, leader)
    return None


def _candidates(label: Wanted, size: tuple[float, float]) -> tuple[Floats, Floats, Flags]:
    """Return left, top, right, bottom of each position, its cost, and whether it has a leader."""
    wide, high = size
    if label.middle:
        at = np.array([(label.x, label.y), *label.spots]) - [wide / 2.0, high / 2.0]
        count = len(at)
        cost = 0.4 * np.arange(count, dtype=np.float64)
        return _sized(at, wide, high), cost, np.zeros(count, dtype=np.bool_)
    steps = (0.0, *_AWAY) if label.leader else (0.0,)
    rows = []
    for step, away in enumerate(steps):
        for rank, (dx, dy) in enumerate(POSITIONS):
            gap = label.clearance + away * label.size
            x = label.x + dx * gap - (wide if dx < 0 else wide / 2 if dx == 0 else 0.0)
            y = label.y + dy * gap - high / 2 + dy * high * 0.42
            rows.append((x, y, 1.5 * step + (0.2 if step else 0.4) * rank, step > 0))
    table = np.array(rows, dtype=np.float64)
    led = np.asarray(table[:, 3] > 0.0)
    return _sized(table[:, :2], wide, high), table[:, 2], led


def _sized(corners: Floats, wide: float, high: float) -> Floats:
    return np.column_stack([corners, corners + np.array([wide, high])])


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.right, box.bottom


def _near_boxes(boxes: Floats, window: Sequence[float]) -> Flags:
    left, top, right, bottom = window
    near = (boxes[:, 0] < right) & (boxes[:, 2] > left)
    near &= (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    return near


def _near_discs(discs: Floats, window: Sequence[float], margin: float) -> Flags:
    left, top, right, bottom = window
    x, y, radius = discs.T
    near = (x - radius < right + margin) & (x + radius > left - margin)
    near &= (y - radius < bottom) & (y + radius > top)
    return np.asarray(near)


def _overlaps(edges: Floats, boxes: Floats) -> Flags:
    """Return which boxes share more than an edge, shape (n, m)."""
    a, b = edges[:, None, :], boxes[None, :, :]
    across = (a[..., 0] < b[..., 2] - _SLACK) & (b[..., 0] < a[..., 2] - _SLACK)
    down = (a[..., 1] < b[..., 3] - _SLACK) & (b[..., 1] < a[..., 3] - _SLACK)
    return np.asarray(across & down)


def _covers(edges: Floats, discs: Floats) -> Flags:
    """Return which discs the text in each box touches, shape (n, m); leading is no text."""
    x, y, radius = discs.T[:, None, :]
    left, top, right, bottom = edges.T[:, :, None]
    lead = _LEAD * (bottom - top)
    across = np.maximum(np.maximum(left - x, x - right), 0.0)
    down = np.maximum(np.maximum(top + lead - y, y - bottom + lead), 0.0)
    return np.asarray(across * across + down * down < radius * radius)


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


def _on_leader(leader: Floats) -> Floats:
    points = leader[0] + (leader[1] - leader[0]) * _STEPS_ON_LEADER
    return np.column_stack([points, np.full(len(points), 0.5)])
