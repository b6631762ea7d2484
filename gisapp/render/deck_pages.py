"""The pages of a deck, before they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from gisapp.render.picture import BarChart, FrameSpec, PageTable, Picture


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
    """A page of words, a table or a chart, or of these beside each other: agenda, comparison.

    `text_size` is that of the paragraphs in points on a 16:9 page, None the largest that fits.
    """

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
    text_size: float | None = None


Page: TypeAlias = MapPage | ManyPage | TextPage


def title_of(page: Page) -> str:
    """Return the title that a page bears."""
    if isinstance(page, MapPage):
        return page.picture.title
    return page.whole.title if isinstance(page, ManyPage) else page.title
