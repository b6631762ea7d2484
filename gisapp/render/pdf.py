"""Scenes to one PDF: vectors, embedded fonts, text that is found, read aloud and led through.

Skia draws the pages. Bookmarks, links, the order of reading and the texts behind shaped letters
are added with pypdf: skia's Python has no hands for them.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from math import ceil
from pathlib import Path
from typing import Any, Final

import skia
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    Fit,
    IndirectObject,
    NameObject,
    NumberObject,
    RectangleObject,
    StreamObject,
    TextStringObject,
)

from gisapp import __version__
from gisapp.model.feedback import Feedback
from gisapp.render.chart import GROUP as CHART
from gisapp.render.chart import value_text
from gisapp.render.fonts import LINE_HEIGHT, font_files, typeface
from gisapp.render.furniture import LEGEND
from gisapp.render.paint import argb, paint_items
from gisapp.render.picture import BarChart
from gisapp.render.scene import Item, Scene, Words
from gisapp.render.subset import ligatures
from gisapp.render.table import GROUP as TABLE
from gisapp.render.typeset import typesetter

#: The key of a document's information that holds its lineage, as JSON.
LINEAGE_KEY: Final = "/Lineage"
_MARKED: Final = 1
_UNMARKED: Final = 0
_DOT: Final = skia.Rect.MakeWH(0.001, 0.001)
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


@dataclass
class _Part:
    """What is read as one: a heading, a paragraph, a figure; its marks are counted by the page."""

    tag: str
    alt: str = ""
    title: str = ""
    marks: list[int] = field(default_factory=list)


@dataclass
class _Reading:
    """A page as it is read: its parts by name, and the text of each mark ("" for shapes)."""

    parts: dict[str, _Part] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def add(self, name: str, part: _Part, text: str) -> None:
        """Count a mark for the part of that name, which is new where there is none yet."""
        self.parts.setdefault(name, part).marks.append(len(self.texts))
        self.texts.append(text)

    @property
    def in_order(self) -> list[_Part]:
        """The parts in the order in which they are read."""
        names = sorted(
            self.parts,
            key=lambda name: _READ_FIRST.index(name) if name in _READ_FIRST else len(_READ_FIRST),
        )
        return [self.parts[name] for name in names]


def write_pdf(scenes: Sequence[Scene], path: Path, *, feedback: Feedback | None = None) -> None:
    """Write scenes as a PDF of one page each; the first one tells title, day and lineage."""
    feedback = feedback or Feedback()
    stream, whole = skia.DynamicMemoryWStream(), skia.PDF.StructureElementNode()
    whole.fTypeString, whole.fNodeId = "Document", _MARKED
    facts = skia.PDF.Metadata()
    facts.fStructureElementTreeRoot = whole
    document = skia.PDF.MakeDocument(stream, facts)
    readings = []
    for number, scene in enumerate(scenes):
        feedback.check(0.8 * number / len(scenes), f"Drawing page {number + 1} of {len(scenes)}")
        # skia's pages are of whole points: a little more is drawn and cut
        canvas = document.beginPage(ceil(scene.width), ceil(scene.height))
        canvas.drawColor(argb(scene.paper))
        readings.append(_drawn(canvas, scene, feedback))
        document.endPage()
    document.close()
    feedback.check(0.9, "Writing the PDF")
    writer = PdfWriter(clone_from=io.BytesIO(bytes(stream.detachAsData())))
    _describe(writer, scenes)
    _lead(writer, scenes)
    _tag(writer, scenes, readings)
    joined = _joined_letters(scenes)
    for page in writer.pages:
        for font in _fonts(page):
            _spell(font, joined.get(str(font.get("/BaseFont", "")).partition("+")[2], {}))
    packed = io.BytesIO()
    writer.write(packed)
    path.write_bytes(packed.getvalue())


def _drawn(canvas: Any, scene: Scene, feedback: Feedback) -> _Reading:
    """Draw a page's items, each run of one part under a mark of its own; return what is read."""
    reading, setter = _Reading(), typesetter(scene.theme)
    before = ""
    for item in _line_by_line(scene.items):
        name, part = _part_of(item, scene)
        text = item.text if isinstance(item, Words) else ""
        seen = part is not None and (not text or setter.shows(text))
        if not seen or part is None:
            skia.PDF.SetNodeId(canvas, _UNMARKED)
            name = ""
        elif text or name != before:
            # a mark begins and ends at what is drawn: a dot nobody sees sets each apart, and
            # another makes sure that it is there
            for node in (_UNMARKED, _MARKED):
                skia.PDF.SetNodeId(canvas, node)
                canvas.drawRect(_DOT, skia.Paint(Color=argb(scene.paper)))
            reading.add(name, part, text)
            name = "" if text else name
        paint_items(canvas, scene, [item], outlines=True, feedback=feedback)
        before = name
    skia.PDF.SetNodeId(canvas, _UNMARKED)
    return reading


def _line_by_line(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        if not isinstance(item, Words):
            yield item
            continue
        for number, line in enumerate(item.lines):
            yield replace(item, y=item.y + item.size * LINE_HEIGHT * number, lines=(line,))


def _part_of(item: Item, scene: Scene) -> tuple[str, _Part | None]:
    """Return the part that an item is read in with its name; None for what adorns."""
    if item.group == CHART and scene.chart is not None:
        return "chart", _Part("/Figure", _spoken(scene.chart))
    if isinstance(item, Words) and item.purpose not in ("label", "scale"):
        tag = {"title": "/H1", "subtitle": "/H2"}.get(item.purpose, "/P")
        name = item.purpose if tag != "/P" else f"{item.group}: {item.name}"
        return name, _Part(tag)
    if item.group in (LEGEND, TABLE) or not scene.map_box.w:
        return "", None
    return "map", _Part("/Figure", scene.alt)


def _spoken(chart: BarChart) -> str:
    bars = (f"{bar.label} {value_text(bar, chart.unit)}" for bar in chart.bars)
    return f"{chart.title}. {chart.subtitle}: {'; '.join(bars)}."


def _describe(writer: PdfWriter, scenes: Sequence[Scene]) -> None:
    first = scenes[0]
    facts = {
        "/Title": first.title,
        "/Subject": first.alt,
        "/Creator": f"gisapp {__version__}",
        "/Producer": "Skia, pypdf",
        "/Keywords": "; ".join(f"{name}: {value}" for name, value in first.lineage),
        LINEAGE_KEY: json.dumps(first.lineage, ensure_ascii=False) if first.lineage else "",
    }
    if first.as_of is not None:
        day = datetime.combine(first.as_of, time(), UTC)
        facts["/CreationDate"] = f"D:{day:%Y%m%d%H%M%S}Z"
    writer.metadata = None
    writer.add_metadata({name: value for name, value in facts.items() if value})
    writer.root_object[NameObject("/Lang")] = TextStringObject("en-GB")


def _lead(writer: PdfWriter, scenes: Sequence[Scene]) -> None:
    """Add a bookmark for each page of several, and the links from page to page."""
    if len(scenes) > 1:
        for number, scene in enumerate(scenes):
            title = scene.title or f"Page {number + 1}"
            writer.add_outline_item(title=title, page_number=number)
        writer.page_mode = "/UseOutlines"
    for number, scene in enumerate(scenes):
        for item in scene.items:
            if isinstance(item, Words) and item.link and item.link <= len(scenes):
                writer.add_annotation(number, _link(item, scene))


def _link(item: Words, scene: Scene) -> Link:
    setter = typesetter(scene.theme)
    lines = [setter.line(line, item.size, bold=item.bold) for line in item.lines]
    left = min(line.left(item.x, item.align) for line in lines)
    right = left + max([item.width, *(line.width for line in lines)])
    top = scene.height - item.y
    bottom = top - item.size * LINE_HEIGHT * len(lines)
    target = (item.link or 1) - 1
    return Link(rect=(left, bottom, right, top), target_page_index=target, fit=Fit.fit())


def _tag(writer: PdfWriter, scenes: Sequence[Scene], readings: Sequence[_Reading]) -> None:
    """Write what is read, part by part, in place of the one part that skia knows."""
    tree: Any = writer.root_object["/StructTreeRoot"].get_object()
    whole = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/StructElem"),
            NameObject("/S"): NameObject("/Document"),
            NameObject("/P"): tree.indirect_reference,
        }
    )
    document = writer._add_object(whole)  # noqa: SLF001 - pypdf's way to number an object
    chapters, owners = ArrayObject(), ArrayObject()
    for number, (scene, reading) in enumerate(zip(scenes, readings, strict=True)):
        page = writer.pages[number]
        page.mediabox = RectangleObject((0.0, 0.0, scene.width, scene.height))
        content: Any = page["/Contents"].get_object()
        _rewrite(content, scene, reading.texts)
        chapter = _element(writer, document, page, _Part("/Sect", title=scene.title))
        marked: dict[int, IndirectObject] = {}
        for part in reading.in_order:
            element = _element(writer, chapter, page, part)
            marked |= dict.fromkeys(part.marks, element)
            _kids(chapter).append(element)
        chapters.append(chapter)
        by_mark = ArrayObject(marked[mark] for mark in sorted(marked))
        owners += [NumberObject(page.get("/StructParents", number)), writer._add_object(by_mark)]  # noqa: SLF001
    whole[NameObject("/K")] = chapters
    tree[NameObject("/K")] = document
    parents = DictionaryObject({NameObject("/Nums"): owners})
    tree[NameObject("/ParentTree")] = writer._add_object(parents)  # noqa: SLF001


def _element(writer: PdfWriter, parent: IndirectObject, page: Any, part: _Part) -> IndirectObject:
    element = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/StructElem"),
            NameObject("/S"): NameObject(part.tag),
            NameObject("/P"): parent,
            NameObject("/Pg"): page.indirect_reference,
            NameObject("/K"): ArrayObject(map(NumberObject, part.marks)),
        }
    )
    for key, text in (("/Alt", part.alt), ("/T", part.title)):
        if text:
            element[NameObject(key)] = TextStringObject(text)
    return writer._add_object(element)  # noqa: SLF001


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
