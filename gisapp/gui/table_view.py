"""The lines of the attribute table: as many as there are, edited in place, columns as one likes."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QObject,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from gisapp.gui.column_model import ColumnModel, Index, Rows
from gisapp.gui.looks import GRID, colors_of, quiet_table
from gisapp.model.editing import type_of, value_of
from gisapp.model.feedback import GisappError
from gisapp.workspace.remember import TableLayout

_MOST_TOLD: Final = 5_000
_WIDEST: Final = 320
_LEAST: Final = 48
_SAMPLE: Final = 200


class TableView(QTableView):
    """The table itself, scrolled by pixels.

    Signals
    -------
    allChosen()
        Instead of Qt's own selection of everything.
    filled(column, text)
        Ctrl+Enter in a cell: its text is for all selected rows.
    removalAsked()
        Delete was pressed where cells can be edited.
    """

    allChosen = Signal()
    filled = Signal(int, str)
    removalAsked = Signal()

    def __init__(self, model: ColumnModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        quiet_table(self)
        self._columns = model
        self.setModel(model)
        self.setAccessibleName("Rows of the layer")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Cells(self, model))
        # A header asks, whenever it is painted, whether all cells under a title are selected, of
        # each of a million lines: this one has a selection of its own, which stays empty.
        header = self.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setMinimumSectionSize(40)
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    # what is chosen

    def selected_lines(self) -> Rows:
        """Return the selected lines, ascending, shape (n,)."""
        chosen = self.selectionModel().selection()
        ranges = [chosen.at(i) for i in range(chosen.count())]
        spans = [np.arange(r.top(), r.bottom() + 1) for r in ranges if r.isValid()]
        return np.sort(np.concatenate(spans)) if spans else np.arange(0)

    def select_lines(self, lines: Rows) -> None:
        """Select these lines and no others, and tell nobody."""
        wanted = QItemSelection()
        last = self._columns.columnCount() - 1
        if len(lines) and last >= 0:
            starts = lines[np.flatnonzero(np.diff(lines, prepend=-2) > 1)]
            ends = lines[np.flatnonzero(np.diff(lines, append=lines[-1] + 2) > 1)]
            for first, end in zip(starts.tolist(), ends.tolist(), strict=True):
                corners = self._columns.index(first, 0), self._columns.index(end, last)
                wanted.append(QItemSelectionRange(*corners))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        with QSignalBlocker(self.selectionModel()):
            self.selectionModel().select(wanted, flags)
        self.viewport().update()
        if len(lines) and not self.hasFocus():
            self.updateGeometries()  # the lines may be new ones
            self.scrollTo(self._columns.index(int(lines[0]), 0))

    def selectAll(self) -> None:
        """Leave it to the panel: Qt looks at every cell, of a million lines for ten seconds."""
        self.allChosen.emit()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Draw what changed; of many lines without telling of every cell of theirs."""
        ranges = [part.at(i) for part in (selected, deselected) for i in range(part.count())]
        if sum(each.height() for each in ranges) > _MOST_TOLD:
            self.viewport().update()
        else:
            super().selectionChanged(selected, deselected)

    # keys

    def event(self, event: QEvent) -> bool:
        """Keep F2 and Delete from the window's shortcuts while cells can be edited."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = {Qt.Key.Key_F2, Qt.Key.Key_Delete}
            if self._columns.editable and event.key() in keys and not event.modifiers():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask to delete rows with Delete, where cells can be edited."""
        if event.key() == Qt.Key.Key_Delete and self._columns.editable:
            self.removalAsked.emit()
        else:
            super().keyPressEvent(event)

    # columns

    def arrange(self, layout: TableLayout) -> None:
        """Put the columns as the user had them, else as wide as the first lines need."""
        header, names = self.horizontalHeader(), self._columns.names
        metrics, widths = self.fontMetrics(), dict(layout.widths)
        with QSignalBlocker(header):
            for i, name in enumerate(names):
                width = widths.get(name)
                if width is None:
                    lines = range(min(self._columns.rowCount(), _SAMPLE))
                    texts = [self._columns.text(line, i) for line in lines]
                    title = self._columns.headerData(i, Qt.Orientation.Horizontal)
                    texts.append(f"{title}\u00a0\u2193")
                    width = max(metrics.horizontalAdvance(text) for text in texts) + 3 * GRID
                    width = min(max(width, _LEAST), _WIDEST)
                header.setSectionHidden(i, name in layout.hidden)
                header.resizeSection(i, width)
            wanted = [name for name in layout.order if name in names]
            wanted += [name for name in names if name not in wanted]
            for place, name in enumerate(wanted):
                header.moveSection(header.visualIndex(names.index(name)), place)

    def shown_columns(self) -> list[int]:
        """Return the columns that are shown, in their order on screen."""
        header = self.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        return [column for column in order if not header.isSectionHidden(column)]


class _Cells(QStyledItemDelegate):
    """Editors of cells: what is no value of the column is said while one types, and not taken."""

    def __init__(self, view: TableView, model: ColumnModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a line that checks what is typed."""
        editor = QLineEdit(parent)
        editor.setAccessibleName(f"Value of {self._model.names[index.column()]}")
        kind = type_of(self._model.column(index.column()))
        editor.setPlaceholderText(f"missing ({kind.value})")
        colors = colors_of(self._view)

        def check(text: str) -> None:
            fault = ""
            try:
                value_of(text, kind)
            except GisappError as error:
                fault = str(error)
            edge = colors.limit if fault else colors.accent
            editor.setStyleSheet(f"border: 2px solid {edge}; border-radius: 0; padding: 0 3px;")
            editor.setProperty("fault", fault)
            if fault and editor.isVisible():
                QToolTip.showText(editor.mapToGlobal(editor.rect().bottomLeft()), fault, editor)
            else:
                QToolTip.hideText()

        editor.textChanged.connect(check)
        check("")
        return editor

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take what was typed, unless it is no value of the column."""
        if isinstance(editor, QLineEdit) and not editor.property("fault"):
            model.setData(index, editor.text())

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Fill all selected rows with Ctrl+Enter; keep the editor open where a value is wrong."""
        if (
            isinstance(editor, QLineEdit)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        ):
            if editor.property("fault"):
                return True
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                column, text = self._view.currentIndex().column(), editor.text()
                self.closeEditor.emit(editor)
                self._view.filled.emit(column, text)
                return True
        return super().eventFilter(editor, event)
