"""The chart of a scene as a chart of the slide: with its data sheet, in the theme's colours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml import parse_xml
from pptx.util import Emu, Pt

from gisapp.model.numbers import THIN
from gisapp.render.chart import (
    GROUP,
    NAMES_SHARE,
    TALLEST_ROW,
    UNSURE_ALPHA,
    axis_end,
    bars_box,
    shown_bars,
    stands_out,
    value_text,
)
from gisapp.render.fonts import font_files, width_of
from gisapp.render.picture import Bar, BarChart, Theme
from gisapp.render.scene import Box, Ink, Item, Line, Scene, Words, ink, plain
from gisapp.render.slide_base import NAMESPACES, Placement
from gisapp.render.slide_color import Colors
from gisapp.render.symbology import bar_color

_NEW_DATA: Final[Any] = CategoryChartData  # untyped in python-pptx
#: Parts of the drawn chart that a native chart does not replace.
_AROUND: Final = ("Chart title", "Chart subtitle", "Chart note")
_CHARTS: Final = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_GAP: Final = 50  # percent of a bar's thickness, between bars
#: Values as `value_text` writes them, for labels that follow the data sheet.
_FORMAT: Final = '[>=100]#,##0{0};[<0.05]"< 0.1"{0};0.0{0}'
#: The same for charts with thousands, whatever language of numbers the office suite speaks.
_THOUSANDS: Final = f'[>=1000000]#"{THIN}"###"{THIN}"##0{{0}};[>=1000]#"{THIN}"##0{{0}};0{{0}}'


@dataclass(frozen=True)
class _Plot:
    """The plot area on the page, the bars that fit it and their text size, in points."""

    chart: BarChart
    frame: Box
    area: Box
    bars: tuple[Bar, ...]
    size: float

    @property
    def limit_x(self) -> float:
        """Where the limit stands, in points across."""
        return self.area.x + self.area.w * (self.chart.limit or 0.0) / axis_end(self.chart)

    @property
    def crossed(self) -> tuple[tuple[float, float], ...]:
        """Where the limit runs over a bar: from and to, in points down."""
        row = self.area.h / max(len(self.bars), 1)
        bar = row / (1.0 + _GAP / 100.0)
        tops = (self.area.y + row * i + (row - bar) / 2.0 for i in range(len(self.bars)))
        limit = self.chart.limit or 0.0
        return tuple(
            (top, top + bar) for top, each in zip(tops, self.bars, strict=True) if each.high > limit
        )


def _plot(chart: BarChart, box: Box, scene: Scene) -> _Plot:
    scale = next(
        (w.size / 13.0 for w in scene.items if w.name == "Chart title" and isinstance(w, Words)),
        1.0,
    )
    fonts = font_files(scene.theme)
    room = bars_box(chart, box, scale, fonts=fonts)
    bars = shown_bars(chart, room.h, scale)
    row = min(room.h / max(len(bars), 1), TALLEST_ROW * scale)
    size = min(10.0 * scale, row * 0.72)
    longest = max(width_of(bar.label, size, fonts=fonts) for bar in bars)
    names = min(longest, room.w * NAMES_SHARE) + 8.0 * scale
    widths = (width_of(value_text(bar, chart.unit), size, fonts=fonts) for bar in bars)
    values = max(widths) + 8.0 * scale
    area = Box(room.x + names, room.y, max(room.w - names - values, 10.0), row * len(bars))
    pad = 2.0
    frame = Box(box.x, area.y - pad, box.w, area.h + 2 * pad)
    return _Plot(chart, frame, area, bars, size)


def chart_words(scene: Scene) -> list[Item]:
    """Return the items that stand around and over the native chart: heading, note, limit."""
    if scene.chart is None or scene.chart_box is None:
        return []
    drawn = [item for item in scene.items if item.group == GROUP]
    found: list[Item] = [item for item in drawn if item.name in _AROUND]
    if scene.chart.limit is None:
        return found
    plot = _plot(scene.chart, scene.chart_box, scene)
    for item in drawn:
        if isinstance(item, Line) and item.name == "Limit":
            over = tuple(
                np.array([(plot.limit_x, top), (plot.limit_x, bottom)])
                for top, bottom in plot.crossed
            )
            found += [replace(item, parts=over)] if over else []
        if isinstance(item, Words) and item.name == "Limit label":
            wide = width_of(item.text, item.size)
            most = plot.area.right + plot.size * 4 - wide
            left = min(max(plot.limit_x - wide / 2, plot.area.x), most)
            found.append(replace(item, x=left))
    return found


def lines_below(scene: Scene) -> list[Item]:
    """Return the line of the limit as it runs below the native chart, whose values cover it."""
    if scene.chart is None or scene.chart_box is None or scene.chart.limit is None:
        return []
    plot = _plot(scene.chart, scene.chart_box, scene)
    path = np.array([(plot.limit_x, plot.area.y), (plot.limit_x, plot.area.bottom)])
    return [
        replace(item, name="Limit, below", parts=(path,))
        for item in scene.items
        if isinstance(item, Line) and item.group == GROUP and item.name == "Limit"
    ]


def add_chart(slide: Any, scene: Scene, at: Placement, colors: Colors, place: str = "") -> Any:
    """Add the scene's chart to a slide and return its element.

    Parameters
    ----------
    place
        The `p:ph` element of the placeholder that it fills, "" for none.
    """
    if scene.chart is None or scene.chart_box is None:
        raise ValueError("the scene has no chart")
    chart = scene.chart
    plot = _plot(chart, scene.chart_box, scene)
    frame, bars = plot.frame, plot.bars
    corner = Emu(at.x(frame.x)), Emu(at.y(frame.y))
    size = Emu(at.length(frame.w)), Emu(at.length(frame.h))
    kind = XL_CHART_TYPE.BAR_CLUSTERED
    graphic = slide.shapes.add_chart(kind, *corner, *size, _data(plot))
    graphic.name = "Chart"
    element = graphic._element  # noqa: SLF001 - no alt text in the API
    said = "; ".join(f"{bar.label} {value_text(bar, chart.unit)}" for bar in bars)
    element.nvGraphicFramePr.cNvPr.set("descr", plain(f"{chart.title}. {said}")[:2000])
    if place:
        element.nvGraphicFramePr.nvPr.append(parse_xml(place.replace("/>", f" {NAMESPACES}/>", 1)))
    made = graphic.chart
    made.has_legend = made.has_title = False
    made.font.size = Pt(at.size(plot.size))
    made.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    _axes(made, chart)
    area = made.plots[0]
    area.gap_width, area.overlap = _GAP, 100
    series = list(area.series)
    for number, each in enumerate(series):
        upper = len(series) > 1 and number == 0
        _paint(each._element, plot, scene.theme, colors, upper=upper)  # noqa: SLF001 - shades
    _label(series[0], plot, at)
    _grounded(series[0].data_labels._element, colors)  # noqa: SLF001 - not in the API
    _fix_plot_area(made, plot)
    _positive_ids(made)
    return element


def _data(plot: _Plot) -> Any:
    data: Any = _NEW_DATA()
    unit = plot.chart.unit
    data.categories = [plain(bar.label) for bar in plot.bars]
    if any(bar.high > bar.low for bar in plot.bars):
        data.add_series(plain(f"Upper bound, {unit}"), [bar.high for bar in plot.bars])
        data.add_series(plain(f"Lower bound, {unit}"), [bar.low for bar in plot.bars])
    else:
        data.add_series(plain(f"Value, {unit}"), [bar.low for bar in plot.bars])
    return data


def _label(series: Any, plot: _Plot, at: Placement) -> None:
    """Write the values at the ends of the bars: they follow the data but where bounds differ."""
    chart = plot.chart
    unit = '"\u00a0%"' if chart.unit == "%" else ""
    labels = series.data_labels
    labels.show_value = True
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    large = any(bar.high >= 1000.0 for bar in plot.bars)
    code = (_THOUSANDS if large else _FORMAT).format(unit)
    labels.number_format, labels.number_format_is_linked = code, False
    labels.font.size = Pt(at.size(plot.size))
    labels.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    body = labels._element.get_or_add_txPr().bodyPr  # noqa: SLF001 - no wrapping in the API
    body.set("wrap", "none")
    for i, bar in enumerate(plot.bars):
        bold = stands_out(chart, bar)
        written = bar.high >= 100.0 or not large
        if bar.low == bar.high != 0.0 and written and not bold:
            continue
        label = series.points[i].data_label
        label.position = XL_LABEL_POSITION.OUTSIDE_END
        frame = label.text_frame
        frame.text = value_text(bar, chart.unit)
        frame.word_wrap = False
        font = frame.paragraphs[0].runs[0].font
        font.size, font.bold = Pt(at.size(plot.size)), bold
        font.color.theme_color = MSO_THEME_COLOR.TEXT_1


def _grounded(labels: Any, colors: Colors) -> None:
    """Give labels the slide's colour as their ground: no line runs through a value."""
    fill = colors.fill(ink(colors.palette, "paper", 0.8))
    for each in (labels, *labels.findall(f"{{{_CHARTS}}}dLbl")):
        for old in each.findall(f"{{{_CHARTS}}}spPr"):
            each.remove(old)
        ground = etree.Element(f"{{{_CHARTS}}}spPr")
        ground.append(parse_xml(fill.replace(">", f" {NAMESPACES}>", 1)))
        names = ("txPr", "dLblPos", "showLegendKey")
        after = next(found for name in names if (found := each.find(f"{{*}}{name}")) is not None)
        after.addprevious(ground)


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
    # every bar keeps its name, however low its row is
    last = category._element.find(f"{{{_CHARTS}}}noMultiLvlLbl")  # noqa: SLF001 - not in the API
    skip = etree.Element(f"{{{_CHARTS}}}tickLblSkip")
    skip.set("val", "1")
    last.addprevious(skip)


def _paint(series: Any, plot: _Plot, theme: Theme, colors: Colors, *, upper: bool) -> None:
    """Colour the bars by kind; a bar that is added to the data later is as the others are."""
    alpha = UNSURE_ALPHA if upper else 1.0
    lines = ink(colors.palette, "muted")
    for i, bar in enumerate(plot.bars):
        color = Ink(bar_color(theme, bar.kind), alpha)
        fill = colors.fill(color, hatch="/" if bar.kind == "unknown" else "", lines=lines)
        _filled(series.get_or_add_dPt_for_point(i).get_or_add_spPr(), fill)
    _filled(series.get_or_add_spPr(), colors.fill(Ink(bar_color(theme, "other"), alpha)))


def _filled(properties: Any, fill: str) -> None:
    properties.insert(0, parse_xml(fill.replace(">", f" {NAMESPACES}>", 1)))


def _fix_plot_area(made: Any, plot: _Plot) -> None:
    """Pin the inner plot area, so that the limit line over the chart stands at its value."""
    area = made._chartSpace.find(f".//{{{_CHARTS}}}plotArea")  # noqa: SLF001 - no layout in the API
    for old in area.findall(f"{{{_CHARTS}}}layout"):
        area.remove(old)
    inner, frame = plot.area, plot.frame
    values = {
        "layoutTarget": "inner",
        "xMode": "edge",
        "yMode": "edge",
        "x": (inner.x - frame.x) / frame.w,
        "y": (inner.y - frame.y) / frame.h,
        "w": inner.w / frame.w,
        "h": inner.h / frame.h,
    }
    layout = etree.Element(f"{{{_CHARTS}}}layout")
    manual = etree.SubElement(layout, f"{{{_CHARTS}}}manualLayout")
    for name, value in values.items():
        text = value if isinstance(value, str) else f"{value:.5f}"
        etree.SubElement(manual, f"{{{_CHARTS}}}{name}").set("val", text)
    area.insert(0, layout)


def _positive_ids(made: Any) -> None:
    """Give the axes ids that the schema allows: python-pptx writes negative ones."""
    for name in ("axId", "crossAx"):
        for each in made._chartSpace.iter(f"{{{_CHARTS}}}{name}"):  # noqa: SLF001
            each.set("val", each.get("val").lstrip("-"))
