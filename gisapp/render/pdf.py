"""Scenes to one PDF: vectors, embedded fonts, text that is found, read aloud and led through.

Skia draws the pages. Bookmarks, links, the order of reading and the texts behind shaped letters
are added with pypdf: skia's Python has no hands for them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from math import ceil
from pathlib import Path
from typing import Any, Final

import skia
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import BooleanObject, DictionaryObject, Fit, NameObject, TextStringObject

from gisapp import __version__
from gisapp.model.feedback import Feedback
from gisapp.render.fonts import LINE_HEIGHT
from gisapp.render.paint import argb, paint_items
from gisapp.render.pdf_tags import Reading, place_of, tag
from gisapp.render.scene import LINEAGE_KEY, Item, Scene, Words
from gisapp.render.typeset import typesetter

_MARKED: Final = 1
_UNMARKED: Final = 0
_DOT: Final = skia.Rect.MakeWH(0.001, 0.001)


def write_pdf(scenes: Sequence[Scene], path: Path, *, feedback: Feedback | None = None) -> None:
    """Write scenes as a PDF of one page each; the first one tells title, day and lineage."""
    feedback = feedback or Feedback()
    stream, whole = skia.DynamicMemoryWStream(), skia.PDF.StructureElementNode()
    whole.fTypeString, whole.fNodeId = "Document", _MARKED
    facts = skia.PDF.Metadata()
    facts.fStructureElementTreeRoot = whole
    document = skia.PDF.MakeDocument(stream, facts)
    readings = []
    try:
        for number, scene in enumerate(scenes):
            begun, ended = (0.8 * done / len(scenes) for done in (number, number + 1))
            page = feedback.part(begun, ended, f"Drawing page {number + 1} of {len(scenes)}")
            # skia's pages are of whole points: a little more is drawn and cut
            canvas = document.beginPage(ceil(scene.width), ceil(scene.height))
            canvas.drawColor(argb(scene.paper))
            readings.append(_drawn(canvas, scene, page))
            document.endPage()
    except BaseException:
        document.abort()  # else it would write its end when what it writes to is gone
        raise
    document.close()
    feedback.check(0.9, "Writing the PDF")
    writer = PdfWriter(clone_from=io.BytesIO(bytes(stream.detachAsData())))
    _describe(writer, scenes)
    _lead(writer, scenes)
    tag(writer, scenes, readings)
    packed = io.BytesIO()
    writer.pdf_header = "%PDF-1.7"
    writer.write(packed)
    path.write_bytes(packed.getvalue())


def _drawn(canvas: Any, scene: Scene, feedback: Feedback) -> Reading:
    """Draw a page's items, each run of one part under a mark of its own; return what is read."""
    reading, setter = Reading(scene.title), typesetter(scene.theme)
    before: tuple[str, ...] = ()
    for number, item in enumerate(_line_by_line(scene.items)):
        if number % 32 == 0:
            feedback.check(min(number / (len(scene.items) + 1), 1.0))
        place = place_of(item, scene)
        text = item.text if isinstance(item, Words) else ""
        names = tuple(name for name, _ in place)
        if not place or (isinstance(item, Words) and not setter.shows(text)):
            skia.PDF.SetNodeId(canvas, _UNMARKED)
            names = ()
        elif text or names != before:
            # a mark begins and ends at what is drawn: a dot nobody sees sets each apart, and
            # another makes sure that it is there
            for node in (_UNMARKED, _MARKED):
                skia.PDF.SetNodeId(canvas, node)
                canvas.drawRect(_DOT, skia.Paint(Color=argb(scene.paper)))
            reading.add(place, text)
        paint_items(canvas, scene, [item], outlines=True)
        before = () if text else names
    skia.PDF.SetNodeId(canvas, _UNMARKED)
    return reading


def _line_by_line(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        if not isinstance(item, Words):
            yield item
            continue
        for number, line in enumerate(item.lines):
            yield replace(item, y=item.y + item.size * LINE_HEIGHT * number, lines=(line,))


def _describe(writer: PdfWriter, scenes: Sequence[Scene]) -> None:
    first = scenes[0]
    facts = {
        "/Title": first.title,
        "/Subject": first.alt,
        "/Creator": f"gisapp {__version__}",
        "/Producer": "Skia, pypdf",
        "/Keywords": "; ".join(f"{name}: {value}" for name, value in first.lineage),
        f"/{LINEAGE_KEY}": json.dumps(first.lineage, ensure_ascii=False) if first.lineage else "",
    }
    if first.as_of is not None:
        day = datetime.combine(first.as_of, time(), UTC)
        facts["/CreationDate"] = f"D:{day:%Y%m%d%H%M%S}Z"
    writer.metadata = None
    writer.add_metadata({name: value for name, value in facts.items() if value})
    writer.root_object[NameObject("/Lang")] = TextStringObject("en-GB")
    shown = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    writer.root_object[NameObject("/ViewerPreferences")] = shown


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
