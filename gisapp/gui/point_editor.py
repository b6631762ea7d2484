"""A point added or moved: by a click, a drag of its handle, or its typed coordinates."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gisapp.gui.looks import GRID
from gisapp.gui.mapview import MapView
from gisapp.gui.point_form import PointForm
from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState


class PointEditor(QObject):
    """Keeps the card of a point and its handle on the map in step.

    `finished` comes when the card is closed: the pointer does again what it did.
    """

    finished = Signal()

    def __init__(self, session: Session, view: MapView, ground: QWidget) -> None:
        super().__init__(ground)
        self._session, self._view, self._ground = session, view, ground
        self.form: PointForm | None = None
        self._leave: Callable[[], None] | None = None
        view.placed.connect(lambda lon, lat, _x, _y: self._put(lon, lat))
        view.handleMoved.connect(self._moved)
        view.escaped.connect(self.end)

    def add(self, layer_id: str) -> None:
        """Ask for a place on the map, and what stands there."""
        if self._open(layer_id, -1) is not None:
            self._view.set_mode("place")
            self._view.setFocus()

    def move(self, layer_id: str, row: int) -> None:
        """Show the handle of a point, and the card with its coordinates."""
        layer = self._open(layer_id, row)
        if layer is None:
            return
        lon, lat = (float(value) for value in layer.features.take([row]).lonlat[0])
        if isfinite(lon) and isfinite(lat):
            zoom = self._session.state.view.zoom
            self._session.run("view.set", lon=lon, lat=lat, zoom=max(zoom, 5.0))
            self._put(lon, lat)
        else:  # a site without a position gets one by a click
            self._view.set_mode("place")

    def end(self) -> None:
        """Give up what was begun."""
        if self.form is not None:
            self.form.close()

    def _open(self, layer_id: str, row: int) -> Layer | None:
        self.end()
        layer = self._session.state.entry(layer_id).layer
        features = layer.features
        if not (features.is_points or features.geometry_type in {"Point", "Mixed", "None"}):
            self._session.report_error(
                GisappError(
                    "not_points",
                    f"{layer.name} holds no points that could be added or moved.",
                    "Choose a layer of points in the table.",
                )
            )
            return None
        self.form = PointForm(self._session, layer, row, self._ground)
        self.form.placed.connect(self._put)
        self.form.closed.connect(self._closed)
        self._leave = self._session.changed.connect(lambda state: self._check(state, layer))
        self.form.adjustSize()
        self.form.move(self._ground.width() - self.form.width() - 2 * GRID, 2 * GRID)
        self.form.show()
        self.form.raise_()
        return layer

    def _check(self, state: ProjectState, layer: Layer) -> None:
        """End when the layer changed or went: its row numbers may be others now."""
        if not any(e.layer.features is layer.features for e in state.layers if e.id == layer.id):
            self.end()

    def _put(self, lon: float, lat: float) -> None:
        if self.form is not None:
            self._view.set_mode("pan")
            self._view.set_handle((lon, lat))
            self.form.put(lon, lat)

    def _moved(self, lon: float, lat: float) -> None:
        if self.form is not None:
            self.form.put(lon, lat)

    def _closed(self) -> None:
        self.form = None
        if self._leave is not None:
            self._leave()
            self._leave = None
        self._view.set_handle(None)
        self.finished.emit()
