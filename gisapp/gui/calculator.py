"""The column calculator: a new column or an existing one, filled by an expression."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.column_model import cell_text, column_title
from gisapp.gui.dialogs import column_of
from gisapp.gui.expression_line import ExpressionLine
from gisapp.gui.looks import GRID, Kind, Text, tick_sheet
from gisapp.gui.panel import Panel
from gisapp.model.editing import ColumnType, type_of
from gisapp.model.expression.evaluate import calculated
from gisapp.model.expression.syntax import ExpressionError, quote
from gisapp.model.layer import Layer
from gisapp.model.numbers import number
from gisapp.model.rows import Rows
from gisapp.workspace.expression_help import functions_told
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

_PREVIEW: Final = 4
_LOOKED: Final = 500
_TEXT: Final = Qt.ItemDataRole.UserRole
_NEW: Final = ""


class Calculator(QDialog):
    """Asks for a column and an expression, shows what the first rows would get, and fills it.

    Parameters
    ----------
    column
        The one that is filled to begin with, "" for a new one.
    rows
        The rows that the table shows, in its order: the first are the example.
    """

    def __init__(
        self, session: Session, layer_id: str, column: str, rows: Rows, parent: QWidget
    ) -> None:
        super().__init__(parent)
        outer = column_of(self, "Column calculator", 620)
        outer.addWidget(_Form(session, layer_id, column, rows, self))


class _Form(Panel):
    def __init__(
        self, session: Session, layer_id: str, column: str, rows: Rows, dialog: QDialog
    ) -> None:
        super().__init__(session, dialog)
        self._dialog, self._layer_id = dialog, layer_id
        self._rows = rows[:_LOOKED]
        self._features: object = None
        self.target = QComboBox()
        self.target.setAccessibleName("Column to fill")
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name of the new column")
        self.name.setAccessibleName("Name of the new column")
        self.kind = QComboBox()
        self.kind.setAccessibleName("Type of the new column")
        self.kind.addItem("as the result", None)
        for each in ColumnType:
            self.kind.addItem(each.value, each)
        self.line = ExpressionLine(self, condition=False)
        self.line.setAccessibleName("Expression")
        self.line.setPlaceholderText(
            "For example capacity / 1000 \N{EM DASH} empty for a column without values"
        )
        self.note = Text(Kind.CAPTION)
        self.only = QCheckBox()
        self.only.setStyleSheet(tick_sheet(self))
        self.columns = _Words("Columns", self.line)
        self.functions = _Words("Functions", self.line)
        self.run_button = QPushButton("Calculate")
        self.run_button.setObjectName("primary")
        self.run_button.clicked.connect(self._run)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(dialog.close)
        self._put(cancel)
        for signature, says in functions_told():
            word = signature.partition("(")[0] + ("(" if "(" in signature else "")
            self.functions.add(signature, says, word)
        self.target.currentIndexChanged.connect(lambda _row: self._tell())
        self.name.textChanged.connect(lambda _text: self._tell())
        self.kind.currentIndexChanged.connect(lambda _row: self._tell())
        self.line.checked.connect(lambda _error: self._tell())
        self.line.returnPressed.connect(self._run)
        self.listen(session.changed, self._follow)
        self._follow(session.state)
        self.target.setCurrentIndex(max(self.target.findData(column), 0))
        (self.line if column else self.name).setFocus()

    def _put(self, cancel: QPushButton) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID)
        grid.addWidget(QLabel("Fill"), 0, 0)
        grid.addWidget(self.target, 0, 1)
        grid.addWidget(self.name, 0, 2)
        grid.addWidget(self.kind, 0, 3)
        grid.addWidget(QLabel("with"), 1, 0)
        grid.addWidget(self.line, 1, 1, 1, 3)
        grid.addWidget(self.note, 2, 1, 1, 3)
        grid.setColumnStretch(2, 1)
        lists = QHBoxLayout()
        lists.setSpacing(2 * GRID)
        lists.addWidget(self.columns, 2)
        lists.addWidget(self.functions, 3)
        buttons = QHBoxLayout()
        buttons.addWidget(self.only)
        buttons.addStretch(1)
        buttons.addWidget(self.run_button)
        buttons.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(grid)
        column.addLayout(lists)
        column.addLayout(buttons)
        order = (self.target, self.name, self.kind, self.line, self.columns.list)
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _layer(self) -> Layer | None:
        entries = self.session.state.layers
        return next((e.layer for e in entries if e.id == self._layer_id), None)

    def _follow(self, state: ProjectState) -> None:
        layer = self._layer()
        if layer is None:
            self._dialog.close()
            return
        chosen = state.selection.rows if state.selection.layer == layer.id else ()
        self.only.setVisible(bool(chosen))
        many = f"{number(len(chosen))} selected rows"
        self.only.setText(f"Only the {many if len(chosen) > 1 else 'selected row'}")
        if layer.features is self._features:
            return
        self._features = layer.features
        self._rows = self._rows[self._rows < len(layer.features)]
        current = self.target.currentData()
        self.target.blockSignals(True)
        self.target.clear()
        self.target.addItem("a new column", _NEW)
        for name in layer.features.columns:
            self.target.addItem(column_title(name), name)
        self.target.setCurrentIndex(max(self.target.findData(current), 0))
        self.target.blockSignals(False)
        self.columns.clear()
        for name, values in layer.features.columns.items():
            self.columns.add(column_title(name), type_of(values).value, quote(name))
        self.line.set_features(layer.features)

    def _tell(self) -> None:
        """Say what is wrong, or what the first rows would get."""
        layer = self._layer()
        if layer is None:
            return
        new = self.target.currentData() == _NEW
        self.name.setVisible(new)
        self.kind.setVisible(new)
        text, error = self.line.text().strip(), self.line.error
        named = bool(self.name.text().strip()) if new else bool(text)
        self.run_button.setEnabled(error is None and named)
        self.run_button.setText("Calculate" if text or not new else "Add column")
        self.note.set_kind(Kind.WARNING if error is not None else Kind.CAPTION)
        if error is not None:
            self.note.setText(str(error))
        elif not text:
            self.note.setText("The column begins without values." if new else "")
        else:
            self.note.setText(self._example(layer, text))

    def _example(self, layer: Layer, text: str) -> str:
        try:
            kind, values = calculated(text, layer.features, self._rows)
        except ExpressionError as error:
            self.run_button.setEnabled(False)
            return str(error)
        texts = [cell_text(value) for value in values]
        known = [text for text in texts if text][:_PREVIEW]
        if not known:
            return f"A {kind.value}. It is missing in the first {len(texts)} rows."
        return f"A {kind.value}. The first rows that have one get: {'; '.join(known)}"

    def _run(self) -> None:
        layer = self._layer()
        if layer is None or not self.run_button.isEnabled():
            return
        session, text = self.session, self.line.text().strip()
        target = self.target.currentData()
        name, kind = target or self.name.text(), self.kind.currentData()
        before = session.history.index
        if not text:
            kind = kind or ColumnType.TEXT
            session.run("column.add", layer_id=layer.id, name=name, kind=kind)
        else:
            only = self.only.isChecked() and not self.only.isHidden()
            rows = session.state.selection.rows if only else None
            session.run(
                "column.calculate",
                layer_id=layer.id,
                name=name,
                expression=text,
                rows=rows,
                kind=None if target else kind,
            )
        busy = any(job.purpose == "edit" for job in session.jobs.running)
        if busy or session.history.index != before:
            self._dialog.close()


class _Words(QWidget):
    """A list of words that a double click writes into the line."""

    def __init__(self, title: str, line: ExpressionLine) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setMinimumHeight(170)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.itemActivated.connect(lambda item: line.put(item.data(_TEXT)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(Text(Kind.HEADING, title))
        column.addWidget(self.list)

    def clear(self) -> None:
        """Empty the list."""
        self.list.clear()

    def add(self, title: str, says: str, text: str) -> None:
        """Add a word and what it means."""
        item = QListWidgetItem(f"{title}  \N{MIDDLE DOT}  {says}")
        item.setData(_TEXT, text)
        item.setToolTip(f"{title}: {says}. Double-click to write it.")
        self.list.addItem(item)
