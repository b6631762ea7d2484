from __future__ import annotations

import gc
import threading
import weakref

from gisapp.gui.collector import Collector, collect_here


class Node:
    """A thing that holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_workers_collect_nothing_and_the_main_thread_does(qapp):
    collect_here()
    assert len(qapp.findChildren(Collector)) == 1
    assert not gc.isenabled()
    node = Node()
    gone = weakref.ref(node)
    del node

    def allocate() -> None:
        [[] for _ in range(200_000)]

    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert gone() is not None
    keep = [[] for _ in range(5_000)]
    Collector.collect()
    assert gone() is None
    assert len(keep) == 5_000
