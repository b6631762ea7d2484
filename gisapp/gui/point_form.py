"""The card of a point that is added or moved: where it stands, and of a new one what it is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.column_model import column_title
from gisapp.gui.looks import GRID, Kind, ScrollColumn, Text
from gisapp.model.editing import type_of, value_of
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.workspace.goto import parse_coordinate
from gisapp.workspace.session import Session

#: Columns that are asked for first; others come after them.
_FIRST: Final = ("id", "name", "mineral", "country", "status", "capacity", "owner")
_MOST_HEIGHT: Final = 260
_LEAST_HEIGHT: Final = 72
#: What of the card is not fields, with its margins on the map.
_BESIDES: Final = 160
_PAUSE_MS: Final = 300


class PointForm(QFrame):
    """A card on the map; it stays until it is answered, since the point may be dragged meanwhile.

    Signals
    -------
    placed(lon, lat)
        A place was typed: the handle on the map goes there.
    closed()
        It is over, in whatever way.
    """

    placed = Signal(float, float)
    closed = Signal()

    def __init__(self, session: Session, layer: Layer, row: int, parent: QWidget) -> None:
        """Ask for a point of a layer; row -1 is a new one."""
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._layer, self._row = session, layer, row
        self._place: tuple[float, float] | None = None
        title = "Add a point" if row < 0 else "Move the point"
        self.setAccessibleName(title)
        self.position = QLineEdit()
        self.position.setAccessibleName("Latitude and longitude")
        self.position.setPlaceholderText("Latitude, longitude")
        self.note = Text(Kind.CAPTION)
        self.button = QPushButton("Add" if row < 0 else "Move")
        self.button.setObjectName("primary")
        self.button.clicked.connect(self.take)
        cancel = QPushButton("Cancel")
        cancel.setObjectName("quiet")
        cancel.clicked.connect(self.close)
        self.fields: dict[str, QLineEdit] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.addRow("Lat, lon", self.position)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addWidget(Text(Kind.TITLE, f"{title} {'to' if row < 0 else 'of'} {layer.name}"))
        column.addLayout(form)
        column.addWidget(self.note)
        if row < 0:
            self._ask_values(column)
        buttons = QHBoxLayout()
        buttons.addWidget(self.button)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self.setFixedWidth(320)
        self._typed = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._typed.timeout.connect(self._read)
        self.position.textEdited.connect(lambda _text: self._typed.start())
        self._tell()

    def put(self, lon: float, lat: float) -> None:
        """Show where the point stands now, degrees; what was typed for it stays as it was typed."""
        if self._place == (lon, lat):
            return
        self._place = lon, lat
        with QSignalBlocker(self.position):
            self.position.setText(f"{lat:.6f}, {lon:.6f}")
        self._tell()

    def take(self) -> None:
        """Add or move the point, and close if that was done."""
        if self._typed.isActive():
            self._read()
        if self._place is None:
            return
        lon, lat = self._place
        before = self._session.history.index
        if self._row < 0:
            values = {name: line.text() for name, line in self.fields.items() if line.text()}
            self._session.run("point.add", layer_id=self._layer.id, lon=lon, lat=lat, values=values)
        else:
            self._session.run(
                "point.move", layer_id=self._layer.id, row=self._row, lon=lon, lat=lat
            )
        running = {job.purpose for job in self._session.jobs.running}
        if self._session.history.index != before or "edit" in running:  # of many rows, soon
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take it with Enter, give it up with Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it is over."""
        self.closed.emit()
        super().closeEvent(event)

    def _ask_values(self, column: QVBoxLayout) -> None:
        columns = self._layer.features.columns
        names = [name for name in _FIRST if name in columns]
        names += [name for name in columns if name not in names]
        scroll = ScrollColumn(self)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID // 2)
        for name in names:
            line = QLineEdit()
            line.setPlaceholderText(type_of(columns[name]).value)
            line.setAccessibleName(column_title(name))
            line.textChanged.connect(lambda _text: self._tell())
            self.fields[name] = line
            form.addRow(column_title(name), line)
        scroll.column.setContentsMargins(0, 0, GRID, 0)
        scroll.column.addLayout(form)
        height = sum(line.sizeHint().height() + GRID // 2 for line in self.fields.values())
        inner, ground = scroll.widget(), self.parentWidget()
        if inner is not None:
            inner.setMinimumHeight(height)  # fields do not shrink, they are scrolled to
        room = _MOST_HEIGHT if ground is None else ground.height() - _BESIDES
        scroll.setFixedHeight(max(min(height, _MOST_HEIGHT, room), _LEAST_HEIGHT))
        column.addWidget(scroll)

    def _read(self) -> None:
        """Take the place that was typed."""
        self._typed.stop()
        self._place = None
        try:
            self._place = parse_coordinate(self.position.text())
        except GisappError as error:
            self._tell(str(error))
            return
        unread = self._place is None and self.position.text().strip()
        self._tell("Type it like 23.65 S, 68.25 W or 23\u00b039'S 68\u00b015'W." if unread else "")
        if self._place is not None:
            self.placed.emit(*self._place)

    def _tell(self, fault: str = "") -> None:
        for name, line in self.fields.items():
            try:
                value_of(line.text(), type_of(self._layer.features.columns[name]))
            except GisappError as error:
                fault = fault or f"{column_title(name)}: {error}"
        self.note.set_kind(Kind.WARNING if fault else Kind.CAPTION)
        waiting = "Click on the map, or type where it stands."
        ready = "Drag it on the map, or type where it stands."
        self.note.setText(fault or (waiting if self._place is None else ready))
        self.button.setEnabled(not fault and self._place is not None)
