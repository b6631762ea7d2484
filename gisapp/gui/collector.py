"""Cyclic garbage is collected on the main thread alone.

Python collects in whichever thread allocates. A worker that so frees the last of a widget takes it
out of Qt's hands on the wrong thread, and the process ends there.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer

_EVERY_MS: Final = 1000


class Collector(QObject):
    """Collects, by Python's own thresholds, once a second where the event loop runs."""

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        gc.disable()
        gc.freeze()  # what is loaded by now stays: no need to look at it again
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @staticmethod
    def collect() -> None:
        """Collect the oldest generation that is due, and the younger ones with it."""
        counts, limits = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > limits[generation]:
                gc.collect(generation)
                return


def collect_here() -> None:
    """Leave collecting to the main thread from now on; does nothing the second time."""
    application = QCoreApplication.instance()
    if application is not None and application.findChild(Collector) is None:
        Collector(application)
