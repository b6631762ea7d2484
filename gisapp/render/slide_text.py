"""Words of a page as the text of a shape."""

from __future__ import annotations

import re
import uuid
from typing import Final
from xml.sax.saxutils import escape

from gisapp.render.fonts import LINE_HEIGHT
from gisapp.render.scene import Words, plain
from gisapp.render.slide_base import EMU_PER_POINT, Placement
from gisapp.render.slide_color import Colors

_FIELD: Final = "{" + str(uuid.uuid5(uuid.NAMESPACE_OID, "slide number")).upper() + "}"
#: Texts of so many lines keep them; a box is so much wider than what it holds.
_FEW_LINES: Final = 3
_SLACK: Final = 1.08
_ALIGN: Final = {"left": "l", "center": "ctr", "right": "r"}


def is_slide_number(item: Words) -> bool:
    """Return whether words say which slide this is; numbers of an agenda lead to another."""
    return item.purpose == "number" and item.link is None


def text_xml(item: Words, at: Placement, colors: Colors) -> tuple[str, str]:
    """Return the fill behind a text, and its body."""
    glow, backing = "", "<a:noFill/>"
    if item.halo is not None:
        # the glow is the halo; where a program knows none, a faint ground keeps it readable
        backing = f"<a:solidFill>{colors.xml(item.halo, 0.35)}</a:solidFill>"
        glow = (
            f'<a:effectLst><a:glow rad="{round(1.6 * EMU_PER_POINT)}">'
            f"{colors.xml(item.halo, 0.85)}</a:glow></a:effectLst>"
        )
    look = (
        f'<a:rPr lang="en-GB" sz="{round(at.size(item.size) * 100)}" b="{int(item.bold)}" '
        f'dirty="0">{colors.fill(item.ink)}{glow}</a:rPr>'
    )
    # a wrapped text is one paragraph, other lines are one each
    lines = [kept_lines(item)] if item.width else list(item.lines)
    leading = round(item.size * at.factor * LINE_HEIGHT * 100)
    spacing = f'<a:lnSpc><a:spcPts val="{leading}"/></a:lnSpc>'
    runs = numbered if is_slide_number(item) else _run
    paragraphs = "".join(
        f'<a:p><a:pPr algn="{_ALIGN[item.align]}">{spacing}</a:pPr>{runs(line, look)}</a:p>'
        for line in lines
    )
    wrap = "square" if item.width else "none"
    body = (
        f'<p:txBody><a:bodyPr wrap="{wrap}" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t">'
        f"<a:noAutofit/></a:bodyPr><a:lstStyle/>{paragraphs}</p:txBody>"
    )
    return backing, body


def kept_lines(item: Words) -> str:
    """Return a wrapped text as it stands on the slide, with a vertical tab where a line is broken.

    The suite that opens a slide may draw it in a wider font than was measured: a heading that
    wrapped once more would stand on what is below. Long texts flow, their lines differ little.
    """
    return " \v".join(item.lines) if _keeps_lines(item) else item.text


def _keeps_lines(item: Words) -> bool:
    return item.purpose != "sources" and len(item.lines) <= _FEW_LINES


def flowing(item: Words, page: float) -> tuple[float, float]:
    """Return where the box of a wrapped text begins and how wide it is, in points.

    Where lines are kept it has room for wider fonts, as far as a page so wide allows.
    """
    wide = item.width
    if _keeps_lines(item) and item.align != "center":
        most = page - item.x if item.align == "left" else item.x
        wide = max(min(wide * _SLACK, most - 1.0), wide)
    return item.x - {"left": 0.0, "center": wide / 2.0, "right": wide}[item.align], wide


def _run(line: str, look: str) -> str:
    written = (f"<a:r>{look}<a:t>{escape(plain(part))}</a:t></a:r>" for part in line.split("\v"))
    return f"<a:br>{look}</a:br>".join(written)


def numbered(line: str, look: str) -> str:
    """Return a line whose first number is a field: it changes as slides are moved."""
    found = re.search(r"\d+", line)
    if found is None:
        return _run(line, look)
    before, after = line[: found.start()], line[found.end() :]
    field = f'<a:fld id="{_FIELD}" type="slidenum">{look}<a:t>{found.group()}</a:t></a:fld>'
    return f"{before and _run(before, look)}{field}{after and _run(after, look)}"
