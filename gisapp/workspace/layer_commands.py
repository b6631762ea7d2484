"""Commands on layers: open, order, looks, role and columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gisapp.data.shipped import load_layer
from gisapp.model.feedback import Feedback, GisappError, Severity, Signal
from gisapp.model.layer import Layer
from gisapp.model.mapping import FIELDS, ColumnMapping
from gisapp.model.numbers import NO_BREAK, whole
from gisapp.model.reading import DEFAULTS, ReadOptions
from gisapp.model.style import Style
from gisapp.model.units import parse_unit
from gisapp.model.vocabulary import Role
from gisapp.workspace.commands import Command, Job, Outcome, Told
from gisapp.workspace.enabled import has_layers, has_read
from gisapp.workspace.params import choice, listed, number
from gisapp.workspace.remember import forget
from gisapp.workspace.report import Report
from gisapp.workspace.state import LayerEntry, ProjectState, Selection

if TYPE_CHECKING:
    from gisapp.workspace.reading import Read

#: Features from which on a layer shows before its attributes are read.
_LARGE: Final = 50_000
#: Files of so many bytes take long enough that their size is told.
_HEAVY: Final = 50_000_000
_STYLE_FIELDS: Final = tuple(f.name for f in fields(Style))


def add_layers(state: ProjectState, layers: Iterable[Layer]) -> ProjectState:
    """Return the state with layers added, each above what it does not hide; ids are made unique.

    Points go on top, lines below all points, areas below all lines and points.
    """
    entries = list(state.layers)
    for layer in layers:
        taken = {entry.id for entry in entries}
        layer_id, count = layer.id, 2
        while layer_id in taken:
            layer_id, count = f"{layer.id}-{count}", count + 1
        rank = _rank(layer)
        place = next((i for i, e in enumerate(entries) if _rank(e.layer) >= rank), len(entries))
        entries.insert(place, LayerEntry(layer.with_(id=layer_id)))
    return state.with_(layers=tuple(entries)) if len(entries) > len(state.layers) else state


def _rank(layer: Layer) -> int:
    kind = layer.features.geometry_type
    return 0 if "Point" in kind else 1 if "Line" in kind else 2


def _open(
    state: ProjectState,
    *,
    paths: Sequence[str | Path],
    role: Role | str | None = None,
    mapping: ColumnMapping | None = None,
    reading: ReadOptions = DEFAULTS,
    **options: Any,
) -> Outcome:
    files = tuple(Path(path) for path in paths)
    if not files:
        raise GisappError("no_file", "No file was named.", "Choose at least one file.")
    wanted = None if role is None else choice(Role, role, "role")
    names = files[0].name if len(files) == 1 else f"{len(files)} files"
    size = sum(file.stat().st_size for file in files if file.is_file())
    if size >= _HEAVY:
        names += f" ({whole(size / 1e6)}{NO_BREAK}MB)"

    preview: Signal[Callable[[ProjectState], ProjectState]] = Signal()

    early_layers: dict[str, Layer] = {}

    def early(layer: Layer) -> None:
        if len(layer.features) >= _LARGE:
            _ = layer.features.bounds  # worked out here, off the main thread
            early_layers[layer.id] = layer
            shown = tuple(early_layers.values())
            preview.emit(lambda now: add_layers(now, shown))

    def work(feedback: Feedback) -> Read:
        from gisapp.workspace.reading import read

        return read(
            files,
            role=wanted,
            mapping=mapping,
            options=options,
            reading=reading,
            feedback=feedback,
            on_geometry=early,
            mineral=state.question.mineral,
        )

    return Job(f"open {files[0]}", f"Reading {names}", work, _opened, preview)


def _opened(state: ProjectState, result: Read) -> Outcome:
    if result.project is not None:
        return result.project
    return Told(result.reports, add_layers(state, result.layers))


def _reread(
    state: ProjectState,
    *,
    layer_id: str,
    reading: ReadOptions,
    online: bool = False,
    confirmed: bool = False,
) -> Outcome:
    """Read a layer again, with what the user says of it; asks in place before edits go.

    `online` says whether a service of the web may be asked.
    """
    layer = state.entry(layer_id).layer
    if layer.is_edited and not confirmed:
        params = {"layer_id": layer_id, "reading": reading, "online": online, "confirmed": True}
        question = Report(
            Severity.WARNING,
            f"Reading {layer.name} again replaces your edits of it.",
            "Undo brings them back.",
            "layer.reread",
            tuple(params.items()),
            "Read it again",
        )
        return Told((question,))

    def work(feedback: Feedback) -> Layer:
        from gisapp.workspace.reading import reread

        return reread(layer, reading, online=online, feedback=feedback)

    def then(now: ProjectState, fresh: Layer) -> Outcome:
        kept = now.entry(layer_id).layer
        read = fresh.with_(name=kept.name, role=kept.role, style=kept.style)
        changed = now.with_entry(layer_id, layer=read)
        if now.selection.layer == layer_id:
            changed = changed.with_(selection=Selection())  # its rows may be others now
        told = f"{read.name} was read again: {whole(len(read.features))} features."
        return Told((Report(Severity.INFO, told),), changed)

    return Job(f"reread {layer_id}", f"Reading {layer.name} again", work, then)


def _forget(state: ProjectState, *, layer_id: str) -> Outcome:
    """Read files of this layer's columns afresh from now on."""
    layer = state.entry(layer_id).layer
    known = forget(layer)
    told = (
        f"Forgotten: the next file with the columns of {layer.name} is read afresh."
        if known
        else f"Nothing was remembered of files with the columns of {layer.name}."
    )
    return Told((Report(Severity.INFO, told),))


def _add_shipped(state: ProjectState, *, id: str) -> Outcome:  # noqa: A002 - the word of the catalogue
    if any(entry.id == id for entry in state.layers):
        return state.with_entry(id, visible=True)

    def work(_feedback: Feedback) -> Layer:
        return load_layer(id)

    def then(now: ProjectState, layer: Layer) -> ProjectState:
        present = any(entry.id == layer.id for entry in now.layers)
        return now if present else add_layers(now, [layer])

    return Job("add_shipped", "Loading the layer", work, then)


def _remove(state: ProjectState, *, layer_id: str) -> ProjectState:
    state.entry(layer_id)
    selection = Selection() if state.selection.layer == layer_id else state.selection
    kept = tuple(entry for entry in state.layers if entry.id != layer_id)
    return state.with_(layers=kept, selection=selection)


def _rename(state: ProjectState, *, layer_id: str, name: str) -> ProjectState:
    name = " ".join(name.split())
    if not name:
        raise GisappError("empty_name", "A layer needs a name.", "Type at least one letter.")
    return _with_layer(state, layer_id, name=name)


def _move(state: ProjectState, *, layer_id: str, index: int) -> ProjectState:
    """Put a layer at a place of the list, counted from the top without it."""
    entry = state.entry(layer_id)
    others = [e for e in state.layers if e.id != layer_id]
    others.insert(min(max(index, 0), len(others)), entry)
    return state.with_(layers=tuple(others))


def _show(state: ProjectState, *, layer_id: str, visible: bool | None = None) -> ProjectState:
    """Show or hide a layer; None turns it over."""
    shown = not state.entry(layer_id).visible if visible is None else bool(visible)
    return state.with_entry(layer_id, visible=shown)


def _opacity(state: ProjectState, *, layer_id: str, opacity: float) -> ProjectState:
    return state.with_entry(layer_id, opacity=number(opacity, "opacity", 0.0, 1.0))


def _style(state: ProjectState, *, layer_id: str, **look: Any) -> ProjectState:
    unknown = sorted(set(look) - set(_STYLE_FIELDS))
    if unknown:
        raise GisappError(
            "unknown_style",
            f'A style has no "{unknown[0]}".',
            f"It has {listed(_STYLE_FIELDS)}.",
        )
    layer = state.entry(layer_id).layer
    return _with_layer(state, layer_id, style=replace(layer.style, **look))


def _role(state: ProjectState, *, layer_id: str, role: Role | str) -> ProjectState:
    return _with_layer(state, layer_id, role=choice(Role, role, "role"))


def _mapping(
    state: ProjectState,
    *,
    layer_id: str,
    mapping: ColumnMapping | None = None,
    columns: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
) -> ProjectState:
    """Say which column holds which field, and in which unit: as a mapping, or dictionaries."""
    if mapping is None:
        parts = (tuple(sorted((part or {}).items())) for part in (columns, constants, units))
        mapping = ColumnMapping(*parts)
    known = state.entry(layer_id).layer.features.columns
    for name, column in mapping.columns:
        _check_field(name)
        if column not in known:
            raise GisappError(
                "unknown_column", f'The layer has no column "{column}".', f"It has {listed(known)}."
            )
    for name, _ in mapping.constants:
        _check_field(name)
    for name, unit in mapping.units:
        _check_field(name)
        if parse_unit(unit) is None:
            raise GisappError(
                "unknown_unit",
                f'"{unit}" is no unit of a capacity that is known.',
                "Write it as t, kt LCE, Mlb U3O8 or t REO.",
            )
    return _with_layer(state, layer_id, mapping=mapping)


def _check_field(name: str) -> None:
    if name not in FIELDS:
        raise GisappError(
            "unknown_field", f'No analysis reads a field "{name}".', f"Fields: {listed(FIELDS)}."
        )


def _with_layer(state: ProjectState, layer_id: str, **changes: Any) -> ProjectState:
    layer = state.entry(layer_id).layer
    if all(getattr(layer, name) == value for name, value in changes.items()):
        return state  # layers compare by identity: the same look is no step of the history
    return state.with_entry(layer_id, layer=layer.with_(**changes))


def refused(error: GisappError) -> Report:
    """Return the line for something refused."""
    return Report(Severity.ERROR, error.message, error.hint)


def layer_commands() -> tuple[Command, ...]:
    """Return the commands on layers."""
    return (
        Command(
            "layer.open",
            "Open…",
            _open,
            "Open layers (shapefile, GeoPackage, GeoJSON, KML, CSV and more) or a project",
            "Ctrl+O",
            "mdi6.folder-open-outline",
            "File",
            ("paths",),
        ),
        Command(
            "layer.add_shipped",
            "Add shipped layer",
            _add_shipped,
            "Add one of the layers that come with the application",
            "",
            "mdi6.layers-plus",
            "Layer",
            ("id",),
        ),
        Command(
            "layer.reread",
            "How the layer was read…",
            _reread,
            "Encoding, CRS, repairs: see what was guessed, and read the file again another way",
            "",
            "mdi6.file-eye-outline",
            "Layer",
            ("layer_id", "reading"),
            has_read,
        ),
        Command(
            "layer.forget",
            "Forget how the layer was read",
            _forget,
            "The next file with these columns is read afresh, not as this one was",
            "",
            "mdi6.eraser",
            "Layer",
            ("layer_id",),
            has_read,
        ),
        Command(
            "layer.remove",
            "Remove layer",
            _remove,
            "Take the layer off the project; its file stays",
            "",
            "mdi6.layers-remove",
            "Layer",
            ("layer_id",),
            has_layers,
        ),
        Command(
            "layer.rename",
            "Rename layer",
            _rename,
            "Give the layer another name in panel and legend",
            "F2",
            "mdi6.rename-outline",
            "Layer",
            ("layer_id", "name"),
            has_layers,
        ),
        Command(
            "layer.move",
            "Move layer",
            _move,
            "Draw the layer above or below others",
            "",
            "mdi6.swap-vertical",
            "Layer",
            ("layer_id", "index"),
            has_layers,
        ),
        Command(
            "layer.show",
            "Show or hide layer",
            _show,
            "A hidden layer is neither drawn nor counted",
            "",
            "mdi6.eye-outline",
            "Layer",
            ("layer_id",),
            has_layers,
        ),
        Command(
            "layer.opacity",
            "Layer opacity",
            _opacity,
            "Let what lies below shine through",
            "",
            "mdi6.opacity",
            "Layer",
            ("layer_id", "opacity"),
            has_layers,
        ),
        Command(
            "layer.style",
            "Style…",
            _style,
            "Colours and sizes by value, labels, clusters, heat, lines, areas",
            "",
            "mdi6.palette-outline",
            "Layer",
            ("layer_id",),
            has_layers,
        ),
        Command(
            "layer.role",
            "Layer role",
            _role,
            "Say what the layer is: deposits, refineries, magnet plants, routes, jurisdictions",
            "",
            "mdi6.shape-outline",
            "Layer",
            ("layer_id", "role"),
            has_layers,
        ),
        Command(
            "layer.mapping",
            "Role and columns…",
            _mapping,
            "Say what the layer is, and which column holds mineral, country, capacity and more",
            "",
            "mdi6.table-column",
            "Layer",
            ("layer_id",),
            has_layers,
        ),
    )
