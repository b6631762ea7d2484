"""A picture and a frame to a scene: everything that a page shows, placed and projected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.arranging import Arranged, arranged
from gisapp.render.fonts import LINE_HEIGHT
from gisapp.render.map_frame import MapFrame
from gisapp.render.map_insets import extent_items, locator_items
from gisapp.render.map_items import map_items
from gisapp.render.map_scale import scale_items
from gisapp.render.page_scene import page_scene
from gisapp.render.page_words import alt_text
from gisapp.render.picture import FrameSpec, Picture
from gisapp.render.scene import Area, Box, Item, Line, Scene, Words, ink
from gisapp.render.symbology import palette

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
    small, notices = _small_maps(plan, jurisdictions, feedback.part(0.6, 0.9))
    feedback.check(0.9, "Placing the legend")
    return page_scene(
        picture,
        frame,
        layout,
        where,
        (*drawn.items, *outlines, *small),
        alt=alt_text(picture),
        north=plan.north,
        notices=(*plan.notices, *layout.notices, *drawn.notices, *notices),
    )


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
