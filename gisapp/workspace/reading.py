"""Files to layers of a project: what fails is told, and the others are opened all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from gisapp.data.layer_list import LayerInfo, layer_list
from gisapp.data.reader import read_layers
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.numbers import whole
from gisapp.model.reading import DEFAULTS, ReadOptions
from gisapp.model.style import Style
from gisapp.model.vocabulary import MINERALS, Role
from gisapp.workspace.commands import Opened
from gisapp.workspace.filtering import commonest_mineral, mineral_mask
from gisapp.workspace.project_file import is_project, open_project
from gisapp.workspace.remember import AS_LAST_TIME, recall, recall_layers
from gisapp.workspace.report import Refused, Report
from gisapp.workspace.table_styles import read_layer_style

#: Layers of more vertices are drawn simplified where a pixel holds many of them.
_MANY_VERTICES: Final = 1_500_000


@dataclass(frozen=True)
class Read:
    """What came of some files: layers and what is to be said, or a project."""

    layers: tuple[Layer, ...] = ()
    reports: tuple[Report, ...] = ()
    project: Opened | None = None


def read(
    files: Sequence[Path],
    *,
    role: Role | None = None,
    mapping: ColumnMapping | None = None,
    options: Mapping[str, Any] | None = None,
    reading: ReadOptions = DEFAULTS,
    feedback: Feedback | None = None,
    on_geometry: Callable[[Layer], None] | None = None,
    mineral: str | None = None,
) -> Read:
    """Read files in the order given; a single project file is opened as a project.

    Parameters
    ----------
    role, mapping
        What the layers are; None lets the reader suggest.
    options
        Further fields of `ReadOptions`: encoding, crs, swap_axes, layers.
    reading
        What the user said of the files before, which the others are added to.
    on_geometry
        Called with each layer as soon as its geometry is there, before its attributes.
    mineral
        The one asked for: a layer that holds nothing of it is told, since none of it shows.

    Raises
    ------
    GisappError
        Where there is one file, and nothing that the user could decide would have it read.
    """
    if len(files) == 1 and is_project(files[0]):
        return Read(project=open_project(files[0], feedback=feedback))
    said = {"role": role, "mapping": mapping, **(options or {})}
    chosen = replace(reading, **{k: v for k, v in said.items() if v is not None})
    layers: list[Layer] = []
    reports: list[Report] = []
    for number, file in enumerate(files):
        if feedback is not None:
            feedback.check(number / len(files), f"Reading {file.name}")
        try:
            found = read_layers(file, options=chosen, feedback=feedback, on_geometry=on_geometry)
        except GisappError as error:
            if len(files) == 1 and not error.findings:
                raise
            named = error.message.startswith(file.name)
            message = error.message if named else f"{file.name}: {error.message}"
            refused = Refused(file, chosen, error) if error.findings else None
            reports.append(Report(Severity.ERROR, message, _hint(error), refused=refused))
            continue
        found = tuple(_as_last_time(layer, file, chosen, feedback) for layer in found)
        for layer in found:
            _measure(layer)
        layers.extend(found)
        reports.extend(_told(layer) for layer in found)
        reports.extend(_unasked(layer, mineral) for layer in found if _hides(layer, mineral))
    return Read(tuple(layers), tuple(reports))


def read_source(
    address: str,
    options: ReadOptions,
    *,
    online: bool = False,
    feedback: Feedback | None = None,
    mineral: str | None = None,
) -> Read:
    """Read layers of a database or service, or of a database file; told as `read` tells files.

    Raises
    ------
    GisappError
        Where nothing could be read: offline, no_server, wrong_password, table_gone and others.
    """
    found = read_layers(address, options=options, online=online, feedback=feedback)
    layers = tuple(
        _as_last_time(layer, address, options, feedback, online=online) for layer in found
    )
    reports = [_told(layer) for layer in layers]
    reports += [_unasked(layer, mineral) for layer in layers if _hides(layer, mineral)]
    return Read(layers, tuple(reports))


def _as_last_time(
    layer: Layer,
    file: str | Path,
    said: ReadOptions,
    feedback: Feedback | None,
    *,
    online: bool = False,
) -> Layer:
    """Return a layer as files of its shape were read last, and say so; what is said now wins."""
    if str(file).lower().endswith(".gpkg"):
        own = read_layer_style(Path(file), layer.source.layer or layer.name)
        layer = layer if own is None else layer.with_(style=own)
    habit = recall(layer.features)
    if habit is None or said.mapping is not None:
        return layer
    if habit.options != DEFAULTS and replace(said, layers=(), role=None) == DEFAULTS:
        options = replace(habit.options, layers=(layer.source.layer,))
        try:
            (again, *_) = read_layers(file, options=options, online=online, feedback=feedback)
            layer = again.with_(id=layer.id)
        except GisappError:  # what was right for another file is not for this one
            return layer
    if habit.style != Style() and not set(habit.style.columns) - set(layer.features.columns):
        layer = layer.with_(style=habit.style)
    role = habit.role if said.role is None else said.role
    if (role, habit.mapping, habit.options) == (layer.role, layer.mapping, DEFAULTS):
        return layer
    known = layer.features.columns
    if any(column not in known for _field, column in habit.mapping.columns):
        return layer
    told = Problem(
        AS_LAST_TIME,
        Severity.INFO,
        f"Read as last time: {habit.text}.",
        "Change it under Role and columns, or have it forgotten.",
    )
    return layer.with_(role=role, mapping=habit.mapping, problems=(*layer.problems, told))


def layers_of(
    path: Path, *, feedback: Feedback | None = None
) -> tuple[tuple[LayerInfo, ...], tuple[str, ...] | None]:
    """Return the layers of a file, and which of such a file were opened last; raises as `read`."""
    listed = layer_list(path, feedback=feedback)
    return listed, recall_layers(info.name for info in listed)


def preview(
    path: str | Path,
    options: ReadOptions,
    *,
    limit: int,
    online: bool = False,
    feedback: Feedback | None = None,
) -> Layer:
    """Return the first rows of a file's first layer as they would be read; raises as `read`."""
    few = replace(options, limit=limit)
    return read_layers(path, options=few, online=online, feedback=feedback)[0]


def reread(
    layer: Layer,
    options: ReadOptions,
    *,
    online: bool = False,
    feedback: Feedback | None = None,
) -> Layer:
    """Return a layer read again from its source: id, name, role and look stay what they are.

    Columns that the mapping names stay mapped where there still are such; the others are
    suggested anew.

    Raises
    ------
    GisappError
        `no_file` where the layer came from none; as the reader does.
    """
    source = layer.source
    if not source.path or layer.derivation is not None:
        raise GisappError(
            "no_file",
            f"{layer.name} was not read from a file, so that it cannot be read again.",
            "Open the file it came from.",
        )
    chosen = replace(
        options, layers=(source.layer,) if source.layer else (), role=layer.role, limit=None
    )
    found = read_layers(source.path, options=chosen, online=online, feedback=feedback)
    fresh = next((f for f in found if f.source.title == source.title), found[0])
    mapping = options.mapping or _carried(layer, fresh)
    return fresh.with_(id=layer.id, name=layer.name, style=layer.style, mapping=mapping)


def _carried(before: Layer, fresh: Layer) -> ColumnMapping:
    """Return the mapping of a layer for its columns as they are now."""
    columns = fresh.features.columns
    held = {field: name for field, name in before.mapping.columns if name in columns}
    constants = dict(before.mapping.constants)
    suggested = {
        field: name
        for field, name in fresh.mapping.columns
        if field not in constants and name not in held.values()
    }
    units = dict(before.mapping.units) if "capacity" in held else dict(fresh.mapping.units)
    return ColumnMapping(
        tuple(sorted({**suggested, **held}.items())),
        before.mapping.constants,
        tuple(sorted(units.items())),
    )


def _measure(layer: Layer) -> None:
    """Work out here, off the main thread, what the window asks every layer for."""
    _ = layer.features.bounds, layer.features.geometry_type, layer.features.vertices


def _hint(error: GisappError) -> str:
    """Return the next step in the window, where the likeliest choice is a click away."""
    likeliest = next((c for f in error.findings for c in f.choices), None)
    if likeliest is None:
        return error.hint
    reason = f": {likeliest.reason[:1].lower()}{likeliest.reason[1:]}" if likeliest.reason else "."
    return f"The likeliest is {likeliest.label}{reason}"


def _told(layer: Layer) -> Report:
    count = whole(len(layer.features))
    opened = f"Opened {layer.name}: {count} features as {layer.role.label.lower()}."
    if not layer.features.is_points and layer.features.vertices > _MANY_VERTICES:
        vertices = whole(layer.features.vertices / 1e6)
        opened += f" It is large ({vertices} million vertices): far zooms show it simplified."
    serious = [p for p in layer.problems if p.severity is not Severity.INFO]
    if not serious:
        return Report(Severity.INFO, opened)
    worst = serious[0]
    more = f" ({len(serious) - 1} more on the layer)" if len(serious) > 1 else ""
    return Report(worst.severity, f"{layer.name}: {worst.message}{more}", worst.hint)


def _hides(layer: Layer, mineral: str | None) -> bool:
    mask = mineral_mask(layer, mineral) if layer.role.is_facility else None
    if mask is None or not len(mask):
        return False
    placed = np.isfinite(layer.features.lonlat).all(axis=1)  # a row of totals shows nowhere
    return not (mask & placed).any()


def _unasked(layer: Layer, mineral: str | None) -> Report:
    asked = MINERALS[mineral].lower() if mineral else ""
    message = f"{layer.name} holds nothing of {asked}, so none of it shows."
    held = commonest_mineral(layer)
    if held is None:
        return Report(Severity.WARNING, message, "Choose which column holds the mineral.")
    name = MINERALS[held].lower()
    return Report(
        Severity.WARNING,
        message,
        f"It holds {name}.",
        "question.mineral",
        (("mineral", held),),
        f"Ask for {name}",
    )
