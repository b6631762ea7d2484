"""Files to be written: what stands in the way, in a sentence, and texts whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Final

from gisapp.model.feedback import GisappError

_LONGEST: Final = 60
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def not_written(path: Path, error: OSError) -> GisappError:
    """Return the error `not_written` for a file: what the system said, and what helps."""
    name = path.name if len(path.name) <= _LONGEST else f"{path.name[: _LONGEST - 1]}\u2026"
    said = f"{error.strerror or error}"
    why, hint = said[:1].lower() + said[1:], "Choose another folder, or close what has it open."
    if error.errno == errno.ENOENT:
        why, hint = f"there is no folder {path.parent}", "Make it first, or choose another folder."
    elif error.errno == errno.ENOTDIR:
        why, hint = f"{path.parent} is no folder", "Choose a folder."
    elif error.errno == errno.EISDIR:
        why, hint = "a folder has that name", "Choose another name."
    elif error.errno == errno.ENAMETOOLONG:
        why, hint = "its name is too long", "Choose a shorter name."
    elif error.errno in _FULL:
        hint = "Free some space, or choose another folder."
    return GisappError("not_written", f"{name} cannot be written: {why}.", hint)


def check_target(path: Path) -> None:
    """Refuse at once a file that could not be written after all the work.

    Raises
    ------
    GisappError
        `not_written` if its folder is missing or closed to the user, or a folder has its name.
    """
    try:
        with tempfile.TemporaryFile(dir=path.parent):  # the only sure test of a right to write
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as error:
        raise not_written(path, error) from error


def write_text(text: str, path: Path) -> None:
    """Write text in UTF-8, whole or not at all; raises `GisappError` `not_written`."""
    aside = path.with_name(f".{path.stem[:_LONGEST]}-{os.getpid()}{path.suffix}")
    try:
        aside.write_text(text, encoding="utf-8", newline="")
        aside.replace(path)
    except OSError as error:
        if aside.is_file():
            aside.unlink()
        raise not_written(path, error) from error
