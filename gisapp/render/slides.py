"""A scene to an editable slide: native shapes in named groups and a native chart."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from lxml import etree
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_PATTERN, MSO_THEME_COLOR
from pptx.enum.text import MSO_AUTO_SIZE, MSO_VERTICAL_ANCHOR
from pptx.exc import PackageNotFoundError
from pptx.oxml import parse_xml
from pptx.util import Emu, Pt

from gisapp.model.feedback import Feedback, GisappError
from gisapp.render.chart import GROUP as CHART_GROUP
from gisapp.render.chart import (
    NAMES_SHARE,
    TALLEST_ROW,
    UNSURE_ALPHA,
    axis_end,
    bars_box,
    shown_bars,
    stands_out,
    value_text,
)
from gisapp.render.drawingml import EMU_PER_POINT, SCHEME, Placement, Writer
from gisapp.render.fonts import LINE_HEIGHT, SLIDE_FAMILY, width_of
from gisapp.render.furniture import LEGEND
from gisapp.render.picture import Bar, BarChart, Theme, base_of
from gisapp.render.scene import Box, Item, Line, Mark, Scene, Words, ink, plain
from gisapp.render.symbology import bar_color, palette

_NEW_DATA: Final[Any] = CategoryChartData  # untyped in python-pptx
_LARGE: Final = 8.0  # points: a symbol of this size hides what lies below
#: Parts of the drawn chart that a native chart does not replace.
_AROUND_CHART: Final = ("Chart title", "Chart subtitle", "Chart note")
_ACCENTS: Final = (
    MSO_THEME_COLOR.ACCENT_1,
    MSO_THEME_COLOR.ACCENT_2,
    MSO_THEME_COLOR.ACCENT_3,
    MSO_THEME_COLOR.ACCENT_4,
    MSO_THEME_COLOR.ACCENT_5,
    MSO_THEME_COLOR.ACCENT_6,
)
#: The data sheet of a chart is written with the hour of its making.
_CLOCK: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_NO_DAY: Final = date(2000, 1, 1)
_THEME_SLOTS: Final = {
    "dk1": "text",
    "lt1": "paper",
    "dk2": "muted",
    "lt2": "water",
    "accent1": "deposit",
    "accent2": "refinery",
    "accent3": "magnet_plant",
    "accent4": "alliance",
    "accent5": "leader",
    "accent6": "route",
    "hlink": "accent",
    "folHlink": "muted",
}


def write_pptx(scenes: Sequence[Scene], path: Path, *, feedback: Feedback | None = None) -> None:
    """Write scenes as a presentation, a slide each; the first one's frame names the template.

    Of a template the master, theme and slide size are used; its own slides are left out, and the
    page is scaled to fit. Without one the slides have the page's size and our colours.

    Raises
    ------
    GisappError
        `unreadable_template` if the template is no presentation.
    """
    feedback = feedback or Feedback()
    first = scenes[0]
    chosen = first.spec.template
    template = None if chosen is None else Path(chosen.path)
    deck = _deck(first, template)
    for number, scene in enumerate(scenes):
        feedback.check(0.9 * number / len(scenes), "Making slides")
        _slide(deck, scene, feedback, own=template is None)
    as_of = first.as_of or _NO_DAY
    core = deck.core_properties
    core.title, core.subject = _property(first.title), _property(first.subtitle)
    core.created = core.modified = datetime.combine(as_of, time())
    core.author = core.last_modified_by = "gisapp"
    core.revision, core.comments = 1, _property(first.alt)
    packed = io.BytesIO()
    deck.save(packed)
    feedback.check(0.95, "Writing the slides")
    path.write_bytes(_repacked(packed.getvalue(), None if template else first.theme, as_of))


def _slide(deck: Any, scene: Scene, feedback: Feedback, *, own: bool) -> None:
    slide = deck.slides.add_slide(_layout(deck))
    placement = _placement(scene, deck)
    _title(slide, scene, placement)
    if own:
        slide.background.fill.solid()
        slide.background.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
    _shapes(slide, scene, placement, feedback)
    if scene.chart is not None and scene.chart_box is not None:
        _chart(slide, scene.chart, scene, placement)
    slide.notes_slide.notes_text_frame.text = scene.notes


def _property(text: str) -> str:
    # the format allows a document property 255 characters
    return plain(text)[:255]


def _deck(scene: Scene, template: Path | None) -> Any:
    if template is None:
        deck: Any = Presentation()
        factor_x = scene.width * EMU_PER_POINT / deck.slide_width
        factor_y = scene.height * EMU_PER_POINT / deck.slide_height
        for holder in (deck.slide_master, *deck.slide_layouts):
            for shape in holder.placeholders:
                shape.left, shape.width = (
                    round(shape.left * factor_x),
                    round(shape.width * factor_x),
                )
                shape.top, shape.height = (
                    round(shape.top * factor_y),
                    round(shape.height * factor_y),
                )
        deck.slide_width = Emu(round(scene.width * EMU_PER_POINT))
        deck.slide_height = Emu(round(scene.height * EMU_PER_POINT))
        return deck
    try:
        deck = Presentation(str(template))
    except (PackageNotFoundError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise GisappError(
            "unreadable_template",
            f"{template.name} cannot be used as a slide template: {error}.",
            "Choose a .pptx presentation.",
        ) from error
    listed = deck.slides._sldIdLst  # noqa: SLF001 - python-pptx has no way to remove a slide
    for each in list(listed):
        deck.part.drop_rel(each.rId)
        listed.remove(each)
    return deck


def _layout(deck: Any) -> Any:
    """Return the layout with a title and the fewest other placeholders."""
    titled = [
        layout
        for layout in deck.slide_layouts
        if any(p.placeholder_format.idx == 0 for p in layout.placeholders)
    ]
    return min(titled or list(deck.slide_layouts), key=lambda each: len(each.placeholders))


def _placement(scene: Scene, deck: Any) -> Placement:
    wide, high = deck.slide_width / EMU_PER_POINT, deck.slide_height / EMU_PER_POINT
    factor = min(wide / scene.width, high / scene.height)
    return Placement(
        factor, (wide - scene.width * factor) / 2.0, (high - scene.height * factor) / 2.0
    )


def _title(slide: Any, scene: Scene, at: Placement) -> None:
    holder = slide.shapes.title
    words = next((i for i in scene.items if isinstance(i, Words) and i.purpose == "title"), None)
    for other in list(slide.placeholders):
        if holder is None or other.shape_id != holder.shape_id:
            other.element.getparent().remove(other.element)
    if holder is None:
        return
    if words is None:
        holder.element.getparent().remove(holder.element)
        return
    size = words.size * at.factor
    holder.left, holder.top = Emu(at.x(words.x)), Emu(at.y(words.y))
    holder.width = Emu(at.length(words.width))
    holder.height = Emu(at.length(len(words.lines) * words.size * LINE_HEIGHT))
    frame = holder.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor, frame.word_wrap = MSO_VERTICAL_ANCHOR.TOP, True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.text = words.text
    paragraph = frame.paragraphs[0]
    paragraph.line_spacing = Pt(size * LINE_HEIGHT)
    paragraph._p.get_or_add_pPr().set("algn", "l")  # noqa: SLF001 - PP_ALIGN writes the same
    font = paragraph.runs[0].font
    font.size, font.bold = Pt(size), True
    font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    holder.element.nvSpPr.cNvPr.set("descr", words.text)


def _shapes(slide: Any, scene: Scene, at: Placement, feedback: Feedback) -> None:
    tree = slide.shapes._spTree  # noqa: SLF001 - the shapes are written as XML
    writer = Writer(at, first_id=max(int(i) for i in tree.xpath("//p:cNvPr/@id")) + 1)
    groups = _grouped(scene)
    for number, (group, items) in enumerate(groups.items()):
        feedback.check(0.2 + 0.6 * number / len(groups), f"Making shapes: {group}")
        xml = writer.group(group, items)
        if xml:
            tree.append(parse_xml(xml))
    if scene.chart is not None and scene.chart.limit is not None:
        xml = writer.group("Chart limit", _limit_items(scene))
        if xml:
            tree.append(parse_xml(xml))


def _grouped(scene: Scene) -> dict[str, list[Item]]:
    """Return what becomes a shape by group, in drawing order.

    A page draws large symbols below small ones of every layer; a slide, whose groups are layers,
    keeps to that with a group of large symbols for each layer below the others.
    """
    found: dict[str, list[Item]] = {}
    sites = {item.group for item in scene.items if isinstance(item, Mark)} - {LEGEND}
    large = [i for i in scene.items if isinstance(i, Mark) and _is_large(i) and i.group in sites]
    for item in scene.items:
        group = item.group
        if group == "Background" or (isinstance(item, Words) and item.purpose == "title"):
            continue
        if group == CHART_GROUP and item.name not in _AROUND_CHART:
            continue
        if group in sites and large:
            for each in large:
                found.setdefault(f"{each.group} (large)", []).append(each)
            large = []
        if group not in sites or not (isinstance(item, Mark) and _is_large(item)):
            found.setdefault(group, []).append(item)
    return found


def _is_large(mark: Mark) -> bool:
    return mark.symbol.opacity == 1.0 and mark.symbol.size > _LARGE


def _plot(scene: Scene) -> tuple[Box, tuple[Bar, ...], float]:
    """Return the plot area on the page, the bars shown and their font size."""
    chart, box = scene.chart, scene.chart_box
    if chart is None or box is None:
        raise ValueError("the scene has no chart")
    scale = next(
        (w.size / 13.0 for w in scene.items if w.name == "Chart title" and isinstance(w, Words)),
        1.0,
    )
    room = bars_box(chart, box, scale)
    bars = shown_bars(chart, room.h, scale)
    row = min(room.h / max(len(bars), 1), TALLEST_ROW * scale)
    size = min(10.0 * scale, row * 0.72)
    names = min(max(width_of(b.label, size) for b in bars), room.w * NAMES_SHARE) + 8.0 * scale
    values = max(width_of(value_text(b, chart.unit), size) for b in bars) + 8.0 * scale
    plot = Box(room.x + names, room.y, max(room.w - names - values, 10.0), row * len(bars))
    return plot, bars, size


def _limit_items(scene: Scene) -> list[Item]:
    if scene.chart is None or scene.chart.limit is None:
        return []
    plot, _, size = _plot(scene)
    colors = palette(scene.theme)
    red = ink(colors, "limit")
    found: list[Item] = []
    x = plot.x + plot.w * scene.chart.limit / axis_end(scene.chart)
    for item in scene.items:
        if item.group != CHART_GROUP:
            continue
        if isinstance(item, Line) and item.name == "Limit":
            path = item.parts[0].copy()
            path[:, 0] = x
            found.append(replace(item, parts=(path,), ink=red))
        if isinstance(item, Words) and item.name == "Limit label":
            wide = width_of(item.text, item.size)
            left = min(max(x - wide / 2, plot.x), plot.right + size * 4 - wide)
            found.append(replace(item, x=left))
    return found


def _chart(slide: Any, chart: BarChart, scene: Scene, at: Placement) -> None:
    plot, bars, size = _plot(scene)
    box = scene.chart_box
    if box is None:
        return
    data: Any = _NEW_DATA()
    data.categories = [plain(bar.label) for bar in bars]
    bounded = any(bar.high > bar.low for bar in bars)
    if bounded:
        data.add_series(f"Upper bound, {chart.unit}", [bar.high for bar in bars])
    data.add_series(
        f"Lower bound, {chart.unit}" if bounded else f"Value, {chart.unit}",
        [bar.low for bar in bars],
    )
    pad = 2.0
    top, bottom = plot.y - pad, plot.bottom + pad
    frame = slide.shapes.add_chart(
        XL_CHART_TYPE.BAR_CLUSTERED,
        Emu(at.x(box.x)),
        Emu(at.y(top)),
        Emu(at.length(box.w)),
        Emu(at.length(bottom - top)),
        data,
    )
    frame.name = "Chart"
    said = "; ".join(f"{bar.label} {value_text(bar, chart.unit)}" for bar in bars)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(f"{chart.title} {said}"))  # noqa: SLF001
    made = frame.chart
    made.has_legend = made.has_title = False
    made.font.size = Pt(size * at.factor)
    made.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    _axes(made, chart)
    area = made.plots[0]
    area.gap_width, area.overlap = 50, 100
    for series_number, series in enumerate(area.series):
        upper = bounded and series_number == 0
        for i, bar in enumerate(bars):
            _paint(series.points[i], bar, scene.theme, upper=upper)
    labelled = area.series[0]
    for i, bar in enumerate(bars):
        label = labelled.points[i].data_label
        label.position = XL_LABEL_POSITION.OUTSIDE_END
        text = label.text_frame
        text.text = value_text(bar, chart.unit)
        text.word_wrap = False
        font = text.paragraphs[0].runs[0].font
        font.size, font.bold = Pt(size * at.factor), stands_out(chart, bar)
        font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    _fix_plot_area(made, Box(box.x, top, box.w, bottom - top), plot)


def _axes(made: Any, chart: BarChart) -> None:
    value, category = made.value_axis, made.category_axis
    value.visible = False
    value.has_major_gridlines = value.has_minor_gridlines = False
    value.minimum_scale, value.maximum_scale = 0.0, axis_end(chart)
    category.reverse_order = True
    category.has_major_gridlines = False
    category.major_tick_mark = category.minor_tick_mark = XL_TICK_MARK.NONE
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    category.format.line.width = Pt(0.75)
    category.format.line.color.theme_color = MSO_THEME_COLOR.TEXT_2


def _rgb(color: str) -> Any:
    color_of: Any = RGBColor  # untyped in python-pptx
    return color_of(*bytes.fromhex(color.lstrip("#")))


def _paint(point: Any, bar: Bar, theme: Theme, *, upper: bool) -> None:
    fill = point.format.fill
    rgb = _rgb(bar_color(theme, bar.kind))
    if bar.kind == "unknown":
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb = _rgb(palette(theme).muted)
        fill.back_color.rgb = rgb
        return
    fill.solid()
    slot = SCHEME.get(bar.kind)
    if slot is not None:
        number = int(slot.removeprefix("accent"))
        fill.fore_color.theme_color = _ACCENTS[number - 1]
    else:
        fill.fore_color.rgb = rgb
    if upper:
        color = fill._xPr.find(".//{*}solidFill")[0]  # noqa: SLF001 - no transparency in the API
        alpha = etree.SubElement(color, f"{{{_DRAWING}}}alpha")
        alpha.set("val", str(round(UNSURE_ALPHA * 100_000)))


_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_CHARTS: Final = "http://schemas.openxmlformats.org/drawingml/2006/chart"


def _fix_plot_area(made: Any, frame: Box, plot: Box) -> None:
    """Pin the inner plot area, so that the limit line over the chart stands at its value."""
    area = made._chartSpace.find(f".//{{{_CHARTS}}}plotArea")  # noqa: SLF001 - no layout in the API
    for old in area.findall(f"{{{_CHARTS}}}layout"):
        area.remove(old)
    values = {
        "layoutTarget": "inner",
        "xMode": "edge",
        "yMode": "edge",
        "x": (plot.x - frame.x) / frame.w,
        "y": (plot.y - frame.y) / frame.h,
        "w": plot.w / frame.w,
        "h": plot.h / frame.h,
    }
    layout = etree.Element(f"{{{_CHARTS}}}layout")
    manual = etree.SubElement(layout, f"{{{_CHARTS}}}manualLayout")
    for name, value in values.items():
        text = value if isinstance(value, str) else f"{value:.5f}"
        etree.SubElement(manual, f"{{{_CHARTS}}}{name}").set("val", text)
    area.insert(0, layout)


def _repacked(package: bytes, theme: Theme | None, as_of: date) -> bytes:
    """Return the package with our colours and fonts in its theme and no clock in its entries."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".xlsx"):
                content = _repacked(content, None, as_of)
            if name == "docProps/core.xml":
                content = _CLOCK.sub(
                    rb"\g<1>" + as_of.isoformat().encode() + rb"T00:00:00Z", content
                )
            if theme is not None and re.fullmatch(r"ppt/theme/theme\d+\.xml", name):
                content = _themed(content, theme)
            entry = zipfile.ZipInfo(name, date_time=_FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()


def _themed(content: bytes, theme: Theme) -> bytes:
    root = etree.fromstring(content)
    colors = palette(theme)
    space = {"a": _DRAWING}
    for slot, token in _THEME_SLOTS.items():
        for holder in root.findall(f".//a:clrScheme/a:{slot}", space):
            for child in list(holder):
                holder.remove(child)
            color = etree.SubElement(holder, f"{{{_DRAWING}}}srgbClr")
            color.set("val", getattr(colors, token).lstrip("#"))
    for scheme in root.findall(".//a:clrScheme", space):
        scheme.set("name", f"gisapp {base_of(theme).value}")
    for font in root.findall(".//a:fontScheme/*/a:latin", space):
        font.set("typeface", SLIDE_FAMILY)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
