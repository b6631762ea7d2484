"""What stands beside a file about its coordinate reference system, and what its neighbours say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pyogrio

from gisapp.data.gdal import quiet
from gisapp.model.feedback import GisappError

#: Endings of files that state the CRS of the file whose name they bear, the surest first.
_OWN: Final = (".qpj", ".prj", ".aux.xml", ".xml")
_BYTES: Final = 2_000_000
_NEIGHBOURS: Final = 12
#: Neighbours that can be asked quickly.
_ASKED: Final = frozenset({".gpkg", ".fgb", ".tab"})
_WKT: Final = re.compile(
    r"\b(?:PROJ|GEOG|GEODETIC|COMPOUND|BOUND)(?:CS|D?CRS|CRS)\s*\[", re.IGNORECASE
)
#: "EPSG:n", "EPSG::n", "EPSG:9.1:n", "EPSG/0/n" and Esri's <WKID>: never a year in a sentence.
_CODED: Final = re.compile(
    r"(?:EPSG:{1,2}(?:[\d.]+:)?|EPSG/[\d.]+/|WKID[^<>]{0,80}>)(\d{4,6})\b", re.IGNORECASE
)
_IDENT: Final = re.compile(r'identCode\s+code="(\d{4,6})"', re.IGNORECASE)


def statements(path: Path) -> Iterator[tuple[str, str, bool]]:
    """Return texts that name a CRS, where each stands, and whether it is about this very file.

    Parameters
    ----------
    path
        The file; what stands in its folder is looked at, and nothing is changed.
    """
    folder = path if path.is_dir() else path.parent
    try:
        files = sorted(islice((f for f in folder.iterdir() if f.is_file()), 500))
    except OSError:
        return
    stem, name = path.stem.casefold(), path.name.casefold()
    for ending in _OWN:
        for file in files:
            own = file.name.casefold() in {stem + ending, name + ending}
            if own and file != path:
                text = _stated(file)
                if text is not None:
                    yield text, f"{file.name} beside it", True
    asked = 0
    for file in files:
        if file.stem.casefold() == stem or asked >= _NEIGHBOURS:
            continue
        text = None
        if file.suffix.casefold() in {".prj", ".qpj"}:
            text = _stated(file)
        elif file.suffix.casefold() in _ASKED:
            text = _asked(file)
        if text is not None:
            asked += 1
            yield text, f"The neighbouring {file.name}", False


def own_statement(path: Path) -> tuple[str, str] | None:
    """Return what QGIS or Esri noted beside this very file: the text, and where it stands."""
    return next(((text, where) for text, where, own in statements(path) if own), None)


def _stated(file: Path) -> str | None:
    try:
        data = file.read_bytes()[:_BYTES]
    except OSError:
        return None
    text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", "replace")
    if file.suffix.casefold() in {".prj", ".qpj"}:
        return text.strip("\ufeff \r\n\t\0") or None
    wkt = _WKT.search(text)
    if wkt:
        return _balanced(_unescaped(text[wkt.start() :]))
    code = _IDENT.search(text) or _CODED.search(text)
    return f"EPSG:{code[1]}" if code else None


def _unescaped(text: str) -> str:
    return text.replace("&quot;", '"').replace("&#34;", '"').replace("&amp;", "&")


def _balanced(text: str) -> str | None:
    """Return a WKT from its start to the bracket that closes it."""
    depth = 0
    for i, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if letter == "]" and depth == 0:
            return text[: i + 1]
    return None


def _asked(file: Path) -> str | None:
    try:
        with quiet(file):
            crs = pyogrio.read_info(file)["crs"]
    except GisappError:
        return None
    return str(crs) if crs else None
