"""A project in one GeoPackage: its layers as ordinary layers, its state as JSON beside them."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from gisapp.data.store import Stored, load, store, store_row
from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.workspace.commands import Opened
from gisapp.workspace.formats import PROJECT_TABLE, connect, is_project
from gisapp.workspace.links import linked_layer, relative_to
from gisapp.workspace.project_json import FORMAT, dump, is_embedded, parse
from gisapp.workspace.state import ProjectState

__all__ = ["flush", "is_project", "open_project", "save_project", "table_names"]


def save_project(state: ProjectState, path: Path, *, feedback: Feedback | None = None) -> None:
    """Write a project; the file is the old one or the new one, never half of each.

    The new file is made aside, flushed to the disk and moved into place. Layers that ship are
    referred to by id and checksum, linked ones by their files, all others are embedded.

    Raises
    ------
    GisappError
        `not_written` where the disk refuses.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
            aside = Path(folder) / "project.gpkg"
            _write(state, aside, path, feedback)
            flush(aside)
            aside.replace(path)
        flush(path.parent)
    except (OSError, sqlite3.Error, GisappError) as error:
        reason = error.hint if isinstance(error, GisappError) else error
        raise GisappError(
            "not_written",
            f"The project could not be saved as {path}: {str(reason).rstrip('.')}.",
            "Choose another folder or free some space; what stood there is whole, and the project "
            "is still open.",
        ) from error


def open_project(path: Path, *, feedback: Feedback | None = None) -> Opened:
    """Read a project.

    Raises
    ------
    GisappError
        `no_such_file`, `not_a_project`, `newer_project` or `damaged_project`.
    """
    if not path.is_file():
        raise GisappError("no_such_file", f"There is no file {path}.", "Check the name.")
    if not is_project(path):
        raise GisappError(
            "not_a_project",
            f"{path.name} is not a gisapp project.",
            "Open it as a layer if it holds map data.",
        )
    try:
        with closing(connect(path)) as database:
            row = database.execute(
                f"SELECT state FROM {PROJECT_TABLE} WHERE format = ?",  # noqa: S608 - our own constant
                (FORMAT,),
            ).fetchone()
    except sqlite3.Error as error:
        raise _damaged(path, str(error)) from error
    if row is None:
        raise _damaged(path, "its state is missing")
    state, reports = parse(
        str(row[0]),
        path.name,
        lambda stored: load(path, stored, feedback),
        lambda layer, relative: linked_layer(layer, relative, path, feedback),
    )
    return Opened(state, path, reports)


def flush(path: Path) -> None:
    """Have the disk hold a file or folder; a folder cannot be flushed on Windows."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def table_names(state: ProjectState) -> dict[str, str]:
    """Return names of tables by layer id: letters people recognise, different in any case."""
    names: dict[str, str] = {}
    taken = {PROJECT_TABLE}
    for entry in state.layers:
        words = "".join(c if c.isalnum() else "_" for c in entry.layer.name.casefold())
        base = words.strip("_") or "layer"
        if base.startswith(("gpkg", "sqlite", "rtree")):
            base = f"layer_{base}"
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        names[entry.id] = name
    return names


def _write(state: ProjectState, path: Path, target: Path, feedback: Feedback | None) -> None:
    names = table_names(state)
    written: dict[str, Stored] = {}
    own = [e.layer for e in state.layers if is_embedded(e.layer)]
    for number, layer in enumerate(own):
        if feedback is not None:
            feedback.check(number / len(own), f"Saving {layer.name}")
        written[layer.id] = store(path, names[layer.id], layer.features, feedback)

    def stored(layer: Layer) -> Stored:
        return written[layer.id]

    text = dump(state, stored, lambda file: relative_to(file, target))
    store_row(path, PROJECT_TABLE, {"format": FORMAT, "state": text})


def _damaged(path: Path, why: str) -> GisappError:
    return GisappError(
        "damaged_project",
        f"The project in {path.name} cannot be read: {why}.",
        "Open the copy in the recovery folder, or an older one.",
    )
