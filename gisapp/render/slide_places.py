"""The placeholders of a slide: filled with a page's texts, or taken away."""

from __future__ import annotations

from typing import Any, Final

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_AUTO_SIZE, MSO_VERTICAL_ANCHOR
from pptx.oxml import parse_xml
from pptx.util import Emu, Pt

from gisapp.render.fonts import LINE_HEIGHT, wrap
from gisapp.render.scene import Item, Scene, Words, plain
from gisapp.render.slide_base import EMU_PER_POINT, INSET, NAMESPACES, Placement
from gisapp.render.slide_text import flowing, kept_lines, numbered

#: Placeholders that stand at the foot of every slide: a slide holds its own copy of them.
_AT_FOOT: Final = {
    PP_PLACEHOLDER.DATE: "date",
    PP_PLACEHOLDER.FOOTER: "footer",
    PP_PLACEHOLDER.SLIDE_NUMBER: "number",
}
_USUAL_SIZE: Final = 18.0


def own_layout(deck: Any) -> int:
    """Return the number of the layout with a title and the fewest other placeholders."""
    layouts = list(deck.slide_layouts)
    titled = [
        number
        for number, layout in enumerate(layouts)
        if any(p.placeholder_format.idx == 0 for p in layout.placeholders)
    ]
    return min(titled or range(len(layouts)), key=lambda n: len(layouts[n].placeholders))


def is_title(item: Item) -> bool:
    """Return whether an item is the page's title: a slide has a placeholder for it."""
    return isinstance(item, Words) and item.purpose == "title"


def filled(slide: Any, scene: Scene, at: Placement, number: int) -> dict[str, str]:
    """Fill the placeholders of a slide and take those away that stay empty.

    Parameters
    ----------
    number
        Of the slide, from 1.

    Returns
    -------
    dict
        The `p:ph` elements that charts, tables and page numbers of the scene fill, by purpose.
    """
    if scene.fitted is None:
        _title(slide, scene, at)
        return {"number": _at_foot(slide, "number")}
    given = {idx: (purpose, words) for idx, purpose, words in scene.fitted.places}
    ties = {}
    for holder in list(slide.placeholders):
        place = holder.element.xpath(".//p:ph")[0]
        purpose, words = given.get(holder.placeholder_format.idx, ("", ""))
        if purpose in ("chart", "table"):
            ties[purpose] = _place_xml(place)
        if words:
            _say(slide, holder, purpose, words)
        else:
            holder.element.getparent().remove(holder.element)
    for holder in slide.slide_layout.placeholders:
        kind = _AT_FOOT.get(holder.placeholder_format.type, "")
        if not kind:
            continue
        purpose, words = given.get(holder.placeholder_format.idx, (kind, ""))
        if kind == "footer" and not words and holder.has_text_frame:
            words = holder.text_frame.text
        if purpose == "number":
            words = str(number)
        if words:
            _copy_foot(slide, holder, purpose, words)
    return ties


def _place_xml(place: Any) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in place.attrib.items())
    return f"<p:ph{attributes}/>"


def _at_foot(slide: Any, purpose: str) -> str:
    for holder in slide.slide_layout.placeholders:
        if _AT_FOOT.get(holder.placeholder_format.type) == purpose:
            return _place_xml(holder.element.xpath(".//p:ph")[0])
    return ""


def _copy_foot(slide: Any, holder: Any, purpose: str, words: str) -> None:
    """Put a copy of a layout's footer, date or number on the slide."""
    tree = slide.shapes._spTree  # noqa: SLF001 - python-pptx makes none of these
    shape_id = max(int(i) for i in tree.xpath("//p:cNvPr/@id")) + 1
    look = '<a:rPr lang="en-GB" dirty="0"/>'
    run = numbered(words, look) if purpose == "number" else ""
    shape = parse_xml(
        f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="{shape_id}" name="{purpose.capitalize()}"/>'
        '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr>{_place_xml(holder.element.xpath('.//p:ph')[0])}</p:nvPr></p:nvSpPr><p:spPr/>"
        f"<p:txBody><a:bodyPr/><a:lstStyle/><a:p>{run}</a:p></p:txBody></p:sp>"
    )
    tree.append(shape)
    if purpose != "number":
        own = next(each for each in slide.placeholders if each.shape_id == shape_id)
        _say(slide, own, purpose, words)
    else:
        shape.nvSpPr.cNvPr.set("descr", f"Slide {words}")


def _say(slide: Any, holder: Any, purpose: str, words: str) -> None:
    """Write words into a placeholder in its own look, smaller where they would not fit it."""
    frame = holder.text_frame
    frame.text = plain(words)
    holder.name = purpose.capitalize()
    holder.element.nvSpPr.cNvPr.set("descr", plain(words)[:2000])
    if purpose in ("subtitle", "caption", "sources"):
        for paragraph in frame.paragraphs:
            style = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - no bullets in the API
            style.set("marL", "0")
            style.set("indent", "0")
            style.insert(0, parse_xml(f"<a:buNone {NAMESPACES}/>"))
    size = _text_size(slide, holder)
    inner = (
        holder.width / EMU_PER_POINT - 2 * INSET,
        holder.height / EMU_PER_POINT - INSET,
    )
    percent = next(
        (
            part
            for part in range(100, 25, -5)
            if len(wrap(words, inner[0], size * part / 100.0, bold=True))
            * 1.2
            * size
            * part
            / 100.0
            <= inner[1]
        ),
        25,
    )
    if percent < 100:
        body = frame._txBody.bodyPr  # noqa: SLF001 - the API knows no scale
        for old in list(body):
            body.remove(old)
        body.append(parse_xml(f'<a:normAutofit {NAMESPACES} fontScale="{percent * 1000}"/>'))


def _text_size(slide: Any, holder: Any) -> float:
    """Return the size in points that a placeholder's first level inherits."""
    layout = slide.slide_layout
    kind, idx = holder.placeholder_format.type, holder.placeholder_format.idx
    alike = [p for p in layout.placeholders if p.placeholder_format.idx == idx]
    master = layout.slide_master
    alike += [p for p in master.placeholders if p.placeholder_format.type == kind]
    style = {PP_PLACEHOLDER.TITLE: "titleStyle", PP_PLACEHOLDER.CENTER_TITLE: "titleStyle"}
    name = style.get(kind, "bodyStyle")
    queries = [(p.element, ".//a:lstStyle/a:lvl1pPr/a:defRPr/@sz") for p in alike]
    queries.append((master.element, f".//p:txStyles/p:{name}/a:lvl1pPr/a:defRPr/@sz"))
    for element, query in queries:
        for value in element.xpath(query)[:1]:
            return int(value) / 100.0
    return _USUAL_SIZE


def _title(slide: Any, scene: Scene, at: Placement) -> None:
    """Let the title stand where the page has it; take every other placeholder away."""
    holder = slide.shapes.title
    words = next((each for each in scene.items if is_title(each)), None)
    for other in list(slide.placeholders):
        if holder is None or words is None or other.shape_id != holder.shape_id:
            other.element.getparent().remove(other.element)
    if holder is None or not isinstance(words, Words):
        return
    size = words.size * at.factor
    left, wide = flowing(words, scene.width) if words.width else (words.x, scene.width - words.x)
    holder.name = "Title"
    holder.left, holder.top = Emu(at.x(left)), Emu(at.y(words.y))
    holder.width = Emu(at.length(wide))
    holder.height = Emu(at.length(len(words.lines) * words.size * LINE_HEIGHT))
    frame = holder.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor, frame.word_wrap = MSO_VERTICAL_ANCHOR.TOP, True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.text = kept_lines(words)
    paragraph = frame.paragraphs[0]
    paragraph.line_spacing = Pt(size * LINE_HEIGHT)
    side = "r" if words.align == "right" else "l"
    paragraph._p.get_or_add_pPr().set("algn", side)  # noqa: SLF001 - PP_ALIGN writes the same
    for run in paragraph.runs:
        run.font.size, run.font.bold = Pt(size), True
        run.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    holder.element.nvSpPr.cNvPr.set("descr", words.text)
