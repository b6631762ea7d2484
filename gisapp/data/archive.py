"""Zip archives unpacked with care: nothing outside the folder, nothing without bound."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from gisapp.model.feedback import Feedback, GisappError

#: What an archive may unpack to, in bytes and in files; far above any real layer.
MAX_BYTES: Final = 4 * 1024**3
MAX_FILES: Final = 10_000
#: A member that shrinks more than this, and is larger than `_SMALL`, was made to do harm.
_MAX_RATIO: Final = 1000
_SMALL: Final = 50 * 1024**2
#: So was an archive that as a whole shrinks more than this and is larger than `_LARGE`.
_MAX_MEAN: Final = 200
_LARGE: Final = 500 * 1024**2
_CHUNK: Final = 1024**2
#: Names that are devices on Windows, whatever follows the first dot.
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
#: What a damaged archive raises.
BROKEN: Final = (
    zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error,
)  # fmt: skip


def unpack(path: Path, folder: Path, *, feedback: Feedback | None = None) -> None:
    """Unpack an archive into a folder.

    Raises
    ------
    GisappError
        zip_broken, zip_unsafe (a member points outside the folder, is a link or a device, or comes
        twice), zip_too_large, zip_locked, disk_full.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = files_in(archive)
            refuse_harm(path, members)
            written = 0
            for number, member in enumerate(members):
                target = folder.joinpath(*_inside(member).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as sink:
                    while chunk := source.read(_CHUNK):
                        written += len(chunk)
                        if written > MAX_BYTES:  # headers can lie about sizes
                            raise _too_large(path)
                        sink.write(chunk)
                        if feedback:
                            feedback.check(number / len(members), f"Unpacking {path.name}")
    except BROKEN as error:
        raise GisappError(
            "zip_broken",
            f"{path.name} is not a readable zip archive.",
            f"Unpack it by other means, or fetch it again ({error}).",
        ) from error
    except RuntimeError as error:  # zipfile's word for a password
        raise GisappError(
            "zip_locked", f"{path.name} is locked with a password.", "Unpack it first."
        ) from error


def files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members that are no folders; `is_dir` stumbles over one without a name."""
    return [m for m in archive.infolist() if not m.filename.endswith(("/", "\\"))]


def refuse_harm(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive by its list of members.

    Raises
    ------
    GisappError
        zip_unsafe, zip_too_large, disk_full.
    """
    seen: set[str] = set()
    for member in members:
        inside = _inside(member)
        plain = str(inside).casefold()
        if not inside.parts or inside.is_absolute() or ".." in inside.parts or ":" in str(inside):
            raise _unsafe(path, member, "would land outside it")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _unsafe(path, member, "is a link to another place")
        if any(part.partition(".")[0].strip().lower() in _DEVICES for part in inside.parts):
            raise _unsafe(path, member, "has the name of a device")
        if plain in seen:
            raise _unsafe(path, member, "is there twice")
        seen.add(plain)
        if member.file_size > _SMALL and member.file_size > _MAX_RATIO * member.compress_size:
            raise _too_large(path)
    total, packed = (
        (sum(sizes) for sizes in zip(*map(_sizes, members), strict=True)) if members else (0, 0)
    )
    if (
        len(members) > MAX_FILES
        or total > MAX_BYTES
        or (total > _LARGE and total > _MAX_MEAN * packed)
    ):
        raise _too_large(path)
    if total > shutil.disk_usage(path.parent).free:
        raise GisappError("disk_full", f"There is no room to unpack {path.name}.", "Free some.")


def _inside(member: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(member.filename.replace("\\", "/"))


def _sizes(member: zipfile.ZipInfo) -> tuple[int, int]:
    return member.file_size, max(member.compress_size, 1)


def _unsafe(path: Path, member: zipfile.ZipInfo, why: str) -> GisappError:
    return GisappError(
        "zip_unsafe",
        f'{path.name} holds a file that {why} ("{member.filename}").',
        "Do not trust this archive.",
    )


def _too_large(path: Path) -> GisappError:
    limit = MAX_BYTES // 1024**3
    return GisappError(
        "zip_too_large",
        f"{path.name} would unpack to more than {limit} GB, {MAX_FILES} files, or was made to.",
        "Unpack what you need and open that.",
    )
