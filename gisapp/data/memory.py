"""Memory that was let go of, given back to the system: pools and heaps keep it otherwise."""

from __future__ import annotations

import ctypes
import sys

import pyarrow as pa


def give_back() -> None:
    """Ask Arrow and, where glibc is, the heap for what they hold and nobody uses.

    A million rows worked through leave hundreds of megabytes of holes. Other threads go on.
    """
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
