"""The heap of the process: what was let go of goes back to the system when it is asked."""

from __future__ import annotations

import ctypes
import sys


def trim_heap() -> None:
    """Give free memory back where glibc is: it keeps a heap with holes unless it is asked.

    Does nothing elsewhere; other threads go on meanwhile.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
