from __future__ import annotations

import threading
from collections.abc import Callable

from gisapp.model.feedback import Feedback
from gisapp.workspace.jobs import Jobs


class Widget:
    """Stands for what may be freed on the main thread alone: notes where it was."""

    def __init__(self, freed: list[threading.Thread], begun: threading.Event) -> None:
        self.freed, self.begun = freed, begun
        self.results: list[object] = []

    def measure(self, feedback: Feedback) -> str:
        self.begun.set()
        while not feedback.cancelled:
            pass
        return "too late"

    def fail(self, _feedback: Feedback) -> None:
        raise ValueError("no such thing")

    def __del__(self) -> None:
        self.freed.append(threading.current_thread())


def ended(jobs: Jobs, freed: list[threading.Thread]) -> None:
    """Work off calls until the widget is gone; every path through a job ends with one."""
    jobs.close()
    jobs.work_off()
    assert freed == [threading.main_thread()]


def started(work: Callable[[Widget], Callable[[Feedback], object]]) -> tuple[Jobs, Widget]:
    jobs, widget = Jobs(), Widget([], threading.Event())
    jobs.start("measure", "Measuring", work(widget), widget.results.append, widget.results.append)
    return jobs, widget


def test_what_a_cancelled_job_held_is_freed_on_the_main_thread():
    jobs, widget = started(lambda widget: widget.measure)
    assert widget.begun.wait(10)
    freed = widget.freed
    del widget  # the job has the last of it, as where a dialog is closed
    jobs.cancel("measure")
    assert jobs.running == ()
    ended(jobs, freed)


def test_what_a_failed_job_held_is_freed_on_the_main_thread():
    jobs, widget = started(lambda widget: widget.fail)
    jobs.wait()
    assert [str(error) for error in widget.results] == ["no such thing"]
    freed = widget.freed
    widget.results.clear()  # the error holds the frames that it came through
    del widget
    ended(jobs, freed)


def test_a_result_arrives_once_and_nothing_stays():
    jobs = Jobs()
    found: list[object] = []
    for number in range(3):
        jobs.start("count", "Counting", lambda _f, n=number: n, found.append, found.append)
    jobs.wait()
    assert found == [2]  # a newer job silences the older
    jobs.close()
    assert jobs._kept == {}
