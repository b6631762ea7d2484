"""Pages composed for a template: what its placeholders take leaves the page.

The page is made as large as the area that a layout leaves free, and a margin larger all around:
pages keep margins of their own, which lie over those of the slide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from gisapp.model.feedback import Feedback, GisappError
from gisapp.model.layer import Layer
from gisapp.render.chart import chart_items
from gisapp.render.deck import scenes_of
from gisapp.render.deck_pages import ManyPage, MapPage, Page, TextPage
from gisapp.render.logo import logo_aspect, logo_pictures
from gisapp.render.page_sizes import margin_of
from gisapp.render.page_words import long_date, notes_text
from gisapp.render.picture import PageTable, Picture, Show, SlideTemplate
from gisapp.render.scene import Box, Fitted, Image, Scene, plain
from gisapp.render.slide_template import TemplateLayout, TemplatePlace, layouts_of, open_template
from gisapp.render.table import SIZES, table_items, table_plan
from gisapp.render.text_page import text_pages

#: The least free area in points, and how often it may be as wide as high, for a map.
_LEAST: Final = (230.0, 145.0)
_WIDEST: Final = 3.9
#: By how much a layout of its own serves a page better than the one that the others have.
_MUCH_BETTER: Final = 6.0


def slide_scenes(
    pages: Sequence[Page], *, jurisdictions: Layer | None = None, feedback: Feedback | None = None
) -> list[Scene]:
    """Return the scenes of pages as they stand on slides; the first one's frame names a template.

    Without a template they are those of every other format. With one, title, subtitle, caption,
    sources, chart and table go to the placeholders that the best layout has for them; the map
    with what is left stands in the free area.

    Raises
    ------
    GisappError
        As `slide_template.open_template`.
    """
    template = pages[0].frame.template
    if template is None:
        return scenes_of(pages, jurisdictions=jurisdictions, feedback=feedback)
    feedback = feedback or Feedback()
    deck = open_template(template)
    scenes: list[Scene] = []
    layouts = _layouts(deck, template, pages)
    bare = [_without(page, layout) for page, layout in zip(pages, layouts, strict=True)]
    split = _renumbered([text_pages(p) if isinstance(p, TextPage) else (p,) for p in bare])
    for number, (page, layout, parts) in enumerate(zip(pages, layouts, split, strict=True)):
        begun, ended = (0.6 * done / len(pages) for done in (number, number + 1))
        within = feedback.part(begun, ended, f"Page {number + 1} of {len(pages)}")
        made = [
            scene
            for part in parts  # each by itself: the numbers of slides are the template's
            for scene in scenes_of([part], jurisdictions=jurisdictions, feedback=within)
        ]
        for part, scene in enumerate(made, 1):
            title = scene.title or _title(page)
            if len(made) > 1:
                title = f"{title} ({part} of {len(made)})"
            scenes.append(_dressed(scene, page, layout, title))
    return scenes


def _renumbered(split: Sequence[tuple[Page, ...]]) -> list[tuple[Page, ...]]:
    """Return pages that lead to the slides which others became: a small area holds less words."""
    first = list(accumulate((len(parts) for parts in split), initial=1))

    def led(page: Page) -> Page:
        if not isinstance(page, TextPage):
            return page
        return replace(
            page,
            paragraphs=tuple(
                replace(each, page=first[each.page - 1])
                if each.page is not None and each.page <= len(split)
                else each
                for each in page.paragraphs
            ),
        )

    return [tuple(map(led, parts)) for parts in split]


def _layouts(deck: Any, template: SlideTemplate, pages: Sequence[Page]) -> list[TemplateLayout]:
    """Return the layout of each page: the one that serves all best, where it serves well."""
    offered = [layouts_of(deck, template, _needs(page)) for page in pages]
    scores = [sum(each.serves for each in same) for same in zip(*offered, strict=True)]
    common = scores.index(max(scores))
    found = []
    for layouts in offered:
        best = max(layouts, key=lambda each: each.serves)
        if layouts[common].serves >= best.serves - _MUCH_BETTER:
            best = layouts[common]
        wide, high = best.free.w, best.free.h
        if wide < _LEAST[0] or high < _LEAST[1] or not 1 / _WIDEST < wide / high < _WIDEST:
            raise GisappError(
                "no_room",
                f'The layout "{best.name}" of {Path(template.path).name} leaves no room for a map.',
                "Choose another layout, or make its placeholders smaller.",
            )
        found.append(best)
    return found


def _needs(page: Page) -> list[str]:
    """Return what a page has for placeholders to take."""
    has = {
        "subtitle": bool(_subtitle(page)),
        "caption": bool(_caption(page)),
        "sources": bool(_sources(page)),
        "chart": _chart_of(page) is not None,
        "table": _table_of(page) is not None,
        "logo": bool(_logo(page)),
    }
    return ["title", "date", "number", *(name for name, there in has.items() if there)]


def _margin(free: Box) -> float:
    """Return the margin of a page whose inner part is as large as the free area, in points."""
    margin = 0.0
    for _ in range(12):
        margin = margin_of(free.w + 2.0 * margin, free.h + 2.0 * margin)
    return margin


def _picture(page: MapPage | ManyPage) -> Picture:
    return page.whole if isinstance(page, ManyPage) else page.picture


def _title(page: Page) -> str:
    return page.title if isinstance(page, TextPage) else _picture(page).title


def _subtitle(page: Page) -> str:
    return page.subtitle if isinstance(page, TextPage) else _picture(page).subtitle


def _caption(page: Page) -> str:
    return "" if isinstance(page, TextPage) else page.frame.caption or _picture(page).caption


def _sources(page: Page) -> tuple[str, ...]:
    return page.sources if isinstance(page, TextPage) else _picture(page).sources


def _chart_of(page: Page) -> Any:
    return page.chart if isinstance(page, TextPage) else _picture(page).chart


def _table_of(page: Page) -> PageTable | None:
    if isinstance(page, TextPage):
        return page.table
    return None if page.frame.elements.table is Show.NO else _picture(page).table


def _logo(page: Page) -> str:
    """Return the logo that a page shows, as text, "" for none."""
    brand = page.frame.brand
    return "" if brand is None or page.frame.elements.logo is Show.NO else brand.logo


def _without(page: Page, layout: TemplateLayout) -> Page:
    """Return a page of the size of the free area, without what placeholders take."""
    taken = {place.purpose for place in layout.places}
    changes: dict[str, Any] = {
        name: () if name == "sources" else None if name in ("chart", "table") else ""
        for name in ("title", "subtitle", "sources", "chart", "table")
        if name in taken
    }
    margin = 2.0 * _margin(layout.free)
    hidden = {"page_number": Show.NO} if "number" in taken else {}
    if "logo" in taken:
        hidden["logo"] = Show.NO
    for name in taken.intersection(("chart", "table")):
        if getattr(page.frame.elements, name) is Show.YES:
            hidden[name] = Show.AUTO  # the page does not miss what a placeholder takes
    frame = replace(
        page.frame,
        size=f"{layout.free.w + margin:.2f}x{layout.free.h + margin:.2f}pt",
        elements=replace(page.frame.elements, **hidden),
        caption="" if "caption" in taken else page.frame.caption,
    )
    if isinstance(page, TextPage):
        return replace(page, frame=frame, **changes)
    if "caption" in taken:
        changes["caption"] = ""
    if isinstance(page, ManyPage):
        return replace(page, frame=frame, whole=replace(page.whole, **changes))
    return replace(page, frame=frame, picture=replace(page.picture, **changes))


def _dressed(scene: Scene, page: Page, layout: TemplateLayout, title: str) -> Scene:
    """Return a scene with the texts, the chart and the table of the layout's placeholders."""
    texts = {
        "title": title,
        "subtitle": _subtitle(page),
        "caption": _caption(page),
        "sources": "  ·  ".join(_sources(page)),
        "date": "" if scene.as_of is None else long_date(scene.as_of),
    }
    margin = _margin(layout.free)
    x, y = layout.free.x - margin, layout.free.y - margin
    places = []
    for place in layout.places:
        words = texts.get(place.purpose, "")
        if place.purpose == "chart" and scene.chart is None and _chart_of(page) is not None:
            scene = _charted(scene, page, _on_page(place, x, y))
        elif place.purpose == "table" and scene.table is None and _table_of(page) is not None:
            scene = _tabled(scene, page, _on_page(place, x, y))
        elif place.purpose == "logo" and _logo(page):
            scene = _marked(scene, page, _on_page(place, x, y))
        elif place.purpose not in ("date", "number") and not words:
            continue
        places.append((place.idx, place.purpose, plain(words)))
    return replace(
        scene,
        title=plain(title),
        subtitle=plain(_subtitle(page)),
        alt=plain(" ".join(part for part in (f"{title}.", _subtitle(page)) if part)),
        notes=scene.notes if isinstance(page, TextPage) else notes_text(_picture(page)),
        spec=page.frame,
        fitted=Fitted(layout.number, x, y, tuple(places)),
    )


def _on_page(place: TemplatePlace, x: float, y: float) -> Box:
    return Box(place.box.x - x, place.box.y - y, place.box.w, place.box.h)


def _charted(scene: Scene, page: Page, box: Box) -> Scene:
    chart = _chart_of(page)
    items = chart_items(chart, box, scene.theme, 1.0)
    return replace(scene, items=(*scene.items, *items), chart=chart, chart_box=box)


def _tabled(scene: Scene, page: Page, box: Box) -> Scene:
    """Put the table into a box, as large as its rows fit, and say how many do not."""
    table = _table_of(page)
    if table is None:
        return scene
    plans = (table_plan(table, box.w, size) for size in SIZES)
    plan = next((each for each in plans if each.height <= box.h), None)
    if plan is None:
        plan = table_plan(table, box.w, SIZES[-1])
        shown = next(iter(plan.parts(box.h)))
        notice = f"A table has room for {shown} of its {len(table.rows)} rows."
        table = replace(table, rows=table.rows[:shown])
        scene = replace(scene, notices=(*scene.notices, notice))
    items = table_items(table, box, scene.theme, plan.size)
    return replace(scene, items=(*scene.items, *items), table=table, table_box=box)


def _marked(scene: Scene, page: Page, box: Box) -> Scene:
    """Put the logo into a box, at its left and as large as it may be."""
    data, fallback = logo_pictures(_logo(page))
    aspect = logo_aspect(_logo(page))
    wide = min(box.w, box.h * aspect)
    place = Box(box.x, box.y + (box.h - wide / aspect) / 2.0, wide, wide / aspect)
    brand = page.frame.brand
    alt = f"Logo of {brand.name}" if brand is not None and brand.name else "Logo"
    logo = Image("Logo", "Title", place, data, fallback, alt=alt)
    return replace(scene, items=(*scene.items, logo))
