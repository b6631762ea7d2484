"""What was found and repaired in layers, and a layer's record, in a popup to read and copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gisapp.gui.looks import GRID, Kind, ScrollColumn, Text
from gisapp.model.feedback import Severity
from gisapp.model.layer import Layer
from gisapp.model.numbers import whole
from gisapp.workspace.record import record_of, record_text


class ProblemsPopup(QFrame):
    """Problems of layers, the serious ones first; of a single layer its record too.

    Parameters
    ----------
    look
        Opens how the single layer was read; None where it came from no file.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        parent: QWidget,
        look: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("popup")
        self.setAccessibleName("Problems and record")
        self._scroll = ScrollColumn(self)
        self._lines = self._scroll.column
        for layer in layers:
            if layer.problems or len(layers) == 1:
                self._lines.addWidget(Text(Kind.TITLE, layer.name))
            self._tell(layer)
        if len(layers) == 1:
            self._record(layers[0])
        self._lines.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        column.addWidget(self._scroll)
        row = QHBoxLayout()
        row.setContentsMargins(GRID, 0, GRID, 0)
        self.copy = QPushButton("Copy as text")
        self.copy.setObjectName("quiet")
        text = "\n\n".join(map(record_text, layers))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        row.addWidget(self.copy)
        if look is not None:
            self.look = QPushButton("How it was read\u2026")
            self.look.setObjectName("quiet")
            self.look.clicked.connect(lambda: (self.close(), look()))
            row.addWidget(self.look)
        row.addStretch(1)
        column.addLayout(row)
        self.setFixedSize(400, 380 if len(layers) == 1 else 300)

    def _tell(self, layer: Layer) -> None:
        told = sorted(layer.problems, key=lambda p: p.severity is Severity.INFO)
        for problem in told:
            told_already = problem.count < 2 or whole(problem.count) in problem.message
            count = "" if told_already else f" ({problem.count}\N{MULTIPLICATION SIGN})"
            self._lines.addWidget(Text(Kind.BODY, problem.message + count))
            if problem.hint:
                self._lines.addWidget(Text(Kind.NOTE, problem.hint))

    def _record(self, layer: Layer) -> None:
        self._lines.addWidget(Text(Kind.HEADING, "Record"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        for row, (title, text) in enumerate(record_of(layer)):
            grid.addWidget(Text(Kind.NOTE, title).fit(), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Text(Kind.BODY, text), row, 1)
        self._lines.addLayout(grid)
