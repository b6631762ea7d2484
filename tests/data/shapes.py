"""Shapefiles written byte by byte: what GDAL would not write, but others have."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path


def point(x: float, y: float) -> bytes:
    return struct.pack("<i2d", 1, x, y)


def polygon(rings: list[list[tuple[float, float]]], *, parts: int | None = None) -> bytes:
    """A polygon; `parts` is what the record says of their number, where it lies."""
    points = [p for ring in rings for p in ring]
    starts, at = [], 0
    for ring in rings:
        starts.append(at)
        at += len(ring)
    count = len(rings) if parts is None else parts
    head = struct.pack("<i4d2i", 5, -180, -90, 180, 90, count, len(points))
    return (
        head
        + struct.pack(f"<{len(starts)}i", *starts)
        + b"".join(struct.pack("<2d", *p) for p in points)
    )


def multipatch(ring: list[tuple[float, float, float]]) -> bytes:
    """One outer ring in three dimensions."""
    head = struct.pack("<i4d2i", 31, -180, -90, 180, 90, 1, len(ring))
    head += struct.pack("<2i", 0, 2) + b"".join(struct.pack("<2d", x, y) for x, y, _ in ring)
    return head + struct.pack("<2d", 0, 9) + struct.pack(f"<{len(ring)}d", *(z for *_, z in ring))


NULL = struct.pack("<i", 0)


@dataclass
class Field:
    """A column of a dBASE table: name, kind (C, N, F, D, L, M), width, and its raw cells."""

    name: str
    kind: str
    width: int
    cells: list[bytes] = field(default_factory=list)
    decimals: int = 0


def write(
    folder: Path,
    kind: int,
    records: list[bytes],
    fields: list[Field] | None = None,
    *,
    numbers: list[int] | None = None,
    index: bool = True,
    deleted: tuple[int, ...] = (),
) -> Path:
    """Write a shapefile with these records in this order; `numbers` are those they bear."""
    shp = folder / "made.shp"
    body, offsets = b"", []
    for number, record in zip(numbers or range(1, len(records) + 1), records, strict=True):
        offsets.append((100 + len(body), len(record)))
        body += struct.pack(">2i", number, len(record) // 2) + record
    shp.write_bytes(_head(100 + len(body), kind) + body)
    if index:
        entries = b"".join(struct.pack(">2i", at // 2, length // 2) for at, length in offsets)
        shp.with_suffix(".shx").write_bytes(_head(100 + len(entries), kind) + entries)
    columns = (
        [Field("name", "C", 8, [b"n%d" % i for i in range(len(records))])]
        if fields is None
        else fields
    )
    if columns:
        shp.with_suffix(".dbf").write_bytes(table(columns, deleted))
    shp.with_suffix(".prj").write_text(
        'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
        'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
    )
    return shp


def table(columns: list[Field], deleted: tuple[int, ...] = ()) -> bytes:
    """A dBASE table; rows counted from 0 in `deleted` are marked as such."""
    count, width = len(columns[0].cells), 1 + sum(c.width for c in columns)
    head = bytes([0x83 if any(c.kind == "M" for c in columns) else 3, 126, 1, 1])
    head += struct.pack("<I2H", count, 33 + 32 * len(columns), width) + bytes(20)
    for c in columns:
        head += (
            c.name.encode().ljust(11, b"\0")
            + c.kind.encode()
            + bytes(4)
            + bytes([c.width, c.decimals])
            + bytes(14)
        )
    rows = b"".join(
        (b"*" if i in deleted else b" ") + b"".join(c.cells[i].ljust(c.width) for c in columns)
        for i in range(count)
    )
    return head + b"\r" + rows + b"\x1a"


def _head(size: int, kind: int) -> bytes:
    return (
        struct.pack(">i20x", 9994)
        + struct.pack(">i", size // 2)
        + struct.pack("<2i8d", 1000, kind, -180, -90, 180, 90, 0, 0, 0, 0)
    )
