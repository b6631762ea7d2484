"""Scenes to an editable presentation: native shapes in named groups, charts and tables."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Emu, Pt

from gisapp.model.feedback import Feedback
from gisapp.render.chart import GROUP as CHART_GROUP
from gisapp.render.drawingml import Writer
from gisapp.render.fonts import LINE_HEIGHT
from gisapp.render.furniture import LEGEND
from gisapp.render.scene import Item, Mark, Scene, Words
from gisapp.render.slide_base import EMU_PER_POINT, Placement, Ties
from gisapp.render.slide_chart import add_chart, chart_words, lines_below
from gisapp.render.slide_color import Colors, slots_of
from gisapp.render.slide_fit import slide_scenes
from gisapp.render.slide_package import described, packed
from gisapp.render.slide_picture import lightened
from gisapp.render.slide_places import filled, is_title, own_layout
from gisapp.render.slide_table import add_table, table_words
from gisapp.render.slide_template import open_template, theme_slots, type_factor
from gisapp.render.table import GROUP as TABLE_GROUP

__all__ = ["slide_scenes", "write_pptx"]

_LARGE: Final = 8.0  # points: a symbol of this size hides what lies below
#: What is read in which order: the title before the map, what explains it after it.
_READ: Final = ("Title", "", "Scale bar", LEGEND, CHART_GROUP, TABLE_GROUP, "Footer")
#: What the words around a native chart or table are called.
_TEXTS: Final = {CHART_GROUP: "Chart texts", TABLE_GROUP: "Table texts"}


def write_pptx(
    scenes: Sequence[Scene], path: Path, *, feedback: Feedback | None = None
) -> tuple[str, ...]:
    """Write scenes as a presentation, a slide each; the first one's frame names the template.

    Of a template the master, theme, layouts and slide size are used; its own slides are left
    out. Scenes that `slide_fit.slide_scenes` made stand in its free area, with their texts in
    its placeholders; others are scaled to its size. Without a template the slides have the
    page's size and our colours.

    Returns
    -------
    tuple of str
        What the slides hold as a picture instead of shapes, one sentence each.

    Raises
    ------
    GisappError
        `unreadable_template` and others of `slide_template.open_template`.
    """
    feedback = feedback or Feedback()
    chosen = scenes[0].spec.template
    deck = _own_deck(scenes[0]) if chosen is None else open_template(chosen)
    slots = slots_of(scenes[0].theme) if chosen is None else theme_slots(deck)
    layouts = list(deck.slide_layouts)
    slides = [
        deck.slides.add_slide(layouts[scene.fitted.layout if scene.fitted else own_layout(deck)])
        for scene in scenes
    ]
    maker = _Maker(deck, slides)
    written: dict[str, bytes] = {}
    notices: list[str] = []
    for number, whole in enumerate(scenes):
        begun, ended = (0.9 * n / len(scenes) for n in (number, number + 1))
        within = feedback.part(begun, ended, f"Slide {number + 1} of {len(scenes)}")
        scene, said = lightened(whole, within)
        notices += said
        # a presentation has one theme: pages of another take its colours
        is_own = chosen is None and scene.theme == scenes[0].theme
        maker.fill(number, scene, Colors(scene.theme, None if is_own else slots), within)
        # as a tree of elements a slide takes some fifteen times what it takes as text
        part = slides[number].part
        written[part.partname] = part.blob
        slides[number].shapes._spTree.clear()  # noqa: SLF001
    described(deck, scenes)
    feedback.check(0.95, "Writing the slides")
    theme = scenes[0].theme if chosen is None else None
    path.write_bytes(packed(deck, theme, scenes[0].as_of, written))
    return tuple(dict.fromkeys(notices))


class _Maker:
    """Fills the slides of a presentation."""

    def __init__(self, deck: Any, slides: Sequence[Any]) -> None:
        self._deck = deck
        self._slides = slides
        self._drawings: dict[str, Any] = {}

    def fill(self, number: int, scene: Scene, colors: Colors, feedback: Feedback) -> None:
        """Put a scene on the slide of a number, from 0."""
        slide, at = self._slides[number], self._placement(scene)
        places = filled(slide, scene, at, number + 1)
        native = {}
        if scene.chart is not None and scene.chart_box is not None:
            native[CHART_GROUP] = add_chart(slide, scene, at, colors, places.get("chart", ""))
        if scene.table is not None and scene.table_box is not None:
            native[TABLE_GROUP] = add_table(slide, scene, at, colors, places.get("table", ""))
        tree = slide.shapes._spTree  # noqa: SLF001 - the shapes are written as XML
        first = max(int(i) for i in tree.xpath("//p:cNvPr/@id")) + 1
        ties = self._ties(slide, places.get("number", ""))
        taken = tree.xpath("//p:cNvPr/@name")
        writer = Writer(at, colors, ties, first_id=first, taken=taken)
        groups = _groups(scene)
        for done, (group, items) in enumerate(groups.items()):
            feedback.check(done / len(groups))
            if group == CHART_GROUP:  # the chart's values stand over the line of the limit
                _add(tree, writer.group("Limit", lines_below(scene)))
            if group in native:  # its words stand over it
                tree.append(native.pop(group))
            _add(tree, writer.group(_TEXTS.get(group, group), items))
        tree.extend(native.values())
        slide.notes_slide.notes_text_frame.text = scene.notes

    def _ties(self, slide: Any, number: str) -> Ties:
        def page(target: int) -> str:
            if not 1 <= target <= len(self._slides):
                return ""
            return str(slide.part.relate_to(self._slides[target - 1].part, RELATIONSHIP_TYPE.SLIDE))

        def data(content: bytes) -> str:
            return str(slide.part.relate_to(self._drawing(content), RELATIONSHIP_TYPE.IMAGE))

        return Ties(page, data, number)

    def _drawing(self, content: bytes) -> Any:
        """Return the part of a picture, one for all slides."""
        key = hashlib.sha256(content).hexdigest()
        if key not in self._drawings:
            kind = "png" if content.startswith(b"\x89PNG") else "svg"
            name = PackURI(f"/ppt/media/gisapp{len(self._drawings) + 1}.{kind}")
            content_type = "image/png" if kind == "png" else "image/svg+xml"
            self._drawings[key] = Part(name, content_type, self._deck.part.package, content)
        return self._drawings[key]

    def _placement(self, scene: Scene) -> Placement:
        if scene.fitted is not None:
            at = scene.fitted.x, scene.fitted.y
            return Placement(1.0, *at, type_factor(self._deck), scene.width)
        wide = self._deck.slide_width / EMU_PER_POINT
        high = self._deck.slide_height / EMU_PER_POINT
        factor = min(wide / scene.width, high / scene.height)
        return Placement(
            factor,
            (wide - scene.width * factor) / 2.0,
            (high - scene.height * factor) / 2.0,
            wide=scene.width,
        )


def _add(tree: Any, xml: str) -> None:
    if xml:
        tree.append(parse_xml(xml))


def _own_deck(scene: Scene) -> Any:
    """Return an empty presentation of a scene's size, its placeholders moved along."""
    deck: Any = Presentation()
    wide, high = (round(side * EMU_PER_POINT) for side in (scene.width, scene.height))
    across, down = wide / deck.slide_width, high / deck.slide_height
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            shape.left, shape.width = round(shape.left * across), round(shape.width * across)
            shape.top, shape.height = round(shape.top * down), round(shape.height * down)
    deck.slide_width, deck.slide_height = Emu(wide), Emu(high)
    size = deck.part._element.sldSz  # noqa: SLF001 - the size is no longer that of a screen
    if "type" in size.attrib:
        del size.attrib["type"]
    _styled(deck, scene)
    return deck


def _styled(deck: Any, scene: Scene) -> None:
    """Let the master's titles look like ours: slides that are added later go with the others."""
    words = next((each for each in scene.items if is_title(each)), None)
    style = deck.slide_master._element.find("{*}txStyles/{*}titleStyle/{*}lvl1pPr")  # noqa: SLF001
    style.set("algn", "l")
    look = style.find("{*}defRPr")
    look.set("sz", str(round((words.size if isinstance(words, Words) else 28.0) * 100)))
    look.set("b", "1")
    if not isinstance(words, Words):
        return
    high = 2 * words.size * LINE_HEIGHT
    margin = min(words.x, scene.width - words.x)  # a title of leftward letters hangs from the right
    for holder in (deck.slide_master, deck.slide_layouts[own_layout(deck)]):
        title = next(p for p in holder.placeholders if p.placeholder_format.idx == 0)
        title.left, title.top = Pt(margin), Pt(words.y)
        title.width, title.height = Pt(scene.width - 2.0 * margin), Pt(high)
        body = title._element.txBody.bodyPr  # noqa: SLF001 - read as XML, like the style
        for side in ("lIns", "tIns", "rIns", "bIns"):
            body.set(side, "0")
        body.set("anchor", "t")


def _groups(scene: Scene) -> dict[str, list[Item]]:
    """Return what becomes a shape by group, in the order of reading.

    A page draws large symbols below small ones of every layer; a slide, whose groups are layers,
    keeps to that with a group of large symbols for each layer below the others.
    """
    found: dict[str, list[Item]] = {}
    native = {CHART_GROUP} if scene.chart_box else set()
    native |= {TABLE_GROUP} if scene.table and scene.table_box else set()
    kept = [item for item in scene.items if item.group not in native and not _is_elsewhere(item)]
    mixed = {item.group for item in kept if _is_site(item) and not _is_large(item)}
    for are_sites, run in groupby(kept, _is_site):
        listed = list(run)
        for item in listed if are_sites else ():
            if _is_large(item):
                large = f"{item.group} (large)" if item.group in mixed else item.group
                found.setdefault(large, []).append(item)
        for item in listed:
            if not are_sites or not _is_large(item):
                found.setdefault(item.group, []).append(item)
    if CHART_GROUP in native:
        found[CHART_GROUP] = chart_words(scene)
    if TABLE_GROUP in native:
        found[TABLE_GROUP] = table_words(scene)
    for items in found.values():
        items.sort(key=lambda each: isinstance(each, Words) and each.purpose == "sources")
    return {group: found[group] for group in sorted(found, key=_turn)}


def _turn(group: str) -> int:
    return _READ.index(group if group in _READ else "")


def _is_elsewhere(item: Item) -> bool:
    """Return whether the slide has an item as its ground or title."""
    return item.group == "Background" or is_title(item)


def _is_site(item: Item) -> bool:
    return isinstance(item, Mark) and item.group != LEGEND


def _is_large(item: Item) -> bool:
    if not isinstance(item, Mark):
        return False
    return item.symbol.opacity == 1.0 and item.symbol.size > _LARGE
