"""The live map as a widget: shows pictures, and tells what the user does on it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QColor, QImage
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineSettings
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gisapp.gui.scheme import SCHEME, NoNetwork, SchemeHandler
from gisapp.model.features import Features, Floats
from gisapp.model.geodesy import KM_PER_NAUTICAL_MILE, distance_km, geodesic_path
from gisapp.model.numbers import whole
from gisapp.model.rows import RowSet
from gisapp.render.hub import ORIGIN, MapHub
from gisapp.render.picture import Picture, ThemeName
from gisapp.render.symbology import palette
from gisapp.render.webmap import to_json
from gisapp.workspace.state import MapView as ViewState

_MOST_MESSAGE: Final = 20_000
_IDLE_MS: Final = 1_500
_MOST_POINTS: Final = 500
_MOST_SELECTED: Final = 5_000
#: Messages that hold until the next of their kind, in the order in which a new page wants them.
_LASTING: Final = ("view", "fit", "mode", "scene", "selection", "frame", "handle")
MODES: Final = ("pan", "select", "measure", "place")


@dataclass(frozen=True, eq=False)
class ShownFrame:
    """The frame of the export as it lies on the map.

    Parameters
    ----------
    outline
        Rings of lon, lat in degrees around what the page shows, see `framing.frame_outline`.
    bounds
        West, south, east, north that were asked for: what the page shows besides follows from the
        shape of its map.
    title
        What the frame is called, its page.
    """

    outline: tuple[Floats, ...]
    bounds: tuple[float, float, float, float]
    title: str


class _Bridge(QObject):
    """The one object that the page can call."""

    received = Signal(str)

    @Slot(str)
    def post(self, text: str) -> None:
        """Take a message of the page."""
        self.received.emit(text)


class _Page(QWebEnginePage):
    """A page that stays where it is and reports what its script complains of."""

    complained = Signal(str)

    def acceptNavigationRequest(
        self, url: QUrl | str, _type: QWebEnginePage.NavigationType, _main: bool
    ) -> bool:
        """Allow our own addresses alone."""
        return QUrl(url).scheme().encode() == SCHEME

    def javaScriptConsoleMessage(
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        line: int,
        source: str,
    ) -> None:
        """Report errors; the rest is noise."""
        if level == QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel:
            self.complained.emit(f"{message} ({source.rsplit('/', 1)[-1]}:{line})")


class MapView(QWidget):
    """The live map.

    Everything may be called at once after construction: messages wait until the page is ready.

    Parameters
    ----------
    hub
        Answers the page's addresses; its threads draw the tiles.

    Signals
    -------
    ready()
        The page listens.
    shown(number)
        The picture given by the `number`-th call of `show_picture` is on the canvas.
    viewChanged(lon, lat, zoom, west, south, east, north)
        After a pan or zoom, by whomever; degrees, east may exceed 180.
    identified(layer_id, row, lon, lat)
        A feature was clicked. An empty layer id and row -1: a click on nothing.
    hovered(lon, lat)
        The pointer moved, at most 25 times a second.
    boxSelected(west, south, east, north, add)
        A box was drawn in "select" mode; east may exceed 180. With Shift it adds.
    escaped()
        Escape was pressed on the map while nothing was under way.
    measured(km, points)
        Points were set in "measure" mode: the geodesic length and a list of (lon, lat), empty
        when the line was given up.
    placed(lon, lat, x, y)
        A place was clicked in "place" mode; x and y are pixels of the map.
    handleMoved(lon, lat)
        The handle of `set_handle` was dragged: while it moves and when it is let go.
    frameMoved(west, south, east, north, done)
        The frame is wanted at these bounds: while it is dragged, and at the end with `done`. West
        lies within [-180, 180), east may exceed 180.
    problem(text)
        Something in the page or a tile failed.
    """

    ready = Signal()
    shown = Signal(int)
    viewChanged = Signal(float, float, float, float, float, float, float)
    identified = Signal(str, int, float, float)
    hovered = Signal(float, float)
    boxSelected = Signal(float, float, float, float, bool)
    escaped = Signal()
    measured = Signal(float, list)
    placed = Signal(float, float, int, int)
    handleMoved = Signal(float, float)
    frameMoved = Signal(float, float, float, float, bool)
    problem = Signal(str)
    _picked = Signal(int, str, int, float, float)

    def __init__(self, hub: MapHub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub = hub
        self._is_ready = False
        self._said: dict[str, dict[str, Any]] = {}
        self._closed = False
        self._warm = False
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._number = 0
        self._asked = 0
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="gisapp-pick")
        self._picked.connect(self._on_picked, Qt.ConnectionType.QueuedConnection)
        self._tiled: list[tuple[str, str]] = []
        self._points: dict[str, Features] = {}
        self._selection: tuple[str, list[int]] = ("", [])
        self._theme = ThemeName.LIGHT
        self._handlers: dict[str, Callable[[dict[str, Any]], None]] = {
            "ready": self._on_ready,
            "shown": self._on_shown,
            "view": self._on_view,
            "hover": lambda m: self.hovered.emit(_lon(m), _lat(m)),
            "identify": self._on_identify,
            "click": self._on_click,
            "box": self._on_box,
            "escape": lambda _m: self.escaped.emit(),
            "measure": self._on_measure,
            "place": self._on_place,
            "frame": self._on_frame,
            "handle": lambda m: self.handleMoved.emit(_lon(m), _lat(m)),
            "problem": lambda m: self.problem.emit(str(m["text"])[:500]),
        }
        # an own, off-the-record profile: nothing is written, nothing is shared
        # (a child of the application, since it must outlive its page)
        self._profile = QWebEngineProfile(QCoreApplication.instance())
        self._guard = NoNetwork(self)
        self._profile.setUrlRequestInterceptor(self._guard)
        self._handler = SchemeHandler(hub.answer, self)
        self._handler.problem.connect(self.problem)
        self._idle.timeout.connect(lambda: self._handler.run(hub.warm))
        self._profile.installUrlSchemeHandler(SCHEME, self._handler)
        self._page = _Page(self._profile, self)
        self._page.complained.connect(self.problem)
        self._page.renderProcessTerminated.connect(self._restart)
        self._bridge = _Bridge(self)
        self._bridge.received.connect(self._receive)
        self._channel = QWebChannel(self)
        self._channel.registerObject("bridge", self._bridge)
        self._page.setWebChannel(self._channel)
        settings = self._page.settings()
        for attribute, on in (
            (QWebEngineSettings.WebAttribute.WebGLEnabled, False),
            (QWebEngineSettings.WebAttribute.PluginsEnabled, False),
            (QWebEngineSettings.WebAttribute.LocalStorageEnabled, False),
            (QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows, False),
            (QWebEngineSettings.WebAttribute.ShowScrollBars, False),
            (QWebEngineSettings.WebAttribute.FocusOnNavigationEnabled, False),
        ):
            settings.setAttribute(attribute, on)
        self._view = QWebEngineView(self)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._view.setAccessibleName("Map")
        self._view.setPage(self._page)
        self._page.setBackgroundColor(QColor(palette(self._theme).water))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view)
        self.setFocusProxy(self._view)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shut_down)
        self._page.load(QUrl(f"{ORIGIN}/page.html"))

    def sizeHint(self) -> QSize:
        """Return the size of a comfortable map."""
        return QSize(820, 560)

    # --- what the window says ------------------------------------------------------------------

    def show_picture(self, picture: Picture, theme: ThemeName) -> int:
        """Show a picture instead of the last one; returns the number that `shown` will bring.

        Unchanged layers are kept, the view stays where it is. Takes milliseconds: large layers
        are prepared by the map's own threads.
        """
        self._theme = theme
        self._page.setBackgroundColor(QColor(palette(theme).water))
        scene = self._hub.scene(picture, theme)
        self._tiled = [(each["id"], each["key"]) for each in scene["layers"] if each["tiles"]]
        self._points = {drawn.layer.id: drawn.layer.features for drawn in picture.layers}
        self._number += 1
        scene["number"] = self._number
        self._post({"type": "scene", "scene": scene})
        if self._selection[1]:
            self.set_selection(*self._selection)
        return self._number

    def set_view(self, view: ViewState) -> None:
        """Look at a place; longitude and latitude in degrees, Leaflet zoom 1 to 16."""
        self._post({"type": "view", "lon": view.lon, "lat": view.lat, "zoom": round(view.zoom)})

    def fit_bounds(self, west: float, south: float, east: float, north: float) -> None:
        """Show a box in degrees, at most at zoom 12; east below west spans the antimeridian."""
        if east < west:
            east += 360.0
        self._post({"type": "fit", "w": west, "s": south, "e": east, "n": north})

    def set_mode(self, mode: str) -> None:
        """Choose what the pointer does: "pan", "select" (draws a box), "measure" or "place"."""
        if mode not in MODES:
            raise ValueError(f"no map mode {mode!r}")
        self._post({"type": "mode", "mode": mode})

    def set_selection(self, layer_id: str, rows: Iterable[int]) -> None:
        """Highlight these rows of a layer and no others; no rows clear the highlight."""
        chosen = RowSet(rows).array
        # of very many some all over stand for all
        numbers = chosen[:: 1 + len(chosen) // _MOST_SELECTED].tolist()
        self._selection = (layer_id, numbers)
        features = self._points.get(layer_id)
        places: list[list[float]] = []
        if features is not None and any(layer_id == layer for layer, _ in self._tiled):
            # the page holds no features of a layer drawn as tiles: tell it where they are
            known = [row for row in numbers if row < len(features)]
            lonlat = features.take(known).lonlat
            places = lonlat[np.isfinite(lonlat).all(axis=1)].round(5).tolist()
        message = {"type": "selection", "layer": layer_id, "rows": numbers, "places": places}
        self._post(message)

    def flash(self, layer_id: str, row: int) -> None:
        """Pulse a ring around a feature of a shown layer."""
        features = self._points.get(layer_id)
        if features is None or not 0 <= row < len(features):
            return
        shape = features.take([row])
        lon, lat = (float(value) for value in shape.lonlat[0])
        if math.isfinite(lon) and math.isfinite(lat):
            self._post({"type": "flash", "lon": lon, "lat": lat})

    def set_handle(self, place: tuple[float, float] | None) -> None:
        """Show a handle that can be dragged at a longitude and latitude, degrees, or none."""
        lon, lat = place or (None, None)
        self._post({"type": "handle", "lon": lon, "lat": lat})

    def set_frame(self, frame: ShownFrame | None) -> None:
        """Dim what an export would not show, and let the frame be moved; None shows all."""
        message: dict[str, Any] | None = None
        if frame is not None:
            message = {
                "rings": [ring.round(5).tolist() for ring in frame.outline],
                "bounds": frame.bounds,
                "title": frame.title,
            }
        self._post({"type": "frame", "frame": message})

    def image(self) -> QImage:
        """Return what is on screen, at the screen's own resolution."""
        return self._view.grab().toImage()

    def shut_down(self) -> None:
        """End page and threads in the order that the web engine needs; may be called twice.

        The window calls it when it closes; the application does at its end at the latest.
        """
        if self._closed:
            return
        self._closed = True
        self._idle.stop()
        self._is_ready = False
        self._handler.close()
        self._asker.shutdown(wait=True, cancel_futures=True)
        self._page.destroyed.connect(self._profile.deleteLater)
        self._page.deleteLater()

    # --- what the page says --------------------------------------------------------------------

    def _post(self, message: dict[str, Any]) -> None:
        """Say something to the page: now, or when it is ready.

        What holds on (scene, view, mode, ...) is kept, the latest of each, and said again to a
        page that starts anew.
        """
        kind = message["type"]
        if kind in {"view", "fit"}:
            self._said.pop("view", None)
            self._said.pop("fit", None)
        if kind in _LASTING:
            self._said[kind] = message
        if self._is_ready:
            self._page.runJavaScript(f"gisapp.receive({to_json(message)})")

    def _restart(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        """Load the page again after its process ended (out of memory, a driver's fault)."""
        if self._closed:
            return
        self._is_ready = False
        self.problem.emit(f"The map stopped ({status.name}, {code}) and was started again.")
        self._page.load(QUrl(f"{ORIGIN}/page.html"))

    def _receive(self, text: str) -> None:
        """Check a message of the page and act on it; anything odd is dropped and reported."""
        try:
            if len(text) > _MOST_MESSAGE:
                raise ValueError("too long")
            message = json.loads(text)
            handler = self._handlers[message["type"]]
            handler(message)
        except (ValueError, KeyError, TypeError) as error:
            self.problem.emit(f"The map page sent something unexpected: {error!r}")

    def _on_ready(self, _message: dict[str, Any]) -> None:
        if not {"view", "fit"} & set(self._said):
            self.set_view(ViewState())
        self._is_ready = True
        # where to look before what to show: else tiles are drawn that nobody sees
        for kind in _LASTING:
            if kind in self._said:
                self._post(self._said[kind])
        self.ready.emit()

    def _on_shown(self, m: dict[str, Any]) -> None:
        self.shown.emit(_whole(m, "number"))
        if not self._warm:
            self._warm = True
            self._idle.start()
        if self._tiled:
            self._handler.run(self._hub.prepare)

    def _on_view(self, m: dict[str, Any]) -> None:
        zoom = _number(m, "zoom", 30.0)
        edges = [_number(m, key, 1e7) for key in "wsen"]
        lon, lat = _lon(m), _lat(m)
        self._said.pop("fit", None)
        self._said["view"] = {"type": "view", "lon": lon, "lat": lat, "zoom": zoom}
        self.viewChanged.emit(lon, lat, zoom, *edges)

    def _on_identify(self, m: dict[str, Any]) -> None:
        layer, row = m["layer"], _whole(m, "row")
        features = self._points.get(layer)
        if features is None or not 0 <= row < len(features):
            raise ValueError("no such feature")
        self.identified.emit(layer, row, _lon(m), _lat(m))

    def _on_click(self, m: dict[str, Any]) -> None:
        """Look for what was clicked in a thread of its own: a layer may still be prepared."""
        lon, lat, zoom = _lon(m), _lat(m), _number(m, "zoom", 30.0)
        tiled = tuple(reversed(self._tiled))
        self._asked += 1
        asked = self._asked

        def look() -> None:
            found = ("", -1)
            for layer, key in tiled:
                row = None if asked != self._asked else self._hub.pick(key, lon, lat, zoom)
                if row is not None:
                    found = (layer, row)
                    break
            self._picked.emit(asked, *found, lon, lat)

        if not self._closed:
            self._asker.submit(look)

    def _on_picked(self, asked: int, layer: str, row: int, lon: float, lat: float) -> None:
        known = self._points.get(layer)
        if asked == self._asked and (known is None or row < len(known)):
            self.identified.emit(layer if known is not None else "", row, lon, lat)

    def _on_box(self, m: dict[str, Any]) -> None:
        self.boxSelected.emit(*(_number(m, key, 1e7) for key in "wsen"), m["add"] is True)

    def _on_frame(self, m: dict[str, Any]) -> None:
        west, east = (_number(m, key, 1e3) for key in "we")
        south, north = (_number(m, key, 90.0) for key in "sn")
        if not (south < north and west < east <= west + 360.0 + 1e-6):
            raise ValueError("a frame that encloses nothing")
        turn = 360.0 * math.floor((west + 180.0) / 360.0)
        east = min(east, west + 360.0)
        self.frameMoved.emit(west - turn, south, east - turn, north, m["done"] is True)

    def _on_place(self, m: dict[str, Any]) -> None:
        x, y = (round(_number(m, key, 1e5)) for key in "xy")
        self.placed.emit(_lon(m), _lat(m), x, y)

    def _on_measure(self, m: dict[str, Any]) -> None:
        given = m["points"]
        if not isinstance(given, list) or len(given) > _MOST_POINTS:
            raise ValueError("points")
        if not given:
            self.measured.emit(0.0, [])
            return
        points = [(_value(lon, 1e7), _value(lat, 90.0)) for lon, lat in given]
        path: list[list[float]] = [list(points[0])]
        legs: list[dict[str, Any]] = []
        total = 0.0
        for start, end in pairwise(points):
            km = float(distance_km(start, end)[0])
            total += km
            way = geodesic_path(start, end, step_km=50.0)
            way[:, 0] += path[-1][0] - way[0, 0]
            path += way[1:].tolist()
            if len(points) > 2:
                legs.append({"at": way[len(way) // 2].tolist(), "text": _km(km)})
        text = ""
        if len(points) > 1:
            text = f"{_km(total)} · {_grouped(total / KM_PER_NAUTICAL_MILE)}\u00a0nm"
        self._post({"type": "measured", "path": path, "legs": legs, "total": text})
        if m["fixed"] is True:
            wrapped = [((lon + 180.0) % 360.0 - 180.0, lat) for lon, lat in points]
            self.measured.emit(total, wrapped)


def _grouped(value: float) -> str:
    return whole(value) if value >= 100 else f"{value:.1f}"


def _km(value: float) -> str:
    return f"{_grouped(value)}\u00a0km"


def _value(value: Any, limit: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("not a number")
    if not math.isfinite(value) or abs(value) > limit:
        raise ValueError("out of range")
    return float(value)


def _number(message: dict[str, Any], key: str, limit: float) -> float:
    return _value(message[key], limit)


def _lon(message: dict[str, Any]) -> float:
    return _number(message, "lon", 180.0)


def _lat(message: dict[str, Any]) -> float:
    return _number(message, "lat", 90.0)


def _whole(message: dict[str, Any], key: str) -> int:
    value = message[key]
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a whole number")
    return value
