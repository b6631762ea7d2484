"""Progress, cancellation, problems and errors: one way to report each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from gisapp.model.reading import Finding

T = TypeVar("T")


class GisappError(Exception):
    """Something was refused: what failed in one sentence, and a next step.

    Parameters
    ----------
    code : str
        Stable, untranslated name of the error, for scripts and tests.
    message : str
        One sentence naming what failed.
    hint : str
        What to do next; may be empty.
    findings : tuple of Finding
        What the user can decide to have it after all: the CRS of a file that says none.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", findings: tuple[Finding, ...] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.findings = findings

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Cancelled(Exception):  # noqa: N818 - not an error
    """The user cancelled a job; it leaves no half result."""


class Severity(StrEnum):
    """How much a problem matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Problem:
    """Something found or repaired in a layer, in one sentence with a next step."""

    code: str
    severity: Severity
    message: str
    hint: str = ""
    count: int = 1


class Feedback:
    """Progress and cancellation of one piece of work; safe to share between threads.

    Parameters
    ----------
    report : callable, optional
        Called with the fraction done (0 to 1) and a short text whenever either moves.
    """

    def __init__(self, report: Callable[[float, str], None] | None = None) -> None:
        self._report = report
        self._cancelled = threading.Event()
        self._last = (-1.0, "")

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """True once cancel() was called."""
        return self._cancelled.is_set()

    def check(self, fraction: float | None = None, text: str = "") -> None:
        """Report progress and raise `Cancelled` if the user asked to stop."""
        if self._cancelled.is_set():
            raise Cancelled
        if fraction is None or self._report is None:
            return
        moved = fraction - self._last[0]
        if moved >= 0.01 or moved < 0 or (moved and fraction >= 1) or text != self._last[1]:
            self._last = (fraction, text)
            self._report(fraction, text)

    def part(self, first: float, last: float, text: str = "") -> Feedback:
        """Return the feedback of a part of the work, cancelled with the whole.

        Parameters
        ----------
        first, last
            What the part's 0 and 1 are of the whole.
        text
            What is said while it lasts; "" for what the part says itself.
        """
        part = Feedback(lambda done, own: self.check(first + (last - first) * done, text or own))
        part._cancelled = self._cancelled
        return part


class Signal(Generic[T]):
    """A typed list of listeners; the one event mechanism outside Qt."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def connect(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Add a listener; the returned function removes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def emit(self, value: T) -> None:
        """Call every listener with the value, in the order they came."""
        for listener in tuple(self._listeners):
            listener(value)
