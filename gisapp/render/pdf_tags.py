"""How a PDF is read: parts in their order, letters behind shaped ones, for search and speech.

Skia's Python marks what is drawn and knows one part alone; the tree of parts is put together
here, with pypdf.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    RectangleObject,
    StreamObject,
    TextStringObject,
)

from gisapp.render.chart import GROUP as CHART
from gisapp.render.chart import value_text
from gisapp.render.fonts import font_files, typeface
from gisapp.render.furniture import LEGEND
from gisapp.render.picture import BarChart
from gisapp.render.scene import Item, Scene, Words
from gisapp.render.subset import ligatures
from gisapp.render.table import GROUP as TABLE

_ORIGIN: Final = re.compile(rb"^1 0 0 -1 0 \d+ cm")
_MARK: Final = re.compile(rb"/Document <</MCID (\d+) ?>>BDC")
_FIRST_CODES: Final = re.compile(r"\d+ beginbf")
_CODE: Final = re.compile(r"^<([0-9A-F]+)> <([0-9A-F]+)>$", re.MULTILINE)
_CODES: Final = re.compile(r"^<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]+)>$", re.MULTILINE)
#: Signs that are forms of others: radicals, compatibility signs, ligatures, Arabic forms.
_FORM: Final = re.compile("[\u2f00-\u2fdf\uf900-\ufb4f\ufb50-\ufdff\ufe70-\ufeff]")
_NO_LETTER: Final = re.compile("[\0\ue000-\uf8ff]")
#: What is read first, whatever is drawn first.
_READ_FIRST: Final = ("title", "subtitle", "map", "chart")
#: How a table names its cells: row, column.
_CELL: Final = re.compile(r"(Heading|Row \d+), ")


@dataclass
class Part:
    """What is read as one: a heading, a figure, a table with its rows; its marks by number."""

    tag: str
    alt: str = ""
    title: str = ""
    marks: list[int] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    @property
    def in_order(self) -> Iterator[Part]:
        """The parts of it in the order in which they are read."""
        first = [name for name in _READ_FIRST if name in self.parts]
        for name in (*first, *(name for name in self.parts if name not in _READ_FIRST)):
            yield self.parts[name]


#: Names of parts with what they are where they are new, from the outermost inwards.
Place: TypeAlias = tuple[tuple[str, Part], ...]


class Reading(Part):
    """A page as it is read; `texts` has the text of each mark, "" for shapes."""

    def __init__(self, title: str) -> None:
        super().__init__("/Sect", title=title)
        self.texts: list[str] = []

    def add(self, place: Place, text: str) -> None:
        """Count a mark for the part at that place."""
        part: Part = self
        for name, new in place:
            part = part.parts.setdefault(name, new)
        part.marks.append(len(self.texts))
        self.texts.append(text)


def place_of(item: Item, scene: Scene) -> Place:
    """Return where an item is read; nowhere for what adorns."""
    if item.group == CHART and scene.chart is not None:
        return (("chart", Part("/Figure", _spoken(scene.chart))),)
    if isinstance(item, Words) and item.purpose not in ("label", "scale"):
        cell = _CELL.match(item.name)
        if item.group == TABLE and cell is not None:
            tag = "/TH" if cell[1] == "Heading" else "/TD"
            return ("table", Part("/Table")), (cell[1], Part("/TR")), (item.name, Part(tag))
        tag = {"title": "/H1", "subtitle": "/H2"}.get(item.purpose, "/P")
        return ((item.purpose if tag != "/P" else f"{item.group}: {item.name}", Part(tag)),)
    if item.group in (LEGEND, TABLE) or not scene.map_box.w:
        return ()
    return (("map", Part("/Figure", scene.alt)),)


def _spoken(chart: BarChart) -> str:
    bars = (f"{bar.label} {value_text(bar, chart.unit)}" for bar in chart.bars)
    return f"{chart.title}. {chart.subtitle}: {'; '.join(bars)}."


def tag(writer: PdfWriter, scenes: Sequence[Scene], readings: Sequence[Reading]) -> None:
    """Write what is read, part by part, in place of the one part that skia knows."""
    tree: Any = writer.root_object["/StructTreeRoot"].get_object()
    document = _element(writer, tree.indirect_reference, None, Part("/Document"))
    owners = ArrayObject()
    joined = _joined_letters(scenes)
    for number, (scene, reading) in enumerate(zip(scenes, readings, strict=True)):
        page = writer.pages[number]
        page.mediabox = RectangleObject((0.0, 0.0, scene.width, scene.height))
        content: Any = page["/Contents"].get_object()
        _rewrite(content, scene, reading.texts)
        for font in _fonts(page):
            _spell(font, joined.get(str(font.get("/BaseFont", "")).partition("+")[2], {}))
        owner: dict[int, IndirectObject] = {}
        _kids(document).append(_branch(writer, document, page, reading, owner))
        by_mark = ArrayObject(owner[mark] for mark in sorted(owner))
        owners += [NumberObject(page.get("/StructParents", number)), _numbered(writer, by_mark)]
    tree[NameObject("/K")] = document
    tree[NameObject("/ParentTree")] = _numbered(
        writer, DictionaryObject({NameObject("/Nums"): owners})
    )


def _branch(
    writer: PdfWriter,
    parent: IndirectObject,
    page: Any,
    part: Part,
    owner: dict[int, IndirectObject],
) -> IndirectObject:
    """Write a part with all that is in it; `owner` takes the element of each mark."""
    element = _element(writer, parent, page, part)
    owner |= dict.fromkeys(part.marks, element)
    for inner in part.in_order:
        _kids(element).append(_branch(writer, element, page, inner, owner))
    return element


def _numbered(writer: PdfWriter, found: ArrayObject | DictionaryObject) -> IndirectObject:
    return writer._add_object(found)  # noqa: SLF001 - pypdf's way to number an object


def _element(writer: PdfWriter, parent: Any, page: Any, part: Part) -> IndirectObject:
    element = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/StructElem"),
            NameObject("/S"): NameObject(part.tag),
            NameObject("/P"): parent,
            NameObject("/K"): ArrayObject(map(NumberObject, part.marks)),
        }
    )
    if page is not None:
        element[NameObject("/Pg")] = page.indirect_reference
    if part.tag == "/TH":
        scope = {
            NameObject("/O"): NameObject("/Table"),
            NameObject("/Scope"): NameObject("/Column"),
        }
        element[NameObject("/A")] = DictionaryObject(scope)
    for key, text in (("/Alt", part.alt), ("/T", part.title)):
        if text:
            element[NameObject(key)] = TextStringObject(text)
    return _numbered(writer, element)


def _kids(element: IndirectObject) -> Any:
    """Return the list of what stands in an element."""
    found: Any = element.get_object()
    return found["/K"]


def _joined_letters(scenes: Sequence[Scene]) -> dict[str, dict[int, str]]:
    """Return what the ligatures of the scenes' own fonts stand for, by the fonts' names."""
    fonts = {font_files(scene.theme) for scene in scenes}
    faces = (typeface(each, bold=bold) for each in fonts for bold in (False, True))
    return {str(face.getPostScriptName()): ligatures(face) for face in faces}


def _fonts(page: Any) -> list[DictionaryObject]:
    fonts = page["/Resources"].get("/Font", DictionaryObject())
    return [each.get_object() for each in fonts.values()]


def _runs_leftward(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


def _spell(font: DictionaryObject, joined: dict[int, str]) -> None:
    """Say of forms of letters which letters they are: of a ligature "fi", of an Arabic ending.

    Parameters
    ----------
    joined
        Letters by glyph of the ligatures that are no characters of their own ("ti").
    """
    if "/ToUnicode" not in font:
        return
    table: Any = font["/ToUnicode"].get_object()
    written = table.get_data().decode()
    head, tail = _FIRST_CODES.split(written, maxsplit=1)[0], "endcmap" + written.split("endcmap")[1]
    codes = {code: bytes.fromhex(text) for code, text in _CODE.findall(written)}
    for first, last, text in _CODES.findall(written):
        for step in range(int(last, 16) - int(first, 16) + 1):
            code = f"{int(first, 16) + step:0{len(first)}X}"
            codes[code] = (int(text, 16) + step).to_bytes(len(text) // 2, "big")
    for glyph, letters in joined.items():
        code = f"{glyph:04X}"
        if _NO_LETTER.fullmatch(codes.get(code, b"\0\0").decode("utf-16-be", "replace")):
            codes[code] = letters.encode("utf-16-be")
    lines = [f"<{code}> <{_plainly(text).hex().upper()}>" for code, text in sorted(codes.items())]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]  # the most allowed
    body = "".join(
        f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar\n" for block in blocks
    )
    table.set_data(f"{head}{body}{tail}".encode())


def _plainly(text: bytes) -> bytes:
    typed = text.decode("utf-16-be", "replace")
    if not _FORM.fullmatch(typed):
        return text
    plain = unicodedata.normalize("NFKC", typed)
    # two letters of a script that runs leftward would be turned around by readers
    joined = len(plain) > 1 and _runs_leftward(plain[0])
    return text if joined else plain.encode("utf-16-be")


def _rewrite(content: StreamObject, scene: Scene, texts: Sequence[str]) -> None:
    """Put a page at its top, and give every mark its text.

    Letters that are joined or shaped are found as they were typed.
    """

    def named(found: re.Match[bytes]) -> bytes:
        text = texts[int(found[1])]
        if not text or any(map(_runs_leftward, text)):
            # what stands from right to left is found by its glyphs: readers turn them around
            return b"/Span <</MCID %s>>BDC" % found[1]
        typed = b"FEFF" + text.encode("utf-16-be").hex().upper().encode()
        return b"/Span <</MCID %s/ActualText<%s>>>BDC" % (found[1], typed)

    drawn, count = _MARK.subn(named, content.get_data())
    if count != len(texts):
        raise RuntimeError(f"{count} marks on a page that has {len(texts)} things to read")
    content.set_data(_ORIGIN.sub(b"1 0 0 -1 0 %.4f cm" % scene.height, drawn, count=1))
