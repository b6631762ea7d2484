"""Styles of QGIS (.qml) as ours, where they are simple."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree as ET

from gisapp.model.style import (
    MAX_ZOOM,
    Categories,
    Category,
    Graduated,
    Labels,
    Sized,
    Style,
)
from gisapp.render.qml import HATCHES, MARKERS, icon_name
from gisapp.render.ramps import nearest_ramp, ramp_colors
from gisapp.render.shapes import ICONS
from gisapp.render.stylefile import (
    MM_PER_PIXEL,
    OTHER_RAMP,
    Unread,
    hex_of,
    parsed,
    zoom_of,
)

_SHAPES: Final = {name: shape for shape, name in MARKERS.items()} | {"triangle": "triangle"}
_UNITS: Final = {"MM": 1.0 / MM_PER_PIXEL, "Point": 96.0 / 72.0, "Pixel": 1.0, "Inch": 96.0}
#: Our own words for an area or a width by value, and those of the assistant of QGIS.
_ROOT: Final = re.compile(
    r'max\(([\d.eE+-]+), ([\d.eE+-]+) \* (?:sqrt\(max\("([^"]+)", 0\) / ([\d.eE+-]+)\)'
    r'|max\("([^"]+)", 0\) / ([\d.eE+-]+))\)'
)
_ASSISTANT: Final = re.compile(
    r'scale_exp\(\s*"([^"]+)"\s*,\s*[\d.eE+-]+\s*,\s*([\d.eE+-]+)\s*,\s*([\d.eE+-]+)\s*,'
    r"\s*([\d.eE+-]+)"
)


def read_qml(data: bytes) -> tuple[Style, tuple[Unread, ...]]:
    """Return the style of a QML document, and what of it is left out.

    Read are single symbols, categories, classes of a number, sizes by value and simple labels.

    Raises
    ------
    GisappError
        `not_a_style` where the document is none.
    """
    root = parsed(data)
    unread: list[Unread] = []
    style = Style()
    if root.get("hasScaleBasedVisibilityFlag") == "1":
        farthest, nearest = (_float(root.get(name)) for name in ("minScale", "maxScale"))
        style = replace(
            style,
            min_zoom=zoom_of(farthest) if farthest else 0.0,
            max_zoom=zoom_of(nearest) if nearest else MAX_ZOOM,
        )
    renderer = root.find("renderer-v2")
    if renderer is None:
        unread.append(Unread("The file holds no symbols of a vector layer."))
    else:
        style = _read_renderer(renderer, style, unread)
    labels = _read_labels(root, unread)
    return replace(style, labels=labels), tuple(dict.fromkeys(unread))


def _float(text: str | None, usual: float = 0.0) -> float:
    try:
        return float(text) if text else usual
    except ValueError:
        return usual


def _read_renderer(renderer: ET.Element, style: Style, unread: list[Unread]) -> Style:
    kind = renderer.get("type", "")
    symbols = {each.get("name", ""): each for each in renderer.findall("symbols/symbol")}
    looks = {name: _read_symbol(each, unread) for name, each in symbols.items()}
    first = next(iter(looks.values()), Style())
    common = replace(first, min_zoom=style.min_zoom, max_zoom=style.max_zoom, labels=style.labels)
    field = renderer.get("attr", "").strip('"')
    if kind == "singleSymbol":
        return common
    if kind == "categorizedSymbol":
        return replace(common, color=None, categories=_read_categories(renderer, field, looks))
    if kind == "graduatedSymbol":
        ranges = renderer.findall("ranges/range")
        ends = [_float(each.get("upper")) for each in ranges]
        lows = [_float(each.get("lower")) for each in ranges]
        labels = tuple(each.get("label", "") for each in ranges)
        colors = [looks.get(each.get("symbol", ""), Style()).color or "" for each in ranges]
        if ranges and renderer.get("graduatedMethod") != "GraduatedSize":
            ramp, reverse = nearest_ramp(colors)
            if ramp_colors(ramp, len(colors), reverse=reverse) != tuple(colors):
                unread.append(OTHER_RAMP)
            graduated = Graduated(
                field, (lows[0], *ends), "manual", ramp, reverse, _own_labels(labels, lows, ends)
            )
            return replace(common, color=None, graduated=graduated)
    words = {
        "RuleRenderer": "rules",
        "heatmapRenderer": "a picture of density",
        "pointCluster": "clusters",
    }.get(kind, f'"{kind}"')
    unread.append(Unread(f"The file draws by {words}, which is read as one symbol."))
    return common


def _own_labels(labels: tuple[str, ...], lows: list[float], ends: list[float]) -> tuple[str, ...]:
    """Return the labels unless each says its range, which ours do anyway."""
    numbers = re.compile(r"[\d.,\s\u202f\u00a0\u2212\u2013-]+")
    said = all(numbers.fullmatch(label) for label in labels)
    return () if said and len(lows) == len(ends) else labels


def _read_categories(renderer: ET.Element, field: str, looks: Mapping[str, Style]) -> Categories:
    items: list[Category] = []
    other, other_label = None, "Other"
    for each in renderer.findall("categories/category"):
        look = looks.get(each.get("symbol", ""), Style())
        value, label = each.get("value", ""), each.get("label", "")
        if not value:
            other, other_label = look.color, label or "Other"
        elif each.get("render") != "false":
            items.append(Category(value, look.color, look.shape, "" if label == value else label))
    return Categories(field, tuple(items), other=other, other_label=other_label)


def _properties(piece: ET.Element) -> dict[str, str]:
    """Return what a part of a symbol says: options where there are some, else properties."""
    options = {
        each.get("name", ""): each.get("value", "") for each in piece.findall("Option/Option")
    }
    return options or {each.get("k", ""): each.get("v", "") for each in piece.findall("prop")}


def _pixels(look: Mapping[str, str], name: str) -> float | None:
    if name not in look:
        return None
    unit = _UNITS.get(look.get(f"{name}_unit", "MM"), 1.0 / MM_PER_PIXEL)
    return round(_float(look[name]) * unit, 2)


def _read_symbol(symbol: ET.Element, unread: list[Unread]) -> Style:
    style = Style()
    pieces = [each for each in symbol.findall("layer") if each.get("enabled", "1") == "1"]
    known = {"SimpleMarker", "SvgMarker", "SimpleLine", "SimpleFill", "MarkerLine"}
    other = sorted({each.get("class", "") for each in pieces} - known)
    unread += [Unread(f"A symbol of QGIS is left out: {name}.") for name in other]
    for piece in pieces:
        look, kind = _properties(piece), piece.get("class", "")
        opacity = _float(symbol.get("alpha"), 1.0)
        if kind in {"SimpleMarker", "SvgMarker"}:
            style = _read_marker(style, look, kind, unread)
        elif kind == "SimpleLine":
            color = hex_of(look.get("line_color", ""))
            dash = tuple(
                round(_float(part) / MM_PER_PIXEL, 2)
                for part in look.get("customdash", "").split(";")
            )
            style = replace(
                style,
                color=color[0] if color else None,
                width=_pixels(look, "line_width"),
                dash=dash if look.get("use_custom_dash") == "1" else style.dash,
                arrow=style.arrow or "none",
            )
        elif kind == "MarkerLine":
            end = look.get("placement") == "lastvertex"
            style = replace(style, arrow="end" if end else "middle")
        elif kind == "SimpleFill":
            style = _read_fill(style, look, opacity)
        sized = _read_sized(piece)
        if sized is not None:
            style = replace(style, sized=sized)
    return style


def _read_marker(style: Style, look: Mapping[str, str], kind: str, unread: list[Unread]) -> Style:
    color, size = hex_of(look.get("color", "")), _pixels(look, "size")
    shape = _SHAPES.get(look.get("name", ""))
    if kind == "SvgMarker":
        shape = next((icon for icon in ICONS if icon_name(icon) == look.get("name")), None)
        size = None if size is None else round(size / 1.9, 2)
    if shape is None:
        unread.append(Unread("A marker that is not known here is drawn as a circle."))
    return replace(style, color=color[0] if color else None, size=size, shape=shape or "circle")


def _read_fill(style: Style, look: Mapping[str, str], opacity: float) -> Style:
    color, outline = hex_of(look.get("color", "")), hex_of(look.get("outline_color", ""))
    brush = look.get("style", "solid")
    hatch = next((ours for ours, theirs in HATCHES.items() if theirs == brush), "")
    outlined = look.get("outline_style", "solid") != "no" and outline
    return replace(
        style,
        color=color[0] if color else None,
        fill=0.0 if brush == "no" or color is None else round(color[1] * opacity, 2),
        outline=outline[0] if outlined and outline else "",
        width=_pixels(look, "outline_width") if outlined else None,
        hatch=hatch or None,
    )


def _read_sized(piece: ET.Element) -> Sized | None:
    """Return a size by value that we or the assistant of QGIS wrote."""
    defined = piece.find("data_defined_properties")
    if defined is None:
        return None
    for each in defined.iter("Option"):
        if each.get("name") != "expression":
            continue
        text = each.get("value", "")
        if ours := _ROOT.search(text):
            least, most = (round(_float(ours[i]) / MM_PER_PIXEL, 2) for i in (1, 2))
            field, top = (ours[3], ours[4]) if ours[3] else (ours[5], ours[6])
            return Sized(field, least, most, _float(top))
        if theirs := _ASSISTANT.search(text):
            least, most = (round(_float(theirs[i]) / MM_PER_PIXEL, 2) for i in (3, 4))
            return Sized(theirs[1], least or None, most, _float(theirs[2]))
    return None


def _read_labels(root: ET.Element, unread: list[Unread]) -> Labels | None:
    labeling = root.find("labeling")
    if labeling is None or root.get("labelsEnabled", "1") == "0":
        return None
    text = labeling.find("settings/text-style")
    if labeling.get("type") != "simple" or text is None:
        unread.append(Unread("Labels by rules are left out."))
        return None
    field = text.get("fieldName", "")
    if text.get("isExpression") == "1":
        field = _template(field)
        if not field:
            unread.append(Unread("Labels by an expression are left out."))
            return None
    unit = _UNITS.get(text.get("fontSizeUnit", "Point"), 96.0 / 72.0)
    buffer, rendering = text.find("text-buffer"), labeling.find("settings/rendering")
    zoom = 0.0
    if rendering is not None and rendering.get("scaleVisibility") == "1":
        zoom = zoom_of(_float(rendering.get("scaleMax")))
    return Labels(
        field,
        round(_float(text.get("fontSize"), 8.25) * unit, 1),
        halo=buffer is not None and buffer.get("bufferDraw") == "1",
        min_zoom=zoom,
    )


def _template(expression: str) -> str:
    """Return a concat of texts and columns as a template; "" for any other expression."""
    text = expression.strip()
    if re.fullmatch(r'"[^"]+"', text):
        return text.strip('"')
    pieces = r"""(?:"[^"]+"|'(?:[^']|'')*')"""
    found = re.fullmatch(rf"concat\(({pieces}(?:, {pieces})*)\)", text)
    if found is None:
        return ""
    return "".join(
        "{" + piece[1:-1] + "}" if piece[0] == '"' else piece[1:-1].replace("''", "'")
        for piece in re.findall(pieces, found[1])
    )
