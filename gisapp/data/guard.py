"""What is looked at before a reader may open a file: hostile ones are refused, torn ones told."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

from gisapp.data import archive, formats
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity

_CHUNK: Final = 1024**2
_HEAD: Final = 64 * 1024
#: No table has a heading longer than this.
_HEADING: Final = 4 * 1024**2
#: Elements that hold one feature each, by the file's ending.
_ELEMENTS: Final = {
    ".kml": frozenset({"Placemark"}),
    ".gpx": frozenset({"wpt"}),
    ".gml": frozenset({"featureMember", "member"}),
}
#: The marks of UTF-16, and what a line's end is where a byte is missing before it.
_SWAPPED: Final = {b"\xff\xfe": rb"\x00\n", b"\xfe\xff": rb"\n\x00"}
_FEATURE: Final = re.compile(rb'"type"\s*:\s*"Feature"')
_GEOMETRY: Final = re.compile(rb'"geometry"\s*:\s*[{n]')
#: A CRS may be a link in the GeoJSON of old, and GDAL follows it; so may be its letters' codes.
_CRS: Final = re.compile(rb'"(?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)"\s*:\s*\{', re.IGNORECASE)
#: A TopoJSON's shapes have either, and the file has arcs of its own.
_COORDINATES: Final = re.compile(rb'"coordinates"\s*:')
_ARCS: Final = re.compile(rb'"arcs"\s*:')
#: What begins a feature of MapInfo's interchange format.
_MIF: Final = re.compile(
    rb"^[ \t]*(?:none|point|line|pline|region|arc|text|rect|roundrect|ellipse|multipoint|"
    rb"collection)\b",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST: Final = 20_000  # bytes of it
#: What a view may take to be counted, in SQLite's steps (some 5 s).
_STEPS: Final = 2_000
_STEP: Final = 100_000
#: Virtual tables that a map's database has; others read files and addresses.
_HARMLESS: Final = frozenset(
    {"rtree", "fts3", "fts4", "fts5", "virtualspatialindex", "virtualelementary", "virtualknn",
     "virtualknn2"}
)  # fmt: skip
_VIRTUAL: Final = re.compile(
    r"CREATE\s+VIRTUAL\s+TABLE.+?USING\s+[\"'`\[]?(\w+)", re.IGNORECASE | re.DOTALL
)


@dataclass
class Examined:
    """A file that may be read: the user's or a copy aside, and what there is to tell.

    Parameters
    ----------
    promised
        How many features it holds by a count of our own, 0 where there is none.
    """

    path: Path
    problems: list[Problem] = field(default_factory=list)
    promised: int = 0


def admit(path: Path) -> None:
    """Refuse what is no file to be read: devices and pipes, links in a circle, nothing but zeros.

    Raises
    ------
    GisappError
        not_found, link_broken, not_allowed, not_a_file, empty_file, only_zeros.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return
        if not stat.S_ISREG(mode):
            raise GisappError(
                "not_a_file", f"{path.name} is a device or a pipe, not a file.", "Choose a file."
            )
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except PermissionError as error:
        raise GisappError(
            "not_allowed", f"{path.name} may not be read.", "Change the file's permissions."
        ) from error
    except OSError as error:
        if path.is_symlink():
            raise GisappError(
                "link_broken", f"{path.name} is a link that leads nowhere.", "Mend or remove it."
            ) from error
        raise GisappError(
            "not_found", f"There is no file {path.name} in {path.parent}.", "Check the path."
        ) from error
    if not head:
        raise GisappError("empty_file", f"{path.name} is empty.", "Fetch it again.")
    if not any(head) and len(head) > 100:
        raise GisappError(
            "only_zeros", f"{path.name} holds nothing but zeros.", "Fetch the file again."
        )


def examine(path: Path, scratch: Path, *, feedback: Feedback | None = None) -> Examined:
    """Look a file through as its format asks for, before it is read.

    Raises
    ------
    GisappError
        Those of `admit`, and entities_inside, database_unsafe, view_endless, not_a_table, not_data,
        zip_unsafe, zip_too_large.
    """
    admit(path)
    ending = formats.extension(path)
    if ending == ".kmz":
        path = _unpacked(path, scratch / "kmz", feedback)
        ending = formats.extension(path)
    if "!" in str(path) and ending != ".shp":  # pyogrio takes what is before it for an archive
        aside = scratch / path.name.replace("!", "_")
        aside.symlink_to(path.resolve())
        path = aside
    if ending in _ELEMENTS:
        return _xml(path, _ELEMENTS[ending], feedback)
    if ending in {".geojson", ".json"}:
        return _json(path, scratch)
    if ending in {".topojson", ".geojsonl", ".mif"}:
        return Examined(path, promised=_counted(path, ending))
    if ending == ".dxf":
        return Examined(path, [] if b"EOF" in _tail(path) else [_torn(path)])
    if ending in {".gpkg", ".sqlite"}:
        _database(path)
    if ending in formats.TEXT_TABLES:
        return Examined(path, [] if _heading(path) else [_torn(path)])
    if ending in {".xlsx", ".ods"}:
        _sheets(path)
    if ending == ".gdb" and path.is_dir():
        for part in path.iterdir():
            if part.is_file() or not part.exists() or not part.is_dir():
                _plain(part)
    return Examined(path)


def _counted(path: Path, ending: str) -> int:
    """Count the features of a text that does not say how many it holds."""
    if ending == ".topojson":
        arcs = sum(1 for _ in _found(path, _ARCS))
        return sum(1 for _ in _found(path, _COORDINATES)) + max(arcs - 1, 0)
    if ending == ".geojsonl":
        return max(sum(1 for _ in _found(path, _FEATURE)), _lines(path))
    mid = next((p for p in path.parent.glob("*") if _is_mid(p, path)), None)
    return max(sum(1 for _ in _found(path, _MIF)), _lines(mid) if mid else 0)


def missing(path: Path, promised: int, count: int) -> Problem:
    """Tell that fewer features came than a file holds."""
    return Problem(
        "truncated",
        Severity.WARNING,
        f"{path.name} holds {promised:,} features, but only {count:,} could be read.",
        "Fetch the file again.",
        promised - count,
    )


def _torn(path: Path) -> Problem:
    return Problem(
        "truncated",
        Severity.WARNING,
        f"{path.name} breaks off or is damaged; what could be read of it is shown.",
        "Fetch the file again.",
    )


def _plain(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise GisappError(
            "not_a_file",
            f"{path.parent.name} holds a device or a pipe ({path.name}).",
            "Remove it.",
        )


def _unpacked(path: Path, folder: Path, feedback: Feedback | None) -> Path:
    folder.mkdir()
    archive.unpack(path, folder, feedback=feedback)
    inside = sorted(p for p in folder.rglob("*") if formats.extension(p) == ".kml" and p.is_file())
    if not inside:
        raise GisappError(
            "nothing_inside", f"{path.name} holds no KML.", "It should hold a doc.kml."
        )
    return next((p for p in inside if p.name.lower() == "doc.kml"), inside[0])


def _xml(path: Path, elements: frozenset[str], feedback: Feedback | None) -> Examined:
    """Walk through an XML file: entities are refused, features counted, a torn one told."""
    found = Examined(path)
    links = 0

    def declared(*_: object) -> None:
        raise GisappError(
            "entities_inside",
            f"{path.name} declares entities, with which a file can read others or fill the memory.",
            "Save it without a document type declaration, if you trust it.",
        )

    def started(name: str, _: object) -> None:
        nonlocal links
        plain = name.rpartition(":")[2]
        found.promised += plain in elements
        links += plain == "NetworkLink"

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = declared
    parser.ExternalEntityRefHandler = lambda *_: 0
    parser.StartElementHandler = started
    size, done = max(path.stat().st_size, 1), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
                done += len(chunk)
                if feedback:
                    feedback.check(done / size, f"Checking {path.name}")
        parser.Parse(b"", True)
    except expat.ExpatError:
        found.problems.append(_torn(path))
    except (ValueError, LookupError):  # an encoding that expat does not know
        found.promised = 0
    if links:
        found.problems.append(
            Problem(
                "links_left_out",
                Severity.WARNING,
                f"{path.name} points to more data elsewhere ({links:,} network links), which is "
                "not fetched.",
                "Fetch it and open that.",
                links,
            )
        )
    return found


def _json(path: Path, scratch: Path) -> Examined:
    """Count the features, and hide a CRS that is a link, in a copy."""
    promised = sum(1 for _ in _found(path, _GEOMETRY))
    linked = [(at, text.index(b":")) for at, text in _found(path, _CRS) if _is_link(text)]
    if not linked:
        return Examined(path, promised=promised)
    aside = scratch / path.name
    shutil.copyfile(path, aside)
    with aside.open("r+b") as file:
        for at, length in linked:
            file.seek(at)
            file.write(b'"_"'.ljust(length))
    hidden = Problem(
        "crs_link",
        Severity.WARNING,
        f"{path.name} gives its coordinate reference system as a link, which is not followed.",
        "If the layer lies off, give the CRS by hand.",
    )
    return Examined(aside, [hidden], promised)


def _found(path: Path, pattern: re.Pattern[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield where a pattern stands in a file, and the text there."""
    start, data = 0, b""
    with path.open("rb") as file:
        while True:
            chunk = file.read(16 * _CHUNK)
            data += chunk
            # what begins near the end is looked for again with what follows
            end = len(data) - (_LONGEST if chunk else 0)
            for match in pattern.finditer(data):
                if match.start() < end:
                    yield start + match.start(), data[match.start() : match.start() + _LONGEST]
            if not chunk:
                return
            keep = max(end, 0)
            start, data = start + keep, data[keep:]


def _is_link(text: bytes) -> bool:
    """Tell whether a CRS ('"crs": {...') is no name but an address, or cannot be understood."""
    stated = text[text.index(b"{") :].decode("utf-8", "replace")
    try:
        crs, _ = json.JSONDecoder().raw_decode(stated)
    except (ValueError, RecursionError):
        return "link" in stated or "\\u" in stated
    return str(crs.get("type", "")).lower() not in {"name", "epsg", "ogc"}


def _lines(path: Path) -> int:
    """Count the lines of a file that hold something."""
    with path.open("rb") as file:
        return sum(bool(line.strip(b" \t\r\n\x1e")) for line in file)


def _is_mid(path: Path, mif: Path) -> bool:
    return (
        path.suffix.lower() == ".mid" and path.stem.lower() == mif.stem.lower() and path.is_file()
    )


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-min(64, path.stat().st_size), os.SEEK_END)
        return file.read()


def _heading(path: Path) -> bool:
    """Refuse what has no heading; tell whether UTF-16 is whole."""
    with path.open("rb") as file:
        head = file.read(_HEADING)
    if len(head) == _HEADING and b"\n" not in head and b"\r" not in head:
        raise GisappError(
            "not_a_table",
            f"{path.name} is one line of more than {_HEADING // 1024**2} MB, not a table.",
            "Save it as CSV with a header and open that.",
        )
    if head[:2] not in _SWAPPED:
        return True
    swapped = any(m.start() % 2 == 0 for m in re.finditer(_SWAPPED[head[:2]], head))
    return not swapped and path.stat().st_size % 2 == 0


def _sheets(path: Path) -> None:
    """Look through a spreadsheet's archive: its size, and declarations in its XML."""
    try:
        with zipfile.ZipFile(path) as inside:
            members = archive.files_in(inside)
            archive.refuse_harm(path, members)
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels")):
                    with inside.open(member) as file:
                        if b"<!ENTITY" in file.read(_HEAD):
                            raise GisappError(
                                "entities_inside",
                                f"{path.name} declares XML entities, with which a file can read "
                                "others or fill the memory.",
                                "Save it anew in your spreadsheet program, if you trust it.",
                            )
    except archive.BROKEN:
        return  # the reader says what is wrong with it


def _database(path: Path) -> None:
    """Refuse a database whose tables read other files, or whose views never end."""
    try:
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as base:
            schema = base.execute(
                "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
            ).fetchall()
            for kind, name, sql in schema:
                virtual = _VIRTUAL.match(str(sql).strip())
                if virtual and virtual[1].lower() not in _HARMLESS:
                    raise GisappError(
                        "database_unsafe",
                        f'The table "{name}" of {path.name} reads other files ({virtual[1]}).',
                        "Open those files themselves.",
                    )
                if kind == "view":
                    _bounded(path, base, str(name), str(sql))
    except (sqlite3.Error, UnicodeDecodeError):
        return  # GDAL says what is wrong with it


def _bounded(path: Path, base: sqlite3.Connection, view: str, text: str) -> None:
    """Refuse a view that cannot be counted in a few seconds."""
    steps = 0

    def stop() -> bool:
        nonlocal steps
        steps += 1
        return steps > _STEPS

    base.set_progress_handler(stop, _STEP)
    quoted = view.replace('"', '""')
    try:
        base.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 - quoted
    except sqlite3.OperationalError as error:  # stopped, or a function that only GDAL knows
        if steps > _STEPS or "recursive" in text.lower():
            raise GisappError(
                "view_endless",
                f'The view "{view}" of {path.name} does not end within some seconds.',
                "Save it as a table in the program that made it.",
            ) from error
    finally:
        base.set_progress_handler(None, 0)
