"""The table of a scene as a table of the slide: cells to edit, in the theme's colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from pptx.oxml import parse_xml

from gisapp.render.fonts import LINE_HEIGHT, font_files
from gisapp.render.picture import PageTable
from gisapp.render.scene import Item, Scene, Words, ink, plain
from gisapp.render.slide_base import NAMESPACES, Placement
from gisapp.render.slide_color import Colors
from gisapp.render.table import GROUP, TablePlan, is_numeric, table_plan

#: Parts of the drawn table that a native one does not replace.
_AROUND: Final = ("Table title", "Table note")
_KIND: Final = "http://schemas.openxmlformats.org/drawingml/2006/table"
_NO_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid


def table_words(scene: Scene) -> list[Item]:
    """Return the words that stand around the native table: its heading and note."""
    return [item for item in scene.items if item.group == GROUP and item.name in _AROUND]


def add_table(slide: Any, scene: Scene, at: Placement, colors: Colors, place: str = "") -> Any:
    """Add the scene's table to a slide and return its element.

    Parameters
    ----------
    place
        The `p:ph` element of the placeholder that it fills, "" for none.
    """
    table, box = scene.table, scene.table_box
    if table is None or box is None:
        raise ValueError("the scene has no table")
    drawn = [each for each in scene.items if each.group == GROUP and isinstance(each, Words)]
    size = next((each.size for each in drawn if each.name.startswith("Heading")), 10.0)
    plan = table_plan(table, box.w, size, font_files(scene.theme))
    shown = len({each.name.split(",")[0] for each in drawn if each.name.startswith("Row ")})
    heights = plan.heights[: shown or len(plan.heights)]
    head = plan.top - plan.titled
    gaps = [right - left for left, right in zip(plan.lefts, plan.lefts[1:], strict=False)]
    widths = [at.length(wide) for wide in (*gaps, plan.widths[-1])]
    rows = [_row(table.columns, table, plan, at, colors, high=head, is_head=True)]
    rows += [
        _row(cells, table, plan, at, colors, high=high, is_head=False)
        for cells, high in zip(table.rows, heights, strict=False)
    ]
    tall = at.length(head) + sum(at.length(high) for high in heights)
    said = f"{table.title or 'Table'}: {len(heights)} rows; {', '.join(table.columns)}"
    shape_id = max(int(i) for i in slide.shapes._spTree.xpath("//p:cNvPr/@id")) + 1  # noqa: SLF001
    top = box.y + plan.titled
    xml = (
        f"<p:graphicFrame {NAMESPACES}><p:nvGraphicFramePr>"
        f'<p:cNvPr id="{shape_id}" name="Table" descr={quoteattr(plain(said)[:2000])}/>'
        '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr>'
        f"<p:nvPr>{place}</p:nvPr></p:nvGraphicFramePr>"
        f'<p:xfrm><a:off x="{at.x(box.x)}" y="{at.y(top)}"/>'
        f'<a:ext cx="{sum(widths)}" cy="{tall}"/></p:xfrm>'
        f'<a:graphic><a:graphicData uri="{_KIND}"><a:tbl><a:tblPr firstRow="1">'
        f"<a:tableStyleId>{_NO_STYLE}</a:tableStyleId></a:tblPr><a:tblGrid>"
        + "".join(f'<a:gridCol w="{wide}"/>' for wide in widths)
        + f"</a:tblGrid>{''.join(rows)}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    element = parse_xml(xml)
    slide.shapes._spTree.append(element)  # noqa: SLF001 - written as XML
    return element


def _row(
    cells: Sequence[str],
    table: PageTable,
    plan: TablePlan,
    at: Placement,
    colors: Colors,
    *,
    high: float,
    is_head: bool,
) -> str:
    gaps = [
        right - left - wide
        for left, right, wide in zip(plan.lefts, plan.lefts[1:], plan.widths, strict=False)
    ]
    made = []
    below = at.length(0.3 * plan.size) if is_head else 0
    for column, (text, gap) in enumerate(zip(cells, (*gaps, 0.0), strict=True)):
        align = "r" if is_numeric(table, column) else "l"
        body = _paragraph(text, align, at.size(plan.size), colors, bold=is_head)
        edge = _edge(colors, "muted", at.length(0.9)) if is_head else ""
        rule = _edge(colors, "rule", at.length(0.4))
        made.append(
            f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{body}</a:txBody>"
            f'<a:tcPr marL="0" marR="{at.length(gap)}" marT="0" marB="{below}" '
            f'anchor="{"b" if is_head else "ctr"}">'
            + "".join(f"<a:{name}><a:noFill/></a:{name}>" for name in ("lnL", "lnR"))
            + f"<a:lnB{edge or rule}</a:lnB><a:noFill/></a:tcPr></a:tc>"
        )
    return f'<a:tr h="{at.length(high)}">{"".join(made)}</a:tr>'


def _edge(colors: Colors, token: str, width: int) -> str:
    fill = colors.fill(ink(colors.palette, token))
    return f' w="{width}">{fill}<a:prstDash val="solid"/>'


def _paragraph(text: str, align: str, size: float, colors: Colors, *, bold: bool) -> str:
    look = (
        f'lang="en-GB" sz="{round(size * 100)}" b="{int(bold)}" dirty="0">'
        f"{colors.fill(ink(colors.palette, 'text'))}"
    )
    spacing = f'<a:lnSpc><a:spcPts val="{round(size * LINE_HEIGHT * 100)}"/></a:lnSpc>'
    start = f'<a:p><a:pPr algn="{align}">{spacing}</a:pPr>'
    if not text.strip():
        return f"{start}<a:endParaRPr {look}</a:endParaRPr></a:p>"
    return f"{start}<a:r><a:rPr {look}</a:rPr><a:t>{escape(plain(text))}</a:t></a:r></a:p>"
