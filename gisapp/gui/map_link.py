"""The map and the session told of each other: pictures, view, selection, clicks."""

from __future__ import annotations

from dataclasses import replace
from math import floor

from PySide6.QtCore import QObject, Signal

from gisapp.gui.collector import watch_memory
from gisapp.gui.frame_link import FrameLink
from gisapp.gui.mapview import MapView
from gisapp.gui.theme import Theme
from gisapp.model.feedback import Severity
from gisapp.render.picture import Picture
from gisapp.workspace.report import Report
from gisapp.workspace.session import Session
from gisapp.workspace.state import MapView as View
from gisapp.workspace.state import ProjectState

Bounds = tuple[float, float, float, float]


class MapLink(QObject):
    """Keeps map and session in step.

    `identified` carries layer id, row, longitude and latitude; an empty id is a click on nothing.
    """

    identified = Signal(str, int, float, float)

    def __init__(self, session: Session, view: MapView, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._map, self._theme = session, view, theme
        self._picture: Picture | None = None
        self._view: View | None = None
        self._told = False
        self._selection = session.state.selection
        self.frame = FrameLink(session, view, self)
        self.bounds: Bounds | None = None
        self._leave = [session.pictured.connect(self._show), session.changed.connect(self._follow)]
        theme.changed.connect(lambda _name: self._show(self._picture))
        view.viewChanged.connect(
            lambda lon, lat, zoom, w, s, e, n: self._moved(lon, lat, zoom, (w, s, e, n))
        )
        view.boxSelected.connect(
            lambda w, s, e, n, add: session.run(
                "select.box", west=w, south=s, east=e, north=n, add=add
            )
        )
        view.escaped.connect(self._give_up)
        view.identified.connect(self._identified)
        view.problem.connect(lambda text: session.report(Report(Severity.WARNING, text)))

    def leave(self) -> None:
        """Listen no more."""
        for leave in self._leave:
            leave()
        self._leave = []
        self.frame.leave()

    def _show(self, picture: Picture | None) -> None:
        self._picture = picture
        if picture is not None:
            for drawn in picture.layers:
                watch_memory(drawn.layer.features)
            self._map.show_picture(picture, self._theme.name)

    def _follow(self, state: ProjectState) -> None:
        if state.view != self._view:
            self._view = state.view
            if not self._told:
                # The page knows whole zooms: a box that shall fit needs the wider one.
                self._map.set_view(replace(state.view, zoom=floor(state.view.zoom + 0.01)))
        if state.selection != self._selection:
            self._selection = state.selection
            self._map.set_selection(state.selection.layer, state.selection.rows)

    def _moved(self, lon: float, lat: float, zoom: float, box: Bounds) -> None:
        w, s, e, n = box
        self.bounds = (w, max(s, -90.0), min(e, w + 360.0), min(n, 90.0))
        # The map is where it says: telling it again would set off an endless to and fro.
        self._told = True
        self._session.run("view.set", lon=lon, lat=lat, zoom=zoom)
        self._told = False

    def _give_up(self) -> None:
        if self._session.state.selection.rows:
            self._session.run("select.clear")

    def _identified(self, layer_id: str, row: int, lon: float, lat: float) -> None:
        of_project = any(entry.id == layer_id for entry in self._session.state.layers)
        if of_project:
            self._session.run("select.set", layer_id=layer_id, rows=[row])
        elif self._session.state.selection.rows:
            self._session.run("select.clear")
        self.identified.emit(layer_id, row, lon, lat)
