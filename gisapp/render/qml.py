"""Styles as QGIS reads them (.qml, tried with 3.22)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from gisapp.model.layer import Layer
from gisapp.model.places import resources_dir
from gisapp.model.style import (
    MAX_ZOOM,
    Labels,
    Style,
)
from gisapp.render.picture import ThemeName
from gisapp.render.shapes import ICONS
from gisapp.render.stylefile import (
    MM_PER_PIXEL,
    Unread,
    classes_of,
    kind_of,
    not_written,
    rgba_of,
    scale_of,
    sized_top,
)
from gisapp.render.symbology import (
    LARGEST_WEIGHTED,
    SMALLEST_WEIGHTED,
    WORLD_SIZE,
    layer_area,
    plain_line,
    symbol_of,
)

MARKERS: Final = {
    "circle": "circle",
    "square": "square",
    "hexagon": "hexagon",
    "triangle": "equilateral_triangle",
    "diamond": "diamond",
    "cross": "cross2",
}
HATCHES: Final = {"/": "b_diagonal", "\\": "f_diagonal"}
_WIDEST: Final = 8.0
_FINEST: Final = 0.6


def write_qml(layer: Layer) -> tuple[str, tuple[Unread, ...]]:
    """Return a layer's style as a QML document, and what it cannot hold."""
    style = layer.style
    ranged = bool(style.min_zoom) or style.max_zoom < MAX_ZOOM
    root = ET.Element(
        "qgis",
        {
            "version": "3.22.0",
            "styleCategories": "Symbology|Labeling|Rendering",
            "hasScaleBasedVisibilityFlag": str(int(ranged)),
            "minScale": f"{scale_of(style.min_zoom):.0f}",
            "maxScale": f"{scale_of(style.max_zoom):.0f}" if style.max_zoom < MAX_ZOOM else "0",
            "labelsEnabled": str(int(style.labels is not None)),
        },
    )
    _renderer(ET.SubElement(root, "renderer-v2"), layer)
    if style.labels is not None:
        _labeling(root, style.labels, layer)
    ET.indent(root, " ")
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    text = head + ET.tostring(root, encoding="unicode") + "\n"
    unread = not_written(style)
    if style.labels is not None and style.labels.priority:
        unread.append(Unread("The order of the names is left out."))
    return text, tuple(unread)


def _renderer(renderer: ET.Element, layer: Layer) -> None:
    style, classes = layer.style, classes_of(layer)
    renderer.set("forceraster", "0")
    symbols = ET.Element("symbols")
    if style.categories is not None and len(classes) > 1:
        renderer.set("type", "categorizedSymbol")
        renderer.set("attr", style.categories.field)
        found = ET.SubElement(renderer, "categories")
        values = [item.value for item in style.categories.items]
        for number, value in enumerate([*values, ""]):
            look = {"symbol": str(number), "value": value, "label": classes[number].label}
            ET.SubElement(found, "category", {"render": "true", **look})
    elif style.graduated is not None and len(classes) > 1:
        breaks = style.graduated.breaks
        renderer.set("type", "graduatedSymbol")
        renderer.set("attr", style.graduated.field)
        renderer.set("graduatedMethod", "GraduatedColor")
        found = ET.SubElement(renderer, "ranges")
        for number in range(style.graduated.classes):
            ends = {"lower": repr(breaks[number]), "upper": repr(breaks[number + 1])}
            look = {"symbol": str(number), "label": classes[number].label}
            ET.SubElement(found, "range", {"render": "true", **ends, **look})
        classes = classes[:-1]
    else:
        renderer.set("type", "singleSymbol")
        classes = classes[:1]
    renderer.append(symbols)
    for number, each in enumerate(classes):
        _symbol(symbols, number, layer, each.style)


def _symbol(symbols: ET.Element, number: int, layer: Layer, style: Style) -> None:
    kind = kind_of(layer)
    symbol = ET.SubElement(
        symbols, "symbol", {"type": kind, "name": str(number), "alpha": "1", "clip_to_extent": "1"}
    )
    if kind == "marker":
        _marker(symbol, layer, style)
    elif kind == "line":
        _line(symbol, layer, style)
    else:
        area = layer_area(layer, ThemeName.LIGHT, style)
        hatch = HATCHES.get(area.hatch, "solid")
        look = {
            "color": rgba_of(area.fill, 1.0 if area.hatch else area.alpha),
            "style": hatch if area.alpha else "no",
            "outline_color": rgba_of(area.outline or area.fill),
            "outline_style": "solid" if area.width else "no",
            "outline_width": _mm(area.width),
            "outline_width_unit": "MM",
        }
        _piece(symbol, "SimpleFill", look)


def _mm(pixels: float) -> str:
    return f"{pixels * MM_PER_PIXEL:.4g}"


def _piece(
    symbol: ET.Element, kind: str, look: Mapping[str, str], by_value: tuple[str, str] | None = None
) -> ET.Element:
    """Add a part of a symbol: options as 3.22 and later read them, properties as earlier ones."""
    piece = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0"})
    options = ET.SubElement(piece, "Option", {"type": "Map"})
    for name, value in look.items():
        ET.SubElement(options, "Option", {"name": name, "type": "QString", "value": value})
    for name, value in look.items():
        ET.SubElement(piece, "prop", {"k": name, "v": value})
    if by_value is not None:
        name, expression = by_value
        defined = ET.SubElement(piece, "data_defined_properties")
        whole = ET.SubElement(defined, "Option", {"type": "Map"})
        ET.SubElement(whole, "Option", {"name": "name", "type": "QString", "value": ""})
        properties = ET.SubElement(whole, "Option", {"name": "properties", "type": "Map"})
        one = ET.SubElement(properties, "Option", {"name": name, "type": "Map"})
        ET.SubElement(one, "Option", {"name": "active", "type": "bool", "value": "true"})
        given = {"name": "expression", "type": "QString", "value": expression}
        ET.SubElement(one, "Option", given)
        ET.SubElement(one, "Option", {"name": "type", "type": "int", "value": "3"})
        ET.SubElement(whole, "Option", {"name": "type", "type": "QString", "value": "collection"})
    return piece


def _marker(symbol: ET.Element, layer: Layer, style: Style) -> None:
    look = symbol_of(layer.role, theme=ThemeName.LIGHT, style=style)
    icon = look.shape in ICONS
    given = {
        "color": rgba_of(look.fill),
        "outline_color": rgba_of(look.halo),
        "outline_style": "solid",
        "outline_width": _mm(0.0 if icon else look.halo_width),
        "outline_width_unit": "MM",
        "size": _mm(look.size * (1.9 if icon else 1.0)),
        "size_unit": "MM",
        "scale_method": "diameter",
        "name": icon_name(look.shape) if icon else MARKERS[look.shape],
    }
    by_value = None
    if style.sized is not None:
        least = (style.sized.smallest or SMALLEST_WEIGHTED) * MM_PER_PIXEL
        most = (style.sized.largest or LARGEST_WEIGHTED) * MM_PER_PIXEL
        share = f'sqrt(max("{style.sized.field}", 0) / {sized_top(layer, style.sized)!r})'
        unknown = WORLD_SIZE * MM_PER_PIXEL
        by_value = (
            "size", f"coalesce(max({least:.4g}, {most:.4g} * {share}), {unknown:.4g})"
        )  # fmt: skip
    _piece(symbol, "SvgMarker" if icon else "SimpleMarker", given, by_value)


def icon_name(shape: str) -> str:
    """Return an icon as text inside of the style, in which QGIS puts the colour of the symbol."""
    svg = (resources_dir() / "icons" / f"{shape}.svg").read_text("utf-8")
    colored = svg.replace("<path ", '<path fill="param(fill)" ')
    return "base64:" + base64.b64encode(colored.encode()).decode("ascii")


def _line(symbol: ET.Element, layer: Layer, style: Style) -> None:
    look = plain_line(layer.role, ThemeName.LIGHT, style=style)
    given = {
        "line_color": rgba_of(look.color, look.opacity),
        "line_width": _mm(look.width),
        "line_width_unit": "MM",
        "line_style": "solid",
        "use_custom_dash": str(int(bool(look.dash))),
        "customdash": ";".join(_mm(length) for length in look.dash) or "5;2",
        "customdash_unit": "MM",
    }
    by_value = None
    if style.sized is not None:
        least = (style.sized.smallest or _FINEST) * MM_PER_PIXEL
        most = (style.sized.largest or _WIDEST) * MM_PER_PIXEL
        share = f'max("{style.sized.field}", 0) / {sized_top(layer, style.sized)!r}'
        by_value = (
            "outlineWidth", f"coalesce(max({least:.4g}, {most:.4g} * {share}), {least:.4g})"
        )  # fmt: skip
    _piece(symbol, "SimpleLine", given, by_value)
    if look.arrow:
        place = "centralpoint" if look.arrow == "middle" else "lastvertex"
        arrow = _piece(symbol, "MarkerLine", {"placement": place, "rotate": "1"})
        head = {
            "type": "marker", "name": f"@{symbol.get('name')}@1", "alpha": "1",
            "clip_to_extent": "1",
        }  # fmt: skip
        tip = {
            "name": "filled_arrowhead",
            "color": rgba_of(look.color, look.opacity),
            "outline_style": "no",
            "size": _mm(6.4 + look.width * 2.8),
            "size_unit": "MM",
        }
        _piece(ET.SubElement(arrow, "symbol", head), "SimpleMarker", tip)


def _labeling(root: ET.Element, labels: Labels, layer: Layer) -> None:
    labeling = ET.SubElement(root, "labeling", {"type": "simple"})
    settings = ET.SubElement(labeling, "settings")
    plain = labels.text in layer.features.columns
    text = {
        "fieldName": labels.text if plain else _expression(labels.text),
        "isExpression": str(int(not plain)),
        "fontSize": f"{labels.size * 0.75:g}",
        "fontSizeUnit": "Point",
        "fontFamily": "Lato",
        "textColor": "27,39,48,255",
        "textOpacity": "1",
    }
    style = ET.SubElement(settings, "text-style", text)
    buffer = {
        "bufferDraw": str(int(labels.halo)),
        "bufferSize": "0.7",
        "bufferSizeUnits": "MM",
        "bufferColor": "255,255,255,255",
    }
    ET.SubElement(style, "text-buffer", buffer)
    ET.SubElement(settings, "text-format")
    beside = {"placement": "6" if kind_of(layer) == "marker" else "0"}
    ET.SubElement(settings, "placement", {**beside, "dist": "1", "distUnits": "MM"})
    rendering = {
        "scaleVisibility": str(int(labels.min_zoom > 0)),
        "scaleMin": "0",
        "scaleMax": f"{scale_of(labels.min_zoom):.0f}",
        "obstacle": "1",
    }
    ET.SubElement(settings, "rendering", rendering)


def _expression(template: str) -> str:
    """Return a template as an expression of QGIS: texts and columns in a row."""
    pieces = re.split(r"\{([^{}]+)\}", template)
    parts = [
        f'"{piece}"' if i % 2 else "'" + piece.replace("'", "''") + "'"
        for i, piece in enumerate(pieces)
        if piece
    ]
    return f"concat({', '.join(parts)})"
