"""Calls that block on a server or an engine, which the user or the clock may end all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from gisapp.model.feedback import Cancelled, Feedback

T = TypeVar("T")

_LOOK_S = 0.05
_END_S = 10.0


def batches_of(
    reader: Iterator[Any],
    feedback: Feedback | None,
    stop: Callable[[], object],
    *,
    seconds: float = 3600.0,
) -> Iterator[Any]:
    """Give the batches of a reader, each of which may be waited for; raises as `waiting` does."""
    while True:
        batch = waiting(lambda: next(reader, None), feedback, stop, seconds=seconds)
        if batch is None:
            return
        yield batch


def waiting(
    call: Callable[[], T],
    feedback: Feedback | None,
    stop: Callable[[], object] | None = None,
    *,
    seconds: float = 3600.0,
) -> T:
    """Return what a blocking call returns; where the user cancels, `stop` it and leave.

    `call` runs in a thread of its own, which ends when `stop` or a limit of its own ends the
    call; what it raises is raised here. What was stopped is waited for, since a connection that
    is closed while a thread still uses it may lock both up.

    Raises
    ------
    TimeoutError
        After so many seconds.
    """
    done = threading.Event()
    result: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            result.append(call())
        except BaseException as error:  # raised again on the thread that waits
            failure.append(error)
        finally:
            done.set()

    threading.Thread(target=run, name="waiting", daemon=True).start()
    end = time.monotonic() + seconds
    while not done.wait(_LOOK_S):
        given_up = feedback is not None and feedback.cancelled
        if given_up or time.monotonic() > end:
            if stop is not None:
                stop()
                done.wait(_END_S)
            raise Cancelled if given_up else TimeoutError
    if failure:
        raise failure[0]
    return result[0]
