"""Shapefiles: what is wrong with the parts, mended in a copy aside; the user's stay untouched."""

from __future__ import annotations

import mmap
import shutil
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from gisapp.data.crs_text import is_understood
from gisapp.data.encoding import Encoding, choose
from gisapp.model.features import Floats
from gisapp.model.feedback import Feedback, GisappError, Problem, Severity

_MAGIC: Final = 9994
_HEADER: Final = 100
_CHUNK: Final = 16 * 1024**2
#: Records of points, by shape type: plain, with Z and M, with M.
#: Points without heights, which GDAL reads.
_POINT_RECORDS: Final = {
    shape_type: np.dtype([("number", ">i4"), ("words", ">i4"), ("type", "<i4"), ("xy", "<f8", n)])
    for shape_type, n in ((1, 2), (21, 3))
}
_NO_DATA: Final = -1e38
_SHAPE_TYPES: Final = frozenset({0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31})
#: dBASE language byte to codec; 0 and 0x57 ("ANSI") say nothing that one could trust.
_LANGUAGES: Final = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x08: "cp865", 0x09: "cp437", 0x0A: "cp850",
    0x13: "cp932", 0x64: "cp852", 0x65: "cp866", 0x66: "cp865", 0x6A: "cp737", 0x6B: "cp857",
    0x78: "cp950", 0x79: "cp949", 0x7A: "cp936", 0x7B: "cp932", 0x7D: "cp1255", 0x7E: "cp1256",
    0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip


@dataclass
class Parts:
    """A shapefile ready to be opened by GDAL: `shp` is the user's file, or a mended copy."""

    shp: Path
    declared_encoding: str | None
    language: str | None
    problems: list[Problem] = field(default_factory=list)

    def encoding(self, texts: list[bytes], override: str | None) -> Encoding:
        """Choose the encoding of the attribute table's texts."""
        return choose(
            texts, override=override, declared=self.declared_encoding, fallback=self.language
        )


def part(shp: Path, suffix: str) -> Path | None:
    """Return the file beside a .shp with another ending, upper or lower case; None if absent."""
    for candidate in shp.parent.glob("*"):
        same = candidate.suffix.lower() == suffix and candidate.stem.lower() == shp.stem.lower()
        if same and candidate.is_file():  # a pipe would wait for ever
            return candidate
    return None


def prepare(
    shp: Path, scratch: Path, *, without_prj: bool = False, feedback: Feedback | None = None
) -> Parts:
    """Check a shapefile's parts and mend what is missing or cut off, in `scratch`.

    With `without_prj` the CRS is hidden from the reader, which choked on it.

    Raises
    ------
    GisappError
        empty_file, not_a_shapefile, truncated (not one whole record).
    """
    size = shp.stat().st_size
    stated = _header(shp, size)
    shx, dbf, prj, cpg = (part(shp, ending) for ending in (".shx", ".dbf", ".prj", ".cpg"))
    parts = Parts(
        shp=shp,
        declared_encoding=(_text(cpg).strip() if cpg else "") or None,
        language=None,
    )
    if dbf is not None and _dbf_is_usable(dbf):
        parts.language = _LANGUAGES.get(_byte(dbf, 29))
    else:
        parts.problems.append(_no_table(dbf))
        dbf = None
    truncated = stated > size
    index_good = shx is not None and not truncated and _shx_is_usable(shx, size)
    aside = scratch / "mended.shp"
    if index_good and shx is not None:
        count = (shx.stat().st_size - _HEADER) // 8
    else:
        count = _rebuild(shp, aside, feedback)
        parts.problems.append(_rebuilt(shp, count, truncated, shx is None))
    rows = count if dbf is None else _dbf_rows(dbf)
    if rows > count:
        parts.problems.append(_long_table(rows, count))
    if prj is not None and (without_prj or not is_understood(_text(prj))):
        parts.problems.append(_odd_prj(prj))
        hide_prj, prj = True, None
    else:
        hide_prj = False
    same_case = all(p is None or p.stem == shp.stem for p in (shx, dbf, prj))
    hide_dbf = dbf is None and part(shp, ".dbf") is not None
    if index_good and rows >= count and same_case and not (hide_dbf or hide_prj):
        return parts
    if index_good and shx is not None:
        link(shp, aside)
        link(shx, aside.with_suffix(".shx"))
    if dbf is not None and rows < count:
        _pad(dbf, aside.with_suffix(".dbf"), rows, count)
        parts.problems.append(_short_table(rows, count))
    elif dbf is not None:
        link(dbf, aside.with_suffix(".dbf"))
    if prj is not None:
        link(prj, aside.with_suffix(".prj"))
    parts.shp = aside
    return parts


def quick_points(shp: Path) -> Floats | None:
    """Return the coordinates of a file of points, shape (n, 2); None if it holds anything else.

    Points without nulls are records of equal length. Rows that the table marks as deleted are
    among them, which the caller finds out by counting.
    """
    size = shp.stat().st_size
    with shp.open("rb") as file:
        shape_type = struct.unpack("<i", file.read(36)[32:36])[0]
    record = _POINT_RECORDS.get(shape_type)
    if record is None or size == _HEADER or (size - _HEADER) % record.itemsize:
        return None
    records = np.fromfile(shp, dtype=record, offset=_HEADER)
    words = (record.itemsize - 8) // 2
    if not ((records["words"] == words) & (records["type"] == shape_type)).all():
        return None
    points = np.ascontiguousarray(records["xy"][:, :2])
    points[(points < _NO_DATA).any(axis=1)] = np.nan
    return points


def _header(shp: Path, size: int) -> int:
    """Return the stated length in bytes."""
    if size == 0:
        raise GisappError("empty_file", f"{shp.name} is empty.", "Fetch the file again.")
    with shp.open("rb") as file:
        head = file.read(_HEADER)
    if len(head) < 4 or struct.unpack(">i", head[:4])[0] != _MAGIC:
        raise GisappError(
            "not_a_shapefile",
            f"{shp.name} is not a shapefile, whatever its name says.",
            "Check where it comes from.",
        )
    if len(head) < _HEADER:
        raise _nothing_whole(shp)
    words, (_, shape_type) = struct.unpack(">i", head[24:28])[0], struct.unpack("<2i", head[28:36])
    if shape_type not in _SHAPE_TYPES:
        raise GisappError(
            "not_a_shapefile",
            f"{shp.name} states a shape type that does not exist ({shape_type}).",
            "Fetch the file again.",
        )
    return int(words) * 2


def _rebuild(shp: Path, aside: Path, feedback: Feedback | None) -> int:
    """Write the whole records and a new index aside; return how many there are."""
    offsets, lengths, at = [], [], _HEADER
    unpack = struct.Struct(">2i").unpack_from
    with shp.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        size = len(data)
        while at + 8 <= size:
            _, words = unpack(data, at)
            end = at + 8 + 2 * words
            if words < 2 or end > size:
                break
            offsets.append(at // 2)
            lengths.append(words)
            at = end
            if feedback and len(offsets) % 50_000 == 0:
                feedback.check(at / size, "Rebuilding the index")
        if not offsets and size > _HEADER:
            raise _nothing_whole(shp)
        head = bytearray(data[:_HEADER])
        head[24:28] = struct.pack(">i", at // 2)
        if at < size:
            with aside.open("wb") as sink:
                sink.write(head)
                for start in range(_HEADER, at, _CHUNK):
                    sink.write(data[start : min(start + _CHUNK, at)])
    if at == size:
        link(shp, aside)
    index = np.column_stack([offsets, lengths]).astype(">i4")
    head[24:28] = struct.pack(">i", (_HEADER + index.nbytes) // 2)
    aside.with_suffix(".shx").write_bytes(bytes(head) + index.tobytes())
    return len(offsets)


def _rebuilt(shp: Path, whole: int, truncated: bool, missing: bool) -> Problem:
    if truncated:
        return Problem(
            "truncated",
            Severity.WARNING,
            f"{shp.name} breaks off: {whole:,} whole features were read, the rest is missing.",
            "Fetch the file again.",
        )
    return Problem(
        "shx_rebuilt",
        Severity.INFO,
        f"The index (.shx) of {shp.name} is {'missing' if missing else 'damaged'}; "
        "it was rebuilt in a copy.",
    )


def _no_table(dbf: Path | None) -> Problem:
    fate = "missing" if dbf is None else "unreadable"
    return Problem(
        "no_attributes",
        Severity.WARNING,
        f"The attribute table (.dbf) is {fate}; only the geometries were read.",
        "Put the .dbf beside the .shp and open it again.",
    )


def _short_table(rows: int, count: int) -> Problem:
    return Problem(
        "table_short",
        Severity.WARNING,
        f"The attribute table holds {rows:,} rows for {count:,} features; "
        "the last ones have no attributes.",
        "Fetch the file again.",
        count - rows,
    )


def _long_table(rows: int, count: int) -> Problem:
    return Problem(
        "table_long",
        Severity.WARNING,
        f"The attribute table holds {rows:,} rows for {count:,} features; "
        "rows without a feature were left out.",
        "Check that .shp and .dbf belong together.",
        rows - count,
    )


def _odd_prj(prj: Path) -> Problem:
    return Problem(
        "prj_unreadable",
        Severity.WARNING,
        f"What {prj.name} says of the coordinate reference system cannot be understood.",
        "Give the CRS by hand.",
    )


def _nothing_whole(shp: Path) -> GisappError:
    return GisappError(
        "truncated", f"{shp.name} breaks off before its first feature.", "Fetch the file again."
    )


def _dbf_is_usable(dbf: Path) -> bool:
    size = dbf.stat().st_size
    if size < 33:
        return False
    with dbf.open("rb") as file:
        head = file.read(32)
    header, record = struct.unpack("<2H", head[8:12])
    return head[0] & 0x07 in {3, 4, 5} and 33 <= header <= size and record > 0


def _dbf_rows(dbf: Path) -> int:
    """Return how many whole rows a table holds, whatever its header promises."""
    with dbf.open("rb") as file:
        stated, header, record = struct.unpack("<I2H", file.read(12)[4:])
    whole = (dbf.stat().st_size - int(header)) // int(record)
    return min(int(stated), whole)


def _pad(dbf: Path, aside: Path, rows: int, count: int) -> None:
    """Copy a table and add blank rows: GDAL drops features that have none."""
    data = dbf.read_bytes()
    header, record = struct.unpack("<2H", data[8:12])
    whole = data[: header + rows * record]
    head = whole[:4] + struct.pack("<I", count) + whole[8:]
    aside.write_bytes(head + b" " * (record * (count - rows)) + b"\x1a")


def _shx_is_usable(shx: Path, shp_size: int) -> bool:
    size = shx.stat().st_size
    if size < _HEADER or (size - _HEADER) % 8:
        return False
    with shx.open("rb") as file:
        head = file.read(28)
    magic, words = struct.unpack(">i", head[:4])[0], struct.unpack(">i", head[24:])[0]
    if magic != _MAGIC or words * 2 != size:
        return False
    if size == _HEADER:
        return shp_size <= _HEADER
    index = np.memmap(shx, dtype=">i4", mode="r", offset=_HEADER).reshape(-1, 2).astype(np.int64)
    ends = index.sum(axis=1) * 2 + 8
    return bool(index.min() >= 0 and ends.max() <= shp_size and ends.max() >= shp_size - 8)


def link(source: Path, target: Path) -> None:
    """Make a file known under another name, by a copy where there are no links."""
    try:
        target.symlink_to(source.resolve())
    except OSError:  # a file system or a user without links
        shutil.copyfile(source, target)


def _byte(path: Path, at: int) -> int:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(1)[0]


def _text(path: Path) -> str:
    return path.read_bytes()[:100_000].decode("utf-8", "replace")
