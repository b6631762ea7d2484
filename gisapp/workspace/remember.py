"""How files of a shape were read before, and how their table was laid out: suggested next time.

A shape is the names and types of a layer's columns. What is remembered stands in one JSON file
in the folder of the user's settings.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from gisapp.model.features import Features
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.reading import DEFAULTS, ReadOptions
from gisapp.model.style import Style
from gisapp.model.vocabulary import Role
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.record import said_of
from gisapp.workspace.session import Session
from gisapp.workspace.settings import config_dir
from gisapp.workspace.state import ProjectState

log = logging.getLogger("gisapp")

VERSION: Final = 1
#: The shapes used last are kept.
_MOST: Final = 200
_SHAPES, _PICKS, _TABLES = "shapes", "picks", "tables"
#: The code of the problem that tells of a remembered reading.
AS_LAST_TIME: Final = "as_last_time"


@dataclass(frozen=True)
class Habit:
    """How a file of a shape was read last; `options` without what is of one file only.

    `style` is what the user said that such files shall look like.
    """

    role: Role
    mapping: ColumnMapping = ColumnMapping()
    options: ReadOptions = DEFAULTS
    style: Style = Style()

    @property
    def text(self) -> str:
        """What is remembered, in words."""
        units = dict(self.mapping.units)
        parts = [self.role.label.lower()]
        parts += [
            f"{field.replace('_', ' ')} from {column}"
            + (f" in {units[field]}" if field in units else "")
            for field, column in self.mapping.columns
        ]
        parts += [f"all {text}" for _field, text in self.mapping.constants]
        said = said_of(self.options)
        return ", ".join([*parts, said] if said else parts)


@dataclass(frozen=True)
class TableLayout:
    """How a user put the columns of a table: by name, widths in pixels."""

    widths: tuple[tuple[str, int], ...] = ()
    hidden: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()


def shape_of(features: Features) -> str:
    """Return what files of the same columns share, "" where there are no columns."""
    if not features.columns:
        return ""
    parts = sorted(f"{name}\x1f{values.dtype.kind}" for name, values in features.columns.items())
    kind = features.geometry_type.removeprefix("Multi")
    text = "\x1e".join([kind, *parts])
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def habits_path() -> Path:
    """Return the path of the file."""
    return config_dir() / "file_shapes.json"


def recall(features: Features) -> Habit | None:
    """Return how a file of this shape was read last, or None."""
    document = _load(_SHAPES).get(shape_of(features))
    if document is None:
        return None
    try:
        return from_json(Habit, document)
    except ValueError:  # of another version: as if it had not been
        return None


def remember(layer: Layer, *, shape: str | None = None) -> None:
    """Keep how a layer is read; `shape` where its columns were others before it was read again."""
    key = shape_of(layer.features) if shape is None else shape
    if not key:
        return
    before = recall(layer.features)
    _keep_habit(key, layer, Style() if before is None else before.style)


def remember_style(layer: Layer) -> None:
    """Keep a layer's style, with how it is read, for files of its shape."""
    if key := shape_of(layer.features):
        _keep_habit(key, layer, layer.style)


def forget_style(layer: Layer) -> None:
    """Let files of a layer's shape look by their role again."""
    if recall(layer.features) is not None:
        _keep_habit(shape_of(layer.features), layer, Style())


def _keep_habit(key: str, layer: Layer, style: Style) -> None:
    reading = replace(layer.source.reading, layers=(), role=None, mapping=None, limit=None)
    _keep(_SHAPES, key, to_json(Habit(layer.role, layer.mapping, reading, style)))


def forget(layer: Layer) -> bool:
    """Forget files of a layer's shape; return whether anything was known of them."""
    known = _load(_SHAPES)
    found = known.pop(shape_of(layer.features), None)
    if found is not None:
        _write(_SHAPES, known)
    return found is not None


def remember_layers(names: Iterable[str], chosen: Iterable[str]) -> None:
    """Keep which layers were opened of a file that holds these."""
    _keep(_PICKS, _several(names), list(chosen))


def recall_layers(names: Iterable[str]) -> tuple[str, ...] | None:
    """Return which layers were opened of a file that holds these, None where none was."""
    found = _load(_PICKS).get(_several(names))
    return tuple(map(str, found)) if isinstance(found, list) else None


def remember_table(features: Features, layout: TableLayout) -> None:
    """Keep how the table of files of a shape is laid out."""
    if key := shape_of(features):
        _keep(_TABLES, key, to_json(layout))


def recall_table(features: Features) -> TableLayout:
    """Return how the table of files of a shape was laid out last."""
    try:
        return from_json(TableLayout, _load(_TABLES).get(shape_of(features), {}))
    except ValueError:  # of another version: as if it had not been
        return TableLayout()


def keep_habits(session: Session) -> Callable[[], None]:
    """Remember how the user has layers of files read, whichever way he says it.

    Returns
    -------
    callable
        Ends it.
    """
    before: dict[str, Layer] = {e.id: e.layer for e in session.state.layers}

    def changed(state: ProjectState) -> None:
        nonlocal before
        now = {e.id: e.layer for e in state.layers}
        for layer_id, layer in now.items():
            old = before.get(layer_id)
            if old is not None and old is not layer and _is_file(layer) and _differ(old, layer):
                remember(layer)
                if layer.source.reading != old.source.reading:
                    remember(layer, shape=shape_of(old.features))
        before = now

    return session.changed.connect(changed)


def _differ(old: Layer, new: Layer) -> bool:
    return (old.role, old.mapping, old.source.reading) != (
        new.role,
        new.mapping,
        new.source.reading,
    )


def _is_file(layer: Layer) -> bool:
    return bool(layer.source.path and layer.source.read_on) and layer.derivation is None


def _several(names: Iterable[str]) -> str:
    text = "\x1e".join(sorted(names))
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def _load(part: str) -> dict[str, Any]:
    found = _document().get(part)
    return found if isinstance(found, dict) else {}


def _document() -> dict[str, Any]:
    try:
        document = json.loads(habits_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("What is remembered of files cannot be read: %s", error)
        return {}
    usable = isinstance(document, dict) and document.get("version") == VERSION
    return document if usable else {}


def _keep(part: str, key: str, value: Any) -> None:
    """Put an entry last; those not used for longest go."""
    known = _load(part)
    known.pop(key, None)
    known[key] = value
    _write(part, dict(list(known.items())[-_MOST:]))


def _write(part: str, entries: dict[str, Any]) -> None:
    path = habits_path()
    document = {**_document(), "version": VERSION, part: entries}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f"{path.name}.{os.getpid()}.new")
        aside.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        log.warning("How the file was read could not be remembered: %s", error)
