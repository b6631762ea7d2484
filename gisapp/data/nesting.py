"""Geometries nested so deep that reading them would end the process are known beforehand."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import numpy.typing as npt

#: Collections within collections: the reader of GEOS goes down into each, on the stack.
_DEEPEST: Final = 1000
#: The head of a collection in WKB, in either byte order, with Z, M, an SRID, or none of them.
_WKB: Final = re.compile(
    rb"\x01[\x07\xef\xd7\xbf][\x00\x03\x07\x0b]\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]"
    rb"|\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]\x00[\x00\x03\x07\x0b][\x07\xef\xd7\xbf]"
)
#: Bytes of that many heads: nothing shorter is nested too deep.
SHALLOW: Final = 9 * _DEEPEST


def without_deep(blobs: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return WKB with what is nested too deep taken out (None), shape (n,)."""
    deep = [
        b is not None
        and len(b) > SHALLOW
        and _WKB.match(b) is not None
        and sum(1 for _ in _WKB.finditer(b)) > _DEEPEST
        for b in blobs
    ]
    if not any(deep):
        return blobs
    kept = blobs.copy()
    kept[np.array(deep)] = None
    return kept


def is_deep(text: str) -> bool:
    """Tell whether a geometry written as WKT, GeoJSON or hexadecimal WKB is nested too deep."""
    if len(text) < SHALLOW:
        return False
    words = text.upper()
    if words.count("GEOMETRYCOLLECTION") > _DEEPEST:
        return True
    try:
        return without_deep(np.array([bytes.fromhex(text)], dtype=object))[0] is None
    except ValueError:  # no hexadecimal number
        return False
