"""Commands on the project as a whole: new, open, save, undo, frame, title."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from gisapp.data.shipped import default_layers
from gisapp.model.feedback import Feedback, GisappError, Severity
from gisapp.model.layer import Layer
from gisapp.render.page_sizes import page_size
from gisapp.render.picture import Elements, FrameSpec, Show, SlideTemplate, ThemeName
from gisapp.render.scene import plain
from gisapp.workspace.codec import from_json, to_json
from gisapp.workspace.commands import Command, Job, Opened, Outcome, Saved, Told, Travel
from gisapp.workspace.example import example_state, new_state
from gisapp.workspace.params import choice, listed, number
from gisapp.workspace.recovery import discard, recover
from gisapp.workspace.report import Report
from gisapp.workspace.state import ProjectState

#: Parts of a frame that are values of their own, given as such or as JSON.
_VALUES: Final = frozenset({"brand", "nudges", "heavy", "also"})
#: The narrowest frame in degrees, some ten metres.
_LEAST: Final = 0.0001
_FRAME: Final = tuple(f.name for f in fields(FrameSpec))


def _load(_feedback: Feedback) -> tuple[Layer, ...]:
    return default_layers()


def _new(_state: ProjectState) -> Outcome:
    def then(_now: ProjectState, layers: tuple[Layer, ...]) -> Outcome:
        return Opened(new_state(layers))

    return Job("open", "New project", _load, then)


def _example(_state: ProjectState) -> Outcome:
    def then(_now: ProjectState, layers: tuple[Layer, ...]) -> Outcome:
        return Opened(example_state(layers))

    return Job("open", "Opening the worked example", _load, then)


def _open(_state: ProjectState, *, path: str | Path) -> Outcome:
    file = Path(path)

    def work(feedback: Feedback) -> Opened:
        from gisapp.workspace.project_file import open_project

        return open_project(file, feedback=feedback)

    return Job("open", f"Opening {file.name}", work, lambda _now, opened: opened)


def _recover(_state: ProjectState, *, folder: str | Path) -> Outcome:
    """Bring back what a crash left behind (see `recovery.lost_projects`)."""

    def work(_feedback: Feedback) -> Opened:
        opened = recover(Path(folder))
        discard(Path(folder))  # from here on the running session keeps its own copy
        return opened

    return Job("open", "Recovering the last session", work, lambda _now, opened: opened)


def _write(state: ProjectState, path: str | Path, *, copy: bool) -> Outcome:
    file = Path(path)
    if not file.suffix:
        file = file.with_suffix(".gpkg")

    def work(feedback: Feedback) -> Path:
        from gisapp.workspace.project_file import save_project

        save_project(state, file, feedback=feedback)
        return file

    def then(_now: ProjectState, written: Path) -> Outcome:
        reports = (Report(Severity.INFO, f"Saved {written.name}."),)
        return Told(reports) if copy else Saved(state, written, reports)

    return Job("save", f"Saving {file.name}", work, then)


def _save(state: ProjectState, *, path: str | Path) -> Outcome:
    return _write(state, path, copy=False)


def _save_copy(state: ProjectState, *, path: str | Path) -> Outcome:
    return _write(state, path, copy=True)


def _undo(_state: ProjectState) -> Outcome:
    return Travel(-1)


def _redo(_state: ProjectState) -> Outcome:
    return Travel(+1)


def _go(_state: ProjectState, *, index: int) -> Outcome:
    return Travel(index=int(index))


def _frame(state: ProjectState, **changes: Any) -> ProjectState:
    """Change parts of the frame; what is not named stays."""
    changed = framed(state.frame, **changes)
    return state if changed == state.frame else state.with_(frame=changed)


def framed(frame: FrameSpec, **changes: Any) -> FrameSpec:
    """Return a frame with parts changed; raises `GisappError` for what no frame has or can be."""
    clean: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in _FRAME:
            raise GisappError(
                "unknown_frame", f'A frame has no "{name}".', f"It has {listed(_FRAME)}."
            )
        if name == "theme":
            clean[name] = choice(ThemeName, value, "theme")
        elif name == "dpi":
            clean[name] = int(number(value, "resolution", 36, 1200))
        elif name == "bounds":
            clean[name] = None if value is None else _bounds(value)
        elif name == "insets":
            clean[name] = tuple(_bounds(each) for each in value)
        elif name == "max_labels":
            clean[name] = None if value is None else int(number(value, "number of names", 0, 500))
        elif name == "elements":
            clean[name] = _elements(frame.elements, value)
        elif name in _VALUES:
            clean[name] = _value(name, value)
        elif name == "template":
            clean[name] = _template(value)
        elif name == "center_lon":
            clean[name] = None if value is None else number(value, "central meridian", -180, 180)
        else:
            clean[name] = plain(str(value))
    changed = replace(frame, **clean)
    page_size(changed.size, dpi=changed.dpi)
    if len(changed.also) > 1:
        raise GisappError(
            "too_many_alliances",
            "A map shades two alliances at most: the question's and one beside it.",
            f"Keep one of {listed(changed.also)}.",
        )
    return changed


def _elements(elements: Elements, value: Any) -> Elements:
    """Return elements with some changed: a mapping of names to auto, yes or no."""
    if isinstance(value, Elements):
        return value
    known = tuple(f.name for f in fields(Elements))
    for name in value:
        if name not in known:
            raise GisappError(
                "unknown_element", f'A page has no "{name}".', f"It has {listed(known)}."
            )
    return replace(elements, **{n: choice(Show, v, "element") for n, v in value.items()})


def _value(name: str, value: Any) -> Any:
    """Return a part of a frame as it is, or from its JSON."""
    try:
        return getattr(from_json(FrameSpec, {name: to_json(value)}), name)
    except (TypeError, ValueError) as error:
        raise GisappError("bad_frame", f"The frame's {name} cannot be that: {error}.") from error


def _template(value: Any) -> SlideTemplate | None:
    if value is None or isinstance(value, SlideTemplate):
        return value
    return SlideTemplate(str(value)) if str(value) else None


def _bounds(value: Any) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(v) for v in value)
    except (TypeError, ValueError):
        raise GisappError(
            "bad_bounds", f"{value!r} is no frame.", "Give west, south, east, north in degrees."
        ) from None
    if east < west:
        east += 360.0
    wide, high = east - west, north - south
    if not (-90.0 <= south < north <= 90.0 and _LEAST <= wide <= 360.0 and high >= _LEAST):
        raise GisappError(
            "bad_bounds",
            f"The frame {listed(str(v) for v in value)} encloses nothing.",
            "Give west, south, east, north in degrees.",
        )
    if abs(west) > 360.0:
        west = math.remainder(west, 360.0)
        east = west + wide
    return west, south, east, north


def _title(state: ProjectState, *, title: str, subtitle: str | None = None) -> ProjectState:
    """Set the map's title; an empty one lets the result speak."""
    return state.with_(
        title=plain(title).strip(),
        subtitle=state.subtitle if subtitle is None else plain(subtitle).strip(),
    )


def project_commands() -> tuple[Command, ...]:
    """Return the commands on the project."""
    return (
        Command(
            "project.new",
            "New project",
            _new,
            "Start with the shipped layers and no question",
            "Ctrl+N",
            "mdi6.file-plus-outline",
            "File",
        ),
        Command(
            "project.example",
            "Open worked example",
            _example,
            "Open the example that the application starts with",
            "",
            "mdi6.lightbulb-on-outline",
            "Help",
        ),
        Command(
            "project.open",
            "Open project…",
            _open,
            "Open a saved project",
            "Ctrl+Shift+O",
            "mdi6.folder-star-outline",
            "File",
            ("path",),
        ),
        Command(
            "project.recover",
            "Recover last session",
            _recover,
            "Bring back what was not saved when the application ended",
            "",
            "mdi6.backup-restore",
            "File",
            ("folder",),
        ),
        Command(
            "project.save",
            "Save",
            _save,
            "Save layers and settings in one GeoPackage",
            "Ctrl+S",
            "mdi6.content-save-outline",
            "File",
            ("path",),
        ),
        Command(
            "project.save_copy",
            "Save a copy…",
            _save_copy,
            "Save under another name and stay in this project",
            "Ctrl+Shift+S",
            "mdi6.content-save-move-outline",
            "File",
            ("path",),
        ),
        Command(
            "edit.undo",
            "Undo",
            _undo,
            "Take the last step back",
            "Ctrl+Z",
            "mdi6.undo",
            "Edit",
        ),
        Command(
            "edit.redo",
            "Redo",
            _redo,
            "Do again what was undone",
            "Ctrl+Shift+Z",
            "mdi6.redo",
            "Edit",
        ),
        Command(
            "history.go",
            "Go to step",
            _go,
            "Go to a step of the history",
            "",
            "mdi6.history",
            "Edit",
            ("index",),
        ),
        Command(
            "frame.set",
            "Frame",
            _frame,
            "What is framed for the slide: page, projection, extent",
            "",
            "mdi6.crop-free",
            "File",
            _FRAME,
        ),
        Command(
            "title.set",
            "Title…",
            _title,
            "The headline of map and slide",
            "",
            "mdi6.format-title",
            "Edit",
            ("title",),
        ),
    )
