"""The attribute table: a layer's columns as they are, searched, sorted, and tied to the map."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.column_model import ColumnModel, Rows, matching_rows, sorted_rows
from gisapp.gui.looks import GRID, IconButton, Kind, Text, quiet_table
from gisapp.gui.panel import AT_ONCE, Panel
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.numbers import number
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState, Selection

#: More separate blocks of selected rows than this are gathered at the top of the table.
_MOST_BLOCKS: Final = 500
_WIDEST: Final = 320
_MOST_TOLD: Final = 5_000
_SAMPLE: Final = 200


class AttributeTablePanel(Panel):
    """The table of one layer at a time: the filter's rows, sorted and searched, selected both ways.

    `rowActivated` carries layer id and row number of a line that was double-clicked or entered.
    """

    rowActivated = Signal(str, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        #: Widths in pixels that the user gave, by layer id and column; kept by the window.
        self.widths: dict[tuple[str, str], int] = {}
        self._layer: Layer | None = None
        self._base_rows: Rows = np.arange(0, dtype=np.int64)
        self._rows: Rows = self._base_rows
        self._sort: tuple[int, bool] | None = None
        self._selected_first = False
        self._heard = Selection()
        self._asked: tuple[object, ...] = ()
        self._build()
        self._wire()
        self.listen(session.changed, self._follow)
        self._follow(session.state)

    def _build(self) -> None:
        self.setAccessibleName("Attribute table")
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Layer of the table")
        self.chooser.setToolTip("Layer whose attributes are shown")
        self.chooser.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.chooser.setMaximumWidth(240)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText("Search all columns")
        self.search.setAccessibleName("Search the table")
        self.search.setToolTip("Rows that contain all of these words, in any column")
        self.search.setMaximumWidth(280)
        self.search.setMinimumWidth(60)
        self.count = Text(Kind.NOTE).fit()
        self.top_button = IconButton("mdi6.format-vertical-align-top", "Selected rows first", self)
        self.top_button.setCheckable(True)
        self.copy_button = IconButton("mdi6.content-copy", "Copy selected rows, or all", self)
        self.switch_button = IconButton(
            "mdi6.power-plug-off-outline", "Switch the selected sites off or on in scenario", self
        )
        bar = QHBoxLayout()
        bar.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        bar.setSpacing(GRID)
        bar.addWidget(self.chooser, 3)
        bar.addWidget(self.search, 3)
        bar.addWidget(self.count)
        bar.addStretch(1)
        bar.addWidget(self.switch_button)
        bar.addWidget(self.top_button)
        bar.addWidget(self.copy_button)
        self.model = ColumnModel(self)
        self.view = _Table(self)
        self.view.setModel(self.model)
        # A header asks, whenever it is painted, whether all cells under a title are selected, of
        # each of a million lines: this one has a selection of its own, which stays empty.
        header = self.view.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(self.model, header))
        self.empty = Text(Kind.NOTE)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(3 * GRID)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addLayout(self._stack)

    def _wire(self) -> None:
        self._typed = QTimer(self, interval=150, singleShot=True)
        self._typed.timeout.connect(self._arrange)
        self._picked = QTimer(self, interval=60, singleShot=True)
        self._picked.timeout.connect(self._tell_selection)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.chooser.activated.connect(self._choose)
        self.top_button.toggled.connect(self._put_selected_first)
        self.copy_button.clicked.connect(self._offer_copies)
        self.switch_button.clicked.connect(lambda: self.session.run("scenario.selected"))
        self.view.activated.connect(self._activate)
        self.view.allChosen.connect(self._choose_all)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._picked.start())
        header = self.view.horizontalHeader()
        header.sectionClicked.connect(self._sort_by)
        header.sectionResized.connect(self._remember_width)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.view)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(lambda: self.copy("\t"))

    @property
    def layer(self) -> Layer | None:
        """The layer on show."""
        return self._layer

    def show_layer(self, layer_id: str) -> None:
        """Show the table of a layer; an id that the project does not have is ignored."""
        for entry in self.session.state.layers:
            if entry.id == layer_id:
                self.chooser.setCurrentIndex(self.chooser.findData(layer_id))
                self._follow(self.session.state)

    def sort(self, column: str, *, descending: bool = False) -> None:
        """Sort by a column of the layer."""
        self._sort = (self.model.names.index(column), descending)
        self._arrange()

    def copy(self, separator: str) -> None:
        """Put the selected lines on the clipboard, or all of them, with the header."""
        lines = self._selected_lines()
        table = self.model.still()
        self.work_if_long(
            len(lines) or len(table.order),
            "table.copy",
            "Copying the table",
            lambda feedback: table.as_text(lines if len(lines) else None, separator, feedback),
            QGuiApplication.clipboard().setText,
        )

    def _follow(self, state: ProjectState) -> None:
        self.switch_button.setEnabled(self.session.can("scenario.selected"))
        ids = [entry.id for entry in state.layers]
        if ids != [self.chooser.itemData(i) for i in range(self.chooser.count())]:
            self._fill_chooser(state)
        chosen = state.selection
        if chosen != self._heard:  # what is selected elsewhere is shown here
            self._heard = chosen
            if chosen.rows and chosen.layer in ids:
                self.chooser.setCurrentIndex(ids.index(chosen.layer))
        current = self.chooser.currentData()
        if not ids:
            self._layer = None
            self._asked = ()
            self.model.show_columns({}, 0)
            self._say("The project has no layers. Open a file, or drop one on the map.")
            return
        layer = state.entry(current).layer
        asked = (layer.features, layer.role, layer.mapping, state.filter, state.question.mineral)
        if self._asked != asked:
            self._asked = asked
            self._show(layer, state)
        elif state.selection.layer == layer.id or self._selected_lines().size:
            self._show_selection()

    def _fill_chooser(self, state: ProjectState) -> None:
        current = self.chooser.currentData()
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            for entry in state.layers:
                self.chooser.addItem(entry.layer.name, entry.id)
            self.chooser.setCurrentIndex(max(self.chooser.findData(current), 0))

    def _choose(self) -> None:
        self._follow(self.session.state)

    def _show(self, layer: Layer, state: ProjectState) -> None:
        other = self._layer is None or self._layer.features is not layer.features
        self._layer = layer
        if other:
            self._sort = None
            self.model.show_columns(layer.features.columns, len(layer.features))
            self._set_widths()
        shown, filtering, mineral = self.model.order, state.filter, state.question.mineral
        if len(layer.features) <= AT_ONCE:
            self._base(layer, rows_shown(layer, filtering, mineral))
            return
        if other:
            self._rows = shown
            self._count()
        self.work(
            "table.filter",
            f"Filtering {layer.name}",
            lambda _feedback: rows_shown(layer, filtering, mineral),
            lambda rows: self._base(layer, rows),
        )

    def _base(self, layer: Layer, rows: Rows | None) -> None:
        self._base_rows = np.arange(len(layer.features), dtype=np.int64) if rows is None else rows
        self._arrange()

    def _arrange(self) -> None:
        """Search and sort what the filter lets through, in a job where it takes time."""
        layer = self._layer
        if layer is None:
            return
        base, needle, sort = self._base_rows, self.search.text(), self._sort
        columns = layer.features.columns
        values = tuple(columns.values())

        def work(feedback: Feedback) -> Rows:
            rows = base
            if needle.strip():
                few = {name: v[base] for name, v in columns.items()}
                rows = base[matching_rows(few, len(base), needle, feedback)]
            if sort is not None:
                rows = sorted_rows(values[sort[0]], rows, descending=sort[1], feedback=feedback)
            return rows

        self.work_if_long(len(base), "table.sort", f"Arranging {layer.name}", work, self._place)

    def _place(self, rows: Rows) -> None:
        self._rows = rows
        self.model.sorted_by = self._sort
        self._show_rows(rows)
        self._count()
        self._show_selection()

    def _show_rows(self, rows: Rows) -> None:
        across = self.view.horizontalScrollBar().value()
        with QSignalBlocker(self.view.selectionModel()):
            self.model.show_rows(rows)
        self.view.horizontalScrollBar().setValue(across)

    def _count(self) -> None:
        total = len(self._layer.features) if self._layer is not None else 0
        shown = len(self.model.order)
        words = number(total) if shown == total else f"{number(shown)} of {number(total)}"
        self.count.setText(f"{words} rows")
        if not total:
            self._say("This layer has no rows.")
        elif not shown:
            self._say("No row passes. Shorten the search, or clear the filter.")
        else:
            self._stack.setCurrentWidget(self.view)

    def _say(self, text: str) -> None:
        self.empty.setText(text)
        self._stack.setCurrentWidget(self.empty)

    def _sort_by(self, column: int) -> None:
        descending = self._sort is not None and self._sort == (column, False)
        self._sort = (column, descending)
        self._arrange()

    # selection, both ways

    def _selected_lines(self) -> Rows:
        chosen = self.view.selectionModel().selection()
        ranges = [chosen.at(i) for i in range(chosen.count())]
        spans = [np.arange(r.top(), r.bottom() + 1) for r in ranges if r.isValid()]
        return np.sort(np.concatenate(spans)) if spans else np.arange(0)

    def _chosen(self, layer: Layer) -> Rows:
        """Return the selected rows of a layer, ascending."""
        selection = self.session.state.selection
        return selection.rows.array if selection.layer == layer.id else np.arange(0)

    def _choose_all(self) -> None:
        self._select_lines(np.arange(len(self.model.order)))
        self._picked.start()

    def _tell_selection(self) -> None:
        layer = self._layer
        if layer is None:
            return
        rows = np.sort(self.model.order[self._selected_lines()])
        present = self._chosen(layer)
        listed = np.zeros(len(layer.features), dtype=bool)
        listed[self.model.order] = True
        if np.array_equal(rows, present[listed[present]]):
            return
        if len(rows):
            self.session.run("select.set", layer_id=layer.id, rows=rows)
        else:
            self.session.run("select.clear")

    def _show_selection(self) -> None:
        layer = self._layer
        if layer is None:
            return
        mask = np.zeros(len(layer.features), dtype=bool)
        mask[self._chosen(layer)] = True
        order = self._rows
        picked = mask[order]
        blocks = int(np.count_nonzero(np.diff(picked.astype(np.int8)) == 1))
        if self._selected_first or blocks > _MOST_BLOCKS:
            order = np.concatenate([order[picked], order[~picked]])
            picked = mask[order]
        if not np.array_equal(order, self.model.order):
            self._show_rows(order)
        lines = np.flatnonzero(picked)
        if np.array_equal(lines, self._selected_lines()):
            return
        self._select_lines(lines)

    def _select_lines(self, lines: Rows) -> None:
        wanted = QItemSelection()
        last = self.model.columnCount() - 1
        if len(lines) and last >= 0:
            starts = lines[np.flatnonzero(np.diff(lines, prepend=-2) > 1)]
            ends = lines[np.flatnonzero(np.diff(lines, append=lines[-1] + 2) > 1)]
            for first, end in zip(starts.tolist(), ends.tolist(), strict=True):
                corners = self.model.index(first, 0), self.model.index(end, last)
                wanted.append(QItemSelectionRange(*corners))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        with QSignalBlocker(self.view.selectionModel()):
            self.view.selectionModel().select(wanted, flags)
        self.view.viewport().update()
        if len(lines) and not self.view.hasFocus():
            self.view.scrollTo(self.model.index(int(lines[0]), 0))

    def _put_selected_first(self, on: bool) -> None:
        self._selected_first = on
        self._show_selection()

    def _activate(self, index: QModelIndex) -> None:
        if self._layer is not None and index.isValid():
            self.rowActivated.emit(self._layer.id, int(self.model.order[index.row()]))

    # widths and copies

    def _set_widths(self) -> None:
        """Set the widths: those the user gave, else what the first rows need."""
        layer, header = self._layer, self.view.horizontalHeader()
        if layer is None:
            return
        metrics = self.view.fontMetrics()
        with QSignalBlocker(header):
            for i, name in enumerate(self.model.names):
                width = self.widths.get((layer.id, name))
                if width is None:
                    lines = min(len(layer.features), _SAMPLE)
                    texts = [self.model.text(line, i) for line in range(lines)]
                    texts.append(
                        str(self.model.headerData(i, Qt.Orientation.Horizontal)) + "\u00a0\u2193"
                    )
                    width = max(metrics.horizontalAdvance(t) for t in texts) + 3 * GRID
                header.resizeSection(i, min(max(width, 48), _WIDEST))

    def _remember_width(self, column: int, _old: int, new: int) -> None:
        if self._layer is not None and self.view.underMouse():
            self.widths[self._layer.id, self.model.names[column]] = new

    def _offer_copies(self) -> None:
        menu = QMenu(self)
        menu.addAction("Copy as text").triggered.connect(lambda: self.copy("\t"))
        menu.addAction("Copy as CSV").triggered.connect(lambda: self.copy(","))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.copy_button.mapToGlobal(QPoint(0, self.copy_button.height())))


class _Table(QTableView):
    """The lines: as many as there are, scrolled by pixels.

    `allChosen` comes instead of Qt's own selection of everything.
    """

    allChosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        quiet_table(self)
        self.setAccessibleName("Rows of the layer")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setMinimumSectionSize(40)

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
