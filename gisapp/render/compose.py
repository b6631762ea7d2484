"""A picture and a frame to a scene: everything that a page shows, placed and projected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.arranging import Arranged, arranged
from gisapp.render.chart import chart_items
from gisapp.render.fonts import LINE_HEIGHT
from gisapp.render.furniture import background, block_words, legend_items, logo_items, text_items
from gisapp.render.map_frame import MapFrame
from gisapp.render.map_insets import extent_items, locator_items
from gisapp.render.map_items import map_items
from gisapp.render.map_scale import scale_items
from gisapp.render.page_words import alt_text, notes_text
from gisapp.render.picture import FrameSpec, Picture, Show
from gisapp.render.scene import Area, Box, Item, Line, Scene, Words, cleaned, ink, plain
from gisapp.render.symbology import palette
from gisapp.render.table import table_items

#: Sizes of an inset's letter, and of the type of its scale bar against the page's.
_LETTER: Final = 9.5
_SMALL_TYPE: Final = 0.85


def compose(
    picture: Picture,
    frame: FrameSpec,
    *,
    page: int | None = None,
    jurisdictions: Layer | None = None,
    feedback: Feedback | None = None,
) -> Scene:
    """Return the page that shows a picture in a frame.

    Parameters
    ----------
    page
        Its number in a deck, from 1; None for a page that stands alone.
    jurisdictions
        Countries as areas with columns `iso` and `name`; None takes those that ship, as fine as
        the scale of each map asks for.
    """
    feedback = feedback or Feedback()
    theme = frame.look
    plan = arranged(picture, frame, page)
    picture, layout, where = plan.picture, plan.layout, plan.where
    outlines, letters = _outlines(plan)
    drawn = map_items(
        where,
        picture,
        jurisdictions=jurisdictions,
        taken=letters,
        feedback=feedback.part(0.0, 0.6),
    )
    items: list[Item] = [background(layout.page, theme), *drawn.items, *outlines]
    small, notices = _small_maps(plan, jurisdictions, feedback.part(0.6, 0.9))
    items += small
    feedback.check(0.9, "Placing the legend")
    items += text_items(layout.frame, theme)
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
            north=plan.north,
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
        alt=plain(alt_text(picture)),
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
        notices=said_once((*plan.notices, *layout.notices, *drawn.notices, *notices)),
    )


def said_once(notices: Iterable[str]) -> tuple[str, ...]:
    """Return notices without those that are empty or said already."""
    return tuple(dict.fromkeys(notice for notice in notices if notice))


def _outlines(plan: Arranged) -> tuple[list[Item], list[Box]]:
    """Return where the insets lie on the map, each with its letter, and the letters' places."""
    items: list[Item] = []
    boxes: list[Box] = []
    for number, inset in enumerate(plan.insets):
        letter = _name(number)
        outline = extent_items(plan.where, inset, f"Frame of inset {letter}")
        if outline:
            words = _letter(letter, _top_left(outline), plan.where)
            boxes.append(_place(words))
            items += [*(replace(item, group="Insets") for item in outline), words]
    return items, boxes


def _small_maps(
    plan: Arranged, jurisdictions: Layer | None, feedback: Feedback
) -> tuple[list[Item], list[str]]:
    """Return the insets and the locator."""
    where, layout = plan.where, plan.layout
    items: list[Item] = []
    notices: list[str] = []
    count = len(plan.insets) + 1
    for number, inset in enumerate(plan.insets):
        box, letter = inset.box, _letter(_name(number), inset.box, where)
        drawn = map_items(
            inset,
            plan.picture,
            jurisdictions=jurisdictions,
            taken=[_place(letter)],
            feedback=feedback.part(number / count, (number + 1) / count),
        )
        notices += drawn.notices
        made: list[Item] = [*drawn.items, letter]
        if layout.small_strip:
            made += scale_items(
                inset,
                Box(box.x, box.bottom, box.w, layout.small_strip),
                where.spec.look,
                scale=_SMALL_TYPE * layout.scale,
                projection=False,
                fonts=layout.fonts,
            )
        items += [replace(item, group=f"Inset {_name(number)}") for item in made]
    if plan.locator is not None:
        items += locator_items(where, plan.locator, feedback=feedback.part(1.0 - 1.0 / count, 1.0))
    return items, notices


def _name(number: int) -> str:
    return chr(ord("A") + number % 26)


def _top_left(items: Iterable[Item]) -> Box:
    """Return the corner of outlines that is nearest to the top left, as an empty box."""
    rings = [
        part if isinstance(item, Line) else part[0]
        for item in items
        if isinstance(item, Line | Area)
        for part in item.parts
    ]
    corners = np.concatenate(rings)
    x, y = corners[np.argmin(corners.sum(axis=1))]
    return Box(float(x), float(y), 0.0, 0.0)


def _letter(letter: str, box: Box, where: MapFrame) -> Words:
    """Return the letter of an inset in the top left corner of a box."""
    colors = palette(where.spec.look)
    inset = 3.0 * where.scale
    return Words(
        f"Letter {letter}",
        "Insets",
        box.x + inset,
        box.y + 0.5 * inset,
        (letter,),
        _LETTER * where.scale,
        ink(colors, "text"),
        bold=True,
        halo=ink(colors, "halo"),
        alt=f"Inset {letter}",
    )


def _place(letter: Words) -> Box:
    return Box(letter.x, letter.y, letter.size, letter.size * LINE_HEIGHT)
