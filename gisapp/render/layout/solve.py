"""Finds the arrangement of map and panels in the body of a page that shows the map best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import inf
from typing import Final

from gisapp.render.layout.panels import Panel, Placed
from gisapp.render.scene import Box

#: Between map and panels, and between panels, at scale 1.
GAP: Final = 24.0
_STACK_GAP: Final = 18.0
_UNDER_GAP: Final = 13.0
#: Widths of a column beside the map to be tried, of the body's.
_COLUMN_SHARES: Final = (0.16, 0.19, 0.22, 0.25, 0.28, 0.32, 0.37, 0.43, 0.5)
#: How panels under the map share the width.
_ROW_SHARES: Final[dict[int, tuple[tuple[float, ...], ...]]] = {
    1: ((1.0,),),
    2: ((0.5, 0.5), (0.4, 0.6), (0.6, 0.4), (0.3, 0.7)),
    3: ((0.34, 0.33, 0.33), (0.4, 0.4, 0.2), (0.25, 0.5, 0.25), (0.5, 0.25, 0.25)),
    4: ((0.25, 0.25, 0.25, 0.25),),
}
#: Shapes that the map of a region may take, whatever was framed, and wider or higher ones by how
#: much they may differ from that: more around a region would make it small.
_FLEXIBLE: Final = (0.6, 2.4)
_USUAL: Final = (0.8, 1.9)
_MOST_AROUND: Final = 1.7
#: A map takes this much of the body's height and width at least, or of what it takes alone on a
#: page that has not its shape; and so many times the area of these.
_LEAST_PART: Final = (0.3, 0.72)
_LEAST_AREA: Final = 1.8
#: What empty room, unreadable panels and an uneven page cost against the map's part of the body.
_EMPTY: Final = 0.45
_ILL: Final = 0.05
_UNEVEN: Final = 0.04  # a map in the middle over panels that begin at the left


@dataclass(frozen=True)
class Task:
    """What has to be arranged: the room, the map's shape, and the panels in reading order.

    `strip` is the height under the map for its scale bar; `caption` gives the height of the
    caption under that for a width, 0 for none.
    """

    body: Box
    aspect: float
    flexible: bool
    panels: tuple[Panel, ...]
    scale: float
    strip: float
    caption: Callable[[float], float]

    @cached_property
    def least(self) -> Box:
        """A box as wide and as high as the map is at least."""
        body, (part, alone) = self.body, _LEAST_PART
        wide = min(body.w, max(body.h - self.strip, 1.0) * self.aspect)
        if self.flexible:
            return Box(0.0, 0.0, part * body.w, part * body.h)
        return Box(
            0.0,
            0.0,
            min(part * body.w, alone * wide),
            min(part * body.h, alone * wide / self.aspect),
        )


@dataclass(frozen=True)
class Arrangement:
    """Where the map, the strip and the caption under it and the panels stand.

    A higher score shows more.
    """

    map_box: Box
    strip: Box
    caption: Box
    placed: tuple[Placed, ...]
    score: float

    def moved(self, right: float) -> Arrangement:
        """Return the map with what is under it farther right; panels stay."""
        boxes = (replace(each, x=each.x + right) for each in self._block)
        map_box, strip, caption = boxes
        return replace(self, map_box=map_box, strip=strip, caption=caption)

    @property
    def _block(self) -> tuple[Box, Box, Box]:
        return self.map_box, self.strip, self.caption


def stretched(aspect: float, room: float) -> float:
    """Return the shape, width by height, that the map of a region takes in a room of a shape.

    It shows all that was framed and what is around, so that no page stays empty.
    """
    least, most = _FLEXIBLE
    least = max(least, min(aspect / _MOST_AROUND, _USUAL[0]))
    most = min(most, max(aspect * _MOST_AROUND, _USUAL[1]))
    return min(max(room, min(least, aspect)), max(most, aspect))


def best_of(task: Task) -> Arrangement | None:
    """Return the arrangement with the highest score, None where the panels do not fit."""
    best: Arrangement | None = None
    for trial in sorted(_trials(task), key=lambda each: -each.bound):
        least = -inf if best is None else best.score
        if trial.bound <= least:
            break
        found = trial.arranged(least)
        if found is not None and found.score > least:
            order = {id(p): each for p, each in zip(trial.order, found.placed, strict=True)}
            best = replace(found, placed=tuple(order[id(panel)] for panel in task.panels))
    return best


def map_alone(task: Task) -> Arrangement:
    """Return the map with nothing beside it, on however small a page."""
    alone = _Trial(task, (), (), 0.0, True, None, {})
    block = alone.map_block(task.body.w, task.body.h)
    return block.moved((task.body.w - block.map_box.w) / 2.0)


def _trials(task: Task) -> Iterator[_Trial]:
    known: dict[tuple[int, float], tuple[float, float]] = {}
    for sides in product((True, False), repeat=len(task.panels)):
        side = tuple(p for p, beside in zip(task.panels, sides, strict=True) if beside)
        under = tuple(p for p, beside in zip(task.panels, sides, strict=True) if not beside)
        for wide, full, rows in product(_widths(task, side), _spans(side, under), _rows(under)):
            yield _Trial(task, side, under, wide, full, rows, known)


def _widths(task: Task, side: Sequence[Panel]) -> Iterable[float]:
    if not side:
        return (0.0,)
    least = max(panel.narrowest for panel in side)
    shares = [share * task.body.w for share in _COLUMN_SHARES]
    natural = [wide + 0.5 for panel in side for wide in panel.natural]
    wanted = sorted({round(wide, 1) for wide in (*shares, *natural)})
    return [wide for wide in wanted if least <= wide <= 0.52 * task.body.w]


def _spans(side: Sequence[Panel], under: Sequence[Panel]) -> tuple[bool, ...]:
    """Return whether the column runs down the whole body, or what is under the map goes across."""
    return (True, False) if side and under else (True,)


def _rows(under: Sequence[Panel]) -> tuple[tuple[float, ...] | None, ...]:
    """Return shares of the width of panels side by side; None stacks them."""
    if not under:
        return (None,)
    return (*_ROW_SHARES[len(under)], *((None,) if len(under) > 1 else ()))


@dataclass(frozen=True)
class _Trial:
    """One way to arrange: panels beside and under the map, the column's width, and its span."""

    task: Task
    side: tuple[Panel, ...]
    under: tuple[Panel, ...]
    wide: float
    full: bool
    shares: tuple[float, ...] | None
    known: dict[tuple[int, float], tuple[float, float]]

    def heights(self, panel: Panel, width: float) -> tuple[float, float]:
        """Return what `Panel.heights` does, asked once for a width."""
        key = id(panel), round(width, 1)
        if key not in self.known:
            self.known[key] = panel.heights(width)
        return self.known[key]

    @property
    def order(self) -> tuple[Panel, ...]:
        """The panels in the order in which they are placed."""
        return (*self.side, *self.under)

    @property
    def bound(self) -> float:
        """What the score cannot exceed: the part of the body that the map may take."""
        body = self.task.body
        wide = body.w - self.wide - (GAP * self.task.scale if self.side else 0.0)
        high = min(body.h - self.task.strip, wide / self._least_aspect)
        return wide * high / (body.w * body.h)

    @property
    def _least_aspect(self) -> float:
        return stretched(self.task.aspect, 0.0) if self.task.flexible else self.task.aspect

    def arranged(self, least_score: float) -> Arrangement | None:
        """Return the arrangement, None where it does not fit or shows too little of the map."""
        task = self.task
        body, scale = task.body, task.scale
        gap = GAP * scale if self.side else 0.0
        zone = body.w - self.wide - gap
        across = zone if self.full else body.w
        cells = self._cells(across)
        if cells is None:
            return None
        least, best = self._under_heights(cells)
        under_gap = _UNDER_GAP * scale if self.under else 0.0
        high = body.h - least - under_gap
        if high < task.strip + 1.0:
            return None
        block = self.map_block(zone, high)
        map_box = block.map_box
        if map_box.h < task.least.h or map_box.w < task.least.w:
            return None
        if map_box.w * map_box.h < _LEAST_AREA * task.least.w * task.least.h:
            return None
        if map_box.w * map_box.h <= least_score * body.w * body.h:
            return None  # the map's part is all that counts for it
        bottom = block.caption.bottom
        spare = body.y + high - bottom
        grown = min(best - least, spare)
        under_high = least + grown
        if self.under:
            under_gap += min(spare - grown, _STACK_GAP * scale)
        top = bottom + under_gap
        # the room of a map that is held by its height goes to the column beside it
        column_x = body.right - self.wide
        if self.full and not self.under:
            column_x = map_box.right + gap
        column = Box(column_x, body.y, body.right - column_x, body.h)
        if not self.full:
            top = max(top, body.bottom - under_high - spare + grown)
            column = replace(column, h=top - under_gap - body.y)
        placed_side = self._stack(column) if self.side else ()
        if placed_side is None:
            return None
        room = Box(body.x, top, across, max(body.bottom - top, least))
        placed_under = self._placed_under(room, cells) if self.under else ()
        if placed_under is None:
            return None
        placed = (*placed_side, *placed_under)
        ill = sum(p.cost(self.wide) for p in self.side)
        ill += sum(p.cost(cell) for p, cell in zip(self.under, cells, strict=True))
        if not self.side and map_box.w < body.w:
            block = block.moved((body.w - map_box.w) / 2.0)
        return replace(block, placed=placed, score=self._score(block, placed, ill))

    def map_block(self, wide: float, high: float) -> Arrangement:
        """Return the map with strip and caption, as large as the room allows."""
        task = self.task
        said = task.caption(wide)
        map_high = max(high - task.strip - said, 1.0)
        aspect = task.aspect
        if task.flexible:
            aspect = stretched(aspect, wide / map_high)
        if map_high * aspect < wide:  # narrower than the room: the caption may need more lines
            wide = map_high * aspect
            said = max(said, task.caption(wide))
            wide = min(wide, max(high - task.strip - said, 1.0) * aspect)
        box = Box(task.body.x, task.body.y, wide, wide / aspect)
        strip = Box(box.x, box.bottom, wide, task.strip)
        return Arrangement(box, strip, Box(box.x, strip.bottom, wide, said), (), 0.0)

    def _cells(self, across: float) -> list[float] | None:
        """Return the widths of the panels under the map, None where one is too narrow."""
        count = len(self.under)
        if self.shares is None:
            cells = [across] * count
        else:
            room = across - GAP * self.task.scale * (count - 1)
            cells = [share * room for share in self.shares]
        narrow = any(c < p.narrowest for c, p in zip(cells, self.under, strict=True))
        return None if narrow else cells

    def _under_heights(self, cells: Sequence[float]) -> tuple[float, float]:
        heights = [self.heights(p, cell) for p, cell in zip(self.under, cells, strict=True)]
        if not heights:
            return 0.0, 0.0
        if self.shares is None:
            gaps = _STACK_GAP * self.task.scale * (len(heights) - 1)
            return sum(h[0] for h in heights) + gaps, sum(h[1] for h in heights) + gaps
        return max(h[0] for h in heights), max(h[1] for h in heights)

    def _placed_under(self, room: Box, cells: Sequence[float]) -> tuple[Placed, ...] | None:
        if self.shares is None:
            return stacked(self.under, room, _STACK_GAP * self.task.scale, self.heights)
        placed, x = [], room.x
        for panel, cell in zip(self.under, cells, strict=True):
            placed.append(panel.place(Box(x, room.y, cell, room.h)))
            x += cell + GAP * self.task.scale
        return tuple(placed)

    def _stack(self, column: Box) -> tuple[Placed, ...] | None:
        return stacked(self.side, column, _STACK_GAP * self.task.scale, self.heights)

    def _score(self, block: Arrangement, placed: Iterable[Placed], ill: float) -> float:
        body, map_box = self.task.body, block.map_box
        whole = body.w * body.h
        used = map_box.w * (block.caption.bottom - map_box.y)
        used += sum(each.content.w * each.content.h for each in placed)
        part = map_box.w * map_box.h / whole
        uneven = _UNEVEN if self.under and map_box.x > body.x + 1.0 else 0.0
        return part - _EMPTY * max(1.0 - used / whole, 0.0) - _ILL * ill - uneven


def stacked(
    panels: Sequence[Panel],
    column: Box,
    gap: float,
    heights_of: Callable[[Panel, float], tuple[float, float]] | None = None,
) -> tuple[Placed, ...] | None:
    """Return panels one below the other, None where they do not fit.

    Those that grow take what is left; what remains then goes between them, a little.
    """
    asked = heights_of or (lambda panel, width: panel.heights(width))
    heights = [asked(panel, column.w) for panel in panels]
    spare = column.h - sum(least for least, _ in heights) - gap * (len(panels) - 1)
    if spare < -0.01:
        return None
    tall = []
    for least, best in heights:
        more = min(best - least, max(spare, 0.0))
        tall.append(least + more)
        spare -= more
    if len(panels) > 1:
        gap += min(max(spare, 0.0) / (len(panels) - 1), 1.6 * gap)
    placed, y = [], column.y
    for panel, high in zip(panels, tall, strict=True):
        placed.append(panel.place(Box(column.x, y, column.w, high)))
        y += high + gap
    return tuple(placed)
