"""Commands on a layer's link to its file: keep a link or a copy, and say where the file is now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gisapp.model.feedback import Feedback, GisappError, Severity
from gisapp.model.layer import Layer
from gisapp.model.places import layers_dir
from gisapp.workspace.commands import Command, Job, Outcome, Told
from gisapp.workspace.enabled import has_linked, has_read
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState

if TYPE_CHECKING:
    from collections.abc import Mapping

_MENU: Final = "Layer"


def _link(state: ProjectState, *, layer_id: str, linked: bool | None = None) -> ProjectState:
    """Keep a link to the layer's file in the project, or a copy; None turns it over."""
    layer = state.entry(layer_id).layer
    wanted = not layer.source.linked if linked is None else bool(linked)
    file = Path(layer.source.path)
    if wanted and (not layer.source.path or file.is_relative_to(layers_dir()) or not file.exists()):
        raise GisappError(
            "no_link",
            f"{layer.name} has no file that the project could link to.",
            "Export the layer first and open that file.",
        )
    if not wanted and layer.is_missing:
        raise GisappError(
            "source_missing",
            f"The file of {layer.name} is not there, so the project cannot take a copy.",
            "Say where the file is now: Layer, Find missing file.",
        )
    return _with_layer(state, layer.with_(source=replace(layer.source, linked=wanted)))


def _relink(state: ProjectState, *, layer_id: str, path: str | Path) -> Outcome:
    """Read a layer from where its file is now; others that moved with it are found too."""
    layer, file = state.entry(layer_id).layer, Path(path)

    def work(feedback: Feedback) -> Mapping[str, Layer]:
        from gisapp.workspace.links import companions, read_again

        others = [e.layer for e in state.layers if e.layer.is_missing and e.id != layer_id]
        files = {layer_id: file, **companions(layer, file, others)}
        return {
            one: read_again(state.entry(one).layer.source, where, feedback)
            for one, where in files.items()
        }

    def then(now: ProjectState, found: Mapping[str, Layer]) -> Outcome:
        for entry in now.layers:
            read = found.get(entry.id)
            if read is not None:
                now = _with_layer(
                    now,
                    entry.layer.with_(
                        features=read.features, source=read.source, problems=read.problems
                    ),
                )
        more = f", and {len(found) - 1} more in its folder" if len(found) > 1 else ""
        report = Report(Severity.INFO, f"{layer.name} was found again in {file.name}{more}.")
        return Told((report,), now)

    return Job("open", f"Reading {file.name}", work, then)


def _with_layer(state: ProjectState, layer: Layer) -> ProjectState:
    return state.with_entry(layer.id, layer=layer)


def link_commands() -> tuple[Command, ...]:
    """Return the commands on links."""
    return (
        Command(
            "layer.link",
            "Link layer to its file",
            _link,
            "Keep a link to the layer's file in the project, in place of a copy",
            "",
            "mdi6.link-variant",
            _MENU,
            ("layer_id",),
            has_read,
        ),
        Command(
            "layer.relink",
            "Find missing file…",
            _relink,
            "Say where the file of a linked layer is now",
            "",
            "mdi6.file-find-outline",
            _MENU,
            ("layer_id", "path"),
            has_linked,
        ),
    )
