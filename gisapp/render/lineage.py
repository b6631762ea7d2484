"""What a written file was made of, read back from it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Final, TypeAlias

from lxml import etree
from PIL import Image
from pypdf import PdfReader

from gisapp.model.feedback import GisappError
from gisapp.render.scene import LINEAGE_KEY

Lineage: TypeAlias = tuple[tuple[str, str], ...]

#: Where an HTML page holds it: `<script type="application/json" id="lineage">`.
HTML_ID: Final = "lineage"
_SAFE: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def read_lineage(path: Path) -> Lineage:
    """Return the lineage of a file that gisapp wrote, name and value; empty where it has none.

    Raises
    ------
    GisappError
        `unknown_format` for another ending, `unreadable` where the file cannot be read.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise GisappError(
            "unknown_format",
            f"{path.name} is no kind of file that says what it was made of.",
            f"Choose one of {', '.join(READERS)}.",
        )
    try:
        return reader(path)
    except (OSError, ValueError, KeyError, SyntaxError, zipfile.BadZipFile) as error:
        raise GisappError(
            "unreadable", f"{path.name} cannot be read: {error}.", "Export it again."
        ) from error


def _pairs(text: str) -> Lineage:
    told = json.loads(text or "[]")
    pairs = told.items() if isinstance(told, dict) else told
    return tuple((str(name), str(value)) for name, value in pairs)


def _png(path: Path) -> Lineage:
    with Image.open(path) as image:
        return _pairs(str(image.info.get(LINEAGE_KEY, "")))


def _gif(path: Path) -> Lineage:
    with Image.open(path) as image:
        told = json.loads(image.info.get("comment", b"{}"))
    return tuple((str(name), str(value)) for name, value in told.get("lineage", []))


def _pdf(path: Path) -> Lineage:
    facts = PdfReader(path).metadata
    return _pairs(str(facts.get(f"/{LINEAGE_KEY}", "")) if facts else "")


def _svg(path: Path) -> Lineage:
    found = etree.parse(path, _SAFE).getroot().find("{http://www.w3.org/2000/svg}metadata")
    return _pairs("" if found is None else found.text or "")


def _pptx(path: Path) -> Lineage:
    with zipfile.ZipFile(path) as package:
        if "docProps/custom.xml" not in package.namelist():
            return ()
        properties = etree.fromstring(package.read("docProps/custom.xml"), _SAFE)
    return tuple((each.get("name", ""), "".join(each.itertext())) for each in properties)


class _Page(HTMLParser):
    """Finds the element that holds the lineage."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and ("id", HTML_ID) in attrs

    def handle_endtag(self, _tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data


def _html(path: Path) -> Lineage:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return _pairs(page.text)


#: How to read it, by the ending of the file's name.
READERS: Final[dict[str, Callable[[Path], Lineage]]] = {
    ".png": _png,
    ".gif": _gif,
    ".svg": _svg,
    ".pdf": _pdf,
    ".pptx": _pptx,
    ".html": _html,
}
