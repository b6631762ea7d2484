"""A page's scene: what is drawn of its maps, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterable

from gisapp.render.chart import chart_items
from gisapp.render.furniture import background, block_words, legend_items, logo_items, text_items
from gisapp.render.layout import Layout
from gisapp.render.map_frame import MapFrame
from gisapp.render.map_scale import scale_items
from gisapp.render.page_words import notes_text
from gisapp.render.picture import FrameSpec, Picture, Show
from gisapp.render.scene import Item, Scene, cleaned, ink, plain
from gisapp.render.symbology import palette
from gisapp.render.table import table_items


def page_scene(
    picture: Picture,
    frame: FrameSpec,
    layout: Layout,
    where: MapFrame,
    drawn: Iterable[Item],
    *,
    alt: str,
    north: float | None = None,
    notices: Iterable[str] = (),
) -> Scene:
    """Return the scene of a page.

    Parameters
    ----------
    picture
        Whose words, chart and table stand on the page.
    where
        The map that legend and scale bar are about.
    drawn
        What is inside the maps, back to front.
    alt
        The page for people who do not see it.
    north
        Where the north arrow points, None for no arrow; see `scale_items`.
    """
    theme = frame.look
    items: list[Item] = [background(layout.page, theme), *drawn, *text_items(layout.frame, theme)]
    items += [block_words(layout.caption, theme)] if layout.caption is not None else []
    items += logo_items(layout.frame, theme)
    items += legend_items(layout, theme, where.weighted_scale)
    if layout.strip is not None:
        items += scale_items(
            where,
            layout.strip,
            theme,
            scale=layout.scale,
            bar=frame.elements.scale_bar is not Show.NO,
            north=north,
            fonts=layout.fonts,
        )
    if picture.chart is not None and layout.chart is not None:
        items += chart_items(picture.chart, layout.chart, theme, layout.scale)
    if layout.table is not None and layout.table_box is not None:
        items += table_items(layout.table, layout.table_box, theme, layout.table_size)
    return Scene(
        width=layout.page.w,
        height=layout.page.h,
        theme=theme,
        paper=ink(palette(theme), "paper"),
        items=tuple(cleaned(item) for item in items),
        title=plain(picture.title),
        alt=plain(alt),
        map_box=layout.map_box,
        subtitle=plain(picture.subtitle),
        notes=notes_text(picture),
        as_of=picture.as_of,
        lineage=picture.lineage,
        spec=frame,
        chart=picture.chart if layout.chart is not None else None,
        chart_box=layout.chart,
        table=layout.table,
        table_box=layout.table_box,
        notices=tuple(dict.fromkeys(notice for notice in notices if notice)),
    )
