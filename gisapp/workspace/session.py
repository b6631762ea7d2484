"""The running application without a toolkit: state, history, jobs, and the answer on show."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from traceback import format_exception
from typing import Any, Final

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError, Severity, Signal
from gisapp.render.picture import Picture
from gisapp.workspace.answer import Answer
from gisapp.workspace.commands import Command, Job, Opened, Outcome, Registry, Saved, Told, Travel
from gisapp.workspace.filtering import asks
from gisapp.workspace.history import History
from gisapp.workspace.jobs import Deliver, Jobs, JobStatus
from gisapp.workspace.own_facts import project_facts
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState

__all__ = ["Answerer", "Picturer", "Report", "Session"]

log = logging.getLogger("gisapp")

#: Up to so many rows are filtered in less time than an eye sees.
_AT_ONCE: Final = 50_000

#: Makes the picture of a state and its answer, None while that is worked out: cheap, so that the
#: map shows the layers at once and the lines as soon as they are known.
Picturer = Callable[[ProjectState, Facts, Answer | None], Picture]
#: Answers a state's question in full.
Answerer = Callable[[ProjectState, Facts, Feedback], Answer]


class Session:
    """What is open and what is done with it. All methods are for the main thread.

    Signals: `changed` (a new state), `pictured` (what the map shall show), `answered` (the full
    answer; None while it is being worked out, so that a stale one is marked), `reported`.
    """

    def __init__(
        self,
        registry: Registry,
        facts: Facts,
        *,
        state: ProjectState | None = None,
        picturer: Picturer,
        answerer: Answerer,
        deliver: Deliver | None = None,
    ) -> None:
        self.registry = registry
        self._facts = facts
        self.jobs = Jobs(deliver)
        self.path: Path | None = None
        self.changed: Signal[ProjectState] = Signal()
        self.pictured: Signal[Picture] = Signal()
        self.answered: Signal[Answer | None] = Signal()
        self.reported: Signal[Report] = Signal()
        self.answer: Answer | None = None
        self._previewed: str | None = None
        self.jobs.changed.connect(self._watch_previews)
        self._picturer = picturer
        self._answerer = answerer
        self._history = History.start(state if state is not None else ProjectState())
        self._saved: ProjectState | None = self._history.state

    @property
    def state(self) -> ProjectState:
        """The present state."""
        return self._history.state

    @property
    def facts(self) -> Facts:
        """The facts as the project has them, with its own alliances."""
        return project_facts(self.state, self._facts)

    @property
    def history(self) -> History:
        """All steps and the present one."""
        return self._history

    @property
    def dirty(self) -> bool:
        """True where the state differs from the saved one in more than the view."""
        saved = self._saved
        return saved is None or saved.with_(view=self.state.view) != self.state

    def can(self, command_id: str) -> bool:
        """Return whether a command would do something now."""
        if command_id == "edit.undo":
            return self._history.can_undo
        if command_id == "edit.redo":
            return self._history.can_redo
        return self.registry[command_id].enabled(self.state)

    def run(self, command_id: str, **params: Any) -> None:
        """Run a command; what it refuses is reported, never raised."""
        command = self.registry[command_id]
        try:
            outcome = command.run(self.state, **params)
        except GisappError as error:
            self.report_error(error)
            return
        self._take(command, outcome)

    def undo(self) -> None:
        """Go back one step, if there is one."""
        self.run("edit.undo")

    def redo(self) -> None:
        """Go forward one step, if there is one."""
        self.run("edit.redo")

    def go(self, index: int) -> None:
        """Go to a step of the history by its number."""
        self._move(self._history.go(index))

    def open(self, state: ProjectState, path: Path | None = None, *, dirty: bool = False) -> None:
        """Replace project and history: a file was opened, or a new project begun.

        What is still read for the project before comes too late.
        """
        for job in self.jobs.running:
            if job.purpose.startswith("open "):
                self.jobs.cancel(job.purpose)
        self.path = path
        self._saved = None if dirty else state
        self._move(History.start(state), fresh=True)

    def saved(self, state: ProjectState, path: Path) -> None:
        """Note that this state stands in a file."""
        self.path = path
        self._saved = state
        self.changed.emit(self.state)

    def preview(self) -> None:
        """Emit the present state and its picture, and answer nothing yet: `refresh` does."""
        self.changed.emit(self.state)
        self._draw(self.state)

    def glimpse(self, change: Callable[[ProjectState], ProjectState]) -> None:
        """Draw what a change would look like; the project stays as it is, and is drawn next."""
        self._draw(change(self.state))

    def refresh(self) -> None:
        """Emit the present state, its picture and, when worked out, its answer."""
        self._move(self._history, fresh=True)

    def report(self, report: Report) -> None:
        """Log a line and tell the listeners."""
        levels = {Severity.INFO: logging.INFO, Severity.WARNING: logging.WARNING}
        log.log(levels.get(report.severity, logging.ERROR), "%s %s", report.message, report.hint)
        self.reported.emit(report)

    def report_error(self, error: Exception) -> None:
        """Report what went wrong: refused input in its own words, a fault of ours as such."""
        if isinstance(error, GisappError):
            self.report(Report(Severity.ERROR, error.message, error.hint))
            return
        log.error("unexpected fault", exc_info=error)
        self.report(
            Report(
                Severity.ERROR,
                f"This did not work: {type(error).__name__}: {error}",
                "Your project is unchanged; the log has the details.",
                details="".join(format_exception(error)),
            )
        )

    def close(self) -> None:
        """End all jobs."""
        self.jobs.close()

    def _take(self, command: Command, outcome: Outcome) -> None:
        match outcome:
            case ProjectState():
                self._set(command.name, outcome, undoable=command.undoable)
            case Job():
                self._start(command, outcome)
            case Travel():
                start = self._history.index if outcome.index is None else outcome.index
                last = len(self._history.steps) - 1
                self.go(min(max(start + outcome.steps, 0), last))
            case Opened():
                self.open(outcome.state, outcome.path, dirty=outcome.dirty)
                self._tell(outcome.reports)
            case Saved():
                self.saved(outcome.state, outcome.path)
                self._tell(outcome.reports)
            case Told():
                if outcome.state is not None:
                    self._set(command.name, outcome.state, undoable=command.undoable)
                self._tell(outcome.reports)

    def _start(self, command: Command, job: Job) -> None:
        def done(result: Any) -> None:
            self._previewed = None
            try:
                outcome = job.then(self.state, result)
            except GisappError as error:
                self.report_error(error)
            else:
                self._take(command, outcome)

        if job.preview is not None:
            job.preview.connect(
                lambda change: self.jobs.deliver(lambda: self._show_early(job.purpose, change))
            )
        self.jobs.start(job.purpose, job.title, job.work, done, self.report_error)

    def _show_early(self, purpose: str, change: Callable[[ProjectState], ProjectState]) -> None:
        if purpose in {status.purpose for status in self.jobs.running}:
            self._previewed = purpose
            self._draw(change(self.state))

    def _watch_previews(self, running: tuple[JobStatus, ...]) -> None:
        if self._previewed is not None and self._previewed not in {s.purpose for s in running}:
            # after the job's own end, which may have drawn already
            self.jobs.deliver(self._end_preview)

    def _end_preview(self) -> None:
        if self._previewed is not None:
            self._previewed = None
            self._draw(self.state)

    def _tell(self, reports: tuple[Report, ...]) -> None:
        for report in reports:
            self.report(report)

    def _set(self, title: str, state: ProjectState, *, undoable: bool) -> None:
        if state is self.state:
            return
        history = self._history.push(title, state) if undoable else self._history.amend(state)
        self._move(history)

    def _move(self, history: History, *, fresh: bool = False) -> None:
        before, self._history = self._history.state, history
        state = history.state
        if fresh or _asked(before) != _asked(state):
            self.answer = None
        self.changed.emit(state)
        if fresh or _drawn(before) != _drawn(state):
            self._draw(state)
        if fresh or _asked(before) != _asked(state):
            self.answered.emit(None)
            self.jobs.start(
                "answer",
                "Answering",
                lambda f: self._work_out(state, f),
                self._show,
                self.report_error,
            )

    def _work_out(self, state: ProjectState, feedback: Feedback) -> Answer:
        return self._answerer(state, self.facts, feedback)

    def _show(self, answer: Answer) -> None:
        self.answer = answer
        self._draw(self.state)
        self.answered.emit(answer)

    def _draw(self, state: ProjectState) -> None:
        """Emit the picture of a state: at once, or when a job has made that of many rows."""
        answer = self.answer
        rows = sum(len(entry.layer.features) for entry in state.layers if entry.visible)
        slow = asks(state.filter, state.question.mineral) or state.supposed is not None
        slow = slow or any(entry.where for entry in state.layers if entry.visible)
        if rows > _AT_ONCE and slow:
            self.jobs.start(
                "picture",
                "Drawing",
                lambda _feedback: self._picturer(state, self.facts, answer),
                self.pictured.emit,
                self.report_error,
            )
        else:
            self.jobs.cancel("picture")
            self.pictured.emit(self._picturer(state, self.facts, answer))


def _asked(state: ProjectState) -> tuple[Any, ...]:
    """Return what an answer depends on: a hidden layer is not counted, looks never matter."""
    counted = tuple(
        (e.layer.features, e.layer.role, e.layer.mapping, e.where)
        for e in state.layers
        if e.visible and e.layer.derivation is None  # a kept answer asks for no other
    )
    side_by_side = state.scenarios if state.question.view == "scenarios" else ()
    return (
        *(
            state.question,
            state.filter,
            state.supposed,
            side_by_side,
            state.yields,
            state.costs,
            counted,
        ),
        _members(state),
    )


def _members(state: ProjectState) -> tuple[Any, ...]:
    """Return what the project says of the members of the alliance that is asked about."""
    asked = state.question.alliance
    own = tuple(a for a in state.alliances if a.id == asked)
    return () if asked is None else (own, state.territories)


def _drawn(state: ProjectState) -> tuple[Any, ...]:
    """Return what the map shows."""
    return (
        *(state.question, state.filter, state.supposed),
        *(state.layers, state.title, state.subtitle, _members(state), state.frame.also),
    )
