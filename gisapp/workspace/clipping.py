"""What a copy of the page puts on the clipboard: for slides, drawings, sheets and plain words.

Imports the renderers and their third parties: import this module late, in the job that copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from gisapp.model.feedback import Feedback
from gisapp.render.chart import value_text
from gisapp.render.picture import BarChart, FrameSpec, PageTable, Picture
from gisapp.render.scene import Scene
from gisapp.render.svg import svg_of
from gisapp.workspace.paging import page_pixels, page_scene


@dataclass(frozen=True, eq=False)
class Clip:
    """A page as other programs take it.

    Parameters
    ----------
    rgba
        Red, green, blue, opacity, shape (height, width, 4), at the frame's resolution.
    html
        The figures as tables with their sources.
    text
        The finding in words.
    """

    rgba: npt.NDArray[np.uint8]
    svg: str
    html: str
    text: str


def page_clip(
    picture: Picture,
    frame: FrameSpec,
    *,
    scene: Scene | None = None,
    feedback: Feedback | None = None,
) -> Clip:
    """Return what is copied of a page; `scene` is the page where it is composed already."""
    feedback = feedback or Feedback()
    scene = scene or page_scene(picture, frame, feedback=feedback)
    feedback.check(0.6, "Copying the page")
    rgba = page_pixels(scene, frame.dpi / 72.0, feedback=feedback).rgba
    feedback.check(0.8, "Copying the page")
    svg = svg_of(scene, feedback=feedback)
    return Clip(rgba, svg, clip_html(picture, scene), clip_text(scene))


def clip_text(scene: Scene) -> str:
    """Return the finding in words."""
    return "\n".join(part for part in (scene.title, scene.subtitle) if part)


def clip_html(picture: Picture, scene: Scene) -> str:
    """Return the figures of a page as HTML tables with their sources."""
    shown = scene.table or picture.table  # a page may have no room for what it is made of
    tables = [] if shown is None else [shown]
    if picture.chart is not None:
        tables.append(chart_table(picture.chart))
    parts = [f"<h2>{escape(scene.title)}</h2>"]
    if scene.subtitle:
        parts.append(f"<p>{escape(scene.subtitle)}</p>")
    parts += [_table(table) for table in tables]
    if picture.sources:
        parts.append(f"<p>Sources: {escape('; '.join(picture.sources))}</p>")
    parts.append(f"<p>As of {picture.as_of.isoformat()}</p>")
    return f'<html><head><meta charset="utf-8"></head><body>{"".join(parts)}</body></html>'


def chart_table(chart: BarChart) -> PageTable:
    """Return the bars of a chart as a table, the unit in the head of its figures."""
    rows = tuple(
        (bar.label, value_text(bar, chart.unit).removesuffix(f"\u00a0{chart.unit}"))
        for bar in chart.bars
    )
    return PageTable(chart.title, ("", chart.unit), rows, (False, True), chart.note)


def _table(table: PageTable) -> str:
    numeric = (*table.numeric, *(False for _ in table.columns))
    head = _row(table.columns, "th", numeric)
    body = "".join(_row(row, "td", numeric) for row in table.rows)
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    return (
        f'<table border="1" cellspacing="0" cellpadding="4"><caption>{escape(table.title)}'
        f"</caption><thead>{head}</thead><tbody>{body}</tbody></table>{note}"
    )


def _row(cells: Iterable[str], tag: str, numeric: Sequence[bool]) -> str:
    return "".join(
        (
            "<tr>",
            *(
                f"<{tag}{' align=right' if right else ''}>{escape(cell)}</{tag}>"
                for cell, right in zip(cells, numeric, strict=False)
            ),
            "</tr>",
        )
    )
