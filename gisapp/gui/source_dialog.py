"""Layers from a database or a service of the web: address, what is there, what of it to add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)
from shiboken6 import isValid

from gisapp.gui.dialogs import column_of
from gisapp.gui.looks import GRID, Kind, Text, quiet_table, tick_sheet
from gisapp.gui.memory import Memory
from gisapp.model.feedback import GisappError
from gisapp.model.numbers import whole
from gisapp.model.reading import Bounds
from gisapp.workspace.session import Session
from gisapp.workspace.source_commands import (
    Listed,
    map_box,
    needs_online,
    offered,
    safe_text,
    with_password,
)

_PURPOSE: Final = "source.list"
_TITLES: Final = ("Layer", "Features", "Geometry", "CRS")
_FILES: Final = "Databases (*.duckdb *.db *.sqlite *.gpkg);;All files (*)"


@dataclass(frozen=True)
class _Sort:
    """One kind of source, and how its address looks."""

    title: str
    example: str
    has_user: bool = False
    is_file: bool = False


_SORTS: Final = (
    _Sort("PostGIS database", "postgresql://user@host:5432/database", has_user=True),
    _Sort("DuckDB or SpatiaLite file", "a file on this computer", is_file=True),
    _Sort("Web Feature Service (WFS)", "https://host/geoserver/wfs", has_user=True),
    _Sort(
        "ArcGIS feature service",
        "https://host/arcgis/rest/services/name/FeatureServer",
        has_user=True,
    ),
)


class SourceDialog(QDialog):
    """Lists what an address offers and adds what is chosen; it blocks nothing while it works.

    Parameters
    ----------
    view
        West, south, east, north that the map shows now, degrees; None if it shows nothing yet.
    """

    def __init__(
        self, session: Session, memory: Memory, view: Bounds | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = column_of(self, "Add from a database or service", 680)
        self._session, self._memory, self._box = session, memory, map_box(view)
        self._listed: tuple[Listed, ...] = ()
        self.sort = QComboBox()
        self.sort.setAccessibleName("Kind of source")
        for sort in _SORTS:
            self.sort.addItem(sort.title, sort)
        self.address = QComboBox()
        self.line = QLineEdit()
        self.address.setLineEdit(self.line)
        self.address.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.address.setAccessibleName("Address")
        self.address.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.browse = QPushButton("Browse…")
        self.browse.setToolTip("Choose a file")
        self.browse.clicked.connect(self._browse)
        self.look = QPushButton("List layers")
        self.look.setToolTip("Ask the address what it offers")
        self.look.clicked.connect(self.list_layers)
        where = QHBoxLayout()
        where.setSpacing(GRID)
        where.addWidget(self.address, 1)
        where.addWidget(self.browse)
        where.addWidget(self.look)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName("Password")
        self.password.setPlaceholderText("Asked for each time and kept nowhere")
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.form.setHorizontalSpacing(2 * GRID)
        self.form.setVerticalSpacing(GRID)
        self.form.addRow("Kind", self.sort)
        self.form.addRow("Address", where)
        self.form.addRow("Password", self.password)
        column.addLayout(self.form)
        self.online = QCheckBox("Let gisapp go online to the services that I ask for")
        self.online.setChecked(memory.settings.online)
        self.online.setToolTip("Off, nothing leaves this computer. It is remembered.")
        column.addWidget(self.online)
        self.table = QTableWidget(0, len(_TITLES), self)
        self.table.setAccessibleName("Layers on offer")
        self.table.setHorizontalHeaderLabels(list(_TITLES))
        quiet_table(self.table)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setMinimumHeight(24 * GRID)
        head = self.table.horizontalHeader()
        head.setSectionsClickable(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setMinimumSectionSize(12 * GRID)
        for index in range(len(_TITLES)):
            stretch = QHeaderView.ResizeMode.Stretch
            fitting = QHeaderView.ResizeMode.ResizeToContents
            head.setSectionResizeMode(index, fitting if index else stretch)
        self.table.itemSelectionChanged.connect(self._show)
        self.table.doubleClicked.connect(self._add_one)
        column.addWidget(self.table, 1)
        self.part = QCheckBox("Only what the map shows")
        column.addWidget(self.part)
        self.note = Text(Kind.NOTE)
        column.addWidget(self.note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add = buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        for sheet in (self.online, self.part):
            sheet.setStyleSheet(tick_sheet(self))
        for field in (self.browse, self.look):
            field.setAutoDefault(False)
        self.sort.currentIndexChanged.connect(self._change_sort)
        self.address.editTextChanged.connect(self._forget_list)
        self.line.returnPressed.connect(self.list_layers)
        self.password.returnPressed.connect(self.list_layers)
        self.finished.connect(lambda _result: session.jobs.cancel(_PURPOSE))
        self._change_sort()
        self.address.setFocus()

    def ask(self, address: str) -> None:
        """Take an address, and list at once what it offers."""
        self.sort.setCurrentIndex(next(i for i, sort in enumerate(_SORTS) if _is_of(address, sort)))
        self.address.setEditText(address)
        self.list_layers()

    def list_layers(self) -> None:
        """Ask the address what it offers; the table fills when the answer comes."""
        place = self._place()
        if not place:
            self._say("Type an address first.", Kind.WARNING)
            self.address.setFocus()
            return
        self._remember_switch()
        online = self.online.isChecked()
        self._forget_list()
        self._say(f"Asking {safe_text(place)}…")
        self.look.setEnabled(False)
        self._session.jobs.start(
            _PURPOSE,
            "Listing layers",
            lambda feedback: offered(place, online=online, feedback=feedback),
            self._fill,
            self._refuse,
        )

    def accept(self) -> None:
        """Add the chosen layers and close; how it goes is told by the window."""
        layers = self._chosen()
        if not layers:
            if not self._listed:
                self.list_layers()
            return
        self._remember_switch()
        place = self._place()
        self._memory.keep(sources=self._memory.settings.with_source(safe_text(place)).sources)
        self._session.run(
            "layer.add_source",
            address=place,
            layers=layers,
            bounds=self._box if self.part.isChecked() else None,
            online=self.online.isChecked(),
        )
        super().accept()

    def _place(self) -> str:
        text = self.address.currentText().strip()
        return with_password(text, self.password.text()) if self._sort().has_user else text

    def _sort(self) -> _Sort:
        sort: _Sort = self.sort.currentData()
        return sort

    def _chosen(self) -> tuple[str, ...]:
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        return tuple(self._listed[row].layer for row in rows if not self._listed[row].refused)

    def _change_sort(self) -> None:
        sort = self._sort()
        self.browse.setVisible(sort.is_file)
        self.form.setRowVisible(self.password, sort.has_user)
        self.online.setVisible(sort.title.startswith(("Web", "ArcGIS")))
        self.address.clear()
        self.address.addItems([s for s in self._memory.settings.sources if _is_of(s, sort)])
        self.address.setCurrentIndex(-1)
        self.line.setPlaceholderText(sort.example)
        self._forget_list()

    def _forget_list(self) -> None:
        self._session.jobs.cancel(_PURPOSE)
        self.look.setEnabled(True)
        self._listed = ()
        self.table.setRowCount(0)
        self._say("")
        self._show()

    def _fill(self, listed: tuple[Listed, ...]) -> None:
        if not isValid(self):
            return
        self._listed = listed
        self.look.setEnabled(True)
        self.table.setRowCount(len(listed))
        for row, each in enumerate(listed):
            about = "" if each.count is None else whole(each.count)
            texts = (
                each.layer if each.title in each.layer else f"{each.title} ({each.layer})",
                f"about {about}" if about and each.estimated else about,
                each.geometry_type,
                each.crs,
            )
            for index, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if index == 1:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                if each.refused:
                    item.setFlags(Qt.ItemFlag.NoItemFlags)
                    item.setToolTip(each.refused)
                self.table.setItem(row, index, item)
        usable = [row for row, each in enumerate(listed) if not each.refused]
        if not usable:
            self._say("Nothing there can be read.", Kind.WARNING)
        else:
            more = " Choose one or several." if len(listed) > 1 else ""
            self._say(f"{len(listed)} layer{'s' if len(listed) > 1 else ''} on offer.{more}")
        if len(usable) == 1:
            self.table.selectRow(usable[0])
        self._show()

    def _refuse(self, error: Exception) -> None:
        if not isValid(self):
            return
        self.look.setEnabled(True)
        if isinstance(error, GisappError):
            offline = error.code == "offline"
            said = f"{error.message} Tick the box above to let it." if offline else str(error)
            self._say(said, Kind.WARNING)
            if error.code == "wrong_password":
                self.password.setFocus()
        else:
            self._say("This did not work; the log has the details.", Kind.WARNING)
            self._session.report_error(error)

    def _show(self) -> None:
        self.add.setEnabled(bool(self._chosen()))
        self.part.setEnabled(self._box is not None)
        if self._box is None:
            self.part.setToolTip("The map shows the whole world.")
            self.part.setChecked(False)
        else:
            self.part.setToolTip("The database or service is asked for this part alone.")

    def _say(self, text: str, kind: Kind = Kind.NOTE) -> None:
        self.note.set_kind(kind)
        self.note.setText(text)

    def _remember_switch(self) -> None:
        self._memory.keep(online=self.online.isChecked())

    def _add_one(self) -> None:
        if self._chosen():
            self.accept()

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Choose a database file", self._memory.folder(), _FILES)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.address.setEditText)
        dialog.fileSelected.connect(lambda _name: self.list_layers())
        dialog.open()


def _is_of(address: str, sort: _Sort) -> bool:
    """Tell whether a remembered address is of a kind."""
    if "://" not in address:
        return sort.is_file
    if not needs_online(address):
        return sort.title.startswith("PostGIS")
    arcgis = any(f"/{word}server" in address.lower() for word in ("feature", "map"))
    return sort.title.startswith("ArcGIS" if arcgis else "Web")
