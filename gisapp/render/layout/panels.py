"""What stands beside or under the map: legend, chart, table and small maps, each a panel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol

from gisapp.render.chart import NAMES_SHARE, best_height, least_height
from gisapp.render.fonts import OURS, FontFiles, width_of
from gisapp.render.layout.legend_rows import LegendBlock, LegendRow, LegendShape
from gisapp.render.picture import BarChart, PageTable
from gisapp.render.scene import Box
from gisapp.render.table import table_plan

_NARROWEST_CHART: Final = 200.0
_WIDEST_CHART: Final = 520.0
_ROOMY: Final = 0.3
_NARROWEST_TABLE: Final = 150.0
_TABLE_TEXT: Final = 10.0
#: Rows of a table that are shown at least, and where nothing else fits.
_LEAST_ROWS: Final = 12
_TIGHT_ROWS: Final = 3
_UNBOUND: Final = 4000.0
_BETWEEN: Final = 1.4  # of the text's size, between columns
_SMALL_MAP_GAP: Final = 10.0
#: Least and largest heights at scale 1 of a locator that stands alone and of an inset, how high
#: a locator is beside insets, and the height of the scale bar under a small map.
_LOCATOR: Final = (52.0, 84.0)
_INSET: Final = (76.0, 150.0)
LOCATOR_PART: Final = 0.62
SMALL_STRIP: Final = 13.0


@dataclass(frozen=True)
class Placed:
    """What a panel makes of its box: only what it holds is set.

    `content` is the part of the box that is filled; `inset_maps` are the boxes of small maps in
    their order.
    """

    content: Box
    block: LegendBlock | None = None
    chart: Box | None = None
    table: PageTable | None = None
    table_box: Box | None = None
    table_size: float = 0.0
    inset_maps: tuple[Box, ...] = ()

    @property
    def legend(self) -> tuple[LegendRow, ...]:
        """The rows of the legend in their places."""
        return () if self.block is None else self.block.at(self.content.x, self.content.y)


class Panel(Protocol):
    """A thing that fills a width with more or less height, all in points."""

    @property
    def narrowest(self) -> float:
        """The least width that it is read at."""

    @property
    def natural(self) -> tuple[float, ...]:
        """Widths at which it looks well."""

    def heights(self, width: float) -> tuple[float, float]:
        """Return the least height, and the one above which more is no better."""

    def cost(self, width: float) -> float:
        """Return how ill it reads at a width; 0 is well."""

    def place(self, box: Box) -> Placed:
        """Return what stands where in a box."""


@dataclass(frozen=True)
class LegendPanel:
    """The key of the map."""

    shape: LegendShape

    @property
    def narrowest(self) -> float:
        """Long words may be broken, but not every one."""
        return min(max(self.shape.natural), 96.0 * self.shape.text_scale)

    @property
    def natural(self) -> tuple[float, ...]:
        """One column and two."""
        widest = max(self.shape.natural)
        return widest, 2.0 * widest + self.shape.gap

    def heights(self, width: float) -> tuple[float, float]:
        """Return the height of the rows, twice."""
        high = self.shape.block(width).height
        return high, high

    def cost(self, width: float) -> float:
        """Return how much is wrapped or torn apart."""
        return self.shape.block(width).cost

    def place(self, box: Box) -> Placed:
        """Return the rows from the top left of the box."""
        block = self.shape.block(box.w)
        return Placed(Box(box.x, box.y, block.width, block.height), block)


@dataclass(frozen=True)
class ChartPanel:
    """A bar chart."""

    chart: BarChart
    scale: float
    fonts: FontFiles = OURS
    tight: bool = False

    @property
    def narrowest(self) -> float:
        """Names, bars and values side by side."""
        return _NARROWEST_CHART * self.scale

    @property
    def natural(self) -> tuple[float, ...]:
        """Where bars are long enough to be compared."""
        return (240.0 * self.scale, 280.0 * self.scale)

    def heights(self, width: float) -> tuple[float, float]:
        """Return the heights with the lowest and with handsome bars."""
        wide = min(width, _WIDEST_CHART * self.scale)
        least = least_height(self.chart, wide, self.scale, fonts=self.fonts)
        best = best_height(self.chart, wide, self.scale, fonts=self.fonts)
        # rows as low as they can be read are for pages that have no more room
        return (least if self.tight else least + _ROOMY * (best - least)), best

    def cost(self, width: float) -> float:
        """Return more where bars are short, and for each name that has to be wrapped."""
        names = NAMES_SHARE * min(width, _WIDEST_CHART * self.scale)
        cut = sum(wide > names for wide in self._names)
        return max(0.0, 1.0 - width / (230.0 * self.scale)) + 0.3 * cut

    @cached_property
    def _names(self) -> tuple[float, ...]:
        """The widths of the names of the bars."""
        size = 10.0 * self.scale
        return tuple(width_of(bar.label, size, fonts=self.fonts) for bar in self.chart.bars)

    def place(self, box: Box) -> Placed:
        """Return the chart at the top left, no wider than bars are read."""
        wide = min(box.w, _WIDEST_CHART * self.scale)
        chart = Box(box.x, box.y, wide, min(box.h, self.heights(box.w)[1]))
        return Placed(chart, chart=chart)


@dataclass(frozen=True)
class TablePanel:
    """A table; rows that do not fit are counted in its note."""

    table: PageTable
    text_scale: float
    fonts: FontFiles = OURS
    tight: bool = False

    @property
    def _size(self) -> float:
        return max(_TABLE_TEXT * self.text_scale, 6.0)

    @property
    def narrowest(self) -> float:
        """Wide enough for its words."""
        return min(self.natural[0], (_NARROWEST_TABLE + 30.0 * len(self.table.columns)) * 0.9)

    @cached_property
    def natural(self) -> tuple[float, ...]:
        """No cell wrapped."""
        plan = table_plan(self.table, _UNBOUND, self._size, self.fonts)
        return (sum(plan.widths) + _BETWEEN * self._size * (len(plan.widths) - 1),)

    def cut(self, rows: int) -> PageTable:
        """Return the table with its first rows alone, and how many are missing in its note."""
        missing = len(self.table.rows) - rows
        if missing <= 0:
            return self.table
        more = f"{missing} more row{'s are' if missing > 1 else ' is'} not shown."
        note = f"{self.table.note} {more}".strip()
        return replace(self.table, rows=self.table.rows[:rows], note=note)

    def _height(self, rows: int, width: float) -> float:
        return table_plan(self.cut(rows), width, self._size, self.fonts).height

    def heights(self, width: float) -> tuple[float, float]:
        """Return the heights of the first rows and of all."""
        rows = len(self.table.rows)
        least = min(rows, _TIGHT_ROWS if self.tight else _LEAST_ROWS)
        return self._height(least, width), self._height(rows, width)

    def cost(self, width: float) -> float:
        """Return how much narrower it is than it wants to be."""
        return max(0.0, 1.0 - width / self.natural[0])

    def place(self, box: Box) -> Placed:
        """Return as many rows as fit."""
        rows = len(self.table.rows)
        while rows > 1 and self._height(rows, box.w) > box.h + 0.01:
            rows -= 1
        shown = self.cut(rows)
        plan = table_plan(shown, box.w, self._size, self.fonts)
        at = Box(box.x, box.y, box.w, plan.height)
        content = Box(box.x, box.y, plan.width, plan.height)
        return Placed(content, table=shown, table_box=at, table_size=self._size)


@dataclass(frozen=True)
class SmallMapsPanel:
    """Locator and insets in rows; `aspects` are width by height, that of the locator first.

    The locator is lower than the insets, which are maps to be read.
    """

    aspects: tuple[float, ...]
    located: bool
    scale: float
    strip: bool = True

    @cached_property
    def _parts(self) -> tuple[float, ...]:
        """How high each is, as a part of the row's height."""
        alone = len(self.aspects) == 1
        return tuple(
            LOCATOR_PART if self.located and i == 0 and not alone else 1.0
            for i in range(len(self.aspects))
        )

    @property
    def _limits(self) -> tuple[float, float]:
        low, high = _LOCATOR if self.located and len(self.aspects) == 1 else _INSET
        return low * self.scale, high * self.scale

    @property
    def narrowest(self) -> float:
        """As wide as the widest one at its least height."""
        return max(self.aspects) * self._limits[0]

    @property
    def natural(self) -> tuple[float, ...]:
        """All in one row, and one below the other."""
        high = sum(self._limits) / 2.0
        widths = [a * part * high for a, part in zip(self.aspects, self._parts, strict=True)]
        return sum(widths) + self._gap * (len(widths) - 1), max(widths)

    @property
    def _gap(self) -> float:
        return _SMALL_MAP_GAP * self.scale

    @property
    def _under(self) -> float:
        return SMALL_STRIP * self.scale if self.strip else 0.0

    def _rows(self, width: float, high: float) -> list[Box] | None:
        """Return boxes in rows of a height from the origin, None where one is too wide."""
        boxes: list[Box] = []
        x = y = 0.0
        for aspect, part in zip(self.aspects, self._parts, strict=True):
            wide = aspect * part * high
            if wide > width + 0.01:
                return None
            if x and x + wide > width + 0.01:
                x, y = 0.0, y + high + self._under + self._gap
            boxes.append(Box(x, y, wide, part * high))
            x += wide + self._gap
        return boxes

    def _height(self, boxes: list[Box]) -> float:
        return max(box.bottom for box in boxes) + self._under

    def _largest(self, width: float, room: float) -> list[Box]:
        least, most = self._limits
        for step in range(9):
            boxes = self._rows(width, most + (least - most) * step / 8.0)
            if boxes is not None and self._height(boxes) <= room + 0.01:
                return boxes
        return boxes or self._rows(width, width / max(self.aspects)) or []

    def heights(self, width: float) -> tuple[float, float]:
        """Return the heights with the smallest and with the largest maps."""
        return (
            self._height(self._largest(width, 0.0)),
            self._height(self._largest(width, float("inf"))),
        )

    def cost(self, width: float) -> float:
        """Return how much narrower the widest map is than it may be."""
        most = max(self.aspects) * self._limits[1]
        return 1.5 * max(0.0, 1.0 - width / most)

    def place(self, box: Box) -> Placed:
        """Return the maps as large as the box allows."""
        boxes = self._largest(box.w, box.h)
        wide = max(each.right for each in boxes)
        maps = tuple(replace(each, x=each.x + box.x, y=each.y + box.y) for each in boxes)
        return Placed(Box(box.x, box.y, wide, self._height(boxes)), inset_maps=maps)
