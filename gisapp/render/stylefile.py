"""What the readers and writers of style files share: units, colours, classes, safe XML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log2
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np

from gisapp.model.feedback import GisappError
from gisapp.model.layer import Layer
from gisapp.model.style import MAX_ZOOM, Sized, Style
from gisapp.render.looks import LookClass, classed
from gisapp.render.picture import ThemeName

#: Millimetres of a CSS pixel, of 1/96 inch.
MM_PER_PIXEL: Final = 25.4 / 96.0
#: Scale denominator of zoom 0 of the web maps, for pixels of 0.28 mm.
_SCALE_OF_WORLD: Final = 559_082_264.03
_LARGEST: Final = 20_000_000  # bytes
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class Unread:
    """Something of a style that the other side cannot hold, in a sentence."""

    message: str


#: Classes have the colours of one of our ramps, whatever colours a file gives each.
OTHER_RAMP: Final = Unread("The colours of the classes become those of the ramp most like them.")


def parsed(data: bytes) -> ET.Element:
    """Return the root of an XML file; a declaration of entities is refused.

    Raises
    ------
    GisappError
        `not_a_style` where it is no XML, or none that can be trusted.
    """
    try:
        text = data.decode("utf-8-sig") if len(data) <= _LARGEST else ""
        if not text or "<!ENTITY" in text:
            raise ValueError("too large, empty or with entities")
        return ET.fromstring(text)  # noqa: S314 - entities are refused above
    except (ValueError, LookupError, ET.ParseError) as error:
        raise GisappError(
            "not_a_style",
            f"The file cannot be read as a style: {error}.",
            "Save the style again in QGIS, as .qml or .sld.",
        ) from error


def classes_of(layer: Layer) -> tuple[LookClass, ...]:
    """Return the classes of a layer's style in the colours of the light theme."""
    return classed(layer, np.arange(len(layer.features)), ThemeName.LIGHT).classes


def kind_of(layer: Layer) -> str:
    """Return marker, line or fill."""
    kind = layer.features.geometry_type
    if "Point" in kind:
        return "marker"
    return "line" if "Line" in kind else "fill"


def scale_of(zoom: float) -> float:
    """Return the scale denominator of a zoom."""
    return float(_SCALE_OF_WORLD / 2.0**zoom)


def zoom_of(scale: float) -> float:
    """Return the zoom of a scale denominator, to a tenth and within what a style may say."""
    zoom = log2(_SCALE_OF_WORLD / scale) if scale > 0 else MAX_ZOOM
    return float(min(max(round(zoom, 1), 0.0), MAX_ZOOM))


def hex_of(text: str) -> tuple[str, float] | None:
    """Return "#RRGGBB" and opacity of "r,g,b,a" or "#rrggbb"; None for neither."""
    if _COLOR.fullmatch(text):
        return text.upper(), 1.0
    try:
        numbers = [int(part) for part in text.split(",")[:4]]
    except ValueError:
        return None
    if len(numbers) < 3 or not all(0 <= number <= 255 for number in numbers):
        return None
    return "#" + bytes(numbers[:3]).hex().upper(), numbers[3] / 255 if len(numbers) > 3 else 1.0


def rgba_of(color: str, alpha: float = 1.0) -> str:
    """Return "r,g,b,a"."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return f"{red},{green},{blue},{round(255 * alpha)}"


def not_written(style: Style) -> list[Unread]:
    """Return what neither of the two formats holds of a style."""
    found = []
    if style.clusters is not None:
        found.append(Unread("Clusters are left out: the file has the single symbols."))
    if style.heat is not None:
        found.append(Unread("The picture of density is left out: the file has the symbols."))
    return found


def sized_top(layer: Layer, sized: Sized) -> float:
    """Return the value that is drawn largest."""
    values = layer.features.columns.get(sized.field)
    if sized.top or values is None or values.dtype.kind not in "fiu":
        return sized.top or 1.0
    known = values.astype(np.float64)
    return float(known[np.isfinite(known)].max(initial=0.0)) or 1.0
