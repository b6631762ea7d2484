"""The pages of a deck, and the one way from a page to its scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.compose import compose
from gisapp.render.picture import BarChart, FrameSpec, PageTable, Picture
from gisapp.render.scene import Scene


@dataclass(frozen=True, eq=False)
class MapPage:
    """A map with what stands around it."""

    picture: Picture
    frame: FrameSpec


@dataclass(frozen=True, eq=False)
class ManyPage:
    """Small multiples: the same map several times, each with its own title, one legend for all.

    `whole` gives the page's title, subtitle, sources, notes and day; its layers are not drawn.
    """

    whole: Picture
    pictures: tuple[Picture, ...]
    frame: FrameSpec


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a text page; level 0 is a heading, 1 an item, 2 an item of an item.

    `page` is the number of the page that it leads to, from 1; None leads nowhere.
    """

    text: str
    level: int = 1
    page: int | None = None


@dataclass(frozen=True, eq=False)
class TextPage:
    """A page of words, a table or a chart, or of these beside each other: agenda, comparison."""

    title: str
    frame: FrameSpec
    as_of: date
    subtitle: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    table: PageTable | None = None
    chart: BarChart | None = None
    sources: tuple[str, ...] = ()
    notes: str = ""
    lineage: tuple[tuple[str, str], ...] = ()


Page: TypeAlias = MapPage | ManyPage | TextPage


def scenes_of(
    pages: Sequence[Page], *, jurisdictions: Layer | None = None, feedback: Feedback | None = None
) -> list[Scene]:
    """Return the scene of every page.

    Parameters
    ----------
    jurisdictions
        Countries to draw; None takes those that ship.
    """
    feedback = feedback or Feedback()
    scenes = []
    for number, page in enumerate(pages):
        feedback.check(0.6 * number / len(pages), f"Page {number + 1} of {len(pages)}")
        if not isinstance(page, MapPage):
            raise TypeError(f"no scene of a {type(page).__name__}")
        scenes.append(compose(page.picture, page.frame, jurisdictions=jurisdictions))
    return scenes
