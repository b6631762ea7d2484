"""The small form of a plant that does not exist: name, what it makes, how much."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gisapp.gui.looks import GRID, Kind, Text
from gisapp.model.vocabulary import MINERALS, Role
from gisapp.workspace.session import Session

_ROLES: Final = (Role.REFINERY, Role.MAGNET_PLANT, Role.DEPOSIT)
_USUAL_TONNES: Final = {Role.REFINERY: 20_000.0, Role.MAGNET_PLANT: 2_000.0, Role.DEPOSIT: 20_000.0}


class PlantForm(QFrame):
    """Asks for a plant at a place and adds it to the scenario; `closed` comes in any case."""

    closed = Signal()

    def __init__(self, session: Session, lon: float, lat: float, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("A plant that does not exist")
        self._session, self._place = session, (lon, lat)
        question = session.state.question
        self.name = QLineEdit()
        self.name.setPlaceholderText("New plant")
        self.name.setAccessibleName("Name of the plant")
        self.role = QComboBox()
        self.role.setAccessibleName("Kind of plant")
        for role in _ROLES:
            self.role.addItem("Mine" if role is Role.DEPOSIT else role.label, role)
        self.role.setCurrentIndex(self.role.findData(question.to))
        self.role.currentIndexChanged.connect(lambda _row: self._suggest())
        self.mineral = QComboBox()
        self.mineral.setAccessibleName("Mineral")
        for code, title in MINERALS.items():
            self.mineral.addItem(title, code)
        self.mineral.setCurrentIndex(max(self.mineral.findData(question.mineral), 0))
        self.capacity = QDoubleSpinBox()
        self.capacity.setAccessibleName("Capacity in tonnes a year")
        self.capacity.setRange(1.0, 1e8)
        self.capacity.setDecimals(0)
        self.capacity.setGroupSeparatorShown(True)
        self.capacity.setSuffix("\u00a0t/yr")
        self._suggest()
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID // 2)
        form.addRow("Name", self.name)
        form.addRow("Kind", self.role)
        form.addRow("Mineral", self.mineral)
        form.addRow("Capacity", self.capacity)
        add = QPushButton("Add to the scenario")
        add.setObjectName("primary")
        add.clicked.connect(self._add)
        cancel = QPushButton("Cancel")
        cancel.setObjectName("quiet")
        cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(add)
        buttons.addWidget(cancel)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(GRID)
        column.addWidget(Text(Kind.TITLE, "A plant that does not exist"))
        column.addLayout(form)
        column.addWidget(Text(Kind.NOTE, "Capacity as the mineral is counted (metal, oxide)."))
        column.addLayout(buttons)
        self.setFixedWidth(320)

    def open_at(self, spot: QPoint) -> None:
        """Show the form beside a place of the screen, all of it on the screen."""
        self.adjustSize()
        limits = self.screen().availableGeometry()
        x = min(spot.x() + GRID, limits.right() - self.width())
        y = min(spot.y() + GRID, limits.bottom() - self.height())
        self.move(max(x, limits.left()), max(y, limits.top()))
        self.show()
        self.name.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Add with Enter; Escape closes by itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._add()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it is over."""
        self.closed.emit()
        super().closeEvent(event)

    def _suggest(self) -> None:
        self.capacity.setValue(_USUAL_TONNES[self.role.currentData()])

    def _add(self) -> None:
        lon, lat = self._place
        self._session.run(
            "scenario.add_plant",
            lon=lon,
            lat=lat,
            capacity=self.capacity.value(),
            name=self.name.text(),
            role=self.role.currentData(),
            mineral=self.mineral.currentData(),
        )
        self.close()
