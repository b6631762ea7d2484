"""Layers that a project only links to: read from their files, which are found again if moved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Final

from gisapp.data.digest import digest_of
from gisapp.data.reader import read_layers
from gisapp.model.features import Features
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.layer import SOURCE_MISSING, Layer, Source

#: A folder is searched for so long and for so many files, seconds.
_PATIENCE: Final = 2.0
_MOST_FILES: Final = 20_000


def relative_to(path: str, project: Path) -> str:
    """Return a path as seen from the project's folder, "" where no way leads there."""
    try:
        return Path(os.path.relpath(path, project.parent)).as_posix()
    except ValueError:  # another drive
        return ""


def find_file(source: Source, relative: str, project: Path | None) -> Path | None:
    """Return where the file of a linked layer is now, None where it is not found.

    It is looked for where it was, in the same place as seen from the project (the folder was
    moved), under the project's drive (the drive has another letter), and then by its content in
    the project's folder.

    Parameters
    ----------
    relative
        Where it was, seen from the project's folder.
    project
        The project's file now.
    """
    was = Path(source.path)
    if was.exists():
        return was
    if project is None:
        return None
    guesses = [project.parent / relative] if relative else []
    guesses.append(Path(project.absolute().anchor, *was.parts[1:]))
    return next((path for path in guesses if path.exists()), None) or _by_content(
        source, project.parent
    )


def read_again(source: Source, path: Path, feedback: Feedback | None = None) -> Layer:
    """Read the layer of a source from where its file is now, as it was read before.

    Raises
    ------
    GisappError
        As `read_layers`; `unknown_layer` where the file has no such layer any more.
    """
    same_name = path.stem == _stem(source)
    # of formats of one layer the file's name is the layer's
    named = (source.layer,) if source.layer and (same_name or source.layer != _stem(source)) else ()
    options = replace(source.reading, layers=named)
    layer = read_layers(path, options=options, feedback=feedback)[0]
    now = replace(layer.source, linked=source.linked, digest=digest_of(path))
    problems = layer.problems
    if source.digest and now.digest != source.digest:
        problems = (*problems, _changed(path))
    return layer.with_(source=now, problems=problems)


def linked_layer(
    layer: Layer, relative: str, project: Path | None, feedback: Feedback | None = None
) -> Layer:
    """Return a linked layer with the features of its file, or without any and told why.

    Everything but features, source and problems stays as the project has it.
    """
    path = find_file(layer.source, relative, project)
    if path is None:
        return _without(layer, _missing(layer.source))
    try:
        found = read_again(layer.source, path, feedback)
    except GisappError as error:
        return _without(layer, Problem(SOURCE_MISSING, Severity.ERROR, error.message, error.hint))
    problems = found.problems
    if path != Path(layer.source.path):
        problems = (*problems, _moved(layer.source, path))
    return layer.with_(features=found.features, source=found.source, problems=problems)


def companions(layer: Layer, path: Path, others: Iterable[Layer]) -> dict[str, Path]:
    """Return where other missing layers are, if they moved with this one: path by layer's id."""
    old = Path(layer.source.path).parent
    found: dict[str, Path] = {}
    for other in others:
        try:
            inside = Path(other.source.path).relative_to(old)
        except ValueError:
            continue
        if (path.parent / inside).exists():
            found[other.id] = path.parent / inside
    return found


def _stem(source: Source) -> str:
    return Path(source.path).stem


def _by_content(source: Source, folder: Path) -> Path | None:
    """Return a file of this content in a folder; one of the same name first."""
    if not source.digest:
        return None
    name, ending = Path(source.path).name.lower(), Path(source.path).suffix.lower()
    until = monotonic() + _PATIENCE
    alike = []
    for count, path in enumerate(_walk(folder)):
        if count > _MOST_FILES or monotonic() > until:
            break
        if path.suffix.lower() == ending:
            alike.append(path)
    alike.sort(key=lambda path: path.name.lower() != name)
    for path in alike:
        if monotonic() > until:
            return None
        if digest_of(path) == source.digest:
            return path
    return None


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(where, name) for name in (*folders, *files))


def _without(layer: Layer, problem: Problem) -> Layer:
    return layer.with_(features=Features.from_shapes([]), problems=(problem,))


def _missing(source: Source) -> Problem:
    return Problem(
        SOURCE_MISSING,
        Severity.ERROR,
        f"Its file {source.path} is not there any more.",
        "Say where it is now: Layer, Find missing file.",
    )


def _moved(source: Source, path: Path) -> Problem:
    return Problem(
        "source_moved",
        Severity.INFO,
        f"Its file was found again: {path}, before that {source.path}.",
    )


def _changed(path: Path) -> Problem:
    return Problem(
        "source_changed",
        Severity.INFO,
        f"{path.name} is not as it was when the project was saved; the layer shows it as it is.",
    )
