"""The attribute table: a layer's columns as they are, searched, sorted, edited, tied to the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.column_model import ColumnModel, Rows, matching_rows, sorted_rows, table_format
from gisapp.gui.condition_row import ConditionRow
from gisapp.gui.looks import GRID, IconButton, Kind, Text, colors_of
from gisapp.gui.panel import AT_ONCE, Panel
from gisapp.gui.table_menus import column_menu, columns_menu, row_menu
from gisapp.gui.table_view import TableView
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.numbers import number
from gisapp.model.rows import RowSet
from gisapp.workspace.filtering import rows_shown
from gisapp.workspace.remember import TableLayout, recall_table, remember_table
from gisapp.workspace.session import Session
from gisapp.workspace.state import LayerEntry, ProjectState, Selection

#: More separate blocks of selected rows than this are gathered at the top of the table.
_MOST_BLOCKS: Final = 500
#: Letters that a panel is wide at least where its whole row of controls fits.
_ROOM: Final = 80


class AttributeTablePanel(Panel):
    """The table of one layer at a time: the filter's rows, sorted and searched, selected both ways.

    Signals
    -------
    rowActivated(layer_id, row)
        A line was double-clicked or entered, where cells are not edited.
    calculatorAsked(layer_id, column)
        A column shall be calculated; "" for a new one.
    statisticsAsked(layer_id, column)
        The statistics of a column are asked for.
    pointAsked(layer_id, row)
        A point shall be moved; row -1 is one to be added.
    """

    rowActivated = Signal(str, int)
    calculatorAsked = Signal(str, str)
    statisticsAsked = Signal(str, str)
    pointAsked = Signal(str, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._layouts: dict[str, TableLayout] = {}
        self._layer: Layer | None = None
        self._base_rows: Rows = np.arange(0, dtype=np.int64)
        self._rows: Rows = self._base_rows
        self._sort: tuple[int, bool] | None = None
        self._selected_first = False
        self._only_selected = False
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
        self.chooser.setMinimumWidth(84)  # large letters leave it no room of its own
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText("Search all columns")
        self.search.setAccessibleName("Search the table")
        self.search.setToolTip("Rows that contain all of these words, in any column")
        self.search.setMaximumWidth(280)
        self.search.setMinimumWidth(60)
        self.count = Text(Kind.NOTE).fit()
        self.where_button = _switch(self, "mdi6.filter-outline", "Filter or select by expression")
        self.only_button = _switch(self, "mdi6.filter-check-outline", "Show selected rows only")
        self.top_button = _switch(self, "mdi6.format-vertical-align-top", "Selected rows first")
        self.zoom_button = IconButton("mdi6.magnify-scan", "Zoom to selected rows", self)
        self.edit_button = _switch(self, "mdi6.pencil-outline", "Edit cells by double click or F2")
        self.columns_button = IconButton("mdi6.table-column", "Columns\u2026", self)
        self.copy_button = IconButton("mdi6.content-copy", "Copy selected rows, or all", self)
        self.switch_button = IconButton(
            "mdi6.power-plug-off-outline", "Switch the selected sites off or on in scenario", self
        )
        bar = QHBoxLayout()
        bar.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        bar.setSpacing(GRID // 2)
        bar.addWidget(self.chooser, 3)
        bar.addWidget(self.search, 3)
        bar.addWidget(self.where_button)
        bar.addSpacing(GRID // 2)
        bar.addWidget(self.count)
        bar.addStretch(1)
        for button in (
            *(self.switch_button, self.only_button, self.top_button, self.zoom_button),
            *(self.edit_button, self.columns_button, self.copy_button),
        ):
            bar.addWidget(button)
        self.where = ConditionRow(self.session, self)
        self.where.hide()
        self.model = ColumnModel(self)
        self.view = TableView(self.model, self)
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
        column.addWidget(self.where)
        column.addLayout(self._stack)
        self._dress()

    def _wire(self) -> None:
        self._typed = QTimer(self, interval=150, singleShot=True)
        self._typed.timeout.connect(self._arrange)
        self._laid = QTimer(self, interval=500, singleShot=True)
        self._laid.timeout.connect(self._keep_layout)
        self._picked = QTimer(self, interval=60, singleShot=True)
        self._picked.timeout.connect(self._tell_selection)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.chooser.activated.connect(self._choose)
        self.where_button.toggled.connect(self.where.setVisible)
        self.where_button.clicked.connect(lambda on: self.where.line.setFocus() if on else None)
        self.only_button.toggled.connect(self._show_only_selected)
        self.top_button.toggled.connect(self._put_selected_first)
        self.zoom_button.clicked.connect(self.zoom)
        self.edit_button.toggled.connect(self.set_editing)
        self.columns_button.clicked.connect(
            lambda: self._drop(columns_menu(self), self.columns_button)
        )
        self.copy_button.clicked.connect(self._offer_copies)
        self.switch_button.clicked.connect(lambda: self.session.run("scenario.selected"))
        self.view.activated.connect(self._activate)
        self.view.allChosen.connect(self._choose_all)
        self.view.removalAsked.connect(lambda: self._run("row.delete"))
        self.view.filled.connect(self.fill)
        self.view.customContextMenuRequested.connect(self._offer_row)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._picked.start())
        self.model.typed.connect(self._take_cell)
        header = self.view.horizontalHeader()
        header.sectionClicked.connect(self._sort_by)
        header.sectionResized.connect(self._remember_width)
        header.sectionMoved.connect(lambda *_: self._remember_order())
        header.customContextMenuRequested.connect(self._offer_column)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.view)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(lambda: self.copy("\t"))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "model"):
            self._dress()

    def _dress(self) -> None:
        self.model.faint = QColor(colors_of(self).muted)

    @property
    def layer(self) -> Layer | None:
        """The layer on show."""
        return self._layer

    def _layout_of(self, layer: Layer) -> TableLayout:
        """Return how the user put the columns of a layer, or those of a file like it."""
        if layer.id not in self._layouts:
            self._layouts[layer.id] = recall_table(layer.features)
        return self._layouts[layer.id]

    def _lay_out(self, **changes: Any) -> None:
        """Note how the user puts the columns; it is remembered when he rests."""
        layer = self._layer
        if layer is not None:
            self._layouts[layer.id] = replace(self._layout_of(layer), **changes)
            self._laid.start()

    def _keep_layout(self) -> None:
        if self._layer is not None:
            remember_table(self._layer.features, self._layout_of(self._layer))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what can be done without where large letters leave too little room."""
        super().resizeEvent(event)
        wide = self.width() >= _ROOM * self.fontMetrics().averageCharWidth()
        for widget in (self.count, self.switch_button, self.top_button):
            widget.setVisible(wide)

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
        lines = self.view.selected_lines()
        table = self.model.plain(self.view.shown_columns())
        self.work_if_long(
            len(lines) or len(table.order),
            "table.copy",
            "Copying the table",
            lambda feedback: table.as_text(lines if len(lines) else None, separator, feedback),
            QGuiApplication.clipboard().setText,
        )

    def set_editing(self, on: bool) -> None:
        """Edit cells by double click and F2, or go to features by it."""
        self.model.editable = on
        triggers = QAbstractItemView.EditTrigger
        keys = triggers.DoubleClicked | triggers.EditKeyPressed
        self.view.setEditTriggers(keys if on else triggers.NoEditTriggers)
        with QSignalBlocker(self.edit_button):
            self.edit_button.setChecked(on)

    def fill(self, column: int, text: str) -> None:
        """Put a text, as it was typed, into a column of all selected rows."""
        if self._layer is not None:
            rows = self.model.order[self.view.selected_lines()]
            self._run("cell.set", column=self.model.names[column], rows=rows, value=text)

    def zoom(self) -> None:
        """Look at the selected rows."""
        layer = self._layer
        if layer is None:
            return
        rows = self._chosen(layer)
        if len(rows) == 1:
            self.rowActivated.emit(layer.id, int(rows[0]))
            return
        bounds = layer.features.take(rows).bounds
        if bounds is not None:
            self.session.run("view.fit", bounds=bounds)

    def hide_column(self, column: int, *, hidden: bool = True) -> None:
        """Hide a column of the layer, or show it again; the last one stays."""
        if self._layer is None or (hidden and len(self.view.shown_columns()) < 2):
            return
        name, before = self.model.names[column], self._layout_of(self._layer).hidden
        self._lay_out(hidden=before | {name} if hidden else before - {name})
        self.view.setColumnHidden(column, hidden)

    def ask_condition(self, text: str | None = None) -> None:
        """Open the line of the condition, with a text in it if one is given."""
        self.where_button.setChecked(True)
        if text is not None:
            self.where.line.setText(text)
        self.where.line.setFocus()

    def _run(self, command: str, **params: Any) -> None:
        if self._layer is not None:
            self.session.run(command, layer_id=self._layer.id, **params)

    def _follow(self, state: ProjectState) -> None:
        self.switch_button.setEnabled(self.session.can("scenario.selected"))
        self.zoom_button.setEnabled(bool(state.selection.rows))
        ids = [entry.id for entry in state.layers]
        if ids != [self.chooser.itemData(i) for i in range(self.chooser.count())]:
            self._fill_chooser(state)
        chosen = state.selection
        elsewhere = chosen != self._heard  # what is selected elsewhere is shown here
        if elsewhere:
            self._heard = chosen
            if chosen.rows and chosen.layer in ids:
                self.chooser.setCurrentIndex(ids.index(chosen.layer))
        current = self.chooser.currentData()
        if not ids:
            self._layer = None
            self._asked = ()
            self.where.show_entry(None)
            self.model.show_columns({}, 0)
            self._say("The project has no layers. Open a file, or drop one on the map.")
            return
        entry = state.entry(current)
        layer = entry.layer
        self.where.show_entry(entry)
        if entry.where:
            self.where_button.setChecked(True)
        asked = (
            *(layer.id, layer.features, layer.role, layer.mapping),
            *(entry.where, state.filter, state.question.mineral),
        )
        if self._asked != asked:
            self._asked = asked
            self._show(entry, state)
        elif self._only_selected and elsewhere:
            self._arrange()
        elif state.selection.layer == layer.id or self.view.selected_lines().size:
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

    def _show(self, entry: LayerEntry, state: ProjectState) -> None:
        if self._laid.isActive():
            self._laid.stop()
            self._keep_layout()
        before, layer = self._layer, entry.layer
        self._layer = layer
        columns, count = layer.features.columns, len(layer.features)
        alike = before is not None and _alike(before, layer)
        swapped = before is not None and alike and count == len(before.features)
        if swapped:
            self.model.swap_columns(columns)
        else:
            self._sort = self._sort if alike else None
            formats = {name: table_format(name, values) for name, values in columns.items()}
            self.model.show_columns(columns, count, formats=formats)
            self.model.sorted_by = self._sort
            self.view.arrange(self._layout_of(layer))
        shown = self.model.order
        passing, mineral, where = state.filter, state.question.mineral, entry.where
        self.session.jobs.cancel("table.filter")
        if count <= AT_ONCE:
            self._base(layer, rows_shown(layer, passing, mineral, where), keep=swapped)
            return
        if not swapped:
            self._rows = shown
            self._count()
        self.work(
            "table.filter",
            f"Filtering {layer.name}",
            lambda _feedback: rows_shown(layer, passing, mineral, where),
            lambda rows: self._base(layer, rows, keep=swapped),
        )

    def _base(self, layer: Layer, rows: Rows | None, *, keep: bool) -> None:
        """Take the rows that pass; with `keep` lines stay where they are while the same ones do."""
        count = len(layer.features)
        same = keep and len(self._base_rows) == (count if rows is None else len(rows))
        before = self._base_rows
        self._base_rows = np.arange(count, dtype=np.int64) if rows is None else rows
        if same and np.array_equal(before, self._base_rows) and len(self._rows):
            self._show_selection()
        else:
            self._arrange()

    def _arrange(self) -> None:
        """Search and sort what the filter lets through, in a job where it takes time."""
        layer = self._layer
        if layer is None:
            return
        base, needle, sort = self._base_rows, self.search.text(), self._sort
        if self._only_selected:
            chosen = np.zeros(len(layer.features), dtype=bool)
            chosen[self._chosen(layer)] = True
            base = base[chosen[base]]
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
        self.sort(self.model.names[column], descending=self._sort == (column, False))

    # selection, both ways

    def _chosen(self, layer: Layer) -> Rows:
        """Return the selected rows of a layer, ascending."""
        selection = self.session.state.selection
        return selection.rows.array if selection.layer == layer.id else np.arange(0)

    def _choose_all(self) -> None:
        self.view.select_lines(np.arange(len(self.model.order)))
        self._picked.start()

    def _tell_selection(self) -> None:
        layer = self._layer
        if layer is None:
            return
        rows = np.sort(self.model.order[self.view.selected_lines()])
        present = self._chosen(layer)
        listed = np.zeros(len(layer.features), dtype=bool)
        listed[self.model.order] = True
        if np.array_equal(rows, present[listed[present]]):
            return
        self._heard = Selection(layer.id, RowSet(rows)) if len(rows) else Selection()
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
        if not np.array_equal(lines, self.view.selected_lines()):
            self.view.select_lines(lines)

    def _put_selected_first(self, on: bool) -> None:
        self._selected_first = on
        self._show_selection()

    def _show_only_selected(self, on: bool) -> None:
        self._only_selected = on
        self._arrange()

    def _activate(self, index: QModelIndex) -> None:
        if self._layer is not None and index.isValid() and not self.model.editable:
            self.rowActivated.emit(self._layer.id, int(self.model.order[index.row()]))

    # cells, menus, layouts and copies

    def _take_cell(self, line: int, column: int, text: str) -> None:
        row = int(self.model.order[line])
        self._run("cell.set", column=self.model.names[column], rows=[row], value=text)

    def _offer_column(self, spot: QPoint) -> None:
        header = self.view.horizontalHeader()
        column = header.logicalIndexAt(spot)
        if column >= 0 and self._layer is not None:
            _popped(column_menu(self, column)).popup(header.mapToGlobal(spot))

    def _offer_row(self, spot: QPoint) -> None:
        index = self.view.indexAt(spot)
        if index.isValid() and self._layer is not None:
            menu = row_menu(self, index.row(), index.column())
            _popped(menu).popup(self.view.viewport().mapToGlobal(spot))

    def _offer_copies(self) -> None:
        menu = QMenu(self)
        menu.addAction("Copy as text").triggered.connect(lambda: self.copy("\t"))
        menu.addAction("Copy as CSV").triggered.connect(lambda: self.copy(","))
        self._drop(menu, self.copy_button)

    def _drop(self, menu: QMenu, button: QWidget) -> None:
        _popped(menu).popup(button.mapToGlobal(QPoint(0, button.height())))

    def _remember_width(self, column: int, _old: int, new: int) -> None:
        if self._layer is not None and new and self.view.underMouse():
            widths = dict(self._layout_of(self._layer).widths) | {self.model.names[column]: new}
            self._lay_out(widths=tuple(widths.items()))

    def _remember_order(self) -> None:
        header, names = self.view.horizontalHeader(), self.model.names
        self._lay_out(order=tuple(names[header.logicalIndex(i)] for i in range(len(names))))


def _alike(before: Layer, now: Layer) -> bool:
    """Return whether two layers have columns of the same names and kinds."""
    one: Sequence[tuple[str, str]]
    one, other = (
        [(name, values.dtype.kind) for name, values in layer.features.columns.items()]
        for layer in (before, now)
    )
    return before.id == now.id and one == other


def _switch(parent: QWidget, icon: str, tip: str) -> IconButton:
    button = IconButton(icon, tip, parent)
    button.setCheckable(True)
    return button


def _popped(menu: QMenu) -> QMenu:
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
