"""Which layers of a file to open: a list to tick, with what each holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gisapp.gui.dialogs import column_of, put_buttons
from gisapp.gui.looks import GRID, Kind, Text, quiet_table, tick_sheet
from gisapp.model.numbers import whole

if TYPE_CHECKING:  # GDAL loads with the first file
    from gisapp.data.layer_list import LayerInfo

_FEW: Final = 3
_MOST_LINES: Final = 12
_TITLES: Final = ("Layer", "Features", "Geometry", "Columns")
_SHOWN: Final = 4


class LayerPicker(QDialog):
    """Asks which layers of a file to open; `chosen` is called with their names.

    Parameters
    ----------
    before
        The names that were ticked when such a file was opened last; None for the first time.
    """

    def __init__(
        self,
        title: str,
        listed: Sequence[LayerInfo],
        before: Sequence[str] | None,
        chosen: Callable[[tuple[str, ...]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = column_of(self, f"Layers of {title}", 640)
        column.setSpacing(GRID)
        self._listed, self._taken = listed, chosen
        placed = [info for info in listed if info.geometry_type != "None"]
        ticked = (
            set(before)
            if before is not None
            else {info.name for info in placed if len(placed) <= _FEW}
        )
        said = f"{title} holds {len(listed)} layers. Which ones do you want?"
        column.addWidget(Text(Kind.HEADING, said))
        self.table = QTableWidget(len(listed), len(_TITLES), self)
        self.table.setAccessibleName("Layers of the file")
        self.table.setHorizontalHeaderLabels(list(_TITLES))
        quiet_table(self.table)
        self.table.setStyleSheet(tick_sheet(self).replace("QListView", "QTableView"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        head = self.table.horizontalHeader()
        head.setSectionsClickable(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        mode = QHeaderView.ResizeMode
        for index, kind in enumerate(
            (mode.Stretch, mode.ResizeToContents, mode.ResizeToContents, mode.Stretch)
        ):
            head.setSectionResizeMode(index, kind)
        for row, info in enumerate(listed):
            self._fill(row, info, ticked=info.name in ticked)
        self.table.setColumnHidden(1, all(info.features is None for info in listed))
        line = self.table.verticalHeader().defaultSectionSize()
        lines = min(max(len(listed), 3), _MOST_LINES)
        self.table.setFixedHeight(head.sizeHint().height() + lines * line + GRID)
        self.table.itemChanged.connect(lambda _item: self._show())
        self.table.cellDoubleClicked.connect(self._turn)
        column.addWidget(self.table)
        row_of_all = QHBoxLayout()
        row_of_all.setSpacing(GRID // 2)
        for text, on in (("Tick all", True), ("Tick none", False)):
            button = QPushButton(text)
            button.setObjectName("quiet")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, state=on: self.tick(all_of=state))
            row_of_all.addWidget(button)
        row_of_all.addStretch(1)
        column.addLayout(row_of_all)
        self.open_button = put_buttons(self, column, "Open")
        self._show()

    @property
    def ticked(self) -> tuple[str, ...]:
        """The names that are ticked, in the file's order."""
        on = Qt.CheckState.Checked
        return tuple(
            info.name
            for row, info in enumerate(self._listed)
            if (item := self.table.item(row, 0)) is not None and item.checkState() is on
        )

    def tick(self, *, all_of: bool) -> None:
        """Tick every layer, or none."""
        for row in range(self.table.rowCount()):
            self._set(row, on=all_of)

    def accept(self) -> None:
        """Open what is ticked."""
        names = self.ticked
        super().accept()
        self._taken(names)

    def _fill(self, row: int, info: LayerInfo, *, ticked: bool) -> None:
        where = f"{info.name}  ({info.title})" if "/" in info.title else info.name
        columns = ", ".join(info.fields[:_SHOWN]) + (", \u2026" * (len(info.fields) > _SHOWN))
        count = "" if info.features is None else whole(info.features)
        kind = "no places" if info.geometry_type == "None" else info.geometry_type
        for index, text in enumerate((where, count, kind, columns)):
            item = QTableWidgetItem(text)
            item.setToolTip(", ".join(info.fields) if index == len(_TITLES) - 1 else text)
            if index == 0:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            else:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            if index == 1:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, index, item)

    def _turn(self, row: int, _column: int) -> None:
        item = self.table.item(row, 0)
        if item is not None:
            self._set(row, on=item.checkState() is Qt.CheckState.Unchecked)

    def _set(self, row: int, *, on: bool) -> None:
        item = self.table.item(row, 0)
        if item is not None:
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _show(self) -> None:
        self.open_button.setEnabled(bool(self.ticked))
