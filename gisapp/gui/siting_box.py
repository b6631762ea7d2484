"""Where the next plants should go: how many, how large, at what places, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from gisapp.gui.looks import GRID, Kind, Text, clear
from gisapp.gui.segments import Segments
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import NO_BREAK, rounded
from gisapp.model.vocabulary import Role
from gisapp.workspace.session import Session

if TYPE_CHECKING:  # scipy loads with the first answer, not before
    from gisapp.analysis.flows import FlowResult
    from gisapp.workspace.next_plants import NextPlants

_PLACES: Final = (
    ("Main ports and existing plants", ("port", "plant")),
    ("Main ports", ("port",)),
    ("Existing plants", ("plant",)),
    ("Where the ore comes from", ("source",)),
    ("Any of these", ("port", "plant", "source")),
)
_MOST: Final = 1e9


class SitingBox(QWidget):
    """Asks for the next plants beside those of a result, and shows where they belong."""

    def __init__(self, session: Session, found: FlowResult, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._found = session, found
        of = found.network.of
        self.count = 1
        segments = Segments(
            "How many plants",
            [(str(n), n, f"{n} plant{'s' if n > 1 else ''}") for n in (1, 2, 3)],
        )
        segments.choose(1)
        segments.chosen.connect(self._set_count)
        self.capacity = QDoubleSpinBox()
        self.capacity.setDecimals(0)
        self.capacity.setRange(1.0, _MOST)
        sizes = of.capacity[of.capacity > 0]
        usual = float(sorted(sizes)[len(sizes) // 2]) if len(sizes) else 1000.0
        self.capacity.setValue(usual)
        self.capacity.setSingleStep(max(round(usual / 10.0), 1.0))
        self.capacity.setSuffix(f"{NO_BREAK}t/yr")
        self.capacity.setAccessibleName("Capacity of each plant")
        self.capacity.setToolTip(f"Of each plant, {of.product_unit} a year; first the usual size")
        self.places = QComboBox()
        self.places.setAccessibleName("Places that are tried")
        for title, kinds in _PLACES:
            self.places.addItem(title, kinds)
        self.button = QPushButton("Find the best place")
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.button.setToolTip("Try all of these places within the alliance, and prove the best")
        self.button.clicked.connect(self.look)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        for i, (word, widget) in enumerate(
            (("Plants", segments), ("Each of", self.capacity), ("At", self.places))
        ):
            grid.addWidget(Text(Kind.NOTE, word).fit(), i, 0)
            grid.addWidget(widget, i, 1)
        self.answer = QVBoxLayout()
        self.answer.setSpacing(GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(grid)
        column.addWidget(self.button)
        column.addLayout(self.answer)

    def look(self) -> None:
        """Look for the places, as a job."""
        found, facts = self._found, self._session.facts
        costs = self._session.state.costs
        kinds, count, size = self.places.currentData(), self.count, self.capacity.value()
        self.button.setEnabled(False)
        self.button.setText("Looking\u2026")

        def work(feedback: Feedback) -> NextPlants:
            from gisapp.workspace.next_plants import next_plants

            return next_plants(found, facts, costs, kinds, feedback, count=count, capacity=size)

        def failed(error: Exception) -> None:
            if isValid(self):
                self._again()
            self._session.report_error(error)

        self._session.jobs.start("site", "Finding the best place", work, self._show, failed)

    def _set_count(self, count: int) -> None:
        self.count = count

    def _again(self) -> None:
        self.button.setEnabled(True)
        self.button.setText("Find the best place")

    def _show(self, found: NextPlants) -> None:
        if not isValid(self):
            return
        self._again()
        clear(self.answer)
        self.answer.addWidget(Text(Kind.BODY, found.words))
        for row in found.sited.rows.to_dict("records"):
            line = QHBoxLayout()
            taken = f"{rounded(row['tonnes'])}{NO_BREAK}t"
            line.addWidget(Text(Kind.NOTE, f"{row['name']} takes {taken} of ore a year"), 1)
            button = QPushButton("Try it")
            button.setToolTip("Add this plant as a scenario: all numbers follow")
            button.setAccessibleName(f"Try a plant in {row['name']} as a scenario")
            button.clicked.connect(lambda _on=False, chosen=row: self._try(chosen))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self.answer.addLayout(line)
        others = found.sited.tried.iloc[1:4]
        if len(others) and len(found.sited.rows) == 1:
            names = ", ".join(others["name"])
            self.answer.addWidget(Text(Kind.CAPTION, f"Next best: {names}."))

    def _try(self, row: dict[str, object]) -> None:
        query = self._found.query
        self._session.run(
            "scenario.add_plant",
            lon=row["lon"],
            lat=row["lat"],
            capacity=self.capacity.value(),
            name=f"New plant, {row['name']}",
            role=Role(query.to),
            mineral=query.mineral,
            country=row["country"],
            owner_country=row["country"],
        )
