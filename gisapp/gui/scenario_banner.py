"""The banner on the map that says that this is a scenario and not the world as it is."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gisapp.gui.looks import GRID, Kind, LinkButton, Text
from gisapp.model.scenario import Scenario
from gisapp.workspace.scenario_words import differences, quoted
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

_MOST_WORDS: Final = 3
_LEAST_LETTERS: Final = 8


class ScenarioBanner(QFrame):
    """Lies at the top of the map while a scenario is active, and leads back to the world.

    While a place is asked for on the map it says so instead (`ask`).
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._session = session
        self._asked = self._said = ""
        self.title = LinkButton("", Kind.HEADING, self)
        self.title.setToolTip("Open the scenarios")
        self.title.clicked.connect(lambda: session.run("question.view", view="scenarios"))
        self.title.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.words = Text(Kind.LEGEND, "", self).fit()
        self.back = QPushButton("Back to the world as it is", self)
        self.back.setObjectName("quiet")
        self.back.clicked.connect(lambda: session.run("scenario.leave"))
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, GRID // 2, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self.title)
        row.addWidget(self.words)
        row.addWidget(self.back)
        parent.installEventFilter(self)
        self._leave = session.changed.connect(self._show)
        self._show(session.state)

    def leave(self) -> None:
        """Listen no more."""
        self._leave()

    def ask(self, words: str) -> None:
        """Say what a click on the map is for; "" says the scenario again."""
        self._asked = words
        self._show(self._session.state)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the top in the middle."""
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _show(self, state: ProjectState) -> None:
        scenario = state.supposed
        self.setVisible(scenario is not None or bool(self._asked))
        if self._asked:
            self.title.setText("")
            self._said = self._asked
        elif scenario is not None:
            self.title.setText(f"Scenario {quoted(scenario.name)}")
            self.title.setAccessibleName(f"{self.title.text()}: open the scenarios")
            self.title.updateGeometry()
            self._said = self._told(scenario, state)
        self.title.setVisible(not self._asked)
        self.back.setVisible(not self._asked)
        self.setAccessibleName(self._asked or f"{self.title.text()}: {self._said}")
        if not self.isHidden():
            self._place()

    def _told(self, scenario: Scenario, state: ProjectState) -> str:
        layers = [entry.layer for entry in state.layers]
        found = [d.text for d in differences(scenario, layers, self._session.facts.countries)]
        if not found:
            return "nothing is different yet"
        more = len(found) - _MOST_WORDS
        return ", ".join(found[:_MOST_WORDS]) + (f" and {more} more" if more > 0 else "")

    def _place(self) -> None:
        """Stand in the middle of the top, the words as long as there is room."""
        area = self.parentWidget()
        if area is None:
            return
        metrics = self.words.fontMetrics()
        self.words.setText(self._said)
        self.words.setVisible(True)
        whole = self.title.sizeHint().width()
        self.title.setFixedWidth(whole)
        room = area.width() - 4 * GRID
        over = self.sizeHint().width() - room
        if over > 0:
            left = metrics.horizontalAdvance(self._said) - over
            self.words.setVisible(left > _LEAST_LETTERS * metrics.averageCharWidth())
            self.words.setText(
                metrics.elidedText(self._said, Qt.TextElideMode.ElideRight, max(left, 0))
            )
            still = self.sizeHint().width() - room
            self.title.setFixedWidth(max(whole - max(still, 0), 0))
        self.words.setToolTip(self._said)
        self.adjustSize()
        self.move((area.width() - self.width()) // 2, GRID)
        self.raise_()
