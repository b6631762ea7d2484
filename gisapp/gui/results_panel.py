"""The results: the finding as a sentence, then coverage, distance and facilities."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gisapp.gui.chain_page import ChainPage
from gisapp.gui.coverage_page import CoveragePage
from gisapp.gui.distance_page import DistancePage
from gisapp.gui.facilities_page import FacilitiesPage, count_facilities
from gisapp.gui.flows_page import VIEWS as FLOW_VIEWS
from gisapp.gui.flows_page import FlowsPage
from gisapp.gui.looks import GRID, IconButton, Kind, LinkButton, Text, colors_of
from gisapp.gui.panel import Panel, rows_of
from gisapp.gui.results_pages import Page, Suggestion, alliance_suggestions
from gisapp.gui.routes_page import RoutesPage
from gisapp.gui.scenarios_page import ScenariosPage
from gisapp.gui.view_tabs import ViewTabs
from gisapp.model.feedback import Severity
from gisapp.render.picture import Picture
from gisapp.workspace.answer import Answer
from gisapp.workspace.report import Report
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

#: A headline of more characters than this is set smaller, so that the chart stays in sight.
_LONG: Final = 70


class ResultsPanel(Panel):
    """What the question is answered with. A stale answer wears a chip until the next one is there.

    `rowActivated` carries layer id and row number of a site that the user wants to go to.
    """

    rowActivated = Signal(str, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Results")
        self._answer: Answer | None = None
        self.headline = Text(Kind.HEADLINE)
        self.text = Text(Kind.NOTE)
        self.more = LinkButton("In words", Kind.NOTE)
        self.more.setCheckable(True)
        self.more.toggled.connect(self._unfold)
        self.chip = Chip("Recalculating\u2026")
        self.copy_button = IconButton("mdi6.content-copy", "Copy the result as text", self)
        self.copy_button.clicked.connect(self._copy)
        self.keep_button = IconButton("mdi6.layers-plus", "Keep the result as a layer", self)
        self.keep_button.clicked.connect(lambda: session.run("result.keep"))
        self.coverage, self.distance = CoveragePage(session), DistancePage()
        self.facilities = FacilitiesPage()
        self.chain = ChainPage()
        self.flows = FlowsPage(session)
        self.routes = RoutesPage()
        self.scenarios = ScenariosPage(session)
        #: View, title, page and tip of every tab, in their order.
        self.pages: tuple[tuple[str, str, Page, str], ...] = (
            ("coverage", "Coverage", self.coverage, "How much lies inside the alliance"),
            ("distance", "Distance", self.distance, "How far the nearest plant is"),
            ("chain", "Chain", self.chain, "What the whole chain carries, and its weakest link"),
            ("flows", "Flows", self.flows, "Where the ore can go, and past which passages"),
            ("routes", "Routes", self.routes, "The way that goods travel between two places"),
            ("scenarios", "Scenarios", self.scenarios, "What if something were different"),
            ("facilities", "Facilities", self.facilities, "Which sites there are"),
        )
        self._views = tuple(view for view, *_ in self.pages)
        self.tabs = ViewTabs(self._head())
        self._build()
        for _, _, page, _ in self.pages:
            self._wire(page)
        self.listen(session.changed, self._follow)
        self.listen(session.pictured, self._show_picture)
        self.listen(session.answered, self._show_answer)
        self.listen(session.reported, self._show_failure)
        self._follow(session.state)
        self._show_answer(session.answer)

    def _build(self) -> None:
        self.tabs.setAccessibleName("Kinds of results")
        for _, title, page, tip in self.pages:
            self.tabs.addTab(page, title, tip)
        self.tabs.currentChanged.connect(self._choose_view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs, 1)

    def _head(self) -> QVBoxLayout:
        """Return the finding with what can be done with it."""
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(self.headline, 1)
        head.addWidget(self.keep_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        top = QVBoxLayout()
        top.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        top.setSpacing(GRID // 2)
        top.addLayout(head)
        top.addWidget(self.text)
        below = QHBoxLayout()
        below.addWidget(self.more, 1)
        below.addWidget(self.chip)
        top.addLayout(below)
        return top

    def _wire(self, page: Page) -> None:
        page.asked.connect(self._take)
        page.rowActivated.connect(self.rowActivated)

    def _take(self, suggestion: Suggestion) -> None:
        self.session.run(suggestion.command, **suggestion.params)

    def _choose_view(self, index: int) -> None:
        if tab_of(self.session.state.question.view) != self._views[index]:
            self.session.run("question.view", view=self._views[index])

    def _follow(self, state: ProjectState) -> None:
        view = tab_of(state.question.view)
        if view in self._views:
            with QSignalBlocker(self.tabs):
                self.tabs.setCurrentIndex(self._views.index(view))
        self.scenarios.follow(state)
        self.routes.follow(state)

    def _show_picture(self, picture: Picture) -> None:
        question, facts = self.session.state.question, self.session.facts
        if question.view != "facilities":
            return
        self.work_if_long(
            rows_of(picture),
            "results.facilities",
            "Counting sites",
            lambda feedback: count_facilities(picture, question.stage, feedback),
            lambda counts: self.facilities.show_counts(counts, question, facts),
        )

    def _show_answer(self, answer: Answer | None) -> None:
        self.chip.setVisible(answer is None and self._answer is not None)
        if answer is None:
            if self._answer is None:
                self.headline.setText("Working out the answer\u2026")
                self._say("")
            return
        self._answer = answer
        long = len(answer.headline) > _LONG
        self.headline.set_kind(Kind.LONG_HEADLINE if long else Kind.HEADLINE)
        self.headline.setText(answer.headline)
        self._say(answer.text)
        self._show_pages(answer)

    def _show_failure(self, report: Report) -> None:
        """Say why there is no answer, where the last report is that it failed."""
        running = any(status.purpose == "answer" for status in self.session.jobs.running)
        if report.severity is not Severity.ERROR or self.session.answer is not None or running:
            return
        self._answer = None
        self.chip.hide()
        self.headline.setText(report.message)
        self._say(report.hint)
        question = self.session.state.question
        others = alliance_suggestions(self.session.facts, question.as_of)
        words = "Change a word of the question; these have members at its date."
        self.coverage.explain("No answer to this question", words, others)
        self.distance.explain("No answer to this question", words, others)

    def _show_pages(self, answer: Answer) -> None:
        """Fill the page of the view that was asked; the others wait for their own answer."""
        question = self.session.state.question
        for view, _, page, _ in self.pages:
            if view == tab_of(question.view):
                page.show_answer(answer, question, self.session.facts)

    def _say(self, text: str) -> None:
        self.text.setText(text)
        self.more.setVisible(bool(text))
        self._unfold(self.more.isChecked())

    def _unfold(self, on: bool) -> None:
        """Show the result in sentences, or hide it so that the chart comes first."""
        self.text.setVisible(on and bool(self.text.text()))
        self.more.setText("Hide the words \u25b4" if on else "In words \u25be")
        self.more.setToolTip("Hide the sentences" if on else "Show the result in sentences")
        self.more.setAccessibleName(self.more.toolTip())

    def _copy(self) -> None:
        if self._answer is not None:
            text = f"{self._answer.headline}\n{self._answer.text}\n"
            QGuiApplication.clipboard().setText(text)


def tab_of(view: str) -> str:
    """Return the view whose tab shows a view: flows and exposure share one."""
    return FLOW_VIEWS[0] if view in FLOW_VIEWS else view


class Chip(Text):
    """A small label on a tinted ground: the state of what stands below."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(Kind.CAPTION, text, parent)
        self.fit()
        self.setContentsMargins(GRID, 0, GRID, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, then the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(colors_of(self).leader)
        ground.setAlphaF(0.28)
        painter.setBrush(ground)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(self.rect(), self.height() / 2, self.height() / 2)
        painter.end()
        super().paintEvent(event)
