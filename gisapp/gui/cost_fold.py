"""What transport costs: the table behind days, dollars and emissions, to read and to change."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from gisapp.analysis.network.coefficients import BUILT_IN, Coefficient
from gisapp.gui.fold import Fold
from gisapp.gui.looks import GRID, Kind, LinkButton, Text
from gisapp.gui.results_pages import Suggestion
from gisapp.gui.value_box import ValueBox
from gisapp.workspace.costs import Costs, cost_table, shipped_costs

_WORDS: Final = (
    "Days, dollars and emissions of every way rest on this table. Point at a row for its range and "
    "source; rows that no publication stands behind are marked as assumed."
)


class CostFold(Fold):
    """The rows of the table; `asked` carries a `Suggestion` with the command to run."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What transport costs", parent=parent)
        self.boxes: dict[str, ValueBox] = {}
        self._own: Costs = ()
        self.reset = LinkButton("Take the table's values again", Kind.NOTE)
        self.reset.clicked.connect(lambda: self.asked.emit(Suggestion("", "costs.reset", {})))
        self.opened.connect(self._fill)

    def follow(self, own: Costs) -> None:
        """Show the table with values of one's own."""
        self._own = own
        if self.boxes:
            self._show()

    def _fill(self) -> None:
        """Make the rows when they are first wanted: there are many, and few look."""
        if self.boxes:
            return
        self.content.addWidget(Text(Kind.CAPTION, _WORDS))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 4)
        grid.setColumnStretch(0, 1)
        rows = [row for row in shipped_costs().rows if row.id not in BUILT_IN]
        for i, row in enumerate(rows):
            name = Text(Kind.NOTE, row.title)
            unit = Text(Kind.CAPTION, f"{row.unit}, assumed" if row.assumed else row.unit)
            box = ValueBox(row.title, row.value, partial(self._set, row.id), step=_step(row))
            for widget in (name, unit, box):
                widget.setToolTip(_tip(row))
            self.boxes[row.id] = box
            grid.addWidget(name, 2 * i, 0, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(unit, 2 * i + 1, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(box, 2 * i, 1, 2, 1)
        self.content.addLayout(grid)
        self.content.addWidget(self.reset)
        self._show()

    def _show(self) -> None:
        table = cost_table(self._own)
        for cost_id, box in self.boxes.items():
            box.show_value(table[cost_id])
        self.reset.setVisible(bool(table.own))

    def _set(self, cost_id: str, value: float) -> None:
        self.asked.emit(Suggestion("", "costs.set", {"cost_id": cost_id, "value": value}))


def _step(row: Coefficient) -> float:
    """Return a tenth of the value, rounded to a power of ten."""
    size = row.value or row.high or 1.0
    return float(10.0 ** (math.floor(math.log10(size)) - 1))


def _tip(row: Coefficient) -> str:
    usual = f"{row.low:g} to {row.high:g}, by the table {row.value:g} ({row.unit})"
    return "\n".join(text for text in (usual, row.source, row.note) if text)
