"""The page that an export would write, drawn anew whenever the project changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from gisapp.gui.looks import GRID, IconButton, Kind, Text
from gisapp.gui.page_view import PageView
from gisapp.gui.panel import Panel
from gisapp.model.feedback import Feedback, GisappError
from gisapp.render.picture import Brand, FrameSpec, Nudge, Picture
from gisapp.render.scene import Scene
from gisapp.render.vision import SIGHT_TITLES
from gisapp.workspace.answer import Answer
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

if TYPE_CHECKING:  # the renderers load with the first page
    import numpy as np
    import numpy.typing as npt

    from gisapp.workspace.paging import PagePixels

_PURPOSE: Final = "page"
_REST_MS: Final = 120
#: More remarks than these are told by the tooltip.
_SENTENCES: Final = 3
_ZOOMS: Final = ((None, "Fit"), (0.5, "50 %"), (1.0, "100 %"), (2.0, "200 %"), (3.0, "300 %"))


class PageArea(Panel):
    """The page between the map's own bars: how near it is, what is to be said of it, export.

    `composed` comes with every new page; `copying` and `exporting` when their buttons are pressed.
    """

    composed = Signal(object)
    copying = Signal()
    exporting = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setAccessibleName("Page")
        self.view = PageView()
        self.sheet = self.view.sheet
        self.picture: Picture | None = None
        self._made_of: tuple[object, ...] = ()
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._draw)
        self.zoom = QComboBox()
        self.zoom.setAccessibleName("Size of the page on the screen")
        self.zoom.setToolTip("How near the page is looked at: Ctrl and + or -, or the wheel")
        for value, text in _ZOOMS:
            self.zoom.addItem(text, value)
        self.zoom.activated.connect(lambda _i: self.view.set_zoom(self.zoom.currentData()))
        self.sight = QComboBox()
        self.sight.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.sight.setMinimumContentsLength(len("All colours") + 2)
        self.sight.setAccessibleName("Seen by")
        self.sight.setToolTip("How the page looks to people who see fewer colours, and in print")
        self.sight.addItem("All colours", None)
        for sight, title in SIGHT_TITLES.items():
            self.sight.addItem(title, sight)
        self.sight.view().setMinimumWidth(46 * self.fontMetrics().averageCharWidth())
        self.sight.activated.connect(lambda _i: self._rest.start())
        self.state = Text(Kind.NOTE).fit()
        self.copy = IconButton("mdi6.content-copy", "Copy picture, drawing and table (Ctrl+C)")
        self.copy.clicked.connect(self.copying)
        self.export = QPushButton("Export\u2026")
        self.export.setToolTip("Write this page to a file")
        self.export.clicked.connect(self.exporting)
        head = QHBoxLayout()
        head.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        head.setSpacing(GRID)
        head.addWidget(self.zoom)
        head.addWidget(self.sight)
        head.addWidget(self.state)
        head.addStretch(1)
        head.addWidget(self.copy)
        head.addWidget(self.export)
        self.notices = Text(Kind.NOTE)
        self.mend = QPushButton("Make it readable")
        self.mend.setObjectName("quiet")
        self.mend.setToolTip("Change the colours of the house style as little as it takes")
        self.mend.clicked.connect(self._mend)
        self.foot = QWidget()
        foot = QHBoxLayout(self.foot)
        foot.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID)
        foot.addWidget(self.notices, 1)
        foot.addWidget(self.mend)
        self.foot.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(self.foot)
        self.view.rescaled.connect(self._rescaled)
        self.sheet.rewritten.connect(self.rewrite)
        self.sheet.moved.connect(self.nudge)
        self.sheet.put_back.connect(self.put_back)
        for keys, way in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1)):
            shortcut = QShortcut(QKeySequence(keys), self.view)
            shortcut.activated.connect(lambda way=way: self.view.step(way))
        whole = QShortcut(QKeySequence("Ctrl+0"), self.view)
        whole.activated.connect(lambda: self.view.set_zoom(None))
        self.listen(session.pictured, self._take)
        self.listen(session.changed, self._changed)
        self.listen(session.answered, self._answered)

    @property
    def scene(self) -> Scene | None:
        """The page on show."""
        return self.sheet.scene

    @property
    def fresh_scene(self) -> Scene | None:
        """The page on show if it is the project's of now."""
        return None if self.is_stale else self.scene

    # --- what the user does --------------------------------------------------------------------

    def rewrite(self, kind: str, text: str) -> None:
        """Give the page a title, subtitle or caption; an empty one lets the result speak."""
        state = self.session.state
        if kind == "title":
            self.session.run("title.set", title=text)
        elif kind == "subtitle":
            self.session.run("title.set", title=state.title, subtitle=text)
        elif text != state.frame.caption:
            self.session.run("frame.set", caption=text)

    def nudge(self, text: str, dx: float, dy: float) -> None:
        """Put the middle of a label so many points from the place that it names."""
        others = (n for n in self.session.state.frame.nudges if n.text != text)
        moved = Nudge(text, round(dx, 1), round(dy, 1))
        self.session.run("frame.set", nudges=(*others, moved))

    def put_back(self, text: str = "") -> None:
        """Put a label back where it stands by itself, or all of them."""
        nudges = self.session.state.frame.nudges
        kept = tuple(n for n in nudges if text and n.text != text)
        if kept != nudges:
            self.session.run("frame.set", nudges=kept)

    # --- what the session tells ----------------------------------------------------------------

    def _take(self, picture: Picture) -> None:
        self.picture = picture
        self._look()

    def _changed(self, state: ProjectState) -> None:
        self.sheet.nudged = frozenset(nudge.text for nudge in state.frame.nudges)
        self._look()

    def _answered(self, _answer: Answer | None) -> None:
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while nobody looked."""
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what is being written, and draw no more."""
        super().hideEvent(event)
        self.sheet.leave_editor(keep=True)
        self._rest.stop()
        self.session.jobs.cancel(_PURPOSE)

    def changeEvent(self, event: QEvent) -> None:
        """Draw for another screen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._rescaled()

    def _wanted(self) -> tuple[object, ...]:
        return (self.picture, self.session.state.frame)

    @property
    def is_stale(self) -> bool:
        """Whether the page on show is not the project's of now."""
        return not _alike(self._made_of, self._wanted()) or self.session.answer is None

    def _look(self) -> None:
        """See whether the page is still true, and have it drawn when the user rests."""
        if not self.isVisible():
            return
        self._mark()
        if self.is_stale and self.session.answer is not None and self.picture is not None:
            self._rest.start()

    def _mark(self) -> None:
        stale = self.is_stale
        self.sheet.set_stale(stale)
        self.state.setText("Drawing the page\u2026" if stale else "")

    def _rescaled(self) -> None:
        zoom = self.view.zoom
        index = self.zoom.findData(zoom)
        if index < 0:
            self.zoom.setPlaceholderText(f"{round(100 * (zoom or 1.0))} %")
        self.zoom.setCurrentIndex(index)
        if self.isVisible() and self.scene is not None:
            self._rest.start()

    # --- drawing -------------------------------------------------------------------------------

    def _draw(self) -> None:
        picture, frame = self.picture, self.session.state.frame
        if picture is None:
            return
        made_of = self._wanted()
        kept = self.scene if _alike(made_of, self._made_of) else None
        room, ratio = self.view.viewport().size(), self.devicePixelRatioF()
        scale = self.sheet.scale if self.scene is not None else 0.0
        sight = self.sight.currentData()

        def work(feedback: Feedback) -> PagePixels:
            from gisapp.workspace.paging import page_pixels, page_scene

            scene = kept or page_scene(picture, frame, feedback=feedback)
            fitting = scale or min(room.width() / scene.width, room.height() / scene.height)
            return page_pixels(scene, fitting * ratio, sight=sight, feedback=feedback)

        self._start(work, made_of)

    def _start(self, work: Callable[[Feedback], PagePixels], made_of: tuple[object, ...]) -> None:
        def finish(drawn: PagePixels) -> None:
            if isValid(self):
                self._show(drawn, made_of)

        def fail(error: Exception) -> None:
            if isValid(self):
                self._refuse(error)

        self.session.jobs.start(_PURPOSE, "Drawing the page", work, finish, fail)

    def _show(self, drawn: PagePixels, made_of: tuple[object, ...]) -> None:
        fresh = drawn.scene is not self.scene
        self._made_of = made_of
        self.sheet.show_image(image_of(drawn.rgba))
        if fresh:
            self.view.show_scene(drawn.scene)
            self._say(drawn.scene.notices, drawn.remarks)
            self.composed.emit(drawn.scene)
        self._mark()

    def _refuse(self, error: Exception) -> None:
        """Say in place why there is no page."""
        self.state.setText("This page cannot be drawn")
        if isinstance(error, GisappError):
            self._say((str(error),), refused=True)
        else:
            self.session.report_error(error)

    def _say(
        self, notices: tuple[str, ...], remarks: tuple[str, ...] = (), *, refused: bool = False
    ) -> None:
        """Say what was shortened, what is hard to read, or why there is no page."""
        said = (*notices, *remarks)
        more = len(said) - _SENTENCES
        self.notices.set_kind(Kind.WARNING if refused else Kind.NOTE)
        self.notices.setText(" ".join((*said[:_SENTENCES], *([f"And {more} more."] * (more > 0)))))
        self.notices.setToolTip("\n".join(said) if more > 0 else "")
        self.mend.setVisible(bool(remarks))
        self.foot.setVisible(bool(said))

    def _mend(self) -> None:
        """Give the house style colours that can be read."""
        brand = self.session.state.frame.brand
        if brand is None:
            return

        def work(_feedback: Feedback) -> Brand:
            from gisapp.workspace.paging import readable

            return readable(brand)

        self.work(
            "page.brand",
            "Making colours readable",
            work,
            lambda mended: self.session.run("frame.set", brand=mended),
        )


def image_of(rgba: npt.NDArray[np.uint8]) -> QImage:
    """Return pixels, shape (height, width, 4), as Qt has them."""
    high, wide = rgba.shape[:2]
    return QImage(rgba.tobytes(), wide, high, 4 * wide, QImage.Format.Format_RGBA8888).copy()


def _alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Return whether two pages are made of the same: a picture is itself, a frame its values."""
    return len(one) == len(other) and all(
        a == b if isinstance(a, FrameSpec) else a is b for a, b in zip(one, other, strict=True)
    )
