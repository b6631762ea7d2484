"""What an export writes and where: one list of formats and a file; the rest is on the page."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from gisapp.gui.dialogs import column_of, put_buttons
from gisapp.gui.looks import GRID, Kind, Text
from gisapp.gui.memory import Memory
from gisapp.gui.popup import CHOICE, Choice, TwoLines
from gisapp.workspace.file_names import suggested_name
from gisapp.workspace.formats import DATA_SUFFIXES
from gisapp.workspace.session import Session

FORMATS: Final = (
    Choice("PowerPoint slide", ".pptx", detail="Every country, point and word can be edited."),
    Choice("PDF", ".pdf", detail="Sharp at any size with its fonts inside, for print and mail."),
    Choice("PNG picture", ".png", detail="For documents, mail and the web."),
    Choice("SVG drawing", ".svg", detail="For designers; text stays text."),
    Choice("Web page", ".html", detail="One file that opens offline: layers, search, sources."),
    Choice("Data as GeoPackage", ".gpkg", detail="What the filter shows, for any GIS."),
    Choice("Result as CSV table", ".csv", detail="The figures with their sources, for a sheet."),
)
_TALL: Final = 5


@dataclass(frozen=True)
class Further:
    """Ways on from the dialog: the page, one layer."""

    page: Callable[[], None]
    layer: Callable[[], None]


class ExportDialog(QDialog):
    """Format and file of an export; what the page shows is what comes out.

    Parameters
    ----------
    exported
        Called with the path of the file that is being written.
    """

    def __init__(
        self,
        session: Session,
        memory: Memory,
        exported: Callable[[Path], None],
        further: Further,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = column_of(self, "Export", 520)
        self._session, self._memory, self._exported = session, memory, exported
        self._agreed: Path | None = None
        self.formats = QListWidget()
        self.formats.setAccessibleName("Format")
        self.formats.setItemDelegate(TwoLines(self.formats))
        self.formats.setMinimumHeight(_TALL * 5 * GRID)
        for choice in FORMATS:
            item = QListWidgetItem(choice.title, self.formats)
            item.setData(CHOICE, choice)
            spoken = f"{choice.title}: {choice.detail}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        column.addWidget(self.formats, 1)
        self.path = QLineEdit()
        self.path.setAccessibleName("File")
        browse = QPushButton("Browse\u2026")
        browse.setToolTip("Choose where the file goes")
        browse.clicked.connect(self._browse)
        browse.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        column.addLayout(row)
        self.note = Text(Kind.NOTE)
        column.addWidget(self.note)
        ways = QHBoxLayout()
        ways.setSpacing(GRID)
        for title, tip, go in (
            ("Look at the page", "See and change what the file will show", further.page),
            ("One layer\u2026", "Save one layer in any format", further.layer),
        ):
            ways.addWidget(self._way(title, tip, go))
        ways.addStretch(1)
        column.addLayout(ways)
        self.export = put_buttons(self, column, "Export")
        self.formats.currentRowChanged.connect(lambda _row: self._show())
        self.path.textChanged.connect(lambda _text: self._check())
        folder = Path(memory.export_folder())
        self.path.setText(str(folder / f"{suggested_name(session.state, session.facts)}.pptx"))
        self.choose(memory.settings.export_format)

    def sizeHint(self) -> QSize:
        """Return a size that shows every format."""
        rows = self.formats.count() * (self.formats.sizeHintForRow(0) + 2)
        return QSize(520, rows + 27 * GRID)

    @property
    def suffix(self) -> str:
        """The ending of the format that is chosen."""
        item = self.formats.currentItem()
        return str(item.data(CHOICE).value) if item is not None else FORMATS[0].value

    def choose(self, suffix: str) -> None:
        """Choose a format by its ending."""
        known = [choice.value for choice in FORMATS]
        self.formats.setCurrentRow(known.index(suffix) if suffix in known else 0)

    def accept(self) -> None:
        """Start the export and close; how it goes is told by the window."""
        path = self._target()
        fault = _fault(path)
        if fault:
            self._check()
            self.path.setFocus()
            return
        self._memory.exported(path)
        self._exported(path)
        command = "data.export" if path.suffix in DATA_SUFFIXES else "map.export"
        self._session.run(command, path=path)
        super().accept()

    def _target(self) -> Path:
        path = Path(self.path.text().strip()).expanduser()
        return path if path.suffix.lower() == self.suffix else Path(f"{path}{self.suffix}")

    def _way(self, title: str, tip: str, go: Callable[[], None]) -> QPushButton:
        button = QPushButton(title)
        button.setObjectName("quiet")
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(self.reject)
        button.clicked.connect(lambda _on=False: go())
        return button

    def _show(self) -> None:
        path = Path(self.path.text())
        if path.name:
            known = path.suffix.lower() in {choice.value for choice in FORMATS}
            name = path.stem if known else path.name
            self.path.setText(str(path.with_name(f"{name}{self.suffix}")))
        self._check()

    def _check(self) -> None:
        """Say what stands in the way, or what is replaced."""
        path = self._target()
        fault = _fault(path)
        replaces = not fault and path.exists() and path != self._agreed
        self.note.set_kind(Kind.WARNING if fault or replaces else Kind.NOTE)
        if fault:
            self.note.setText(fault)
        elif replaces:
            self.note.setText(f"{path.name} is there already and will be replaced.")
        elif self.suffix in DATA_SUFFIXES:
            self.note.setText("What the filter shows, with sources and dates of every row.")
        else:
            self.note.setText("What comes out is what Page shows.")
        self.export.setEnabled(not fault)
        self.export.setText("Replace" if replaces else "Export")

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Export to", str(self._target()), f"*{self.suffix}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.suffix.removeprefix("."))
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, name: str) -> None:
        self._agreed = Path(name)  # the file dialog has asked already
        self.path.setText(name)


def _fault(path: Path) -> str:
    """Return why no file can be written there, "" if one can."""
    if not path.stem or path.name.startswith("."):
        return "Give the file a name."
    if not path.parent.is_dir():
        return f"There is no folder {path.parent}."
    if path.is_dir():
        return f"{path.name} is a folder."
    if not os.access(path.parent, os.W_OK):
        return f"Nothing can be written to {path.parent}. Choose another folder."
    return ""
