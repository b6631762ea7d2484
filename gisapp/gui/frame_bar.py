"""The small bar beside the frame on the map: its page, back to the world, where it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QWidget

from gisapp.gui.looks import GRID, IconButton, Kind, Text
from gisapp.model.feedback import GisappError
from gisapp.render.page_sizes import PAGE_SIZES, page_size
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState


class FrameBar(QFrame):
    """Chooses the page of the frame; lies at the top right of the map while the frame is shown.

    Parameters
    ----------
    below
        What may lie at the top of the map already: the bar stands under it.

    Signals
    -------
    here()
        The user wants what the map shows now to be framed.
    sought()
        The user wants to look at the frame.
    closed()
        The user puts the frame away.
    """

    here = Signal()
    sought = Signal()
    closed = Signal()

    def __init__(self, session: Session, parent: QWidget, below: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName("Frame of the export")
        self._session, self._below = session, below
        self.page = QComboBox(self)
        self.page.setEditable(True)
        self.page.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.page.addItems([name[0].upper() + name[1:] for name in PAGE_SIZES])
        self.page.setAccessibleName("Page")
        self.page.setToolTip("The page of the export; type a size of your own, as 254x190mm")
        self.page.setMinimumContentsLength(11)
        self.page.activated.connect(lambda _index: self._choose())
        edit = self.page.lineEdit()
        if edit is not None:
            edit.editingFinished.connect(self._choose)
        self.world = QPushButton("World", self)
        self.world.setObjectName("quiet")
        self.world.setToolTip("Frame the whole world again")
        self.world.clicked.connect(lambda: session.run("frame.set", bounds=None))
        self.view = QPushButton("Here", self)
        self.view.setObjectName("quiet")
        self.view.setToolTip("Frame what the map shows now")
        self.view.clicked.connect(self.here)
        self.seek = IconButton("mdi6.image-filter-center-focus", "Look at the frame", self)
        self.seek.clicked.connect(self.sought)
        self.close_button = IconButton("mdi6.close", "Put the frame away", self)
        self.close_button.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + 4, GRID // 2, GRID // 2, GRID // 2)
        row.setSpacing(GRID // 2)
        title = Text(Kind.LEGEND, "Page", self).fit()
        title.setBuddy(self.page)
        for widget in (title, self.page, self.world, self.view, self.seek, self.close_button):
            row.addWidget(widget)
        self.hide()
        for watched in (parent, below):
            watched.installEventFilter(self)
        self._leave = session.changed.connect(self._show)
        self._show(session.state)

    def leave(self) -> None:
        """Listen no more."""
        self._leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the top right, under what lies there."""
        kinds = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move)
        if event.type() in kinds:
            QTimer.singleShot(0, self, self._place)
        return super().eventFilter(watched, event)

    def setVisible(self, visible: bool) -> None:
        """Stand in its place when it is shown."""
        super().setVisible(visible)
        if visible:
            self._place()

    def _show(self, state: ProjectState) -> None:
        size = state.frame.size
        self.page.setEditText(size[0].upper() + size[1:])
        self.world.setEnabled(state.frame.bounds is not None)

    def _choose(self) -> None:
        """Take the page that was chosen or typed; one that is not known is said, and not taken."""
        typed = self.page.currentText().strip()
        known = {name.lower(): name for name in PAGE_SIZES}
        size = known.get(typed.lower(), typed)
        if size == self._session.state.frame.size:
            return
        try:
            page_size(size)
        except GisappError as error:
            self._session.report_error(error)
            self._show(self._session.state)
            return
        self._session.run("frame.set", size=size)

    def _place(self) -> None:
        area = self.parentWidget()
        if area is None:
            return
        self.adjustSize()
        top = GRID
        if self._below.isVisible():
            top = self._below.geometry().bottom() + GRID
        self.move(area.width() - self.width() - GRID, top)
        self.raise_()
