from __future__ import annotations

from PySide6.QtWidgets import QLabel

from gisapp.gui.calibration_dialog import CalibrationDialog
from gisapp.workspace.calibrating import calibrate_sea


def test_the_dialog_tells_what_was_measured(qtbot, session):
    found = calibrate_sea(every=25)
    dialog = CalibrationDialog(session)
    qtbot.addWidget(dialog)
    dialog.show_result(found)
    text = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    for each in found.classes:
        assert f"{each.median:.2f}\N{NO-BREAK SPACE}%" in text
    counts = dialog.chart.columns._chart.counts
    assert sum(counts) == len(found.percent)
    assert sum(counts[4:-4]) > 0.8 * len(found.percent)


def test_closing_ends_the_work(qtbot, session):
    dialog = CalibrationDialog(session)
    assert "calibration" in {job.purpose for job in session.jobs.running}
    dialog.show()
    dialog.reject()
    assert "calibration" not in {job.purpose for job in session.jobs.running}
