"""The row below the table's bar: a condition that filters the layer, or selects of it."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.expression_line import ExpressionLine
from gisapp.gui.looks import GRID, IconButton, Kind, Text
from gisapp.gui.panel import Panel
from gisapp.model.expression.evaluate import holding
from gisapp.model.expression.syntax import ExpressionError
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.numbers import number
from gisapp.workspace.expression_help import EXAMPLES, functions_told
from gisapp.workspace.session import Session
from gisapp.workspace.state import LayerEntry

_HOW: Final = (
    ("Select", "replace"),
    ("Add to the selection", "add"),
    ("Remove from the selection", "remove"),
    ("Keep of the selection", "within"),
)


class ConditionRow(Panel):
    """A line for a condition, what it does, and what is wrong with it or how many rows it takes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._layer: Layer | None = None
        self._where = ""
        self.line = ExpressionLine(self)
        self.line.setAccessibleName("Condition")
        self.line.setPlaceholderText(
            "Rows where\u2026 for example capacity > 1000 and country = 'AUS'"
        )
        self.line.checked.connect(self._tell)
        self.line.returnPressed.connect(self.filter)
        self.filter_button = QPushButton("Filter")
        self.filter_button.setToolTip("Show and count only these rows, on the map too (Enter)")
        self.filter_button.clicked.connect(self.filter)
        self.select_button = QPushButton("Select")
        self.select_button.setToolTip("Select these rows")
        menu = QMenu(self.select_button)
        for title, how in _HOW:
            menu.addAction(title).triggered.connect(lambda _on=False, how=how: self.select(how))
        self.select_button.setMenu(menu)
        self.help_button = IconButton(
            "mdi6.help-circle-outline", "How conditions are written", self
        )
        self.help_button.clicked.connect(self._help)
        self.note = Text(Kind.CAPTION)
        bar = QHBoxLayout()
        bar.setSpacing(GRID // 2)
        bar.addWidget(self.line, 1)
        bar.addWidget(self.filter_button)
        bar.addWidget(self.select_button)
        bar.addWidget(self.help_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, 0, GRID, GRID // 2)
        column.setSpacing(GRID // 4)
        column.addLayout(bar)
        column.addWidget(self.note)

    def show_entry(self, entry: LayerEntry | None) -> None:
        """Follow a layer and the condition that it has; None is no layer."""
        if entry is None:
            self._layer, self._where = None, ""
            self.line.setText("")
            self.line.set_features(None)
            return
        other = self._layer is None or self._layer.id != entry.id
        changed = self._layer is None or self._layer.features is not entry.layer.features
        self._layer = entry.layer
        renewed = other or entry.where != self._where
        if renewed:
            self._where = entry.where
            self.line.setText(entry.where)
        if other or changed or renewed:
            self.line.set_features(entry.layer.features)

    def filter(self) -> None:
        """Filter the layer by the condition; an empty one clears the filter."""
        if self._layer is not None and self.line.check():
            self.session.run("layer.where", layer_id=self._layer.id, where=self.line.text())

    def select(self, how: str = "replace") -> None:
        """Select by the condition: replace, add, remove or within."""
        if self._layer is not None and self.line.text().strip() and self.line.check():
            self.session.run(
                "select.where", layer_id=self._layer.id, expression=self.line.text(), how=how
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give up what was typed with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.line.setText(self._where)
        else:
            super().keyPressEvent(event)

    def _tell(self, error: ExpressionError | None) -> None:
        """Say what is wrong, or count the rows in a job."""
        self.filter_button.setEnabled(error is None)
        self.select_button.setEnabled(error is None and bool(self.line.text().strip()))
        layer, text = self._layer, self.line.text().strip()
        if error is not None:
            self.session.jobs.cancel("table.condition")
            self._say(Kind.WARNING, str(error))
            return
        if layer is None or not text:
            self._say(Kind.CAPTION, "Empty: all rows are shown." if layer is not None else "")
            return
        total = len(layer.features)

        def work(feedback: Feedback) -> int:
            return int(np.count_nonzero(holding(text, layer.features, feedback=feedback)))

        def done(count: int) -> None:
            state = "The layer is filtered so:" if text == self._where else "Holds for"
            self._say(Kind.CAPTION, f"{state} {number(count)} of {number(total)} rows.")

        self.work_if_long(total, "table.condition", "Counting the rows", work, done)

    def _say(self, kind: Kind, text: str) -> None:
        self.note.set_kind(kind)
        self.note.setText(text)

    def _help(self) -> None:
        card = ExpressionHelp(self)
        card.open_at(self.help_button.mapToGlobal(QPoint(0, 0)))


class ExpressionHelp(QFrame):
    """Examples and all functions, on a card that goes with a click elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("How expressions are written")
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(2)
        grid.addWidget(Text(Kind.HEADING, "Examples"), 0, 0, 1, 4)
        for line, (text, says) in enumerate(EXAMPLES, start=1):
            grid.addWidget(Text(Kind.BODY, text).fit(), line, 0, 1, 3)
            grid.addWidget(Text(Kind.NOTE, says).fit(), line, 3)
        first = grid.rowCount()
        rule = "Text stands in 'single quotes', a column with spaces in \"double\" ones."
        grid.addWidget(Text(Kind.NOTE, rule).fit(), first, 0, 1, 4)
        grid.addWidget(Text(Kind.HEADING, "Functions"), first + 1, 0, 1, 4)
        told = functions_told()
        half = (len(told) + 1) // 2
        for i, (signature, says) in enumerate(told):
            line, side = first + 2 + i % half, 2 * (i // half)
            grid.addWidget(Text(Kind.LEGEND, signature).fit(), line, side)
            grid.addWidget(Text(Kind.NOTE, says).fit(), line, side + 1)

    def open_at(self, spot: QPoint) -> None:
        """Show the card above a place of the screen, all of it on the screen."""
        self.adjustSize()
        limits = self.screen().availableGeometry()
        x = min(spot.x() - self.width(), limits.right() - self.width())
        y = spot.y() - self.height() - GRID
        self.move(max(x, limits.left()), max(y, limits.top()))
        self.show()
