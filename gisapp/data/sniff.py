"""What a file is by its content, where that is sure: a name may be wrong."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path
from typing import Final

from gisapp.data import dialect, formats
from gisapp.model.feedback import GisappError, Problem, Severity

_HEAD: Final = 65_536
_MAGIC: Final = (
    (b"PAR1", ".parquet"),
    (b"fgb\x03fgb", ".fgb"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
)
_GEO: Final = re.compile(
    rb'"type"\s*:\s*"(FeatureCollection|Feature|Topology|(Multi)?(Point|LineString|Polygon)'
    rb'|GeometryCollection)"|"geometryType"\s*:\s*"esri|"spatialReference"\s*:'
)
_TEXTS: Final = (
    (re.compile(rb"<kml[\s>]"), ".kml"),
    (re.compile(rb"<gpx[\s>]"), ".gpx"),
    (re.compile(rb"<(\w+:)?FeatureCollection[\s>]"), ".gml"),
    (re.compile(rb"\A\s*(999[^\n]*\n[^\n]*\n\s*)*0\r?\n\s*SECTION\r?\n"), ".dxf"),
    (re.compile(rb"\A!table", re.IGNORECASE), ".tab"),
    (re.compile(rb"\AVersion\s+\d+\s+(Charset|Delimiter|Columns)", re.IGNORECASE), ".mif"),
)  # fmt: skip
_PAGE: Final = re.compile(rb"\A(\xef\xbb\xbf)?\s*(<!doctype\s+html|<html[\s>])", re.IGNORECASE)
#: Endings that the same reader takes by content.
_FAMILIES: Final = (
    frozenset({".geojson", ".json", ".topojson", ".geojsonl", ".ndjson", ".geojsons",
               ".geojsonseq"}),
    frozenset({".xlsx", ".xlsm", ".xlsb"}),
    frozenset({".parquet", ".geoparquet"}),
    frozenset({".gpkg", ".sqlite", ".db", ".sqlite3", ".spatialite"}),
    frozenset({".zip", ".kmz"}),
    formats.TEXT_TABLES,
)  # fmt: skip


def wrong_ending(path: Path) -> tuple[str, Problem] | None:
    """Return the ending that a file ought to have, and the sentence that says so; None if right.

    Raises
    ------
    GisappError
        web_page, where a page was saved in the file's place.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    ending = formats.extension(path)
    if _PAGE.match(head):
        raise GisappError(
            "web_page",
            f"{path.name} is a web page, not data: perhaps a login or an error was saved.",
            "Open its address in a browser and fetch the data itself.",
        )
    found = _by_content(path, head)
    known = ending in formats.READABLE
    if not found and (not known or ending in _FAMILIES[0] | {".xls", ".xlsx"}):
        found = ".csv" if _is_table(head) else ""
    if not found or found == ending or any({found, ending} <= family for family in _FAMILIES):
        return None
    if found == ".xls" and known and ending not in formats.SHEETS | formats.TEXT_TABLES:
        return None
    message = f"{path.name} is called {ending or 'nothing'}, but holds {formats.READABLE[found]}"
    return found, Problem("wrong_ending", Severity.INFO, f"{message}; it was read as that.")


def _by_content(path: Path, head: bytes) -> str:
    """Return an ending that leaves no doubt, or ""."""
    if head[:4] == b"PK\x03\x04":
        return _in_zip(path)
    if head.startswith(b"SQLite format 3\0"):
        return ".gpkg" if head[68:72] in {b"GPKG", b"GP10", b"GP11"} else ".sqlite"
    for magic, ending in _MAGIC:
        if head.startswith(magic):
            return ending
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \t\r\n")
    if text[:1] in {b"{", b"["} and _GEO.search(head):
        first, _, rest = text.partition(b"\n")
        lines = first.rstrip().endswith(b"}") and rest.lstrip(b"\x1e \t\r\n").startswith(b"{")
        return ".geojsonl" if lines else ".geojson"
    return next((ending for pattern, ending in _TEXTS if pattern.search(text[:4096])), "")


def _in_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""
    if "xl/workbook.bin" in names:
        return ".xlsb"
    if "xl/workbook.xml" in names:
        return ".xlsx"
    if "content.xml" in names and "mimetype" in names:
        return ".ods" if path.suffix.lower() != ".odt" else ""
    if any(name.startswith(("word/", "ppt/")) for name in names):
        return ""
    return ".zip"


def _is_table(head: bytes) -> bool:
    """Tell whether a text is a table of two columns or more and three rows or more."""
    if b"\0" in head or head.lstrip()[:1] in {b"{", b"[", b"<"}:
        return False
    text = head.decode("utf-8", "replace")
    delimiter = dialect.delimiter_of(text)
    if delimiter is None:
        return False
    rows = list(csv.reader(dialect.first_lines(text), delimiter=delimiter))
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=widths.count)
    return usual > 1 and len(rows) > 2 and widths.count(usual) >= 0.9 * len(rows)
