"""Which layers a path holds: a file, a folder, or an archive of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from gisapp.data import archive, formats, guard, shapefile, sniff
from gisapp.model.feedback import Feedback, GisappError, Problem

#: What a folder or archive is searched for; tables only where nothing else is found.
_MAPS: Final = frozenset(formats.READABLE) - formats.TEXT_TABLES - formats.SHEETS - {".zip"}
#: Of tables those that a folder is searched for; a .txt is mostly a note.
_TABLES: Final = formats.SHEETS | {".csv", ".tsv"}


@dataclass(frozen=True)
class Found:
    """A file to be read, and what people call it ("mines.zip/deposits.shp").

    `problems` tell what was wrong about its name.
    """

    path: Path
    title: str
    problems: tuple[Problem, ...] = ()


def find(path: Path, scratch: Path, *, feedback: Feedback | None = None) -> list[Found]:
    """Return the files to be read for a path that a user chose; archives go into `scratch`.

    Raises
    ------
    GisappError
        unknown_format, nothing_inside, shp_missing, and those of `guard.admit` and `unpack`.
    """
    ending = formats.extension(path)
    if ending in formats.SHAPEFILE_PARTS and path.exists():
        return [Found(_shapefile_of(path), path.name)]
    guard.admit(path)
    wrong = _renamed(path, scratch)
    if wrong is not None:
        return [
            replace(
                found,
                title=found.title.replace(wrong.path.name, path.name, 1),
                problems=wrong.problems,
            )
            for found in find(wrong.path, scratch, feedback=feedback)
        ]
    if ending in {".zip", ".kmz"} and not path.is_dir():
        inside = scratch / "unpacked"
        inside.mkdir()
        archive.unpack(path, inside, feedback=feedback)
        return _inside(inside, path.name)
    if path.is_dir() and ending != ".gdb":
        return _inside(path, path.name)
    if ending not in formats.READABLE:
        raise GisappError(
            "unknown_format",
            f'{path.name} has an ending that is not known ("{path.suffix}").',
            "Known: " + ", ".join(sorted(formats.READABLE)) + ".",
        )
    return [Found(path, path.name)]


def _renamed(path: Path, scratch: Path) -> Found | None:
    """Return a file whose ending is wrong under the right one; None where it is right."""
    if not path.is_file() or not path.stat().st_size:
        return None
    wrong = sniff.wrong_ending(path)
    if wrong is None:
        return None
    ending, problem = wrong
    target = scratch / (path.stem + ending)
    shapefile.link(path, target)
    return Found(target, path.name, (problem,))


def _inside(folder: Path, title: str) -> list[Found]:
    files = sorted(_files(folder))
    chosen = [f for f in files if formats.extension(f) in _MAPS]
    if not chosen:
        chosen = [f for f in files if formats.extension(f) in _TABLES]
    if not chosen:
        raise GisappError(
            "nothing_inside",
            f"{title} holds no file that can be shown on a map.",
            "It should hold a .shp with its .shx and .dbf, or another vector format.",
        )
    return [Found(f, f"{title}/{f.relative_to(folder).as_posix()}") for f in chosen]


def _files(folder: Path) -> Iterator[Path]:
    for entry in folder.rglob("*"):
        hidden = any(p.startswith((".", "__MACOSX")) for p in entry.relative_to(folder).parts)
        inside_gdb = any(p.suffix.lower() == ".gdb" for p in entry.relative_to(folder).parents)
        if hidden or inside_gdb:
            continue
        if entry.is_file() or entry.suffix.lower() == ".gdb":
            yield entry


def _shapefile_of(path: Path) -> Path:
    shp = shapefile.part(path, ".shp")
    if shp is None:
        raise GisappError(
            "shp_missing",
            f"{path.name} belongs to a shapefile whose .shp is not beside it.",
            "Put the .shp, .shx and .dbf into one folder.",
        )
    return shp
