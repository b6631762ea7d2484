"""Text measured and wrapped the same for every drawer.

Pages are set in Lato, which comes as a package; slides in Arial, which every office suite has or
replaces by a font of the same widths. Lato's widths times a factor that covers Arial's are what
the layout counts with, so what fits here fits in both.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from PIL import ImageFont

FAMILY: Final = "Lato"
SLIDE_FAMILY: Final = "Arial"
LINE_HEIGHT: Final = 1.22
ASCENT: Final = 0.80
_FILES: Final = {False: "Lato-Regular.ttf", True: "Lato-Bold.ttf"}
_COVERS_ARIAL: Final = {False: 1.035, True: 1.08}
_MEASURED_AT: Final = 200.0


def font_path(*, bold: bool = False) -> Path:
    """Return the file of the regular or the bold face."""
    return Path(str(files("fontpkg_lato"))) / "files" / _FILES[bold]


@cache
def _face(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(font_path(bold=bold)), _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC
    )


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


@lru_cache(maxsize=20_000)
def _width_per_point(text: str, bold: bool) -> float:
    narrow = "".join(char for char in text if not _is_wide(char))
    wide = len(text) - len(narrow)
    return wide + float(_face(bold).getlength(narrow)) / _MEASURED_AT * _COVERS_ARIAL[bold]


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line in points; East Asian wide characters count as one em."""
    return _width_per_point(text, bold) * size


def _pieces(text: str) -> list[str]:
    # words with the space that follows; a wide character may end a line by itself
    pieces: list[str] = []
    word = ""
    for char in text:
        if char in " \t":
            pieces.append(f"{word} ")
            word = ""
        elif _is_wide(char):
            if word:
                pieces.append(word)
            pieces.append(char)
            word = ""
        else:
            word += char
    return [*pieces, word] if word else pieces


def _broken(word: str, width: float, size: float, bold: bool) -> list[str]:
    # a word wider than the line is cut after a hyphen or a fixed space, else where it must be
    parts, part = [], ""
    for char in word:
        if part and width_of(part + char, size, bold=bold) > width:
            cut = 1 + max(part.rfind(sign) for sign in "-/\u00a0") or len(part)
            parts.append(part[:cut].rstrip("\u00a0"))
            part = part[cut:]
        part += char
    return [*parts, part]


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return the lines of a text that are at most `width` points wide at this size."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for piece in _pieces(" ".join(paragraph.split(" "))):
            if width_of((line + piece).rstrip(" "), size, bold=bold) <= width:
                line += piece
                continue
            if line.strip():
                lines.append(line.rstrip(" "))
            *full, line = _broken(piece, width, size, bold)
            lines += full
        lines.append(line.rstrip(" "))
    return tuple(line for line in lines if line)


def balanced(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Return as few lines as `wrap` makes, of nearly equal width: no short word stands alone."""
    lines = wrap(text, width, size, bold=bold)
    if len(lines) < 2:
        return lines
    low, high = width / len(lines), width
    while high - low > 1.0:
        middle = (low + high) / 2.0
        tried = wrap(text, middle, size, bold=bold)
        if len(tried) > len(lines):
            low = middle
        else:
            high, lines = middle, tried
    return lines


def shorten(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return the text, or as much of its beginning as fits with an ellipsis."""
    if width_of(text, size, bold=bold) <= width:
        return text
    end = len(text)
    while end and width_of(f"{text[:end].rstrip()}…", size, bold=bold) > width:
        end -= 1
    return f"{text[:end].rstrip()}…"
