"""A logo as it travels with a brand: checked, a PNG or an SVG, as base64 text."""

from __future__ import annotations

import base64
import io
import re
from typing import Final
from xml.etree import ElementTree as ET

from PIL import Image, UnidentifiedImageError

from gisapp.model.feedback import GisappError

LARGEST_LOGO: Final = 512 * 1024
#: What would fetch another file: a link that is neither inside the picture nor data.
_FETCHING: Final = re.compile(
    rb"(href|src)\s*=\s*[\"'](?!#|data:image/)|url\(\s*[\"']?(?!#|data:)|@import"
)


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
    return True


def _png(data: bytes) -> bytes:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    if picture.format == "PNG":
        return data
    made = io.BytesIO()
    picture.convert("RGBA").save(made, "PNG")
    return made.getvalue()
