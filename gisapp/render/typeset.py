"""Lines of text shaped for skia: any script, letters joined, right to left where it runs so."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import skia

from gisapp.render.fonts import FontFiles, font_files, reads_leftward, typeface
from gisapp.render.picture import Theme
from gisapp.render.scene import Scene, Words, plain

#: Families that hold what ours lack, in the order in which a character is looked up.
OTHER_SCRIPTS: Final = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans", "WenQuanYi Micro Hei", "Noto Sans Arabic", "Noto Sans Hebrew",
    "Noto Sans Devanagari", "Noto Sans Thai", "DejaVu Sans",
)  # fmt: skip
#: What the theme's own fonts are called among the others.
HOME: Final = "Ours"
_NEVER_WRAPPED: Final = 1e6
_OUTLINE: Final = re.compile(r'\bd="([^"]*)"')
_STEP: Final = re.compile(r"([MLQCZ])([^A-Za-z]*)")
_NUMBER: Final = re.compile(r"[-\d.]+")
#: How skia writes a path, with how many numbers each.
_VERBS: Final = {
    "M": ("moveTo", 2),
    "L": ("lineTo", 2),
    "Q": ("quadTo", 4),
    "C": ("cubicTo", 6),
    "Z": ("close", 0),
}
_UNSEEN: Final = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")
#: Drawn as the other hyphen where a font has that one alone.
_FIXED_HYPHEN: Final = "\u2011"
_STYLES: Final = (skia.FontStyle.Normal(), skia.FontStyle.Bold())


@dataclass(frozen=True)
class SetLine:
    """A line of text ready to be drawn; its width in points."""

    paragraph: Any
    width: float

    def left(self, x: float, align: str) -> float:
        """Return where the line begins that stands left of, around or right of `x`."""
        return x - self.width * {"left": 0.0, "center": 0.5, "right": 1.0}[align]

    def draw(self, canvas: Any, x: float, baseline: float, align: str) -> None:
        """Draw the line with its baseline at a height."""
        top = baseline - self.paragraph.AlphabeticBaseline
        self.paragraph.paint(canvas, self.left(x, align), top)

    def outline(self) -> Any:
        """Return the line's shape as a path that begins at (0, 0) on the baseline."""
        # a paragraph tells its glyphs to a canvas alone
        stream = skia.DynamicMemoryWStream()
        flags = skia.SVGCanvas.kConvertTextToPaths_Flag | skia.SVGCanvas.kNoPrettyXML_Flag
        high = 2.0 * self.paragraph.Height
        canvas = skia.SVGCanvas.Make(skia.Rect.MakeWH(self.width + high, high), stream, flags)
        self.paragraph.paint(canvas, 0.0, 0.0)
        del canvas  # which writes the end of its file
        path = skia.Path()
        for shape in _OUTLINE.findall(bytes(stream.detachAsData()).decode()):
            path.addPath(_parsed(shape))
        path.offset(0.0, -self.paragraph.AlphabeticBaseline)
        return path


def _parsed(shape: str) -> Any:
    path = skia.Path()
    for verb, written in _STEP.findall(shape):
        numbers = [float(number) for number in _NUMBER.findall(written)]
        name, size = _VERBS[verb]
        for start in range(0, max(len(numbers), 1), max(size, 1)):
            getattr(path, name)(*numbers[start : start + size])
    return path


class Typesetter:
    """Sets lines in the fonts of a theme, and in others what these lack."""

    def __init__(self, fonts: FontFiles) -> None:
        self._provider = skia.textlayout.TypefaceFontProvider()
        self._ours = fonts
        self._faces: dict[str, tuple[Any, Any]] = {}  # by family: regular, bold
        self._homes: dict[str, str | None] = {}
        self._add(HOME, (typeface(fonts), typeface(fonts, bold=True)))
        self._collection = skia.textlayout.FontCollection()
        self._collection.setDefaultFontManager(self._provider)
        self._unicode = skia.Unicodes.ICU.Make()

    @cached_property
    def _system(self) -> Any:
        # asked only when our fonts lack a character: it reads every font's name of this computer
        system = skia.FontMgr()
        for family in OTHER_SCRIPTS:
            faces = [system.matchFamilyStyle(family, style) for style in _STYLES]
            if all(face is not None and face.getFamilyName() == family for face in faces):
                self._add(family, (faces[0], faces[1]))
        return system

    def _add(self, family: str, faces: tuple[Any, Any]) -> None:
        self._faces[family] = faces
        for face in faces:
            self._provider.registerTypeface(face, skia.String(family))

    def face(self, home: str, *, bold: bool = False) -> tuple[str, Any]:
        """Return the name and the face (`skia.Typeface`) of what `home_of` named."""
        face = self._faces[home][bold]
        return self._ours.family if home == HOME else str(face.getFamilyName()), face

    def home_of(self, char: str) -> str | None:
        """Return the family that a character is drawn with, None where no font has it."""
        if char not in self._homes:
            self._homes[char] = self._found(char)
        return self._homes[char]

    def _found(self, char: str) -> str | None:
        if self._faces[HOME][0].unicharToGlyph(ord(char)):
            return HOME
        kind = unicodedata.category(char)
        if char == _FIXED_HYPHEN or (kind in _UNSEEN and kind != "Zs"):
            return HOME
        system = self._system
        for family in OTHER_SCRIPTS:
            if family in self._faces and self._faces[family][0].unicharToGlyph(ord(char)):
                return family
        face = system.matchFamilyStyleCharacter("", _STYLES[0], [], ord(char))
        if face is None or not face.unicharToGlyph(ord(char)):
            return HOME if kind == "Zs" else None
        # under a name of its own, so that what was drawn before has no say in it
        family = f"For {ord(char):x}"
        self._add(family, (face, face))
        return family

    def shows(self, text: str) -> bool:
        """Return whether anything of a text is to be seen."""
        return any(unicodedata.category(char) not in _UNSEEN for char in text)

    def line(self, text: str, size: float, *, bold: bool = False, paint: Any = None) -> SetLine:
        """Return a line of text shaped at a font size in points.

        Parameters
        ----------
        paint
            The `skia.Paint` that fills or strokes the letters; None fills them black.
        """
        text = plain(text).replace("\t", " ")
        look = skia.textlayout.TextStyle()
        homes = {self.home_of(char) or HOME for char in text} - {HOME}
        # in the order of the list, then those of single characters
        listed = [family for family in OTHER_SCRIPTS if family in homes]
        named = [HOME, *listed, *sorted(homes.difference(listed))]
        look.setFontFamilies([skia.String(family) for family in named])
        look.setFontSize(size)
        look.setFontStyle(_STYLES[bold])
        look.setForegroundPaint(paint or skia.Paint(AntiAlias=True))
        builder = skia.textlayout.ParagraphBuilder.make(
            skia.textlayout.ParagraphStyle(), self._collection, self._unicode
        )
        builder.pushStyle(look)
        # a paragraph begins at the left: one of another script is isolated as a whole
        builder.addText(f"\u2067{text}\u2069" if reads_leftward(text) else text)
        paragraph = builder.Build()
        paragraph.layout(_NEVER_WRAPPED)
        return SetLine(paragraph, float(paragraph.LongestLine))


class _Setters(threading.local):
    """Typesetters of one thread: skia's collections of fonts are not to be shared."""

    def __init__(self) -> None:
        self.made: dict[FontFiles, Typesetter] = {}


_SETTERS: Final = _Setters()


def typesetter(theme: Theme) -> Typesetter:
    """Return what sets the lines of a theme's pages, for the thread that asks."""
    fonts = font_files(theme)
    if fonts not in _SETTERS.made:
        _SETTERS.made[fonts] = Typesetter(fonts)
    return _SETTERS.made[fonts]


def missing_characters(scene: Scene) -> str:
    """Return the characters of a scene that no font of this computer has, each once."""
    setter = typesetter(scene.theme)
    texts = (item.text for item in scene.items if isinstance(item, Words))
    return "".join(sorted({char for text in texts for char in text if not setter.home_of(char)}))
