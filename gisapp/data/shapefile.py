"""Shapefiles: what is wrong with the parts, mended in a copy aside; the user's stay untouched."""

from __future__ import annotations

import shutil
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gisapp.data import dbf
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
_FARTHEST: Final = 2**31 - 1  # words
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
    shx, beside, prj, cpg = (part(shp, ending) for ending in (".shx", ".dbf", ".prj", ".cpg"))
    parts = Parts(
        shp=shp,
        declared_encoding=(_text(cpg).strip() if cpg else "") or None,
        language=None,
    )
    table = dbf.opened(beside) if beside is not None else None
    if table is not None:
        parts.language = _LANGUAGES.get(_byte(table.path, 29))
    else:
        parts.problems.append(_no_table(beside))
    truncated = stated > size
    index_good = shx is not None and not truncated and _shx_is_usable(shx, size)
    aside = scratch / "mended.shp"
    if index_good and shx is not None:
        count = (shx.stat().st_size - _HEADER) // 8
    else:
        rebuilt = _rebuild(shp, aside, None if table is None else table.whole, feedback)
        count = rebuilt.count
        parts.problems += _told(shp, rebuilt, truncated, shx is None)
    if table is not None:
        beside, told = dbf.mended(table, aside.with_suffix(".dbf"), count, feedback)
        parts.problems += told
    if prj is not None and (without_prj or not is_understood(_text(prj))):
        parts.problems.append(_odd_prj(prj))
        hide_prj, prj = True, None
    else:
        hide_prj = False
    own = table is None or beside == table.path
    same_case = all(p is None or p.stem == shp.stem for p in (shx, beside, prj))
    hide_dbf = table is None and beside is not None
    odd = "!" in str(shp) or any(_is_pipe(p) for p in shp.parent.glob("*") if p.stem == shp.stem)
    if index_good and own and same_case and not (hide_dbf or hide_prj or odd):
        return parts
    if index_good and shx is not None:
        link(shp, aside)
        link(shx, aside.with_suffix(".shx"))
    if table is not None and own:
        link(table.path, aside.with_suffix(".dbf"))
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


@dataclass
class _Rebuilt:
    """An index made anew: entries, and records that a deletion or a change had left behind."""

    count: int
    left_behind: int = 0


def _rebuild(shp: Path, aside: Path, rows: int | None, feedback: Feedback | None) -> _Rebuilt:
    """Write the whole records and a new index aside.

    A program that deletes or changes a shape may leave the old record in the .shp and only take it
    out of the index. Such records bear a number that a later one bears too; they are not brought
    back where the table, `rows` long, has no row for them.
    """
    offsets, lengths, numbers, at = [], [], [], _HEADER
    unpack = struct.Struct(">2i").unpack
    with shp.open("rb") as file:
        size = shp.stat().st_size
        file.seek(_HEADER)
        while len(head := file.read(8)) == 8:
            number, words = unpack(head)
            end = at + 8 + 2 * words
            if words < 2 or end > size:
                break
            offsets.append(at // 2)
            lengths.append(words)
            numbers.append(number)
            at = end
            file.seek(at)
            if feedback and len(offsets) % 50_000 == 0:
                feedback.check(at / size, "Rebuilding the index")
        if not offsets and size > _HEADER:
            raise _nothing_whole(shp)
        file.seek(0)
        first = bytearray(file.read(_HEADER))
        first[24:28] = struct.pack(">I", at // 2)
        if at < size:
            file.seek(_HEADER)
            with aside.open("wb") as sink:
                sink.write(first)
                left = at - _HEADER
                while left > 0 and (chunk := file.read(min(_CHUNK, left))):
                    sink.write(chunk)
                    left -= len(chunk)
    if at == size:
        link(shp, aside)
    index = np.column_stack([offsets, lengths]).reshape(-1, 2)
    kept = _kept(np.array(numbers, dtype=np.int64), rows)
    if index.size and index[:, 0].max() > _FARTHEST:
        raise GisappError(
            "too_large",
            f"{shp.name} is larger than an index can point into (4 GB).",
            "Save it as GeoPackage in the program that made it.",
        )
    entries = index[kept].astype(">i4")
    first[24:28] = struct.pack(">i", (_HEADER + entries.nbytes) // 2)
    aside.with_suffix(".shx").write_bytes(bytes(first) + entries.tobytes())
    return _Rebuilt(len(entries), len(index) - len(entries))


def _kept(numbers: npt.NDArray[np.int64], rows: int | None) -> npt.NDArray[np.intp]:
    """Return which records stand for the table's rows, in their order."""
    last = {number: place for place, number in enumerate(numbers.tolist())}
    every = np.arange(len(numbers))
    if len(last) == len(numbers) or (rows is not None and rows != len(last)):
        return every
    if sorted(last) != list(range(1, len(last) + 1)):  # numbers that mean nothing
        return every
    return np.array([last[number] for number in sorted(last)], dtype=np.intp)


def _told(shp: Path, rebuilt: _Rebuilt, truncated: bool, missing: bool) -> list[Problem]:
    if truncated:
        told = [
            Problem(
                "truncated",
                Severity.WARNING,
                f"{shp.name} breaks off: {rebuilt.count:,} whole features were read, the rest is "
                "missing.",
                "Fetch the file again.",
            )
        ]
    else:
        told = [
            Problem(
                "shx_rebuilt",
                Severity.INFO,
                f"The index (.shx) of {shp.name} is {'missing' if missing else 'damaged'}; it was "
                f"rebuilt in a copy, and {rebuilt.count:,} records came back.",
                count=rebuilt.count,
            )
        ]
    if rebuilt.left_behind:
        told.append(
            Problem(
                "shapes_not_revived",
                Severity.WARNING,
                f"{rebuilt.left_behind:,} records of {shp.name} were deleted or replaced by later "
                "ones of the same number, and were not brought back.",
                "Fetch the index (.shx) if you have it.",
                rebuilt.left_behind,
            )
        )
    return told


def _no_table(dbf: Path | None) -> Problem:
    fate = "missing" if dbf is None else "unreadable"
    return Problem(
        "no_attributes",
        Severity.WARNING,
        f"The attribute table (.dbf) is {fate}; only the geometries were read.",
        "Put the .dbf beside the .shp and open it again.",
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
    index = np.fromfile(shx, dtype=">i4", offset=_HEADER).reshape(-1, 2).astype(np.int64)
    ends = index.sum(axis=1) * 2 + 8
    return bool(index.min() >= 0 and ends.max() <= shp_size and ends.max() >= shp_size - 8)


def link(source: Path, target: Path) -> None:
    """Make a file known under another name, by a copy where there are no links."""
    try:
        target.symlink_to(source.resolve())
    except OSError:  # a file system or a user without links
        shutil.copyfile(source, target)


def _is_pipe(path: Path) -> bool:
    """Tell whether GDAL would wait for ever at what stands beside a .shp."""
    return path.exists() and not (path.is_file() or path.is_dir())


def _byte(path: Path, at: int) -> int:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(1)[0]


def _text(path: Path) -> str:
    return path.read_bytes()[:100_000].decode("utf-8", "replace")
