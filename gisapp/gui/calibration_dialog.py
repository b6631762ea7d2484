"""How exact the sea routes are: our distances beside published ones, measured in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QProgressBar, QWidget

from gisapp.gui.chart_view import ChartView, Histogram
from gisapp.gui.dialogs import column_of
from gisapp.gui.looks import GRID, Kind, Text
from gisapp.model.feedback import Feedback
from gisapp.model.numbers import NO_BREAK, whole
from gisapp.workspace.session import Session

if TYPE_CHECKING:  # scipy loads with the first route, not before
    from gisapp.workspace.calibrating import Calibration

_PURPOSE: Final = "calibration"
#: Percent that a column of the histogram spans, and the errors at its ends.
_STEP, _ENDS = 1.0, 8.0


class CalibrationDialog(QDialog):
    """Measures on opening, with progress; closing it ends the work."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._column = column_of(self, "How exact the sea routes are", 560)
        self._column.addWidget(Text(Kind.HEADLINE, "Sea routes beside published distances"))
        self.finding = Text(Kind.BODY, "Every published pair of ports is routed now\u2026")
        self._column.addWidget(self.finding)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._column.addWidget(self._bar)
        self.results = QWidget()
        self._grid = QGridLayout(self.results)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._column.addWidget(self.results)
        self.chart = ChartView()
        self.chart.hide()
        self._column.addWidget(self.chart)
        self._about = Text(Kind.CAPTION, "")
        self._column.addWidget(self._about)
        self._column.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self._column.addWidget(buttons)
        self.finished.connect(lambda _code: session.jobs.cancel(_PURPOSE))
        session.jobs.start(
            _PURPOSE, "Calibrating sea routes", _measure, self.show_result, self._fail
        )

    def show_result(self, found: Calibration) -> None:
        """Show the errors by class and as a histogram."""
        from gisapp.workspace.calibrating import SOURCE

        self._bar.hide()
        far = found.classes[0]
        self.finding.setText(
            f"Half of the {whole(far.pairs)} distances of {whole(far.from_nm)} nautical miles and "
            f"more are within "
            f"{far.median:.1f}{NO_BREAK}% of the published ones, 95 of 100 within "
            f"{far.p95:.1f}{NO_BREAK}%."
        )
        heads = ("Nautical miles", "Pairs", "Median", "Within 5 %", "95 of 100 within", "No way")
        right = Qt.AlignmentFlag.AlignRight
        for j, head in enumerate(heads):
            self._grid.addWidget(Text(Kind.CAPTION, head).fit(), 0, j, right)
        for i, each in enumerate(found.classes, start=1):
            span = f"{whole(each.from_nm)} and more"
            if np.isfinite(each.to_nm):
                span = f"{whole(each.from_nm)} to {whole(each.to_nm)}"
            cells = (
                span,
                whole(each.pairs),
                f"{each.median:.2f}{NO_BREAK}%",
                f"{each.within:.1f}{NO_BREAK}%",
                f"{each.p95:.1f}{NO_BREAK}%",
                whole(each.no_way),
            )
            for j, cell in enumerate(cells):
                self._grid.addWidget(Text(Kind.BODY, cell).fit(), i, j, right)
        self.chart.show_histogram(_histogram(found))
        self.chart.show()
        self._about.setText(
            f"{SOURCE} They are a navigator's choice (currents, ice, depth), some are misprints: "
            "no engine reaches an error of 0. Errors beyond the ends are counted at the ends."
        )

    def _fail(self, error: Exception) -> None:
        self._bar.hide()
        self.finding.setText("The published distances could not be compared.")
        self._session.report_error(error)


def _measure(feedback: Feedback) -> Calibration:
    from gisapp.workspace.calibrating import calibrate_sea

    return calibrate_sea(feedback)


def _histogram(found: Calibration) -> Histogram:
    edges = np.arange(-_ENDS, _ENDS + _STEP, _STEP)
    counts, _ = np.histogram(np.clip(found.percent, -_ENDS, _ENDS - 1e-9), edges)
    return Histogram(
        "Most distances are within two percent",
        "Our distance minus the published one, in percent of it",
        tuple(float(edge) for edge in edges),
        tuple(int(count) for count in counts),
        "%",
        "pairs",
    )
