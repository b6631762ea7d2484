"""Arrays kept in a folder between runs: they can be worked out again, so nothing here fails."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

import numpy as np
import numpy.typing as npt

#: A folder holds no more than this; what was written longest ago goes first.
FOLDER_BYTES: Final = 600_000_000


def read_arrays(file: Path, *names: str) -> tuple[npt.NDArray[Any], ...] | None:
    """Return the arrays that a file holds, None where it holds them not all or not whole."""
    try:
        # opened here: numpy leaves a file open that turns out to be none of its own
        with file.open("rb") as source, np.load(source) as kept:
            return tuple(kept[name] for name in names)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def write_arrays(file: Path, **arrays: npt.NDArray[Any]) -> bool:
    """Keep arrays, and return whether that went well; a full disk is no error.

    They are written aside first, so that nobody reads a half.
    """
    aside = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as out:
            aside = Path(out.name)
            np.savez(out, allow_pickle=False, **arrays)
        aside.replace(file)
        _trim(file.parent)
    except OSError:
        with contextlib.suppress(OSError):
            if aside is not None:
                aside.unlink(missing_ok=True)
        return False
    return True


def _trim(folder: Path) -> None:
    """Remove the files that were not written for longest where the folder has grown too large."""
    files = sorted(
        ((path.stat(), path) for path in folder.glob("*.npz")), key=lambda f: f[0].st_mtime
    )
    total = sum(stat.st_size for stat, _ in files)
    for stat, path in files[:-1]:
        if total <= FOLDER_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= stat.st_size
