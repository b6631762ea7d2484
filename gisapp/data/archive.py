"""Zip archives unpacked with care: nothing outside the folder, nothing without bound."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from gisapp.model.feedback import Feedback, GisappError

#: What an archive may unpack to, in bytes and in files; far above any real layer.
MAX_BYTES: Final = 4 * 1024**3
MAX_FILES: Final = 10_000
#: A member that shrinks more than this, and is larger than `_SMALL`, was made to do harm.
_MAX_RATIO: Final = 1000
_SMALL: Final = 50 * 1024**2
_CHUNK: Final = 1024**2


def unpack(path: Path, folder: Path, *, feedback: Feedback | None = None) -> None:
    """Unpack an archive into a folder.

    Raises
    ------
    GisappError
        zip_broken, zip_unsafe (a member points outside the folder), zip_too_large, zip_locked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            _refuse_harm(path, members)
            written = 0
            for number, member in enumerate(members):
                target = folder.joinpath(*PurePosixPath(member.filename.replace("\\", "/")).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as sink:
                    while chunk := source.read(_CHUNK):
                        written += len(chunk)
                        if written > MAX_BYTES:  # headers can lie about sizes
                            raise _too_large(path)
                        sink.write(chunk)
                        if feedback:
                            feedback.check(number / len(members), f"Unpacking {path.name}")
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise GisappError(
            "zip_broken",
            f"{path.name} is not a readable zip archive.",
            f"Unpack it by other means, or fetch it again ({error}).",
        ) from error
    except RuntimeError as error:  # zipfile's word for a password
        raise GisappError(
            "zip_locked", f"{path.name} is locked with a password.", "Unpack it first."
        ) from error


def _refuse_harm(path: Path, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
            raise GisappError(
                "zip_unsafe",
                f'{path.name} holds a file that would land outside it ("{member.filename}").',
                "Do not trust this archive.",
            )
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > _SMALL and ratio > _MAX_RATIO:
            raise _too_large(path)
    if len(members) > MAX_FILES or sum(m.file_size for m in members) > MAX_BYTES:
        raise _too_large(path)
    free = shutil.disk_usage(path.parent).free
    if sum(m.file_size for m in members) > free:
        raise GisappError("disk_full", f"There is no room to unpack {path.name}.", "Free some.")


def _too_large(path: Path) -> GisappError:
    limit = MAX_BYTES // 1024**3
    return GisappError(
        "zip_too_large",
        f"{path.name} would unpack to more than {limit} GB, {MAX_FILES} files, or was made to.",
        "Unpack what you need and open that.",
    )
