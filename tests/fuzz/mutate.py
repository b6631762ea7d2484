"""Damage to a file, as plain data that hypothesis draws and shrinks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st

#: Numbers that headers should not hold.
_ABSURD = (
    0,
    1,
    -1,
    2,
    127,
    255,
    256,
    0x7FFF,
    0xFFFF,
    0x7FFFFFFF,
    -0x80000000,
    0x40000000,
    1_000_000,
)
#: Words and signs that text formats trip over.
_WORDS = (b"", b"null", b"-1", b"1e999", b"NaN", b"[[[[", b"}}", b'"', b"\0", b"\xff\xfe", b"<a>", b"&x;",
          b"9" * 400, b"MULTIPOLYGON", b"type", b"\n", b"../", b"<![CDATA[", b"-->", b"\xc3")  # fmt: skip


@dataclass(frozen=True)
class Edit:
    """One change of a file's bytes; `at` and `to` are places as fractions of its length."""

    kind: str
    at: float
    to: float
    value: int

    def apply(self, data: bytes, other: bytes) -> bytes:
        """Return the data changed; `other` is another file of the case, for a splice."""
        return getattr(self, f"_{self.kind}")(data, other)

    def _places(self, data: bytes) -> tuple[int, int]:
        start, end = sorted((int(self.at * len(data)), int(self.to * len(data))))
        return start, end

    def _flip(self, data: bytes, _: bytes) -> bytes:
        at = min(int(self.at * len(data)), len(data) - 1)
        return (
            data[:at] + bytes([data[at] ^ (1 << self.value % 8)]) + data[at + 1 :] if data else data
        )

    def _byte(self, data: bytes, _: bytes) -> bytes:
        at = min(int(self.at * len(data)), len(data) - 1)
        return data[:at] + bytes([self.value % 256]) + data[at + 1 :] if data else data

    def _cut(self, data: bytes, _: bytes) -> bytes:
        return data[: int(self.at * len(data))]

    def _remove(self, data: bytes, _: bytes) -> bytes:
        start, end = self._places(data)
        return data[:start] + data[min(end, start + 200) :]

    def _double(self, data: bytes, _: bytes) -> bytes:
        start, end = self._places(data)
        return data[:end] + data[start:end] + data[end:]

    def _swap(self, data: bytes, _: bytes) -> bytes:
        start, end = self._places(data)
        size = min(64, end - start, len(data) - end)
        one, two = data[start : start + size], data[end : end + size]
        return data[:start] + two + data[start + size : end] + one + data[end + size :]

    def _splice(self, data: bytes, other: bytes) -> bytes:
        return data[: int(self.at * len(data))] + other[int(self.to * len(other)) :]

    def _zero(self, data: bytes, _: bytes) -> bytes:
        start, end = self._places(data)
        return data[:start] + bytes(min(end - start, 200)) + data[min(end, start + 200) :]

    def _header(self, data: bytes, _: bytes) -> bytes:
        """Put an absurd number where a header may have one, in either byte order."""
        at = int(self.at * min(len(data), 160)) & ~1
        number = _ABSURD[self.value % len(_ABSURD)] & 0xFFFFFFFF
        size = (2, 4, 4, 8)[self.value // 16 % 4]
        order = "big" if self.value // 64 % 2 else "little"
        wide = number | (0xFFFFFFFF00000000 if size == 8 and number >> 31 else 0)
        return data[:at] + (wide & (1 << 8 * size) - 1).to_bytes(size, order) + data[at + size :]

    def _number(self, data: bytes, other: bytes) -> bytes:
        """Put an absurd number anywhere."""
        at = int(self.at * len(data)) & ~3
        part = Edit("header", 0, 0, self.value)._header(data[at:], other)
        return data[:at] + part

    def _word(self, data: bytes, _: bytes) -> bytes:
        """Replace a word of a text by something odd."""
        found = [m.span() for m in re.finditer(rb"[A-Za-z_]+|[-+.\d]+", data[:200_000])]
        if not found:
            return data
        start, end = found[min(int(self.at * len(found)), len(found) - 1)]
        return data[:start] + _WORDS[self.value % len(_WORDS)] + data[end:]


KINDS = (
    "flip",
    "byte",
    "cut",
    "remove",
    "double",
    "swap",
    "splice",
    "zero",
    "header",
    "number",
    "word",
)
_place = st.floats(0, 1, exclude_max=True)
edits = st.lists(
    st.builds(Edit, st.sampled_from(KINDS), _place, _place, st.integers(0, 255)),
    min_size=1,
    max_size=5,
)
