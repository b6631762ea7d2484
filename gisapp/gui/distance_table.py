"""The table of distances: one line for each deposit, its way and its doubts in the tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import qtawesome
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from gisapp.analysis.network.journey import Measure
from gisapp.gui.column_model import ColumnModel, Index, Rows, sorted_rows
from gisapp.gui.looks import colors_of
from gisapp.gui.result_table import ResultTable
from gisapp.model.features import Column
from gisapp.model.numbers import NO_BREAK, kilometres, rounded, whole

if TYPE_CHECKING:  # pandas loads with the first answer, not before
    import pandas as pd

    from gisapp.analysis.distance import DistanceResult

_TABLE_LINES: Final = 12


class DistanceTable(ResultTable):
    """Deposit, plant, value and penalty; sorted by a click on a heading."""

    def __init__(self, result: DistanceResult, parent: QWidget | None = None) -> None:
        rows, query = result.rows, result.query
        # plants at one distance are one line
        kept = np.flatnonzero(~rows.duplicated(["deposit_id", "rank"]).to_numpy())
        shown = rows.iloc[kept]
        super().__init__(
            "Nearest plant of each deposit",
            lambda table: _Lines(shown, table, routed=query.routed),
            most=_TABLE_LINES,
            parent=parent,
        )
        unit = query.ranked_by
        value = "distance_km" if unit is Measure.KM else unit.value
        figures = [value, f"penalty_{unit.value}"] if query.restricted else [value]
        self.show_lines(
            {
                "deposit_name": shown["deposit_name"].to_numpy(dtype=object),
                "plant_name": _plants(rows, kept),
                **{name: shown[name].to_numpy(dtype=np.float64) for name in figures},
            },
            titles=_TITLES,
            formats=dict.fromkeys(figures, _bare_km if unit is Measure.KM else _bare),
            wide=2,
            site_of=lambda row: result.deposit_rows[kept[row]],
        )
        self.setIconSize(QSize(14, 14))
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort_by)
        self._sort_by(2)

    def _sort_by(self, column: int) -> None:
        descending = self.lines.sorted_by == (column, False)
        self.lines.sorted_by = (column, descending)
        rows = np.arange(self.lines.rowCount(), dtype=np.int64)
        self.lines.show_rows(sorted_rows(self.lines.column(column), rows, descending=descending))


class _Lines(ColumnModel):
    """The lines of the table; fragile ones wear a sign, and each tells its way by the tooltip."""

    def __init__(self, rows: pd.DataFrame, parent: QWidget, *, routed: bool) -> None:
        super().__init__(parent)
        self._rows, self._routed = rows, routed
        self._fragile = (rows["fragile"] != "").to_numpy()
        self._sign = qtawesome.icon("mdi6.alert-outline", color=colors_of(parent).leader)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; the sign stands before the plant."""
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self._rows.iloc[int(self.order[index.row()])]
            return _tip(row.to_dict(), routed=self._routed)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 1:
            return self._sign if self._fragile[self.order[index.row()]] else None
        return super().data(index, role)


def _plants(rows: pd.DataFrame, kept: Rows) -> Column:
    """Return the plant of each line with how many are at the same distance, or why none is."""
    sizes = rows.groupby(["deposit_id", "rank"], sort=False)["plant_id"].transform("size")
    names = rows["plant_name"].to_numpy(dtype=object)[kept]
    reasons = rows["reason"].to_numpy(dtype=object)[kept]
    more = sizes.to_numpy()[kept] - 1
    found = np.where(names == "", "no plant: " + reasons, names)
    shared = more > 0
    found[shared] = [
        f"{name} and {count} more" for name, count in zip(names[shared], more[shared], strict=True)
    ]
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
