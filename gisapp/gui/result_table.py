"""A table of a result on a page: as high as its lines, to copy, each line a site to go to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QWidget

from gisapp.gui.column_model import ColumnModel, Format
from gisapp.gui.looks import quiet_table
from gisapp.model.features import Column

#: Layer id and row number of the site that a row is about; a row below 0 is on no layer.
SiteOf = Callable[[int], tuple[str, int]]
_WIDTH: Final = 280


class ResultTable(QTableView):
    """Columns of a result; `chosen` carries layer and row of the site of a line.

    Parameters
    ----------
    name
        What it lists, for screen readers.
    lines
        Makes the model, the table its parent.
    most
        Lines that are seen at once; more are scrolled to.
    """

    chosen = Signal(str, int)

    def __init__(
        self,
        name: str,
        lines: Callable[[QWidget], ColumnModel] = ColumnModel,
        *,
        most: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._most = most
        self._site_of: SiteOf | None = None
        self.lines = lines(self)
        self.setModel(self.lines)
        quiet_table(self)
        self.setAccessibleName(name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setMinimumSectionSize(32)
        self.activated.connect(self._choose)

    def show_lines(
        self,
        columns: Mapping[str, Column],
        *,
        titles: Mapping[str, str] | None = None,
        formats: Mapping[str, Format] | None = None,
        wide: int = 1,
        site_of: SiteOf | None = None,
    ) -> None:
        """Show these columns, all of one length.

        Parameters
        ----------
        titles
            What columns are called where that is not their name.
        wide
            So many columns, the first, share the room that the others leave.
        """
        self._site_of = site_of
        length = len(next(iter(columns.values())))
        named = {name: name for name in columns} | dict(titles or {})
        self.lines.show_columns(columns, length, titles=named, formats=formats)
        mode = QHeaderView.ResizeMode
        for i in range(len(columns)):
            self.horizontalHeader().setSectionResizeMode(
                i, mode.Stretch if i < wide else mode.ResizeToContents
            )
        self.updateGeometry()

    def copy(self) -> None:
        """Put the table on the clipboard."""
        QGuiApplication.clipboard().setText(self.lines.as_text())

    def minimumSizeHint(self) -> QSize:
        """Return a height of a few lines."""
        return QSize(1, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """Return the height of the lines that are seen at once."""
        line = self.verticalHeader().defaultSectionSize()
        lines = max(min(self.lines.rowCount(), self._most), 1)
        return QSize(_WIDTH, self.horizontalHeader().sizeHint().height() + lines * line + 4)

    def _choose(self, index: QModelIndex) -> None:
        if self._site_of is None:
            return
        layer, row = self._site_of(int(self.lines.order[index.row()]))
        if row >= 0:
            self.chosen.emit(layer, row)
