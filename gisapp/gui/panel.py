"""What all panels share: they live by the session's signals, and leave no listener behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gisapp.gui.collector import collect_here
from gisapp.model.feedback import Feedback, Signal
from gisapp.workspace.session import Session

T = TypeVar("T")


class Panel(QWidget):
    """A widget on a session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        collect_here()
        self.session = session
        self._leaving: list[Callable[[], None]] = []
        leaving = self._leaving
        self.destroyed.connect(lambda: [leave() for leave in leaving])

    def listen(self, signal: Signal[T], listener: Callable[[T], None]) -> None:
        """Call a listener whenever the signal comes, as long as the panel lives."""
        self._leaving.append(signal.connect(listener))

    def work(
        self,
        purpose: str,
        title: str,
        work: Callable[[Feedback], Any],
        done: Callable[[Any], None],
    ) -> None:
        """Run work as a job of the session; `done` is called if the panel still lives."""

        def finish(result: Any) -> None:
            if isValid(self):
                done(result)

        self.session.jobs.start(purpose, title, work, finish, self.session.report_error)
