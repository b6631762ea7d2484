"""The log and the history: what was said, and what was done."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from gisapp.gui.looks import colors_of
from gisapp.gui.panel import Panel
from gisapp.model.feedback import Severity
from gisapp.workspace.report import Report
from gisapp.workspace.session import Session

_MOST_LINES: Final = 2000


class LogPanel(Panel):
    """All that was reported in this run, the latest last."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.view = QPlainTextEdit(self)
        self.view.setReadOnly(True)
        self.view.setMaximumBlockCount(_MOST_LINES)
        self.view.setAccessibleName("Log")
        self.view.setPlaceholderText("Nothing was reported yet.")
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.listen(session.reported, self._add)

    def _add(self, report: Report) -> None:
        colors = colors_of(self)
        color = {Severity.ERROR: colors.limit, Severity.WARNING: colors.leader}.get(
            report.severity, colors.muted
        )
        time = datetime.now().astimezone().strftime("%H:%M:%S")
        said = escape(f"{report.message} {report.hint}".strip())
        self.view.appendHtml(
            f'<span style="color:{colors.muted}">{time}</span>&nbsp;&nbsp;'
            f'<span style="color:{color}">{report.severity.value}</span>&nbsp;&nbsp;{said}'
        )
        for line in report.details.splitlines():
            kept = escape(line).replace(" ", "&nbsp;")
            self.view.appendHtml(f'<span style="color:{colors.muted}">{kept}</span>')


class HistoryPanel(Panel):
    """All steps; a click goes to one. What was undone stays until something new is done."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._steps: tuple[str, ...] = ()
        self.list = QListWidget(self)
        self.list.setAccessibleName("History")
        self.list.setToolTip("Go to a step")
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.listen(session.changed, lambda _state: self._show())
        self._show()

    def _show(self) -> None:
        history = self.session.history
        known = tuple(step.title for step in history.steps)
        if known != self._steps:
            self._steps = known
            self.list.clear()
            for step in history.steps:
                self.list.addItem(step.title)
        colors = colors_of(self)
        for index in range(self.list.count()):
            item = self.list.item(index)
            later = index > history.index
            item.setForeground(QBrush(QColor(colors.muted if later else colors.text)))
            font = item.font()
            font.setBold(index == history.index)
            item.setFont(font)
        self.list.setCurrentRow(history.index)

    def _go(self, item: QListWidgetItem) -> None:
        index = self.list.row(item)
        if index != self.session.history.index:
            self.session.run("history.go", index=index)
