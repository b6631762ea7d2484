"""Feedback: progress that moves, cancellation that stops, signals that can be left."""

import pytest

from gisapp.model.feedback import Cancelled, Feedback, GisappError, Signal


def test_a_cancelled_check_raises():
    feedback = Feedback()
    feedback.check(0.5)
    feedback.cancel()
    with pytest.raises(Cancelled):
        feedback.check(0.6)


def test_progress_is_reported_only_when_it_moves():
    seen = []
    feedback = Feedback(lambda fraction, text: seen.append((fraction, text)))
    for i in range(1001):
        feedback.check(i / 1000, "reading")
    assert len(seen) <= 102
    assert seen[-1] == (1.0, "reading")


def test_an_error_reads_as_what_failed_and_what_to_do():
    error = GisappError("no_crs", "The file has no CRS.", "Choose one.")
    assert str(error) == "The file has no CRS. Choose one."
    assert error.code == "no_crs"


def test_a_listener_can_leave_even_while_called():
    signal: Signal[int] = Signal()
    seen = []
    leave = signal.connect(lambda value: (seen.append(value), leave()))
    signal.connect(seen.append)
    signal.emit(1)
    signal.emit(2)
    assert seen == [1, 1, 2]
    leave()
