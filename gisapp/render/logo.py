"""A logo as it travels with a brand: checked, a PNG or an SVG, as base64 text."""

from __future__ import annotations

import base64
import io
import re
from functools import cache
from typing import Final
from xml.etree import ElementTree as ET

import skia
from PIL import Image, UnidentifiedImageError

from gisapp.model.feedback import GisappError

LARGEST_LOGO: Final = 512 * 1024
#: A small file may unfold to more pixels than any page has; twice a 4K screen is enough.
_MOST_PIXELS: Final = 16_000_000
#: What would fetch another file: a link that is neither inside the picture nor data.
_FETCHING: Final = re.compile(
    rb"(href|src)\s*=\s*[\"'](?!#|data:image/)|url\(\s*[\"']?(?!#|data:)|@import"
)
#: Height in pixels of the picture that stands for an SVG, and its largest width.
_FALLBACK: Final = (320, 2048)
_NUMBER: Final = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")


def logo_text(data: bytes, name: str) -> str:
    """Return a logo as the base64 text of a PNG or SVG; raises `not_a_logo`."""
    try:
        kept = data if _is_svg(data, name) else _png(data)
    except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise GisappError(
            "not_a_logo",
            f"The logo {name} cannot be used: {' '.join(str(error).rstrip('.').split())}.",
            "Choose a PNG, JPEG or plain SVG picture.",
        ) from error
    return base64.b64encode(kept).decode("ascii")


def _is_svg(data: bytes, name: str) -> bool:
    if not name.lower().endswith(".svg"):
        return False
    if b"<!ENTITY" in data:
        raise ValueError("it declares entities")
    try:
        root = ET.fromstring(data)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise ValueError(f"it is no SVG ({error})") from error
    if not root.tag.endswith("svg"):
        raise ValueError("it is no SVG")
    scripts = any(
        str(node.tag).rpartition("}")[2] in ("script", "foreignObject")
        or any(key.rpartition("}")[2].lower().startswith("on") for key in node.attrib)
        for node in root.iter()
    )
    if scripts or _FETCHING.search(data):
        raise ValueError("it holds scripts or asks for other files")
    # they would be missing or black in pictures and slides: skia draws neither
    if any(str(node.tag).rpartition("}")[2] in ("text", "style") for node in root.iter()):
        raise ValueError(
            "it holds text or a style sheet: save it with text as paths and colours as attributes"
        )
    return True


def _png(data: bytes) -> bytes:
    seen = skia.Image.MakeFromEncoded(skia.Data(data))  # reads the size alone
    if seen is None:
        raise ValueError("it is no picture, or damaged")
    if seen.width() * seen.height() > _MOST_PIXELS:
        raise ValueError(f"it is {seen.width()} x {seen.height()} pixels large, save it smaller")
    picture = Image.open(io.BytesIO(data))
    picture.load()
    if picture.format == "PNG":
        return data
    made = io.BytesIO()
    picture.convert("RGBA").save(made, "PNG")
    return made.getvalue()


@cache
def logo_aspect(text: str) -> float:
    """Return width by height of a logo that is base64 text; 0 for none."""
    if not text:
        return 0.0
    wide, high = _dimensions(base64.b64decode(text))
    return wide / high


@cache
def logo_pictures(text: str) -> tuple[bytes, bytes]:
    """Return a logo, PNG or SVG, and for an SVG a PNG of the same."""
    data = base64.b64decode(text)
    if data.startswith(b"\x89PNG"):
        return data, b""
    wide, high = _dimensions(data)
    factor = min(_FALLBACK[0] / high, _FALLBACK[1] / wide)
    surface = skia.Surface(max(round(wide * factor), 1), max(round(high * factor), 1))
    drawing = skia.SVGDOM.MakeFromStream(skia.MemoryStream(data))
    drawing.setContainerSize(skia.Size(wide, high))
    canvas = surface.getCanvas()
    canvas.scale(factor, factor)
    drawing.render(canvas)
    return data, bytes(surface.makeImageSnapshot().encodeToData())


def _dimensions(data: bytes) -> tuple[float, float]:
    """Return width and height of a PNG or SVG, both more than 0."""
    if data.startswith(b"\x89PNG"):
        wide, high = Image.open(io.BytesIO(data)).size
        return float(wide), float(high)
    root = ET.fromstring(data)  # noqa: S314 - `logo_text` refuses entities
    sizes = [_NUMBER.match(root.get(name, "").strip()) for name in ("width", "height")]
    own = [float(each[0]) for each in sizes if each and "%" not in each.string]
    box = [float(number) for number in _NUMBER.findall(root.get("viewBox", ""))]
    found = own if len(own) == 2 else box[2:4]
    if len(found) == 2 and min(found) > 0.0:
        return found[0], found[1]
    return 300.0, 150.0  # what browsers draw an SVG in that names no size
