"""What is said to the user: one line for the log and, where it matters, for the bar in place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisapp.model.feedback import GisappError, Severity
from gisapp.model.reading import ReadOptions


@dataclass(frozen=True)
class Refused:
    """A file that was not read, and what the user can decide to have it after all."""

    path: Path
    options: ReadOptions
    error: GisappError


@dataclass(frozen=True)
class Report:
    """One line for the log and, from warning on, for the bar in place.

    `command` is the id of a command that helps (with its parameters in `params`), or "";
    `button` is what to call it, "" for the command's own title. `refused` is a file that a choice
    of the user's would open; `details` is what a fault of ours was, for those who mend it.
    """

    severity: Severity
    message: str
    hint: str = ""
    command: str = ""
    params: tuple[tuple[str, Any], ...] = ()
    button: str = ""
    refused: Refused | None = None
    details: str = ""
