"""The package of a presentation: our theme in it, what it was made of, and no clock."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI

from gisapp.render.fonts import SLIDE_FAMILY
from gisapp.render.picture import Brand, Theme, base_of
from gisapp.render.scene import Scene, plain
from gisapp.render.slide_color import THEME_SLOTS
from gisapp.render.symbology import palette

_DRAWING: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
#: Data sheets of charts are written with the hour of their making.
_CLOCK: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_NO_DAY: Final = date(2000, 1, 1)
_PROPERTY_SET: Final = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_STALE: Final = (
    RELATIONSHIP_TYPE.THUMBNAIL,
    RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
    RELATIONSHIP_TYPE.CUSTOM_PROPERTIES,
)


def described(deck: Any, scenes: Sequence[Scene]) -> None:
    """Write title, day and lineage into the properties of a presentation."""
    first = scenes[0]
    core = deck.core_properties
    core.title, core.subject = _short(first.title), _short(first.subtitle)
    core.created = core.modified = datetime.combine(first.as_of or _NO_DAY, time())
    core.author = core.last_modified_by = "gisapp"
    core.revision, core.comments = 1, _short(first.alt)
    package = deck.part.package
    # a template's thumbnail, statistics and properties tell of other slides
    for name, tie in list(package._rels.items()):  # noqa: SLF001 - no way in the API
        if tie.reltype in _STALE:
            package._rels.pop(name)  # noqa: SLF001
    statistics = (
        f'<Properties xmlns="{_OFFICE}/extended-properties"><Slides>{len(scenes)}</Slides>'
        f"<Notes>{len(scenes)}</Notes><Application>gisapp</Application></Properties>"
    )
    _attach(package, "app", "extended-properties", statistics)
    lineage = dict(pair for scene in scenes for pair in scene.lineage)
    if lineage:
        properties = "".join(
            f'<property fmtid="{_PROPERTY_SET}" pid="{number}" '
            f"name={quoteattr(_short(name))}><vt:lpwstr>{escape(plain(value))}</vt:lpwstr></property>"
            for number, (name, value) in enumerate(lineage.items(), 2)
        )
        xml = (
            f'<Properties xmlns="{_OFFICE}/custom-properties" '
            f'xmlns:vt="{_OFFICE}/docPropsVTypes">{properties}</Properties>'
        )
        _attach(package, "custom", "custom-properties", xml)


def _attach(package: Any, name: str, kind: str, xml: str) -> None:
    content_type = f"application/vnd.openxmlformats-officedocument.{kind}+xml"
    whole = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'
    part = Part(PackURI(f"/docProps/{name}.xml"), content_type, package, whole.encode())
    package.relate_to(part, f"{_OFFICE}/relationships/{kind}")


def _short(text: str) -> str:
    # the format allows a document property 255 characters
    return plain(text)[:255]


def packed(
    deck: Any, theme: Theme | None, as_of: date | None, written: Mapping[str, bytes]
) -> bytes:
    """Return a presentation as a file; a `theme` gives the colours and fonts of its own.

    Written here and not by python-pptx, whose files hold the hour.

    Parameters
    ----------
    written
        The content of parts by name that are text already, and no longer trees of elements.
    """
    package, day = deck.part.package, as_of or _NO_DAY
    parts = list(package.iter_parts())
    entries = {"[Content_Types].xml": _content_types(parts), "_rels/.rels": package._rels.xml}  # noqa: SLF001
    for part in parts:
        name, content = part.partname.membername, written.get(part.partname) or part.blob
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                content = _zipped({each: book.read(each) for each in book.namelist()}, day)
        elif theme is not None and re.fullmatch(r"ppt/theme/theme\d+\.xml", name):
            content = _themed(content, theme)
        entries[name] = content
        if len(part.rels):
            entries[part.partname.rels_uri.membername] = part.rels.xml
    return _zipped(entries, day)


def _content_types(parts: Sequence[Any]) -> bytes:
    listed = "".join(
        f'<Override PartName={quoteattr(part.partname)} ContentType="{part.content_type}"/>'
        for part in sorted(parts, key=lambda each: str(each.partname))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    ).encode()


def _zipped(entries: Mapping[str, bytes], day: date) -> bytes:
    """Return entries as a package whose clocks all show the day of its data."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in entries.items():
            if name == "docProps/core.xml":
                clock = day.isoformat().encode() + b"T00:00:00Z"
                content = _CLOCK.sub(rb"\g<1>" + clock, content)  # noqa: PLW2901
            is_packed = name.endswith((".png", ".jpg", ".jpeg", ".xlsx"))
            entry = zipfile.ZipInfo(name, date_time=_FIRST_DAY)
            entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()


def _themed(content: bytes, theme: Theme) -> bytes:
    root = etree.fromstring(content)
    colors = palette(theme)
    space = {"a": _DRAWING}
    name = theme.name if isinstance(theme, Brand) else f"gisapp {base_of(theme).value}"
    root.set("name", name)
    for slot, token in THEME_SLOTS.items():
        for holder in root.findall(f".//a:clrScheme/a:{slot}", space):
            for child in list(holder):
                holder.remove(child)
            color = etree.SubElement(holder, f"{{{_DRAWING}}}srgbClr")
            color.set("val", getattr(colors, token).lstrip("#"))
    for scheme in root.findall(".//a:clrScheme", space):
        scheme.set("name", name)
    family = theme.family if isinstance(theme, Brand) and theme.family else SLIDE_FAMILY
    for font in root.findall(".//a:fontScheme/*/a:latin", space):
        font.set("typeface", family)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
