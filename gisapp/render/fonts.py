"""Text measured and wrapped the same for every drawer.

Pages are set in Lato, which comes as a package, or in a brand's own font; slides of ours in Arial,
which every office suite has or replaces by a font of the same widths. Lato's widths times a factor
that covers Arial's are what the layout counts with, so what fits here fits in both.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import skia

from gisapp.model.feedback import GisappError
from gisapp.render.picture import Brand, Theme

FAMILY: Final = "Lato"
SLIDE_FAMILY: Final = "Arial"
LINE_HEIGHT: Final = 1.22
ASCENT: Final = 0.80
_FILES: Final = {False: "Lato-Regular.ttf", True: "Lato-Bold.ttf"}
_COVERS_ARIAL: Final = {False: 1.035, True: 1.08}
#: A brand's font is the one that is drawn: only rounding has to be covered.
_OWN_MARGIN: Final = 1.01
_MEASURED_AT: Final = 200.0
#: Ems of a character that neither the font nor a script of square signs has: Arabic, Hebrew,
#: Devanagari, Thai as the usual fonts for them draw them, the widest letters counted in.
_OTHER_SCRIPT: Final = 0.66
#: Small kana and signs of length or repetition, which no line begins with.
_SMALL_KANA: Final = frozenset("ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々")


@dataclass(frozen=True)
class FontFiles:
    """A family with the files of its two faces; "" where the machine has it installed."""

    family: str
    regular: str = ""
    bold: str = ""


def font_path(*, bold: bool = False) -> Path:
    """Return the file of the regular or the bold face of our own font."""
    return Path(str(files("fontpkg_lato"))) / "files" / _FILES[bold]


OURS: Final = FontFiles(FAMILY, str(font_path()), str(font_path(bold=True)))


@cache
def font_files(theme: Theme) -> FontFiles:
    """Return the fonts that a theme's pages are set in.

    A brand that gives one face only has it for both; one whose family is not installed here is
    set in ours, see `font_notice`.

    Raises
    ------
    GisappError
        `missing_font` where a brand's file is no font.
    """
    if not isinstance(theme, Brand) or not (theme.family or theme.regular or theme.bold):
        return OURS
    if font_notice(theme):
        return OURS
    regular, bold = theme.regular or theme.bold, theme.bold or theme.regular
    fonts = FontFiles(theme.family, regular, bold)
    faces = [typeface(fonts, bold=bold) for bold in (False, True)]
    return FontFiles(theme.family or str(faces[0].getFamilyName()), regular, bold)


@cache
def font_notice(theme: Theme) -> str:
    """Return a sentence where a brand's family is given by name and not installed here, else ""."""
    if not isinstance(theme, Brand) or not theme.family or theme.regular or theme.bold:
        return ""
    if skia.FontMgr().matchFamilyStyle(theme.family, skia.FontStyle.Normal()) is not None:
        return ""
    return f'The font "{theme.family}" is not installed on this computer: {FAMILY} stands for it.'


@cache
def typeface(fonts: FontFiles, *, bold: bool = False) -> Any:
    """Return a face as `skia.Typeface`; raises `GisappError` `missing_font`."""
    path = fonts.bold if bold else fonts.regular
    if path:
        face = skia.Typeface.MakeFromFile(path)
        if face is None:
            why = "is no font" if Path(path).is_file() else "is not there"
            raise GisappError(
                "missing_font",
                f"The font file {Path(path).name} {why}.",
                "Choose the brand's font files again, TrueType or OpenType.",
            )
        return face
    weight = skia.FontStyle.Bold() if bold else skia.FontStyle.Normal()
    face = skia.FontMgr().matchFamilyStyle(fonts.family, weight)
    if face is None:
        raise GisappError(
            "missing_font",
            f'The font "{fonts.family}" is not installed on this computer.',
            "Install it, or give its files in the brand.",
        )
    return face


@cache
def _measuring(fonts: FontFiles, bold: bool) -> Any:
    font = skia.Font(typeface(fonts, bold=bold), _MEASURED_AT)
    font.setLinearMetrics(True)
    font.setHinting(skia.FontHinting.kNone)
    return font


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Cf")


@lru_cache(maxsize=20_000)
def _width_per_point(text: str, bold: bool, fonts: FontFiles) -> float:
    glyphs = typeface(fonts, bold=bold).unicharsToGlyphs([ord(char) for char in text])
    drawn, ems = [], 0.0
    for char, glyph in zip(text, glyphs, strict=True):
        if glyph and not _is_wide(char):
            drawn.append(char)
        elif _is_wide(char):
            ems += 1.0 if ord(char) < 0x1F000 else 1.3  # pictographs are wider than they are high
        elif not _is_mark(char):
            ems += _OTHER_SCRIPT
    factor = _COVERS_ARIAL[bold] if fonts == OURS else _OWN_MARGIN
    measured = _measuring(fonts, bold).measureText("".join(drawn)) / _MEASURED_AT
    return ems + float(measured) * factor


def width_of(text: str, size: float, *, bold: bool = False, fonts: FontFiles = OURS) -> float:
    """Return the width of a line in points; East Asian wide characters count as one em."""
    return _width_per_point(text, bold, fonts) * size


def reads_leftward(text: str) -> bool:
    """Return whether a text is of a script that runs from right to left: by its first letter."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def _closes(char: str) -> bool:
    return unicodedata.category(char) in ("Pe", "Pf", "Po") or char in _SMALL_KANA


def _opens(char: str) -> bool:
    return unicodedata.category(char) in ("Ps", "Pi")


def _pieces(text: str) -> list[str]:
    # words with the space that follows; a wide character may end a line by itself, but no line
    # begins with what closes and none ends with what opens
    pieces: list[str] = []
    word = ""
    for char in text:
        if char in " \t":
            pieces.append(f"{word} ")
            word = ""
        elif not word and pieces and not pieces[-1].endswith(" ") and _closes(char):
            pieces[-1] += char
        elif _is_wide(char) and not _opens(char):
            if word and not _opens(word[-1]):
                pieces.append(word)
                word = ""
            pieces.append(word + char)
            word = ""
        elif word and _is_wide(char):
            pieces.append(word)
            word = char
        else:
            word += char
    return [*pieces, word] if word else pieces


def _broken(word: str, width: float, size: float, bold: bool, fonts: FontFiles) -> list[str]:
    # a word wider than the line is cut after a hyphen or a fixed space, else where it must be
    parts, part = [], ""
    for char in word:
        while part and width_of(part + char, size, bold=bold, fonts=fonts) > width:
            cut = 1 + max(part.rfind(sign) for sign in "-/\u00a0") or len(part)
            parts.append(part[:cut].rstrip("\u00a0"))
            part = part[cut:]
        part += char
    return [*parts, part]


@lru_cache(maxsize=4096)
def _measured(text: str, bold: bool, fonts: FontFiles) -> tuple[tuple[str, float, float], ...]:
    """Return the pieces of a text with their widths per point, with and without what is blank.

    Advances add up: nothing is kerned, so that a line is as wide as its pieces.
    """
    return tuple(
        (
            piece,
            _width_per_point(piece, bold, fonts),
            _width_per_point(piece.rstrip(" "), bold, fonts),
        )
        for piece in _pieces(text)
    )


def wrap(
    text: str, width: float, size: float, *, bold: bool = False, fonts: FontFiles = OURS
) -> tuple[str, ...]:
    """Return the lines of a text that are at most `width` points wide at this size."""
    lines: list[str] = []
    room = width / size
    for paragraph in text.splitlines():
        line, taken = "", 0.0
        for piece, wide, bare in _measured(paragraph, bold, fonts):
            if not line and not bare:
                continue  # no line begins with what is blank
            if bare and taken + bare > room:
                if line.strip():
                    lines.append(line.rstrip(" "))
                line, taken = "", 0.0
            if bare > room:
                *full, line = _broken(piece, width, size, bold, fonts)
                lines += full
                taken = _width_per_point(line, bold, fonts)
            else:
                line += piece
                taken += wide
        lines.append(line.rstrip(" "))
    return tuple(line for line in lines if line)


def balanced(
    text: str, width: float, size: float, *, bold: bool = False, fonts: FontFiles = OURS
) -> tuple[str, ...]:
    """Return as few lines as `wrap` makes, of nearly equal width: no short word stands alone."""
    lines = wrap(text, width, size, bold=bold, fonts=fonts)
    if len(lines) < 2:
        return lines
    low, high = width / len(lines), width
    while high - low > 1.0:
        middle = (low + high) / 2.0
        tried = wrap(text, middle, size, bold=bold, fonts=fonts)
        if len(tried) > len(lines):
            low = middle
        else:
            high, lines = middle, tried
    return lines


def shorten(
    text: str, width: float, size: float, *, bold: bool = False, fonts: FontFiles = OURS
) -> str:
    """Return the text, or as much of its beginning as fits with an ellipsis."""
    if width_of(text, size, bold=bold, fonts=fonts) <= width:
        return text
    end = len(text)
    while end and width_of(f"{text[:end].rstrip()}…", size, bold=bold, fonts=fonts) > width:
        end -= 1
    return f"{text[:end].rstrip()}…"
