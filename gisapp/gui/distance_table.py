"""The table of distances: one line for each deposit, its way and its doubts in the tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import qtawesome
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QWidget,
)

from gisapp.analysis.network.journey import Measure
from gisapp.gui.column_model import ColumnModel, sorted_rows
from gisapp.gui.looks import colors_of, quiet_table
from gisapp.model.numbers import NO_BREAK, kilometres, rounded, whole

if TYPE_CHECKING:  # pandas loads with the first answer, not before
    from gisapp.analysis.distance import DistanceResult

_TABLE_LINES: Final = 12


class DistanceTable(QTableView):
    """Deposit, plant, value and penalty; sorted by a click on a heading."""

    chosen = Signal(str, int)

    def __init__(self, result: DistanceResult, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows, query = result.rows, result.query
        # plants at one distance are one line
        again = rows.duplicated(["deposit_id", "rank"]).to_numpy()
        kept = np.flatnonzero(~again)
        self._where = [result.deposit_rows[i] for i in kept.tolist()]
        shown = rows.iloc[kept]
        unit = query.ranked_by
        value = "distance_km" if unit is Measure.KM else unit.value
        columns = {
            "deposit_name": shown["deposit_name"].to_numpy(dtype=object),
            "plant_name": _plants(rows, kept),
            value: shown[value].to_numpy(dtype=np.float64),
        }
        if query.restricted:
            name = f"penalty_{unit.value}"
            columns[name] = shown[name].to_numpy(dtype=np.float64)
        self.lines = _Lines(shown, query.routed, self)
        form = _bare_km if unit is Measure.KM else _bare
        self.lines.show_columns(
            columns,
            len(shown),
            titles=_TITLES,
            formats={name: form for name in columns if name not in ("deposit_name", "plant_name")},
        )
        self.setModel(self.lines)
        self._dress()
        self._sort_by(2)
        self.activated.connect(self._choose)

    def copy(self) -> None:
        """Put the table on the clipboard."""
        QGuiApplication.clipboard().setText(self.lines.as_text())

    def minimumSizeHint(self) -> QSize:
        """Return a height of a few lines."""
        return QSize(1, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """Return the height of the lines, at most twelve."""
        line = self.verticalHeader().defaultSectionSize()
        lines = min(self.lines.rowCount(), _TABLE_LINES)
        return QSize(280, self.horizontalHeader().sizeHint().height() + lines * line + 4)

    def _dress(self) -> None:
        quiet_table(self)
        self.setAccessibleName("Nearest plant of each deposit")
        self.setIconSize(QSize(14, 14))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(32)
        header.sectionClicked.connect(self._sort_by)
        for i in range(self.lines.columnCount()):
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(i, mode.Stretch if i < 2 else mode.ResizeToContents)

    def _sort_by(self, column: int) -> None:
        descending = self.lines.sorted_by == (column, False)
        self.lines.sorted_by = (column, descending)
        rows = np.arange(self.lines.rowCount(), dtype=np.int64)
        self.lines.show_rows(sorted_rows(self.lines.column(column), rows, descending=descending))

    def _choose(self, index: QModelIndex) -> None:
        layer, row = self._where[int(self.lines.order[index.row()])]
        self.chosen.emit(layer, row)


class _Lines(ColumnModel):
    """The lines of the table; fragile ones wear a sign, and each tells its way by the tooltip."""

    def __init__(self, rows: Any, routed: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._told = [_tip(row, routed=routed) for row in rows.to_dict("records")]
        self._fragile = (rows["fragile"] != "").to_numpy()
        self._sign = qtawesome.icon("mdi6.alert-outline", color=colors_of(parent).leader)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return what a cell shows; the sign stands before the plant."""
        row = int(self.order[index.row()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._told[row]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 1 and self._fragile[row]:
            return self._sign
        return super().data(index, role)


def _plants(rows: Any, kept: Any) -> Any:
    """Return the plant of each line with how many are at the same distance, or why none is."""
    sizes = rows.groupby(["deposit_id", "rank"], sort=False)["plant_id"].transform("size")
    names = rows["plant_name"].to_numpy(dtype=object)
    reasons = rows["reason"].to_numpy(dtype=object)
    found = np.empty(len(kept), dtype=object)
    for line, row in enumerate(kept.tolist()):
        more = int(sizes.iat[row]) - 1
        found[line] = names[row] or f"no plant: {reasons[row]}"
        if more:
            found[line] = f"{names[row]} and {more} more"
    return found


def _tip(row: dict[Any, Any], *, routed: bool) -> str:
    """Return the way in words: what is shipped, how far, past what, and what would be next."""
    if row["status"] != "ok":
        return f"{row['deposit_name']}: {row['reason']}."
    ships = f" ships {row['ships']}" if row["ships"] else ""
    lines = [f"{row['deposit_name']}{ships}", f"to {row['plant_name']}: {_figures(row, routed)}"]
    if row["passages"]:
        lines.append(f"past {row['passages'].replace(';', ', ').replace('-', ' ')}")
    if row["runner_up_id"]:
        extra = kilometres(row["extra_km"])
        lines.append(f"If it closes: {row['runner_up_name']}, {extra} farther")
    if "error" in row["fragile"]:
        lines.append(
            "Which of the two is nearer cannot be told: distances may be off by "
            f"{kilometres(row['error_km'])}"
        )
    if "no other plant" in row["fragile"]:
        lines.append("No other plant counts for this deposit")
    return "\n".join(lines)


def _figures(row: dict[Any, Any], routed: bool) -> str:
    parts = [kilometres(row["distance_km"])]
    if routed:
        parts += [amount(row[m.value], m) for m in (Measure.DAYS, Measure.USD, Measure.CO2)]
    return ", ".join(parts)


_TITLES: Final = {
    "deposit_name": "Deposit",
    "plant_name": "Plant",
    "distance_km": "km",
    "days": "days",
    "usd_t": "USD/t",
    "kg_co2_t": "kg/t",
    # more than without the restriction
    "penalty_km": "+ km",
    "penalty_days": "+ days",
    "penalty_usd_t": "+ USD/t",
    "penalty_kg_co2_t": "+ kg/t",
}


def _bare_km(value: float) -> str:
    return kilometres(value).removesuffix(f"{NO_BREAK}km")


def _bare(value: float) -> str:
    if not np.isfinite(value):
        return "\N{EN DASH}"
    return whole(value) if abs(value) >= 99.95 else f"{value:.1f}"


def amount(value: float, unit: Measure) -> str:
    """Return a value with its unit."""
    if unit is Measure.KM:
        return kilometres(value)
    return f"{rounded(value)}{NO_BREAK}{unit.unit}"
