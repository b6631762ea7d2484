"""Styles as SLD 1.1 (OGC 05-078r4 with Symbology Encoding 05-077r4), and back where simple."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree as ET

from gisapp.model.layer import Layer
from gisapp.model.style import MAX_ZOOM, Categories, Category, Graduated, Labels, Style
from gisapp.render.picture import ThemeName
from gisapp.render.ramps import nearest_ramp, ramp_colors
from gisapp.render.shapes import ICONS
from gisapp.render.stylefile import (
    OTHER_RAMP,
    Unread,
    classes_of,
    hex_of,
    kind_of,
    not_written,
    parsed,
    scale_of,
    zoom_of,
)
from gisapp.render.symbology import layer_area, plain_line, symbol_of

_SLD: Final = "http://www.opengis.net/sld"
_SE: Final = "http://www.opengis.net/se"
_OGC: Final = "http://www.opengis.net/ogc"
_MARKS: Final = {
    "circle": "circle",
    "square": "square",
    "hexagon": "hexagon",
    "triangle": "triangle",
    "diamond": "diamond",
    "cross": "x",
}
_SHAPES: Final = {name: shape for shape, name in _MARKS.items()}
for _prefix, _uri in (("sld", _SLD), ("se", _SE), ("ogc", _OGC)):
    ET.register_namespace(_prefix, _uri)


# --- writing ------------------------------------------------------------------------------------


def write_sld(layer: Layer) -> tuple[str, tuple[Unread, ...]]:
    """Return a layer's style as an SLD document, and what it cannot hold."""
    style, classes = layer.style, classes_of(layer)
    unread = not_written(style)
    root = ET.Element(f"{{{_SLD}}}StyledLayerDescriptor", {"version": "1.1.0"})
    named = ET.SubElement(root, f"{{{_SLD}}}NamedLayer")
    ET.SubElement(named, f"{{{_SE}}}Name").text = layer.name
    user = ET.SubElement(named, f"{{{_SLD}}}UserStyle")
    ET.SubElement(user, f"{{{_SE}}}Name").text = layer.name
    rules = ET.SubElement(user, f"{{{_SE}}}FeatureTypeStyle")
    if style.categories is not None and len(classes) > 1:
        field = style.categories.field
        values = [item.value for item in style.categories.items]
        for look, value in zip(classes[:-1], values, strict=True):
            rule = _rule(rules, look.label, style)
            _compared(_filter(rule), "PropertyIsEqualTo", field, value)
            _symbolizer(rule, layer, look.style, unread)
        rule = _rule(rules, classes[-1].label, style)
        # an ElseFilter says the same, but QGIS takes a rule with one for a rule for all
        either = ET.SubElement(_filter(rule), f"{{{_OGC}}}Or")
        missing = ET.SubElement(either, f"{{{_OGC}}}PropertyIsNull")
        ET.SubElement(missing, f"{{{_OGC}}}PropertyName").text = field
        others = ET.SubElement(either, f"{{{_OGC}}}And") if len(values) > 1 else either
        for value in values:
            _compared(others, "PropertyIsNotEqualTo", field, value)
        _symbolizer(rule, layer, classes[-1].style, unread)
    elif style.graduated is not None and len(classes) > 1:
        for number, look in enumerate(classes[:-1]):
            low, high = style.graduated.breaks[number : number + 2]
            rule = _rule(rules, look.label, style)
            both = ET.SubElement(_filter(rule), f"{{{_OGC}}}And")
            above = "PropertyIsGreaterThan" if number else "PropertyIsGreaterThanOrEqualTo"
            _compared(both, above, style.graduated.field, repr(low))
            _compared(both, "PropertyIsLessThanOrEqualTo", style.graduated.field, repr(high))
            _symbolizer(rule, layer, look.style, unread)
    else:
        _symbolizer(_rule(rules, layer.name, style), layer, style, unread)
    if style.labels is not None:
        _text(_rule(rules, "Labels", style), style.labels, layer, unread)
    if style.sized is not None:
        unread.append(Unread("The size by value is left out: an SLD has one size for a rule."))
    ET.indent(root, " ")
    text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")
    return text + "\n", tuple(dict.fromkeys(unread))


def _rule(rules: ET.Element, name: str, style: Style) -> ET.Element:
    rule = ET.SubElement(rules, f"{{{_SE}}}Rule")
    ET.SubElement(rule, f"{{{_SE}}}Name").text = name
    described = ET.SubElement(rule, f"{{{_SE}}}Description")
    ET.SubElement(described, f"{{{_SE}}}Title").text = name
    if style.max_zoom < MAX_ZOOM:
        least = ET.SubElement(rule, f"{{{_SE}}}MinScaleDenominator")
        least.text = f"{scale_of(style.max_zoom):.0f}"
    if style.min_zoom:
        most = ET.SubElement(rule, f"{{{_SE}}}MaxScaleDenominator")
        most.text = f"{scale_of(style.min_zoom):.0f}"
    return rule


def _filter(rule: ET.Element) -> ET.Element:
    """Return a new filter, which stands before the scales of a rule."""
    made = ET.Element(f"{{{_OGC}}}Filter")
    rule.insert(2, made)
    return made


def _compared(parent: ET.Element, how: str, field: str, value: str) -> None:
    test = ET.SubElement(parent, f"{{{_OGC}}}{how}")
    ET.SubElement(test, f"{{{_OGC}}}PropertyName").text = field
    ET.SubElement(test, f"{{{_OGC}}}Literal").text = value


def _said(parent: ET.Element, name: str, value: str | float) -> None:
    text = value if isinstance(value, str) else f"{value:g}"
    ET.SubElement(parent, f"{{{_SE}}}SvgParameter", {"name": name}).text = text


def _symbolizer(rule: ET.Element, layer: Layer, style: Style, unread: list[Unread]) -> None:
    kind = kind_of(layer)
    if kind == "marker":
        look = symbol_of(layer.role, theme=ThemeName.LIGHT, style=style)
        if look.shape in ICONS:
            unread.append(Unread("Icons are drawn as circles: an SLD has none of its own."))
        point = ET.SubElement(rule, f"{{{_SE}}}PointSymbolizer")
        graphic = ET.SubElement(point, f"{{{_SE}}}Graphic")
        mark = ET.SubElement(graphic, f"{{{_SE}}}Mark")
        ET.SubElement(mark, f"{{{_SE}}}WellKnownName").text = _MARKS.get(look.shape, "circle")
        _said(ET.SubElement(mark, f"{{{_SE}}}Fill"), "fill", look.fill.lower())
        stroke = ET.SubElement(mark, f"{{{_SE}}}Stroke")
        _said(stroke, "stroke", look.halo.lower())
        _said(stroke, "stroke-width", look.halo_width)
        ET.SubElement(graphic, f"{{{_SE}}}Size").text = f"{look.size:g}"
    elif kind == "line":
        line = plain_line(layer.role, ThemeName.LIGHT, style=style)
        if line.arrow:
            unread.append(Unread("Arrows are left out: an SLD has none."))
        symbolizer = ET.SubElement(rule, f"{{{_SE}}}LineSymbolizer")
        stroke = ET.SubElement(symbolizer, f"{{{_SE}}}Stroke")
        _stroke(stroke, line.color, line.width, line.dash)
    else:
        area = layer_area(layer, ThemeName.LIGHT, style)
        if area.hatch:
            unread.append(Unread("A hatch is written as a plain fill."))
        symbolizer = ET.SubElement(rule, f"{{{_SE}}}PolygonSymbolizer")
        if area.alpha:
            fill = ET.SubElement(symbolizer, f"{{{_SE}}}Fill")
            _said(fill, "fill", area.fill.lower())
            _said(fill, "fill-opacity", area.alpha)
        if area.width:
            stroke = ET.SubElement(symbolizer, f"{{{_SE}}}Stroke")
            _stroke(stroke, area.outline, area.width, area.dash)


def _stroke(stroke: ET.Element, color: str, width: float, dash: Iterable[float]) -> None:
    _said(stroke, "stroke", color.lower())
    _said(stroke, "stroke-width", width)
    lengths = " ".join(f"{length:g}" for length in dash)
    if lengths:
        _said(stroke, "stroke-dasharray", lengths)


def _text(rule: ET.Element, labels: Labels, layer: Layer, unread: list[Unread]) -> None:
    if labels.text not in layer.features.columns:
        unread.append(Unread("Labels of several columns are left out."))
        return
    symbolizer = ET.SubElement(rule, f"{{{_SE}}}TextSymbolizer")
    label = ET.SubElement(symbolizer, f"{{{_SE}}}Label")
    ET.SubElement(label, f"{{{_OGC}}}PropertyName").text = labels.text
    font = ET.SubElement(symbolizer, f"{{{_SE}}}Font")
    _said(font, "font-family", "Lato")
    _said(font, "font-size", labels.size)
    if labels.halo:
        halo = ET.SubElement(symbolizer, f"{{{_SE}}}Halo")
        ET.SubElement(halo, f"{{{_SE}}}Radius").text = "1.5"
        _said(ET.SubElement(halo, f"{{{_SE}}}Fill"), "fill", "#ffffff")
    _said(ET.SubElement(symbolizer, f"{{{_SE}}}Fill"), "fill", "#1b2730")


# --- reading ------------------------------------------------------------------------------------


def _name(element: ET.Element) -> str:
    """Return a name without its namespace: 1.0 and 1.1 differ in it."""
    return element.tag.rpartition("}")[2]


def _all(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (each for each in element.iter() if _name(each) == name)


def _first(element: ET.Element, name: str) -> ET.Element | None:
    return next(_all(element, name), None)


def _content(element: ET.Element | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def _parameters(element: ET.Element | None) -> dict[str, str]:
    if element is None:
        return {}
    found = [*_all(element, "SvgParameter"), *_all(element, "CssParameter")]
    return {each.get("name", ""): _content(each) for each in found}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def read_sld(data: bytes) -> tuple[Style, tuple[Unread, ...]]:
    """Return the style of an SLD document, 1.0 or 1.1, and what of it is left out.

    Raises
    ------
    GisappError
        `not_a_style` where the document is none.
    """
    root = parsed(data)
    unread: list[Unread] = []
    drawn: list[tuple[ET.Element, Style]] = []
    labels: Labels | None = None
    for rule in _all(root, "Rule"):
        text = _first(rule, "TextSymbolizer")
        if text is not None:
            labels = _read_text(text) or labels
        look = _read_look(rule, unread)
        if look is not None:
            drawn.append((rule, look))
    if not drawn:
        unread.append(Unread("The file holds no symbols of a vector layer."))
        return Style(labels=labels), tuple(unread)
    style = replace(_by_rules(drawn, unread), labels=labels)
    least = _number(_content(_first(drawn[0][0], "MinScaleDenominator")))
    most = _number(_content(_first(drawn[0][0], "MaxScaleDenominator")))
    style = replace(
        style,
        min_zoom=zoom_of(most) if most else 0.0,
        max_zoom=zoom_of(least) if least else MAX_ZOOM,
    )
    return style, tuple(dict.fromkeys(unread))


def _by_rules(drawn: list[tuple[ET.Element, Style]], unread: list[Unread]) -> Style:
    """Return one style of rules that are categories, or classes of a number, or one for all."""
    first = drawn[0][1]
    items: list[Category] = []
    ends: list[tuple[float, float, str, str]] = []
    fields: set[str] = set()
    other: str | None = None
    other_label, left_out = "Other", 0
    for rule, look in drawn:
        test, label = _first(rule, "Filter"), _content(_first(rule, "Title"))
        if test is None or _first(test, "PropertyIsNotEqualTo") is not None:
            if len(drawn) > 1:
                other, other_label = look.color, label or "Other"
            continue
        names = {_content(each) for each in _all(test, "PropertyName")}
        literals = [_content(each) for each in _all(test, "Literal")]
        kinds = {_name(each) for each in test.iter()} - {"Filter", "PropertyName", "Literal"}
        numbers = [number for text in literals if (number := _number(text)) is not None]
        if kinds == {"PropertyIsEqualTo"} and len(literals) == 1:
            value = literals[0]
            items.append(Category(value, look.color, look.shape, "" if label == value else label))
        elif len(numbers) == 2 and len(names) == 1 and any("Than" in kind for kind in kinds):
            ends.append((min(numbers), max(numbers), look.color or "", label))
        else:
            left_out += 1
            continue
        fields |= names
    if left_out:
        unread.append(Unread("Rules that compare in other ways are left out."))
    if len(fields) != 1 or (items and ends):
        if items or ends:
            unread.append(Unread("The rules are read as one symbol."))
        return first
    (field,) = fields
    if items:
        found = Categories(field, tuple(items), other=other, other_label=other_label)
        return replace(first, color=None, shape=None, categories=found)
    ends.sort()
    colors = tuple(color for *_, color, _ in ends)
    ramp, reverse = nearest_ramp(colors)
    if ramp_colors(ramp, len(colors), reverse=reverse) != colors:
        unread.append(OTHER_RAMP)
    breaks = (ends[0][0], *(high for _, high, *_ in ends))
    return replace(first, color=None, graduated=Graduated(field, breaks, "manual", ramp, reverse))


def _color(text: str) -> str | None:
    found = hex_of(text)
    return found[0] if found else None


def _read_look(rule: ET.Element, unread: list[Unread]) -> Style | None:
    point, line = _first(rule, "PointSymbolizer"), _first(rule, "LineSymbolizer")
    area = _first(rule, "PolygonSymbolizer")
    if point is not None:
        name = _content(_first(point, "WellKnownName"))
        if name not in _SHAPES:
            unread.append(Unread("A marker that is not known here is drawn as a circle."))
        return Style(
            color=_color(_parameters(_first(point, "Fill")).get("fill", "")),
            shape=_SHAPES.get(name, "circle"),
            size=_number(_content(_first(point, "Size"))),
        )
    if area is not None:
        fill, stroke = (_parameters(_first(area, name)) for name in ("Fill", "Stroke"))
        alpha = _number(fill.get("fill-opacity", "1")) if fill else 0.0
        return Style(
            color=_color(fill.get("fill", "")),
            fill=alpha,
            outline=(_color(stroke.get("stroke", "")) or "") if stroke else "",
            width=_number(stroke.get("stroke-width", "1")) if stroke else None,
        )
    if line is not None:
        stroke = _parameters(_first(line, "Stroke"))
        dash = tuple(
            length
            for part in stroke.get("stroke-dasharray", "").split()
            if (length := _number(part)) is not None
        )
        return Style(
            color=_color(stroke.get("stroke", "")),
            width=_number(stroke.get("stroke-width", "1")),
            dash=dash or None,
            arrow="none",
        )
    return None


def _read_text(text: ET.Element) -> Labels | None:
    label = _first(text, "Label")
    field = _content(_first(label, "PropertyName")) if label is not None else ""
    if not field:
        return None
    size = _number(_parameters(_first(text, "Font")).get("font-size", "")) or 11.0
    return Labels(field, size, halo=_first(text, "Halo") is not None)
