"""Templates as brands make them, built with python-pptx: no file of anyone's is kept here."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.oxml import parse_xml
from pptx.util import Emu, Inches

_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
COLORS = {
    "dk1": "FFFFFF",
    "lt1": "101820",
    "dk2": "D0D4D8",
    "lt2": "18222C",
    "accent1": "FF6A13",
    "accent2": "2AD2C9",
    "accent3": "B1A2FF",
    "accent4": "00A651",
    "accent5": "FFD100",
    "accent6": "8FA2B2",
    "hlink": "2AD2C9",
    "folHlink": "E58BB6",
}


def recolored(content: bytes, colors: dict[str, str], family: str = "Arial") -> bytes:
    """Return a theme part with other colours."""
    root = etree.fromstring(content)
    for slot, color in colors.items():
        for holder in root.findall(f".//{{*}}clrScheme/{{*}}{slot}"):
            for child in list(holder):
                holder.remove(child)
            etree.SubElement(holder, f"{{{holder.nsmap['a']}}}srgbClr").set("val", color)
    for font in root.findall(".//{*}fontScheme/*/{*}latin"):
        font.set("typeface", family)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def rewritten(path: Path, change) -> None:
    """Rewrite every entry of a package by a function of its name and content."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    path.write_bytes(out.getvalue())


def _holder(layout, idx: int, kind: str, name: str, box: tuple[float, float, float, float]):
    x, y, w, h = (Inches(side) for side in box)
    kind = f' type="{kind}"' if kind else ""
    layout.shapes._spTree.append(
        parse_xml(
            f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="{idx + 100}" name="{name}"/><p:cNvSpPr>'
            f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph{kind} idx="{idx}"/></p:nvPr>'
            f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/>'
            "</a:xfrm></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:t>Text</a:t></a:r>"
            "</a:p></p:txBody></p:sp>"
        )
    )


def brand(path: Path, *, colors: dict[str, str] | None = None) -> Path:
    """Write a German brand's template: 13.33 x 7.5 in, a band at the left, one slide, a section."""
    deck = Presentation()
    across = Inches(13.333) / deck.slide_width
    for part in (deck.slide_master, *deck.slide_layouts):
        for shape in part.placeholders:
            if shape._element.spPr.find("{*}xfrm") is not None:
                shape.left = Emu(round(shape.left * across))
                shape.width = Emu(round(shape.width * across))
    deck.slide_width = Inches(13.333)
    layout = deck.slide_layouts[5]
    layout._element.cSld.set("name", "Nur Karte")
    title = next(p for p in layout.placeholders if p.placeholder_format.idx == 0)
    title.left, title.top = Inches(1), Inches(0.4)
    title.width, title.height = Inches(11.8), Inches(0.9)
    _holder(layout, 20, "body", "Untertitel 1", (1, 1.3, 11.8, 0.4))
    _holder(layout, 21, "chart", "Diagrammplatzhalter 2", (9.2, 1.9, 3.6, 3.0))
    _holder(layout, 22, "body", "Quelle 3", (1, 6.45, 11.8, 0.4))
    _holder(layout, 23, "body", "Werbung", (9.2, 5.2, 3.6, 1.0))
    layout.shapes._spTree.append(
        parse_xml(
            f'<p:sp {_SPACES}><p:nvSpPr><p:cNvPr id="90" name="Band"/><p:cNvSpPr/><p:nvPr/>'
            '</p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext cx="{Inches(0.6)}" cy="{Inches(7.5)}"/></a:xfrm><a:prstGeom prst="rect">'
            '<a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
            "</p:spPr></p:sp>"
        )
    )
    footer = next(p for p in layout.placeholders if p.name.startswith("Footer"))
    footer.text_frame.text = "Vertraulich"
    old = deck.slides.add_slide(layout)
    old.shapes.title.text = "Alte Folie"
    old.notes_slide.notes_text_frame.text = "Alte Notiz"
    listed = deck.slides._sldIdLst[0]
    deck.part._element.append(
        parse_xml(
            f'<p:extLst {_SPACES}><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}">'
            '<p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">'
            '<p14:section name="Alt" id="{0B0D3D9C-5B1D-4F6E-9B0B-0F3A3E2A1C11}"><p14:sldIdLst>'
            f'<p14:sldId id="{listed.get("id")}"/></p14:sldIdLst></p14:section></p14:sectionLst>'
            "</p:ext></p:extLst>"
        )
    )
    deck.save(str(path))
    rewritten(
        path,
        lambda name, content: (
            recolored(content, colors or {}) if re.match(r"ppt/theme/theme\d", name) else content
        ),
    )
    return path


def as_kind(path: Path, kind: str) -> Path:
    """Turn a presentation into a .potx ("template") or .pptm ("macro")."""
    main = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    other = {
        "template": main.replace(b"presentation.main", b"template.main"),
        "macro": b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
    }[kind]
    ending = {"template": ".potx", "macro": ".pptm"}[kind]
    turned = path.with_suffix(ending)
    turned.write_bytes(path.read_bytes())
    rewritten(turned, lambda _name, content: content.replace(main, other))
    return turned
