"""The house style of a presentation, a template or an Office theme.

Read from the parts of the package itself (ECMA-376, parts 1 and 2): theme colours and fonts, how
the master uses them, and the master's logo. Templates and themes are no presentations to most
libraries, and nothing else of the file is needed.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from gisapp.model.feedback import GisappError
from gisapp.render.brand_check import mended
from gisapp.render.color import as_hex
from gisapp.render.house import House, colors_of
from gisapp.render.logo import LARGEST_LOGO, logo_text
from gisapp.render.picture import Brand

OFFICE_ENDINGS: Final = (".pptx", ".potx", ".ppsx", ".thmx")
_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SLIDES: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_LINKS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_ACCENTS: Final = ("accent1", "accent2", "accent3", "accent4", "accent5", "accent6")
_LARGEST_PART: Final = 20_000_000
#: A picture larger than this share of the slide is a background, no logo.
_LARGEST_SHARE: Final = 0.2
_USUAL_SLIDE: Final = (12_192_000, 6_858_000)  # EMU of a 16:9 slide
#: Colours as the master names them, where it says nothing.
_USUAL_MAP: Final = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}


def unreadable_brand(path: Path, reason: object) -> GisappError:
    """Return the error for a file that is no brand."""
    return GisappError(
        "unreadable_brand",
        f"{path.name} cannot be read as a brand: {reason}.",
        "Choose a presentation, a template, an Office theme, or a .json or .toml file of colours.",
    )


def office_brand(path: Path) -> Brand:
    """Return the house style of the first master of a file; raises `unreadable_brand`."""
    try:
        with zipfile.ZipFile(path) as package:
            return _Parts(package).brand(path)
    except OSError as error:
        raise unreadable_brand(path, error.strerror or error) from error
    except zipfile.BadZipFile as error:
        raise unreadable_brand(path, "it is no Office file, or has a password") from error
    except (ValueError, KeyError, RuntimeError, NotImplementedError, ET.ParseError) as error:
        raise unreadable_brand(path, f"it is damaged ({error})") from error


@dataclass(frozen=True)
class _Link:
    kind: str
    target: str


class _Parts:
    """The parts of a package that say how its slides look."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._names = set(package.namelist())

    def brand(self, path: Path) -> Brand:
        master = self._first("slideMasters/slideMaster")
        links = self._links(master) if master else {}
        theme = next((link.target for link in links.values() if link.kind == "theme"), "")
        theme = theme if theme in self._names else self._first("theme/theme")
        if not theme:
            raise ValueError("it has no theme")
        root = self._xml(theme)
        colors = dict(_theme_colors(root))
        lacking = [name for name in ("dk1", "lt1", "accent1") if name not in colors]
        if lacking:
            raise ValueError(f"its theme lacks {lacking[0]}")
        named = {**_USUAL_MAP, **self._color_map(master)}
        house = House(
            paper=colors.get(named["bg1"], colors["lt1"]),
            text=colors.get(named["tx1"], colors["dk1"]),
            accents=tuple(colors[name] for name in _ACCENTS if name in colors),
            ground=colors.get(named["bg2"], ""),
        )
        brand = Brand(
            name=(root.get("name") or "").strip() or path.stem,
            base=house.base,
            colors=tuple(colors_of(house, house.base).items()),
            family=_family(root),
            logo=self._logo(master),
        )
        return mended(brand)

    def _first(self, stem: str) -> str:
        """Return the part of the lowest number, "" for none."""
        numbered = (
            (int(found.group(1)), name)
            for name in self._names
            if (found := re.search(rf"{stem}(\d+)\.xml$", name))
        )
        return min(numbered, default=(0, ""))[1]

    def _xml(self, name: str) -> ET.Element:
        return parsed_part(self._bytes(name, _LARGEST_PART))

    def _bytes(self, name: str, most: int) -> bytes:
        if self._package.getinfo(name).file_size > most:
            raise ValueError(f"{name} is too large")
        return self._package.read(name)

    def _links(self, part: str) -> dict[str, _Link]:
        """Return where a part leads, by the id of the link."""
        folder, name = posixpath.split(part)
        listed = f"{folder}/_rels/{name}.rels"
        if listed not in self._names:
            return {}
        return {
            link.get("Id", ""): _Link(
                link.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/"),
            )
            for link in self._xml(listed)
            if link.get("TargetMode") != "External"
        }

    def _color_map(self, master: str) -> dict[str, str]:
        table = self._xml(master).find(f"{_SLIDES}clrMap") if master else None
        return {} if table is None else {k: v for k, v in table.items() if k in _USUAL_MAP}

    def _logo(self, master: str) -> str:
        """Return the one picture of the master that may be a logo, or of its layouts."""
        if not master:
            return ""
        layouts = sorted(
            link.target for link in self._links(master).values() if link.kind == "slideLayout"
        )
        for parts in ([master], layouts):
            pictures = {name for part in parts if part in self._names for name in self._small(part)}
            if len(pictures) == 1:
                (name,) = pictures
                try:
                    return logo_text(self._bytes(name, LARGEST_LOGO), name)
                except (GisappError, ValueError):
                    return ""  # a drawing of Office's own kind or a huge one is no logo for a map
            if pictures:
                return ""
        return ""

    def _small(self, part: str) -> Iterator[str]:
        """Yield the files of pictures that do not fill the slide."""
        links, (width, height) = self._links(part), self._slide_size()
        for picture in self._xml(part).iter(f"{_SLIDES}pic"):
            extent = picture.find(f"{_SLIDES}spPr/{_DRAWING}xfrm/{_DRAWING}ext")
            blip = picture.find(f"{_SLIDES}blipFill/{_DRAWING}blip")
            if extent is None or blip is None:
                continue
            share = int(extent.get("cx", "0")) * int(extent.get("cy", "0")) / (width * height)
            link = links.get(blip.get(f"{_LINKS}embed", ""))
            if 0.0 < share <= _LARGEST_SHARE and link and link.target in self._names:
                yield link.target

    def _slide_size(self) -> tuple[int, int]:
        if "ppt/presentation.xml" not in self._names:
            return _USUAL_SLIDE
        size = self._xml("ppt/presentation.xml").find(f"{_SLIDES}sldSz")
        if size is None:
            return _USUAL_SLIDE
        return max(int(size.get("cx", "0")), 1), max(int(size.get("cy", "0")), 1)


def parsed_part(data: bytes) -> ET.Element:
    """Return the root of an XML part; one that declares entities is refused (ValueError)."""
    if b"<!ENTITY" in data:
        raise ValueError("it declares entities")
    return ET.fromstring(data)  # noqa: S314 - entities are refused above


def _theme_colors(root: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield name and "#RRGGBB" of each colour of a theme that says one in a usual way."""
    scheme = root.find(f"{_DRAWING}themeElements/{_DRAWING}clrScheme")
    for entry in scheme if scheme is not None else ():
        for color in entry:
            kind = color.tag.rpartition("}")[2]
            value = color.get("lastClr") if kind == "sysClr" else color.get("val")
            if kind in ("srgbClr", "sysClr") and value:
                yield entry.tag.rpartition("}")[2], as_hex(f"#{value}")
            elif kind == "prstClr" and value:
                full = re.sub("^(dk|lt|med)", lambda m: _SHORT[m.group()], value)
                yield entry.tag.rpartition("}")[2], as_hex(full)


_SHORT: Final = {"dk": "dark", "lt": "light", "med": "medium"}


def _family(root: ET.Element) -> str:
    """Return the family of running text, or else of headings."""
    fonts = root.find(f"{_DRAWING}themeElements/{_DRAWING}fontScheme")
    for kind in ("minorFont", "majorFont"):
        face = None if fonts is None else fonts.find(f"{_DRAWING}{kind}/{_DRAWING}latin")
        if face is not None and face.get("typeface", "").strip():
            return face.get("typeface", "").strip()
    return ""
