"""Cyclic garbage is collected on the main thread alone.

Python collects in whichever thread allocates. A worker that so frees the last of a widget takes it
out of Qt's hands on the wrong thread, and the process ends there.
"""

from __future__ import annotations

import atexit
import gc
from threading import Thread
from typing import Final
from weakref import WeakSet

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from gisapp.model.features import Features
from gisapp.model.heap import trim_heap

_EVERY_MS: Final = 1000
#: Layers of fewer features are no matter.
_LARGE: Final = 20_000


class Collector(QObject):
    """Collects, by Python's own thresholds, once a second where the event loop runs.

    After a large layer was let go of, what it leaves in the heap goes back to the system.
    """

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        gc.disable()
        gc.freeze()  # what is loaded by now stays: no need to look at it again
        atexit.register(gc.unfreeze)  # libraries look at the end whether all was let go of
        self._large: WeakSet[Features] = WeakSet()
        self._count = 0
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def watch(self, features: Features) -> None:
        """Give back the memory of these features, if they are many, once nobody holds them."""
        if len(features) >= _LARGE:
            self._large.add(features)

    def _tick(self) -> None:
        self.collect()
        gone, self._count = len(self._large) < self._count, len(self._large)
        if gone:  # a million small objects leave a heap with holes
            Thread(target=trim_heap, name="gisapp-trim", daemon=True).start()

    @staticmethod
    def collect() -> None:
        """Collect the oldest generation that is due, and the younger ones with it."""
        counts, limits = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > limits[generation]:
                gc.collect(generation)
                return


def watch_memory(features: Features) -> None:
    """Tell the collector of features whose memory is worth giving back in the end."""
    application = QCoreApplication.instance()
    collector = application and application.findChild(Collector)
    if isinstance(collector, Collector):
        collector.watch(features)


def collect_here() -> None:
    """Leave collecting to the main thread from now on; does nothing the second time."""
    application = QCoreApplication.instance()
    if application is not None and application.findChild(Collector) is None:
        Collector(application)
