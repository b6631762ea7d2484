"""A presentation as a template: what its layouts offer, and where on them a page can stand."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError
from pptx.opc.constants import RELATIONSHIP_TYPE

from gisapp.model.feedback import GisappError
from gisapp.render.picture import SlideTemplate
from gisapp.render.scene import Box
from gisapp.render.slide_base import EMU_PER_POINT, INSET

#: What can go into a placeholder.
PURPOSES: Final = (
    *("title", "subtitle", "caption", "sources", "date", "number"),
    *("chart", "table", "map", "logo"),
)
_ACCENTS: Final = tuple(f"accent{number}" for number in range(1, 7))
#: Entry of `SlideTemplate.places` that names the layout instead of a placeholder's purpose.
LAYOUT: Final = "layout"
_HINT: Final = "Choose a .pptx or .potx presentation that PowerPoint opens without a question."
_MAIN: Final = b"application/vnd.openxmlformats-officedocument.presentationml.%s.main+xml"
_OTHER_KINDS: Final = (_MAIN % b"template", _MAIN % b"slideshow")
#: Words in the names and prompts of placeholders, in the languages that offices are set to.
_WORDS: Final = {
    "subtitle": "subtitle|untertitel|sous-titre|subtítulo|subtitulo|sottotitolo|ondertitel|副标题",
    "sources": "source|quelle|fuente|fonte|bron|来源|出典",
    "caption": "caption|legende|légende|bildunterschrift|leyenda|didascalia|bijschrift",
    "chart": "chart|diagramm|graphique|gráfico|grafico|grafiek|图表",
    "table": "table|tabelle|tableau|tabla|tabella|tabel|表格",
    "map": r"\bmaps?\b|karte|\bcarte\b|mapa|mappa|\bkaart|地图",
    "logo": "logo",
}
_BY_KIND: Final = {
    PP_PLACEHOLDER.TITLE: "title",
    PP_PLACEHOLDER.CENTER_TITLE: "title",
    PP_PLACEHOLDER.VERTICAL_TITLE: "",
    PP_PLACEHOLDER.SUBTITLE: "subtitle",
    PP_PLACEHOLDER.DATE: "date",
    PP_PLACEHOLDER.SLIDE_NUMBER: "number",
    PP_PLACEHOLDER.CHART: "chart",
    PP_PLACEHOLDER.TABLE: "table",
}
#: Kinds that may hold anything: the largest of a layout is where its content goes.
_OPEN: Final = (PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.PICTURE, PP_PLACEHOLDER.MEDIA_CLIP)
#: Fonts that are wider than Arial, by how much: in these our texts are set smaller.
_WIDE_FONTS: Final = {
    "verdana": 1.17,
    "dejavu sans": 1.17,
    "montserrat": 1.17,
    "poppins": 1.14,
    "lucida sans": 1.12,
    "lucida sans unicode": 1.12,
    "century gothic": 1.09,
    "open sans": 1.08,
    "noto sans": 1.07,
    "segoe ui": 1.04,
}
#: Layouts that are for other slides than one with content.
_OTHER_LAYOUTS: Final = ("title", "secHead", "vertTx", "vertTitleAndTx", "blank")
_LEAST_FREE: Final = 0.25  # of a slide, for a map


@dataclass(frozen=True)
class TemplatePlace:
    """A placeholder: its name, what kind it is, where it stands, and what suits it ("": nothing).

    `kind` is its word in the format: title, body, object, picture, chart, table, ... `box` is in
    points.
    """

    idx: int
    name: str
    kind: str
    box: Box
    purpose: str


@dataclass(frozen=True)
class TemplateLayout:
    """A layout of a template with its placeholders; `free` is where a page can stand, in points.

    `slide` is the whole of it.

    `serves` says how well it suits a map: the highest is taken where the user names none.
    """

    number: int
    name: str
    places: tuple[TemplatePlace, ...]
    free: Box
    serves: float
    slide: Box

    def place(self, purpose: str) -> TemplatePlace | None:
        """Return the placeholder of a purpose."""
        return next((each for each in self.places if each.purpose == purpose), None)


def template_places(
    chosen: SlideTemplate, needs: Iterable[str] = ("title",)
) -> tuple[TemplateLayout, ...]:
    """Return the layouts of a template with their placeholders and what would go into them.

    Parameters
    ----------
    needs
        What a page has beside its map, of `PURPOSES`: a layout with places for it serves better.

    Raises
    ------
    GisappError
        As `open_template`.
    """
    return layouts_of(open_template(chosen), chosen, needs)


def open_template(chosen: SlideTemplate) -> Any:
    """Return a template as an empty presentation: without its slides and what belongs to them.

    Raises
    ------
    GisappError
        `unreadable_template` if it is no presentation, protected, or has macros;
        `no_placeholder` if none of its layouts has a title; `no_layout` if it lacks the layout
        that the user named.
    """
    path = Path(chosen.path)
    deck = _opened(path)
    _emptied(deck)
    titled = [layout for layout in deck.slide_layouts if _has_title(layout)]
    if not titled:
        raise GisappError(
            "no_placeholder",
            f"{path.name} has no layout with a place for a title.",
            "Add one to its slide master, or choose another template.",
        )
    wanted = _named_layout(chosen)
    if wanted and wanted not in [layout.name.casefold() for layout in deck.slide_layouts]:
        listed = ", ".join(f'"{layout.name}"' for layout in deck.slide_layouts)
        raise GisappError(
            "no_layout",
            f'{path.name} has no layout "{dict(chosen.places)[LAYOUT]}".',
            f"It has {listed}.",
        )
    return deck


def _refused(name: str, why: str) -> GisappError:
    return GisappError("unreadable_template", f"{name} cannot be a slide template: {why}.", _HINT)


def _opened(path: Path) -> Any:
    name = path.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(name, f"{error.strerror or error}".lower()) from error
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(name, "it is protected by a password, or of PowerPoint 2003 or older")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            types = package.read("[Content_Types].xml")
            if b"macroEnabled" in types:
                raise _refused(name, "it holds macros")
            if any(kind in types for kind in _OTHER_KINDS):
                content = _as_presentation(package, types)
        deck = Presentation(io.BytesIO(content))
        _sized(deck)
        theme_slots(deck)
    except (
        *(PackageNotFoundError, ValueError, LookupError, AttributeError, TypeError),
        *(zipfile.BadZipFile, etree.XMLSyntaxError, NotImplementedError, RuntimeError),
    ) as error:
        raise _refused(name, "it is no presentation, or damaged") from error
    return deck


def _sized(deck: Any) -> None:
    """Give a presentation that names no size of its slides the format's own, 10 by 7.5 inches."""
    if deck.slide_width is None or deck.slide_height is None:
        deck.slide_width, deck.slide_height = 720 * EMU_PER_POINT, 540 * EMU_PER_POINT


def _as_presentation(package: zipfile.ZipFile, types: bytes) -> bytes:
    """Return the package of a .potx or .ppsx as that of a .pptx: they differ in one word."""
    for kind in _OTHER_KINDS:
        types = types.replace(kind, _MAIN % b"presentation")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for entry in package.namelist():
            new.writestr(entry, types if entry == "[Content_Types].xml" else package.read(entry))
    return out.getvalue()


def _emptied(deck: Any) -> None:
    """Take the slides out, and whatever names one: sections, shows, clicks on a layout."""
    part = deck.part
    listed = deck.slides._sldIdLst  # noqa: SLF001 - python-pptx has no way to remove a slide
    for each in list(listed):
        part.drop_rel(each.rId)
        listed.remove(each)
    root = part._element  # noqa: SLF001
    for tag in ("custShowLst", "extLst"):
        for found in root.findall(f"{{*}}{tag}"):
            root.remove(found)
    for holder in (*deck.slide_masters, *deck.slide_layouts):
        for tie, relation in list(holder.part.rels.items()):
            if relation.reltype == RELATIONSHIP_TYPE.SLIDE:
                for click in holder.part._element.xpath(f'//*[@r:id="{tie}"]'):  # noqa: SLF001
                    click.getparent().remove(click)
                holder.part.rels.pop(tie)


def theme_slots(deck: Any) -> Mapping[str, str]:
    """Return the colours "#RRGGBB" of a presentation's theme by what its slides call them.

    Follows the master's own mapping of them.
    """
    master = deck.slide_master
    theme = _theme(deck)
    mapping = master._element.find("{*}clrMap").attrib  # noqa: SLF001 - not in the API
    found = {}
    for slot in ("bg1", "tx1", "bg2", "tx2", "hlink", "folHlink", *_ACCENTS):
        color = theme.find(f".//{{*}}clrScheme/{{*}}{mapping[slot]}")[0]
        found[slot] = f"#{color.get('lastClr') or color.get('val')}"
    return found


def layouts_of(
    deck: Any, chosen: SlideTemplate, needs: Iterable[str]
) -> tuple[TemplateLayout, ...]:
    """Return the layouts of an opened template, see `template_places`."""
    slide = Box(0.0, 0.0, deck.slide_width / EMU_PER_POINT, deck.slide_height / EMU_PER_POINT)
    given = {name.casefold(): purpose for name, purpose in chosen.places if name != LAYOUT}
    wanted, listed = _named_layout(chosen), set(needs)
    found = []
    for number, layout in enumerate(deck.slide_layouts):
        places = _places(layout, given, slide)
        free = _free(layout, places, slide, listed)
        kind = layout._element.get("type", "")  # noqa: SLF001 - not in the API
        serves = _serves(places, free, slide, listed, kind)
        serves += 20.0 * sum(place.name.casefold() in given for place in places)
        serves += 1000.0 * (layout.name.casefold() == wanted)
        found.append(TemplateLayout(number, layout.name, places, free, serves, slide))
    return tuple(found)


def _named_layout(chosen: SlideTemplate) -> str:
    return dict(chosen.places).get(LAYOUT, "").casefold()


def _has_title(layout: Any) -> bool:
    return any(_BY_KIND.get(p.placeholder_format.type) == "title" for p in layout.placeholders)


def _box(shape: Any) -> Box | None:
    sides = shape.left, shape.top, shape.width, shape.height
    if any(side is None for side in sides):
        return None
    return Box(*(side / EMU_PER_POINT for side in sides))


def _places(layout: Any, given: Mapping[str, str], slide: Box) -> tuple[TemplatePlace, ...]:
    """Return placeholders with a purpose each: the user's, or what kind, name and place tell."""
    boxed = [(p, box) for p in layout.placeholders if (box := _box(p)) is not None]
    opened = [(p, box) for p, box in boxed if p.placeholder_format.type in _OPEN]
    content = max(opened, key=lambda each: each[1].w * each[1].h, default=(None, None))[0]
    taken = {given.get(p.name.casefold(), "") for p, _ in boxed}
    found = []
    for holder, box in boxed:
        name, kind = holder.name, holder.placeholder_format.type
        purpose = given.get(name.casefold())
        if purpose is None:
            purpose = _suggested(holder, box, slide, is_content=holder is content)
            purpose = "" if purpose in taken else purpose
            taken.add(purpose)
        if purpose not in PURPOSES:
            purpose = ""
        word = kind.name.lower().removeprefix("center_") if kind else ""
        found.append(TemplatePlace(holder.placeholder_format.idx, name, word, box, purpose))
    return tuple(found)


def _suggested(holder: Any, box: Box, slide: Box, *, is_content: bool) -> str:
    kind = holder.placeholder_format.type
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    text = f"{holder.name} {holder.text_frame.text if holder.has_text_frame else ''}".casefold()
    for purpose, words in _WORDS.items():
        if re.search(words, text):
            return purpose
    if is_content:
        return "map"
    if kind == PP_PLACEHOLDER.OBJECT:
        return "chart"
    if kind == PP_PLACEHOLDER.BODY and box.h < 0.16 * slide.h:
        if box.bottom < 0.35 * slide.h:
            return "subtitle"
        return "sources" if box.y > 0.75 * slide.h else ""
    return ""


def _serves(
    places: tuple[TemplatePlace, ...], free: Box, slide: Box, needs: set[str], kind: str
) -> float:
    """Return how well a layout suits a page: it has what the page needs, and nothing beside."""
    purposes = {place.purpose for place in places}
    value = 10.0 * ("title" in purposes) + 2.0 * len(purposes & needs)
    title = next((place.box for place in places if place.purpose == "title"), slide)
    value -= 6.0 * (title.y > 0.3 * slide.h)
    standing = {*needs, "date", "number", "map", "logo", "title"}
    value -= sum(p.purpose not in standing and p.kind != "footer" for p in places)
    part = free.w * free.h / (slide.w * slide.h)
    value += 6.0 * part - (12.0 if part < _LEAST_FREE else 0.0)
    return value - (8.0 if kind in _OTHER_LAYOUTS else 0.0) + (1.0 if kind == "titleOnly" else 0.0)


def _free(layout: Any, places: tuple[TemplatePlace, ...], slide: Box, needs: set[str]) -> Box:
    """Return where a page can stand: the place for a map, or the largest that nothing is in."""
    own = next((place.box for place in places if place.purpose == "map"), None)
    if own is not None:
        return own
    master = layout.slide_master
    standing = {*needs, "title", "date", "number", "logo"}
    kept = [p.box for p in places if p.purpose in standing or p.kind == "footer"]
    # across as wide as the title's text, or as what the master has for content
    wide = [p.box for p in places if p.purpose == "title" and p.box.w > 0.5 * slide.w] or [
        box
        for holder in master.placeholders
        if holder.placeholder_format.type in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.BODY)
        if (box := _box(holder)) is not None
    ]
    left = max(min((box.x for box in wide), default=0.05 * slide.w), 0.0) + INSET
    right = min(max((box.right for box in wide), default=0.95 * slide.w), slide.w) - INSET
    edge = 0.03 * slide.h
    bounds = Box(left, edge, right - left, slide.h - 2 * edge)
    art = [
        box
        for holder in (layout, master)
        for shape in holder.shapes
        if not shape.is_placeholder and (box := _box(shape)) is not None
        # what covers most of a slide is its ground
        if box.w * box.h < 0.5 * slide.w * slide.h
    ]
    return _largest_gap(bounds, [*kept, *art])


def _largest_gap(bounds: Box, obstacles: list[Box], gap: float = 6.0) -> Box:
    """Return the largest rectangle within bounds that keeps a gap in points to every obstacle."""
    grown = [Box(o.x - gap, o.y - gap, o.w + 2 * gap, o.h + 2 * gap) for o in obstacles]
    tops = sorted({bounds.y, *(o.bottom for o in grown if bounds.y < o.bottom < bounds.bottom)})
    lows = sorted({bounds.bottom, *(o.y for o in grown if bounds.y < o.y < bounds.bottom)})
    best = Box(bounds.x, bounds.y, 0.0, 0.0)
    for top, low in product(tops, lows):
        if low <= top:
            continue
        across = sorted((o.x, o.right) for o in grown if o.y < low and top < o.bottom)
        left = bounds.x
        for start, end in (*across, (bounds.right, bounds.right)):
            wide = min(start, bounds.right) - left
            if wide * (low - top) > best.w * best.h:
                best = Box(left, top, wide, low - top)
            left = max(left, end)
    return best


def _theme(deck: Any) -> Any:
    return etree.fromstring(deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)


def type_factor(deck: Any) -> float:
    """Return how large type is to be set in a template's font to be as wide as in ours."""
    latin = _theme(deck).find(".//{*}fontScheme/{*}minorFont/{*}latin")
    family = "" if latin is None else latin.get("typeface", "")
    return 1.0 / _WIDE_FONTS.get(family.casefold(), 1.0)
