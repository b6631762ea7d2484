"""The members of an alliance as a table that can be changed: role, first and last day."""

from __future__ import annotations

from datetime import date
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gisapp.gui.looks import GRID, IconButton, quiet_table
from gisapp.model.alliance import MemberRole, Membership, partial_date
from gisapp.model.own_alliance import EU

_COLUMNS: Final = ("Member", "Role", "From", "Until", "")
_MEMBER, _ROLE, _FROM, _UNTIL, _REMOVE = range(5)
_CODE: Final = Qt.ItemDataRole.UserRole
_DAY_TIP: Final = "A day, month or year: 2024-06-01, 2024-06 or 2024; empty: {empty}"


class MemberTable(QTableWidget):
    """One row a membership. `edited` says that something was changed."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self.setAccessibleName("Members")
        self.setHorizontalHeaderLabels(list(_COLUMNS))
        quiet_table(self)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.verticalHeader().setDefaultSectionSize(4 * GRID)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(_MEMBER, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_ROLE, 14), (_FROM, 14), (_UNTIL, 14), (_REMOVE, 4)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, width * GRID)
        self._sources: dict[str, str] = {}

    def show_members(self, members: tuple[Membership, ...], names: dict[str, str]) -> None:
        """Show these memberships.

        Parameters
        ----------
        names
            What to call a code.
        """
        self.setRowCount(0)
        for member in members:
            self.add(member, names.get(member.member, member.member))

    def add(self, member: Membership, name: str) -> None:
        """Add a row at the end."""
        row = self.rowCount()
        self.insertRow(row)
        item = QTableWidgetItem(name)
        item.setData(_CODE, member.member)
        whole = "Its states of the day. " if member.member == EU else ""
        item.setToolTip(f"{member.member}. {whole}Source: {member.source or 'none given'}")
        self._sources[member.member] = member.source
        self.setItem(row, _MEMBER, item)
        role = QComboBox()
        role.setAccessibleName(f"Role of {name}")
        for value in MemberRole:
            role.addItem(value.value, value)
        role.setCurrentIndex(role.findData(member.role))
        role.setToolTip("Only members count; others are noted")
        role.currentIndexChanged.connect(self.edited)
        self.setCellWidget(row, _ROLE, role)
        for column, day, empty in (
            (_FROM, member.start, "since ever"),
            (_UNTIL, member.end, "until today"),
        ):
            line = QLineEdit("" if day is None else day.isoformat())
            line.setPlaceholderText(empty)
            line.setAccessibleName(f"{_COLUMNS[column]}: {name}")
            line.setToolTip(_DAY_TIP.format(empty=empty))
            line.textEdited.connect(self.edited)
            self.setCellWidget(row, column, line)
        remove = IconButton("mdi6.close", f"Remove {name}", self)
        remove.clicked.connect(lambda: self._remove(remove))
        self.setCellWidget(row, _REMOVE, remove)

    def codes(self) -> list[str]:
        """Return who stands in the table."""
        return [str(self._item(row).data(_CODE)) for row in range(self.rowCount())]

    def members(self, alliance: str) -> tuple[Membership, ...]:
        """Return the memberships; raises `ValueError` with a sentence where a day is none."""
        found = []
        for row in range(self.rowCount()):
            item = self._item(row)
            code = str(item.data(_CODE))
            role = self.cellWidget(row, _ROLE)
            assert isinstance(role, QComboBox)
            days = (self._day(row, _FROM, item.text()), self._day(row, _UNTIL, item.text()))
            kind = MemberRole(role.currentData())
            found.append(Membership(alliance, code, kind, *days, self._sources.get(code, "")))
        return tuple(found)

    def _item(self, row: int) -> QTableWidgetItem:
        item = self.item(row, _MEMBER)
        assert item is not None
        return item

    def _day(self, row: int, column: int, name: str) -> date | None:
        line = self.cellWidget(row, column)
        assert isinstance(line, QLineEdit)
        text = line.text().strip()
        try:
            return partial_date(text)
        except ValueError:
            raise ValueError(f'{name}: "{text}" is no day as 2026-11-22.') from None

    def _remove(self, button: QWidget) -> None:
        for row in range(self.rowCount()):
            if self.cellWidget(row, _REMOVE) is button:
                self.removeRow(row)
                self.edited.emit()
                return
