"""What all panels share: they live by the session's signals, and leave no listener behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from gisapp.gui.collector import collect_here
from gisapp.model.feedback import Feedback, Signal
from gisapp.render.picture import Picture
from gisapp.workspace.session import Session

T = TypeVar("T")

#: Work on so many rows takes less than some 20 ms: making a job of it would only flicker.
AT_ONCE: Final = 20_000


def rows_of(picture: Picture) -> int:
    """Return how many rows a picture draws."""
    return sum(len(d.layer.features) if d.rows is None else len(d.rows) for d in picture.layers)


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

    def work_if_long(
        self,
        rows: int,
        purpose: str,
        title: str,
        work: Callable[[Feedback], T],
        done: Callable[[T], None],
    ) -> None:
        """Do work on so many rows at once if it is quick, else as a job."""
        self.session.jobs.cancel(purpose)
        if rows <= AT_ONCE:
            done(work(Feedback()))
        else:
            self.work(purpose, title, work, done)
