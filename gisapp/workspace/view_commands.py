"""Commands on where the map looks."""

from __future__ import annotations

from collections.abc import Callable

from gisapp.model.facts import Facts
from gisapp.model.feedback import Feedback, GisappError
from gisapp.workspace.commands import Command, Job, Outcome, soon
from gisapp.workspace.goto import box_of, find_place, fit
from gisapp.workspace.params import number
from gisapp.workspace.state import MapView, ProjectState


def _set_view(state: ProjectState, *, lon: float, lat: float, zoom: float) -> ProjectState:
    view = MapView(
        (number(lon, "longitude", -1080, 1080) + 180.0) % 360.0 - 180.0,
        number(lat, "latitude", -90, 90),
        number(zoom, "zoom", 0, 22),
    )
    return state.with_(view=view)


def _fit(
    state: ProjectState,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    layer_id: str | None = None,
) -> ProjectState:
    """Look at a box (west, south, east, north in degrees), at a layer, or at all that is shown."""
    if bounds is None:
        entries = [state.entry(layer_id)] if layer_id else [e for e in state.layers if e.visible]
        bounds = box_of(entry.layer for entry in entries)
        if bounds is None:
            raise GisappError("no_extent", "There is nothing to zoom to.", "Show a layer first.")
    return state.with_(view=fit(bounds))


def _goto(facts: Facts) -> Callable[..., Outcome]:
    def run(state: ProjectState, *, text: str) -> Outcome:
        """Look at a coordinate (latitude first unless lettered), a facility or a country."""

        def work(feedback: Feedback) -> MapView:
            return find_place(text, state, facts.countries, feedback=feedback)

        def then(now: ProjectState, view: MapView) -> ProjectState:
            return now.with_(view=view)

        rows = sum(len(entry.layer.features) for entry in state.layers)
        return soon(rows, state, Job("goto", f"Looking for {text.strip()}", work, then))

    return run


def view_commands(facts: Facts) -> tuple[Command, ...]:
    """Return the commands on the view; countries have the names of the facts."""
    return (
        Command(
            "view.set",
            "Look at",
            _set_view,
            "Move the map",
            "",
            "mdi6.crosshairs",
            "View",
            ("lon", "lat", "zoom"),
            undoable=False,
        ),
        Command(
            "view.fit",
            "Zoom to",
            _fit,
            "Zoom to a box or a layer",
            "",
            "mdi6.fit-to-page-outline",
            "View",
            ("bounds",),
            undoable=False,
        ),
        Command(
            "view.all",
            "Zoom to all",
            _fit,
            "Zoom to all layers that are shown",
            "Ctrl+0",
            "mdi6.earth",
            "View",
            undoable=False,
        ),
        Command(
            "view.goto",
            "Go to…",
            _goto(facts),
            "Go to a coordinate, a facility or a country",
            "Ctrl+G",
            "mdi6.map-marker-outline",
            "View",
            ("text",),
            undoable=False,
        ),
    )
