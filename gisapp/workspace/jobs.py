"""Work off the main thread: one job per purpose, a newer one cancels and mutes the older."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from gisapp.model.feedback import Cancelled, Feedback, Signal

#: More than there are cores: what the user waits for never stands behind a long analysis.
_WORKERS: Final = 6
#: Progress is told no more often: showing it takes the main thread's time.
_EVERY_S: Final = 0.05
#: Places in the list that a job is kept by.
_WORK, _DONE, _FAILED, _OUTCOME = range(4)

Deliver = Callable[[Callable[[], None]], None]


@dataclass(frozen=True)
class JobStatus:
    """What the progress line shows of a running job; `fraction` runs from 0 to 1."""

    purpose: str
    title: str
    fraction: float = 0.0
    text: str = ""


class Jobs:
    """Runs work in threads and brings results back to the main thread.

    Parameters
    ----------
    deliver
        Calls a function later on the main thread; safe from any thread. None keeps the calls in
        a queue that `wait` works off (command line, tests). Kept as the attribute of this name.
    """

    def __init__(self, deliver: Deliver | None = None) -> None:
        self.changed: Signal[tuple[JobStatus, ...]] = Signal()
        self._queue: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.deliver = deliver if deliver is not None else self._queue.put
        self._pool = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="job")
        self._running: dict[str, tuple[Feedback, JobStatus]] = {}
        # What jobs were given and have made. The callbacks of a job may hold the last of a widget,
        # which must not be freed in a job's thread: the threads hold lists that are emptied here.
        self._kept: dict[int, list[Any]] = {}
        self._closed = False

    @property
    def running(self) -> tuple[JobStatus, ...]:
        """The jobs under way."""
        return tuple(status for _, status in self._running.values())

    def start(
        self,
        purpose: str,
        title: str,
        work: Callable[[Feedback], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Start work; `done` or `failed` is called on the main thread unless it was cancelled.

        A running job of the same purpose is cancelled, and neither of its callbacks is called.
        After `close` nothing starts any more.
        """
        if self._closed:
            return
        self.cancel(purpose)
        told = 0.0

        def report(fraction: float, text: str) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told < _EVERY_S:
                return
            told = now
            self.deliver(lambda: self._progress(purpose, feedback, fraction, text))

        feedback = Feedback(report)
        self._running[purpose] = (feedback, JobStatus(purpose, title))
        self.changed.emit(self.running)
        kept: list[Any] = [work, done, failed]
        self._kept[id(kept)] = kept

        def finish(callback: int) -> None:
            current = self._running.get(purpose)
            if current is None or current[0] is not feedback:
                return  # a newer job took its place, or the user cancelled
            del self._running[purpose]
            self.changed.emit(self.running)
            kept[callback](kept[_OUTCOME])

        def run() -> None:
            try:
                feedback.check()
                kept.append(kept[_WORK](feedback))
            except Cancelled:
                return
            except Exception as error:
                kept.append(error)
                self.deliver(lambda: finish(_FAILED))
            else:
                self.deliver(lambda: finish(_DONE))

        ended = self._pool.submit(run)
        ended.add_done_callback(lambda _: self.deliver(lambda: self._let_go(kept)))

    def cancel(self, purpose: str) -> None:
        """Cancel the job of a purpose, if one runs; its result is dropped at once."""
        entry = self._running.pop(purpose, None)
        if entry is not None:
            entry[0].cancel()
            self.changed.emit(self.running)

    def close(self) -> None:
        """Cancel everything and wait for the threads to end."""
        self._closed = True
        for purpose in tuple(self._running):
            self.cancel(purpose)
        self._pool.shutdown(wait=True, cancel_futures=True)
        for kept in tuple(self._kept.values()):
            self._let_go(kept)

    def wait(self, timeout: float = 60.0) -> None:
        """Work off results until nothing runs; only without `deliver`. Raises queue.Empty late."""
        while self._running:
            self._queue.get(timeout=timeout)()

    def work_off(self) -> None:
        """Make the calls that are in the queue now; only without `deliver`."""
        while not self._queue.empty():
            self._queue.get()()

    def _let_go(self, kept: list[Any]) -> None:
        self._kept.pop(id(kept), None)
        kept.clear()

    def _progress(self, purpose: str, feedback: Feedback, fraction: float, text: str) -> None:
        entry = self._running.get(purpose)
        if entry is not None and entry[0] is feedback:
            status = JobStatus(purpose, entry[1].title, fraction, text)
            self._running[purpose] = (feedback, status)
            self.changed.emit(self.running)
