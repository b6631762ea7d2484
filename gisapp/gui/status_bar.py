"""The line at the bottom: position, scale, what is under way, what is wrong with the layers."""

from __future__ import annotations

from math import cos, log10, radians
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from gisapp.gui.looks import GRID, IconButton, tabular
from gisapp.model.feedback import Severity
from gisapp.model.numbers import NO_BREAK, number
from gisapp.workspace.jobs import JobStatus
from gisapp.workspace.session import Session
from gisapp.workspace.state import ProjectState

#: Metres on the ground of one pixel at the equator, Leaflet zoom 0.
_METRES: Final = 156_543.034
#: Metres of one pixel on a screen of 96 dots per inch.
_PIXEL: Final = 0.0254 / 96
#: What is faster than this shows no progress.
_PATIENCE_MS: Final = 200
_REMARK_MS: Final = 6000


def position_text(lon: float, lat: float) -> str:
    """Return a position as latitude and longitude with their letters."""
    north, east = "N" if lat >= 0 else "S", "E" if lon >= 0 else "W"
    return f"{abs(lat):.3f}°{NO_BREAK}{north}, {abs(lon):.3f}°{NO_BREAK}{east}"


def scale_text(lat: float, zoom: float) -> str:
    """Return the scale at a latitude as 1 : n with two significant digits."""
    scale = _METRES * cos(radians(lat)) / 2**zoom / _PIXEL
    digits = 10 ** max(int(log10(scale)) - 1, 0)
    return f"1{NO_BREAK}:{NO_BREAK}{number(round(scale / digits) * digits, 12)}"


def _selected(state: ProjectState) -> str:
    """Return how much is selected of which layer."""
    rows, layer_id = state.selection.rows, state.selection.layer
    names = [entry.layer.name for entry in state.layers if entry.id == layer_id]
    if not rows or not names:
        return ""
    return f"{number(len(rows), 12)} selected in {names[0]}"


class StatusBar(QStatusBar):
    """Also a place for short remarks: `showMessage` lets them go by themselves."""

    problems_asked = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeGripEnabled(False)
        self.position = QLabel(self)
        self.position.setFont(tabular(self.font()))
        self.position.setAccessibleName("Position of the pointer")
        self.scale = QLabel(self)
        self.scale.setFont(tabular(self.font()))
        self.scale.setAccessibleName("Scale")
        self.measured = QLabel(self)
        self.measured.setAccessibleName("Measured length")
        self.selected = QLabel(self)
        self.selected.setAccessibleName("Selected")
        self.problems = QToolButton(self)
        self.problems.setAutoRaise(True)
        self.problems.clicked.connect(self.problems_asked)
        self._job = QWidget(self)
        self._title = QLabel(self._job)
        self._progress = QProgressBar(self._job)
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(120)
        self._progress.setAccessibleName("Progress")
        self.cancel = IconButton("mdi6.close-circle-outline", "Cancel what is under way", self._job)
        self.cancel.setIconSize(QSize(16, 16))
        self.cancel.clicked.connect(self._cancel)
        row = QHBoxLayout(self._job)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._title)
        row.addWidget(self._progress, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.cancel)
        self._job.hide()
        self.addWidget(self.scale)
        self.addWidget(self.position)
        self.addWidget(self.selected)
        self.addWidget(self.measured)
        self.addPermanentWidget(self._job)
        self.addPermanentWidget(self.problems)
        self._running: tuple[JobStatus, ...] = ()
        self._waited = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._waited.timeout.connect(self._show_job)
        self.show_state(session.state)

    def show_position(self, lon: float, lat: float) -> None:
        """Show where the pointer is; degrees."""
        self.position.setText(position_text(lon, lat))

    def show_scale(self, lat: float, zoom: float) -> None:
        """Show the scale at the middle of the map."""
        self.scale.setText(scale_text(lat, zoom))

    def show_measure(self, km: float | None) -> None:
        """Show a measured length, or none."""
        text = "" if km is None else f"Measured {number(km, 4)}{NO_BREAK}km"
        self.measured.setText(text)

    def show_jobs(self, running: tuple[JobStatus, ...]) -> None:
        """Show what is under way once it has lasted long enough to be noticed."""
        self._running = running
        if not running:
            self._waited.stop()
            self._job.hide()
        elif self._job.isVisible():
            self._show_job()
        elif not self._waited.isActive():
            self._waited.start()

    def show_state(self, state: ProjectState) -> None:
        """Count what is selected, and what is wrong with the layers."""
        self.selected.setText(_selected(state))
        count = sum(
            problem.severity is not Severity.INFO
            for entry in state.layers
            for problem in entry.layer.problems
        )
        text = f"{count} problem{'' if count == 1 else 's'}" if count else "No problems"
        self.problems.setText(text)
        self.problems.setToolTip("Show what is wrong with the layers" if count else text)
        self.problems.setAccessibleName(text)
        self.problems.setEnabled(bool(count))

    def _show_job(self) -> None:
        if not self._running:
            return
        job = self._running[-1]
        more = f" (+{len(self._running) - 1})" if len(self._running) > 1 else ""
        text = (job.text or job.title) + more
        metrics = self._title.fontMetrics()
        self._title.setText(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, 320))
        known = job.fraction > 0.0
        self._progress.setRange(0, 1000 if known else 0)
        self._progress.setValue(round(job.fraction * 1000))
        self._job.show()

    def _cancel(self) -> None:
        for job in self._running[-1:]:
            self._session.jobs.cancel(job.purpose)
            self.showMessage(f"Stopped: {job.title[0].lower()}{job.title[1:]}.", _REMARK_MS)
