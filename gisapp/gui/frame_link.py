"""The frame of the export on the live map: laid out by the page's own engine, moved by the user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject

from gisapp.gui.mapview import MapView, ShownFrame
from gisapp.model.feedback import GisappError
from gisapp.render.arranging import map_frame_of
from gisapp.render.framing import around, fitted, frame_outline, reframed
from gisapp.render.map_frame import MapFrame
from gisapp.render.picture import FrameSpec, Picture
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

Bounds = tuple[float, float, float, float]
_PURPOSE: Final = "frame"
_HERE: Final = "frame here"
#: Degrees: who sees more looks at the world, and so does the first frame.
_WORLDWIDE: Final = 200.0


class FrameLink(QObject):
    """Keeps the frame on the map in step with the project's.

    What the page's map shows is laid out by a job, after every change of frame or picture; while
    the frame is dragged the map's box on the page stays, so that the answer is there at once.
    """

    def __init__(self, session: Session, view: MapView, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._map = session, view
        self._shown = False
        self._picture: Picture | None = None
        self._spec: FrameSpec | None = None
        #: The map on the page as it was laid out last.
        self.where: MapFrame | None = None
        self._leave = [session.pictured.connect(self._pictured), session.changed.connect(self._on)]
        view.frameMoved.connect(lambda w, s, e, n, done: self._moved((w, s, e, n), done=done))

    def leave(self) -> None:
        """Listen no more."""
        for leave in self._leave:
            leave()
        self._leave = []

    def set_shown(self, *, shown: bool, seen: Bounds | None = None) -> None:
        """Draw the frame on the map, or not.

        A first frame stands in the middle of what the map shows, `seen`, if that is no whole world.
        """
        self._shown = shown
        first = self._session.state.frame.bounds is None and seen is not None
        if shown and first and seen is not None and seen[2] - seen[0] < _WORLDWIDE:
            self.frame_here(seen)
        elif shown:
            self._lay_out()
        else:
            for purpose in (_PURPOSE, _HERE):
                self._session.jobs.cancel(purpose)
            self._spec = self.where = None
            self._map.set_frame(None)

    def show_on_map(self) -> None:
        """Look at the frame."""
        if self.where is not None:
            self._map.fit_bounds(*around(self.where))

    def _pictured(self, picture: Picture | None) -> None:
        self._picture = picture
        if self._shown:
            self._lay_out()

    def _on(self, state: ProjectState) -> None:
        if self._shown and state.frame != self._spec:
            self._lay_out()

    def _lay_out(self) -> None:
        self._spec = self._session.state.frame
        self._work(_PURPOSE, self._spec, self._laid_out)

    def frame_here(self, seen: Bounds) -> None:
        """Frame what the map shows, bounds in degrees, as large as handles leave room for."""
        spec = replace(self._session.state.frame, bounds=seen)

        def done(where: MapFrame) -> None:
            self._session.run("frame.set", bounds=fitted(where, seen))

        self._work(_HERE, spec, done)

    def _work(self, purpose: str, spec: FrameSpec, done: Callable[[MapFrame], None]) -> None:
        picture = self._picture
        if picture is not None:
            self._session.jobs.start(
                purpose,
                "Laying out the frame",
                lambda _feedback: map_frame_of(picture, spec),
                done,
                self._session.report_error,
            )

    def _laid_out(self, where: MapFrame) -> None:
        self.where = where
        self._draw(where)

    def _draw(self, where: MapFrame) -> None:
        outline = frame_outline(where)
        bounds = where.spec.bounds or around(where)
        self._map.set_frame(ShownFrame(outline, bounds, where.spec.size.capitalize()))

    def _moved(self, bounds: Bounds, *, done: bool) -> None:
        if self.where is None:
            return
        try:
            self._draw(reframed(self.where, bounds))
        except GisappError as error:
            if done:
                self._session.report_error(error)
                self._draw(self.where)
            return
        if done:
            self._session.run("frame.set", bounds=bounds)
