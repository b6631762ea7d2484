"""What tells the content of a file, wherever it lies: to find one again that was moved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gisapp.data import formats, shapefile

#: Larger files are told by this many bytes of their beginning, their end and places between.
_WHOLE: Final = 64 * 1024**2
_PIECES: Final = 64
_PIECE: Final = 1024**2
#: What of a shapefile holds data; indexes may be made anew at any time.
_PARTS: Final = (".shp", ".dbf", ".prj", ".cpg")
_MOST_FILES: Final = 2_000


def digest_of(path: Path) -> str:
    """Return the digest of a file, of a shapefile's parts, or of a folder's files; "" if it fails.

    The same content gives the same digest under any name. Of a file above 64 MB only its size and
    64 pieces of it count.
    """
    digest = hashlib.blake2b(digest_size=16)
    try:
        files = list(_files(path))
        for file in files:
            digest.update(file.suffix.lower().encode())
            _add(digest, file)
    except OSError:
        return ""
    return digest.hexdigest() if files else ""


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.is_file())
        yield from found[:_MOST_FILES]
    elif formats.extension(path) == ".shp":
        yield from (file for ending in _PARTS if (file := shapefile.part(path, ending)))
    else:
        yield path


def _add(digest: hashlib.blake2b, file: Path) -> None:
    size = file.stat().st_size
    digest.update(size.to_bytes(8, "big"))
    with file.open("rb") as source:
        if size <= _WHOLE:
            while piece := source.read(_PIECE):
                digest.update(piece)
            return
        for number in range(_PIECES):
            source.seek(number * (size - _PIECE) // (_PIECES - 1))
            digest.update(source.read(_PIECE))
