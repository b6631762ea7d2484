"""Fonts cut down to the characters of a page, for files that bring their own."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import skia
from fontTools import subset
from fontTools.ttLib import TTFont

#: Bit of a font's `OS/2` table: its maker allows no embedding.
_RESTRICTED: Final = 0x0002
_OS2: Final = int.from_bytes(b"OS/2", "big")


def web_font(face: skia.Typeface, text: str) -> bytes:
    """Return the part of a font that a text needs, as WOFF; empty where it may not be embedded.

    Joining, ligatures and kerning come along. The same text gives the same bytes.
    """
    if not may_embed(face):
        return b""
    return _cut(_Face(face.uniqueID(), face), "".join(sorted(set(text))))


@dataclass(frozen=True)
class _Face:
    """A face known by its number, so that what was cut of it can be found again."""

    number: int
    face: Any = field(compare=False)


@lru_cache(maxsize=64)
def _cut(which: _Face, text: str) -> bytes:
    font = TTFont(io.BytesIO(_file_of(which.face)), lazy=True, recalcTimestamp=False)
    options = subset.Options()
    options.flavor = "woff"
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]  # family, copyright and licence
    options.drop_tables += ["BASE", "DSIG", "FFTM", "VORG", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(char) for char in text])
    cutter.subset(font)
    font.flavor = "woff"
    packed = io.BytesIO()
    font.save(packed, reorderTables=False)
    return packed.getvalue()


def may_embed(face: skia.Typeface) -> bool:
    """Return whether the maker of a font allows a file to bring it along."""
    if _OS2 not in face.getTableTags():
        return True
    (allowed,) = struct.unpack_from(">H", bytes(face.copyTableData(_OS2)), 8)
    return bool(allowed & 0x000F != _RESTRICTED)


def ligatures(face: skia.Typeface) -> dict[int, str]:
    """Return what the glyphs of a font stand for that join letters: glyph number to letters."""
    font = TTFont(io.BytesIO(_file_of(face)), lazy=True)
    letters = {name: chr(code) for code, name in sorted(font.getBestCmap().items(), reverse=True)}
    found: dict[int, str] = {}
    lookups = font["GSUB"].table.LookupList.Lookup if "GSUB" in font else []
    tables = (table for lookup in lookups for table in lookup.SubTable)
    for table in tables:
        own = getattr(table, "ExtSubTable", table)  # tables far away stand in one that leads there
        for first, joined in getattr(own, "ligatures", {}).items():
            for each in joined:
                parts = [first, *each.Component]
                if all(part in letters for part in parts):
                    whole = "".join(letters[part] for part in parts)
                    found.setdefault(font.getGlyphID(each.LigGlyph), whole)
    return found


def _file_of(face: skia.Typeface) -> bytes:
    """Return a face as a font file of its own: an installed one may share its file with others."""
    tags = sorted(face.getTableTags())
    tables = [bytes(face.copyTableData(tag)) for tag in tags]
    names = [struct.pack(">I", tag) for tag in tags]
    kind = b"OTTO" if b"CFF " in names or b"CFF2" in names else b"\0\1\0\0"
    power = len(tags).bit_length() - 1
    span = 16 << power
    directory = [kind, struct.pack(">HHHH", len(tags), span, power, 16 * len(tags) - span)]
    start = 12 + 16 * len(tags)
    for name, table in zip(names, tables, strict=True):
        directory.append(name + struct.pack(">III", 0, start, len(table)))
        start += len(table) + -len(table) % 4
    return b"".join([*directory, *(table + b"\0" * (-len(table) % 4) for table in tables)])
