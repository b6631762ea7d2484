"""The style of a layer: colour by a column, size, labels, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from gisapp.gui.looks import GRID, tick_sheet
from gisapp.gui.panel import AT_ONCE
from gisapp.gui.style_colour import ColourPage
from gisapp.gui.style_pages import DrawPage, LabelPage, SizePage
from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.model.style import Style
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState
from gisapp.workspace.styling import style_text

T = TypeVar("T")

_COUNTING: Final = "style.classes"
_FILES: Final = "QGIS style (*.qml);;SLD (*.sld)"
#: What is being dragged is drawn after so many milliseconds of rest.
_REST: Final = 60


class StylePanel(QDialog):
    """Changes the style of one layer, each change one step of the history; it blocks nothing.

    While something is dragged, the map shows what it would be; the step is made at the end.
    """

    def __init__(self, session: Session, layer_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.session, self.layer_id = session, layer_id
        self._glimpsed: dict[str, Any] = {}
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._glimpse)
        layer = session.state.entry(layer_id).layer
        self.colour = ColourPage(self)
        self.size_page = SizePage(self)
        self.labels = LabelPage(self)
        self.draw = DrawPage(self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        for page, title in self._pages():
            self.tabs.addTab(page, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.tabs, 1)
        column.addLayout(self._buttons())
        self.resize(440, 560)
        self.setStyleSheet(tick_sheet(self))
        leave = session.changed.connect(self._changed)
        self.destroyed.connect(lambda _gone: leave())
        self._show(layer)

    def _pages(self) -> Sequence[tuple[Any, str]]:
        return (
            (self.colour, "Colour"),
            (self.size_page, "Size"),
            (self.labels, "Labels"),
            (self.draw, "Drawing"),
        )

    @property
    def layer(self) -> Layer | None:
        """The layer, None once it is gone."""
        found = (e.layer for e in self.session.state.layers if e.id == self.layer_id)
        return next(found, None)

    def run(self, command: str, **params: Any) -> None:
        """Run a command on the layer."""
        self._rest.stop()
        self._glimpsed = {}
        self.session.run(command, layer_id=self.layer_id, **params)

    def set(self, **look: Any) -> None:
        """Change attributes of the style, as one step."""
        self.run("layer.style", **look)

    def glimpse(self, **look: Any) -> None:
        """Let the map show attributes of the style that are still being dragged."""
        self._glimpsed = look
        if not self._rest.isActive():
            self._rest.start()

    def work(self, rows: int, work: Callable[[Feedback], T], done: Callable[[T], None]) -> None:
        """Do work on so many rows, at once where it is quick; a newer one takes its place."""
        jobs = self.session.jobs
        jobs.cancel(_COUNTING)
        if rows <= AT_ONCE:
            done(work(Feedback()))
            return

        def finish(result: T) -> None:
            if isValid(self):
                done(result)

        jobs.start(_COUNTING, "Counting classes", work, finish, self.session.report_error)

    def _glimpse(self) -> None:
        look, layer = self._glimpsed, self.layer
        if look and layer is not None:
            changed = layer.with_(style=replace(layer.style, **look))
            self.session.glimpse(lambda state: state.with_entry(self.layer_id, layer=changed))

    def _changed(self, _state: ProjectState) -> None:
        layer = self.layer
        if layer is None:
            self.close()
        else:
            self._show(layer)

    def _show(self, layer: Layer) -> None:
        self.setWindowTitle(f"Style of {layer.name}")
        for page, _ in self._pages():
            page.show_layer(layer)
        self.revert.setEnabled(layer.style != Style())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.more = QPushButton("Copy, keep, save")
        self.more.setToolTip("Copy, paste, keep, load or save the style")
        self.more.setAutoDefault(False)
        self.more.setMenu(self._menu())
        self.revert = QPushButton("Reset")
        self.revert.setToolTip("Look as the role of the layer does")
        self.revert.setAutoDefault(False)
        self.revert.clicked.connect(lambda: self.run("style.reset"))
        close = QPushButton("Close")
        close.setAutoDefault(False)  # Enter ends the typing of a label, not the panel
        close.clicked.connect(self.close)
        row.addWidget(self.more)
        row.addWidget(self.revert)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Copy style", self.copy)
        menu.addAction("Paste style", self.paste)
        menu.addSeparator()
        menu.addAction("Use for files with these columns", lambda: self.run("style.keep"))
        menu.addAction("Use for no other file", lambda: self.run("style.drop"))
        menu.addSeparator()
        menu.addAction("Load from QGIS or SLD…", lambda: self._file(save=False))
        menu.addAction("Save for QGIS or as SLD…", lambda: self._file(save=True))
        return menu

    def copy(self) -> None:
        """Put the style on the clipboard."""
        layer = self.layer
        if layer is not None:
            QGuiApplication.clipboard().setText(style_text(layer.style))

    def paste(self) -> None:
        """Give the layer the style of the clipboard."""
        self.run("style.paste", text=QGuiApplication.clipboard().text())

    def _file(self, *, save: bool) -> None:
        dialog = QFileDialog(self, "Save style" if save else "Load style")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters(_FILES.split(";;"))
        mode = QFileDialog.AcceptMode.AcceptSave if save else QFileDialog.AcceptMode.AcceptOpen
        dialog.setAcceptMode(mode)
        dialog.setDefaultSuffix("qml")
        command = "style.save" if save else "style.load"
        dialog.fileSelected.connect(lambda path: self.run(command, path=path))
        dialog.open()

    def sizeHint(self) -> QSize:
        """Return a size that leaves the map in sight."""
        return QSize(440, 560)
