"""Commands on the look of a layer by a column, and on styles as a whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from gisapp.model.feedback import Feedback, GisappError, Severity
from gisapp.model.style import Style
from gisapp.model.writing import write_text
from gisapp.render.qml import write_qml
from gisapp.render.qml_reading import read_qml
from gisapp.render.sld import read_sld, write_sld
from gisapp.render.stylefile import Unread
from gisapp.workspace.commands import Command, Job, Outcome, Told
from gisapp.workspace.enabled import has_layers
from gisapp.workspace.params import listed
from gisapp.workspace.remember import forget_style, remember_style
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState
from gisapp.workspace.styling import (
    categories_of,
    graduated_of,
    lacking,
    style_from,
    styled_by,
)

_WRITERS: Final = {".qml": write_qml, ".sld": write_sld}
_READERS: Final = {".qml": read_qml, ".sld": read_sld}


def _with_style(state: ProjectState, layer_id: str, style: Style) -> ProjectState:
    layer = state.entry(layer_id).layer
    if layer.style == style:
        return state
    return state.with_entry(layer_id, layer=layer.with_(style=style))


def _job(state: ProjectState, layer_id: str, make: Any) -> Job:
    """Return the job that makes some attributes of a layer's style."""
    layer = state.entry(layer_id).layer

    def work(feedback: Feedback) -> dict[str, Any]:
        found: dict[str, Any] = make(layer, feedback)
        return found

    def then(now: ProjectState, changes: dict[str, Any]) -> ProjectState:
        style = now.entry(layer_id).layer.style
        return _with_style(now, layer_id, replace(style, **changes))

    return Job("style", f"Styling {layer.name}", work, then)


def _by_column(state: ProjectState, *, layer_id: str, field: str, colour: bool = False) -> Outcome:
    """Show a column in the way that suits it, by `colour` where it is that which is asked for."""

    def make(layer: Any, feedback: Feedback) -> dict[str, Any]:
        style = styled_by(layer, field, colour=colour, feedback=feedback)
        names = ("categories", "graduated", "sized", "ramp")
        return {name: getattr(style, name) for name in names}

    return _job(state, layer_id, make)


def _categorise(
    state: ProjectState, *, layer_id: str, field: str, palette: str = "clear"
) -> Outcome:
    def make(layer: Any, feedback: Feedback) -> dict[str, Any]:
        found = categories_of(layer, field, palette=palette, feedback=feedback)
        return {"categories": found, "graduated": None, "ramp": None}

    return _job(state, layer_id, make)


def _classify(state: ProjectState, *, layer_id: str, field: str, **asked: Any) -> Outcome:
    def make(layer: Any, feedback: Feedback) -> dict[str, Any]:
        found = graduated_of(layer, field, feedback=feedback, **asked)
        return {"categories": None, "graduated": found, "ramp": None}

    return _job(state, layer_id, make)


def _paste(state: ProjectState, *, layer_id: str, text: str) -> Outcome:
    style = style_from(text)
    return _told(state, layer_id, style, ())


def _told(state: ProjectState, layer_id: str, style: Style, unread: tuple[Unread, ...]) -> Outcome:
    """Return the state with a style, and what of it does not show."""
    layer = state.entry(layer_id).layer
    reports = [Report(Severity.WARNING, each.message) for each in unread]
    missing = lacking(layer, style)
    if missing:
        message = f"{layer.name} has no column {listed(missing)}, by which the style goes."
        hint = "What goes by it is drawn in one way until there is such a column."
        reports.append(Report(Severity.WARNING, message, hint))
    return Told(tuple(reports), _with_style(state, layer_id, style))


def _load(state: ProjectState, *, layer_id: str, path: str | Path) -> Outcome:
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise _unknown(file)
    try:
        text = file.read_bytes()
    except OSError as error:
        raise GisappError("no_file", f"{file.name} cannot be read: {error.strerror}.") from error
    style, unread = reader(text)
    return _told(state, layer_id, style, unread)


def _save(state: ProjectState, *, layer_id: str, path: str | Path) -> Outcome:
    file, layer = Path(path), state.entry(layer_id).layer
    writer = _WRITERS.get(file.suffix.lower())
    if writer is None:
        raise _unknown(file)
    text, unread = writer(layer)
    write_text(text, file)
    saved = Report(Severity.INFO, f"The style of {layer.name} is in {file.name}.")
    return Told((saved, *(Report(Severity.WARNING, each.message) for each in unread)))


def _unknown(file: Path) -> GisappError:
    return GisappError(
        "unknown_format",
        f'"{file.suffix or file.name}" is no format of a style.',
        "Use .qml for QGIS or .sld for others.",
    )


def _keep(state: ProjectState, *, layer_id: str) -> Outcome:
    layer = state.entry(layer_id).layer
    remember_style(layer)
    return Told(
        (Report(Severity.INFO, f"Files with the columns of {layer.name} will look like it."),)
    )


def _drop(state: ProjectState, *, layer_id: str) -> Outcome:
    layer = state.entry(layer_id).layer
    forget_style(layer)
    return Told((Report(Severity.INFO, f"Files like {layer.name} will look by their role again."),))


def _reset(state: ProjectState, *, layer_id: str) -> ProjectState:
    return _with_style(state, layer_id, Style())


def style_commands() -> tuple[Command, ...]:
    """Return the commands on styles."""
    rows: tuple[tuple[str, str, Any, str, str, tuple[str, ...]], ...] = (
        ("by_column", "Style by a column", _by_column,
         "Show a column in the way that suits it", "mdi6.palette-swatch-outline", ("field",)),
        ("categorise", "Colour by category", _categorise,
         "A colour for each of the most frequent values", "mdi6.shape-plus-outline", ("field",)),
        ("classify", "Colour by number", _classify,
         "A colour for each class of a number", "mdi6.gradient-horizontal", ("field",)),
        ("paste", "Paste style", _paste,
         "Give the layer the style that was copied", "mdi6.content-paste", ("text",)),
        ("load", "Load style…", _load,
         "Read a style of QGIS (.qml) or an SLD", "mdi6.file-import-outline", ("path",)),
        ("save", "Save style…", _save,
         "Write the style for QGIS (.qml) or as SLD", "mdi6.file-export-outline", ("path",)),
        ("keep", "Save style as default", _keep,
         "Files with the same columns will look like this one", "mdi6.pin-outline", ()),
        ("drop", "Forget default style", _drop,
         "Files with the same columns will look by their role", "mdi6.pin-off-outline", ()),
        ("reset", "Reset style", _reset,
         "Look as the role of the layer does", "mdi6.restore", ()),
    )  # fmt: skip
    return tuple(
        Command(
            f"style.{name}", title, run, tip, "", icon, "Layer", ("layer_id", *params), has_layers
        )
        for name, title, run, tip, icon, params in rows
    )
