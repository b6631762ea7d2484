"""What an export writes and where: one list of formats and a file; the rest is on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from gisapp.gui.dialogs import column_of, put_buttons
from gisapp.gui.file_line import FileLine
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


@dataclass(frozen=True)
class Further:
    """Ways on from the dialog: the page, several slides, one layer."""

    page: Callable[[], None]
    deck: Callable[[], None]
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
        self.formats = QListWidget()
        self.formats.setAccessibleName("Format")
        self.formats.setItemDelegate(TwoLines(self.formats))
        for choice in FORMATS:
            item = QListWidgetItem(choice.title, self.formats)
            item.setData(CHOICE, choice)
            spoken = f"{choice.title}: {choice.detail}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        self.formats.setFixedHeight(len(FORMATS) * self.formats.sizeHintForRow(0) + GRID // 2)
        column.addWidget(self.formats, 1)
        self.file = FileLine()
        column.addWidget(self.file)
        self.note = Text(Kind.NOTE)
        column.addWidget(self.note)
        ways = QHBoxLayout()
        ways.setSpacing(GRID)
        for title, tip, go in (
            ("Look at the page", "See and change what the file will show", further.page),
            ("Several slides\u2026", "One slide per mineral, alliance or year", further.deck),
            ("One layer\u2026", "Save one layer in any format", further.layer),
        ):
            ways.addWidget(self._way(title, tip, go))
        ways.addStretch(1)
        column.addLayout(ways)
        self.export = put_buttons(self, column, "Export")
        self.file.changed.connect(self._check)
        self.formats.currentRowChanged.connect(lambda _row: self._show())
        folder = Path(memory.export_folder())
        name = suggested_name(session.state, session.facts)
        self.file.show_file(folder / name, FORMATS[0].value)
        self.choose(memory.settings.export_format)
        self._show()

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
        path = self.file.path
        if self.file.fault:
            self.file.line.setFocus()
            return
        self._memory.exported(path)
        self._exported(path)
        command = "data.export" if path.suffix in DATA_SUFFIXES else "map.export"
        self._session.run(command, path=path)
        super().accept()

    def _way(self, title: str, tip: str, go: Callable[[], None]) -> QPushButton:
        button = QPushButton(title)
        button.setObjectName("quiet")
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.clicked.connect(self.reject)
        button.clicked.connect(lambda _on=False: go())
        return button

    def _show(self) -> None:
        self.file.set_suffix(self.suffix)
        of_data = self.suffix in DATA_SUFFIXES
        self.note.setText(
            "What the filter shows, with sources and dates of every row."
            if of_data
            else "What comes out is what Page shows."
        )

    def _check(self) -> None:
        self.export.setEnabled(not self.file.fault)
        self.export.setText("Replace" if self.file.replaces else "Export")
