"""Memory that was let go of, given back to the system: pools and heaps keep it otherwise."""

from __future__ import annotations

import pyarrow as pa

from gisapp.model.heap import trim_heap


def give_back() -> None:
    """Ask Arrow and the heap for what they hold and nobody uses.

    A million rows worked through leave hundreds of megabytes of holes.
    """
    pa.default_memory_pool().release_unused()
    trim_heap()
