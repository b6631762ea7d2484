"""Files to layers of a project: what fails is told, and the others are opened all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisapp.data.reader import read_layers
from gisapp.model.feedback import Feedback, GisappError, Severity
from gisapp.model.layer import Layer
from gisapp.model.mapping import ColumnMapping
from gisapp.model.numbers import whole
from gisapp.model.reading import ReadOptions
from gisapp.model.vocabulary import MINERALS, Role
from gisapp.workspace.commands import Opened
from gisapp.workspace.filtering import commonest_mineral, mineral_mask
from gisapp.workspace.project_file import is_project, open_project
from gisapp.workspace.report import Report


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
    on_geometry
        Called with each layer as soon as its geometry is there, before its attributes.
    mineral
        The one asked for: a layer that holds nothing of it is told, since none of it shows.

    Raises
    ------
    GisappError
        Where there is one file, and it cannot be read.
    """
    if len(files) == 1 and is_project(files[0]):
        return Read(project=open_project(files[0], feedback=feedback))
    chosen = ReadOptions(role=role, mapping=mapping, **(options or {}))
    layers: list[Layer] = []
    reports: list[Report] = []
    for number, file in enumerate(files):
        if feedback is not None:
            feedback.check(number / len(files), f"Reading {file.name}")
        try:
            found = read_layers(file, options=chosen, feedback=feedback, on_geometry=on_geometry)
        except GisappError as error:
            if len(files) == 1:
                raise
            named = error.message.startswith(file.name)
            message = error.message if named else f"{file.name}: {error.message}"
            reports.append(Report(Severity.ERROR, message, error.hint))
            continue
        layers.extend(found)
        reports.extend(_told(layer) for layer in found)
        reports.extend(_unasked(layer, mineral) for layer in found if _hides(layer, mineral))
    return Read(tuple(layers), tuple(reports))


def _told(layer: Layer) -> Report:
    count = whole(len(layer.features))
    opened = f"Opened {layer.name}: {count} features as {layer.role.label.lower()}."
    serious = [p for p in layer.problems if p.severity is not Severity.INFO]
    if not serious:
        return Report(Severity.INFO, opened)
    worst = serious[0]
    more = f" ({len(serious) - 1} more on the layer)" if len(serious) > 1 else ""
    return Report(worst.severity, f"{layer.name}: {worst.message}{more}", worst.hint)


def _hides(layer: Layer, mineral: str | None) -> bool:
    mask = mineral_mask(layer, mineral) if layer.role.is_facility else None
    return mask is not None and len(mask) > 0 and not mask.any()


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
