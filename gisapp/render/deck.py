"""The one way from the pages of a deck to their scenes."""

from __future__ import annotations

from collections.abc import Sequence

from gisapp.model.feedback import Feedback
from gisapp.model.layer import Layer
from gisapp.render.compose import compose
from gisapp.render.compose_many import compose_many
from gisapp.render.deck_pages import ManyPage, MapPage, Page, Paragraph, TextPage, title_of
from gisapp.render.scene import Scene
from gisapp.render.text_page import text_pages, text_scene

__all__ = ["ManyPage", "MapPage", "Page", "Paragraph", "TextPage", "scenes_of"]


def scenes_of(
    pages: Sequence[Page], *, jurisdictions: Layer | None = None, feedback: Feedback | None = None
) -> list[Scene]:
    """Return the scene of every page, of a text page that goes on several.

    Parameters
    ----------
    jurisdictions
        Countries to draw; None takes those that ship.
    """
    feedback = feedback or Feedback()
    scenes: list[Scene] = []
    whole: list[MapPage | ManyPage | TextPage] = []
    for page in pages:
        whole += text_pages(page) if isinstance(page, TextPage) else (page,)
    for number, page in enumerate(whole, 1):
        begun, ended = (0.6 * done / len(whole) for done in (number - 1, number))
        within = feedback.part(begun, ended, f"Page {number} of {len(whole)}: {title_of(page)}")
        within.check(0.0)
        printed = number if len(whole) > 1 else None
        if isinstance(page, TextPage):
            scenes.append(text_scene(page, number=printed))
        elif isinstance(page, MapPage):
            scenes.append(
                compose(
                    page.picture,
                    page.frame,
                    page=printed,
                    jurisdictions=jurisdictions,
                    feedback=within,
                )
            )
        else:
            scenes.append(
                compose_many(
                    page.whole,
                    page.pictures,
                    page.frame,
                    page=printed,
                    jurisdictions=jurisdictions,
                    feedback=within,
                )
            )
    return scenes
